//! Contracts of other hands: the plain form runs a scenario to its end, and
//! what is wrong with it is told; a whole Clarinet project is deployed in the
//! order of its dependencies, or refused with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use connect_sim::engine::record::FindingRow;
use connect_sim::engine::{Prepared, Record, RunError, World};
use connect_sim::experiments::{Code, Severity, battery};
use connect_sim::scenario::Scenario;
use connect_sim::trace::{Ending, Trace, TraceReader, replay};

use crate::binary::{connect_sim, rows};
use crate::markets::{measure, repository, scenario};

fn run(scenario: Scenario) -> Result<Record, RunError> {
    let prepared = Arc::new(Prepared::new(scenario).expect("ready"));
    let mut world = World::new(&prepared, 1, false)?;
    while world.step()? {}
    Ok(world.finish())
}

fn plain(overrides: &[&str]) -> Scenario {
    scenario("deployed.toml", overrides)
}

fn about<'r>(record: &'r Record, finding: &str, subject: &str) -> Option<&'r FindingRow> {
    record.findings.iter().find(|row| row.finding == finding && row.subject == subject)
}

#[test]
fn the_plain_form_trades_to_the_end_and_its_faults_are_told() {
    let record = run(plain(&["market.max_energy_per_user_kwh=5"])).expect("runs to its end");
    assert!(measure(&record, "traded_kwh") > 100.0);
    assert!(measure(&record, "commission_stx") > 0.0);
    for (finding, subject) in [
        ("step-left-out", "record-production"),
        ("step-left-out", "record-consumption"),
        ("step-left-out", "fund-treasury"),
        ("ledger-of-money", "wattconnect"),
        ("sold-and-not-made", "wattconnect"),
        // The reserve stays as it was when energy is sold, and the maximum a
        // user is never asked.
        ("rule-broken", "listings stay within their limits"),
        ("aborts", "remove-energy-from-sale"),
        ("aborts", "refund-energy"),
    ] {
        assert!(about(&record, finding, subject).is_some(), "{finding}: {subject}: {record:?}");
    }
    let broken: Vec<_> = record.findings.iter().filter(|f| f.finding == "rule-broken").collect();
    assert_eq!(broken.len(), 1, "{broken:?}");
}

#[test]
fn rates_that_percent_cannot_say_are_told() {
    let record = run(plain(&["market.commission_bps=250", "time.days=1"])).expect("runs");
    let rounded = about(&record, "rate-rounded", "market.commission_bps").expect("told");
    assert!(rounded.detail.contains("2 %"), "{rounded:?}");
}

#[test]
fn the_shipped_contracts_have_nothing_noted() {
    let scenario = scenario("tiny.toml", &["time.days=1"]);
    let record = run(scenario).expect("runs");
    assert_eq!(record.findings, []);
}

/// What the battery finds of these contracts, the worst first.
fn weaknesses(code: &Code, scenario: Option<&Scenario>) -> Vec<(Severity, String)> {
    let genesis = scenario.map(|scenario| scenario.genesis.clone()).unwrap_or_default();
    let found = battery(code, &genesis).expect("deploys");
    found.into_iter().map(|weakness| (weakness.severity, weakness.found)).collect()
}

#[test]
fn the_shipped_contracts_pass_the_battery() {
    let found = weaknesses(&Code::shipped(), None);
    assert!(found.iter().all(|(severity, _)| *severity == Severity::Note), "{found:?}");
    assert!(found.iter().any(|(_, found)| found.contains("1363 fit")), "{found:?}");
}

