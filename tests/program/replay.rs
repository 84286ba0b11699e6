//! Traces of real runs, done again by the program as a user would: the same,
//! another, one that was tampered with, and the one that a broken rule leaves.

use std::fs;
use std::path::{Path, PathBuf};

use connect_sim::trace::{Ending, Step, Trace};

use crate::binary::connect_sim;

/// Runs the tiny market for some hours on blocks so tight that some calls do
/// not fit, and returns the trace's file.
fn traced(directory: &Path) -> PathBuf {
    let out = directory.join("tight");
    connect_sim()
        .args(["run", "scenarios/tiny.toml", "--trace", "--quiet"])
        .args(["--set", "time.tick_minutes=60", "--set"])
        .arg(
            "network.budget={read_count=40, write_count=15000, read_length=100000000, \
             write_length=15000000, runtime=5000000000}",
        )
        .arg("--out")
        .arg(&out)
        .assert()
        .success();
    out.join("trace.jsonl")
}

#[test]
fn a_run_is_done_again_to_the_last_byte_of_its_state() {
    let scratch = tempfile::tempdir().expect("a directory");
    let file = traced(scratch.path());
    let text = fs::read_to_string(&file).expect("a trace");
    let trace = Trace::read("trace.jsonl", text.as_bytes()).expect("reads");
    let setup = trace.calls().filter(|call| call.fee.is_zero()).count();
    assert!(setup > 20, "the setup is in it");
    assert!(trace.steps.len() > 2 * setup, "and so is the market");
    assert!(trace.calls().any(|call| call.receipt.status == Ending::Rejected));

    let same = connect_sim().arg("replay").arg(&file).assert().success();
    let output = String::from_utf8(same.get_output().stdout.clone()).expect("text");
    let words = format!(
        "{} calls done again: every receipt and the final state are the same",
        trace.steps.len()
    );
    assert!(output.contains(&words), "{output}");
    assert!(output.contains("a run of tiny under seed 1"), "{output}");
    let shipped = ["contracts/wattconnect.clar", "contracts/energy-production.clar"];
    connect_sim()
        .args(["replay", "--quiet", "--contracts"])
        .args(shipped)
        .arg(&file)
        .assert()
        .success();

    // A receipt that never was, a fee that was not paid, a file cut short.
    let sold = trace.calls().position(|call| call.function == "buy-energy-from-user");
    let line = text.lines().nth(1 + sold.expect("a sale")).expect("a line");
    for (tampered, code) in [
        (line.replace("(ok ", "(ok  "), 3),
        (line.replacen("\"fee\":\"", "\"fee\":\"1", 1), 3),
        (line.replace("buy-energy-from-user", "buy-energy"), 3),
        (line.replace("\"receipt\"", "\"recipe\""), 2),
    ] {
        let path = scratch.path().join("tampered.jsonl");
        assert_ne!(tampered, line);
        fs::write(&path, text.replace(line, &tampered)).expect("written");
        connect_sim().arg("replay").arg(&path).assert().code(code);
    }
    let cut = scratch.path().join("cut.jsonl");
    fs::write(&cut, &text[..text.len() - 100]).expect("written");
    let assert = connect_sim().args(["replay", "--quiet"]).arg(&cut).assert().code(2);
    let error = String::from_utf8(assert.get_output().stderr.clone()).expect("text");
    assert!(error.contains("cut.jsonl:"), "{error}");

    let other = scratch.path().join("other.clar");
    let contract = fs::read_to_string("contracts/wattconnect.clar").expect("a contract");
    fs::write(&other, contract.replace("\"energy-listed\"", "\"energy-offered\""))
        .expect("written");
    connect_sim()
        .args(["replay", "--quiet"])
        .arg(&file)
        .arg("--contracts")
        .args([other.as_path(), Path::new(shipped[1])])
        .assert()
        .code(3);
}

#[test]
fn a_broken_rule_leaves_the_calls_that_broke_it() {
    let scratch = tempfile::tempdir().expect("a directory");
    let wrong = scratch.path().join("wattconnect.clar");
    let contract = fs::read_to_string("contracts/wattconnect.clar").expect("a contract");
    let (from, to) = ("amount: amount, payout: payout", "amount: amount, payout: (- payout u1)");
    assert!(contract.contains(from));
    fs::write(&wrong, contract.replace(from, to)).expect("written");
    let setting = format!("contracts.wattconnect={:?}", wrong.display().to_string());
    let assert = connect_sim()
        .args([
            "run",
            "scenarios/tiny.toml",
            "--set",
            "time.tick_minutes=60",
            "--set",
            "time.days=2",
        ])
        .args(["--set", "market.max_energy_per_user_kwh=8", "--set", &setting, "--quiet", "--out"])
        .arg(scratch.path().join("broken"))
        .assert()
        .code(3);
    let error = String::from_utf8(assert.get_output().stderr.clone()).expect("text");
    let kept = scratch.path().join("broken-broken-seed-1.jsonl");
    assert!(error.contains(&kept.display().to_string()), "{error}");
    assert!(!scratch.path().join("broken").exists(), "no result");

    let trace = fs::read(&kept).expect("a trace");
    let trace = Trace::read("kept", trace.as_slice()).expect("reads");
    let refunds = trace.calls().filter(|call| call.function == "refund-energy");
    assert!(refunds.count() > 0, "the call that broke it is there");
    assert!(trace.end.finding.is_some_and(|finding| finding.contains("seed 1, tick")));
    let assert = connect_sim().arg("replay").arg(&kept).assert().success();
    let output = String::from_utf8(assert.get_output().stdout.clone()).expect("text");
    assert!(output.contains("kept for this: a rule that must always hold was broken"), "{output}");
}

