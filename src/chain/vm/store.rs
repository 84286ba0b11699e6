//! The chain's memory: what a Stacks node keeps in its state trie and side
//! store, here a list of entries, the places of their keys in it, and a map.
//! Knows keys and strings; never what they mean.

use std::collections::HashMap;

use clarity::vm::types::QualifiedContractIdentifier;
use rustc_hash::FxBuildHasher;
use sha2::{Digest, Sha256};

use crate::chain::hash::hex;
use crate::chain::place::EntryPlace;

/// What is stored of a contract beside the state, its decoded form say.
type Metadata = HashMap<String, String, FxBuildHasher>;

/// What stands at a place.
#[derive(Clone, Debug, Default)]
struct Entry {
    /// The committed value; none where only the place is kept.
    value: Option<String>,
    /// How often a value was committed.
    writes: u32,
    /// Where the value is an account's balance: how many transactions it has
    /// had. It takes no room of its own here, and would in a table.
    nonce: u32,
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

/// The committed state. A clone is a snapshot. The machine reads and writes it
/// through an overlay.
#[derive(Clone, Debug, Default)]
pub(super) struct MemoryStore {
    places: HashMap<Box<str>, EntryPlace, FxBuildHasher>,
    entries: Vec<Entry>,
    metadata: HashMap<QualifiedContractIdentifier, Metadata, FxBuildHasher>,
    height: u32,
}

impl MemoryStore {
    /// Height of the block under construction.
    pub(super) const fn height(&self) -> u32 {
        self.height
    }

    /// Closes the block under construction and opens the next.
    pub(super) const fn advance(&mut self) {
        self.height += 1;
    }

    /// The place of `key`, kept for it where nothing is there yet.
    pub(super) fn place(&mut self, key: &str) -> EntryPlace {
        if let Some(place) = self.places.get(key) {
            return *place;
        }
        let place = EntryPlace(self.entries.len() as u32);
        self.places.insert(key.into(), place);
        self.entries.push(Entry::default());
        place
    }

    /// The committed value at a place, uncounted.
    pub(super) fn peek(&self, place: EntryPlace) -> Option<&str> {
        self.entries.get(place.0 as usize)?.value.as_deref()
    }

    /// How often a value was committed at a place: while that stays the same,
    /// so does the value.
    pub(super) fn writes(&self, place: EntryPlace) -> u32 {
        self.entries.get(place.0 as usize).map_or(0, |entry| entry.writes)
    }

    /// How many transactions the account has had whose balance is at a place.
    pub(super) fn nonce(&self, place: EntryPlace) -> u32 {
        self.entries.get(place.0 as usize).map_or(0, |entry| entry.nonce)
    }

    /// Sets how many transactions the account has had whose balance is at a
    /// place; that is no part of the digest.
    pub(super) fn set_nonce(&mut self, place: EntryPlace, nonce: u32) {
        if let Some(entry) = self.entries.get_mut(place.0 as usize) {
            entry.nonce = nonce;
        }
    }

    /// Sets a committed value, uncounted: for what a node does outside of
    /// contracts.
    pub(super) fn poke(&mut self, place: EntryPlace, value: String) {
        if let Some(entry) = self.entries.get_mut(place.0 as usize) {
            entry.set(value);
        }
    }

    /// The committed value under `key`, uncounted.
    pub(super) fn find(&self, key: &str) -> Option<&str> {
        self.peek(*self.places.get(key)?)
    }

    /// What is stored of a contract beside the state, under a key.
    pub(super) fn metadata(
        &self,
        contract: &QualifiedContractIdentifier,
        key: &str,
    ) -> Option<&str> {
        self.metadata.get(contract)?.get(key).map(String::as_str)
    }

    /// Stores something of a contract beside the state.
    pub(super) fn set_metadata(
        &mut self,
        contract: QualifiedContractIdentifier,
        key: String,
        value: String,
    ) {
        self.metadata.entry(contract).or_default().insert(key, value);
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
        let tables = self.places.capacity() * size_of::<(Box<str>, EntryPlace)>()
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
        hex(&hasher.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(store: &mut MemoryStore, key: &str, value: &str) {
        let place = store.place(key);
        store.poke(place, value.to_owned());
    }

    #[test]
    fn the_digest_sees_every_entry_and_not_the_order_of_writing() {
        let (mut one, mut other) = (MemoryStore::default(), MemoryStore::default());
        put(&mut one, "a", "1");
        put(&mut one, "b", "2");
        put(&mut other, "b", "2");
        put(&mut other, "a", "1");
        assert_eq!(one.digest(), other.digest());
        put(&mut other, "b", "3");
        assert_ne!(one.digest(), other.digest());
    }

    #[test]
    fn a_place_is_kept_without_a_value_and_counts_what_is_written() {
        let mut store = MemoryStore::default();
        let before = store.digest();
        let place = store.place("k");
        assert_eq!((store.peek(place), store.writes(place)), (None, 0));
        assert_eq!(store.digest(), before, "a place alone is no entry");
        assert_eq!(store.find("k"), None);
        put(&mut store, "k", "1");
        store.poke(place, "2".into());
        assert_eq!((store.peek(place), store.writes(place)), (Some("2"), 2));
        assert_eq!(store.place("k"), place);
    }
}
