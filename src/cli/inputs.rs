//! What a command reads before it computes anything, as its result's manifest
//! knows it.

use super::failure::Failure;
use crate::experiments::{self, Base, Code, Space};
use crate::report::{self, HashedFile, Inputs};
use crate::scenario::Scenario;

/// What the runs of these scenarios read: each file once.
pub(super) fn of_scenarios(scenarios: Vec<Scenario>) -> Result<Inputs, Failure> {
    let mut data = Vec::new();
    let mut contracts = Vec::new();
    for scenario in &scenarios {
        add(&mut data, report::data_files(scenario)?);
        add(&mut contracts, hashed(&experiments::code(scenario)?));
    }
    Ok(Inputs { scenarios, contracts, data })
}

/// What the runs of `base` read under every setting of `space`.
pub(super) fn of_space(base: &Base, space: &Space) -> Result<Inputs, Failure> {
    let mut all = vec![base.scenario.clone()];
    for setting in space.file_settings() {
        all.push(base.with(&[setting])?);
    }
    let mut inputs = of_scenarios(all)?;
    inputs.scenarios.truncate(1);
    Ok(inputs)
}

/// What a look at contracts alone reads.
pub(super) fn of_code(code: &Code) -> Inputs {
    let pair = [&code.wattconnect, &code.energy_production];
    let contracts = pair.map(|source| (source.file.clone(), source.sha256()));
    Inputs { contracts: contracts.into(), ..Inputs::default() }
}

fn hashed(code: &Code) -> Vec<(String, String)> {
    code.all().map(|source| (source.file.clone(), source.sha256())).collect()
}

fn add<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

/// The same data files in the order of their names, as comparisons list them.
pub(super) fn sorted(mut data: Vec<HashedFile>) -> Vec<HashedFile> {
    data.sort();
    data
}
