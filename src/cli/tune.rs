//! `connect-sim tune`: a search for settings, taken up again where it was
//! killed.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::print::say;
use super::sweep::provenance;
use super::table::{number, table};
use super::work::{Output, Threads, check_memory, kept_path};
use super::{inputs, interrupt, progress};
use crate::experiments::{Base, Space, Tune as Plan, TuneOutcome};
use crate::report::{self, Inputs, Journal};
use crate::scenario::Scenario;

/// Search the settings that serve a scenario's [tune] best.
///
/// Killed at any moment, it goes on where it was with the same command.
#[derive(Debug, Args)]
pub(super) struct Tune {
    /// The scenario file, with a [tune].
    #[arg(value_parser = kept_path())]
    scenario: PathBuf,
    /// Seed of the search and of the first replicate of each setting.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Where to write; results/tune-NAME by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set any key of the scenario, as in tune.candidates=100.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    output: Output,
}

impl Tune {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let overrides = self.all_overrides();
        let scenario = Scenario::load(&self.scenario, &overrides)?;
        let name = format!("tune-{}", scenario.about.name);
        let result = self.output.directory(self.out.as_deref(), &name)?;
        let directory = result.path().to_owned();
        let space = Space::new(&scenario.tune.ranges);
        let base = Base::new(scenario, &self.scenario);
        let Inputs { contracts, data, .. } = inputs::of_space(&base, &space)?;
        base.prepare(&[])?;
        let provenance = provenance("tune", &self.scenario, &overrides, data);
        let key = report::journal_key("tune", &base.scenario, &contracts, &provenance);
        let plan = Plan::new(base)?;
        check_memory(&[&plan.base.scenario], 1, &self.threads, &self.output)?;
        self.output.remark(&plan.base.scenario);
        let journal = Journal::open(&directory, &key)?;
        interrupt::keeps_runs(&directory);
        if !self.output.quiet && journal.count() > 0 {
            say(format_args!("{} runs done before", journal.count()));
        }
        // How many runs there will be is known when the last setting was raced.
        let bar = progress::bar(plan.most_runs(), "runs at most", self.output.quiet);
        let outcome = plan.search(self.threads.count(), &journal, &|| bar.inc(1));
        bar.finish_and_clear();
        let outcome = outcome.map_err(|error| Failure::from(error).keep(&directory))?;
        report::write_tune(&plan, &outcome, &contracts, &provenance, result)?;
        journal.remove();
        if !self.output.quiet {
            print(&plan, &outcome);
            say(format_args!("results in {}", directory.display()));
        }
        Ok(())
    }
}

impl Tune {
    /// The overrides, with what has a flag of its own among them.
    fn all_overrides(&self) -> Vec<String> {
        let mut overrides = self.overrides.clone();
        overrides.extend(self.seed.map(|seed| format!("scenario.seed={seed}")));
        overrides
    }

    /// What it reads first, for `report --verify`.
    pub(super) fn reads(&self) -> Vec<&Path> {
        vec![&self.scenario]
    }

    /// What that holds.
    pub(super) fn inputs(&self) -> Result<Inputs, Failure> {
        let scenario = Scenario::load(&self.scenario, &self.all_overrides())?;
        let space = Space::new(&scenario.tune.ranges);
        inputs::of_space(&Base::new(scenario, &self.scenario), &space)
    }
}

fn print(plan: &Plan, outcome: &TuneOutcome) {
    say(format_args!(
        "{} settings tried, {} of them stopped early, {} runs; {} that none beats",
        outcome.tried,
        outcome.stopped,
        outcome.runs,
        outcome.front.len()
    ));
    say(format_args!("recommended: {}", report::reason(plan, outcome)));
    let Some(chosen) = outcome.recommended.and_then(|place| outcome.front.get(place)) else {
        return;
    };
    let mut settings = table(&["setting", "today", "recommended"], &[1, 2]);
    for (place, key) in plan.space.keys().into_iter().enumerate() {
        let text = |values: &[crate::scenario::Setting]| {
            values.get(place).map_or_else(|| "–".to_owned(), ToString::to_string)
        };
        settings.add_row([key.to_owned(), text(&outcome.today.values), text(&chosen.values)]);
    }
    say(settings);
    let headers = ["objective", "today", "recommended", "difference", "± 95 %", "unit"];
    let mut objectives = table(&headers, &[1, 2, 3, 4]);
    for (place, (measure, raise)) in plan.objectives.iter().enumerate() {
        let mean = |tuned: &crate::experiments::Tuned| {
            number(tuned.objectives[place].map_or(f64::NAN, |estimate| estimate.mean))
        };
        let gain = outcome.gain[place];
        let sign = if *raise { 1.0 } else { -1.0 };
        objectives.add_row([
            measure.name.to_owned(),
            mean(&outcome.today),
            mean(chosen),
            number(sign * gain.map_or(f64::NAN, |gain| gain.mean)),
            number(gain.map_or(f64::NAN, |gain| gain.half_width())),
            measure.unit.to_owned(),
        ]);
    }
    say(objectives);
    for (constraint, (share, bound)) in
        plan.base.scenario.tune.constraints.0.iter().zip(&chosen.events)
    {
        let event = &constraint.event;
        say(format_args!(
            "{} {} {}: in {:.0} % of {} runs, so with 95 % in at most {:.1} %; allowed {:.1} %",
            event.metric,
            event.comparison.sign(),
            event.limit,
            100.0 * share,
            chosen.replicates,
            100.0 * bound,
            100.0 * constraint.chance,
        ));
    }
}
