//! An in-process Stacks chain: accounts with STX, contracts in the Clarity
//! virtual machine, blocks that advance. The only room that names `clarity`.
//! Knows nothing of energy, of the market or of who calls and why.
//!
//! A call runs on the contract's decoded form, which is kept from deployment
//! on; the virtual machine's own `execute_transaction` decodes the whole
//! contract from JSON on every call. [`Chain::call_decoding`] goes that way,
//! as the yardstick that tests and benchmarks hold [`Chain::call`] against.

mod call;
mod callee;
mod costs;
mod deploy;
mod evaluate;
mod execute;
mod headers;
mod literal;
mod look;
mod receipt;
mod store;
mod value;

use std::fmt::Write as _;
use std::sync::Arc;

use clarity::consts::CHAIN_ID_TESTNET;
use clarity::types::StacksEpochId;
use clarity::vm::database::{ClarityDatabase, ClarityDeserializable, STXBalance};
use sha2::{Digest, Sha256};
use thiserror::Error;

pub use costs::{Cost, Dimension, FunctionMetering, Metering, MeteringReport};
pub use deploy::{Access, Clarity, DeployError, Signature, SourceFault};
pub use evaluate::references;
pub use literal::{parse_value, value_text};
pub use look::MapPlace;
pub use receipt::{Event, Receipt, Status};
pub use store::Traffic;
pub use value::{
    Principal, Value, account, as_bool, as_list, as_principal, as_text, as_uint, ascii, boolean,
    contract_principal, field, inner, list, parse_principal, principal, tuple, uint,
};

use crate::units::MicroStx;
use costs::Meter;
use deploy::LoadedContract;
use headers::{EPOCH, Headers};
use store::{MemoryStore, Place};

const CHAIN_ID: u32 = CHAIN_ID_TESTNET;
const MAINNET: bool = false;

/// Seconds that one block, a tenure, stands for.
pub const TENURE_SECONDS: u32 = 600;

/// The program or the virtual machine failed, as opposed to a contract that
/// said no.
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

/// The place of an account's balance in the store of the chain that told it,
/// and of that chain's clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalancePlace(Place);

/// A contract on this chain, in the order of deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractId(usize);

/// The chain. A clone is a snapshot: keep one to come back to it.
#[derive(Clone, Debug)]
pub struct Chain {
    store: MemoryStore,
    contracts: Vec<Arc<LoadedContract>>,
    meter: Meter,
    /// Fees paid in the block under construction.
    fees_pending: MicroStx,
    fee_sink: Principal,
    issued: MicroStx,
}

impl Chain {
    /// A chain at its first block, on which `balances` are all the STX that
    /// ever are. Fees go to an account of their own, [`Chain::fee_sink`].
    ///
    /// # Errors
    /// Where the machine cannot set up its state.
    pub fn genesis(balances: &[(Principal, MicroStx)]) -> Result<Self, ChainError> {
        let mut chain = Self {
            store: MemoryStore::default(),
            contracts: Vec::new(),
            meter: Meter::default(),
            fees_pending: MicroStx::ZERO,
            fee_sink: account("fee-sink"),
            issued: MicroStx::ZERO,
        };
        for (who, amount) in balances {
            let place = chain.balance_place(who);
            let held = chain.stx_balance_at(place)?;
            chain.set_stx_balance(place, held + *amount);
            chain.issued += *amount;
        }
        chain.set_epoch(EPOCH).map_err(|error| ChainError::Machine {
            contract: "genesis".to_owned(),
            function: "epoch".to_owned(),
            reason: error.to_string(),
        })?;
        chain.store.advance();
        Ok(chain)
    }

    fn set_epoch(&mut self, epoch: StacksEpochId) -> clarity::vm::errors::InterpreterResult<()> {
        let issued = self.issued.get();
        let mut database = ClarityDatabase::new(&mut self.store, &Headers, &Headers);
        database.begin();
        database.set_clarity_epoch_version(epoch)?;
        database.increment_ustx_liquid_supply(issued)?;
        database.commit()
    }