#[test]
fn the_battery_finds_what_is_wrong_with_the_plain_form() {
    let scenario = plain(&[]);
    let prepared = Arc::new(Prepared::new(scenario).expect("ready"));
    let found = weaknesses(&prepared.code, Some(&prepared.scenario));
    for (severity, what) in [
        (Severity::Severe, "leaves the reserve at"),
        (Severity::Severe, "remove-energy-from-sale never did its work: aborted"),
        (Severity::Severe, "refund-energy never did its work: aborted"),
        (Severity::Fault, "the maximum of 50 kWh a user does not bind"),
        (Severity::Fault, "commission rounds down"),
        (Severity::Note, "left out is what needs buy-energy-from-many"),
    ] {
        let met = found.iter().any(|(found, text)| *found == severity && text.contains(what));
        assert!(met, "{what}: {found:#?}");
    }
    // Without its seeds nothing can be tried.
    let found = weaknesses(&prepared.code, None);
    assert!(found[0].1.contains("no market can start"), "{found:?}");
}

/// Checks what is at `path`, does the evidence of every finding again, and
/// gives the findings' names with their traces.
fn checked(path: &str, code: i32, home: &Path) -> BTreeMap<String, Trace> {
    let out = home.join("checked");
    let assert = connect_sim().args(["check", path, "--out"]).arg(&out).assert().code(code);
    let shown = String::from_utf8(assert.get_output().stdout.clone()).expect("text");
    let table = fs::read_to_string(out.join("findings.csv")).expect("a table");
    let mut traces = BTreeMap::new();
    for row in rows(table.as_bytes()) {
        let (name, found, file) = (&row[1], &row[2], &row[4]);
        if name == "left-out" {
            assert_eq!(file, "");
            continue;
        }
        assert_eq!(file, format!("evidence/{name}.jsonl"));
        assert!(shown.replace(['│', '\n', ' '], "").contains(&format!("evidence/{name}")));
        let text = fs::read(out.join(file)).expect("a trace");
        let reader = TraceReader::open(file, text.as_slice()).expect("a header");
        let replayed = replay(reader, &BTreeMap::new(), |_, _, _| {}).expect("replays");
        assert!(replayed.is_same(), "{name}: {replayed:?}");
        assert_eq!(replayed.end.finding.as_deref(), Some(found), "{name}");
        traces.insert(name.to_owned(), Trace::read(file, text.as_slice()).expect("reads"));
    }
    let kept = fs::read_dir(out.join("evidence")).expect("traces").count();
    assert_eq!(kept, traces.len(), "each finding has a name of its own");
    connect_sim().args(["report", "--verify", "--quiet"]).arg(&out).assert().success();
    traces
}

#[test]
fn every_finding_comes_with_calls_that_can_be_done_again() {
    let home = tempfile::tempdir().expect("a directory");
    let dry = checked("contracts/variants/plain", 99, home.path());
    assert!(dry.contains_key("no-market"), "{:?}", dry.keys());

    let home = tempfile::tempdir().expect("a directory");
    let seeded = checked("scenarios/deployed.toml", 99, home.path());
    let names: BTreeSet<&str> = seeded.keys().map(String::as_str).collect();
    for name in ["dust", "user-limit", "reserve-stays", "listing-stays", "no-refund"] {
        assert!(names.contains(name), "{names:?}");
    }
    // The last call is the one that shows it.
    for (name, function, ending) in [
        ("user-limit", "add-energy-for-sale", Ending::Accepted),
        ("reserve-stays", "buy-energy-from-user", Ending::Accepted),
        ("never-refund-energy", "refund-energy", Ending::Aborted),
    ] {
        let last = seeded[name].calls().last().expect("calls");
        assert_eq!((last.function.as_str(), last.receipt.status), (function, ending), "{name}");
    }
    let file = home.path().join("checked/evidence/never-refund-energy.jsonl");
    let assert = connect_sim().arg("replay").arg(file).assert().success();
    let shown = String::from_utf8(assert.get_output().stdout.clone()).expect("text");
    assert!(shown.contains("kept for this: refund-energy never did its work"), "{shown}");

    let home = tempfile::tempdir().expect("a directory");
    let shipped = checked("contracts", 0, home.path());
    assert_eq!(shipped.keys().collect::<Vec<_>>(), ["purchases-a-tenure"]);
}

