//! Where a market is safe from each kind of adversary: every lineup is run with
//! its attack and again with the same people who behave, on the same seeds,
//! and what the attack brings is the difference. Along each setting that
//! matters to a kind, the value is looked for at which the attack begins to
//! pay: on a coarse grid, then by bisection.

use std::sync::Arc;

use rayon::prelude::*;

use super::error::ExperimentError;
use super::evidence::evidenced;
use super::probes::{Lineup, PROBES, Probe, lineups};
use super::run::{in_pool, one_by_one};
use super::settings::Base;
use crate::agents::Adversary;
use crate::engine::{Prepared, Record, RunError, World};
use crate::scenario::Scenario;
use crate::stats::{Estimate, estimate};

/// How to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafetyOptions {
    /// Threads to work on; 0 takes as many as there are cores.
    pub jobs: usize,
    /// Pairs of runs at each value, each on a seed of its own.
    pub replicates: u32,
    /// How often the gap around an edge is halved.
    pub halvings: u32,
    /// Only these kinds, each alone; all of them, and all together, where
    /// none is named.
    pub kinds: Vec<Adversary>,
}

/// What an attack brings is worth a word from here on, in STX: less is the
/// noise of who came first.
const WORTH_STX: f64 = 0.01;
/// Values of a setting that are tried before the edge is narrowed.
const GRID: u32 = 5;

/// What is told of a lineup, all in STX and in this order. Changes are those
/// that the attack makes.
pub const EFFECTS: [&str; 9] = [
    "advantage",
    "attacking_net",
    "behaving_net",
    "spent",
    "gained",
    "treasury_change",
    "producers_change",
    "buyers_change",
    "utility_cost",
];
const ADVANTAGE: usize = 0;

/// What a lineup did to the market as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LineupRow {
    /// The lineup.
    pub lineup: Lineup,
    /// The effects, in the order of [`EFFECTS`].
    pub effects: [Option<Estimate>; EFFECTS.len()],
    /// The advantage of each of its kinds, in STX.
    pub by_kind: Vec<(Adversary, Option<Estimate>)>,
    /// Whether what it is after was had.
    pub pays: bool,
}

/// Where along a setting an attack pays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Onset {
    /// Nowhere in the range.
    Never,
    /// Nowhere for sure, though somewhere on average: more replicates would
    /// tell.
    Unsure,
    /// Everywhere in it.
    Always,
    /// From a value on.
    SafeBelow(OnsetValue),
    /// Up to a value.
    SafeAbove(OnsetValue),
}

/// The value at an edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnsetValue {
    /// The last value at which the attack was not shown to pay, next to one at
    /// which it was.
    pub safe: f64,
    /// The value next to it, at which it was.
    pub pays: f64,
    /// Where the single replicates cross, with their interval.
    pub crossing: Option<Estimate>,
}

/// A setting, and where along it an attack pays.
#[derive(Clone, Debug, PartialEq)]
pub struct SafetyRow {
    /// The lineup that attacked.
    pub lineup: &'static str,
    /// The setting and its range.
    pub probe: Probe,
    /// What it is now.
    pub now: Option<f64>,
    /// The edge.
    pub edge: Onset,
    /// The values that were tried, with the mean advantage in STX at each.
    pub tried: Vec<(f64, Estimate)>,
}

/// The answers for all lineups.
#[derive(Clone, Debug, PartialEq)]
pub struct Safety {
    /// The scenario.
    pub scenario: Scenario,
    /// Pairs of runs at each value.
    pub replicates: u32,
    /// What each lineup did to the market as it stands.
    pub lineups: Vec<LineupRow>,
    /// Where along each setting it pays.
    pub rows: Vec<SafetyRow>,
}

