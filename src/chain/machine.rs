//! The machines that a chain can run on, behind one interface. Above this file
//! nobody knows which it is. A machine owns the state (contracts, entries,
//! accounts with their STX and their nonces, the height) and does to it what
//! contracts say; fees, and whose turn it is, are a node's affair.
//!
//! What a machine must promise: a clone is a snapshot, and cheap; reads change
//! nothing and take `&self`; a call that does not fit into its room, is rejected
//! or aborts leaves the state as it was; the digest is over the canonical texts
//! of all entries and the height, whatever they are kept as; receipts are equal,
//! to the word, on every machine.

use super::call::{Call, Fitted};
use super::cost::{Cost, Metering, MeteringReport};
use super::error::{ChainError, DeployError};
use super::place::{BalancePlace, ContractId, MapPlace};
use super::principal::{ContractPrincipal, Principal};
use super::receipt::Receipt;
use super::signature::Signature;
use super::source::Source;
use super::value::Value;
use super::vm;
use crate::units::MicroStx;

/// The state of a chain on one of the machines.
#[derive(Clone, Debug)]
pub(super) enum Machine {
    /// The virtual machine that nodes run.
    ClarityVm(vm::machine::Machine),
}

impl Machine {
    /// The state before the first block, on clarity-vm. `balances` are all the
    /// STX that there are.
    pub(super) fn clarity_vm(
        balances: &[(Principal, MicroStx)],
        first_block_time: u64,
    ) -> Result<Self, ChainError> {
        vm::machine::Machine::genesis(balances, first_block_time).map(Self::ClarityVm)
    }

    /// Deploys a contract, whatever it costs.
    pub(super) fn deploy(&mut self, source: &Source<'_>) -> Result<ContractId, DeployError> {
        match self {
            Self::ClarityVm(vm) => vm.deploy(source),
        }
    }

