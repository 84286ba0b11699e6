//! Using bought energy up: `consume-energy`, and `settle-consumption` as the
//! certification contract calls it.

use connect_sim::chain::{list, uint};

use super::market::{MOST, Market, readings, who};

/// The buyer holds 100 kWh bought at 200,000, and the meter operator stands in
/// for the certification contract.
fn with_holder() -> Market {
    let mut market = Market::with_offer();
    market.buy("buyer", "seller", 100);
    market.ok("operator", "set-certification-contract", &[who("meter")]);
    market
}

#[test]
fn what_is_consumed_is_gone_and_said_so() {
    let mut market = with_holder();
    let done = market.ok("buyer", "consume-energy", &[uint(30)]);
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u30) (consumer buyer) (event "energy-consumed") (held u70) (metered u30) (old-paid u20000000) (paid u14000000))"#
        ]
    );
    assert!(done.moved.is_empty());
    market.ok("buyer", "consume-energy", &[uint(70)]);
    market.refused("buyer", "refund-energy", &[uint(1)], 101);
    assert_eq!(market.of("buyer", "paid"), 0);
}

#[test]
fn no_more_is_consumed_than_is_held() {
    let mut market = with_holder();
    market.refused("buyer", "consume-energy", &[uint(0)], 104);
    market.refused("buyer", "consume-energy", &[uint(101)], 101);
    market.refused("buyer", "consume-energy", &[uint(u128::MAX)], 101);
    market.refused("stranger", "consume-energy", &[uint(1)], 101);
    market.refused("seller", "consume-energy", &[uint(1)], 101);
}

#[test]
fn consuming_dust_never_raises_the_average_paid() {
    let mut market = Market::with_sellers();
    market.list("seller", 100, 1);
    market.list("rival", 1, 2);
    market.buy("buyer", "seller", 99);
    market.buy("buyer", "rival", 1);
    let (mut held, mut paid) = (100, 101);
    while held > 1 {
        market.ok("buyer", "consume-energy", &[uint(1)]);
        let (held_now, paid_now) = (market.of("buyer", "held"), market.of("buyer", "paid"));
        assert!(paid_now * held <= paid * held_now, "{paid} for {held}, then {paid_now}");
        (held, paid) = (held_now, paid_now);
    }
    assert_eq!((held, paid), (1, 1));
}

#[test]
fn meters_settle_many_at_once() {
    let mut market = with_holder();
    market.buy("friend", "seller", 10);
    let done = market.ok(
        "meter",
        "settle-consumption",
        &[readings("consumer", &[("buyer", 25), ("friend", 10), ("buyer", 5)])],
    );
    assert_eq!(done.answer, "(tuple (amount u40) (skipped u0))");
    assert_eq!(
        done.prints[0],
        r#"(tuple (amount u25) (consumer buyer) (event "energy-consumed") (held u75) (metered u25) (old-paid u20000000) (paid u15000000))"#
    );
    assert_eq!((market.of("buyer", "held"), market.of("friend", "held")), (70, 0));
}

#[test]
fn a_reading_above_the_balance_uses_the_balance_up() {
    let mut market = with_holder();
    let done = market.ok("meter", "settle-consumption", &[readings("consumer", &[("buyer", 101)])]);
    assert_eq!(done.answer, "(tuple (amount u100) (skipped u0))");
    assert!(done.prints[0].contains("(amount u100)") && done.prints[0].contains("(metered u101)"));
    market.buy("buyer", "seller", 1);
    market.ok("meter", "settle-consumption", &[readings("consumer", &[("buyer", u128::MAX)])]);
    assert_eq!(market.of("buyer", "held"), 0);
}

#[test]
fn readings_of_nothing_are_skipped_and_the_batch_goes_on() {
    let mut market = with_holder();
    let done = market.ok(
        "meter",
        "settle-consumption",
        &[readings("consumer", &[("stranger", 7), ("buyer", 0), ("seller", 3), ("buyer", 1)])],
    );
    assert_eq!(done.answer, "(tuple (amount u1) (skipped u3))");
    assert_eq!(
        done.prints[..3],
        [
            r#"(tuple (amount u7) (event "reading-skipped") (reason u101) (user stranger))"#,
            r#"(tuple (amount u0) (event "reading-skipped") (reason u104) (user buyer))"#,
            r#"(tuple (amount u3) (event "reading-skipped") (reason u101) (user seller))"#,
        ]
    );
}

#[test]
fn a_batch_takes_a_hundred_readings_and_no_more() {
    let mut market = with_holder();
    let done =
        market.ok("meter", "settle-consumption", &[readings("consumer", &[("buyer", 1); 100])]);
    assert_eq!(done.answer, "(tuple (amount u100) (skipped u0))");
    market.aborted("meter", "settle-consumption", &[readings("consumer", &[("buyer", 1); 101])]);
    let empty = list(Vec::new()).expect("an empty list");
    let done = market.ok("meter", "settle-consumption", &[empty]);
    assert_eq!(done.answer, "(tuple (amount u0) (skipped u0))");
}

#[test]
fn production_is_credited_to_the_certified_alone() {
    let mut market = with_holder();
    let done = market.ok(
        "meter",
        "credit-production",
        &[readings(
            "producer",
            &[
                ("seller", 7),
                ("stranger", 5),
                ("rival", 0),
                ("rival", MOST + 1),
                ("rival", u128::MAX),
            ],
        )],
    );
    assert_eq!(done.answer, "(tuple (amount u7) (skipped u4))");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u7) (event "production-credited") (producer seller) (unlisted u507))"#,
            r#"(tuple (amount u5) (event "reading-skipped") (reason u110) (user stranger))"#,
            r#"(tuple (amount u0) (event "reading-skipped") (reason u104) (user rival))"#,
            r#"(tuple (amount u1000000000000001) (event "reading-skipped") (reason u104) (user rival))"#,
            r#"(tuple (amount u340282366920938463463374607431768211455) (event "reading-skipped") (reason u104) (user rival))"#,
        ]
    );
    let done =
        market.ok("meter", "credit-production", &[readings("producer", &[("rival", MOST); 100])]);
    assert_eq!(done.answer, format!("(tuple (amount u{}) (skipped u0))", MOST * 100));
    market.aborted("meter", "credit-production", &[readings("producer", &[("rival", 1); 101])]);
}
