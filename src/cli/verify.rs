//! `connect-sim report --verify`: a result made again by its own command, and
//! whether all of it is the same; and pages, by the results that they name.

use std::env;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::print::{one_line, say};
use super::table::table;
use crate::report::{self, Checked, Inputs, MadeBy, Page};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Differences of one result that are shown; nobody reads more.
const SHOWN: usize = 50;

/// A command that makes a result.
pub(super) trait Command {
    /// The files and folders that it reads first.
    fn reads(&self) -> Vec<&Path>;

    /// What they and all that they name hold, by hashes.
    fn inputs(&self) -> Result<Inputs, Failure>;

    /// Carries it out.
    fn execute(&self) -> Result<(), Failure>;
}

/// Reads the words of a command, or says what is wrong with them.
pub(super) type Read<'a> = &'a dyn Fn(&[String]) -> Result<Box<dyn Command>, String>;

/// Makes each result again, and each page, and says what is not the same.
pub(super) fn verify(named: &[PathBuf], quiet: bool, read: Read<'_>) -> Result<(), Failure> {
    // The command of a result may have been given elsewhere.
    let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let all: Vec<PathBuf> = named.iter().map(absolute).collect();
    let given: Vec<PathBuf> = all.iter().filter(|path| path.is_dir()).cloned().collect();
    let mut differing = Vec::new();
    let mut results: Vec<(PathBuf, String)> = Vec::new();
    for (path, named) in all.iter().zip(named) {
        let shown = named.display().to_string();
        if !path.is_file() {
            results.push((path.clone(), shown));
            continue;
        }
        // A page is as true as the results that it names.
        let page = Page::read(path)?;
        let sources = page.results(&given).into_iter().flatten();
        results.extend(sources.map(|source| (source.clone(), source.display().to_string())));
        let checked = page.check(&given, VERSION)?;
        if !told(&shown, &page.told(), &checked, quiet) {
            differing.push(shown);
        }
    }
    let mut done: Vec<PathBuf> = Vec::new();
    for (directory, shown) in results {
        let found = directory.canonicalize().unwrap_or_else(|_| directory.clone());
        if done.contains(&found) {
            continue;
        }
        done.push(found);
        let (made_by, checked) = again(&directory, &shown, quiet, read)?;
        let mut same = told(&shown, &made_by, &checked, quiet);
        for (made_from, checked) in report::check_pages(&directory, &given, VERSION)? {
            let name = checked.first().map_or("", |first| first.file.as_str());
            same &= told(&format!("{shown}/{name}"), &made_from, &checked, quiet);
        }
        if !same {
            differing.push(shown);
        }
    }
    if differing.is_empty() {
        return Ok(());
    }
    let names = differing.join(", ");
    Err(Failure::broken(format_args!("not the same when made again: {names}")))
}

/// Makes the result in `directory` once more; returns what its manifest is
/// called, and what is not the same.
fn again(
    directory: &Path,
    shown: &str,
    quiet: bool,
    read: Read<'_>,
) -> Result<(String, Vec<Checked>), Failure> {
    let made_by = MadeBy::read(directory)?;
    let command = one_line(&made_by.command);
    let wrong = |problem: &str| {
        Failure::bad_input(format_args!(
            "{shown}: the command that made it cannot be used: {problem}: {command}"
        ))
    };
    let out = tempfile::Builder::new()
        .prefix("connect-sim-verify-")
        .tempdir()
        .map_err(|error| Failure::bad_input(format_args!("no temporary folder: {error}")))?;
    let result = out.path().join("result");
    let words = words(&made_by, &result).map_err(wrong)?;
    let command_again = read(&words).map_err(|problem| wrong(problem.trim_end()))?;
    let called = format!("manifest.json with SHA-256 {}", made_by.sha256);
    let here = Here::new()?;
    let unknown = find(&*command_again, &made_by, directory, &here)?;
    match unknown {
        // What is not known is not run: a manifest from anyone may name any file.
        Some(unknown) if !unknown.is_empty() => return Ok((called, unknown)),
        Some(_) => {}
        None => {
            return Err(Failure::bad_input(format_args!(
                "{shown}: a file that its command reads is not here, or is none that a scenario \
                 reads; put it where it was, or verify in the folder in which the command was \
                 given: {command}"
            )));
        }
    }
    if !quiet {
        say(format_args!("{shown}: running {command}"));
        if made_by.version != VERSION {
            let version = one_line(&made_by.version);
            say(format_args!("it was made by version {version}, and this is {VERSION}"));
        }
    }
    match command_again.execute() {
        // What a failure says may be out of any file that the command names.
        Err(failure) if !result.join("manifest.json").is_file() => {
            return Err(failure.saying(format_args!(
                "{shown}: its command fails here; given by itself it says why: {command}"
            )));
        }
        // A threshold that is crossed leaves its result, and so may a finding.
        _ => {}
    }
    Ok((called, report::compare_results(directory, &result)?))
}

