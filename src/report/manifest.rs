//! `manifest.json`: what a result was made from and with, so that anyone can
//! make it again and see that nothing in it was changed. No clock times and no
//! names of machines: the same run gives the same bytes.

use std::io;

use serde::Serialize;

use super::result_directory::ResultDirectory;
use super::{HashedFile, Provenance, ReportError};
use crate::engine::record::CallRow;
use crate::experiments::{Code, Outcome};
use crate::scenario::{Scenario, Setting};

/// The version of the result's form: goes up when a file or column changes its
/// name or meaning, not when one is added.
const FORMAT: u32 = 1;

/// What every result says of itself.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    format: u32,
    verb: &'a str,
    program: Program<'a>,
    command: &'a str,
    #[serde(flatten)]
    market: Option<Market<'a>>,
    contracts: Vec<HashedFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a [HashedFile]>,
}

/// What made a result.
#[derive(Serialize)]
struct Program<'a> {
    name: &'static str,
    version: &'a str,
}

/// The market that a result is of.
#[derive(Serialize)]
struct Market<'a> {
    scenario_file: &'a str,
    scenario_sha256: String,
    scenario: Setting,
}

impl<'a> Head<'a> {
    /// Of a result about a market on `contracts`, each a file and the SHA-256
    /// of its text.
    pub(super) fn of_market(
        verb: &'a str,
        scenario: &Scenario,
        contracts: &[(String, String)],
        provenance: &'a Provenance,
    ) -> Self {
        let hashed = |(file, sha256): &(String, String)| HashedFile {
            file: file.clone(),
            sha256: sha256.clone(),
        };
        Self {
            format: FORMAT,
            verb,
            program: Program { name: env!("CARGO_PKG_NAME"), version: &provenance.version },
            command: &provenance.command,
            market: Some(Market {
                scenario_file: &provenance.scenario_file,
                scenario_sha256: scenario.sha256(),
                scenario: scenario.settings(),
            }),
            contracts: contracts.iter().map(hashed).collect(),
            data: Some(&provenance.data),
        }
    }

    /// Of a result about contracts alone.
    pub(super) fn of_contracts(verb: &'a str, command: &'a str, code: &Code) -> Self {
        let hashed = [&code.wattconnect, &code.energy_production]
            .map(|source| HashedFile { file: source.file.clone(), sha256: source.sha256() });
        Self {
            format: FORMAT,
            verb,
            program: Program { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            command,
            market: None,
            contracts: hashed.into(),
            data: None,
        }
    }
}

/// What only an experiment of this kind says, under one key.
#[derive(Serialize)]
pub(super) struct Own<D> {
    /// It.
    pub(super) details: D,
}

#[derive(Serialize)]
struct Manifest<'a, O> {
    #[serde(flatten)]
    head: Head<'a>,
    #[serde(flatten)]
    own: O,
    files: &'a [HashedFile],
}

/// Writes the manifest, the last file of a result, with what only this kind of
/// result says in it, and gives the result its name.
pub(super) fn publish(
    mut result: ResultDirectory,
    head: Head<'_>,
    own: impl Serialize,
) -> Result<(), ReportError> {
    let manifest = Manifest { head, own, files: result.files() };
    let text = serde_json::to_string_pretty(&manifest).map(|text| text + "\n");
    result
        .file("manifest.json", |file| file.write_all(text.map_err(io::Error::from)?.as_bytes()))?;
    result.publish()
}

/// The greatest deviation of metering in `calls`; none where costs were not
/// learned.
pub(super) fn greatest_deviation<'a>(calls: impl Iterator<Item = &'a CallRow>) -> Option<f64> {
    calls.filter_map(|row| row.metering_deviation).reduce(f64::max)
}

/// What the manifest of a run says.
#[derive(Serialize)]
pub(super) struct Replicates<'a> {
    /// The greatest relative difference, in any dimension, between a call's
    /// cost as learned and as metered exactly; none where costs were not
    /// learned.
    metering_deviation_max: Option<f64>,
    replicates: Vec<Replicate<'a>>,
}

#[derive(Serialize)]
struct Replicate<'a> {
    replicate: usize,
    seed: u64,
    state_sha256: &'a str,
}

impl<'a> Replicates<'a> {
    /// Of these runs.
    pub(super) fn of(outcome: &'a Outcome) -> Self {
        let calls = outcome.records.iter().flat_map(|record| &record.calls);
        let replicates = outcome.records.iter().enumerate();
        Self {
            metering_deviation_max: greatest_deviation(calls),
            replicates: replicates
                .map(|(replicate, record)| Replicate {
                    replicate,
                    seed: record.seed,
                    state_sha256: &record.state_sha256,
                })
                .collect(),
        }
    }
}
