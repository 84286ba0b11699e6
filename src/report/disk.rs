//! Files and folders as results need them: read only where they are regular
//! files, written whole or not at all, made anew under names that nobody can
//! guess, and never reached through a link that somebody planted. What is in
//! them is no matter of this file.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

/// Whether anything has that name, a link to nowhere included.
pub(super) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether that name is a link.
pub(super) fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.file_type().is_symlink())
}

/// Whether a folder has that name, and no link to one.
pub(super) fn is_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_dir())
}

/// Where the entry `path` stands.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// The hidden name beside `target` with this ending.
pub(super) fn hidden(target: &Path, ending: &str) -> PathBuf {
    let mut hidden = OsString::from(".");
    hidden.push(target.file_name().unwrap_or_default());
    hidden.push(ending);
    target.with_file_name(hidden)
}

/// Opens a file of a result to read it: a regular one, which is there under that
/// name itself. A link may lead out of the result; devices and pipes have no
/// end, or wait for one.
pub(super) fn open(path: &Path) -> io::Result<File> {
    open_regular(path, OpenOptions::new().read(true))
}

/// Opens a regular file and nothing else, also where what has the name changes
/// meanwhile.
fn open_regular(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let refused = || io::Error::other("it is a link or a special file, and no regular one");
    if is_there(path) && !path.symlink_metadata()?.is_file() {
        return Err(refused());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(refused()) }
}

/// The bytes of a regular file.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a regular file.
pub(super) fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not text in UTF-8"))
}

/// Opens a file of our own to read and add to, which is made if it is not there.
///
/// # Errors
/// Also where the name is a link, a pipe or anything else but a regular file.
pub(super) fn open_own(path: &Path) -> io::Result<File> {
    open_regular(path, OpenOptions::new().read(true).append(true).create(true))
}

/// A new, empty folder in `parent`, called `.NAME.` and what nobody can guess
/// and `ending`; it goes when it is dropped.
pub(super) fn fresh_folder(parent: &Path, name: &str, ending: &str) -> io::Result<TempDir> {
    let prefix = format!(".{name}.");
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(ending);
    open_to_others(&mut builder, 0o777);
    builder.tempdir_in(parent)
}

/// Gives what is built the permissions that any new file of the user has,
/// rather than those of a secret.
fn open_to_others(builder: &mut Builder<'_, '_>, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = (builder, mode);
}

/// A new file beside `path`, under a name that nobody can guess, holding
/// `bytes`, through to the disk.
fn beside(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".").suffix(".partial");
    open_to_others(&mut builder, 0o666);
    let mut file = builder.tempfile_in(parent(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Writes a file that is there whole or not at all; one of that name is
/// replaced, and a link of that name too, never what it leads to.
///
/// # Errors
/// Where it cannot be written; nothing is left behind then.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    beside(path, bytes)?.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes a file that is there whole or not at all, where nothing has its name.
///
/// # Errors
/// Where something has, or it cannot be written; nothing is left behind then.
pub fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    beside(path, bytes)?.persist_noclobber(path).map_err(|error| error.error)?;
    Ok(())
}

/// Exchanges two names in one step, so that neither is missing at any moment.
///
/// # Errors
/// Also where the system or the file system cannot.
pub(super) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    {
        let _ = (one, other);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Writes the directory's entries through to the disk, where the system can.
pub(super) fn sync_directory(path: &Path) {
    if let Ok(directory) = File::open(path) {
        let _ = directory.sync_all();
    }
}

/// Every entry below `directory` but folders with something in them, by its
/// path from there with `/` between names, in their order, and whether it is a
/// regular file. Links are entries and never followed.
pub(super) fn entries(directory: &Path) -> io::Result<Vec<(String, bool)>> {
    let mut found = Vec::new();
    let mut waiting = vec![(PathBuf::from(directory), String::new())];
    while let Some((folder, prefix)) = waiting.pop() {
        let mut empty = true;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() {
                waiting.push((entry.path(), format!("{name}/")));
            } else {
                found.push((name, kind.is_file()));
            }
            empty = false;
        }
        if empty && !prefix.is_empty() {
            found.push((prefix, false));
        }
    }
    found.sort();
    Ok(found)
}
