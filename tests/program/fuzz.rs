//! The verb `fuzz` through the real binary: the shipped contracts pass, and a
//! contract with a planted fault does not.

use std::fs;
use std::path::Path;

use crate::binary::connect_sim;

fn run(arguments: &[&str]) -> std::process::Output {
    connect_sim().args(arguments).output().expect("it runs")
}

fn fuzz(arguments: &[&str]) -> std::process::Output {
    run(&[&["fuzz"], arguments].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_shipped_contracts_do_as_their_twin() {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("result");
    let out_text = out.to_str().expect("text");
    let done = fuzz(&["--calls", "1000", "--seed", "5", "--out", out_text]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let said = text(&done.stdout);
    assert!(said.contains("seed 5: 1,000 calls"), "{said}");
    assert!(said.contains("no difference between contracts and twin"), "{said}");
    let coverage = fs::read_to_string(out.join("coverage.csv")).expect("a table");
    assert!(coverage.starts_with("contract,function,outcome,error_code,calls\n"), "{coverage}");
    assert!(coverage.contains("\nwattconnect,refund-energy,rejected,106,"), "{coverage}");
    let manifest = fs::read_to_string(out.join("manifest.json")).expect("a manifest");
    assert!(manifest.contains("\"calls\": 1000"), "{manifest}");
    // What is there is not replaced unasked.
    let again = fuzz(&["--calls", "10", "--out", out_text]);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again.stderr));
}

#[test]
fn a_contract_with_a_fault_is_told_from_a_sound_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    for name in ["wattconnect.clar", "energy-production.clar"] {
        let source = fs::read_to_string(contracts.join(name)).expect("the contract");
        // One may buy a little more than is listed.
        let source = source.replace(
            "(asserts! (<= amount listed) ERR_NOT_ENOUGH_BALANCE)",
            "(asserts! (<= amount (+ listed u1)) ERR_NOT_ENOUGH_BALANCE)",
        );
        fs::write(directory.path().join(name), source).expect("a copy");
    }
    let path = directory.path().to_str().expect("text");
    let out = directory.path().join("found");
    let out_text = out.to_str().expect("text");
    let done = fuzz(&[path, "--calls", "20000", "--quiet", "--out", out_text]);
    let said = text(&done.stderr);
    assert_eq!(done.status.code(), Some(3), "{said}");
    assert!(said.contains("buy-energy-from-user"), "{said}");
    assert!(said.lines().count() < 14, "{said}");
    // The trace shows the same on the faulty contracts, and parts from the
    // shipped ones.
    let trace = out.join("trace.jsonl");
    let trace = trace.to_str().expect("text");
    let again = run(&["replay", trace, "--quiet"]);
    assert!(again.status.success(), "{}", text(&again.stderr));
    let shipped = |name: &str| contracts.join(name).to_str().expect("text").to_owned();
    let (trading, production) = (shipped("wattconnect.clar"), shipped("energy-production.clar"));
    let sound = run(&["replay", trace, "--quiet", "--contracts", &trading, &production]);
    assert_eq!(sound.status.code(), Some(3), "{}", text(&sound.stderr));
}
