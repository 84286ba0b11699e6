//! Imports flow down the table of rooms, each crate has one owner, and where
//! results are made there is no clock, no thread, no chance and no printing.

use std::collections::BTreeMap;
use std::path::Path;

use crate::source::{Module, Named, Tree, Words};

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

/// Crates that only some rooms may name, or some rooms within them.
const OWNED: &[(&str, &[&str])] = &[
    ("clarity", &["chain::vm"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("comfy_table", &["cli"]),
    ("rayon", &["experiments"]),
    ("sobol_burley", &["experiments"]),
    ("plotters", &["report"]),
    ("plotters_backend", &["report"]),
    ("maud", &["report"]),
    ("csv", &["report", "scenario", "energy"]),
    ("parquet", &["report"]),
    ("tempfile", &["report", "cli"]),
    ("rustix", &["report"]),
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

/// What makes a result differ from run to run, or appear while it is made.
const UNREPEATABLE: &[&str] = &[
    "std::time::Instant",
    "std::time::SystemTime",
    "std::thread",
    "std::collections::hash_map::RandomState",
    "jiff::Zoned::now",
    "jiff::Timestamp::now",
    "rand::rng",
    "rand::random",
];
const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// What every import and path of the module names.
fn names<'t>(
    tree: &'t Tree,
    at: &'t Words,
    module: &'t Module,
) -> impl Iterator<Item = Named> + 't {
    let imported = module.imports.iter().map(|import| &import.path);
    imported.chain(&module.paths).map(|path| tree.named(at, path))
}

/// Imports that run against the table.
fn against_the_table(tree: &Tree) -> Vec<String> {
    let table: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (at, module) in &tree.modules {
        let Some(room) = at.first().filter(|room| *room != "main") else { continue };
        let allowed = table.get(room.as_str()).unwrap_or_else(|| panic!("unknown room {room}"));
        for named in names(tree, at, module) {
            let Named::Inside(path) = named else { continue };
            let Some(other) = path.first().filter(|other| *other != room) else { continue };
            if table.contains_key(other.as_str()) && !allowed.contains(&other.as_str()) {
                wrong.push(format!(
                    "{}: {room} imports {}",
                    module.file.display(),
                    path.join("::")
                ));
            }
        }
    }
    wrong
}

/// Whether a module is a room, as `chain::vm`, or lies within it.
fn within(module: &Words, room: &str) -> bool {
    let mut inside = module.iter().map(String::as_str);
    room.split("::").all(|part| inside.next() == Some(part))
}

/// Crates named outside of the rooms that own them.
fn not_owned(tree: &Tree) -> Vec<String> {
    let owned: BTreeMap<_, _> = OWNED.iter().copied().collect();
    let mut wrong = Vec::new();
    for (at, module) in &tree.modules {
        let room = at.first().map_or("lib", String::as_str);
        for named in names(tree, at, module) {
            let Named::Outside(path) = named else { continue };
            let owns = |owner: &&str| within(at, owner);
            if owned.get(path[0].as_str()).is_some_and(|owners| !owners.iter().any(owns)) {
                wrong.push(format!("{}: {room} names {}", module.file.display(), path.join("::")));
            }
        }
    }
    wrong
}

/// Clocks, threads, chance and printing outside of the command line.
fn unrepeatable(tree: &Tree) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, module) in &tree.modules {
        if at.first().is_some_and(|room| room == "cli" || room == "main") {
            continue;
        }
        let banned = |path: &str| {
            let within = |ban: &&&str| path == **ban || path.starts_with(&format!("{ban}::"));
            UNREPEATABLE.iter().any(|ban| within(&ban))
        };
        let mut found: Vec<String> = names(tree, at, module)
            .filter_map(|named| match named {
                Named::Outside(path) => Some(path.join("::")),
                Named::Inside(_) => None,
            })
            .filter(|path| banned(path))
            .collect();
        let printed = PRINTING.iter().filter(|name| module.macros.contains(**name));
        found.extend(printed.map(|name| format!("{name}!")));
        wrong.extend(found.iter().map(|what| format!("{}: {what}", module.file.display())));
    }
    wrong
}

