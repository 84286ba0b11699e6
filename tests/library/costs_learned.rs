//! Learned costs over a market's day: the very costs that exact metering
//! finds, and the same receipts and state as without metering. And room in a
//! block: a call that does not fit leaves no trace.

use crate::costs_mix::Market;
use connect_sim::chain::{Chain, ChainError, Cost, Dimension, Metering, Receipt, account, uint};

const ROOMY: Cost = Cost {
    read_count: u64::MAX,
    read_length: u64::MAX,
    write_count: u64::MAX,
    write_length: u64::MAX,
    runtime: u64::MAX,
};

fn with(chain: &Chain, metering: Metering) -> Chain {
    let mut chain = chain.clone();
    chain.set_metering(metering);
    chain
}

#[test]
fn a_day_of_learned_costs_is_a_day_of_exact_costs() {
    let market = Market::new(20, 60);
    let day = market.day(1, 1_000);
    let [mut free, mut exact, mut learned] =
        [Metering::Off, Metering::Exact, Metering::Learned].map(|how| with(&market.chain, how));
    let (mut accepted, mut total) = (0, Cost::ZERO);
    for (number, call) in day.iter().enumerate() {
        let one = call.on(&mut exact);
        assert_eq!(call.on(&mut learned), one, "{number}: {}", call.function);
        assert_eq!(call.on(&mut free), Receipt { cost: None, ..one.clone() });
        accepted += u32::from(one.is_accepted());
        total += one.cost.expect("metered");
        if number % 50 == 0 {
            for chain in [&mut free, &mut exact, &mut learned] {
                chain.advance_block().expect("closes");
            }
        }
    }
    assert_eq!(free.state_digest(), exact.state_digest());
    assert_eq!(free.state_digest(), learned.state_digest());
    assert!(accepted > 700, "only {accepted} calls were accepted: too few to mean much");
    assert!(total.read_count > 10_000, "{total:?}");

    let report = learned.metering_report();
    let calls: u64 =
        report.functions.iter().map(|found| found.recalled + found.metered + found.sampled).sum();
    assert_eq!(calls, 1_000);
    let recalled: u64 = report.functions.iter().map(|found| found.recalled).sum();
    assert!(recalled > 850, "learning does not pay: {report:?}");
    assert!(report.sampled() > 10, "{report:?}");
    assert_eq!((report.greatest_deviation(), report.steps_given_up), (0.0, 0));
}

/// Lists, texts, names and truths in sizes that the market's own contracts do
/// not have.
const ODD: &str = r#"
(define-map notes (string-ascii 40) {text: (string-ascii 40), by: (optional principal)})
(define-data-var log (list 20 uint) (list))
(define-private (twice (n uint)) (* n u2))
(define-private (add (n uint) (total uint)) (+ n total))
(define-private (is-big (n uint)) (> n u10))
(define-public (note (key (string-ascii 40)) (text (string-ascii 40)) (by (optional principal)))
  (begin
    (print {key: key, text: text, was: (map-get? notes key), by: by})
    (ok (if (is-some by) (map-set notes key {text: text, by: by})
                         (map-insert notes key {text: text, by: by})))))
(define-public (sum (numbers (list 20 uint)))
  (let ((big (filter is-big numbers)) (doubled (map twice big)))
    (asserts! (> (len numbers) u1) (err u1))
    (var-set log doubled)
    (print (concat doubled (var-get log)))
    (ok (/ u1000 (fold add (map + doubled big) u0)))))
"#;

#[test]
fn odd_sizes_are_learned_too() {
    let owner = account("owner");
    let mut chain = Chain::genesis(&[]).expect("genesis");
    let odd = chain.deploy(&owner, "odd", "odd.clar", ODD).expect("sound");
    let by_contract = chain.principal_of(odd);
    let mut exact = with(&chain, Metering::Exact);
    let mut learned = with(&chain, Metering::Learned);
    let mut compare = |function: &str, text: &[String]| {
        let arguments: Vec<_> = text
            .iter()
            .map(|text| connect_sim::chain::parse_value(text).expect("a literal"))
            .collect();
        let one = exact.call(&owner, odd, function, &arguments).expect("runs");
        let other = learned.call(&owner, odd, function, &arguments).expect("runs");
        assert_eq!(other, one, "{function} {text:?}");
    };
    for round in 0..240_u64 {
        let by = ["none".to_owned(), format!("(some '{owner})"), format!("(some '{by_contract})")];
        let word = |length: u64| format!("\"{}\"", "x".repeat(length as usize));
        let by = by[(round % 3) as usize].clone();
        compare("note", &[word(1 + round % 4), word(round * 7 % 5), by]);
        let numbers: Vec<_> = (0..round * 5 % 21).map(|n| format!("u{}", n * round % 25)).collect();
        compare("sum", &[format!("(list {})", numbers.join(" "))]);
    }
    compare("note", &["u1".to_owned()]);
    compare("sum", &["true".to_owned()]);
    compare("sum", &["true".to_owned()]);
    assert_eq!(exact.state_digest(), learned.state_digest());
    let report = learned.metering_report();
    assert_eq!((report.greatest_deviation(), report.steps_given_up), (0.0, 0), "{report:?}");
    assert!(report.functions.iter().all(|found| found.recalled > 0), "{report:?}");
}

#[test]
fn a_call_that_does_not_fit_leaves_no_trace() {
    let market = Market::new(5, 5);
    let day = market.day(2, 60);
    for metering in [Metering::Exact, Metering::Learned] {
        let mut chain = with(&market.chain, metering);
        let mut twin = with(&market.chain, Metering::Exact);
        for call in &day {
            let cost = call.on(&mut twin).cost.expect("metered");
            let before = chain.state_digest();
            for dimension in Dimension::ALL {
                let mut room = cost;
                let part = match dimension {
                    Dimension::ReadCount => &mut room.read_count,
                    Dimension::ReadLength => &mut room.read_length,
                    Dimension::WriteCount => &mut room.write_count,
                    Dimension::WriteLength => &mut room.write_length,
                    Dimension::Runtime => &mut room.runtime,
                };
                let Some(less) = part.checked_sub(1) else { continue };
                *part = less;
                assert_eq!(call.within(&mut chain, &room), None, "{dimension} {}", call.function);
                assert_eq!(chain.state_digest(), before);
            }
            let receipt = call.within(&mut chain, &cost).expect("just fits");
            assert_eq!(receipt.cost, Some(cost));
        }
        assert_eq!(chain.state_digest(), twin.state_digest());
        let left_out = chain
            .call_or_cost(
                &market.buyers[0],
                market.trading,
                "refund-energy",
                &[uint(1)],
                &Cost::ZERO,
            )
            .expect("runs");
        assert!(left_out.expect_err("no room").fits_in(&ROOMY));
    }
}

#[test]
fn a_chain_that_does_not_meter_knows_no_room() {
    let market = Market::new(1, 1);
    let mut chain = with(&market.chain, Metering::Off);
    let refused =
        chain.call_within(&market.buyers[0], market.trading, "refund-energy", &[uint(1)], &ROOMY);
    assert!(matches!(refused, Err(ChainError::Unmetered)));
}
