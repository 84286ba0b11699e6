//! What verbs have in common that leave a result: its place, how much is told
//! meanwhile, and the threads of those that work for long.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::failure::Failure;
use super::machine;
use super::print::say;
use crate::experiments::memory_needed;
use crate::report::{ResultDirectory, path_text};
use crate::scenario::{Scenario, last_seed_is_exact};

/// What reads the path of a scenario or of contracts: it goes into the command
/// that a manifest keeps, and so must be text.
pub(super) fn kept_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|given| match given.into_string() {
        // The command that a manifest keeps must not take it for a flag.
        Ok(text) => Ok(PathBuf::from(path_text(text.as_ref()))),
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
    /// Threads that will be at work.
    fn at_work(&self) -> u64 {
        let cores = || std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
        self.jobs.map_or_else(cores, u64::from)
    }

    /// Threads to work on; 0 for as many as there are cores.
    pub(super) fn count(&self) -> usize {
        self.jobs.map_or(0, usize::from)
    }
}

/// Refuses what the machine has not the memory for; says so beforehand where it
/// is much. `runs` are made of each scenario.
pub(super) fn check_memory(
    scenarios: &[&Scenario],
    runs: u64,
    threads: &Threads,
    output: &Output,
) -> Result<(), Failure> {
    const MUCH: u64 = 1 << 30;
    let needed = scenarios.iter().map(|scenario| memory_needed(scenario, runs, threads.at_work()));
    let needed = needed.max().unwrap_or(0);
    let gigabytes = |bytes: u64| bytes as f64 / f64::from(1 << 30);
    let has = machine::memory();
    if let Some(has) = has.filter(|has| needed > *has) {
        return Err(Failure::bad_input(format_args!(
            "this takes {:.1} GiB of memory or more, and the machine has {:.1} GiB to spare; take \
             fewer homes, adversaries, replicates or --jobs",
            gigabytes(needed),
            gigabytes(has)
        )));
    }
    if needed > MUCH {
        output.say(format_args!("takes {:.1} GiB of memory or more", gigabytes(needed)));
    }
    Ok(())
}

/// Refuses seeds that not every reader of JSON keeps: of the last of
/// `replicates`.
pub(super) fn check_seeds(scenario: &Scenario, replicates: u32) -> Result<(), Failure> {
    let seed = scenario.about.seed;
    if last_seed_is_exact(seed, replicates) {
        return Ok(());
    }
    Err(Failure::bad_input(format_args!(
        "scenario.seed = {seed}: with up to {replicates} replicates, seeds would pass 2^53 − 1, the \
         last that every reader of JSON keeps; begin with a smaller one"
    )))
}

impl Output {
    /// Remarks on what looks odd in a scenario.
    pub(super) fn remark(&self, scenario: &Scenario) {
        for odd in scenario.oddities() {
            self.say(format_args!("note: {odd}"));
        }
    }

    /// Where the result goes: to `out`, or to `name` under results/. Refused
    /// before any work is done where it may not; nobody else can take it until
    /// the result is there.
    pub(super) fn directory(
        &self,
        out: Option<&Path>,
        name: &str,
    ) -> Result<ResultDirectory, Failure> {
        let directory = out.map_or_else(|| Path::new("results").join(name), Path::to_path_buf);
        Ok(ResultDirectory::begin(&directory, self.force)?)
    }

    /// The same, where a result is left only if there is an `out`.
    pub(super) fn asked(&self, out: Option<&Path>) -> Result<Option<ResultDirectory>, Failure> {
        Ok(out.map(|out| ResultDirectory::begin(out, self.force)).transpose()?)
    }

    /// Prints a line, unless nothing is to be told.
    pub(super) fn say(&self, line: impl std::fmt::Display) {
        if !self.quiet {
            say(line);
        }
    }
}
