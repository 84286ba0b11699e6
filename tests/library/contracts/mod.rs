//! The two contracts through the virtual machine: every public function, every
//! error code, every event, and the rules that must always hold, which are
//! checked after each accepted call of every test. No word of the simulation.

mod authority;
mod batches;
mod bookkeeping;
mod certification;
mod consumption;
mod listing;
mod lookups;
mod market;
mod meters;
mod ownership;
mod parameters;
mod purchases;
mod refunds;
mod script;
