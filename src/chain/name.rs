//! The names that Clarity allows: of functions, fields, maps and assets, and of
//! contracts. Only what is legal can be one.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Characters of a name at most.
const MOST: usize = 128;

/// The name of a function, a field, a map, a variable or an asset: letters,
/// digits and `-_!?+<>=/*`, from a letter, 128 at most; or an operator alone,
/// `-`, `+`, `=`, `/`, `*`, `<`, `>`, `<=` or `>=`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

/// The name of a contract below that of its issuer: letters, digits, `-` and
/// `_`, from a letter. Up to 128 characters count as a name; contracts can be
/// deployed under up to 40.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractName(Arc<str>);

impl Name {
    /// The name that the text is; `None` where it is no legal one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let word = |text: &str| {
            text.len() <= MOST
                && text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_!?+<>=/*".contains(&b))
        };
        let operator =
            |text: &str| matches!(text, "-" | "+" | "=" | "/" | "*" | "<" | ">" | "<=" | ">=");
        (word(text) || operator(text)).then(|| Self(text.into()))
    }

    /// A name that was checked before, by the machine that it comes from.
    pub(super) fn checked(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ContractName {
    /// The name that the text is; `None` where it is no legal one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let word = text.len() <= MOST
            && text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        // The machine's own name for code that belongs to no contract.
        (word || text == "__transient").then(|| Self(text.into()))
    }

    /// A name that was checked before, by the machine that it comes from.
    pub(super) fn checked(text: &str) -> Self {
        Self(text.into())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What both kinds of names have in common: they are their text.
macro_rules! is_its_text {
    ($name:ident) => {
        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

is_its_text!(Name);
is_its_text!(ContractName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_is_refused() {
        for legal in ["a", "max-price", "is-ok?", "a->b", "<", ">=", &"a".repeat(128)] {
            assert_eq!(Name::new(legal).as_deref(), Some(legal));
        }
        for illegal in ["", "1a", "-a", "=>", "a b", "ä", "a\n", "<=>", &"a".repeat(129)] {
            assert_eq!(Name::new(illegal), None, "{illegal}");
        }
        for legal in ["wattconnect", "a_b-2", "__transient"] {
            assert_eq!(ContractName::new(legal).as_deref(), Some(legal));
        }
        for illegal in ["", "_a", "a!", "a.b", "9", "a\n"] {
            assert_eq!(ContractName::new(illegal), None, "{illegal}");
        }
    }
}
