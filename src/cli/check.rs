//! `connect-sim check`: all that is wrong with a scenario, or what a pair of
//! contracts has of the interface, without running anything.

use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::Table;

use super::failure::Failure;
use super::inputs;
use super::quote::{path as path_word, shell};
use super::table::table;
use super::work::{Output, kept_path};
use crate::experiments::{
    self, Code, Interface, PrepareError, Prepared, Severity, Source, Weakness,
};
use crate::report::{self, Inputs, ResultDirectory};
use crate::scenario::{Contracts, Genesis, InputFile, Scenario};

/// Check a scenario, or a directory of contracts, without running it.
///
/// Contracts are put to a battery of questions on the virtual machine: exit code 99 where
/// something severe is found.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// A scenario file, or a directory with wattconnect.clar and
    /// energy-production.clar.
    #[arg(value_parser = kept_path())]
    path: PathBuf,
    /// Set any key of the scenario, as in market.commission_bps=300.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    /// Where to write what was found of the contracts, and for each finding the
    /// calls that show it, which `connect-sim replay` does again.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

impl Check {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let result = self.output.asked(self.out.as_deref())?;
        if self.path.is_dir() {
            return self.contracts(result);
        }
        let scenario = Scenario::load(&self.path, &self.overrides)?;
        experiments::check_thresholds(&scenario)?;
        let prepared = Prepared::new(scenario)?;
        experiments::interface(&prepared.code)?;
        self.output.remark(&prepared.scenario);
        let time = &prepared.scenario.time;
        self.output.say(format_args!(
            "{}: sound; {} producers and {} buyers over {} {}, {} ticks",
            self.path.display(),
            prepared.scenario.producers.count,
            prepared.scenario.buyers.count,
            time.days,
            if time.days == 1 { "day" } else { "days" },
            time.ticks(),
        ));
        let data = experiments::data_report(&prepared.scenario).map_err(PrepareError::from)?;
        for read in &data.read {
            self.output.say(format_args!("read {read}"));
        }
        for doubt in &data.doubts {
            self.output.say(format_args!("note: {doubt}"));
        }
        if prepared.code != Code::shipped() || self.out.is_some() {
            return self.put_to_the_test(&prepared.code, &prepared.scenario.genesis, result);
        }
        Ok(())
    }

    fn contracts(&self, result: Option<ResultDirectory>) -> Result<(), Failure> {
        let settings = self.settings()?;
        let code = read_contracts(&self.path, &settings.contracts)?;
        let interface = experiments::interface(&code)?;
        let functions = &interface.functions;
        let there = functions.iter().filter(|function| function.signature.is_some()).count();
        self.output.say(shapes(&interface));
        self.output.say(format_args!("{there} of {} functions of the interface", functions.len()));
        self.put_to_the_test(&code, &settings.genesis, result)
    }

    /// What --set says of a directory of contracts: which contract is which, or
    /// where one lies, as a scenario in that directory would.
    fn settings(&self) -> Result<Scenario, Failure> {
        let about = |set: &&String| set.trim_start().starts_with("contracts.");
        if let Some(other) = self.overrides.iter().find(|set| !about(set)) {
            return Err(Failure::bad_input(format_args!(
                "--set {other}: a directory of contracts is no scenario; of its keys only those \
                 under contracts. are heeded"
            )));
        }
        let least = "scenario.name = \"contracts\"\nproducers.count = 1\nbuyers.count = 1\n";
        Ok(Scenario::from_toml(least, self.path.join("scenario.toml"), &self.overrides)?)
    }

    /// Puts the battery to contracts, tells what it found and keeps it where
    /// that is asked for; an error where something severe is among it.
    fn put_to_the_test(
        &self,
        code: &Code,
        genesis: &Genesis,
        result: Option<ResultDirectory>,
    ) -> Result<(), Failure> {
        let found = experiments::battery(code, genesis)?;
        self.output.say(self.findings(&found));
        if let Some(result) = result {
            let directory = result.path().to_owned();
            report::write_check(&found, code, &self.command(), result)?;
            self.output.say(format_args!("results in {}", directory.display()));
        }
        let severe = found.iter().filter(|weakness| weakness.severity == Severity::Severe).count();
        match severe {
            0 => Ok(()),
            1 => Err(Failure::severe("one finding is severe")),
            _ => Err(Failure::severe(format_args!("{severe} findings are severe"))),
        }
    }

    /// What it reads first, for `report --verify`.
    pub(super) fn reads(&self) -> Vec<&Path> {
        vec![&self.path]
    }

    /// What that holds of contracts.
    pub(super) fn inputs(&self) -> Result<Inputs, Failure> {
        let code = if self.path.is_dir() {
            read_contracts(&self.path, &self.settings()?.contracts)?
        } else {
            experiments::code(&Scenario::load(&self.path, &self.overrides)?)?
        };
        Ok(inputs::of_code(&code))
    }

    fn findings(&self, found: &[Weakness]) -> Table {
        let mut table = table(&["severity", "found"], &[]);
        for weakness in found {
            let mut text = weakness.found.clone();
            if weakness.severity < Severity::Note {
                for call in &weakness.evidence {
                    text.push_str("\n– ");
                    text.push_str(call);
                }
            }
            if let (Some(directory), Some(file)) = (&self.out, report::evidence_file(weakness)) {
                let file = path_word(&directory.join(file));
                text.push_str(&format!("\nconnect-sim replay {file}"));
            }
            table.add_row([weakness.severity.name(), &text]);
        }
        table
    }

    /// How to make these results again.
    fn command(&self) -> String {
        let mut command = format!("connect-sim check {}", path_word(&self.path));
        for setting in &self.overrides {
            command.push_str(" --set ");
            command.push_str(&shell(setting));
        }
        command
    }
}

