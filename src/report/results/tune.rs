//! The result of a search for settings.

use serde_json::Value;

use super::super::ReportError;
use super::super::experiment::setting_cell;
use super::super::load::{ResultFiles, at, number};
use super::super::words::{self, Money};
use crate::experiments::{self, Estimate, TuneOutcome};

/// What a search raises or lowers.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Objective {
    pub(in super::super) metric: String,
    pub(in super::super) unit: String,
    pub(in super::super) raise: bool,
    /// The recommended setting's less today's, over the same seeds, with the
    /// ends of its interval.
    pub(in super::super) gain: Option<[f64; 3]>,
}

/// A setting that was tried, with the mean and interval of each objective.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Tuned {
    /// `today`, `front` or `recommended`.
    pub(in super::super) standing: String,
    /// The values, in the order of the keys.
    pub(in super::super) values: Vec<String>,
    /// Low, mean and high of each objective.
    pub(in super::super) objectives: Vec<[f64; 3]>,
    /// Of each constraint's event: share of runs, and the chance's upper end.
    pub(in super::super) events: Vec<(f64, f64)>,
    pub(in super::super) keeps: bool,
    pub(in super::super) replicates: f64,
}

/// A search.
#[derive(Clone, Debug)]
pub(in super::super) struct Tune {
    pub(in super::super) keys: Vec<String>,
    pub(in super::super) objectives: Vec<Objective>,
    /// What must not happen, as the columns name it.
    pub(in super::super) events: Vec<String>,
    pub(in super::super) settings: Vec<Tuned>,
    pub(in super::super) tried: u64,
    pub(in super::super) runs: u64,
    pub(in super::super) reason: String,
}

impl Tune {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let details = &files.manifest.details;
        let texts = |list: Option<&Value>| -> Vec<String> {
            let items = list.and_then(Value::as_array).into_iter().flatten();
            items.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let keys = texts(details.get("settings"));
        let sheet = files.sheet("front.csv", &["setting"])?;
        let ending = "_ci95_low";
        let metrics: Vec<String> = sheet
            .columns
            .iter()
            .filter_map(|name| Some(name.strip_suffix(ending)?.to_owned()))
            .collect();
        let events: Vec<String> = sheet
            .columns
            .iter()
            .filter_map(|name| Some(name.strip_prefix("share of ")?.to_owned()))
            .collect();
        let tuned = |row: &csv::StringRecord| {
            let n = |name: &str| sheet.number(row, name);
            let ends = |metric: &String| {
                ["ci95_low", "mean", "ci95_high"].map(|end| n(&format!("{metric}_{end}")))
            };
            let event = |event: &String| {
                (n(&format!("share of {event}")), n(&format!("chance of {event}_ci95_high")))
            };
            Tuned {
                standing: sheet.text(row, "setting").to_owned(),
                values: keys.iter().map(|key| sheet.text(row, key).to_owned()).collect(),
                objectives: metrics.iter().map(ends).collect(),
                events: events.iter().map(event).collect(),
                keeps: sheet.text(row, "keeps_constraints") == "true",
                replicates: number(sheet.text(row, "replicates")),
            }
        };
        let settings = sheet.rows.iter().map(tuned).collect();
        let count = |key: &str| details.get(key).and_then(Value::as_u64).unwrap_or(0);
        Ok(Self {
            objectives: metrics.iter().map(|metric| objective(details, metric)).collect(),
            keys,
            events,
            settings,
            tried: count("tried"),
            runs: count("runs"),
            reason: details.get("reason").and_then(Value::as_str).unwrap_or("").to_owned(),
        })
    }

    /// A search that is being written, as far as its chart goes.
    pub(in super::super) fn of(tune: &experiments::Tune, outcome: &TuneOutcome) -> Self {
        let ends = |estimate: &Option<Estimate>| {
            let mean = estimate.map_or(f64::NAN, |estimate| estimate.mean);
            let ends = estimate.and_then(|estimate| estimate.ci95);
            ends.map_or([mean; 3], |(interval, _)| [interval.low, mean, interval.high])
        };
        let tuned = |standing: &str, tuned: &experiments::Tuned| Tuned {
            standing: standing.to_owned(),
            values: tuned.values.iter().map(setting_cell).collect(),
            objectives: tuned.objectives.iter().map(ends).collect(),
            events: tuned.events.clone(),
            keeps: tuned.feasible,
            replicates: tuned.replicates as f64,
        };
        let front = outcome.front.iter().enumerate().map(|(place, setting)| {
            let chosen = outcome.recommended == Some(place);
            tuned(if chosen { "recommended" } else { "front" }, setting)
        });
        let objective = |(measure, raise): &(experiments::MeasureName, bool)| Objective {
            metric: measure.name.to_owned(),
            unit: measure.unit.to_owned(),
            raise: *raise,
            gain: None,
        };
        Self {
            keys: tune.space.keys().into_iter().map(str::to_owned).collect(),
            objectives: tune.objectives.iter().map(objective).collect(),
            events: Vec::new(),
            // Today's last, so that nothing hides it.
            settings: front.chain([tuned("today", &outcome.today)]).collect(),
            tried: outcome.tried as u64,
            runs: outcome.runs,
            reason: String::new(),
        }
    }

    /// The settings of a standing as a sentence names them.
    pub(in super::super) fn told(&self, tuned: &Tuned, money: &Money) -> Vec<String> {
        let pairs = self.keys.iter().zip(&tuned.values);
        pairs
            .map(|(key, cell)| {
                format!("{} {}", words::setting(key), words::setting_cell(key, cell, money))
            })
            .collect()
    }

    /// The setting of a standing.
    pub(in super::super) fn standing(&self, standing: &str) -> Option<&Tuned> {
        self.settings.iter().find(|tuned| tuned.standing == standing)
    }
}

/// What the manifest says of an objective.
fn objective(details: &Value, metric: &str) -> Objective {
    let all = details.get("objectives").and_then(Value::as_array).into_iter().flatten();
    let mut mine = all.filter(|entry| entry.get("metric").and_then(Value::as_str) == Some(metric));
    let entry = mine.next().unwrap_or(&Value::Null);
    let gain = ["ci95_low", "mean", "ci95_high"]
        .map(|end| at(entry, &format!("gain.{end}")).and_then(Value::as_f64).unwrap_or(f64::NAN));
    Objective {
        metric: metric.to_owned(),
        unit: entry.get("unit").and_then(Value::as_str).unwrap_or("").to_owned(),
        raise: entry.get("raise").and_then(Value::as_bool).unwrap_or(true),
        gain: gain[1].is_finite().then_some(gain),
    }
}
