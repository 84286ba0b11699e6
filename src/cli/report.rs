//! `connect-sim report`: a dossier from saved results, or a result run again to
//! see whether its numbers are the same.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::print::say;
use super::verify::{Read, verify};
use crate::report::Dossier;

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
    /// `read` reads the command of a result that is to be verified.
    pub(super) fn execute(&self, read: Read<'_>) -> Result<(), Failure> {
        if self.verify {
            return verify(&self.results, self.quiet, read);
        }
        let dossier = Dossier::read(&self.results, env!("CARGO_PKG_VERSION"))?;
        let name = match self.format {
            Format::Html => "report.html",
            Format::Md => "report.md",
        };
        let first = self.results.first().map_or(Path::new("."), PathBuf::as_path);
        let path = self.out.clone().unwrap_or_else(|| first.join(name));
        match self.format {
            Format::Html => dossier.write_html(&path)?,
            Format::Md => dossier.write_markdown(&path)?,
        }
        if !self.quiet {
            say(format_args!("dossier in {}", path.display()));
        }
        Ok(())
    }
}
