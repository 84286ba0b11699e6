//! What adversaries came to in a run; and `connect-sim stress --adversaries`:
//! which attacks pay, and at which settings they begin to.

use std::path::Path;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::Failure;
use super::print::say;
use super::quote::{path as path_word, shell};
use super::table::{number, table};
use super::work::{Output, Threads, check_memory, check_seeds};
use super::{interrupt, progress};
use crate::experiments::{
    self, Adversary, Base, EFFECTS, Onset, Outcome, Prepared, Safety, SafetyOptions, SafetyRow,
    contracts,
};
use crate::report::{self, Provenance};
use crate::scenario::Scenario;

/// What can be typed about adversaries.
#[derive(Debug, Args)]
pub(super) struct SafetyArgs {
    /// Find instead at which settings each kind of adversary begins to pay,
    /// over the scenario's own days.
    #[arg(long, conflicts_with_all = ["days", "limits", "load"])]
    adversaries: bool,
    /// Only these kinds, each alone.
    #[arg(long, value_name = "KIND", value_delimiter = ',', requires = "adversaries",
          value_parser = PossibleValuesParser::new(Adversary::ALL.iter().map(|one| one.name())))]
    kinds: Vec<String>,
    /// Pairs of runs at each value, with the attack and without.
    #[arg(long, value_name = "N", requires = "adversaries", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(2..=10_000))]
    replicates: u32,
    /// How often the gap around an edge is halved, after five values.
    #[arg(long, value_name = "N", requires = "adversaries", default_value_t = 4,
          value_parser = clap::value_parser!(u32).range(0..=30))]
    halvings: u32,
}

/// What is the same whatever is put to stress.
pub(super) struct Question<'a> {
    pub(super) file: &'a Path,
    pub(super) overrides: &'a [String],
    pub(super) out: Option<&'a Path>,
    pub(super) threads: &'a Threads,
    pub(super) output: &'a Output,
}

impl SafetyArgs {
    /// Whether it was asked for.
    pub(super) const fn asked(&self) -> bool {
        self.adversaries
    }

    pub(super) fn answer(&self, question: &Question<'_>) -> Result<(), Failure> {
        let scenario = Scenario::load(question.file, question.overrides)?;
        let name = format!("{}-safety", scenario.about.name);
        let result = question.output.directory(question.out, &name)?;
        let directory = result.path().to_owned();
        check_seeds(&scenario, self.replicates)?;
        check_memory(&[&scenario], 1, question.threads, question.output)?;
        interrupt::keeps_nothing();
        let data = report::data_files(&scenario)?;
        let contracts = contracts(&Prepared::new(scenario.clone())?);
        let base = Base::new(scenario, question.file);
        let options = SafetyOptions {
            jobs: question.threads.count(),
            replicates: self.replicates,
            halvings: self.halvings,
            kinds: self.kinds.iter().filter_map(|name| kind(name)).collect(),
        };
        let bar = progress::spinner("pairs of runs", question.output.quiet);
        let safety = experiments::safety(&base, &options, &|| bar.inc(1));
        bar.finish_and_clear();
        let safety = safety.map_err(|error| Failure::from(error).keep(&directory))?;
        let provenance = Provenance {
            command: self.command(question),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_file: question.file.display().to_string(),
            data,
        };
        report::write_safety(&safety, &contracts, &provenance, result)?;
        if !question.output.quiet {
            say(lineups(&safety));
            say(edges(&safety));
            say(format_args!("results in {}", directory.display()));
        }
        Ok(())
    }

    /// How to make these results again.
    fn command(&self, question: &Question<'_>) -> String {
        let mut command = format!(
            "connect-sim stress {} --adversaries --replicates {} --halvings {}",
            path_word(question.file),
            self.replicates,
            self.halvings
        );
        if !self.kinds.is_empty() {
            command.push_str(" --kinds ");
            command.push_str(&self.kinds.join(","));
        }
        for setting in question.overrides {
            command.push_str(" --set ");
            command.push_str(&shell(setting));
        }
        command
    }
}