    /// Deploys `source` as contract `name` of `issuer`, after the full
    /// analysis that a node does. `file` is what messages call it.
    ///
    /// # Errors
    /// Every parse fault, or the first type fault, with line and column; a
    /// name that is not legal; top-level expressions that fail.
    pub fn deploy(
        &mut self,
        issuer: &Principal,
        name: &str,
        file: &str,
        source: &str,
    ) -> Result<ContractId, DeployError> {
        self.deploy_as(issuer, name, file, source, Clarity::Two)
    }

    /// The same in a version of the language.
    ///
    /// # Errors
    /// As [`Chain::deploy`].
    pub fn deploy_as(
        &mut self,
        issuer: &Principal,
        name: &str,
        file: &str,
        source: &str,
        clarity: Clarity,
    ) -> Result<ContractId, DeployError> {
        let loaded = {
            let (store, known) = (&mut self.store, &self.contracts);
            deploy::deploy(store, known, issuer, name, file, source, clarity)?
        };
        self.contracts.push(loaded);
        self.store.take_traffic();
        Ok(ContractId(self.contracts.len() - 1))
    }

    /// The contract's own principal.
    #[must_use]
    pub fn principal_of(&self, contract: ContractId) -> Principal {
        Principal::Contract(self.contracts[contract.0].id.clone())
    }

    /// Bytes that the chain charges for when the contract is loaded: its source
    /// and what its constants take.
    #[must_use]
    pub fn charged_size(&self, contract: ContractId) -> u64 {
        self.contracts[contract.0].size
    }

    /// The shape of a function, `None` where the contract lacks it.
    #[must_use]
    pub fn signature(&self, contract: ContractId, function: &str) -> Option<&Signature> {
        self.contracts[contract.0].signatures.get(function)
    }

    /// All functions that can be called from outside, by name.
    pub fn signatures(&self, contract: ContractId) -> impl Iterator<Item = (&str, &Signature)> {
        self.contracts[contract.0].signatures.iter().map(|(name, shape)| (name.as_str(), shape))
    }

    /// What `who` holds. Fees of the block under construction are already
    /// gone from it, and not yet in the sink.
    ///
    /// # Errors
    /// Where the account holds what no balance looks like.
    pub fn stx_balance(&self, who: &Principal) -> Result<MicroStx, ChainError> {
        let key = ClarityDatabase::make_key_for_account_balance(who);
        balance(self.store.find(&key))
    }

    /// The place of an account's balance, worked out once and looked at often.
    #[must_use]
    pub fn balance_place(&mut self, who: &Principal) -> BalancePlace {
        BalancePlace(self.store.place(&ClarityDatabase::make_key_for_account_balance(who)))
    }

    /// What the account at a place holds.
    ///
    /// # Errors
    /// As [`Chain::stx_balance`].
    pub fn stx_balance_at(&self, place: BalancePlace) -> Result<MicroStx, ChainError> {
        balance(self.store.peek(place.0))
    }

    /// How often the balance at a place was written: while that stays the same,
    /// so does the balance.
    #[must_use]
    pub fn balance_writes(&self, place: BalancePlace) -> u32 {
        self.store.writes(place.0)
    }

    fn set_stx_balance(&mut self, place: BalancePlace, amount: MicroStx) {
        self.store.poke(place.0, balance_text(amount));
    }

    /// Takes a transaction fee from `payer`; returns whether the payer had
    /// it. It reaches the sink when the block closes.
    ///
    /// # Errors
    /// Where the account holds what no balance looks like.
    pub fn pay_fee(&mut self, payer: BalancePlace, fee: MicroStx) -> Result<bool, ChainError> {
        let Some(rest) = self.stx_balance_at(payer)?.checked_sub(fee) else { return Ok(false) };
        self.set_stx_balance(payer, rest);
        self.fees_pending += fee;
        Ok(true)
    }

