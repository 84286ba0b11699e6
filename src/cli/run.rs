//! `connect-sim run`: one scenario, replicated, and its results on disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use comfy_table::Table;

use super::adversaries::takings;
use super::failure::Failure;
use super::precision::{precision_flags, share};
use super::print::say;
use super::quote::{path as path_word, shell};
use super::table::{number, table};
use super::work::{Output, Threads, check_memory, check_seeds, kept_path};
use super::{inputs, interrupt, progress};
use crate::experiments::{
    self, ExperimentError, FindingRow, JUDGED, Outcome, Precision, Prepared, RunOptions, Tested,
};
use crate::report::{self, Format, HashedFile, Inputs, Provenance};
use crate::scenario::Scenario;

/// Run a scenario and write its results.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// The scenario file.
    #[arg(value_parser = kept_path())]
    scenario: PathBuf,
    /// Seed of the first replicate; the others follow it.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many times to run, each with a seed of its own.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replicates: Option<u32>,
    /// Add replicates until the 95 % interval is that narrow, relative to the
    /// mean, as in 2%.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    precision: Option<f64>,
    /// The measures that --precision is asked of.
    #[arg(long, value_name = "MEASURE", value_delimiter = ',', requires = "precision",
          default_values = JUDGED)]
    precision_of: Vec<String>,
    /// The most replicates that --precision may take.
    #[arg(long, value_name = "N", requires = "precision", default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_replicates: u32,
    /// Where to write; results/NAME by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set any key of the scenario, as in market.commission_bps=300.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    /// Also write every transaction: transactions.csv to read, trace.jsonl to
    /// do them again with `connect-sim replay`.
    #[arg(long)]
    trace: bool,
    /// The form of the large tables: ticks, participants, transactions. CSV is
    /// always written, any other form beside it.
    #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
    format: TableFormat,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    output: Output,
}

/// What --format takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum TableFormat {
    /// Text, which everything reads.
    Csv,
    /// Typed columns for notebooks; this program must be built with it.
    Parquet,
}

impl TableFormat {
    const fn in_report(self) -> Format {
        match self {
            Self::Csv => Format::Csv,
            Self::Parquet => Format::Parquet,
        }
    }
}

impl Run {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let format = self.format.in_report();
        format.check()?;
        let scenario = Scenario::load(&self.scenario, &self.all_overrides())?;
        let result = self.output.directory(self.out.as_deref(), &scenario.about.name)?;
        let directory = result.path().to_owned();
        experiments::check_thresholds(&scenario)?;
        let options = RunOptions {
            replicates: scenario.about.replicates,
            jobs: self.threads.count(),
            trace: self.trace,
        };
        let precision = self.precision();
        if let Some(precision) = &precision {
            check_seeds(&scenario, precision.max_replicates)?;
        }
        let most = precision.as_ref().map_or(options.replicates, |p| p.max_replicates);
        check_memory(&[&scenario], u64::from(most), &self.threads, &self.output)?;
        self.output.remark(&scenario);
        let steps = u64::from(most) * u64::from(scenario.time.ticks());
        let data = report::data_files(&scenario)?;
        interrupt::keeps_nothing();
        let prepared = Arc::new(Prepared::new(scenario)?);
        let bar = progress::bar(steps, "ticks", self.output.quiet);
        let tick = || bar.inc(1);
        let outcome: Result<_, ExperimentError> = match &precision {
            None => experiments::run(&prepared, options, &tick)
                .map(|outcome| (outcome, true))
                .map_err(ExperimentError::from),
            Some(precision) => experiments::run_until(&prepared, options, precision, &tick),
        };
        bar.finish_and_clear();
        let (outcome, precise) = outcome.map_err(|error| Failure::from(error).keep(&directory))?;
        report::write(&outcome, &self.provenance(data), format, result)?;
        if !self.output.quiet {
            say(outcome.scenario.in_short());
            let changed = outcome.scenario.changed();
            if !changed.is_empty() {
                say(format_args!("other than the defaults: {}", changed.join(", ")));
            }
            say(summary(&outcome));
            if outcome.records.len() == 1 {
                say("one replicate has no interval, so that it can show no difference; give more \
                     with --replicates");
            }
            if let Some(takings) = takings(&outcome) {
                say(takings);
            }
            if !precise {
                say(format_args!(
                    "the precision asked for was not reached with {most} replicates; give more \
                     with --max-replicates"
                ));
            }
            let findings = experiments::findings(&outcome);
            if !findings.is_empty() {
                say(found(&findings));
            }
            say(format_args!("results in {}", directory.display()));
        }
        self.thresholds(&outcome)
    }

    /// Shows how the scenario's thresholds were kept; an error where one was
    /// crossed. The results stay: they show by how much.
    fn thresholds(&self, outcome: &Outcome) -> Result<(), Failure> {
        let tested = experiments::test_thresholds(outcome);
        if !self.output.quiet && !tested.is_empty() {
            let mut table = table(&["threshold", "bound", "mean", ""], &[2]);
            for Tested { threshold, value, holds, without } in &tested {
                let bound = format!("{} {}", threshold.comparison.sign(), number(threshold.limit));
                let mut verdict = if *holds { "kept" } else { "crossed" }.to_owned();
                if *without > 0 {
                    let all = outcome.records.len();
                    verdict.push_str(&format!("\n(no value in {without} of {all} replicates)"));
                }
                table.add_row([&threshold.metric, &bound, &number(*value), &verdict]);
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

    /// What it reads first, for `report --verify`.
    pub(super) fn reads(&self) -> Vec<&Path> {
        vec![&self.scenario]
    }

    /// What that holds.
    pub(super) fn inputs(&self) -> Result<Inputs, Failure> {
        inputs::of_scenarios(vec![Scenario::load(&self.scenario, &self.all_overrides())?])
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

    fn precision(&self) -> Option<Precision> {
        Some(Precision {
            relative: self.precision?,
            measures: self.precision_of.clone(),
            max_replicates: self.max_replicates,
        })
    }

    /// How to make these results again.
    fn provenance(&self, data: Vec<HashedFile>) -> Provenance {
        let mut command = format!("connect-sim run {}", path_word(&self.scenario));
        for setting in self.all_overrides() {
            command.push_str(" --set ");
            command.push_str(&shell(&setting));
        }
        if let Some(precision) = self.precision() {
            command.push_str(&precision_flags(&precision));
        }
        if self.trace {
            command.push_str(" --trace");
        }
        if self.format == TableFormat::Parquet {
            command.push_str(" --format parquet");
        }
        Provenance {
            command,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_file: self.scenario.display().to_string(),
            data,
        }
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

/// What was noted of contracts that are not the product's own.
fn found(findings: &[FindingRow]) -> Table {
    let mut table = table(&["finding", "about", "times", "the first"], &[2]);
    for row in findings {
        table.add_row([row.finding, &row.subject, &row.count.to_string(), &row.detail]);
    }
    table
}

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