#[test]
fn a_seeded_contract_is_seeded_again() {
    let scratch = tempfile::tempdir().expect("a directory");
    let out = scratch.path().join("seeded");
    connect_sim()
        .args(["run", "scenarios/deployed.toml", "--trace", "--quiet", "--set", "time.days=1"])
        .args(["--set", "producers.count=4", "--set", "buyers.count=8", "--out"])
        .arg(&out)
        .assert()
        .success();
    let file = out.join("trace.jsonl");
    let text = fs::read_to_string(&file).expect("a trace");
    let trace = Trace::read("trace.jsonl", text.as_bytes()).expect("reads");
    let seeds = trace.steps.iter().filter(|step| matches!(step, Step::Evaluation(_)));
    // Energy for four, money for twelve and for the operator.
    assert_eq!(seeds.count(), 17);
    assert!(
        trace.calls().any(|call| call.function == "buy-energy-from-user"
            && call.receipt.status == Ending::Accepted)
    );
    let same = connect_sim().arg("replay").arg(&file).assert().success();
    let output = String::from_utf8(same.get_output().stdout.clone()).expect("text");
    assert!(output.contains("every receipt and the final state are the same"), "{output}");
    let manifest = fs::read_to_string(out.join("manifest.json")).expect("a manifest");
    assert!(manifest.contains(&trace.end.state_sha256), "the run's own final state");

    let line = text.lines().find(|line| line.contains("\"evaluate\":")).expect("a seed");
    let (before, after) = line.split_once(" u").expect("an amount");
    for (tampered, code) in [
        // Another amount, no map of that name, no such contract, no such key.
        (format!("{before} u1{after}"), 3),
        (line.replace("energy-balances", "energy-balance"), 3),
        (line.replace("\"contract\":\"wattconnect\"", "\"contract\":\"watt\""), 2),
        (line.replace("\"expression\"", "\"expressed\""), 2),
    ] {
        assert_ne!(tampered, line);
        let path = scratch.path().join("tampered.jsonl");
        fs::write(&path, text.replace(line, &tampered)).expect("written");
        connect_sim().args(["replay", "--quiet"]).arg(&path).assert().code(code);
    }
}

#[test]
fn every_kind_of_experiment_keeps_the_calls_that_broke_a_rule() {
    let scratch = tempfile::tempdir().expect("a directory");
    let wrong = scratch.path().join("wattconnect.clar");
    let contract = fs::read_to_string("contracts/wattconnect.clar").expect("a contract");
    let from = "{held: (+ (get held holder) amount)";
    assert!(contract.contains(from));
    fs::write(&wrong, contract.replace(from, "{held: (+ (get held holder) amount amount)"))
        .expect("written");
    let scenario = scratch.path().join("town.toml");
    let text = format!(
        "scenario.name = \"town\"\ncontracts.wattconnect = {wrong:?}\n\
         time = {{ days = 2, tick_minutes = 60 }}\nwarmup.days = 1\n\
         producers.count = 8\nbuyers.count = 12\nadversaries.dust-splitter = 1\n\
         network.budget = \"mainnet-2.1\"\n\
         [sweep]\nreplicates = 1\nranges.market.commission_bps = [0, 5000]\n\
         [tune]\nfirst = 4\ncandidates = 8\nbatch = 2\nrace_replicates = 2\nreplicates = 4\n\
         objectives = {{ traded_kwh = \"raise\", treasury_stx = \"raise\" }}\n\
         ranges.market.commission_bps = {{ from = 0, to = 5000 }}\n",
    );
    fs::write(&scenario, text).expect("written");
    let verbs: [&[&str]; 8] = [
        &["run"],
        &["compare", "--variant", "free:market.commission_bps=0", "--replicates", "2"],
        &["sweep"],
        &["tune"],
        &["stress", "--most", "40"],
        &["stress", "--load", "open"],
        &["stress", "--limits", "--most", "40"],
        &["stress", "--adversaries", "--kinds", "dust-splitter", "--replicates", "2"],
    ];
    for (number, verb) in verbs.iter().enumerate() {
        let name = format!("{}-{number}", verb[0]);
        let out = scratch.path().join(&name);
        let mut command = connect_sim();
        command.arg(verb[0]).arg(&scenario).args(&verb[1..]).args(["--quiet", "--out"]).arg(&out);
        let assert = command.assert().code(3);
        let error = String::from_utf8(assert.get_output().stderr.clone()).expect("text");
        let kept = error.split_whitespace().last().expect("a file");
        assert!(kept.contains(&format!("{name}-broken-seed-")), "{verb:?}: {error}");
        let assert = connect_sim().args(["replay", kept]).assert().success();
        let output = String::from_utf8(assert.get_output().stdout.clone()).expect("text");
        assert!(output.contains("kept for this: a rule that must always hold"), "{output}");
    }
}
