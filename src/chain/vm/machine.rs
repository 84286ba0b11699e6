//! The state of a chain that runs on clarity-vm, and all that can be done to
//! it. What a node does around it, fees and turns, is not known here.

use std::sync::Arc;

use clarity::vm::ast::ASTRules;
use clarity::vm::contexts::{AssetMap, OwnedEnvironment};
use clarity::vm::costs::LimitedCostTracker;
use clarity::vm::database::{ClarityDatabase, ClarityDeserializable, STXBalance, StoreType};
use clarity::vm::errors::Error as MachineError;
use clarity::vm::types::{BuffData, ResponseData};
use clarity::vm::{SymbolicExpression, Value as VmValue};

use super::contract::{LoadedContract, LoadedFunction};
use super::convert::{event_of, vm_principal, vm_value};
use super::costs::meter::Meter;
use super::deploy::{Deployed, deploy};
use super::execute::{Done, Transaction};
use super::genesis::set_up;
use super::headers::{CHAIN_ID, EPOCH, Headers, MAINNET};
use super::overlay::Overlay;
use super::receipt::{Executed, receipt};
use super::store::MemoryStore;
use crate::chain::abort::{Abort, AbortKind};
use crate::chain::call::{Call, Fitted};
use crate::chain::cost::{Cost, Metering, MeteringReport};
use crate::chain::error::{ChainError, DeployError};
use crate::chain::place::{BalancePlace, ContractId, MapPlace};
use crate::chain::principal::{ContractPrincipal, Principal};
use crate::chain::receipt::{Receipt, Status, Traffic};
use crate::chain::signature::Signature;
use crate::chain::source::Source;
use crate::chain::value::Value;
use crate::units::MicroStx;

/// A chain's state on clarity-vm. A clone is a snapshot.
#[derive(Clone, Debug)]
pub(in crate::chain) struct Machine {
    pub(super) store: MemoryStore,
    pub(super) contracts: Vec<Arc<LoadedContract>>,
    meter: Meter,
    headers: Headers,
}

impl Machine {
    /// The state before the first block, on which `balances` are all the STX
    /// that there are.
    pub(in crate::chain) fn genesis(
        balances: &[(Principal, MicroStx)],
        first_block_time: u64,
    ) -> Result<Self, ChainError> {
        let mut machine = Self {
            store: MemoryStore::default(),
            contracts: Vec::new(),
            meter: Meter::default(),
            headers: Headers { first_block_time },
        };
        let mut issued = MicroStx::ZERO;
        for (who, amount) in balances {
            let place = machine.balance_place(who);
            let held = machine.balance_at(place)?;
            machine.set_balance(place, held + *amount);
            issued += *amount;
        }
        set_up(&mut machine.store, machine.headers, issued.get())
            .map_err(|error| failed("genesis", "epoch", &error))?;
        machine.store.advance();
        Ok(machine)
    }

    /// Deploys a contract, unmetered.
    pub(in crate::chain) fn deploy(
        &mut self,
        source: &Source<'_>,
    ) -> Result<ContractId, DeployError> {
        let (overlay, deployed) = self.deployed(source, LimitedCostTracker::new_free())?;
        let written = overlay.into_written();
        let contract = Arc::new(deployed.contract);
        written.commit_to(&mut self.store);
        self.contracts.push(contract);
        Ok(ContractId(self.contracts.len() - 1))
    }

    fn deployed(
        &self,
        source: &Source<'_>,
        tracker: LimitedCostTracker,
    ) -> Result<(Overlay<'_>, Deployed), DeployError> {
        let callables: Vec<_> = self.contracts.iter().map(|it| it.callable()).collect();
        let mut overlay = Overlay::over(&self.store, None);
        let deployed = deploy(&mut overlay, self.headers, &callables, source, tracker)?;
        Ok((overlay, deployed))
    }

    /// Deploys a contract as a transaction does, at its cost where the machine
    /// meters; a contract that cannot be deployed is an aborted receipt.
    pub(in crate::chain) fn deploy_within(
        &mut self,
        source: &Source<'_>,
        room: Option<&Cost>,
    ) -> Result<Fitted, ChainError> {
        let metered = self.meter.metering != Metering::Off;
        let tracker =
            if metered { self.meter.new_tracker()? } else { LimitedCostTracker::new_free() };
        let (overlay, deployed) = match self.deployed(source, tracker) {
            Ok(done) => done,
            Err(error) => {
                let status = Status::Aborted(undeployed(&error));
                let (events, traffic) = (Vec::new(), Traffic::default());
                let cost = metered.then_some(Cost::ZERO);
                return Ok(Ok(Receipt { status, events, traffic, cost }));
            }
        };
        if room.is_some_and(|room| !deployed.cost.fits_in(room)) {
            return Ok(Err(deployed.cost));
        }
        let (traffic, written) = (overlay.traffic(), overlay.into_written());
        written.commit_to(&mut self.store);
        self.contracts.push(Arc::new(deployed.contract));
        Ok(Ok(Receipt {
            status: Status::Accepted(Value::Bool(true)),
            events: deployed.events.into_iter().map(event_of).collect(),
            traffic,
            cost: metered.then_some(deployed.cost),
        }))
    }

