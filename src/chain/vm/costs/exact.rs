//! The machine's own cost tracker, loaded with the chain's coefficients. The
//! boot contracts that it reads live on a chain of their own, made once: a
//! metered chain holds no entry that an unmetered one lacks.

use std::sync::OnceLock;

use clarity::boot_util::boot_code_addr;
use clarity::vm::costs::{ExecutionCost, LimitedCostTracker};
use clarity::vm::database::ClarityDatabase;

use super::table;
use crate::chain::error::ChainError;
use crate::chain::principal::StandardPrincipal;
use crate::chain::signature::Clarity;
use crate::chain::source::Source;
use crate::chain::vm::deploy::deploy;
use crate::chain::vm::genesis::set_up;
use crate::chain::vm::headers::{CHAIN_ID, EPOCH, Headers, MAINNET};
use crate::chain::vm::overlay::Overlay;
use crate::chain::vm::store::MemoryStore;

/// A tracker that has charged nothing and stops at nothing. Making the first
/// deploys the boot contracts; the others are copies of it.
pub(in crate::chain::vm) fn tracker() -> Result<LimitedCostTracker, ChainError> {
    static FIRST: OnceLock<Result<LimitedCostTracker, String>> = OnceLock::new();
    FIRST.get_or_init(load).clone().map_err(ChainError::Costs)
}

fn load() -> Result<LimitedCostTracker, String> {
    let mut store = MemoryStore::default();
    set_up(&mut store, Headers::default(), 0).map_err(|error| error.to_string())?;
    let boot = boot_code_addr(MAINNET);
    let boot = StandardPrincipal::new(boot.version, boot.bytes.0);
    let contracts = [("costs-3", table::contract()), ("cost-voting", table::VOTING.to_owned())];
    for (name, text) in &contracts {
        let source = Source { issuer: boot, name, file: name, text, clarity: Clarity::Two };
        let mut overlay = Overlay::over(&store, None);
        deploy(&mut overlay, Headers::default(), &[], &source, LimitedCostTracker::new_free())
            .map_err(|error| error.to_string())?;
        overlay.into_written().commit_to(&mut store);
    }
    let (headers, mut overlay) = (Headers::default(), Overlay::over(&store, None));
    // The machine finds the contract by the epoch that the store names, and
    // wants a database with nothing open.
    let mut database = ClarityDatabase::new(&mut overlay, &headers, &headers);
    let limit = ExecutionCost::max_value();
    LimitedCostTracker::new(MAINNET, CHAIN_ID, limit, &mut database, EPOCH)
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clarity::vm::costs::CostTracker;
    use clarity::vm::costs::cost_functions::ClarityCostFunction;

    use super::super::learned::cost_of;
    use super::super::table::{COSTS_3, Shape};
    use super::*;
    use crate::chain::cost::Cost;

    fn of(shape: Shape, n: u64) -> u64 {
        let log = n.ilog2();
        match shape {
            Shape::Constant(b) => b,
            Shape::Linear(a, b) => a * n + b,
            Shape::LogN(a, b) => a * u64::from(log) + b,
            Shape::NLogN(a, b) => a * n * u64::from(log) + b,
        }
    }

    #[test]
    fn the_machine_computes_every_formula_of_the_table() {
        let mut tracker = tracker().expect("the boot contracts are sound");
        for function in &COSTS_3 {
            let known = ClarityCostFunction::lookup_by_name(function.name);
            let known = known.unwrap_or_else(|| panic!("no such function: {}", function.name));
            for n in [1, 2, 3, 17, 148, 24_000] {
                let expected = Cost {
                    read_count: function.read_count,
                    read_length: of(function.read_length, n),
                    write_count: function.write_count,
                    write_length: of(function.write_length, n),
                    runtime: of(function.runtime, n),
                };
                let computed = tracker.compute_cost(known, &[n]).expect("defined");
                assert_eq!(cost_of(&computed), expected, "{} of {n}", function.name);
            }
        }
        // All that the machine has, but for the one that it never uses.
        assert_eq!(ClarityCostFunction::ALL.len(), COSTS_3.len() + 1);
    }
}