/// What is kept of a run.
#[derive(Clone, Debug)]
struct Side {
    net: f64,
    spent: f64,
    gained: f64,
    utility: f64,
    treasury: f64,
    producers: f64,
    buyers: f64,
    kinds: Vec<(&'static str, f64)>,
}

impl Side {
    fn of(record: &Record) -> Self {
        let measure = |name: &str| {
            let found = record.measures.iter().find(|measure| measure.name == name);
            found.map_or(f64::NAN, |measure| measure.value)
        };
        let utility = record.adversaries.iter().map(|row| row.utility_cost_ustx / 1e6);
        Self {
            net: measure("adversaries_net_stx"),
            spent: measure("adversaries_spent_stx"),
            gained: measure("adversaries_gained_stx"),
            utility: utility.sum(),
            treasury: measure("treasury_stx"),
            producers: measure("producers_gain_stx"),
            buyers: measure("buyers_savings_stx"),
            kinds: record.adversaries.iter().map(|row| (row.kind, row.net_ustx / 1e6)).collect(),
        }
    }
}

/// A run with the attack, and the same without.
#[derive(Clone, Debug)]
struct Pair {
    attack: Side,
    behaved: Side,
}

impl Pair {
    fn effects(&self) -> [f64; EFFECTS.len()] {
        let (attack, behaved) = (&self.attack, &self.behaved);
        [
            attack.net - behaved.net,
            attack.net,
            behaved.net,
            attack.spent,
            attack.gained,
            attack.treasury - behaved.treasury,
            attack.producers - behaved.producers,
            attack.buyers - behaved.buyers,
            attack.utility - behaved.utility,
        ]
    }

    /// What the attackers are after, in STX: their own advantage or, of who
    /// spends to do harm, what others lose beyond that.
    fn aim(&self, lineup: &Lineup) -> f64 {
        let effects = self.effects();
        if lineup.does_harm() {
            effects[ADVANTAGE] - effects[6] - effects[7]
        } else {
            effects[ADVANTAGE]
        }
    }
}

/// Whether an aim was had: its mean is worth a word, and its interval is above
/// nothing or every replicate is. Of few replicates the interval alone would
/// call safe what pays each time.
fn pays(aim: &Estimate, aims: &[f64]) -> bool {
    let sure = aim.ci95.is_some_and(|(interval, _)| interval.low > 0.0);
    aim.mean > WORTH_STX && (sure || aims.iter().all(|aim| *aim > 0.0))
}

/// Looks for where the market of `base` is safe; `done` is told of every pair
/// of runs.
///
/// # Errors
/// Where a setting is not sound or a run fails.
pub fn safety(
    base: &Base,
    options: &SafetyOptions,
    done: &(dyn Fn() + Sync),
) -> Result<Safety, ExperimentError> {
    let search = Search { base, options, done };
    let asked = |lineup: &Lineup| {
        options.kinds.is_empty()
            || lineup.counts.iter().all(|(kind, _)| options.kinds.contains(kind))
    };
    let all = lineups(&base.scenario);
    let lineups: Vec<&Lineup> = all.iter().filter(|lineup| asked(lineup)).collect();
    let probes: Vec<&Probe> = PROBES.iter().filter(|probe| asked(&all[probe.lineup])).collect();
    in_pool(options.jobs, || {
        let told: Vec<_> = one_by_one(&lineups).map(|lineup| search.lineup(lineup)).collect();
        let rows: Vec<_> =
            one_by_one(&probes).map(|probe| search.probe(probe, &all[probe.lineup])).collect();
        Ok(Safety {
            scenario: base.scenario.clone(),
            replicates: options.replicates,
            lineups: told.into_iter().collect::<Result<_, _>>()?,
            rows: rows.into_iter().collect::<Result<_, _>>()?,
        })
    })
}

struct Search<'a> {
    base: &'a Base,
    options: &'a SafetyOptions,
    done: &'a (dyn Fn() + Sync),
}

