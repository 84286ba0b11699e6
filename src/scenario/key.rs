//! What one key of a scenario may be: the kinds of value, their limits, and how
//! each Rust type reads itself from the tree and writes itself back. Nothing
//! here knows which keys there are.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::civil::Date;

use super::document::{Node, Raw};
use super::read::Reader;
use super::setting::Setting;
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh, in_threes};

/// The kind of value that a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Integer,
    /// A finite number, whole or not.
    Number,
    /// Any text.
    Text,
    /// A day of the calendar.
    Date,
    /// One of these names.
    Choice(&'static [&'static str]),
    /// One of these names, or a table of exactly these keys, each a whole number
    /// from 1 to 10¹⁵.
    ChoiceOrTable(&'static [&'static str], &'static [&'static str]),
    /// `"shipped"`, or a path.
    File,
}

/// Which numbers a key takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limits {
    /// The kind of value says all.
    None,
    /// From one number to another, both allowed.
    Between(f64, f64),
    /// These numbers alone.
    OneOf(&'static [i64]),
    /// Text that a directory anywhere can be called by: see [`is_slug`].
    Slug,
}

/// Whether a name can be that of a directory anywhere: 1 to 64 small letters,
/// digits and dashes, no dash first.
#[must_use]
pub fn is_slug(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&name.len()) && !name.starts_with('-') && name.bytes().all(plain)
}

impl Limits {
    /// Whether `number` is allowed. NaN and the infinities never are.
    #[must_use]
    pub fn allow(self, number: f64) -> bool {
        match self {
            Self::None | Self::Slug => number.is_finite(),
            Self::Between(low, high) => low <= number && number <= high,
            Self::OneOf(numbers) => numbers.iter().any(|&one| one as f64 == number),
        }
    }
}

impl From<RangeInclusive<i64>> for Limits {
    fn from(range: RangeInclusive<i64>) -> Self {
        Self::Between(*range.start() as f64, *range.end() as f64)
    }
}

impl From<RangeInclusive<f64>> for Limits {
    fn from(range: RangeInclusive<f64>) -> Self {
        Self::Between(*range.start(), *range.end())
    }
}

impl From<&'static [i64]> for Limits {
    fn from(numbers: &'static [i64]) -> Self {
        Self::OneOf(numbers)
    }
}

/// What a key is when the scenario does not say.
#[derive(Clone, Debug, PartialEq)]
pub enum Preset {
    /// It must be said; this is a value that would do.
    Required {
        /// The example.
        like: Setting,
    },
    /// This value.
    Default(Setting),
    /// Nothing: what the key describes is then absent.
    Absent,
}

/// A key as the outside sees it: for reference pages, schemas and sweeps.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySpec {
    /// The dotted path, such as `market.commission_bps`.
    pub path: String,
    /// The kind of value.
    pub kind: Kind,
    /// What it is when unsaid.
    pub preset: Preset,
    /// Which numbers it takes.
    pub limits: Limits,
    /// Its unit, empty for what has none.
    pub unit: &'static str,
    /// What it means, in sentences.
    pub doc: String,
}

impl KeySpec {
    /// What it takes, in words, as in `a whole number from 0 to 10000`.
    #[must_use]
    pub fn takes(&self) -> String {
        expected(self.kind, self.limits)
    }
}

/// The years in which a run may lie: those that the sun's position is reckoned
/// for.
pub(super) const FIRST_YEAR: i16 = 1950;
pub(super) const LAST_YEAR: i16 = 2100;

impl KeySpec {
    /// Whether the key takes a value that stands in a list of them.
    pub(super) fn admits(&self, value: &Setting) -> bool {
        let number = |number: f64| self.limits.allow(number);
        match (self.kind, value) {
            (Kind::Integer, Setting::Integer(whole)) => *whole >= 0 && number(*whole as f64),
            (Kind::Number, Setting::Integer(whole)) => number(*whole as f64),
            (Kind::Number, Setting::Number(one)) => number(*one),
            (Kind::Flag, Setting::Flag(_)) => true,
            (Kind::Text, Setting::Text(text)) => self.limits != Limits::Slug || is_slug(text),
            (Kind::Choice(names) | Kind::ChoiceOrTable(names, _), Setting::Text(name)) => {
                names.contains(&name.as_str())
            }
            // What is no date, and which files are there, is told where each
            // setting is tried.
            (Kind::Date, Setting::Text(_) | Setting::Date(_)) => true,
            (Kind::File, Setting::Text(path)) => !path.is_empty(),
            _ => false,
        }
    }
}

