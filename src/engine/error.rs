//! Why a run ends before its time.

use thiserror::Error;

use super::invariants::Broken;
use crate::chain::ChainError;
use crate::energy::EnergyError;
use crate::market::MarketError;
use crate::units::Tick;

/// Why a run ended before its time.
#[derive(Debug, Error)]
pub enum RunError {
    /// The contracts cannot carry a market, or the virtual machine failed.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// The chain failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The homes cannot be made.
    #[error(transparent)]
    Energy(#[from] EnergyError),
    /// It was told to stop, and did so between two blocks.
    #[error("the run was stopped before its end")]
    Cancelled,
    /// A rule that must always hold was broken.
    #[error(
        "a rule that must always hold was broken: {broken}\n  seed {seed}, tick {tick}, transaction {transaction}: {action}"
    )]
    Broken {
        /// The rule and the finding.
        broken: Broken,
        /// The seed that replays it.
        seed: u64,
        /// The tick.
        tick: Tick,
        /// The number of the last transaction before it was found.
        transaction: u64,
        /// What that transaction asked.
        action: String,
        /// The calls up to it, in the form of `trace.jsonl`, where the run was
        /// traced.
        trace: Option<Vec<u8>>,
    },
    /// The trace cannot be kept.
    #[error("the trace cannot be kept: {0}")]
    Trace(#[from] std::io::Error),
    /// The record of waits cannot be kept.
    #[error("the record of waits cannot be kept")]
    Histogram,
    /// An expression of the scenario's genesis was not carried out.
    #[error("genesis: {expression}: {why}; it is Clarity, evaluated inside the contract")]
    Genesis {
        /// The expression, filled in.
        expression: String,
        /// What the virtual machine said.
        why: String,
    },
    /// The setup of the market was turned down.
    #[error("setting the market up failed: {action} as {sender}: {verdict}")]
    Setup {
        /// The transaction.
        action: String,
        /// Who sent it.
        sender: String,
        /// How it ended.
        verdict: String,
    },
}
