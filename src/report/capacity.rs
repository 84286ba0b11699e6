//! The result of a search for the chain's capacity: a table with a row for
//! each load that was tried, the calls behind each, two charts and a manifest.
//! How the search goes is no matter of this file.

use std::io::{self, Write};

use serde::Serialize;

use super::manifest::{Head, greatest_deviation, publish};
use super::result_directory::ResultDirectory;
use super::results::Stress;
use super::row::columns;
use super::tables::Table;
use super::{Provenance, ReportError, charts};
use crate::engine::record::CallRow;
use crate::experiments::{Capacity, Step};

/// Writes the whole result of a search as `result`, which appears at once
/// when everything in it is complete:
///
/// | file | what is in it |
/// |---|---|
/// | `manifest.json` | scenario, thresholds, the answer, and every other file's hash |
/// | `capacity.csv` | a row for each load that was tried |
/// | `capacity_calls.csv` | calls by function and outcome at each load, and their costs |
/// | `charts/capacity.svg` | purchases and waits by load, with the edge |
/// | `charts/budget.svg` | use of the block budget, and by which functions |
///
/// # Errors
/// Where a file cannot be written. Nothing is left
/// behind then, and an older result stays as it was.
pub fn write_capacity(
    capacity: &Capacity,
    provenance: &Provenance,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    result.file("capacity.csv", |file| steps(file, capacity))?;
    result.file("capacity_calls.csv", |file| calls(file, capacity))?;
    let (stress, basis) = (Stress::of(capacity), charts::of_capacity(capacity));
    let answer = format!("The chain {}.", capacity.answer());
    result.chart(&charts::capacity(&stress, &answer), &basis)?;
    result.chart(&charts::use_of_blocks(&stress, &answer), &basis)?;
    let thresholds = capacity.thresholds.iter().map(|threshold| ThresholdUsed {
        metric: &threshold.metric,
        comparison: threshold.comparison.sign(),
        limit: threshold.limit,
    });
    let found = Found {
        metering_deviation_max: greatest_deviation(
            capacity.steps.iter().flat_map(|step| &step.calls),
        ),
        thresholds: thresholds.collect(),
        answer: capacity.answer(),
    };
    let (scenario, contracts) = (&capacity.scenario, &capacity.contracts);
    publish(result, Head::of_market("stress", scenario, contracts, provenance), found)
}

/// A step as a row of `capacity.csv`. `load` is the number of homes, or the
/// transactions meant an hour where those were what grew. The shares by dimension are those of the
/// busiest tick; what follows the binding dimension is over the whole step.
struct StepRow {
    homes: u32,
    producers: u32,
    buyers: u32,
    purchases_a_tenure: f64,
    read_count_share: f64,
    read_length_share: f64,
    write_count_share: f64,
    write_length_share: f64,
    runtime_share: f64,
    binding: &'static str,
    wait_s_p50: f64,
    wait_s_p95: f64,
    wait_s_p99: f64,
    dropped_share: f64,
    rejected_share: f64,
    left_out: f64,
    tenures_full_share: f64,
    block_fullness_max: f64,
    next_block_fee_ustx_max: f64,
    traded_kwh: f64,
    transactions: f64,
    crossed: String,
    load: u32,
    sent_per_hour: f64,
    measured_hours: f64,
    ended_early: bool,
}

columns!(StepRow {
    homes,
    producers,
    buyers,
    purchases_a_tenure,
    read_count_share,
    read_length_share,
    write_count_share,
    write_length_share,
    runtime_share,
    binding,
    wait_s_p50,
    wait_s_p95,
    wait_s_p99,
    dropped_share,
    rejected_share,
    left_out,
    tenures_full_share,
    block_fullness_max,
    next_block_fee_ustx_max,
    traded_kwh,
    transactions,
    crossed,
    load,
    sent_per_hour,
    measured_hours,
    ended_early,
});

impl StepRow {
    fn new(step: &Step) -> Self {
        let [read_count, read_length, write_count, write_length, runtime] = step.use_share;
        Self {
            homes: step.producers + step.buyers,
            producers: step.producers,
            buyers: step.buyers,
            purchases_a_tenure: step.purchases_a_tenure,
            read_count_share: read_count,
            read_length_share: read_length,
            write_count_share: write_count,
            write_length_share: write_length,
            runtime_share: runtime,
            binding: step.binding().map_or("", |(dimension, _)| dimension.name()),
            wait_s_p50: step.measure("wait_s_p50"),
            wait_s_p95: step.measure("wait_s_p95"),
            wait_s_p99: step.measure("wait_s_p99"),
            dropped_share: step.measure("dropped_share"),
            rejected_share: step.measure("rejected_share"),
            left_out: step.measure("left_out"),
            tenures_full_share: step.measure("tenures_full_share"),
            block_fullness_max: step.measure("block_fullness_max"),
            next_block_fee_ustx_max: step.measure("next_block_fee_ustx_max"),
            traded_kwh: step.measure("traded_kwh"),
            transactions: step.measure("transactions"),
            crossed: step.crossed.join("; "),
            load: step.load,
            sent_per_hour: step.sent_an_hour,
            measured_hours: step.hours,
            ended_early: step.ended_early,
        }
    }
}

/// Writes `capacity.csv`.
fn steps(file: impl Write, capacity: &Capacity) -> io::Result<()> {
    let mut table = Table::new(file);
    table.header::<StepRow>(&[])?;
    for step in &capacity.steps {
        table.row(&[], &StepRow::new(step))?;
    }
    table.finish()
}

/// Writes `capacity_calls.csv`: the columns of `calls.csv`, each row behind
/// its step's number of homes and its load.
fn calls(file: impl Write, capacity: &Capacity) -> io::Result<()> {
    let mut table = Table::new(file);
    table.header::<CallRow>(&["homes", "load"])?;
    for step in &capacity.steps {
        for row in &step.calls {
            table.row(&[&(step.producers + step.buyers), &step.load], row)?;
        }
    }
    table.finish()
}

/// What the manifest of a search says.
#[derive(Serialize)]
struct Found<'a> {
    metering_deviation_max: Option<f64>,
    thresholds: Vec<ThresholdUsed<'a>>,
    answer: String,
}

/// What a step had to keep; the scenario's own or, where it has none, those
/// that the search takes.
#[derive(Serialize)]
struct ThresholdUsed<'a> {
    metric: &'a str,
    comparison: &'static str,
    limit: f64,
}
