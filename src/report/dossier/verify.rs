//! Whether a dossier is what its results make: the page or post is made again
//! from the results that it names by the digests of their manifests. Whether
//! those are true is known elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::ReportError;
use super::super::differences::{Checked, is_of_page, texts};
use super::super::disk;
use super::super::inputs::sha256;
use super::super::result_directory::MANIFEST;
use super::super::results::Source;
use super::super::shell::words;
use super::Dossier;
use super::parts::{DIGEST, VERIFY};
use super::publish::charts_of;

/// A result as a page names it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Origin {
    /// The digest of its manifest, which names every file by its own.
    sha256: String,
    /// The directory, as it was named when the page was made.
    shown: String,
}

/// A page or post that was looked into, and the results that it was made from.
#[derive(Clone, Debug)]
pub struct Page {
    path: PathBuf,
    text: String,
    origins: Vec<Origin>,
}

impl Page {
    /// Reads the page or post `path`.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(path: &Path) -> Result<Self, ReportError> {
        let text = disk::read_text(path)
            .map_err(|source| ReportError::Read { path: path.to_owned(), source })?;
        let is_post = path.extension().is_some_and(|extension| extension == "md");
        let origins = if is_post { origins(&text) } else { origins(&unescaped(&text)) };
        Ok(Self { path: path.to_owned(), text, origins })
    }

    /// The directories of the results that it was made from: of those `given`,
    /// of what lies beside it or them, and of where it says that they lay. Of
    /// one that is not there, what it is called.
    #[must_use]
    pub fn results(&self, given: &[PathBuf]) -> Vec<Result<PathBuf, String>> {
        let mut near: Vec<PathBuf> = given.to_vec();
        let around = given.iter().map(PathBuf::as_path).chain([self.path.as_path()]);
        for one in around {
            let Ok(one) = one.canonicalize() else { continue };
            let folders = one.ancestors().skip(usize::from(one.is_file())).take(2);
            for folder in folders {
                near.push(folder.to_owned());
                let entries = fs::read_dir(folder).into_iter().flatten().flatten();
                let mut inside: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
                inside.sort();
                near.extend(inside);
            }
        }
        let found = |origin: &Origin| {
            let written = [PathBuf::from(&origin.shown)];
            let is_it = |directory: &&PathBuf| {
                disk::read(&directory.join(MANIFEST))
                    .is_ok_and(|bytes| sha256(&bytes) == origin.sha256)
            };
            let directory = near.iter().chain(&written).find(is_it);
            directory.cloned().ok_or_else(|| origin.told())
        };
        self.origins.iter().map(found).collect()
    }

    /// What it was made from, in words.
    #[must_use]
    pub fn told(&self) -> String {
        self.origins.iter().map(Origin::told).collect::<Vec<_>>().join(", ")
    }

    /// Makes it again, with its charts where it is a post, and says what is not
    /// the same; `version` is the program's.
    ///
    /// # Errors
    /// Where a result cannot be read.
    pub fn check(&self, given: &[PathBuf], version: &str) -> Result<Vec<Checked>, ReportError> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let differs = |difference: String| Ok(vec![Checked::differs(&name, difference)]);
        if self.origins.is_empty() {
            return differs("does not say which results it was made from".to_owned());
        }
        let mut sources = Vec::new();
        for (found, origin) in self.results(given).into_iter().zip(&self.origins) {
            match found {
                Ok(directory) => sources.push(Source::read(&directory, origin.shown.as_ref())?),
                Err(lacking) => {
                    return differs(format!(
                        "was made from {lacking}, which is not here; name its directory too"
                    ));
                }
            }
        }
        let dossier = Dossier::of(&sources, version);
        if self.path.extension().is_none_or(|extension| extension != "md") {
            return Ok(vec![self.held(&name, &dossier.html())]);
        }
        let charts = charts_of(&self.path);
        let folder = charts.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (text, files) = dossier.markdown(&folder);
        let mut checked = vec![self.held(&name, &text)];
        let there = disk::entries(&charts).unwrap_or_default();
        for (name, text) in &files {
            let shown = format!("{folder}/{name}");
            checked.push(match disk::read(&charts.join(name)) {
                Ok(saved) if saved == text.as_bytes() => Checked::same(&shown),
                Ok(saved) => {
                    Checked::differs(&shown, texts(&String::from_utf8_lossy(&saved), text))
                }
                Err(_) => Checked::differs(&shown, "is made again and is not there"),
            });
        }
        let extra = there.iter().filter(|(name, _)| !files.iter().any(|(known, _)| known == name));
        checked.extend(extra.map(|(name, _)| {
            Checked::differs(&format!("{folder}/{name}"), "is there and is not made again")
        }));
        Ok(checked)
    }

    fn held(&self, name: &str, again: &str) -> Checked {
        if self.text == again {
            Checked::same(name)
        } else {
            Checked::differs(name, texts(&self.text, again))
        }
    }
}

/// The pages and posts in the result `directory`, checked as [`Page::check`]
/// does; and what looks like one's charts or signature and is none's.
///
/// # Errors
/// Where the directory cannot be read.
pub fn check_pages(
    directory: &Path,
    given: &[PathBuf],
    version: &str,
) -> Result<Vec<(String, Vec<Checked>)>, ReportError> {
    let entries = disk::entries(directory)
        .map_err(|source| ReportError::Read { path: directory.to_owned(), source })?;
    let names: Vec<&str> = entries
        .iter()
        .filter(|(name, regular)| *regular && is_of_page(name))
        .map(|(name, _)| name.as_str())
        .collect();
    let mut checked = Vec::new();
    for name in &names {
        let lonely = || {
            let alone = Checked::differs(name, "is there and belongs to no page");
            (String::new(), vec![alone])
        };
        if let Some((folder, _)) = name.split_once('/') {
            let post = format!("{}.md", folder.strip_suffix("-charts").unwrap_or(folder));
            if !names.contains(&post.as_str()) {
                checked.push(lonely());
            }
        } else if let Some(page) = name.strip_suffix(".sig") {
            if !names.contains(&page) {
                checked.push(lonely());
            }
        } else {
            let found = match Page::read(&directory.join(name)) {
                Ok(page) => (page.told(), page.check(given, version)?),
                Err(_) => (String::new(), vec![Checked::differs(name, "cannot be read as text")]),
            };
            checked.push(found);
        }
    }
    Ok(checked)
}

/// What a page or post says that it was made from: in the auditor's part, the
/// command that verifies each result and the digest below it.
fn origins(text: &str) -> Vec<Origin> {
    let shown = text.lines().filter_map(|line| words(line.strip_prefix(VERIFY)?)?.pop());
    let digests = text.lines().filter_map(|line| line.strip_prefix(DIGEST)?.get(..64));
    let pairs = shown.zip(digests);
    pairs.map(|(shown, sha256)| Origin { sha256: sha256.to_owned(), shown }).collect()
}

/// Text as it was before HTML took it in.
fn unescaped(text: &str) -> String {
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}

impl Origin {
    /// What it is called, and its digest.
    fn told(&self) -> String {
        format!("{} (manifest.json with SHA-256 {})", self.shown, self.sha256)
    }
}
