//! A result's files, written from a real run of the smallest scenario.

use std::collections::BTreeMap;

use connect_sim::experiments::{Outcome, RunOptions, run};
use connect_sim::report::{self, Format, Provenance, ReportError, ResultDirectory};
use sha2::{Digest, Sha256};

use crate::binary::{files, rows};
use crate::markets::prepared;

fn outcome(replicates: u32, jobs: usize, trace: bool) -> Outcome {
    let options = RunOptions { replicates, jobs, trace };
    run(&prepared("tiny.toml", &[]), options, &|| {}).unwrap_or_else(|error| panic!("{error}"))
}

fn provenance(outcome: &Outcome) -> Provenance {
    Provenance {
        command: "connect-sim run scenarios/tiny.toml --replicates 2".to_owned(),
        version: "0.1.0".to_owned(),
        scenario_file: "scenarios/tiny.toml".to_owned(),
        data: report::data_files(&outcome.scenario).expect("shipped data"),
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_result_is_whole_and_the_same_on_one_thread_or_two() {
    let home = tempfile::tempdir().expect("a directory");
    let write = |name: &str, jobs: usize| {
        let outcome = outcome(2, jobs, true);
        let directory = home.path().join(name);
        let result = ResultDirectory::begin(&directory, false).expect("free");
        report::write(&outcome, &provenance(&outcome), Format::Csv, result).expect("written");
        (outcome, files(&directory))
    };
    let (outcome, first) = write("one", 1);
    let (_, second) = write("two", 2);
    assert!(first == second, "two runs gave different bytes");
    let names: Vec<&str> = first.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "calls.csv",
            "charts/calls.svg",
            "charts/energy.svg",
            "charts/gains.svg",
            "charts/limits.svg",
            "charts/prices.svg",
            "charts/treasury.svg",
            "limits.csv",
            "manifest.json",
            "participants.csv",
            "summary.csv",
            "ticks.csv",
            "traces/seed-1.jsonl",
            "traces/seed-2.jsonl",
            "transactions.csv",
        ]
    );
    assert_eq!(rows(&first["summary.csv"]).len(), outcome.summary.len());
    for (name, lengths) in [
        ("ticks.csv", outcome.records.iter().map(|record| record.ticks.len()).collect::<Vec<_>>()),
        ("participants.csv", outcome.records.iter().map(|r| r.participants.len()).collect()),
        ("limits.csv", outcome.records.iter().map(|record| record.limits.len()).collect()),
        ("calls.csv", outcome.records.iter().map(|record| record.calls.len()).collect()),
        ("transactions.csv", outcome.records.iter().map(|r| r.transactions.len()).collect()),
    ] {
        let rows = rows(&first[name]);
        for (replicate, length) in lengths.into_iter().enumerate() {
            let of_replicate = rows.iter().filter(|row| row[0] == replicate.to_string()).count();
            assert!(length > 0 && of_replicate == length, "{name}: {of_replicate} of {length}");
        }
    }
    manifest_tells(&outcome, &first);
    for (name, bytes) in first.iter().filter(|(name, _)| name.ends_with(".svg")) {
        chart_is_readable(name, std::str::from_utf8(bytes).expect("text"));
    }
    assert!(matches!(
        ResultDirectory::begin(&home.path().join("one"), false),
        Err(ReportError::AlreadyThere { .. })
    ));
}

