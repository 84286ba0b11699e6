//! Single purchases: `buy-energy-from-user`.

use connect_sim::chain::uint;

use super::market::{MOST, Market, PURSE, who};

const BUY: &str = "buy-energy-from-user";

fn moved(from: &str, to: &str, amount: u128) -> (String, String, u128) {
    (from.to_owned(), to.to_owned(), amount)
}

#[test]
fn a_purchase_pays_the_seller_and_the_treasury_and_says_so() {
    let mut market = Market::with_offer();
    let done = market.ok("buyer", BUY, &[who("seller"), uint(100), uint(200_000)]);
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.moved,
        [moved("buyer", "seller", 20_000_000), moved("buyer", "wattconnect", 500_000)]
    );
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u100) (buyer buyer) (commission u500000) (cost u20000000) (event "energy-bought") (listed u400) (price u200000) (reserve u400) (seller seller))"#
        ]
    );
    assert_eq!(market.of("buyer", "held"), 100);
    assert_eq!(market.of("buyer", "paid"), 20_000_000);
    assert_eq!(market.of("seller", "unsold"), 900);
    assert_eq!(market.parameter("reserve"), 400);
}

#[test]
fn purchases_add_up() {
    let mut market = Market::with_offer();
    market.list("rival", 10, 300_000);
    market.buy("buyer", "seller", 500);
    market.buy("buyer", "rival", 10);
    assert_eq!(market.of("buyer", "held"), 510);
    assert_eq!(market.of("buyer", "paid"), 500 * 200_000 + 10 * 300_000);
    assert_eq!(market.of("seller", "listed"), 0);
}

#[test]
fn a_producer_may_buy_and_a_buyer_may_be_certified() {
    let mut market = Market::with_offer();
    market.buy("rival", "seller", 5);
    assert_eq!((market.of("rival", "held"), market.of("rival", "unsold")), (5, 1_000));
    market.buy("stranger", "seller", 5);
    market.certify("stranger");
    assert_eq!(market.of("stranger", "held"), 5);
}

#[test]
fn nobody_buys_from_himself() {
    let mut market = Market::with_offer();
    market.refused("seller", BUY, &[who("seller"), uint(1), uint(MOST)], 107);
    market.refused("stranger", BUY, &[who("stranger"), uint(1), uint(MOST)], 107);
}

#[test]
fn no_more_is_bought_than_is_listed() {
    let mut market = Market::with_offer();
    market.refused("buyer", BUY, &[who("seller"), uint(0), uint(MOST)], 104);
    market.refused("buyer", BUY, &[who("seller"), uint(501), uint(MOST)], 101);
    market.refused("buyer", BUY, &[who("seller"), uint(u128::MAX), uint(u128::MAX)], 101);
    market.refused("buyer", BUY, &[who("rival"), uint(1), uint(MOST)], 101);
    market.refused("buyer", BUY, &[who("stranger"), uint(1), uint(MOST)], 101);
    market.buy("buyer", "seller", 500);
    market.refused("buyer", BUY, &[who("seller"), uint(1), uint(MOST)], 101);
}

#[test]
fn no_one_pays_more_than_he_said() {
    let mut market = Market::with_offer();
    market.refused("buyer", BUY, &[who("seller"), uint(1), uint(199_999)], 113);
    market.refused("buyer", BUY, &[who("seller"), uint(1), uint(0)], 113);
    market.ok("buyer", BUY, &[who("seller"), uint(1), uint(200_000)]);
    market.ok("buyer", BUY, &[who("seller"), uint(1), uint(u128::MAX)]);
}

#[test]
fn a_purse_must_hold_price_and_commission() {
    let mut market = Market::with_sellers();
    market.refused("pauper", BUY, &[who("seller"), uint(0), uint(MOST)], 104);
    market.ok("operator", "set-commission-rate", &[uint(100)]);
    // 990,099,009 + 9,900,991 (1 %, rounded up) is a purse exactly; with one
    // more the price alone could be paid, but not the commission.
    market.list("seller", 1, 990_099_010);
    market.refused("buyer", BUY, &[who("seller"), uint(1), uint(MOST)], 102);
    market.ok("seller", "remove-energy-from-sale", &[uint(1)]);
    market.list("seller", 1, 990_099_009);
    market.refused("pauper", BUY, &[who("seller"), uint(1), uint(MOST)], 102);
    market.buy("buyer", "seller", 1);
    assert_eq!(market.stx("buyer"), 0);
    assert_eq!(market.stx("wattconnect"), PURSE - 990_099_009);
}

#[test]
fn the_dearest_offer_is_refused_and_does_not_abort() {
    let mut market = Market::with_sellers();
    market.produce("seller", MOST);
    market.ok("operator", "set-max-energy-per-user", &[uint(u128::MAX)]);
    market.ok("operator", "set-energy-reserve-limit", &[uint(u128::MAX)]);
    market.ok("operator", "set-commission-rate", &[uint(10_000)]);
    market.list("seller", MOST, MOST);
    market.refused("buyer", BUY, &[who("seller"), uint(MOST), uint(u128::MAX)], 102);
}

#[test]
fn dust_pays_commission() {
    let mut market = Market::with_sellers();
    market.ok("operator", "set-commission-rate", &[uint(1)]);
    market.list("seller", 100, 1);
    for _ in 0..10 {
        let done = market.buy("buyer", "seller", 1);
        assert_eq!(done.moved[1], moved("buyer", "wattconnect", 1));
    }
    let whole = market.buy("buyer", "seller", 10);
    assert_eq!(whole.moved[1], moved("buyer", "wattconnect", 1), "ten at once are cheaper");
}

#[test]
fn commission_rounds_up_and_is_exact_where_it_divides() {
    let mut market = Market::with_sellers();
    for (rate, price, commission) in
        [(250, 400, 10), (250, 401, 11), (250, 399, 10), (9_999, 10_000, 9_999), (10_000, 77, 77)]
    {
        market.ok("operator", "set-commission-rate", &[uint(rate)]);
        market.list("seller", 1, price);
        let done = market.buy("buyer", "seller", 1);
        assert_eq!(done.moved[1].2, commission, "{rate} of {price}");
    }
}

#[test]
fn a_market_without_commission_moves_stx_once() {
    let mut market = Market::with_offer();
    market.ok("operator", "set-commission-rate", &[uint(0)]);
    let done = market.buy("buyer", "seller", 10);
    assert_eq!(done.moved, [moved("buyer", "seller", 2_000_000)]);
    assert!(done.prints[0].contains("(commission u0)"));
}
