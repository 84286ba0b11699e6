//! `connect-sim compare`: two settings or more on the same seeds, and which is
//! better.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::failure::Failure;
use super::precision::{precision_flags, share};
use super::print::say;
use super::quote::{path as path_word, shell};
use super::table::{number, table};
use super::work::{Output, Threads, check_memory, check_seeds, kept_path};
use super::{inputs, interrupt, progress};
use crate::experiments::{self, Comparison, JUDGED, Precision, Prepared, Variant, Verdict};
use crate::report::{self, Inputs, Provenance};
use crate::scenario::Scenario;

/// Compare settings on the same weather, homes and whims.
///
/// The first setting is what the others are held against.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// Scenario files; or one, and a --variant of it.
    #[arg(required = true, value_parser = kept_path())]
    scenarios: Vec<PathBuf>,
    /// A variant of the first scenario, as in cheap:market.commission_bps=100,…
    #[arg(long = "variant", value_name = "NAME:KEY=VALUE,…")]
    variants: Vec<String>,
    /// Seed of the first replicate; the others follow it.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many times to run each; the first scenario's own by default.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replicates: Option<u32>,
    /// Add replicates until the 95 % interval of the difference is that narrow,
    /// relative to the first setting's mean, as in 2%.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    precision: Option<f64>,
    /// The measures that --precision is asked of.
    #[arg(long, value_name = "MEASURE", value_delimiter = ',', requires = "precision",
          default_values = JUDGED)]
    precision_of: Vec<String>,
    /// The most replicates that --precision may take.
    #[arg(long, value_name = "N", requires = "precision", default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(2..=100_000))]
    max_replicates: u32,
    /// Where to write; results/compare-NAME by default.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set any key of all scenarios, as in time.days=2.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    /// Print every measure, not only those that differ or are judged by.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    output: Output,
}

/// The most letters of a variant's name.
const LONGEST_NAME: usize = 64;

/// Why a text cannot be the name of a setting, if it cannot: it stands in
/// tables, charts and on terminals.
fn not_a_name(name: &str) -> Option<String> {
    if name.chars().count() > LONGEST_NAME {
        return Some(format!("a name has at most {LONGEST_NAME} letters"));
    }
    if name.starts_with(['=', '+', '-', '@']) {
        return Some("a name that begins with = + - or @ is a formula to spreadsheets".to_owned());
    }
    let unseen = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
    if name.contains(unseen) || name.trim() != name {
        return Some("a name has no control characters, and no space at its ends".to_owned());
    }
    None
}

impl Compare {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let scenarios = self.load()?;
        let Some((_, first)) = scenarios.first() else {
            return Err(Failure::bad_input("name a scenario"));
        };
        let name = format!("compare-{}", first.about.name);
        let result = self.output.directory(self.out.as_deref(), &name)?;
        let directory = result.path().to_owned();
        interrupt::keeps_nothing();
        let read = inputs::of_scenarios(scenarios.iter().map(|(_, one)| one.clone()).collect())?;
        let mut variants = Vec::new();
        for (name, scenario) in scenarios {
            variants.push(Variant { name, prepared: Arc::new(Prepared::new(scenario)?) });
        }
        let replicates = variants[0].prepared.scenario.about.replicates;
        let all: Vec<&Scenario> = variants.iter().map(|one| &one.prepared.scenario).collect();
        let most = if self.precision.is_some() { self.max_replicates } else { replicates };
        check_seeds(all[0], most)?;
        let runs = u64::from(most) * all.len() as u64;
        check_memory(&all, runs, &self.threads, &self.output)?;
        for scenario in all {
            self.output.remark(scenario);
        }
        let precision = self.precision.map(|relative| Precision {
            relative,
            measures: self.precision_of.clone(),
            max_replicates: self.max_replicates,
        });
        let most = precision.as_ref().map_or(replicates, |precision| precision.max_replicates);
        let bar = progress::bar(u64::from(most) * variants.len() as u64, "runs", self.output.quiet);
        let jobs = self.threads.count();
        let comparison =
            experiments::compare(&variants, replicates, precision.as_ref(), jobs, &|| {
                bar.inc(1);
            });
        bar.finish_and_clear();
        let comparison = comparison.map_err(|error| Failure::from(error).keep(&directory))?;
        let provenance = Provenance {
            command: self.command(precision.as_ref()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scenario_file: self.scenarios[0].display().to_string(),
            data: inputs::sorted(read.data),
        };
        report::write_comparison(&comparison, &read.contracts, &provenance, result)?;
        if !self.output.quiet {
            self.print(&comparison);
            say(format_args!("results in {}", directory.display()));
        }
        Ok(())
    }

    /// What it reads first, for `report --verify`.
    pub(super) fn reads(&self) -> Vec<&Path> {
        self.scenarios.iter().map(PathBuf::as_path).collect()
    }

