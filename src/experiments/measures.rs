//! Measures as experiments ask for them: by name, by place, and which way is
//! better. What each is stands in the engine's table.

use super::error::ExperimentError;
use crate::engine::{self, Better};
use crate::scenario::did_you_mean;

/// The measures that a market is judged by where nobody says otherwise, in the order
/// in which people ask.
pub const JUDGED: [&str; 4] =
    ["traded_kwh", "buyers_savings_stx", "producers_gain_stx", "treasury_stx"];

/// Which way of the measure is better; neither of what is no measure.
#[must_use]
pub fn better(metric: &str) -> Better {
    engine::measure_named(metric).map_or(Better::Neither, |measure| measure.better)
}

/// A measure by name and unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureName {
    /// Its name in `summary.csv`.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
}

/// The measures that every run gives, in their order.
#[must_use]
pub fn measures() -> Vec<MeasureName> {
    let name =
        |measure: &engine::MeasureSpec| MeasureName { name: measure.name, unit: measure.unit };
    engine::measures().iter().map(name).collect()
}

/// The place of the measure called `named` among all measures.
///
/// # Errors
/// Where there is none.
pub fn place(named: &str) -> Result<usize, ExperimentError> {
    engine::measures().iter().position(|measure| measure.name == named).ok_or_else(|| {
        let nearest = did_you_mean(&engine::measure_names(), named);
        ExperimentError::UnknownMeasure { named: named.to_owned(), nearest }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markets_are_judged_by_is_better_one_way() {
        for metric in JUDGED {
            assert_ne!(better(metric), Better::Neither, "{metric}");
        }
        assert_eq!(better("wait_s_p95"), Better::Lower);
        assert_eq!(better("commission_stx"), Better::Neither);
    }
}
