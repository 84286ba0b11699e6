//! Rows and their cells, whatever the form of the file they end in. A table's
//! columns are the fields of its row in the records, named once: the list of
//! them makes the header, the cells and the types, and does not compile unless
//! it has every field.

use std::fmt::Write as _;

use crate::units::Tick;

/// A value as files know it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// There is none.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(u128),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(&'a str),
}

impl Value<'_> {
    /// Appends it as a cell of CSV: whole numbers as they are, other numbers
    /// with at most six decimals and no trailing zeros, `true` and `false`,
    /// nothing where there is no number.
    pub(super) fn append(self, text: &mut String) {
        // Writing to a string does not fail.
        match self {
            Self::Nothing => {}
            Self::Flag(flag) => text.push_str(if flag { "true" } else { "false" }),
            Self::Whole(number) => {
                let _ = write!(text, "{number}");
            }
            Self::Number(number) => append_number(number, text),
            Self::Text(word) => text.push_str(word),
        }
    }
}

fn append_number(number: f64, text: &mut String) {
    if !number.is_finite() {
        return;
    }
    let start = text.len();
    let _ = write!(text, "{number:.6}");
    let digits = text[start..].trim_end_matches('0').trim_end_matches('.').len();
    text.truncate(start + digits);
    if &text[start..] == "-0" {
        text.replace_range(start.., "0");
    }
}

/// A number as a cell has it.
pub(super) fn number(value: f64) -> String {
    let mut text = String::new();
    append_number(value, &mut text);
    text
}

/// What a column holds.
#[cfg(feature = "parquet")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// What its values are.
    pub(super) holds: Holds,
    /// Whether a value may be missing.
    pub(super) optional: bool,
}

/// What the values of a column are.
#[cfg(feature = "parquet")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Yes or no.
    Flags,
    /// Whole numbers.
    Wholes,
    /// Any numbers.
    Numbers,
    /// Texts.
    Texts,
}

/// A value that can stand in a cell.
pub(super) trait Cell {
    /// The value.
    fn value(&self) -> Value<'_>;
}

/// A type whose values can stand in a column.
#[cfg(feature = "parquet")]
pub(super) trait Typed {
    /// What a column of them holds.
    const KIND: Kind;
}

/// Types that are values as they are.
macro_rules! values {
    ($($type:ty as $holds:ident $(optional $optional:literal)?: $self:ident => $value:expr;)+) => {
        $(impl Cell for $type {
            fn value(&$self) -> Value<'_> {
                $value
            }
        }

        #[cfg(feature = "parquet")]
        impl Typed for $type {
            const KIND: Kind =
                Kind { holds: Holds::$holds, optional: false $(|| $optional)? };
        })+
    };
}

values! {
    bool as Flags: self => Value::Flag(*self);
    u32 as Wholes: self => Value::Whole(u128::from(*self));
    u64 as Wholes: self => Value::Whole(u128::from(*self));
    usize as Wholes: self => Value::Whole(*self as u128);
    u128 as Wholes: self => Value::Whole(*self);
    Tick as Wholes: self => Value::Whole(u128::from(self.index()));
    // What is no number is missing.
    f64 as Numbers optional true: self => Value::Number(*self);
    str as Texts: self => Value::Text(self);
    String as Texts: self => Value::Text(self);
}

impl<T: Cell> Cell for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Nothing, Cell::value)
    }
}

impl<T: Cell + ?Sized> Cell for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

#[cfg(feature = "parquet")]
impl<T: Typed> Typed for Option<T> {
    const KIND: Kind = Kind { holds: T::KIND.holds, optional: true };
}

#[cfg(feature = "parquet")]
impl<T: Typed + ?Sized> Typed for &T {
    const KIND: Kind = T::KIND;
}

/// What a column holds, by the cell that a row gives it.
#[cfg(feature = "parquet")]
pub(super) const fn kind<R, T: Typed + ?Sized>(_: fn(&R) -> &T) -> Kind {
    T::KIND
}

/// A row of a table.
pub(super) trait Row {
    /// The names of its columns.
    const COLUMNS: &'static [&'static str];

    /// What each column holds, in the same order.
    #[cfg(feature = "parquet")]
    const KINDS: &'static [Kind];

    /// Gives each cell's value, in the order of the columns.
    fn cells(&self, cell: &mut dyn FnMut(&dyn Cell));
}

/// Makes rows of structs: all their fields, in the order of the columns, each
/// with the method that gives its text where it is no plain value.
macro_rules! columns {
    (@cell $row:ident $field:ident) => { &$row.$field };
    (@cell $row:ident $field:ident $text:ident) => { $row.$field.$text() };
    ($row:ty { $($field:ident $(. $text:ident ())?),+ $(,)? }) => {
        impl $crate::report::row::Row for $row {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            #[cfg(feature = "parquet")]
            const KINDS: &'static [$crate::report::row::Kind] = &[$(
                $crate::report::row::kind(
                    |row: &Self| $crate::report::row::columns!(@cell row $field $($text)?)
                )
            ),+];

            fn cells(&self, cell: &mut dyn FnMut(&dyn $crate::report::row::Cell)) {
                let Self { $($field),+ } = self;
                $(cell(&$field $(. $text ())?);)+
            }
        }
    };
}

pub(super) use columns;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &dyn Cell) -> String {
        let mut text = String::new();
        value.value().append(&mut text);
        text
    }

    #[test]
    fn numbers_have_six_decimals_at_most() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-4e-7, "0"),
            (1.0, "1"),
            (1_200.0, "1200"),
            (0.1 + 0.2, "0.3"),
            (-2.5, "-2.5"),
            (1.0 / 3.0, "0.333333"),
            (203_110.427_419_4, "203110.427419"),
            (1e21, "1000000000000000000000"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            assert_eq!(text(&number), expected, "{number:?}");
        }
        assert_eq!(text(&u128::MAX), "340282366920938463463374607431768211455");
        assert_eq!((text(&None::<u64>), text(&Some(7_u64))), (String::new(), "7".to_owned()));
        assert_eq!((text(&true), text(&"a, b")), ("true".to_owned(), "a, b".to_owned()));
    }
}
