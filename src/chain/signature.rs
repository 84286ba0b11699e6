//! What can be called of a contract, and in which version of the language it
//! is written.

use super::types::Type;

/// A version of the language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clarity {
    /// The first.
    One,
    /// The second, from epoch 2.1 on.
    #[default]
    Two,
}

impl Clarity {
    /// The version of that number; none where it does not run here.
    #[must_use]
    pub const fn numbered(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// A version of the chain's rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epoch {
    /// 2.5: one block a tenure, Clarity 1 and 2.
    #[default]
    TwoPointFive,
}

impl Epoch {
    /// Its name, as `2.5`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TwoPointFive => "2.5",
        }
    }
}

/// Whether a function changes the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `define-public`.
    Public,
    /// `define-read-only`.
    ReadOnly,
}

/// The shape of a function that can be called from outside. Types are shown as
/// Clarity writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Whether it changes the chain.
    pub access: Access,
    /// Its arguments' names and types.
    pub arguments: Vec<(String, Type)>,
    /// What it returns.
    pub returns: Type,
}
