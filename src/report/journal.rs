//! The journal of a long experiment: every finished run on the disk at once, so
//! that one that was killed goes on where it was. A text file beside the result
//! to come, one line a run, only ever added to; removed once the result is
//! there. What a run is, and which there are, is not known here.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{
    self, BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _,
};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::disk::{self, hidden};
use super::inputs::hexadecimal;
use super::{Provenance, ReportError};
use crate::experiments::Store;
use crate::scenario::Scenario;

/// Digits of the checksum that ends a line.
const CHECKSUM_DIGITS: usize = 8;
/// What the name of a journal ends in, and the digits of the key before it.
const ENDING: &str = ".journal";
const KEY_DIGITS: usize = 12;

/// What a journal's runs depend on, as one hash: the experiment, the scenario,
/// the contracts, the data and the program's version.
#[must_use]
pub fn journal_key(
    verb: &str,
    scenario: &Scenario,
    contracts: &[(String, String)],
    provenance: &Provenance,
) -> String {
    let mut digest = Sha256::new();
    for part in [verb, &provenance.version, &scenario.canonical_toml()] {
        digest.update(part);
        digest.update([0]);
    }
    let data = provenance.data.iter().map(|file| &file.sha256);
    for hash in contracts.iter().map(|(_, sha256)| sha256).chain(data) {
        digest.update(hash);
    }
    hexadecimal(&digest.finalize())
}

/// The finished runs of an experiment.
#[derive(Debug)]
pub struct Journal {
    /// The result to come; none for one that no file stands for.
    directory: Option<PathBuf>,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: File,
    /// Where the line of each run begins: all that memory holds of it, and
    /// nothing for runs that are not there, whatever their numbers.
    starts: BTreeMap<u64, u64>,
    end: u64,
}

impl Journal {
    /// Opens the journal of the experiment `key` whose result is to be
    /// `directory`, or begins it. The last line, where a kill cut it short, is
    /// dropped.
    ///
    /// # Errors
    /// Where it cannot be read or written, or another process writes it.
    pub fn open(directory: &Path, key: &str) -> Result<Self, ReportError> {
        if directory.file_name().is_none() {
            return Err(ReportError::NoName { directory: directory.to_owned() });
        }
        let path = hidden(directory, &format!(".{}{ENDING}", key.get(..KEY_DIGITS).unwrap_or(key)));
        let failed = |source| ReportError::Write { path: path.clone(), source };
        if let Some(parent) = path.parent().filter(|parent| *parent != Path::new("")) {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let file = disk::open_own(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
            Err(TryLockError::WouldBlock) => {
                return Err(ReportError::Busy { directory: directory.to_owned() });
            }
        }
        let inner = read(file, key).map_err(failed)?;
        Ok(Self { inner: Mutex::new(inner), directory: Some(directory.to_owned()) })
    }

    /// A journal of the experiment `key` that is gone with the process, however
    /// that ends.
    ///
    /// # Errors
    /// Where there is no room for one.
    pub fn temporary(key: &str) -> Result<Self, ReportError> {
        let file = tempfile::tempfile().and_then(|file| read(file, key));
        let inner =
            file.map_err(|source| ReportError::Write { path: std::env::temp_dir(), source })?;
        Ok(Self { inner: Mutex::new(inner), directory: None })
    }

    /// How many runs are in it.
    #[must_use]
    pub fn count(&self) -> usize {
        self.inner().starts.len()
    }

    /// Removes it: its runs are in a result now. Those of other experiments whose
    /// result was to have the same name go with it.
    pub fn remove(self) {
        let Some(directory) = &self.directory else { return };
        let name = directory.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!(".{name}.");
        let Ok(entries) = fs::read_dir(disk::parent(directory)) else { return };
        for entry in entries.flatten() {
            let found = entry.file_name();
            let found = found.to_string_lossy();
            let key = found.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(ENDING));
            if key.is_some_and(|key| !key.is_empty() && !key.contains('.')) {
                // What stays behind of a failure is a file that nobody asks for
                // again.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A thread that panicked had its line written whole or not at all.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads which runs are there, and cuts off what is not a whole line.
fn read(file: File, key: &str) -> io::Result<Inner> {
    let mut inner = Inner { file, starts: BTreeMap::new(), end: 0 };
    let header = format!("connect-sim journal 1 {key}\n");
    let mut reader = BufReader::new(&inner.file);
    reader.seek(SeekFrom::Start(0))?;
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    let mut starts = BTreeMap::new();
    if line == header.as_bytes() {
        let mut end = line.len() as u64;
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line)? as u64;
            let Some((trial, _)) = parse(&line) else { break };
            starts.insert(trial, end);
            end += length;
        }
        inner.end = end;
    }
    drop(reader);
    inner.file.set_len(inner.end)?;
    if inner.end == 0 {
        inner.file.write_all(header.as_bytes())?;
        inner.end = header.len() as u64;
    }
    inner.file.sync_all()?;
    inner.starts = starts;
    Ok(inner)
}

/// A run's line: its number, its measures, a checksum.
pub(super) fn line(trial: u64, values: &[f64]) -> String {
    let mut text = trial.to_string();
    for value in values {
        // The shortest digits that read back as the same number.
        text.push_str(&format!(" {value:?}"));
    }
    let sum = checksum(&text);
    text + " " + &sum + "\n"
}

/// The run of a line, if it is whole.
pub(super) fn parse(line: &[u8]) -> Option<(u64, Vec<f64>)> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (text, sum) = line.rsplit_once(' ')?;
    if checksum(text) != sum {
        return None;
    }
    let mut words = text.split(' ');
    let trial = words.next()?.parse().ok()?;
    let values: Option<Vec<f64>> = words.map(|word| word.parse().ok()).collect();
    Some((trial, values?))
}

fn checksum(text: &str) -> String {
    let mut digits = hexadecimal(&Sha256::digest(text));
    digits.truncate(CHECKSUM_DIGITS);
    digits
}

impl Store for Journal {
    fn has(&self, trial: u64) -> bool {
        self.inner().starts.contains_key(&trial)
    }

