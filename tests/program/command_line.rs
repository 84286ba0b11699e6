//! The command line under the hands of a new user, a shell and a full disk:
//! completions, exit codes, interruptions, and what is said to things that are
//! no scenario.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const SMALL: &str = "scenario.name = \"small\"\ntime = { days = 1, tick_minutes = 60 }\n\
                     weather.source = \"synthetic\"\nproducers.count = 3\nbuyers.count = 3\n\
                     certifiers = { meter_operators = 1, certifiers = 1, supervisors = 0 }\n\
                     network.costs = \"off\"\n";

/// The program, to be run in `directory`.
fn connect_sim(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_connect-sim"));
    command.current_dir(directory).stdin(Stdio::null());
    command
}

fn output(directory: &Path, arguments: &[&str]) -> Output {
    connect_sim(directory).args(arguments).output().expect("runs")
}

/// Exit code, standard output and standard error.
fn told(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = output(directory, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code().expect("a code"), text(stdout), text(stderr))
}

/// A folder with a scenario, `s.toml`, that says `more` beside the least.
fn with_scenario(more: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().expect("a directory");
    fs::write(scratch.path().join("s.toml"), format!("{SMALL}{more}")).expect("writes");
    scratch
}

#[cfg(unix)]
#[test]
fn bash_completes_what_follows_a_verb() {
    let scratch = tempfile::tempdir().expect("a directory");
    let (code, script, _) = told(scratch.path(), &["completions", "bash"]);
    assert_eq!(code, 0);
    fs::write(scratch.path().join("c.bash"), script).expect("writes");
    // What a shell does at the key, by its own variables.
    let completed = |words: &str, at: u32, current: &str, previous: &str| {
        let script = format!(
            "source ./c.bash; COMP_WORDS=({words}) COMP_CWORD={at}; \
             _connect__sim connect-sim '{current}' '{previous}'; echo \"${{COMPREPLY[*]}}\""
        );
        let mut bash = Command::new("bash");
        bash.args(["--norc", "-c", &script]).current_dir(scratch.path());
        String::from_utf8(bash.output().expect("bash runs").stdout).expect("UTF-8")
    };
    let flags = completed("connect-sim run --", 2, "--", "run");
    for flag in ["--seed", "--replicates", "--help"] {
        assert!(flags.contains(flag), "{flags}");
    }
    let templates = completed("connect-sim init d --template t", 4, "t", "--template");
    assert_eq!(templates.trim(), "tiny tune");
    assert_eq!(completed("connect-sim sw", 1, "sw", "connect-sim").trim(), "sweep");
}