    /// Gives back the fee of a transaction that found no room in the block
    /// under construction after all.
    ///
    /// # Errors
    /// As [`Chain::pay_fee`].
    pub fn return_fee(&mut self, payer: BalancePlace, fee: MicroStx) -> Result<(), ChainError> {
        let held = self.stx_balance_at(payer)?;
        self.set_stx_balance(payer, held + fee);
        self.fees_pending -= fee;
        Ok(())
    }

    /// Where fees go.
    #[must_use]
    pub const fn fee_sink(&self) -> &Principal {
        &self.fee_sink
    }

    /// Fees of the block under construction, not yet in the sink.
    #[must_use]
    pub const fn fees_pending(&self) -> MicroStx {
        self.fees_pending
    }

    /// All the STX that genesis made.
    #[must_use]
    pub const fn issued(&self) -> MicroStx {
        self.issued
    }

    /// Height of the block under construction.
    #[must_use]
    pub const fn block_height(&self) -> u32 {
        self.store.height()
    }

    /// Closes the block under construction: its fees reach the sink, and the
    /// next block opens.
    ///
    /// # Errors
    /// Where the sink holds what no balance looks like.
    pub fn advance_block(&mut self) -> Result<(), ChainError> {
        if !self.fees_pending.is_zero() {
            let sink = self.fee_sink.clone();
            let sink = self.balance_place(&sink);
            let held = self.stx_balance_at(sink)?;
            self.set_stx_balance(sink, held + self.fees_pending);
            self.fees_pending = MicroStx::ZERO;
        }
        self.store.advance();
        Ok(())
    }

    /// Sets how the costs of calls are found; [`Metering::Off`] at genesis.
    /// Metering changes nothing but receipts' costs: not the answers, not the
    /// state. What was learned is kept.
    pub const fn set_metering(&mut self, metering: Metering) {
        self.meter.metering = metering;
    }

    /// How the costs of calls are found.
    #[must_use]
    pub const fn metering(&self) -> Metering {
        self.meter.metering
    }

    /// How the costs of calls were found so far with [`Metering::Learned`].
    #[must_use]
    pub fn metering_report(&self) -> MeteringReport {
        self.meter.report(|contract, function| {
            let contract = self.contracts.get(contract)?;
            let name = contract.functions.keys().nth(function as usize)?;
            Some((contract.id.name.as_str(), name.as_str()))
        })
    }

    /// Bytes of memory that the state's entries take.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.store.bytes()
    }

    /// SHA-256 of the whole state: equal digests mean equal states.
    #[must_use]
    pub fn state_digest(&self) -> String {
        self.store.digest()
    }

    /// The whole state, by key: for comparisons in tests.
    #[must_use]
    pub fn state(&self) -> Vec<(&str, &str)> {
        self.store.sorted_entries()
    }
}

/// The balance that an entry of the store tells; nothing where there is none.
fn balance(stored: Option<&str>) -> Result<MicroStx, ChainError> {
    let Some(stored) = stored else { return Ok(MicroStx::ZERO) };
    let balance = STXBalance::deserialize(stored).map_err(|error| ChainError::Store {
        value: stored.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(MicroStx::new(balance.amount_unlocked()))
}

/// A balance as the machine stores it: the amount, nothing locked, no height
/// at which that would be unlocked. What `STXBalance::serialize` writes, in a
/// fraction of the time.
fn balance_text(amount: MicroStx) -> String {
    format!("{:032x}{:048x}", amount.get(), 0)
}

/// SHA-256 of a text, in lower-case hexadecimal digits.
#[must_use]
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use clarity::vm::database::ClaritySerializable as _;

    use super::*;

    #[test]
    fn a_balance_is_written_as_the_machine_writes_it() {
        for amount in [0, 1, 1_000_000, u128::MAX] {
            let text = balance_text(MicroStx::new(amount));
            assert_eq!(text, STXBalance::Unlocked { amount }.serialize());
            assert_eq!(balance(Some(&text)).expect("reads"), MicroStx::new(amount));
        }
    }
}
