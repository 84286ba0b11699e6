//! The result of a sweep: every run, and how a measure answers to one or two
//! settings with the others averaged out.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::ReportError;
use super::super::load::{ResultFiles, Sheet, at, number};
use crate::stats;

/// Values of a setting that are told apart; beyond, they are put in bins.
const MOST_LEVELS: usize = 12;
/// Bins of a setting with many values.
const BINS: usize = 8;

/// How much of a measure's variance a setting makes.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Index {
    pub(in super::super) metric: String,
    pub(in super::super) setting: String,
    /// `sobol_total`, `morris_mean_size`, …
    pub(in super::super) index: String,
    pub(in super::super) value: f64,
    pub(in super::super) low: f64,
    pub(in super::super) high: f64,
}

/// How much each setting matters, by an index of the sweep's design.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Sensitivities {
    /// Total Sobol' indices: shares of the measure's variance.
    Sobol(Vec<(String, f64)>),
    /// Mean sizes of Morris' elementary effects, in the measure's unit.
    Morris(Vec<(String, f64)>),
}

/// The values of a setting across, those of another up, and the means of a
/// measure by row upward.
pub(in super::super) type MeanMap = (Vec<String>, Vec<String>, Vec<Vec<f64>>);

/// The answers for a measure.
#[derive(Clone, Debug)]
pub(in super::super) struct Answers {
    pub(in super::super) metric: String,
    /// Each setting: its key, what it is today, and along its values low, mean
    /// and high of the measure, the other settings averaged out.
    pub(in super::super) curves: Vec<(String, Option<f64>, Vec<Point>)>,
    /// Over both settings, where there are two.
    pub(in super::super) map: Option<MeanMap>,
    /// None where the design gives no index.
    pub(in super::super) sensitivities: Option<Sensitivities>,
}

/// A value of a setting, and low, mean and high of the measure there.
pub(in super::super) type Point = (f64, [f64; 3]);

/// A sweep.
#[derive(Clone, Debug)]
pub(in super::super) struct Sweep {
    pub(in super::super) keys: Vec<String>,
    pub(in super::super) points: u64,
    pub(in super::super) replicates: u64,
    pub(in super::super) indices: Vec<Index>,
    seed: u64,
    runs: Sheet,
}

/// A setting at about one value: where it lies, its cell, the rows.
type Level = (f64, String, Vec<usize>);

