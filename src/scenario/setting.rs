//! The effective scenario as plain data: a tree of settings in the order of
//! their declaration, and its canonical TOML. What the manifest keeps and what
//! the hash of a scenario is taken over. No reading and no checking here.

use std::fmt;

use jiff::civil::Date;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One effective value, or a table of them in the order of declaration.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// `true` or `false`.
    Flag(bool),
    /// A whole number, at most 2⁵³ − 1 in size, so that floats and readers of
    /// JSON hold it exactly.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// Text, or the name of a choice.
    Text(String),
    /// A day of the calendar.
    Date(Date),
    /// Settings by name.
    Table(Vec<(String, Setting)>),
    /// The tables of a `[[list]]`.
    List(Vec<Setting>),
}

impl Setting {
    /// A table of those settings that are there.
    pub(super) fn table<const N: usize>(entries: [(&str, Option<Self>); N]) -> Self {
        let present =
            entries.into_iter().filter_map(|(key, setting)| Some((key.to_owned(), setting?)));
        Self::Table(present.collect())
    }

    /// The setting at a dotted path such as `market.commission_bps`.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&Self> {
        let mut here = self;
        for name in path.split('.') {
            let Self::Table(entries) = here else {
                return None;
            };
            here = entries.iter().find_map(|(key, setting)| (key == name).then_some(setting))?;
        }
        Some(here)
    }

    /// Whether both are the same value to whoever reads a key: 1 is 1.0.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(whole), Self::Number(number))
            | (Self::Number(number), Self::Integer(whole)) => *whole as f64 == *number,
            _ => self == other,
        }
    }

    /// Whether it stands on one line: a value, or a list of values.
    fn is_plain(&self) -> bool {
        match self {
            Self::Table(_) => false,
            Self::List(items) => !items.is_empty() && items.iter().all(Self::is_plain),
            _ => true,
        }
    }

    /// The whole tree as TOML, the same bytes for the same settings.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        if let Self::Table(entries) = self {
            write_table(&mut text, "", entries);
        }
        text
    }
}

/// Writes the plain values of a table, then its tables under their headers.
fn write_table(text: &mut String, path: &str, entries: &[(String, Setting)]) {
    for (key, setting) in entries {
        if setting.is_plain() {
            text.push_str(&format!("{key} = {setting}\n"));
        }
    }
    for (key, setting) in entries {
        let inner = join(path, key);
        match setting {
            Setting::Table(inner_entries) => {
                write_header(text, &format!("[{inner}]"));
                write_table(text, &inner, inner_entries);
            }
            Setting::List(tables) => {
                for table in tables {
                    if let Setting::Table(inner_entries) = table {
                        write_header(text, &format!("[[{inner}]]"));
                        write_table(text, &inner, inner_entries);
                    }
                }
            }
            _ => {}
        }
    }
}

fn write_header(text: &mut String, header: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(header);
    text.push('\n');
}

/// The dotted path of `name` within `path`.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A single value as TOML writes it; a table or list inline, for messages.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Integer(integer) => write!(f, "{integer}"),
            // The shortest digits that read back as the same number, with a
            // point or an exponent, so that TOML sees a float again.
            Self::Number(number) => write!(f, "{number:?}"),
            Self::Text(text) => write!(f, "{}", toml::Value::from(text.as_str())),
            Self::Date(date) => write!(f, "{date}"),
            Self::Table(entries) => {
                f.write_str("{")?;
                for (index, (key, setting)) in entries.iter().enumerate() {
                    let comma = if index == 0 { " " } else { ", " };
                    write!(f, "{comma}{key} = {setting}")?;
                }
                f.write_str(" }")
            }
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
        }
    }
}

/// As JSON and the like: tables keep their order, dates become text.
impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Integer(integer) => serializer.serialize_i64(*integer),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Date(date) => serializer.collect_str(date),
            Self::Table(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, setting) in entries {
                    map.serialize_entry(key, setting)?;
                }
                map.end()
            }
            Self::List(items) => serializer.collect_seq(items),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Setting {
        let decision = Setting::Table(vec![("day".to_owned(), Setting::Integer(3))]);
        Setting::Table(vec![
            ("loose".to_owned(), Setting::Flag(true)),
            (
                "time".to_owned(),
                Setting::Table(vec![
                    ("start".to_owned(), Setting::Date(Date::constant(2026, 6, 15))),
                    ("share".to_owned(), Setting::Number(1.0)),
                    (
                        "inner".to_owned(),
                        Setting::Table(vec![(
                            "say".to_owned(),
                            Setting::Text("a \"quote\"\n".to_owned()),
                        )]),
                    ),
                ]),
            ),
            ("decision".to_owned(), Setting::List(vec![decision.clone(), decision])),
        ])
    }

    #[test]
    fn toml_keeps_the_order_and_escapes_text() {
        insta::assert_snapshot!(tree().to_toml());
    }

    #[test]
    fn json_keeps_the_order_and_writes_dates_as_text() {
        insta::assert_snapshot!(serde_json::to_string(&tree()).expect("plain data"));
    }

    #[test]
    fn paths_reach_inner_tables() {
        assert_eq!(tree().at("time.share"), Some(&Setting::Number(1.0)));
        assert_eq!(tree().at("time.nothing"), None);
        assert_eq!(tree().at("loose.share"), None);
    }
}
