//! The owner's parameters, the pause and the treasury.

use connect_sim::chain::uint;

use super::market::{MOST, Market, PURSE, orders, readings, who};

const BIGGEST: u128 = u128::MAX;

/// Setter, the name of its parameter, a value for it, values that are refused
/// and with what, and values at the edge that are taken.
type Case<'a> = (&'a str, &'a str, u128, &'a [u128], u128, &'a [u128]);

const CASES: [Case<'_>; 6] = [
    ("set-energy-price", "energy-price", 5, &[0, MOST + 1, BIGGEST], 103, &[1, MOST]),
    ("set-commission-rate", "commission-rate", 5, &[10_001, BIGGEST], 105, &[0, 10_000]),
    ("set-refund-rate", "refund-rate", 5, &[10_001, BIGGEST], 105, &[0, 10_000]),
    ("set-refund-basis", "refund-basis", 0, &[2, BIGGEST], 115, &[0, 1]),
    ("set-energy-reserve-limit", "reserve-limit", 5_000, &[0, 499], 109, &[500, BIGGEST]),
    ("set-max-energy-per-user", "max-per-user", 5, &[0], 104, &[1, BIGGEST]),
];

#[test]
fn each_parameter_is_set_by_the_owner_alone_and_says_so() {
    let mut market = Market::with_offer();
    for (setter, parameter, value, ..) in CASES {
        let old = market.parameter(parameter);
        market.refused("stranger", setter, &[uint(value)], 100);
        let done = market.ok("operator", setter, &[uint(value)]);
        assert_eq!(done.answer, "true");
        let event = format!("{setter}-set").replacen("set-", "", 1);
        assert_eq!(
            done.prints,
            [format!(r#"(tuple (event "{event}") (new u{value}) (old u{old}))"#)]
        );
        assert_eq!(market.parameter(parameter), value);
    }
}

#[test]
fn each_parameter_keeps_to_its_bounds() {
    let mut market = Market::with_offer();
    for (setter, parameter, _, refused, code, taken) in CASES {
        for value in refused {
            market.refused("operator", setter, &[uint(*value)], code);
        }
        for value in taken {
            market.ok("operator", setter, &[uint(*value)]);
            assert_eq!(market.parameter(parameter), *value);
        }
    }
}

#[test]
fn the_reserve_limit_may_be_nothing_while_nothing_is_listed() {
    let mut market = Market::with_sellers();
    market.ok("operator", "set-energy-reserve-limit", &[uint(0)]);
    market.refused("seller", "add-energy-for-sale", &[uint(1), uint(1)], 108);
}

#[test]
fn a_lower_limit_per_user_leaves_listings_and_stops_their_growth() {
    let mut market = Market::with_offer();
    market.ok("operator", "set-max-energy-per-user", &[uint(100)]);
    assert_eq!(market.of("seller", "listed"), 500);
    market.refused("seller", "add-energy-for-sale", &[uint(1), uint(1)], 111);
    market.buy("buyer", "seller", 401);
    market.list("seller", 1, 1);
}

#[test]
fn a_pause_stops_trading_and_listing_and_nothing_else() {
    let mut market = Market::with_offer();
    market.ok("operator", "fund-treasury", &[uint(1_000_000)]);
    market.buy("buyer", "seller", 10);
    market.refused("stranger", "pause", &[], 100);
    let done = market.ok("operator", "pause", &[]);
    assert_eq!(done.answer, "true");
    assert_eq!(done.prints, [r#"(tuple (event "paused-set") (new true) (old false))"#]);

    market.refused("seller", "add-energy-for-sale", &[uint(1), uint(1)], 112);
    market.refused("buyer", "buy-energy-from-user", &[who("seller"), uint(1), uint(MOST)], 112);
    market.refused("buyer", "buy-energy-from-many", &[orders(&[("seller", 1, MOST)])], 112);

    market.ok("buyer", "refund-energy", &[uint(1)]);
    market.ok("buyer", "consume-energy", &[uint(1)]);
    market.ok("meter", "record-consumption", &[readings("consumer", &[("buyer", 1)])]);
    market.ok("meter", "record-production", &[readings("producer", &[("seller", 1)])]);
    market.ok("seller", "remove-energy-from-sale", &[uint(1)]);
    market.ok("operator", "set-commission-rate", &[uint(1)]);
    market.ok("supervisor", "revoke-certification", &[who("rival"), connect_sim::chain::ascii("")]);

    market.refused("stranger", "resume", &[], 100);
    let done = market.ok("operator", "resume", &[]);
    assert_eq!(done.prints, [r#"(tuple (event "paused-set") (new false) (old true))"#]);
    market.buy("buyer", "seller", 1);
}

#[test]
fn anyone_funds_the_treasury() {
    let mut market = Market::open();
    let done = market.ok("stranger", "fund-treasury", &[uint(5)]);
    assert_eq!(done.answer, "true");
    assert_eq!(
        done.prints,
        [r#"(tuple (amount u5) (balance u5) (event "treasury-funded") (from stranger))"#]
    );
    market.refused("stranger", "fund-treasury", &[uint(0)], 104);
    market.refused("stranger", "fund-treasury", &[uint(PURSE)], 102);
    market.refused("stranger", "fund-treasury", &[uint(u128::MAX)], 102);
    market.ok("stranger", "fund-treasury", &[uint(PURSE - 5)]);
    assert_eq!(market.stx("wattconnect"), PURSE);
}

#[test]
fn the_owner_alone_withdraws_and_no_more_than_there_is() {
    let mut market = Market::open();
    market.ok("stranger", "fund-treasury", &[uint(100)]);
    let to = |amount: u128, name: &str| [uint(amount), who(name)];
    market.refused("stranger", "withdraw-treasury", &to(1, "stranger"), 100);
    market.refused("operator", "withdraw-treasury", &to(0, "friend"), 104);
    market.refused("operator", "withdraw-treasury", &to(101, "friend"), 102);
    market.refused("operator", "withdraw-treasury", &to(u128::MAX, "friend"), 102);
    market.refused("operator", "withdraw-treasury", &to(1, "wattconnect"), 102);
    let done = market.ok("operator", "withdraw-treasury", &to(60, "friend"));
    assert_eq!(done.answer, "true");
    assert_eq!(done.moved, [("wattconnect".to_owned(), "friend".to_owned(), 60)]);
    assert_eq!(
        done.prints,
        [r#"(tuple (amount u60) (balance u40) (event "treasury-withdrawn") (to friend))"#]
    );
    market.ok("operator", "withdraw-treasury", &to(40, "operator"));
}
