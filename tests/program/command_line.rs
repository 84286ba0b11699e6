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
