//! `connect-sim stress --adversaries` as a person meets it: the answers in
//! words, its files, and the same bytes on one thread or two.

use std::fs;
use std::path::Path;

use crate::binary::{self, connect_sim, printed};

const FILES: [&str; 5] =
    ["manifest.json", "adversaries.csv", "safety.csv", "safety_tried.csv", "charts/safety.svg"];

/// Standard output of a search among the double-dippers of a small market.
fn stress(out: &Path, jobs: &str) -> String {
    let search = ["stress", "scenarios/tiny.toml", "--adversaries", "--kinds", "double-dipper"];
    let extent = ["--replicates", "2", "--halvings", "1", "--jobs", jobs];
    let settings = ["--set", "time.tick_minutes=60", "--set", "network.costs=\"off\""];
    printed(&[&search[..], &extent, &settings].concat(), out)
}

#[test]
fn the_safe_ranges_are_told_and_the_same_each_time() {
    let scratch = tempfile::tempdir().expect("a directory");
    let (one, two) = (scratch.path().join("one"), scratch.path().join("two"));
    let said = stress(&one, "1");
    stress(&two, "2");
    let text = |file: &str| fs::read_to_string(one.join(file)).expect(file);
    for file in FILES {
        assert!(!text(file).is_empty(), "{file}");
        assert!(text(file) == fs::read_to_string(two.join(file)).expect(file), "{file} differs");
    }
    assert!(said.contains("never pays") && said.contains("double-dipper"), "{said}");
    let rows = |file: &str| binary::rows(text(file).as_bytes());
    // On what was paid, a refund never beats the utility; on the reference
    // price it does once that is dear enough.
    let edges = rows("safety.csv");
    assert_eq!(edges.len(), 2);
    let reference = edges.iter().find(|row| &row[2] == "market.refund_basis=0").expect("a row");
    assert_eq!(&reference[6], "safe below");
    let safe: f64 = reference[7].parse().expect("a number");
    assert!((400_000.0..1_300_000.0).contains(&safe), "{safe}");
    let paid = edges.iter().find(|row| &row[2] == "market.refund_basis=1").expect("a row");
    assert_eq!(&paid[6], "never pays");
    assert_eq!(rows("adversaries.csv").len(), 9, "each effect of the one lineup");
    let manifest: serde_json::Value =
        serde_json::from_str(&text("manifest.json")).expect("a manifest");
    assert_eq!(manifest["files"].as_array().map(Vec::len), Some(FILES.len() - 1));
    assert!(manifest["command"].as_str().is_some_and(|command| command.contains("--kinds")));
}

#[test]
fn an_unknown_kind_is_told_which_there_are() {
    let output = connect_sim()
        .args(["stress", "scenarios/tiny.toml", "--adversaries", "--kinds", "goblin"])
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("refund-arbitrageur"), "{errors}");
}
