//! Certification: applications, certifiers and their levels, revocation with
//! something listed, the audit trail, fees and bounds.

use connect_sim::chain::{Value, ascii, uint};

use super::market::{Market, PURSE, who};

const APPLY: &str = "apply-for-certification";
const CERTIFY: &str = "certify-producer";
const REJECT: &str = "reject-application";
const REVOKE: &str = "revoke-certification";
const FEE: u128 = 1_000_000;

fn application(amount: u128) -> [Value; 2] {
    [uint(amount), ascii("solar")]
}

fn because(name: &str, reason: &str) -> [Value; 2] {
    [who(name), ascii(reason)]
}

#[test]
fn an_application_pays_the_fee_and_says_so() {
    let mut market = Market::open();
    let done = market.ok("seller", APPLY, &application(500));
    assert_eq!(done.answer, "true");
    assert_eq!(done.moved, [("seller".to_owned(), "energy-production".to_owned(), FEE)]);
    assert_eq!(
        done.prints,
        [
            r#"(tuple (energy-source "solar") (event "certification-applied") (fee u1000000) (old-production u0) (producer seller) (total-production u500))"#
        ]
    );
    assert_eq!(
        market.look("get-producer-data", &[who("seller")]),
        r#"(ok (tuple (application-open true) (audit-length u1) (certification-status false) (certifier none) (energy-source "solar") (last-certification-date u0) (total-production u500)))"#
    );
    assert_eq!(market.look("is-certified", &[who("seller")]), "(ok false)");
}

#[test]
fn an_application_keeps_to_the_bounds() {
    let mut market = Market::open();
    for amount in [0, 9, 100_001, u128::MAX] {
        market.refused("seller", APPLY, &application(amount), 204);
    }
    market.ok("seller", APPLY, &application(10));
    market.ok("rival", APPLY, &application(100_000));
    market.refused("pauper", APPLY, &application(500), 207);
    market.aborted("third", APPLY, &[uint(500), ascii("twenty-one characters")]);
}

#[test]
fn one_applies_once_at_a_time() {
    let mut market = Market::open();
    market.ok("seller", APPLY, &application(500));
    market.refused("seller", APPLY, &application(500), 209);
    market.ok("certifier", CERTIFY, &[who("seller")]);
    market.refused("seller", APPLY, &application(500), 202);
}

#[test]
fn a_market_without_a_fee_moves_no_stx() {
    let mut market = Market::open();
    market.ok("operator", "set-certification-fee", &[uint(0)]);
    assert!(market.ok("pauper", APPLY, &application(500)).moved.is_empty());
}

#[test]
fn certifying_reaches_the_market_at_once() {
    let mut market = Market::open();
    market.ok("seller", APPLY, &application(500));
    let height = market.chain.block_height();
    let done = market.ok("certifier", CERTIFY, &[who("seller")]);
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (event "producer-status-set") (new true) (old false) (producer seller))"#
                .to_owned(),
            format!(
                r#"(tuple (certifier certifier) (date u{height}) (event "producer-certified") (old-date u0) (producer seller))"#
            ),
        ]
    );
    assert_eq!(market.look("is-certified", &[who("seller")]), "(ok true)");
    assert!(market.look("get-account", &[who("seller")]).contains("(certified true)"));
    market.produce("seller", 10);
    market.list("seller", 10, 1);
}

#[test]
fn certifiers_of_level_two_certify_others_with_an_open_application() {
    let mut market = Market::open();
    market.refused("certifier", CERTIFY, &[who("seller")], 206);
    market.ok("seller", APPLY, &application(500));
    market.refused("stranger", CERTIFY, &[who("seller")], 203);
    market.refused("operator", CERTIFY, &[who("seller")], 203);
    market.refused("meter", CERTIFY, &[who("seller")], 205);
    market.ok("supervisor", CERTIFY, &[who("seller")]);
    market.refused("certifier", CERTIFY, &[who("seller")], 202);

    market.ok("certifier", APPLY, &application(500));
    market.refused("certifier", CERTIFY, &[who("certifier")], 205);
    market.ok("colleague", CERTIFY, &[who("certifier")]);
}

