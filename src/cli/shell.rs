//! What shells, editors and `man` want to know of the program: completions, the
//! schema of scenarios, the manual. All are made from what the program itself
//! goes by.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;

use super::failure::Failure;
use super::init::unwritten;
use super::print::say;
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
    /// Prints the completions of `command`, the program's own.
    pub(super) fn execute(&self, command: Command) {
        say(script(self.shell, command).trim_end());
    }
}

/// The script that completes `command` in `shell`.
fn script(shell: Shell, mut command: Command) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "connect-sim", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    match shell {
        // clap_complete sets a verb's label with the program's hyphen as one
        // word and looks for it with the hyphen as another (clap-rs/clap#6421).
        Shell::Bash => {
            script = script.replace("connect__subcmd__sim__subcmd__", "connect__sim__subcmd__");
        }
        // To zsh, a bare colon ends a value's name; the rest is run as code.
        Shell::Zsh => {
            for name in value_names(&command).iter().filter(|name| name.contains(':')) {
                let escaped = name.replace(':', "\\:");
                script = script.replace(&format!(":{name}:"), &format!(":{escaped}:"));
            }
        }
        _ => {}
    }
    script
}

/// The names of all values that the verbs of `command` take.
fn value_names(command: &Command) -> Vec<String> {
    let arguments = command.get_subcommands().flat_map(Command::get_arguments);
    let names = arguments.filter_map(|argument| argument.get_value_names()).flatten();
    names.map(ToString::to_string).collect()
}

/// Print the manual page, or write one for each verb to a directory.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Where to write connect-sim.1 and a page for each verb.
    directory: Option<PathBuf>,
}

impl Man {
    /// Prints or writes the manual of `command`, the program's own.
    pub(super) fn execute(&self, command: Command) -> Result<(), Failure> {
        let Some(directory) = &self.directory else {
            let mut page = Vec::new();
            clap_mangen::Man::new(command)
                .render(&mut page)
                .map_err(|error| Failure::bad_input(format_args!("the manual page: {error}")))?;
            say(String::from_utf8_lossy(&page).trim_end());
            return Ok(());
        };
        std::fs::create_dir_all(directory)
            .and_then(|()| clap_mangen::generate_to(command, directory))
            .map_err(|error| unwritten(directory, &error))?;
        say(format_args!("wrote the manual to {}", directory.display()));
        Ok(())
    }
}
