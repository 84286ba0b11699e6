//! The contracts' limits as the market grows: at which number of homes each
//! starts to bind, for how long, and whom it turns away. Blocks have no end
//! here, so that it is the contracts that say no; nothing but the number of
//! homes changes.

use std::sync::Arc;

use rayon::prelude::*;

use super::edges::{Edge, edges};
use super::error::LimitsError;
use super::evidence::evidenced;
use super::ramp::{Point, next_loads};
use super::run::{contracts, in_pool};
use super::step::{homes_of, with_homes};
use crate::engine::record::LimitRow;
use crate::engine::{Limit, Prepared, World};
use crate::scenario::{BlockBudget, CostMetering, Scenario};

/// The limits in a market of so many homes.
#[derive(Clone, Debug, PartialEq)]
pub struct Grown {
    /// Homes of both kinds.
    pub homes: u32,
    /// What the limits did there.
    pub rows: Vec<LimitRow>,
}

impl Grown {
    /// The row of a limit over everyone.
    #[must_use]
    pub fn row(&self, limit: Limit) -> Option<&LimitRow> {
        self.rows.iter().find(|row| row.limit == limit.name() && row.kind == "all")
    }

    /// Whether a limit bound in any tick.
    #[must_use]
    pub fn binds(&self, limit: Limit) -> bool {
        self.row(limit).and_then(|row| row.ticks_at_limit).is_some_and(|ticks| ticks > 0)
    }
}

/// Everything that was found of the limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// The scenario as it was grown.
    pub scenario: Scenario,
    /// Each contract's file and the SHA-256 of its text.
    pub contracts: Vec<(String, String)>,
    /// Each limit around its edge.
    pub edges: Vec<Edge>,
    /// The markets, by homes.
    pub grown: Vec<Grown>,
}

impl Limits {
    /// The most homes at which a limit does not bind below those at which it
    /// starts to, and the fewest at which it does.
    #[must_use]
    pub fn starts(&self, limit: Limit) -> (Option<&Grown>, Option<&Grown>) {
        let first = self.grown.iter().position(|grown| grown.binds(limit));
        let before = match first {
            Some(place) => place.checked_sub(1).and_then(|place| self.grown.get(place)),
            None => self.grown.last(),
        };
        (before, first.and_then(|place| self.grown.get(place)))
    }

    /// The market of the scenario's own size.
    #[must_use]
    pub fn own(&self) -> Option<&Grown> {
        let homes = homes_of(&self.scenario);
        self.grown.iter().find(|grown| grown.homes == homes)
    }
}

/// Markets are tried from this share of the scenario's homes on.
const SMALLEST: u32 = 8;
/// Markets that are tried first: each twice as large as the one before.
const DOUBLINGS: u32 = 6;

/// Drives each limit of the scenario's contracts below, at and above its edge,
/// and grows the market up to `most_homes` to see when each starts to bind.
/// `jobs` is the number of threads, 0 for as many as there are cores; `tick` is
/// told of every tick done.
///
/// # Errors
/// Where the contracts do not take the scenario's settings or a market fails.
pub fn limits(
    scenario: &Scenario,
    jobs: usize,
    most_homes: u32,
    tick: &(dyn Fn() + Sync),
) -> Result<Limits, LimitsError> {
    let mut scenario = scenario.clone();
    scenario.network.budget = BlockBudget::Unlimited;
    scenario.network.costs = CostMetering::Off;
    // What binds in the first days binds: nothing is left out.
    scenario.warmup.days = 0;
    scenario.time.days = scenario.stress.warm_up_days + scenario.stress.days;
    let prepared = Prepared::new(scenario.clone())?;
    let edges = edges(&prepared)?;
    let own = homes_of(&scenario);
    let ladder = (0..DOUBLINGS).map(|step| (u64::from(own) << step) / u64::from(SMALLEST));
    let mut next: Vec<u32> = ladder
        .filter_map(|homes| u32::try_from(homes).ok())
        .map(|homes| homes.clamp(1, most_homes.max(1)))
        .chain([own.min(most_homes)])
        .collect();
    let mut grown: Vec<Grown> = Vec::new();
    loop {
        next.sort_unstable();
        next.dedup();
        next.retain(|homes| grown.iter().all(|known| known.homes != *homes));
        if next.is_empty() {
            break;
        }
        let done: Vec<Result<Grown, LimitsError>> =
            in_pool(jobs, || next.par_iter().map(|homes| grow(&scenario, *homes, tick)).collect());
        for one in done {
            grown.push(one?);
        }
        grown.sort_by_key(|one| one.homes);
        // Every market shows all limits: each gap is narrowed once for all.
        next = Limit::ALL.into_iter().flat_map(|limit| between(&grown, limit)).collect();
    }
    Ok(Limits { contracts: contracts(&prepared), scenario, edges, grown })
}

/// Markets to try next to learn where `limit` starts to bind; none where that
/// is known closely enough, or it binds everywhere or nowhere.
fn between(grown: &[Grown], limit: Limit) -> Vec<u32> {
    let points: Vec<Point> = grown
        .iter()
        .map(|one| Point { load: one.homes, crossed: one.binds(limit), fullest: 1.0 })
        .collect();
    match points.iter().position(|point| point.crossed) {
        None | Some(0) => Vec::new(),
        Some(_) => next_loads(&points, u32::MAX),
    }
}

fn grow(scenario: &Scenario, homes: u32, tick: &(dyn Fn() + Sync)) -> Result<Grown, LimitsError> {
    let prepared = Arc::new(Prepared::new(with_homes(scenario, homes))?);
    evidenced(|traced| {
        let mut world = World::new(&prepared, prepared.scenario.about.seed, traced)?;
        while world.step()? {
            tick();
        }
        Ok(Grown { homes, rows: world.finish().limits })
    })
}
