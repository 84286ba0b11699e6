//! How the cost of a call is found on clarity-vm: `table` holds the chain's
//! coefficients, `exact` has the machine meter with them, `learned` adds up what
//! it has seen metered, `shape` says which values cost the same, `report` counts
//! how well that went, and `meter` is what a machine keeps of it all. Knows no
//! contract by name.

pub(super) mod exact;
pub(super) mod learned;
pub(super) mod meter;
mod report;
mod shape;
mod table;