#[test]
fn zsh_is_given_names_of_values_without_bare_colons() {
    let (code, script, _) = told(Path::new("."), &["completions", "zsh"]);
    assert_eq!(code, 0);
    assert!(script.contains(r":NAME\:KEY=VALUE,…:_default"), "{script}");
    assert!(!script.contains(":NAME:KEY"), "a bare colon ends the name");
    assert!(script.contains("refund-arbitrageur dust-splitter"), "the kinds of adversary");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure_and_a_reader_that_went_away_is_none() {
    let scratch = with_scenario("");
    let into = |arguments: &[&str], out: &str| {
        let file = fs::OpenOptions::new().write(true).open(out).expect("opens");
        connect_sim(scratch.path()).args(arguments).stdout(file).output().expect("runs")
    };
    for arguments in [
        &["schema"][..],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["--version"],
        &["check", "s.toml"],
        &["run", "s.toml", "--out", "r"],
    ] {
        let Output { status, stderr, .. } = into(arguments, "/dev/full");
        let error = String::from_utf8(stderr).expect("UTF-8");
        assert_eq!(status.code(), Some(1), "{arguments:?}: {error}");
        assert!(error.contains("standard output: cannot be written: No space left"), "{error}");
    }
    assert!(scratch.path().join("r/manifest.json").is_file(), "the result itself is there");
    let mut child = connect_sim(scratch.path());
    let mut child = child.arg("schema").stdout(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("ends").code(), Some(0));
}

#[test]
fn what_is_no_scenario_is_told_what_it_is() {
    let scratch = with_scenario("");
    let here = scratch.path();
    assert_eq!(told(here, &["run", "s.toml", "--quiet", "--out", "r"]).0, 0);
    fs::create_dir(here.join("town")).expect("makes");
    fs::copy(here.join("s.toml"), here.join("town/scenario.toml")).expect("copies");
    fs::create_dir(here.join("empty")).expect("makes");
    fs::write(here.join("c.clar"), "(define-constant a u1)").expect("writes");
    fs::write(here.join("x.json"), "{ \"a\": 1 }").expect("writes");
    for (given, said) in [
        ("r", "is a result"),
        ("r/manifest.json", "is the manifest of a result"),
        ("town", "is a folder; name the scenario in it, town/scenario.toml"),
        ("empty", "is a folder; name a scenario"),
        ("c.clar", "is a contract"),
        ("x.json", "is JSON"),
        ("none.toml", "there is no such file"),
    ] {
        let (code, _, error) = told(here, &["run", given, "--out", "x"]);
        assert_eq!(code, 2, "{given}: {error}");
        assert!(error.contains(said), "{given}: {error}");
        assert!(!here.join("x").exists());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_is_not_read_to_its_end() {
    let (code, _, error) = told(Path::new("."), &["check", "/dev/zero"]);
    assert_eq!(code, 2);
    assert!(error.contains("larger than 16 MiB"), "{error}");
}

#[test]
fn near_names_of_measures_are_offered() {
    let scratch = with_scenario("");
    let here = scratch.path();
    for arguments in [
        &["run", "s.toml", "--precision", "5%", "--precision-of", "tradedkwh"][..],
        &["check", "s.toml", "--set", "thresholds.tradedkwh=\"> 0\""],
    ] {
        let (code, _, error) = told(here, arguments);
        assert_eq!(code, 2, "{error}");
        assert!(
            error.contains("tradedkwh") && error.contains("did you mean traded_kwh?"),
            "{error}"
        );
    }
}

#[test]
fn a_run_is_no_part_of_a_sweep() {
    let scratch = with_scenario("");
    let here = scratch.path();
    assert_eq!(told(here, &["run", "s.toml", "--quiet", "--out", "r"]).0, 0);
    let (code, _, error) = told(here, &["merge", "r", "--out", "m"]);
    assert_eq!(code, 2);
    assert!(error.contains("r: the result of `run`, and no part of a sweep"), "{error}");
    assert!(error.contains("sweep --shard K/N"), "{error}");
}

#[test]
fn no_machine_has_twenty_thousand_threads() {
    let scratch = with_scenario("");
    let (code, _, error) =
        told(scratch.path(), &["run", "s.toml", "--jobs", "20000", "--out", "x"]);
    assert_eq!(code, 2);
    assert!(error.contains("20000") && error.contains("1024"), "{error}");
}

#[test]
fn a_scenario_whose_name_begins_with_a_dash_is_run_again_by_its_manifest() {
    let scratch = with_scenario("");
    let here = scratch.path();
    fs::rename(here.join("s.toml"), here.join("-s.toml")).expect("renames");
    assert_eq!(told(here, &["run", "--quiet", "--out", "r", "--", "-s.toml"]).0, 0);
    let manifest = fs::read_to_string(here.join("r/manifest.json")).expect("text");
    assert!(manifest.contains("\"command\": \"connect-sim run ./-s.toml"), "{manifest}");
    let (code, said, error) = told(here, &["report", "--verify", "r"]);
    assert_eq!(code, 0, "{said}{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_is_no_text_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let scratch = with_scenario("");
    let name = OsStr::from_bytes(b"s\xff.toml");
    fs::copy(scratch.path().join("s.toml"), scratch.path().join(name)).expect("copies");
    let done = connect_sim(scratch.path()).arg("run").arg(name).output().expect("runs");
    let error = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2), "{error}");
    assert!(error.contains("not UTF-8") && error.contains("rename the file"), "{error}");
    assert!(!scratch.path().join("results").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_says_what_is_kept_and_goes_on() {
    let ranges = "[sweep]\nreplicates = 1\n[sweep.ranges]\n\
                  market.commission_bps = { from = 0, to = 9_000, steps = 1_000 }\n";
    let scratch = with_scenario(ranges);
    let here = scratch.path();
    let mut sweep = connect_sim(here);
    sweep.args(["sweep", "s.toml", "--out", "r"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = sweep.spawn().expect("starts");
    let journal = || {
        let entries = fs::read_dir(here).expect("reads").flatten();
        let mut journals =
            entries.filter(|one| one.path().extension().is_some_and(|e| e == "journal"));
        journals.next().and_then(|one| one.metadata().ok()).map_or(0, |metadata| metadata.len())
    };
    // Some runs are done, most are not.
    while journal() < 2_000 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupt.expect("kill runs").success());
    let done = child.wait_with_output().expect("ends");
    let error = String::from_utf8(done.stderr).expect("UTF-8");
    assert_eq!(done.status.code(), Some(130), "{error}");
    assert!(error.contains("stopped; the runs that are done are kept beside r"), "{error}");
    assert!(journal() > 0 && !here.join("r").exists());
}

#[test]
fn seeds_stay_numbers_that_every_reader_of_json_keeps() {
    let scratch = with_scenario("");
    let here = scratch.path();
    let last = (1_u64 << 53) - 1;
    let seed = last.to_string();
    for arguments in [
        &["run", "s.toml", "--replicates", "3"][..],
        &["run", "s.toml", "--precision", "5%"],
        &["compare", "s.toml", "--replicates", "2", "--variant", "x:market.commission_bps=1"],
        &["check", "s.toml", "--set", "scenario.replicates=2"],
        &["stress", "s.toml", "--adversaries", "--set", "scenario.seed=9007199254740991"],
    ] {
        let mut arguments = arguments.to_vec();
        let verb = arguments[0];
        if verb == "run" || verb == "compare" {
            arguments.extend(["--out", "x", "--seed", &seed]);
        }
        let set = format!("scenario.seed={seed}");
        if verb == "check" {
            arguments.extend(["--set", &set]);
        }
        let (code, _, error) = told(here, &arguments);
        assert_eq!(code, 2, "{arguments:?}: {error}");
        assert!(error.contains("2^53"), "{arguments:?}: {error}");
        assert!(!here.join("x").exists());
    }
    let first = (last - 2).to_string();
    let arguments =
        ["run", "s.toml", "--replicates", "3", "--seed", &first, "--quiet", "--out", "r"];
    assert_eq!(told(here, &arguments).0, 0);
    let manifest = fs::read_to_string(here.join("r/manifest.json")).expect("text");
    assert!(manifest.contains("9007199254740991") && !manifest.contains("9007199254740992"));
}

#[test]
fn names_of_variants_are_no_formulas_and_told_apart() {
    let scratch = with_scenario("");
    let here = scratch.path();
    let long = "x".repeat(65);
    for (name, said) in [
        ("=1+1", "is a formula to spreadsheets"),
        ("+1", "is a formula to spreadsheets"),
        ("-1", "is a formula to spreadsheets"),
        ("@x", "is a formula to spreadsheets"),
        ("a\u{1b}[2Jb", "no control characters"),
        ("\u{202e}b", "no control characters"),
        (" b", "no space at its ends"),
        (&long, "at most 64 letters"),
        ("small", "another setting is called small already"),
    ] {
        let variant = format!("{name}:market.commission_bps=100");
        let arguments = ["compare", "s.toml", &format!("--variant={variant}"), "--out", "x"];
        let (code, _, error) = told(here, &arguments);
        assert_eq!(code, 2, "{name}: {error}");
        assert!(error.contains(said), "{name}: {error}");
        assert!(!error.contains('\u{1b}') && !here.join("x").exists(), "{error}");
    }
}

#[test]
fn dates_have_one_range_and_the_one_that_was_given_is_told() {
    let scratch = with_scenario("");
    let here = scratch.path();
    for (sets, code, said) in [
        (&["time.start=1950-01-01"][..], 0, "sound"),
        (&["time.start=2100-12-31"], 0, "sound"),
        (&["time.start=2026-06-15"], 0, "sound"),
        (
            &["time.start=1949-12-31"],
            2,
            "--set time.start=1949-12-31: must be a date from 1950-01-01",
        ),
        (
            &["time.start=2199-12-31"],
            2,
            "--set time.start=2199-12-31: must be a date from 1950-01-01",
        ),
        (
            &["time.start=2100-12-31", "time.days=2"],
            2,
            "--set time.start=2100-12-31: must be a start from which time.days = 2 end by 2100-12-31",
        ),
    ] {
        let mut arguments = vec!["check", "s.toml"];
        for set in sets {
            arguments.extend(["--set", set]);
        }
        let (found, out, error) = told(here, &arguments);
        assert_eq!(found, code, "{sets:?}: {error}");
        assert!(format!("{out}{error}").contains(said), "{sets:?}: {out}{error}");
    }
}

#[test]
fn a_rate_in_per_cent_is_told_what_basis_points_are() {
    let scratch = with_scenario("");
    for value in ["5%", "2.5", "\"5 %\""] {
        let set = format!("market.commission_bps={value}");
        let (code, _, error) = told(scratch.path(), &["check", "s.toml", "--set", &set]);
        assert_eq!(code, 2);
        assert!(error.contains("basis points: 500 is 5 %"), "{error}");
    }
    let sets = ["--set", "market.commission_bps=5", "--set", "tariff.retail_per_kwh=32"];
    let (code, said, _) = told(scratch.path(), &[&["check", "s.toml"][..], &sets].concat());
    assert_eq!(code, 0);
    assert!(said.contains("note: market.commission_bps = 5 is 0.05 %; 5 % is 500"), "{said}");
    assert!(said.contains("if cents are meant, write 0.32"), "{said}");
}

#[test]
fn a_message_between_keys_names_both() {
    let scratch = with_scenario("");
    let sets = ["--set", "warmup.days=3", "--set", "time.days=3"];
    let (code, _, error) = told(scratch.path(), &[&["check", "s.toml"][..], &sets].concat());
    assert_eq!(code, 2);
    assert!(error.contains("--set warmup.days=3: must be below time.days = 3"), "{error}");
    let (_, _, error) = told(
        scratch.path(),
        &["check", "s.toml", "--set", "certification.maximum_production_kwh=50"],
    );
    let right = "--set certification.maximum_production_kwh=50: \
                 certification.minimum_production_kwh = 100: must not be above";
    assert!(error.contains(right), "no value is compared with itself: {error}");
}

#[test]
fn a_value_is_stated_once_and_is_one_of_the_key() {
    for (range, said) in [
        ("market.commission_bps = [100, 300, 100]", "is stated twice"),
        ("market.commission_bps = [100, 20_000]", "must be a whole number from 0 to 10000"),
        ("weather.clear_index = [1, 1.0]", "is stated twice"),
        ("weather.source = [\"moon\"]", "must be one of \"file\", \"synthetic\""),
        ("market.commission_bps = [1]\n\"market.commission_bps\" = [2]", "has a range already"),
    ] {
        let scratch = with_scenario(&format!("[sweep.ranges]\n{range}\n"));
        let (code, _, error) = told(scratch.path(), &["check", "s.toml"]);
        assert_eq!(code, 2, "{range}: {error}");
        assert!(error.contains(said), "{range}: {error}");
    }
}

#[test]
fn a_sweep_that_no_machine_can_make_is_refused_beforehand() {
    let ranges = "market.commission_bps = { from = 0, to = 9_999, steps = 10_000 }\n\
                  market.refund_rate_bps = { from = 0, to = 9_999, steps = 10_000 }\n";
    let scratch = with_scenario(&format!("[sweep.ranges]\n{ranges}"));
    let here = scratch.path();
    for arguments in [
        &["check", "s.toml"][..],
        &["sweep", "s.toml", "--out", "x"],
        &["sweep", "s.toml", "--shard", "1/1000", "--out", "x"],
    ] {
        let (code, _, error) = told(here, arguments);
        assert_eq!(code, 2, "{arguments:?}: {error}");
        assert!(error.contains("100,000,000 points, where at most 1,000,000"), "{error}");
    }
}

#[test]
fn an_analysis_of_too_few_rows_is_refused() {
    for (analysis, points, least) in [("sobol", 1, 16), ("sobol", 15, 16), ("morris", 1, 2)] {
        let scratch = with_scenario(&format!(
            "[sweep]\nanalysis = \"{analysis}\"\npoints = {points}\n[sweep.ranges]\n\
             market.commission_bps = {{ from = 0, to = 2_000 }}\n"
        ));
        for verb in ["check", "sweep"] {
            let (code, _, error) = told(scratch.path(), &[verb, "s.toml"]);
            assert_eq!(code, 2, "{error}");
            assert!(
                error.contains(&format!("too few for an analysis: must be {least}")),
                "{error}"
            );
        }
    }
}

#[test]
fn a_sweep_prints_what_it_found() {
    let scratch = with_scenario("[sweep.ranges]\nmarket.commission_bps = [0, 5_000]\n");
    let (code, said, _) =
        told(scratch.path(), &["sweep", "s.toml", "--replicates", "1", "--out", "r"]);
    assert_eq!(code, 0);
    for word in ["market.commission_bps", "traded_kwh", "5000", "one replicate a point"] {
        assert!(said.contains(word), "{word} is not in: {said}");
    }
}

#[test]
fn a_run_prints_its_settings_and_what_one_replicate_shows() {
    let scratch = with_scenario("");
    let arguments = ["run", "s.toml", "--set", "market.commission_bps=700", "--out", "r"];
    let (code, said, _) = told(scratch.path(), &arguments);
    assert_eq!(code, 0);
    for word in [
        "3 producers and 3 buyers from 2026-06-15 for 1 day, 60 minutes a tick",
        "commission 7 %, refunds 80 %",
        "other than the defaults: weather.source = \"synthetic\"",
        "one replicate has no interval, so that it can show no difference",
    ] {
        assert!(said.contains(word), "{word} is not in: {said}");
    }
}

#[test]
fn a_threshold_says_which_replicates_it_knows_nothing_of() {
    let scratch = with_scenario("");
    let arguments = ["run", "s.toml", "--replicates", "2", "--out", "r", "--set"];
    let threshold = "thresholds.block_fullness_mean=\"< 0.5\"";
    let (code, said, _) = told(scratch.path(), &[&arguments[..], &[threshold]].concat());
    assert_eq!(code, 99);
    assert!(said.contains("(no value in 2 of 2 replicates)"), "{said}");
}

#[test]
fn a_constraint_on_what_was_not_measured_is_not_kept() {
    let tune = "[tune]\nfirst = 2\ncandidates = 2\nbatch = 2\nrace_replicates = 2\n\
                replicates = 2\n[tune.objectives]\ntraded_kwh = \"raise\"\n[tune.ranges]\n\
                market.commission_bps = { from = 0, to = 5_000 }\n[tune.constraints]\n\
                block_fullness_mean = { event = \"> 0.5\", chance = 0.9 }\n";
    let scratch = with_scenario(tune);
    let (code, said, _) = told(scratch.path(), &["tune", "s.toml", "--out", "r"]);
    assert_eq!(code, 0);
    let none = "no setting that was tried is shown to keep the constraints";
    assert!(said.contains(none), "{said}");
    let front = fs::read_to_string(scratch.path().join("r/front.csv")).expect("text");
    assert!(!front.contains("recommended") && !front.contains("true"), "{front}");
}

#[test]
fn what_binds_is_not_named_where_nothing_was_measured() {
    // Nobody makes anything, so that no price is ever paid.
    let scratch = with_scenario("");
    let sets =
        ["--set", "producers.count=0", "--set", "thresholds.price_mean_ustx_per_kwh=\"< 1\""];
    let arguments = ["stress", "s.toml", "--most", "6", "--out", "r"];
    let (code, said, error) = told(scratch.path(), &[&arguments[..], &sets].concat());
    assert_eq!(code, 99, "{error}");
    assert!(said.contains("there is no value of price_mean_ustx_per_kwh"), "{said}");
    assert!(!said.contains("what binds is"), "{said}");
}

#[test]
fn many_faults_take_no_time_and_no_screen() {
    use std::fmt::Write as _;
    let started = std::time::Instant::now();
    for (line, count) in [
        ("[unknownNUMBER]\nx = 1\n", 100_000),
        ("[[decision]]\nday = 1\nkey = \"nothing\"\nvalue = NUMBER\n", 20_000),
        ("scenario.unknownNUMBER = 1\n", 1),
    ] {
        let mut text = String::new();
        for number in 0..count {
            let _ = write!(text, "{}", line.replace("NUMBER", &number.to_string()));
        }
        let scratch = with_scenario(&text);
        let (code, _, error) = told(scratch.path(), &["check", "s.toml"]);
        assert_eq!(code, 2);
        assert!(error.lines().count() <= 101, "{}", error.lines().count());
        assert!(count == 1 || error.contains(" more\n"), "{error}");
    }
    let long = "x".repeat(10_000_000);
    for text in
        [format!("scenario.question = {long}"), format!("{long} = 1"), format!("time.{long} = 1")]
    {
        let scratch = with_scenario(&text);
        let (code, _, error) = told(scratch.path(), &["check", "s.toml"]);
        assert_eq!(code, 2);
        assert!(error.len() < 2_000, "{}", error.len());
    }
    let name = SMALL.replace("small", &long);
    let scratch = with_scenario("");
    fs::write(scratch.path().join("s.toml"), name).expect("writes");
    let (code, _, error) = told(scratch.path(), &["check", "s.toml"]);
    assert_eq!(code, 2);
    assert!(error.len() < 2_000, "{}", error.len());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[cfg(target_os = "linux")]
#[test]
fn a_market_that_memory_does_not_hold_is_refused() {
    let scratch = with_scenario("");
    let here = scratch.path();
    // Hundreds of gigabytes, whatever the machine.
    let sets = ["adversaries.sybil", "adversaries.spammer", "producers.count", "buyers.count"];
    let sets = sets.map(|key| format!("--set={key}=1000000"));
    let mut arguments = vec!["run", "s.toml", "--jobs", "64", "--replicates", "64", "--out", "x"];
    arguments.extend(sets.iter().map(String::as_str));
    let (code, _, error) = told(here, &arguments);
    assert_eq!(code, 2, "{error}");
    assert!(error.contains("GiB of memory or more, and the machine has"), "{error}");
}
