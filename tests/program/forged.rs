//! Results that somebody forged: one value of a manifest, one byte of a file, a
//! page, a file more or less. `report --verify` names each; and what a foreign
//! result asks for is neither read nor printed.

use std::fs;
use std::path::{Path, PathBuf};

use connect_sim::report::{Checked, Page, compare_results};
use serde_json::Value;

use crate::binary::{connect_sim, files};
use crate::hostile_results::{TOWN, VERBS, results};

/// The first five verbs: run, compare, sweep, tune, stress.
const HELD: usize = 5;

/// What the program says to these arguments, which must end with `code`.
fn told(directory: &Path, arguments: &[&str], code: i32) -> String {
    let mut command = connect_sim();
    let output = command.current_dir(directory).args(arguments).output().expect("runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(path, bytes).expect("written");
    }
}

/// A result, and the same made once more.
fn twice(verb: usize, home: &Path) -> (PathBuf, PathBuf) {
    let (saved, again) = (home.join("saved"), home.join("again"));
    copy(&results()[verb], &saved);
    let scenario = results()[verb].with_file_name("town.toml");
    let (words, _) = VERBS[verb];
    let mut command = connect_sim();
    command.arg(words[0]).arg(&scenario).args(&words[1..]).args(["--quiet", "--out"]);
    command.arg(&again).assert().success();
    (saved, again)
}

fn differences(saved: &Path, again: &Path) -> Vec<Checked> {
    let checked = compare_results(saved, again).expect("two results");
    checked.into_iter().filter(|file| file.difference.is_some()).collect()
}

/// Every value of a tree by its pointer and as keys are written.
fn leaves(tree: &Value, pointer: &str, key: &str, found: &mut Vec<(String, String)>) {
    match tree {
        Value::Object(entries) if !entries.is_empty() => {
            for (name, value) in entries {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                leaves(value, &format!("{pointer}/{escaped}"), &key, found);
            }
        }
        Value::Array(values) if !values.is_empty() => {
            for (place, value) in values.iter().enumerate() {
                leaves(value, &format!("{pointer}/{place}"), &format!("{key}[{place}]"), found);
            }
        }
        _ => found.push((pointer.to_owned(), key.to_owned())),
    }
}

/// Another value of the same kind.
fn forged(value: &Value) -> Value {
    match value {
        Value::Null => Value::from(1),
        Value::Bool(flag) => Value::from(!flag),
        Value::Number(number) => match number.as_u64() {
            Some(whole) => Value::from(whole.wrapping_add(1)),
            None => Value::from(number.as_f64().unwrap_or(0.0) + 0.25),
        },
        Value::String(text) => Value::from(format!("{text}x")),
        Value::Array(_) | Value::Object(_) => Value::from("nothing was here"),
    }
}

#[test]
fn every_value_of_a_manifest_and_every_file_is_held() {
    for (verb, (words, _)) in VERBS.iter().enumerate().take(HELD) {
        let home = tempfile::tempdir().expect("a directory");
        let (saved, again) = twice(verb, home.path());
        assert_eq!(differences(&saved, &again), [], "{words:?}");
        let path = saved.join("manifest.json");
        let text = fs::read_to_string(&path).expect("a manifest");
        let manifest: Value = serde_json::from_str(&text).expect("JSON");
        let mut all = Vec::new();
        leaves(&manifest, "", "", &mut all);
        assert!(all.len() > 100, "{}", all.len());
        // Manifests alone, so that nobody waits for tables to be read.
        let whole = (saved, again);
        let [saved, again] = [&whole.0, &whole.1].map(|result| {
            let emptied = result.with_extension("emptied");
            for (name, bytes) in files(result) {
                let path = emptied.join(&name);
                let bytes = if name == "manifest.json" { bytes } else { Vec::new() };
                fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
                fs::write(path, bytes).expect("written");
            }
            emptied
        });
        let path = saved.join("manifest.json");
        for (pointer, key) in all {
            let mut changed = manifest.clone();
            let leaf = changed.pointer_mut(&pointer).expect("a value");
            *leaf = forged(leaf);
            fs::write(&path, serde_json::to_string_pretty(&changed).expect("JSON") + "\n")
                .expect("written");
            let found = differences(&saved, &again);
            assert_eq!(found.len(), 1, "{key}: {found:?}");
            let told = found[0].difference.as_deref().unwrap_or_default();
            assert!(
                found[0].file == "manifest.json" && told.starts_with(&format!("{key}: ")),
                "{key}: {told}"
            );
            let (old, new) = (leaf_text(&changed, &pointer), leaf_text(&manifest, &pointer));
            assert!(told.contains(&old) && told.contains(&new), "{told}: {old}, {new}");
        }
        let (saved, again) = whole;
        let path = saved.join("manifest.json");
        // Not a value, and a byte nevertheless.
        fs::write(&path, text.replacen("\n", " \n", 1)).expect("written");
        assert_eq!(differences(&saved, &again).len(), 1);
        fs::write(&path, &text).expect("written");
        for (name, bytes) in files(&saved).into_iter().filter(|(name, _)| name != "manifest.json") {
            let path = saved.join(&name);
            for place in [0, bytes.len() / 2, bytes.len() - 1] {
                let mut changed = bytes.clone();
                changed[place] ^= 1;
                fs::write(&path, changed).expect("written");
                let found = differences(&saved, &again);
                assert!(found.len() == 1 && found[0].file == name, "{name}: {found:?}");
            }
            fs::remove_file(&path).expect("removed");
            let found = differences(&saved, &again);
            assert!(found.iter().any(|file| file.file == name), "{name}: {found:?}");
            fs::write(&path, bytes).expect("written");
        }
        for extra in ["notes.txt", "charts/extra.svg", "manifest.json.orig", "a.csv"] {
            fs::create_dir_all(saved.join("charts")).expect("a directory");
            fs::write(saved.join(extra), "more").expect("written");
            let found = differences(&saved, &again);
            assert!(found.len() == 1 && found[0].file == extra, "{extra}: {found:?}");
            fs::remove_file(saved.join(extra)).expect("removed");
        }
    }
}

