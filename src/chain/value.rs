//! Clarity's values, as the whole program speaks of them: plain data, without
//! the types that a machine keeps beside them. How they are made and looked
//! into; nothing of contracts or state.

use std::fmt;

use super::escape::escaped;
use super::hash::hex;
use super::name::Name;
use super::principal::Principal;

/// A value of Clarity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A signed integer.
    Int(i128),
    /// An unsigned integer.
    UInt(u128),
    /// True or false.
    Bool(bool),
    /// An account or a contract.
    Principal(Principal),
    /// Bytes.
    Buffer(Vec<u8>),
    /// A text of ASCII.
    StringAscii(String),
    /// A text of any characters.
    StringUtf8(String),
    /// Values of one type, which [`super::list`] sees to.
    List(Vec<Self>),
    /// Values by name.
    Tuple(Tuple),
    /// A value or none.
    Optional(Option<Box<Self>>),
    /// `(ok …)` or `(err …)`.
    Response(Result<Box<Self>, Box<Self>>),
}

/// Fields of a tuple, in the order of their names, each name once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tuple(Vec<(Name, Value)>);

impl Tuple {
    /// The tuple of these fields, in any order; `None` where there is none, or
    /// two have the same name.
    #[must_use]
    pub fn new(mut fields: Vec<(Name, Value)>) -> Option<Self> {
        fields.sort_by(|(one, _), (other, _)| one.cmp(other));
        let twice = fields.windows(2).any(|pair| pair[0].0 == pair[1].0);
        (!fields.is_empty() && !twice).then_some(Self(fields))
    }

    /// The fields of a tuple that has them in order already.
    pub(super) const fn in_order(fields: Vec<(Name, Value)>) -> Self {
        Self(fields)
    }

    /// The field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        // Tuples have few fields.
        self.0.iter().find(|(field, _)| field.as_str() == name).map(|(_, value)| value)
    }

    /// All fields, in the order of their names.
    #[must_use]
    pub fn fields(&self) -> &[(Name, Value)] {
        &self.0
    }
}

impl Value {
    /// `none`.
    #[must_use]
    pub const fn none() -> Self {
        Self::Optional(None)
    }

    /// `(some value)`.
    #[must_use]
    pub fn some(value: Self) -> Self {
        Self::Optional(Some(Box::new(value)))
    }

    /// `(ok value)`.
    #[must_use]
    pub fn okay(value: Self) -> Self {
        Self::Response(Ok(Box::new(value)))
    }

    /// `(err value)`.
    #[must_use]
    pub fn error(value: Self) -> Self {
        Self::Response(Err(Box::new(value)))
    }
}

/// As the virtual machine shows values in its messages: lists without their
/// word, principals without their quote. [`super::value_text`] writes what a
/// contract's source would hold.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::UInt(number) => write!(f, "u{number}"),
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Principal(who) => write!(f, "{who}"),
            Self::Buffer(bytes) => write!(f, "0x{}", hex(bytes)),
            Self::StringAscii(text) => write!(f, "\"{}\"", escaped(text)),
            Self::StringUtf8(text) => write!(f, "u\"{}\"", escaped(text)),
            Self::List(entries) => {
                f.write_str("(")?;
                for (number, entry) in entries.iter().enumerate() {
                    write!(f, "{}{entry}", if number == 0 { "" } else { " " })?;
                }
                f.write_str(")")
            }
            Self::Tuple(tuple) => {
                f.write_str("(tuple")?;
                for (name, value) in tuple.fields() {
                    write!(f, " ({name} {value})")?;
                }
                f.write_str(")")
            }
            Self::Optional(None) => f.write_str("none"),
            Self::Optional(Some(inner)) => write!(f, "(some {inner})"),
            Self::Response(Ok(inner)) => write!(f, "(ok {inner})"),
            Self::Response(Err(inner)) => write!(f, "(err {inner})"),
        }
    }
}

/// A Clarity `uint`.
#[must_use]
pub const fn uint(number: u128) -> Value {
    Value::UInt(number)
}

/// A Clarity `bool`.
#[must_use]
pub const fn boolean(truth: bool) -> Value {
    Value::Bool(truth)
}

/// A Clarity `principal`.
#[must_use]
pub fn principal(who: &Principal) -> Value {
    Value::Principal(who.clone())
}

/// A Clarity `string-ascii`; characters outside of printable ASCII become
/// `?`, one for each of their bytes.
#[must_use]
pub fn ascii(text: &str) -> Value {
    let printable = |b: u8| if (0x20..0x7f).contains(&b) { char::from(b) } else { '?' };
    Value::StringAscii(text.bytes().map(printable).collect())
}

/// A Clarity tuple; `None` where a name is illegal or given twice.
#[must_use]
pub fn tuple(fields: Vec<(&str, Value)>) -> Option<Value> {
    let named = fields.into_iter().map(|(name, value)| Some((Name::new(name)?, value)));
    Tuple::new(named.collect::<Option<_>>()?).map(Value::Tuple)
}

/// The number in a `uint`.
#[must_use]
pub const fn as_uint(value: &Value) -> Option<u128> {
    match value {
        Value::UInt(number) => Some(*number),
        _ => None,
    }
}

/// The truth in a `bool`.
#[must_use]
pub const fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        _ => None,
    }
}

/// The account or contract in a `principal`.
#[must_use]
pub const fn as_principal(value: &Value) -> Option<&Principal> {
    match value {
        Value::Principal(who) => Some(who),
        _ => None,
    }
}

/// The text in a `string-ascii`.
#[must_use]
pub const fn as_text(value: &Value) -> Option<&str> {
    match value {
        Value::StringAscii(text) => Some(text.as_str()),
        _ => None,
    }
}

/// The members of a `list`.
#[must_use]
pub const fn as_list(value: &Value) -> Option<&[Value]> {
    match value {
        Value::List(entries) => Some(entries.as_slice()),
        _ => None,
    }
}

/// The field `name` of a tuple.
#[must_use]
pub fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Tuple(tuple) => tuple.get(name),
        _ => None,
    }
}

/// What is inside `(ok …)` or `(some …)`.
#[must_use]
pub fn inner(value: &Value) -> Option<&Value> {
    match value {
        Value::Response(Ok(inner)) | Value::Optional(Some(inner)) => Some(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::principal::account;

    #[test]
    fn values_go_in_and_come_out() {
        let who = account("someone");
        let reading =
            tuple(vec![("producer", principal(&who)), ("amount", uint(7))]).expect("legal names");
        assert_eq!(field(&reading, "amount").and_then(as_uint), Some(7));
        assert_eq!(field(&reading, "producer").and_then(as_principal), Some(&who));
        assert_eq!(field(&reading, "missing"), None);
        assert_eq!(as_list(&Value::List(vec![reading])).map(<[Value]>::len), Some(1));
        assert_eq!(as_text(&ascii("solar")), Some("solar"));
        assert_eq!(as_text(&ascii("sölar")), Some("s??lar"));
    }

    #[test]
    fn fields_are_in_the_order_of_their_names_and_each_there_once() {
        let one = tuple(vec![("b", uint(2)), ("a", uint(1))]).expect("legal");
        assert_eq!(one, tuple(vec![("a", uint(1)), ("b", uint(2))]).expect("legal"));
        assert_eq!(one.to_string(), "(tuple (a u1) (b u2))");
        for fields in [vec![], vec![("a", uint(1)), ("a", uint(2))], vec![("9", uint(1))]] {
            assert_eq!(tuple(fields), None);
        }
    }
}