    fn get(&self, trial: u64) -> io::Result<Option<Vec<f64>>> {
        let mut inner = self.inner();
        let Some(start) = inner.starts.get(&trial).copied() else { return Ok(None) };
        inner.file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        BufReader::with_capacity(1 << 12, (&inner.file).take(1 << 20))
            .read_until(b'\n', &mut bytes)?;
        let broken = || io::Error::other(format!("the line of run {trial} is broken"));
        let (found, values) = parse(&bytes).ok_or_else(broken)?;
        if found == trial { Ok(Some(values)) } else { Err(broken()) }
    }

    fn put(&self, trial: u64, values: &[f64]) -> io::Result<()> {
        let line = line(trial, values);
        let mut inner = self.inner();
        let start = inner.end;
        inner.file.write_all(line.as_bytes())?;
        inner.file.sync_data()?;
        inner.end += line.len() as u64;
        inner.starts.insert(trial, start);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back_to_the_bit_and_a_torn_line_does_not() {
        let home = tempfile::tempdir().expect("a directory");
        let target = home.path().join("result");
        let values = [1.5, -0.0, f64::NAN, 1e-300, 0.1 + 0.2];
        let journal = Journal::open(&target, "key").expect("free");
        assert!(matches!(Journal::open(&target, "key"), Err(ReportError::Busy { .. })));
        journal.put(7, &values).expect("kept");
        journal.put(2, &values[..1]).expect("kept");
        let path = home.path().join(".result.key.journal");
        drop(journal);
        let whole = fs::read(&path).expect("a file");
        let torn = [whole.as_slice(), &line(3, &values).as_bytes()[..20]].concat();
        fs::write(&path, torn).expect("written");
        let journal = Journal::open(&target, "key").expect("free");
        assert_eq!((journal.count(), journal.has(3)), (2, false));
        let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        let back = journal.get(7).expect("read").expect("there");
        assert_eq!(bits(&back), bits(&values));
        journal.put(3, &values).expect("kept");
        assert_eq!(journal.get(2).expect("read"), Some(vec![1.5]));
        assert_eq!(journal.get(3).expect("read").map(|v| v.len()), Some(5));
        drop(journal);
        let other = Journal::open(&target, "other").expect("free");
        assert_eq!(other.count(), 0);
        for kept in [".result.x.key.journal", ".other.key.journal"] {
            fs::write(home.path().join(kept), "of another result").expect("written");
        }
        other.remove();
        let left = fs::read_dir(home.path()).expect("a directory").count();
        assert_eq!((left, path.exists()), (2, false), "one of another key stays behind");
    }

    #[test]
    fn a_temporary_one_is_nobodys_to_find() {
        let journal = Journal::temporary("key").expect("there is room");
        journal.put(1, &[0.5]).expect("kept");
        assert_eq!(journal.get(1).expect("read"), Some(vec![0.5]));
        drop(journal);
        assert_eq!(Journal::temporary("key").expect("there is room").count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn no_journal_is_written_through_a_link() {
        let home = tempfile::tempdir().expect("a directory");
        let victim = home.path().join("victim");
        fs::write(&victim, "kept").expect("written");
        std::os::unix::fs::symlink(&victim, home.path().join(".result.key.journal"))
            .expect("a link");
        let error = Journal::open(&home.path().join("result"), "key").expect_err("a link");
        assert!(matches!(error, ReportError::Write { .. }), "{error}");
        assert_eq!(fs::read_to_string(&victim).expect("a file"), "kept");
    }
}
