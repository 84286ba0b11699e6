//! Block budgets at work: learned costs equal exact ones over a whole run, a
//! tight budget makes transactions wait and some of them drop, and whatever
//! waits, every rule holds.

use std::collections::{BTreeMap, BTreeSet};

use connect_sim::engine::record::TransactionRow;
use connect_sim::engine::{Record, World};
use connect_sim::experiments::{Capacity, StressOptions, stress};
use connect_sim::market::Function;
use connect_sim::scenario::{Comparison, Threshold};

use crate::markets::{self, measure, prepared, scenario};

fn record(overrides: &[&str]) -> Record {
    markets::record(&prepared("tiny.toml", overrides), 1)
}

/// Room for about three purchases in ten minutes.
const TIGHT: &str = "network.budget={ read_count = 36, write_count = 36, \
                     read_length = 1000000, write_length = 100000, runtime = 50000000 }";

#[test]
fn learned_costs_equal_exact_ones_over_a_whole_run() {
    let with = |costs: &str| {
        let mut record = record(&[costs, "time.tick_minutes=60"]);
        for row in &mut record.calls {
            row.metering_deviation = None;
        }
        record
    };
    let exact = with("network.costs=\"exact\"");
    assert_eq!(with("network.costs=\"learned\""), exact);
    assert!(exact.calls.iter().all(|row| row.read_count.is_some_and(|reads| reads > 0)));
    // Metering changes nothing but what it adds.
    let off = with("network.costs=\"off\"");
    assert_eq!(off.state_sha256, exact.state_sha256);
    assert_eq!(off.transactions, exact.transactions);
}

#[test]
fn a_tight_budget_makes_transactions_wait_and_keeps_them_within_it() {
    let tight = record(&[TIGHT]);
    assert!(measure(&tight, "left_out") > 0.0);
    assert!(measure(&tight, "wait_s_p95") > 0.0);
    assert!(measure(&tight, "wait_s_p99") >= 600.0);
    assert!(measure(&tight, "tenures_full_share") > 0.0);
    assert!(measure(&tight, "next_block_fee_ustx_max") > 3_000.0 - 1.0);
    let fullest = measure(&tight, "block_fullness_max");
    assert!(fullest > 0.5 && fullest <= 1.0, "{fullest}");
    let roomy = record(&["network.budget=\"mainnet-2.1\""]);
    assert!(measure(&roomy, "left_out") < 0.5);
    assert!(measure(&roomy, "block_fullness_max") < 0.05);
    // A budget that never fills changes nothing.
    assert_eq!(roomy.state_sha256, record(&[]).state_sha256);
}

#[test]
fn what_waits_too_long_is_dropped() {
    let record = record(&[TIGHT, "network.drop_after_s=600"]);
    assert!(measure(&record, "dropped") > 0.0);
}

#[test]
fn raising_senders_pay_more_and_nonces_stay_in_order() {
    let fixed = record(&[TIGHT]);
    let raising = record(&[TIGHT, "network.fee_policy=\"raising\""]);
    let mean_fee = |record: &Record| {
        let fees: Vec<f64> = record.transactions.iter().map(|row| row.fee_ustx as f64).collect();
        fees.iter().sum::<f64>() / fees.len() as f64
    };
    assert!(mean_fee(&raising) > mean_fee(&fixed));
    let mut last = BTreeMap::new();
    for row in &raising.transactions {
        if let Some(before) = last.insert(row.sender, row.nonce) {
            assert!(row.nonce > before, "{row:?} after nonce {before}");
        }
    }
}

#[test]
fn a_share_of_the_senders_raises_and_the_same_ones_each_time() {
    let with = |share: &str| {
        let share = format!("network.raising_share={share}");
        record(&[TIGHT, "network.fee_policy=\"raising\"", &share]).transactions
    };
    // Long transactions propose more from the first on.
    let usual = with("0").iter().map(|row| row.fee_ustx).max().expect("transactions");
    let raised = |share: &str| {
        let rows = with(share);
        let above = rows.iter().filter(|row| row.fee_ustx > usual);
        above.map(|row| row.sender).collect::<BTreeSet<_>>()
    };
    let (half, all) = (raised("0.5"), raised("1"));
    assert!(!half.is_empty() && half.len() < all.len(), "{} of {}", half.len(), all.len());
    assert_eq!(half, raised("0.5"));
}

