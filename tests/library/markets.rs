//! What tests of whole markets share: a shipped scenario with overrides, a run
//! of it under a seed, and what its record says.

#![allow(dead_code, reason = "a part of two test programs")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use connect_sim::engine::{Prepared, Record, World};
use connect_sim::market::Function;
use connect_sim::scenario::Scenario;

/// A path below the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A scenario of `scenarios/` with these overrides.
pub(crate) fn scenario(file: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    let path = repository("scenarios").join(file);
    Scenario::load(&path, &overrides).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The same, ready to run.
pub(crate) fn prepared(file: &str, overrides: &[&str]) -> Arc<Prepared> {
    Arc::new(Prepared::new(scenario(file, overrides)).unwrap_or_else(|error| panic!("{error}")))
}

/// A run to its end, with a row for each transaction.
pub(crate) fn record(prepared: &Arc<Prepared>, seed: u64) -> Record {
    let mut world = World::new(prepared, seed, true).unwrap_or_else(|error| panic!("{error}"));
    while world.step().unwrap_or_else(|error| panic!("{error}")) {}
    world.finish()
}

pub(crate) fn measure(record: &Record, name: &str) -> f64 {
    let found = record.measures.iter().find(|measure| measure.name == name);
    found.unwrap_or_else(|| panic!("no measure {name}")).value
}

/// Calls of a function that the contract accepted.
pub(crate) fn accepted(record: &Record, function: Function) -> u64 {
    let rows = record.calls.iter().filter(|row| row.function == function);
    rows.filter(|row| row.outcome == "accepted").map(|row| row.count).sum()
}
