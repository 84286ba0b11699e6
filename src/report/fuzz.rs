//! The result of fuzzing: which functions met which outcomes, and a manifest.
//! How the calls came about is no matter of this file.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::experiment::Sheet;
use super::manifest::{FORMAT, Program};
use super::result_directory::ResultDirectory;
use super::{HashedFile, ReportError};
use crate::experiments::{Code, Coverage, Ending, Fate, FuzzOptions, Fuzzed, Hunt, MutantOptions};

/// Writes the whole result of fuzzing to `directory`, which appears at once
/// when everything in it is complete:
///
/// | file | what is in it |
/// |---|---|
/// | `manifest.json` | seed, calls, the contracts' hashes, what was found, and every other file's hash |
/// | `coverage.csv` | a row for each function and each way that it can end, and how often it did |
/// | `trace.jsonl` | where something was found: the calls that show it |
///
/// A result that is there already is replaced at that moment if `replace` says
/// so; what is no result never is. `command` makes it again.
///
/// # Errors
/// Where `directory` is taken or a file cannot be written. Nothing is left
/// behind then, and an older result stays as it was.
pub fn write_fuzzed(
    fuzzed: &Fuzzed,
    code: &Code,
    options: FuzzOptions,
    command: &str,
    directory: &Path,
    replace: bool,
) -> Result<(), ReportError> {
    let mut result = ResultDirectory::begin(directory, replace)?;
    result.file("coverage.csv", |file| coverage(file, &fuzzed.coverage))?;
    let failed = fuzzed.failed.as_ref();
    if let Some(failed) = failed {
        result.file("trace.jsonl", |file| failed.trace.write(file).map(drop))?;
    }
    let details = Details {
        calls_asked: options.calls,
        calls: fuzzed.coverage.calls(),
        seed: options.seed,
        found: failed.map(|failed| failed.finding.text.as_str()),
        sequence: failed.map(|failed| failed.sequence),
        calls_left: failed.map(|failed| failed.calls.as_slice()),
    };
    publish(result, ("fuzz", command), code, details)
}

/// Writes what came of planted faults to `directory`, as [`write_fuzzed`] does:
///
/// | file | what is in it |
/// |---|---|
/// | `manifest.json` | seed, calls, the contracts' hashes, the score, and every other file's hash |
/// | `mutants.csv` | a row for each planted fault: where, what, and what came of it |
///
/// # Errors
/// As [`write_fuzzed`].
pub fn write_mutants(
    hunt: &Hunt,
    code: &Code,
    options: MutantOptions,
    command: &str,
    directory: &Path,
    replace: bool,
) -> Result<(), ReportError> {
    let mut result = ResultDirectory::begin(directory, replace)?;
    result.file("mutants.csv", |file| mutants(file, hunt))?;
    let details = HuntDetails {
        calls_each: options.calls,
        seed: options.seed,
        every: options.every,
        planted: hunt.mutants.len(),
        did_not_compile: hunt.stillborn,
        no_faults: hunt.equivalent(),
        found: hunt.found(),
        score: hunt.score(),
    };
    publish(result, ("fuzz --mutants", command), code, details)
}

#[derive(Serialize)]
struct HuntDetails {
    calls_each: u64,
    seed: u64,
    every: usize,
    planted: usize,
    did_not_compile: usize,
    no_faults: usize,
    found: usize,
    score: f64,
}

fn mutants(file: impl Write, hunt: &Hunt) -> io::Result<()> {
    let columns = [
        "contract",
        "line",
        "definition",
        "operator",
        "from",
        "to",
        "fate",
        "calls",
        "found_by",
        "why_no_fault",
    ];
    let mut sheet = Sheet::new(file, columns)?;
    for mutant in &hunt.mutants {
        let (calls, found_by, why) = match mutant.fate {
            Fate::Found(calls, kind) => (calls.to_string(), kind.word(), ""),
            Fate::Equivalent(why) => (String::new(), "", why),
            Fate::Survived => Default::default(),
        };
        sheet.row([
            mutant.contract.name(),
            &mutant.line.to_string(),
            &mutant.definition,
            mutant.operator,
            &mutant.from,
            &mutant.to,
            mutant.fate.word(),
            &calls,
            found_by,
            why,
        ])?;
    }
    sheet.finish()
}

#[derive(Serialize)]
struct Details<'a> {
    calls_asked: u64,
    calls: u64,
    seed: u64,
    found: Option<&'a str>,
    sequence: Option<u64>,
    calls_left: Option<&'a [String]>,
}

#[derive(Serialize)]
struct Manifest<'a, D> {
    format: u32,
    verb: &'a str,
    program: Program<'a>,
    command: &'a str,
    contracts: Vec<HashedFile>,
    details: D,
    files: &'a [HashedFile],
}

/// Writes the manifest of a result about contracts alone, and gives the result
/// its name.
pub(super) fn publish(
    mut result: ResultDirectory,
    (verb, command): (&str, &str),
    code: &Code,
    details: impl Serialize,
) -> Result<(), ReportError> {
    let contracts = [&code.wattconnect, &code.energy_production]
        .map(|source| HashedFile { file: source.file.clone(), sha256: source.sha256() });
    let manifest = Manifest {
        format: FORMAT,
        verb,
        program: Program::of(env!("CARGO_PKG_VERSION")),
        command,
        contracts: contracts.into(),
        details,
        files: result.files(),
    };
    let text = serde_json::to_string_pretty(&manifest).map(|text| text + "\n");
    result
        .file("manifest.json", |file| file.write_all(text.map_err(io::Error::from)?.as_bytes()))?;
    result.publish()
}

fn coverage(file: impl Write, coverage: &Coverage) -> io::Result<()> {
    let mut sheet = Sheet::new(file, ["contract", "function", "outcome", "error_code", "calls"])?;
    for (entry, ending, times) in coverage.rows() {
        let (outcome, code) = match ending {
            Ending::Accepted => ("accepted", String::new()),
            Ending::Rejected(code) => ("rejected", code.to_string()),
            Ending::Aborted => ("aborted", String::new()),
        };
        let times = times.to_string();
        sheet.row([entry.contract().name(), entry.name(), outcome, &code, &times])?;
    }
    sheet.finish()
}
