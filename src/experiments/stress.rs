//! How far the chain carries the market: homes are doubled until a threshold
//! is crossed, then the edge is narrowed down. Which steps are run depends on
//! what they show and never on the number of threads.

use rayon::prelude::*;
use thiserror::Error;

use super::run::in_pool;
use super::{UnknownMeasure, check_thresholds};
use crate::chain::Dimension;
use crate::engine::record::{CallRow, TickRow};
use crate::engine::{PrepareError, Prepared, Record, RunError, World};
use crate::scenario::{BlockBudget, CostMetering, Faults, Scenario, Threshold};

/// How to look for the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StressOptions {
    /// Threads to work on; 0 takes as many as there are cores.
    pub jobs: usize,
    /// Never more homes than this.
    pub most_homes: u32,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum StressError {
    /// A threshold names no measure.
    #[error(transparent)]
    Threshold(#[from] UnknownMeasure),
    /// The scenario with another number of homes is not sound.
    #[error(transparent)]
    Scenario(#[from] Faults),
    /// Its files cannot be used.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// A step failed.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// One number of homes, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Homes with and without panels.
    pub homes: u32,
    /// Homes with panels.
    pub producers: u32,
    /// Homes without.
    pub buyers: u32,
    /// Names of the thresholds that were crossed.
    pub crossed: Vec<String>,
    /// Purchases a tenure, on average over the busiest tick.
    pub purchases_a_tenure: f64,
    /// Share of the budget that the busiest tick used, in each dimension, in
    /// the order of [`Dimension::ALL`].
    pub use_share: [f64; 5],
    /// The measures, by name.
    pub measures: Vec<(&'static str, f64)>,
    /// What calls of each function cost in all.
    pub calls: Vec<CallRow>,
}

impl Step {
    /// The value of a measure; not a number where there is none.
    #[must_use]
    pub fn measure(&self, name: &str) -> f64 {
        self.measures.iter().find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| *value)
    }

    /// The dimension that the busiest tick used most of, and how much.
    #[must_use]
    pub fn fullest(&self) -> (Dimension, f64) {
        let shares = Dimension::ALL.into_iter().zip(self.use_share);
        shares.fold(
            (Dimension::ReadCount, 0.0),
            |fullest, next| {
                if next.1 > fullest.1 { next } else { fullest }
            },
        )
    }
}

/// How far the market carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// The scenario that was scaled, with the budget that was used.
    pub scenario: Scenario,
    /// What a step had to keep.
    pub thresholds: Vec<Threshold>,
    /// All steps, by homes.
    pub steps: Vec<Step>,
}

impl Capacity {
    /// The most homes at which every threshold was kept, below the first
    /// number at which one was not.
    #[must_use]
    pub fn carried(&self) -> Option<&Step> {
        self.steps.iter().take_while(|step| step.crossed.is_empty()).last()
    }

    /// The fewest homes at which a threshold was crossed; none where none was
    /// up to the greatest number tried.
    #[must_use]
    pub fn first_crossed(&self) -> Option<&Step> {
        self.steps.iter().find(|step| !step.crossed.is_empty())
    }
}

impl Capacity {
    /// The answer in words.
    #[must_use]
    pub fn answer(&self) -> String {
        let carried = self.carried();
        let Some(crossed) = self.first_crossed() else {
            let homes = carried.map_or(0, |step| step.homes);
            return format!(
                "carries {homes} homes, the most that was tried, with every threshold kept"
            );
        };
        let (dimension, share) = crossed.fullest();
        let why = crossed.crossed.join(" and ");
        let fullest = format!("{dimension} at {:.0} % of the budget", 100.0 * share);
        match carried {
            Some(step) => format!(
                "carries {} homes and {:.0} purchases a tenure; at {} homes {why} is crossed, and \
                 the fullest dimension in the busiest tick is {fullest}",
                step.homes, step.purchases_a_tenure, crossed.homes
            ),
            None => format!(
                "carries no number of homes that was tried: at {} homes {why} is crossed, and the \
                 fullest dimension in the busiest tick is {fullest}",
                crossed.homes
            ),
        }
    }
}

/// The edge is known when the numbers of homes on both sides of it are within
/// this factor.
const EDGE_FACTOR: f64 = 1.1;

/// What a step has to keep where the scenario names nothing.
fn usual_thresholds() -> Vec<Threshold> {
    use crate::scenario::Comparison::Less;
    let bound =
        |metric: &str, limit| Threshold { metric: metric.to_owned(), comparison: Less, limit };
    vec![bound("wait_s_p95", 1_800.0), bound("dropped_share", 0.01), bound("rejected_share", 0.25)]
}

/// Looks for the most homes that `scenario` carries, its ratio of homes with
/// and without panels kept. A scenario without a budget or without costs gets
/// mainnet's and learned ones: without them nothing ever fills. `step` is told
/// of every tick done.
///
/// # Errors
/// Where the scenario is not sound or a step fails.
pub fn stress(
    scenario: &Scenario,
    options: StressOptions,
    tick: &(dyn Fn() + Sync),
) -> Result<Capacity, StressError> {
    check_thresholds(scenario)?;
    let mut scenario = scenario.clone();
    if scenario.network.budget == BlockBudget::Unlimited {
        scenario.network.budget = BlockBudget::Mainnet21;
    }
    if scenario.network.costs == CostMetering::Off {
        scenario.network.costs = CostMetering::Learned;
    }
    let thresholds = match scenario.thresholds.0.as_slice() {
        [] => usual_thresholds(),
        own => own.to_vec(),
    };
    let base = scenario.producers.count + scenario.buyers.count;
    let mut steps: Vec<Step> = Vec::new();
    let mut next = vec![base, base.saturating_mul(2)];
    loop {
        next.retain(|homes| *homes > 0 && *homes <= options.most_homes);
        if next.is_empty() {
            break;
        }
        let done: Vec<Result<Step, StressError>> = in_pool(options.jobs, || {
            next.par_iter().map(|homes| run_step(&scenario, *homes, &thresholds, tick)).collect()
        });
        for step in done {
            steps.push(step?);
        }
        steps.sort_by_key(|step| step.homes);
        next = next_homes(&steps);
    }
    Ok(Capacity { scenario, thresholds, steps })
}

/// The two numbers of homes to try next: doublings until something is crossed,
/// then what cuts the gap around the edge into three.
fn next_homes(steps: &[Step]) -> Vec<u32> {
    let crossed = steps.iter().position(|step| !step.crossed.is_empty());
    let (low, high) = match crossed {
        None => {
            let most = steps.last().map_or(1, |step| step.homes);
            return vec![most.saturating_mul(2), most.saturating_mul(4)];
        }
        // The scenario as it is crosses already: look below it.
        Some(0) => (1, steps[0].homes),
        Some(place) => (steps[place - 1].homes, steps[place].homes),
    };
    let factor = f64::from(high) / f64::from(low);
    if factor <= EDGE_FACTOR || high - low <= 1 {
        return Vec::new();
    }
    let between = |share: f64| (f64::from(low) * libm::pow(factor, share)).round() as u32;
    let mut next = vec![between(1.0 / 3.0), between(2.0 / 3.0)];
    next.retain(|homes| *homes > low && *homes < high);
    next.dedup();
    next
}

fn run_step(
    scenario: &Scenario,
    homes: u32,
    thresholds: &[Threshold],
    tick: &(dyn Fn() + Sync),
) -> Result<Step, StressError> {
    let mut scenario = scenario.clone();
    let base = scenario.producers.count + scenario.buyers.count;
    let share = f64::from(scenario.producers.count) / f64::from(base);
    let producers = (f64::from(homes) * share).round() as u32;
    scenario.producers.count = producers;
    scenario.buyers.count = homes - producers;
    // The limit of the reserve grows with the market, so that blocks bind.
    let limit = scenario.market.reserve_limit_kwh.get() * u128::from(homes);
    scenario.market.reserve_limit_kwh = crate::units::Kwh::new(limit.div_ceil(u128::from(base)));
    let prepared = Prepared::new(scenario)?;
    let mut world = World::new(&prepared, prepared.scenario.about.seed, false)?;
    while world.step()? {
        tick();
    }
    let record = world.finish();
    Ok(summarise(&record, (producers, homes - producers), thresholds))
}

fn summarise(record: &Record, (producers, buyers): (u32, u32), thresholds: &[Threshold]) -> Step {
    let measures: Vec<_> =
        record.measures.iter().map(|measure| (measure.name, measure.value)).collect();
    let value = |name: &str| {
        measures.iter().find(|(known, _)| *known == name).map_or(f64::NAN, |(_, value)| *value)
    };
    let crossed = thresholds
        .iter()
        .filter(|threshold| !threshold.holds(value(&threshold.metric)))
        .map(|threshold| threshold.metric.clone())
        .collect();
    let busiest =
        |of: fn(&TickRow) -> Option<f64>| record.ticks.iter().filter_map(of).fold(0.0, f64::max);
    let a_tenure =
        |row: &TickRow| (row.tenures > 0).then(|| row.purchases as f64 / row.tenures as f64);
    Step {
        homes: producers + buyers,
        producers,
        buyers,
        crossed,
        purchases_a_tenure: busiest(a_tenure),
        use_share: [
            busiest(|row| row.read_count_share),
            busiest(|row| row.read_length_share),
            busiest(|row| row.write_count_share),
            busiest(|row| row.write_length_share),
            busiest(|row| row.runtime_share),
        ],
        measures,
        calls: record.calls.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(homes: u32, crossed: bool) -> Step {
        Step {
            homes,
            producers: 0,
            buyers: homes,
            crossed: if crossed { vec!["wait_s_p95".to_owned()] } else { Vec::new() },
            purchases_a_tenure: 0.0,
            use_share: [0.0; 5],
            measures: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// Follows the search on a market that carries exactly `edge` homes.
    fn search(base: u32, edge: u32) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut next = vec![base, 2 * base];
        while !next.is_empty() {
            steps.extend(next.iter().map(|homes| step(*homes, *homes > edge)));
            steps.sort_by_key(|step| step.homes);
            next = next_homes(&steps);
        }
        steps
    }

    #[test]
    fn the_edge_is_found_from_above_and_from_below() {
        for (base, edge) in [(100, 12_345), (100, 150), (100, 99), (1_000, 17), (10, 10)] {
            let steps = search(base, edge);
            let low = steps.iter().take_while(|step| step.crossed.is_empty()).last();
            let high = steps.iter().find(|step| !step.crossed.is_empty()).expect("crossed");
            let low = low.map_or(1, |step| step.homes);
            assert!(low <= edge && edge < high.homes, "{base} {edge}: {low} {}", high.homes);
            let near = f64::from(high.homes) / f64::from(low) <= EDGE_FACTOR;
            assert!(near || high.homes - low <= 1, "{low} to {}", high.homes);
            assert!(steps.len() < 30, "{} steps", steps.len());
        }
    }
}
