//! The block budget of a tenure: how much room is left, when it is full, and
//! how full it became. Knows costs; never transactions.

use crate::chain::Cost;
use crate::scenario::ExecutionBudget;

/// Misfits in a row after which a tenure takes no more: what is still to come
/// has paid less and would hardly be smaller.
const MOST_MISFITS: u32 = 16;

/// The budget of mainnet in epochs 2.1 to 3.4.
const MAINNET_2_1: Cost = Cost {
    read_count: 15_000,
    read_length: 100_000_000,
    write_count: 15_000,
    write_length: 15_000_000,
    runtime: 5_000_000_000,
};

/// The tenure under construction.
#[derive(Clone, Debug)]
pub(super) struct Tenure {
    /// What fits; none where everything does.
    limits: Option<Cost>,
    used: Cost,
    misfits: u32,
    /// Lowest fee rate that got in.
    lowest_rate: Option<u128>,
    /// Highest of the lowest rates of full tenures since the last report.
    entry_rate: Option<u128>,
    /// Tenures closed since the last report, and the sum of their costs.
    closed: u64,
    sum: Cost,
    /// Tenures among them that left something out.
    full: u64,
}

/// What the tenures since the last report came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TenureReport {
    pub(super) tenures: u64,
    pub(super) full: u64,
    /// Fee a thousand bytes that got into the most wanted full tenure; none
    /// where no tenure was full.
    pub(super) entry_rate: Option<u128>,
    /// Sum of the costs of all of them.
    pub(super) cost: Cost,
}

impl Tenure {
    pub(super) fn new(budget: Option<ExecutionBudget>) -> Self {
        Self {
            limits: budget.as_ref().map(cost_of),
            used: Cost::ZERO,
            misfits: 0,
            lowest_rate: None,
            entry_rate: None,
            closed: 0,
            sum: Cost::ZERO,
            full: 0,
        }
    }

    /// The room that is left; none where there is no end of it.
    pub(super) fn room(&self) -> Option<Cost> {
        self.limits.map(|limits| limits.checked_sub(&self.used).unwrap_or(Cost::ZERO))
    }

    /// What the use of a tenure is measured by: the budget, or that of mainnet
    /// where there is none.
    pub(super) fn yardstick(&self) -> Cost {
        self.limits.unwrap_or(MAINNET_2_1)
    }

    /// Whether nothing more is tried in this tenure.
    pub(super) const fn is_full(&self) -> bool {
        self.misfits >= MOST_MISFITS
    }

    /// A transaction that offers `rate` went in.
    pub(super) fn add(&mut self, cost: Option<Cost>, rate: u128) {
        self.lowest_rate = Some(self.lowest_rate.map_or(rate, |lowest| lowest.min(rate)));
        self.used = sum(self.used, cost.unwrap_or(Cost::ZERO));
        self.misfits = 0;
    }

    /// A transaction found no room.
    pub(super) const fn misfit(&mut self) {
        self.misfits += 1;
    }

    /// Closes the tenure, `left_out` saying whether something waits, and opens
    /// the next.
    pub(super) fn advance(&mut self, left_out: bool) {
        self.closed += 1;
        self.full += u64::from(left_out);
        if left_out {
            self.entry_rate = self.entry_rate.max(self.lowest_rate);
        }
        self.lowest_rate = None;
        self.sum = sum(self.sum, self.used);
        self.used = Cost::ZERO;
        self.misfits = 0;
    }

    /// What the tenures since the last report came to.
    pub(super) fn report(&mut self) -> TenureReport {
        let report = TenureReport {
            tenures: self.closed,
            full: self.full,
            entry_rate: self.entry_rate.take(),
            cost: self.sum,
        };
        self.closed = 0;
        self.full = 0;
        self.sum = Cost::ZERO;
        report
    }
}

/// A budget as a cost.
fn cost_of(budget: &ExecutionBudget) -> Cost {
    Cost {
        read_count: budget.read_count,
        read_length: budget.read_length,
        write_count: budget.write_count,
        write_length: budget.write_length,
        runtime: budget.runtime,
    }
}

/// Both costs together. A run's costs stay far below the range of the counts;
/// where they did not, the sum would stand still rather than wrap.
fn sum(one: Cost, other: Cost) -> Cost {
    one.checked_add(&other).unwrap_or(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(read_count: u64) -> Cost {
        Cost { read_count, ..Cost::ZERO }
    }

    #[test]
    fn room_shrinks_with_use_and_is_whole_again_in_the_next_tenure() {
        let budget = ExecutionBudget {
            read_count: 10,
            write_count: 1,
            read_length: 1,
            write_length: 1,
            runtime: 1,
        };
        let mut tenure = Tenure::new(Some(budget));
        tenure.add(Some(reads(7)), 50);
        tenure.add(None, 40);
        assert_eq!(tenure.room().map(|room| room.read_count), Some(3));
        for _ in 0..MOST_MISFITS {
            assert!(!tenure.is_full());
            tenure.misfit();
        }
        assert!(tenure.is_full());
        tenure.advance(true);
        assert!(!tenure.is_full());
        assert_eq!(tenure.room().map(|room| room.read_count), Some(10));
        let report = tenure.report();
        assert_eq!((report.tenures, report.full, report.cost), (1, 1, reads(7)));
        assert_eq!(report.entry_rate, Some(40));
        assert_eq!(tenure.report(), TenureReport::default());
    }

    #[test]
    fn without_a_budget_there_is_always_room() {
        let mut tenure = Tenure::new(None);
        tenure.add(Some(reads(u64::MAX)), 1);
        assert_eq!(tenure.room(), None);
        assert!(!tenure.is_full());
    }
}
