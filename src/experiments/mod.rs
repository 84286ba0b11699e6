//! Questions put to the market: each verb turns scenarios into outcomes. The
//! one place that works in parallel; results are in the order of their
//! replicates, whoever finished first. Writes no files and prints nothing.

mod interface;
mod run;
mod stress;
mod thresholds;

pub use crate::engine::{PrepareError, Prepared, RunError};
pub use crate::market::{Code, MarketError, Need, Source};
pub use interface::{Interface, InterfaceFunction, interface};
pub use run::{Outcome, RunOptions, SummaryRow, run};
pub use stress::{Capacity, Step, StressError, StressOptions, stress};
pub use thresholds::{Tested, UnknownMeasure, check_thresholds, test_thresholds};