    /// The contract of that principal, where it is deployed.
    pub(in crate::chain) fn contract_named(&self, of: &ContractPrincipal) -> Option<ContractId> {
        self.contracts.iter().position(|it| it.principal == *of).map(ContractId)
    }

    pub(in crate::chain) fn principal_of(&self, contract: ContractId) -> &ContractPrincipal {
        &self.contracts[contract.0].principal
    }

    pub(in crate::chain) fn charged_size(&self, contract: ContractId) -> u64 {
        self.contracts[contract.0].size
    }

    pub(in crate::chain) fn signature(
        &self,
        contract: ContractId,
        function: &str,
    ) -> Option<&Signature> {
        self.contracts[contract.0].signatures.get(function)
    }

    pub(in crate::chain) fn signatures(
        &self,
        contract: ContractId,
    ) -> impl Iterator<Item = (&str, &Signature)> {
        self.contracts[contract.0].signatures.iter().map(|(name, shape)| (name.as_str(), shape))
    }

    /// Carries a call out, and commits it where its cost fits.
    pub(in crate::chain) fn call(
        &mut self,
        call: &Call<'_>,
        room: Option<&Cost>,
    ) -> Result<Fitted, ChainError> {
        let loaded = Arc::clone(&self.contracts[call.contract.0]);
        let transaction = self.transaction(call, &loaded, room)?;
        match transaction.carry_out(&self.store, &mut self.meter)? {
            Ok(Done { executed, traffic, written, cost }) => {
                written.commit_to(&mut self.store);
                receipt(executed, &loaded.id, call.function, traffic, cost).map(Ok)
            }
            Err(cost) => Ok(Err(cost)),
        }
    }

    /// What a call would answer; it is not metered, and nothing comes of it.
    pub(in crate::chain) fn look(&self, call: &Call<'_>) -> Result<Receipt, ChainError> {
        let loaded = &self.contracts[call.contract.0];
        let Done { executed, traffic, .. } =
            self.transaction(call, loaded, None)?.look(&self.store)?;
        receipt(executed, &loaded.id, call.function, traffic, None)
    }

