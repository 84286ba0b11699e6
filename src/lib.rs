//! connect-sim answers questions about two Clarity contracts by letting
//! thousands of simulated households use them. One path runs through the whole
//! program, and every room lies on it:
//!
//! ```text
//! scenarios/x.toml → Scenario → Prepared → World → tick loop → Record → Outcome → results/x/
//! ```
//!
//! | room | what lives there | what never does |
//! |---|---|---|
//! | [`units`] | kWh, microSTX, basis points, ticks: checked integers | floats for money |
//! | [`random`] | named streams, a pure function of seed, purpose, agent, moment | state, entropy |
//! | [`stats`] | intervals, paired differences, inequality, sensitivity | words of the market |
//! | [`scenario`] | what a scenario may say, read with all faults at once | files but the scenario's |
//! | [`energy`] | sun, weather, panels, loads | money, the chain |
//! | [`chain`] | an in-process Stacks chain in words of its own; the one owner of `clarity`, in `chain/vm` | energy |
//! | [`trace`] | calls and receipts as a file, and doing them again | the market |
//! | [`market`] | the two contracts: typed actions in, verdicts and flows out | agents, chance |
//! | [`twin`] | both contracts once more, in plain Rust, to hold them against | the chain, Clarity |
//! | [`agents`] | the people; they decide and never act | the chain, the clock |
//! | [`engine`] | the world, the tick loop, the mempool, the rules that must always hold | threads of its own, printing |
//! | [`experiments`] | replicates and comparisons; the one place that works in parallel | files, printing |
//! | [`report`] | tables, charts, the manifest; results appear whole or not at all | the chain, the agents |
//! | [`cli`] | what can be typed, and all that is printed | rules of the market |
//!
//! Imports flow down this table; `tests/house` fails on one that does not.
//!
//! What always holds: a scenario and a seed give the same bytes at any number
//! of threads; a call that a contract turned down is data and never an `Err`;
//! and at every tick the whole state of the chain is held against the rules of
//! [`engine::Rule`].
//!
//! ```
//! use std::sync::Arc;
//!
//! use connect_sim::experiments::{Prepared, RunOptions, run};
//! use connect_sim::scenario::Scenario;
//!
//! let question = r#"
//!     scenario.name = "four-homes"
//!     time = { days = 1, tick_minutes = 60 }
//!     producers.count = 2
//!     buyers.count = 2
//! "#;
//! let scenario = Scenario::from_toml(question, "example.toml", &[])?;
//! let prepared = Arc::new(Prepared::new(scenario)?);
//! let options = RunOptions { replicates: 1, jobs: 1, trace: false };
//! let outcome = run(&prepared, options, &|| {})?;
//! assert_eq!(outcome.records[0].ticks.len(), 24);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod agents;
pub mod chain;
pub mod cli;
pub mod energy;
pub mod engine;
pub mod experiments;
pub mod market;
pub mod random;
pub mod report;
pub mod scenario;
pub mod stats;
pub mod trace;
pub mod twin;
pub mod units;
