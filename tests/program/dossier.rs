//! A dossier from the results of real runs of the smallest market: what stands
//! in it, what cannot get into it, and what it says to broken results.

use std::fs;
use std::path::{Path, PathBuf};

use crate::binary::connect_sim;

/// The program, which must end with `code`; returns what it printed on both
/// streams.
fn program(arguments: &[&str], code: i32) -> String {
    let output = connect_sim().args(arguments).output().expect("the program starts");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    text
}

const EVIL: &str = "<script>alert(1)</script>";

/// A comparison whose name, question and setting are hostile.
fn comparison(home: &Path) -> PathBuf {
    let out = home.join("compare");
    let path = out.display().to_string();
    let question = format!("scenario.question=\"![x](http://evil.example) {EVIL}\"");
    let variant = format!("{EVIL}:market.commission_bps=2000");
    let arguments = [
        "compare",
        "scenarios/tiny.toml",
        "--variant",
        &variant,
        "--replicates",
        "3",
        "--set",
        &question,
        "--out",
        &path,
        "--quiet",
    ];
    program(&arguments, 0);
    // No scenario may be called so; a manifest from elsewhere might say it is.
    let manifest = out.join("manifest.json");
    let text = fs::read_to_string(&manifest).expect("a manifest");
    let named = "\"name\": \"tiny\"";
    assert!(text.contains(named), "{text}");
    let evil = format!("\"name\": \"{EVIL}\"");
    fs::write(&manifest, text.replace(named, &evil)).expect("written");
    out
}

#[test]
fn a_dossier_says_what_is_proposed_and_nothing_hostile_gets_in() {
    let home = tempfile::tempdir().expect("a directory");
    let compare = comparison(home.path());
    let run = home.path().join("run");
    program(&["run", "scenarios/tiny.toml", "--out", &run.display().to_string(), "--quiet"], 0);
    let results = [compare.display().to_string(), run.display().to_string()];
    let page = home.path().join("page.html").display().to_string();
    program(&["report", &results[1], &results[0], "--out", &page], 0);
    let text = fs::read_to_string(&page).expect("a page");
    assert!(text.len() < 2_000_000, "{} bytes", text.len());
    // The comparison leads, though it was named second.
    assert!(text.contains("Raise the commission from 2.5\u{a0}% to 20\u{a0}%?"));
    for part in ["For the voter", "For the analyst", "For the auditor", "What was not modelled"] {
        assert!(text.contains(part), "{part}");
    }
    // One script, ours; what the scenario is called is text.
    assert_eq!(text.matches("<script").count(), 1);
    assert!(text.contains("&lt;script&gt;alert(1)"));
    // Nothing that a browser would fetch.
    for fetched in ["src=", "href=\"http", "url(", "@import", "<link"] {
        assert!(!text.contains(fetched), "{fetched}");
    }
    let again = home.path().join("again.html").display().to_string();
    program(&["report", &results[1], &results[0], "--out", &again], 0);
    assert!(fs::read_to_string(&again).expect("a page") == text, "two dossiers differ");
}

#[test]
fn a_post_has_its_charts_as_files_and_no_markup_of_others() {
    let home = tempfile::tempdir().expect("a directory");
    let compare = comparison(home.path()).display().to_string();
    let post = home.path().join("post.md");
    program(&["report", &compare, "--format", "md", "--out", &post.display().to_string()], 0);
    let text = fs::read_to_string(&post).expect("a post");
    assert!(text.starts_with("# Raise the commission"), "{text}");
    let outside_code: String = text.split("```").step_by(2).collect();
    assert!(!outside_code.contains("<script"), "{text}");
    assert!(!outside_code.contains("![x](http"), "{text}");
    let charts: Vec<&str> =
        text.split("](post-charts/").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(charts.len() >= 4, "{charts:?}");
    for chart in charts {
        let file = fs::read_to_string(home.path().join("post-charts").join(chart)).expect(chart);
        assert!(file.starts_with("<svg") || file.contains(','), "{chart}");
        assert!(!chart.ends_with(".svg") || !file.contains("<script"), "{chart}");
    }
}

#[test]
fn a_result_is_run_again_and_a_forged_number_is_found() {
    let home = tempfile::tempdir().expect("a directory");
    let out = home.path().join("it's a run");
    let run = out.display().to_string();
    program(&["run", "scenarios/tiny.toml", "--seed", "3", "--out", &run, "--quiet"], 0);
    let said = program(&["report", "--verify", &run], 0);
    assert!(said.contains("every number is the same"), "{said}");
    let summary = out.join("summary.csv");
    let text = fs::read_to_string(&summary).expect("a summary");
    fs::write(&summary, text.replacen("traded_kwh,kWh,", "traded_kwh,kWh,1", 1)).expect("written");
    let said = program(&["report", "--verify", &run], 3);
    assert!(said.contains("summary.csv") && said.contains(", mean: "), "{said}");
    // The page says so too, without running anything.
    program(&["report", &run], 0);
    let page = fs::read_to_string(out.join("report.html")).expect("a page");
    assert!(page.contains("Files were changed after the run"));
    let manifest = out.join("manifest.json");
    for command in ["rm -rf /", "connect-sim report x", "connect-sim run x --out y"] {
        fs::write(&manifest, format!("{{\"verb\": \"run\", \"command\": \"{command}\"}}"))
            .expect("written");
        let said = program(&["report", "--verify", &run], 2);
        assert!(said.contains("none that makes a result"), "{said}");
    }
}

#[test]
fn a_broken_result_is_told_with_its_file() {
    let home = tempfile::tempdir().expect("a directory");
    let nothing = home.path().join("nothing").display().to_string();
    assert!(program(&["report", &nothing], 2).contains("manifest.json: cannot be read"));
    let manifest = home.path().join("manifest.json");
    let here = home.path().display().to_string();
    for (text, expected) in [
        ("{", "is no manifest"),
        ("{\"verb\": \"dance\"}", "\"dance\""),
        ("{\"verb\": \"run\"}", "summary.csv: cannot be read"),
        ("{\"verb\": \"compare\"}", "names no settings that were compared"),
    ] {
        fs::write(&manifest, text).expect("written");
        let said = program(&["report", &here], 2);
        assert!(said.contains(expected), "{said}");
    }
    fs::write(home.path().join("summary.csv"), "metric,unit\n\u{0},\u{7}").expect("written");
    fs::write(&manifest, "{\"verb\": \"run\"}").expect("written");
    assert!(program(&["report", &here], 2).contains("has no column mean"));
    assert!(!home.path().join("report.html").exists());
}
