//! The chain's memory: what a Stacks node keeps in its state trie and side
//! store, here a list of entries, the places of their keys in it, and a map.
//! Knows keys and strings; never what they mean.

use std::collections::HashMap;
use std::sync::Arc;

use clarity::types::chainstate::StacksBlockId;
use clarity::util::hash::Sha512Trunc256Sum;
use clarity::vm::database::clarity_store::{ContractCommitment, make_contract_hash_key};
use clarity::vm::database::{ClarityBackingStore, ClarityDeserializable};
use clarity::vm::errors::{CheckErrors, InterpreterResult, RuntimeErrorType};
use clarity::vm::types::QualifiedContractIdentifier;
use rustc_hash::FxBuildHasher;
use sha2::{Digest, Sha256};

use super::callee::Callees;
use super::headers::block_id;

/// How much went through the store: what the chain would read and write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Traffic {
    /// Entries asked for.
    pub reads: u64,
    /// Characters of the values found.
    pub read_length: u64,
    /// Entries written.
    pub writes: u64,
    /// Characters of the values written.
    pub write_length: u64,
}

/// What is stored of a contract beside the state, its decoded form say.
type Metadata = HashMap<String, String, FxBuildHasher>;

/// Where an entry is: a key is looked up once, and what it stands for found at
/// once from then on, on this store and its clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(u32);

/// What stands at a place.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// The committed value; none where only the place is kept.
    value: Option<String>,
    /// How often a value was committed.
    writes: u32,
}

impl Entry {
    /// Writes a value over what is there, in its memory: what stays for good must
    /// not lie among what calls take and give back.
    fn set(&mut self, mut value: String) {
        if let Some(before) = &mut self.value {
            before.clear();
            before.push_str(&value);
        } else {
            value.shrink_to_fit();
            self.value = Some(value);
        }
        self.writes = self.writes.wrapping_add(1);
    }
}

/// A backing store in memory. A clone is a snapshot.
#[derive(Clone, Debug, Default)]
pub(super) struct MemoryStore {
    places: HashMap<Box<str>, Place, FxBuildHasher>,
    entries: Vec<Entry>,
    metadata: HashMap<QualifiedContractIdentifier, Metadata, FxBuildHasher>,
    height: u32,
    traffic: Traffic,
    callees: Option<Arc<Callees>>,
}

impl MemoryStore {
    /// Sets what is handed out of contracts while a call is carried out, in
    /// place of the whole of them.
    pub(super) fn cut_callees(&mut self, callees: Option<Arc<Callees>>) {
        self.callees = callees;
    }

    /// Height of the block under construction.
    pub(super) const fn height(&self) -> u32 {
        self.height
    }

    /// Closes the block under construction and opens the next.
    pub(super) const fn advance(&mut self) {
        self.height += 1;
    }

    /// What went through since the last time this was asked.
    pub(super) fn take_traffic(&mut self) -> Traffic {
        std::mem::take(&mut self.traffic)
    }

    /// The place of `key`, kept for it where nothing is there yet.
    pub(super) fn place(&mut self, key: &str) -> Place {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = Place(self.entries.len() as u32);
        self.places.insert(key.into(), place);
        self.entries.push(Entry::default());
        place
    }

    /// The committed value at a place, uncounted.
    pub(super) fn peek(&self, place: Place) -> Option<&str> {
        self.entries.get(place.0 as usize)?.value.as_deref()
    }

    /// How often a value was committed at a place: while that stays the same,
    /// so does the value.
    pub(super) fn writes(&self, place: Place) -> u32 {
        self.entries.get(place.0 as usize).map_or(0, |entry| entry.writes)
    }

    /// Sets a committed value, uncounted: for what a node does outside of
    /// contracts.
    pub(super) fn poke(&mut self, place: Place, value: String) {
        if let Some(entry) = self.entries.get_mut(place.0 as usize) {
            entry.set(value);
        }
    }

    /// The committed value under `key`, uncounted.
    pub(super) fn find(&self, key: &str) -> Option<&str> {
        self.peek(*self.places.get(key)?)
    }

    /// Bytes of memory that committed entries take: texts, and the tables.
    pub(super) fn bytes(&self) -> u64 {
        let keys: usize = self.places.keys().map(|key| key.len()).sum();
        let values: usize = self
            .entries
            .iter()
            .filter_map(|entry| entry.value.as_ref())
            .map(String::capacity)
            .sum();
        let tables = self.places.capacity() * size_of::<(Box<str>, Place)>()
            + self.entries.capacity() * size_of::<Entry>();
        (keys + values + tables) as u64
    }

    /// Committed entries in the order of their keys.
    pub(super) fn sorted_entries(&self) -> Vec<(&str, &str)> {
        let entries = self.places.iter().map(|(key, place)| Some((&**key, self.peek(*place)?)));
        let mut entries: Vec<_> = entries.flatten().collect();
        entries.sort_unstable();
        entries
    }

    /// SHA-256 over the sorted entries and the height: equal digests mean
    /// equal states.
    pub(super) fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.height.to_be_bytes());
        for (key, value) in self.sorted_entries() {
            for part in [key, value] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part.as_bytes());
            }
        }
        super::hex(&hasher.finalize())
    }
}

