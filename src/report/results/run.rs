//! The result of a run.

use std::collections::BTreeMap;

use super::super::ReportError;
use super::super::load::{ResultFiles, Sheet};
use super::Market;

/// A measure over the replicates.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct SummaryLine {
    pub(in super::super) metric: String,
    pub(in super::super) unit: String,
    pub(in super::super) mean: f64,
    pub(in super::super) low: f64,
    pub(in super::super) high: f64,
}

/// A run.
#[derive(Clone, Debug)]
pub(in super::super) struct Run {
    pub(in super::super) summary: Vec<SummaryLine>,
    pub(in super::super) market: Market,
    /// Sums over participants and means over replicates, by column and kind:
    /// see [`Run::flow`].
    flows: BTreeMap<(String, String), f64>,
}

/// The columns of participants.csv that flows are made of.
const FLOWS: [&str; 15] = [
    "made_kwh",
    "used_kwh",
    "self_used_kwh",
    "fed_in_kwh",
    "retail_kwh",
    "sold_kwh",
    "unsold_kwh",
    "consumed_kwh",
    "refunded_kwh",
    "held_kwh",
    "revenue_ustx",
    "paid_ustx",
    "commission_ustx",
    "refunds_ustx",
    "network_fees_ustx",
];

impl Run {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let needed = ["metric", "unit", "mean", "ci95_low", "ci95_high", "replicates"];
        let sheet = files.sheet("summary.csv", &needed)?;
        let line = |row| SummaryLine {
            metric: sheet.text(row, "metric").to_owned(),
            unit: sheet.text(row, "unit").to_owned(),
            mean: sheet.number(row, "mean"),
            low: sheet.number(row, "ci95_low"),
            high: sheet.number(row, "ci95_high"),
        };
        let summary = sheet.rows.iter().map(line).collect();
        let ticks =
            files.sheet("ticks.csv", &["replicate", "tick", "day", "hour", "treasury_ustx"])?;
        let people = files.sheet("participants.csv", &["replicate", "kind", "gain_ustx"])?;
        let calls = files.sheet("calls.csv", &["function", "outcome", "count"])?;
        let market = Market::new(&files.manifest.scenario, &ticks, &people, &calls);
        Ok(Self { summary, flows: flows(&people, market.replicates), market })
    }

    /// A measure of the summary.
    pub(in super::super) fn measure(&self, metric: &str) -> Option<&SummaryLine> {
        self.summary.iter().find(|line| line.metric == metric)
    }

    /// What all participants of a kind came to in a column, on average over the
    /// replicates.
    pub(in super::super) fn flow(&self, kind: &str, column: &str) -> f64 {
        self.flows.get(&(kind.to_owned(), column.to_owned())).copied().unwrap_or(0.0)
    }

    /// The same over all kinds.
    pub(in super::super) fn flow_of_all(&self, column: &str) -> f64 {
        self.flows.iter().filter(|((_, name), _)| name == column).map(|(_, value)| value).sum()
    }
}

fn flows(people: &Sheet, replicates: usize) -> BTreeMap<(String, String), f64> {
    let mut flows = BTreeMap::new();
    let kinds = people.texts("kind");
    for column in FLOWS {
        for (kind, value) in kinds.iter().zip(people.numbers(column)) {
            if value.is_finite() {
                *flows.entry(((*kind).to_owned(), column.to_owned())).or_insert(0.0) +=
                    value / replicates.max(1) as f64;
            }
        }
    }
    flows
}
