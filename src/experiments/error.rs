//! Why an experiment gave no answer: all errors of this room, so that what looks
//! for the run behind one needs no file that reports it.

use std::io;

use thiserror::Error;

use crate::chain::ChainError;
use crate::engine::{AfterWarmUp, PrepareError, RunError, measure_names};
use crate::market::{Function, MarketError};
use crate::scenario::{Faults, did_you_mean};

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

/// A threshold that names no measure.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "thresholds.{name}: there is no such measure; {}",
    did_you_mean(&measure_names(), name)
)]
pub struct UnknownMeasure {
    /// The name.
    pub name: String,
}

/// Why there is no answer to how far a market carries.
#[derive(Debug, Error)]
pub enum StressError {
    /// A threshold names no measure.
    #[error(transparent)]
    Threshold(#[from] UnknownMeasure),
    /// The scenario with another number of homes is not sound.
    #[error(transparent)]
    Scenario(#[from] Faults),
    /// Its files cannot be used.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// A step failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// There is nothing to send at a rate.
    #[error("stress.load = \"open\": the homes of the scenario send nothing in {days} days")]
    NothingArrives {
        /// The days that were looked at.
        days: u32,
    },
}

/// Why the limits could not be looked at.
#[derive(Debug, Error)]
pub enum LimitsError {
    /// The scenario's files cannot be used.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The contracts cannot carry a market.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// The chain failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A market failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The contracts do not take the scenario's settings.
    #[error("setting a limit's edge up failed: {function} answered {answer}")]
    Setup {
        /// The call.
        function: Function,
        /// What came of it.
        answer: String,
    },
    /// A batch holds what Clarity has no type for.
    #[error("a batch cannot be written as a Clarity list")]
    Untyped,
}