/// What a key must be, to finish "must be …".
pub(super) fn expected(kind: Kind, limits: Limits) -> String {
    match (kind, limits) {
        (_, Limits::OneOf(numbers)) => {
            let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
            format!("one of {}", numbers.join(", "))
        }
        (Kind::Integer, Limits::Between(low, high)) => {
            format!("a whole number from {} to {}", grouped(low), grouped(high))
        }
        (Kind::Integer, _) => "a whole number".to_owned(),
        (_, Limits::Between(low, high)) => {
            format!("a number from {} to {}", grouped(low), grouped(high))
        }
        (Kind::Number, _) => "a finite number".to_owned(),
        (Kind::Flag, _) => "true or false".to_owned(),
        (Kind::Text, Limits::Slug) => {
            "1 to 64 small letters, digits and dashes, since results are filed under it".to_owned()
        }
        (Kind::Text, _) => "text in quotes".to_owned(),
        (Kind::Date, _) => {
            format!("a date from {FIRST_YEAR}-01-01 to {LAST_YEAR}-12-31, like 2026-06-15")
        }
        (Kind::Choice(names), _) => format!("one of {}", quoted(names)),
        (Kind::ChoiceOrTable(names, keys), _) => {
            let (last, first) = (keys.last().unwrap_or(&""), &keys[..keys.len().saturating_sub(1)]);
            format!("one of {}, or a table of {} and {last}", quoted(names), first.join(", "))
        }
        (Kind::File, _) => {
            "\"shipped\", or a path from the scenario's directory, in quotes".to_owned()
        }
    }
}

/// A limit as TOML may write it: long whole numbers in groups of three.
fn grouped(number: f64) -> String {
    const SHORT: f64 = 100_000.0;
    let plain = number.to_string();
    if number < SHORT || number.fract() != 0.0 {
        return plain;
    }
    in_threes(&plain, '_')
}

fn quoted(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}

/// A type that a key can have.
pub(super) trait Key: Sized {
    /// Its kind of value.
    const KIND: Kind;

    /// The value at `node`, or `None` where that is no such value. Limits are
    /// judged elsewhere.
    fn from_node(node: &Node) -> Option<Self>;

    /// The value as a number, where limits can apply to it.
    fn number(&self) -> Option<f64> {
        None
    }

    /// Whether the value keeps to limits of text.
    fn text_fits(&self, _: Limits) -> bool {
        true
    }

    /// The value as a setting; `None` where it stands for absence.
    fn to_setting(&self) -> Option<Setting>;

    /// Reads the value of the key at `path`, and tells the reader of what is
    /// wrong with it.
    fn read(reader: &mut Reader<'_>, path: &str, node: &Node, limits: Limits) -> Option<Self> {
        let value = Self::from_node(node).filter(|value| {
            let number = value.number();
            number.is_none_or(|number| limits.allow(number)) && value.text_fits(limits)
        });
        if value.is_none() {
            let expected = expected(Self::KIND, limits);
            // Who writes 5% or 2.5 thinks in per cent.
            let hint = if path.ends_with("_bps") { "; basis points: 500 is 5 %" } else { "" };
            reader.fault_in(path, node, format!("must be {expected}{hint}"));
        }
        value
    }
}

impl Key for bool {
    const KIND: Kind = Kind::Flag;
    fn from_node(node: &Node) -> Option<Self> {
        if let Raw::Flag(flag) = node.value { Some(flag) } else { None }
    }
    fn to_setting(&self) -> Option<Setting> {
        Some(Setting::Flag(*self))
    }
}

/// The greatest whole number that floats, and so readers of JSON, hold exactly.
pub(super) const GREATEST_EXACT: u64 = (1 << 53) - 1;

/// The whole number at `node`, if it is one, not negative, and exact as a float.
fn whole(node: &Node) -> Option<u64> {
    let Raw::Integer(Some(integer)) = node.value else {
        return None;
    };
    u64::try_from(integer).ok().filter(|&integer| integer <= GREATEST_EXACT)
}

/// Keys of whole numbers: how one becomes the type, and how the type one again.
macro_rules! whole_key {
    ($Type:ty, $from:expr, $to:expr) => {
        impl Key for $Type {
            const KIND: Kind = Kind::Integer;
            fn from_node(node: &Node) -> Option<Self> {
                let from: fn(u64) -> Option<Self> = $from;
                whole(node).and_then(from)
            }
            fn number(&self) -> Option<f64> {
                let to: fn(&Self) -> Option<i64> = $to;
                to(self).map(|integer| integer as f64)
            }
            fn to_setting(&self) -> Option<Setting> {
                let to: fn(&Self) -> Option<i64> = $to;
                to(self).map(Setting::Integer)
            }
        }
    };
}

/// A 128-bit amount as a setting holds it.
fn exact(amount: u128) -> Option<i64> {
    i64::try_from(amount).ok()
}

whole_key!(u32, |whole| Self::try_from(whole).ok(), |value| Some(i64::from(*value)));
whole_key!(u64, Some, |value| i64::try_from(*value).ok());
whole_key!(Kwh, |whole| Some(Self::new(whole.into())), |value| exact(value.get()));
whole_key!(MicroStx, |whole| Some(Self::new(whole.into())), |value| exact(value.get()));
whole_key!(MicroStxPerKwh, |whole| Some(Self::new(whole.into())), |value| exact(value.get()));
whole_key!(BasisPoints, |whole| u16::try_from(whole).ok().and_then(Self::new), |value| Some(
    i64::from(value.get())
));

