//! The market in motion: a world of people and a chain, stepped tick by tick,
//! with the rules that must always hold checked at every one. Deterministic:
//! a prepared scenario and a seed give the same record, whatever the machine.
//! No thread of its own, no clock, no printing here; files are read in [`Prepared::new`]
//! and nowhere else.

mod adversaries;
mod arrivals;
mod ask;
mod books;
mod branch;
mod efficiency;
mod foresight;
mod guests;
mod hands;
mod invariants;
mod limits;
mod measures;
mod mempool;
mod observe;
mod people;
mod prepared;
pub mod record;
mod show;
mod tally;
mod tenure;
mod tick;
mod tracing;
mod transact;
mod variant;
mod window;
mod world;

pub use arrivals::{Arrivals, Tape};
pub use branch::{AfterWarmUp, BRANCHING_KEYS};
pub use guests::{Guest, GuestHome};
pub use hands::{Hands, Task};
pub use invariants::{Broken, Rule};
pub use limits::{Limit, decided_a_day};
pub use measures::MEASURES;
pub use prepared::{PrepareError, Prepared};
pub use record::Record;
pub use tracing::traced_contracts;
pub use world::{RunError, World};
