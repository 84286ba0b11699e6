//! Block budgets at work: learned costs equal exact ones over a whole run, a
//! tight budget makes transactions wait and some of them drop, and whatever
//! waits, every rule holds.

#![expect(clippy::expect_used, reason = "a test may panic")]

use std::path::Path;

use connect_sim::engine::{Prepared, Record, World};
use connect_sim::experiments::{StressOptions, stress};
use connect_sim::scenario::Scenario;

fn scenario(overrides: &[&str]) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/tiny.toml");
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    Scenario::load(&path, &overrides).expect("a sound scenario")
}

fn record(overrides: &[&str]) -> Record {
    let prepared = Prepared::new(scenario(overrides)).expect("ready");
    let mut world = World::new(&prepared, 1, true).expect("sets up");
    while world.step().expect("steps") {}
    world.finish()
}

fn measure(record: &Record, name: &str) -> f64 {
    let found = record.measures.iter().find(|measure| measure.name == name);
    found.unwrap_or_else(|| panic!("no measure {name}")).value
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
    let mut last = std::collections::BTreeMap::new();
    for row in &raising.transactions {
        if let Some(before) = last.insert(row.sender, row.nonce) {
            assert!(row.nonce > before, "{row:?} after nonce {before}");
        }
    }
}

#[test]
fn stress_finds_the_edge_and_names_what_binds() {
    let scenario = scenario(&["time.tick_minutes=60", TIGHT]);
    let options = StressOptions { jobs: 2, most_homes: 200 };
    let capacity = stress(&scenario, options, &|| {}).expect("an answer");
    let crossed = capacity.first_crossed().expect("so tight a budget is crossed");
    assert!(!crossed.crossed.is_empty());
    let carried = capacity.carried().expect("a few homes fit");
    assert!(carried.homes < crossed.homes);
    assert!(f64::from(crossed.homes) <= 1.1 * f64::from(carried.homes) + 1.0);
    let (dimension, share) = crossed.fullest();
    assert_eq!(dimension.name(), "read_count");
    assert!(share > 0.5, "{share}");
    let again = stress(&scenario, StressOptions { jobs: 1, most_homes: 200 }, &|| {});
    assert_eq!(again.expect("an answer"), capacity);
}
