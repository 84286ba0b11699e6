//! Traces: what was sent to the chain, call by call, with every receipt, in a
//! file that anyone can run again. The words of the file, reading, writing,
//! and doing it all again on a fresh chain. Knows contracts and accounts by
//! name; never the market, nor why somebody called.
//!
//! A trace is a text of JSON, one object a line: a [`Header`], the [`Step`]s
//! in order, an [`End`]. Big numbers are strings and Clarity's values are as a
//! contract's source writes them, so that any other machine can read them.

mod json;
mod reader;
mod replay;
mod writer;

use std::io::BufRead;

use serde::{Deserialize, Serialize};

pub use reader::{TraceError, TraceReader};
pub use replay::{Difference, Replay, ReplayError, Replayed, replay};
pub use writer::TraceWriter;

pub use crate::chain::value_text;

use crate::chain::{self, Clarity, Principal, Receipt, Status, Value};
use crate::units::MicroStx;

/// The version of the format that is written and read.
pub const FORMAT: u32 = 1;

/// What made a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Maker {
    /// Random calls.
    Fuzz,
    /// A simulated run.
    Run,
    /// A check of a contract.
    Check,
}

impl Maker {
    /// The words for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fuzz => "random calls",
            Self::Run => "a run",
            Self::Check => "a check",
        }
    }
}

/// A contract that a trace's calls were made on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedContract {
    /// Who deployed it.
    pub issuer: Principal,
    /// Its name below that of its issuer; calls go by it.
    pub name: String,
    /// The version of the language that it is written in.
    pub clarity: Clarity,
    /// Its text.
    pub source: String,
}

/// What a trace starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The version of the program that wrote it.
    pub version: String,
    /// What made it.
    pub made_by: Maker,
    /// The scenario's name, where there was one.
    pub scenario: Option<String>,
    /// The seed, where chance took part.
    pub seed: Option<u64>,
    /// The contracts' rates are in units of this to the whole.
    pub rate_scale: u64,
    /// The contracts, in the order of deployment, in the first block.
    pub contracts: Vec<TracedContract>,
    /// Every account that exists from the start, and what it holds.
    pub genesis: Vec<(Principal, MicroStx)>,
    /// Unix time of the first block, where a contract may ask for it; where it
    /// is not told, the first of January 2024, ten minutes past midnight.
    pub first_block_time: Option<u64>,
}

impl Header {
    /// The time of the first block, where one of the contracts asks for what a
    /// block knows. Others cannot tell, and their traces say nothing of it.
    #[must_use]
    pub fn time_to_tell(contracts: &[TracedContract], first_block_time: u64) -> Option<u64> {
        let asks = |contract: &TracedContract| contract.source.contains("block-info?");
        contracts.iter().any(asks).then_some(first_block_time)
    }
}

/// A transaction and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Height of its block.
    pub height: u32,
    /// Who sent it: an account, or a contract that called from outside.
    pub sender: Principal,
    /// The contract's name.
    pub contract: String,
    /// The public function.
    pub function: String,
    /// Its arguments.
    pub arguments: Vec<Value>,
    /// What the sender paid the chain for it, whatever came of it.
    pub fee: MicroStx,
    /// What came of it.
    pub receipt: Answer,
}

/// An expression evaluated inside of a contract, as no transaction could do it:
/// how a contract that offers no function for it was seeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Height of the block under construction.
    pub height: u32,
    /// Whom the expression meets as `tx-sender`.
    pub sender: Principal,
    /// The contract's name.
    pub contract: String,
    /// The expression, in Clarity.
    pub expression: String,
    /// What came of it; a value that is no response counts as accepted.
    pub receipt: Answer,
}

/// What was done to the chain, in one line of a trace.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A transaction.
    Call(Call),
    /// An expression evaluated in a contract.
    Evaluation(Evaluation),
}

impl Step {
    /// Height of its block.
    #[must_use]
    pub const fn height(&self) -> u32 {
        match self {
            Self::Call(call) => call.height,
            Self::Evaluation(evaluation) => evaluation.height,
        }
    }

    /// Who did it.
    #[must_use]
    pub const fn sender(&self) -> &Principal {
        match self {
            Self::Call(call) => &call.sender,
            Self::Evaluation(evaluation) => &evaluation.sender,
        }
    }

