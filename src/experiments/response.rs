//! How a measure answers to one or two settings of a sweep, the others
//! averaged out. Intervals are over the seeds: each replicate gives one mean.

use super::error::ExperimentError;
use super::sweep::Sweep;
use super::trials::Store;
use crate::scenario::Setting;
use crate::stats::{self, Estimate};

/// Values of a setting that are told apart; beyond, they are put in bins.
const MOST_LEVELS: usize = 12;
/// Bins of a setting with many values.
const BINS: usize = 8;

/// A measure where a setting has about one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The setting's value, or its mean in the bin; its place in the list of
    /// values where they are no numbers.
    pub at: f64,
    /// The value as text.
    pub label: String,
    /// The measure's mean over points, with the interval over seeds.
    pub estimate: Estimate,
}

/// A cell of the map of two settings.
#[derive(Clone, Debug, PartialEq)]
pub struct MapCell {
    /// Place of the first setting's value.
    pub x: usize,
    /// Place of the second's.
    pub y: usize,
    /// The measure's mean.
    pub mean: f64,
}

/// A measure over the values of two settings.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseMap {
    /// The first setting's values as text.
    pub across: Vec<String>,
    /// The second's.
    pub up: Vec<String>,
    /// The means that there are.
    pub cells: Vec<MapCell>,
}

/// The groups of points in which a setting has about the same value: where it
/// lies, its text and the points.
type Groups = Vec<(f64, String, Vec<usize>)>;

/// A setting as a number, if it is one.
fn numeric(setting: &Setting) -> Option<f64> {
    match setting {
        Setting::Integer(whole) => Some(*whole as f64),
        Setting::Number(number) => Some(*number),
        _ => None,
    }
}

impl Sweep {
    fn groups(&self, setting: usize) -> Groups {
        let value = |point: usize| &self.points[point][setting];
        let mut order: Vec<usize> = (0..self.points.len()).collect();
        let numbers: Option<Vec<f64>> = order.iter().map(|point| numeric(value(*point))).collect();
        if let Some(numbers) = &numbers {
            order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
        }
        let mut groups: Groups = Vec::new();
        for point in order {
            let text = value(point).to_string().trim_matches('"').to_owned();
            match groups.iter_mut().find(|(_, known, _)| *known == text) {
                Some((_, _, points)) => points.push(point),
                None => {
                    let at = numbers.as_ref().map_or(groups.len() as f64, |all| all[point]);
                    groups.push((at, text, vec![point]));
                }
            }
        }
        let Some(numbers) = numbers.filter(|_| groups.len() > MOST_LEVELS) else { return groups };
        let points: Vec<usize> = groups.into_iter().flat_map(|(_, _, points)| points).collect();
        points
            .chunks(points.len().div_ceil(BINS))
            .map(|bin| {
                let values: Vec<f64> = bin.iter().map(|point| numbers[*point]).collect();
                let at = stats::mean(&values).unwrap_or(f64::NAN);
                (at, format!("{at:.3}"), bin.to_vec())
            })
            .collect()
    }

    /// The measure at `place` over the values of a setting.
    ///
    /// # Errors
    /// Where a run is not in `store`.
    pub fn response(
        &self,
        store: &dyn Store,
        setting: usize,
        place: usize,
    ) -> Result<Vec<Response>, ExperimentError> {
        let mut responses = Vec::new();
        for (at, label, points) in self.groups(setting) {
            let mut means = Vec::new();
            for replicate in 0..self.replicates {
                let mut values = Vec::new();
                for &point in &points {
                    let run = self.run(store, self.trial(point, replicate))?;
                    values.extend(run.get(place).filter(|value| value.is_finite()));
                }
                means.extend(stats::mean(&values));
            }
            let label_of = (place * self.space.len() + setting) as u64;
            if let Some(estimate) = stats::estimate(&means, self.base.scenario.about.seed, label_of)
            {
                responses.push(Response { at, label, estimate });
            }
        }
        Ok(responses)
    }

    /// The measure at `place` over the values of two settings.
    ///
    /// # Errors
    /// Where a run is not in `store`.
    pub fn map(
        &self,
        store: &dyn Store,
        settings: (usize, usize),
        place: usize,
    ) -> Result<ResponseMap, ExperimentError> {
        let (across, up) = (self.groups(settings.0), self.groups(settings.1));
        let means = self.means(store, place)?;
        let mut cells = Vec::new();
        for (x, (_, _, left)) in across.iter().enumerate() {
            for (y, (_, _, right)) in up.iter().enumerate() {
                let both = left.iter().filter(|point| right.contains(point));
                let values: Vec<f64> =
                    both.map(|point| means[*point]).filter(|mean| mean.is_finite()).collect();
                if let Some(mean) = stats::mean(&values) {
                    cells.push(MapCell { x, y, mean });
                }
            }
        }
        let texts = |groups: Groups| groups.into_iter().map(|(_, text, _)| text).collect();
        Ok(ResponseMap { across: texts(across), up: texts(up), cells })
    }
}
