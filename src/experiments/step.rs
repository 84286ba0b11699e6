//! One load of a search for the chain's capacity: a market of so many homes, or
//! so many arrivals an hour, run until it has found its pace, then measured. A
//! step ends early once a threshold is surely crossed: the rest could not save
//! it.

use std::sync::Arc;

use super::error::StressError;
use super::evidence::evidenced;
use crate::chain::Dimension;
use crate::engine::record::{CallRow, TickRow};
use crate::engine::{Arrivals, Prepared, Record, Tape, World};
use crate::scenario::{BlockBudget, CostMetering, Scenario, Threshold};

/// One load, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Homes, or transactions an hour.
    pub load: u32,
    /// Homes with panels.
    pub producers: u32,
    /// Homes without.
    pub buyers: u32,
    /// Hours that the measures are over: fewer than others' where the step was
    /// ended early.
    pub hours: f64,
    /// Whether it was ended once a threshold was surely crossed.
    pub ended_early: bool,
    /// Transactions that were sent in an hour.
    pub sent_an_hour: f64,
    /// Names of the thresholds that were crossed.
    pub crossed: Vec<String>,
    /// Purchases a tenure, on average over the busiest tick.
    pub purchases_a_tenure: f64,
    /// Share of the budget that the busiest tick used, in each dimension, in
    /// the order of [`Dimension::ALL`].
    pub use_share: [f64; 5],
    /// The measures, by name.
    pub measures: Vec<(&'static str, f64)>,
    /// What calls of each function cost in all.
    pub calls: Vec<CallRow>,
}

impl Step {
    /// The value of a measure; not a number where there is none.
    #[must_use]
    pub fn measure(&self, name: &str) -> f64 {
        self.measures.iter().find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| *value)
    }

    /// Thresholds that were crossed by a value, and not by there being none.
    fn measured_crossings(&self) -> impl Iterator<Item = &String> {
        self.crossed.iter().filter(|metric| self.measure(metric).is_finite())
    }

    /// What binds: the dimension that the busiest tick used most of, and how
    /// much. None where thresholds were crossed only since their measures have
    /// no value: nothing that is full did that.
    #[must_use]
    pub fn binding(&self) -> Option<(Dimension, f64)> {
        let told = self.crossed.is_empty() || self.measured_crossings().next().is_some();
        told.then(|| self.fullest())
    }

    /// The dimension that the busiest tick used most of, and how much.
    #[must_use]
    pub fn fullest(&self) -> (Dimension, f64) {
        let shares = Dimension::ALL.into_iter().zip(self.use_share);
        shares.fold(
            (Dimension::ReadCount, 0.0),
            |fullest, next| {
                if next.1 > fullest.1 { next } else { fullest }
            },
        )
    }
}

/// A market of so many homes, each of which waits for its own.
pub(super) fn homes_step(
    scenario: &Scenario,
    homes: u32,
    thresholds: &[Threshold],
    tick: &(dyn Fn() + Sync),
) -> Result<Step, StressError> {
    let mut scenario = with_homes(scenario, homes);
    // The limit of the reserve grows with the market, so that blocks bind.
    let base = u128::from(homes_of(&scenario).max(1));
    let limit = scenario.market.reserve_limit_kwh.get() * u128::from(homes);
    scenario.market.reserve_limit_kwh = crate::units::Kwh::new(limit.div_ceil(base));
    scenario.warmup.days = scenario.stress.warm_up_days;
    scenario.time.days = scenario.stress.warm_up_days + scenario.stress.days;
    let warm_up = scenario.warmup.days * scenario.time.ticks_per_day();
    let ticks = scenario.time.ticks();
    let prepared = Arc::new(Prepared::new(scenario)?);
    evidenced(|traced| {
        let world = World::new(&prepared, prepared.scenario.about.seed, traced)?;
        measured(world, (warm_up, ticks), homes, thresholds, tick, |world| world.step())
    })
}

/// The scenario with another number of homes, in the same ratio.
pub(super) fn with_homes(scenario: &Scenario, homes: u32) -> Scenario {
    let mut scenario = scenario.clone();
    let share = f64::from(scenario.producers.count) / f64::from(homes_of(&scenario).max(1));
    let producers = (f64::from(homes) * share).round() as u32;
    scenario.producers.count = producers;
    scenario.buyers.count = homes - producers;
    scenario
}

/// Homes of both kinds.
pub(super) const fn homes_of(scenario: &Scenario) -> u32 {
    scenario.producers.count + scenario.buyers.count
}

/// What the homes of a scenario mean to send.
pub(super) struct Intended {
    tape: Tape,
    days: u32,
}

impl Intended {
    /// A step shorter than this has no steady state to measure.
    const LEAST_HOURS: usize = 4;

    /// Transactions an hour as the homes send them.
    pub(super) fn usual_an_hour(&self) -> u32 {
        let hours = u64::from(self.days) * 24;
        u32::try_from((self.tape.transactions() as u64).div_ceil(hours)).unwrap_or(u32::MAX)
    }

