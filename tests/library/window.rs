//! The measuring window: whatever the warm-up, every count of every table is of the
//! ticks after it, and the market goes on as if nobody measured.

use std::collections::BTreeMap;

use connect_sim::engine::Record;
use connect_sim::engine::record::{LimitRow, ParticipantRow, TickRow, TransactionRow};
use connect_sim::experiments::{StressOptions, stress};
use connect_sim::market::{Contract, Function};
use proptest::prelude::*;

use crate::markets::{self, measure, prepared, scenario};

/// A small market with adversaries, a treasury that runs dry, a reserve that fills
/// and blocks that leave transactions out.
const BUSY: &[&str] = &[
    "time.tick_minutes=60",
    "producers.count=12",
    "buyers.count=18",
    "producers.certified_at_start=0.7",
    "market.reserve_limit_kwh=25",
    "market.max_energy_per_user_kwh=12",
    "market.treasury_ustx=0",
    "network.budget={ read_count = 120, write_count = 120, read_length = 4000000, \
     write_length = 400000, runtime = 200000000 }",
    "network.drop_after_s=7200",
];

fn run(days: u32, warm_up: u32, seed: u64) -> Record {
    let (days, warm_up) = (format!("time.days={days}"), format!("warmup.days={warm_up}"));
    let mut overrides = BUSY.to_vec();
    overrides.extend([days.as_str(), warm_up.as_str()]);
    markets::record(&prepared("attacked.toml", &overrides), seed)
}

fn equal(what: &str, told: f64, counted: f64) {
    let close = (told - counted).abs() <= 1e-6 * counted.abs().max(1.0);
    assert!(close, "{what}: the run says {told}, its window holds {counted}");
}

/// Holds each table against the ticks and transactions from `first` on.
fn hold(record: &Record, first: u32) {
    let rows: Vec<&TickRow> = record.ticks.iter().filter(|row| row.tick.index() >= first).collect();
    let calls: Vec<&TransactionRow> =
        record.transactions.iter().filter(|row| row.tick.index() >= first).collect();
    assert!(!calls.is_empty());
    assert_eq!(record.measured().len(), rows.len());
    hold_calls(record, &calls);
    hold_people(record, &rows, &calls, first);
    hold_adversaries(record);
    hold_limits(record, &rows, &calls, first);
    hold_measures(record, &rows, &calls, first);
}

fn hold_calls(record: &Record, calls: &[&TransactionRow]) {
    let mut counted = BTreeMap::new();
    for call in calls {
        *counted.entry((call.function, call.outcome, call.error_code)).or_insert(0) += 1;
    }
    let mut told: BTreeMap<_, u64> = BTreeMap::new();
    for row in &record.calls {
        *told.entry((row.function, row.outcome, row.error_code)).or_default() += row.count;
    }
    assert_eq!(told, counted, "calls");
}

fn hold_people(record: &Record, rows: &[&TickRow], calls: &[&TransactionRow], first: u32) {
    for person in &record.participants {
        let own = || calls.iter().filter(|call| call.sender == person.participant);
        let with_code = |code| own().filter(|call| call.error_code == Some(code)).count() as u64;
        let counted = (
            own().count() as u64,
            own().filter(|call| call.outcome == "rejected").count() as u64,
            own().map(|call| call.fee_ustx).sum::<u128>(),
            with_code(108),
            with_code(111),
        );
        let told = (
            person.transactions,
            person.rejected,
            person.network_fees_ustx,
            person.turned_away_by_reserve,
            person.turned_away_by_user_limit,
        );
        assert_eq!(told, counted, "participant {}", person.participant);
        // The purse tells what came in and went out: but for the operator, whom the
        // fees of applications pass through, and for fees paid before the first tick.
        if first > 0 && person.kind != "operator" {
            let came = person.stx_start_ustx + person.revenue_ustx + person.refunds_ustx;
            let went = person.paid_ustx
                + person.commission_ustx
                + person.certification_fees_ustx
                + person.network_fees_ustx;
            assert_eq!(person.stx_end_ustx + went, came, "purse of {}", person.participant);
        }
    }
    let people = |of: fn(&ParticipantRow) -> f64| record.participants.iter().map(of).sum::<f64>();
    let ticks = |of: fn(&TickRow) -> f64| rows.iter().map(|row| of(row)).sum::<f64>();
    equal("made", people(|one| one.made_kwh), ticks(|row| row.made_kwh));
    equal("used", people(|one| one.used_kwh), ticks(|row| row.used_kwh));
    equal("self-used", people(|one| one.self_used_kwh), ticks(|row| row.self_used_kwh));
    equal("credited", people(|one| one.credited_kwh as f64), ticks(|row| row.credited_kwh as f64));
    equal("sold", people(|one| one.sold_kwh as f64), ticks(|row| row.traded_kwh as f64));
    equal("bought", people(|one| one.bought_kwh as f64), ticks(|row| row.traded_kwh as f64));
    equal("consumed", people(|one| one.consumed_kwh as f64), ticks(|row| row.consumed_kwh as f64));
    equal("refunded", people(|one| one.refunded_kwh as f64), ticks(|row| row.refunded_kwh as f64));
    equal(
        "commission",
        people(|one| one.commission_ustx as f64),
        ticks(|row| row.commission_ustx as f64),
    );
    equal("refunds", people(|one| one.refunds_ustx as f64), ticks(|row| row.refunds_ustx as f64));
}

