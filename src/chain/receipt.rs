//! What a call leaves behind. A rejection is data here, never an `Err`.

use clarity::vm::Value;
use clarity::vm::events::{STXEventType, StacksTransactionEvent};
use clarity::vm::types::{PrincipalData, QualifiedContractIdentifier};

use super::costs::Cost;
use super::store::Traffic;
use crate::units::MicroStx;

/// How a call ended on the chain.
#[derive(Clone, Debug, PartialEq)]
pub enum Status {
    /// The contract answered `(ok …)`, or a read-only function answered at
    /// all: what it answered, without the `ok`.
    Accepted(Value),
    /// The contract answered `(err …)`: what it answered, without the `err`.
    /// Its changes are undone.
    Rejected(Value),
    /// The virtual machine stopped the call: why. Its changes are undone.
    Aborted(String),
}

/// What a contract let the world know, in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A value printed by that contract.
    Print(QualifiedContractIdentifier, Value),
    /// STX that changed hands.
    StxTransfer {
        /// Who paid.
        from: PrincipalData,
        /// Who was paid.
        to: PrincipalData,
        /// How much.
        amount: MicroStx,
    },
    /// STX that is gone for good.
    StxBurn {
        /// Whose it was.
        from: PrincipalData,
        /// How much.
        amount: MicroStx,
    },
    /// A token or lock event, which neither contract of the market emits.
    Other(String),
}

/// The record of one call.
#[derive(Clone, Debug, PartialEq)]
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
    pub fn stx_moved(&self) -> impl Iterator<Item = (&PrincipalData, &PrincipalData, MicroStx)> {
        self.events.iter().filter_map(|event| match event {
            Event::StxTransfer { from, to, amount } => Some((from, to, *amount)),
            _ => None,
        })
    }
}

impl From<StacksTransactionEvent> for Event {
    fn from(event: StacksTransactionEvent) -> Self {
        match event {
            StacksTransactionEvent::SmartContractEvent(print) => {
                Self::Print(print.key.0, print.value)
            }
            StacksTransactionEvent::STXEvent(STXEventType::STXTransferEvent(transfer)) => {
                Self::StxTransfer {
                    from: transfer.sender,
                    to: transfer.recipient,
                    amount: MicroStx::new(transfer.amount),
                }
            }
            StacksTransactionEvent::STXEvent(STXEventType::STXBurnEvent(burn)) => {
                Self::StxBurn { from: burn.sender, amount: MicroStx::new(burn.amount) }
            }
            other => Self::Other(format!("{other:?}")),
        }
    }
}
