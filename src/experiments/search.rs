//! A search for the settings that serve several objectives best, under
//! constraints that must hold with a chance: points of the unit cube in, samples
//! of objectives out. What a point stands for, and who runs it, is the caller's
//! business.
//!
//! The first points fill the space (Sobol'). Those after are bred from the best
//! so far, ranked as NSGA-II does: by front, then by how alone they are on it
//! (Deb et al., IEEE Trans. Evol. Comput. 6 (2002) 182), whatever breaks a
//! constraint behind all that does not. Every setting meets the same seeds.
//! After a few replicates, one that a finished setting beats in every objective
//! with an interval that leaves no doubt is stopped; the others are run to the
//! end.
//!
//! Why no crate: `argmin` knows one objective; the estimator of `optimizer`
//! shrank to two points on ZDT1 within the few hundred settings that a market
//! can afford; `egobox-ego` 0.42 brings 147 crates and `moors` 0.2.11 (NSGA-II)
//! 79, and both call an objective and take its value as it is. What is half of
//! this file, paired racing over replicates and chances of events, would have to
//! be built around them all the same, and their results need not have the same
//! bits on every machine, which a search that goes on after a kill rests on.

use std::ops::Range;

use rand::RngExt;

use super::error::ExperimentError;
use super::settings::sobol_sequence;
use crate::random::{Purpose, Stream, stream};
use crate::stats::{self, Point};

/// How far beyond its parents a child may lie, as a share of their distance
/// (Eshelman and Schaffer's blend crossover, 1993).
const BEYOND: f64 = 0.3;
/// The size of a change by chance, three uniform draws added up.
const CHANGE: f64 = 0.25;

/// How to search.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchPlan {
    /// Coordinates of a point.
    pub dimensions: usize,
    /// Of each objective, whether more of it is better.
    pub raise: Vec<bool>,
    /// The greatest chance that each constraint's event may have.
    pub chances: Vec<f64>,
    /// Points that fill the space at first.
    pub first: u32,
    /// Points in all.
    pub candidates: u32,
    /// Points between two looks.
    pub batch: u32,
    /// Replicates before the race.
    pub race_replicates: u32,
    /// Replicates in all.
    pub replicates: u32,
    /// Seed of the search.
    pub seed: u64,
}

/// What one replicate of a point gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The value of each objective.
    pub objectives: Vec<f64>,
    /// Of each constraint, whether its event happened, or nothing says that it
    /// did not.
    pub events: Vec<bool>,
}

/// A point that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Where in the unit cube.
    pub point: Point,
    /// What its replicates gave, in the order of their seeds.
    pub samples: Vec<Sample>,
    /// Whether it was stopped early.
    pub stopped: bool,
}

impl Candidate {
    /// The values of an objective.
    #[must_use]
    pub fn values(&self, objective: usize) -> Vec<f64> {
        self.samples.iter().map(|sample| sample.objectives[objective]).collect()
    }

    /// The share of replicates in which a constraint's event happened.
    #[must_use]
    pub fn share(&self, constraint: usize) -> f64 {
        let count = self.samples.iter().filter(|sample| sample.events[constraint]).count();
        count as f64 / self.samples.len().max(1) as f64
    }

    /// The greatest chance that a constraint's event may have, with 95 %, by
    /// the replicates that there are: nothing seen in few is not nothing.
    #[must_use]
    pub fn bound(&self, constraint: usize) -> f64 {
        let count = self.samples.iter().filter(|sample| sample.events[constraint]).count();
        stats::chance_at_most_95(count, self.samples.len())
    }

    /// Mean of each objective, turned so that more is better.
    fn merits(&self, raise: &[bool]) -> Vec<f64> {
        let merit = |(objective, raise): (usize, &bool)| {
            let mean = stats::mean(&self.values(objective)).unwrap_or(f64::NAN);
            if *raise { mean } else { -mean }
        };
        raise.iter().enumerate().map(merit).collect()
    }

    /// Whether every constraint is shown to hold: the bound of each event's
    /// chance is no greater than allowed.
    #[must_use]
    pub fn is_feasible(&self, chances: &[f64]) -> bool {
        (0..chances.len()).all(|constraint| self.bound(constraint) <= chances[constraint])
    }
}

/// Samples of points: of each (number of the point, the point), the replicates
/// asked for.
pub type Bench<'b> =
    dyn FnMut(&[(usize, &Point)], Range<u32>) -> Result<Vec<Vec<Sample>>, ExperimentError> + 'b;

