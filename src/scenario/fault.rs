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
    /// Whether it lies between keys, so that the key may be another than the
    /// one that stands at the position.
    pub between_keys: bool,
}

/// What is longer than this is no name and no value that a message must show.
const LONGEST: usize = 120;

/// A text that a message shows, its end cut off where it is very long.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// As `file:line:column: key = value: message`, or, for an override,
/// `--set key=value: message`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.position {
            Position::Whole => write!(f, "{}: ", self.file)?,
            Position::At { line, column } => write!(f, "{}:{line}:{column}: ", self.file)?,
            Position::Override { text, .. } => {
                write!(f, "--set {}: ", shortened(text))?;
                // Mostly the override's own text says the key and its value.
                let own = text.split_once('=').map_or("", |(key, _)| key.trim());
                if own == self.key || self.key.is_empty() || !self.between_keys {
                    return f.write_str(&self.message);
                }
            }
        }
        let (key, value) = (shortened(&self.key), self.value.as_deref().map(shortened));
        match (key.as_str(), value) {
            ("", None) => {}
            ("", Some(value)) => write!(f, "{value}: ")?,
            (key, None) => write!(f, "{key}: ")?,
            (key, Some(value)) => write!(f, "{key} = {value}: ")?,
        }
        f.write_str(&self.message)
    }
}

/// The faults of a scenario, in the order of the file, overrides last. Never
/// empty. Displays one fault a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.list, *.more))]
pub struct Faults {
    list: Vec<Fault>,
    more: usize,
}

/// So many faults are told; a file with more is broken as a whole, and nobody
/// reads them all.
pub(super) const MOST_TOLD: usize = 100;

impl Faults {
    /// The faults, at least one, put in order; `more` were found and are not
    /// among them.
    pub(super) fn ordered(mut list: Vec<Fault>, more: usize) -> Self {
        list.sort_by(|a, b| a.position.cmp(&b.position));
        Self { list, more }
    }

    /// The faults, in order: all of them, or the first that were met where
    /// there are very many.
    #[must_use]
    pub fn list(&self) -> &[Fault] {
        &self.list
    }
}

fn lines(faults: &[Fault], more: usize) -> String {
    let mut lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}
