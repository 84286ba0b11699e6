//! The result of looking for where a market is safe: what each lineup of
//! adversaries did, where along each setting its attack pays, and a picture.

use std::io::{self, Write};

use serde_json::json;

use super::experiment::Sheet;
use super::manifest::{Head, Own, publish};
use super::result_directory::ResultDirectory;
use super::results::SafetyEdge;
use super::row::number;
use super::{Provenance, ReportError, charts};
use crate::experiments::{EFFECTS, Estimate, Onset, Safety, SafetyRow};

/// Writes the answers as `result`, which appears at once when everything in
/// it is complete:
///
/// | file | what is in it |
/// |---|---|
/// | `adversaries.csv` | what each lineup spent, gained and changed for others, with intervals |
/// | `safety.csv` | where along each setting its attack begins to pay |
/// | `safety_tried.csv` | every value that was tried, and what the attack brought there |
/// | `charts/safety.svg` | the safe ranges |
/// | `manifest.json` | scenario, seeds, the command, and every other file's hash |
///
/// # Errors
/// Where a file cannot be written.
pub fn write_safety(
    safety: &Safety,
    contracts: &[(String, String)],
    provenance: &Provenance,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    result.file("adversaries.csv", |file| lineups(file, safety))?;
    result.file("safety.csv", |file| edges(file, safety))?;
    result.file("safety_tried.csv", |file| tried(file, safety))?;
    let scenario = &safety.scenario;
    let basis = charts::of_experiment(scenario, scenario.about.seed, safety.replicates);
    let basis = basis.replace("; ", "; pairs of runs at each value, ");
    result.chart(
        &charts::safety(&safety.rows.iter().map(|row| range(safety, row)).collect::<Vec<_>>()),
        &basis,
    )?;
    let details = json!({
        "first_seed": safety.scenario.about.seed,
        "replicates": safety.replicates,
    });
    let scenario = &safety.scenario;
    let verb = "stress --adversaries";
    publish(result, Head::of_market(verb, scenario, contracts, provenance), Own { details })
}

/// Mean and ends of an estimate as cells.
fn cells(estimate: Option<Estimate>) -> [String; 3] {
    let ci95 = estimate.and_then(|estimate| estimate.ci95).map(|(interval, _)| interval);
    let or_empty = |value: Option<f64>| value.map_or(String::new(), number);
    [
        or_empty(estimate.map(|estimate| estimate.mean)),
        or_empty(ci95.map(|interval| interval.low)),
        or_empty(ci95.map(|interval| interval.high)),
    ]
}

fn lineups(file: impl Write, safety: &Safety) -> io::Result<()> {
    let columns = [
        "lineup",
        "count",
        "kind",
        "effect",
        "unit",
        "mean",
        "ci95_low",
        "ci95_high",
        "replicates",
    ];
    let mut sheet = Sheet::new(file, columns)?;
    for row in &safety.lineups {
        let (name, count) = (row.lineup.name.to_owned(), row.lineup.count().to_string());
        let mut line = |kind: &str, effect: &str, estimate: Option<Estimate>| {
            let [mean, low, high] = cells(estimate);
            let replicates = estimate.map_or(0, |estimate| estimate.count).to_string();
            let (name, count) = (name.clone(), count.clone());
            let (kind, effect) = (kind.to_owned(), effect.to_owned());
            sheet.row([name, count, kind, effect, "STX".to_owned(), mean, low, high, replicates])
        };
        for (effect, estimate) in EFFECTS.iter().zip(row.effects) {
            line("", effect, estimate)?;
        }
        if row.by_kind.len() > 1 {
            for (kind, estimate) in &row.by_kind {
                line(kind.name(), EFFECTS[0], *estimate)?;
            }
        }
    }
    sheet.finish()
}

/// What an edge is called in a table.
const fn verdict(edge: &Onset) -> &'static str {
    match edge {
        Onset::Never => "never pays",
        Onset::Unsure => "unsure",
        Onset::Always => "always pays",
        Onset::SafeBelow(_) => "safe below",
        Onset::SafeAbove(_) => "safe above",
    }
}

/// A row as its chart has it.
fn range(safety: &Safety, row: &SafetyRow) -> SafetyEdge {
    let (from, to) = row.probe.range(&safety.scenario);
    let value = match row.edge {
        Onset::SafeBelow(value) | Onset::SafeAbove(value) => Some(value),
        Onset::Never | Onset::Unsure | Onset::Always => None,
    };
    let or_empty = |value: Option<f64>| value.map_or(String::new(), number);
    let crossing = value.and_then(|value| value.crossing).and_then(|crossing| crossing.ci95);
    let (low, high) =
        crossing.map_or((f64::NAN, f64::NAN), |(interval, _)| (interval.low, interval.high));
    SafetyEdge {
        lineup: row.lineup.to_owned(),
        setting: row.probe.key.to_owned(),
        given: row.probe.given.join(" "),
        from,
        to,
        now: or_empty(row.now),
        verdict: verdict(&row.edge).to_owned(),
        safe_at: or_empty(value.map(|value| value.safe)),
        pays_at: or_empty(value.map(|value| value.pays)),
        low,
        high,
    }
}

fn edges(file: impl Write, safety: &Safety) -> io::Result<()> {
    let columns = [
        "lineup",
        "setting",
        "given",
        "from",
        "to",
        "now",
        "verdict",
        "safe_at",
        "pays_at",
        "crossing",
        "ci95_low",
        "ci95_high",
        "replicates_crossing",
    ];
    let mut sheet = Sheet::new(file, columns)?;
    for row in &safety.rows {
        let (from, to) = row.probe.range(&safety.scenario);
        let value = match row.edge {
            Onset::SafeBelow(value) | Onset::SafeAbove(value) => Some(value),
            Onset::Never | Onset::Unsure | Onset::Always => None,
        };
        let or_empty = |value: Option<f64>| value.map_or(String::new(), number);
        let crossing = value.and_then(|value| value.crossing);
        let [mean, low, high] = cells(crossing);
        sheet.row([
            row.lineup.to_owned(),
            row.probe.key.to_owned(),
            row.probe.given.join(" "),
            number(from),
            number(to),
            or_empty(row.now),
            verdict(&row.edge).to_owned(),
            or_empty(value.map(|value| value.safe)),
            or_empty(value.map(|value| value.pays)),
            mean,
            low,
            high,
            crossing.map_or(0, |crossing| crossing.count).to_string(),
        ])?;
    }
    sheet.finish()
}

fn tried(file: impl Write, safety: &Safety) -> io::Result<()> {
    let columns =
        ["lineup", "setting", "given", "value", "aim_stx", "ci95_low", "ci95_high", "replicates"];
    let mut sheet = Sheet::new(file, columns)?;
    for row in &safety.rows {
        for (value, aim) in &row.tried {
            let [mean, low, high] = cells(Some(*aim));
            sheet.row([
                row.lineup.to_owned(),
                row.probe.key.to_owned(),
                row.probe.given.join(" "),
                number(*value),
                mean,
                low,
                high,
                aim.count.to_string(),
            ])?;
        }
    }
    sheet.finish()
}
