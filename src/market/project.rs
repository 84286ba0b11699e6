//! A Clarinet project: which contracts it has, and under which rules each is
//! to run. Reads `Clarinet.toml` and the files it names; what it asks for and
//! cannot get here is refused with the reason.

use std::path::Path;

use thiserror::Error;
use toml::{Table, Value};

use super::code::{Clarity, Source};

/// Epochs whose rules for contracts of Clarity 1 and 2 are those that run here.
const EPOCHS: [&str; 5] = ["2.1", "2.2", "2.3", "2.4", "2.5"];

/// Why a project cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}: {key}{message}")]
pub struct ProjectError {
    /// The file.
    pub file: String,
    /// The key, with `: ` behind it; empty where none is to blame.
    pub key: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// The contracts of the project at `path`, by name.
///
/// # Errors
/// The first thing in it that cannot be read or obeyed.
pub(super) fn read_project(path: &Path) -> Result<Vec<Source>, ProjectError> {
    let file = path.display().to_string();
    let fault = |key: &str, message: String| ProjectError {
        file: file.clone(),
        key: if key.is_empty() { String::new() } else { format!("{key}: ") },
        message,
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| fault("", format!("cannot be read: {error}; name a Clarinet.toml")))?;
    let project: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |at| 1 + text[..at.start].matches('\n').count());
        fault("", format!("line {line}: not valid TOML: {}", error.message()))
    })?;
    let requirements = project
        .get("project")
        .and_then(|about| about.get("requirements"))
        .and_then(Value::as_array)
        .is_some_and(|wanted| !wanted.is_empty());
    if requirements {
        let message = "contracts of a live network cannot be fetched here; add their sources to \
                       the project and refer to them as .name";
        return Err(fault("project.requirements", message.to_owned()));
    }
    let Some(contracts) = project.get("contracts").and_then(Value::as_table) else {
        return Err(fault(
            "contracts",
            "missing; a project has [contracts.NAME] tables".to_owned(),
        ));
    };
    let directory = path.parent().unwrap_or(Path::new(""));
    let mut sources = Vec::with_capacity(contracts.len());
    for (name, contract) in contracts {
        let key = |inner: &str| format!("contracts.{name}.{inner}");
        let Some(place) = contract.get("path").and_then(Value::as_str) else {
            let message = "missing; write path = \"contracts/….clar\"".to_owned();
            return Err(fault(&key("path"), message));
        };
        let number = contract.get("clarity_version").map_or(Some(2), Value::as_integer);
        let clarity = match number.and_then(Clarity::numbered) {
            Some(clarity) => clarity,
            None => {
                let given =
                    number.map_or("no whole number".to_owned(), |number| number.to_string());
                let message = format!("is {given}; the virtual machine here knows Clarity 1 and 2");
                return Err(fault(&key("clarity_version"), message));
            }
        };
        let epoch = match contract.get("epoch") {
            None => "2.5".to_owned(),
            Some(Value::String(epoch)) => epoch.clone(),
            Some(other) => other.to_string(),
        };
        if !EPOCHS.contains(&epoch.as_str()) {
            let message = format!(
                "is {epoch}; contracts run here under the rules of epoch 2.5, which are those of \
                 2.1 to 2.5: say \"2.5\" to try it under them"
            );
            return Err(fault(&key("epoch"), message));
        }
        let found = directory.join(place);
        let source = Source::read(name, &found, clarity)
            .map_err(|error| fault(&key("path"), format!("{}: {error}", found.display())))?;
        sources.push(source);
    }
    Ok(sources)
}
