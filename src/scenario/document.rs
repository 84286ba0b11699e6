//! The scenario as it was written: the file and the overrides merged into one
//! tree of values, each knowing where it stands. Only TOML is understood here,
//! no key and no range.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::fault::{Fault, Faults, MOST_TOLD, Position};
use super::setting::join;

/// Where a piece of the tree was written.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// In the file, from byte to byte.
    File(Range<usize>),
    /// In the override of this number.
    Override(usize),
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where its key stands, or its header.
    pub(super) key_at: Origin,
    /// Where it stands itself.
    pub(super) at: Origin,
    /// What it is.
    pub(super) value: Raw,
}

/// A TOML value, unjudged.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    Flag(bool),
    /// `None` past the range of 64 bits.
    Integer(Option<i64>),
    Number(f64),
    Text(String),
    Date(Datetime),
    List(Vec<Node>),
    Table(BTreeMap<String, Node>),
}

/// A parsed scenario and what is needed to point into it.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// The file as it is named in messages.
    file: &'a str,
    text: &'a str,
    /// Where each line begins, so that no fault counts lines anew.
    lines: Vec<usize>,
    overrides: &'a [String],
    pub(super) root: Node,
}

impl<'a> Document<'a> {
    /// Parses the text and lays the overrides over it.
    ///
    /// # Errors
    /// The places where the text is no TOML and the overrides are no
    /// `key=value`.
    pub(super) fn parse(
        file: &'a str,
        text: &'a str,
        overrides: &'a [String],
    ) -> Result<Self, Faults> {
        let nowhere = Origin::File(0..0);
        let mut document = Self {
            file,
            text,
            lines: line_starts(text),
            overrides,
            root: Node { key_at: nowhere.clone(), at: nowhere, value: Raw::Table(BTreeMap::new()) },
        };
        let (mut faults, mut more) = (Vec::new(), 0);
        let (table, errors) = DeTable::parse_recoverable(text);
        // What could be recovered of a broken text would only lead to faults
        // that are none.
        if errors.is_empty() {
            document.root.value = read_table(table.get_ref(), None);
        }
        for error in errors {
            if faults.len() >= MOST_TOLD {
                more += 1;
                continue;
            }
            let origin = error.span().map(Origin::File);
            let message = format!("not valid TOML: {}", error.message());
            let fault = document.fault(origin.as_ref(), "", None, message);
            // What else is wrong with a line mostly follows from the first.
            if faults.last().is_none_or(|last: &Fault| !last.position.shares_line(&fault.position))
            {
                faults.push(fault);
            }
        }
        for (index, text) in overrides.iter().enumerate() {
            if let Err(message) = lay_over(&mut document.root, index, text) {
                if faults.len() >= MOST_TOLD {
                    more += 1;
                    continue;
                }
                faults.push(document.fault(Some(&Origin::Override(index)), "", None, message));
            }
        }
        if faults.is_empty() { Ok(document) } else { Err(Faults::ordered(faults, more)) }
    }

    /// The node at a dotted path.
    pub(super) fn at(&self, path: &str) -> Option<&Node> {
        let mut here = &self.root;
        for name in path.split('.') {
            let Raw::Table(table) = &here.value else {
                return None;
            };
            here = table.get(name)?;
        }
        Some(here)
    }

    /// A fault at `origin`, or of the whole where there is none.
    pub(super) fn fault(
        &self,
        origin: Option<&Origin>,
        key: &str,
        value: Option<String>,
        message: String,
    ) -> Fault {
        let position = match origin {
            None => Position::Whole,
            Some(Origin::File(span)) => {
                let (line, column) = place(self.text, &self.lines, span.start);
                Position::At { line, column }
            }
            Some(Origin::Override(index)) => Position::Override {
                index: *index,
                text: self.overrides.get(*index).cloned().unwrap_or_default(),
            },
        };
        let (file, key, between_keys) = (self.file.to_owned(), key.to_owned(), false);
        Fault { file, position, key, value, message, between_keys }
    }

    /// The value as its author wrote it, cut short where it is long.
    pub(super) fn as_written(&self, node: &Node) -> String {
        const LONGEST: usize = 48;
        if let Raw::Table(_) = node.value {
            return "a table".to_owned();
        }
        let written = match &node.at {
            Origin::File(span) => self.text.get(span.clone()).unwrap_or_default(),
            Origin::Override(index) => self
                .overrides
                .get(*index)
                .and_then(|text| text.split_once('='))
                .map_or("", |(_, value)| value),
        };
        let first = written.lines().next().unwrap_or_default();
        if first.len() == written.len() && first.chars().count() <= LONGEST {
            return first.to_owned();
        }
        let cut: String = first.chars().take(LONGEST).collect();
        format!("{cut}…")
    }
}

