//! The search for a market's settings: what the scenario's `[tune]` asks for,
//! with runs of the market as samples, and what follows from them.

use std::ops::Range;

use super::error::ExperimentError;
use super::measures::{MeasureName, measures, place};
use super::search::{Candidate, Sample, SearchPlan, balanced, front, search};
use super::settings::{Base, Space, Values};
use super::trials::{Store, Trial, fill};
use crate::stats::{self, Estimate, Interval, Point};

/// A search worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct Tune {
    /// The scenario that settings are laid over.
    pub base: Base,
    /// The settings that change.
    pub space: Space,
    /// The objectives, and whether to raise each.
    pub objectives: Vec<(MeasureName, bool)>,
    places: Vec<usize>,
    events: Vec<usize>,
    plan: SearchPlan,
}

/// A setting and what it gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuned {
    /// The values of the settings; as many as the space has.
    pub values: Values,
    /// Each objective's mean and interval.
    pub objectives: Vec<Option<Estimate>>,
    /// Of each constraint, the share of runs in which its event happened, and
    /// where the chance of it lies with 95 %.
    pub events: Vec<(f64, Interval)>,
    /// Its replicates.
    pub replicates: usize,
    /// Whether the constraints hold, as far as the replicates tell.
    pub feasible: bool,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct TuneOutcome {
    /// Today's setting: the scenario as it stands.
    pub today: Tuned,
    /// The settings that no other beats, in the order of the first objective.
    pub front: Vec<Tuned>,
    /// The one recommended, by its place in the front; none where the front is
    /// empty.
    pub recommended: Option<usize>,
    /// What today's setting loses against it: of each objective, the
    /// recommended one's less today's, over the same seeds.
    pub gain: Vec<Option<Estimate>>,
    /// Settings that were tried.
    pub tried: usize,
    /// Settings that were stopped early.
    pub stopped: usize,
    /// Runs of the market in all.
    pub runs: u64,
}

impl Tune {
    /// Works the search out that the scenario of `base` states.
    ///
    /// # Errors
    /// Where nothing is looked for or may change, or a measure is none.
    pub fn new(base: Base) -> Result<Self, ExperimentError> {
        let stated = base.scenario.tune.clone();
        let space = Space::new(&stated.ranges);
        let missing = |what: &str| Err(ExperimentError::Incomplete(what.to_owned()));
        if space.is_empty() {
            return missing(
                "tune.ranges: missing; name the settings to change, like \
                            market.commission_bps = { from = 0, to = 1000 }, under [tune.ranges]",
            );
        }
        if stated.objectives.0.is_empty() {
            return missing(
                "tune.objectives: missing; say what to raise or to lower, like \
                            traded_kwh = \"raise\", under [tune.objectives]",
            );
        }
        let names = measures(&base.prepare(&[])?)?;
        let find = |metric: &String| place(&names, metric);
        let places = stated.objectives.0.iter().map(|objective| find(&objective.metric));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let events = stated.constraints.0.iter().map(|c| find(&c.event.metric));
        let events = events.collect::<Result<Vec<_>, _>>()?;
        let objectives: Vec<(MeasureName, bool)> =
            places.iter().zip(&stated.objectives.0).map(|(p, o)| (names[*p], o.raise)).collect();
        let plan = SearchPlan {
            dimensions: space.len(),
            raise: objectives.iter().map(|(_, raise)| *raise).collect(),
            chances: stated.constraints.0.iter().map(|constraint| constraint.chance).collect(),
            first: stated.first,
            candidates: stated.candidates.max(stated.first),
            batch: stated.batch,
            race_replicates: stated.race_replicates,
            replicates: stated.replicates.max(stated.race_replicates),
            seed: base.scenario.about.seed,
        };
        Ok(Self { base, space, objectives, places, events, plan })
    }

    /// The most runs that the search can take.
    #[must_use]
    pub fn most_runs(&self) -> u64 {
        u64::from(self.plan.candidates + 1) * u64::from(self.plan.replicates)
    }

