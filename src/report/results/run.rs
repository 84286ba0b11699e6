//! The result of a run.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::ReportError;
use super::super::load::{ResultFiles, Sheet, at};
use super::Moment;
use crate::experiments::{HOME_KINDS, Home, HomeGroup, home_groups};
use crate::stats;

/// A measure over the replicates.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct SummaryLine {
    pub(in super::super) metric: String,
    pub(in super::super) unit: String,
    pub(in super::super) mean: f64,
    pub(in super::super) low: f64,
    pub(in super::super) high: f64,
}

/// The market over one hour, as the mean over the replicates.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Hour {
    pub(in super::super) hour: f64,
    pub(in super::super) surplus_kwh: f64,
    pub(in super::super) need_kwh: f64,
    pub(in super::super) traded_kwh: f64,
    /// Microstx a kWh; not a number where nothing was traded.
    pub(in super::super) price: f64,
    pub(in super::super) retail: f64,
    pub(in super::super) feed_in: f64,
    /// How much of each limit was used, 1 being all of it.
    pub(in super::super) reserve_share: f64,
    pub(in super::super) sellers_share: f64,
    pub(in super::super) block_share: f64,
}

/// How often calls of a function ended in a way.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Call {
    pub(in super::super) function: String,
    pub(in super::super) outcome: String,
    pub(in super::super) error: String,
    pub(in super::super) count: f64,
}

