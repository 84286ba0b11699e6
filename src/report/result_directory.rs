//! The directory of a result, which appears whole or not at all: files are
//! written into a hidden directory beside it, which takes its name once all of
//! them are on the disk. From before the first tick of computing until then its
//! name is held by a lock. Knows nothing of what is in the files, but for what
//! the manifest lists.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::charts::{self, Chart};
use super::disk::{self, hidden, is_folder, is_link, is_there, parent};
use super::inputs::hexadecimal;
use super::lock::Lock;
use super::{HashedFile, ReportError};

/// The file by which a directory is known as a result.
pub(super) const MANIFEST: &str = "manifest.json";
/// What the hidden names end in of a result that is being written.
const PARTIAL: &str = ".partial";
/// What the hidden name ends in that an older result has for the moment in
/// which names change, where they cannot be exchanged.
const OUTGOING: &str = ".outgoing";
/// What `report` writes into a result beside its own files; and the folder of
/// charts that belongs to the second.
const PAGES: [&str; 4] = ["report.html", "report.md", "report.html.sig", "report.md.sig"];
const CHARTS: &str = "report-charts/";

/// A result in the making, whose name nobody else can take. Dropped before it
/// is published, it leaves nothing.
#[derive(Debug)]
pub struct ResultDirectory {
    /// What the user calls it.
    shown: PathBuf,
    /// What it will be called: where that is a link, what the link leads to.
    target: PathBuf,
    /// Where files are written until then; made with the first.
    staging: Option<TempDir>,
    replace: bool,
    files: Vec<HashedFile>,
    /// Goes last, when nothing is left to be done to any name.
    _lock: Lock,
}

impl ResultDirectory {
    /// Takes the name `directory` for a result to come, so that a caller knows
    /// before an hour of computing that it is free or may be replaced, that
    /// nobody else is at it, and that files can be made beside it. A result that
    /// is there already is replaced when the new one is complete, if `replace`
    /// says so and nothing else is in it; what is no result never is. Makes the
    /// parent directory where there is none, and gives results their names back
    /// that a kill took.
    ///
    /// # Errors
    /// Where the name cannot be taken.
    pub fn begin(directory: &Path, replace: bool) -> Result<Self, ReportError> {
        let target = led_to(directory)?;
        let name = target
            .file_name()
            .ok_or_else(|| ReportError::NoName { directory: directory.to_owned() })?;
        let parent = parent(&target);
        fs::create_dir_all(parent).map_err(failed(parent))?;
        restore_all(parent);
        let lock = Lock::take(&target, directory)?;
        check(&target, directory, replace)?;
        clear(parent, &name.to_string_lossy());
        let shown = directory.to_owned();
        Ok(Self { shown, target, staging: None, replace, files: Vec::new(), _lock: lock })
    }

    /// Where the result will be, as the user named it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.shown
    }

    /// The hidden directory beside it, made anew.
    fn staging(&mut self) -> Result<&Path, ReportError> {
        if self.staging.is_none() {
            let name = self.target.file_name().unwrap_or_default().to_string_lossy();
            let made = disk::fresh_folder(parent(&self.target), &name, PARTIAL);
            self.staging = Some(made.map_err(failed(&self.shown))?);
        }
        // It was made just now.
        Ok(self.staging.as_ref().map_or(Path::new(""), TempDir::path))
    }

    /// Writes the file called `name`, with `/` between directories.
    pub(super) fn file(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<(), ReportError> {
        let path = self.staging()?.join(name);
        let sha256 = write_file(&path, write).map_err(failed(&self.shown.join(name)))?;
        self.files.push(HashedFile { file: name.to_owned(), sha256 });
        Ok(())
    }

    /// Writes a chart under its name; `basis` says what was run.
    pub(super) fn chart(&mut self, chart: &Chart, basis: &str) -> Result<(), ReportError> {
        self.file(&format!("charts/{}.svg", chart.name), |file| {
            file.write_all(charts::file(chart, basis).as_bytes())
        })
    }

    /// The files written so far, in that order.
    pub(super) fn files(&self) -> &[HashedFile] {
        &self.files
    }

    /// Gives the directory its name.
    pub(super) fn publish(mut self) -> Result<(), ReportError> {
        check(&self.target, &self.shown, self.replace)?;
        let staging = self.staging()?.to_owned();
        disk::sync_directory(&staging);
        let moved = put(&staging, &self.target);
        if moved.is_ok()
            && let Some(folder) = self.staging.take()
            && !is_there(&staging)
        {
            // Its name is the result's now; there is nothing to remove.
            let _ = folder.keep();
        }
        // Where names were exchanged, the older result goes with the folder.
        moved.map_err(failed(&self.shown))?;
        disk::sync_directory(parent(&self.target));
        Ok(())
    }
}

