//! Ways to break a file's bytes, for tests of those that read it.

use proptest::prelude::*;

/// One way to break a text.
#[derive(Clone, Debug)]
pub(crate) enum Break {
    Byte(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Word(prop::sample::Index, &'static str),
}

/// What a number or a name is never thought to be.
const WORDS: &[&str] = &[
    "",
    "-1",
    "0",
    "1e999",
    "NaN",
    "inf",
    "4294967296",
    "18446744073709551616",
    "340282366920938463463374607431768211455",
    "340282366920938463463374607431768211456",
    "null",
    "true",
    "[]",
    "{}",
    "\"",
    "\\",
    "'",
    ",",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "ü",
    "((((((((",
    "\\u0000",
    "2024-02-30T25:61",
    "u",
    "0x0",
    "'ST",
    "(list",
    "#",
];

pub(crate) fn breaks() -> impl Strategy<Value = Vec<Break>> {
    let place = any::<prop::sample::Index>;
    let one = prop_oneof![
        4 => (place(), any::<u8>()).prop_map(|(at, byte)| Break::Byte(at, byte)),
        1 => place().prop_map(Break::Cut),
        2 => (place(), 1..200_usize).prop_map(|(at, length)| Break::Remove(at, length)),
        2 => (place(), 1..200_usize).prop_map(|(at, length)| Break::Repeat(at, length)),
        6 => (place(), prop::sample::select(WORDS)).prop_map(|(at, word)| Break::Word(at, word)),
    ];
    prop::collection::vec(one, 1..4)
}

/// `bytes` broken; words take the place of what stands between two marks of
/// punctuation, so that most of the text keeps its shape.
pub(crate) fn broken(bytes: &[u8], breaks: &[Break]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for one in breaks {
        if bytes.is_empty() {
            break;
        }
        match one {
            Break::Byte(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Break::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Break::Remove(at, length) => {
                let at = at.index(bytes.len());
                let end = bytes.len().min(at + length);
                bytes.drain(at..end);
            }
            Break::Repeat(at, length) => {
                let at = at.index(bytes.len());
                let part = bytes[at..bytes.len().min(at + length)].to_vec();
                bytes.splice(at..at, part);
            }
            Break::Word(at, word) => {
                let at = at.index(bytes.len());
                let mark = |byte: &u8| b",:\"\n ;[]{}()=".contains(byte);
                let start = bytes[..at].iter().rposition(mark).map_or(0, |place| place + 1);
                let end = bytes[at..].iter().position(mark).map_or(bytes.len(), |place| at + place);
                bytes.splice(start..end.max(start), word.bytes());
            }
        }
    }
    bytes
}

/// The message of what could not be read names its file.
pub(crate) fn names_file<T>(
    read: Result<T, impl std::fmt::Display>,
    file: &str,
) -> Result<(), TestCaseError> {
    if let Err(error) = read {
        let message = error.to_string();
        prop_assert!(message.contains(file), "{}", message);
        prop_assert!(message.len() < 2_000, "{} letters: {:.200}", message.len(), message);
    }
    Ok(())
}
