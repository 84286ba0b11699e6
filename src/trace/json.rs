//! The lines of a trace as they stand in the file: names and shapes of JSON.
//! Nothing is checked here but the shape.

use serde::{Deserialize, Serialize};

use super::{Answer, Maker};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderLine {
    pub(super) trace: u32,
    pub(super) version: String,
    pub(super) made_by: Maker,
    pub(super) scenario: Option<String>,
    pub(super) seed: Option<u64>,
    pub(super) rate_scale: u64,
    pub(super) contracts: Vec<ContractLine>,
    pub(super) genesis: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) first_block_time: Option<u64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ContractLine {
    pub(super) name: String,
    pub(super) principal: String,
    pub(super) clarity_version: u8,
    pub(super) sha256: String,
    pub(super) source: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallLine {
    pub(super) n: u64,
    pub(super) height: u32,
    pub(super) sender: String,
    pub(super) contract: String,
    pub(super) function: String,
    pub(super) arguments: Vec<String>,
    pub(super) fee: String,
    pub(super) receipt: Answer,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvaluationLine {
    pub(super) n: u64,
    pub(super) height: u32,
    pub(super) sender: String,
    pub(super) evaluate: Evaluated,
    pub(super) receipt: Answer,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Evaluated {
    pub(super) contract: String,
    pub(super) expression: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndLine {
    pub(super) end: bool,
    pub(super) calls: u64,
    pub(super) height: u32,
    pub(super) state_sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) finding: Option<String>,
}
