//! The result of a search for the chain's capacity.

use super::super::ReportError;
use super::super::load::{ResultFiles, at};
use super::super::words;

/// A load that was tried.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Step {
    /// Homes, or transactions meant an hour where those grow.
    pub(in super::super) load: f64,
    pub(in super::super) purchases_a_tenure: f64,
    /// The share of the block budget used in the busiest tick: reads, length
    /// read, writes, length written, run time.
    pub(in super::super) use_share: [f64; 5],
    pub(in super::super) binding: String,
    pub(in super::super) wait_p50: f64,
    pub(in super::super) wait_p95: f64,
    pub(in super::super) wait_p99: f64,
    pub(in super::super) dropped_share: f64,
    pub(in super::super) fee_ustx: f64,
    pub(in super::super) crossed: String,
}

/// A search.
#[derive(Clone, Debug)]
pub(in super::super) struct Stress {
    pub(in super::super) answer: String,
    /// Whether transactions an hour grow, and not homes.
    pub(in super::super) open: bool,
    pub(in super::super) steps: Vec<Step>,
    /// The bounds that had to be kept.
    pub(in super::super) thresholds: Vec<String>,
}

impl Stress {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let sheet = files.sheet("capacity.csv", &["homes", "purchases_a_tenure", "crossed"])?;
        let dimensions = [
            "read_count_share",
            "read_length_share",
            "write_count_share",
            "write_length_share",
            "runtime_share",
        ];
        let load = if sheet.place("load").is_some() { "load" } else { "homes" };
        let step = |row| {
            let number = |name| sheet.number(row, name);
            Step {
                load: number(load),
                purchases_a_tenure: number("purchases_a_tenure"),
                use_share: dimensions.map(number),
                binding: sheet.text(row, "binding").to_owned(),
                wait_p50: number("wait_s_p50"),
                wait_p95: number("wait_s_p95"),
                wait_p99: number("wait_s_p99"),
                dropped_share: number("dropped_share"),
                fee_ustx: number("next_block_fee_ustx_max"),
                crossed: sheet.text(row, "crossed").to_owned(),
            }
        };
        let mut steps: Vec<Step> = sheet.rows.iter().map(step).collect();
        steps.retain(|step| step.load.is_finite());
        steps.sort_by(|a, b| a.load.total_cmp(&b.load));
        let bounds = files.manifest.thresholds.as_array().into_iter().flatten();
        let text = |bound: &serde_json::Value, key: &str| {
            bound.get(key).and_then(serde_json::Value::as_str).unwrap_or("").to_owned()
        };
        let bound = |bound: &serde_json::Value| {
            let limit = bound.get("limit").and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN);
            format!("{} {} {limit}", text(bound, "metric"), text(bound, "comparison"))
        };
        Ok(Self {
            open: at(&files.manifest.scenario, "stress.load").is_some_and(|load| load == "open"),
            answer: files.manifest.answer.clone(),
            steps,
            thresholds: bounds.map(bound).collect(),
        })
    }

    /// A load in words.
    pub(in super::super) fn told(&self, load: f64) -> String {
        let (one, many) = if self.open {
            ("transaction an hour", "transactions an hour")
        } else {
            ("home", "homes")
        };
        words::counted(load as usize, one, many)
    }

    /// The most that was carried, below the first step that was not.
    pub(in super::super) fn carried(&self) -> Option<&Step> {
        self.steps.iter().take_while(|step| step.crossed.is_empty()).last()
    }

    /// The least load at which a bound was crossed.
    pub(in super::super) fn first_crossed(&self) -> Option<&Step> {
        self.steps.iter().find(|step| !step.crossed.is_empty())
    }
}
