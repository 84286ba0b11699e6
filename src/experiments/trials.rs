//! Many runs of many settings, on all cores, each kept as soon as it is done:
//! what a sweep and a search have in common. Runs that a store has already are
//! not done again.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::error::ExperimentError;
use super::evidence::evidenced;
use super::run::in_pool;
use super::settings::Base;
use crate::engine::{AfterWarmUp, Prepared, Record, RunError, World};
use crate::scenario::Scenario;

/// Keeps the measures of finished runs by their numbers. Whoever implements it
/// has them safe on return of [`Store::put`].
pub trait Store: Sync {
    /// Whether the run of this number is there.
    fn has(&self, trial: u64) -> bool;

    /// The measures of the run of this number, if it is there.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn get(&self, trial: u64) -> io::Result<Option<Vec<f64>>>;

    /// Keeps the measures of a run.
    ///
    /// # Errors
    /// Where they cannot be kept.
    fn put(&self, trial: u64, values: &[f64]) -> io::Result<()>;
}

/// A run to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Trial {
    /// Its number in the store.
    pub(super) number: u64,
    /// The place of its setting.
    pub(super) point: usize,
    /// Which seed it is run with, counted from the scenario's own.
    pub(super) replicate: u32,
}

/// The market at the end of its warm-up, one a seed, for all settings to branch
/// from. They are kept, so that each seed is warmed up once: memory grows with
/// the number of replicates, and not with that of settings.
pub(super) struct Snapshots {
    base: Arc<Prepared>,
    kept: Mutex<BTreeMap<u64, Arc<World>>>,
}

impl Snapshots {
    pub(super) const fn new(base: Arc<Prepared>) -> Self {
        Self { base, kept: Mutex::new(BTreeMap::new()) }
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<World>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Warms the market up under each of the seeds that it was not yet; does
    /// nothing where the scenario states no warm-up.
    fn ready(&self, seeds: BTreeSet<u64>) -> Result<(), RunError> {
        let known: Vec<u64> = self.kept().keys().copied().collect();
        let due: Vec<u64> = seeds.into_iter().filter(|seed| !known.contains(seed)).collect();
        if self.base.scenario.warmup.days == 0 {
            return Ok(());
        }
        due.par_iter().try_for_each(|seed| {
            let world = warm(&self.base, *seed)?;
            self.kept().insert(*seed, Arc::new(world));
            Ok(())
        })
    }

    fn at(&self, seed: u64) -> Option<Arc<World>> {
        self.kept().get(&seed).cloned()
    }
}

/// The market of `base` under `seed` as it stands when its warm-up is over.
pub(super) fn warm(base: &Arc<Prepared>, seed: u64) -> Result<World, RunError> {
    evidenced(|traced| warmed_up(base, seed, traced))
}

fn warmed_up(base: &Arc<Prepared>, seed: u64, traced: bool) -> Result<World, RunError> {
    let mut world = World::new(base, seed, traced)?;
    world.warm_up()?;
    Ok(world)
}

/// Refuses a setting, as `key=value`, that a market of `base` cannot take on
/// after its warm-up, where it has one.
pub(super) fn check_branch(
    base: &Scenario,
    changed: &Scenario,
    settings: &str,
) -> Result<(), ExperimentError> {
    if base.warmup.days == 0 && changed.warmup.days == 0 {
        return Ok(());
    }
    AfterWarmUp::check(base, changed)
        .map_err(|error| ExperimentError::AfterWarmUp { settings: settings.to_owned(), error })
}

/// Does the runs that `store` lacks: the overrides of point p are
/// `overrides(p)`. Where the scenario states a warm-up, they branch from
/// `snapshots`. `done` is told of each run, whether it was there or not.
pub(super) fn fill(
    base: &Base,
    snapshots: &Snapshots,
    trials: &[Trial],
    overrides: &(dyn Fn(usize) -> Vec<String> + Sync),
    jobs: usize,
    store: &dyn Store,
    done: &(dyn Fn() + Sync),
) -> Result<(), ExperimentError> {
    let seed = base.scenario.about.seed;
    let one = |ready: &mut Option<(usize, Arc<Prepared>)>, trial: &Trial| {
        if store.has(trial.number) {
            done();
            return Ok(());
        }
        // Neighbours in the list are runs of the same setting.
        let prepared = match ready {
            Some((point, prepared)) if *point == trial.point => prepared,
            _ => {
                let prepared = base.prepare(&overrides(trial.point))?;
                &mut ready.insert((trial.point, prepared)).1
            }
        };
        let seed = seed.wrapping_add(u64::from(trial.replicate));
        let settings = || overrides(trial.point).join(" ");
        let record = one_run(prepared, seed, snapshots.at(seed).as_deref(), &settings)?;
        let values: Vec<f64> = record.measures.iter().map(|measure| measure.value).collect();
        store.put(trial.number, &values)?;
        done();
        Ok(())
    };
    let lacking = trials.iter().filter(|trial| !store.has(trial.number));
    let seeds = lacking.map(|trial| seed.wrapping_add(u64::from(trial.replicate))).collect();
    in_pool(jobs, || {
        snapshots.ready(seeds)?;
        trials.par_iter().try_for_each_init(|| None, one)
    })
}

/// One run, from `snapshot` on where there is one; `settings`
/// names it in errors.
pub(super) fn one_run(
    prepared: &Arc<Prepared>,
    seed: u64,
    snapshot: Option<&World>,
    settings: &dyn Fn() -> String,
) -> Result<Record, ExperimentError> {
    let failed = |error| ExperimentError::Run { settings: settings(), error };
    let unfit = |error| ExperimentError::AfterWarmUp { settings: settings(), error };
    evidenced(|traced| {
        let mut world = match snapshot {
            None => World::new(prepared, seed, traced).map_err(failed)?,
            // What the snapshot went through has to be in the trace too.
            Some(snapshot) if traced => {
                let warm = warmed_up(snapshot.prepared(), seed, true).map_err(failed)?;
                warm.branch(prepared).map_err(unfit)?
            }
            Some(snapshot) => snapshot.branch(prepared).map_err(unfit)?,
        };
        while world.step().map_err(failed)? {}
        Ok(world.finish())
    })
}

/// A store in memory, for experiments that end within a sitting.
#[derive(Debug, Default)]
pub struct Memory(Mutex<BTreeMap<u64, Vec<f64>>>);

impl Memory {
    fn map(&self) -> MutexGuard<'_, BTreeMap<u64, Vec<f64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn has(&self, trial: u64) -> bool {
        self.map().contains_key(&trial)
    }

    fn get(&self, trial: u64) -> io::Result<Option<Vec<f64>>> {
        Ok(self.map().get(&trial).cloned())
    }

    fn put(&self, trial: u64, values: &[f64]) -> io::Result<()> {
        self.map().insert(trial, values.to_vec());
        Ok(())
    }
}
