//! The contracts' source texts: the shipped pair, a variant's files, or a
//! whole Clarinet project; and the order in which they are deployed.

use std::collections::BTreeSet;
use std::path::Path;

use super::MarketError;
use super::project::{ProjectError, read_project};
use crate::chain::{self, Chain, ContractId, Principal};
use crate::market::function::Contract;

const WATTCONNECT: &str = include_str!("../../contracts/wattconnect.clar");
const ENERGY_PRODUCTION: &str = include_str!("../../contracts/energy-production.clar");

pub use crate::chain::Clarity;

/// One contract's text and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name on the chain.
    pub name: String,
    /// The file, as messages call it.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The version of the language that it is written in.
    pub clarity: Clarity,
}

impl Source {
    /// Reads a contract's file.
    ///
    /// # Errors
    /// Where the file cannot be read as UTF-8 text.
    pub fn read(name: &str, path: &Path, clarity: Clarity) -> std::io::Result<Self> {
        let (name, file) = (name.to_owned(), path.display().to_string());
        Ok(Self { name, file, text: std::fs::read_to_string(path)?, clarity })
    }

    /// SHA-256 of the text, in hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> String {
        chain::sha256(&self.text)
    }
}

/// The texts of both contracts, and of those that they need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Trading.
    pub wattconnect: Source,
    /// Certification.
    pub energy_production: Source,
    /// What else is deployed with them.
    pub others: Vec<Source>,
}

impl Code {
    /// The contracts that this program ships.
    #[must_use]
    pub fn shipped() -> Self {
        let source = |contract: Contract, text: &str| Source {
            name: contract.name().to_owned(),
            file: format!("contracts/{contract}.clar"),
            text: text.to_owned(),
            clarity: Clarity::Two,
        };
        Self {
            wattconnect: source(Contract::WattConnect, WATTCONNECT),
            energy_production: source(Contract::EnergyProduction, ENERGY_PRODUCTION),
            others: Vec::new(),
        }
    }

    /// The contracts of the Clarinet project at `path`, a Clarinet.toml or the
    /// folder of one: `wattconnect` and
    /// `energy_production` are what it calls the two.
    ///
    /// # Errors
    /// Where the project cannot be read or obeyed, or lacks one of them.
    pub fn project(
        path: &Path,
        wattconnect: &str,
        energy_production: &str,
    ) -> Result<Self, ProjectError> {
        // The folder of a project stands for its Clarinet.toml.
        let manifest = if path.is_dir() { path.join("Clarinet.toml") } else { path.to_owned() };
        let mut sources = read_project(&manifest)?;
        let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
        let mut take = |name: &str| {
            let place = sources.iter().position(|source| source.name == name);
            place.map(|place| sources.remove(place)).ok_or_else(|| ProjectError {
                file: path.display().to_string(),
                key: format!("contracts.{name}: "),
                message: format!(
                    "missing; the project has {}: say which is which with \
                     contracts.wattconnect_name and contracts.energy_production_name",
                    names.join(", ")
                ),
            })
        };
        Ok(Self {
            wattconnect: take(wattconnect)?,
            energy_production: take(energy_production)?,
            others: sources,
        })
    }

    /// The text of one of them.
    #[must_use]
    pub const fn of(&self, contract: Contract) -> &Source {
        match contract {
            Contract::WattConnect => &self.wattconnect,
            Contract::EnergyProduction => &self.energy_production,
        }
    }

    /// All of them: trading, certification, the others.
    pub fn all(&self) -> impl Iterator<Item = &Source> {
        [&self.wattconnect, &self.energy_production].into_iter().chain(&self.others)
    }

    /// Deploys all as `owner`'s, each after those that it refers to.
    ///
    /// # Errors
    /// Where one does not compile or initialise, or where they refer to each
    /// other in a circle.
    pub fn deploy(
        &self,
        chain: &mut Chain,
        owner: &Principal,
    ) -> Result<(ContractId, ContractId), MarketError> {
        let mut ids = [None, None];
        for source in self.in_order()? {
            let (name, file) = (&source.name, &source.file);
            let id = chain.deploy_as(owner, name, file, &source.text, source.clarity)?;
            if std::ptr::eq(source, &raw const self.wattconnect) {
                ids[0] = Some(id);
            } else if std::ptr::eq(source, &raw const self.energy_production) {
                ids[1] = Some(id);
            }
        }
        match ids {
            [Some(wattconnect), Some(energy_production)] => Ok((wattconnect, energy_production)),
            _ => Err(MarketError::Circle { names: Vec::new() }),
        }
    }

    /// Each source after those that it refers to, otherwise as they stand: the
    /// order of deployment.
    ///
    /// # Errors
    /// Where they refer to each other in a circle.
    pub fn in_order(&self) -> Result<Vec<&Source>, MarketError> {
        let known: BTreeSet<&str> = self.all().map(|source| source.name.as_str()).collect();
        let mut waiting: Vec<(&Source, BTreeSet<String>)> = self
            .all()
            .map(|source| {
                let mut needs = chain::references(&source.text);
                needs.retain(|name| known.contains(name.as_str()) && *name != source.name);
                (source, needs)
            })
            .collect();
        let mut ordered: Vec<&Source> = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|(_, needs)| {
                needs.iter().all(|name| ordered.iter().any(|done| done.name == *name))
            });
            let Some(ready) = ready else {
                let names = waiting.iter().map(|(source, _)| source.name.clone()).collect();
                return Err(MarketError::Circle { names });
            };
            ordered.push(waiting.remove(ready).0);
        }
        Ok(ordered)
    }
}
