//! Values as bytes, in the way of SIP-005 that the whole network keeps to, and
//! back. Whatever the bytes, reading ends with a value or an error: what is
//! read is bounded in length and depth, and nothing is reserved for what the
//! bytes do not hold.

use thiserror::Error;

use super::hash::{hex, unhex};
use super::name::{ContractName, Name};
use super::principal::{ContractPrincipal, Principal, StandardPrincipal};
use super::types::{MOST_BYTES, Type, Untyped, is_ascii};
use super::value::{Tuple, Value};

/// Bytes that are read of one value at most.
const MOST_READ: usize = 2 << 20;

/// Levels of values in values that are read at most, as nodes do where no type
/// is known beforehand.
const MOST_LEVELS: u32 = 16;

/// Levels of values in values that the chain keeps.
const MOST_KEPT_LEVELS: u32 = 32;

/// Entries that room is made for before they are read.
const MOST_RESERVED: usize = 256;

const INT: u8 = 0;
const UINT: u8 = 1;
const BUFFER: u8 = 2;
const TRUE: u8 = 3;
const FALSE: u8 = 4;
const STANDARD: u8 = 5;
const CONTRACT: u8 = 6;
const OK: u8 = 7;
const ERR: u8 = 8;
const NONE: u8 = 9;
const SOME: u8 = 10;
const LIST: u8 = 11;
const TUPLE: u8 = 12;
const ASCII: u8 = 13;
const UTF8: u8 = 14;

/// Why bytes are no value.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum CodecError {
    /// They end before the value does, or go on past what a value may take.
    #[error("the bytes end within the value")]
    EndsEarly,
    /// They go on after the value.
    #[error("{0} bytes follow the value")]
    Leftover(usize),
    /// Hexadecimal digits are none, or lack a pair.
    #[error("the text is not hexadecimal digits in pairs")]
    NotHex,
    /// A type's first byte is not known.
    #[error("no type begins with the byte {0}")]
    Prefix(u8),
    /// A length is greater than any value's.
    #[error("a length of {0} is greater than any value's")]
    TooLong(u32),
    /// Values are nested too deep.
    #[error("values are nested deeper than {MOST_LEVELS} levels")]
    TooDeep,
    /// A name is not legal.
    #[error("a name is no legal name of Clarity")]
    Name,
    /// A text is not in its own encoding.
    #[error("a string holds what it may not")]
    Text,
    /// A tuple has no field, or one twice.
    #[error("a tuple has no field, or two of one name")]
    Fields,
    /// The value has no type.
    #[error(transparent)]
    Untyped(#[from] Untyped),
}

impl Value {
    /// The value's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_bytes(&mut bytes);
        bytes
    }

    /// The value's bytes in lower-case hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex(&self.to_bytes())
    }

    /// Adds the value's bytes.
    pub fn write_bytes(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(number) => {
                out.push(INT);
                out.extend(number.to_be_bytes());
            }
            Self::UInt(number) => {
                out.push(UINT);
                out.extend(number.to_be_bytes());
            }
            Self::Bool(truth) => out.push(if *truth { TRUE } else { FALSE }),
            Self::Principal(who) => who.write_bytes(out),
            Self::Buffer(bytes) => write_sequence(BUFFER, bytes, out),
            Self::StringAscii(text) => write_sequence(ASCII, text.as_bytes(), out),
            Self::StringUtf8(text) => write_sequence(UTF8, text.as_bytes(), out),
            Self::List(entries) => {
                out.push(LIST);
                write_length(entries.len(), out);
                entries.iter().for_each(|entry| entry.write_bytes(out));
            }
            Self::Tuple(tuple) => {
                out.push(TUPLE);
                write_length(tuple.fields().len(), out);
                for (name, value) in tuple.fields() {
                    write_name(name, out);
                    value.write_bytes(out);
                }
            }
            Self::Optional(None) => out.push(NONE),
            Self::Optional(Some(inner)) => inner.write_within(SOME, out),
            Self::Response(Ok(inner)) => inner.write_within(OK, out),
            Self::Response(Err(inner)) => inner.write_within(ERR, out),
        }
    }

    fn write_within(&self, prefix: u8, out: &mut Vec<u8>) {
        out.push(prefix);
        self.write_bytes(out);
    }

    /// The value that the bytes are, no more and no less.
    ///
    /// # Errors
    /// Where the bytes are no value, or the value could not be on the chain.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodecError> {
        let mut rest = bytes;
        let value = Self::read(&mut rest)?;
        if rest.is_empty() { Ok(value) } else { Err(CodecError::Leftover(rest.len())) }
    }

    /// The value that the hexadecimal digits are, with `0x` before them or not.
    ///
    /// # Errors
    /// As [`Value::from_bytes`].
    pub fn from_hex(text: &str) -> Result<Self, CodecError> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        Self::from_bytes(&unhex(digits).ok_or(CodecError::NotHex)?)
    }

    /// Reads a value off the beginning of `bytes`, which is left with the rest.
    ///
    /// # Errors
    /// As [`Value::from_bytes`].
    pub fn read(bytes: &mut &[u8]) -> Result<Self, CodecError> {
        let mut reader = Reader(&bytes[..bytes.len().min(MOST_READ)]);
        let before = reader.0.len();
        let value = reader.value(MOST_LEVELS)?;
        Type::of(&value)?;
        *bytes = &bytes[before - reader.0.len()..];
        Ok(value)
    }

    /// The value that a machine has stored, which is of a type already.
    ///
    /// # Errors
    /// Where the text is no value's.
    pub(super) fn from_stored_hex(text: &str) -> Result<Self, CodecError> {
        let bytes = unhex(text).ok_or(CodecError::NotHex)?;
        Reader(&bytes).value(MOST_KEPT_LEVELS)
    }
}

