//! Meters: `record-production` and `record-consumption`, and the link between
//! the contracts.

use connect_sim::chain::uint;

use super::market::{Market, readings, who};

const PRODUCTION: &str = "record-production";
const CONSUMPTION: &str = "record-consumption";

#[test]
fn recorded_production_can_be_listed() {
    let mut market = Market::open();
    market.certify("seller");
    let done = market.ok(
        "meter",
        PRODUCTION,
        &[readings("producer", &[("seller", 30), ("stranger", 5), ("seller", 12)])],
    );
    assert_eq!(done.answer, "(tuple (amount u42) (skipped u1))");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u30) (event "production-credited") (producer seller) (unlisted u30))"#,
            r#"(tuple (amount u5) (event "reading-skipped") (reason u110) (user stranger))"#,
            r#"(tuple (amount u12) (event "production-credited") (producer seller) (unlisted u42))"#,
            r#"(tuple (amount u42) (event "production-recorded") (new u42) (old u0) (operator meter) (skipped u1))"#,
        ]
    );
    market.list("seller", 42, 1);
}

#[test]
fn recorded_consumption_is_used_up() {
    let mut market = Market::with_offer();
    market.buy("buyer", "seller", 10);
    let done = market.ok(
        "meter",
        CONSUMPTION,
        &[readings("consumer", &[("buyer", 4), ("stranger", 1), ("buyer", 9)])],
    );
    assert_eq!(done.answer, "(tuple (amount u10) (skipped u1))");
    assert_eq!(
        done.prints[3],
        r#"(tuple (amount u10) (event "consumption-recorded") (new u10) (old u0) (operator meter) (skipped u1))"#
    );
}

#[test]
fn what_each_operator_recorded_is_kept_even_after_removal() {
    let mut market = Market::with_offer();
    assert_eq!(
        market.look("get-certifier", &[who("meter")]),
        "(ok (tuple (consumed u0) (level u1) (produced u3000)))"
    );
    market.buy("buyer", "seller", 10);
    market.ok("supervisor", CONSUMPTION, &[readings("consumer", &[("buyer", 3)])]);
    let done = market.ok("supervisor", CONSUMPTION, &[readings("consumer", &[("buyer", 20)])]);
    assert!(done.prints[1].contains("(new u10) (old u3)"));
    market.ok("operator", "remove-certifier", &[who("meter")]);
    market.refused("meter", PRODUCTION, &[readings("producer", &[("seller", 1)])], 203);
    assert_eq!(
        market.look("get-certifier", &[who("meter")]),
        "(ok (tuple (consumed u0) (level u0) (produced u3000)))"
    );
    market.ok("operator", "add-certifier", &[who("meter"), uint(1)]);
    market.produce("seller", 1);
    assert!(market.look("get-certifier", &[who("meter")]).contains("(produced u3001)"));
}

#[test]
fn any_certifier_may_read_meters_and_nobody_else() {
    let mut market = Market::with_offer();
    for name in ["meter", "certifier", "supervisor"] {
        market.ok(name, PRODUCTION, &[readings("producer", &[("seller", 1)])]);
        market.ok(name, CONSUMPTION, &[readings("consumer", &[("seller", 1)])]);
    }
    for name in ["stranger", "seller", "operator"] {
        market.refused(name, PRODUCTION, &[readings("producer", &[("seller", 1)])], 203);
        market.refused(name, CONSUMPTION, &[readings("consumer", &[("seller", 1)])], 203);
    }
}

#[test]
fn without_the_link_nothing_passes() {
    let mut market = Market::unlinked();
    market.ok("operator", "add-certifier", &[who("certifier"), uint(2)]);
    market.ok("seller", "apply-for-certification", &[uint(500), connect_sim::chain::ascii("sun")]);
    market.refused("certifier", "certify-producer", &[who("seller")], 114);
    market.refused("certifier", PRODUCTION, &[readings("producer", &[("seller", 1)])], 114);
    market.refused("certifier", CONSUMPTION, &[readings("consumer", &[("seller", 1)])], 114);

    let contract = who("energy-production");
    market.refused("stranger", "set-certification-contract", std::slice::from_ref(&contract), 100);
    let done = market.ok("operator", "set-certification-contract", &[contract]);
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (event "certification-contract-set") (new energy-production) (old wattconnect))"#
        ]
    );
    market.ok("certifier", "certify-producer", &[who("seller")]);

    // Another contract takes over: statuses stay, the old one is locked out.
    market.ok("operator", "set-certification-contract", &[who("meter")]);
    market.refused("certifier", PRODUCTION, &[readings("producer", &[("seller", 1)])], 114);
    market.ok("meter", "credit-production", &[readings("producer", &[("seller", 1)])]);
    market.list("seller", 1, 1);
}
