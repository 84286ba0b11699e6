//! Many purchases in one transaction: `buy-energy-from-many`.

use connect_sim::chain::{list, uint};

use super::market::{MOST, Market, orders};

const BUY_MANY: &str = "buy-energy-from-many";

fn with_offers() -> Market {
    let mut market = Market::with_offer();
    market.list("rival", 50, 250_000);
    market.list("third", 20, 333_333);
    market
}

#[test]
fn a_batch_buys_from_each_and_pays_the_commission_once() {
    let mut market = with_offers();
    let done = market.ok(
        "buyer",
        BUY_MANY,
        &[orders(&[("seller", 10, MOST), ("rival", 20, MOST), ("third", 7, MOST)])],
    );
    // 2,000,000 + 5,000,000 + 2,333,331; 2.5 % of each, rounded up each.
    assert_eq!(done.answer, "(tuple (amount u37) (commission u233334) (cost u9333331))");
    let paid: Vec<_> = done.moved.iter().map(|(_, to, amount)| (to.as_str(), *amount)).collect();
    assert_eq!(
        paid,
        [
            ("seller", 2_000_000),
            ("rival", 5_000_000),
            ("third", 2_333_331),
            ("wattconnect", 233_334)
        ]
    );
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u10) (buyer buyer) (commission u50000) (cost u2000000) (event "energy-bought") (listed u490) (price u200000) (reserve u560) (seller seller))"#,
            r#"(tuple (amount u20) (buyer buyer) (commission u125000) (cost u5000000) (event "energy-bought") (listed u30) (price u250000) (reserve u540) (seller rival))"#,
            r#"(tuple (amount u7) (buyer buyer) (commission u58334) (cost u2333331) (event "energy-bought") (listed u13) (price u333333) (reserve u533) (seller third))"#,
        ]
    );
    assert_eq!((market.of("buyer", "held"), market.of("buyer", "paid")), (37, 9_333_331));
}

#[test]
fn a_batch_costs_and_leaves_what_single_purchases_would() {
    let mut batch = with_offers();
    let mut singles = batch.clone();
    batch.ok(
        "buyer",
        BUY_MANY,
        &[orders(&[("third", 1, MOST), ("rival", 3, MOST), ("third", 2, MOST)])],
    );
    singles.buy("buyer", "third", 1);
    singles.buy("buyer", "rival", 3);
    singles.buy("buyer", "third", 2);
    assert_eq!(batch.chain.state(), singles.chain.state());
}

#[test]
fn bad_orders_are_skipped_each_with_its_reason() {
    let mut market = with_offers();
    let done = market.ok(
        "rival",
        BUY_MANY,
        &[orders(&[
            ("rival", 1, MOST),
            ("seller", 0, MOST),
            ("seller", 501, MOST),
            ("seller", u128::MAX, u128::MAX),
            ("stranger", 1, MOST),
            ("seller", 1, 199_999),
            ("third", 2, 333_333),
        ])],
    );
    assert_eq!(done.answer, "(tuple (amount u2) (commission u16667) (cost u666666))");
    let reasons: Vec<_> = [("rival", "1", 107), ("seller", "0", 104), ("seller", "501", 101)]
        .into_iter()
        .chain([("seller", "340282366920938463463374607431768211455", 101)])
        .chain([("stranger", "1", 101), ("seller", "1", 113)])
        .map(|(seller, amount, reason)| {
            format!(
                r#"(tuple (amount u{amount}) (buyer rival) (event "order-skipped") (reason u{reason}) (seller {seller}))"#
            )
        })
        .collect();
    assert_eq!(done.prints[..6], reasons);
    assert!(done.prints[6].contains("energy-bought"));
}

#[test]
fn the_purse_is_spent_to_the_last_order_that_fits_with_its_commission() {
    let mut market = Market::with_sellers();
    market.ok("operator", "set-commission-rate", &[uint(100)]);
    // 495,049,504 and 1 % of it, rounded up, are half a purse.
    market.list("seller", 10, 495_049_504);
    market.list("rival", 10, 1);
    let twice = ("seller", 1, MOST);
    let done = market.ok("buyer", BUY_MANY, &[orders(&[twice, twice, twice, ("rival", 1, MOST)])]);
    assert_eq!(done.answer, "(tuple (amount u2) (commission u9900992) (cost u990099008))");
    assert_eq!(market.stx("buyer"), 0);
    assert_eq!(done.prints.iter().filter(|print| print.contains("(reason u102)")).count(), 2);
}

#[test]
fn an_order_that_leaves_nothing_for_the_commission_is_skipped_not_fatal() {
    let mut market = Market::with_sellers();
    market.list("seller", 10, 1_000_000_000);
    market.list("rival", 10, 1_000);
    let done = market.ok("buyer", BUY_MANY, &[orders(&[("seller", 1, MOST), ("rival", 1, MOST)])]);
    assert_eq!(done.answer, "(tuple (amount u1) (commission u25) (cost u1000))");
}

#[test]
fn a_batch_of_nothing_changes_nothing() {
    let mut market = with_offers();
    let before = market.chain.state_digest();
    let nothing = "(tuple (amount u0) (commission u0) (cost u0))";
    let empty = list(Vec::new()).expect("an empty list");
    assert_eq!(market.ok("buyer", BUY_MANY, &[empty]).answer, nothing);
    let useless = orders(&[("seller", 1, 1)]);
    assert_eq!(market.ok("pauper", BUY_MANY, &[useless]).answer, nothing);
    assert_eq!(market.chain.state_digest(), before);
}

#[test]
fn a_batch_takes_twenty_orders_and_no_more() {
    let mut market = with_offers();
    let order = ("seller", 1, MOST);
    let done = market.ok("buyer", BUY_MANY, &[orders(&[order; 20])]);
    assert!(done.answer.starts_with("(tuple (amount u20)"));
    market.aborted("buyer", BUY_MANY, &[orders(&[order; 21])]);
}

#[test]
fn an_absurd_offer_cannot_abort_a_batch() {
    let mut market = with_offers();
    market.produce("seller", MOST);
    market.ok("operator", "set-max-energy-per-user", &[uint(u128::MAX)]);
    market.ok("operator", "set-energy-reserve-limit", &[uint(u128::MAX)]);
    market.list("seller", MOST, MOST);
    let done = market.ok(
        "buyer",
        BUY_MANY,
        &[orders(&[("seller", MOST, u128::MAX), ("rival", 1, u128::MAX)])],
    );
    assert!(done.answer.starts_with("(tuple (amount u1)"), "{}", done.answer);
    assert!(done.prints[0].contains("(reason u102)"));
}

#[test]
fn a_batch_without_commission_pays_sellers_alone() {
    let mut market = with_offers();
    market.ok("operator", "set-commission-rate", &[uint(0)]);
    let done = market.ok("buyer", BUY_MANY, &[orders(&[("seller", 1, MOST), ("rival", 1, MOST)])]);
    assert_eq!(done.moved.len(), 2);
    assert_eq!(done.answer, "(tuple (amount u2) (commission u0) (cost u450000))");
}
