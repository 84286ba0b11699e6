//! One scenario, replicated over seeds.

use rayon::prelude::*;

use crate::engine::record::Measure;
use crate::engine::{Prepared, Record, RunError, World};
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

/// Runs `prepared` with the scenario's seed and those after it. `tick` is told
/// of every tick done, from any thread.
///
/// # Errors
/// The error of the first replicate, in their order, that failed.
pub fn run(
    prepared: &Prepared,
    options: RunOptions,
    tick: &(dyn Fn() + Sync),
) -> Result<Outcome, RunError> {
    let first = prepared.scenario.about.seed;
    let one = |replicate: u32| -> Result<Record, RunError> {
        let seed = first.wrapping_add(u64::from(replicate));
        let mut world = World::new(prepared, seed, options.trace)?;
        while world.step()? {
            tick();
        }
        Ok(world.finish())
    };
    let replicates: Vec<Result<Record, RunError>> =
        in_pool(options.jobs, || (0..options.replicates).into_par_iter().map(one).collect());
    let records = replicates.into_iter().collect::<Result<Vec<_>, _>>()?;
    let code = [&prepared.code.wattconnect, &prepared.code.energy_production];
    Ok(Outcome {
        scenario: prepared.scenario.clone(),
        contracts: code.iter().map(|source| (source.file.clone(), source.sha256())).collect(),
        summary: summarise(first, &records),
        records,
    })
}

/// Runs `work` on a pool of `jobs` threads, or on the common one.
pub(super) fn in_pool<T: Send>(jobs: usize, work: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().num_threads(jobs).build() {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
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
