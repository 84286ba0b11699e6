//! What the chain charges: the five dimensions of an execution cost.

use clarity::vm::costs::ExecutionCost;

/// An execution cost in the five dimensions of a block's budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cost {
    /// Entries read.
    pub read_count: u64,
    /// Bytes read.
    pub read_length: u64,
    /// Entries written.
    pub write_count: u64,
    /// Bytes written.
    pub write_length: u64,
    /// Run time, in the chain's own units.
    pub runtime: u64,
}

impl From<ExecutionCost> for Cost {
    fn from(cost: ExecutionCost) -> Self {
        Self {
            read_count: cost.read_count,
            read_length: cost.read_length,
            write_count: cost.write_count,
            write_length: cost.write_length,
            runtime: cost.runtime,
        }
    }
}
