//! Clarity's types: those of a function's arguments and results, and the least
//! type of a value. The bounds on sizes and depths are those of the chain: a
//! value whose type would break one cannot exist on it.

use std::fmt;

use thiserror::Error;

use super::name::Name;
use super::principal::ContractPrincipal;
use super::value::Value;

/// Bytes that a value may take at most, as the chain counts them.
pub(super) const MOST_BYTES: u64 = 1 << 20;

/// How deep types may be nested.
const MOST_DEPTH: u32 = 32;

/// A type of Clarity.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// What no value tells: the inside of `none`, the other side of a response,
    /// the entries of an empty list.
    Unknown,
    /// A signed integer.
    Int,
    /// An unsigned integer.
    UInt,
    /// True or false.
    Bool,
    /// An account or a contract.
    Principal,
    /// Up to so many bytes.
    Buffer(u32),
    /// Up to so many characters of ASCII.
    StringAscii(u32),
    /// Up to so many characters.
    StringUtf8(u32),
    /// Up to so many entries of one type.
    List(u32, Box<Self>),
    /// Fields, in the order of their names.
    Tuple(Vec<(Name, Self)>),
    /// A value of that type, or none.
    Optional(Box<Self>),
    /// Either of both.
    Response {
        /// What `ok` holds.
        ok: Box<Self>,
        /// What `err` holds.
        err: Box<Self>,
    },
    /// A contract that keeps to a trait.
    Trait {
        /// The contract that defines the trait.
        contract: ContractPrincipal,
        /// The trait's name there.
        name: Name,
    },
    /// That very contract, which can be called.
    Contract(ContractPrincipal),
}

/// Why a value has no type, so that none such can be on the chain.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Untyped {
    /// It is larger than a value may be.
    #[error("the value is larger than the {MOST_BYTES} bytes that the chain allows")]
    TooLarge,
    /// It is nested deeper than a value may be.
    #[error("the value is nested deeper than the {MOST_DEPTH} levels that the chain allows")]
    TooDeep,
    /// A list's entries have no type in common.
    #[error("the entries of a list have no type in common")]
    Mixed,
    /// A `string-ascii` holds another character.
    #[error("a string-ascii holds a character that is not printable ASCII")]
    NotAscii,
}

impl Type {
    /// The least type of a value.
    ///
    /// # Errors
    /// Where the value breaks a bound, or a list has no one type.
    pub fn of(value: &Value) -> Result<Self, Untyped> {
        let found = match value {
            Value::Int(_) => Self::Int,
            Value::UInt(_) => Self::UInt,
            Value::Bool(_) => Self::Bool,
            Value::Principal(_) => Self::Principal,
            Value::Buffer(bytes) => Self::Buffer(length(bytes.len(), 1)?),
            Value::StringAscii(text) if !is_ascii(text) => return Err(Untyped::NotAscii),
            Value::StringAscii(text) => Self::StringAscii(length(text.len(), 1)?),
            // Four bytes are reckoned for each character.
            Value::StringUtf8(text) => Self::StringUtf8(length(text.chars().count(), 4)?),
            Value::List(entries) => return Self::of_list(entries),
            Value::Tuple(tuple) => {
                let field = |(name, value): &(Name, Value)| Ok((name.clone(), Self::of(value)?));
                Self::Tuple(tuple.fields().iter().map(field).collect::<Result<_, _>>()?)
            }
            Value::Optional(None) => Self::Optional(Box::new(Self::Unknown)),
            Value::Optional(Some(inner)) => Self::Optional(Box::new(Self::of(inner)?)),
            Value::Response(Ok(inner)) => {
                Self::Response { ok: Box::new(Self::of(inner)?), err: Box::new(Self::Unknown) }
            }
            Value::Response(Err(inner)) => {
                Self::Response { ok: Box::new(Self::Unknown), err: Box::new(Self::of(inner)?) }
            }
        };
        found.bounded()
    }

    /// The least type of a list of those entries.
    ///
    /// # Errors
    /// As [`Type::of`].
    pub(super) fn of_list(entries: &[Value]) -> Result<Self, Untyped> {
        let mut common = Self::Unknown;
        for (number, entry) in entries.iter().enumerate() {
            if number == 0 {
                common = Self::of(entry)?;
            } else if !common.covers(entry) {
                common = common.joined(&Self::of(entry)?)?;
            }
        }
        Self::List(length(entries.len(), 1)?, Box::new(common)).bounded()
    }

