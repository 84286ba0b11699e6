//! The rooms of the house and who may enter where: reads the source tree and
//! fails on an import that runs against the table, on a crate used outside of
//! the room that owns it, on a file without a heading or past its length.

#![expect(clippy::expect_used, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms that it may import.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("random", &[]),
    ("stats", &["random"]),
    ("scenario", &["units"]),
    ("energy", &["units", "random", "scenario"]),
    ("chain", &["units"]),
    ("trace", &["units", "chain"]),
    ("market", &["units", "scenario", "chain"]),
    ("twin", &["market"]),
    ("agents", &["units", "random", "scenario", "energy", "market"]),
    (
        "engine",
        &["units", "random", "stats", "scenario", "energy", "chain", "trace", "market", "agents"],
    ),
    (
        "experiments",
        &[
            "units", "random", "stats", "scenario", "chain", "trace", "market", "twin", "agents",
            "engine",
        ],
    ),
    (
        "report",
        &["units", "stats", "scenario", "energy", "trace", "market", "engine", "experiments"],
    ),
    ("cli", &["units", "scenario", "trace", "experiments", "report"]),
];

/// Crates that only some rooms may name.
const OWNED: &[(&str, &[&str])] = &[
    ("clarity", &["chain"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("comfy_table", &["cli"]),
    ("rayon", &["experiments"]),
    ("sobol_burley", &["experiments"]),
    ("plotters", &["report"]),
    ("maud", &["report"]),
    ("csv", &["report", "scenario", "energy"]),
    ("parquet", &["report"]),
    ("serde_json", &["report", "scenario", "energy", "trace"]),
    ("toml", &["scenario", "market"]),
    ("solar_positioning", &["energy"]),
    ("jiff", &["energy", "scenario", "report"]),
    ("rand", &["random", "stats", "energy", "agents", "engine", "experiments"]),
    ("rand_chacha", &["random"]),
    ("rand_distr", &["stats", "energy", "agents", "engine"]),
    ("strsim", &["scenario"]),
    ("hdrhistogram", &["engine"]),
];

/// A line is comfortable up to here; past it a file holds two things.
const MOST_LINES: usize = 560;

fn files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the source tree is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file with its room and its text without tests and comments.
fn sources() -> Vec<(PathBuf, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&root).expect("below src").to_path_buf();
            let room = inside.components().next().expect("a room").as_os_str();
            let room = room.to_str().expect("a name").trim_end_matches(".rs").to_owned();
            (inside, room, fs::read_to_string(&path).expect("text"))
        })
        .collect()
}

fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or(text);
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The words that follow `prefix` in `code`, where nothing that could be part
/// of a name stands before it.
fn words_after<'a>(code: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let mut words = BTreeSet::new();
    let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(name) {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split(';').next().unwrap_or(group);
            words.extend(group.split(',').filter_map(|item| {
                let item = item.trim();
                let end = item.find(|c| !name(c)).unwrap_or(item.len());
                (end > 0).then(|| &item[..end])
            }));
        } else {
            let end = rest.find(|c| !name(c)).unwrap_or(rest.len());
            words.insert(&rest[..end]);
        }
    }
    words
}

#[test]
fn imports_flow_down_the_table() {
    let table: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (file, room, text) in sources() {
        if room == "lib" || room == "main" {
            continue;
        }
        let allowed = table.get(room.as_str()).unwrap_or_else(|| panic!("unknown room {room}"));
        for word in words_after(&code_of(&text), "crate::") {
            if table.contains_key(word) && word != room && !allowed.contains(&word) {
                wrong.push(format!("{}: {room} imports {word}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports against the table:\n{}", wrong.join("\n"));
}

#[test]
fn each_crate_has_one_owner() {
    let mut wrong = Vec::new();
    for (file, room, text) in sources() {
        let code = code_of(&text);
        for (owned, owners) in OWNED {
            let named = !words_after(&code, &format!("{owned}::")).is_empty();
            if named && !owners.contains(&room.as_str()) {
                wrong.push(format!("{}: {room} names {owned}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "crates outside of their rooms:\n{}", wrong.join("\n"));
}

#[test]
fn no_clock_no_threads_no_printing_where_results_are_made() {
    let banned = ["std::time::Instant", "SystemTime", "std::thread", "println!", "eprintln!"];
    let mut wrong = Vec::new();
    for (file, room, text) in sources() {
        if room == "cli" || room == "main" {
            continue;
        }
        let code = code_of(&text);
        for word in banned.iter().filter(|word| code.contains(**word)) {
            wrong.push(format!("{}: {word}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_has_a_heading_and_a_length_that_can_be_read() {
    let mut wrong = Vec::new();
    for (file, _, text) in sources() {
        if !text.starts_with("//!") {
            wrong.push(format!("{}: does not open with //!", file.display()));
        }
        let lines = text.lines().count();
        if lines > MOST_LINES {
            wrong.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_itself_finds_what_it_should() {
    let code = "use crate::market::Flow;\nuse crate::{chain, units::Kwh};\nlet x = mycrate::z;";
    let words = words_after(code, "crate::");
    assert_eq!(words.into_iter().collect::<Vec<_>>(), ["chain", "market", "units"]);
    let tested = "fn f() {}\n// crate::market\n#[cfg(test)]\nuse crate::chain;";
    assert!(words_after(&code_of(tested), "crate::").is_empty());
}
