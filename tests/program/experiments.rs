//! Experiments through the real binary: compared, swept, searched, killed and
//! taken up again, cut into parts and joined.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::Duration;

use crate::binary::{self, connect_sim, same};

const MARKET: &str = "time = { days = 1, tick_minutes = 60 }\n\
    producers.count = 3\nbuyers.count = 4\n\
    certifiers = { meter_operators = 1, certifiers = 1, supervisors = 1 }\n";

const SWEEP: &str = "scenario.name = \"swept\"\n\
    [sweep]\nreplicates = 2\n\
    [sweep.ranges]\n\
    market.commission_bps = { from = 0, to = 4000, steps = 2 }\n\
    market.refund_rate_bps = [0, 9000]\n";

const TUNE: &str = "scenario.name = \"tuned\"\n\
    [tune]\nfirst = 3\ncandidates = 5\nbatch = 2\nrace_replicates = 2\nreplicates = 3\n\
    [tune.objectives]\ntraded_kwh = \"raise\"\ntreasury_stx = \"raise\"\n\
    [tune.constraints]\ntreasury_min_stx = { event = \"<= 0\", chance = 0.7 }\n\
    [tune.ranges]\nmarket.commission_bps = { from = 0, to = 9000 }\n";

fn scenario(home: &Path, text: &str) -> PathBuf {
    let path = home.join("scenario.toml");
    fs::write(&path, format!("{MARKET}{text}")).expect("written");
    path
}

/// Runs the verb and kills it once its journal holds `lines` finished runs.
fn killed(verb: &str, scenario: &Path, out: &Path, lines: usize) {
    let mut child: Child = Process::new(assert_cmd::cargo::cargo_bin("connect-sim"))
        .args([verb, "--quiet", "--jobs", "1", "--out"])
        .args([out, scenario])
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    let home = out.parent().expect("a parent");
    let journal = || -> usize {
        let entries = fs::read_dir(home).expect("a directory").flatten();
        let journals = entries.filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with(".") && name.ends_with(".journal")
        });
        journals
            .map(|entry| fs::read(entry.path()).unwrap_or_default())
            .map(|bytes| bytes.iter().filter(|byte| **byte == b'\n').count())
            .sum()
    };
    for _ in 0..60_000 {
        if journal() > lines || child.try_wait().expect("a child").is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("gone");
    assert!(!out.exists(), "it ended before it was killed");
    assert!(journal() > lines, "nothing was kept");
}

#[test]
fn a_killed_sweep_goes_on_and_ends_as_one_never_killed() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario = scenario(home.path(), SWEEP);
    let (whole, broken) = (home.path().join("whole"), home.path().join("broken"));
    connect_sim()
        .args(["sweep", "--quiet", "--jobs", "1", "--out"])
        .args([&whole, &scenario])
        .assert()
        .success();
    killed("sweep", &scenario, &broken, 2);
    let output =
        connect_sim().args(["sweep", "--out"]).args([&broken, &scenario]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("done before"), "{said}");
    same(&whole, &broken);
    let left = fs::read_dir(home.path()).expect("a directory").flatten();
    assert_eq!(left.filter(|e| e.file_name().to_string_lossy().starts_with('.')).count(), 0);
    let table = fs::read_to_string(whole.join("sweep.csv")).expect("text");
    assert_eq!(table.lines().count(), 1 + 2 * 2 * 2);
    assert!(table.starts_with(
        "point,replicate,seed,market.commission_bps,market.refund_rate_bps,made_kwh,"
    ));
}

#[test]
fn a_killed_search_goes_on_and_ends_as_one_never_killed() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario = scenario(home.path(), TUNE);
    let (whole, broken) = (home.path().join("whole"), home.path().join("broken"));
    connect_sim()
        .args(["tune", "--quiet", "--jobs", "1", "--out"])
        .args([&whole, &scenario])
        .assert()
        .success();
    killed("tune", &scenario, &broken, 3);
    connect_sim().args(["tune", "--quiet", "--out"]).args([&broken, &scenario]).assert().success();
    same(&whole, &broken);
    let table = fs::read_to_string(whole.join("front.csv")).expect("text");
    assert!(table.lines().count() >= 3, "{table}");
}

