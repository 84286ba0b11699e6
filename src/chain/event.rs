//! What contracts let the world know while a call runs.

use std::fmt;

use super::name::Name;
use super::principal::{ContractPrincipal, Principal};
use super::value::Value;
use crate::units::MicroStx;

/// A fungible or a non-fungible token: the contract that defines it, and its
/// name there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asset {
    /// The contract.
    pub contract: ContractPrincipal,
    /// The token's name.
    pub name: Name,
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.contract, self.name)
    }
}

/// Something that a contract let the world know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A value printed by that contract.
    Print(ContractPrincipal, Value),
    /// STX that changed hands.
    StxTransfer {
        /// Who paid.
        from: Principal,
        /// Who was paid.
        to: Principal,
        /// How much.
        amount: MicroStx,
        /// What the payer wrote beside it; up to 34 bytes.
        memo: Vec<u8>,
    },
    /// STX that did not exist before.
    StxMint {
        /// Whose it is.
        to: Principal,
        /// How much.
        amount: MicroStx,
    },
    /// STX that is gone for good.
    StxBurn {
        /// Whose it was.
        from: Principal,
        /// How much.
        amount: MicroStx,
    },
    /// STX that is locked for a time.
    StxLock {
        /// Whose it is.
        who: Principal,
        /// How much.
        amount: MicroStx,
        /// The Bitcoin height at which it is free again.
        unlock_height: u64,
        /// The contract that locked it.
        contract: ContractPrincipal,
    },
    /// Fungible tokens that changed hands.
    FtTransfer {
        /// The token.
        asset: Asset,
        /// Whose they were.
        from: Principal,
        /// Whose they are.
        to: Principal,
        /// How many.
        amount: u128,
    },
    /// Fungible tokens that did not exist before.
    FtMint {
        /// The token.
        asset: Asset,
        /// Whose they are.
        to: Principal,
        /// How many.
        amount: u128,
    },
    /// Fungible tokens that are gone for good.
    FtBurn {
        /// The token.
        asset: Asset,
        /// Whose they were.
        from: Principal,
        /// How many.
        amount: u128,
    },
    /// A non-fungible token that changed hands.
    NftTransfer {
        /// The kind of token.
        asset: Asset,
        /// Whose it was.
        from: Principal,
        /// Whose it is.
        to: Principal,
        /// Which one.
        value: Value,
    },
    /// A non-fungible token that did not exist before.
    NftMint {
        /// The kind of token.
        asset: Asset,
        /// Whose it is.
        to: Principal,
        /// Which one.
        value: Value,
    },
    /// A non-fungible token that is gone for good.
    NftBurn {
        /// The kind of token.
        asset: Asset,
        /// Whose it was.
        from: Principal,
        /// Which one.
        value: Value,
    },
}