impl Sweep {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let details = &files.manifest.details;
        let broken = |problem: &str| ReportError::Broken {
            path: files.directory.join("manifest.json"),
            problem: problem.to_owned(),
        };
        if details.get("part").is_some() {
            return Err(broken(
                "is a part of a sweep; join the parts with connect-sim merge first",
            ));
        }
        let keys: Vec<String> = details
            .get("settings")
            .and_then(Value::as_array)
            .ok_or_else(|| broken("names no settings that were tried"))?
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let needed: Vec<&str> =
            ["point", "replicate"].into_iter().chain(keys.iter().map(String::as_str)).collect();
        let runs = files.sheet("sweep.csv", &needed)?;
        let count = |key: &str| details.get(key).and_then(Value::as_u64).unwrap_or(0);
        Ok(Self {
            points: count("points"),
            replicates: count("replicates"),
            seed: count("first_seed"),
            indices: indices(files)?,
            keys,
            runs,
        })
    }

    /// The values of a setting in rising order, in bins where there are many.
    fn levels(&self, key: &str) -> Vec<Level> {
        let groups = grouped(self.runs.texts(key).into_iter().enumerate());
        let level = |(text, rows): (&str, Vec<usize>)| (number(text), text.to_owned(), rows);
        let mut levels: Vec<Level> = groups.into_iter().map(level).collect();
        levels.sort_by(|a, b| a.0.total_cmp(&b.0));
        if levels.len() <= MOST_LEVELS || levels.iter().any(|(at, _, _)| at.is_nan()) {
            return levels;
        }
        levels
            .chunks(levels.len().div_ceil(BINS))
            .map(|bin| {
                let values: Vec<f64> = bin.iter().map(|(at, _, _)| *at).collect();
                let at = stats::mean(&values).unwrap_or(f64::NAN);
                let rows = bin.iter().flat_map(|(_, _, rows)| rows.iter().copied());
                (at, format!("{at}"), rows.collect())
            })
            .collect()
    }

    /// The mean of a measure for each seed over some rows.
    fn by_seed(&self, rows: &[usize], values: &[f64]) -> Vec<(&str, f64)> {
        let place = self.runs.place("replicate");
        let seed = |row: usize| place.and_then(|at| self.runs.rows[row].get(at)).unwrap_or("");
        let rows = rows.iter().filter(|row| values[**row].is_finite());
        let found = grouped(rows.map(|row| (values[*row], seed(*row))));
        found.into_iter().filter_map(|(seed, v)| Some((seed, stats::mean(&v)?))).collect()
    }

    /// The measure over a setting: the value, its cell, and low, mean and high
    /// over the seeds.
    pub(in super::super) fn response(
        &self,
        key: &str,
        metric: &str,
    ) -> Vec<(f64, String, [f64; 3])> {
        let values = self.runs.numbers(metric);
        let mut found = Vec::new();
        for (place, (at, cell, rows)) in self.levels(key).into_iter().enumerate() {
            let means = self.by_seed(&rows, &values).into_iter().map(|(_, mean)| mean);
            let means: Vec<f64> = means.collect();
            if let Some(estimate) = stats::estimate(&means, self.seed, place as u64) {
                let mean = estimate.mean;
                let ends = estimate.ci95.map_or([mean; 2], |(i, _)| [i.low, i.high]);
                let at = if at.is_finite() { at } else { place as f64 };
                found.push((at, cell, [ends[0], mean, ends[1]]));
            }
        }
        found
    }

    /// What the sweep of a scenario answers for a measure.
    pub(in super::super) fn answers(&self, metric: &str, scenario: &Value) -> Answers {
        let curve = |key: &String| {
            let response = self.response(key, metric).into_iter().map(|(at, _, ends)| (at, ends));
            let today = at(scenario, key).and_then(Value::as_f64);
            (key.clone(), today, response.collect())
        };
        let indices = |index: &str| -> Vec<(String, f64)> {
            let mine = self.indices.iter().filter(|row| row.metric == metric && row.index == index);
            mine.map(|row| (row.setting.clone(), row.value)).collect()
        };
        let [sobol, morris] = ["sobol_total", "morris_mean_size"].map(indices);
        let map = match self.keys.as_slice() {
            [a, b] => Some(self.map((a, b), metric)),
            _ => None,
        };
        Answers {
            metric: metric.to_owned(),
            curves: self.keys.iter().map(curve).collect(),
            map,
            sensitivities: match (sobol.is_empty(), morris.is_empty()) {
                (false, _) => Some(Sensitivities::Sobol(sobol)),
                (true, false) => Some(Sensitivities::Morris(morris)),
                (true, true) => None,
            },
        }
    }

    /// The measure at the last value of a setting less that at its first, seed
    /// by seed: whether its interval leaves 0 out. Weather and whims are the
    /// same at both.
    pub(in super::super) fn moves(&self, key: &str, metric: &str) -> bool {
        let values = self.runs.numbers(metric);
        let levels = self.levels(key);
        let (Some(first), Some(last)) = (levels.first(), levels.last()) else { return false };
        let (first, last) = (self.by_seed(&first.2, &values), self.by_seed(&last.2, &values));
        let last: BTreeMap<&str, f64> = last.into_iter().collect();
        let pairs = first.iter().filter_map(|(seed, from)| Some((*from, *last.get(seed)?)));
        let (from, to): (Vec<f64>, Vec<f64>) = pairs.unzip();
        let paired = stats::paired_difference(&from, &to, self.seed, 0);
        let ends = paired.and_then(|paired| paired.difference.ci95);
        ends.is_some_and(|(interval, _)| interval.low > 0.0 || interval.high < 0.0)
    }

    /// The measure's mean at each pair of values of two settings: the cells
    /// across, the cells up, and the means by row upward.
    fn map(&self, (across, up): (&str, &str), metric: &str) -> MeanMap {
        let values = self.runs.numbers(metric);
        let (across, up) = (self.levels(across), self.levels(up));
        let mut column_of = vec![None; values.len()];
        for (column, (_, _, rows)) in across.iter().enumerate() {
            rows.iter().for_each(|row| column_of[*row] = Some(column));
        }
        let means = |(_, _, rows): &Level| {
            let mut found = vec![Vec::new(); across.len()];
            for row in rows.iter().filter(|row| values[**row].is_finite()) {
                if let Some(column) = column_of[*row] {
                    found[column].push(values[*row]);
                }
            }
            found.iter().map(|found| stats::mean(found).unwrap_or(f64::NAN)).collect()
        };
        let rows = up.iter().map(means).collect();
        let cells = |levels: Vec<Level>| levels.into_iter().map(|(_, cell, _)| cell).collect();
        (cells(across), cells(up), rows)
    }
}

/// What belongs to each name, in the order in which names are met first.
fn grouped<'a, T>(pairs: impl Iterator<Item = (T, &'a str)>) -> Vec<(&'a str, Vec<T>)> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut groups: Vec<(&str, Vec<T>)> = Vec::new();
    for (value, name) in pairs {
        let place = *places.entry(name).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    groups
}

fn indices(files: &ResultFiles) -> Result<Vec<Index>, ReportError> {
    if !files.has("sensitivity.csv") {
        return Ok(Vec::new());
    }
    let sheet = files.sheet("sensitivity.csv", &["metric", "setting", "index", "value"])?;
    let index = |row| Index {
        metric: sheet.text(row, "metric").to_owned(),
        setting: sheet.text(row, "setting").to_owned(),
        index: sheet.text(row, "index").to_owned(),
        value: sheet.number(row, "value"),
        low: sheet.number(row, "ci95_low"),
        high: sheet.number(row, "ci95_high"),
    };
    Ok(sheet.rows.iter().map(index).collect())
}
