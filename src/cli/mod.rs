//! The command line: what can be typed, one file a verb, and all the printing
//! of the program. No rule of the market lives here.

mod adversaries;
mod check;
mod compare;
mod failure;
mod fuzz;
mod init;
mod inputs;
mod interrupt;
mod limits;
mod machine;
mod merge;
mod precision;
mod print;
mod progress;
mod quote;
mod replay;
mod report;
mod run;
mod shell;
mod stress;
mod sweep;
mod table;
mod tune;
mod verify;
mod work;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

pub use failure::{Exit, Failure};

use crate::report::Inputs;

/// Simulates the Connect energy market on its real contracts.
///
/// Exit codes: 0 done, 1 the run failed, 2 bad usage, scenario or contract,
/// 3 a rule that must always hold was broken or a replay differs, 99 a threshold of the scenario was crossed,
/// 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "connect-sim", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run a scenario and write its results.
    Run(run::Run),
    /// Find how many homes the chain carries, and what binds first.
    Stress(stress::Stress),
    /// Compare settings on the same weather, homes and whims.
    Compare(compare::Compare),
    /// Try the settings that a scenario's [sweep] names.
    Sweep(sweep::Sweep),
    /// Search the settings that serve a scenario's [tune] best.
    Tune(tune::Tune),
    /// Join the parts of a sweep.
    Merge(merge::Merge),
    /// Do the calls of a trace again and compare what comes of them.
    Replay(replay::ReplayTrace),
    /// Turn saved results into a dossier, or run one again to check it.
    Report(report::Report),
    /// Throw random calls at the contracts and hold them against their twin.
    Fuzz(fuzz::Fuzz),
    /// Check a scenario, or a directory of contracts, without running it.
    Check(check::Check),
    /// Write a commented scenario to start from.
    Init(init::Init),
    /// Print the JSON Schema of scenarios, for editors.
    Schema(shell::Schema),
    /// Print completions for a shell.
    Completions(shell::Completions),
    /// Print the manual page, or write one for each verb.
    Man(shell::Man),
}

/// Carries out what was typed, prints what went wrong and gives the exit code:
/// the whole program.
#[must_use]
pub fn main() -> ExitCode {
    let done = match Cli::try_parse() {
        Ok(cli) => cli.execute(),
        Err(error) if error.use_stderr() => error.exit(),
        // Help, or the version.
        Err(asked) => {
            print::help(&asked);
            Ok(())
        }
    };
    let printed = print::unwritten().map_or(Ok(()), |error| Err(Failure::unprinted(&error)));
    match done.and(printed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

impl Cli {
    /// Carries out what was typed.
    ///
    /// # Errors
    /// What went wrong, and the exit code that says of which kind it is.
    pub fn execute(&self) -> Result<(), Failure> {
        match &self.verb {
            Verb::Run(run) => run.execute(),
            Verb::Stress(stress) => stress.execute(),
            Verb::Compare(compare) => compare.execute(),
            Verb::Sweep(sweep) => sweep.execute(),
            Verb::Tune(tune) => tune.execute(),
            Verb::Merge(merge) => merge.execute(),
            Verb::Replay(replay) => replay.execute(),
            Verb::Report(report) => report.execute(&|words| {
                let cli = Self::try_parse_from(words).map_err(|error| error.to_string())?;
                Ok(Box::new(cli))
            }),
            Verb::Fuzz(fuzz) => fuzz.execute(),
            Verb::Check(check) => check.execute(),
            Verb::Init(init) => init.execute(),
            Verb::Schema(schema) => {
                schema.execute();
                Ok(())
            }
            Verb::Completions(completions) => {
                completions.execute(Self::command());
                Ok(())
            }
            Verb::Man(man) => man.execute(Self::command()),
        }
    }
}

impl verify::Command for Cli {
    fn reads(&self) -> Vec<&Path> {
        match &self.verb {
            Verb::Run(run) => run.reads(),
            Verb::Stress(stress) => stress.reads(),
            Verb::Compare(compare) => compare.reads(),
            Verb::Sweep(sweep) => sweep.reads(),
            Verb::Tune(tune) => tune.reads(),
            Verb::Fuzz(fuzz) => fuzz.reads(),
            Verb::Check(check) => check.reads(),
            _ => Vec::new(),
        }
    }

    fn inputs(&self) -> Result<Inputs, Failure> {
        match &self.verb {
            Verb::Run(run) => run.inputs(),
            Verb::Stress(stress) => stress.inputs(),
            Verb::Compare(compare) => compare.inputs(),
            Verb::Sweep(sweep) => sweep.inputs(),
            Verb::Tune(tune) => tune.inputs(),
            Verb::Fuzz(fuzz) => fuzz.inputs(),
            Verb::Check(check) => check.inputs(),
            _ => Ok(Inputs::default()),
        }
    }

    fn execute(&self) -> Result<(), Failure> {
        Self::execute(self)
    }
}