fn house() -> Tree {
    Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// A tree of these files alone.
fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::default();
    for (file, text) in files {
        tree.add(Path::new(file), text);
    }
    tree
}

#[test]
fn imports_flow_down_the_table() {
    let wrong = against_the_table(&house());
    assert!(wrong.is_empty(), "imports against the table:\n{}", wrong.join("\n"));
}

#[test]
fn each_crate_has_one_owner() {
    let wrong = not_owned(&house());
    assert!(wrong.is_empty(), "crates outside of their rooms:\n{}", wrong.join("\n"));
}

#[test]
fn no_clock_no_threads_no_printing_where_results_are_made() {
    let wrong = unrepeatable(&house());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_wrong_is_found_wherever_it_stands() {
    // Each with the line that is wrong in the room `stats`, which may import nothing
    // but `random`.
    for line in [
        "use crate::market::Flow;",
        "pub(crate) use crate::{random::{Stream, stream}, market};",
        "use super::super::market::Flow;",
        "fn f() { super::super::market::decode(); }",
        "fn f() { print(vec![crate::market::Flow::new()]) }",
        "#[cfg(test)]\nmod tests { use crate::random; }\nuse crate::market::Flow;",
        "#[cfg(test)]\nconst A: [u8; 2] = [1, 2];\nfn f(of: crate::market::Flow) {}",
        "mod inner { use super::super::super::market::Flow; }",
    ] {
        let tree = tree(&[("stats/deep.rs", line), ("market/mod.rs", "pub struct Flow;")]);
        assert_eq!(against_the_table(&tree).len(), 1, "{line}");
    }
    for line in [
        "use clap::Parser;",
        "fn f() { ::clap::crate_version!() }",
        "use clap as c;",
        "#[derive(clap::Parser)]\nstruct S;",
        "#[cfg(test)]\nuse clap::Parser;\nuse {std::fmt, clap::{self, Parser}};",
    ] {
        assert!(!not_owned(&tree(&[("stats/deep.rs", line)])).is_empty(), "{line}");
    }
    let named = "use clarity::vm::Value;";
    assert_eq!(not_owned(&tree(&[("chain/node.rs", named)])).len(), 1);
    assert_eq!(not_owned(&tree(&[("chain/vm/deep/store.rs", named)])), [""; 0]);
    for line in [
        "use std::time::{Duration, Instant};",
        "use std::time;\nfn f() { time::Instant::now(); }",
        "use std::{fmt, thread};",
        "fn f() { rand::random() }",
        "use jiff::Zoned;\nfn f() { Zoned::now() }",
        "fn f() { if a { println!(\"a\") } }",
    ] {
        assert_eq!(unrepeatable(&tree(&[("stats/deep.rs", line)])).len(), 1, "{line}");
    }
}

#[test]
fn what_is_right_is_left_alone() {
    let right = "//! [`crate::market`]\n/* crate::market::Flow */\nuse crate::random::{self, stream};\n\
        use super::other::Flow;\nuse mycrate::market::Flow as F;\nuse std::time::Duration;\n\
        const A: &str = \"use crate::market::Flow; std::time::Instant println!(1)\";\n\
        #[cfg(test)]\n#[expect(dead_code)]\nmod tests { use crate::market::Flow; fn f() { println!() } }\n\
        #[cfg(all(test, unix))]\nuse std::thread;\nfn println() -> impl Fn() + use<> {}\n";
    let tree = tree(&[("stats/deep.rs", right), ("market/mod.rs", ""), ("random/mod.rs", "")]);
    assert_eq!(against_the_table(&tree), [""; 0]);
    assert_eq!(not_owned(&tree), [""; 0]);
    assert_eq!(unrepeatable(&tree), [""; 0]);
}
