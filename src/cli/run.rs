//! `connect-sim run`: one scenario, replicated, and its results on disk.

use std::path::PathBuf;

use clap::Args;

use super::table::{number, table};
use super::{Failure, progress, say};
use crate::experiments::{self, Outcome, Prepared, RunOptions, Tested};
use crate::report::{self, HashedFile, Provenance};
use crate::scenario::Scenario;

/// Run a scenario and write its results.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// The scenario file.
    scenario: PathBuf,
    /// Seed of the first replicate; the others follow it.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many times to run, each with a seed of its own.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replicates: Option<u32>,
    /// Threads to work on; as many as there are cores by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Where to write; results/NAME by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set any key of the scenario, as in market.commission_bps=300.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    /// Also write every transaction, to transactions.csv.
    #[arg(long)]
    trace: bool,
    /// Replace results that are there already.
    #[arg(long)]
    force: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    quiet: bool,
}

impl Run {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let scenario = Scenario::load(&self.scenario, &self.all_overrides())?;
        let directory =
            self.out.clone().unwrap_or_else(|| PathBuf::from("results").join(&scenario.about.name));
        experiments::check_thresholds(&scenario)?;
        report::check_free(&directory, self.force)?;
        let options = RunOptions {
            replicates: scenario.about.replicates,
            jobs: self.jobs.map_or(0, usize::from),
            trace: self.trace,
        };
        let steps = u64::from(options.replicates) * u64::from(scenario.time.ticks());
        let data = report::data_files(&scenario)?;
        let prepared = Prepared::new(scenario)?;
        let bar = progress::bar(steps, "ticks", self.quiet);
        let outcome = experiments::run(&prepared, options, &|| bar.inc(1));
        bar.finish_and_clear();
        let outcome = outcome?;
        report::write(&outcome, &self.provenance(data), &directory, self.force)?;
        if !self.quiet {
            say(summary(&outcome));
            say(format_args!("results in {}", directory.display()));
        }
        self.thresholds(&outcome)
    }

    /// Shows how the scenario's thresholds were kept; an error where one was
    /// crossed. The results stay: they show by how much.
    fn thresholds(&self, outcome: &Outcome) -> Result<(), Failure> {
        let tested = experiments::test_thresholds(outcome);
        if !self.quiet && !tested.is_empty() {
            let mut table = table(&["threshold", "bound", "mean", ""], &[2]);
            for Tested { threshold, value, holds } in &tested {
                let bound = format!("{} {}", threshold.comparison.sign(), number(threshold.limit));
                let verdict = if *holds { "kept" } else { "crossed" };
                table.add_row([&threshold.metric, &bound, &number(*value), verdict]);
            }
            say(table);
        }
        let crossed: Vec<_> = tested
            .iter()
            .filter(|tested| !tested.holds)
            .map(|tested| tested.threshold.metric.as_str())
            .collect();
        if crossed.is_empty() { Ok(()) } else { Err(Failure::crossed(&crossed)) }
    }

    /// The overrides, with what has a flag of its own among them, so that one
    /// rule checks and records them all.
    fn all_overrides(&self) -> Vec<String> {
        let mut overrides = self.overrides.clone();
        overrides.extend(self.seed.map(|seed| format!("scenario.seed={seed}")));
        let replicates = self.replicates;
        overrides.extend(replicates.map(|count| format!("scenario.replicates={count}")));
        overrides
    }

    /// How to make these results again.
    fn provenance(&self, data: Vec<HashedFile>) -> Provenance {
        let mut command =
            format!("connect-sim run {}", shell(&self.scenario.display().to_string()));
        for setting in self.all_overrides() {
            command.push_str(" --set ");
            command.push_str(&shell(&setting));
        }
        if self.trace {
            command.push_str(" --trace");
        }
        Provenance {
            command,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_file: self.scenario.display().to_string(),
            data,
        }
    }
}

/// A word as a shell takes it.
fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The measures that are shown at the end, out of all in summary.csv.
const SHOWN: &[&str] = &[
    "surplus_kwh",
    "need_kwh",
    "traded_kwh",
    "surplus_sold_share",
    "demand_met_locally_share",
    "price_mean_ustx_per_kwh",
    "buyers_savings_stx",
    "producers_gain_stx",
    "efficiency_share",
    "commission_stx",
    "refunds_stx",
    "treasury_stx",
    "treasury_min_stx",
    "reserve_at_limit_share",
    "transactions",
    "rejected_share",
    "wait_s_p95",
    "certified",
    "applications_rejected",
];

fn summary(outcome: &Outcome) -> String {
    let mut table = table(&["measure", "mean", "95 % interval", "unit"], &[1, 2]);
    for row in outcome.summary.iter().filter(|row| SHOWN.contains(&row.metric)) {
        let mean = row.estimate.map_or(f64::NAN, |estimate| estimate.mean);
        let interval = row.estimate.and_then(|estimate| estimate.ci95);
        let interval = interval.map_or_else(
            || "–".to_owned(),
            |(interval, _)| format!("{} to {}", number(interval.low), number(interval.high)),
        );
        let unit = if row.unit == "1" { "" } else { row.unit };
        table.add_row([row.metric, &number(mean), &interval, unit]);
    }
    let about = &outcome.scenario.about;
    let replicates = outcome.records.len();
    let plural = if replicates == 1 { "replicate" } else { "replicates" };
    format!("{}: {replicates} {plural} from seed {}\n{table}", about.name, about.seed)
}
