//! Pages and links: nothing of the guide is left out of its summary, and no link
//! of any page of the repository leads nowhere. What is on the network is not
//! looked at.

use std::path::{Component, Path, PathBuf};

use super::{pages, root, text};

/// The targets of the links and pictures of a page, with their lines; code is
/// left out.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code || line.starts_with("    ") {
            continue;
        }
        // Spans of code are every second part between backticks.
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        for part in plain.split("](").skip(1) {
            if let Some((target, _)) = part.split_once(')') {
                found.push((number + 1, target.to_owned()));
            }
        }
    }
    found
}

/// The anchors that a page's headings get, as forges and mdBook make them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
            let words = line.trim_start_matches('#').trim();
            words
                .to_lowercase()
                .chars()
                .filter(kept)
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            _ => plain.push(part),
        }
    }
    plain
}

#[test]
fn every_page_is_in_the_summary_once() {
    let docs = root().join("docs");
    let summary = docs.join("SUMMARY.md");
    let listed: Vec<PathBuf> =
        links(&text(&summary)).into_iter().map(|(_, target)| docs.join(target)).collect();
    for page in pages().iter().filter(|page| **page != summary) {
        let times = listed.iter().filter(|one| *one == page).count();
        assert_eq!(times, 1, "{} is in docs/SUMMARY.md {times} times", page.display());
    }
}

#[test]
fn every_link_leads_somewhere() {
    let others = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    let mut all = pages();
    all.extend(others.map(|name| root().join(name)));
    all.extend(["contracts/README.md", "scenarios/data/README.md"].map(|name| root().join(name)));
    let docs = root().join("docs");
    let mut wrong = Vec::new();
    for page in &all {
        for (line, target) in links(&text(page)) {
            if target.contains("://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let to = if file.is_empty() {
                page.clone()
            } else {
                plain(&page.parent().expect("a directory").join(file))
            };
            let is_page = to.extension().is_some_and(|extension| extension == "md");
            let is_anchored = anchor.is_empty()
                || (is_page && to.exists() && anchors(&text(&to)).contains(&anchor.to_owned()));
            let fault = if !to.exists() {
                "leads nowhere"
            } else if !is_anchored {
                "names no heading there"
            } else if page.starts_with(&docs) && is_page && !to.starts_with(&docs) {
                "is a page outside of the book, which would be looked for in it; link to its directory"
            } else {
                continue;
            };
            wrong.push(format!("{}:{line}: {target} {fault}", page.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_links_finds_what_it_should() {
    let page = "see [a](b.md#c) and ![d](e.svg), `[no](t)`\n```sh\n[no](link)\n```\n# A `b`, c-d?";
    let found: Vec<String> = links(page).into_iter().map(|(_, target)| target).collect();
    assert_eq!(found, ["b.md#c", "e.svg"]);
    assert_eq!(anchors(page), ["a-b-c-d"]);
    assert_eq!(plain(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
}