impl Key for f64 {
    const KIND: Kind = Kind::Number;
    fn from_node(node: &Node) -> Option<Self> {
        match node.value {
            Raw::Number(number) if number.is_finite() => Some(number),
            Raw::Integer(Some(integer)) => Some(integer as Self),
            _ => None,
        }
    }
    fn number(&self) -> Option<f64> {
        Some(*self)
    }
    fn to_setting(&self) -> Option<Setting> {
        Some(Setting::Number(*self))
    }
}

impl Key for String {
    const KIND: Kind = Kind::Text;
    fn from_node(node: &Node) -> Option<Self> {
        if let Raw::Text(text) = &node.value { Some(text.clone()) } else { None }
    }
    fn text_fits(&self, limits: Limits) -> bool {
        limits != Limits::Slug || is_slug(self)
    }
    fn to_setting(&self) -> Option<Setting> {
        Some(Setting::Text(self.clone()))
    }
}

impl Key for Date {
    const KIND: Kind = Kind::Date;
    fn from_node(node: &Node) -> Option<Self> {
        let written = match &node.value {
            Raw::Date(written) => *written,
            // In quotes, as JSON and the schema for editors have dates.
            Raw::Text(text) => text.parse().ok()?,
            _ => return None,
        };
        let date = written.date.filter(|_| written.time.is_none())?;
        let (year, month) = (i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?);
        let date = Self::new(year, month, i8::try_from(date.day).ok()?).ok()?;
        (FIRST_YEAR..=LAST_YEAR).contains(&year).then_some(date)
    }
    fn to_setting(&self) -> Option<Setting> {
        Some(Setting::Date(*self))
    }
}

impl<T: Key> Key for Option<T> {
    const KIND: Kind = T::KIND;
    fn from_node(node: &Node) -> Option<Self> {
        T::from_node(node).map(Some)
    }
    fn number(&self) -> Option<f64> {
        self.as_ref().and_then(T::number)
    }
    fn to_setting(&self) -> Option<Setting> {
        self.as_ref().and_then(T::to_setting)
    }
}

/// A type whose values are names: a list of them with what each means.
macro_rules! choice {
    (
        $(#[doc = $about:literal])+
        pub enum $Name:ident {
            $($(#[doc = $doc:literal])+ $Variant:ident = $name:literal,)+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Name {
            $($(#[doc = $doc])+ $Variant,)+
        }

        impl $Name {
            /// Each of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),+];

            /// Its name in TOML and in results.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name,)+
                }
            }
        }

        impl ::std::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl $crate::scenario::key::Key for $Name {
            const KIND: $crate::scenario::key::Kind =
                $crate::scenario::key::Kind::Choice(&[$($name),+]);
            fn from_node(node: &$crate::scenario::document::Node) -> Option<Self> {
                let $crate::scenario::document::Raw::Text(text) = &node.value else {
                    return None;
                };
                Self::ALL.iter().copied().find(|choice| choice.name() == text)
            }
            fn to_setting(&self) -> Option<$crate::scenario::setting::Setting> {
                Some($crate::scenario::setting::Setting::Text(self.name().to_owned()))
            }
        }
    };
}
pub(super) use choice;

/// Data or source text that a scenario names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputFile {
    /// What the program carries with it.
    Shipped,
    /// The user's own.
    Path {
        /// As the scenario names it.
        written: String,
        /// The same, from the scenario's directory.
        found: std::path::PathBuf,
    },
}

impl fmt::Display for InputFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shipped => f.write_str("shipped"),
            Self::Path { found, .. } => write!(f, "{}", found.display()),
        }
    }
}

impl Key for InputFile {
    const KIND: Kind = Kind::File;
    fn from_node(node: &Node) -> Option<Self> {
        let Raw::Text(text) = &node.value else {
            return None;
        };
        match text.as_str() {
            "" => None,
            "shipped" => Some(Self::Shipped),
            path => Some(Self::Path { written: path.to_owned(), found: path.into() }),
        }
    }
    fn to_setting(&self) -> Option<Setting> {
        let text = match self {
            Self::Shipped => "shipped",
            Self::Path { written, .. } => written,
        };
        Some(Setting::Text(text.to_owned()))
    }
    fn read(reader: &mut Reader<'_>, path: &str, node: &Node, limits: Limits) -> Option<Self> {
        match Self::from_node(node) {
            Some(Self::Path { written, .. }) => {
                let found = reader.directory().join(&written);
                Some(Self::Path { written, found })
            }
            Some(Self::Shipped) => Some(Self::Shipped),
            None => {
                let expected = expected(Self::KIND, limits);
                reader.fault_in(path, node, format!("must be {expected}"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_their_edges_and_refuse_what_is_no_number() {
        let share = Limits::from(0.0..=1.0);
        assert!(share.allow(0.0) && share.allow(1.0));
        assert!(!share.allow(-0.001) && !share.allow(1.001));
        assert!(!share.allow(f64::NAN));
        assert!(!Limits::None.allow(f64::INFINITY));
        let scale = Limits::OneOf(&[100, 10_000]);
        assert!(scale.allow(100.0) && !scale.allow(101.0));
    }
}
