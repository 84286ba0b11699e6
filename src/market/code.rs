//! The contracts' source texts: the shipped pair, or a variant's files.

use std::path::Path;

use crate::chain::{self, Chain, ContractId, DeployError, Principal};
use crate::market::function::Contract;

const WATTCONNECT: &str = include_str!("../../contracts/wattconnect.clar");
const ENERGY_PRODUCTION: &str = include_str!("../../contracts/energy-production.clar");

/// One contract's text and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file, as messages call it.
    pub file: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Reads a contract's file.
    ///
    /// # Errors
    /// Where the file cannot be read as UTF-8 text.
    pub fn read(path: &Path) -> std::io::Result<Self> {
        Ok(Self { file: path.display().to_string(), text: std::fs::read_to_string(path)? })
    }

    /// SHA-256 of the text, in hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> String {
        chain::sha256(&self.text)
    }
}

/// The texts of both contracts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Trading.
    pub wattconnect: Source,
    /// Certification.
    pub energy_production: Source,
}

impl Code {
    /// The contracts that this program ships.
    #[must_use]
    pub fn shipped() -> Self {
        let source =
            |file: &str, text: &str| Source { file: file.to_owned(), text: text.to_owned() };
        Self {
            wattconnect: source("contracts/wattconnect.clar", WATTCONNECT),
            energy_production: source("contracts/energy-production.clar", ENERGY_PRODUCTION),
        }
    }

    /// The text of one of them.
    #[must_use]
    pub const fn of(&self, contract: Contract) -> &Source {
        match contract {
            Contract::WattConnect => &self.wattconnect,
            Contract::EnergyProduction => &self.energy_production,
        }
    }

    /// Deploys both as `owner`'s, trading first, since certification calls
    /// it.
    ///
    /// # Errors
    /// Where one does not compile or initialise.
    pub fn deploy(
        &self,
        chain: &mut Chain,
        owner: &Principal,
    ) -> Result<(ContractId, ContractId), DeployError> {
        let mut deploy = |contract: Contract| {
            let source = self.of(contract);
            chain.deploy(owner, contract.name(), &source.file, &source.text)
        };
        Ok((deploy(Contract::WattConnect)?, deploy(Contract::EnergyProduction)?))
    }
}
