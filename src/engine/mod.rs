//! The market in motion: a world of people and a chain, moved on block by block,
//! with the rules that must always hold checked at every tick. Deterministic:
//! a prepared scenario and a seed give the same record, whatever the machine.
//! No thread of its own, no clock, no printing here; files are read in [`Prepared::new`]
//! and [`data_report`] and nowhere else.

mod advance;
mod adversaries;
mod arrivals;
mod ask;
mod books;
mod branch;
mod cancel;
mod data;
mod decided;
mod draws;
mod efficiency;
mod error;
mod facts;
mod fees;
mod findings;
mod finish;
mod foresight;
mod guests;
mod invariants;
mod limit;
mod limits;
mod measure;
mod measures;
mod mempool;
mod observer;
mod people;
mod person;
mod population;
mod prepared;
mod progress;
pub mod record;
mod recorder;
mod rows;
mod setup;
mod show;
mod takings;
mod tally;
mod tenure;
mod tracing;
mod transact;
mod venue;
mod window;
mod workers;
mod world;

pub use advance::Advanced;
pub use arrivals::{Arrivals, Tape};
pub use branch::{AfterWarmUp, BRANCHING_KEYS};
pub use cancel::Cancel;
pub use data::{DataReport, data_report};
pub use error::RunError;
pub use guests::{Guest, GuestHome};
pub use invariants::{Broken, Rule};
pub use limit::{Limit, decided_a_day};
pub use measure::{Better, MeasureSpec, Whom};
pub use measures::{measure_named, measure_names, measures};
pub use observer::{Included, Observer};
pub use prepared::{PrepareError, Prepared, code};
pub use record::Record;
pub use tracing::traced_contracts;
pub use workers::{Task, WorkerPool};
pub use world::World;
