//! The dossier: what governance reads, votes on and can check, from saved
//! results alone. `parts` says what the results hold as a plain document, and
//! `html` and `markdown` render that. Nothing is read or run here that
//! `super::load` and `super::results` do not know.

mod document;
mod html;
mod markdown;
mod parts;
mod verify;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{ReportError, charts, load, results, words};
pub use verify::{Checked, MadeBy, compare_results, made_by};

use document::Document;
use results::Source;

/// A dossier that was put together and waits to be written.
#[derive(Clone, Debug)]
pub struct Dossier(Document);

impl Dossier {
    /// Reads the results in `directories` and puts them together; `version` is
    /// the program's.
    ///
    /// # Errors
    /// Where a directory holds no result, or a file of it not what it should.
    pub fn read(directories: &[PathBuf], version: &str) -> Result<Self, ReportError> {
        let sources = directories.iter().map(|directory| Source::read(directory));
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        Ok(Self(parts::document(&sources, version)))
    }

    /// The whole dossier as one HTML page.
    #[must_use]
    pub fn html(&self) -> String {
        html::page(&self.0)
    }

    /// The voter's part as Markdown, with pictures that lie in the directory
    /// `pictures` beside it: their names and texts.
    #[must_use]
    pub fn markdown(&self, pictures: &str) -> (String, Vec<(String, String)>) {
        markdown::post(&self.0, pictures)
    }
}

/// Writes a file that is there whole or not at all.
///
/// # Errors
/// Where it cannot be written.
pub fn write_text(path: &Path, text: &str) -> Result<(), ReportError> {
    let failed = |source: io::Error| ReportError::Write { path: path.to_owned(), source };
    let Some(name) = path.file_name() else {
        return Err(failed(io::Error::other("this is no name of a file")));
    };
    let mut hidden = std::ffi::OsString::from(".");
    hidden.push(name);
    hidden.push(".partial");
    let partial = path.with_file_name(hidden);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(&partial, text).and_then(|()| fs::rename(&partial, path)).map_err(failed)
}
