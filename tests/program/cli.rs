//! The program as a person meets it: the real binary, its files, its words on
//! errors and its exit codes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::binary::connect_sim;

/// Exit code and standard error.
fn fails(arguments: &[&str]) -> (i32, String) {
    let output = connect_sim().args(arguments).output().expect("runs");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    (output.status.code().expect("a code"), String::from_utf8(output.stderr).expect("text"))
}

fn scenario(directory: &Path, text: &str) -> PathBuf {
    let path = directory.join("scenario.toml");
    fs::write(&path, text).expect("writes");
    path
}

const SMALL: &str = "scenario.name = \"small\"\ntime = { days = 1, tick_minutes = 60 }\n\
                     producers.count = 4\nbuyers.count = 5\n";

#[test]
fn a_run_leaves_every_file_and_the_same_bytes_each_time() {
    let scratch = tempfile::tempdir().expect("a directory");
    let out = |name: &str| scratch.path().join(name);
    for (name, jobs) in [("one", "1"), ("two", "2")] {
        let directory = out(name);
        connect_sim()
            .args(["run", "scenarios/tiny.toml", "--set", "time.tick_minutes=60", "--trace"])
            .args(["--replicates", "2", "--jobs", jobs, "--quiet", "--out"])
            .arg(&directory)
            .assert()
            .success()
            .stdout("");
    }
    for file in [
        "manifest.json",
        "summary.csv",
        "ticks.csv",
        "participants.csv",
        "limits.csv",
        "calls.csv",
        "transactions.csv",
    ] {
        let one = fs::read(out("one").join(file)).expect(file);
        assert!(!one.is_empty(), "{file}");
        assert!(one == fs::read(out("two").join(file)).expect(file), "{file} differs");
    }
    let rows = fs::read_to_string(out("one").join("ticks.csv")).expect("text");
    assert_eq!(rows.lines().count(), 1 + 2 * 24);
}

#[test]
fn the_manifest_names_a_command_that_makes_the_same_result() {
    let scratch = tempfile::tempdir().expect("a directory");
    let first = scratch.path().join("first");
    connect_sim()
        .args(["run", "scenarios/tiny.toml", "--seed", "9", "--set", "market.commission_bps=700"])
        .args(["--set", "time.tick_minutes=60", "--quiet", "--out"])
        .arg(&first)
        .assert()
        .success();
    let manifest = fs::read_to_string(first.join("manifest.json")).expect("text");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    let command = manifest["command"].as_str().expect("a command");
    let words: Vec<_> = command.split(' ').skip(1).collect();
    let again = scratch.path().join("again");
    connect_sim().args(words).args(["--quiet", "--out"]).arg(&again).assert().success();
    for file in ["manifest.json", "summary.csv", "ticks.csv"] {
        assert!(
            fs::read(first.join(file)).expect(file) == fs::read(again.join(file)).expect(file),
            "{file} differs"
        );
    }
}

