//! The result of a search: `front.csv`, its picture, and the recommended
//! setting with its reason.

use std::io::{self, Write};

use serde_json::json;

use super::experiment::{Sheet, setting_cell, warm_up};
use super::manifest::{Head, Own, publish};
use super::result_directory::ResultDirectory;
use super::row::number;
use super::words::Money;
use super::{Provenance, ReportError, charts, results};
use crate::experiments::{Estimate, MeasureName, Tune, TuneOutcome, Tuned};

/// Writes the result of a search.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_tune(
    tune: &Tune,
    outcome: &TuneOutcome,
    contracts: &[(String, String)],
    provenance: &Provenance,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    result.file("front.csv", |file| table(file, tune, outcome))?;
    let scenario = &tune.base.scenario;
    let money = Money::of(&results::settings(scenario));
    if let Some(chart) = charts::front(&results::Tune::of(tune, outcome), &money) {
        let seeds = (scenario.about.seed, scenario.tune.replicates);
        let tried = format!(
            "{} settings were tried, {} of them stopped early.",
            outcome.tried, outcome.stopped
        );
        let basis = charts::of_experiment(scenario, seeds.0, seeds.1);
        result.chart(&chart, &format!("{basis} {tried}"))?;
    }
    let settings = |tuned: &Tuned| -> serde_json::Value {
        let pairs = tune.space.keys().into_iter().zip(&tuned.values);
        pairs.map(|(key, value)| (key.to_owned(), json!(value))).collect()
    };
    let objective = |((measure, raise), gain): (&(MeasureName, bool), &Option<Estimate>)| {
        let gain = gain.map(|gain| {
            let ends = gain.ci95.map(|(interval, _)| interval);
            json!({ "mean": gain.mean, "ci95_low": ends.map(|ends| ends.low),
                    "ci95_high": ends.map(|ends| ends.high) })
        });
        json!({ "metric": measure.name, "unit": measure.unit, "raise": raise, "gain": gain })
    };
    let recommended = outcome.recommended.and_then(|place| outcome.front.get(place));
    let details = json!({
        "settings": tune.space.keys(),
        "objectives": tune.objectives.iter().zip(&outcome.gain).map(objective).collect::<Vec<_>>(),
        "tried": outcome.tried,
        "stopped_early": outcome.stopped,
        "runs": outcome.runs,
        "first_seed": tune.base.scenario.about.seed,
        "warm_up": warm_up(&tune.base.scenario),
        "today": settings(&outcome.today),
        "recommended": recommended.map(settings),
        "reason": reason(tune, outcome),
    });
    publish(result, Head::of_market("tune", scenario, contracts, provenance), Own { details })
}

/// Why the recommended setting is.
#[must_use]
pub fn reason(tune: &Tune, outcome: &TuneOutcome) -> String {
    match (outcome.front.len(), tune.objectives.len()) {
        (0, _) => "no setting that was tried is shown to keep the constraints".to_owned(),
        (_, 1) => {
            "of all settings that were tried and are shown to keep the constraints, the best mean"
                .into()
        }
        (1, _) => "it beats every other setting that was tried in every objective".to_owned(),
        (count, _) => format!(
            "of the {count} settings that none beats, the one whose worst objective, on a scale \
             from the worst of them to the best, is best"
        ),
    }
}

fn table(file: impl Write, tune: &Tune, outcome: &TuneOutcome) -> io::Result<()> {
    let mut columns = vec!["setting".to_owned()];
    columns.extend(tune.space.keys().into_iter().map(str::to_owned));
    for (measure, _) in &tune.objectives {
        for ending in ["mean", "ci95_low", "ci95_high"] {
            columns.push(format!("{}_{ending}", measure.name));
        }
    }
    for constraint in &tune.base.scenario.tune.constraints.0 {
        let (metric, sign) = (&constraint.event.metric, constraint.event.comparison.sign());
        let event = format!("{metric} {sign} {}", constraint.event.limit);
        columns.extend([format!("share of {event}"), format!("chance of {event} at most, 95 %")]);
    }
    columns.extend(["replicates".to_owned(), "keeps_constraints".to_owned()]);
    let mut sheet = Sheet::new(file, &columns)?;
    let mut row = |name: &str, tuned: &Tuned| {
        let mut cells = vec![name.to_owned()];
        cells.extend(tuned.values.iter().map(setting_cell));
        for estimate in &tuned.objectives {
            let ends = estimate.and_then(|estimate| estimate.ci95);
            let or_empty = |value: Option<f64>| value.map_or(String::new(), number);
            cells.push(or_empty(estimate.map(|estimate| estimate.mean)));
            cells.push(or_empty(ends.map(|(interval, _)| interval.low)));
            cells.push(or_empty(ends.map(|(interval, _)| interval.high)));
        }
        for (share, bound) in &tuned.events {
            cells.extend([number(*share), number(*bound)]);
        }
        cells.extend([tuned.replicates.to_string(), tuned.feasible.to_string()]);
        sheet.row(&cells)
    };
    row("today", &outcome.today)?;
    for (place, tuned) in outcome.front.iter().enumerate() {
        let chosen = outcome.recommended == Some(place);
        row(if chosen { "recommended" } else { "front" }, tuned)?;
    }
    sheet.finish()
}
