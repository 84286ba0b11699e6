//! `connect-sim sweep`: many settings of one scenario, whole or in parts, and
//! taken up again where it was killed.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::quote::{path as path_word, shell};
use super::table::{number, table};
use super::work::{Output, Threads, check_memory, kept_path};
use super::{inputs, interrupt, progress};
use crate::experiments::{
    Base, JUDGED, MeasureName, Sensitivity, SensitivityRow, Shard, Space, Sweep as Plan,
};
use crate::report::{self, Inputs, Journal, Part, Provenance, ResultDirectory};
use crate::scenario::{Analysis, Scenario};

/// Try the settings that a scenario's [sweep] names.
///
/// Killed at any moment, it goes on where it was with the same command. In a
/// job array of Slurm, Kubernetes or AWS Batch it does its part of the work.
#[derive(Debug, Args)]
pub(super) struct Sweep {
    /// The scenario file, with a [sweep].
    #[arg(value_parser = kept_path())]
    scenario: PathBuf,
    /// Seed of the first replicate of each point; the others follow it.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Runs of each point.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: Option<u32>,
    /// Do the K-th of N equal parts, for merge to join; 1/1 is the whole, and
    /// leaves the job array's variables alone.
    #[arg(long, value_name = "K/N", value_parser = shard)]
    shard: Option<Shard>,
    /// Where to write; results/sweep-NAME by default, with -K-of-N for a part.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Set any key of the scenario, as in sweep.points=64.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    output: Output,
}

impl Sweep {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let shard = match self.shard {
            Some(shard) => shard,
            None => job_array(&|name| std::env::var(name).ok())?.unwrap_or(Shard::WHOLE),
        };
        let overrides = self.all_overrides();
        let opened = open(&self.scenario, &overrides)?;
        let Opened { plan, contracts, provenance, key } = &opened;
        let mut name = format!("sweep-{}", plan.base.scenario.about.name);
        if shard != Shard::WHOLE {
            name.push_str(&format!("-{}-of-{}", shard.number, shard.of));
        }
        let result = self.output.directory(self.out.as_deref(), &name)?;
        let directory = result.path().to_owned();
        check_memory(&[&plan.base.scenario], 1, &self.threads, &self.output)?;
        self.output.remark(&plan.base.scenario);
        let journal = Journal::open(&directory, key)?;
        interrupt::keeps_runs(&directory);
        let runs = plan.trials_of(shard).len();
        self.output.say(format_args!(
            "{} points, {runs} runs of {}{}",
            plan.points.len(),
            plan.runs(),
            match journal.count() {
                0 => String::new(),
                done => format!(", {done} of them done before"),
            }
        ));
        let bar = progress::bar(runs as u64, "runs", self.output.quiet);
        let filled = plan.fill(shard, self.threads.count(), &journal, &|| bar.inc(1));
        bar.finish_and_clear();
        filled.map_err(|error| Failure::from(error).keep(&directory))?;
        if shard == Shard::WHOLE {
            opened.write(&journal, result)?;
            opened.print(&journal, &self.output)?;
        } else {
            let part = Part {
                key: key.clone(),
                shard: shard.number,
                of: shard.of,
                scenario_file: provenance.scenario_file.clone(),
                overrides,
                command: provenance.command.clone(),
            };
            let command = format!("{} --shard {}/{}", provenance.command, shard.number, shard.of);
            let provenance = &Provenance { command, ..provenance.clone() };
            report::write_part(plan, &journal, &part, contracts, provenance, result)?;
        }
        journal.remove();
        self.output.say(format_args!("results in {}", directory.display()));
        Ok(())
    }
}

impl Sweep {
    /// The overrides, with what has a flag of its own among them.
    fn all_overrides(&self) -> Vec<String> {
        let mut overrides = self.overrides.clone();
        overrides.extend(self.seed.map(|seed| format!("scenario.seed={seed}")));
        overrides.extend(self.replicates.map(|count| format!("sweep.replicates={count}")));
        overrides
    }

    /// What it reads first, for `report --verify`.
    pub(super) fn reads(&self) -> Vec<&Path> {
        vec![&self.scenario]
    }

    /// What that holds.
    pub(super) fn inputs(&self) -> Result<Inputs, Failure> {
        let scenario = Scenario::load(&self.scenario, &self.all_overrides())?;
        let space = Space::new(&scenario.sweep.ranges);
        inputs::of_space(&Base::new(scenario, &self.scenario), &space)
    }
}

