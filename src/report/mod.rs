//! Results as files: tables, charts and the manifest that says how to make them
//! again. Works from an [`Outcome`] alone, and is
//! the one room that writes results. Nothing is computed here that a table or a
//! chart does not show; no chain, no agents, no clock: the same outcome and
//! provenance give the same bytes.
//!
//! A result is a directory that appears whole or not at all:
//!
//! | file | what is in it |
//! |---|---|
//! | `manifest.json` | scenario, seeds, hashes, command, and every other file's hash |
//! | `summary.csv` | each measure's mean over the replicates and its 95 % interval |
//! | `ticks.csv` | the market tick by tick |
//! | `participants.csv` | what each participant's run came to |
//! | `adversaries.csv` | what each kind of adversary spent, gained and cost, where there are any |
//! | `limits.csv` | when each limit of the contracts bound, and whom it turned away |
//! | `calls.csv` | calls by function and outcome |
//! | `transactions.csv` | every transaction, where a trace was asked for |
//! | `trace.jsonl` | the same for a machine: all calls, to do them again; `traces/` for several seeds |
//! | `charts/*.svg` | six pictures for people |
//! | `ticks.parquet`, `participants.parquet`, `transactions.parquet` | the same rows for notebooks, where they were asked for |
//!
//! What [`write_capacity()`] writes has files of its own: see there.

mod adversaries;
mod capacity;
mod charts;
mod check;
#[cfg(feature = "parquet")]
mod columnar;
mod comparison;
mod differences;
mod disk;
mod dossier;
mod experiment;
mod fuzz;
mod inputs;
mod journal;
mod limits;
mod load;
mod lock;
mod made_by;
mod manifest;
mod number;
mod result_directory;
mod results;
mod row;
mod shell;
mod sweep;
mod tables;
mod tune;
mod words;

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::experiments::Outcome;
use manifest::{Head, Replicates, publish};

pub use adversaries::write_safety;
pub use capacity::write_capacity;
pub use check::{evidence_file, write_check};
pub use comparison::write_comparison;
pub use differences::{Checked, compare_results};
pub use disk::{write_new, write_whole};
pub use dossier::{Dossier, Page, check_pages};
pub use fuzz::{write_fuzzed, write_mutants};
pub use inputs::data_files;
pub use journal::{Journal, journal_key};
pub use limits::write_limits;
pub use made_by::{Inputs, MadeBy};
pub use result_directory::ResultDirectory;
pub use shell::{path_text, shell, words};
pub use sweep::{Part, merge_parts, write_part, write_sweep};
pub use tune::{reason, write_tune};

/// A file and what it holds, by its hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HashedFile {
    /// Its name, or its path as the scenario gives it.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// Where a result comes from, as far as the outcome does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The command that makes the result again.
    pub command: String,
    /// The program's version.
    pub version: String,
    /// The scenario's file, as the user named it.
    pub scenario_file: String,
    /// The data files that the run read: see [`data_files`].
    pub data: Vec<HashedFile>,
}

/// The form of the large tables of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Text, which everything reads.
    #[default]
    Csv,
    /// Typed columns, for notebooks.
    Parquet,
}

impl Format {
    /// What the names of such files end in.
    const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    /// Finds out whether this program was built to write it.
    ///
    /// # Errors
    /// Where it was not, with how to build it.
    pub const fn check(self) -> Result<(), ReportError> {
        match self {
            Self::Parquet if cfg!(not(feature = "parquet")) => Err(ReportError::NoParquet),
            Self::Csv | Self::Parquet => Ok(()),
        }
    }
}