impl Search<'_> {
    /// The pairs of a lineup under these overrides, in the order of the seeds.
    fn pairs(&self, lineup: &Lineup, overrides: &[String]) -> Result<Vec<Pair>, ExperimentError> {
        let mut all = lineup.overrides();
        all.extend_from_slice(overrides);
        let prepared = self.base.prepare(&all)?;
        let mut behaved = Prepared::clone(&prepared);
        behaved.adversaries_behave = true;
        let behaved = Arc::new(behaved);
        let first = self.base.scenario.about.seed;
        let pairs: Vec<Result<Pair, ExperimentError>> = one_by_one(0..self.options.replicates)
            .map(|replicate| {
                let seed = first.wrapping_add(u64::from(replicate));
                let side = |prepared: &Arc<Prepared>| {
                    let run = |traced| -> Result<Side, RunError> {
                        let mut world = World::new(prepared, seed, traced)?;
                        while world.step()? {}
                        Ok(Side::of(&world.finish()))
                    };
                    evidenced(run)
                        .map_err(|error| ExperimentError::Run { settings: all.join(" "), error })
                };
                let pair = Pair { attack: side(&prepared)?, behaved: side(&behaved)? };
                (self.done)();
                Ok(pair)
            })
            .collect();
        pairs.into_iter().collect()
    }

    fn lineup(&self, lineup: &Lineup) -> Result<LineupRow, ExperimentError> {
        let pairs = self.pairs(lineup, &[])?;
        let aims: Vec<f64> = pairs.iter().map(|pair| pair.aim(lineup)).collect();
        let seed = self.base.scenario.about.seed;
        let effects = std::array::from_fn(|place| {
            let values: Vec<f64> = pairs.iter().map(|pair| pair.effects()[place]).collect();
            estimate(&values, seed, place as u64)
        });
        let of_kind = |(kind, _): &(Adversary, u32)| {
            let net = |side: &Side| {
                let found = side.kinds.iter().find(|(name, _)| *name == kind.name());
                found.map_or(0.0, |(_, net)| *net)
            };
            let values: Vec<f64> =
                pairs.iter().map(|pair| net(&pair.attack) - net(&pair.behaved)).collect();
            (*kind, estimate(&values, seed, 100 + *kind as u64))
        };
        Ok(LineupRow {
            effects,
            by_kind: lineup.counts.iter().map(of_kind).collect(),
            pays: self.aim(&aims).is_some_and(|aim| pays(&aim, &aims)),
            lineup: lineup.clone(),
        })
    }

    fn aim(&self, aims: &[f64]) -> Option<Estimate> {
        estimate(aims, self.base.scenario.about.seed, 200)
    }

    fn probe(&self, probe: &Probe, lineup: &Lineup) -> Result<SafetyRow, ExperimentError> {
        let (from, to) = probe.range(&self.base.scenario);
        let mut tried: Vec<Tried> = Vec::new();
        for step in 0..GRID {
            let share = f64::from(step) / f64::from(GRID - 1);
            self.visit(probe, lineup, from + (to - from) * share, &mut tried)?;
        }
        for _ in 0..self.options.halvings {
            let Some((left, right)) = gap(&tried) else { break };
            let middle = 0.5 * (tried[left].value + tried[right].value);
            if !self.visit(probe, lineup, middle, &mut tried)? {
                break;
            }
        }
        let seed = self.base.scenario.about.seed;
        Ok(SafetyRow {
            lineup: lineup.name,
            probe: probe.clone(),
            now: probe.now(&self.base.scenario),
            edge: edge(&tried, seed),
            tried: tried.iter().map(|tried| (tried.value, tried.aim)).collect(),
        })
    }

    /// Tries a value; `false` where it was tried already, as the nearest that
    /// the setting can have.
    fn visit(
        &self,
        probe: &Probe,
        lineup: &Lineup,
        value: f64,
        tried: &mut Vec<Tried>,
    ) -> Result<bool, ExperimentError> {
        let value = probe.nearest(value);
        let place = tried.partition_point(|tried| tried.value < value);
        if tried.get(place).is_some_and(|tried| tried.value <= value) {
            return Ok(false);
        }
        let pairs = self.pairs(lineup, &probe.overrides(value))?;
        let aims: Vec<f64> = pairs.iter().map(|pair| pair.aim(lineup)).collect();
        if let Some(aim) = self.aim(&aims) {
            tried.insert(place, Tried { value, aim, aims });
        }
        Ok(true)
    }
}

/// A value that was tried.
#[derive(Clone, Debug)]
struct Tried {
    value: f64,
    aim: Estimate,
    /// Replicate by replicate.
    aims: Vec<f64>,
}

impl Tried {
    fn pays(&self) -> bool {
        pays(&self.aim, &self.aims)
    }
}

/// The neighbours between which it changes whether the attack pays: where the
/// first value is safe the first such pair, otherwise the last, so that beyond
/// it nothing paid.
fn gap(tried: &[Tried]) -> Option<(usize, usize)> {
    let differ = |left: &usize| tried[*left].pays() != tried[*left + 1].pays();
    let mut places = 0..tried.len().saturating_sub(1);
    let left = if tried.first()?.pays() { places.rfind(differ) } else { places.find(differ) }?;
    Some((left, left + 1))
}