    /// Whether the value is of this type as it stands, so that joining its own
    /// type to this would change nothing. Makes nothing, as most lists hold
    /// hundreds of entries of one type.
    fn covers(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Int, Value::Int(_))
            | (Self::UInt, Value::UInt(_))
            | (Self::Bool, Value::Bool(_))
            | (Self::Principal, Value::Principal(_))
            | (Self::Optional(_), Value::Optional(None)) => true,
            (Self::Buffer(most), Value::Buffer(bytes)) => bytes.len() <= *most as usize,
            (Self::StringAscii(most), Value::StringAscii(text)) => {
                text.len() <= *most as usize && is_ascii(text)
            }
            (Self::StringUtf8(most), Value::StringUtf8(text)) => {
                text.chars().count() <= *most as usize
            }
            (Self::List(most, inner), Value::List(entries)) => {
                entries.len() <= *most as usize && entries.iter().all(|entry| inner.covers(entry))
            }
            (Self::Tuple(fields), Value::Tuple(tuple)) => {
                let covered = |((name, kind), (other, value)): (&(Name, Self), &(Name, Value))| {
                    name == other && kind.covers(value)
                };
                fields.len() == tuple.fields().len()
                    && fields.iter().zip(tuple.fields()).all(covered)
            }
            (Self::Optional(inner), Value::Optional(Some(value)))
            | (Self::Response { ok: inner, .. }, Value::Response(Ok(value)))
            | (Self::Response { err: inner, .. }, Value::Response(Err(value))) => {
                inner.covers(value)
            }
            _ => false,
        }
    }

    /// The least type that takes values of both. As on the chain, a field that
    /// only the other has is left out.
    fn joined(&self, other: &Self) -> Result<Self, Untyped> {
        let joined = match (self, other) {
            (Self::Unknown, known) | (known, Self::Unknown) => return Ok(known.clone()),
            (Self::Buffer(one), Self::Buffer(other)) => Self::Buffer(*one.max(other)),
            (Self::StringAscii(one), Self::StringAscii(other)) => {
                Self::StringAscii(*one.max(other))
            }
            (Self::StringUtf8(one), Self::StringUtf8(other)) => Self::StringUtf8(*one.max(other)),
            (Self::List(one, inner), Self::List(other, also)) => {
                Self::List(*one.max(other), Box::new(inner.joined(also)?))
            }
            (Self::Tuple(fields), Self::Tuple(others)) => {
                let field = |(name, kind): &(Name, Self)| {
                    let other = others.iter().find(|(other, _)| other == name);
                    let (_, other) = other.ok_or(Untyped::Mixed)?;
                    Ok((name.clone(), kind.joined(other)?))
                };
                Self::Tuple(fields.iter().map(field).collect::<Result<_, _>>()?)
            }
            (Self::Optional(one), Self::Optional(other)) => {
                Self::Optional(Box::new(one.joined(other)?))
            }
            (Self::Response { ok, err }, Self::Response { ok: other_ok, err: other_err }) => {
                Self::Response {
                    ok: Box::new(ok.joined(other_ok)?),
                    err: Box::new(err.joined(other_err)?),
                }
            }
            (one, other) if one == other => one.clone(),
            _ => return Err(Untyped::Mixed),
        };
        joined.bounded()
    }

    /// This, where it breaks no bound; its parts are known to break none.
    fn bounded(self) -> Result<Self, Untyped> {
        let compound = matches!(
            self,
            Self::List(..) | Self::Tuple(_) | Self::Optional(_) | Self::Response { .. }
        );
        if compound {
            if self.depth() > MOST_DEPTH {
                return Err(Untyped::TooDeep);
            }
            if self.size() > MOST_BYTES {
                return Err(Untyped::TooLarge);
            }
        }
        Ok(self)
    }

    /// How deep it is nested; 1 of a plain type.
    fn depth(&self) -> u32 {
        match self {
            Self::List(_, inner) | Self::Optional(inner) => 1 + inner.depth(),
            Self::Tuple(fields) => {
                1 + fields.iter().map(|(_, kind)| kind.depth()).max().unwrap_or(0)
            }
            Self::Response { ok, err } => 1 + ok.depth().max(err.depth()),
            _ => 1,
        }
    }

    /// Bytes that a value of the type takes at most, as the chain counts them.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Self::Unknown | Self::Bool => 1,
            Self::Int | Self::UInt => 16,
            // An address of 20 bytes and a name of 128.
            Self::Principal | Self::Contract(_) => 148,
            Self::Trait { .. } => 276,
            Self::Buffer(most) | Self::StringAscii(most) => 4 + u64::from(*most),
            Self::StringUtf8(most) => 4 + 4 * u64::from(*most),
            Self::List(most, inner) => u64::from(*most) * inner.size() + self.own_size(),
            Self::Tuple(fields) => {
                let inside: u64 =
                    fields.iter().map(|(name, kind)| kind.size() + name.len() as u64).sum();
                2 * fields.len() as u64 + self.own_size() + inside
            }
            Self::Optional(inner) => 1 + inner.size(),
            Self::Response { ok, err } => 1 + ok.size().max(err.size()),
        }
    }

    /// Bytes that the type itself takes, as the chain counts them.
    fn own_size(&self) -> u64 {
        match self {
            Self::Buffer(_) | Self::StringAscii(_) | Self::StringUtf8(_) => 5,
            Self::List(_, inner) => 5 + inner.own_size(),
            Self::Tuple(fields) => {
                let inside: u64 =
                    fields.iter().map(|(name, kind)| kind.own_size() + name.len() as u64).sum();
                2 * fields.len() as u64 + inside
            }
            Self::Optional(inner) => 1 + inner.own_size(),
            Self::Response { ok, err } => 1 + ok.own_size() + err.own_size(),
            _ => 1,
        }
    }
}

