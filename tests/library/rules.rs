//! The rules that must always hold are checked for real: contracts with one
//! planted fault each stop the run, and the rule that finds them is the right
//! one. The contracts as they are run through.

use std::sync::Arc;

use connect_sim::engine::{Rule, RunError, World};

use crate::markets::prepared;

/// Runs the tiny market, on two days and with limits that bite, on the trading
/// contract with `from` replaced by `to`; the rule that was broken, if one was.
fn broken_by(from: &str, to: &str) -> Option<Rule> {
    let overrides = ["time.days=2", "market.max_energy_per_user_kwh=8", "time.tick_minutes=60"];
    let mut prepared = prepared("tiny.toml", &overrides);
    let text = &mut Arc::make_mut(&mut prepared).code.wattconnect.text;
    assert!(text.contains(from), "the contract does not say {from}");
    *text = text.replace(from, to);
    let mut world = World::new(&prepared, 1, false).expect("sets up");
    loop {
        match world.step() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(RunError::Broken { broken, .. }) => return Some(broken.rule),
            Err(other) => panic!("ended otherwise: {other}"),
        }
    }
}

#[test]
fn the_contracts_as_they_are_keep_every_rule() {
    assert_eq!(broken_by("u10000)", "u10000)"), None);
}

#[test]
fn a_buyer_who_gets_twice_what_he_paid_for_is_found() {
    let broken = broken_by(
        "{held: (+ (get held holder) amount)",
        "{held: (+ (get held holder) amount amount)",
    );
    assert_eq!(broken, Some(Rule::EventsComplete));
}

#[test]
fn a_seller_who_keeps_what_he_sold_is_found() {
    let broken = broken_by(
        "(map-set sellers seller (merge offer {listed: left}))",
        "(map-set sellers seller (merge offer {price: price}))",
    );
    assert_eq!(broken, Some(Rule::EventsComplete));
}

#[test]
fn a_reserve_that_forgets_sales_is_found() {
    let broken =
        broken_by("(reserve (- (get reserve state) amount))", "(reserve (get reserve state))");
    assert!(matches!(broken, Some(Rule::ListingsLimited | Rule::EventsComplete)), "{broken:?}");
}

#[test]
fn a_refund_that_pays_and_does_not_say_so_is_found() {
    let broken =
        broken_by("amount: amount, payout: payout", "amount: amount, payout: (- payout u1)");
    assert_eq!(broken, Some(Rule::TreasuryAddsUp));
}