/// Searches. `key` tells which points are the same setting: one that was tried
/// before is not run again.
///
/// # Errors
/// Where a run fails.
pub fn search(
    plan: &SearchPlan,
    key: &dyn Fn(&Point) -> String,
    bench: &mut Bench<'_>,
) -> Result<Vec<Candidate>, ExperimentError> {
    let mut rng = stream(plan.seed, Purpose::Bootstrap, u64::MAX - 1);
    let mut tried: Vec<(String, Candidate)> = Vec::new();
    let filling = sobol_sequence(plan.dimensions, plan.first.min(plan.candidates), plan.seed);
    let mut asked = filling.len() as u32;
    race(plan, unknown(filling, key, &tried), &mut tried, bench)?;
    while asked < plan.candidates {
        let due = plan.batch.min(plan.candidates - asked);
        asked += due;
        let candidates: Vec<&Candidate> = tried.iter().map(|(_, candidate)| candidate).collect();
        let mut parents = ranked(plan, &candidates);
        parents.truncate(plan.first.max(2) as usize);
        let children: Vec<Point> = match parents.as_slice() {
            // Nothing has a value yet: look elsewhere.
            [] => (0..due)
                .map(|_| (0..plan.dimensions).map(|_| rng.random::<f64>()).collect())
                .collect(),
            parents => (0..due).map(|_| child(&candidates, parents, &mut rng)).collect(),
        };
        race(plan, unknown(children, key, &tried), &mut tried, bench)?;
    }
    Ok(tried.into_iter().map(|(_, candidate)| candidate).collect())
}

/// Those points that are no setting known already, each with its name.
fn unknown(
    points: Vec<Point>,
    key: &dyn Fn(&Point) -> String,
    tried: &[(String, Candidate)],
) -> Vec<(String, Point)> {
    let mut fresh: Vec<(String, Point)> = Vec::new();
    for point in points {
        let name = key(&point);
        let mut known = tried.iter().map(|(known, _)| known).chain(fresh.iter().map(|(k, _)| k));
        if !known.any(|known| *known == name) {
            fresh.push((name, point));
        }
    }
    fresh
}

/// A point between two of the better ones, or a little beyond, now and then
/// changed by chance.
fn child(candidates: &[&Candidate], parents: &[usize], rng: &mut Stream) -> Point {
    let count = parents.len() as u32;
    // The better of two, twice: parents are in order.
    let mut better = || {
        let place = rng.random_range(0..count).min(rng.random_range(0..count));
        &candidates[parents[place as usize]].point
    };
    let (one, other) = (better(), better());
    one.iter()
        .zip(other)
        .map(|(one, other)| {
            let along = rng.random::<f64>() * (1.0 + 2.0 * BEYOND) - BEYOND;
            let mut at = one + along * (other - one);
            if rng.random::<f64>() * (one_of(candidates) as f64) < 1.0 {
                let draws = rng.random::<f64>() + rng.random::<f64>() + rng.random::<f64>();
                at += CHANGE * (draws - 1.5);
            }
            at.clamp(0.0, 1.0)
        })
        .collect()
}

/// Coordinates of a point: one of them changes by chance, on average.
fn one_of(candidates: &[&Candidate]) -> usize {
    candidates.first().map_or(1, |candidate| candidate.point.len())
}

/// Whether `a` is at least as good as `b` everywhere and better somewhere.
fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a >= b) && a.iter().zip(b).any(|(a, b)| a > b)
}

/// The places of the candidates that have values, the best first: front by
/// front, on each front the loneliest first; those that break constraints
/// last, the less the sooner.
fn ranked(plan: &SearchPlan, candidates: &[&Candidate]) -> Vec<usize> {
    let merits: Vec<Vec<f64>> =
        candidates.iter().map(|candidate| candidate.merits(&plan.raise)).collect();
    let excess = |place: usize| -> f64 {
        let over = |(constraint, chance): (usize, &f64)| {
            (candidates[place].bound(constraint) - chance).max(0.0)
        };
        plan.chances.iter().enumerate().map(over).sum()
    };
    let sound = |place: &usize| merits[*place].iter().all(|merit| merit.is_finite());
    let (mut left, mut breaking): (Vec<usize>, Vec<usize>) =
        (0..candidates.len()).filter(sound).partition(|place| excess(*place) == 0.0);
    let mut order = Vec::new();
    while !left.is_empty() {
        let beaten =
            |place: &usize| left.iter().any(|other| dominates(&merits[*other], &merits[*place]));
        let (rest, mut front): (Vec<usize>, Vec<usize>) =
            left.iter().copied().partition(|place| beaten(place));
        let alone: Vec<(usize, f64)> =
            front.iter().copied().zip(crowding(&merits, &front)).collect();
        let distance = |place: usize| {
            alone.iter().find(|(known, _)| *known == place).map_or(0.0, |(_, distance)| *distance)
        };
        front.sort_by(|a, b| distance(*b).total_cmp(&distance(*a)).then(a.cmp(b)));
        order.append(&mut front);
        left = rest;
    }
    breaking.sort_by(|a, b| excess(*a).total_cmp(&excess(*b)).then(a.cmp(b)));
    order.append(&mut breaking);
    order
}

