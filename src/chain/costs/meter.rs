//! What a chain keeps for metering: how it meters, the machine's tracker, what
//! was learned, and the counts of it.

use clarity::vm::costs::{CostTracker, ExecutionCost, LimitedCostTracker};

use super::Metering;
use super::exact;
use super::learned::Knowledge;
use super::report::{MeteringReport, Purse, Tallies, Tally, report};
use crate::chain::ChainError;

/// A chain's meter.
#[derive(Debug, Default)]
pub(in crate::chain) struct Meter {
    pub(in crate::chain) metering: Metering,
    pub(in crate::chain) knowledge: Knowledge,
    /// What there is to spend on checks.
    pub(in crate::chain) purse: Purse,
    /// By contract, in the order of deployment.
    tallies: Vec<Tallies>,
    /// The tracker that the last metered call left.
    tracker: Option<LimitedCostTracker>,
}

impl Meter {
    /// A tracker that has charged nothing.
    pub(in crate::chain) fn take_tracker(&mut self) -> Result<LimitedCostTracker, ChainError> {
        let Some(mut used) = self.tracker.take() else { return exact::tracker() };
        used.set_total(ExecutionCost::zero());
        used.reset_memory();
        Ok(used)
    }

    /// Keeps a tracker for the next call: it holds the cost functions, and a
    /// copy would copy them.
    pub(in crate::chain) fn put_back(&mut self, tracker: LimitedCostTracker) {
        self.tracker = Some(tracker);
    }

    /// The counts of one function, by its contract's number and its own.
    pub(in crate::chain) fn tally(&mut self, contract: usize, function: u32) -> &mut Tally {
        if self.tallies.len() <= contract {
            self.tallies.resize_with(contract + 1, Tallies::new);
        }
        self.tallies[contract].entry(function).or_default()
    }

    /// What came of it, told the functions' names by contract and number.
    pub(in crate::chain) fn report<'a>(
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
