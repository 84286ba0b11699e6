//! `connect-sim stress` as a person meets it: the answer in words, its files,
//! and the same bytes on one thread or two.

use std::fs;
use std::path::Path;

use crate::binary::{connect_sim, printed, rows};

/// Room for about three purchases in ten minutes.
const TIGHT: &str = "network.budget={ read_count = 36, write_count = 36, \
                     read_length = 1000000, write_length = 100000, runtime = 50000000 }";

const FILES: [&str; 5] = [
    "manifest.json",
    "capacity.csv",
    "capacity_calls.csv",
    "charts/capacity.svg",
    "charts/budget.svg",
];

/// Standard output of a search that succeeds.
fn stress(out: &Path, jobs: &str, load: &str) -> String {
    let market = ["stress", "scenarios/tiny.toml", "--most", "60", "--load", load];
    let settings = ["--set", "time.tick_minutes=60", "--set", TIGHT, "--jobs", jobs];
    printed(&[&market[..], &settings].concat(), out)
}

#[test]
fn a_search_tells_the_edge_and_leaves_the_same_files_each_time() {
    let scratch = tempfile::tempdir().expect("a directory");
    let (one, two) = (scratch.path().join("one"), scratch.path().join("two"));
    let said = stress(&one, "1", "closed");
    assert!(said.contains("the chain carries "), "{said}");
    assert!(said.contains(" is crossed, and what binds is read_count"), "{said}");
    assert!(said.contains(" gets a purchase into the next block"), "{said}");
    assert!(said.contains("wait p50"), "{said}");
    assert!(
        said.lines()
            .filter(|line| line.starts_with(['│', '┌']))
            .all(|line| line.chars().count() <= 100)
    );
    stress(&two, "2", "closed");
    let text = |file: &str| fs::read_to_string(one.join(file)).expect(file);
    for file in FILES {
        assert!(!text(file).is_empty(), "{file}");
        assert!(text(file) == fs::read_to_string(two.join(file)).expect(file), "{file} differs");
    }

    let table = text("capacity.csv");
    let header = table.lines().next().expect("a header");
    insta::assert_snapshot!(header.replace(',', "\n"), @r"
    homes
    producers
    buyers
    purchases_a_tenure
    read_count_share
    read_length_share
    write_count_share
    write_length_share
    runtime_share
    binding
    wait_s_p50
    wait_s_p95
    wait_s_p99
    dropped_share
    rejected_share
    left_out
    tenures_full_share
    block_fullness_max
    next_block_fee_ustx_max
    traded_kwh
    transactions
    crossed
    load
    sent_per_hour
    measured_hours
    ended_early
    ");
    let rows = rows(table.as_bytes());
    assert_eq!((&rows[0][0], &rows[0][1], &rows[0][2]), ("20", "8", "12"));
    assert!(rows.iter().any(|row| row[21].is_empty()), "no step was carried");
    assert!(rows.iter().any(|row| !row[21].is_empty()), "no step was crossed");
    let whole = rows.iter().find(|row| &row[25] == "false").expect("a step that ran to its end");
    assert_eq!((&whole[24], &whole[22]), ("24", &whole[0]));

    // The answer stands in the manifest too, in the words that were printed.
    let manifest: serde_json::Value =
        serde_json::from_str(&text("manifest.json")).expect("a manifest");
    let answer = manifest["answer"].as_str().expect("an answer");
    assert!(said.contains(answer), "{answer}");
    assert_eq!(manifest["thresholds"][0]["metric"], "wait_s_p95");
    assert!(manifest["metering_deviation_max"].as_f64().is_some_and(|most| most < 1e-9));
    assert_eq!(manifest["contracts"].as_array().map(Vec::len), Some(2));
    let command = manifest["command"].as_str().expect("a command");
    let again = "connect-sim stress scenarios/tiny.toml --most 60 --set time.tick_minutes=60";
    assert!(command.starts_with(again), "{command}");
    assert_eq!(manifest["files"].as_array().map(Vec::len), Some(FILES.len() - 1));
}

#[test]
fn an_open_load_arrives_whatever_waits() {
    let scratch = tempfile::tempdir().expect("a directory");
    let said = stress(&scratch.path().join("open"), "2", "open");
    assert!(said.contains(" transactions an hour and "), "{said}");
    let table = fs::read_to_string(scratch.path().join("open/capacity.csv")).expect("a table");
    let rows = rows(table.as_bytes());
    assert!(rows.iter().any(|row| !row[21].is_empty()), "nothing was crossed: {table}");
    for row in &rows {
        let number = |place: usize| row[place].parse::<f64>().expect("a number");
        // The homes stay as they are; what grows is what they send.
        assert_eq!(&row[0], "20");
        let (meant, sent) = (number(22), number(23));
        assert!((sent / meant - 1.0).abs() < 0.5, "{sent} of {meant} an hour");
    }
}

#[test]
fn a_scenario_that_crosses_its_own_threshold_at_its_own_load_ends_with_99() {
    let scratch = tempfile::tempdir().expect("a directory");
    let out = scratch.path().join("crossed");
    let output = connect_sim()
        .args(["stress", "scenarios/tiny.toml", "--most", "20", "--set", "time.tick_minutes=60"])
        .args(["--set", TIGHT, "--set", "thresholds.wait_s_p99=\"< 1\"", "--out"])
        .arg(&out)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(99), "{said}");
    assert!(said.contains("wait_s_p99   < 1"), "{said}");
    assert!(out.join("capacity.csv").is_file(), "the results show by how much");
}
