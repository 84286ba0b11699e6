//! `connect-sim fuzz`: random calls on the contracts and on their twin.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;

use super::check::read_contracts;
use super::failure::Failure;
use super::quote::path as path_word;
use super::table::{number, table};
use super::work::{Output, Threads, kept_path};
use super::{inputs, interrupt, progress};
use crate::experiments::{
    self, Code, Coverage, Ending, Failed, Fate, FuzzOptions, Hunt, Mutant, MutantOptions,
};
use crate::report::{self, Inputs, ResultDirectory};
use crate::scenario::Contracts;

/// Throw random calls at the contracts and hold them against their twin.
///
/// Every answer, every event and the state after every call must be what a twin of the contracts
/// in plain Rust comes to, and the rules that must always hold are checked on books of their own.
/// What is found is cut down to the calls that matter; exit code 3 then.
#[derive(Debug, Args)]
pub(super) struct Fuzz {
    /// A directory with wattconnect.clar and energy-production.clar; the shipped ones by default.
    #[arg(value_parser = kept_path())]
    contracts: Option<PathBuf>,
    /// Calls to make; 100,000 by default, with --mutants up to 200,000 for each.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    calls: Option<u64>,
    /// Plant faults in the contracts, one at a time, and see which of them are found.
    #[arg(long)]
    mutants: bool,
    /// With --mutants: only every N-th fault, for a quick look.
    #[arg(long, value_name = "N", requires = "mutants", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..))]
    every: u16,
    /// What the calls are drawn from.
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Where to write coverage.csv, or mutants.csv; nowhere by default, but for what was found.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    output: Output,
}

impl Fuzz {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let code = self.code()?;
        let result = self.output.asked(self.out.as_deref())?;
        interrupt::keeps_nothing();
        if self.mutants { self.hunt(&code, result) } else { self.fuzz(&code, result) }
    }

    fn code(&self) -> Result<Code, Failure> {
        match &self.contracts {
            None => Ok(Code::shipped()),
            Some(path) => read_contracts(path, &Contracts::default()),
        }
    }

    /// What it reads first, for `report --verify`.
    pub(super) fn reads(&self) -> Vec<&Path> {
        self.contracts.iter().map(PathBuf::as_path).collect()
    }

    /// What that holds.
    pub(super) fn inputs(&self) -> Result<Inputs, Failure> {
        Ok(inputs::of_code(&self.code()?))
    }

    /// How to make these results again.
    fn command(&self) -> String {
        let mut command = "connect-sim fuzz".to_owned();
        if let Some(contracts) = &self.contracts {
            command.push(' ');
            command.push_str(&path_word(contracts));
        }
        if let Some(calls) = self.calls {
            command.push_str(&format!(" --calls {calls}"));
        }
        if self.mutants {
            command.push_str(&format!(" --mutants --every {}", self.every));
        }
        command.push_str(&format!(" --seed {}", self.seed));
        command
    }

    fn fuzz(&self, code: &Code, asked_for: Option<ResultDirectory>) -> Result<(), Failure> {
        let asked = self.calls.unwrap_or(100_000);
        let options = FuzzOptions { calls: asked, seed: self.seed, jobs: self.threads.count() };
        let bar = progress::bar(asked, "calls", self.output.quiet);
        let begun = Instant::now();
        let fuzzed = experiments::fuzz(code, options, &|calls| bar.inc(calls));
        let seconds = begun.elapsed().as_secs_f64();
        bar.finish_and_clear();
        let fuzzed = fuzzed?;
        let calls = fuzzed.coverage.calls() as f64;
        self.output.say(coverage(&fuzzed.coverage));
        self.output.say(format_args!(
            "seed {}: {} calls in {seconds:.1} s, {} a second",
            self.seed,
            number(calls),
            number((calls / seconds.max(1e-3)).round())
        ));
        // What is found is always kept; the same seed finds the same again.
        let result = match asked_for {
            None if fuzzed.failed.is_some() => {
                let name = format!("fuzz-seed-{}", self.seed);
                Some(ResultDirectory::begin(&Path::new("results").join(name), true)?)
            }
            asked_for => asked_for,
        };
        let kept = result.as_ref().map(|result| result.path().to_owned());
        if let Some(result) = result {
            let directory = result.path().to_owned();
            report::write_fuzzed(&fuzzed, code, options, &self.command(), result)?;
            self.output.say(format_args!("results in {}", directory.display()));
        }
        match (&fuzzed.failed, kept) {
            (Some(failed), Some(directory)) => {
                let trace = directory.join("trace.jsonl");
                let story = story(failed, self.seed);
                Err(Failure::broken(format_args!("{story}\nkept in {}", trace.display())))
            }
            _ => {
                self.output.say("no difference between contracts and twin, and no broken rule");
                Ok(())
            }
        }
    }

    fn hunt(&self, code: &Code, result: Option<ResultDirectory>) -> Result<(), Failure> {
        let options = MutantOptions {
            calls: self.calls.unwrap_or(200_000),
            seed: self.seed,
            jobs: self.threads.count(),
            every: usize::from(self.every),
        };
        let count = experiments::count_mutants(code).div_ceil(options.every);
        let bar = progress::bar(count as u64, "planted faults", self.output.quiet);
        let hunt = experiments::mutants(code, options, &|| bar.inc(1));
        bar.finish_and_clear();
        let hunt = hunt?;
        self.output.say(kinds(&hunt));
        for mutant in &hunt.mutants {
            if !matches!(mutant.fate, Fate::Found(..)) {
                self.output.say(survivor(mutant, code));
            }
        }
        self.output.say(format_args!(
            "{} faults planted, {} of them no faults; {} found: {:.1} % ({} more did not compile)",
            hunt.mutants.len(),
            hunt.equivalent(),
            hunt.found(),
            100.0 * hunt.score(),
            hunt.stillborn
        ));
        if let Some(result) = result {
            let directory = result.path().to_owned();
            report::write_mutants(&hunt, code, options, &self.command(), result)?;
            self.output.say(format_args!("results in {}", directory.display()));
        }
        if hunt.score() < ENOUGH {
            let percent = 100.0 * ENOUGH;
            return Err(Failure::broken(format_args!("fewer than {percent} % were found")));
        }
        Ok(())
    }
}

