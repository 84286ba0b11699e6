//! Calls: on the decoded contract, and, as the yardstick, the way of
//! `execute_transaction`. Turns what the virtual machine says into receipts.

use std::sync::Arc;

use clarity::vm::contexts::OwnedEnvironment;
use clarity::vm::database::ClarityDatabase;
use clarity::vm::errors::{CheckErrors, Error as MachineError};
use clarity::vm::types::ResponseData;
use clarity::vm::{SymbolicExpression, Value};

use super::costs::{Cost, Metering};
use super::deploy::{LoadedContract, LoadedFunction};
use super::execute::{Executed, Transaction};
use super::headers::{EPOCH, Headers};
use super::receipt::{Receipt, Status};
use super::store::MemoryStore;
use super::{CHAIN_ID, Chain, ChainError, ContractId, MAINNET, Principal};

impl Chain {
    /// Calls `function` of `contract` as `sender`: a transaction where it is
    /// public, a look where it is read-only.
    ///
    /// # Errors
    /// Where the contract lacks the function or the virtual machine fails. A
    /// contract that says no, arguments of a wrong type and run-time errors
    /// are receipts.
    pub fn call(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Receipt, ChainError> {
        let carried_out = self.carry_out(sender, contract, function, arguments, None)?;
        carried_out.map_err(|cost| ChainError::Costs(format!("a call that costs {cost:?}")))
    }

    /// Calls as [`Chain::call`] does, unmetered whatever the chain meters: for
    /// those who only want to know.
    ///
    /// # Errors
    /// As [`Chain::call`].
    pub fn look(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Receipt, ChainError> {
        let metering = std::mem::replace(&mut self.meter.metering, Metering::Off);
        let receipt = self.call(sender, contract, function, arguments);
        self.meter.metering = metering;
        receipt
    }

    /// Calls as [`Chain::call`] does, if the call's cost fits into `room` in
    /// every dimension. `None` where it does not: the call leaves no trace.
    /// Rejected and aborted calls cost what they took, and need the room too.
    ///
    /// # Errors
    /// As [`Chain::call`], and where the chain meters nothing.
    pub fn call_within(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
        room: &Cost,
    ) -> Result<Option<Receipt>, ChainError> {
        Ok(self.call_or_cost(sender, contract, function, arguments, room)?.ok())
    }

    /// As [`Chain::call_within`], but tells the cost of a call that does not
    /// fit.
    ///
    /// # Errors
    /// As [`Chain::call_within`].
    pub fn call_or_cost(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
        room: &Cost,
    ) -> Result<Result<Receipt, Cost>, ChainError> {
        if self.meter.metering == Metering::Off {
            return Err(ChainError::Unmetered);
        }
        self.carry_out(sender, contract, function, arguments, Some(room))
    }

    fn carry_out(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
        room: Option<&Cost>,
    ) -> Result<Result<Receipt, Cost>, ChainError> {
        let loaded = Arc::clone(&self.contracts[contract.0]);
        let transaction = Transaction {
            sender,
            number: contract.0,
            contract: &loaded,
            function: find(&loaded, function)?,
            arguments,
            room,
        };
        match transaction.carry_out(&mut self.store, &mut self.meter)? {
            Ok((executed, cost)) => {
                receipt(executed, &loaded, function, &mut self.store, cost).map(Ok)
            }
            Err(cost) => {
                self.store.take_traffic();
                Ok(Err(cost))
            }
        }
    }

    /// The same through the virtual machine's own `execute_transaction`,
    /// which decodes the contract from JSON each time: three and more times
    /// slower, and what [`Chain::call`] must equal.
    ///
    /// # Errors
    /// As [`Chain::call`].
    pub fn call_decoding(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Receipt, ChainError> {
        let loaded = &self.contracts[contract.0];
        find(loaded, function)?;
        let arguments: Vec<_> =
            arguments.iter().cloned().map(SymbolicExpression::atom_value).collect();
        let database = ClarityDatabase::new(&mut self.store, &Headers, &Headers);
        let mut environment = OwnedEnvironment::new_free(MAINNET, CHAIN_ID, database, EPOCH);
        let executed = environment.execute_transaction(
            sender.clone(),
            None,
            loaded.id.clone(),
            function,
            &arguments,
        );
        drop(environment);
        receipt(executed, loaded, function, &mut self.store, None)
    }
}

fn find<'a>(loaded: &'a LoadedContract, function: &str) -> Result<&'a LoadedFunction, ChainError> {
    loaded.functions.get(function).ok_or_else(|| ChainError::NoFunction {
        contract: loaded.id.to_string(),
        function: function.to_owned(),
    })
}

pub(super) fn receipt(
    executed: Executed,
    loaded: &LoadedContract,
    function: &str,
    store: &mut MemoryStore,
    cost: Option<Cost>,
) -> Result<Receipt, ChainError> {
    let traffic = store.take_traffic();
    let (status, events) = match executed {
        Ok((Value::Response(ResponseData { committed: true, data }), _, events)) => {
            (Status::Accepted(*data), events)
        }
        Ok((Value::Response(ResponseData { committed: false, data }), _, _)) => {
            (Status::Rejected(*data), Vec::new())
        }
        Ok((value, _, events)) => (Status::Accepted(value), events),
        Err(error @ (MachineError::Interpreter(_) | MachineError::Wasm(_))) => {
            return Err(machine_failed(loaded, function, &error));
        }
        Err(error) => (Status::Aborted(abort_reason(&error)), Vec::new()),
    };
    Ok(Receipt { status, events: events.into_iter().map(Into::into).collect(), traffic, cost })
}

/// The reason without the stack trace, which names internals and is long.
fn abort_reason(error: &MachineError) -> String {
    match error {
        MachineError::Runtime(kind, _) => format!("{kind:?}"),
        MachineError::Unchecked(CheckErrors::TypeValueError(expected, found)) => {
            shortened(&format!("expects {expected}, not {found}"))
        }
        MachineError::Unchecked(kind) => shortened(&kind.to_string()),
        other => other.to_string(),
    }
}

/// The beginning of a text: what a contract was given may be of any length.
fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

pub(super) fn machine_failed(
    loaded: &LoadedContract,
    function: &str,
    error: &MachineError,
) -> ChainError {
    ChainError::Machine {
        contract: loaded.id.to_string(),
        function: function.to_owned(),
        reason: error.to_string(),
    }
}