/// The contracts at `path`: a directory with a Clarinet.toml or with both
/// files, or a Clarinet.toml itself. `named` says what they are called there, or
/// which file one is.
pub(super) fn read_contracts(path: &Path, named: &Contracts) -> Result<Code, Failure> {
    let names = Code::shipped();
    let called = [&named.wattconnect_name, &named.energy_production_name];
    let given = [&named.wattconnect, &named.energy_production];
    let project = if path.is_dir() { path.join("Clarinet.toml") } else { path.to_owned() };
    if project.is_file() {
        let code = Code::project(&project, called[0], called[1]);
        return code.map_err(Failure::bad_input);
    }
    let read = |source: &Source, which: usize| {
        let file = match given[which] {
            InputFile::Path { found, .. } => found.clone(),
            InputFile::Shipped => path.join(format!("{}.clar", called[which])),
        };
        Source::read(&source.name, &file, source.clarity).map_err(|error| {
            Failure::bad_input(format_args!(
                "{}: cannot be read: {error}; a directory of contracts holds a Clarinet.toml, or \
                 wattconnect.clar and energy-production.clar; say which is which with \
                 --set contracts.wattconnect_name=… and contracts.energy_production_name=…",
                file.display()
            ))
        })
    };
    Ok(Code {
        wattconnect: read(&names.wattconnect, 0)?,
        energy_production: read(&names.energy_production, 1)?,
        others: Vec::new(),
    })
}

/// The functions of the interface, as contracts have them.
fn shapes(interface: &Interface) -> Table {
    let mut table = table(&["contract", "function", "takes and returns"], &[]);
    for function in &interface.functions {
        let shape = match &function.signature {
            Some(signature) => {
                let arguments = signature.arguments.iter();
                let arguments: Vec<_> =
                    arguments.map(|(name, kind)| format!("{name} {kind}")).collect();
                // The machine's word for what can never come.
                let returns = signature.returns.to_string().replace("UnknownType", "never");
                format!("({}) → {returns}", arguments.join(", "))
            }
            None => "lacking; what needs it is left out".to_owned(),
        };
        table.add_row([function.contract.name(), function.name, &shape]);
    }
    table
}
