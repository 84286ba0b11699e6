//! The result of a sweep, whole or in part: `sweep.csv`, `sensitivity.csv` and
//! their pictures; parts joined to a whole.

use std::collections::BTreeSet;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::disk;
use super::experiment::{Sheet, setting_cell, warm_up};
use super::inputs::hexadecimal;
use super::journal::{Journal, line, parse};
use super::load::ResultFiles;
use super::manifest::{Head, Own, publish};
use super::result_directory::{ResultDirectory, restore};
use super::results::{Answers, Sensitivities};
use super::row::number;
use super::words::Money;
use super::{Provenance, ReportError, charts, load, results};
use crate::experiments::{
    ExperimentError, JUDGED, Sensitivity, SensitivityRow, Shard, Store, Sweep, place,
};

/// The file of a part that holds its runs.
const RUNS: &str = "runs.txt";

/// Writes the result of a whole sweep, whose every run is in `store`.
///
/// # Errors
/// Where a run is missing or a file cannot be written.
pub fn write_sweep(
    sweep: &Sweep,
    store: &dyn Store,
    contracts: &[(String, String)],
    provenance: &Provenance,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    result.file("sweep.csv", |file| table(file, sweep, store))?;
    let sensitivity = sweep.sensitivity(store).map_err(parts)?;
    if !sensitivity.is_empty() {
        result.file("sensitivity.csv", |file| {
            let columns = ["metric", "unit", "setting", "index", "value", "ci95_low", "ci95_high"];
            let mut sheet = Sheet::new(file, columns)?;
            let keys = sweep.space.keys();
            for row in &sensitivity {
                for (index, value, interval) in indices(&row.sensitivity) {
                    let share = matches!(row.sensitivity, Sensitivity::Sobol(_));
                    sheet.row([
                        row.measure.name.to_owned(),
                        if share { "1" } else { row.measure.unit }.to_owned(),
                        keys[row.setting].to_owned(),
                        index.to_owned(),
                        number(value),
                        interval.map_or(String::new(), |(low, _)| number(low)),
                        interval.map_or(String::new(), |(_, high)| number(high)),
                    ])?;
                }
            }
            sheet.finish()
        })?;
    }
    let scenario = &sweep.base.scenario;
    let money = Money::of(&results::settings(scenario));
    let basis = charts::of_experiment(scenario, scenario.about.seed, sweep.replicates);
    let basis = format!("{basis} {} points.", sweep.points.len());
    for metric in JUDGED {
        let answers = answers(sweep, store, metric, &sensitivity).map_err(parts)?;
        let (curves, map, tornado) = charts::responses(&answers, &money);
        for chart in curves.into_iter().chain(map).chain(tornado) {
            result.chart(&chart, &basis)?;
        }
    }
    let details = details(sweep);
    publish(result, Head::of_market("sweep", scenario, contracts, provenance), Own { details })
}

/// What the sweep answers for a measure that markets are judged by.
fn answers(
    sweep: &Sweep,
    store: &dyn Store,
    metric: &str,
    sensitivity: &[SensitivityRow],
) -> Result<Answers, ExperimentError> {
    let (at, keys) = (place(metric)?, sweep.space.keys());
    let settings = results::settings(&sweep.base.scenario);
    let curve = |(setting, key): (usize, &&str)| {
        let response = sweep.response(store, setting, at)?.into_iter().map(|response| {
            let mean = response.estimate.mean;
            let ends = response.estimate.ci95;
            let ends = ends.map_or([mean; 3], |(ends, _)| [ends.low, mean, ends.high]);
            (response.at, ends)
        });
        let today = load::at(&settings, key).and_then(serde_json::Value::as_f64);
        Ok(((*key).to_owned(), today, response.collect()))
    };
    let curves = keys.iter().enumerate().map(curve).collect::<Result<_, ExperimentError>>()?;
    let map = match keys.as_slice() {
        [_, _] => {
            let found = sweep.map(store, (0, 1), at)?;
            let mut means = vec![vec![f64::NAN; found.across.len()]; found.up.len()];
            for cell in &found.cells {
                means[cell.y][cell.x] = cell.mean;
            }
            Some((found.across, found.up, means))
        }
        _ => None,
    };
    let mine: Vec<_> = sensitivity.iter().filter(|row| row.measure.name == metric).collect();
    let sizes = |size: fn(&Sensitivity) -> f64| {
        mine.iter().map(|row| (keys[row.setting].to_owned(), size(&row.sensitivity))).collect()
    };
    let size = |sensitivity: &Sensitivity| match sensitivity {
        Sensitivity::Morris(effects) => effects.mean_size,
        Sensitivity::Sobol(index) => index.total,
    };
    let sensitivities = mine.first().map(|row| match row.sensitivity {
        Sensitivity::Morris(_) => Sensitivities::Morris(sizes(size)),
        Sensitivity::Sobol(_) => Sensitivities::Sobol(sizes(size)),
    });
    Ok(Answers { metric: metric.to_owned(), curves, map, sensitivities })
}