/// How far each of a front lies from its neighbours on it: the crowding
/// distance of NSGA-II, infinite at the ends.
fn crowding(merits: &[Vec<f64>], front: &[usize]) -> Vec<f64> {
    let mut distances = vec![0.0; front.len()];
    let mut add = |objective: usize| {
        let values: Vec<f64> = front.iter().map(|place| merits[*place][objective]).collect();
        let mut order: Vec<usize> = (0..front.len()).collect();
        order.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
        let (Some(&first), Some(&last)) = (order.first(), order.last()) else { return };
        let width = values[last] - values[first];
        distances[first] = f64::INFINITY;
        distances[last] = f64::INFINITY;
        for three in order.windows(3) {
            if width > 0.0 {
                distances[three[1]] += (values[three[2]] - values[three[0]]) / width;
            }
        }
    };
    (0..merits.first().map_or(0, Vec::len)).for_each(&mut add);
    distances
}

/// Runs fresh points: all for the race, those that are left to the end.
fn race(
    plan: &SearchPlan,
    fresh: Vec<(String, Point)>,
    tried: &mut Vec<(String, Candidate)>,
    bench: &mut Bench<'_>,
) -> Result<(), ExperimentError> {
    let heat = plan.race_replicates.min(plan.replicates);
    let from = tried.len();
    let numbered: Vec<(usize, &Point)> =
        fresh.iter().enumerate().map(|(place, (_, point))| (from + place, point)).collect();
    let heats = bench(&numbered, 0..heat)?;
    let mut news: Vec<Candidate> = fresh
        .iter()
        .zip(heats)
        .map(|((_, point), samples)| Candidate { point: point.clone(), samples, stopped: false })
        .collect();
    let rivals: Vec<&Candidate> = tried
        .iter()
        .map(|(_, candidate)| candidate)
        .filter(|rival| !rival.stopped && rival.is_feasible(&plan.chances))
        .collect();
    for candidate in &mut news {
        candidate.stopped = rivals.iter().any(|rival| beats(plan, rival, candidate));
    }
    let left: Vec<usize> = (0..news.len()).filter(|place| !news[*place].stopped).collect();
    if heat < plan.replicates {
        let numbered: Vec<(usize, &Point)> =
            left.iter().map(|place| (from + place, &fresh[*place].1)).collect();
        let rest = bench(&numbered, heat..plan.replicates)?;
        for (place, samples) in left.into_iter().zip(rest) {
            news[place].samples.extend(samples);
        }
    }
    tried.extend(fresh.into_iter().map(|(name, _)| name).zip(news));
    Ok(())
}

/// Whether `rival` is better than `candidate` in every objective, each with a
/// paired interval that holds no zero, over the replicates that both have.
fn beats(plan: &SearchPlan, rival: &Candidate, candidate: &Candidate) -> bool {
    plan.raise.iter().enumerate().all(|(objective, raise)| {
        let (ours, theirs) = (candidate.values(objective), rival.values(objective));
        let theirs = &theirs[..ours.len().min(theirs.len())];
        let paired = stats::paired_difference(&ours, theirs, plan.seed, objective as u64);
        let interval = paired.and_then(|paired| paired.difference.ci95);
        interval.is_some_and(|(ends, _)| if *raise { ends.low > 0.0 } else { ends.high < 0.0 })
    })
}

/// The places of those candidates that no other beats: finished, feasible, and
/// with no other at least as good in every mean and better in one.
#[must_use]
pub fn front(plan: &SearchPlan, candidates: &[Candidate]) -> Vec<usize> {
    let merits: Vec<(usize, Vec<f64>)> = candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| !candidate.stopped && candidate.is_feasible(&plan.chances))
        .map(|(place, candidate)| (place, candidate.merits(&plan.raise)))
        .filter(|(_, merits)| merits.iter().all(|merit| merit.is_finite()))
        .collect();
    merits
        .iter()
        .filter(|(_, mine)| !merits.iter().any(|(_, other)| dominates(other, mine)))
        .map(|(place, _)| *place)
        .collect()
}

