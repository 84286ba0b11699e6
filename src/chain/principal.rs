//! Who is who on the chain: accounts and contracts, and their addresses.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::c32;
use super::name::ContractName;

/// Version byte of single-signature testnet addresses (`ST…`).
const TESTNET_SINGLE_SIGNATURE: u8 = 26;

/// An account: a version byte, which tells the network and the number of
/// signatures, and the hash of its key or script.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StandardPrincipal {
    version: u8,
    hash160: [u8; 20],
}

/// A contract: who deployed it, and its name. Shared, so that a principal takes
/// no more room than the account that nearly all are.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractPrincipal(Arc<(StandardPrincipal, ContractName)>);

/// An account or a contract on the chain.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// An account.
    Standard(StandardPrincipal),
    /// A contract.
    Contract(ContractPrincipal),
}

impl StandardPrincipal {
    /// The account of that version byte (22 and 26 are `SP…` and `ST…`) and
    /// hash. Bytes past 31 are none of an address; the chain's values can hold
    /// them all the same.
    #[must_use]
    pub const fn new(version: u8, hash160: [u8; 20]) -> Self {
        Self { version, hash160 }
    }

    /// The version byte.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The hash of its key or script.
    #[must_use]
    pub const fn hash160(&self) -> &[u8; 20] {
        &self.hash160
    }

    /// The account from its address, as `ST…`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        c32::parse_address(text).map(|(version, hash160)| Self { version, hash160 })
    }
}

impl ContractPrincipal {
    /// The contract `name` of `issuer`.
    #[must_use]
    pub fn new(issuer: StandardPrincipal, name: ContractName) -> Self {
        Self(Arc::new((issuer, name)))
    }

    /// Who deployed it.
    #[must_use]
    pub fn issuer(&self) -> &StandardPrincipal {
        &self.0.0
    }

    /// Its name below that of its issuer.
    #[must_use]
    pub fn name(&self) -> &ContractName {
        &self.0.1
    }
}

impl Principal {
    /// The account, or the one that deployed the contract.
    #[must_use]
    pub fn account(&self) -> &StandardPrincipal {
        match self {
            Self::Standard(account) => account,
            Self::Contract(contract) => contract.issuer(),
        }
    }
}

impl From<StandardPrincipal> for Principal {
    fn from(account: StandardPrincipal) -> Self {
        Self::Standard(account)
    }
}

impl From<ContractPrincipal> for Principal {
    fn from(contract: ContractPrincipal) -> Self {
        Self::Contract(contract)
    }
}

impl fmt::Display for StandardPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match c32::address(self.version, &self.hash160) {
            Some(address) => f.write_str(&address),
            // What the virtual machine writes for a version without a digit.
            None => f.write_str("INVALID_C32_ADD"),
        }
    }
}

impl fmt::Display for ContractPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.issuer(), self.name())
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard(account) => account.fmt(f),
            Self::Contract(contract) => contract.fmt(f),
        }
    }
}

impl fmt::Debug for StandardPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for ContractPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The account that a label stands for, on the test network: the same on every
/// machine, and no one's real key.
#[must_use]
pub fn account(label: &str) -> Principal {
    let digest = Sha256::digest(label.as_bytes());
    let mut hash160 = [0; 20];
    hash160.copy_from_slice(&digest[..20]);
    StandardPrincipal::new(TESTNET_SINGLE_SIGNATURE, hash160).into()
}

/// A principal from its text, `ST…` or `ST….contract`, with or without the
/// quote that Clarity writes before it.
#[must_use]
pub fn parse_principal(text: &str) -> Option<Principal> {
    let text = text.strip_prefix('\'').unwrap_or(text);
    match text.split_once('.') {
        None => StandardPrincipal::parse(text).map(Into::into),
        Some((issuer, name)) => {
            let issuer = StandardPrincipal::parse(issuer)?;
            Some(ContractPrincipal::new(issuer, ContractName::new(name)?).into())
        }
    }
}

/// The contract `name` of `issuer`; `None` where that is no legal name or the
/// issuer is itself a contract.
#[must_use]
pub fn contract_principal(issuer: &Principal, name: &str) -> Option<ContractPrincipal> {
    let Principal::Standard(issuer) = issuer else { return None };
    Some(ContractPrincipal::new(*issuer, ContractName::new(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_make_lasting_testnet_accounts() {
        let operator = account("operator");
        assert_eq!(operator, account("operator"));
        assert_ne!(operator, account("buyer-0"));
        assert!(operator.to_string().starts_with("ST"));
        assert_eq!(parse_principal(&operator.to_string()), Some(operator));
        assert_eq!(parse_principal("nobody"), None);
        assert_eq!(parse_principal("ઓ豈"), None);
    }

    #[test]
    fn contracts_are_written_below_their_issuers() {
        let issuer = account("operator");
        let contract = contract_principal(&issuer, "wattconnect").expect("legal");
        assert_eq!(contract.to_string(), format!("{issuer}.wattconnect"));
        let contract = Principal::Contract(contract);
        assert_eq!(parse_principal(&format!("'{contract}")), Some(contract.clone()));
        assert_eq!(contract_principal(&contract, "other"), None);
        assert_eq!(contract_principal(&issuer, "9"), None);
        assert_eq!(parse_principal(&format!("{issuer}.")), None);
    }
}
