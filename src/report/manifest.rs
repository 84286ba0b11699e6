//! `manifest.json`: what a result was made from and with, so that anyone can
//! make it again and see that nothing in it was changed. No clock times and no
//! names of machines: the same run gives the same bytes.

use serde::Serialize;

use super::{HashedFile, Provenance};
use crate::engine::record::CallRow;
use crate::experiments::Outcome;
use crate::scenario::Setting;

/// The version of the result's form: goes up when a file or column changes its
/// name or meaning, not when one is added.
pub(super) const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Manifest<'a> {
    format: u32,
    verb: &'static str,
    program: Program<'a>,
    command: &'a str,
    scenario_file: &'a str,
    scenario_sha256: String,
    scenario: Setting,
    contracts: Vec<HashedFile>,
    data: &'a [HashedFile],
    /// The greatest relative difference, in any dimension, between a call's
    /// cost as learned and as metered exactly; none where costs were not
    /// learned.
    metering_deviation_max: Option<f64>,
    replicates: Vec<Replicate<'a>>,
    files: &'a [HashedFile],
}

/// What made a result.
#[derive(Serialize)]
pub(super) struct Program<'a> {
    name: &'static str,
    version: &'a str,
}

impl<'a> Program<'a> {
    /// This program, in that version.
    pub(super) const fn of(version: &'a str) -> Self {
        Self { name: env!("CARGO_PKG_NAME"), version }
    }
}

#[derive(Serialize)]
struct Replicate<'a> {
    replicate: usize,
    seed: u64,
    state_sha256: &'a str,
}

/// Files and their hashes.
pub(super) fn hashed(files: &[(String, String)]) -> Vec<HashedFile> {
    let file = |(file, sha256): &(String, String)| HashedFile {
        file: file.clone(),
        sha256: sha256.clone(),
    };
    files.iter().map(file).collect()
}

/// The greatest deviation of metering in `calls`; none where costs were not
/// learned.
pub(super) fn greatest_deviation<'a>(calls: impl Iterator<Item = &'a CallRow>) -> Option<f64> {
    calls.filter_map(|row| row.metering_deviation).reduce(f64::max)
}

/// The manifest's text; `files` are the result's other files.
pub(super) fn text(
    outcome: &Outcome,
    provenance: &Provenance,
    files: &[HashedFile],
) -> serde_json::Result<String> {
    let manifest = Manifest {
        format: FORMAT,
        verb: "run",
        program: Program::of(&provenance.version),
        command: &provenance.command,
        scenario_file: &provenance.scenario_file,
        scenario_sha256: outcome.scenario.sha256(),
        scenario: outcome.scenario.settings(),
        contracts: hashed(&outcome.contracts),
        data: &provenance.data,
        metering_deviation_max: greatest_deviation(
            outcome.records.iter().flat_map(|record| &record.calls),
        ),
        replicates: outcome
            .records
            .iter()
            .enumerate()
            .map(|(replicate, record)| Replicate {
                replicate,
                seed: record.seed,
                state_sha256: &record.state_sha256,
            })
            .collect(),
        files,
    };
    serde_json::to_string_pretty(&manifest).map(|text| text + "\n")
}
