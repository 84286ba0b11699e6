//! The search for a market's settings: what the scenario's `[tune]` asks for,
//! with runs of the market as samples, and what follows from them.

use std::ops::Range;

use super::error::ExperimentError;
use super::measures::{MeasureName, measures, place};
use super::search::{Candidate, Sample, SearchPlan, balanced, front, search};
use super::settings::{Base, Space, Values};
use super::trials::{Snapshots, Store, Trial, check_branch, fill};
use crate::scenario::Constraint;
use crate::stats::{self, Estimate, Point};

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
    /// Of each constraint, the share of runs in which its event happened, or
    /// that gave its measure no value; and the chance that it has at most, with
    /// 95 %.
    pub events: Vec<(f64, f64)>,
    /// Its replicates.
    pub replicates: usize,
    /// Whether the constraints are shown to hold: the chance of each event is,
    /// with 95 %, no greater than allowed.
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

/// What a search works with.
#[derive(Clone, Copy)]
struct Work<'w> {
    snapshots: &'w Snapshots,
    jobs: usize,
    store: &'w dyn Store,
    done: &'w (dyn Fn() + Sync),
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
        for corner in [0.0, 1.0 - f64::EPSILON] {
            let overrides = space.overrides(&space.at(&vec![corner; space.len()]));
            check_branch(&base.scenario, &base.with(&overrides)?, &overrides.join(" "))?;
        }
        base.prepare(&[])?;
        let names = measures();
        let find = |metric: &String| place(metric);
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
        let least = stats::chance_at_most_95(0, plan.replicates as usize);
        for constraint in &stated.constraints.0 {
            if constraint.chance < least {
                return Err(cannot_be_shown(constraint, plan.replicates, least));
            }
        }
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
        let base = self.base.prepare(&[])?;
        let snapshots = Snapshots::new(base);
        let work = Work { snapshots: &snapshots, jobs, store, done };
        let today = self.samples(&[(0, Vec::new())], 0..self.plan.replicates, work)?;
        runs += u64::from(self.plan.replicates);
        let key = |point: &Point| self.space.overrides(&self.space.at(point)).join(" ");
        let candidates = {
            let mut bench = |points: &[(usize, &Point)], replicates: Range<u32>| {
                runs += points.len() as u64 * replicates.len() as u64;
                let settings: Vec<(usize, Vec<String>)> = points
                    .iter()
                    .map(|(number, at)| (number + 1, self.space.overrides(&self.space.at(at))))
                    .collect();
                self.samples(&settings, replicates, work)
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
        Work { snapshots, jobs, store, done }: Work<'_>,
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
        fill(&self.base, snapshots, &trials, &overrides, jobs, store, done)?;
        let one = |setting: usize, replicate: u32| {
            let trial = number(setting, replicate);
            let values = store
                .get(trial)?
                .ok_or_else(|| ExperimentError::Incomplete(format!("run {trial} is missing")))?;
            let value = |place: &usize| values.get(*place).copied().unwrap_or(f64::NAN);
            let constraints = &self.base.scenario.tune.constraints.0;
            // A run that says nothing of it has not shown that it did not happen.
            let happened = |(place, constraint): (&usize, &Constraint)| {
                let value = value(place);
                !value.is_finite() || constraint.event.holds(value)
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
        let event = |place: usize| (candidate.share(place), candidate.bound(place));
        Tuned {
            values,
            objectives: (0..self.objectives.len()).map(estimate).collect(),
            events: (0..self.plan.chances.len()).map(event).collect(),
            replicates: count,
            feasible: candidate.is_feasible(&self.plan.chances),
        }
    }
}

/// That not even runs without a single event would show a constraint to hold.
fn cannot_be_shown(constraint: &Constraint, replicates: u32, least: f64) -> ExperimentError {
    let Constraint { event, chance } = constraint;
    // 0.95 of the time n trials show a chance c that has (1 − c)ⁿ = 0.05.
    let enough = (libm::log(0.05) / libm::log1p(-chance)).ceil();
    let enough = if *chance > 0.0 {
        format!("set tune.replicates to {enough} or more, or the chance to {least:.3} or more")
    } else {
        "no number of runs can: set a chance above 0".to_owned()
    };
    ExperimentError::Incomplete(format!(
        "tune.constraints.{}: a chance of {chance} cannot be shown by {replicates} runs a setting, \
         not even if it never happens; {enough}",
        event.metric
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::Memory;
    use crate::scenario::Scenario;
    use std::path::Path;

    /// A market so small that every setting can be tried.
    const SMALL: &str = "scenario.name = \"small\"\ntime = { days = 1, tick_minutes = 60 }\n\
        producers.count = 5\nbuyers.count = 6\n\
        certifiers = { meter_operators = 1, certifiers = 1, supervisors = 1 }\n\
        [tune]\nfirst = 4\ncandidates = 40\nbatch = 3\nrace_replicates = 2\nreplicates = 3\n\
        [tune.objectives]\ntraded_kwh = \"raise\"\ncommission_stx = \"raise\"\n\
        [tune.ranges]\n\
        market.commission_bps = [0, 500, 2_000, 5_000, 9_000]\n\
        market.refund_rate_bps = [0, 9_500]\n";

    fn base(more: &str) -> Base {
        let text = format!("{SMALL}{more}");
        let scenario = Scenario::from_toml(&text, "small.toml", &[]);
        Base::new(scenario.unwrap_or_else(|faults| panic!("{faults}")), Path::new("small.toml"))
    }

    #[test]
    fn the_search_finds_what_trying_everything_finds() {
        let tune = Tune::new(base("")).expect("a search");
        let outcome = tune.search(2, &Memory::default(), &|| {}).expect("runs");
        let all: Vec<(usize, Vec<String>)> = tune
            .space
            .grid()
            .iter()
            .map(|values| tune.space.overrides(values))
            .enumerate()
            .collect();
        assert_eq!(all.len(), 10);
        let today = tune.base.prepare(&[]).expect("a scenario");
        let (snapshots, store) = (Snapshots::new(today), Memory::default());
        let work = Work { snapshots: &snapshots, jobs: 2, store: &store, done: &|| {} };
        let tried = tune.samples(&all, 0..tune.plan.replicates, work).expect("runs");
        let means: Vec<Vec<f64>> = tried
            .into_iter()
            .map(|samples| {
                let candidate = Candidate { point: Vec::new(), samples, stopped: false };
                (0..2).filter_map(|objective| stats::mean(&candidate.values(objective))).collect()
            })
            .collect();
        // Nothing on the front is beaten by any setting that there is, and
        // nothing that is beaten by none is missing.
        let beats = |a: &[f64], b: &[f64]| a[0] >= b[0] && a[1] >= b[1] && a != b;
        let mut best: Vec<&Vec<f64>> =
            means.iter().filter(|mine| !means.iter().any(|other| beats(other, mine))).collect();
        best.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
        best.dedup();
        let mut found: Vec<Vec<f64>> = outcome
            .front
            .iter()
            .map(|tuned| tuned.objectives.iter().flatten().map(|e| e.mean).collect())
            .collect();
        found.sort_by(|a: &Vec<f64>, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
        found.dedup();
        assert!(best.len() >= 3, "{best:?}");
        assert_eq!(found.iter().collect::<Vec<_>>(), best);
        assert!(outcome.recommended.is_some() && outcome.tried <= 10);
    }

    #[test]
    fn a_chance_that_the_runs_cannot_show_is_refused() {
        let constraint =
            "[tune.constraints]\ntreasury_dry_share = { event = \"> 0\", chance = 0.01 }";
        let told = Tune::new(base(constraint)).expect_err("too few").to_string();
        assert!(told.contains("0.01 cannot be shown by 3 runs"), "{told}");
        assert!(told.contains("tune.replicates to 299 or more"), "{told}");
    }
}
