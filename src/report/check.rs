//! The result of checking contracts: what was found, and for each finding the
//! calls that show it. How they were found is no matter of this file.

use std::io::{self, Write};

use serde::Serialize;

use super::ReportError;
use super::experiment::Sheet;
use super::manifest::{Head, Own, publish};
use super::result_directory::ResultDirectory;
use crate::experiments::{Code, Severity, Weakness};

/// The file of a finding's calls within the result; none where no call shows it.
#[must_use]
pub fn evidence_file(weakness: &Weakness) -> Option<String> {
    weakness.trace.is_some().then(|| format!("evidence/{}.jsonl", weakness.name))
}

/// Writes what was found of `code` as `result`, which appears at once when
/// everything in it is complete:
///
/// | file | what is in it |
/// |---|---|
/// | `manifest.json` | the contracts' hashes, how much was found, and every other file's hash |
/// | `findings.csv` | a row for each finding: how much it matters, its name, what was found, the last calls in words, and the file with all of them |
/// | `evidence/NAME.jsonl` | for each finding, the trace that shows it |
///
/// `command` makes it again.
///
/// # Errors
/// Where a file cannot be written. Nothing is left
/// behind then, and an older result stays as it was.
pub fn write_check(
    found: &[Weakness],
    code: &Code,
    command: &str,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    result.file("findings.csv", |file| findings(file, found))?;
    for weakness in found {
        if let (Some(name), Some(trace)) = (evidence_file(weakness), &weakness.trace) {
            result.file(&name, |file| trace.write(file).map(drop))?;
        }
    }
    let count = |severity| found.iter().filter(|weakness| weakness.severity == severity).count();
    let details = Details {
        severe: count(Severity::Severe),
        faults: count(Severity::Fault),
        notes: count(Severity::Note),
    };
    publish(result, Head::of_contracts("check", command, code), Own { details })
}

#[derive(Serialize)]
struct Details {
    severe: usize,
    faults: usize,
    notes: usize,
}

fn findings(file: impl Write, found: &[Weakness]) -> io::Result<()> {
    let mut sheet = Sheet::new(file, ["severity", "name", "found", "last_calls", "evidence"])?;
    for weakness in found {
        sheet.row([
            weakness.severity.name(),
            &weakness.name,
            &weakness.found,
            &weakness.evidence.join("; "),
            &evidence_file(weakness).unwrap_or_default(),
        ])?;
    }
    sheet.finish()
}
