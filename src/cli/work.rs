//! What verbs have in common that leave a result: its place, how much is told
//! meanwhile, and the threads of those that work for long.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::failure::Failure;
use super::print::say;
use crate::report;

/// What reads the path of a scenario or of contracts: it goes into the command
/// that a manifest keeps, and so must be text.
pub(super) fn kept_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|given| match given.into_string() {
        Ok(text) => Ok(PathBuf::from(text)),
        Err(_) => Err("the path is not UTF-8, and the manifest could not keep it; rename the file"),
    })
}

/// How many threads to work on.
#[derive(Debug, Args)]
pub(super) struct Threads {
    /// Threads to work on; as many as there are cores by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    jobs: Option<u16>,
}

/// No machine has more cores, and every thread at work holds a market.
const MOST_THREADS: i64 = 1_024;

/// What to leave behind, and what to tell.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Replace results that are there already.
    #[arg(long)]
    pub(super) force: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub(super) quiet: bool,
}

impl Threads {
    /// Threads to work on; 0 for as many as there are cores.
    pub(super) fn count(&self) -> usize {
        self.jobs.map_or(0, usize::from)
    }
}

impl Output {
    /// Where the result goes: to `out`, or to `name` under results/. Refused
    /// before any work is done where it may not.
    pub(super) fn directory(&self, out: Option<&Path>, name: &str) -> Result<PathBuf, Failure> {
        let directory = out.map_or_else(|| Path::new("results").join(name), Path::to_path_buf);
        self.check_free(Some(&directory))?;
        Ok(directory)
    }

    /// Refuses a place that already has results in it, unless they are to be
    /// replaced; where there is none, nothing is left and nothing refused.
    pub(super) fn check_free(&self, out: Option<&Path>) -> Result<(), Failure> {
        if let Some(directory) = out {
            report::check_free(directory, self.force)?;
        }
        Ok(())
    }

    /// Prints a line, unless nothing is to be told.
    pub(super) fn say(&self, line: impl std::fmt::Display) {
        if !self.quiet {
            say(line);
        }
    }
}