impl ClarityBackingStore for MemoryStore {
    fn put_all(&mut self, items: Vec<(String, String)>) -> InterpreterResult<()> {
        for (key, value) in items {
            self.traffic.writes += 1;
            self.traffic.write_length += value.len() as u64;
            let place = self.place(&key);
            self.poke(place, value);
        }
        Ok(())
    }

    fn get(&mut self, key: &str) -> InterpreterResult<Option<String>> {
        self.traffic.reads += 1;
        let value = self.find(key).map(str::to_owned);
        if let Some(found) = &value {
            self.traffic.read_length += found.len() as u64;
        }
        Ok(value)
    }

    fn get_with_proof(&mut self, key: &str) -> InterpreterResult<Option<(String, Vec<u8>)>> {
        Ok(self.get(key)?.map(|value| (value, Vec::new())))
    }

    fn has_entry(&mut self, key: &str) -> InterpreterResult<bool> {
        Ok(self.find(key).is_some())
    }

    /// Only the tip is kept, so `at-block` reaches no other block: it aborts
    /// with the error that a node gives for a block it does not know.
    fn set_block_hash(&mut self, id: StacksBlockId) -> InterpreterResult<StacksBlockId> {
        let tip = self.get_open_chain_tip();
        if id == tip {
            Ok(tip)
        } else {
            Err(RuntimeErrorType::UnknownBlockHeaderHash(
                clarity::types::chainstate::BlockHeaderHash(id.0),
            )
            .into())
        }
    }

    fn get_block_at_height(&mut self, height: u32) -> Option<StacksBlockId> {
        (height < self.height).then(|| block_id(height))
    }

    fn get_current_block_height(&mut self) -> u32 {
        self.height
    }

    fn get_open_chain_tip_height(&mut self) -> u32 {
        self.height
    }

    fn get_open_chain_tip(&mut self) -> StacksBlockId {
        block_id(self.height)
    }

    fn get_contract_hash(
        &mut self,
        contract: &QualifiedContractIdentifier,
    ) -> InterpreterResult<(StacksBlockId, Sha512Trunc256Sum)> {
        let key = make_contract_hash_key(contract);
        let stored =
            self.find(&key).ok_or_else(|| CheckErrors::NoSuchContract(contract.to_string()))?;
        let commitment = ContractCommitment::deserialize(stored)?;
        Ok((block_id(commitment.block_height), commitment.hash))
    }

    fn insert_metadata(
        &mut self,
        contract: &QualifiedContractIdentifier,
        key: &str,
        value: &str,
    ) -> InterpreterResult<()> {
        let metadata = self.metadata.entry(contract.clone()).or_default();
        metadata.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn get_metadata(
        &mut self,
        contract: &QualifiedContractIdentifier,
        key: &str,
    ) -> InterpreterResult<Option<String>> {
        if let Some(text) = self.callees.as_ref().and_then(|callees| callees.text(contract, key)) {
            return Ok(Some(text.to_owned()));
        }
        // What is there is a contract's; only what is missing may be so for
        // want of the contract.
        if let Some(found) = self.metadata.get(contract).and_then(|metadata| metadata.get(key)) {
            return Ok(Some(found.clone()));
        }
        if self.find(&make_contract_hash_key(contract)).is_none() {
            return Err(CheckErrors::NoSuchContract(contract.to_string()).into());
        }
        Ok(None)
    }

    fn get_metadata_manual(
        &mut self,
        at_height: u32,
        contract: &QualifiedContractIdentifier,
        key: &str,
    ) -> InterpreterResult<Option<String>> {
        if at_height > self.height {
            return Err(RuntimeErrorType::BadBlockHeight(at_height.to_string()).into());
        }
        self.get_metadata(contract, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traffic_counts_reads_and_writes_once() {
        let mut store = MemoryStore::default();
        store.put_all(vec![("k".into(), "value".into())]).expect("put");
        assert_eq!(store.get("k").expect("get").as_deref(), Some("value"));
        assert_eq!(store.get("none").expect("get"), None);
        let expected = Traffic { reads: 2, read_length: 5, writes: 1, write_length: 5 };
        assert_eq!(store.take_traffic(), expected);
        assert_eq!(store.take_traffic(), Traffic::default());
    }

    #[test]
    fn the_digest_sees_every_entry_and_not_the_order_of_writing() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut one = MemoryStore::default();
        one.put_all(vec![pair("a", "1"), pair("b", "2")]).expect("put");
        let mut other = MemoryStore::default();
        other.put_all(vec![pair("b", "2"), pair("a", "1")]).expect("put");
        assert_eq!(one.digest(), other.digest());
        other.put_all(vec![pair("b", "3")]).expect("put");
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn a_place_is_kept_without_a_value_and_counts_what_is_written() {
        let mut store = MemoryStore::default();
        let before = store.digest();
        let place = store.place("k");
        assert_eq!((store.peek(place), store.writes(place)), (None, 0));
        assert_eq!(store.digest(), before, "a place alone is no entry");
        assert!(!store.has_entry("k").expect("answers"));
        store.put_all(vec![("k".into(), "1".into())]).expect("put");
        store.poke(place, "2".into());
        assert_eq!((store.peek(place), store.writes(place)), (Some("2"), 2));
        assert_eq!(store.place("k"), place);
    }

    #[test]
    fn only_the_tip_can_be_looked_at() {
        let mut store = MemoryStore::default();
        store.advance();
        assert!(store.set_block_hash(block_id(1)).is_ok());
        assert!(store.set_block_hash(block_id(0)).is_err());
    }
}
