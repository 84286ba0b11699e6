//! The contracts' limits: what the real contracts say around each edge, what a
//! run writes of them, and when they start to bind as a market grows.

use std::fs;

use connect_sim::experiments::{Limit, edges, limits};

use crate::binary::printed;
use crate::markets::{prepared, scenario};

#[test]
fn the_contracts_turn_at_each_edge() {
    let found = edges(&prepared("tiny.toml", &[])).expect("probed");
    let (yes, overflow) = ("accepted", "aborted: ArithmeticOverflow");
    let (amount, rate, price) = ("u204 invalid amount", "u105 invalid rate", "u103 invalid price");
    let poor = "u102 transfer failed";
    for (limit, what, says) in [
        ("reserve_limit_kwh", "over the market", &[yes, yes, "u108 reserve limit exceeded"][..]),
        ("reserve_limit_kwh", "50 kWh listed", &["u109 invalid reserve limit", yes, yes]),
        ("max_energy_per_user_kwh", "by one", &[yes, yes, "u111 per-user limit exceeded"]),
        ("max_energy_per_user_kwh", "new limit", &["u104 invalid amount", yes]),
        ("minimum_production_kwh", "declared", &[amount, yes, yes]),
        ("minimum_production_kwh", "new least", &[yes, yes, amount]),
        ("maximum_production_kwh", "declared", &[yes, yes, amount]),
        ("maximum_production_kwh", "new greatest", &[amount, yes, yes]),
        ("certification_queue", "a day's work", &[yes, yes, yes]),
        ("certification_queue", "of one producer", &[yes, yes, "u209 application already open"]),
        ("rate_bounds", "new commission", &[yes, yes, rate]),
        ("rate_bounds", "new refund rate", &[yes, yes, rate]),
        ("rate_bounds", "new refund basis", &[yes, yes, "u115 invalid basis"]),
        ("treasury", "in the treasury", &["u106 refund failed", yes, yes]),
        ("greatest_price", "asked", &[yes, yes, price]),
        ("greatest_price", "reference", &[yes, yes, price]),
        ("greatest_reading", "in a reading", &[yes, yes, yes]),
        ("uint_range", "new limit", &[yes, yes]),
        ("uint_range", "given", &[poor, poor]),
        ("uint_range", "greatest price", &[poor, poor, overflow]),
    ] {
        let probe = found.iter().filter(|edge| edge.limit == limit && edge.what.contains(what));
        let said: Vec<String> = probe.map(|edge| edge.says()).collect();
        assert_eq!(said, says, "{limit}, {what}");
    }
    // What does not fit is named by what would, and not shown whole.
    let long = found.iter().filter(|edge| edge.limit == "batch_length" && edge.place == "above");
    let long: Vec<&str> = long.map(|edge| edge.error.as_str()).collect();
    assert!(!long.is_empty());
    for reason in long {
        assert!(reason.starts_with("expects (list ") && reason.len() < 300, "{reason}");
    }
    // Where the contracts' numbers end they say no, or the machine stops the
    // call; nothing wraps around.
    for edge in found.iter().filter(|edge| edge.value == u128::MAX) {
        let setting = edge.function.name() == "set-energy-reserve-limit";
        assert_eq!(edge.outcome == "accepted", setting, "{edge:?}");
    }
    // A reading that is too great is taken and left out, beside the others.
    let readings: Vec<&str> = found
        .iter()
        .filter(|edge| edge.limit == "greatest_reading")
        .map(|edge| edge.answer.as_str())
        .collect();
    assert!(readings[1].contains("(skipped u0)"), "{readings:?}");
    assert!(readings[2].contains("(skipped u1)"), "{readings:?}");
}

