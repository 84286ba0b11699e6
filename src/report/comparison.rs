//! The result of a comparison: `comparison.csv`, `homes.csv` (what homes gain,
//! by kind and size), `treasury.csv` (its quantiles over time), and the picture
//! of the differences.

use std::io::{self, Write};

use serde_json::json;

use super::experiment::{Sheet, warm_up};
use super::manifest::{Head, Own, publish};
use super::result_directory::ResultDirectory;
use super::results::Effect;
use super::row::number;
use super::tables::method;
use super::{Provenance, ReportError, charts, words};
use crate::experiments::{Comparison, ComparisonRow, Estimate};

/// Writes the result of a comparison as `result`, as
/// [`write`](super::write) does that of a run.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_comparison(
    comparison: &Comparison,
    contracts: &[(String, String)],
    provenance: &Provenance,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    let Some((_, scenario)) = comparison.variants.first() else {
        return Err(ReportError::Parts("a comparison of nothing".to_owned()));
    };
    result.file("comparison.csv", |file| table(file, comparison))?;
    result.file("homes.csv", |file| homes(file, comparison))?;
    result.file("treasury.csv", |file| treasury(file, comparison))?;
    let basis = charts::of_experiment(scenario, comparison.seed, comparison.replicates);
    for (place, (name, _)) in comparison.variants.iter().enumerate().skip(1) {
        let file = format!("differences-{place}-{}", slug(name));
        let effects = effects(comparison, place);
        let chart = charts::differences(&file, name, effects.iter());
        result.chart(&chart.unwrap_or_else(|| charts::Chart::nothing(&file)), &basis)?;
    }
    let variant = |(name, scenario): &(String, crate::scenario::Scenario)| {
        json!({ "name": name, "scenario_sha256": scenario.sha256(),
                "scenario": scenario.settings() })
    };
    let details = json!({
        "variants": comparison.variants.iter().map(variant).collect::<Vec<_>>(),
        "first_seed": comparison.seed,
        "warm_up": warm_up(scenario),
        "replicates": comparison.replicates,
        "precision_reached": comparison.precise,
    });
    publish(result, Head::of_market("compare", scenario, contracts, provenance), Own { details })
}

/// Every measure in which a setting differs from the first, in the order of
/// importance.
fn effects(comparison: &Comparison, variant: usize) -> Vec<Effect> {
    let effect = |row: &ComparisonRow| {
        let paired = row.difference?;
        let (difference, mean) = (paired.difference, |estimate: Option<Estimate>| {
            estimate.map_or(f64::NAN, |estimate| estimate.mean)
        });
        let ends = difference.ci95.map(|(interval, _)| (interval.low, interval.high));
        let (low, high) = ends.unwrap_or((difference.mean, difference.mean));
        Some(Effect {
            metric: row.measure.name.to_owned(),
            unit: row.measure.unit.to_owned(),
            base: mean(row.base),
            changed: mean(row.changed),
            difference: difference.mean,
            low,
            high,
            verdict: row.verdict.name().to_owned(),
            saved: paired.variance_saved.unwrap_or(f64::NAN),
            interval: difference.ci95.map_or(String::new(), |(_, found)| method(found).to_owned()),
        })
    };
    let mine = comparison.rows.iter().filter(|row| row.variant == variant);
    let mut effects: Vec<Effect> = mine.filter_map(effect).collect();
    effects.retain(|effect| (effect.low, effect.high) != (0.0, 0.0));
    effects.sort_by_key(|effect| words::rank(&effect.metric));
    effects
}

/// A name as a part of a file's.
fn slug(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    name.chars().map(plain).take(60).collect()
}

fn table(file: impl Write, comparison: &Comparison) -> io::Result<()> {
    let columns = [
        "variant",
        "metric",
        "unit",
        "base_mean",
        "mean",
        "difference",
        "ci95_low",
        "ci95_high",
        "interval",
        "replicates",
        "verdict",
        "variance_saved_share",
    ];
    let mut sheet = Sheet::new(file, columns)?;
    for row in &comparison.rows {
        let difference = row.difference.map(|paired| paired.difference);
        let ci95 = difference.and_then(|difference| difference.ci95);
        let or_empty = |value: Option<f64>| value.map_or(String::new(), number);
        sheet.row([
            comparison.variants[row.variant].0.clone(),
            row.measure.name.to_owned(),
            row.measure.unit.to_owned(),
            or_empty(row.base.map(|base| base.mean)),
            or_empty(row.changed.map(|changed| changed.mean)),
            or_empty(difference.map(|difference| difference.mean)),
            or_empty(ci95.map(|(interval, _)| interval.low)),
            or_empty(ci95.map(|(interval, _)| interval.high)),
            ci95.map_or(String::new(), |(_, found)| method(found).to_owned()),
            difference.map_or(0, |difference| difference.count).to_string(),
            row.verdict.name().to_owned(),
            or_empty(row.difference.and_then(|paired| paired.variance_saved)),
        ])?;
    }
    sheet.finish()
}

/// What groups of homes gain under each setting.
fn homes(file: impl Write, comparison: &Comparison) -> io::Result<()> {
    let columns = [
        "variant",
        "kind",
        "size",
        "from",
        "to",
        "unit",
        "homes",
        "gain_stx_mean",
        "gaining_share",
        "difference_stx",
        "ci95_low",
        "ci95_high",
        "replicates",
        "verdict",
    ];
    let mut sheet = Sheet::new(file, columns)?;
    for row in &comparison.homes {
        let difference = row.difference.map(|paired| paired.difference);
        let ci95 = difference.and_then(|difference| difference.ci95);
        let or_empty = |value: Option<f64>| value.map_or(String::new(), number);
        sheet.row([
            comparison.variants[row.variant].0.clone(),
            row.group.kind.to_owned(),
            row.group.size.to_owned(),
            number(row.group.from),
            number(row.group.to),
            row.group.unit.to_owned(),
            row.group.homes.to_string(),
            or_empty(row.gain_stx.map(|gain| gain.mean)),
            number(row.gaining_share),
            or_empty(difference.map(|difference| difference.mean)),
            or_empty(ci95.map(|(interval, _)| interval.low)),
            or_empty(ci95.map(|(interval, _)| interval.high)),
            row.gain_stx.map_or(0, |gain| gain.count).to_string(),
            if row.variant == 0 { "" } else { row.verdict.name() }.to_owned(),
        ])?;
    }
    sheet.finish()
}

/// The treasury's way under each setting, as quantiles over the replicates.
fn treasury(file: impl Write, comparison: &Comparison) -> io::Result<()> {
    let columns = ["variant", "hour", "p05_stx", "p25_stx", "p50_stx", "p75_stx", "p95_stx"];
    let mut sheet = Sheet::new(file, columns)?;
    for row in &comparison.treasury {
        let name = comparison.variants[row.variant].0.clone();
        sheet.row([name, number(row.hour)].into_iter().chain(row.stx.map(number)))?;
    }
    sheet.finish()
}
