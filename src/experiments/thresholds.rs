//! Thresholds of a scenario, held against the measures of an outcome.

use super::error::UnknownMeasure;
use super::run::Outcome;
use crate::engine::{Record, measure_named};
use crate::scenario::{Scenario, Threshold};

/// A threshold and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tested {
    /// The threshold.
    pub threshold: Threshold,
    /// The mean of the measure over the replicates; not a number where no
    /// replicate gave one.
    pub value: f64,
    /// Whether the mean keeps the threshold.
    pub holds: bool,
    /// Replicates that gave the measure no value, and so are not in the mean.
    pub without: usize,
}

/// Refuses thresholds on measures that no run has.
///
/// # Errors
/// The first that names none.
pub fn check_thresholds(scenario: &Scenario) -> Result<(), UnknownMeasure> {
    let unknown = |threshold: &&Threshold| measure_named(&threshold.metric).is_none();
    match scenario.thresholds.0.iter().find(unknown) {
        Some(threshold) => Err(UnknownMeasure { name: threshold.metric.clone() }),
        None => Ok(()),
    }
}

/// Holds the scenario's thresholds against the outcome's means.
#[must_use]
pub fn test_thresholds(outcome: &Outcome) -> Vec<Tested> {
    let test = |threshold: &Threshold| {
        let row = outcome.summary.iter().find(|row| row.metric == threshold.metric);
        let value = row.and_then(|row| row.estimate).map_or(f64::NAN, |estimate| estimate.mean);
        let lacks = |record: &&Record| {
            let measures = record.measures.iter();
            let mut own = measures.filter(|measure| measure.name == threshold.metric);
            own.all(|measure| !measure.value.is_finite())
        };
        let without = outcome.records.iter().filter(lacks).count();
        Tested { threshold: threshold.clone(), value, holds: threshold.holds(value), without }
    };
    outcome.scenario.thresholds.0.iter().map(test).collect()
}