/// Gives the directory `staging` the name `target`. An older result of that
/// name is called `staging` afterwards, or is gone.
fn put(staging: &Path, target: &Path) -> io::Result<()> {
    if !is_there(target) {
        return fs::rename(staging, target);
    }
    if fs::remove_dir(target).is_ok() {
        // It was empty.
        return fs::rename(staging, target);
    }
    if disk::exchange(staging, target).is_ok() {
        return Ok(());
    }
    let outgoing = hidden(target, OUTGOING);
    if is_there(&outgoing) {
        remove_result(&outgoing)?;
    }
    fs::rename(target, &outgoing)?;
    if let Err(error) = fs::rename(staging, target) {
        fs::rename(&outgoing, target)?;
        return Err(error);
    }
    // The result is there; what goes wrong with the tidying harms nothing.
    let _ = remove_result(&outgoing);
    Ok(())
}

/// The directory that a user means by `directory`: what it leads to, where it
/// is a link, so that the link stays.
fn led_to(directory: &Path) -> Result<PathBuf, ReportError> {
    if !is_link(directory) {
        return Ok(directory.to_owned());
    }
    match directory.canonicalize() {
        Ok(found) if found.is_dir() => Ok(found),
        _ => Err(ReportError::Link { path: directory.to_owned() }),
    }
}

/// Whether a result may take the name `target`, which the user calls `shown`.
fn check(target: &Path, shown: &Path, replace: bool) -> Result<(), ReportError> {
    let directory = shown.to_owned();
    if !is_there(target) {
        return Ok(());
    }
    if !target.join(MANIFEST).is_file() {
        let empty = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
        return if empty { Ok(()) } else { Err(ReportError::NotAResult { directory }) };
    }
    if !replace {
        return Err(ReportError::AlreadyThere { directory });
    }
    match foreign(target).map_err(failed(shown))? {
        None => Ok(()),
        Some(file) => Err(ReportError::Foreign { directory, file }),
    }
}

/// The first entry of a result that nothing of this program wrote.
fn foreign(result: &Path) -> io::Result<Option<String>> {
    #[derive(Default, Deserialize)]
    struct Listed {
        #[serde(default)]
        files: Vec<HashedFile>,
    }
    let text = disk::read(&result.join(MANIFEST))?;
    // Of a manifest that cannot be read, no file is known.
    let listed: Listed = serde_json::from_slice(&text).unwrap_or_default();
    let ours = |name: &str| {
        name == MANIFEST
            || PAGES.contains(&name)
            || is_chart(name)
            || listed.files.iter().any(|file| file.file == name)
    };
    Ok(disk::entries(result)?.into_iter().map(|(name, _)| name).find(|name| !ours(name)))
}

/// Whether `report` may have written the entry beside a result's page.
fn is_chart(name: &str) -> bool {
    name.strip_prefix(CHARTS).is_some_and(|name| name.ends_with(".svg") || name.ends_with(".csv"))
}

/// Removes an older result, of which nothing is anyone else's.
fn remove_result(directory: &Path) -> io::Result<()> {
    if !is_folder(directory) || foreign(directory)?.is_some() {
        let problem = format!("{} is in the way and is no result", directory.display());
        return Err(io::Error::other(problem));
    }
    fs::remove_dir_all(directory)
}

/// Gives every result in `parent` its name back that was taken by a run which
/// was killed while names changed. What cannot be is left: who asks for it is
/// told.
fn restore_all(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if let Some(name) = name.strip_prefix('.').and_then(|name| name.strip_suffix(OUTGOING)) {
            restore(&parent.join(name));
        }
    }
}

/// Gives the result called `target` its name back, where a run was killed
/// between taking it and giving it to another.
pub(super) fn restore(target: &Path) {
    let outgoing = hidden(target, OUTGOING);
    let taken = || !is_there(target) && is_folder(&outgoing) && outgoing.join(MANIFEST).is_file();
    // Whoever holds the lock is at it.
    if taken()
        && let Ok(_lock) = Lock::take(target, target)
        && taken()
    {
        let _ = fs::rename(&outgoing, target);
    }
}

