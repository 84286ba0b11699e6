//! Two settings or more on common random numbers: each replicate of all of
//! them meets the same weather, homes and whims, and what is judged is the
//! difference, replicate by replicate.

use std::sync::Arc;

use super::error::ExperimentError;
use super::measures::{MeasureName, measures, place};
use super::run::{Precision, in_pool, one_by_one};
use super::seen::{HomesRow, Seen, TreasuryRow, homes_rows, treasury_rows};
use super::trials::{check_branch, one_run, warm};
use super::verdict::{Verdict, verdict};
use crate::engine::Prepared;
use crate::scenario::Scenario;
use crate::stats::{self, Estimate, PairedDifference};
use rayon::prelude::*;

/// A setting of a comparison.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What it is called.
    pub name: String,
    /// The setting, made ready.
    pub prepared: Arc<Prepared>,
}

/// A measure of a setting beside the first setting's.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonRow {
    /// Which setting, by its place; never the first.
    pub variant: usize,
    /// The measure.
    pub measure: MeasureName,
    /// The first setting's mean.
    pub base: Option<Estimate>,
    /// This setting's.
    pub changed: Option<Estimate>,
    /// This one's less the first one's; none without replicates that have a
    /// value in both.
    pub difference: Option<PairedDifference>,
    /// What follows.
    pub verdict: Verdict,
}

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The settings, the first being what the others are held against.
    pub variants: Vec<(String, Scenario)>,
    /// The seed of the first replicate.
    pub seed: u64,
    /// How many replicates there were.
    pub replicates: u32,
    /// Whether the precision asked for was reached, where one was.
    pub precise: Option<bool>,
    /// Every measure of every setting but the first.
    pub rows: Vec<ComparisonRow>,
    /// What homes gained under every setting, by kind and size.
    pub homes: Vec<HomesRow>,
    /// How the treasury went under every setting.
    pub treasury: Vec<TreasuryRow>,
}

/// What one run of one variant came to: its measures, and what else is kept.
type Measured = (Vec<f64>, Seen);

/// Compares `variants` with the first of them over `replicates` seeds from the
/// first one's on, or over as many as `precision` needs: until the interval of
/// each named measure's difference is as narrow as asked, relative to the first
/// setting's mean. `done` is told of each run.
///
/// # Errors
/// Where there are not two, a named measure is none, or a run fails.
pub fn compare(
    variants: &[Variant],
    replicates: u32,
    precision: Option<&Precision>,
    jobs: usize,
    done: &(dyn Fn() + Sync),
) -> Result<Comparison, ExperimentError> {
    let [first, _, ..] = variants else {
        let message = "a comparison needs two settings: two scenario files, or one and a --variant";
        return Err(ExperimentError::Incomplete(message.to_owned()));
    };
    for variant in variants {
        check_branch(&first.prepared.scenario, &variant.prepared.scenario, &variant.name)?;
    }
    let names = measures();
    let watched = match precision {
        None => Vec::new(),
        Some(precision) => {
            precision.measures.iter().map(|named| place(named)).collect::<Result<Vec<_>, _>>()?
        }
    };
    let seed = first.prepared.scenario.about.seed;
    // Of each variant, of each replicate, every measure.
    let mut values: Vec<Vec<Vec<f64>>> = vec![Vec::new(); variants.len()];
    let mut seen: Vec<Vec<Seen>> = vec![Vec::new(); variants.len()];
    let mut due = precision.map_or(replicates, |precision| precision.first(replicates));
    let (rows, precise) = loop {
        let have = values[0].len() as u32;
        // Of a replicate, every variant: they share its warm-up.
        let one = |replicate: u32| {
            let seed = seed.wrapping_add(u64::from(replicate));
            let snapshot = match first.prepared.scenario.warmup.days {
                0 => None,
                _ => Some(warm(&first.prepared, seed)?),
            };
            let run = |variant: &Variant| {
                let name = || variant.name.clone();
                let record = one_run(&variant.prepared, seed, snapshot.as_ref(), &name)?;
                done();
                let measures = record.measures.iter().map(|measure| measure.value).collect();
                Ok::<Measured, ExperimentError>((measures, Seen::of(&record)))
            };
            variants.par_iter().map(run).collect::<Result<Vec<_>, _>>()
        };
        let found: Vec<Result<Vec<Measured>, ExperimentError>> =
            in_pool(jobs, || one_by_one(have..due).map(one).collect());
        for replicate in found {
            for (variant, (measures, also)) in replicate?.into_iter().enumerate() {
                values[variant].push(measures);
                seen[variant].push(also);
            }
        }
        let rows = rows(&values, &names, seed);
        let Some(precision) = precision else { break (rows, None) };
        let narrow = |row: &ComparisonRow| {
            let mean = row.base.map_or(0.0, |base| base.mean);
            let difference = row.difference.map(|paired| paired.difference);
            difference.is_some_and(|difference| precision.is_met(&difference, mean))
        };
        let precise = rows
            .iter()
            .filter(|row| watched.iter().any(|&place| names[place] == row.measure))
            .all(narrow);
        match precision.next(due) {
            Some(next) if !precise => due = next,
            _ => break (rows, Some(precise)),
        }
    };
    let named = |variant: &Variant| (variant.name.clone(), variant.prepared.scenario.clone());
    Ok(Comparison {
        variants: variants.iter().map(named).collect(),
        seed,
        replicates: due,
        precise,
        rows,
        homes: homes_rows(&seen, seed),
        treasury: treasury_rows(&seen),
    })
}

fn rows(values: &[Vec<Vec<f64>>], names: &[MeasureName], seed: u64) -> Vec<ComparisonRow> {
    let mut rows = Vec::new();
    for (variant, changed) in values.iter().enumerate().skip(1) {
        for (place, measure) in names.iter().enumerate() {
            let pairs = values[0].iter().zip(changed).map(|(a, b)| (a[place], b[place]));
            let (base, changed): (Vec<f64>, Vec<f64>) =
                pairs.filter(|(a, b)| a.is_finite() && b.is_finite()).unzip();
            let label = (variant * names.len() + place) as u64;
            let difference = stats::paired_difference(&base, &changed, seed, label);
            rows.push(ComparisonRow {
                variant,
                measure: *measure,
                base: stats::estimate(&base, seed, label),
                changed: stats::estimate(&changed, seed, label),
                difference,
                verdict: verdict(measure.name, difference),
            });
        }
    }
    rows
}
