//! The lock on a result's name: held from before the first tick of computing
//! until the result is there, by a file beside it. The system frees it when the
//! process ends, however it ends. What is done under it is known elsewhere.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::ReportError;
use super::disk::{self, hidden};

/// What the name of the file ends in.
const ENDING: &str = ".lock";

/// A lock that is held; dropped, it is free and its file is gone.
#[derive(Debug)]
pub(super) struct Lock {
    path: PathBuf,
    /// Open while the lock is held.
    file: Option<File>,
}

impl Lock {
    /// Takes the lock of the result called `target`, which the user calls
    /// `shown`.
    ///
    /// # Errors
    /// Where somebody holds it, or its file cannot be made.
    pub(super) fn take(target: &Path, shown: &Path) -> Result<Self, ReportError> {
        Self::by(File::try_lock, target, shown)
    }

    /// The same, once nobody else holds it any more.
    pub(super) fn wait(target: &Path) -> Result<Self, ReportError> {
        Self::by(|file| file.lock().map_err(TryLockError::Error), target, target)
    }

    fn by(
        lock: impl Fn(&File) -> Result<(), TryLockError>,
        target: &Path,
        shown: &Path,
    ) -> Result<Self, ReportError> {
        let path = hidden(target, ENDING);
        let failed = |source| ReportError::Write { path: path.clone(), source };
        loop {
            let file = disk::open_own(&path).map_err(failed)?;
            match lock(&file) {
                // Who held it may have removed the file since it was opened, and
                // then this is the lock of nothing.
                Ok(()) if is_of(&file, &path) => return Ok(Self { path, file: Some(file) }),
                Ok(()) => {}
                // A file system without locks: there is no telling, and no harm
                // but where two runs write the same result at once.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                    return Ok(Self { path, file: Some(file) });
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {
                    return Err(ReportError::Busy { directory: shown.to_owned() });
                }
            }
        }
    }
}

/// Whether `file` is what is called `path` now.
fn is_of(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let same = || -> io::Result<bool> {
            let (held, named) = (file.metadata()?, path.symlink_metadata()?);
            Ok((held.dev(), held.ino()) == (named.dev(), named.ino()))
        };
        same().unwrap_or(false)
    }
    #[cfg(not(unix))]
    {
        // There, an open file keeps its name.
        let _ = file;
        disk::is_there(path)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if cfg!(windows) {
            // An open file cannot be removed there.
            self.file = None;
        }
        // While it is held, so that nobody's lock but this one goes.
        let _: io::Result<()> = fs::remove_file(&self.path);
    }
}
