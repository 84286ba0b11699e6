//! `connect-sim check`: all that is wrong with a scenario, or what a pair of
//! contracts has of the interface, without running anything.

use std::path::{Path, PathBuf};

use clap::Args;

use super::table::table;
use super::{Failure, say};
use crate::experiments::{self, Code, Interface, Prepared, Source};
use crate::scenario::Scenario;

/// Check a scenario, or a directory of contracts, without running it.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// A scenario file, or a directory with wattconnect.clar and
    /// energy-production.clar.
    path: PathBuf,
    /// Set any key of the scenario, as in market.commission_bps=300.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
}

impl Check {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        if self.path.is_dir() {
            return contracts(&self.path);
        }
        let scenario = Scenario::load(&self.path, &self.overrides)?;
        experiments::check_thresholds(&scenario)?;
        let prepared = Prepared::new(scenario)?;
        experiments::interface(&prepared.code)?;
        let time = &prepared.scenario.time;
        say(format_args!(
            "{}: sound; {} producers and {} buyers over {} days, {} ticks",
            self.path.display(),
            prepared.scenario.producers.count,
            prepared.scenario.buyers.count,
            time.days,
            time.ticks(),
        ));
        Ok(())
    }
}

/// Reads a directory of contracts.
pub(super) fn read_contracts(directory: &Path) -> Result<Code, Failure> {
    let read = |name: &str| {
        let path = directory.join(name);
        Source::read(&path).map_err(|error| {
            Failure::bad_input(format_args!(
                "{}: cannot be read: {error}; a directory of contracts holds wattconnect.clar \
                 and energy-production.clar",
                path.display()
            ))
        })
    };
    Ok(Code {
        wattconnect: read("wattconnect.clar")?,
        energy_production: read("energy-production.clar")?,
    })
}

fn contracts(directory: &Path) -> Result<(), Failure> {
    let code = read_contracts(directory)?;
    let Interface { functions } = experiments::interface(&code)?;
    let mut table = table(&["contract", "function", "takes and returns"], &[]);
    for function in &functions {
        let shape = match &function.signature {
            Some(signature) => {
                let arguments = signature.arguments.iter();
                let arguments: Vec<_> =
                    arguments.map(|(name, kind)| format!("{name} {kind}")).collect();
                // The machine's word for what can never come.
                let returns = signature.returns.replace("UnknownType", "never");
                format!("({}) → {returns}", arguments.join(", "))
            }
            None => "lacking; what needs it is left out".to_owned(),
        };
        table.add_row([function.contract.name(), function.name, &shape]);
    }
    let there = functions.iter().filter(|function| function.signature.is_some()).count();
    say(table);
    say(format_args!("{there} of {} functions of the interface", functions.len()));
    Ok(())
}