impl Principal {
    /// Adds the principal's bytes, which are those of the value that holds it.
    pub fn write_bytes(&self, out: &mut Vec<u8>) {
        let account = self.account();
        out.push(if matches!(self, Self::Standard(_)) { STANDARD } else { CONTRACT });
        out.push(account.version());
        out.extend(account.hash160());
        if let Self::Contract(contract) = self {
            write_name(contract.name(), out);
        }
    }
}

fn write_length(length: usize, out: &mut Vec<u8>) {
    // No value is that long.
    out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

fn write_sequence(prefix: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(prefix);
    write_length(bytes.len(), out);
    out.extend(bytes);
}

fn write_name(name: &str, out: &mut Vec<u8>) {
    // Names have 128 characters at most.
    out.push(name.len() as u8);
    out.extend(name.as_bytes());
}

/// Bytes still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], CodecError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(CodecError::EndsEarly)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], CodecError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(CodecError::EndsEarly)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, CodecError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// A length in four bytes.
    fn length(&mut self) -> Result<usize, CodecError> {
        let length = u32::from_be_bytes(self.array()?);
        if u64::from(length) > MOST_BYTES {
            return Err(CodecError::TooLong(length));
        }
        Ok(length as usize)
    }

    fn sequence(&mut self) -> Result<&'a [u8], CodecError> {
        let length = self.length()?;
        self.take(length)
    }

    fn name(&mut self) -> Result<&'a str, CodecError> {
        let length = self.byte()?;
        std::str::from_utf8(self.take(usize::from(length))?).map_err(|_| CodecError::Name)
    }

    fn account(&mut self) -> Result<StandardPrincipal, CodecError> {
        let version = self.byte()?;
        Ok(StandardPrincipal::new(version, self.array()?))
    }

    /// A value that holds others no deeper than so many levels, itself among
    /// them.
    fn value(&mut self, levels: u32) -> Result<Value, CodecError> {
        let within = levels.checked_sub(1).ok_or(CodecError::TooDeep)?;
        let inner = |reader: &mut Self| reader.value(within).map(Box::new);
        Ok(match self.byte()? {
            INT => Value::Int(i128::from_be_bytes(self.array()?)),
            UINT => Value::UInt(u128::from_be_bytes(self.array()?)),
            BUFFER => Value::Buffer(self.sequence()?.to_vec()),
            TRUE => Value::Bool(true),
            FALSE => Value::Bool(false),
            STANDARD => Value::Principal(self.account()?.into()),
            CONTRACT => {
                let issuer = self.account()?;
                let name = ContractName::new(self.name()?).ok_or(CodecError::Name)?;
                Value::Principal(ContractPrincipal::new(issuer, name).into())
            }
            OK => Value::Response(Ok(inner(self)?)),
            ERR => Value::Response(Err(inner(self)?)),
            NONE => Value::Optional(None),
            SOME => Value::Optional(Some(inner(self)?)),
            LIST => {
                let length = self.length()?;
                let mut entries = Vec::with_capacity(length.min(MOST_RESERVED));
                for _ in 0..length {
                    entries.push(self.value(within)?);
                }
                Value::List(entries)
            }
            TUPLE => {
                let length = self.length()?;
                let mut fields = Vec::with_capacity(length.min(MOST_RESERVED));
                for _ in 0..length {
                    let name = Name::new(self.name()?).ok_or(CodecError::Name)?;
                    fields.push((name, self.value(within)?));
                }
                Value::Tuple(Tuple::new(fields).ok_or(CodecError::Fields)?)
            }
            ASCII => {
                let text = self.text()?;
                if !is_ascii(&text) {
                    return Err(CodecError::Text);
                }
                Value::StringAscii(text)
            }
            UTF8 => Value::StringUtf8(self.text()?),
            other => return Err(CodecError::Prefix(other)),
        })
    }

    fn text(&mut self) -> Result<String, CodecError> {
        let text = std::str::from_utf8(self.sequence()?).map_err(|_| CodecError::Text)?;
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::value::uint;

    #[test]
    fn bytes_that_promise_more_than_they_hold_cost_nothing() {
        // A list of a million entries, and of none of them.
        assert_eq!(Value::from_bytes(&[LIST, 0, 15, 255, 255]), Err(CodecError::EndsEarly));
        assert_eq!(
            Value::from_bytes(&[BUFFER, 255, 255, 255, 255]),
            Err(CodecError::TooLong(u32::MAX))
        );
        let deep = [&[SOME; 100_000][..], &[NONE]].concat();
        assert_eq!(Value::from_bytes(&deep), Err(CodecError::TooDeep));
    }

    #[test]
    fn a_value_is_read_off_the_beginning() {
        let mut bytes = uint(7).to_bytes();
        bytes.extend([1, 2, 3]);
        assert_eq!(Value::from_bytes(&bytes), Err(CodecError::Leftover(3)));
        let mut rest = bytes.as_slice();
        assert_eq!(Value::read(&mut rest), Ok(uint(7)));
        assert_eq!(rest, [1, 2, 3]);
        assert_eq!(Value::from_hex("0x03"), Ok(Value::Bool(true)));
        assert_eq!(Value::from_hex("3"), Err(CodecError::NotHex));
    }
}
