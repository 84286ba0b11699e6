//! The commands of the tutorial and of the how-to guides, run as a reader would:
//! page by page, each in an empty folder of its own, in their order.
//!
//! A block of `sh` is run. It must end with 0, or with N where its last line ends
//! with `# exit code N`. A block of `text` behind it shows what came: its lines
//! must be among those that were printed, in their order, but for the width of
//! spaces; `…` stands for lines, or for a part of one, that are left out. Blocks
//! of other kinds are not looked at.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{reference, root, text};

/// A block of commands, and what it shows.
#[derive(Debug, Default, PartialEq)]
struct Block {
    line: usize,
    commands: String,
    shown: Vec<String>,
}

impl Block {
    /// The exit code that it says it ends with.
    fn exit_code(&self) -> i32 {
        let last = self.commands.lines().last().unwrap_or_default();
        let code = last.rsplit_once("# exit code ").map_or("0", |(_, code)| code);
        code.trim().parse().expect("a number after '# exit code'")
    }
}

/// The blocks of commands of a page.
fn blocks(page: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut within: Option<&str> = None;
    for (number, line) in page.lines().enumerate() {
        match (within, line.strip_prefix("```")) {
            (None, Some(kind)) => {
                within = Some(kind);
                if kind == "sh" {
                    blocks.push(Block { line: number + 1, ..Block::default() });
                }
            }
            (Some(_), Some(_)) => within = None,
            (Some(kind), None) => {
                let Some(block) = blocks.last_mut() else { continue };
                match kind {
                    "sh" => block.commands.push_str(&format!("{line}\n")),
                    "text" => block.shown.push(line.to_owned()),
                    _ => {}
                }
            }
            (None, None) => {}
        }
    }
    blocks
}

/// A line without what depends on the width of a table.
fn plain(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether `line` is what `shown` says, where `…` stands for anything.
fn shows(shown: &str, line: &str) -> bool {
    let (shown, line) = (plain(shown), plain(line));
    let parts: Vec<&str> = shown.split('…').map(str::trim).collect();
    let [first, middle @ .., last] = parts.as_slice() else { return shown == line };
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The first line that is shown and did not come.
fn missing<'a>(shown: &'a [String], printed: &str) -> Option<&'a str> {
    let mut lines = printed.lines();
    let told = shown.iter().filter(|line| !matches!(line.trim(), "…" | ""));
    told.map(String::as_str).find(|wanted| !lines.any(|line| shows(wanted, line)))
}

/// The pages whose commands are run.
fn pages() -> Vec<PathBuf> {
    let how_to = fs::read_dir(root().join("docs/how-to")).expect("the how-to guides");
    let mut pages: Vec<PathBuf> = how_to.map(|entry| entry.expect("an entry").path()).collect();
    pages.sort();
    pages.insert(0, root().join("docs/tutorial.md"));
    pages
}

/// Runs a page's commands in `folder` and tells what is not as it says.
fn follow(page: &Path, path: &str, folder: &Path) -> Vec<String> {
    let mut wrong = Vec::new();
    for block in blocks(&text(page)) {
        let output = Command::new("sh")
            .args(["-euc", &block.commands])
            .env("PATH", path)
            .env("REPOSITORY", root())
            .current_dir(folder)
            .output()
            .expect("a shell");
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        let place = format!("{}:{}", page.display(), block.line);
        if output.status.code() != Some(block.exit_code()) {
            wrong.push(format!("{place}: {}\n{}{printed}", output.status, block.commands));
            return wrong;
        }
        if let Some(line) = missing(&block.shown, &printed) {
            wrong.push(format!("{place}: did not come, or not here: {line}\n{printed}"));
        }
    }
    wrong
}

/// Takes the program that `GUIDE_BINARY` names, or the one built for the tests.
#[test]
#[ignore = "runs whole markets: .ci/run gives it the release build"]
fn commands_do_what_the_guide_shows() {
    let built = env!("CARGO_BIN_EXE_connect-sim").to_owned();
    let binary = std::env::var("GUIDE_BINARY").unwrap_or(built);
    let binary = fs::canonicalize(&binary).unwrap_or_else(|error| panic!("{binary}: {error}"));
    let directory = binary.parent().expect("a directory").display().to_string();
    let path = format!("{directory}:{}", std::env::var("PATH").unwrap_or_default());
    let (mut wrong, mut results) = (Vec::new(), reference::Results::default());
    for page in pages() {
        let folder = tempfile::tempdir().expect("a folder");
        wrong.extend(follow(&page, &path, folder.path()));
        results.gather(folder.path());
    }
    wrong.extend(results.against_the_reference());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_verb_has_a_recipe() {
    let recipes: String =
        pages().iter().flat_map(|page| blocks(&text(page))).map(|block| block.commands).collect();
    for verb in reference::verbs() {
        assert!(recipes.contains(&format!("connect-sim {verb}")), "no recipe runs {verb}");
    }
}

#[test]
fn the_reader_of_pages_finds_what_it_should() {
    let page = "```sh\na\nb  # exit code 3\n```\nwords\n```text\nc\n…\n```\n```toml\nd\n```\n";
    let [block] = blocks(page).try_into().expect("one block");
    assert_eq!((block.line, block.exit_code()), (1, 3));
    assert_eq!(block.commands, "a\nb  # exit code 3\n");
    assert_eq!(block.shown, ["c", "…"]);
    assert!(shows("│ a … 3 │", "│  a   2    3   │") && shows("ab…", "abc") && shows("a", " a"));
    assert!(!shows("a … 3", "a 2 4") && !shows("a", "ab") && !shows("a…b", "b a"));
    let shown = ["one".to_owned(), "…".to_owned(), "three".to_owned()];
    assert_eq!(missing(&shown, "one\ntwo\nthree"), None);
    assert_eq!(missing(&shown, "three\none"), Some("three"));
}