fn edge(tried: &[Tried], seed: u64) -> Onset {
    let Some((left, right)) = gap(tried) else {
        let always = tried.first().is_some_and(Tried::pays);
        let perhaps = tried.iter().any(|tried| tried.aim.mean > WORTH_STX);
        return match (always, perhaps) {
            (true, _) => Onset::Always,
            (false, true) => Onset::Unsure,
            (false, false) => Onset::Never,
        };
    };
    let (low, high) = (&tried[left], &tried[right]);
    let crossings: Vec<f64> = (0..low.aims.len())
        .filter_map(|replicate| crossing(tried, replicate, 0.5 * (low.value + high.value)))
        .collect();
    let crossing = estimate(&crossings, seed, 300);
    if low.pays() {
        Onset::SafeAbove(OnsetValue { safe: high.value, pays: low.value, crossing })
    } else {
        Onset::SafeBelow(OnsetValue { safe: low.value, pays: high.value, crossing })
    }
}

/// Where one replicate's aim crosses nothing, on a line between the values
/// tried: the crossing nearest to `near`.
fn crossing(tried: &[Tried], replicate: usize, near: f64) -> Option<f64> {
    let crosses = |pair: &[Tried]| {
        let (one, other) = (pair[0].aims.get(replicate)?, pair[1].aims.get(replicate)?);
        let (one, other) = (one - WORTH_STX, other - WORTH_STX);
        (one.signum() != other.signum()).then(|| {
            let share = one / (one - other);
            pair[0].value + share * (pair[1].value - pair[0].value)
        })
    };
    let all = tried.windows(2).filter_map(crosses);
    all.min_by(|a, b| (a - near).abs().total_cmp(&(b - near).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(points: &[(f64, [f64; 3])]) -> Vec<Tried> {
        let point = |(value, aims): &(f64, [f64; 3])| Tried {
            value: *value,
            aim: estimate(aims, 1, 0).expect("values"),
            aims: aims.to_vec(),
        };
        points.iter().map(point).collect()
    }

    #[test]
    fn an_edge_is_told_with_its_side() {
        let rises = tried(&[(0.0, [-2.0; 3]), (10.0, [-1.0, -1.1, -0.9]), (20.0, [1.0; 3])]);
        let Onset::SafeBelow(found) = edge(&rises, 1) else { panic!("{:?}", edge(&rises, 1)) };
        assert_eq!((found.safe, found.pays), (10.0, 20.0));
        let crossing = found.crossing.expect("three of them");
        assert_eq!(crossing.count, 3);
        assert!((14.5..15.5).contains(&crossing.mean), "{crossing:?}");
        let falls = tried(&[(0.0, [1.0; 3]), (10.0, [1.0, 1.1, 0.9]), (20.0, [-1.0; 3])]);
        let Onset::SafeAbove(found) = edge(&falls, 1) else { panic!("{:?}", edge(&falls, 1)) };
        assert_eq!((found.safe, found.pays), (20.0, 10.0));
    }

    #[test]
    fn what_is_unsure_or_too_little_does_not_pay() {
        let unsure = tried(&[(0.0, [-1.0, 5.0, -1.0]), (1.0, [0.005; 3]), (2.0, [0.0; 3])]);
        assert_eq!(edge(&unsure, 1), Onset::Unsure);
        let never = tried(&[(0.0, [-1.0; 3]), (1.0, [0.005; 3]), (2.0, [0.0; 3])]);
        assert_eq!(edge(&never, 1), Onset::Never);
        // Wide apart, and yet each time.
        let each_time = tried(&[(0.0, [0.1, 9.0, 0.2])]);
        assert_eq!(edge(&each_time, 1), Onset::Always);
        let sure = tried(&[(0.0, [5.0; 3]), (1.0, [0.5; 3])]);
        assert_eq!(edge(&sure, 1), Onset::Always);
    }

    #[test]
    fn where_it_pays_in_between_the_safe_side_is_the_first() {
        let hump = tried(&[(0.0, [-1.0; 3]), (1.0, [1.0; 3]), (2.0, [-1.0; 3])]);
        assert_eq!(gap(&hump), Some((0, 1)));
        let dip = tried(&[(0.0, [1.0; 3]), (1.0, [-1.0; 3]), (2.0, [1.0; 3]), (3.0, [-1.0; 3])]);
        assert_eq!(gap(&dip), Some((2, 3)));
    }
}
