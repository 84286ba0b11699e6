//! connect-sim

pub mod chain;
pub mod energy;
pub mod random;
pub mod scenario;
pub mod stats;
pub mod units;
