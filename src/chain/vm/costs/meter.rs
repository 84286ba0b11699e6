//! What a chain keeps for metering: how it meters, the machine's tracker, what
//! was learned, and the counts of it.

use clarity::vm::costs::{CostTracker, ExecutionCost, LimitedCostTracker};

use super::exact;
use super::learned::Knowledge;
use super::report::{Purse, Tallies, Tally, report};
use crate::chain::cost::{Metering, MeteringReport};
use crate::chain::error::ChainError;

/// A chain's meter.
#[derive(Debug, Default)]
pub(in crate::chain::vm) struct Meter {
    pub(in crate::chain::vm) metering: Metering,
    pub(in crate::chain::vm) knowledge: Knowledge,
    /// What there is to spend on checks.
    pub(in crate::chain::vm) purse: Purse,
    /// By contract, in the order of deployment.
    tallies: Vec<Tallies>,
    /// The tracker that the last metered call left.
    tracker: Option<LimitedCostTracker>,
}

impl Meter {
    /// A tracker that has charged nothing.
    pub(in crate::chain::vm) fn take_tracker(&mut self) -> Result<LimitedCostTracker, ChainError> {
        let Some(mut used) = self.tracker.take() else { return exact::tracker() };
        used.set_total(ExecutionCost::zero());
        used.reset_memory();
        Ok(used)
    }

    /// A tracker of its own, for what gives none back.
    pub(in crate::chain::vm) fn new_tracker(&self) -> Result<LimitedCostTracker, ChainError> {
        exact::tracker()
    }

    /// Keeps a tracker for the next call: it holds the cost functions, and a
    /// copy would copy them.
    pub(in crate::chain::vm) fn put_back(&mut self, tracker: LimitedCostTracker) {
        self.tracker = Some(tracker);
    }

    /// The counts of one function, by its contract's number and its own.
    pub(in crate::chain::vm) fn tally(&mut self, contract: usize, function: u32) -> &mut Tally {
        if self.tallies.len() <= contract {
            self.tallies.resize_with(contract + 1, Tallies::new);
        }
        self.tallies[contract].entry(function).or_default()
    }

    /// What came of it, told the functions' names by contract and number.
    pub(in crate::chain::vm) fn report<'a>(
        &self,
        name: impl Fn(usize, u32) -> Option<(&'a str, &'a str)>,
    ) -> MeteringReport {
        report(&self.tallies, name, &self.knowledge)
    }
}

/// All but the tracker, which is large and quickly made again.
impl Clone for Meter {
    fn clone(&self) -> Self {
        Self {
            metering: self.metering,
            knowledge: self.knowledge.clone(),
            purse: self.purse,
            tallies: self.tallies.clone(),
            tracker: None,
        }
    }
}