fn hold_adversaries(record: &Record) {
    assert!(!record.adversaries.is_empty());
    for row in &record.adversaries {
        let of = |value: fn(&ParticipantRow) -> u128| -> u128 {
            record.participants.iter().filter(|one| one.kind == row.kind).map(value).sum()
        };
        let counted = [
            of(|one| one.paid_ustx),
            of(|one| one.commission_ustx),
            of(|one| one.certification_fees_ustx),
            of(|one| one.network_fees_ustx),
            of(|one| one.revenue_ustx),
            of(|one| one.refunds_ustx),
            of(|one| one.sold_kwh),
            of(|one| one.bought_kwh),
            of(|one| one.consumed_kwh),
            of(|one| one.refunded_kwh),
            of(|one| one.transactions.into()),
            of(|one| one.rejected.into()),
        ];
        let told = [
            row.paid_ustx,
            row.commission_ustx,
            row.certification_fees_ustx,
            row.network_fees_ustx,
            row.revenue_ustx,
            row.refunds_ustx,
            row.sold_kwh,
            row.bought_kwh,
            row.consumed_kwh,
            row.refunded_kwh,
            row.transactions.into(),
            row.rejected.into(),
        ];
        assert_eq!(told, counted, "{}", row.kind);
    }
}

fn hold_limits(record: &Record, rows: &[&TickRow], calls: &[&TransactionRow], first: u32) {
    let turned_away = |call: &&&TransactionRow, code| {
        call.function == Function::AddEnergyForSale && call.error_code == Some(code)
    };
    for row in &record.limits {
        assert_eq!(row.ticks, rows.len() as u64, "{}", row.limit);
        assert!(row.ticks_at_limit.is_none_or(|ticks| ticks <= row.ticks), "{row:?}");
        assert!(row.first_tick.is_none_or(|tick| tick >= first), "{row:?}");
    }
    let all = |name: &str| -> &LimitRow {
        let row = record.limits.iter().find(|row| row.limit == name && row.kind == "all");
        row.unwrap_or_else(|| panic!("no limit {name}"))
    };
    let reserve = all("reserve_limit_kwh");
    let counted = calls.iter().filter(|call| turned_away(call, 108)).count();
    assert_eq!(reserve.calls_turned_away, counted as u64);
    let binds = |row: &&&TickRow| {
        row.reserve_kwh >= row.reserve_limit_kwh || row.turned_away_by_reserve > 0
    };
    assert_eq!(reserve.ticks_at_limit, Some(rows.iter().filter(binds).count() as u64));
    let counted = calls.iter().filter(|call| turned_away(call, 111)).count();
    assert_eq!(all("max_energy_per_user_kwh").calls_turned_away, counted as u64);
    let unpaid = |call: &&&TransactionRow| {
        call.function == Function::RefundEnergy && call.error_code == Some(106)
    };
    assert_eq!(
        all("treasury").calls_turned_away,
        calls.iter().filter(unpaid).count() as u64,
        "refunds unpaid"
    );
}

