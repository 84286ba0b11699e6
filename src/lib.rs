//! connect-sim

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
pub mod units;