/// Removes what killed runs left of the result `name`, whose lock is held: the
/// hidden directories that they wrote in, and an older result that was replaced.
fn clear(parent: &Path, name: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let prefix = format!(".{name}.");
    for entry in entries.flatten() {
        let found = entry.file_name();
        let found = found.to_string_lossy();
        let middle = found.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(PARTIAL));
        let drawn = middle.is_some_and(|middle| {
            !middle.is_empty() && middle.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if drawn && is_folder(&entry.path()) {
            // What is left hinders nobody.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let target = parent.join(name);
    if is_there(&target) {
        let _ = remove_result(&hidden(&target, OUTGOING));
    }
}

/// Writes a file through to the disk; returns the hash of its bytes.
fn write_file(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> io::Result<String> {
    fs::create_dir_all(parent(path))?;
    let mut writer = Hashing { inner: File::create_new(path)?, digest: Sha256::new() };
    let mut buffer = BufWriter::with_capacity(1 << 16, &mut writer);
    write(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    writer.inner.sync_all()?;
    Ok(hexadecimal(&writer.digest.finalize()))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path = path.to_owned();
    move |source| ReportError::Write { path, source }
}

/// A file that hashes what goes into it.
struct Hashing {
    inner: File,
    digest: Sha256,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything below a directory, by name.
    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("a directory");
        let name = |entry: io::Result<fs::DirEntry>| {
            entry.expect("an entry").file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort_unstable();
        names
    }

    /// A result whose manifest says something, and what its files are.
    fn publish(target: &Path, replace: bool, says: &str) -> Result<(), ReportError> {
        let mut result = ResultDirectory::begin(target, replace)?;
        result.file("charts/one.svg", |file| file.write_all(b"<svg/>"))?;
        let manifest = serde_json::json!({ "says": says, "files": result.files() });
        result.file(MANIFEST, |file| file.write_all(manifest.to_string().as_bytes()))?;
        result.publish()
    }

    fn says(target: &Path) -> String {
        let text = fs::read_to_string(target.join(MANIFEST)).expect("a manifest");
        let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        manifest["says"].as_str().expect("text").to_owned()
    }

    #[test]
    fn a_result_appears_whole_and_alone() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("results/new");
        let mut result = ResultDirectory::begin(&target, false).expect("free");
        result.file(MANIFEST, |file| file.write_all(b"abc")).expect("written");
        assert!(!target.exists());
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let expected = HashedFile { file: MANIFEST.to_owned(), sha256: abc.to_owned() };
        assert_eq!(result.files(), [expected]);
        result.publish().expect("published");
        assert_eq!(names(&target), [MANIFEST]);
        assert_eq!(names(&home.path().join("results")), ["new"]);
    }

    #[test]
    fn an_older_result_stays_unless_it_may_go() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("result");
        publish(&target, false, "old").expect("free");
        let error = publish(&target, false, "new").expect_err("taken");
        assert!(matches!(error, ReportError::AlreadyThere { .. }), "{error}");
        assert!(error.to_string().contains("--force"), "{error}");
        assert_eq!(says(&target), "old");
        publish(&target, true, "new").expect("may go");
        assert_eq!(says(&target), "new");
        assert_eq!(names(home.path()), ["result"]);
    }

    #[test]
    fn what_is_no_result_is_never_replaced() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("thesis");
        fs::create_dir(&target).expect("a directory");
        publish(&target, false, "into an empty one").expect("nothing is lost");
        fs::remove_file(target.join(MANIFEST)).expect("a manifest");
        for replace in [false, true] {
            let error = publish(&target, replace, "new").expect_err("no result");
            assert!(matches!(error, ReportError::NotAResult { .. }), "{error}");
        }
        let file = home.path().join("file");
        fs::write(&file, "text").expect("a file");
        let error = publish(&file, true, "new").expect_err("a file");
        assert!(matches!(error, ReportError::NotAResult { .. }), "{error}");
        for path in ["/", "..", "."] {
            let error = publish(Path::new(path), true, "new").expect_err("no name");
            assert!(matches!(error, ReportError::NoName { .. }), "{path}: {error}");
        }
    }

    #[test]
    fn what_somebody_put_into_a_result_is_never_deleted() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("result");
        publish(&target, false, "old").expect("free");
        // What `report` writes beside the files of a result goes with them.
        fs::create_dir(target.join("report-charts")).expect("a directory");
        for page in ["report.html", "report.md", "report-charts/gains.svg", "report.html.sig"] {
            fs::write(target.join(page), "a page").expect("a file");
        }
        for own in ["notes.txt", "charts/own.svg", "report-charts/notes.txt", "empty/"] {
            let path = target.join(own);
            match own.strip_suffix('/') {
                Some(_) => fs::create_dir(&path).expect("a directory"),
                None => fs::write(&path, "mine").expect("a file"),
            }
            let error = publish(&target, true, "new").expect_err("something of the user's");
            assert!(
                matches!(&error, ReportError::Foreign { file, .. } if file == own),
                "{own}: {error}"
            );
            assert_eq!(says(&target), "old");
            if own.ends_with('/') { fs::remove_dir(&path) } else { fs::remove_file(&path) }
                .expect("removed");
        }
        publish(&target, true, "new").expect("may go");
        assert_eq!(names(&target), ["charts", MANIFEST]);
    }

    #[test]
    fn an_error_leaves_nothing_and_the_older_result() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("result");
        publish(&target, false, "old").expect("free");
        let mut result = ResultDirectory::begin(&target, true).expect("may go");
        result.file("a.csv", |file| file.write_all(b"half")).expect("written");
        let failure = |_: &mut (dyn Write + Send)| Err(io::Error::other("the disk is full"));
        let error = result.file("b.csv", failure).expect_err("full");
        drop(result);
        let path = target.join("b.csv");
        assert_eq!(
            error.to_string(),
            format!("{}: cannot be written: the disk is full", path.display())
        );
        assert_eq!(names(home.path()), ["result"]);
        assert_eq!(says(&target), "old");
    }

    #[test]
    fn what_a_killed_run_left_does_not_hinder() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("result");
        let staging = home.path().join(".result.Ab12Cd.partial");
        fs::create_dir_all(staging.join("charts")).expect("a directory");
        fs::write(staging.join("ticks.csv"), "half").expect("a file");
        fs::write(home.path().join(".result.lock"), "").expect("a file");
        let others = [".result.other.Ab12Cd.partial", ".result..partial"];
        for other in others {
            fs::create_dir(home.path().join(other)).expect("a directory of another name");
        }
        publish(&target, false, "new").expect("free");
        assert_eq!(names(&target), ["charts", MANIFEST]);
        assert_eq!(names(home.path()), [others[1], others[0], "result"]);
    }

    #[test]
    fn an_older_result_comes_back_when_the_run_was_killed_between_names() {
        let home = tempfile::tempdir().expect("a directory");
        let (target, other) = (home.path().join("result"), home.path().join("other"));
        publish(&target, false, "old").expect("free");
        let taken = || fs::rename(&target, home.path().join(".result.outgoing")).expect("renamed");
        taken();
        publish(&target, false, "new").expect_err("taken");
        assert_eq!(says(&target), "old");
        taken();
        restore(&target);
        assert_eq!(says(&target), "old");
        // Any other result of the folder brings it back too.
        taken();
        publish(&other, false, "other").expect("free");
        assert_eq!(says(&target), "old");
        publish(&target, true, "new").expect("may go");
        assert_eq!(says(&target), "new");
        assert_eq!(names(home.path()), ["other", "result"]);
    }

    #[test]
    fn two_runs_do_not_write_the_same_result() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("result");
        let first = ResultDirectory::begin(&target, false).expect("free");
        let error = ResultDirectory::begin(&target, false).expect_err("somebody writes");
        assert!(matches!(error, ReportError::Busy { .. }), "{error}");
        drop(first);
        ResultDirectory::begin(&target, false).expect("free again");
        assert_eq!(names(home.path()), Vec::<String>::new());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_kept_and_never_written_through() {
        use std::os::unix::fs::symlink;
        let home = tempfile::tempdir().expect("a directory");
        let (real, link) = (home.path().join("disk/real"), home.path().join("link"));
        publish(&real, false, "old").expect("free");
        symlink("disk/real", &link).expect("a link");
        publish(&link, true, "new").expect("may go");
        assert!(is_link(&link));
        assert_eq!(says(&real), "new");
        // Names that others can guess lead nowhere.
        let victim = home.path().join("victim");
        fs::create_dir(&victim).expect("a directory");
        fs::write(victim.join("kept"), "kept").expect("a file");
        for planted in [".new.partial", ".new.Ab12Cd.partial", ".new.outgoing", "nowhere"] {
            symlink(&victim, home.path().join(planted)).expect("a link");
        }
        let target = home.path().join("new");
        publish(&target, false, "old").expect("free");
        publish(&target, true, "new").expect("may go");
        assert_eq!(names(&victim), ["kept"]);
        fs::remove_dir_all(&victim).expect("a directory");
        let error = publish(&home.path().join("nowhere"), true, "new").expect_err("a link");
        assert!(matches!(error, ReportError::Link { .. }), "{error}");
        symlink(&victim, home.path().join(".new.lock")).expect("a link");
        let error = publish(&target, true, "newer").expect_err("a link");
        assert!(matches!(error, ReportError::Write { .. }), "{error}");
        assert!(!victim.exists());
    }
}
