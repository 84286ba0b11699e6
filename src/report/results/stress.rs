//! The result of a search for the chain's capacity.

use super::super::ReportError;
use super::super::load::{ResultFiles, at};
use super::super::words;
use crate::engine::record::CallRow;
use crate::experiments::Capacity;
use crate::scenario::Loading;

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
    /// What each function used, where that is known.
    pub(in super::super) functions: Vec<FunctionUse>,
}

/// What the calls of a function used of the budget in a step, in each
/// dimension.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct FunctionUse {
    pub(in super::super) function: String,
    pub(in super::super) calls: f64,
    pub(in super::super) used: [f64; 5],
}

/// A bound that had to be kept.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Bound {
    pub(in super::super) metric: String,
    pub(in super::super) comparison: String,
    pub(in super::super) limit: f64,
}

impl Bound {
    pub(in super::super) fn told(&self) -> String {
        format!("{} {} {}", self.metric, self.comparison, self.limit)
    }
}

/// A search.
#[derive(Clone, Debug)]
pub(in super::super) struct Stress {
    pub(in super::super) answer: String,
    /// Whether transactions an hour grow, and not homes.
    pub(in super::super) open: bool,
    pub(in super::super) steps: Vec<Step>,
    /// The bounds that had to be kept.
    pub(in super::super) thresholds: Vec<Bound>,
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
                functions: Vec::new(),
            }
        };
        let mut steps: Vec<Step> = sheet.rows.iter().map(step).collect();
        steps.retain(|step| step.load.is_finite());
        steps.sort_by(|a, b| a.load.total_cmp(&b.load));
        let bounds = files.manifest.thresholds.as_array().into_iter().flatten();
        let text = |bound: &serde_json::Value, key: &str| {
            bound.get(key).and_then(serde_json::Value::as_str).unwrap_or("").to_owned()
        };
        let bound = |bound: &serde_json::Value| Bound {
            metric: text(bound, "metric"),
            comparison: text(bound, "comparison"),
            limit: bound.get("limit").and_then(serde_json::Value::as_f64).unwrap_or(f64::NAN),
        };
        Ok(Self {
            open: at(&files.manifest.scenario, "stress.load").is_some_and(|load| load == "open"),
            answer: files.manifest.answer.clone(),
            steps,
            thresholds: bounds.map(bound).collect(),
        })
    }

    /// What a search found that is being written.
    pub(in super::super) fn of(capacity: &Capacity) -> Self {
        let step = |step: &crate::experiments::Step| Step {
            load: f64::from(step.load),
            purchases_a_tenure: step.purchases_a_tenure,
            use_share: step.use_share,
            binding: step.fullest().0.name().to_owned(),
            wait_p50: step.measure("wait_s_p50"),
            wait_p95: step.measure("wait_s_p95"),
            wait_p99: step.measure("wait_s_p99"),
            dropped_share: step.measure("dropped_share"),
            fee_ustx: step.measure("next_block_fee_ustx_max"),
            crossed: step.crossed.join("; "),
            functions: functions(&step.calls),
        };
        let bound = |threshold: &crate::scenario::Threshold| Bound {
            metric: threshold.metric.clone(),
            comparison: threshold.comparison.sign().to_owned(),
            limit: threshold.limit,
        };
        Self {
            open: matches!(capacity.scenario.stress.load, Loading::Open),
            answer: capacity.answer(),
            steps: capacity.steps.iter().map(step).collect(),
            thresholds: capacity.thresholds.iter().map(bound).collect(),
        }
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

/// What each function used, over all ways in which its calls ended.
fn functions(calls: &[CallRow]) -> Vec<FunctionUse> {
    let mut found: Vec<FunctionUse> = Vec::new();
    for row in calls {
        let used =
            [row.read_count, row.read_length, row.write_count, row.write_length, row.runtime];
        let used = used.map(|used| used.map_or(0.0, |used| used as f64));
        let name = row.function.name();
        match found.iter_mut().find(|known| known.function == name) {
            Some(known) => {
                known.calls += row.count as f64;
                for (sum, used) in known.used.iter_mut().zip(used) {
                    *sum += used;
                }
            }
            None => {
                found.push(FunctionUse { function: name.to_owned(), calls: row.count as f64, used })
            }
        }
    }
    found
}
