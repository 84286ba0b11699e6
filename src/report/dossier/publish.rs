//! How a dossier gets onto the disk: a page at once, a post with its folder of
//! charts whole or not at all, however many write the same, and never through a
//! link. What they say is no matter of this file.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::ReportError;
use super::super::disk::{self, is_link, is_there, parent};
use super::super::lock::Lock;

/// Writes a page; one of that name is replaced.
pub(super) fn page(path: &Path, text: &str) -> Result<(), ReportError> {
    ready(path)?;
    disk::write_whole(path, text.as_bytes()).map_err(failed(path))
}

/// The folder of charts that belongs to the post `path`.
pub(super) fn charts_of(path: &Path) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push("-charts");
    path.with_file_name(name)
}

/// Writes a post and the `files` in its folder of charts, by name.
pub(super) fn post(path: &Path, text: &str, files: &[(String, String)]) -> Result<(), ReportError> {
    let charts = charts_of(path);
    ready(path)?;
    ready(&charts)?;
    // Of several that write the same post, each waits for the one before.
    let _lock = Lock::wait(&charts)?;
    let name = charts.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let fresh =
        |ending| disk::fresh_folder(parent(&charts), &name, ending).map_err(failed(&charts));
    let staging = fresh(".partial")?;
    for (name, text) in files {
        fs::write(staging.path().join(name), text).map_err(failed(&charts.join(name)))?;
    }
    disk::sync_directory(staging.path());
    if !is_there(&charts) {
        fs::rename(staging.path(), &charts).map_err(failed(&charts))?;
        let _ = staging.keep();
    } else {
        if let Some(file) = foreign(path, &charts, files).map_err(failed(&charts))? {
            return Err(ReportError::Foreign { directory: charts, file });
        }
        if disk::exchange(staging.path(), &charts).is_err() {
            let older = fresh(".outgoing")?;
            fs::rename(&charts, older.path().join("charts")).map_err(failed(&charts))?;
            fs::rename(staging.path(), &charts).map_err(failed(&charts))?;
            let _ = staging.keep();
        }
        // What the folder held goes with its temporary name.
    }
    page(path, text)
}

/// The first entry of an older folder of charts that no post of this name had.
fn foreign(path: &Path, charts: &Path, files: &[(String, String)]) -> io::Result<Option<String>> {
    let older = disk::read_text(path).unwrap_or_default();
    let folder = charts.file_name().unwrap_or_default().to_string_lossy();
    let named: BTreeSet<&str> = older
        .split("](")
        .filter_map(|rest| rest.strip_prefix(&*folder)?.strip_prefix('/')?.split(')').next())
        .chain(files.iter().map(|(name, _)| name.as_str()))
        .collect();
    let entries = disk::entries(charts)?.into_iter().map(|(name, _)| name);
    Ok(entries.into_iter().find(|name| !named.contains(name.as_str())))
}

/// Refuses a link, and makes the parent directory where there is none.
fn ready(path: &Path) -> Result<(), ReportError> {
    if path.file_name().is_none() {
        return Err(failed(path)(io::Error::other("this is no name of a file")));
    }
    if is_link(path) {
        return Err(ReportError::Link { path: path.to_owned() });
    }
    fs::create_dir_all(parent(path)).map_err(failed(path))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path = path.to_owned();
    move |source| ReportError::Write { path, source }
}