/// Why a result was not written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// Parquet was asked of a program that was built without it.
    #[error(
        "this program was built without Parquet; build it once more, with \
         `cargo build --release --features parquet`"
    )]
    NoParquet,
    /// There is a result already.
    #[error(
        "{}: there is a result already; name another directory with --out, or give --force to \
         replace it", directory.display()
    )]
    AlreadyThere {
        /// The directory asked for.
        directory: PathBuf,
    },
    /// There is something else, which is never replaced.
    #[error(
        "{}: is there already and is no result (it has no manifest.json), so nothing replaces it; \
         name another directory with --out", directory.display()
    )]
    NotAResult {
        /// The directory asked for.
        directory: PathBuf,
    },
    /// The path does not end in a name that a directory could be given.
    #[error(
        "{}: cannot become a result; name a directory that is not there yet, like \
         results/baseline", directory.display()
    )]
    NoName {
        /// The directory asked for.
        directory: PathBuf,
    },
    /// Someone else is at it.
    #[error(
        "{}: another run is writing this result; wait until it is done, or name another \
         directory with --out", directory.display()
    )]
    Busy {
        /// The directory asked for.
        directory: PathBuf,
    },
    /// There is a result with something in it that no command wrote.
    #[error(
        "{}: holds {file}, which this program did not write and so does not delete; move it away, \
         or name another place with --out", directory.display()
    )]
    Foreign {
        /// The directory asked for.
        directory: PathBuf,
        /// What is in it, from there.
        file: String,
    },
    /// A link, where a file or directory is to be written.
    #[error(
        "{}: is a link, and nothing is written through links; name what it leads to, or another \
         place, with --out", path.display()
    )]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// A file or directory of the result could not be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file of a result does not hold what it should.
    #[error("{}: {problem}", path.display())]
    Broken {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The parts of an experiment do not make a whole.
    #[error("{0}")]
    Parts(String),
    /// A data file could not be read to hash it.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// Keeps the trace of a run that broke a rule, beside the `directory` that its
/// result would have had; tells the file's name. One of an earlier run of the
/// seed is replaced.
///
/// # Errors
/// Where it cannot be written; nothing is left behind then.
pub fn write_broken(directory: &Path, seed: u64, trace: &[u8]) -> Result<PathBuf, ReportError> {
    let name = directory
        .file_name()
        .ok_or_else(|| ReportError::NoName { directory: directory.to_owned() })?;
    let mut file = name.to_owned();
    file.push(format!("-broken-seed-{seed}.jsonl"));
    let path = directory.with_file_name(file);
    write_whole(&path, trace)
        .map_err(|source| ReportError::Write { path: path.clone(), source })?;
    Ok(path)
}

/// Writes the whole result of `outcome` as `result`, which appears at once
/// when everything in it is complete. Where `format` is not CSV, the large tables are there in it too, beside CSV.
///
/// # Errors
/// Where a file cannot be written, or this program was
/// built without `format`. Nothing is left behind then, and an older result
/// stays as it was.
pub fn write(
    outcome: &Outcome,
    provenance: &Provenance,
    format: Format,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    format.check()?;
    let traced = outcome.records.iter().any(|record| !record.transactions.is_empty());
    result.file("summary.csv", |file| tables::summary(file, outcome))?;
    let formats: &[Format] =
        if format == Format::Csv { &[Format::Csv] } else { &[Format::Csv, format] };
    for format in formats.iter().copied() {
        let name = |table: &str| format!("{table}.{}", format.extension());
        result.file(&name("ticks"), |file| tables::ticks(file, format, outcome))?;
        result.file(&name("participants"), |file| tables::participants(file, format, outcome))?;
        if traced {
            result
                .file(&name("transactions"), |file| tables::transactions(file, format, outcome))?;
        }
    }
    result.file("limits.csv", |file| tables::limits(file, outcome))?;
    result.file("calls.csv", |file| tables::calls(file, outcome))?;
    if outcome.records.iter().any(|record| !record.adversaries.is_empty()) {
        result.file("adversaries.csv", |file| tables::adversaries(file, outcome))?;
    }
    for record in &outcome.records {
        if let Some(trace) = &record.trace {
            let name = match outcome.records.len() {
                1 => "trace.jsonl".to_owned(),
                _ => format!("traces/seed-{}.jsonl", record.seed),
            };
            result.file(&name, |file| file.write_all(trace))?;
        }
    }
    if outcome.records.iter().any(|record| !record.findings.is_empty()) {
        result.file("findings.csv", |file| tables::findings(file, outcome))?;
    }
    draw(&mut result, outcome)?;
    let head = Head::of_market("run", &outcome.scenario, &outcome.contracts, provenance);
    publish(result, head, Replicates::of(outcome))
}

/// The charts of a run, drawn from the rows of its tables.
fn draw(result: &mut ResultDirectory, outcome: &Outcome) -> Result<(), ReportError> {
    let records = &outcome.records;
    let market = results::Market::new(
        &results::settings(&outcome.scenario),
        &results::Rows(records.iter().map(|record| &record.ticks[..]).collect()),
        &results::Rows(records.iter().map(|record| &record.participants[..]).collect()),
        &results::Rows(records.iter().map(|record| &record.calls[..]).collect()),
    );
    let basis = charts::of_outcome(outcome);
    for (name, draw) in charts::OF_RUN {
        let chart = draw(&market).unwrap_or_else(|| charts::Chart::nothing(name));
        result.chart(&chart, &basis)?;
    }
    Ok(())
}
