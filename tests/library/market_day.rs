//! Whole runs of small markets: they end, they trade, they repeat to the byte,
//! and whatever is conserved is conserved.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use connect_sim::engine::{Prepared, Task, WorkerPool, World};
use connect_sim::experiments::{RunOptions, run};
use connect_sim::market::Function;
use connect_sim::scenario::Scenario;

use crate::markets::{accepted, measure, prepared, record, repository};

#[test]
fn a_day_of_twenty_homes_trades_for_real() {
    let record = record(&prepared("tiny.toml", &["time.days=2"]), 1);
    assert_eq!(record.ticks.len(), 96);
    assert!(measure(&record, "traded_kwh") > 50.0);
    assert!(measure(&record, "commission_stx") > 0.0);
    assert!(measure(&record, "consumed_kwh") > 0.0);
    assert!(accepted(&record, Function::RecordProduction) > 0);
    assert!(accepted(&record, Function::BuyEnergyFromUser) > 0);
    let efficiency = measure(&record, "efficiency_share");
    assert!((0.0..=1.0).contains(&efficiency), "{efficiency}");
}

#[test]
fn the_list_of_measures_is_what_a_run_gives() {
    let record = record(&prepared("tiny.toml", &["time.tick_minutes=60"]), 1);
    let given: Vec<_> = record.measures.iter().map(|m| (m.name, m.unit)).collect();
    let known = connect_sim::engine::measures().iter();
    assert_eq!(given, known.map(|m| (m.name, m.unit)).collect::<Vec<_>>());
}