    /// What that holds.
    pub(super) fn inputs(&self) -> Result<Inputs, Failure> {
        let scenarios = self.load()?.into_iter().map(|(_, scenario)| scenario).collect();
        let read = inputs::of_scenarios(scenarios)?;
        Ok(Inputs { data: inputs::sorted(read.data), ..read })
    }

    /// Every setting by its name: the scenarios by their own, or by their files
    /// where two have the same.
    fn load(&self) -> Result<Vec<(String, Scenario)>, Failure> {
        let mut overrides = self.overrides.clone();
        overrides.extend(self.seed.map(|seed| format!("scenario.seed={seed}")));
        let replicates = self.replicates;
        overrides.extend(replicates.map(|count| format!("scenario.replicates={count}")));
        let mut found: Vec<(String, Scenario)> = Vec::new();
        let taken =
            |found: &[(String, Scenario)], name: &str| found.iter().any(|(known, _)| known == name);
        for path in &self.scenarios {
            let scenario = Scenario::load(path, &overrides)?;
            let mut name = scenario.about.name.clone();
            if taken(&found, &name) {
                name = path.display().to_string();
                if name.starts_with(['=', '+', '-', '@']) {
                    name.insert_str(0, "./");
                }
                if taken(&found, &name) {
                    return Err(Failure::bad_input(format_args!(
                        "{name}: named twice; compare a scenario with a --variant of it"
                    )));
                }
            }
            found.push((name, scenario));
        }
        for variant in &self.variants {
            let wrong = || {
                Failure::bad_input(format_args!(
                    "--variant {variant}: must be a name and what changes, like \
                     cheap:market.commission_bps=100"
                ))
            };
            let (name, changes) = variant.split_once(':').ok_or_else(wrong)?;
            if name.is_empty() {
                return Err(wrong());
            }
            if let Some(problem) = not_a_name(name) {
                return Err(Failure::bad_input(format_args!("--variant {variant}: {problem}")));
            }
            if taken(&found, name) {
                return Err(Failure::bad_input(format_args!(
                    "--variant {variant}: another setting is called {name} already; give it \
                     another name"
                )));
            }
            let mut all = overrides.clone();
            all.extend(changes.split(',').map(str::to_owned));
            found.push((name.to_owned(), Scenario::load(&self.scenarios[0], &all)?));
        }
        Ok(found)
    }

    fn command(&self, precision: Option<&Precision>) -> String {
        let mut command = "connect-sim compare".to_owned();
        for path in &self.scenarios {
            command.push(' ');
            command.push_str(&path_word(path));
        }
        for variant in &self.variants {
            // A name that begins as a flag does must not be taken for one.
            command.push_str(if variant.starts_with('-') { " --variant=" } else { " --variant " });
            command.push_str(&shell(variant));
        }
        for (flag, value) in [
            ("--seed", self.seed.map(|seed| seed.to_string())),
            ("--replicates", self.replicates.map(|count| count.to_string())),
        ] {
            if let Some(value) = value {
                command.push_str(&format!(" {flag} {value}"));
            }
        }
        for setting in &self.overrides {
            command.push_str(" --set ");
            command.push_str(&shell(setting));
        }
        command.push_str(&precision.map(precision_flags).unwrap_or_default());
        command
    }

    fn print(&self, comparison: &Comparison) {
        let first = &comparison.variants[0].0;
        for (variant, (name, _)) in comparison.variants.iter().enumerate().skip(1) {
            let headers =
                ["measure", first, name, "difference", "± 95 %", "verdict", "variance saved"];
            let mut table = table(&headers, &[1, 2, 3, 4, 6]);
            for row in comparison.rows.iter().filter(|row| row.variant == variant) {
                let judged = JUDGED.contains(&row.measure.name);
                if !self.all && !judged && row.verdict == Verdict::NotShown {
                    continue;
                }
                let mean = |estimate: Option<experiments::Estimate>| {
                    number(estimate.map_or(f64::NAN, |estimate| estimate.mean))
                };
                let difference = row.difference.map(|paired| paired.difference);
                // The ends themselves, which need not lie evenly, are in the file.
                let half = difference.map_or(f64::INFINITY, |difference| difference.half_width());
                let saved = row.difference.and_then(|paired| paired.variance_saved);
                table.add_row([
                    row.measure.name.to_owned(),
                    mean(row.base),
                    mean(row.changed),
                    mean(difference),
                    number(half),
                    row.verdict.name().to_owned(),
                    saved.map_or("–".to_owned(), |share| format!("{:.0} %", 100.0 * share)),
                ]);
            }
            say(format_args!("{name} against {first}, {} replicates", comparison.replicates));
            say(table);
        }
        if comparison.replicates == 1 {
            say(
                "one replicate has no interval, so that it can show no difference; give more with \
                 --replicates",
            );
        }
        say("each verdict by itself holds with 95 %; of all measures, one in twenty that does \
             not differ will seem to");
        if comparison.precise == Some(false) {
            say(format_args!(
                "the precision asked for was not reached with {} replicates; give more with \
                 --max-replicates",
                comparison.replicates
            ));
        }
    }
}