#[test]
fn a_result_is_never_overwritten_by_accident() {
    let scratch = tempfile::tempdir().expect("a directory");
    let path = scenario(scratch.path(), SMALL);
    let out = scratch.path().join("out");
    let run = |force: &[&str]| {
        let mut command = connect_sim();
        command.arg("run").arg(&path).arg("--quiet").arg("--out").arg(&out).args(force);
        command.output().expect("runs")
    };
    assert!(run(&[]).status.success());
    let refused = run(&[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    assert!(run(&["--force"]).status.success());
    let left: Vec<_> = fs::read_dir(scratch.path())
        .expect("reads")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left.len(), 2, "nothing half-written is left: {left:?}");
}

#[test]
fn bad_input_is_named_and_leaves_nothing_behind() {
    let scratch = tempfile::tempdir().expect("a directory");
    let out = scratch.path().join("out");
    let out_text = out.to_str().expect("text");
    let cases: &[(&str, &[&str])] = &[
        (&SMALL.replace("count = 4", "count = -4"), &["producers.count", "-4"]),
        (&SMALL.replace("days = 1", "days = 0"), &["time.days"]),
        (&SMALL.replace("tick_minutes = 60", "tick_minutes = 7"), &["time.tick_minutes", "7"]),
        (&format!("{SMALL}tariff.feed_in_per_kwh = nan\n"), &["tariff.feed_in_per_kwh", "nan"]),
        (&format!("{SMALL}buyers.cuont = 3\n"), &["buyers.cuont", "buyers.count"]),
        (&SMALL.replace("producers", "[[producers"), &["scenario.toml:3"]),
        (&format!("{SMALL}contracts.wattconnect = \"none.clar\"\n"), &["none.clar"]),
        (&format!("{SMALL}weather.file = \"none.csv\"\n"), &["weather.file", "none.csv"]),
    ];
    for (text, words) in cases {
        let path = scenario(scratch.path(), text);
        let path = path.to_str().expect("text");
        for arguments in [vec!["run", path, "--out", out_text], vec!["check", path]] {
            let (code, message) = fails(&arguments);
            assert_eq!(code, 2, "{message}");
            for word in *words {
                assert!(message.contains(word), "{word} is not in: {message}");
            }
        }
        assert!(!out.exists());
    }
    let (code, message) = fails(&["run", "nowhere.toml"]);
    assert_eq!(code, 2);
    assert!(message.contains("nowhere.toml"), "{message}");
}

#[test]
fn all_faults_are_told_at_once() {
    let scratch = tempfile::tempdir().expect("a directory");
    let text = format!("{SMALL}market.commission_bps = 12000\nbuyers.offers_sen = 3\n")
        .replace("days = 1", "days = 0");
    let path = scenario(scratch.path(), &text);
    let (code, message) = fails(&["check", path.to_str().expect("text")]);
    assert_eq!(code, 2);
    for word in ["time.days", "market.commission_bps", "buyers.offers_sen"] {
        assert!(message.contains(word), "{word} is not in: {message}");
    }
}

#[test]
fn weather_with_a_gap_is_refused() {
    let scratch = tempfile::tempdir().expect("a directory");
    let shipped =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/data/weather-greensboro-tmy3.csv");
    let weather = fs::read_to_string(shipped).expect("there");
    let holed: Vec<_> = weather.lines().enumerate().filter(|(row, _)| *row != 4_000).collect();
    let holed: Vec<_> = holed.into_iter().map(|(_, line)| line).collect();
    fs::write(scratch.path().join("holed.csv"), holed.join("\n")).expect("writes");
    let path = scenario(scratch.path(), &format!("{SMALL}weather.file = \"holed.csv\"\n"));
    let (code, message) = fails(&["check", path.to_str().expect("text")]);
    assert_eq!(code, 2);
    assert!(message.contains("holed.csv"), "{message}");
}

/// A copy of the shipped contracts with `from` replaced by `to` in the trading
/// contract, and a scenario that runs on it.
fn variant(directory: &Path, from: &str, to: &str) -> PathBuf {
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    let read = |name: &str| fs::read_to_string(contracts.join(name)).expect("there");
    let trading = read("wattconnect.clar");
    assert!(trading.contains(from), "the contract does not say {from}");
    fs::write(directory.join("wattconnect.clar"), trading.replace(from, to)).expect("writes");
    fs::write(directory.join("energy-production.clar"), read("energy-production.clar"))
        .expect("writes");
    scenario(directory, &format!("{SMALL}contracts.wattconnect = \"wattconnect.clar\"\n"))
}

#[test]
fn contracts_that_do_not_compile_or_lack_a_function_are_refused() {
    let scratch = tempfile::tempdir().expect("a directory");
    let directory = scratch.path();
    let path = variant(directory, "(ok true)", "(ok truth)");
    let (code, message) = fails(&["check", path.to_str().expect("text")]);
    assert_eq!(code, 2);
    assert!(message.contains("wattconnect.clar:"), "{message}");
    assert!(message.contains("truth"), "{message}");

    let path = variant(directory, "(define-public (refund-energy", "(define-public (refund-enrgy");
    for target in [path.as_path(), directory] {
        let (code, message) = fails(&["check", target.to_str().expect("text")]);
        assert_eq!(code, 2);
        assert!(message.contains("refund-energy"), "{message}");
    }
}

#[test]
fn a_broken_rule_has_an_exit_code_of_its_own_and_leaves_no_result() {
    let scratch = tempfile::tempdir().expect("a directory");
    let path = variant(
        scratch.path(),
        "{held: (+ (get held holder) amount)",
        "{held: (+ (get held holder) amount amount)",
    );
    let out = scratch.path().join("out");
    let arguments =
        ["run", path.to_str().expect("text"), "--out", out.to_str().expect("text"), "--seed", "4"];
    let (code, message) = fails(&arguments);
    assert_eq!(code, 3, "{message}");
    for word in ["seed 4", "tick", "transaction"] {
        assert!(message.contains(word), "{word} is not in: {message}");
    }
    assert!(!out.exists());
}

#[test]
fn a_crossed_threshold_has_an_exit_code_of_its_own_and_keeps_the_result() {
    let scratch = tempfile::tempdir().expect("a directory");
    let run = |threshold: &str, out: &Path| {
        let text = format!("{SMALL}[thresholds]\n{threshold}\n");
        let path = scenario(scratch.path(), &text);
        connect_sim().arg("run").arg(path).arg("--out").arg(out).output().expect("runs")
    };
    let kept = scratch.path().join("kept");
    assert!(run("treasury_min_stx = \"> 0\"", &kept).status.success());
    let crossed = scratch.path().join("crossed");
    let output = run("treasury_min_stx = \"> 1e9\"", &crossed);
    assert_eq!(output.status.code(), Some(99));
    assert!(String::from_utf8_lossy(&output.stderr).contains("treasury_min_stx"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("crossed"));
    assert!(crossed.join("summary.csv").exists());
    let output = run("treasury = \"> 0\"", &scratch.path().join("unknown"));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean treasury_stx?"));
}

#[test]
fn the_contracts_are_listed_with_what_they_have() {
    let output = connect_sim().args(["check", "contracts"]).output().expect("runs");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("buy-energy-from-many") && text.contains("54 of 54"), "{text}");
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_program_without_parquet_says_how_to_build_it() {
    let (code, error) = fails(&["run", "scenarios/tiny.toml", "--format", "parquet"]);
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("without Parquet") && error.contains("--features parquet"), "{error}");
}

#[test]
fn bad_usage_is_exit_code_two() {
    for arguments in [&["run"][..], &["walk"], &["run", "x.toml", "--replicates", "0"]] {
        let output = connect_sim().args(arguments).output().expect("runs");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn init_writes_a_scenario_that_runs_and_replaces_nothing() {
    let scratch = tempfile::tempdir().expect("a directory");
    let town = scratch.path().join("my-town");
    let init = |arguments: &[&str]| {
        let mut command = connect_sim();
        command.arg("init").arg(&town).args(arguments).output().expect("runs")
    };
    let output = init(&["--template", "tiny"]);
    let said = String::from_utf8(output.stdout).expect("text");
    let path = town.join("scenario.toml");
    let expected = format!("wrote {0}; next: connect-sim run {0}\n", path.display());
    assert_eq!(said, expected);
    connect_sim().arg("check").arg(&path).assert().success();
    let text = fs::read_to_string(&path).expect("text");
    assert!(text.contains("name = \"my-town\""), "{text}");
    assert!(town.join("scenario.schema.json").is_file());

    let again = init(&[]);
    assert_eq!(again.status.code(), Some(2));
    let words = String::from_utf8(again.stderr).expect("text");
    assert!(words.contains("is there already and is not replaced"), "{words}");
    assert_eq!(fs::read_to_string(&path).expect("text"), text);
}

#[test]
fn schema_completions_and_manual_come_from_the_program_itself() {
    let printed = |arguments: &[&str]| {
        let output = connect_sim().args(arguments).output().expect("runs");
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/scenario.schema.json");
    assert_eq!(printed(&["schema"]), fs::read_to_string(shipped).expect("the shipped schema"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(printed(&["completions", shell]).contains("stress"), "{shell}");
    }
    assert!(printed(&["man"]).contains(".TH connect-sim 1"));
    let scratch = tempfile::tempdir().expect("a directory");
    connect_sim().arg("man").arg(scratch.path()).assert().success();
    assert!(scratch.path().join("connect-sim-run.1").is_file());
}

#[test]
fn a_print_that_is_no_event_of_the_interface_is_passed_over() {
    let scratch = tempfile::tempdir().expect("a directory");
    let path = variant(
        scratch.path(),
        "(print {event: \"energy-listed\"",
        "(print \"hello\")\n        (print {event: \"energy-listed\"",
    );
    let out = scratch.path().join("out");
    connect_sim().arg("run").arg(&path).args(["--quiet", "--out"]).arg(&out).assert().success();
}

#[test]
fn contracts_of_other_names_are_told_which_is_which() {
    let scratch = tempfile::tempdir().expect("a directory");
    let directory = scratch.path();
    let contracts = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    let read = |name: &str| fs::read_to_string(contracts.join(name)).expect("there");
    let trading = read("wattconnect.clar").replace(".energy-production", ".roofs");
    fs::write(directory.join("trade.clar"), trading).expect("writes");
    let roofs = read("energy-production.clar").replace(".wattconnect", ".trade");
    fs::write(directory.join("roofs.clar"), roofs).expect("writes");
    let project = "[project]\nname = \"town\"\n\
                   [contracts.trade]\npath = \"trade.clar\"\nclarity_version = 2\nepoch = \"2.5\"\n\
                   [contracts.roofs]\npath = \"roofs.clar\"\nclarity_version = 2\nepoch = \"2.5\"\n";
    fs::write(directory.join("Clarinet.toml"), project).expect("writes");
    let names = ["contracts.wattconnect_name=trade", "contracts.energy_production_name=roofs"];
    let sets = ["--set", names[0], "--set", names[1]];
    let here = directory.to_str().expect("text");
    let (code, message) = fails(&["check", here]);
    assert_eq!(code, 2);
    assert!(message.contains("contracts.wattconnect_name"), "{message}");
    let told = connect_sim().args(["check", here]).args(sets).output().expect("runs");
    let said = String::from_utf8(told.stdout).expect("text");
    assert!(said.contains("54 of 54"), "{said}{}", String::from_utf8_lossy(&told.stderr));
    let (code, message) = fails(&["check", here, "--set", "time.days=3"]);
    assert_eq!(code, 2);
    assert!(message.contains("only those under contracts."), "{message}");
    // A scenario may name the folder, too.
    let town = scenario(directory, SMALL);
    let mut check = connect_sim();
    check.arg("check").arg(&town).args(["--set", "contracts.project=."]).args(sets);
    let told = check.output().expect("runs");
    let error = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(String::from_utf8_lossy(&told.stdout).contains("sound"), "{error}");
}