fn details(sweep: &Sweep) -> serde_json::Value {
    json!({
        "settings": sweep.space.keys(),
        "points": sweep.points.len(),
        "replicates": sweep.replicates,
        "first_seed": sweep.base.scenario.about.seed,
        "warm_up": warm_up(&sweep.base.scenario),
    })
}

fn parts(error: impl std::fmt::Display) -> ReportError {
    ReportError::Parts(error.to_string())
}

/// An index by name, with its value and interval.
type Index = (&'static str, f64, Option<(f64, f64)>);

/// The indices of a setting.
fn indices(sensitivity: &Sensitivity) -> Vec<Index> {
    match sensitivity {
        Sensitivity::Morris(effects) => vec![
            ("morris_mean", effects.mean, None),
            ("morris_mean_size", effects.mean_size, None),
            ("morris_deviation", effects.deviation, None),
        ],
        Sensitivity::Sobol(index) => {
            let ends = |interval: crate::stats::Interval| Some((interval.low, interval.high));
            vec![
                ("sobol_first", index.first, ends(index.first_ci95)),
                ("sobol_total", index.total, ends(index.total_ci95)),
            ]
        }
    }
}

/// One row a point and replicate: every setting, every measure.
fn table(file: impl Write, sweep: &Sweep, store: &dyn Store) -> io::Result<()> {
    let first = ["point", "replicate", "seed"];
    let measures = sweep.measures.iter().map(|measure| measure.name);
    let columns = first.into_iter().chain(sweep.space.keys()).chain(measures);
    let mut sheet = Sheet::new(file, columns)?;
    for (point, values) in sweep.points.iter().enumerate() {
        for replicate in 0..sweep.replicates {
            let run = sweep.run(store, sweep.trial(point, replicate)).map_err(io::Error::other)?;
            let seed = sweep.base.scenario.about.seed.wrapping_add(u64::from(replicate));
            let place = [point.to_string(), replicate.to_string(), seed.to_string()];
            let settings = values.iter().map(setting_cell);
            let cells = run.into_iter().map(number);
            sheet.row(place.into_iter().chain(settings).chain(cells))?;
        }
    }
    sheet.finish()
}

/// What the manifest of a part says of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Part {
    /// The hash of the whole experiment: see
    /// [`journal_key`](super::journal_key).
    pub key: String,
    /// Which part.
    pub shard: u32,
    /// Of how many.
    pub of: u32,
    /// The whole's scenario file.
    pub scenario_file: String,
    /// The overrides that were laid over it.
    pub overrides: Vec<String>,
    /// The command that makes the whole on one machine.
    pub command: String,
}

/// Writes the part `shard` of a sweep: its runs as they are, and what merging
/// needs to know.
///
/// # Errors
/// Where a run is missing or a file cannot be written.
pub fn write_part(
    sweep: &Sweep,
    store: &dyn Store,
    part: &Part,
    contracts: &[(String, String)],
    provenance: &Provenance,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    let shard = Shard { number: part.shard, of: part.of };
    result.file(RUNS, |file| {
        for trial in sweep.trials_of(shard) {
            let values = sweep.run(store, trial).map_err(io::Error::other)?;
            file.write_all(line(trial, &values).as_bytes())?;
        }
        Ok(())
    })?;
    let mut details = details(sweep);
    details["part"] = json!({
        "key": part.key, "shard": part.shard, "of": part.of,
        "scenario_file": part.scenario_file, "overrides": part.overrides, "command": part.command,
    });
    let scenario = &sweep.base.scenario;
    publish(result, Head::of_market("sweep", scenario, contracts, provenance), Own { details })
}

