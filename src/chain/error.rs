//! What can go wrong with a chain, as opposed to a contract that says no.

use thiserror::Error;

use super::abort::Abort;

/// The program or the machine failed, as opposed to a contract that said no.
#[derive(Debug, Error)]
pub enum ChainError {
    /// The contract lacks the function.
    #[error("contract {contract} has no public or read-only function \"{function}\"")]
    NoFunction {
        /// The contract.
        contract: String,
        /// The function asked for.
        function: String,
    },
    /// The virtual machine broke one of its own promises.
    #[error("the Clarity virtual machine failed in {contract}.{function}: {reason}")]
    Machine {
        /// The contract.
        contract: String,
        /// The function called.
        function: String,
        /// What it said.
        reason: String,
    },
    /// Costs were asked of a chain that does not meter.
    #[error("the chain meters nothing: costs must be \"learned\" or \"exact\"")]
    Unmetered,
    /// The machine's cost tracker cannot be set up.
    #[error("the chain's costs cannot be metered: {0}")]
    Costs(String),
    /// The store holds what no value looks like.
    #[error("the store's entry {value} cannot be read: {reason}")]
    Store {
        /// What is stored.
        value: String,
        /// Why not.
        reason: String,
    },
}

/// Why a contract could not be deployed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DeployError {
    /// Its text or its types are wrong: one line a fault.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<SourceFault>),
    /// It cannot be a contract of that issuer.
    #[error(
        "{file}: \"{name}\" is no legal contract name: letters, digits and hyphens, from a letter, 40 at most"
    )]
    Name {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// Its top-level expressions failed.
    #[error("{file}: the contract does not initialise: {reason}")]
    Initialise {
        /// The file.
        file: String,
        /// What the virtual machine said.
        reason: String,
        /// The same in kind.
        abort: Abort,
    },
}

/// One fault of a contract's source.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}:{column}: {message}")]
pub struct SourceFault {
    /// The file.
    pub file: String,
    /// Line from 1; 0 where the fault has no place.
    pub line: u32,
    /// Column from 1; 0 where the fault has no place.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}
