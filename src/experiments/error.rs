//! Why an experiment of many runs ended early.

use std::io;

use thiserror::Error;

use crate::engine::{AfterWarmUp, PrepareError, RunError};
use crate::scenario::Faults;

/// Why an experiment ended early.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// A setting does not make a sound scenario.
    #[error("{settings}: {faults}")]
    Setting {
        /// The setting, as `key=value`, separated by spaces.
        settings: String,
        /// What is wrong with it.
        faults: Faults,
    },
    /// A setting that a market cannot take on once it has warmed up.
    #[error("{settings}: {error}")]
    AfterWarmUp {
        /// The setting, as `key=value`, separated by spaces.
        settings: String,
        /// What stands in the way.
        error: AfterWarmUp,
    },
    /// What the scenario names cannot be read.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// A run failed.
    #[error("{settings}: {error}")]
    Run {
        /// The setting, as `key=value`, separated by spaces.
        settings: String,
        /// Why.
        error: RunError,
    },
    /// The contracts cannot carry a market.
    #[error(transparent)]
    Start(#[from] RunError),
    /// A measure that no run gives.
    #[error("{named}: no measure is called so; {nearest}")]
    UnknownMeasure {
        /// What was named.
        named: String,
        /// What there is.
        nearest: String,
    },
    /// What was asked for leaves something out.
    #[error("{0}")]
    Incomplete(String),
    /// What was done cannot be kept or read again.
    #[error("the journal of finished runs failed: {0}")]
    Store(#[from] io::Error),
}
