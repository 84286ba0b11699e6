//! Read-only functions, the interface as a whole, and the error codes.

use std::collections::BTreeMap;

use connect_sim::chain::{Access, Type, ascii, uint};

use super::market::{ENERGY_PRODUCTION, Market, PURSE, WATTCONNECT, who};

#[test]
fn a_fresh_market_is_open_and_empty() {
    let mut market = Market::unlinked();
    assert_eq!(
        market.look("get-parameters", &[]),
        "(ok (tuple (certification-contract wattconnect) (commission-rate u250) (energy-price u300000) (max-per-user u10000) (owner operator) (paused false) (proposed-owner none) (refund-basis u1) (refund-rate u8000) (reserve u0) (reserve-limit u1000000) (returned u0)))"
    );
    assert_eq!(
        market.look("energy-production.get-parameters", &[]),
        "(ok (tuple (fee u1000000) (maximum u100000) (minimum u10) (owner operator) (proposed-owner none)))"
    );
    assert_eq!(
        market.look("get-account", &[who("stranger")]),
        "(ok (tuple (certified false) (held u0) (listed u0) (paid u0) (price u0) (unlisted u0) (unsold u0)))"
    );
    assert_eq!(market.look("get-producer-data", &[who("stranger")]), "(err u206)");
    assert_eq!(market.look("get-certifier", &[who("stranger")]), "(err u203)");
    assert_eq!(market.look("is-certified", &[who("stranger")]), "(ok false)");
}

#[test]
fn each_look_tells_what_is() {
    let mut market = Market::with_offer();
    market.ok("operator", "fund-treasury", &[uint(100_000_000)]);
    market.list("rival", 50, 100_000);
    market.buy("seller", "rival", 40);
    market.buy("buyer", "seller", 100);
    market.ok("buyer", "refund-energy", &[uint(25)]);
    market.ok("operator", "propose-owner", &[who("successor")]);

    for (function, value) in [
        ("get-energy-price", 300_000),
        ("get-commission-rate", 250),
        ("get-refund-rate", 8_000),
        ("get-energy-reserve-limit", 1_000_000),
        ("get-max-energy-per-user", 10_000),
        ("get-current-energy-reserve", 410),
        ("get-treasury-balance", 100_000_000 + 100_000 + 500_000 - 4_000_000),
    ] {
        assert_eq!(market.look(function, &[]), format!("(ok u{value})"), "{function}");
    }
    assert!(market.look("get-parameters", &[]).contains("(proposed-owner (some successor))"));
    assert_eq!(
        market.look("get-account", &[who("seller")]),
        "(ok (tuple (certified true) (held u40) (listed u400) (paid u4000000) (price u200000) (unlisted u500) (unsold u900)))"
    );
    assert_eq!(
        market.look("get-energy-for-sale", &[who("seller")]),
        "(ok (tuple (amount u400) (price u200000)))"
    );
    // Unsold and held; for the owner, what was handed back.
    for (name, balance) in [("seller", 940), ("buyer", 75), ("operator", 25), ("stranger", 0)] {
        assert_eq!(
            market.look("get-energy-balance", &[who(name)]),
            format!("(ok u{balance})"),
            "{name}"
        );
    }
    assert_eq!(market.look("get-stx-balance", &[who("stranger")]), format!("(ok u{PURSE})"));
    assert_eq!(market.look("get-stx-balance", &[who("pauper")]), "(ok u0)");
}

