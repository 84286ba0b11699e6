//! Calls: on the decoded contract, and, as the yardstick, the way of
//! `execute_transaction`. Turns what the virtual machine says into receipts.

use std::sync::Arc;

use clarity::vm::contexts::{AssetMap, Environment, OwnedEnvironment};
use clarity::vm::database::{ClarityDatabase, RollbackWrapper};
use clarity::vm::errors::{CheckErrors, Error as MachineError};
use clarity::vm::events::StacksTransactionEvent;
use clarity::vm::types::{ResponseData, TypeSignature};
use clarity::vm::{SymbolicExpression, Value};

use super::deploy::{LoadedContract, LoadedFunction};
use super::headers::{EPOCH, Headers};
use super::receipt::{Receipt, Status};
use super::{CHAIN_ID, Chain, ChainError, ContractId, MAINNET, Principal};

/// A place in a contract's map, worked out once and looked at often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapPlace {
    key: Box<str>,
    value: Arc<TypeSignature>,
}

type Executed = Result<(Value, AssetMap, Vec<StacksTransactionEvent>), MachineError>;

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
        let loaded = &self.contracts[contract.0];
        let target = find(loaded, function)?;
        let database = ClarityDatabase::new(&mut self.store, &Headers, &Headers);
        let mut environment = OwnedEnvironment::new_free(MAINNET, CHAIN_ID, database, EPOCH);
        let executed = environment.execute_in_env(sender.clone(), None, None, |environment| {
            run(environment, loaded, target, arguments)
        });
        drop(environment);
        receipt(executed, loaded, function, &mut self.store)
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
        receipt(executed, loaded, function, &mut self.store)
    }

    /// The place of `key` in a map of the contract; `None` where the contract
    /// has no such map or the key is of another type.
    #[must_use]
    pub fn map_place(&self, contract: ContractId, map: &str, key: &Value) -> Option<MapPlace> {
        let loaded = &self.contracts[contract.0];
        let value = Arc::clone(loaded.map_values.get(map)?);
        let key = ClarityDatabase::make_key_for_data_map_entry(&loaded.id, map, key).ok()?;
        Some(MapPlace { key: key.into(), value })
    }

    /// What the store holds at a place, undecoded: equal texts are equal
    /// values.
    #[must_use]
    pub fn raw(&self, place: &MapPlace) -> Option<&str> {
        self.store.peek(&place.key)
    }

    /// The value at a place, read from the store without running any code;
    /// `None` where nothing was ever put there.
    ///
    /// # Errors
    /// Where what is stored cannot be decoded.
    pub fn entry(&self, place: &MapPlace) -> Result<Option<Value>, ChainError> {
        let Some(raw) = self.raw(place) else { return Ok(None) };
        let decoded =
            RollbackWrapper::deserialize_value(raw, &place.value, &EPOCH).map_err(|error| {
                ChainError::Store { key: place.key.to_string(), reason: error.to_string() }
            })?;
        Ok(super::inner(&decoded.value).cloned())
    }

    /// The value of a data variable of the contract, read from the store
    /// without running any code; `None` where the contract has no such one.
    ///
    /// # Errors
    /// Where the virtual machine cannot decode what is stored.
    pub fn variable(
        &mut self,
        contract: ContractId,
        name: &str,
    ) -> Result<Option<Value>, ChainError> {
        let loaded = &self.contracts[contract.0];
        let Some(shape) = loaded.context.meta_data_var.get(name) else { return Ok(None) };
        let mut database = ClarityDatabase::new(&mut self.store, &Headers, &Headers);
        database.begin();
        let value = database.lookup_variable(&loaded.id, name, shape, &EPOCH);
        let closed = database.roll_back();
        drop(database);
        self.store.take_traffic();
        value
            .and_then(|value| closed.map(|()| Some(value)))
            .map_err(|error| machine_failed(loaded, name, &error))
    }
}

/// What `execute_contract` does once it has decoded the contract, less the
/// charges for loading it, which only a metered call has to pay.
fn run(
    environment: &mut Environment<'_, '_>,
    loaded: &LoadedContract,
    target: &LoadedFunction,
    arguments: &[Value],
) -> Result<Value, MachineError> {
    let arguments =
        arguments.iter().map(sanitised).collect::<Result<Vec<Value>, MachineError>>()?;
    environment.call_stack.insert(&target.identifier, true);
    let result = environment.execute_function_as_transaction(
        &target.definition,
        &arguments,
        Some(&loaded.context),
        false,
    );
    environment.call_stack.remove(&target.identifier, true)?;
    result
}

/// The argument as the machine would see it: from epoch 2.4 on, values are
/// cut to their own type on entry. Scalars are what they are.
fn sanitised(argument: &Value) -> Result<Value, MachineError> {
    match argument {
        Value::UInt(_) | Value::Int(_) | Value::Bool(_) | Value::Principal(_) => {
            Ok(argument.clone())
        }
        _ => {
            let own_type = TypeSignature::type_of(argument)?;
            Value::sanitize_value(&EPOCH, &own_type, argument.clone())
                .map(|(value, _)| value)
                .ok_or_else(|| CheckErrors::TypeValueError(own_type, argument.clone()).into())
        }
    }
}

fn find<'a>(loaded: &'a LoadedContract, function: &str) -> Result<&'a LoadedFunction, ChainError> {
    loaded.functions.get(function).ok_or_else(|| ChainError::NoFunction {
        contract: loaded.id.to_string(),
        function: function.to_owned(),
    })
}

fn receipt(
    executed: Executed,
    loaded: &LoadedContract,
    function: &str,
    store: &mut super::store::MemoryStore,
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
    Ok(Receipt {
        status,
        events: events.into_iter().map(Into::into).collect(),
        traffic,
        cost: None,
    })
}

/// The reason without the stack trace, which names internals and is long.
fn abort_reason(error: &MachineError) -> String {
    match error {
        MachineError::Runtime(kind, _) => format!("{kind:?}"),
        MachineError::Unchecked(kind) => format!("{kind}"),
        other => other.to_string(),
    }
}

fn machine_failed(loaded: &LoadedContract, function: &str, error: &MachineError) -> ChainError {
    ChainError::Machine {
        contract: loaded.id.to_string(),
        function: function.to_owned(),
        reason: error.to_string(),
    }
}
