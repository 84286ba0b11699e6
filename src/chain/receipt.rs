//! What a call leaves behind. A rejection is data here, never an `Err`.

use super::abort::Abort;
use super::cost::Cost;
use super::event::Event;
use super::principal::Principal;
use super::value::Value;
use crate::units::MicroStx;

/// How a call ended on the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The contract answered `(ok …)`, or a read-only function answered at
    /// all: what it answered, without the `ok`.
    Accepted(Value),
    /// The contract answered `(err …)`: what it answered, without the `err`.
    /// Its changes are undone.
    Rejected(Value),
    /// The machine stopped the call: why. Its changes are undone.
    Aborted(Abort),
}

/// How much went through the store: what the chain would read and write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Traffic {
    /// Entries asked for.
    pub reads: u64,
    /// Characters of the values found.
    pub read_length: u64,
    /// Entries written.
    pub writes: u64,
    /// Characters of the values written.
    pub write_length: u64,
}

/// The record of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// How it ended.
    pub status: Status,
    /// Its events; none unless accepted.
    pub events: Vec<Event>,
    /// What went through the store.
    pub traffic: Traffic,
    /// What the chain charges for it, where that was metered.
    pub cost: Option<Cost>,
}

impl Receipt {
    /// Whether the call was accepted.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self.status, Status::Accepted(_))
    }

    /// The contract's error code, where it rejected with a `uint`.
    #[must_use]
    pub const fn error_code(&self) -> Option<u128> {
        match self.status {
            Status::Rejected(Value::UInt(code)) => Some(code),
            _ => None,
        }
    }

    /// The answer of an accepted call.
    #[must_use]
    pub const fn value(&self) -> Option<&Value> {
        match &self.status {
            Status::Accepted(value) => Some(value),
            Status::Rejected(_) | Status::Aborted(_) => None,
        }
    }

    /// The printed values, in order.
    pub fn prints(&self) -> impl Iterator<Item = &Value> {
        self.events.iter().filter_map(|event| match event {
            Event::Print(_, value) => Some(value),
            _ => None,
        })
    }

    /// STX moved by the call: from, to and how much, in order.
    pub fn stx_moved(&self) -> impl Iterator<Item = (&Principal, &Principal, MicroStx)> {
        self.events.iter().filter_map(|event| match event {
            Event::StxTransfer { from, to, amount, .. } => Some((from, to, *amount)),
            _ => None,
        })
    }
}
