//! `connect-sim init`: a commented scenario to start from, in a new directory or
//! an existing one. Nothing that is there is replaced.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::Failure;
use super::print::say;
use super::quote::path as path_word;
use crate::report;
use crate::scenario::{Scenario, Template};

/// Write a commented scenario to start from.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where to; made if it is not there.
    directory: PathBuf,
    /// What the scenario is to start with.
    #[arg(long, value_name = "TEMPLATE", default_value = "baseline",
          value_parser = PossibleValuesParser::new(Template::ALL.iter().map(|one| one.name())))]
    template: String,
    /// The scenario's name, under which results are filed; the directory's by
    /// default, where that can be one.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

impl Init {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let template = Template::ALL.iter().find(|one| one.name() == self.template);
        let template = template.copied().unwrap_or(Template::Baseline);
        let text = match &self.name {
            Some(name) => template.toml(name)?,
            None => self
                .directory
                .file_name()
                .and_then(|name| name.to_str())
                .and_then(|name| template.toml(name).ok())
                .map_or_else(|| template.toml(template.name()), Ok)?,
        };
        fs::create_dir_all(&self.directory).map_err(|error| unwritten(&self.directory, &error))?;
        // A schema is the program's own: the same for all scenarios beside it. It
        // comes first, so that where the scenario is nothing is missing.
        let path = self.directory.join("scenario.toml");
        let schema = self.directory.join("scenario.schema.json");
        let begun = fs::read(&path).is_ok_and(|there| there == text.as_bytes());
        if path.symlink_metadata().is_ok() && (!begun || schema.exists()) {
            return Err(taken(&path));
        }
        report::write_whole(&schema, Scenario::json_schema().as_bytes())
            .map_err(|error| unwritten(&schema, &error))?;
        if !begun {
            report::write_new(&path, text.as_bytes()).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => taken(&path),
                _ => unwritten(&path, &error),
            })?;
        }
        let next = template.command().replace("scenario.toml", &path_word(&path));
        say(format_args!("wrote {}; next: {next}", path.display()));
        Ok(())
    }
}

/// The failure of a file that is there and is not replaced.
fn taken(path: &Path) -> Failure {
    Failure::bad_input(format_args!(
        "{}: is there already and is not replaced; name another directory",
        path.display()
    ))
}

/// The failure of a file or directory that could not be written.
pub(super) fn unwritten(path: &Path, error: &io::Error) -> Failure {
    Failure::bad_input(format_args!("{}: cannot be written: {error}", path.display()))
}