#[test]
fn energy_and_stx_add_up_over_everyone() {
    let record = record(&prepared("tiny.toml", &["time.days=2"]), 3);
    let people = &record.participants;
    let sum = |of: fn(&connect_sim::engine::record::ParticipantRow) -> u128| -> u128 {
        people.iter().map(of).sum()
    };
    // What sellers sold, buyers bought; what was bought is consumed, handed
    // back or held.
    let relisted = people[0].sold_kwh;
    assert_eq!(sum(|row| row.sold_kwh), sum(|row| row.bought_kwh));
    assert_eq!(
        sum(|row| row.bought_kwh),
        sum(|row| row.consumed_kwh + row.refunded_kwh + row.held_kwh)
    );
    assert!(relisted <= sum(|row| row.refunded_kwh));
    assert_eq!(sum(|row| row.revenue_ustx), sum(|row| row.paid_ustx));
    for row in people {
        // Each kWh of the meter went one of these ways.
        let used = row.self_used_kwh + row.retail_kwh + row.consumed_kwh as f64;
        assert!((used - row.used_kwh).abs() < 1e-6, "{row:?}");
        let made = row.self_used_kwh + row.fed_in_kwh + row.credited_kwh as f64;
        assert!((made - row.made_kwh).abs() < 1e-6, "{row:?}");
        // The purse moved by what the statement says and by nothing else.
        if row.kind == "producer" || row.kind == "buyer" {
            let came = row.stx_start_ustx + row.revenue_ustx + row.refunds_ustx;
            let went = row.paid_ustx
                + row.commission_ustx
                + row.network_fees_ustx
                + row.certification_fees_ustx;
            let before = if row.standing == "certified" { 5_000_000 } else { 0 };
            let end = came - went;
            assert!(end == row.stx_end_ustx || end - before == row.stx_end_ustx, "{row:?}: {end}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let prepared = prepared("tiny.toml", &[]);
    let one = record(&prepared, 7);
    assert_eq!(one, record(&prepared, 7));
    assert_ne!(one.state_sha256, record(&prepared, 8).state_sha256);
}

#[test]
fn threads_do_not_change_results() {
    let prepared = prepared("tiny.toml", &["time.tick_minutes=60"]);
    let with = |jobs| {
        let options = RunOptions { replicates: 3, jobs, trace: false };
        run(&prepared, options, &|| {}).expect("runs")
    };
    assert_eq!(with(1), with(2));
    assert_eq!(with(1), with(4), "a thread more than replicates");
}

/// Carries tasks out one after the other, the last first, and counts them.
struct Backwards(AtomicUsize);

impl WorkerPool for Backwards {
    fn count(&self) -> usize {
        2
    }

    fn min_batch(&self) -> usize {
        2
    }

    fn work(&self, tasks: Vec<Task<'_>>) {
        self.0.fetch_add(tasks.len(), Ordering::Relaxed);
        tasks.into_iter().rev().for_each(|task| task());
    }
}

#[test]
fn a_run_is_the_same_on_the_hands_that_it_is_lent() {
    let prepared = prepared("tiny.toml", &["producers.count=100", "buyers.count=200"]);
    let a_morning = |pool: Option<Arc<dyn WorkerPool>>| {
        let mut world = World::new(&prepared, 5, true).expect("sets up");
        pool.into_iter().for_each(|pool| world.lend(pool));
        for _ in 0..24 {
            world.step().expect("steps");
        }
        world.finish()
    };
    let hands = Arc::new(Backwards(AtomicUsize::new(0)));
    let alone = a_morning(None);
    let done = |function| accepted(&alone, function);
    assert!(done(Function::AddEnergyForSale) > 20);
    assert!(
        done(Function::BuyEnergyFromUser) + done(Function::BuyEnergyFromMany) > 20,
        "{alone:?}"
    );
    assert_eq!(a_morning(Some(hands.clone())), alone);
    let tasks = hands.0.load(Ordering::Relaxed);
    assert!(tasks > 100, "{tasks} tasks");
}

#[test]
fn officials_turn_some_applicants_down_and_certify_others() {
    let overrides =
        ["producers.overstating_share=0.5", "producers.certified_at_start=0", "time.days=3"];
    let record = record(&prepared("tiny.toml", &overrides), 2);
    assert!(accepted(&record, Function::CertifyProducer) > 0);
    assert!(accepted(&record, Function::RejectApplication) > 0);
    assert!(measure(&record, "applications_rejected") > 0.0);
}

#[test]
fn the_reserve_limit_turns_sellers_away() {
    let overrides = ["market.reserve_limit_kwh=5", "time.days=2"];
    let record = record(&prepared("tiny.toml", &overrides), 1);
    assert!(measure(&record, "turned_away_by_reserve") > 0.0);
    assert!(measure(&record, "reserve_max_kwh") <= 5.0);
    assert!(measure(&record, "reserve_at_limit_share") > 0.0);
}

#[test]
fn homes_under_the_same_seed_do_not_depend_on_the_settings() {
    let made = |overrides: &[&str]| -> Vec<(f64, f64)> {
        let record = record(&prepared("tiny.toml", overrides), 5);
        record.ticks.iter().map(|row| (row.made_kwh, row.used_kwh)).collect()
    };
    assert_eq!(made(&[]), made(&["market.commission_bps=2000"]));
    // More buyers change no producer.
    let sun = |overrides: &[&str]| -> Vec<f64> {
        let record = record(&prepared("tiny.toml", overrides), 5);
        record.ticks.iter().map(|row| row.made_kwh).collect()
    };
    assert_eq!(sun(&[]), sun(&["buyers.count=15"]));
}

#[test]
fn dated_decisions_are_carried_out() {
    let path = repository("scenarios/tiny.toml");
    let text = std::fs::read_to_string(&path).expect("there");
    let text = format!("{text}\n[[decision]]\nday = 1\nkey = \"commission_bps\"\nvalue = 1000\n")
        .replace("days = 1", "days = 2");
    let scenario = Scenario::from_toml(&text, &path, &[]).expect("sound");
    let record = record(&Arc::new(Prepared::new(scenario).expect("ready")), 1);
    assert_eq!(accepted(&record, Function::SetCommissionRate), 1);
    let share = |day: u32| {
        let rows = record.ticks.iter().filter(|row| row.day == day);
        let (commission, value) = rows.fold((0.0, 0.0), |(commission, value), row| {
            let price = row.price_mean_ustx_per_kwh.unwrap_or(0.0);
            (commission + row.commission_ustx as f64, value + price * row.traded_kwh as f64)
        });
        commission / value
    };
    assert!((share(0) - 0.025).abs() < 0.001, "{}", share(0));
    assert!((share(1) - 0.10).abs() < 0.001, "{}", share(1));
}

#[test]
fn every_shipped_scenario_runs_shortened() {
    let mut count = 0;
    for entry in std::fs::read_dir(repository("scenarios")).expect("there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        let short = [
            "time.days=1",
            "time.tick_minutes=60",
            "producers.count=12",
            "buyers.count=20",
            "warmup.days=0",
        ];
        let record = record(&prepared(&name, &short), 1);
        assert_eq!(record.ticks.len(), 24, "{name}");
        count += 1;
    }
    assert!(count >= 5, "only {count} scenarios are shipped");
}
