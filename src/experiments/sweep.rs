//! Many settings of one scenario, each on the same seeds, and how much each
//! setting matters. Points come from a design that is worked out whole before
//! the first run, so that any part of a sweep knows its place in it.

use super::error::ExperimentError;
use super::measures::{MeasureName, measures};
use super::settings::{Base, Space, Values, sobol_sequence};
use super::trials::{Snapshots, Store, Trial, check_branch, fill};
use crate::random::{Purpose, stream};
use crate::scenario::{Analysis, Design};
use crate::stats::{
    self, ElementaryEffects, Point, SobolIndex, latin_hypercube, morris_design, morris_effects,
    sobol_design, sobol_indices,
};

/// Levels of Morris's screening, as he recommends.
const MORRIS_LEVELS: u32 = 4;

/// A part of a sweep: the `number`th of `of` equal parts, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// The most parts: what a cluster's largest job arrays have.
    pub const MOST: u32 = 100_000;

    /// The whole.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// Whether the point belongs to this part: points are dealt out in turn,
    /// so that all parts are as long as each other, and neighbours, which cost
    /// about the same, fall into different ones.
    #[must_use]
    pub fn has(self, point: usize) -> bool {
        point % self.of as usize == self.number as usize - 1
    }
}

/// A sweep worked out: every point and every seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// The scenario that the settings are laid over.
    pub base: Base,
    /// The settings that change.
    pub space: Space,
    /// The points, in order.
    pub points: Vec<Values>,
    /// Each point's place in the unit cube, where an analysis needs it.
    design: Vec<Point>,
    /// Runs a point.
    pub replicates: u32,
    /// The measures of a run.
    pub measures: Vec<MeasureName>,
}

impl Sweep {
    /// Works the sweep out that the scenario of `base` states, and sees that
    /// every point makes a sound scenario.
    ///
    /// # Errors
    /// Where there is nothing to change, or a point is not sound.
    pub fn new(base: Base) -> Result<Self, ExperimentError> {
        let stated = base.scenario.sweep.clone();
        let space = Space::new(&stated.ranges);
        if space.is_empty() {
            let message = "sweep.ranges: missing; name the settings to change, like \
                           market.commission_bps = { from = 0, to = 1000 }, under [sweep.ranges]";
            return Err(ExperimentError::Incomplete(message.to_owned()));
        }
        let seed = base.scenario.about.seed;
        // The design is a run of its own, apart from those of the replicates.
        let mut rng = stream(seed, Purpose::Bootstrap, u64::MAX);
        let (inputs, count) = (space.len(), stated.points as usize);
        let design = match (stated.analysis, stated.design) {
            (Analysis::Morris, _) => morris_design(inputs, count, MORRIS_LEVELS, &mut rng),
            (Analysis::Sobol, _) => sobol_design(inputs, count, &mut rng),
            (Analysis::None, Design::Grid) => Vec::new(),
            (Analysis::None, Design::LatinHypercube) => latin_hypercube(inputs, count, &mut rng),
            (Analysis::None, Design::Sobol) => sobol_sequence(inputs, stated.points, seed),
        };
        let points = if design.is_empty() {
            space.grid()
        } else {
            design.iter().map(|point| space.at(point)).collect()
        };
        for values in &points {
            let overrides = space.overrides(values);
            check_branch(&base.scenario, &base.with(&overrides)?, &overrides.join(" "))?;
        }
        base.prepare(&[])?;
        let measures = measures();
        Ok(Self { space, points, design, replicates: stated.replicates, measures, base })
    }

