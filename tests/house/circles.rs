//! No circle of files within a room: whoever reads a file should need those
//! below it and none of those that need it.
//!
//! A file needs another where it imports, or names by a path, something that the
//! other defines. Who merely hands it on does not count: a `mod.rs` may declare
//! its modules and re-export what they define, and a child that takes such a name
//! from its `mod.rs` needs its sibling alone. So a child that takes from its
//! `mod.rs` what is defined there, while the `mod.rs` itself uses what the child
//! defines, is a circle; what both need belongs in a file of its own. Methods
//! that a file adds to a type of another are not followed: the type's file does
//! not name them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::source::{Named, Tree, Words};

/// The rooms that are held, by the path of their module.
const HELD: &[&str] = &["chain", "cli", "energy", "engine", "experiments"];

/// For each file the files that it needs, each with a name that it takes there.
type Needs<'t> = BTreeMap<&'t PathBuf, BTreeMap<&'t PathBuf, String>>;

fn needs<'t>(tree: &'t Tree, room: &[String]) -> Needs<'t> {
    let mut needs: Needs<'t> = BTreeMap::new();
    for (from, module) in tree.modules.iter().filter(|(path, _)| path.starts_with(room)) {
        // What is only handed on is not needed here.
        let own = module.imports.iter().filter(|import| {
            !import.handed_on || (import.name != "*" && module.words.contains(&import.name))
        });
        let found = needs.entry(&module.file).or_default();
        for path in own.map(|import| &import.path).chain(&module.paths) {
            let Named::Inside(target) = tree.named(from, path) else { continue };
            // All that a glob brings is taken for the module's own.
            let home: Option<&Words> = tree.home(&target);
            let glob = || tree.modules.get_key_value(&target).filter(|_| is_glob(module, path));
            let Some(home) = home.or_else(|| Some(glob()?.0)) else { continue };
            let file = &tree.modules[home].file;
            if home.starts_with(room) && *file != module.file {
                found.entry(file).or_insert_with(|| path.join("::"));
            }
        }
    }
    needs
}

fn is_glob(module: &crate::source::Module, path: &Words) -> bool {
    module.imports.iter().any(|import| import.name == "*" && import.path == *path)
}

/// Circles as texts: for each file that is in one and in none told before, a
/// shortest one through it.
fn circles(tree: &Tree, room: &str) -> Vec<String> {
    let room: Words = room.split("::").map(str::to_owned).collect();
    let needs = needs(tree, &room);
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for start in needs.keys() {
        // From each file that is reached, the one it was reached from.
        let mut from: BTreeMap<&PathBuf, &PathBuf> = BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([*start]);
        while let Some(file) = queue.pop_front() {
            for next in needs.get(file).into_iter().flat_map(BTreeMap::keys) {
                if !from.contains_key(*next) {
                    from.insert(next, file);
                    queue.push_back(next);
                }
            }
        }
        if !from.contains_key(*start) || told.contains(*start) {
            continue;
        }
        let mut way = vec![*start];
        while way.len() < 2 || way[way.len() - 1] != *start {
            way.push(from[way[way.len() - 1]]);
        }
        way.reverse();
        told.extend(way.iter().copied());
        let steps = way.windows(2).map(|pair| {
            format!(
                "  {} needs {} ({})",
                pair[0].display(),
                pair[1].display(),
                needs[pair[0]][pair[1]]
            )
        });
        found.push(steps.collect::<Vec<_>>().join("\n"));
    }
    found
}

#[test]
fn no_room_has_a_circle_of_files() {
    let tree = Tree::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let found: Vec<String> = HELD
        .iter()
        .flat_map(|room| {
            let path: Words = room.split("::").map(str::to_owned).collect();
            assert!(tree.modules.contains_key(&path), "there is no room {room}");
            circles(&tree, room)
        })
        .collect();
    assert!(found.is_empty(), "files that need each other:\n{}", found.join("\n\n"));
}

/// A tree of these files of the room `room`.
fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::default();
    for (file, text) in files {
        tree.add(&Path::new("room").join(file), text);
    }
    tree
}

#[test]
fn circles_are_found_by_whatever_name_they_close() {
    // The second file of each closes a circle with `a.rs`.
    let a = "use super::b::f;\npub struct A;\npub fn g() { f() }";
    for b in [
        "use super::a::A;\npub fn f() {}",
        "use super::{a::{self, A}};\npub fn f() {}",
        "use crate::room::a::*;\npub fn f() {}",
        "pub fn f() { super::a::g() }",
        "use super::a;\npub fn f() { a::g() }",
        "use super::A;\npub fn f() {}",
        "use super::Renamed;\npub fn f() {}",
        "use super::super::room::A;\npub fn f() {}",
        "#[cfg(test)]\nmod tests {}\nuse super::A;\npub fn f() {}",
    ] {
        let top = "mod a;\nmod b;\nmod c;\npub use a::A;\npub(crate) use c::Renamed;";
        let c = "pub use super::a::A as Renamed;";
        let tree = tree(&[("mod.rs", top), ("a.rs", a), ("b.rs", b), ("c.rs", c)]);
        let found = circles(&tree, "room");
        assert!(found.len() == 1 && found[0].contains("a.rs needs room/b.rs"), "{b}: {found:?}");
    }
    // A child and its `mod.rs`, each of which uses what the other defines.
    let child = "use super::Top;\npub fn f(top: Top) {}";
    let top = "mod child;\npub struct Top;\nfn g() { child::f(Top) }";
    let found = circles(&tree(&[("mod.rs", top), ("child.rs", child)]), "room");
    assert!(found.len() == 1 && found[0].contains("child.rs needs room/mod.rs"), "{found:?}");
}

#[test]
fn handing_on_is_no_circle() {
    let top = "mod a;\nmod b;\nmod deep;\npub use a::A;\npub use b::*;\npub use deep::D;";
    let a =
        "use super::{B, D};\npub struct A(B, D);\n#[cfg(test)]\nmod tests { use crate::room::C; }";
    let b = "pub struct B;\npub struct C;";
    let deep = "use crate::room::B;\npub struct D(B);";
    let files = [("mod.rs", top), ("a.rs", a), ("b.rs", b), ("deep/mod.rs", deep)];
    assert_eq!(circles(&tree(&files), "room"), [""; 0]);
}