/// A run.
#[derive(Clone, Debug)]
pub(in super::super) struct Run {
    pub(in super::super) summary: Vec<SummaryLine>,
    pub(in super::super) replicates: usize,
    pub(in super::super) hours: Vec<Hour>,
    pub(in super::super) treasury: Vec<Moment>,
    /// Gains of homes in the first replicate, by kind and size.
    pub(in super::super) groups: Vec<HomeGroup>,
    /// Sums over participants and means over replicates, by column and kind:
    /// see [`Run::flow`].
    flows: BTreeMap<(String, String), f64>,
    /// Calls of all replicates.
    pub(in super::super) calls: Vec<Call>,
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
        let replicates = replicates(&ticks);
        let warm_up = at(&files.manifest.scenario, "warmup.days").and_then(Value::as_f64);
        let measured = warm_up.unwrap_or(0.0) * 24.0;
        let calls = files.sheet("calls.csv", &["function", "outcome", "count"])?;
        Ok(Self {
            summary,
            replicates,
            hours: hours(&ticks, measured, replicates),
            treasury: treasury(&ticks, measured),
            groups: groups(&people),
            flows: flows(&people, replicates),
            calls: called(&calls),
        })
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

fn replicates(sheet: &Sheet) -> usize {
    let mut numbers = sheet.texts("replicate");
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len()
}

/// The hour since the start of each row.
fn moments(ticks: &Sheet) -> Vec<f64> {
    let (days, hours) = (ticks.numbers("day"), ticks.numbers("hour"));
    days.iter().zip(hours).map(|(day, hour)| day * 24.0 + hour).collect()
}

/// Each hour from the hour `measured` on.
fn hours(ticks: &Sheet, measured: f64, replicates: usize) -> Vec<Hour> {
    let column = |name: &str| ticks.numbers(name);
    let [surplus, need, traded, price] =
        ["surplus_kwh", "need_kwh", "traded_kwh", "price_mean_ustx_per_kwh"].map(column);
    let [retail, feed_in] = ["retail_ustx_per_kwh", "feed_in_ustx_per_kwh"].map(column);
    let [reserve, limit, turned_away] =
        ["reserve_kwh", "reserve_limit_kwh", "turned_away_by_reserve"].map(column);
    let [sellers, sellers_at_limit] = ["sellers", "sellers_at_limit"].map(column);
    let dimensions = [
        "read_count_share",
        "read_length_share",
        "write_count_share",
        "write_length_share",
        "runtime_share",
    ]
    .map(column);
    let mut found: BTreeMap<u64, (Hour, f64, f64)> = BTreeMap::new();
    for (row, moment) in moments(ticks).into_iter().enumerate() {
        if !(measured..1e6).contains(&moment) {
            continue;
        }
        let (hour, rows, paid) = found.entry(moment as u64).or_default();
        let add = |to: &mut f64, value: f64| *to += if value.is_finite() { value } else { 0.0 };
        hour.hour = moment.floor();
        *rows += 1.0;
        add(&mut hour.surplus_kwh, surplus[row]);
        add(&mut hour.need_kwh, need[row]);
        add(&mut hour.traded_kwh, traded[row]);
        add(paid, price[row] * traded[row]);
        add(&mut hour.retail, retail[row]);
        add(&mut hour.feed_in, feed_in[row]);
        let most =
            |to: &mut f64, value: f64| *to = to.max(if value.is_finite() { value } else { 0.0 });
        let full = if turned_away[row] > 0.0 { 1.0 } else { reserve[row] / limit[row] };
        most(&mut hour.reserve_share, full);
        most(&mut hour.sellers_share, sellers_at_limit[row] / sellers[row]);
        for dimension in &dimensions {
            most(&mut hour.block_share, dimension[row]);
        }
    }
    let mean = |(mut hour, rows, paid): (Hour, f64, f64)| {
        hour.price = if hour.traded_kwh > 0.0 { paid / hour.traded_kwh } else { f64::NAN };
        let runs = replicates.max(1) as f64;
        for sum in [&mut hour.surplus_kwh, &mut hour.need_kwh, &mut hour.traded_kwh] {
            *sum /= runs;
        }
        hour.retail /= rows;
        hour.feed_in /= rows;
        hour
    };
    found.into_values().map(mean).collect()
}

/// The treasury over the replicates at each moment from the hour `measured` on.
fn treasury(ticks: &Sheet, measured: f64) -> Vec<Moment> {
    let mut found: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (moment, ustx) in moments(ticks).into_iter().zip(ticks.numbers("treasury_ustx")) {
        if (measured..1e6).contains(&moment) && ustx.is_finite() {
            // Minutes, so that moments compare.
            found.entry((moment * 60.0) as u64).or_default().push(ustx / 1e6);
        }
    }
    let moment = |(minutes, values): (u64, Vec<f64>)| {
        let at = |share| stats::quantile(&values, share).unwrap_or(f64::NAN);
        Moment { hour: minutes as f64 / 60.0, quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(at) }
    };
    found.into_iter().map(moment).collect()
}

/// The homes of the first replicate: those of others are others.
fn groups(people: &Sheet) -> Vec<HomeGroup> {
    let [capacity, annual, gain] =
        ["capacity_kwp", "annual_use_kwh", "gain_ustx"].map(|c| people.numbers(c));
    let first = people.texts("replicate");
    let homes = people.texts("kind").into_iter().enumerate().filter_map(|(row, kind)| {
        let kind = HOME_KINDS.iter().position(|(known, _)| *known == kind)?;
        let size = if kind == 0 { capacity[row] } else { annual[row] };
        let sound = size.is_finite() && gain[row].is_finite() && first[row] == first[0];
        sound.then(|| Home { kind, size, gain_stx: gain[row] / 1e6 })
    });
    home_groups(&homes.collect::<Vec<_>>())
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

fn called(calls: &Sheet) -> Vec<Call> {
    let mut found: BTreeMap<(String, String, String), f64> = BTreeMap::new();
    for row in &calls.rows {
        let text = |name| calls.text(row, name).to_owned();
        let count = calls.number(row, "count");
        if count.is_finite() {
            *found.entry((text("function"), text("outcome"), text("error"))).or_default() += count;
        }
    }
    let call = |((function, outcome, error), count)| Call { function, outcome, error, count };
    found.into_iter().map(call).collect()
}
