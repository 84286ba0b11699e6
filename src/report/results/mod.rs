//! Results of each kind, typed: what their tables say, and no word of how it
//! is told.

mod attacks;
mod compare;
mod market;
mod run;
mod stress;
mod sweep;
mod table;
mod tune;

use std::path::Path;

use serde_json::Value;

use super::ReportError;
use super::load::{ResultFiles, at, leaves};
use super::shell::path_text;
use super::words::Money;
use crate::scenario::Scenario;

pub(super) use attacks::{Fuzz, Limits, LineupEffect, Mutants, Safety, SafetyEdge};
pub(super) use compare::{Alternative, Compare, Effect, HomesEffect, Moment};
pub(super) use market::{Call, Gain, Hour, Market, Part, start};
pub(super) use run::{Run, SummaryLine};
#[cfg(test)]
pub(super) use stress::FunctionUse;
pub(super) use stress::{Bound, Step, Stress};
pub(super) use sweep::{Answers, Point, Sensitivities, Sweep};
pub(super) use table::{Rows, Table};
pub(super) use tune::{Objective, Tune, Tuned};

/// The settings of a scenario as manifests have them.
pub(super) fn settings(scenario: &Scenario) -> Value {
    serde_json::to_value(scenario.settings()).unwrap_or(Value::Null)
}

/// What a result holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Run(Run),
    Compare(Compare),
    Sweep(Sweep),
    Tune(Tune),
    Stress(Stress),
    Limits(Limits),
    Safety(Safety),
    Fuzz(Fuzz),
    Mutants(Mutants),
}

/// A result that was read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) files: ResultFiles,
    pub(super) money: Money,
    pub(super) content: Content,
}

impl Source {
    /// Reads the result in `directory`, which pages call `shown`.
    pub(super) fn read(directory: &Path, shown: &Path) -> Result<Self, ReportError> {
        let files = ResultFiles { shown: path_text(shown), ..ResultFiles::open(directory)? };
        let content = match files.manifest.verb.as_str() {
            "run" => Content::Run(Run::read(&files)?),
            "compare" => Content::Compare(Compare::read(&files)?),
            "sweep" => Content::Sweep(Sweep::read(&files)?),
            "tune" => Content::Tune(Tune::read(&files)?),
            "stress" => Content::Stress(Stress::read(&files)?),
            "stress --limits" => Content::Limits(Limits::read(&files)?),
            "stress --adversaries" => Content::Safety(Safety::read(&files)?),
            "fuzz" => Content::Fuzz(Fuzz::read(&files)?),
            "fuzz --mutants" => Content::Mutants(Mutants::read(&files)?),
            other => {
                let problem = format!(
                    "says that it is the result of {other:?}; a dossier is made of those of run, \
                     compare, sweep, tune, stress and fuzz"
                );
                return Err(ReportError::Broken { path: directory.join("manifest.json"), problem });
            }
        };
        let money = Money::of(&files.manifest.scenario);
        Ok(Self { files, money, content })
    }

    /// The scenario's name.
    pub(super) fn name(&self) -> &str {
        self.text("scenario.name")
    }

    /// The question that the scenario asks.
    pub(super) fn question(&self) -> &str {
        self.text("scenario.question")
    }

    fn text(&self, path: &str) -> &str {
        at(&self.files.manifest.scenario, path).and_then(Value::as_str).unwrap_or("")
    }

    /// A number of the scenario.
    pub(super) fn setting(&self, path: &str) -> f64 {
        at(&self.files.manifest.scenario, path).and_then(Value::as_f64).unwrap_or(f64::NAN)
    }
}

/// A setting that is not the same in two scenarios.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Change {
    pub(super) key: String,
    pub(super) from: Value,
    pub(super) to: Value,
}

/// What is not the same in two scenarios, but for what they are called and ask.
pub(super) fn changes(base: &Value, other: &Value) -> Vec<Change> {
    let told = ["scenario.name", "scenario.question"];
    let (base, other) = (leaves(base), leaves(other));
    let find = |all: &[(String, &Value)], key: &str| {
        all.iter()
            .find(|(known, _)| known == key)
            .map_or(Value::Null, |(_, value)| (*value).clone())
    };
    let mut keys: Vec<&String> = base.iter().chain(&other).map(|(key, _)| key).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| !told.contains(&key.as_str()))
        .map(|key| Change { key: key.clone(), from: find(&base, key), to: find(&other, key) })
        .filter(|change| change.from != change.to)
        .collect()
}
