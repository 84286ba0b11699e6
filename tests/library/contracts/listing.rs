//! Putting energy up for sale and taking it off: `add-energy-for-sale`,
//! `remove-energy-from-sale`, the reserve and its limits.

use connect_sim::chain::uint;

use super::market::{MOST, Market};

const LIST: &str = "add-energy-for-sale";
const DELIST: &str = "remove-energy-from-sale";

#[test]
fn a_listing_fills_the_reserve_and_says_so() {
    let mut market = Market::with_sellers();
    let done = market.ok("seller", LIST, &[uint(300), uint(200_000)]);
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u300) (event "energy-listed") (listed u300) (old-price u0) (price u200000) (reserve u300) (seller seller))"#
        ]
    );
    assert!(done.moved.is_empty());
    assert_eq!(market.of("seller", "unsold"), 1_000);
    assert_eq!(market.of("seller", "unlisted"), 700);
    assert_eq!(market.parameter("reserve"), 300);
}

#[test]
fn a_new_price_holds_for_all_that_is_listed() {
    let mut market = Market::with_offer();
    let done = market.ok("seller", LIST, &[uint(1), uint(150_000)]);
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u1) (event "energy-listed") (listed u501) (old-price u200000) (price u150000) (reserve u501) (seller seller))"#
        ]
    );
    let bought = market.buy("buyer", "seller", 500);
    assert_eq!(bought.moved[0].2, 500 * 150_000);
}

#[test]
fn only_what_is_unsold_can_be_listed() {
    let mut market = Market::with_sellers();
    market.refused("seller", LIST, &[uint(1_001), uint(1)], 101);
    market.refused("seller", LIST, &[uint(u128::MAX), uint(1)], 101);
    market.list("seller", 1_000, 1);
    market.refused("seller", LIST, &[uint(1), uint(1)], 101);
}

#[test]
fn bought_energy_cannot_be_listed() {
    let mut market = Market::with_offer();
    market.buy("rival", "seller", 200);
    market.list("rival", 1_000, 1);
    market.refused("rival", LIST, &[uint(1), uint(1)], 101);
}

#[test]
fn listing_takes_an_amount_a_price_and_a_certificate() {
    let mut market = Market::with_sellers();
    market.refused("seller", LIST, &[uint(0), uint(1)], 104);
    market.refused("seller", LIST, &[uint(1), uint(0)], 103);
    market.refused("seller", LIST, &[uint(1), uint(MOST + 1)], 103);
    market.refused("seller", LIST, &[uint(1), uint(u128::MAX)], 103);
    market.refused("stranger", LIST, &[uint(1), uint(1)], 110);
    market.list("seller", 1, MOST);
}

#[test]
fn the_limit_per_user_holds_to_the_last_kwh() {
    let mut market = Market::with_sellers();
    market.ok("operator", "set-max-energy-per-user", &[uint(400)]);
    market.refused("seller", LIST, &[uint(401), uint(1)], 111);
    market.list("seller", 399, 1);
    market.refused("seller", LIST, &[uint(2), uint(1)], 111);
    market.list("seller", 1, 1);
    market.refused("seller", LIST, &[uint(1), uint(1)], 111);
    market.buy("buyer", "seller", 10);
    market.list("seller", 10, 1);
}

#[test]
fn the_reserve_limit_holds_to_the_last_kwh() {
    let mut market = Market::with_sellers();
    market.ok("operator", "set-energy-reserve-limit", &[uint(600)]);
    market.list("seller", 500, 1);
    market.refused("rival", LIST, &[uint(101), uint(1)], 108);
    market.list("rival", 100, 1);
    market.refused("third", LIST, &[uint(1), uint(1)], 108);
    market.ok("seller", DELIST, &[uint(1)]);
    market.list("third", 1, 1);
}

#[test]
fn what_is_taken_off_is_unsold_again() {
    let mut market = Market::with_offer();
    let done = market.ok("seller", DELIST, &[uint(200)]);
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u200) (event "energy-delisted") (listed u300) (reserve u300) (seller seller))"#
        ]
    );
    assert_eq!(market.of("seller", "unlisted"), 700);
    market.ok("seller", DELIST, &[uint(300)]);
    assert_eq!(market.of("seller", "listed"), 0);
    assert_eq!(market.parameter("reserve"), 0);
    market.list("seller", 1_000, 1);
}

#[test]
fn no_more_is_taken_off_than_is_listed() {
    let mut market = Market::with_offer();
    market.refused("seller", DELIST, &[uint(0)], 104);
    market.refused("seller", DELIST, &[uint(501)], 101);
    market.refused("seller", DELIST, &[uint(u128::MAX)], 101);
    market.refused("stranger", DELIST, &[uint(1)], 101);
    market.ok("seller", DELIST, &[uint(500)]);
    market.refused("seller", DELIST, &[uint(1)], 101);
}
