//! Places that a chain hands out, to be looked at often without being looked
//! for again. What they stand for is the machine's affair.

/// A contract on this chain, in the order of deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractId(pub(super) usize);

/// An entry of the state, on the chain that told its place and on that chain's
/// clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct EntryPlace(pub(super) u32);

/// The place of an account's balance in the state of the chain that told it,
/// and of that chain's clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BalancePlace(pub(super) EntryPlace);

/// A place in a contract's map, or that of a variable, worked out once and
/// looked at often, on the chain that told it and its clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapPlace {
    pub(super) entry: EntryPlace,
    /// Whether what is stored is the value itself; a map's is `(some …)`.
    pub(super) bare: bool,
}
