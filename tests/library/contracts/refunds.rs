//! Handing bought energy back: `refund-energy`, on both bases, and what
//! becomes of the energy.

use connect_sim::chain::uint;

use super::market::{Market, PURSE};

const REFUND: &str = "refund-energy";

/// The buyer holds 100 kWh bought at 200,000; the reference price is 300,000,
/// the refund rate 80 %, and the treasury has 100 STX on top.
fn with_holder() -> Market {
    let mut market = Market::with_offer();
    market.ok("operator", "fund-treasury", &[uint(100_000_000)]);
    market.buy("buyer", "seller", 100);
    market
}

#[test]
fn a_refund_pays_its_rate_of_what_was_paid_and_says_so() {
    let mut market = with_holder();
    let done = market.ok("buyer", REFUND, &[uint(40)]);
    assert_eq!(done.answer, "true");
    assert_eq!(done.moved, [("wattconnect".to_owned(), "buyer".to_owned(), 6_400_000)]);
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u40) (event "energy-refunded") (held u60) (holder buyer) (old-paid u20000000) (paid u12000000) (payout u6400000) (returned u40))"#
        ]
    );
    assert_eq!(market.parameter("returned"), 40);
    assert_eq!(market.of("operator", "unsold"), 40);
    assert_eq!(market.of("buyer", "held"), 60);
}

#[test]
fn the_commission_is_not_refunded() {
    let mut market = with_holder();
    market.ok("operator", "set-refund-rate", &[uint(10_000)]);
    market.ok("buyer", REFUND, &[uint(100)]);
    assert_eq!(market.stx("buyer"), PURSE - 500_000);
}

#[test]
fn the_reference_price_caps_a_refund() {
    let mut market = with_holder();
    market.ok("operator", "set-energy-price", &[uint(50_000)]);
    let done = market.ok("buyer", REFUND, &[uint(100)]);
    assert_eq!(done.moved[0].2, 100 * 50_000 * 8 / 10);
}

#[test]
fn the_average_of_all_that_is_held_counts_as_paid() {
    let mut market = with_holder();
    market.list("rival", 300, 100_000);
    market.buy("buyer", "rival", 300);
    // (100 × 200,000 + 300 × 100,000) / 400 = 125,000
    let done = market.ok("buyer", REFUND, &[uint(8)]);
    assert_eq!(done.moved[0].2, 8 * 125_000 * 8 / 10);
    assert_eq!(market.of("buyer", "paid"), 392 * 125_000);
}

#[test]
fn under_the_reference_basis_buying_below_it_drains_the_treasury() {
    let mut market = with_holder();
    market.ok("operator", "set-refund-basis", &[uint(0)]);
    market.list("rival", 100, 1);
    market.buy("friend", "rival", 100);
    let done = market.ok("friend", REFUND, &[uint(100)]);
    assert_eq!(done.moved[0].2, 100 * 300_000 * 8 / 10);
    assert!(market.stx("friend") > PURSE, "it paid to buy and hand back");

    market.ok("operator", "set-refund-basis", &[uint(1)]);
    market.list("rival", 100, 1);
    let before = market.stx("friend");
    market.buy("friend", "rival", 100);
    market.ok("friend", REFUND, &[uint(100)]);
    assert!(market.stx("friend") < before, "it no longer pays");
}

#[test]
fn refunds_round_down_to_nothing() {
    let mut market = Market::with_sellers();
    market.list("seller", 100, 1);
    market.buy("buyer", "seller", 100);
    for _ in 0..5 {
        let done = market.ok("buyer", REFUND, &[uint(1)]);
        assert!(done.moved.is_empty(), "80 % of 1 is nothing");
        assert!(done.prints[0].contains("(payout u0)"));
    }
    assert_eq!(market.stx("wattconnect"), 3, "the commission stays");
}

