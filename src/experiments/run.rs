//! One scenario, replicated over seeds.

use std::ops::Range;
use std::sync::Arc;

use rayon::iter::MaxLen;
use rayon::prelude::*;

use super::error::ExperimentError;
use super::evidence::evidenced;
use super::measures::place;
use crate::engine::record::{FindingRow, Measure};
use crate::engine::{Prepared, Record, RunError, Task, WorkerPool, World};
use crate::scenario::Scenario;
use crate::stats;

/// How to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// How many replicates, each with a seed of its own.
    pub replicates: u32,
    /// Threads to work on; 0 takes as many as there are cores.
    pub jobs: usize,
    /// Whether to write every transaction down.
    pub trace: bool,
}

/// One measure over all replicates.
#[derive(Clone, Debug, PartialEq)]
pub struct SummaryRow {
    /// Its name.
    pub metric: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its mean and interval over the replicates that gave a value; none
    /// where none did.
    pub estimate: Option<stats::Estimate>,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The scenario as it was run.
    pub scenario: Scenario,
    /// Each contract's file and the SHA-256 of its text.
    pub contracts: Vec<(String, String)>,
    /// The replicates, in order.
    pub records: Vec<Record>,
    /// The measures over all replicates.
    pub summary: Vec<SummaryRow>,
}

/// How narrow an interval must be, and what may be spent on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Precision {
    /// Half the interval's width over the mean's size: 0.02 is 2 %.
    pub relative: f64,
    /// The measures that it is asked of.
    pub measures: Vec<String>,
    /// The most replicates.
    pub max_replicates: u32,
}

impl Precision {
    /// Fewer tell too little of their own spread.
    const LEAST: u32 = 4;

    /// How many replicates come first where `stated` are asked for.
    pub(super) fn first(&self, stated: u32) -> u32 {
        stated.max(Self::LEAST).min(self.max_replicates)
    }

    /// How many there are to be after `done` were not enough: half as many
    /// again, whatever the machine, so that the same are run everywhere.
    pub(super) fn next(&self, done: u32) -> Option<u32> {
        let more = done.saturating_add((done / 2).max(2)).min(self.max_replicates);
        (more > done).then_some(more)
    }

    /// Whether an estimate is as narrow as asked beside a mean of this size. A
    /// measure that never differs is, even where it is 0.
    pub(super) fn is_met(&self, estimate: &stats::Estimate, mean: f64) -> bool {
        estimate.half_width() <= self.relative * mean.abs()
    }
}

/// Runs `prepared` with the scenario's seed and those after it. `tick` is told
/// of every tick done, from any thread.
///
/// # Errors
/// The error of the first replicate, in their order, that failed.
pub fn run(
    prepared: &Arc<Prepared>,
    options: RunOptions,
    tick: &(dyn Fn() + Sync),
) -> Result<Outcome, RunError> {
    let records = replicates(prepared, 0..options.replicates, options, tick)?;
    Ok(outcome(prepared, records))
}

/// The same, with replicates added until `precision` is met or its most are
/// done; the outcome holds as many records as were run, and the flag says
/// whether it was met. Looking at an interval again and again until it is
/// narrow makes it a little too narrow: with the four replicates that come
/// first and batches of half as many, 95 % become about 93 %.
///
/// # Errors
/// Where a measure is none, or a replicate failed.
pub fn run_until(
    prepared: &Arc<Prepared>,
    options: RunOptions,
    precision: &Precision,
    tick: &(dyn Fn() + Sync),
) -> Result<(Outcome, bool), ExperimentError> {
    let watched = precision.measures.iter().map(|named| place(named));
    let watched = watched.collect::<Result<Vec<usize>, _>>()?;
    let mut records = Vec::new();
    let mut due = precision.first(options.replicates);
    loop {
        let have = records.len() as u32;
        records.extend(replicates(prepared, have..due, options, tick)?);
        let summary = summarise(prepared.scenario.about.seed, &records);
        let met = watched.iter().all(|&place| {
            let estimate = summary.get(place).and_then(|row| row.estimate);
            estimate.is_some_and(|estimate| precision.is_met(&estimate, estimate.mean))
        });
        match precision.next(due) {
            Some(next) if !met => due = next,
            _ => return Ok((outcome(prepared, records), met)),
        }
    }
}