fn leaf_text(tree: &Value, pointer: &str) -> String {
    let text = tree.pointer(pointer).map_or_else(String::new, Value::to_string);
    text.chars().take(100).collect()
}

/// A village with a comparison and its page; the folder it is in.
fn village() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a directory");
    fs::create_dir(home.path().join("towns")).expect("a directory");
    fs::write(home.path().join("towns/town.toml"), TOWN).expect("written");
    let compare = ["compare", "towns/town.toml", "--variant", "dear:market.commission_bps=1000"];
    told(
        home.path(),
        &[&compare[..], &["--replicates", "2", "--out", "r/c", "--quiet"]].concat(),
        0,
    );
    told(home.path(), &["run", "towns/town.toml", "--out", "r/run", "--quiet"], 0);
    told(home.path(), &["report", "r/c", "r/run", "--quiet"], 0);
    told(home.path(), &["report", "r/c", "r/run", "--format", "md", "--quiet"], 0);
    home
}

#[test]
fn what_was_forged_is_named_from_any_folder() {
    let home = village();
    let result = home.path().join("r/c");
    let at = result.display().to_string();
    let said = told(home.path(), &["report", "--verify", "r/c"], 0);
    assert!(said.contains("r/c: every number is the same"), "{said}");
    assert!(said.contains("r/c/report.html: the same") && said.contains("r/run (man"), "{said}");
    // The command was given elsewhere, and one page is enough to find the rest.
    told(Path::new("/"), &["report", "--verify", &at], 0);
    let page = result.join("report.md").display().to_string();
    let said = told(Path::new("/"), &["report", "--verify", &page], 0);
    assert_eq!(said.matches("every number is the same").count(), 2, "{said}");
    let forge = |file: &str, from: &str, to: &str, expected: &[&str]| {
        let path = result.join(file);
        let text = fs::read_to_string(&path).expect("text");
        let place = text.rfind(from).expect("a place to forge");
        let changed = format!("{}{to}{}", &text[..place], &text[place + from.len()..]);
        fs::write(&path, changed).expect("written");
        let said = told(Path::new("/"), &["report", "--verify", &at], 3);
        // Without the lines of the table and where it breaks them.
        let said = said.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        for expected in expected {
            assert!(said.contains(expected), "{file}: {expected}: {said}");
        }
        fs::write(&path, text).expect("written");
    };
    let key = "details.variants[1].scenario.market.commission_bps: 300 was saved, 1000";
    forge("manifest.json", "\"commission_bps\": 1000", "\"commission_bps\": 300", &[key]);
    forge("manifest.json", "\"first_seed\": 1", "\"first_seed\": 9", &["details.first_seed: 9"]);
    let scenario = "\"scenario_sha256\": \"";
    forge(
        "manifest.json",
        scenario,
        "\"scenario_sha256\": \"0",
        &["details.variants[1].scenario_sha256: \"0"],
    );
    forge("manifest.json", "=1000", "=300", &["details.variants[1].scenario_sha256: "]);
    forge(
        "manifest.json",
        ".csv\",\n      \"sha256\": \"",
        ".csv\",\n      \"sha256\": \"0",
        &["sha256: \"0"],
    );
    forge("report.html", "commission", "comission", &["report.html"]);
    forge("report.md", "SHA-256 ", "SHA-256 0", &["report.md", "which is not here"]);
    forge("report-charts/differences-1.csv", "\n", "\n1,2\n", &["report-charts/differences-1.csv"]);
    for extra in
        ["extra.html", "extra-charts/a.svg", "extra.md.sig", "report-charts/b.svg", "x.csv"]
    {
        let path = result.join(extra);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        fs::write(&path, "more").expect("written");
        let said = told(home.path(), &["report", "--verify", "r/c"], 3);
        assert!(said.contains(extra), "{extra}: {said}");
        fs::remove_file(&path).expect("removed");
    }
    fs::remove_dir(result.join("extra-charts")).expect("removed");
    told(home.path(), &["report", "--verify", "r/c"], 0);
    // What a page was made from must be there, and be what it was.
    fs::rename(home.path().join("r/run"), home.path().join("elsewhere")).expect("moved");
    let said = told(home.path(), &["report", "--verify", "r/c"], 3);
    assert!(said.contains("r/run (manifest.json with SHA-256"), "{said}");
    told(home.path(), &["report", "--verify", "r/c", "elsewhere"], 0);
}

