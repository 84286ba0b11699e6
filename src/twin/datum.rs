//! Values that go into a call and come out of it, with people by their number.
//! Plain data: knows neither the chain's values nor what any of them means.

use std::sync::Arc;

use crate::market::Account;

/// A value of an argument, an answer or an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum {
    /// A number.
    Uint(u128),
    /// A truth.
    Bool(bool),
    /// An account or a contract.
    Who(Account),
    /// Printable ASCII.
    Text(Arc<str>),
    /// Something or nothing.
    Maybe(Option<Box<Self>>),
    /// Values of one kind.
    List(Vec<Self>),
    /// Named values, in any order.
    Tuple(Vec<(&'static str, Self)>),
}

impl Datum {
    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// Someone, or nobody.
    #[must_use]
    pub fn maybe_who(who: Option<Account>) -> Self {
        Self::Maybe(who.map(|who| Box::new(Self::Who(who))))
    }

    /// A reading of a batch; `role` is what the interface calls whose it is.
    #[must_use]
    pub fn reading(role: &'static str, of: Account, amount: u128) -> Self {
        Self::Tuple(vec![(role, Self::Who(of)), ("amount", Self::Uint(amount))])
    }

    /// An order of a purchase from many.
    #[must_use]
    pub fn order(seller: Account, amount: u128, max_price: u128) -> Self {
        Self::Tuple(vec![
            ("seller", Self::Who(seller)),
            ("amount", Self::Uint(amount)),
            ("max-price", Self::Uint(max_price)),
        ])
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Tuple(fields) => {
                fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The number, where it is one.
    #[must_use]
    pub const fn as_uint(&self) -> Option<u128> {
        match self {
            Self::Uint(number) => Some(*number),
            _ => None,
        }
    }

    /// The account, where it is one.
    #[must_use]
    pub const fn as_who(&self) -> Option<Account> {
        match self {
            Self::Who(who) => Some(*who),
            _ => None,
        }
    }
}