/// Every function that the interface names, with its arguments.
const INTERFACE: [(&str, &str); 58] = [
    ("add-energy-for-sale", "amount uint, price uint"),
    ("remove-energy-from-sale", "amount uint"),
    ("buy-energy-from-user", "seller principal, amount uint, max-price uint"),
    (
        "buy-energy-from-many",
        "orders (list 20 (tuple (amount uint) (max-price uint) (seller principal)))",
    ),
    ("refund-energy", "amount uint"),
    ("consume-energy", "amount uint"),
    ("settle-consumption", "readings (list 100 (tuple (amount uint) (consumer principal)))"),
    ("credit-production", "readings (list 100 (tuple (amount uint) (producer principal)))"),
    ("set-producer-status", "producer principal, certified bool"),
    ("set-energy-price", "new uint"),
    ("set-commission-rate", "new uint"),
    ("set-refund-rate", "new uint"),
    ("set-energy-reserve-limit", "new uint"),
    ("set-max-energy-per-user", "new uint"),
    ("set-refund-basis", "basis uint"),
    ("fund-treasury", "amount uint"),
    ("withdraw-treasury", "amount uint, recipient principal"),
    ("set-certification-contract", "contract principal"),
    ("pause", ""),
    ("resume", ""),
    ("propose-owner", "new principal"),
    ("accept-owner", ""),
    ("get-energy-price", ""),
    ("get-commission-rate", ""),
    ("get-refund-rate", ""),
    ("get-energy-reserve-limit", ""),
    ("get-max-energy-per-user", ""),
    ("get-current-energy-reserve", ""),
    ("get-energy-balance", "user principal"),
    ("get-stx-balance", "user principal"),
    ("get-energy-for-sale", "user principal"),
    ("get-parameters", ""),
    ("get-account", "user principal"),
    ("get-treasury-balance", ""),
    ("energy-production.", ""),
    ("apply-for-certification", "energy-amount uint, energy-source (string-ascii 20)"),
    ("certify-producer", "producer principal"),
    ("reject-application", "producer principal, reason (string-ascii 64)"),
    ("revoke-certification", "producer principal, reason (string-ascii 64)"),
    ("record-production", "readings (list 100 (tuple (amount uint) (producer principal)))"),
    ("record-consumption", "readings (list 100 (tuple (amount uint) (consumer principal)))"),
    ("add-certifier", "certifier principal, level uint"),
    ("remove-certifier", "certifier principal"),
    ("set-certification-fee", "new uint"),
    ("set-minimum-production", "new uint"),
    ("set-maximum-production", "new uint"),
    ("withdraw-fees", "amount uint, recipient principal"),
    ("propose-owner", "new principal"),
    ("accept-owner", ""),
    ("is-certified", "producer principal"),
    ("get-producer-data", "producer principal"),
    ("get-certification-fee", ""),
    ("get-minimum-production", ""),
    ("get-maximum-production", ""),
    ("get-certifier", "certifier principal"),
    ("get-audit-entry", "producer principal, index uint"),
    ("get-audit-length", "producer principal"),
    ("get-parameters", ""),
];

#[test]
fn the_contracts_have_the_interface_and_no_more() {
    let market = Market::unlinked();
    let parts: Vec<_> = INTERFACE.split(|(name, _)| *name == "energy-production.").collect();
    for (contract, functions) in [(market.trading, parts[0]), (market.production, parts[1])] {
        let expected: BTreeMap<_, _> =
            functions.iter().map(|(name, arguments)| (*name, (*arguments).to_owned())).collect();
        let actual: BTreeMap<_, _> = market
            .chain
            .signatures(contract)
            .map(|(name, signature)| {
                let looks = name.starts_with("get-") || name.starts_with("is-");
                assert_eq!(signature.access == Access::ReadOnly, looks, "{name}");
                assert!(matches!(signature.returns, Type::Response { .. }), "{name}");
                let arguments: Vec<_> = signature
                    .arguments
                    .iter()
                    .map(|(name, shape)| format!("{name} {shape}"))
                    .collect();
                (name, arguments.join(", "))
            })
            .collect();
        assert_eq!(actual, expected);
    }
}

#[test]
fn error_codes_are_unique_and_complete() {
    let code = |line: &str| {
        let rest = line.strip_prefix("(define-constant ERR_")?;
        let (_, code) = rest.split_once("(err u")?;
        code.trim_end_matches(')').parse::<u32>().ok()
    };
    let codes: Vec<_> =
        WATTCONNECT.lines().chain(ENERGY_PRODUCTION.lines()).filter_map(code).collect();
    let expected: Vec<_> = (100..=115).chain(200..=209).collect();
    assert_eq!(codes, expected);
}

#[test]
fn arguments_of_another_type_are_aborted() {
    let mut market = Market::open();
    market.aborted("seller", "add-energy-for-sale", &[uint(1), ascii("cheap")]);
    market.aborted("seller", "add-energy-for-sale", &[uint(1)]);
    market.aborted("certifier", "certify-producer", &[uint(1)]);
}
