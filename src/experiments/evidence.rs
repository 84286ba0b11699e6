//! What a run that breaks a rule leaves behind: the same run once more, with
//! every call written down. Runs that keep to the rules cost nothing more.

use super::error::{ExperimentError, LimitsError, StressError};
use crate::engine::RunError;

/// An error that may have a broken rule behind it.
pub(super) trait Cause {
    /// Why the run failed, where a run did.
    fn cause(&self) -> Option<&RunError>;
}

impl Cause for RunError {
    fn cause(&self) -> Option<&RunError> {
        Some(self)
    }
}

impl Cause for ExperimentError {
    fn cause(&self) -> Option<&RunError> {
        match self {
            Self::Run { error, .. } | Self::Start(error) => Some(error),
            _ => None,
        }
    }
}

impl Cause for StressError {
    fn cause(&self) -> Option<&RunError> {
        if let Self::Run(error) = self { Some(error) } else { None }
    }
}

impl Cause for LimitsError {
    fn cause(&self) -> Option<&RunError> {
        if let Self::Run(error) = self { Some(error) } else { None }
    }
}

/// Does a run that is not traced. Where it breaks a rule it is done again with
/// a trace, which the error then carries. `run` is told whether to trace.
pub(super) fn evidenced<T, E: Cause>(run: impl Fn(bool) -> Result<T, E>) -> Result<T, E> {
    run(false).or_else(|error| match error.cause() {
        Some(RunError::Broken { trace: None, .. }) => run(true),
        _ => Err(error),
    })
}
