//! The chain on clarity-vm, the virtual machine that nodes run: the one place
//! of the whole program that names `clarity`. Everything that leaves this room
//! is in the chain's own words.
//!
//! A call runs on the contract's decoded form, which is kept from deployment
//! on; the virtual machine's own `execute_transaction` decodes the whole
//! contract from JSON on every call. [`machine::Machine::call_decoding`] goes
//! that way, as the yardstick that tests and benchmarks hold calls against.

mod callee;
mod contract;
mod convert;
mod costs;
mod deploy;
mod execute;
mod genesis;
mod headers;
mod literal;
pub(super) mod machine;
mod overlay;
mod receipt;
mod references;
mod store;
#[cfg(test)]
mod tests;

pub use literal::parse_value;
pub use references::references;