/// The share of planted faults that must be found.
const ENOUGH: f64 = 0.95;

/// Planted faults by kind.
fn kinds(hunt: &Hunt) -> String {
    let headers = ["what was planted", "faults", "found", "no faults", "most calls to find"];
    let mut table = table(&headers, &[1, 2, 3, 4]);
    let mut operators: Vec<_> = hunt.mutants.iter().map(|mutant| mutant.operator).collect();
    operators.sort_unstable();
    operators.dedup();
    for operator in operators {
        let of: Vec<_> = hunt.mutants.iter().filter(|m| m.operator == operator).collect();
        let count = |is: fn(&Fate) -> bool| of.iter().filter(|m| is(&m.fate)).count() as f64;
        let calls = of.iter().filter_map(|mutant| match mutant.fate {
            Fate::Found(calls, _) => Some(calls),
            Fate::Equivalent(_) | Fate::Survived => None,
        });
        table.add_row([
            operator.to_owned(),
            number(of.len() as f64),
            number(count(|fate| matches!(fate, Fate::Found(..)))),
            number(count(|fate| matches!(fate, Fate::Equivalent(_)))),
            calls.max().map_or_else(String::new, |calls| number(calls as f64)),
        ]);
    }
    table.to_string()
}

/// A fault that was not found.
fn survivor(mutant: &Mutant, code: &Code) -> String {
    let Mutant { contract, definition, line, operator, from, to, fate } = mutant;
    let file = &code.of(*contract).file;
    let why = match fate {
        Fate::Equivalent(why) => format!("no fault: {why}"),
        Fate::Found(..) | Fate::Survived => "NOT FOUND".to_owned(),
    };
    format!("{file}:{line}: {definition}: {operator}: {from} → {to}\n  {why}")
}

/// What was found, and the calls that show it.
fn story(failed: &Failed, seed: u64) -> String {
    let Failed { sequence, taken, finding, calls, .. } = failed;
    let mut story = format!(
        "{} in sequence {sequence} of seed {seed}, after {taken} calls, cut down to {}:\n",
        finding.kind.word(),
        calls.len()
    );
    for (place, call) in calls.iter().enumerate() {
        story.push_str(&format!("  {:>3}  {call}\n", place + 1));
    }
    story.push_str(&finding.text);
    story
}

/// Functions by outcome; those that can only answer in one line.
fn coverage(coverage: &Coverage) -> String {
    let headers = ["function", "accepted", "rejected with", "never met"];
    let mut table = table(&headers, &[1]);
    let rows = coverage.rows();
    let (mut looks, mut looked, mut contract) = (0, 0, None);
    for of_one in rows.chunk_by(|(one, ..), (other, ..)| one == other) {
        let Some((entry, _, first)) = of_one.first() else { continue };
        if of_one.len() == 1 && entry.is_look() && *first > 0 {
            looks += 1;
            looked += first;
            continue;
        }
        if contract != Some(entry.contract()) {
            contract = Some(entry.contract());
            table.add_row([entry.contract().name()]);
        }
        let (mut accepted, mut met, mut never) = (0, Vec::new(), Vec::new());
        for (_, ending, times) in of_one {
            match (ending, times) {
                (Ending::Accepted, 0) => never.push("accepted".to_owned()),
                (Ending::Accepted, times) => accepted = *times,
                (Ending::Rejected(code), 0) => never.push(format!("u{code}")),
                (Ending::Rejected(code), times) => met.push(format!("u{code} ×{times}")),
                (Ending::Aborted, times) => met.push(format!("aborted ×{times}")),
            }
        }
        let name = format!("  {}", entry.name());
        table.add_row([name, number(accepted as f64), met.join(", "), never.join(", ")]);
    }
    format!(
        "{table}\nand {looks} read-only functions that never say no, {} times",
        number(looked as f64)
    )
}