    /// Searches, with the runs that `store` has already taken from there. The
    /// search is the same whether it was broken off before or not: it begins
    /// anew and meets the same results.
    ///
    /// # Errors
    /// Where a run fails or cannot be kept.
    pub fn search(
        &self,
        jobs: usize,
        store: &dyn Store,
        done: &(dyn Fn() + Sync),
    ) -> Result<TuneOutcome, ExperimentError> {
        let mut runs = 0;
        // Setting 0 is today's; the search's own follow it.
        let today = self.samples(&[(0, Vec::new())], 0..self.plan.replicates, jobs, store, done)?;
        runs += u64::from(self.plan.replicates);
        let key = |point: &Point| self.space.overrides(&self.space.at(point)).join(" ");
        let candidates = {
            let mut bench = |points: &[(usize, &Point)], replicates: Range<u32>| {
                runs += points.len() as u64 * replicates.len() as u64;
                let settings: Vec<(usize, Vec<String>)> = points
                    .iter()
                    .map(|(number, at)| (number + 1, self.space.overrides(&self.space.at(at))))
                    .collect();
                self.samples(&settings, replicates, jobs, store, done)
            };
            search(&self.plan, &key, &mut bench)?
        };
        let today = Candidate {
            point: Vec::new(),
            samples: today.into_iter().next().unwrap_or_default(),
            stopped: false,
        };
        let mut best = front(&self.plan, &candidates);
        let first = |place: &usize| stats::mean(&candidates[*place].values(0)).unwrap_or(f64::NAN);
        best.sort_by(|a, b| first(a).total_cmp(&first(b)).then(a.cmp(b)));
        let chosen = balanced(&self.plan, &candidates, &best);
        let gain = |objective: usize| {
            let chosen = &candidates[chosen?];
            let (before, after) = (today.values(objective), chosen.values(objective));
            let label = objective as u64;
            stats::paired_difference(&before, &after, self.plan.seed, label)
                .map(|paired| paired.difference)
        };
        let settings = self.base.scenario.settings();
        let now: Values =
            self.space.keys().iter().filter_map(|key| settings.at(key).cloned()).collect();
        let at = |candidate: &Candidate| self.space.at(&candidate.point);
        Ok(TuneOutcome {
            gain: (0..self.objectives.len()).map(gain).collect(),
            recommended: chosen.and_then(|chosen| best.iter().position(|place| *place == chosen)),
            front: best
                .iter()
                .map(|place| self.tuned(at(&candidates[*place]), &candidates[*place]))
                .collect(),
            today: self.tuned(now, &today),
            tried: candidates.len(),
            stopped: candidates.iter().filter(|candidate| candidate.stopped).count(),
            runs,
        })
    }

    /// Runs settings, each with its number, and takes the samples out of them.
    fn samples(
        &self,
        settings: &[(usize, Vec<String>)],
        replicates: Range<u32>,
        jobs: usize,
        store: &dyn Store,
        done: &(dyn Fn() + Sync),
    ) -> Result<Vec<Vec<Sample>>, ExperimentError> {
        let number = |setting: usize, replicate: u32| {
            setting as u64 * u64::from(self.plan.replicates) + u64::from(replicate)
        };
        let trials: Vec<Trial> = settings
            .iter()
            .enumerate()
            .flat_map(|(point, (setting, _))| {
                let setting = *setting;
                replicates.clone().map(move |replicate| (point, setting, replicate))
            })
            .map(|(point, setting, replicate)| Trial {
                number: number(setting, replicate),
                point,
                replicate,
            })
            .collect();
        let overrides = |point: usize| settings[point].1.clone();
        fill(&self.base, &trials, &overrides, jobs, store, done)?;
        let one = |setting: usize, replicate: u32| {
            let trial = number(setting, replicate);
            let values = store
                .get(trial)?
                .ok_or_else(|| ExperimentError::Incomplete(format!("run {trial} is missing")))?;
            let value = |place: &usize| values.get(*place).copied().unwrap_or(f64::NAN);
            let constraints = &self.base.scenario.tune.constraints.0;
            let happened = |(place, constraint): (&usize, &crate::scenario::Constraint)| {
                constraint.event.holds(value(place))
            };
            Ok(Sample {
                objectives: self.places.iter().map(value).collect(),
                events: self.events.iter().zip(constraints).map(happened).collect(),
            })
        };
        settings
            .iter()
            .map(|(setting, _)| replicates.clone().map(|r| one(*setting, r)).collect())
            .collect()
    }

    fn tuned(&self, values: Values, candidate: &Candidate) -> Tuned {
        let estimate =
            |place: usize| stats::estimate(&candidate.values(place), self.plan.seed, place as u64);
        let count = candidate.samples.len();
        let event = |place: usize| {
            let share = candidate.share(place);
            (share, wilson(share, count))
        };
        Tuned {
            values,
            objectives: (0..self.objectives.len()).map(estimate).collect(),
            events: (0..self.plan.chances.len()).map(event).collect(),
            replicates: count,
            feasible: candidate.is_feasible(&self.plan.chances),
        }
    }
}

/// The 95 % interval of a chance of which a share was seen in `count` trials.
/// Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.
fn wilson(share: f64, count: usize) -> Interval {
    const Z: f64 = 1.959_963_984_540_054;
    let n = count as f64;
    if count == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let shrink = 1.0 + Z * Z / n;
    let middle = (share + Z * Z / (2.0 * n)) / shrink;
    let half = Z / shrink * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_seen_is_not_nothing() {
        // Agresti and Coull (1998): 0 of 10 gives 0 to 0.278.
        let none = wilson(0.0, 10);
        assert!(none.low < 1e-12 && (none.high - 0.2775).abs() < 1e-3, "{none:?}");
        let half = wilson(0.5, 100);
        assert!((half.low - 0.4038).abs() < 1e-3 && (half.high - 0.5962).abs() < 1e-3);
    }
}