    /// The name of the contract that it was done to.
    #[must_use]
    pub fn contract(&self) -> &str {
        match self {
            Self::Call(call) => &call.contract,
            Self::Evaluation(evaluation) => &evaluation.contract,
        }
    }

    /// What came of it.
    #[must_use]
    pub const fn receipt(&self) -> &Answer {
        match self {
            Self::Call(call) => &call.receipt,
            Self::Evaluation(evaluation) => &evaluation.receipt,
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// The contract said yes.
    Accepted,
    /// The contract said no; nothing has changed.
    Rejected,
    /// The virtual machine stopped it; nothing has changed.
    Aborted,
}

impl Ending {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Aborted => "aborted",
        }
    }
}

/// What a receipt says of a call, in text: equal texts are equal receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// How the call ended.
    pub status: Ending,
    /// `(ok …)` or `(err …)` as Clarity writes it; of an aborted call, the
    /// reason in the machine's words.
    pub result: String,
    /// What the contracts let the world know, in order; nothing unless
    /// accepted.
    pub events: Vec<TracedEvent>,
}

/// One event of a call, in text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum TracedEvent {
    /// A value printed.
    Print {
        /// The contract that printed it.
        contract: String,
        /// The value as Clarity writes it.
        value: String,
    },
    /// STX that changed hands.
    StxTransfer {
        /// Who paid.
        from: String,
        /// Who was paid.
        to: String,
        /// How much, in microSTX.
        amount: String,
    },
    /// STX that is gone for good.
    StxBurn {
        /// Whose it was.
        from: String,
        /// How much, in microSTX.
        amount: String,
    },
    /// Any other event, in the machine's words.
    Other {
        /// What the machine says of it.
        text: String,
    },
}

impl From<&chain::Event> for TracedEvent {
    fn from(event: &chain::Event) -> Self {
        match event {
            chain::Event::Print(contract, value) => {
                Self::Print { contract: contract.to_string(), value: value_text(value) }
            }
            chain::Event::StxTransfer { from, to, amount, .. } => Self::StxTransfer {
                from: from.to_string(),
                to: to.to_string(),
                amount: amount.to_string(),
            },
            chain::Event::StxBurn { from, amount } => {
                Self::StxBurn { from: from.to_string(), amount: amount.to_string() }
            }
            other => Self::Other { text: other.words() },
        }
    }
}

impl From<&Receipt> for Answer {
    fn from(receipt: &Receipt) -> Self {
        let (status, result) = match &receipt.status {
            Status::Accepted(value) => (Ending::Accepted, format!("(ok {})", value_text(value))),
            Status::Rejected(value) => (Ending::Rejected, format!("(err {})", value_text(value))),
            Status::Aborted(reason) => (Ending::Aborted, reason.to_string()),
        };
        Self { status, result, events: receipt.events.iter().map(Into::into).collect() }
    }
}

/// What a trace comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Height of the block under construction at the end.
    pub height: u32,
    /// SHA-256 of the chain's state at the end.
    pub state_sha256: String,
    /// Why the trace was kept, where it shows something: the rule that the
    /// last call broke, say.
    pub finding: Option<String>,
}

/// A whole trace in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// What it starts from.
    pub header: Header,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// What it comes to.
    pub end: End,
}

impl Trace {
    /// Reads a whole trace; `file` is what messages call it. A long one is
    /// better read step by step, with [`TraceReader`].
    ///
    /// # Errors
    /// The first line that is not as a trace has it.
    pub fn read(file: &str, text: impl BufRead) -> Result<Self, TraceError> {
        let mut reader = TraceReader::open(file, text)?;
        let mut steps = Vec::new();
        while let Some(step) = reader.next_step()? {
            steps.push(step);
        }
        let (header, end) = reader.finish()?;
        Ok(Self { header, steps, end })
    }

    /// The transactions among its steps, in order.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.steps.iter().filter_map(|step| match step {
            Step::Call(call) => Some(call),
            Step::Evaluation(_) => None,
        })
    }

    /// Writes the whole trace.
    ///
    /// # Errors
    /// Where `out` fails.
    pub fn write<W: std::io::Write>(&self, out: W) -> std::io::Result<W> {
        let mut writer = TraceWriter::begin(out, &self.header)?;
        for step in &self.steps {
            writer.step(step)?;
        }
        writer.end(&self.end)
    }
}
