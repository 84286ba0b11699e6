//! Questions put to the market: each verb turns scenarios into outcomes. The
//! one place that works in parallel; results are in the order of their
//! replicates, whoever finished first. Writes no files and prints nothing.

mod adversaries;
mod battery;
mod compare;
mod edges;
mod error;
mod evidence;
mod fuzz;
mod homes;
mod interface;
mod limits;
mod measures;
mod mutants;
mod need;
mod probes;
mod ramp;
mod response;
mod run;
mod search;
mod seen;
mod settings;
mod step;
mod stress;
mod sweep;
mod thresholds;
mod trials;
mod tune;
mod verdict;

pub use crate::agents::Adversary;
pub use crate::engine::Better;
pub use crate::engine::record::FindingRow;
pub use crate::engine::{
    DataReport, Guest, GuestHome, Limit, PrepareError, Prepared, RunError, code, data_report,
};
pub use crate::market::{Code, MarketError, Need, Source};
pub use crate::stats::Estimate;
pub use adversaries::{
    EFFECTS, LineupRow, Onset, OnsetValue, Safety, SafetyOptions, SafetyRow, safety,
};
pub use battery::{Severity, Weakness, battery};
pub use compare::{Comparison, ComparisonRow, Variant, compare};
pub use edges::{Edge, edges};
pub use error::{ExperimentError, LimitsError, StressError, UnknownMeasure};
pub use fuzz::{Coverage, Ending, Failed, Finding, FindingKind, FuzzOptions, Fuzzed, fuzz};
pub use homes::{HOME_KINDS, Home, HomeGroup, SIZES, home, home_groups, home_thirds};
pub use interface::{Interface, InterfaceFunction, interface};
pub use limits::{Grown, Limits, limits};
pub use measures::{JUDGED, MeasureName, better, measures, place};
pub use mutants::{Fate, Hunt, Mutant, MutantOptions, count_mutants, mutants};
pub use need::memory_needed;
pub use probes::{End, Lineup, Probe};
pub use response::{MapCell, Response, ResponseMap};
pub use run::{Outcome, Precision, RunOptions, SummaryRow, contracts, findings, run, run_until};
pub use search::{Bench, Candidate, Sample, SearchPlan, balanced, front, search};
pub use seen::{HomesRow, TREASURY_QUANTILES, TreasuryRow};
pub use settings::{Base, Space, Values, sobol_sequence};
pub use step::Step;
pub use stress::{Capacity, StressOptions, stress};
pub use sweep::{Sensitivity, SensitivityRow, Shard, Sweep};
pub use thresholds::{Tested, check_thresholds, test_thresholds};
pub use trials::{Memory, Store};
pub use tune::{Tune, TuneOutcome, Tuned};
pub use verdict::Verdict;
