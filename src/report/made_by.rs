//! How a saved result was made, by its own manifest; and whether what its
//! command would read is what the manifest knows, by hashes. Nothing is run.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::differences::{Checked, values};
use super::load::{ResultFiles, at};
use super::result_directory::MANIFEST;
use super::{HashedFile, ReportError};
use crate::scenario::Scenario;

/// How a result was made.
#[derive(Clone, Debug)]
pub struct MadeBy {
    /// The command that makes it again.
    pub command: String,
    /// The version of the program that made it.
    pub version: String,
    /// The digest of the manifest that says so.
    pub sha256: String,
    /// Which part of a sweep it is, and of how many, where it is one.
    pub part: Option<(u32, u32)>,
    manifest: PathBuf,
    scenario: Value,
    knows: Value,
}

/// What a command reads before it computes anything.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// The scenario, and of a comparison every other; none where it is about
    /// contracts alone.
    pub scenarios: Vec<Scenario>,
    /// Each contract's file and the SHA-256 of its text.
    pub contracts: Vec<(String, String)>,
    /// The data files.
    pub data: Vec<HashedFile>,
}

impl MadeBy {
    /// How the result in `directory` was made.
    ///
    /// # Errors
    /// Where there is no manifest, or it names no command.
    pub fn read(directory: &Path) -> Result<Self, ReportError> {
        let ResultFiles { manifest, sha256, .. } = ResultFiles::open(directory)?;
        let path = directory.join(MANIFEST);
        if manifest.command.is_empty() {
            let problem =
                "names no command that made the result, so it cannot be made again".to_owned();
            return Err(ReportError::Broken { path, problem });
        }
        let number = |key: &str| {
            let number = at(&manifest.details, key).and_then(Value::as_u64)?;
            u32::try_from(number).ok()
        };
        let part = number("part.shard").zip(number("part.of"));
        let mut knows = json!({ "contracts": manifest.contracts });
        // A result about contracts alone has neither.
        if !manifest.scenario.is_null() {
            knows["scenario_sha256"] = manifest.scenario_sha256.into();
            knows["data"] = json!(manifest.data);
        }
        if let Some(variants) = manifest.details.get("variants").and_then(Value::as_array) {
            let hash = |variant: &Value| json!({ "scenario_sha256": variant.get("scenario_sha256").cloned() });
            knows["details"] = json!({ "variants": variants.iter().map(hash).collect::<Vec<_>>() });
        }
        Ok(Self {
            command: manifest.command,
            version: manifest.program.version,
            sha256,
            part,
            manifest: path,
            scenario: manifest.scenario,
            knows,
        })
    }

    /// What of `inputs` the manifest does not know, each with what it says
    /// instead; of a scenario that it does not, every setting too.
    #[must_use]
    pub fn unknown(&self, inputs: &Inputs) -> Vec<Checked> {
        let contracts = inputs
            .contracts
            .iter()
            .map(|(file, sha256)| HashedFile { file: file.clone(), sha256: sha256.clone() });
        let mut found = json!({ "contracts": contracts.collect::<Vec<_>>() });
        if let Some(first) = inputs.scenarios.first() {
            found["scenario_sha256"] = first.sha256().into();
            found["data"] = json!(inputs.data);
            if self.knows.get("details").is_some() || inputs.scenarios.len() > 1 {
                let hash = |one: &Scenario| json!({ "scenario_sha256": one.sha256() });
                let variants: Vec<Value> = inputs.scenarios.iter().map(hash).collect();
                found["details"] = json!({ "variants": variants });
            }
        }
        let mut unknown = values(&self.knows, &found);
        if let (false, Some(first)) = (unknown.is_empty(), inputs.scenarios.first()) {
            let settings = json!({ "scenario": first.settings() });
            unknown.extend(values(&json!({ "scenario": self.scenario }), &settings));
        }
        unknown.into_iter().map(|difference| Checked::differs(MANIFEST, difference)).collect()
    }

    /// The manifest's path.
    #[must_use]
    pub fn manifest(&self) -> &Path {
        &self.manifest
    }
}
