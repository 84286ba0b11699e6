//! The house: reads the source tree and fails on an import that runs against the
//! table of rooms, on a crate named outside of the room that owns it, on files
//! that need each other, on a file without a heading or past its length.

#![expect(clippy::expect_used, reason = "a test may panic")]

mod circles;
mod contracts;
mod rooms;
mod source;

use std::fs;
use std::path::Path;

/// A line is comfortable up to here; past it a file holds two things.
const MOST_LINES: usize = 560;

#[test]
fn every_file_has_a_heading_and_a_length_that_can_be_read() {
    let mut wrong = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in source::files(&root) {
        let text = fs::read_to_string(&path).expect("text");
        let file = path.strip_prefix(&root).expect("below src");
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