    /// The greatest rate at which they last for a step.
    pub(super) fn most_an_hour(&self) -> u32 {
        u32::try_from(self.tape.transactions() / Self::LEAST_HOURS).unwrap_or(u32::MAX)
    }
}

/// What the homes of the scenario mean to send over all of its days where
/// nothing makes them wait.
pub(super) fn intended(
    scenario: &Scenario,
    tick: &(dyn Fn() + Sync),
) -> Result<Intended, StressError> {
    let mut free = scenario.clone();
    free.network.budget = BlockBudget::Unlimited;
    free.network.costs = CostMetering::Off;
    let prepared = Arc::new(Prepared::new(free)?);
    let tape = evidenced(|traced| {
        let mut world = World::new(&prepared, prepared.scenario.about.seed, traced)?;
        world.keep_tape();
        while world.step()? {
            tick();
        }
        Ok::<_, StressError>(world.take_tape())
    })?;
    let days = scenario.time.days;
    if tape.transactions() == 0 {
        return Err(StressError::NothingArrives { days });
    }
    Ok(Intended { tape, days })
}

/// So many arrivals an hour, on a market as it was when they were meant.
pub(super) fn arrivals_step(
    scenario: &Scenario,
    intended: &Intended,
    an_hour: u32,
    thresholds: &[Threshold],
    tick: &(dyn Fn() + Sync),
) -> Result<Step, StressError> {
    let prepared = Arc::new(Prepared::new(scenario.clone())?);
    let seed = prepared.scenario.about.seed;
    let tick_hours = scenario.time.tick_hours();
    let lasts = intended.tape.transactions() as f64 / f64::from(an_hour) / tick_hours;
    let most = scenario.stress.days.min(scenario.time.days) * scenario.time.ticks_per_day();
    let ticks = (lasts as u32).min(most);
    evidenced(|traced| {
        let world = World::new(&prepared, seed, traced)?;
        let mut arrivals = Arrivals::new(&intended.tape, an_hour, seed);
        let mut done = 0;
        measured(world, (ticks / 4, ticks), an_hour, thresholds, tick, |world| {
            done += 1;
            Ok(done <= ticks && world.play(&mut arrivals)?)
        })
    })
}

/// Runs `world` with `step`, lets its measures count after `warm_up` ticks, and
/// ends it when there is no more or nothing can save it.
fn measured(
    mut world: World,
    (warm_up, ticks): (u32, u32),
    load: u32,
    thresholds: &[Threshold],
    tick: &(dyn Fn() + Sync),
    mut step: impl FnMut(&mut World) -> Result<bool, crate::engine::RunError>,
) -> Result<Step, StressError> {
    // Half of a step at least is measured, so that what it shows can stand
    // beside the others.
    let least = warm_up + (ticks - warm_up) / 2;
    let mut ended_early = false;
    world.measure_from(warm_up);
    loop {
        ended_early = ended_early
            || (world.ticks_done() >= least
                && thresholds.iter().any(|threshold| world.surely_crosses(threshold)));
        if ended_early || !step(&mut world)? {
            break;
        }
        tick();
    }
    let scenario = world.scenario();
    let (producers, buyers) = (scenario.producers.count, scenario.buyers.count);
    let tick_hours = scenario.time.tick_hours();
    let record = world.finish();
    let rows = record.measured();
    let measures: Vec<_> =
        record.measures.iter().map(|measure| (measure.name, measure.value)).collect();
    let value = |name: &str| {
        measures.iter().find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| *value)
    };
    let crossed = thresholds
        .iter()
        .filter(|threshold| !threshold.holds(value(&threshold.metric)))
        .map(|threshold| threshold.metric.clone())
        .collect();
    let hours = rows.len() as f64 * tick_hours;
    Ok(Step {
        load,
        producers,
        buyers,
        hours,
        ended_early,
        sent_an_hour: sent(&record) / hours,
        crossed,
        purchases_a_tenure: busiest(rows, |row| {
            (row.tenures > 0).then(|| row.purchases as f64 / row.tenures as f64)
        }),
        use_share: [
            busiest(rows, |row| row.read_count_share),
            busiest(rows, |row| row.read_length_share),
            busiest(rows, |row| row.write_count_share),
            busiest(rows, |row| row.write_length_share),
            busiest(rows, |row| row.runtime_share),
        ],
        measures,
        calls: record.calls,
    })
}

/// Transactions that were sent while the market was measured: what got in or was
/// dropped, and what waits more or less than when that began.
fn sent(record: &Record) -> f64 {
    let rows = record.measured();
    let done: u64 = rows.iter().map(|row| row.transactions + row.dropped).sum();
    let waiting = |row: Option<&TickRow>| row.map_or(0.0, |row| row.waiting as f64);
    let before = record.measured_from.checked_sub(1).and_then(|place| record.ticks.get(place));
    done as f64 + waiting(rows.last()) - waiting(before)
}

fn busiest(rows: &[TickRow], of: impl Fn(&TickRow) -> Option<f64>) -> f64 {
    rows.iter().filter_map(of).fold(0.0, f64::max)
}