/// Which of the front to recommend: the one whose worst objective, on a scale
/// from the front's worst to its best, is best.
#[must_use]
pub fn balanced(plan: &SearchPlan, candidates: &[Candidate], front: &[usize]) -> Option<usize> {
    let merits: Vec<Vec<f64>> =
        front.iter().map(|place| candidates[*place].merits(&plan.raise)).collect();
    let scaled = |mine: &[f64]| -> Vec<f64> {
        let scale = |(objective, merit): (usize, &f64)| {
            let all = || merits.iter().map(|merits| merits[objective]);
            let (low, high) =
                (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
            if high > low { (merit - low) / (high - low) } else { 1.0 }
        };
        mine.iter().enumerate().map(scale).collect()
    };
    let worst = |mine: &[f64]| scaled(mine).into_iter().fold(f64::INFINITY, f64::min);
    let sum = |mine: &[f64]| scaled(mine).iter().sum::<f64>();
    (0..front.len())
        .max_by(|a, b| {
            let order = worst(&merits[*a]).total_cmp(&worst(&merits[*b]));
            order.then(sum(&merits[*a]).total_cmp(&sum(&merits[*b]))).then(b.cmp(a))
        })
        .map(|place| front[place])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(dimensions: usize, candidates: u32) -> SearchPlan {
        SearchPlan {
            dimensions,
            raise: vec![false, false],
            chances: Vec::new(),
            first: 32,
            candidates,
            batch: 8,
            race_replicates: 1,
            replicates: 1,
            seed: 11,
        }
    }

    /// ZDT1 (Zitzler, Deb and Thiele, 2000): the front is 1 − √f₁, where all
    /// but the first coordinate are 0.
    fn zdt1(x: &[f64]) -> Vec<f64> {
        let g = 1.0 + 9.0 * x[1..].iter().sum::<f64>() / (x.len() - 1) as f64;
        vec![x[0], g * (1.0 - (x[0] / g).sqrt())]
    }

    fn run(plan: &SearchPlan, of: &dyn Fn(&[f64], u32) -> Sample) -> (Vec<Candidate>, usize) {
        let mut runs = 0;
        let mut bench = |points: &[(usize, &Point)], replicates: Range<u32>| {
            runs += points.len() * replicates.len();
            let samples = |point: &Point| replicates.clone().map(|r| of(point, r)).collect();
            Ok(points.iter().map(|(_, point)| samples(point)).collect())
        };
        let key = |point: &Point| format!("{point:?}");
        let found = search(plan, &key, &mut bench).expect("a search");
        (found, runs)
    }

    #[test]
    fn the_front_of_zdt1_is_found_and_found_again() {
        let plan = plan(4, 240);
        let of = |x: &[f64], _: u32| Sample { objectives: zdt1(x), events: Vec::new() };
        let (candidates, _) = run(&plan, &of);
        let front = front(&plan, &candidates);
        let gap = |place: &usize| {
            let sample = &candidates[*place].samples[0].objectives;
            sample[1] - (1.0 - sample[0].sqrt())
        };
        let gaps: Vec<f64> = front.iter().map(gap).collect();
        let mean = stats::mean(&gaps).expect("a front");
        // Chance alone leaves a gap of about one.
        assert!(front.len() >= 5 && mean < 0.4, "{} points, gap {mean}", front.len());
        let (again, _) = run(&plan, &of);
        assert_eq!(again, candidates);
        let chosen = balanced(&plan, &candidates, &front).expect("one of them");
        let values = &candidates[chosen].samples[0].objectives;
        assert!(values.iter().all(|value| (0.1..0.9).contains(value)), "{values:?}");
    }

    #[test]
    fn the_poor_are_stopped_early_and_the_forbidden_never_win() {
        let mut plan = plan(1, 64);
        plan.raise = vec![true];
        // 0 of 20 shows a chance of at most 14 %.
        plan.chances = vec![0.15];
        plan.race_replicates = 3;
        plan.replicates = 20;
        // The best lies at 1, but beyond 0.8 the event happens half of the time.
        let of = |x: &[f64], replicate: u32| Sample {
            objectives: vec![x[0] + 0.01 * f64::from(replicate % 3)],
            events: vec![x[0] > 0.8 && replicate.is_multiple_of(2)],
        };
        let (candidates, runs) = run(&plan, &of);
        assert!(candidates.iter().any(|candidate| candidate.stopped));
        assert!(runs < 64 * 20 * 4 / 5, "{runs}");
        let front = front(&plan, &candidates);
        assert_eq!(front.len(), 1);
        let best = candidates[front[0]].point[0];
        assert!((0.74..=0.8).contains(&best), "{best}");
    }
}
