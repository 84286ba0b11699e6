//! How far the chain carries the market: a load grows until a threshold is
//! crossed, then the edge is narrowed down. Of a closed load homes grow, of an
//! open one the transactions that arrive in an hour. Each step is a whole
//! market, run until it has found its pace and then measured. Which steps are
//! run depends on what they show and never on the number of threads.

use rayon::prelude::*;

use super::error::StressError;
use super::ramp::{Point, next_loads};
use super::run::{contracts, in_pool};
use super::step::{Step, arrivals_step, homes_step, intended};
use super::thresholds::check_thresholds;
use crate::engine::Prepared;
use crate::scenario::{BlockBudget, CostMetering, Loading, Scenario, Threshold};
use crate::units::grouped;

/// How to look for the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StressOptions {
    /// Threads to work on; 0 takes as many as there are cores.
    pub jobs: usize,
    /// Never a greater load than this: homes, or transactions an hour.
    pub most_load: u32,
}

/// How far the market carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Capacity {
    /// The scenario that was scaled, with the budget that was used.
    pub scenario: Scenario,
    /// Each contract's file and the SHA-256 of its text.
    pub contracts: Vec<(String, String)>,
    /// What a step had to keep.
    pub thresholds: Vec<Threshold>,
    /// The scenario's own load, from which the search began.
    pub base: u32,
    /// All steps, by load.
    pub steps: Vec<Step>,
}

impl Capacity {
    /// The greatest load at which every threshold was kept, below the first at
    /// which one was not.
    #[must_use]
    pub fn carried(&self) -> Option<&Step> {
        self.steps.iter().take_while(|step| step.crossed.is_empty()).last()
    }

    /// The least load at which a threshold was crossed; none where none was up
    /// to the greatest that was tried.
    #[must_use]
    pub fn first_crossed(&self) -> Option<&Step> {
        self.steps.iter().find(|step| !step.crossed.is_empty())
    }

    /// The step at the scenario's own load; none where no load so great was
    /// allowed.
    #[must_use]
    pub fn base_step(&self) -> Option<&Step> {
        self.steps.iter().find(|step| step.load == self.base)
    }

    /// What a load is counted in.
    #[must_use]
    pub const fn unit(&self) -> &'static str {
        match self.scenario.stress.load {
            Loading::Closed => "homes",
            Loading::Open => "transactions an hour",
        }
    }

    /// The answer in words.
    #[must_use]
    pub fn answer(&self) -> String {
        let unit = self.unit();
        let carries = match self.carried() {
            Some(step) => format!(
                "carries {} {unit} and {} purchases a tenure; 95 % of calls wait no more than \
                 {} s there, and a fee of {} µSTX gets a purchase into the next block",
                amount(step.load.into()),
                amount(step.purchases_a_tenure),
                amount(step.measure("wait_s_p95")),
                amount(step.measure("next_block_fee_ustx_max")),
            ),
            None => "carries no load that was tried".to_owned(),
        };
        let Some(crossed) = self.first_crossed() else {
            return format!("{carries}; no threshold was crossed up to there, the most tried");
        };
        let Some((dimension, share)) = crossed.binding() else {
            return format!(
                "{carries}; at {} {unit} there is no value of {}, so that the threshold is not kept \
                 and nothing says what binds",
                amount(crossed.load.into()),
                crossed.crossed.join(" and of "),
            );
        };
        let are = if crossed.crossed.len() == 1 { "is" } else { "are" };
        format!(
            "{carries}; at {} {unit} {} {are} crossed, and what binds is {dimension}, {:.0} % of the \
             budget in the busiest tick",
            amount(crossed.load.into()),
            crossed.crossed.join(" and "),
            100.0 * share
        )
    }
}

/// A number in words: one decimal where it tells something.
fn amount(value: f64) -> String {
    grouped(value, usize::from(value < 10.0 && value.fract() != 0.0))
}

/// What a step has to keep where the scenario names nothing.
fn usual_thresholds() -> Vec<Threshold> {
    use crate::scenario::Comparison::Less;
    let bound =
        |metric: &str, limit| Threshold { metric: metric.to_owned(), comparison: Less, limit };
    vec![bound("wait_s_p95", 1_800.0), bound("dropped_share", 0.01), bound("rejected_share", 0.25)]
}

/// Looks for the greatest load that `scenario` carries: homes, their ratio of
/// those with and without panels kept, or transactions an hour, as
/// `stress.load` says. A scenario without a budget or without costs gets
/// mainnet's and learned ones: without them nothing ever fills. `tick` is told
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
    let contracts = contracts(&Prepared::new(scenario.clone())?);
    let (base, steps) = match scenario.stress.load {
        Loading::Closed => {
            let base = scenario.producers.count + scenario.buyers.count;
            let step = |homes| homes_step(&scenario, homes, &thresholds, tick);
            (base, climb(base, options.most_load, options.jobs, &step)?)
        }
        Loading::Open => {
            let tape = intended(&scenario, tick)?;
            let base = tape.usual_an_hour();
            let most = options.most_load.min(tape.most_an_hour()).max(base);
            let step = |an_hour| arrivals_step(&scenario, &tape, an_hour, &thresholds, tick);
            (base, climb(base, most, options.jobs, &step)?)
        }
    };
    Ok(Capacity { scenario, contracts, thresholds, base, steps })
}

/// Tries loads from `base` on until the edge is known.
fn climb(
    base: u32,
    most: u32,
    jobs: usize,
    run: &(dyn Fn(u32) -> Result<Step, StressError> + Sync),
) -> Result<Vec<Step>, StressError> {
    let mut steps: Vec<Step> = Vec::new();
    let mut next = vec![base.min(most), base.saturating_mul(2).min(most)];
    next.dedup();
    while !next.is_empty() {
        let done: Vec<Result<Step, StressError>> =
            in_pool(jobs, || next.par_iter().map(|load| run(*load)).collect());
        for step in done {
            steps.push(step?);
        }
        steps.sort_by_key(|step| step.load);
        let points: Vec<Point> = steps
            .iter()
            .map(|step| Point {
                load: step.load,
                crossed: !step.crossed.is_empty(),
                fullest: step.fullest().1,
            })
            .collect();
        next = next_loads(&points, most);
    }
    Ok(steps)
}
