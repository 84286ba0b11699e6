//! Reading a result from its directory: the manifest, the tables, and whether
//! each file is still what the manifest says. Files come from others and may
//! hold anything: what is no number is none, and every fault has its file and
//! line. What the tables mean is known elsewhere.

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::disk;
use super::inputs::sha256;
use super::result_directory::restore;
use super::shell::path_text;
use super::{HashedFile, ReportError};

/// The greatest size of a number that is taken for one; what is greater is
/// no measure of a market, and would only break a drawing.
const GREATEST: f64 = 1e15;

/// What made a result.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Program {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) version: String,
}

/// A replicate of a run.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Replicate {
    #[serde(default)]
    pub(super) seed: u64,
    #[serde(default)]
    pub(super) state_sha256: String,
}

/// What a manifest says, as far as dossiers use it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Manifest {
    #[serde(default)]
    pub(super) verb: String,
    #[serde(default)]
    pub(super) program: Program,
    #[serde(default)]
    pub(super) command: String,
    #[serde(default)]
    pub(super) scenario_file: String,
    #[serde(default)]
    pub(super) scenario_sha256: String,
    #[serde(default)]
    pub(super) scenario: Value,
    #[serde(default)]
    pub(super) contracts: Vec<HashedFile>,
    #[serde(default)]
    pub(super) data: Vec<HashedFile>,
    #[serde(default)]
    pub(super) replicates: Vec<Replicate>,
    #[serde(default)]
    pub(super) details: Value,
    #[serde(default)]
    pub(super) answer: String,
    #[serde(default)]
    pub(super) thresholds: Value,
    #[serde(default)]
    pub(super) files: Vec<HashedFile>,
}

/// A result on the disk.
#[derive(Clone, Debug)]
pub(super) struct ResultFiles {
    pub(super) directory: PathBuf,
    /// What pages call the directory.
    pub(super) shown: String,
    pub(super) manifest: Manifest,
    /// The digest of the manifest's bytes.
    pub(super) sha256: String,
}

impl ResultFiles {
    /// Reads the manifest in `directory`.
    pub(super) fn open(directory: &Path) -> Result<Self, ReportError> {
        let path = directory.join("manifest.json");
        if !disk::is_there(directory) {
            restore(directory);
        }
        let text = disk::read_text(&path).map_err(|source| {
            let problem = format!(
                "cannot be read: {source}; name the directory of a result, such as \
                 results/baseline"
            );
            ReportError::Broken { path: path.clone(), problem }
        })?;
        let mut manifest: Manifest = serde_json::from_str(&text).map_err(|error| {
            ReportError::Broken { path: path.clone(), problem: format!("is no manifest: {error}") }
        })?;
        if manifest.verb.is_empty() {
            // Results from before manifests said what they are.
            let kinds = [
                ("capacity.csv", "stress"),
                ("limit_edges.csv", "stress --limits"),
                ("summary.csv", "run"),
            ];
            let known = kinds.iter().find(|(file, _)| directory.join(file).is_file());
            manifest.verb = known.map_or("", |(_, verb)| verb).to_owned();
        }
        let shown = path_text(directory);
        Ok(Self {
            directory: directory.to_owned(),
            shown,
            manifest,
            sha256: sha256(text.as_bytes()),
        })
    }

    /// Whether it has the file.
    pub(super) fn has(&self, name: &str) -> bool {
        self.directory.join(name).is_file()
    }

    /// Reads the table `name`, which must have the columns `needed`.
    pub(super) fn sheet(&self, name: &str, needed: &[&str]) -> Result<Sheet, ReportError> {
        Sheet::read(&self.directory.join(name), needed)
    }

    /// Each file that the manifest lists, and whether it is what it was.
    pub(super) fn intact(&self) -> Vec<(String, bool)> {
        let same = |file: &HashedFile| {
            let path = Path::new(&file.file);
            // A manifest from elsewhere has no say outside of its directory.
            let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
            inside
                && disk::read(&self.directory.join(path))
                    .is_ok_and(|bytes| sha256(&bytes) == file.sha256)
        };
        self.manifest.files.iter().map(|file| (file.file.clone(), same(file))).collect()
    }
}

/// A table as text, with its columns by name.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<csv::StringRecord>,
}

impl Sheet {
    fn read(path: &Path, needed: &[&str]) -> Result<Self, ReportError> {
        let broken = |problem: String| ReportError::Broken { path: path.to_owned(), problem };
        let file = disk::open(path).map_err(|error| broken(format!("cannot be read: {error}")))?;
        let mut reader = csv::Reader::from_reader(file);
        let columns: Vec<String> = reader
            .headers()
            .map_err(|error| broken(format!("cannot be read: {error}")))?
            .iter()
            .map(str::to_owned)
            .collect();
        if let Some(lacking) = needed.iter().find(|name| !columns.iter().any(|have| have == *name))
        {
            return Err(broken(format!("has no column {lacking}")));
        }
        let rows = reader
            .records()
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| broken(format!("cannot be read: {error}")))?;
        Ok(Self { columns, rows })
    }

    /// Where a column stands.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The cells of a column, empty where it is not there.
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        let place = self.place(name);
        self.rows.iter().map(|row| place.and_then(|place| row.get(place)).unwrap_or("")).collect()
    }

    /// The numbers of a column; not a number where a cell holds none.
    pub(super) fn numbers(&self, name: &str) -> Vec<f64> {
        self.texts(name).into_iter().map(number).collect()
    }

    /// A cell.
    pub(super) fn text<'a>(&'a self, row: &'a csv::StringRecord, name: &str) -> &'a str {
        self.place(name).and_then(|place| row.get(place)).unwrap_or("")
    }

    /// A cell's number.
    pub(super) fn number(&self, row: &csv::StringRecord, name: &str) -> f64 {
        number(self.text(row, name))
    }
}

/// The number that a cell holds; not a number where it holds none.
pub(super) fn number(text: &str) -> f64 {
    let found = text.trim().parse::<f64>().unwrap_or(f64::NAN);
    if found.abs() <= GREATEST { found } else { f64::NAN }
}

/// The value at a dotted path of a tree.
pub(super) fn at<'a>(tree: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(tree, |here, name| here.get(name))
}

/// Every value of a tree by its dotted path, in their order.
pub(super) fn leaves(tree: &Value) -> Vec<(String, &Value)> {
    fn walk<'a>(tree: &'a Value, path: &str, found: &mut Vec<(String, &'a Value)>) {
        match tree {
            Value::Object(entries) => {
                for (key, value) in entries {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    walk(value, &path, found);
                }
            }
            _ => found.push((path.to_owned(), tree)),
        }
    }
    let mut found = Vec::new();
    walk(tree, "", &mut found);
    found
}