#[test]
fn handing_back_in_pieces_never_pays_more() {
    // Bought at mixed prices, so that the average divides nowhere.
    let mut market = Market::with_sellers();
    market.ok("operator", "fund-treasury", &[uint(1_000_000)]);
    market.list("seller", 13, 7);
    market.list("rival", 97, 11);
    market.buy("buyer", "seller", 13);
    market.buy("buyer", "rival", 97);
    for rate in [3_333, 8_000, 10_000] {
        for reference in [1, 9, 10, 11, 1_000] {
            market.ok("operator", "set-refund-rate", &[uint(rate)]);
            market.ok("operator", "set-energy-price", &[uint(reference)]);
            let paid_out = |pieces: &[u128]| {
                let mut trial = market.clone();
                let amounts = pieces.iter().map(|piece| {
                    let done = trial.ok("buyer", REFUND, &[uint(*piece)]);
                    done.moved.iter().map(|(_, _, amount)| amount).sum::<u128>()
                });
                let total = amounts.sum::<u128>();
                assert_eq!(trial.of("buyer", "held"), 0);
                assert_eq!(trial.of("buyer", "paid"), 0, "nothing stays paid for nothing");
                total
            };
            let whole = paid_out(&[110]);
            assert!(whole <= 1_158 * rate / 10_000, "more than was paid");
            for pieces in [&[1; 110][..], &[109, 1], &[1, 109], &[37, 36, 37]] {
                assert!(paid_out(pieces) <= whole, "{pieces:?} at {rate} of {reference}");
            }
        }
    }
}

#[test]
fn no_more_is_handed_back_than_is_held() {
    let mut market = with_holder();
    market.refused("buyer", REFUND, &[uint(0)], 104);
    market.refused("buyer", REFUND, &[uint(101)], 101);
    market.refused("buyer", REFUND, &[uint(u128::MAX)], 101);
    market.refused("stranger", REFUND, &[uint(1)], 101);
    market.refused("seller", REFUND, &[uint(1)], 101);
    market.ok("buyer", REFUND, &[uint(100)]);
    market.refused("buyer", REFUND, &[uint(1)], 101);
}

#[test]
fn a_treasury_that_is_too_low_refuses_and_keeps_the_energy_where_it_is() {
    let mut market = Market::with_offer();
    market.buy("buyer", "seller", 100);
    // It holds 500,000 of commission: 80 % of 200,000 three times, not four.
    market.refused("buyer", REFUND, &[uint(4)], 106);
    market.ok("buyer", REFUND, &[uint(3)]);
    assert_eq!(market.stx("wattconnect"), 20_000);
}

#[test]
fn a_refund_rate_of_nothing_pays_nothing_and_of_all_pays_all() {
    let mut market = with_holder();
    market.ok("operator", "set-refund-rate", &[uint(0)]);
    assert!(market.ok("buyer", REFUND, &[uint(1)]).moved.is_empty());
    market.ok("operator", "set-refund-rate", &[uint(10_000)]);
    assert_eq!(market.ok("buyer", REFUND, &[uint(1)]).moved[0].2, 200_000);
}

#[test]
fn the_highest_reference_price_aborts_no_refund() {
    let mut market = with_holder();
    market.ok("operator", "set-energy-price", &[uint(super::market::MOST)]);
    assert_eq!(market.ok("buyer", REFUND, &[uint(1)]).moved[0].2, 160_000);
    market.ok("operator", "set-refund-basis", &[uint(0)]);
    market.refused("buyer", REFUND, &[uint(1)], 106);
}

#[test]
fn the_owner_lists_and_sells_what_was_handed_back() {
    let mut market = with_holder();
    market.refused("operator", "add-energy-for-sale", &[uint(1), uint(1)], 101);
    market.ok("buyer", REFUND, &[uint(40)]);
    market.refused("operator", "add-energy-for-sale", &[uint(41), uint(1)], 101);
    let done = market.ok("operator", "add-energy-for-sale", &[uint(40), uint(250_000)]);
    assert_eq!(
        done.prints,
        [
            r#"(tuple (event "returned-set") (new u0) (old u40))"#,
            r#"(tuple (amount u40) (event "energy-listed") (listed u40) (old-price u0) (price u250000) (reserve u440) (seller operator))"#,
        ]
    );
    let done = market.ok("operator", "remove-energy-from-sale", &[uint(10)]);
    assert_eq!(
        done.prints,
        [
            r#"(tuple (amount u10) (event "energy-delisted") (listed u30) (reserve u430) (seller operator))"#,
            r#"(tuple (event "returned-set") (new u10) (old u0))"#,
        ]
    );
    let done = market.buy("friend", "operator", 30);
    assert_eq!(done.moved[0], ("friend".to_owned(), "operator".to_owned(), 7_500_000));
    assert_eq!(market.of("operator", "unsold"), 10);
}
