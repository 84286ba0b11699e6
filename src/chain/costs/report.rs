//! How well learned costs went: what was learned, what was checked, and how
//! far the two were apart at most.

use std::collections::BTreeMap;

use super::Cost;
use super::learned::Knowledge;

/// How often a function's calls are checked exactly though their cost is
/// known: the first few of each, at each power of two, then every this many.
const SAMPLE: u64 = 512;

/// How the costs of one function's calls were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FunctionMetering {
    /// The contract's name.
    pub contract: String,
    /// The function's name.
    pub function: String,
    /// Calls of a known cost, taken as known.
    pub recalled: u64,
    /// Calls metered exactly because something in them was new.
    pub metered: u64,
    /// Calls of a known cost, metered exactly all the same.
    pub sampled: u64,
    /// The greatest difference between a sampled call's known and exact cost,
    /// in any dimension, relative to the exact one.
    pub greatest_deviation: f64,
}

/// How the costs of a chain's calls were found, with learned costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeteringReport {
    /// Each function that was called, by contract in the order of deployment,
    /// then by name.
    pub functions: Vec<FunctionMetering>,
    /// Distinct steps of evaluation whose cost is known.
    pub steps: usize,
    /// Steps that cost more than one thing: calls that take one are metered
    /// exactly.
    pub steps_given_up: usize,
}

impl MeteringReport {
    /// The greatest deviation of all functions.
    #[must_use]
    pub fn greatest_deviation(&self) -> f64 {
        self.functions.iter().map(|function| function.greatest_deviation).fold(0.0, f64::max)
    }

    /// Calls of which the exact cost was compared with the known one.
    #[must_use]
    pub fn sampled(&self) -> u64 {
        self.functions.iter().map(|function| function.sampled).sum()
    }
}

/// The counts behind a report.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::chain) struct Tally {
    recalled: u64,
    metered: u64,
    sampled: u64,
    greatest_deviation: f64,
}

impl Tally {
    /// Whether there is nothing to recall yet.
    pub(in crate::chain) const fn is_new(&self) -> bool {
        self.metered == 0
    }

    /// Whether the next call is one to check exactly.
    pub(in crate::chain) const fn is_sample_due(&self) -> bool {
        let calls = self.recalled + self.sampled;
        calls.is_power_of_two() || calls % SAMPLE == SAMPLE - 1
    }

    pub(in crate::chain) const fn recalled(&mut self) {
        self.recalled += 1;
    }

    /// Counts a call that was metered, and compares where its cost was known.
    pub(in crate::chain) fn metered(&mut self, known: Option<Cost>, exact: &Cost) {
        match known {
            Some(known) => {
                self.sampled += 1;
                self.greatest_deviation = self.greatest_deviation.max(known.deviation_from(exact));
            }
            None => self.metered += 1,
        }
    }
}

/// The tallies of one contract, by function.
pub(in crate::chain) type Tallies = BTreeMap<String, Tally>;

pub(in crate::chain) fn report<'a>(
    contracts: impl Iterator<Item = (&'a str, &'a Tallies)>,
    knowledge: &Knowledge,
) -> MeteringReport {
    let functions = contracts.flat_map(|(contract, tallies)| {
        tallies.iter().map(|(function, tally)| FunctionMetering {
            contract: contract.to_owned(),
            function: function.clone(),
            recalled: tally.recalled,
            metered: tally.metered,
            sampled: tally.sampled,
            greatest_deviation: tally.greatest_deviation,
        })
    });
    MeteringReport {
        functions: functions.collect(),
        steps: knowledge.steps(),
        steps_given_up: knowledge.given_up(),
    }
}
