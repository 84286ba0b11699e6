//! How the machine meets the store: it reads through to what is committed, and
//! what it writes is kept apart until somebody commits it. So a call can be
//! looked at before it counts, and whoever only wants to know need not change
//! anything.

use std::sync::Arc;

use clarity::types::chainstate::{BlockHeaderHash, StacksBlockId};
use clarity::util::hash::Sha512Trunc256Sum;
use clarity::vm::database::clarity_store::{ContractCommitment, make_contract_hash_key};
use clarity::vm::database::{ClarityBackingStore, ClarityDeserializable};
use clarity::vm::errors::{CheckErrors, InterpreterResult, RuntimeErrorType};
use clarity::vm::types::QualifiedContractIdentifier;

use super::callee::Callees;
use super::headers::block_id;
use super::store::MemoryStore;
use crate::chain::receipt::Traffic;

/// A store over the committed one.
#[derive(Debug)]
pub(super) struct Overlay<'a> {
    base: &'a MemoryStore,
    written: Written,
    traffic: Traffic,
    callees: Option<Arc<Callees>>,
}

/// What was written over a store, in order. A call writes once, at its end, and
/// reads nothing afterwards; a deployment writes a few dozen entries. So there is
/// no index.
#[derive(Debug, Default)]
pub(super) struct Written {
    entries: Vec<(String, String)>,
    metadata: Vec<(QualifiedContractIdentifier, String, String)>,
}

impl<'a> Overlay<'a> {
    /// A store that holds what `base` holds, and hands out the callees cut as
    /// told.
    pub(super) fn over(base: &'a MemoryStore, callees: Option<Arc<Callees>>) -> Self {
        Self { base, written: Written::default(), traffic: Traffic::default(), callees }
    }

    /// What went through so far.
    pub(super) const fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// What was written.
    pub(super) fn into_written(self) -> Written {
        self.written
    }

    fn find(&self, key: &str) -> Option<&str> {
        let mut written = self.written.entries.iter().rev();
        let found = written.find(|(written, _)| written == key).map(|(_, value)| value.as_str());
        found.or_else(|| self.base.find(key))
    }
}

impl Written {
    /// Commits it to the store.
    pub(super) fn commit_to(self, store: &mut MemoryStore) {
        for (key, value) in self.entries {
            let place = store.place(&key);
            store.poke(place, value);
        }
        for (contract, key, value) in self.metadata {
            store.set_metadata(contract, key, value);
        }
    }
}

impl ClarityBackingStore for Overlay<'_> {
    fn put_all(&mut self, items: Vec<(String, String)>) -> InterpreterResult<()> {
        self.traffic.writes += items.len() as u64;
        self.traffic.write_length += items.iter().map(|(_, value)| value.len() as u64).sum::<u64>();
        self.written.entries.extend(items);
        Ok(())
    }

    fn get(&mut self, key: &str) -> InterpreterResult<Option<String>> {
        let value = self.find(key).map(str::to_owned);
        self.traffic.reads += 1;
        self.traffic.read_length += value.as_ref().map_or(0, |found| found.len() as u64);
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
            Err(RuntimeErrorType::UnknownBlockHeaderHash(BlockHeaderHash(id.0)).into())
        }
    }

    fn get_block_at_height(&mut self, height: u32) -> Option<StacksBlockId> {
        (height < self.base.height()).then(|| block_id(height))
    }

    fn get_current_block_height(&mut self) -> u32 {
        self.base.height()
    }

    fn get_open_chain_tip_height(&mut self) -> u32 {
        self.base.height()
    }

    fn get_open_chain_tip(&mut self) -> StacksBlockId {
        block_id(self.base.height())
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
        self.written.metadata.push((contract.clone(), key.to_owned(), value.to_owned()));
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
        let mut written = self.written.metadata.iter().rev();
        if let Some((.., found)) = written.find(|(of, under, _)| of == contract && under == key) {
            return Ok(Some(found.clone()));
        }
        // What is there is a contract's; only what is missing may be so for
        // want of the contract.
        if let Some(found) = self.base.metadata(contract, key) {
            return Ok(Some(found.to_owned()));
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
        if at_height > self.base.height() {
            return Err(RuntimeErrorType::BadBlockHeight(at_height.to_string()).into());
        }
        self.get_metadata(contract, key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traffic_counts_reads_and_writes_once_and_nothing_changes_below() {
        let mut store = MemoryStore::default();
        let mut overlay = Overlay::over(&store, None);
        overlay.put_all(vec![("k".into(), "value".into())]).expect("put");
        assert_eq!(overlay.get("k").expect("get").as_deref(), Some("value"));
        assert_eq!(overlay.get("none").expect("get"), None);
        let expected = Traffic { reads: 2, read_length: 5, writes: 1, write_length: 5 };
        assert_eq!(overlay.traffic(), expected);
        let written = overlay.into_written();
        assert_eq!(store.find("k"), None);
        written.commit_to(&mut store);
        assert_eq!(store.find("k"), Some("value"));
    }

    #[test]
    fn the_last_that_was_written_counts() {
        let mut store = MemoryStore::default();
        let place = store.place("k");
        store.poke(place, "0".into());
        let mut overlay = Overlay::over(&store, None);
        assert_eq!(overlay.get("k").expect("get").as_deref(), Some("0"));
        for value in ["1", "2"] {
            overlay.put_all(vec![("k".into(), value.into())]).expect("put");
            assert_eq!(overlay.get("k").expect("get").as_deref(), Some(value));
        }
        overlay.into_written().commit_to(&mut store);
        assert_eq!((store.peek(place), store.writes(place)), (Some("2"), 3));
    }

    #[test]
    fn only_the_tip_can_be_looked_at() {
        let mut store = MemoryStore::default();
        store.advance();
        let mut overlay = Overlay::over(&store, None);
        assert!(overlay.set_block_hash(block_id(1)).is_ok());
        assert!(overlay.set_block_hash(block_id(0)).is_err());
    }
}
