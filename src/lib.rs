//! connect-sim

pub mod random;
pub mod units;