#[test]
fn the_battery_finds_planted_weaknesses() {
    for (from, to, what) in [
        ("(is-eq tx-sender (var-get owner))", "true", "a stranger may call"),
        ("refund-basis: BASIS_PAID", "refund-basis: BASIS_REFERENCE", "a refund pays"),
    ] {
        let mut code = Code::shipped();
        assert!(code.wattconnect.text.contains(from), "the contract does not say {from}");
        code.wattconnect.text = code.wattconnect.text.replace(from, to);
        let found = weaknesses(&code, None);
        let (severity, text) = &found[0];
        assert!(*severity == Severity::Severe && text.contains(what), "{found:?}");
    }
}

#[test]
fn an_expression_that_fails_is_a_fault_of_the_scenario() {
    let text = fs::read_to_string(repository("scenarios/deployed.toml")).expect("text");
    let text = text.replace("map-set energy-balances", "map-set energy-balance");
    let scenario = Scenario::from_toml(&text, repository("scenarios/deployed.toml"), &[]);
    let Err(RunError::Genesis { expression, why }) = run(scenario.expect("sound")) else {
        panic!("there is no such map");
    };
    assert!(expression.starts_with("(map-set energy-balance '"), "{expression}");
    assert!(!why.is_empty());
}

/// A project with the plain pair, and `extra` at the end of its Clarinet.toml;
/// trading refers to a third contract.
fn project(extra: &str) -> (tempfile::TempDir, Scenario) {
    let directory = tempfile::tempdir().expect("a directory");
    let plain = repository("contracts/variants/plain");
    for name in ["wattconnect.clar", "energy-production.clar"] {
        fs::copy(plain.join(name), directory.path().join(name)).expect("copied");
    }
    let trading = directory.path().join("wattconnect.clar");
    let mut text = fs::read_to_string(&trading).expect("text");
    text.push_str("(define-read-only (greeting) (contract-call? .words hello))\n");
    fs::write(&trading, text).expect("written");
    fs::write(directory.path().join("words.clar"), "(define-read-only (hello) u1)\n")
        .expect("written");
    let mut toml = fs::read_to_string(plain.join("Clarinet.toml")).expect("text");
    toml.push_str(extra);
    fs::write(directory.path().join("Clarinet.toml"), toml).expect("written");
    let path = directory.path().join("Clarinet.toml");
    let text = fs::read_to_string(repository("scenarios/deployed.toml")).expect("text");
    let text = text.replace("../contracts/variants/plain/Clarinet.toml", &path.to_string_lossy());
    let scenario = Scenario::from_toml(&text, "deployed.toml", &["time.days=1".to_owned()]);
    (directory, scenario.expect("sound"))
}

#[test]
fn a_project_is_deployed_in_the_order_of_its_dependencies() {
    let (_kept, scenario) = project("\n[contracts.words]\npath = \"words.clar\"\nepoch = 2.4\n");
    run(scenario).expect("the third is deployed first");
    let (_kept, scenario) = project("");
    let error = run(scenario).expect_err("there is no third").to_string();
    assert!(error.contains("words"), "{error}");
}

#[test]
fn what_a_project_asks_for_in_vain_is_refused_with_the_reason() {
    let words = "\n[contracts.words]\npath = \"words.clar\"\n";
    for (extra, said) in [
        (format!("{words}clarity_version = 3\n"), "contracts.words.clarity_version: is 3"),
        (format!("{words}epoch = \"latest\"\n"), "contracts.words.epoch: is latest"),
        (words.replace("words.clar", "gone.clar"), "gone.clar"),
    ] {
        let (_kept, scenario) = project(&extra);
        let error = Prepared::new(scenario).expect_err("refused").to_string();
        assert!(error.contains("Clarinet.toml") && error.contains(said), "{error}");
    }
}