/// A chart says what it is of, and every text in it begins or ends on the sheet.
fn chart_is_readable(name: &str, svg: &str) {
    let read = roxmltree::Document::parse(svg).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let sheet = read.root_element();
    assert_eq!((sheet.tag_name().name(), sheet.attribute("role")), ("svg", Some("img")), "{name}");
    let told = |tag: &str| {
        sheet.children().find(|node| node.tag_name().name() == tag).and_then(|n| n.text())
    };
    assert!(told("title").is_some_and(|title| title.len() > 20), "{name}");
    let about = told("desc").unwrap_or_default();
    assert!(
        about.contains("Scenario tiny: 8 producers, 12 buyers, 1 day from "),
        "{name}: {about}"
    );
    assert!(svg.contains("prefers-color-scheme:dark") && !svg.contains("var("), "{name}");
    assert!(!svg.contains("NaN") && !svg.contains("inf\""), "{name}");
    assert!(svg.len() < 200_000, "{name} has {} bytes", svg.len());
    let number = |node: &roxmltree::Node<'_, '_>, name: &str| -> Option<f64> {
        node.attribute(name)?.parse().ok()
    };
    let (width, height) = (number(&sheet, "width"), number(&sheet, "height"));
    let (width, height) = (width.expect("a width"), height.expect("a height"));
    let texts: Vec<_> =
        sheet.descendants().filter(|node| node.tag_name().name() == "text").collect();
    assert!(texts.len() > 10, "{name} has {} texts", texts.len());
    for text in texts {
        let (mut x, mut y) = (number(&text, "x").expect("x"), number(&text, "y").expect("y"));
        for group in text.ancestors().filter_map(|node| node.attribute("transform")) {
            let moved = group.trim_start_matches("translate(").trim_end_matches(')');
            let (right, down) = moved.split_once(' ').expect("two numbers");
            x += right.parse::<f64>().expect("a number");
            y += down.parse::<f64>().expect("a number");
        }
        let on_sheet = (0.0..=width).contains(&x) && (8.0..height).contains(&y);
        assert!(on_sheet, "{name}: {:?} at {x}, {y} of {width} by {height}", text.text());
    }
}

fn manifest_tells(outcome: &Outcome, files: &BTreeMap<String, Vec<u8>>) {
    let manifest: serde_json::Value =
        serde_json::from_slice(&files["manifest.json"]).expect("JSON");
    assert_eq!(manifest["format"], 1);
    assert_eq!(manifest["program"]["name"], "connect-sim");
    assert_eq!(manifest["command"], "connect-sim run scenarios/tiny.toml --replicates 2");
    assert_eq!(manifest["scenario_sha256"], outcome.scenario.sha256().as_str());
    assert_eq!(manifest["scenario"]["producers"]["count"], 8);
    assert_eq!(manifest["scenario"]["time"]["start"], "2026-06-15");
    assert_eq!(manifest["data"].as_array().map(Vec::len), Some(3));
    assert_eq!(manifest["contracts"][0]["sha256"], outcome.contracts[0].1.as_str());
    for (replicate, record) in outcome.records.iter().enumerate() {
        let told = &manifest["replicates"][replicate];
        assert_eq!((&told["replicate"], &told["seed"]), (&replicate.into(), &record.seed.into()));
        assert_eq!(told["state_sha256"], record.state_sha256.as_str());
    }
    let told: BTreeMap<String, String> = manifest["files"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|file| (file["file"].to_string(), file["sha256"].to_string()))
        .collect();
    let found: BTreeMap<String, String> = files
        .iter()
        .filter(|(name, _)| *name != "manifest.json")
        .map(|(name, bytes)| (format!("{name:?}"), format!("{:?}", sha256(bytes))))
        .collect();
    assert_eq!(told, found);
}

#[test]
fn one_replicate_without_a_trace_has_no_interval_and_no_transactions() {
    let home = tempfile::tempdir().expect("a directory");
    let directory = home.path().join("result");
    let outcome = outcome(1, 1, false);
    let result = ResultDirectory::begin(&directory, false).expect("free");
    report::write(&outcome, &provenance(&outcome), Format::Csv, result).expect("written");
    let files = files(&directory);
    assert!(!files.contains_key("transactions.csv"));
    for row in rows(&files["summary.csv"]) {
        assert!(row[3].is_empty() && row[4].is_empty() && row[6].is_empty(), "{row:?}");
    }
}