/// A kind by its name.
fn kind(name: &str) -> Option<Adversary> {
    Adversary::ALL.into_iter().find(|kind| kind.name() == name)
}

/// The effects that are shown, out of all in adversaries.csv.
const SHOWN: [(&str, &str); 6] = [
    ("spent", "spent"),
    ("advantage", "gains by attacking"),
    ("treasury_change", "treasury"),
    ("producers_change", "producers"),
    ("buyers_change", "buyers"),
    ("utility_cost", "utility"),
];

fn lineups(safety: &Safety) -> String {
    let mut headers = vec!["STX, against behaving", "how many"];
    headers.extend(SHOWN.iter().map(|(_, words)| *words));
    headers.push("pays");
    let mut table = table(&headers, &[1, 2, 3, 4, 5, 6, 7]);
    for row in &safety.lineups {
        let mut cells = vec![row.lineup.name.to_owned(), row.lineup.count().to_string()];
        for (effect, _) in SHOWN {
            let place = EFFECTS.iter().position(|known| *known == effect);
            let estimate = place.and_then(|place| row.effects[place]);
            // What the utility has to get elsewhere is a loss to it.
            let sign = if effect == "utility_cost" { -1.0 } else { 1.0 };
            cells.push(number(estimate.map_or(f64::NAN, |estimate| sign * estimate.mean)));
        }
        cells.push(if row.pays { "yes" } else { "no" }.to_owned());
        table.add_row(cells);
    }
    table.to_string()
}

fn edges(safety: &Safety) -> String {
    let headers = ["adversary", "setting", "now", "answer", "95 % interval"];
    let mut table = table(&headers, &[2]);
    for row in &safety.rows {
        let (from, to) = row.probe.range(&safety.scenario);
        let mut setting = row.probe.key.to_owned();
        for given in row.probe.given {
            setting.push_str("\n  with ");
            setting.push_str(given);
        }
        setting.push_str(&format!("\n  {} to {}", number(from), number(to)));
        let (answer, interval) = answer(row);
        table.add_row([
            row.lineup.to_owned(),
            setting,
            number(row.now.unwrap_or(f64::NAN)),
            answer,
            interval,
        ]);
    }
    table.to_string()
}

fn answer(row: &SafetyRow) -> (String, String) {
    let (words, value) = match row.edge {
        Onset::Never => return ("never pays".to_owned(), String::new()),
        Onset::Unsure => return ("unsure".to_owned(), "more replicates\nwould tell".to_owned()),
        Onset::Always => return ("always pays".to_owned(), String::new()),
        Onset::SafeBelow(value) => ("safe below", value),
        Onset::SafeAbove(value) => ("safe above", value),
    };
    let interval = value.crossing.and_then(|crossing| crossing.ci95);
    let interval = interval.map_or_else(String::new, |(interval, _)| {
        format!("{} to {}", number(interval.low), number(interval.high))
    });
    (format!("{words} {}", number(value.safe)), interval)
}

/// What each kind came to in a run, a mean over its replicates; none where
/// nobody attacked.
pub(super) fn takings(outcome: &Outcome) -> Option<String> {
    let kinds = outcome.records.first().map(|record| &record.adversaries)?;
    if kinds.is_empty() {
        return None;
    }
    let headers =
        ["adversaries (STX)", "how many", "spent", "gained", "net", "treasury", "utility"];
    let mut table = table(&headers, &[1, 2, 3, 4, 5, 6]);
    for (place, kind) in kinds.iter().enumerate() {
        let mut sums = [0.0; 5];
        for row in outcome.records.iter().filter_map(|record| record.adversaries.get(place)) {
            // What they cost others is a loss to those.
            let values = [
                row.spent_ustx,
                row.gained_ustx,
                row.net_ustx,
                -row.treasury_cost_ustx,
                -row.utility_cost_ustx,
            ];
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value / 1e6);
        }
        let mut cells = vec![kind.kind.to_owned(), kind.count.to_string()];
        cells.extend(sums.map(|sum| number(sum / outcome.records.len() as f64)));
        table.add_row(cells);
    }
    Some(table.to_string())
}