#[test]
fn parts_join_to_what_one_machine_gives_and_nothing_else_does() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario = scenario(home.path(), SWEEP);
    let at = |name: &str| home.path().join(name);
    let sweep = |out: &Path, more: &[&str]| {
        let mut command = connect_sim();
        command.args(["sweep", "--quiet", "--out"]).args([out, &scenario]).args(more);
        command.assert().success();
    };
    sweep(&at("whole"), &[]);
    sweep(&at("1"), &["--shard", "1/2"]);
    // The second as the task of an array would do it.
    connect_sim()
        .args(["sweep", "--quiet", "--out"])
        .args([&at("2"), &scenario])
        .env("SLURM_ARRAY_TASK_ID", "1")
        .env("SLURM_ARRAY_TASK_MIN", "0")
        .env("SLURM_ARRAY_TASK_COUNT", "2")
        .assert()
        .success();
    sweep(&at("other"), &["--shard", "2/2", "--set", "market.treasury_ustx=5000000"]);
    let merge = |parts: &[&str], out: &str| {
        let mut command = connect_sim();
        command.args(["merge", "--quiet", "--out"]).arg(at(out)).args(parts.iter().map(|p| at(p)));
        let output = command.output().expect("runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for (parts, told) in [
        (["1"].as_slice(), "missing parts: 2/2"),
        (&["1", "2", "1"], "both are part 1 of 2"),
        (&["1", "other"], "different experiments"),
        (&["1", "whole"], "no part of a sweep"),
    ] {
        let (code, said) = merge(parts, "refused");
        assert!(code == Some(2) && said.contains(told), "{parts:?}: {said}");
    }
    assert_eq!(merge(&["2", "1"], "joined"), (Some(0), String::new()));
    same(&at("whole"), &at("joined"));
}

#[test]
fn a_comparison_judges_what_differs_and_nothing_else() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario = scenario(home.path(), "scenario.name = \"base\"\nscenario.replicates = 3\n");
    let out = home.path().join("compared");
    let output = connect_sim()
        .args(["compare", "--variant", "same:scenario.question=again"])
        .args(["--variant", "dear:market.commission_bps=1000", "--out"])
        .args([&out, &scenario])
        .output()
        .expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = rows(&out.join("comparison.csv"));
    let verdict = |variant: &str, metric: &str| {
        let row = rows.iter().find(|row| &row[0] == variant && &row[1] == metric);
        row.map(|row| row[10].to_owned()).expect("a row")
    };
    // The same setting meets the same chances: no difference at all.
    let none = rows.iter().filter(|row| &row[0] == "same");
    assert!(none.clone().count() > 40);
    assert!(none.clone().all(|row| &row[10] == "no difference shown" && &row[5] != "1"));
    assert_eq!(verdict("dear", "commission_stx"), "higher");
    assert_eq!(verdict("dear", "treasury_stx"), "better");
    assert_eq!(verdict("dear", "made_kwh"), "no difference shown");
    assert!(binary::files(&out).keys().any(|name| name.ends_with(".svg")));
}

#[test]
fn replicates_are_added_until_it_is_precise_enough() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario = scenario(home.path(), "scenario.name = \"precise\"\n");
    let rows = |precision: &str, jobs: &str| {
        let out = home.path().join(format!("{precision}-{jobs}"));
        connect_sim()
            .args(["run", "--quiet", "--precision", precision, "--precision-of", "traded_kwh"])
            .args(["--max-replicates", "8", "--jobs", jobs, "--out"])
            .args([&out, &scenario])
            .assert()
            .success();
        fs::read_to_string(out.join("summary.csv")).expect("text")
    };
    let replicates = |text: &str| -> u32 {
        let row = text.lines().find(|line| line.starts_with("traded_kwh")).expect("a row");
        row.split(',').nth(5).and_then(|count| count.parse().ok()).expect("a number")
    };
    let (loose, tight) = (rows("90%", "2"), rows("0.01%", "2"));
    assert_eq!((replicates(&loose), replicates(&tight)), (4, 8));
    assert_eq!(rows("0.01%", "1"), tight);
}

/// The rows of a result's table.
fn rows(path: &Path) -> Vec<csv::StringRecord> {
    binary::rows(&fs::read(path).expect("a table"))
}

