//! What ends the program early: a message, and an exit code that says whose
//! fault it is.

use std::fmt::Display;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use super::print::harmless;
use super::quote::path as path_word;
use crate::experiments::{
    ExperimentError, LimitsError, MarketError, PrepareError, RunError, StressError, UnknownMeasure,
};
use crate::report::{self, ReportError};
use crate::scenario::Faults;
use crate::trace::ReplayError;

/// The exit codes, as the documentation promises them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The run failed.
    Failed = 1,
    /// Bad usage, scenario or contract.
    BadInput = 2,
    /// A rule that must always hold was broken, or a replay differs.
    RuleBroken = 3,
    /// A threshold of the scenario was crossed, or a weakness of the contracts
    /// is severe.
    ThresholdCrossed = 99,
}

/// Why the program ends early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    exit: Exit,
    message: String,
    /// The seed and the calls of a run that broke a rule, until they are kept.
    evidence: Option<(u64, Vec<u8>)>,
}

impl Failure {
    fn new(exit: Exit, message: impl Display) -> Self {
        Self { exit, message: message.to_string(), evidence: None }
    }

    /// The user gave what cannot be used.
    pub(super) fn bad_input(message: impl Display) -> Self {
        Self::new(Exit::BadInput, message)
    }

    /// Thresholds of the scenario were crossed: which.
    pub(super) fn crossed(names: &[&str]) -> Self {
        Self::new(Exit::ThresholdCrossed, format_args!("crossed: {}", names.join(", ")))
    }

    /// Standard output did not take what was printed.
    pub(super) fn unprinted(error: &std::io::Error) -> Self {
        Self::new(Exit::Failed, format_args!("standard output: cannot be written: {error}"))
    }

    /// Contracts have a severe weakness.
    pub(super) fn severe(message: impl Display) -> Self {
        Self::new(Exit::ThresholdCrossed, message)
    }

    /// The same, with the calls of the run that broke a rule kept beside
    /// `directory`, where its result would have been.
    pub(super) fn keep(mut self, directory: &Path) -> Self {
        let Some((seed, calls)) = self.evidence.take() else { return self };
        let line = match report::write_broken(directory, seed, &calls) {
            Ok(path) => format!(
                "all calls up to it are in {path}; see them again with: connect-sim replay {path}",
                path = path_word(&path)
            ),
            Err(error) => format!("its calls could not be kept: {error}"),
        };
        self.message = format!("{}\n  {line}", self.message);
        self
    }

    /// The contracts broke a rule or do other than they are said to.
    pub(super) fn broken(message: impl Display) -> Self {
        Self::new(Exit::RuleBroken, message)
    }

    /// The same with another message.
    pub(super) fn saying(self, message: impl Display) -> Self {
        Self { message: message.to_string(), ..self }
    }

    /// Prints the message on standard error and gives the exit code.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        let _ = writeln!(std::io::stderr(), "error: {}", harmless(&self.message));
        ExitCode::from(self.exit as u8)
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::bad_input(faults)
    }
}

impl From<PrepareError> for Failure {
    fn from(error: PrepareError) -> Self {
        Self::bad_input(error)
    }
}

impl From<UnknownMeasure> for Failure {
    fn from(error: UnknownMeasure) -> Self {
        Self::bad_input(error)
    }
}

impl From<StressError> for Failure {
    fn from(error: StressError) -> Self {
        match error {
            StressError::Threshold(error) => error.into(),
            StressError::Scenario(error) => error.into(),
            StressError::Prepare(error) => error.into(),
            StressError::Run(error) => error.into(),
            StressError::NothingArrives { .. } => Self::bad_input(error),
        }
    }
}

impl From<LimitsError> for Failure {
    fn from(error: LimitsError) -> Self {
        match error {
            LimitsError::Prepare(error) => error.into(),
            LimitsError::Market(error) => error.into(),
            LimitsError::Run(error) => error.into(),
            LimitsError::Setup { .. } => Self::bad_input(error),
            LimitsError::Chain(_) | LimitsError::Untyped => Self::new(Exit::Failed, error),
        }
    }
}

impl From<MarketError> for Failure {
    fn from(error: MarketError) -> Self {
        let exit = match error {
            MarketError::Deploy(_) | MarketError::Lacks { .. } | MarketError::Circle { .. } => {
                Exit::BadInput
            }
            MarketError::Chain(_) | MarketError::Shape { .. } => Exit::Failed,
        };
        Self::new(exit, error)
    }
}

impl From<RunError> for Failure {
    fn from(mut error: RunError) -> Self {
        match error {
            RunError::Market(error) => error.into(),
            RunError::Broken { seed, ref mut trace, .. } => {
                let calls = trace.take();
                let evidence = calls.map(|calls| (seed, calls));
                Self { evidence, ..Self::new(Exit::RuleBroken, error) }
            }
            RunError::Setup { .. } | RunError::Genesis { .. } => Self::bad_input(error),
            RunError::Chain(_)
            | RunError::Energy(_)
            | RunError::Histogram
            | RunError::Trace(_)
            | RunError::Cancelled => Self::new(Exit::Failed, error),
        }
    }
}

impl From<ExperimentError> for Failure {
    fn from(error: ExperimentError) -> Self {
        let message = error.to_string();
        let exit = match error {
            ExperimentError::Run { error, .. } | ExperimentError::Start(error) => {
                return Self { message, ..Self::from(error) };
            }
            ExperimentError::Store(_) => Exit::Failed,
            ExperimentError::Setting { .. }
            | ExperimentError::AfterWarmUp { .. }
            | ExperimentError::Prepare(_)
            | ExperimentError::UnknownMeasure { .. }
            | ExperimentError::Incomplete(_) => Exit::BadInput,
        };
        Self::new(exit, message)
    }
}

impl From<ReplayError> for Failure {
    fn from(error: ReplayError) -> Self {
        let exit = match error {
            ReplayError::Trace(_) | ReplayError::Deploy(_) => Exit::BadInput,
            ReplayError::Chain(_) => Exit::Failed,
        };
        Self::new(exit, error)
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        let exit = match error {
            ReportError::NoParquet
            | ReportError::AlreadyThere { .. }
            | ReportError::NotAResult { .. }
            | ReportError::NoName { .. }
            | ReportError::Foreign { .. }
            | ReportError::Link { .. }
            | ReportError::Busy { .. }
            | ReportError::Parts(_)
            | ReportError::Broken { .. }
            | ReportError::Read { .. } => Exit::BadInput,
            ReportError::Write { .. } => Exit::Failed,
        };
        Self::new(exit, error)
    }
}
