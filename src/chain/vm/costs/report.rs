//! How well learned costs went: what was learned, what was checked, and how
//! far the two were apart at most.

use std::collections::BTreeMap;

use super::learned::Knowledge;
use crate::chain::cost::{Cost, FunctionMetering, MeteringReport};

/// How many calls of a function lie between two that are checked exactly though
/// their cost is known; fewer at first, when they double from check to check.
const SAMPLE: u64 = 512;

/// How many steps must have been recalled, on the whole chain, for each step of
/// a check. Exact metering takes up to twenty times as long, so that checks add
/// less than a tenth to the time of all calls, however dear the calls are that
/// fall due.
const STEPS_A_CHECK: u64 = 256;

/// Steps that were recalled and not yet spent on checks.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::chain::vm) struct Purse(u64);

impl Purse {
    /// Takes in what a recalled call had.
    pub(in crate::chain::vm) const fn earn(&mut self, steps: u64) {
        self.0 += steps;
    }

    const fn can_check(&self, steps: u64) -> bool {
        self.0 >= STEPS_A_CHECK * steps
    }

    /// Pays for the check of a call.
    pub(in crate::chain::vm) const fn spend(&mut self, steps: u64) {
        self.0 = self.0.saturating_sub(STEPS_A_CHECK * steps);
    }
}

/// The counts behind a report.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::chain::vm) struct Tally {
    recalled: u64,
    metered: u64,
    sampled: u64,
    greatest_deviation: f64,
    /// The count of known calls from which on one is due for a check.
    due: u64,
    /// How many steps the last call had.
    steps: u64,
}

impl Tally {
    /// Whether there is nothing to recall yet.
    pub(in crate::chain::vm) const fn is_new(&self) -> bool {
        self.metered == 0
    }

    /// Whether the next call is one to check exactly: it is due, and the purse
    /// can pay for one as long as the last.
    pub(in crate::chain::vm) const fn is_sample_due(&self, purse: Purse) -> bool {
        self.recalled + self.sampled >= self.due && purse.can_check(self.steps)
    }

    /// Counts a call of a known cost, of so many steps.
    pub(in crate::chain::vm) const fn recalled(&mut self, steps: u64) {
        self.recalled += 1;
        self.steps = steps;
    }

    /// Counts a call that was metered, and compares where its cost was known.
    pub(in crate::chain::vm) fn metered(&mut self, known: Option<Cost>, exact: &Cost, steps: u64) {
        self.steps = steps;
        match known {
            Some(known) => {
                self.sampled += 1;
                let calls = self.recalled + self.sampled;
                self.due = calls + calls.min(SAMPLE);
                self.greatest_deviation = self.greatest_deviation.max(known.deviation_from(exact));
            }
            None => self.metered += 1,
        }
    }
}

/// The tallies of one contract, by the function's number.
pub(in crate::chain::vm) type Tallies = BTreeMap<u32, Tally>;

/// The report of all tallies, by contract; `name` tells the names of contract
/// and function.
pub(in crate::chain::vm) fn report<'a>(
    tallies: &[Tallies],
    name: impl Fn(usize, u32) -> Option<(&'a str, &'a str)>,
    knowledge: &Knowledge,
) -> MeteringReport {
    let mut functions = Vec::new();
    for (number, tallies) in tallies.iter().enumerate() {
        for (function, tally) in tallies {
            let Some((contract, function)) = name(number, *function) else { continue };
            functions.push(FunctionMetering {
                contract: contract.to_owned(),
                function: function.to_owned(),
                recalled: tally.recalled,
                metered: tally.metered,
                sampled: tally.sampled,
                greatest_deviation: tally.greatest_deviation,
            });
        }
    }
    MeteringReport { functions, steps: knowledge.steps(), steps_given_up: knowledge.given_up() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_take_a_small_share_of_the_steps_and_every_function_has_its_turn() {
        let mut purse = Purse::default();
        // A short function that is called often, and a long one that is not.
        let mut functions = [(Tally::default(), 50, 0), (Tally::default(), 4_000, 0)];
        for (tally, steps, _) in &mut functions {
            tally.metered(None, &Cost::ZERO, *steps);
        }
        let (mut all, mut checked) = (0, 0);
        for number in 0..100_000_u64 {
            let (tally, steps, checks) = &mut functions[usize::from(number % 50 == 0)];
            all += *steps;
            if tally.is_sample_due(purse) {
                tally.metered(Some(Cost::ZERO), &Cost::ZERO, *steps);
                purse.spend(*steps);
                checked += *steps;
                *checks += 1;
            } else {
                tally.recalled(*steps);
                purse.earn(*steps);
            }
        }
        assert!(checked * STEPS_A_CHECK <= all, "{checked} of {all}");
        assert!(functions[0].2 > 100, "{}", functions[0].2);
        assert!(functions[1].2 >= 4, "{}", functions[1].2);
    }
}
