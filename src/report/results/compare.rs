//! The result of a comparison.

use serde_json::Value;

use super::super::ReportError;
use super::super::load::{ResultFiles, at};
use super::{Change, changes};

/// What a setting does to a measure.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Effect {
    pub(in super::super) metric: String,
    pub(in super::super) unit: String,
    pub(in super::super) base: f64,
    pub(in super::super) changed: f64,
    pub(in super::super) difference: f64,
    pub(in super::super) low: f64,
    pub(in super::super) high: f64,
    /// `better`, `worse`, `higher`, `lower` or `no difference shown`.
    pub(in super::super) verdict: String,
    /// The share of variance that pairing took away.
    pub(in super::super) saved: f64,
    /// How the interval was found.
    pub(in super::super) interval: String,
}

/// What a setting does to a group of homes.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct HomesEffect {
    pub(in super::super) kind: String,
    pub(in super::super) size: String,
    pub(in super::super) from: f64,
    pub(in super::super) to: f64,
    pub(in super::super) unit: String,
    pub(in super::super) homes: f64,
    pub(in super::super) gain_stx: f64,
    pub(in super::super) difference: f64,
    pub(in super::super) low: f64,
    pub(in super::super) high: f64,
    pub(in super::super) verdict: String,
}

/// The quantiles of something over replicates at one moment: 5, 25, 50, 75 and
/// 95 of 100.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) struct Moment {
    pub(in super::super) hour: f64,
    pub(in super::super) quantiles: [f64; 5],
}

/// A setting that is held against the first.
#[derive(Clone, Debug)]
pub(in super::super) struct Alternative {
    pub(in super::super) name: String,
    pub(in super::super) changes: Vec<Change>,
    pub(in super::super) effects: Vec<Effect>,
    pub(in super::super) homes: Vec<HomesEffect>,
    pub(in super::super) treasury: Vec<Moment>,
}

impl Alternative {
    /// What it does to a measure.
    pub(in super::super) fn effect(&self, metric: &str) -> Option<&Effect> {
        self.effects.iter().find(|effect| effect.metric == metric)
    }
}

/// A comparison.
#[derive(Clone, Debug)]
pub(in super::super) struct Compare {
    pub(in super::super) base: String,
    pub(in super::super) base_treasury: Vec<Moment>,
    pub(in super::super) alternatives: Vec<Alternative>,
    pub(in super::super) replicates: u64,
    pub(in super::super) first_seed: u64,
}

impl Compare {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let details = &files.manifest.details;
        let variants = details.get("variants").and_then(Value::as_array);
        let variants = variants.filter(|variants| variants.len() > 1).ok_or_else(|| {
            let path = files.directory.join("manifest.json");
            ReportError::Broken { path, problem: "names no settings that were compared".to_owned() }
        })?;
        let name = |variant: &Value| {
            at(variant, "name").and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let scenario = |variant: &Value| at(variant, "scenario").cloned().unwrap_or(Value::Null);
        let effects = effects(files)?;
        let homes = homes(files)?;
        let treasury = treasury(files)?;
        let of = |named: &str| -> Vec<Moment> {
            let mine = treasury.iter().filter(|(variant, _)| variant == named);
            mine.map(|(_, moment)| *moment).collect()
        };
        let base = scenario(&variants[0]);
        let alternatives = variants[1..].iter().map(|variant| {
            let name = name(variant);
            Alternative {
                changes: changes(&base, &scenario(variant)),
                effects: mine(&effects, &name),
                homes: mine(&homes, &name),
                treasury: of(&name),
                name,
            }
        });
        let count = |key: &str| details.get(key).and_then(Value::as_u64).unwrap_or(0);
        Ok(Self {
            base_treasury: of(&name(&variants[0])),
            base: name(&variants[0]),
            alternatives: alternatives.collect(),
            replicates: count("replicates"),
            first_seed: count("first_seed"),
        })
    }
}

fn mine<T: Clone>(all: &[(String, T)], name: &str) -> Vec<T> {
    all.iter().filter(|(variant, _)| variant == name).map(|(_, row)| row.clone()).collect()
}

fn effects(files: &ResultFiles) -> Result<Vec<(String, Effect)>, ReportError> {
    let needed =
        ["variant", "metric", "unit", "base_mean", "mean", "difference", "ci95_low", "ci95_high"];
    let sheet = files.sheet("comparison.csv", &needed)?;
    let effect = |row| {
        let number = |name| sheet.number(row, name);
        let text = |name| sheet.text(row, name).to_owned();
        let effect = Effect {
            metric: text("metric"),
            unit: text("unit"),
            base: number("base_mean"),
            changed: number("mean"),
            difference: number("difference"),
            low: number("ci95_low"),
            high: number("ci95_high"),
            verdict: text("verdict"),
            saved: number("variance_saved_share"),
            interval: text("interval"),
        };
        (text("variant"), effect)
    };
    Ok(sheet.rows.iter().map(effect).collect())
}

fn homes(files: &ResultFiles) -> Result<Vec<(String, HomesEffect)>, ReportError> {
    if !files.has("homes.csv") {
        return Ok(Vec::new());
    }
    let needed = ["variant", "kind", "size", "gain_stx_mean", "difference_stx"];
    let sheet = files.sheet("homes.csv", &needed)?;
    let effect = |row| {
        let number = |name| sheet.number(row, name);
        let text = |name| sheet.text(row, name).to_owned();
        let effect = HomesEffect {
            kind: text("kind"),
            size: text("size"),
            from: number("from"),
            to: number("to"),
            unit: text("unit"),
            homes: number("homes"),
            gain_stx: number("gain_stx_mean"),
            difference: number("difference_stx"),
            low: number("ci95_low"),
            high: number("ci95_high"),
            verdict: text("verdict"),
        };
        (text("variant"), effect)
    };
    Ok(sheet.rows.iter().map(effect).collect())
}

fn treasury(files: &ResultFiles) -> Result<Vec<(String, Moment)>, ReportError> {
    if !files.has("treasury.csv") {
        return Ok(Vec::new());
    }
    let quantiles = ["p05_stx", "p25_stx", "p50_stx", "p75_stx", "p95_stx"];
    let sheet = files.sheet("treasury.csv", &["variant", "hour", "p50_stx"])?;
    let moment = |row| {
        let quantiles = quantiles.map(|name| sheet.number(row, name));
        let moment = Moment { hour: sheet.number(row, "hour"), quantiles };
        (sheet.text(row, "variant").to_owned(), moment)
    };
    Ok(sheet.rows.iter().map(moment).collect())
}