#[test]
fn commission_costs_volume_and_refunds_cost_the_treasury() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario = scenario(home.path(), "scenario.name = \"free\"\n");
    let out = home.path().join("compared");
    connect_sim()
        .args(["compare", "--quiet", "--replicates", "2", "--set", "market.commission_bps=0"])
        .args(["--set", "time.days=2", "--set", "producers.count=16", "--set", "buyers.count=32"])
        .args(["--set", "market.refund_rate_bps=5000"])
        .args(["--variant", "a-quarter:market.commission_bps=2500"])
        .args(["--variant", "a-half:market.commission_bps=5000"])
        .args(["--variant", "generous:market.refund_rate_bps=9500", "--out"])
        .args([&out, &scenario])
        .assert()
        .success();
    let rows = rows(&out.join("comparison.csv"));
    let value = |variant: &str, metric: &str, column: usize| -> f64 {
        let row = rows.iter().find(|row| &row[0] == variant && &row[1] == metric);
        row.and_then(|row| row[column].parse().ok()).expect("a number")
    };
    let difference = |variant: &str, metric: &str| value(variant, metric, 5);
    // Default tariffs: half as much again for the buyer, a tenth less is sold.
    let free = value("a-half", "traded_kwh", 3);
    let (quarter, half) =
        (difference("a-quarter", "traded_kwh"), difference("a-half", "traded_kwh"));
    assert!(half < quarter && quarter < 0.0, "{quarter} {half}");
    assert!(half < -0.1 * free, "{half} of {free}");
    // Twice the rate brings the treasury more, and less than twice as much.
    let brings = |variant: &str| difference(variant, "commission_stx");
    assert!(brings("a-half") > brings("a-quarter") && brings("a-half") < 2.0 * brings("a-quarter"));
    for metric in ["buyers_savings_stx", "producers_gain_stx"] {
        assert!(difference("a-half", metric) < 0.0, "{metric}");
    }
    assert!(difference("generous", "refunded_kwh") > 0.0);
    assert!(difference("generous", "treasury_stx") < 0.0);
    assert!(
        difference("generous", "treasury_stx") < -0.5 * difference("generous", "commission_stx")
    );
}

#[test]
fn a_sweep_says_which_setting_matters() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario = scenario(home.path(), SWEEP);
    for (analysis, points, index, runs) in
        [("morris", 2, "morris_mean_size", 6), ("sobol", 16, "sobol_total", 64)]
    {
        let out = home.path().join(analysis);
        let output = connect_sim()
            .args(["sweep", "--replicates", "1", "--set", &format!("sweep.points={points}")])
            .args(["--set", &format!("sweep.analysis={analysis}"), "--out"])
            .args([&out, &scenario])
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains(&format!("{runs} runs")), "{said}");
        assert_eq!(rows(&out.join("sweep.csv")).len(), runs);
        let table = rows(&out.join("sensitivity.csv"));
        let size = |metric: &str, setting: &str| -> f64 {
            let row = table
                .iter()
                .find(|row| &row[0] == metric && &row[2] == setting && &row[3] == index);
            row.and_then(|row| row[4].parse().ok()).expect("a number")
        };
        let (commission, refund) = ("market.commission_bps", "market.refund_rate_bps");
        assert!(size("commission_stx", commission) > 2.0 * size("commission_stx", refund).abs());
        assert!(out.join("charts/tornado-treasury_stx.svg").exists());
    }
}

#[test]
fn a_warm_up_is_lived_once_and_cannot_be_undone() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario = scenario(home.path(), SWEEP);
    let sweep = |out: &str, more: &[&str]| {
        let output = connect_sim()
            .args(["sweep", "--replicates", "1", "--set", "warmup.days=1", "--set", "time.days=2"])
            .args(more)
            .arg("--out")
            .args([&home.path().join(out), &scenario])
            .output()
            .expect("runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = sweep("warm", &[]);
    assert_eq!(code, Some(0), "{said}");
    let manifest = fs::read_to_string(home.path().join("warm/manifest.json")).expect("text");
    assert!(manifest.contains("1 days, not measured, lived through once a seed"), "{manifest}");
    let ranges = "\n[sweep.ranges]\nbuyers.count = [4, 5]\n";
    let other = home.path().join("scenario.toml");
    let text = fs::read_to_string(&other).expect("text");
    let (before, _) = text.split_once("[sweep.ranges]").expect("ranges");
    fs::write(&other, format!("{before}{ranges}")).expect("written");
    let (code, said) = sweep("refused", &[]);
    assert!(code == Some(2) && said.contains("buyers.count cannot change after"), "{said}");
}
