//! `connect-sim stress`: how much load the chain carries, and what binds.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::adversaries::{Question, SafetyArgs};
use super::failure::Failure;
use super::print::say;
use super::quote::{path as path_word, shell};
use super::table::{number, table};
use super::work::{Output, Threads, check_memory, kept_path};
use super::{inputs, interrupt, limits, progress};
use crate::experiments::{self, Capacity, Step, StressOptions};
use crate::report::{self, Inputs, Provenance, ResultDirectory};
use crate::scenario::Scenario;

/// Find how much load the chain carries, and what binds first.
#[derive(Debug, Args)]
pub(super) struct Stress {
    /// The scenario file; its homes or arrivals are scaled, its thresholds decide.
    #[arg(value_parser = kept_path())]
    scenario: PathBuf,
    /// What grows: homes that wait for their own, or arrivals that do not.
    #[arg(long, value_enum)]
    load: Option<Load>,
    /// Never try more than this: homes, or transactions an hour.
    #[arg(long, value_name = "N", alias = "most-homes", default_value_t = 100_000,
          value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    most: u32,
    /// Days that each step is measured for, after its warm-up.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3_660))]
    days: Option<u32>,
    /// Look at the contracts' limits instead of the blocks: below, at and above
    /// each edge, and as the market grows, up to --most homes.
    #[arg(long, conflicts_with = "load")]
    limits: bool,
    /// Where to write; results/NAME-stress by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set any key of the scenario, as in network.fee_policy='"raising"'.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    safety: SafetyArgs,
}

/// What grows from step to step.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Load {
    Closed,
    Open,
}

impl Stress {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        if self.safety.asked() {
            return self.safety.answer(&Question {
                file: &self.scenario,
                overrides: &self.overrides,
                out: self.out.as_deref(),
                threads: &self.threads,
                output: &self.output,
            });
        }
        let scenario = Scenario::load(&self.scenario, &self.all_overrides())?;
        check_memory(&[&scenario], 1, &self.threads, &self.output)?;
        self.output.remark(&scenario);
        let what = if self.limits { "limits" } else { "stress" };
        let name = format!("{}-{what}", scenario.about.name);
        let result = self.output.directory(self.out.as_deref(), &name)?;
        interrupt::keeps_nothing();
        let provenance = self.provenance(&scenario)?;
        if self.limits {
            return self.look_at_limits(&scenario, &provenance, result);
        }
        let directory = result.path().to_owned();
        let bar = progress::spinner("ticks", self.output.quiet);
        let options = StressOptions { jobs: self.threads.count(), most_load: self.most };
        let capacity = experiments::stress(&scenario, options, &|| bar.inc(1));
        bar.finish_and_clear();
        let capacity = capacity.map_err(|error| Failure::from(error).keep(&directory))?;
        report::write_capacity(&capacity, &provenance, result)?;
        if !self.output.quiet {
            say(steps(&capacity));
            say(thresholds(&capacity));
            say(format_args!("the chain {}", capacity.answer()));
            say(format_args!("results in {}", directory.display()));
        }
        // The search crosses thresholds on purpose; what the scenario asks for
        // is that its own market keeps them.
        let own = scenario.thresholds.0.as_slice();
        match capacity.base_step() {
            Some(step) if !own.is_empty() && !step.crossed.is_empty() => {
                Err(Failure::crossed(&step.crossed.iter().map(String::as_str).collect::<Vec<_>>()))
            }
            _ => Ok(()),
        }
    }

    fn look_at_limits(
        &self,
        scenario: &Scenario,
        provenance: &Provenance,
        result: ResultDirectory,
    ) -> Result<(), Failure> {
        let directory = result.path().to_owned();
        let bar = progress::spinner("ticks", self.output.quiet);
        let jobs = self.threads.count();
        let found = experiments::limits(scenario, jobs, self.most, &|| bar.inc(1));
        bar.finish_and_clear();
        let found = found.map_err(|error| Failure::from(error).keep(&directory))?;
        report::write_limits(&found, provenance, result)?;
        if !self.output.quiet {
            say(limits::edges(&found));
            say(limits::growth(&found));
            say(format_args!("results in {}", directory.display()));
        }
        Ok(())
    }

    /// What it reads first, for `report --verify`.
    pub(super) fn reads(&self) -> Vec<&Path> {
        vec![&self.scenario]
    }

    /// What that holds.
    pub(super) fn inputs(&self) -> Result<Inputs, Failure> {
        let overrides =
            if self.safety.asked() { self.overrides.clone() } else { self.all_overrides() };
        inputs::of_scenarios(vec![Scenario::load(&self.scenario, &overrides)?])
    }

    /// The overrides, with what has a flag of its own among them, so that one
    /// rule checks and records them all.
    fn all_overrides(&self) -> Vec<String> {
        let mut overrides = self.overrides.clone();
        overrides.extend(self.days.map(|days| format!("stress.days={days}")));
        overrides.extend(self.load.map(|load| match load {
            Load::Closed => "stress.load=\"closed\"".to_owned(),
            Load::Open => "stress.load=\"open\"".to_owned(),
        }));
        overrides
    }

    /// How to make these results again.
    fn provenance(&self, scenario: &Scenario) -> Result<Provenance, Failure> {
        let file = self.scenario.display().to_string();
        let mut command =
            format!("connect-sim stress {} --most {}", path_word(&self.scenario), self.most);
        if self.limits {
            command.push_str(" --limits");
        }
        for setting in self.all_overrides() {
            command.push_str(" --set ");
            command.push_str(&shell(&setting));
        }
        Ok(Provenance {
            command,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_file: file,
            data: report::data_files(scenario)?,
        })
    }
}

