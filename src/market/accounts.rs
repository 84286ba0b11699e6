//! Who is who: the market's participants by a small number, and their
//! principals on the chain.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::chain::{Principal, account};

/// A participant, or a contract, by its place in the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account(u32);

impl Account {
    /// Its place in the directory, from zero.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Version and hash of a standard principal: half the memory of a [`Principal`],
/// which has room for a contract's name.
type Address = [u8; 21];

/// The directory of everyone who may appear in a receipt.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    principals: Vec<Principal>,
    people: HashMap<Address, u32, FxBuildHasher>,
    contracts: HashMap<Principal, u32, FxBuildHasher>,
}

/// The address of a principal that is no contract.
fn address(principal: &Principal) -> Option<Address> {
    let Principal::Standard(data) = principal else { return None };
    let mut address = [data.0; 21];
    address[1..].copy_from_slice(&data.1);
    Some(address)
}

impl Accounts {
    /// A directory with room for `count` participants.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        let mut accounts = Self::default();
        accounts.principals.reserve_exact(count);
        accounts.people.reserve(count);
        accounts
    }

    /// Enters the account that `label` stands for; the same label gives the
    /// same principal on every machine.
    pub fn enter(&mut self, label: &str) -> Account {
        self.enter_principal(account(label))
    }

    /// Enters a principal, a contract's say.
    pub fn enter_principal(&mut self, principal: Principal) -> Account {
        if let Some(known) = self.find(&principal) {
            return known;
        }
        let number = self.principals.len() as u32;
        match address(&principal) {
            Some(address) => self.people.insert(address, number),
            None => self.contracts.insert(principal.clone(), number),
        };
        self.principals.push(principal);
        Account(number)
    }

    /// The principal of an account.
    #[must_use]
    pub fn principal(&self, account: Account) -> &Principal {
        &self.principals[account.index()]
    }

    /// The account of a principal, where it was entered.
    #[must_use]
    pub fn find(&self, principal: &Principal) -> Option<Account> {
        let number = match address(principal) {
            Some(address) => self.people.get(&address),
            None => self.contracts.get(principal),
        };
        number.copied().map(Account)
    }

    /// How many were entered.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.principals.len()
    }

    /// Whether nobody was.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.principals.is_empty()
    }

    /// All accounts, in the order of entry.
    pub fn iter(&self) -> impl Iterator<Item = Account> + use<> {
        (0..self.principals.len() as u32).map(Account)
    }
}