/// A Clarity `list` of values of one type; `None` where they differ or are
/// too many.
#[must_use]
pub fn list(values: Vec<Value>) -> Option<Value> {
    Type::of_list(&values).is_ok().then_some(Value::List(values))
}

/// A length whose bytes, so many for each of it, are not too many.
fn length(length: usize, bytes: u64) -> Result<u32, Untyped> {
    let fits = (length as u64).checked_mul(bytes).is_some_and(|size| size <= MOST_BYTES);
    u32::try_from(length).ok().filter(|_| fits).ok_or(Untyped::TooLarge)
}

/// Whether the chain takes the text for a `string-ascii`.
pub(super) fn is_ascii(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace())
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("UnknownType"),
            Self::Int => f.write_str("int"),
            Self::UInt => f.write_str("uint"),
            Self::Bool => f.write_str("bool"),
            Self::Principal => f.write_str("principal"),
            Self::Buffer(most) => write!(f, "(buff {most})"),
            Self::StringAscii(most) => write!(f, "(string-ascii {most})"),
            Self::StringUtf8(most) => write!(f, "(string-utf8 {most})"),
            Self::List(most, inner) => write!(f, "(list {most} {inner})"),
            Self::Tuple(fields) => {
                f.write_str("(tuple")?;
                for (name, kind) in fields {
                    write!(f, " ({name} {kind})")?;
                }
                f.write_str(")")
            }
            Self::Optional(inner) => write!(f, "(optional {inner})"),
            Self::Response { ok, err } => write!(f, "(response {ok} {err})"),
            Self::Trait { contract, name } => write!(f, "<{contract}.{name}>"),
            Self::Contract(contract) => write!(f, "(principal {contract})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::value::{boolean, tuple, uint};

    #[test]
    fn a_list_takes_what_has_a_type_in_common() {
        let some = |value| Value::some(value);
        let pairs = [
            (vec![Value::none(), some(uint(1)), Value::none()], Some("(list 3 (optional uint))")),
            (vec![Value::none(), some(uint(1)), some(boolean(true))], None),
            (
                vec![Value::okay(uint(1)), Value::error(boolean(true))],
                Some("(list 2 (response uint bool))"),
            ),
            (vec![Value::Buffer(vec![1]), Value::Buffer(vec![1, 2, 3])], Some("(list 2 (buff 3))")),
            (
                vec![list(vec![]).expect("empty"), list(vec![uint(1)]).expect("one")],
                Some("(list 2 (list 1 uint))"),
            ),
            (vec![], Some("(list 0 UnknownType)")),
        ];
        for (entries, text) in pairs {
            let found = Type::of_list(&entries).ok().map(|kind| kind.to_string());
            assert_eq!(found.as_deref(), text, "{entries:?}");
            assert_eq!(list(entries).is_some(), text.is_some());
        }
    }

    #[test]
    fn a_value_that_breaks_a_bound_has_no_type() {
        let mut deep = uint(1);
        for _ in 0..31 {
            deep = Value::some(deep);
        }
        assert!(Type::of(&deep).is_ok());
        assert_eq!(Type::of(&Value::some(deep)), Err(Untyped::TooDeep));
        let most = Value::Buffer(vec![0; MOST_BYTES as usize]);
        assert!(Type::of(&most).is_ok());
        assert_eq!(Type::of(&Value::some(most)), Err(Untyped::TooLarge));
        let beyond = Value::Buffer(vec![0; MOST_BYTES as usize + 1]);
        assert_eq!(Type::of(&beyond), Err(Untyped::TooLarge));
        let bell = Value::StringAscii("\u{7}".to_owned());
        assert_eq!(Type::of(&tuple(vec![("a", bell)]).expect("legal")), Err(Untyped::NotAscii));
    }
}
