//! What the results of all experiments of many runs have in common: their
//! manifest, and rows of text in CSV.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::result_directory::ResultDirectory;
use super::{HashedFile, Provenance, ReportError};
use crate::scenario::{Scenario, Setting};

/// The version of the form of these results.
const FORMAT: u32 = 1;

/// What a result was made from.
pub(super) struct Experiment<'a> {
    /// The verb on the command line.
    pub(super) verb: &'static str,
    /// The scenario.
    pub(super) scenario: &'a Scenario,
    /// Each contract's file and the SHA-256 of its text.
    pub(super) contracts: &'a [(String, String)],
    /// Where it comes from.
    pub(super) provenance: &'a Provenance,
    /// What only this kind of experiment has.
    pub(super) details: Value,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    verb: &'a str,
    program: Program<'a>,
    command: &'a str,
    scenario_file: &'a str,
    scenario_sha256: String,
    scenario: Setting,
    contracts: Vec<HashedFile>,
    data: &'a [HashedFile],
    details: &'a Value,
    files: &'a [HashedFile],
}

#[derive(Serialize)]
struct Program<'a> {
    name: &'static str,
    version: &'a str,
}

/// How the runs of an experiment began, for its manifest.
pub(super) fn warm_up(scenario: &Scenario) -> Value {
    match scenario.warmup.days {
        0 => Value::String("none: every run begins with the market's first day".to_owned()),
        days => Value::String(format!(
            "{days} days, not measured, lived through once a seed under the scenario as it \
             stands; every setting branches from there, its changes being decided by the operator \
             at the midnight after"
        )),
    }
}

/// Writes the manifest, the last file of a result, and gives the result its
/// name.
pub(super) fn publish(
    mut result: ResultDirectory,
    experiment: &Experiment<'_>,
) -> Result<(), ReportError> {
    let provenance = experiment.provenance;
    let contract = |(file, sha256): &(String, String)| HashedFile {
        file: file.clone(),
        sha256: sha256.clone(),
    };
    let manifest = Manifest {
        format: FORMAT,
        verb: experiment.verb,
        program: Program { name: env!("CARGO_PKG_NAME"), version: &provenance.version },
        command: &provenance.command,
        scenario_file: &provenance.scenario_file,
        scenario_sha256: experiment.scenario.sha256(),
        scenario: experiment.scenario.settings(),
        contracts: experiment.contracts.iter().map(contract).collect(),
        data: &provenance.data,
        details: &experiment.details,
        files: result.files(),
    };
    let text = serde_json::to_string_pretty(&manifest).map(|text| text + "\n");
    result
        .file("manifest.json", |file| file.write_all(text.map_err(io::Error::from)?.as_bytes()))?;
    result.publish()
}

/// A table being written, cell by cell as text.
pub(super) struct Sheet<W: Write>(csv::Writer<W>);

impl<W: Write> Sheet<W> {
    /// A table with these columns.
    pub(super) fn new<S: AsRef<str>>(
        file: W,
        columns: impl IntoIterator<Item = S>,
    ) -> io::Result<Self> {
        let mut sheet = Self(csv::Writer::from_writer(file));
        sheet.row(columns)?;
        Ok(sheet)
    }

    /// Adds a row.
    pub(super) fn row<S: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = S>,
    ) -> io::Result<()> {
        for cell in cells {
            self.0.write_field(cell.as_ref())?;
        }
        Ok(self.0.write_record(None::<&[u8]>)?)
    }

    /// Ends it.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A setting as a cell: text without quotes.
pub(super) fn setting_cell(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => text.clone(),
        other => other.to_string(),
    }
}
