//! `connect-sim report --verify`: a result made again by its own command, and
//! whether every number is the same.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use super::failure::Failure;
use super::print::say;
use super::table::table;
use crate::report::{self, Checked};

/// Carries out the words of a command, unless they are none: then what is wrong
/// with them.
pub(super) type MakeAgain<'a> = &'a dyn Fn(&[String]) -> Result<Result<(), Failure>, String>;

/// Makes each result again and says what is not the same.
pub(super) fn verify(
    results: &[PathBuf],
    quiet: bool,
    make_again: MakeAgain<'_>,
) -> Result<(), Failure> {
    let mut differing = Vec::new();
    for (place, directory) in results.iter().enumerate() {
        let home = env::temp_dir().join(format!("connect-sim-verify-{}-{place}", process::id()));
        let checked = again(directory, &home.join("result"), quiet, make_again);
        let _ = fs::remove_dir_all(&home);
        if !told(directory, &checked?, quiet) {
            differing.push(directory.display().to_string());
        }
    }
    if differing.is_empty() {
        return Ok(());
    }
    let names = differing.join(", ");
    Err(Failure::broken(format_args!("not the same when made again: {names}")))
}

/// Runs the command of the result in `directory` once more, into `out`.
fn again(
    directory: &Path,
    out: &Path,
    quiet: bool,
    make_again: MakeAgain<'_>,
) -> Result<Vec<Checked>, Failure> {
    let made_by = report::made_by(directory)?;
    let wrong = |problem: String| {
        Failure::bad_input(format_args!(
            "{}: the command that made it cannot be used: {problem}: {}",
            directory.display(),
            made_by.command
        ))
    };
    let mut words =
        words(&made_by.command).ok_or_else(|| wrong("a quote is not closed".to_owned()))?;
    let known = ["run", "check", "compare", "sweep", "tune", "stress", "fuzz"];
    // A manifest may come from anyone: its command is ours or none, no shell
    // sees it, and it writes where we say.
    if words.first().is_none_or(|name| name != env!("CARGO_PKG_NAME"))
        || !words.get(1).is_some_and(|verb| known.contains(&verb.as_str()))
        || words.iter().any(|word| word == "--out" || word.starts_with("--out="))
    {
        return Err(wrong("it is none that makes a result".to_owned()));
    }
    words.extend(["--out".to_owned(), out.display().to_string(), "--quiet".to_owned()]);
    if !quiet {
        say(format_args!("{}: running {}", directory.display(), made_by.command));
        let version = env!("CARGO_PKG_VERSION");
        if made_by.version != version {
            say(format_args!("it was made by version {}, and this is {version}", made_by.version));
        }
    }
    match make_again(&words).map_err(wrong)? {
        // A threshold that is crossed leaves its result, and so may a finding.
        Err(failure) if !out.join("manifest.json").is_file() => return Err(failure),
        _ => {}
    }
    Ok(report::compare_results(directory, out)?)
}

/// Tells what was found; whether all is the same.
fn told(directory: &Path, checked: &[Checked], quiet: bool) -> bool {
    let same = checked.iter().filter(|file| file.difference.is_none());
    let numbers: usize = same.clone().map(|file| file.numbers).sum();
    let all = same.count() == checked.len();
    if quiet {
        return all;
    }
    if all {
        say(format_args!(
            "{}: every number is the same: {numbers} in {} files, byte for byte",
            directory.display(),
            checked.len()
        ));
    } else {
        let mut table = table(&["file", "what is not the same"], &[]);
        for file in checked {
            if let Some(difference) = &file.difference {
                table.add_row([&file.file, difference]);
            }
        }
        say(table);
    }
    all
}

/// The words of a command as a shell would read them, of what commands in
/// manifests are written with; none where a quote is not closed.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let text = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        quoted => text.push(quoted),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            ' ' => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::super::quote::shell;
    use super::*;

    #[test]
    fn words_come_back_as_they_were_written() {
        for hostile in ["plain", "two words", "it's", "", "a\\b", "$(rm)", "'", "--set x=\"y z\""] {
            let command = format!("connect-sim run {} --trace", shell(hostile));
            let expected = ["connect-sim", "run", hostile, "--trace"];
            assert_eq!(words(&command).expect("closed"), expected, "{command}");
        }
        assert_eq!(words("an 'open quote"), None);
    }
}
