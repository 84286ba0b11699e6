//! A scenario and what is changed in it, time and again. Nothing runs here.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::ExperimentError;
use crate::engine::Prepared;
use crate::scenario::{KeySpec, Kind, Range, Ranges, Scenario, Setting};
use crate::stats::Point;

/// A scenario that settings are laid over.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// The scenario as it stands.
    pub scenario: Scenario,
    text: String,
    origin: PathBuf,
}

impl Base {
    /// A base; files that the scenario names are looked for from `origin`, the
    /// scenario's own file.
    #[must_use]
    pub fn new(scenario: Scenario, origin: &Path) -> Self {
        Self { text: scenario.canonical_toml(), scenario, origin: origin.to_owned() }
    }

    /// The scenario with `overrides`, each `key=value`, laid over it.
    ///
    /// # Errors
    /// Where that is no sound scenario.
    pub fn with(&self, overrides: &[String]) -> Result<Scenario, ExperimentError> {
        Scenario::from_toml(&self.text, &self.origin, overrides)
            .map_err(|faults| ExperimentError::Setting { settings: overrides.join(" "), faults })
    }

    /// The same, made ready.
    ///
    /// # Errors
    /// Where that is no sound scenario, or a file cannot be read.
    pub fn prepare(&self, overrides: &[String]) -> Result<Arc<Prepared>, ExperimentError> {
        Ok(Arc::new(Prepared::new(self.with(overrides)?)?))
    }
}

/// The settings that an experiment changes, each with its range.
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    dimensions: Vec<(KeySpec, Range)>,
}

/// One value of each dimension of a space.
pub type Values = Vec<Setting>;

impl Space {
    /// The space of `ranges`, which a scenario states and so are of its keys.
    #[must_use]
    pub fn new(ranges: &Ranges) -> Self {
        let keys = Scenario::keys();
        let dimension = |(path, range): &(String, Range)| {
            let key = keys.iter().find(|key| key.path == *path)?;
            Some((key.clone(), range.clone()))
        };
        Self { dimensions: ranges.0.iter().filter_map(dimension).collect() }
    }

    /// How many settings change.
    #[must_use]
    pub fn len(&self) -> usize {
        self.dimensions.len()
    }

    /// Whether none does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.dimensions.is_empty()
    }

    /// Their keys.
    #[must_use]
    pub fn keys(&self) -> Vec<&str> {
        self.dimensions.iter().map(|(key, _)| key.path.as_str()).collect()
    }

    /// The values at a point of the unit cube.
    #[must_use]
    pub fn at(&self, point: &[f64]) -> Values {
        self.dimensions
            .iter()
            .zip(point)
            .map(|((key, range), at)| range.at(*at, key.kind))
            .collect()
    }

    /// Every step of each with every step of the others, the last running
    /// fastest.
    #[must_use]
    pub fn grid(&self) -> Vec<Values> {
        let mut points = vec![Vec::new()];
        for (key, range) in &self.dimensions {
            let levels = range.levels(key.kind);
            points = points
                .iter()
                .flat_map(|point| {
                    levels.iter().map(move |level| {
                        let mut longer: Values = point.clone();
                        longer.push(level.clone());
                        longer
                    })
                })
                .collect();
        }
        points
    }

    /// Every value of every setting that names a file, as an override.
    #[must_use]
    pub fn file_settings(&self) -> Vec<String> {
        let files = self.dimensions.iter().filter(|(key, _)| key.kind == Kind::File);
        let settings = files.flat_map(|(key, range)| {
            let values = range.levels(key.kind).into_iter();
            values.map(|value| format!("{}={value}", key.path))
        });
        settings.collect()
    }

    /// Values as overrides.
    #[must_use]
    pub fn overrides(&self, values: &[Setting]) -> Vec<String> {
        let pairs = self.dimensions.iter().zip(values);
        pairs.map(|((key, _), value)| format!("{}={value}", key.path)).collect()
    }
}

/// The first `count` points of a Sobol' sequence in as many dimensions, Owen
/// scrambled by `seed`. Source: B. Burley, Practical hash-based Owen
/// scrambling, JCGT 10 (2020) 1.
#[must_use]
pub fn sobol_sequence(dimensions: usize, count: u32, seed: u64) -> Vec<Point> {
    // Two halves of the seed, so that all of it counts.
    let scramble = (seed ^ (seed >> 32)) as u32;
    let at = |index: u32, dimension: usize| {
        // The sequence's tables end after 256 dimensions; nobody sweeps that
        // many settings, and going round repeats columns at the worst.
        let dimension = dimension as u32 % sobol_burley::NUM_DIMENSIONS;
        f64::from(sobol_burley::sample(index, dimension, scramble))
    };
    (0..count.min(1 << 16)).map(|i| (0..dimensions).map(|d| at(i, d)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(ranges: &str) -> Base {
        let text = format!(
            "scenario.name = \"x\"\nproducers.count = 1\nbuyers.count = 1\n[sweep.ranges]\n{ranges}"
        );
        let scenario = Scenario::from_toml(&text, "x.toml", &[]);
        Base::new(scenario.unwrap_or_else(|faults| panic!("{faults}")), Path::new("x.toml"))
    }

    #[test]
    fn a_grid_is_every_step_with_every_other_and_loads() {
        let base = base(
            "market.commission_bps = { from = 0, to = 400, steps = 3 }\n\
             \"weather.source\" = [\"file\", \"synthetic\"]",
        );
        let space = Space::new(&base.scenario.sweep.ranges);
        let points: Vec<String> =
            space.grid().iter().map(|values| space.overrides(values).join(" ")).collect();
        assert_eq!(points.len(), 6);
        assert_eq!(points[0], "market.commission_bps=0 weather.source=\"file\"");
        assert_eq!(points[5], "market.commission_bps=400 weather.source=\"synthetic\"");
        let changed = base.with(&space.overrides(&space.grid()[5])).expect("sound");
        assert_eq!(changed.market.commission_bps.get(), 400);
        // The effective scenario, ranges included, reads back as itself.
        let again = base.with(&[]).expect("sound");
        assert_eq!(again, base.scenario);
    }

    #[test]
    fn ranges_are_told_what_is_wrong_with_them() {
        for (range, told) in [
            ("market.commission = [1]", "no key is called market.commission"),
            ("market.commission_bps = { from = 5, to = 2 }", "from below to"),
            ("market.commission_bps = { from = 5, to = 20000 }", "both values"),
            ("market.commission_bps = []", "must be values"),
            ("scenario.seed = [1, 2]", "can have no range"),
        ] {
            let text = format!(
                "scenario.name = \"x\"\nproducers.count = 1\nbuyers.count = 1\n\
                 [sweep.ranges]\n{range}"
            );
            let faults = Scenario::from_toml(&text, "x.toml", &[]).expect_err(range);
            assert!(faults.to_string().contains(told), "{range}: {faults}");
        }
    }

    #[test]
    fn a_sobol_sequence_fills_every_slice() {
        // 64 points: each 64th of every axis holds exactly one.
        for column in 0..5 {
            let mut slices: Vec<u32> = sobol_sequence(5, 64, 7)
                .iter()
                .map(|point| (point[column] * 64.0) as u32)
                .collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..64).collect::<Vec<_>>());
        }
        assert_ne!(sobol_sequence(2, 8, 1), sobol_sequence(2, 8, 2));
    }
}
