//! What is not the same in two results: of their manifests every value by its
//! key, of tables the first number, of any other file the place where it begins
//! to differ. Who makes a result again is known elsewhere.

use std::path::Path;

use serde_json::Value;

use super::ReportError;
use super::disk;
use super::load::ResultFiles;
use super::result_directory::MANIFEST;

/// Characters of a value that are shown; nobody reads more.
const SHOWN: usize = 100;

/// A file of a result beside the one made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Its name.
    pub file: String,
    /// The numbers in it, where it is a table.
    pub numbers: usize,
    /// What is not the same; none where every byte is.
    pub difference: Option<String>,
}

impl Checked {
    /// A file that is the same.
    pub(super) fn same(file: &str) -> Self {
        Self { file: file.to_owned(), numbers: 0, difference: None }
    }

    /// A file that is not.
    pub(super) fn differs(file: &str, difference: impl Into<String>) -> Self {
        Self { file: file.to_owned(), numbers: 0, difference: Some(difference.into()) }
    }
}

/// Holds the result in `saved` against the one in `again`: the manifest value
/// by value, then every file that is in either of them. What `report` made from
/// the saved one is left for [`check_pages`](super::check_pages).
///
/// # Errors
/// Where a directory holds no result, or cannot be read.
pub fn compare_results(saved: &Path, again: &Path) -> Result<Vec<Checked>, ReportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ReportError::Read { path, source }
    };
    let new = ResultFiles::open(again)?;
    let mut checked = manifests(saved, again)?;
    let there = disk::entries(saved).map_err(failed(saved))?;
    let made = disk::entries(again).map_err(failed(again))?;
    let listed = new.manifest.files.iter().map(|file| file.file.as_str());
    for name in listed {
        checked.push(match there.iter().find(|(known, _)| known == name) {
            None => Checked::differs(name, "is made again and is not there"),
            Some((_, false)) => Checked::differs(name, "is a link or a special file"),
            Some((_, true)) => Checked {
                file: name.to_owned(),
                numbers: numbers(&saved.join(name)),
                difference: difference(&saved.join(name), &again.join(name)),
            },
        });
    }
    let known = |name: &str| made.iter().any(|(made, _)| made == name);
    for (name, regular) in &there {
        if !known(name) && (!regular || !is_of_page(name)) {
            checked.push(Checked::differs(name, "is there and is not made again"));
        }
    }
    Ok(checked)
}

/// Whether an entry of a result may be what `report` made from it: a page, a
/// post, a chart of a post, a signature.
pub(super) fn is_of_page(name: &str) -> bool {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    if folder.is_empty() {
        [".html", ".md", ".html.sig", ".md.sig"].iter().any(|ending| file.ends_with(ending))
    } else {
        !folder.contains('/') && folder.ends_with("-charts")
    }
}

/// What is not the same in two manifests, one entry a value.
fn manifests(saved: &Path, again: &Path) -> Result<Vec<Checked>, ReportError> {
    let read = |directory: &Path| {
        let path = directory.join(MANIFEST);
        disk::read(&path).map_err(|source| ReportError::Read { path, source })
    };
    let (old, new) = (read(saved)?, read(again)?);
    if old == new {
        return Ok(vec![Checked::same(MANIFEST)]);
    }
    let tree = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let found = values(&tree(&old), &tree(&new));
    let found = found.into_iter().map(|difference| Checked::differs(MANIFEST, difference));
    let mut found: Vec<Checked> = found.collect();
    if found.is_empty() {
        found.push(Checked::differs(MANIFEST, "has other bytes, though it says the same"));
    }
    Ok(found)
}

/// Every value that is not the same in two trees, by its key, with both.
pub(super) fn values(saved: &Value, again: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("", Some(saved), Some(again), &mut found);
    found
}

fn walk(key: &str, saved: Option<&Value>, again: Option<&Value>, found: &mut Vec<String>) {
    match (saved, again) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let more = new.keys().filter(|name| !old.contains_key(*name));
            for name in old.keys().chain(more) {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                walk(&key, old.get(name), new.get(name), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for place in 0..old.len().max(new.len()) {
                walk(&format!("{key}[{place}]"), old.get(place), new.get(place), found);
            }
        }
        (old, new) if old == new => {}
        (old, new) => {
            let text = |value: Option<&Value>| {
                value.map_or_else(|| "nothing".to_owned(), |value| cut(&value.to_string()))
            };
            let key = if key.is_empty() { "the whole" } else { key };
            found.push(format!("{key}: {} was saved, {} comes out", text(old), text(new)));
        }
    }
}

/// As much of a text as is shown.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The cells of a table; none where it is none.
fn cells(path: &Path) -> Option<Vec<csv::StringRecord>> {
    path.extension().filter(|extension| *extension == "csv")?;
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true);
    let mut reader = builder.from_reader(disk::open(path).ok()?);
    reader.records().collect::<Result<Vec<_>, _>>().ok()
}

fn numbers(path: &Path) -> usize {
    let is_number = |cell: &&str| cell.parse::<f64>().is_ok();
    let rows = cells(path).unwrap_or_default();
    rows.iter().map(|row| row.iter().filter(is_number).count()).sum()
}

/// What is not the same first in two files.
fn difference(old: &Path, new: &Path) -> Option<String> {
    let (Ok(a), Ok(b)) = (disk::read(old), disk::read(new)) else {
        return Some("cannot be read".to_owned());
    };
    if a == b {
        return None;
    }
    let (Some(rows), Some(again)) = (cells(old), cells(new)) else {
        return Some(texts(&String::from_utf8_lossy(&a), &String::from_utf8_lossy(&b)));
    };
    let columns = rows.first().cloned().unwrap_or_default();
    for (row, (a, b)) in rows.iter().zip(&again).enumerate() {
        if a.len() != b.len() {
            let (a, b) = (a.len(), b.len());
            return Some(format!("line {}: {a} cells were saved, {b} come out", row + 1));
        }
        for (place, (a, b)) in a.iter().zip(b).enumerate() {
            if a != b {
                let column = columns.get(place).unwrap_or("");
                let (row, a, b) = (row + 1, cut(a), cut(b));
                return Some(format!("line {row}, {column}: {a:?} was saved, {b:?} comes out"));
            }
        }
    }
    if rows.len() == again.len() {
        return Some("has other bytes, though every cell is the same".to_owned());
    }
    Some(format!("{} lines were saved, {} come out", rows.len(), again.len()))
}

/// Where two texts begin to differ.
pub(super) fn texts(saved: &str, again: &str) -> String {
    let same = saved.chars().zip(again.chars()).take_while(|(a, b)| a == b).count();
    let line = saved.chars().take(same).filter(|letter| *letter == '\n').count() + 1;
    let rest = |text: &str| {
        let rest: String = text.chars().skip(same).take(40).collect();
        if rest.is_empty() { "nothing more".to_owned() } else { format!("{rest:?}") }
    };
    format!("line {line}: {} was saved, {} comes out", rest(saved), rest(again))
}