    fn transaction<'a>(
        &self,
        call: &Call<'a>,
        loaded: &'a LoadedContract,
        room: Option<&'a Cost>,
    ) -> Result<Transaction<'a>, ChainError> {
        let function = find(loaded, call.function)?;
        let sender = vm_principal(call.sender)
            .map_err(|error| failed(&loaded.id.to_string(), call.function, &error))?;
        Ok(Transaction {
            headers: self.headers,
            sender,
            number: call.contract.0,
            contract: loaded,
            function,
            arguments: call.arguments,
            room,
        })
    }

    /// A call through the virtual machine's own `execute_transaction`, which
    /// decodes the contract from JSON each time.
    pub(in crate::chain) fn call_decoding(
        &mut self,
        call: &Call<'_>,
    ) -> Result<Receipt, ChainError> {
        let Call { sender, contract, function, arguments } = *call;
        let loaded = Arc::clone(&self.contracts[contract.0]);
        find(&loaded, function)?;
        let run = |environment: &mut OwnedEnvironment<'_>| -> Executed {
            let arguments: Result<Vec<_>, MachineError> = arguments
                .iter()
                .map(|it| Ok(SymbolicExpression::atom_value(vm_value(it)?)))
                .collect();
            let sender = vm_principal(sender)?;
            environment.execute_transaction(sender, None, loaded.id.clone(), function, &arguments?)
        };
        let (executed, traffic) = self.run_free(run);
        receipt(executed, &loaded.id, function, traffic, None)
    }

    /// Evaluates an expression in a contract.
    pub(in crate::chain) fn evaluate(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        text: &str,
    ) -> Result<Receipt, ChainError> {
        let loaded = Arc::clone(&self.contracts[contract.0]);
        let run = |environment: &mut OwnedEnvironment<'_>| -> Executed {
            let context = Some(loaded.context.clone());
            let sender = vm_principal(sender)?;
            let done = environment.execute_in_env(sender, None, context, |environment| {
                let value = environment.eval_raw_with_rules(text, ASTRules::PrecheckSize)?;
                if is_refusal(&value) { Err(Withdrawn::Refused(value)) } else { Ok(value) }
            });
            match done {
                Ok(done) => Ok(done),
                Err(Withdrawn::Refused(value)) => Ok((value, AssetMap::new(), Vec::new())),
                Err(Withdrawn::Aborted(error)) => Err(error),
            }
        };
        let (executed, traffic) = self.run_free(run);
        receipt(executed, &loaded.id, "an expression", traffic, None)
    }

    /// Moves STX as a transaction does; costs nothing of a block's budget.
    pub(in crate::chain) fn transfer(
        &mut self,
        sender: &Principal,
        to: &Principal,
        amount: MicroStx,
        memo: &[u8],
    ) -> Result<Receipt, ChainError> {
        let run = |environment: &mut OwnedEnvironment<'_>| -> Executed {
            let memo = BuffData { data: memo.to_vec() };
            let (from, to) = (vm_principal(sender)?, vm_principal(to)?);
            environment.stx_transfer(&from, &to, amount.get(), &memo)
        };
        let (executed, traffic) = self.run_free(run);
        let cost = (self.meter.metering != Metering::Off).then_some(Cost::ZERO);
        receipt(executed, &"stx", "transfer", traffic, cost)
    }

    /// Has the machine run something unmetered, and commits what it wrote.
    fn run_free(
        &mut self,
        run: impl FnOnce(&mut OwnedEnvironment<'_>) -> Executed,
    ) -> (Executed, Traffic) {
        let mut overlay = Overlay::over(&self.store, None);
        let executed = {
            let database = ClarityDatabase::new(&mut overlay, &self.headers, &self.headers);
            run(&mut OwnedEnvironment::new_free(MAINNET, CHAIN_ID, database, EPOCH))
        };
        let (traffic, written) = (overlay.traffic(), overlay.into_written());
        written.commit_to(&mut self.store);
        (executed, traffic)
    }

    /// What an account holds.
    pub(in crate::chain) fn balance(&self, who: &Principal) -> Result<MicroStx, ChainError> {
        balance(balance_key(who).and_then(|key| self.store.find(&key)))
    }

    pub(in crate::chain) fn balance_place(&mut self, who: &Principal) -> BalancePlace {
        // A name that the machine knows is legal; whoever has none has no key.
        BalancePlace(self.store.place(&balance_key(who).unwrap_or_default()))
    }

    pub(in crate::chain) fn balance_at(&self, place: BalancePlace) -> Result<MicroStx, ChainError> {
        balance(self.store.peek(place.0))
    }

    pub(in crate::chain) fn balance_writes(&self, place: BalancePlace) -> u32 {
        self.store.writes(place.0)
    }

    pub(in crate::chain) fn nonce_at(&self, place: BalancePlace) -> u32 {
        self.store.nonce(place.0)
    }

    pub(in crate::chain) fn set_nonce(&mut self, place: BalancePlace, nonce: u32) {
        self.store.set_nonce(place.0, nonce);
    }

    pub(in crate::chain) fn set_balance(&mut self, place: BalancePlace, amount: MicroStx) {
        self.store.poke(place.0, balance_text(amount));
    }

    /// The key of a map's entry; none where there is no such map or the key is
    /// of no type.
    fn map_key(&self, contract: ContractId, map: &str, key: &Value) -> Option<String> {
        let loaded = &self.contracts[contract.0];
        if !loaded.context.meta_data_map.contains_key(map) {
            return None;
        }
        let key = vm_value(key).ok()?;
        ClarityDatabase::make_key_for_data_map_entry(&loaded.id, map, &key).ok()
    }

    fn variable_key(&self, contract: ContractId, name: &str) -> Option<String> {
        let loaded = &self.contracts[contract.0];
        if !loaded.context.meta_data_var.contains_key(name) {
            return None;
        }
        Some(ClarityDatabase::make_key_for_trip(&loaded.id, StoreType::Variable, name))
    }

    pub(in crate::chain) fn map_place(
        &mut self,
        contract: ContractId,
        map: &str,
        key: &Value,
    ) -> Option<MapPlace> {
        let key = self.map_key(contract, map, key)?;
        Some(MapPlace { entry: self.store.place(&key), bare: false })
    }

    pub(in crate::chain) fn variable_place(
        &mut self,
        contract: ContractId,
        name: &str,
    ) -> Option<MapPlace> {
        let key = self.variable_key(contract, name)?;
        Some(MapPlace { entry: self.store.place(&key), bare: true })
    }

    pub(in crate::chain) fn raw(&self, place: &MapPlace) -> Option<&str> {
        self.store.peek(place.entry)
    }

    pub(in crate::chain) fn writes(&self, place: &MapPlace) -> u32 {
        self.store.writes(place.entry)
    }

    pub(in crate::chain) fn entry(&self, place: &MapPlace) -> Result<Option<Value>, ChainError> {
        decoded(self.store.peek(place.entry), place.bare)
    }

    pub(in crate::chain) fn map_entry(
        &self,
        contract: ContractId,
        map: &str,
        key: &Value,
    ) -> Result<Option<Value>, ChainError> {
        let Some(key) = self.map_key(contract, map, key) else { return Ok(None) };
        decoded(self.store.find(&key), false)
    }

    pub(in crate::chain) fn variable(
        &self,
        contract: ContractId,
        name: &str,
    ) -> Result<Option<Value>, ChainError> {
        let Some(key) = self.variable_key(contract, name) else { return Ok(None) };
        decoded(self.store.find(&key), true)
    }

    pub(in crate::chain) const fn height(&self) -> u32 {
        self.store.height()
    }

    pub(in crate::chain) const fn first_block_time(&self) -> u64 {
        self.headers.first_block_time
    }

    pub(in crate::chain) const fn advance(&mut self) {
        self.store.advance();
    }

    pub(in crate::chain) const fn set_metering(&mut self, metering: Metering) {
        self.meter.metering = metering;
    }

    pub(in crate::chain) const fn metering(&self) -> Metering {
        self.meter.metering
    }

    pub(in crate::chain) fn metering_report(&self) -> MeteringReport {
        self.meter.report(|contract, function| {
            let contract = self.contracts.get(contract)?;
            let name = contract.functions.keys().nth(function as usize)?;
            Some((contract.id.name.as_str(), name.as_str()))
        })
    }

    pub(in crate::chain) fn stored_bytes(&self) -> u64 {
        self.store.bytes()
    }

    pub(in crate::chain) fn state_digest(&self) -> String {
        self.store.digest()
    }

    pub(in crate::chain) fn state(&self) -> Vec<(&str, &str)> {
        self.store.sorted_entries()
    }
}