/// A sweep and what its result is to say of where it comes from.
pub(super) struct Opened {
    pub(super) plan: Plan,
    pub(super) contracts: Vec<(String, String)>,
    pub(super) provenance: Provenance,
    pub(super) key: String,
}

impl Opened {
    /// Prints what the measures that a market is judged by came to: which
    /// settings matter to them, where an analysis says so; else point by point.
    pub(super) fn print(&self, journal: &Journal, output: &Output) -> Result<(), Failure> {
        if output.quiet {
            return Ok(());
        }
        let plan = &self.plan;
        let rows = plan.sensitivity(journal)?;
        let analysed = plan.base.scenario.sweep.analysis != Analysis::None;
        output.say(if analysed { mattering(plan, &rows) } else { points(plan, journal)? });
        Ok(())
    }

    /// Writes the result of the whole sweep.
    pub(super) fn write(&self, journal: &Journal, result: ResultDirectory) -> Result<(), Failure> {
        let Self { plan, contracts, provenance, .. } = self;
        report::write_sweep(plan, journal, contracts, provenance, result)?;
        Ok(())
    }
}

/// The most rows that are printed; all are in sweep.csv.
const SHOWN: usize = 24;

/// The measures that a market is judged by, and their places.
fn judged(plan: &Plan) -> Vec<(usize, &MeasureName)> {
    let all = plan.measures.iter().enumerate();
    all.filter(|(_, measure)| JUDGED.contains(&measure.name)).collect()
}

/// The means of each point, the first of them where there are many.
fn points(plan: &Plan, journal: &Journal) -> Result<String, Failure> {
    let (keys, judged) = (plan.space.keys(), judged(plan));
    let mut headers: Vec<&str> = keys.clone();
    headers.extend(judged.iter().map(|(_, measure)| measure.name));
    let right: Vec<usize> = (0..headers.len()).collect();
    let mut table = table(&headers, &right);
    let mut means = Vec::new();
    for (place, _) in &judged {
        means.push(plan.means(journal, *place)?);
    }
    for (point, values) in plan.points.iter().enumerate().take(SHOWN) {
        let mut cells: Vec<String> = values.iter().map(ToString::to_string).collect();
        cells.extend(means.iter().map(|of_points| number(of_points[point])));
        table.add_row(cells);
    }
    let mut text = table.to_string();
    if plan.points.len() > SHOWN {
        let more = plan.points.len() - SHOWN;
        text.push_str(&format!("\nand {more} more points in sweep.csv"));
    }
    if plan.replicates == 1 {
        text.push_str(
            "\none replicate a point: what differs by chance looks like what differs by the setting",
        );
    }
    Ok(text)
}

/// How much each setting matters to the measures that a market is judged by.
fn mattering(plan: &Plan, rows: &[SensitivityRow]) -> String {
    let keys = plan.space.keys();
    let headers = ["measure", "setting", "how much it matters", "by"];
    let mut table = table(&headers, &[2]);
    let mut shown = 0;
    for row in rows.iter().filter(|row| JUDGED.contains(&row.measure.name)) {
        let (value, by) = match &row.sensitivity {
            Sensitivity::Morris(effects) => (number(effects.mean_size), "mean size of effects"),
            Sensitivity::Sobol(index) => (number(index.total), "total share of variance"),
        };
        table.add_row([row.measure.name, keys[row.setting], &value, by]);
        shown += 1;
    }
    if shown == 0 {
        return "no measure that a market is judged by varies with these settings".to_owned();
    }
    table.to_string()
}

/// Works out the sweep of a scenario file.
pub(super) fn open(path: &Path, overrides: &[String]) -> Result<Opened, Failure> {
    let scenario = Scenario::load(path, overrides)?;
    let space = Space::new(&scenario.sweep.ranges);
    let base = Base::new(scenario, path);
    let Inputs { contracts, data, .. } = inputs::of_space(&base, &space)?;
    base.prepare(&[])?;
    let plan = Plan::new(base)?;
    let provenance = provenance("sweep", path, overrides, data);
    let key = report::journal_key("sweep", &plan.base.scenario, &contracts, &provenance);
    Ok(Opened { plan, contracts, provenance, key })
}