/// The manifest of any result.
#[derive(Deserialize)]
struct AnyManifest {
    verb: String,
    details: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct PartManifest {
    details: PartDetails,
}

#[derive(Deserialize)]
struct PartDetails {
    part: Part,
}

/// Looks at the parts in `directories` and sees that they make one whole:
/// all of the same experiment, none missing and none twice. Returns what they
/// are, in order of their numbers.
///
/// # Errors
/// Where a directory is no part, and where the parts do not fit.
pub fn merge_parts(directories: &[PathBuf]) -> Result<Vec<(PathBuf, Part)>, ReportError> {
    let mut found: Vec<(PathBuf, Part)> = Vec::new();
    for directory in directories {
        let path = directory.join("manifest.json");
        if !disk::is_there(directory) {
            restore(directory);
        }
        let text = disk::read_text(&path)
            .map_err(|source| ReportError::Read { path: path.clone(), source })?;
        let manifest: PartManifest = serde_json::from_str(&text).map_err(|error| {
            let what = match serde_json::from_str::<AnyManifest>(&text) {
                Ok(AnyManifest { verb, details })
                    if details.as_ref().is_none_or(|own| own.get("part").is_none()) =>
                {
                    format!("the result of `{verb}`, and no part of a sweep")
                }
                _ => format!("not a part of a sweep: {error}"),
            };
            ReportError::Parts(format!(
                "{}: {what}; merge joins what sweep --shard K/N wrote",
                directory.display()
            ))
        })?;
        let part = manifest.details.part;
        if !(1..=part.of).contains(&part.shard) || part.of > Shard::MOST {
            return Err(ReportError::Parts(format!(
                "{}: part {} of {} cannot be: parts count from 1, and there are {} at most",
                path.display(),
                part.shard,
                part.of,
                Shard::MOST
            )));
        }
        found.push((directory.clone(), part));
    }
    found.sort_by_key(|(_, part)| part.shard);
    let Some((first_directory, first)) = found.first() else {
        return Err(ReportError::Parts("name the directories of the parts".to_owned()));
    };
    for (directory, part) in &found {
        if (&part.key, part.of) != (&first.key, first.of) {
            return Err(ReportError::Parts(format!(
                "{} and {}: parts of different experiments: scenario, contracts, data, version \
                 and number of parts must be the same",
                first_directory.display(),
                directory.display()
            )));
        }
    }
    for pair in found.windows(2) {
        if pair[0].1.shard == pair[1].1.shard {
            return Err(ReportError::Parts(format!(
                "{} and {}: both are part {} of {}; name each part once",
                pair[0].0.display(),
                pair[1].0.display(),
                pair[0].1.shard,
                first.of
            )));
        }
    }
    let there: BTreeSet<u32> = found.iter().map(|(_, part)| part.shard).collect();
    let missing = (1..=first.of).filter(|number| !there.contains(number));
    let missing: Vec<String> = missing.map(|number| format!("{number}/{}", first.of)).collect();
    if !missing.is_empty() {
        const SHOWN: usize = 20;
        let shown = missing[..missing.len().min(SHOWN)].join(", ");
        let more = missing.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        return Err(ReportError::Parts(format!("missing parts: {shown}{more}")));
    }
    Ok(found)
}

/// Refuses the runs of a part that are not what its manifest says they were.
fn held_to_manifest(directory: &Path, runs: &Path) -> Result<(), ReportError> {
    let failed = |source| ReportError::Read { path: runs.to_owned(), source };
    let mut digest = Sha256::new();
    io::copy(&mut disk::open(runs).map_err(failed)?, &mut digest).map_err(failed)?;
    let found = hexadecimal(&digest.finalize());
    let listed = ResultFiles::open(directory)?.manifest.files;
    if listed.iter().any(|file| file.file == RUNS && file.sha256 == found) {
        return Ok(());
    }
    Err(parts(format!(
        "{}: not what manifest.json says it was: its SHA-256 is {found}; make the part again",
        runs.display()
    )))
}

impl Part {
    /// Takes the runs of this part, which lies in `directory`, into a journal.
    ///
    /// # Errors
    /// Where a run is broken, or belongs to another part.
    pub fn read_into(
        &self,
        directory: &Path,
        sweep: &Sweep,
        journal: &Journal,
    ) -> Result<(), ReportError> {
        let path = directory.join(RUNS);
        let failed = |source| ReportError::Read { path: path.clone(), source };
        held_to_manifest(directory, &path)?;
        let mut reader = BufReader::new(disk::open(&path).map_err(failed)?);
        let shard = Shard { number: self.shard, of: self.of };
        let mut due = sweep.trials_of(shard).into_iter();
        let mut text = Vec::new();
        while reader.read_until(b'\n', &mut text).map_err(failed)? > 0 {
            match parse(&text) {
                Some((trial, values)) if due.next() == Some(trial) => {
                    if !journal.has(trial) {
                        journal.put(trial, &values).map_err(failed)?;
                    }
                }
                _ => return Err(parts(format!("{}: a run is broken", path.display()))),
            }
            text.clear();
        }
        match due.next() {
            None => Ok(()),
            Some(trial) => Err(parts(format!("{}: run {trial} is missing", path.display()))),
        }
    }
}