#[test]
fn a_page_carries_the_digest_of_what_it_was_made_from() {
    let home = village();
    let digest = |result: &str| -> String {
        use sha2::{Digest as _, Sha256};
        let bytes = fs::read(home.path().join(result).join("manifest.json")).expect("a manifest");
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    for page in ["r/c/report.html", "r/c/report.md"] {
        let text = fs::read_to_string(home.path().join(page)).expect("a page");
        for result in ["r/c", "r/run"] {
            assert!(text.contains(&digest(result)), "{page}: {result}");
        }
        let page = Page::read(&home.path().join(page)).expect("a page");
        assert!(page.told().contains("r/c (") && page.told().contains("r/run ("));
    }
}

#[test]
fn a_part_of_a_sweep_is_verified_as_a_part() {
    let home = tempfile::tempdir().expect("a directory");
    fs::write(home.path().join("town.toml"), TOWN).expect("written");
    told(home.path(), &["sweep", "town.toml", "--shard", "1/2", "--out", "p", "--quiet"], 0);
    told(home.path(), &["report", "--verify", "p"], 0);
}

const SECRET: &str = "API_KEY=hunter2-and-more";

#[test]
fn a_foreign_result_reads_and_prints_nothing_of_ours() {
    let home = tempfile::tempdir().expect("a directory");
    let result = home.path().join("given");
    fs::create_dir(&result).expect("a directory");
    fs::write(home.path().join(".env"), format!("{SECRET}\n")).expect("written");
    let town = |more: &str| {
        fs::write(home.path().join("town.toml"), format!("{more}\n{TOWN}")).expect("written");
    };
    town("weather.file = \".env\"");
    let manifest = |command: &str| {
        let manifest = format!(
            r#"{{"verb": "run", "scenario": {{}}, "command": "connect-sim {command}", "data": [
            {{"file": ".env", "sha256": "{}"}}]}}"#,
            "0".repeat(64)
        );
        fs::write(result.join("manifest.json"), manifest).expect("written");
    };
    for (command, code) in [
        ("run .env", 2),
        ("run town.toml", 3),
        ("compare .env town.toml", 2),
        ("sweep .env", 2),
        ("check .env", 2),
        ("fuzz .env", 2),
        ("run town.toml --set load.source='\\\"file\\\"' --set load.file='\\\".env\\\"'", 3),
    ] {
        manifest(command);
        let said = told(home.path(), &["report", "--verify", "given"], code);
        assert!(!said.contains("hunter2"), "{command}: {said}");
    }
    // A part that names a file of ours.
    let part = r#"{"details": {"part": {"key": "k", "shard": 1, "of": 1, "overrides": [],
        "scenario_file": ".env", "command": ""}}}"#;
    fs::write(result.join("manifest.json"), part).expect("written");
    let said = told(home.path(), &["merge", "given", "--out", "m"], 2);
    assert!(!said.contains("hunter2") && said.contains(".env: not what"), "{said}");
}