#[test]
fn a_run_tells_whom_the_limits_turned_away() {
    let scratch = tempfile::tempdir().expect("a directory");
    let out = scratch.path().join("run");
    let set = [
        "market.reserve_limit_kwh=4",
        "certification.minimum_production_kwh=800",
        "certification.maximum_production_kwh=1000",
        "producers.certified_at_start=0.5",
        "certifiers.applications_per_day=1",
    ];
    let mut arguments = vec!["run", "scenarios/tiny.toml", "--quiet"];
    arguments.extend(set.iter().flat_map(|set| ["--set", *set]));
    printed(&arguments, &out);
    let read = |file: &str| {
        let text = fs::read_to_string(out.join(file)).expect(file);
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        let headers = rows.headers().expect("headers").clone();
        let column = |name: &str| headers.iter().position(|header| header == name).expect("column");
        let rows: Vec<csv::StringRecord> = rows.records().collect::<Result<_, _>>().expect("rows");
        let names: Vec<usize> = match file {
            "limits.csv" => {
                ["limit", "kind", "size", "calls_turned_away", "ticks_at_limit", "first_tick"]
                    .map(column)
                    .to_vec()
            }
            _ => ["function", "error_code", "count"].map(column).to_vec(),
        };
        rows.iter()
            .map(|row| names.iter().map(|name| row[*name].to_owned()).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let (limits, calls) = (read("limits.csv"), read("calls.csv"));
    let number = |text: &str| text.parse::<u64>().unwrap_or(0);
    let sum = |limit: &str, all: bool| {
        limits
            .iter()
            .filter(|row| row[0] == limit && (row[1] == "all") == all)
            .map(|row| number(&row[3]))
            .sum::<u64>()
    };
    let rejected = |function: &str, code: &str| {
        calls
            .iter()
            .filter(|row| row[0] == function && row[1] == code)
            .map(|row| number(&row[2]))
            .sum::<u64>()
    };
    let by_reserve = rejected("add-energy-for-sale", "108");
    assert!(by_reserve > 0, "the reserve must bind here");
    assert_eq!(sum("reserve_limit_kwh", true), by_reserve);
    assert_eq!(sum("reserve_limit_kwh", false), by_reserve, "every call has a kind and a size");
    let by_bounds = rejected("apply-for-certification", "204");
    assert!(by_bounds > 0, "the bounds of production must bind here");
    let both = sum("minimum_production_kwh", true) + sum("maximum_production_kwh", true);
    assert_eq!(both, by_bounds);
    let reserve = limits.iter().find(|row| row[0] == "reserve_limit_kwh").expect("a row");
    assert!(number(&reserve[4]) > 0 && !reserve[5].is_empty(), "{reserve:?}");
    let sizes = ["small", "medium", "large"];
    let producers = |row: &&Vec<String>| row[1] == "producer";
    assert!(limits.iter().filter(producers).all(|row| sizes.contains(&row[2].as_str())));
    for never in ["rate_bounds", "uint_range"] {
        assert_eq!(sum(never, true), 0);
    }
}

#[test]
fn limits_start_to_bind_as_the_market_grows() {
    // Energy for about thirty homes, and a certifier for two producers a day.
    let scenario = scenario(
        "tiny.toml",
        &[
            "market.reserve_limit_kwh=60",
            "certifiers.applications_per_day=2",
            "stress.warm_up_days=0",
            "time.tick_minutes=60",
        ],
    );
    let found = limits(&scenario, 2, 80, &|| {}).expect("grown");
    for limit in [Limit::Reserve, Limit::CertificationQueue] {
        let (before, first) = found.starts(limit);
        let first = first.unwrap_or_else(|| panic!("{} never binds", limit.name()));
        if let Some(before) = before {
            assert!(before.homes < first.homes && !before.binds(limit));
        }
        let row = first.row(limit).expect("a row");
        assert!(row.first_tick.is_some() && row.ticks_at_limit <= Some(row.ticks));
    }
    assert_eq!(found.starts(Limit::Rates).1, None);
    assert_eq!(found.starts(Limit::Arithmetic).1, None);
    assert_eq!(limits(&scenario, 1, 80, &|| {}).expect("grown"), found);
}

#[test]
fn stress_tells_the_limits_in_words_and_files() {
    let scratch = tempfile::tempdir().expect("a directory");
    let out = scratch.path().join("limits");
    let said = printed(
        &[
            "stress",
            "scenarios/tiny.toml",
            "--limits",
            "--most",
            "10",
            "--set",
            "stress.warm_up_days=0",
        ],
        &out,
    );
    assert!(said.contains("u108 reserve"), "{said}");
    assert!(said.contains("binds from"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() <= 100 || line.starts_with("results")));
    for file in ["limits.csv", "limit_edges.csv", "manifest.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let manifest = fs::read_to_string(out.join("manifest.json")).expect("a manifest");
    assert!(
        manifest.contains("connect-sim stress scenarios/tiny.toml --most 10 --limits"),
        "{manifest}"
    );
}
