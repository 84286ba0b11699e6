//! `connect-sim stress`: how many homes the chain carries, and what binds.

use std::path::PathBuf;

use clap::Args;

use super::run::shell;
use super::table::{number, table};
use super::{Failure, progress, say};
use crate::experiments::{self, Capacity, StressOptions};
use crate::report::{self, Provenance};
use crate::scenario::Scenario;

/// Find how many homes the chain carries, and what binds first.
#[derive(Debug, Args)]
pub(super) struct Stress {
    /// The scenario file; its homes are scaled, its thresholds decide.
    scenario: PathBuf,
    /// Never try more homes than this.
    #[arg(long, value_name = "N", default_value_t = 40_000)]
    most_homes: u32,
    /// Days to run each step for; the scenario's own may take long.
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=3_660))]
    days: u32,
    /// Threads to work on; as many as there are cores by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Where to write; results/NAME-stress by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set any key of the scenario, as in network.fee_policy='"raising"'.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    /// Replace results that are there already.
    #[arg(long)]
    force: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    quiet: bool,
}

impl Stress {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let mut overrides = vec![format!("time.days={}", self.days)];
        overrides.extend(self.overrides.iter().cloned());
        let scenario = Scenario::load(&self.scenario, &overrides)?;
        let name = format!("{}-stress", scenario.about.name);
        let directory = self.out.clone().unwrap_or_else(|| PathBuf::from("results").join(name));
        report::check_free(&directory, self.force)?;
        let provenance = Provenance {
            command: self.command(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_file: self.scenario.display().to_string(),
            data: report::data_files(&scenario)?,
        };
        let bar = progress::spinner("ticks", self.quiet);
        let options =
            StressOptions { jobs: self.jobs.map_or(0, usize::from), most_homes: self.most_homes };
        let capacity = experiments::stress(&scenario, options, &|| bar.inc(1));
        bar.finish_and_clear();
        let capacity = capacity?;
        report::write_capacity(&capacity, &provenance, &directory, self.force)?;
        if !self.quiet {
            say(steps(&capacity));
            say(format_args!("the chain {}", capacity.answer()));
            say(format_args!("results in {}", directory.display()));
        }
        Ok(())
    }

    /// How to make these results again.
    fn command(&self) -> String {
        let mut command = format!(
            "connect-sim stress {} --most-homes {} --days {}",
            shell(&self.scenario.display().to_string()),
            self.most_homes,
            self.days
        );
        for setting in &self.overrides {
            command.push_str(" --set ");
            command.push_str(&shell(setting));
        }
        command
    }
}

fn steps(capacity: &Capacity) -> String {
    let headers = [
        "homes",
        "purchases a tenure",
        "fullest in the busiest tick",
        "wait p50 (s)",
        "wait p95 (s)",
        "wait p99 (s)",
        "calls dropped",
        "fee for the next block (µSTX)",
        "thresholds crossed",
    ];
    let mut table = table(&headers, &[0, 1, 3, 4, 5, 6, 7]);
    for step in &capacity.steps {
        let (dimension, share) = step.fullest();
        let crossed = if step.crossed.is_empty() {
            "none".to_owned()
        } else {
            // One a line: a name broken by the table's edge cannot be read.
            step.crossed.join("\n")
        };
        table.add_row([
            &number(f64::from(step.homes)),
            &format!("{:.1}", step.purchases_a_tenure),
            &format!("{dimension}\n{} %", number((100.0 * share).round())),
            &number(step.measure("wait_s_p50")),
            &number(step.measure("wait_s_p95")),
            &number(step.measure("wait_s_p99")),
            &format!("{} %", number((1_000.0 * step.measure("dropped_share")).round() / 10.0)),
            &number(step.measure("next_block_fee_ustx_max")),
            &crossed,
        ]);
    }
    table.to_string()
}