/// Where the result of a verb comes from.
pub(super) fn provenance(
    verb: &str,
    path: &Path,
    overrides: &[String],
    data: Vec<report::HashedFile>,
) -> Provenance {
    let file = path.display().to_string();
    let mut command = format!("connect-sim {verb} {}", path_word(path));
    for setting in overrides {
        command.push_str(" --set ");
        command.push_str(&shell(setting));
    }
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Provenance { command, version, scenario_file: file, data }
}

/// A part, as k/n.
fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
    match parts {
        Some((number, of)) if 1 <= number && number <= of && of <= Shard::MOST => {
            Ok(Shard { number, of })
        }
        _ => Err(format!("must be K/N with K from 1 to N, at most {}, like 2/8", Shard::MOST)),
    }
}

/// The part that a job array's variables ask for: of Slurm, of a Kubernetes
/// indexed job (which does not tell its own size: give it as JOB_COMPLETIONS),
/// or of AWS Batch.
fn job_array(variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<Shard>, Failure> {
    let number = |name: &str| -> Result<u32, Failure> {
        let text = variable(name).unwrap_or_default();
        text.parse().map_err(|_| {
            Failure::bad_input(format_args!(
                "{name}={text}: must be a whole number for the part of a job array to be known; \
                 set it, or say which part with --shard K/N (1/1 for the whole)"
            ))
        })
    };
    let (index, of) = if variable("SLURM_ARRAY_TASK_ID").is_some() {
        let (task, first) = (number("SLURM_ARRAY_TASK_ID")?, number("SLURM_ARRAY_TASK_MIN")?);
        let step = match variable("SLURM_ARRAY_TASK_STEP") {
            Some(_) => number("SLURM_ARRAY_TASK_STEP")?.max(1),
            None => 1,
        };
        (task.saturating_sub(first) / step, number("SLURM_ARRAY_TASK_COUNT")?)
    } else if variable("JOB_COMPLETION_INDEX").is_some() {
        (number("JOB_COMPLETION_INDEX")?, number("JOB_COMPLETIONS")?)
    } else if variable("AWS_BATCH_JOB_ARRAY_INDEX").is_some() {
        (number("AWS_BATCH_JOB_ARRAY_INDEX")?, number("AWS_BATCH_JOB_ARRAY_SIZE")?)
    } else {
        return Ok(None);
    };
    if index >= of {
        return Err(Failure::bad_input(format_args!(
            "the job array says part {} of {of}, which there is not; say which with --shard K/N",
            u64::from(index) + 1
        )));
    }
    Ok(Some(Shard { number: index + 1, of }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(variables: &[(&str, &str)]) -> Result<Option<Shard>, Failure> {
        let found = |name: &str| {
            let pair = variables.iter().find(|(known, _)| *known == name);
            pair.map(|(_, value)| (*value).to_owned())
        };
        job_array(&found)
    }

    #[test]
    fn job_arrays_tell_the_part() {
        assert_eq!(array(&[]), Ok(None));
        let slurm = [
            ("SLURM_ARRAY_TASK_ID", "14"),
            ("SLURM_ARRAY_TASK_MIN", "10"),
            ("SLURM_ARRAY_TASK_STEP", "2"),
            ("SLURM_ARRAY_TASK_COUNT", "4"),
        ];
        assert_eq!(array(&slurm), Ok(Some(Shard { number: 3, of: 4 })));
        let kubernetes = [("JOB_COMPLETION_INDEX", "0"), ("JOB_COMPLETIONS", "5")];
        assert_eq!(array(&kubernetes), Ok(Some(Shard { number: 1, of: 5 })));
        let aws = [("AWS_BATCH_JOB_ARRAY_INDEX", "7"), ("AWS_BATCH_JOB_ARRAY_SIZE", "8")];
        assert_eq!(array(&aws), Ok(Some(Shard { number: 8, of: 8 })));
        assert!(array(&kubernetes[..1]).is_err());
        assert!(array(&[aws[0], ("AWS_BATCH_JOB_ARRAY_SIZE", "7")]).is_err());
    }

    #[test]
    fn parts_are_read_as_they_are_typed() {
        assert_eq!(shard("2/8"), Ok(Shard { number: 2, of: 8 }));
        for wrong in ["0/3", "4/3", "2", "a/b", "1/"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
