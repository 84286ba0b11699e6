//! Whether a result that was made again is the same: file by file, and in
//! tables number by number. Who makes it again is no matter of this file.

use std::fs;
use std::path::Path;

use super::super::ReportError;
use super::load::ResultFiles;

/// How a result was made, by its own manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeBy {
    /// The command that makes it again.
    pub command: String,
    /// The version of the program that made it.
    pub version: String,
}

/// A file of a result beside the one made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its name.
    pub file: String,
    /// The numbers in it, where it is a table.
    pub numbers: usize,
    /// What is not the same first; none where every byte is.
    pub difference: Option<String>,
}

/// How the result in `directory` was made.
///
/// # Errors
/// Where there is no manifest, or it names no command.
pub fn made_by(directory: &Path) -> Result<MadeBy, ReportError> {
    let manifest = ResultFiles::open(directory)?.manifest;
    if manifest.command.is_empty() {
        let problem =
            "names no command that made the result, so it cannot be made again".to_owned();
        return Err(ReportError::Broken { path: directory.join("manifest.json"), problem });
    }
    Ok(MadeBy { command: manifest.command, version: manifest.program.version })
}

/// Holds the result in `saved` against the one in `again`, file by file in the
/// order of the manifests.
///
/// # Errors
/// Where a directory holds no result.
pub fn compare_results(saved: &Path, again: &Path) -> Result<Vec<Checked>, ReportError> {
    let (old, new) = (ResultFiles::open(saved)?, ResultFiles::open(again)?);
    let mut checked: Vec<Checked> = old
        .intact()
        .into_iter()
        .map(|(file, intact)| {
            let difference = if !new.manifest.files.iter().any(|known| known.file == file) {
                Some("is not made again".to_owned())
            } else {
                difference(&saved.join(&file), &again.join(&file))
            };
            let numbers =
                if intact || difference.is_some() { numbers(&saved.join(&file)) } else { 0 };
            let changed = (!intact).then(|| "was changed after it was written".to_owned());
            Checked { file, numbers, difference: difference.or(changed) }
        })
        .collect();
    let more = new
        .manifest
        .files
        .iter()
        .filter(|file| !old.manifest.files.iter().any(|known| known.file == file.file));
    checked.extend(more.map(|file| Checked {
        file: file.file.clone(),
        numbers: 0,
        difference: Some("is made now and was not there".to_owned()),
    }));
    Ok(checked)
}

/// The cells of a table; none where it is none.
fn cells(path: &Path) -> Option<Vec<csv::StringRecord>> {
    path.extension().filter(|extension| *extension == "csv")?;
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).ok()?;
    reader.records().collect::<Result<Vec<_>, _>>().ok()
}

fn numbers(path: &Path) -> usize {
    let is_number = |cell: &&str| cell.parse::<f64>().is_ok();
    let rows = cells(path).unwrap_or_default();
    rows.iter().map(|row| row.iter().filter(is_number).count()).sum()
}

/// What is not the same first.
fn difference(old: &Path, new: &Path) -> Option<String> {
    let (Ok(a), Ok(b)) = (fs::read(old), fs::read(new)) else {
        return Some("cannot be read".to_owned());
    };
    if a == b {
        return None;
    }
    let (Some(a), Some(b)) = (cells(old), cells(new)) else {
        return Some("has other bytes".to_owned());
    };
    let columns = a.first().cloned().unwrap_or_default();
    for (row, (a, b)) in a.iter().zip(&b).enumerate() {
        for (place, (a, b)) in a.iter().zip(b).enumerate() {
            if a != b {
                let column = columns.get(place).unwrap_or("");
                return Some(format!(
                    "line {}, {column}: {a:?} was saved, {b:?} comes out",
                    row + 1
                ));
            }
        }
    }
    Some(format!("{} lines were saved, {} come out", a.len(), b.len()))
}
