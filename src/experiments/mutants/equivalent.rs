//! Variants that are no faults: they do the same whatever is called. Each says
//! why, and is known by what it changes and where, not by a line, so that it
//! stays known when the text around it moves.

use super::operators::Variant;
use crate::market::Contract;

/// A variant that is no fault.
#[derive(Debug)]
pub(super) struct Known {
    contract: Contract,
    definition: &'static str,
    from: &'static str,
    to: &'static str,
    why: &'static str,
}

impl Known {
    /// Whether a variant is this one.
    pub(super) fn is(&self, contract: Contract, variant: &Variant) -> bool {
        self.contract == contract
            && self.definition == variant.definition
            && self.from == variant.from
            && self.to == variant.to
    }
}

/// Why a variant is no fault, where it is known to be none.
pub(super) fn reason(contract: Contract, variant: &Variant) -> Option<&'static str> {
    KNOWN.iter().find(|known| known.is(contract, variant)).map(|known| known.why)
}

/// All that are known.
pub(super) const KNOWN: &[Known] = &[
    Known {
        contract: Contract::WattConnect,
        definition: "TREASURY",
        from: "(as-contract tx-sender)",
        to: "(as-contract contract-caller)",
        why: "as-contract makes the contract both",
    },
    Known {
        contract: Contract::WattConnect,
        definition: "owner",
        from: "(define-data-var owner principal tx-sender)",
        to: "(define-data-var owner principal contract-caller)",
        why: "whoever deploys is both",
    },
    Known {
        contract: Contract::WattConnect,
        definition: "lesser",
        from: "(< a b)",
        to: "(<= a b)",
        why: "of two equal numbers either is the lesser",
    },
    Known {
        contract: Contract::WattConnect,
        definition: "buy-energy-from-many",
        from: "(> amount u0)",
        to: "(>= amount u0)",
        why: "where nothing was bought, nothing is paid and entries are written as they were",
    },
    Known {
        contract: Contract::WattConnect,
        definition: "fill-order",
        from: "(if (is-eq fault u0) (* amount price) u0)",
        to: "(if (is-eq fault u0) (* amount price) u1)",
        why: "what an order would cost that is skipped anyway is not read",
    },
    Known {
        contract: Contract::WattConnect,
        definition: "refund-energy",
        from: "(stx-transfer? payout tx-sender user)",
        to: "(stx-transfer? payout contract-caller user)",
        why: "as-contract makes the contract both",
    },
    Known {
        contract: Contract::WattConnect,
        definition: "refund-energy",
        from: "(map-set holders user {held: left, paid: left-paid})",
        to: "(map-set holders tx-sender {held: left, paid: left-paid})",
        why: "user is tx-sender; only the transfer runs as the contract",
    },
    Known {
        contract: Contract::WattConnect,
        definition: "withdraw-treasury",
        from: "(stx-transfer? amount tx-sender recipient)",
        to: "(stx-transfer? amount contract-caller recipient)",
        why: "as-contract makes the contract both",
    },
    Known {
        contract: Contract::EnergyProduction,
        definition: "FEES",
        from: "(as-contract tx-sender)",
        to: "(as-contract contract-caller)",
        why: "as-contract makes the contract both",
    },
    Known {
        contract: Contract::EnergyProduction,
        definition: "parameters",
        from: "(define-data-var parameters {owner: principal, fee: uint, minimum: uint, maximum: uint} {owner: tx-sender, fee: u1000000, minimum: u10, maximum: u100000})",
        to: "(define-data-var parameters {owner: principal, fee: uint, minimum: uint, maximum: uint} {owner: contract-caller, fee: u1000000, minimum: u10, maximum: u100000})",
        why: "whoever deploys is both",
    },
    Known {
        contract: Contract::EnergyProduction,
        definition: "check-operator",
        from: "(ok true)",
        to: "(ok false)",
        why: "nobody reads the truth inside of the ok",
    },
    Known {
        contract: Contract::EnergyProduction,
        definition: "withdraw-fees",
        from: "(stx-transfer? amount tx-sender recipient)",
        to: "(stx-transfer? amount contract-caller recipient)",
        why: "as-contract makes the contract both",
    },
    Known {
        contract: Contract::EnergyProduction,
        definition: "check-owner",
        from: "(ok true)",
        to: "(ok false)",
        why: "nobody reads the truth inside of the ok",
    },
];
