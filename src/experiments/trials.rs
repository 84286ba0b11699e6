//! Many runs of many settings, on all cores, each kept as soon as it is done:
//! what a sweep and a search have in common. Runs that a store has already are
//! not done again.

use std::io;

use rayon::prelude::*;

use super::error::ExperimentError;
use super::run::in_pool;
use super::settings::Base;
use crate::engine::{Prepared, World};

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

/// Does the runs that `store` lacks: the overrides of point p are
/// `overrides(p)`. `done` is told of each run, whether it was there or not.
pub(super) fn fill(
    base: &Base,
    trials: &[Trial],
    overrides: &(dyn Fn(usize) -> Vec<String> + Sync),
    jobs: usize,
    store: &dyn Store,
    done: &(dyn Fn() + Sync),
) -> Result<(), ExperimentError> {
    let seed = base.scenario.about.seed;
    let one = |ready: &mut Option<(usize, Prepared)>, trial: &Trial| {
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
        let values =
            one_run(prepared, seed.wrapping_add(u64::from(trial.replicate))).map_err(|error| {
                ExperimentError::Run { settings: overrides(trial.point).join(" "), error }
            })?;
        store.put(trial.number, &values)?;
        done();
        Ok(())
    };
    in_pool(jobs, || trials.par_iter().try_for_each_init(|| None, one))
}

/// The measures of one run.
fn one_run(prepared: &Prepared, seed: u64) -> Result<Vec<f64>, crate::engine::RunError> {
    let mut world = World::new(prepared, seed, false)?;
    while world.step()? {}
    Ok(world.finish().measures.iter().map(|measure| measure.value).collect())
}

/// A store in memory, for experiments that end within a sitting.
#[derive(Debug, Default)]
pub struct Memory(std::sync::Mutex<std::collections::BTreeMap<u64, Vec<f64>>>);

impl Memory {
    fn map(&self) -> std::sync::MutexGuard<'_, std::collections::BTreeMap<u64, Vec<f64>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
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
