//! Faulty variants of the contracts, made from their syntax trees, and which of
//! them random calls find. What survives is either no fault at all, and says
//! why, or tells of a rule that is missing.

mod equivalent;
mod operators;
mod tree;

use rayon::prelude::*;

use super::fuzz::{FindingKind, hunt};
use super::run::{in_pool, one_by_one};
use crate::market::{Code, Contract, MarketError};
use operators::Variant;

/// How to hunt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MutantOptions {
    /// The most calls for each.
    pub calls: u64,
    /// What they are drawn from.
    pub seed: u64,
    /// Threads to work on; 0 takes as many as there are cores.
    pub jobs: usize,
    /// Only every so many-th, from the first on; 1 for all.
    pub every: usize,
}

/// What came of a faulty variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was found: after so many calls, by what.
    Found(u64, FindingKind),
    /// It was not, and could not be: why it is no fault.
    Equivalent(&'static str),
    /// It was not found.
    Survived,
}

impl Fate {
    /// The word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Found(..) => "found",
            Self::Equivalent(_) => "equivalent",
            Self::Survived => "survived",
        }
    }
}

/// A faulty variant of a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Which contract.
    pub contract: Contract,
    /// The definition it is in.
    pub definition: String,
    /// Line of the contract, from 1.
    pub line: usize,
    /// The kind of mistake.
    pub operator: &'static str,
    /// What stood there.
    pub from: String,
    /// What stands there now.
    pub to: String,
    /// What came of it.
    pub fate: Fate,
}

/// What came of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunt {
    /// Those that compile, in the order of the contracts' texts.
    pub mutants: Vec<Mutant>,
    /// How many do not compile, and so are none.
    pub stillborn: usize,
}

impl Hunt {
    /// How many were found.
    #[must_use]
    pub fn found(&self) -> usize {
        self.mutants.iter().filter(|mutant| matches!(mutant.fate, Fate::Found(..))).count()
    }

    /// How many are no faults.
    #[must_use]
    pub fn equivalent(&self) -> usize {
        self.mutants.iter().filter(|mutant| matches!(mutant.fate, Fate::Equivalent(_))).count()
    }

    /// Those found among those that are faults.
    #[must_use]
    pub fn score(&self) -> f64 {
        let faults = self.mutants.len() - self.equivalent();
        // A handful: exact as floats.
        if faults == 0 { 1.0 } else { self.found() as f64 / faults as f64 }
    }
}

/// Makes every faulty variant of `code` and lets random calls loose on each.
/// `done` is told of every variant that is through, from any thread.
///
/// # Errors
/// Where `code` itself does not deploy.
pub fn mutants(
    code: &Code,
    options: MutantOptions,
    done: &(dyn Fn() + Sync),
) -> Result<Hunt, MarketError> {
    hunt(code, 0, options.seed)?;
    let planted = planted(code);
    let chosen: Vec<_> = planted.iter().step_by(options.every.max(1)).collect();
    let fates: Vec<Option<Fate>> = in_pool(options.jobs, || {
        one_by_one(&chosen)
            .map(|(contract, variant)| {
                let fate = fate(code, *contract, variant, options);
                done();
                fate
            })
            .collect()
    });
    let stillborn = fates.iter().filter(|fate| fate.is_none()).count();
    let mutants = chosen.into_iter().zip(fates).filter_map(|((contract, variant), fate)| {
        Some(Mutant {
            contract: *contract,
            definition: variant.definition.clone(),
            line: variant.line,
            operator: variant.operator,
            from: variant.from.clone(),
            to: variant.to.clone(),
            fate: fate?,
        })
    });
    Ok(Hunt { mutants: mutants.collect(), stillborn })
}

/// How many variants there are of `code`, those that do not compile among them.
#[must_use]
pub fn count_mutants(code: &Code) -> usize {
    planted(code).len()
}

fn planted(code: &Code) -> Vec<(Contract, Variant)> {
    let mut planted = Vec::new();
    for contract in [Contract::WattConnect, Contract::EnergyProduction] {
        let variants = operators::variants(&code.of(contract).text);
        planted.extend(variants.into_iter().map(|variant| (contract, variant)));
    }
    planted
}

/// What comes of one; `None` where it does not compile.
fn fate(
    code: &Code,
    contract: Contract,
    variant: &Variant,
    options: MutantOptions,
) -> Option<Fate> {
    let mut faulty = code.clone();
    match contract {
        Contract::WattConnect => &mut faulty.wattconnect,
        Contract::EnergyProduction => &mut faulty.energy_production,
    }
    .text
    .clone_from(&variant.text);
    let known = equivalent::reason(contract, variant);
    Some(match (hunt(&faulty, options.calls, options.seed).ok()?, known) {
        (Some((calls, kind)), _) => Fate::Found(calls, kind),
        (None, Some(reason)) => Fate::Equivalent(reason),
        (None, None) => Fate::Survived,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_many_and_a_sample_is_found() {
        let code = Code::shipped();
        let all = count_mutants(&code);
        assert!(all > 400, "{all}");
        let options = MutantOptions { calls: 3_000, seed: 1, jobs: 2, every: all / 12 };
        let hunt = mutants(&code, options, &|| {}).expect("ours deploy");
        assert!(hunt.mutants.len() >= 6, "{hunt:?}");
        assert!(hunt.found() * 10 >= hunt.mutants.len() * 7, "{hunt:?}");
    }

    #[test]
    fn what_is_known_to_be_no_fault_is_still_there() {
        let planted = planted(&Code::shipped());
        for known in equivalent::KNOWN {
            let matching =
                planted.iter().filter(|(contract, variant)| known.is(*contract, variant));
            assert!(matching.count() > 0, "no longer made: {known:?}");
        }
    }
}