/// The steps, in columns that a hundred characters hold.
fn steps(capacity: &Capacity) -> String {
    let load = capacity.unit().replace("transactions an hour", "calls\nan hour");
    let headers = [
        load.as_str(),
        "purchases\na tenure",
        "fullest in the\nbusiest tick",
        "wait p50\n(s)",
        "p95\n(s)",
        "p99\n(s)",
        "dropped",
        "next fee\n(µSTX)",
        "crossed",
    ];
    let mut table = table(&headers, &[0, 1, 3, 4, 5, 6, 7]);
    for step in &capacity.steps {
        let (dimension, share) = step.fullest();
        // One a line: a name broken by the table's edge cannot be read.
        let mut crossed = step.crossed.join("\n");
        if step.ended_early {
            crossed.push_str("\n(ended early)");
        }
        table.add_row([
            &number(f64::from(step.load)),
            &format!("{:.1}", step.purchases_a_tenure),
            &format!("{dimension}\n{}", share_text(share)),
            &number(step.measure("wait_s_p50")),
            &number(step.measure("wait_s_p95")),
            &number(step.measure("wait_s_p99")),
            &share_text(step.measure("dropped_share")),
            &number(step.measure("next_block_fee_ustx_max")),
            &crossed,
        ]);
    }
    table.to_string()
}

fn share_text(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", 100.0 * share) } else { number(share) }
}

/// How each threshold was kept: by the scenario as it is, and on both sides of
/// the edge.
fn thresholds(capacity: &Capacity) -> String {
    let unit = capacity.unit();
    let sides: Vec<&Step> = [capacity.base_step(), capacity.carried(), capacity.first_crossed()]
        .into_iter()
        .flatten()
        .fold(Vec::new(), |mut sides, step| {
            if !sides.iter().any(|known: &&Step| known.load == step.load) {
                sides.push(step);
            }
            sides
        });
    let mut headers = vec!["threshold".to_owned(), "bound".to_owned()];
    headers.extend(sides.iter().map(|step| format!("{}\n{unit}", number(f64::from(step.load)))));
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let right: Vec<usize> = (2..headers.len()).collect();
    let mut table = table(&headers, &right);
    for threshold in &capacity.thresholds {
        let bound = format!("{} {}", threshold.comparison.sign(), number(threshold.limit));
        let mut row = vec![threshold.metric.clone(), bound];
        row.extend(sides.iter().map(|step| {
            let crossed = step.crossed.contains(&threshold.metric);
            let verdict = if crossed { "crossed" } else { "kept" };
            format!("{} {verdict}", number(step.measure(&threshold.metric)))
        }));
        table.add_row(row);
    }
    table.to_string()
}
