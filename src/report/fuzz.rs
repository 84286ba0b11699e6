//! The result of fuzzing: which functions met which outcomes, and a manifest.
//! How the calls came about is no matter of this file.

use std::io::{self, Write};

use serde::Serialize;

use super::ReportError;
use super::experiment::Sheet;
use super::manifest::{Head, Own, publish};
use super::result_directory::ResultDirectory;
use crate::experiments::{Code, Coverage, Ending, Fate, FuzzOptions, Fuzzed, Hunt, MutantOptions};

/// Writes the whole result of fuzzing as `result`, which appears at once
/// when everything in it is complete:
///
/// | file | what is in it |
/// |---|---|
/// | `manifest.json` | seed, calls, the contracts' hashes, what was found, and every other file's hash |
/// | `coverage.csv` | a row for each function and each way that it can end, and how often it did |
/// | `trace.jsonl` | where something was found: the calls that show it |
///
/// `command` makes it again.
///
/// # Errors
/// Where a file cannot be written. Nothing is left
/// behind then, and an older result stays as it was.
pub fn write_fuzzed(
    fuzzed: &Fuzzed,
    code: &Code,
    options: FuzzOptions,
    command: &str,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
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
    publish(result, Head::of_contracts("fuzz", command, code), Own { details })
}

/// Writes what came of planted faults as `result`, as [`write_fuzzed`] does:
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
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
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
    publish(result, Head::of_contracts("fuzz --mutants", command, code), Own { details })
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