#[test]
fn a_home_sends_nothing_more_while_something_of_its_own_waits() {
    let record = record(&[TIGHT]);
    let homes: BTreeSet<u64> = record
        .participants
        .iter()
        .filter(|row| ["producer", "buyer"].contains(&row.kind.as_str()))
        .map(|row| row.participant)
        .collect();
    // When the call before got in at the earliest, and when it was sent at the
    // latest: a tenure holds 600 seconds, and where in it a call got in is not
    // told.
    let mut last: BTreeMap<u64, (u64, u64, &TransactionRow)> = BTreeMap::new();
    let (mut waited, mut listed, mut pairs) = (0, 0, 0);
    for row in record.transactions.iter().filter(|row| homes.contains(&row.sender)) {
        let opened = 600 * u64::from(row.block_height - 1);
        let sent_before = (opened + 600).saturating_sub(row.wait_s);
        let is_listing = row.function == Function::AddEnergyForSale;
        if let Some((got_in, sent, before)) = last.insert(row.sender, (opened, sent_before, row)) {
            // What moves a price is two calls, sent at once: one kWh is taken
            // back and listed anew. No other two are.
            let pair = is_listing
                && before.function == Function::RemoveEnergyFromSale
                && row.nonce == before.nonce + 1
                && row.arguments.contains("u1 ")
                && sent_before.abs_diff(sent) < 600;
            assert!(pair || sent_before > got_in, "{row:?} was sent too soon after {before:?}");
            pairs += u64::from(pair);
            listed += u64::from(is_listing && !pair);
        }
        waited += u64::from(row.wait_s >= 600);
    }
    assert!(waited > 0 && listed > 0 && pairs > 0, "{waited}, {listed}, {pairs}");
}

#[test]
fn what_was_dropped_counts_among_the_waits() {
    let record = record(&[TIGHT, "network.drop_after_s=600"]);
    assert!(measure(&record, "dropped_share") > 0.01);
    assert!(measure(&record, "wait_s_p99") >= 600.0);
}

#[test]
fn measures_can_leave_the_warm_up_out_and_change_nothing() {
    let prepared = prepared("tiny.toml", &["time.days=2"]);
    let run = |mark: bool| {
        let mut world = World::new(&prepared, 1, false).expect("sets up");
        if mark {
            world.measure_from(48);
        }
        while world.step().expect("steps") {}
        world.finish()
    };
    let (whole, second_day) = (run(false), run(true));
    assert_eq!(second_day.state_sha256, whole.state_sha256);
    assert_eq!(second_day.ticks, whole.ticks);
    let rows = &whole.ticks[48..];
    let purchases: u64 = rows.iter().map(|row| row.purchases).sum();
    let traded: u128 = rows.iter().map(|row| row.traded_kwh).sum();
    assert!(purchases > 0);
    assert!((measure(&second_day, "purchases") - purchases as f64).abs() < 0.5);
    assert!((measure(&second_day, "traded_kwh") - traded as f64).abs() < 0.5);
    let calls: u64 = second_day.calls.iter().map(|row| row.count).sum();
    assert!((measure(&second_day, "transactions") - calls as f64).abs() < 0.5);
    let gains =
        |record: &Record| record.participants.iter().map(|row| row.bought_kwh).sum::<u128>();
    assert!(gains(&second_day) == traded && gains(&whole) > traded);
}

#[test]
fn what_is_surely_crossed_is_crossed_in_the_end() {
    let prepared = prepared("tiny.toml", &[TIGHT, "time.tick_minutes=60"]);
    let bounds =
        [("wait_s_p95", 60.0), ("wait_s_p99", 600.0), ("wait_s_p50", 1e6), ("rejected_share", 0.0)]
            .map(|(metric, limit)| Threshold {
                metric: metric.to_owned(),
                comparison: Comparison::Less,
                limit,
            });
    let mut world = World::new(&prepared, 1, false).expect("sets up");
    let mut sure = [false; 4];
    while world.step().expect("steps") {
        for (sure, bound) in sure.iter_mut().zip(&bounds) {
            *sure |= world.surely_crosses(bound);
        }
    }
    let record = world.finish();
    assert!(sure[0], "a bound that low is known to be crossed before the end");
    assert!(!sure[2] && !sure[3], "{sure:?}");
    for (sure, bound) in sure.iter().zip(&bounds) {
        assert!(!sure || !bound.holds(measure(&record, &bound.metric)), "{bound:?}");
    }
}

#[test]
fn stress_finds_the_edge_and_names_what_binds() {
    let scenario = scenario("tiny.toml", &["time.tick_minutes=60", "stress.warm_up_days=0", TIGHT]);
    let options = StressOptions { jobs: 2, most_load: 200 };
    let capacity = stress(&scenario, options, &|| {}).expect("an answer");
    let crossed = capacity.first_crossed().expect("so tight a budget is crossed");
    assert!(!crossed.crossed.is_empty());
    let carried = capacity.carried().expect("a few homes fit");
    assert!(carried.load < crossed.load);
    assert!(f64::from(crossed.load) <= 1.1 * f64::from(carried.load) + 1.0);
    let (dimension, share) = crossed.fullest();
    assert_eq!(dimension.name(), "read_count");
    assert!(share > 0.5, "{share}");
    let again = stress(&scenario, StressOptions { jobs: 1, most_load: 200 }, &|| {});
    // As text, since what a step has no value for is not equal to itself.
    let text = |capacity: &Capacity| format!("{capacity:?}");
    assert!(text(&again.expect("an answer")) == text(&capacity), "one thread found otherwise");
}