#[test]
fn a_rejection_says_why_and_one_may_apply_again() {
    let mut market = Market::open();
    market.refused("certifier", REJECT, &because("seller", "no meter"), 206);
    market.ok("seller", APPLY, &application(500));
    market.refused("stranger", REJECT, &because("seller", ""), 203);
    market.refused("meter", REJECT, &because("seller", ""), 205);
    let done = market.ok("certifier", REJECT, &because("seller", "no meter"));
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (certifier certifier) (event "application-rejected") (producer seller) (reason "no meter"))"#
        ]
    );
    market.refused("certifier", CERTIFY, &[who("seller")], 206);
    market.ok("seller", APPLY, &application(600));
    market.ok("certifier", CERTIFY, &[who("seller")]);
    assert_eq!(market.stx("energy-production"), 2 * FEE);
}

#[test]
fn a_revocation_takes_what_is_listed_off_the_market_at_once() {
    let mut market = Market::with_offer();
    market.list("rival", 7, 1);
    let done = market.ok("supervisor", REVOKE, &because("seller", "rogue meter"));
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u500) (event "energy-delisted") (listed u0) (reserve u7) (seller seller))"#,
            r#"(tuple (event "producer-status-set") (new false) (old true) (producer seller))"#,
            r#"(tuple (certifier supervisor) (event "certification-revoked") (producer seller) (reason "rogue meter"))"#,
        ]
    );
    market.refused(
        "buyer",
        "buy-energy-from-user",
        &[who("seller"), uint(1), uint(u128::MAX)],
        101,
    );
    market.refused("seller", "add-energy-for-sale", &[uint(1), uint(1)], 110);
    assert_eq!(market.of("seller", "unsold"), 1_000, "it stays his");

    // Certified again, he may list it again.
    market.certify("seller");
    market.list("seller", 1_000, 1);
}

#[test]
fn supervisors_and_the_certifier_who_certified_may_revoke() {
    let mut market = Market::open();
    market.certify("seller");
    market.refused("stranger", REVOKE, &because("seller", ""), 203);
    market.refused("meter", REVOKE, &because("seller", ""), 205);
    market.refused("colleague", REVOKE, &because("seller", ""), 205);
    market.refused("certifier", REVOKE, &because("rival", ""), 201);
    market.ok("certifier", REVOKE, &because("seller", ""));
    market.refused("certifier", REVOKE, &because("seller", ""), 201);

    market.certify("seller");
    market.ok("operator", "remove-certifier", &[who("certifier")]);
    market.refused("certifier", REVOKE, &because("seller", ""), 203);
    market.ok("supervisor", REVOKE, &because("seller", ""));
}

#[test]
fn the_audit_trail_keeps_every_step() {
    let mut market = Market::open();
    let long = "x".repeat(64);
    let steps: [(&str, &str, &str); 7] = [
        ("applied", "seller", "solar"),
        ("rejected", "certifier", long.as_str()),
        ("applied", "seller", "solar"),
        ("certified", "certifier", ""),
        ("revoked", "supervisor", "rogue meter"),
        ("applied", "seller", "solar"),
        ("certified", "colleague", ""),
    ];
    let mut heights = Vec::new();
    for (index, (action, actor, reason)) in steps.iter().enumerate() {
        market.chain.advance_block().expect("the block closes");
        heights.push(market.chain.block_height());
        match *action {
            "applied" => market.ok(actor, APPLY, &application(500 + index as u128)),
            "certified" => market.ok(actor, CERTIFY, &[who("seller")]),
            "rejected" => market.ok(actor, REJECT, &because("seller", reason)),
            _ => market.ok(actor, REVOKE, &because("seller", reason)),
        };
    }
    assert_eq!(market.look("get-audit-length", &[who("seller")]), "(ok u7)");
    let declared = [500, 500, 502, 502, 502, 505, 505];
    for (index, (action, actor, reason)) in steps.iter().enumerate() {
        assert_eq!(
            market.look("get-audit-entry", &[who("seller"), uint(index as u128)]),
            format!(
                r#"(ok (some (tuple (action "{action}") (actor {actor}) (height u{}) (reason "{reason}") (total-production u{}))))"#,
                heights[index], declared[index]
            )
        );
    }
    assert_eq!(market.look("get-audit-entry", &[who("seller"), uint(7)]), "(ok none)");
    assert_eq!(market.look("get-audit-length", &[who("buyer")]), "(ok u0)");
    assert!(
        market
            .look("get-producer-data", &[who("seller")])
            .contains(&format!("(last-certification-date u{})", heights[6]))
    );
    market.aborted("supervisor", REVOKE, &because("seller", &"x".repeat(65)));
}

