//! What the measures of a run mean to whoever judges by them: which there are,
//! and which way is better. Values are the engine's.

use std::sync::Arc;

use super::error::ExperimentError;
use crate::engine::{Prepared, World};
use crate::scenario::did_you_mean;

/// Which way of a measure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More of it.
    Higher,
    /// Less of it.
    Lower,
    /// Neither by itself: what serves one side costs another.
    Neither,
}

/// The measures that a market is judged by where nobody says otherwise.
pub const JUDGED: [&str; 4] =
    ["traded_kwh", "buyers_savings_stx", "producers_gain_stx", "treasury_stx"];

/// More of these is better.
const HIGHER: &[&str] = &[
    "traded_kwh",
    "consumed_kwh",
    "demand_met_locally_share",
    "surplus_sold_share",
    "buyers_savings_stx",
    "producers_gain_stx",
    "efficiency_share",
    "treasury_stx",
    "treasury_min_stx",
    "producers_in",
    "buyers_in",
];

/// Less of these is better.
const LOWER: &[&str] = &[
    "unsold_kwh",
    "buyers_savings_gini",
    "producers_gain_gini",
    "treasury_dry_share",
    "refunds_unpaid",
    "network_fees_stx",
    "reserve_at_limit_share",
    "turned_away_by_reserve",
    "turned_away_by_user_limit",
    "rejected_share",
    "aborted",
    "dropped",
    "wait_s_p50",
    "wait_s_p95",
    "wait_s_p99",
    "applications_open_max",
];

/// Which way of the measure is better.
#[must_use]
pub fn better(metric: &str) -> Better {
    if HIGHER.contains(&metric) {
        Better::Higher
    } else if LOWER.contains(&metric) {
        Better::Lower
    } else {
        Better::Neither
    }
}

/// A measure without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureName {
    /// Its name in `summary.csv`.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
}

/// The measures that a run of `prepared` gives, in their order: those of a
/// market that was set up and never opened.
///
/// # Errors
/// Where the market cannot be set up.
pub fn measures(prepared: &Arc<Prepared>) -> Result<Vec<MeasureName>, ExperimentError> {
    let record = World::new(prepared, prepared.scenario.about.seed, false)?.finish();
    let name = |measure: &crate::engine::record::Measure| MeasureName {
        name: measure.name,
        unit: measure.unit,
    };
    Ok(record.measures.iter().map(name).collect())
}

/// The place of the measure called `named`.
///
/// # Errors
/// Where there is none.
pub fn place(measures: &[MeasureName], named: &str) -> Result<usize, ExperimentError> {
    measures.iter().position(|measure| measure.name == named).ok_or_else(|| {
        let names: Vec<&str> = measures.iter().map(|measure| measure.name).collect();
        ExperimentError::UnknownMeasure {
            named: named.to_owned(),
            nearest: did_you_mean(&names, named),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_better_one_way_at_most() {
        assert!(HIGHER.iter().all(|name| !LOWER.contains(name)));
        assert_eq!(better("traded_kwh"), Better::Higher);
        assert_eq!(better("wait_s_p95"), Better::Lower);
        assert_eq!(better("commission_stx"), Better::Neither);
    }
}
