//! What can be wrong with a scenario: one fault, and the list of all of them
//! that a load hands back. Messages are made here, nothing is judged here.

use std::fmt;

/// Where a fault was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// The scenario as a whole: something is missing, or it cannot be read.
    Whole,
    /// A line and a column of the file, both counted from one; the column in
    /// characters.
    At {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// An override, given as `key=value`; `index` is its place in the list.
    Override {
        /// Its number, from zero.
        index: usize,
        /// The text that was given.
        text: String,
    },
}

impl Position {
    /// Whether both are on the same line of the file.
    pub(super) fn shares_line(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::At { line, .. }, Self::At { line: others, .. }) => line == others,
            _ => false,
        }
    }
}

/// One thing that is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The scenario file, as it was named.
    pub file: String,
    /// Where in it, or which override.
    pub position: Position,
    /// The dotted key, empty where the fault has none.
    pub key: String,
    /// The value as written, where there is one.
    pub value: Option<String>,
    /// What is wrong and what would be right.
    pub message: String,
}

/// As `file:line:column: key = value: message`, or, for an override,
/// `--set key=value: message`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.position {
            Position::Whole => write!(f, "{}: ", self.file)?,
            Position::At { line, column } => write!(f, "{}:{line}:{column}: ", self.file)?,
            Position::Override { text, .. } => {
                // The override's own text already says its key and value.
                return write!(f, "--set {text}: {}", self.message);
            }
        }
        match (self.key.as_str(), &self.value) {
            ("", None) => {}
            ("", Some(value)) => write!(f, "{value}: ")?,
            (key, None) => write!(f, "{key}: ")?,
            (key, Some(value)) => write!(f, "{key} = {value}: ")?,
        }
        f.write_str(&self.message)
    }
}

/// All the faults of a scenario, in the order of the file, overrides last.
/// Never empty. Displays one fault a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The faults, at least one, put in order.
    pub(super) fn ordered(mut faults: Vec<Fault>) -> Self {
        faults.sort_by(|a, b| a.position.cmp(&b.position));
        Self(faults)
    }

    /// The faults, in order.
    #[must_use]
    pub fn list(&self) -> &[Fault] {
        &self.0
    }
}

fn lines(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    lines.join("\n")
}
