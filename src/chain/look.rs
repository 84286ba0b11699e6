//! Looking at what a contract holds, straight from the store: no code runs,
//! and nothing is charged.

use clarity::vm::Value;
use clarity::vm::database::{ClarityDatabase, StoreType};

use super::call::machine_failed;
use super::headers::{EPOCH, Headers};
use super::store::Place;
use super::{Chain, ChainError, ContractId};

/// A place in a contract's map, or that of a variable, worked out once and
/// looked at often, on the chain that told it and its clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapPlace {
    place: Place,
    /// Whether what is stored is the value itself; a map's is `(some …)`.
    bare: bool,
}

impl Chain {
    /// The place of `key` in a map of the contract; `None` where the contract
    /// has no such map or the key is of another type.
    #[must_use]
    pub fn map_place(&mut self, contract: ContractId, map: &str, key: &Value) -> Option<MapPlace> {
        let loaded = &self.contracts[contract.0];
        if !loaded.context.meta_data_map.contains_key(map) {
            return None;
        }
        let key = ClarityDatabase::make_key_for_data_map_entry(&loaded.id, map, key).ok()?;
        Some(MapPlace { place: self.store.place(&key), bare: false })
    }

    /// The place of a data variable of the contract; `None` where it has no
    /// such one.
    #[must_use]
    pub fn variable_place(&mut self, contract: ContractId, name: &str) -> Option<MapPlace> {
        let loaded = &self.contracts[contract.0];
        if !loaded.context.meta_data_var.contains_key(name) {
            return None;
        }
        let key = ClarityDatabase::make_key_for_trip(&loaded.id, StoreType::Variable, name);
        Some(MapPlace { place: self.store.place(&key), bare: true })
    }

    /// What the store holds at a place, undecoded: equal texts are equal
    /// values.
    #[must_use]
    pub fn raw(&self, place: &MapPlace) -> Option<&str> {
        self.store.peek(place.place)
    }

    /// How often something was put at a place: while that stays the same, so
    /// does what is there.
    #[must_use]
    pub fn writes(&self, place: &MapPlace) -> u32 {
        self.store.writes(place.place)
    }

    /// The value at a place, read from the store without running any code;
    /// `None` where nothing was ever put there. The machine has put there what
    /// is of the right type, so that is not asked again.
    ///
    /// # Errors
    /// Where what is stored cannot be decoded.
    pub fn entry(&self, place: &MapPlace) -> Result<Option<Value>, ChainError> {
        let Some(raw) = self.raw(place) else { return Ok(None) };
        let value = Value::try_deserialize_hex_untyped(raw).map_err(|error| ChainError::Store {
            value: raw.to_owned(),
            reason: error.to_string(),
        })?;
        if place.bare {
            return Ok(Some(value));
        }
        Ok(super::inner(&value).cloned())
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
