//! `connect-sim report`: a dossier from saved results, or a result run again to
//! see whether its numbers are the same.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::print::say;
use super::verify::{MakeAgain, verify};
use crate::report::{self, Dossier};

/// Turn saved results into a dossier that governance can read and check.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// Directories of results; the most telling kind leads the dossier.
    #[arg(required = true, value_name = "RESULT")]
    results: Vec<PathBuf>,
    /// Run each result again by the command in its manifest, and say whether
    /// every number is the same; exit code 3 where one is not.
    #[arg(long, conflicts_with_all = ["format", "out"])]
    verify: bool,
    /// A page for reading, or a post for a forum with its charts as files.
    #[arg(long, value_enum, default_value_t = Format::Html)]
    format: Format,
    /// The file to write; report.html or report.md in the first result by
    /// default.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print nothing but errors.
    #[arg(long, short)]
    quiet: bool,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One page that needs nothing else.
    Html,
    /// The voter's part as Markdown, with charts beside it.
    Md,
}

impl Report {
    /// `again` carries out the command of a result that is to be verified.
    pub(super) fn execute(&self, again: MakeAgain<'_>) -> Result<(), Failure> {
        if self.verify {
            return verify(&self.results, self.quiet, again);
        }
        let dossier = Dossier::read(&self.results, env!("CARGO_PKG_VERSION"))?;
        let name = match self.format {
            Format::Html => "report.html",
            Format::Md => "report.md",
        };
        let first = self.results.first().map_or(Path::new("."), PathBuf::as_path);
        let path = self.out.clone().unwrap_or_else(|| first.join(name));
        match self.format {
            Format::Html => report::write_text(&path, &dossier.html())?,
            Format::Md => {
                let mut pictures = path.file_stem().unwrap_or_default().to_os_string();
                pictures.push("-charts");
                let (text, files) = dossier.markdown(&pictures.to_string_lossy());
                let directory = path.with_file_name(&pictures);
                for (name, text) in files {
                    report::write_text(&directory.join(name), &text)?;
                }
                report::write_text(&path, &text)?;
            }
        }
        if !self.quiet {
            say(format_args!("dossier in {}", path.display()));
        }
        Ok(())
    }
}
