//! The dossier: what governance reads, votes on and can check, from saved
//! results alone. `parts` says what the results hold as a plain document, and
//! `html` and `markdown` render that. Nothing is read or run here that
//! `super::load` and `super::results` do not know.

mod document;
mod html;
mod markdown;
mod parts;
mod publish;
mod verify;

use std::path::{Path, PathBuf};

use super::{ReportError, charts, load, results, words};
pub use verify::{Page, check_pages};

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
        let sources = directories.iter().map(|directory| Source::read(directory, directory));
        let sources = sources.collect::<Result<Vec<_>, _>>()?;
        Ok(Self::of(&sources, version))
    }

    /// Puts results together that were read.
    fn of(sources: &[Source], version: &str) -> Self {
        Self(parts::document(sources, version))
    }

    /// The whole dossier as one HTML page.
    #[must_use]
    pub fn html(&self) -> String {
        html::page(&self.0)
    }

    /// Writes the page to the file `path`, which is there whole or not at all.
    ///
    /// # Errors
    /// Where it cannot be written, or is a link.
    pub fn write_html(&self, path: &Path) -> Result<(), ReportError> {
        publish::page(path, &self.html())
    }

    /// Writes the voter's part as Markdown to the file `path`, and its charts to
    /// a folder beside it that is called as the file with `-charts`.
    ///
    /// # Errors
    /// Where they cannot be written, one is a link, or the folder holds what no
    /// such post had.
    pub fn write_markdown(&self, path: &Path) -> Result<(), ReportError> {
        let charts = publish::charts_of(path);
        let pictures = charts.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (text, files) = self.markdown(&pictures);
        publish::post(path, &text, &files)
    }

    /// The voter's part as Markdown, with pictures that lie in the directory
    /// `pictures` beside it: their names and texts.
    #[must_use]
    pub fn markdown(&self, pictures: &str) -> (String, Vec<(String, String)>) {
        markdown::post(&self.0, pictures)
    }
}