    /// Deploys a contract as a transaction does, at its cost where the machine
    /// meters. What cannot be deployed is an aborted receipt.
    pub(super) fn deploy_within(
        &mut self,
        source: &Source<'_>,
        room: Option<&Cost>,
    ) -> Result<Fitted, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.deploy_within(source, room),
        }
    }

    /// Carries a call out, and keeps what it did where its cost fits.
    pub(super) fn call(
        &mut self,
        call: &Call<'_>,
        room: Option<&Cost>,
    ) -> Result<Fitted, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.call(call, room),
        }
    }

    /// What a call would answer, unmetered; nothing comes of it.
    pub(super) fn look(&self, call: &Call<'_>) -> Result<Receipt, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.look(call),
        }
    }

    /// A call the slow way round, as a yardstick for the fast one.
    pub(super) fn call_decoding(&mut self, call: &Call<'_>) -> Result<Receipt, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.call_decoding(call),
        }
    }

    /// Evaluates an expression inside of a contract, as no transaction can.
    pub(super) fn evaluate(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        text: &str,
    ) -> Result<Receipt, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.evaluate(sender, contract, text),
        }
    }

    /// Moves STX as a transaction does.
    pub(super) fn transfer(
        &mut self,
        sender: &Principal,
        to: &Principal,
        amount: MicroStx,
        memo: &[u8],
    ) -> Result<Receipt, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.transfer(sender, to, amount, memo),
        }
    }

    /// The contract of that principal, where it is deployed.
    pub(super) fn contract_named(&self, of: &ContractPrincipal) -> Option<ContractId> {
        match self {
            Self::ClarityVm(vm) => vm.contract_named(of),
        }
    }

    /// A contract's principal.
    pub(super) fn principal_of(&self, contract: ContractId) -> &ContractPrincipal {
        match self {
            Self::ClarityVm(vm) => vm.principal_of(contract),
        }
    }

    /// Bytes that are charged for when a contract is loaded.
    pub(super) fn charged_size(&self, contract: ContractId) -> u64 {
        match self {
            Self::ClarityVm(vm) => vm.charged_size(contract),
        }
    }

    /// The shape of a function.
    pub(super) fn signature(&self, contract: ContractId, function: &str) -> Option<&Signature> {
        match self {
            Self::ClarityVm(vm) => vm.signature(contract, function),
        }
    }

    /// All functions that can be called from outside, by name.
    pub(super) fn signatures(
        &self,
        contract: ContractId,
    ) -> impl Iterator<Item = (&str, &Signature)> {
        match self {
            Self::ClarityVm(vm) => vm.signatures(contract),
        }
    }

    /// What an account holds.
    pub(super) fn balance(&self, who: &Principal) -> Result<MicroStx, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.balance(who),
        }
    }

    /// The place of an account's balance, kept for it from now on.
    pub(super) fn balance_place(&mut self, who: &Principal) -> BalancePlace {
        match self {
            Self::ClarityVm(vm) => vm.balance_place(who),
        }
    }

    /// What is held at a place.
    pub(super) fn balance_at(&self, place: BalancePlace) -> Result<MicroStx, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.balance_at(place),
        }
    }

    /// How often the balance at a place was written.
    pub(super) fn balance_writes(&self, place: BalancePlace) -> u32 {
        match self {
            Self::ClarityVm(vm) => vm.balance_writes(place),
        }
    }

    /// How many transactions were counted to the account at a place.
    pub(super) fn nonce_at(&self, place: BalancePlace) -> u32 {
        match self {
            Self::ClarityVm(vm) => vm.nonce_at(place),
        }
    }

    /// Sets how many transactions the account at a place has had.
    pub(super) fn set_nonce(&mut self, place: BalancePlace, nonce: u32) {
        match self {
            Self::ClarityVm(vm) => vm.set_nonce(place, nonce),
        }
    }

    /// Sets a balance, outside of any contract.
    pub(super) fn set_balance(&mut self, place: BalancePlace, amount: MicroStx) {
        match self {
            Self::ClarityVm(vm) => vm.set_balance(place, amount),
        }
    }

    /// The place of a map's entry, kept for it from now on.
    pub(super) fn map_place(
        &mut self,
        contract: ContractId,
        map: &str,
        key: &Value,
    ) -> Option<MapPlace> {
        match self {
            Self::ClarityVm(vm) => vm.map_place(contract, map, key),
        }
    }

    /// The place of a variable, kept for it from now on.
    pub(super) fn variable_place(&mut self, contract: ContractId, name: &str) -> Option<MapPlace> {
        match self {
            Self::ClarityVm(vm) => vm.variable_place(contract, name),
        }
    }

    /// The canonical text of what is at a place.
    pub(super) fn raw(&self, place: &MapPlace) -> Option<&str> {
        match self {
            Self::ClarityVm(vm) => vm.raw(place),
        }
    }

    /// How often something was put at a place.
    pub(super) fn writes(&self, place: &MapPlace) -> u32 {
        match self {
            Self::ClarityVm(vm) => vm.writes(place),
        }
    }

    /// The value at a place.
    pub(super) fn entry(&self, place: &MapPlace) -> Result<Option<Value>, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.entry(place),
        }
    }

    /// The value under a key of a map.
    pub(super) fn map_entry(
        &self,
        contract: ContractId,
        map: &str,
        key: &Value,
    ) -> Result<Option<Value>, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.map_entry(contract, map, key),
        }
    }

    /// The value of a variable.
    pub(super) fn variable(
        &self,
        contract: ContractId,
        name: &str,
    ) -> Result<Option<Value>, ChainError> {
        match self {
            Self::ClarityVm(vm) => vm.variable(contract, name),
        }
    }

    /// Height of the block under construction.
    pub(super) const fn height(&self) -> u32 {
        match self {
            Self::ClarityVm(vm) => vm.height(),
        }
    }

    /// Unix time of the first block, at height 1.
    pub(super) const fn first_block_time(&self) -> u64 {
        match self {
            Self::ClarityVm(vm) => vm.first_block_time(),
        }
    }

    /// Opens the next block.
    pub(super) const fn advance(&mut self) {
        match self {
            Self::ClarityVm(vm) => vm.advance(),
        }
    }

    /// Sets how the costs of calls are found.
    pub(super) const fn set_metering(&mut self, metering: Metering) {
        match self {
            Self::ClarityVm(vm) => vm.set_metering(metering),
        }
    }

    /// How the costs of calls are found.
    pub(super) const fn metering(&self) -> Metering {
        match self {
            Self::ClarityVm(vm) => vm.metering(),
        }
    }

    /// How the costs of calls were found so far, where they are learned.
    pub(super) fn metering_report(&self) -> MeteringReport {
        match self {
            Self::ClarityVm(vm) => vm.metering_report(),
        }
    }

    /// Bytes of memory that the state's entries take.
    pub(super) fn stored_bytes(&self) -> u64 {
        match self {
            Self::ClarityVm(vm) => vm.stored_bytes(),
        }
    }

    /// SHA-256 of the canonical state.
    pub(super) fn state_digest(&self) -> String {
        match self {
            Self::ClarityVm(vm) => vm.state_digest(),
        }
    }

    /// The canonical state, by key.
    pub(super) fn state(&self) -> Vec<(&str, &str)> {
        match self {
            Self::ClarityVm(vm) => vm.state(),
        }
    }
}
