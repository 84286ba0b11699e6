//! What calls the crate as another program would: the energy room, the chain and
//! the contracts on it, scenarios, and whole markets. All in one program, so that
//! the crate is linked once; a test must therefore leave the environment, the
//! current directory and the panic hook alone.

#![expect(clippy::expect_used, reason = "a test that cannot set itself up should panic")]

mod advance;
mod adversaries;
mod blocks;
mod calls_agree;
mod chain;
mod contracts;
mod costs;
mod costs_learned;
mod costs_mix;
mod data_files;
mod energy;
mod market_day;
mod markets;
mod oracle;
mod rules;
mod scenario;
mod scenario_properties;
mod scenario_schema;
mod transactions;
mod weather_formats;
mod window;