#[test]
fn the_owner_appoints_and_removes_certifiers() {
    let mut market = Market::open();
    let level = |name: &str, level| [who(name), uint(level)];
    market.refused("stranger", "add-certifier", &level("stranger", 3), 200);
    market.refused("operator", "add-certifier", &level("stranger", 0), 208);
    market.refused("operator", "add-certifier", &level("stranger", 4), 208);
    market.refused("operator", "add-certifier", &level("stranger", u128::MAX), 208);
    let done = market.ok("operator", "add-certifier", &level("stranger", 1));
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [r#"(tuple (certifier stranger) (event "certifier-set") (new u1) (old u0))"#]
    );
    let done = market.ok("operator", "add-certifier", &level("stranger", 3));
    assert!(done.prints[0].contains("(new u3) (old u1)"));

    market.refused("supervisor", "remove-certifier", &[who("stranger")], 200);
    market.refused("operator", "remove-certifier", &[who("buyer")], 203);
    let done = market.ok("operator", "remove-certifier", &[who("stranger")]);
    assert_eq!(done.answer, "true");
    assert!(done.prints[0].contains("(new u0) (old u3)"));
    market.refused("operator", "remove-certifier", &[who("stranger")], 203);
    market.refused("stranger", CERTIFY, &[who("seller")], 203);
}

#[test]
fn fee_and_bounds_are_the_owners() {
    let mut market = Market::open();
    for (setter, event, old, new, refused) in [
        ("set-certification-fee", "certification-fee-set", FEE, 7, None),
        ("set-minimum-production", "minimum-production-set", 10, 20, Some(0)),
        ("set-minimum-production", "minimum-production-set", 20, 100_000, Some(100_001)),
        ("set-maximum-production", "maximum-production-set", 100_000, u128::MAX, Some(99_999)),
        ("set-maximum-production", "maximum-production-set", u128::MAX, 100_000, Some(0)),
    ] {
        market.refused("stranger", setter, &[uint(new)], 200);
        if let Some(value) = refused {
            market.refused("operator", setter, &[uint(value)], 204);
        }
        let done = market.ok("operator", setter, &[uint(new)]);
        assert_eq!(done.answer, "true");
        assert_eq!(
            done.prints,
            [format!(r#"(tuple (event "{event}") (new u{new}) (old u{old}))"#)]
        );
    }
    assert_eq!(market.look("get-certification-fee", &[]), "(ok u7)");
    assert_eq!(market.look("get-minimum-production", &[]), "(ok u100000)");
    assert_eq!(market.look("get-maximum-production", &[]), "(ok u100000)");
    market.ok("operator", "set-certification-fee", &[uint(u128::MAX)]);
    market.refused("seller", APPLY, &application(100_000), 207);
}

#[test]
fn the_owner_withdraws_fees_and_no_more_than_there_are() {
    let mut market = Market::open();
    market.ok("seller", APPLY, &application(500));
    let to = |amount: u128| [uint(amount), who("friend")];
    market.refused("stranger", "withdraw-fees", &to(1), 200);
    market.refused("operator", "withdraw-fees", &to(0), 204);
    market.refused("operator", "withdraw-fees", &to(FEE + 1), 204);
    market.refused("operator", "withdraw-fees", &to(u128::MAX), 204);
    let done = market.ok("operator", "withdraw-fees", &to(FEE - 1));
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [r#"(tuple (amount u999999) (balance u1) (event "fees-withdrawn") (to friend))"#]
    );
    assert_eq!(market.stx("friend"), PURSE + FEE - 1);
}