fn hold_measures(record: &Record, rows: &[&TickRow], calls: &[&TransactionRow], first: u32) {
    let ticks = |of: fn(&TickRow) -> f64| rows.iter().map(|row| of(row)).sum::<f64>();
    for (name, of) in [
        ("made_kwh", (|row| row.made_kwh) as fn(&TickRow) -> f64),
        ("used_kwh", |row| row.used_kwh),
        ("surplus_kwh", |row| row.surplus_kwh),
        ("need_kwh", |row| row.need_kwh),
        ("credited_kwh", |row| row.credited_kwh as f64),
        ("listed_kwh", |row| row.listed_kwh as f64),
        ("traded_kwh", |row| row.traded_kwh as f64),
        ("refunded_kwh", |row| row.refunded_kwh as f64),
        ("consumed_kwh", |row| row.consumed_kwh as f64),
        ("purchases", |row| row.purchases as f64),
        ("commission_stx", |row| row.commission_ustx as f64 / 1e6),
        ("refunds_stx", |row| row.refunds_ustx as f64 / 1e6),
        ("network_fees_stx", |row| row.network_fees_ustx as f64 / 1e6),
        ("transactions", |row| row.transactions as f64),
        ("aborted", |row| row.aborted as f64),
        ("dropped", |row| row.dropped as f64),
        ("left_out", |row| row.left_out as f64),
    ] {
        equal(name, measure(record, name), ticks(of));
    }
    equal("transactions", measure(record, "transactions"), calls.len() as f64);
    let with_code = |function, code| {
        let found =
            calls.iter().filter(|call| (call.function, call.error_code) == (function, Some(code)));
        found.count() as f64
    };
    let (listing, refund) = (Function::AddEnergyForSale, Function::RefundEnergy);
    equal("reserve", measure(record, "turned_away_by_reserve"), with_code(listing, 108));
    equal("user limit", measure(record, "turned_away_by_user_limit"), with_code(listing, 111));
    equal("refunds unpaid", measure(record, "refunds_unpaid"), with_code(refund, 106));
    let gains = |kind: &str| -> f64 {
        let alike = record.participants.iter().filter(|one| one.kind == kind);
        alike.map(|one| one.gain_ustx / 1e6).sum()
    };
    equal("savings", measure(record, "buyers_savings_stx"), gains("buyer"));
    equal("gains", measure(record, "producers_gain_stx"), gains("producer"));
    let taken: f64 = record.adversaries.iter().map(|row| row.net_ustx / 1e6).sum();
    equal("adversaries", measure(record, "adversaries_net_stx"), taken);
    let efficiency = measure(record, "efficiency_share");
    assert!(efficiency.is_nan() || efficiency <= 1.0, "{efficiency}");
    // The treasury before the window is where its least begins.
    let before = record.ticks.iter().rfind(|row| row.tick.index() < first);
    let mut treasury: Vec<u128> = rows.iter().map(|row| row.treasury_ustx).collect();
    treasury.extend(before.map(|row| row.treasury_ustx));
    let least = treasury.into_iter().min().unwrap_or(0) as f64 / 1e6;
    assert!(first == 0 || (measure(record, "treasury_min_stx") - least).abs() < 1e-6);
    // Nothing waits in a histogram that did not wait within the window: where none
    // was dropped and none is left, waits are those of the calls, to three digits.
    if rows.iter().all(|row| row.dropped == 0) && rows.last().is_some_and(|row| row.waiting == 0) {
        let mut waits: Vec<u64> = calls.iter().map(|call| call.wait_s).collect();
        waits.sort_unstable();
        let at = (waits.len() as f64 * 0.95).ceil() as usize - 1;
        let (told, counted) = (measure(record, "wait_s_p95"), waits[at] as f64);
        assert!((told - counted).abs() <= 1e-3 * counted + 1.0, "waits {told}, {counted}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_table_counts_what_comes_after_the_warm_up(
        warm_up in 1..=3_u32, measured in 1..=2_u32, seed in 1..=1_000_u64,
    ) {
        let days = warm_up + measured;
        let record = run(days, warm_up, seed);
        hold(&record, 24 * warm_up);
        // Measuring is looking on.
        let whole = run(days, 0, seed);
        hold(&whole, 0);
        prop_assert_eq!(&record.ticks, &whole.ticks);
        prop_assert_eq!(&record.transactions, &whole.transactions);
        prop_assert_eq!(&record.state_sha256, &whole.state_sha256);
        prop_assert_eq!(&record.findings, &whole.findings);
    }
}

#[test]
fn a_busy_market_meets_what_the_window_is_held_against() {
    let record = run(2, 0, 3);
    for name in ["rejected_share", "left_out", "adversaries_spent_stx"] {
        let value = measure(&record, name);
        assert!(value > 0.0, "{name} is {value}");
    }
    let certification =
        |row: &TransactionRow| row.function.contract() == Contract::EnergyProduction;
    assert!(record.transactions.iter().any(certification));
}

#[test]
fn a_step_of_a_search_counts_the_same_time_throughout_whatever_the_scenarios_warm_up() {
    let step = |warm_up: &str| {
        let overrides = ["time.tick_minutes=60", "time.days=6", "stress.days=2", warm_up];
        let scenario = scenario("tiny.toml", &overrides);
        let options = StressOptions { jobs: 1, most_load: 20 };
        let mut capacity = stress(&scenario, options, &|| {}).expect("a capacity");
        capacity.steps.remove(0)
    };
    let step_of_no_warm_up = step("warmup.days=0");
    let calls: u64 = step_of_no_warm_up.calls.iter().map(|row| row.count).sum();
    equal("calls", calls as f64, step_of_no_warm_up.measure("transactions"));
    let sent = step_of_no_warm_up.sent_an_hour * step_of_no_warm_up.hours;
    let waiting = (sent - step_of_no_warm_up.measure("transactions")).abs();
    assert!(waiting <= 20.0, "{sent} were sent");
    assert_eq!(step("warmup.days=2"), step_of_no_warm_up);
}