/// The words of the command that makes a result again, into `out`.
fn words(made_by: &MadeBy, out: &Path) -> Result<Vec<String>, &'static str> {
    let mut words = report::words(&made_by.command).ok_or("a quote is not closed")?;
    let known = ["run", "check", "compare", "sweep", "tune", "stress", "fuzz"];
    // A manifest may come from anyone: its command is ours or none, no shell
    // sees it, and it writes where we say.
    if words.first().is_none_or(|name| name != env!("CARGO_PKG_NAME"))
        || !words.get(1).is_some_and(|verb| known.contains(&verb.as_str()))
        || words.iter().any(|word| word == "--out" || word.starts_with("--out="))
    {
        return Err("it is none that makes a result");
    }
    let mut ours = vec!["--out".to_owned(), out.display().to_string(), "--quiet".to_owned()];
    let parts = |word: &String| word == "--shard" || word.starts_with("--shard=");
    if words[1] == "sweep" && !words.iter().any(parts) {
        // Whatever job array this is verified in.
        let (number, of) = made_by.part.unwrap_or((1, 1));
        ours.extend(["--shard".to_owned(), format!("{number}/{of}")]);
    }
    words.splice(2..2, ours);
    Ok(words)
}

/// Goes to the folder in which the command was given: where we are, or above
/// the result, where what it reads is as the manifest knows it. Returns what is
/// not known of the files that are there; nothing where none are.
fn find(
    command: &dyn Command,
    made_by: &MadeBy,
    directory: &Path,
    here: &Here,
) -> Result<Option<Vec<Checked>>, Failure> {
    let found = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    let mut closest: Option<Vec<Checked>> = None;
    for folder in std::iter::once(here.0.as_path()).chain(found.ancestors()) {
        if !command.reads().iter().all(|path| is_input(&folder.join(path))) {
            continue;
        }
        Here::go(folder)?;
        // What is wrong with a file that nobody knows is nobody's to read.
        let Ok(inputs) = command.inputs() else { continue };
        let unknown = made_by.unknown(&inputs);
        if unknown.is_empty() {
            return Ok(Some(unknown));
        }
        if closest.as_ref().is_none_or(|known| unknown.len() < known.len()) {
            closest = Some(unknown);
        }
    }
    Ok(closest)
}

/// Whether that could be a scenario or contracts: devices and pipes are none.
fn is_input(path: &Path) -> bool {
    path.is_file() || path.is_dir()
}

/// The folder in which this command was given; back there when it is dropped.
struct Here(PathBuf);

impl Here {
    fn new() -> Result<Self, Failure> {
        let failed = |error| Failure::bad_input(format_args!("the current folder: {error}"));
        env::current_dir().map(Self).map_err(failed)
    }

    fn go(folder: &Path) -> Result<(), Failure> {
        env::set_current_dir(folder)
            .map_err(|error| Failure::bad_input(format_args!("{}: {error}", folder.display())))
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let _ = env::set_current_dir(&self.0);
    }
}

/// Tells what was found of what is called `shown` and made from `made_from`;
/// whether all is the same.
fn told(shown: &str, made_from: &str, checked: &[Checked], quiet: bool) -> bool {
    let same = checked.iter().filter(|file| file.difference.is_none());
    let numbers: usize = same.clone().map(|file| file.numbers).sum();
    let differing: Vec<&Checked> = checked.iter().filter(|f| f.difference.is_some()).collect();
    let all = differing.is_empty();
    if quiet {
        return all;
    }
    let made_from = one_line(made_from);
    if !all {
        let mut table = table(&["file", "what is not the same"], &[]);
        for file in differing.iter().take(SHOWN) {
            let difference = file.difference.as_deref().unwrap_or_default();
            table.add_row([one_line(&file.file), one_line(difference)]);
        }
        say(format_args!("{shown}: made from {made_from}"));
        say(table);
        if differing.len() > SHOWN {
            say(format_args!("and {} more", differing.len() - SHOWN));
        }
    } else if numbers > 0 {
        say(format_args!(
            "{shown}: every number is the same: {numbers} in {} files, byte for byte; {made_from}",
            checked.len()
        ));
    } else {
        say(format_args!("{shown}: the same, byte for byte; {made_from}"));
    }
    all
}
