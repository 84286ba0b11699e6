//! The result of a look at the contracts' limits: what the contracts say around
//! each edge, what each limit does as the market grows, and a manifest.

use std::io::{self, Write};

use super::manifest::{Head, publish};
use super::result_directory::ResultDirectory;
use super::row::columns;
use super::tables::Table;
use super::{Provenance, ReportError};
use crate::engine::record::LimitRow;
use crate::experiments::{Edge, Limits};

/// Writes what was found of the limits as `result`, which appears at once
/// when everything in it is complete:
///
/// | file | what is in it |
/// |---|---|
/// | `manifest.json` | scenario, command, and every other file's hash |
/// | `limit_edges.csv` | each limit below, at and above its edge, and what the contracts said |
/// | `limits.csv` | at each number of homes, when each limit bound and whom it turned away |
///
/// # Errors
/// Where a file cannot be written. Nothing is left
/// behind then, and an older result stays as it was.
pub fn write_limits(
    limits: &Limits,
    provenance: &Provenance,
    mut result: ResultDirectory,
) -> Result<(), ReportError> {
    result.file("limit_edges.csv", |file| edges(file, limits))?;
    result.file("limits.csv", |file| grown(file, limits))?;
    let (scenario, contracts) = (&limits.scenario, &limits.contracts);
    publish(result, Head::of_market("stress --limits", scenario, contracts, provenance), ())
}

columns!(Edge {
    limit,
    function.name(),
    what,
    place,
    value,
    outcome,
    error_code,
    error,
    answer,
});

fn edges(file: impl Write, limits: &Limits) -> io::Result<()> {
    let mut table = Table::new(file);
    table.header::<Edge>(&[])?;
    for edge in &limits.edges {
        table.row(&[], edge)?;
    }
    table.finish()
}

/// The columns of a run's `limits.csv`, each row behind its number of homes.
fn grown(file: impl Write, limits: &Limits) -> io::Result<()> {
    let mut table = Table::new(file);
    table.header::<LimitRow>(&["homes"])?;
    for one in &limits.grown {
        for row in &one.rows {
            table.row(&[&one.homes], row)?;
        }
    }
    table.finish()
}
