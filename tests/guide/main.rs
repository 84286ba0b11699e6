//! The guide in `docs/`: every page is in its summary, every link leads
//! somewhere, the reference is what the program says of itself, and the commands
//! of the tutorial and the how-to guides do what the pages show.

#![expect(clippy::expect_used, reason = "a test may panic")]

mod commands;
mod links;
mod reference;

use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the repository.
fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Markdown file of the guide, in the order of their paths.
fn pages() -> Vec<PathBuf> {
    fn gather(directory: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).expect("the guide is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    gather(&root().join("docs"), &mut found);
    found.sort();
    found
}