/// Why what an expression changed was not kept.
enum Withdrawn {
    /// It answered `(err …)`.
    Refused(VmValue),
    /// The machine stopped it.
    Aborted(MachineError),
}

impl From<MachineError> for Withdrawn {
    fn from(error: MachineError) -> Self {
        Self::Aborted(error)
    }
}

const fn is_refusal(value: &VmValue) -> bool {
    matches!(value, VmValue::Response(ResponseData { committed: false, .. }))
}

fn find<'a>(loaded: &'a LoadedContract, function: &str) -> Result<&'a LoadedFunction, ChainError> {
    loaded.functions.get(function).ok_or_else(|| ChainError::NoFunction {
        contract: loaded.id.to_string(),
        function: function.to_owned(),
    })
}

fn failed(contract: &str, function: &str, error: &MachineError) -> ChainError {
    ChainError::Machine {
        contract: contract.to_owned(),
        function: function.to_owned(),
        reason: error.to_string(),
    }
}

/// Why a contract was not deployed, as the reason of a receipt.
fn undeployed(error: &DeployError) -> Abort {
    match error {
        DeployError::Initialise { abort, .. } => abort.clone(),
        DeployError::Faults(_) | DeployError::Name { .. } => {
            Abort::new(AbortKind::Analysis, error.to_string())
        }
    }
}

/// The value that an entry of the store tells; one of a map is within `some`.
fn decoded(stored: Option<&str>, bare: bool) -> Result<Option<Value>, ChainError> {
    let Some(stored) = stored else { return Ok(None) };
    let value = Value::from_stored_hex(stored).map_err(|error| ChainError::Store {
        value: stored.to_owned(),
        reason: error.to_string(),
    })?;
    match value {
        value if bare => Ok(Some(value)),
        Value::Optional(Some(inner)) | Value::Response(Ok(inner)) => Ok(Some(*inner)),
        _ => Ok(None),
    }
}

fn balance_key(who: &Principal) -> Option<String> {
    Some(ClarityDatabase::make_key_for_account_balance(&vm_principal(who).ok()?))
}

/// The balance that an entry of the store tells; nothing where there is none.
pub(super) fn balance(stored: Option<&str>) -> Result<MicroStx, ChainError> {
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
pub(super) fn balance_text(amount: MicroStx) -> String {
    format!("{:032x}{:048x}", amount.get(), 0)
}
