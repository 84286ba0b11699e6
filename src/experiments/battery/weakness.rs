//! What the battery can find: no question and no answer of its own.

use crate::trace::Trace;

/// How much a weakness matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Energy, money or the market itself can be lost.
    Severe,
    /// A rule of the interface does not hold.
    Fault,
    /// Good to know.
    Note,
}

impl Severity {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Severe => "severe",
            Self::Fault => "fault",
            Self::Note => "note",
        }
    }
}

/// Something that the battery found.
#[derive(Clone, Debug, PartialEq)]
pub struct Weakness {
    /// How much it matters.
    pub severity: Severity,
    /// Its name, which no other of the battery has: a word for files.
    pub name: String,
    /// What was found, in a sentence.
    pub found: String,
    /// The last calls that show it, oldest first.
    pub evidence: Vec<String>,
    /// All calls up to the last of them; none where no call shows it.
    pub trace: Option<Trace>,
}
