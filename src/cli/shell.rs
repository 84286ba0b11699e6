//! What shells, editors and `man` want to know of the program: completions, the
//! schema of scenarios, the manual. All are made from what the program itself
//! goes by.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::init::unwritten;
use super::{Cli, Failure, say};
use crate::scenario::Scenario;

/// Print the JSON Schema of scenarios, for editors.
#[derive(Debug, Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn execute(&self) {
        say(Scenario::json_schema().trim_end());
    }
}

/// Print completions for a shell, to be put where it looks for them.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn execute(&self) {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "connect-sim", &mut script);
        say(String::from_utf8_lossy(&script).trim_end());
    }
}

/// Print the manual page, or write one for each verb to a directory.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Where to write connect-sim.1 and a page for each verb.
    directory: Option<PathBuf>,
}

impl Man {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let Some(directory) = &self.directory else {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut page)
                .map_err(|error| Failure::bad_input(format_args!("the manual page: {error}")))?;
            say(String::from_utf8_lossy(&page).trim_end());
            return Ok(());
        };
        std::fs::create_dir_all(directory)
            .and_then(|()| clap_mangen::generate_to(Cli::command(), directory))
            .map_err(|error| unwritten(directory, &error))?;
        say(format_args!("wrote the manual to {}", directory.display()));
        Ok(())
    }
}
