//! The directory of a result, which appears whole or not at all: files are
//! written into a hidden directory beside it, which takes its name once all of
//! them are on the disk. Knows nothing of what is in the files.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::charts::{self, Chart};
use super::inputs::hexadecimal;
use super::{HashedFile, ReportError};

/// The file by which a directory is known as a result.
const MANIFEST: &str = "manifest.json";
/// The file whose lock says that somebody writes.
const LOCK: &str = ".lock";

/// A result in the making. Dropped before it is published, it leaves nothing.
#[derive(Debug)]
pub(super) struct ResultDirectory {
    /// What it will be called.
    target: PathBuf,
    /// What it is called until then.
    staging: PathBuf,
    /// What an older result is called for the moment in which names change.
    outgoing: PathBuf,
    replace: bool,
    files: Vec<HashedFile>,
    /// Held while files are written. The system frees it when the process ends,
    /// however it ends, so that what a killed run left is known as such.
    lock: Option<File>,
    published: bool,
}

impl ResultDirectory {
    /// Makes the hidden directory beside `target`, in place of what a killed
    /// run may have left of it.
    pub(super) fn begin(target: &Path, replace: bool) -> Result<Self, ReportError> {
        let Some(name) = target.file_name() else {
            return Err(ReportError::NoName { directory: target.to_owned() });
        };
        let beside = |ending: &str| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(ending);
            target.with_file_name(hidden)
        };
        let (staging, outgoing) = (beside(".partial"), beside(".outgoing"));
        if is_there(&outgoing) && !is_there(target) {
            // A run was killed while names changed: the older result stands.
            fs::rename(&outgoing, target).map_err(failed(target))?;
        }
        check(target, replace)?;
        fs::create_dir_all(&staging).map_err(failed(&staging))?;
        let lock = lock(&staging, target)?;
        let result = Self {
            target: target.to_owned(),
            staging,
            outgoing,
            replace,
            files: Vec::new(),
            lock: Some(lock),
            published: false,
        };
        result.clear().map_err(failed(&result.staging))?;
        Ok(result)
    }

    /// Removes what a killed run left.
    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.staging)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else if entry.file_name() != LOCK {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Writes the file called `name`, with `/` between directories.
    pub(super) fn file(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<(), ReportError> {
        let path = self.staging.join(name);
        let sha256 = write_file(&path, write).map_err(failed(&self.target.join(name)))?;
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
        check(&self.target, self.replace)?;
        sync_directory(&self.staging);
        if cfg!(windows) {
            // There, a directory with an open file in it cannot be renamed.
            self.lock = None;
        }
        let replaced = is_there(&self.target);
        if replaced {
            let _ = fs::remove_dir_all(&self.outgoing);
            fs::rename(&self.target, &self.outgoing).map_err(failed(&self.target))?;
        }
        if let Err(source) = fs::rename(&self.staging, &self.target) {
            if replaced {
                fs::rename(&self.outgoing, &self.target).map_err(failed(&self.target))?;
            }
            return Err(failed(&self.target)(source));
        }
        self.published = true;
        // The result is there; what goes wrong with the tidying harms nothing.
        let _ = fs::remove_file(self.target.join(LOCK));
        let _ = fs::remove_dir_all(&self.outgoing);
        sync_directory(parent(&self.target));
        Ok(())
    }
}

impl Drop for ResultDirectory {
    fn drop(&mut self) {
        if !self.published {
            // Nobody is left to tell of a failure to.
            let _ = fs::remove_dir_all(&self.staging);
        }
    }
}

/// Whether a result may take the name `target`.
fn check(target: &Path, replace: bool) -> Result<(), ReportError> {
    let directory = target.to_owned();
    if !is_there(target) {
        Ok(())
    } else if target.join(MANIFEST).is_file() {
        if replace { Ok(()) } else { Err(ReportError::AlreadyThere { directory }) }
    } else {
        let empty = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
        if empty { Ok(()) } else { Err(ReportError::NotAResult { directory }) }
    }
}

/// Whether anything has that name, a link to nowhere included.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn lock(staging: &Path, target: &Path) -> Result<File, ReportError> {
    let path = staging.join(LOCK);
    let file = File::create(&path).map_err(failed(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        // A file system without locks: there is no telling, and no harm but
        // where two runs write the same result at once.
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(error)) => Err(failed(&path)(error)),
        Err(TryLockError::WouldBlock) => Err(ReportError::Busy { directory: target.to_owned() }),
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

/// Writes a file that stands alone, whole or not at all; one of that name is
/// replaced.
pub(super) fn write_alone(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    let mut hidden = OsString::from(".");
    hidden.push(path.file_name().unwrap_or_default());
    hidden.push(".partial");
    let staging = path.with_file_name(hidden);
    let _ = fs::remove_file(&staging);
    let written =
        write_file(&staging, |file| file.write_all(bytes)).and_then(|_| fs::rename(&staging, path));
    if written.is_err() {
        let _ = fs::remove_file(&staging);
    }
    written.map_err(failed(path))
}

/// Writes the directory's entries through to the disk, where the system can.
fn sync_directory(path: &Path) {
    if let Ok(directory) = File::open(path) {
        let _ = directory.sync_all();
    }
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

    fn publish(target: &Path, replace: bool, says: &str) -> Result<(), ReportError> {
        let mut result = ResultDirectory::begin(target, replace)?;
        result.file("charts/one.svg", |file| file.write_all(b"<svg/>"))?;
        result.file(MANIFEST, |file| file.write_all(says.as_bytes()))?;
        result.publish()
    }

    fn says(target: &Path) -> String {
        fs::read_to_string(target.join(MANIFEST)).expect("a manifest")
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
        let staging = home.path().join(".result.partial");
        fs::create_dir_all(staging.join("charts")).expect("a directory");
        fs::write(staging.join("ticks.csv"), "half").expect("a file");
        fs::write(staging.join(LOCK), "").expect("a file");
        publish(&target, false, "new").expect("free");
        assert_eq!(names(&target), ["charts", MANIFEST]);
        assert_eq!(names(home.path()), ["result"]);
    }

    #[test]
    fn an_older_result_comes_back_when_the_run_was_killed_between_names() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("result");
        publish(&target, false, "old").expect("free");
        fs::rename(&target, home.path().join(".result.outgoing")).expect("renamed");
        publish(&target, false, "new").expect_err("taken");
        assert_eq!(says(&target), "old");
        publish(&target, true, "new").expect("may go");
        assert_eq!(
            (says(&target).as_str(), names(home.path())),
            ("new", vec!["result".to_owned()])
        );
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
}