    /// How many runs the sweep has.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.points.len() as u64 * u64::from(self.replicates)
    }

    /// The number of a run in a store.
    #[must_use]
    pub fn trial(&self, point: usize, replicate: u32) -> u64 {
        point as u64 * u64::from(self.replicates) + u64::from(replicate)
    }

    /// The runs of a part, in order.
    #[must_use]
    pub fn trials_of(&self, shard: Shard) -> Vec<u64> {
        let points = (0..self.points.len()).filter(|point| shard.has(*point));
        points.flat_map(|p| (0..self.replicates).map(move |r| self.trial(p, r))).collect()
    }

    /// Does the runs of `shard` that `store` lacks.
    ///
    /// # Errors
    /// Where a run fails or cannot be kept.
    pub fn fill(
        &self,
        shard: Shard,
        jobs: usize,
        store: &dyn Store,
        done: &(dyn Fn() + Sync),
    ) -> Result<(), ExperimentError> {
        let replicates = u64::from(self.replicates);
        let trials: Vec<Trial> = self
            .trials_of(shard)
            .into_iter()
            .map(|number| Trial {
                number,
                point: (number / replicates) as usize,
                replicate: (number % replicates) as u32,
            })
            .collect();
        let overrides = |point: usize| self.space.overrides(&self.points[point]);
        let today = self.base.prepare(&[])?;
        fill(&self.base, &Snapshots::new(today), &trials, &overrides, jobs, store, done)
    }

    /// A measure's mean at every point over the replicates that gave a value.
    ///
    /// # Errors
    /// Where a run is not in `store`.
    pub fn means(&self, store: &dyn Store, place: usize) -> Result<Vec<f64>, ExperimentError> {
        (0..self.points.len())
            .map(|point| {
                let values = self.at_point(store, point, place)?;
                Ok(stats::mean(&values).unwrap_or(f64::NAN))
            })
            .collect()
    }

    /// A measure's values at a point, where there are any.
    ///
    /// # Errors
    /// Where a run is not in `store`.
    pub fn at_point(
        &self,
        store: &dyn Store,
        point: usize,
        place: usize,
    ) -> Result<Vec<f64>, ExperimentError> {
        let mut values = Vec::with_capacity(self.replicates as usize);
        for replicate in 0..self.replicates {
            let all = self.run(store, self.trial(point, replicate))?;
            values.extend(all.get(place).filter(|value| value.is_finite()));
        }
        Ok(values)
    }

    /// All measures of a run.
    ///
    /// # Errors
    /// Where it is not in `store`.
    pub fn run(&self, store: &dyn Store, trial: u64) -> Result<Vec<f64>, ExperimentError> {
        store.get(trial)?.filter(|values| values.len() == self.measures.len()).ok_or_else(|| {
            ExperimentError::Incomplete(format!("run {trial} of {} is missing", self.runs()))
        })
    }

    /// How much each setting matters to each measure, by the analysis that the
    /// scenario states; nothing for measures that lack a value at some point.
    ///
    /// # Errors
    /// Where a run is not in `store`.
    pub fn sensitivity(&self, store: &dyn Store) -> Result<Vec<SensitivityRow>, ExperimentError> {
        let mut rows = Vec::new();
        let analysis = self.base.scenario.sweep.analysis;
        if analysis == Analysis::None {
            return Ok(rows);
        }
        let seed = self.base.scenario.about.seed;
        for (place, measure) in self.measures.iter().enumerate() {
            let outputs = self.means(store, place)?;
            if outputs.iter().any(|value| !value.is_finite()) {
                continue;
            }
            let found: Option<Vec<Sensitivity>> = match analysis {
                Analysis::None => None,
                Analysis::Morris => morris_effects(&self.design, &outputs)
                    .map(|effects| effects.into_iter().map(Sensitivity::Morris).collect()),
                Analysis::Sobol => sobol_indices(self.space.len(), &outputs, seed, place as u64)
                    .map(|indices| indices.into_iter().map(Sensitivity::Sobol).collect()),
            };
            for (setting, sensitivity) in found.into_iter().flatten().enumerate() {
                rows.push(SensitivityRow { measure: *measure, setting, sensitivity });
            }
        }
        Ok(rows)
    }
}

/// How much a setting matters to a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sensitivity {
    /// Morris's effects, in the measure's unit over the setting's whole range.
    Morris(ElementaryEffects),
    /// Sobol' indices, shares of the measure's variance.
    Sobol(SobolIndex),
}

/// How much a setting matters to a measure, and which they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SensitivityRow {
    /// The measure.
    pub measure: MeasureName,
    /// The setting, by its place among the keys of the space.
    pub setting: usize,
    /// How much it matters.
    pub sensitivity: Sensitivity,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_whole_and_apart() {
        for of in [1, 2, 3, 7] {
            for point in 0..50 {
                let owners = (1..=of).filter(|&number| Shard { number, of }.has(point)).count();
                assert_eq!(owners, 1);
            }
        }
    }
}