/// Runs the replicates of these numbers.
fn replicates(
    prepared: &Arc<Prepared>,
    numbers: Range<u32>,
    options: RunOptions,
    tick: &(dyn Fn() + Sync),
) -> Result<Vec<Record>, RunError> {
    let first = prepared.scenario.about.seed;
    let count = numbers.len();
    let one = |replicate: u32| -> Result<Record, RunError> {
        let seed = first.wrapping_add(u64::from(replicate));
        evidenced(|traced| {
            let mut world = World::new(prepared, seed, options.trace || traced)?;
            if count < rayon::current_num_threads() {
                world.lend(Arc::new(Pool));
            }
            while world.step()? {
                tick();
            }
            Ok(world.finish())
        })
    };
    let records: Vec<Result<Record, RunError>> =
        in_pool(options.jobs, || one_by_one(numbers).map(one).collect());
    records.into_iter().collect()
}

fn outcome(prepared: &Prepared, records: Vec<Record>) -> Outcome {
    Outcome {
        scenario: prepared.scenario.clone(),
        contracts: contracts(prepared),
        summary: summarise(prepared.scenario.about.seed, &records),
        records,
    }
}

/// What the replicates noted of the contracts: each finding once, its count
/// over all of them.
#[must_use]
pub fn findings(outcome: &Outcome) -> Vec<FindingRow> {
    let mut found: Vec<FindingRow> = Vec::new();
    for row in outcome.records.iter().flat_map(|record| &record.findings) {
        let same = |known: &&mut FindingRow| {
            (known.finding, &known.subject) == (row.finding, &row.subject)
        };
        match found.iter_mut().find(same) {
            Some(known) => known.count += row.count,
            None => found.push(row.clone()),
        }
    }
    found
}

/// Each contract's file and the SHA-256 of its text.
#[must_use]
pub fn contracts(prepared: &Prepared) -> Vec<(String, String)> {
    prepared.code.all().map(|source| (source.file.clone(), source.sha256())).collect()
}

/// The threads of the pool that a world runs in, where they have no world of their
/// own to run.
struct Pool;

impl WorkerPool for Pool {
    fn count(&self) -> usize {
        rayon::current_num_threads()
    }

    /// Waking a thread takes some fifty microseconds, and one asked a fraction of
    /// one.
    fn min_batch(&self) -> usize {
        2_048
    }

    fn work(&self, tasks: Vec<Task<'_>>) {
        rayon::scope(|scope| {
            for task in tasks {
                scope.spawn(|_| task());
            }
        });
    }
}

/// Runs `work` on a pool of `jobs` threads, or on the common one.
pub(super) fn in_pool<T: Send>(jobs: usize, work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(jobs).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

/// Work that threads take piece by piece: none is left with a pile while another
/// has nothing to do.
pub(super) fn one_by_one<I>(work: I) -> MaxLen<I::Iter>
where
    I: IntoParallelIterator<Iter: IndexedParallelIterator>,
{
    work.into_par_iter().with_max_len(1)
}

/// Each measure's mean and interval over the replicates.
fn summarise(seed: u64, records: &[Record]) -> Vec<SummaryRow> {
    let Some(first) = records.first() else { return Vec::new() };
    let row = |(place, measure): (usize, &Measure)| {
        let values: Vec<f64> = records
            .iter()
            .map(|record| record.measures[place].value)
            .filter(|value| value.is_finite())
            .collect();
        SummaryRow {
            metric: measure.name,
            unit: measure.unit,
            estimate: stats::estimate(&values, seed, place as u64),
        }
    };
    first.measures.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_carries_every_task_out() {
        let mut done = [0; 100];
        in_pool(2, || {
            let tasks = done
                .iter_mut()
                .enumerate()
                .map(|(place, one)| -> Task<'_> { Box::new(move || *one = place + 1) });
            Pool.work(tasks.collect());
        });
        assert!(done.iter().enumerate().all(|(place, one)| *one == place + 1), "{done:?}");
    }
}