/// Where each line of the text begins.
fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
}

/// Line and column, from one, of a byte of the text; the column in characters.
pub(super) fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    place(text, &line_starts(text), byte)
}

fn place(text: &str, lines: &[usize], byte: usize) -> (usize, usize) {
    let mut end = byte.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let line = lines.partition_point(|start| *start <= end).max(1);
    let start = lines.get(line - 1).copied().unwrap_or(0);
    (line, text[start..end].chars().count() + 1)
}

/// The tree of a table; all of it stands at the override of this number, if
/// there is one.
fn read_table(table: &DeTable<'_>, of_override: Option<usize>) -> Raw {
    let origin = |span| of_override.map_or(Origin::File(span), Origin::Override);
    let entries = table.iter().map(|(key, value)| {
        let mut node = read_value(value, of_override);
        node.key_at = origin(key.span());
        (key.get_ref().to_string(), node)
    });
    Raw::Table(entries.collect())
}

fn read_value(value: &Spanned<DeValue<'_>>, of_override: Option<usize>) -> Node {
    let at = of_override.map_or(Origin::File(value.span()), Origin::Override);
    let raw = match value.get_ref() {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(integer) => {
            Raw::Integer(i64::from_str_radix(integer.as_str(), integer.radix()).ok())
        }
        DeValue::Float(number) => Raw::Number(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Datetime(date) => Raw::Date(*date),
        DeValue::Array(items) => {
            Raw::List(items.iter().map(|item| read_value(item, of_override)).collect())
        }
        DeValue::Table(table) => read_table(table, of_override),
    };
    Node { key_at: at.clone(), at, value: raw }
}

/// Puts one `key=value` into the tree, over what stands there.
fn lay_over(root: &mut Node, index: usize, text: &str) -> Result<(), String> {
    const RIGHT: &str = "an override must be key=value, like market.commission_bps=300";
    let (path, written) = text.split_once('=').ok_or_else(|| RIGHT.to_owned())?;
    let names: Vec<&str> = path.trim().split('.').map(str::trim).collect();
    if names.iter().any(|name| name.is_empty()) {
        return Err(RIGHT.to_owned());
    }
    // A shell takes quotes away, so what is no TOML value is taken as text.
    let mut node = match DeValue::parse(written.trim()) {
        Ok(value) => read_value(&value, Some(index)),
        Err(_) => Node {
            key_at: Origin::Override(index),
            at: Origin::Override(index),
            value: Raw::Text(written.trim().to_owned()),
        },
    };
    node.key_at = Origin::Override(index);
    let mut here = root;
    let mut reached = String::new();
    for (depth, name) in names.iter().enumerate() {
        let Raw::Table(table) = &mut here.value else {
            return Err(format!(
                "{reached} is no table, so nothing within it can be set; set {reached} itself"
            ));
        };
        reached = join(&reached, name);
        if depth + 1 == names.len() {
            table.insert((*name).to_owned(), node);
            return Ok(());
        }
        let inner = table.entry((*name).to_owned()).or_insert_with(|| Node {
            key_at: Origin::Override(index),
            at: Origin::Override(index),
            value: Raw::Table(BTreeMap::new()),
        });
        // A list of tables cannot be reached into by a name.
        if let Raw::List(_) = inner.value {
            return Err(format!("{reached} is a list; change it in the scenario's file"));
        }
        here = inner;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "a = 1\nb = \"ü\" # c\n";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, 6), (2, 1));
        // The byte after the two bytes of ü.
        assert_eq!(line_and_column(text, 13), (2, 7));
        // In the middle of ü, and past the end.
        assert_eq!(line_and_column(text, 12), (2, 6));
        assert_eq!(line_and_column(text, 999), (3, 1));
    }

    #[test]
    fn an_override_without_toml_quotes_is_text() {
        let overrides = ["network.budget=mainnet-4.0".to_owned(), "a.b = 3".to_owned()];
        let document = Document::parse("x", "a.b = 1\na.c = 2", &overrides).expect("valid");
        let budget = document.at("network.budget").expect("laid over");
        assert!(matches!(&budget.value, Raw::Text(text) if text == "mainnet-4.0"));
        let over = document.at("a.b").expect("laid over");
        assert!(matches!(over.value, Raw::Integer(Some(3))));
        let kept = document.at("a.c").expect("kept");
        assert!(matches!(kept.value, Raw::Integer(Some(2))));
    }
}
