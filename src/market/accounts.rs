//! Who is who: the market's participants by a small number, and their
//! principals on the chain.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

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

/// The directory of everyone who may appear in a receipt.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    principals: Vec<Principal>,
    /// By the first bytes of an address, which tell nearly all apart in a third
    /// of the memory.
    numbers: HashMap<u64, u32, FxBuildHasher>,
    /// Who shares those with someone entered earlier.
    others: HashMap<Principal, u32, FxBuildHasher>,
}

/// The first bytes of a principal's address, a contract's being its deployer's.
fn first_bytes(principal: &Principal) -> u64 {
    let hash = principal.account().hash160();
    hash.iter().take(8).fold(0, |bytes, byte| bytes << 8 | u64::from(*byte))
}

impl Accounts {
    /// A directory with room for `count` participants.
    #[must_use]
    pub fn with_capacity(count: usize) -> Self {
        let mut accounts = Self::default();
        accounts.principals.reserve_exact(count);
        accounts.numbers.reserve(count);
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
        match self.numbers.entry(first_bytes(&principal)) {
            Entry::Vacant(free) => _ = free.insert(number),
            Entry::Occupied(_) => _ = self.others.insert(principal.clone(), number),
        }
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
        let number = *self.numbers.get(&first_bytes(principal))?;
        if self.principals[number as usize] == *principal {
            return Some(Account(number));
        }
        self.others.get(principal).copied().map(Account)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::contract_principal;

    #[test]
    fn a_deployer_and_its_contracts_are_told_apart() {
        let deployer = account("deployer");
        let contract = |name: &str| {
            Principal::Contract(contract_principal(&deployer, name).expect("a contract's name"))
        };
        let mut accounts = Accounts::default();
        let all = [contract("one"), deployer.clone(), contract("two"), account("somebody")];
        let entered: Vec<_> =
            all.iter().map(|principal| accounts.enter_principal(principal.clone())).collect();
        assert_eq!(entered, accounts.iter().collect::<Vec<_>>());
        for (principal, account) in all.iter().zip(entered) {
            assert_eq!(accounts.find(principal), Some(account), "{principal}");
            assert_eq!(accounts.enter_principal(principal.clone()), account, "{principal}");
            assert_eq!(accounts.principal(account), principal);
        }
        assert_eq!(accounts.find(&contract("three")), None);
        assert_eq!(accounts.find(&account("nobody")), None);
    }
}