#[test]
fn a_merge_that_failed_leaves_nothing_that_the_next_believes() {
    let home = tempfile::tempdir().expect("a directory");
    fs::write(home.path().join("town.toml"), TOWN).expect("written");
    for part in ["1/2", "2/2"] {
        let out = &part[..1];
        told(home.path(), &["sweep", "town.toml", "--shard", part, "--out", out, "--quiet"], 0);
    }
    let runs = home.path().join("1/runs.txt");
    let text = fs::read_to_string(&runs).expect("runs");
    // A line that is whole: its checksum is right, and its hash is another.
    let mut lines: Vec<&str> = text.lines().collect();
    let first = lines.remove(0);
    let (words, _) = first.rsplit_once(' ').expect("a checksum");
    let changed = words.replacen(' ', " 1", 1);
    let sum = {
        use sha2::{Digest as _, Sha256};
        Sha256::digest(&changed)[..4].iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let forged = format!("{changed} {sum}\n{}\n", lines.join("\n"));
    fs::write(&runs, forged).expect("written");
    let said = told(home.path(), &["merge", "2", "1", "--out", "m"], 2);
    assert!(said.contains("1/runs.txt: not what manifest.json says"), "{said}");
    let hidden = fs::read_dir(home.path()).expect("a directory").filter(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with('.'))
    });
    assert_eq!(hidden.count(), 0);
    fs::write(&runs, text).expect("written");
    told(home.path(), &["merge", "2", "1", "--out", "m", "--quiet"], 0);
    told(home.path(), &["sweep", "town.toml", "--out", "w", "--quiet"], 0);
    crate::binary::same(&home.path().join("m"), &home.path().join("w"));
}

#[test]
fn a_terminal_obeys_nothing_that_stands_in_a_file() {
    let home = tempfile::tempdir().expect("a directory");
    let scenario =
        format!("{TOWN}\n\"\\u001b[2Jkey\" = 1\n[market]\n\"\\u009b31m\" = \"\\u0007\"\n");
    fs::write(home.path().join("town.toml"), scenario).expect("written");
    let result = home.path().join("given");
    fs::create_dir(&result).expect("a directory");
    let checks = |said: String| {
        let obeyed = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!said.contains(obeyed), "{said:?}");
        said
    };
    let said = checks(told(home.path(), &["check", "town.toml"], 2));
    assert!(said.contains("\\u{1b}[2Jkey"), "{said}");
    for manifest in [
        r#"{"verb": "run", "command": "rm \u001b]0;x\u0007 \u202e"}"#,
        r#"{"verb": "run", "command": "connect-sim run \u001b[2J.toml"}"#,
        r#"{"verb": "run\u001b[2J", "command": "x"}"#,
    ] {
        fs::write(result.join("manifest.json"), manifest).expect("written");
        checks(told(home.path(), &["report", "--verify", "given"], 2));
        checks(told(home.path(), &["report", "given"], 2));
    }
    fs::write(home.path().join("town.toml"), TOWN).expect("written");
    let variant = "\u{1b}[31mred\u{202e}:market.commission_bps=1000";
    let compare = ["compare", "town.toml", "--variant", variant, "--replicates", "2", "--out", "c"];
    // Such a name is refused, and the refusal writes it out.
    checks(told(home.path(), &compare, 2));
    fs::write(home.path().join("t.jsonl"), "{\"\u{1b}[2J\": \"\u{9b}x\"}\n").expect("written");
    checks(told(home.path(), &["replay", "t.jsonl"], 2));
}

#[test]
fn a_scenario_that_begins_as_a_flag_does_can_be_verified() {
    let home = tempfile::tempdir().expect("a directory");
    fs::write(home.path().join("-town.toml"), TOWN).expect("written");
    told(home.path(), &["run", "--out", "r", "--quiet", "--", "-town.toml"], 0);
    told(home.path(), &["report", "--verify", "r"], 0);
    let compare = ["compare", "--variant=x:market.commission_bps=1000", "--replicates", "2"];
    told(home.path(), &[&compare[..], &["--out", "c", "--quiet", "--", "-town.toml"]].concat(), 0);
    told(home.path(), &["report", "--verify", "c"], 0);
    told(home.path(), &["run", "--out=-r", "--quiet", "./-town.toml"], 0);
    told(home.path(), &["report", "--quiet", "--", "-r"], 0);
    told(home.path(), &["report", "--verify", "--", "-r/report.html"], 0);
}
