//! What a run's market came to, as its charts show it: hour by hour, over the
//! replicates, by kind of participant, by call. Made of the tables of a run,
//! whether they are being written or were read.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::super::load::at;
use super::super::words::Money;
use super::{Moment, Table};
use crate::experiments::{HOME_KINDS, Home, home_thirds};
use crate::stats;

/// The market over an hour, or over several where a run is long: rates and
/// means over the replicates, and the furthest of them where that is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in super::super) struct Hour {
    /// Hours since the start, and how many it is over.
    pub(in super::super) hour: f64,
    pub(in super::super) hours: f64,
    /// kWh an hour.
    pub(in super::super) made_kwh: f64,
    pub(in super::super) used_kwh: f64,
    pub(in super::super) offered_kwh: f64,
    pub(in super::super) traded_kwh: f64,
    /// Microstx a kWh; not a number where nothing was traded.
    pub(in super::super) price: f64,
    /// The cheapest and the dearest purchase of all replicates.
    pub(in super::super) cheapest: f64,
    pub(in super::super) dearest: f64,
    pub(in super::super) retail: f64,
    pub(in super::super) feed_in: f64,
    pub(in super::super) reference: f64,
    /// The most of each limit that was used, 1 being all of it.
    pub(in super::super) reserve_share: f64,
    pub(in super::super) sellers_share: f64,
    pub(in super::super) block_share: f64,
    /// The most applications that waited.
    pub(in super::super) waiting: f64,
}

/// What a group of participants gained, in STX: its homes of all replicates.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Gain {
    /// `producer`, `buyer`, an adversary's kind, …
    pub(in super::super) kind: String,
    /// What sets the group apart within its kind; all of the kind where empty.
    pub(in super::super) part: Part,
    /// 5, 25, 50, 75 and 95 of 100.
    pub(in super::super) quantiles: [f64; 5],
    pub(in super::super) mean: f64,
    pub(in super::super) count: usize,
    pub(in super::super) gaining_share: f64,
}

/// A part of a kind of participants.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Part {
    All,
    /// A third by size: its name, from, to, and in which unit.
    Third(&'static str, f64, f64, &'static str),
    /// Those who ask by a strategy.
    Asking(String),
}

/// How often calls of a function ended in a way.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Call {
    pub(in super::super) contract: String,
    pub(in super::super) function: String,
    pub(in super::super) outcome: String,
    pub(in super::super) error: String,
    pub(in super::super) code: String,
    pub(in super::super) count: f64,
}

/// A run's market.
#[derive(Clone, Debug)]
pub(in super::super) struct Market {
    pub(in super::super) money: Money,
    pub(in super::super) start: Option<Date>,
    pub(in super::super) days: f64,
    pub(in super::super) replicates: usize,
    pub(in super::super) hours: Vec<Hour>,
    pub(in super::super) treasury: Vec<Moment>,
    /// The running sums of commission and refunds.
    pub(in super::super) commission: Vec<Moment>,
    pub(in super::super) refunds: Vec<Moment>,
    /// Listings that the reserve limit and the limit a seller turned away, in
    /// each replicate.
    pub(in super::super) turned_away: [f64; 2],
    pub(in super::super) gains: Vec<Gain>,
    /// Calls of all replicates.
    pub(in super::super) calls: Vec<Call>,
}

/// The first day of a scenario, where it says one.
pub(in super::super) fn start(scenario: &Value) -> Option<Date> {
    at(scenario, "time.start").and_then(Value::as_str).and_then(|text| text.parse().ok())
}

impl Market {
    /// What the tables of ticks, participants and calls say under a scenario.
    pub(in super::super) fn new(
        scenario: &Value,
        ticks: &dyn Table,
        people: &dyn Table,
        calls: &dyn Table,
    ) -> Self {
        let mut seen = ticks.numbers("replicate");
        seen.sort_by(f64::total_cmp);
        seen.dedup();
        let replicates = seen.len();
        let warm_up = at(scenario, "warmup.days").and_then(Value::as_f64).unwrap_or(0.0);
        let times = times(ticks, warm_up * 24.0);
        let sum = |column: &str| -> f64 {
            let rows = times.iter().zip(ticks.numbers(column));
            let measured = rows.filter(|(time, value)| time.is_finite() && value.is_finite());
            measured.map(|(_, value)| value).sum()
        };
        Self {
            money: Money::of(scenario),
            start: start(scenario),
            days: at(scenario, "time.days").and_then(Value::as_f64).unwrap_or(f64::NAN),
            replicates,
            hours: hours(ticks, &times, replicates),
            treasury: moments(&times, ticks.numbers("treasury_ustx")),
            commission: moments(&times, running(ticks, &times, "commission_ustx")),
            refunds: moments(&times, running(ticks, &times, "refunds_ustx")),
            turned_away: ["turned_away_by_reserve", "turned_away_by_user_limit"]
                .map(|column| sum(column) / replicates.max(1) as f64),
            gains: gains(people),
            calls: called(calls),
        }
    }
}

/// The hours since the start of each row; none of what was before the hour
/// `measured`, and of what no run reaches.
fn times(ticks: &dyn Table, measured: f64) -> Vec<f64> {
    let (days, hours) = (ticks.numbers("day"), ticks.numbers("hour"));
    let time = |(day, hour): (f64, f64)| day * 24.0 + hour;
    let within = |time: f64| if (measured..1e6).contains(&time) { time } else { f64::NAN };
    days.into_iter().zip(hours).map(time).map(within).collect()
}

/// The most steps that a chart has: more than its pixels can show.
const MOST_STEPS: f64 = 1_000.0;

/// Hours, days, weeks or years: the shortest that keeps a chart small.
fn step(times: &[f64]) -> f64 {
    let last = times.iter().copied().filter(|time| time.is_finite()).fold(0.0, f64::max);
    let fits = |hours: &f64| last / hours < MOST_STEPS;
    [1.0, 24.0, 168.0].into_iter().find(fits).unwrap_or(8_760.0)
}

fn hours(ticks: &dyn Table, times: &[f64], replicates: usize) -> Vec<Hour> {
    let column = |name: &str| ticks.numbers(name);
    let [made, used, offered, traded] =
        ["made_kwh", "used_kwh", "listed_kwh", "traded_kwh"].map(column);
    let [price, cheapest, dearest] =
        ["price_mean_ustx_per_kwh", "price_min_ustx_per_kwh", "price_max_ustx_per_kwh"].map(column);
    let [retail, feed_in, reference] =
        ["retail_ustx_per_kwh", "feed_in_ustx_per_kwh", "energy_price_ustx_per_kwh"].map(column);
    let [reserve, limit, turned_away] =
        ["reserve_kwh", "reserve_limit_kwh", "turned_away_by_reserve"].map(column);
    let [sellers, sellers_at_limit, waiting] =
        ["sellers", "sellers_at_limit", "applications_open"].map(column);
    let dimensions = [
        "read_count_share",
        "read_length_share",
        "write_count_share",
        "write_length_share",
        "runtime_share",
    ]
    .map(column);
    let step = step(times);
    let mut found: BTreeMap<u64, (Hour, f64, f64)> = BTreeMap::new();
    for (row, time) in times.iter().enumerate().filter(|(_, time)| time.is_finite()) {
        let none = Hour { cheapest: f64::INFINITY, ..Hour::default() };
        let (hour, rows, paid) = found.entry((time / step) as u64).or_insert((none, 0.0, 0.0));
        let add = |to: &mut f64, value: f64| *to += if value.is_finite() { value } else { 0.0 };
        let most =
            |to: &mut f64, value: f64| *to = to.max(if value.is_finite() { value } else { 0.0 });
        hour.hour = (time / step).floor() * step;
        *rows += 1.0;
        add(&mut hour.made_kwh, made[row]);
        add(&mut hour.used_kwh, used[row]);
        add(&mut hour.offered_kwh, offered[row]);
        add(&mut hour.traded_kwh, traded[row]);
        add(paid, price[row] * traded[row]);
        hour.cheapest = hour.cheapest.min(cheapest[row]);
        most(&mut hour.dearest, dearest[row]);
        add(&mut hour.retail, retail[row]);
        add(&mut hour.feed_in, feed_in[row]);
        add(&mut hour.reference, reference[row]);
        let full = if turned_away[row] > 0.0 { 1.0 } else { reserve[row] / limit[row] };
        most(&mut hour.reserve_share, full);
        most(&mut hour.sellers_share, sellers_at_limit[row] / sellers[row]);
        most(&mut hour.waiting, waiting[row]);
        for dimension in &dimensions {
            most(&mut hour.block_share, dimension[row]);
        }
    }
    let end =
        times.iter().copied().filter(|time| time.is_finite()).fold(0.0, f64::max).floor() + 1.0;
    let mean = |(mut hour, rows, paid): (Hour, f64, f64)| {
        // The last step of a run may be a part of one.
        hour.hours = step.min(end - hour.hour);
        let traded = hour.traded_kwh > 0.0;
        hour.price = if traded { paid / hour.traded_kwh } else { f64::NAN };
        if !(traded && hour.cheapest.is_finite()) {
            (hour.cheapest, hour.dearest) = (f64::NAN, f64::NAN);
        }
        let runs = replicates.max(1) as f64 * hour.hours;
        for sum in
            [&mut hour.made_kwh, &mut hour.used_kwh, &mut hour.offered_kwh, &mut hour.traded_kwh]
        {
            *sum /= runs;
        }
        for sum in [&mut hour.retail, &mut hour.feed_in, &mut hour.reference] {
            *sum /= rows;
        }
        hour
    };
    found.into_values().map(mean).collect()
}

/// The running sum of a column within each replicate, of what is measured.
fn running(ticks: &dyn Table, times: &[f64], column: &str) -> Vec<f64> {
    let mut sums: BTreeMap<u64, f64> = BTreeMap::new();
    let rows = ticks.numbers("replicate").into_iter().zip(ticks.numbers(column)).zip(times);
    let add = |((replicate, value), time): ((f64, f64), &f64)| {
        let sum = sums.entry(replicate.to_bits()).or_default();
        *sum += if value.is_finite() && time.is_finite() { value } else { 0.0 };
        *sum
    };
    rows.map(add).collect()
}

/// The quantiles of µSTX over the replicates at each moment, in STX.
fn moments(times: &[f64], ustx: Vec<f64>) -> Vec<Moment> {
    let mut found: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
    for (time, ustx) in times.iter().zip(ustx) {
        if time.is_finite() && ustx.is_finite() {
            // Minutes, so that moments compare.
            found.entry((time * 60.0) as u64).or_default().push(ustx / 1e6);
        }
    }
    let moment = |(minutes, values): (u64, Vec<f64>)| {
        let at = |share| stats::quantile(&values, share).unwrap_or(f64::NAN);
        Moment { hour: minutes as f64 / 60.0, quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(at) }
    };
    found.into_iter().map(moment).collect()
}

fn gain(kind: &str, part: Part, gains: &[f64]) -> Option<Gain> {
    let quantiles = stats::quantiles(gains, &[0.05, 0.25, 0.5, 0.75, 0.95])?;
    let gaining = gains.iter().filter(|gain| **gain > 0.0).count();
    Some(Gain {
        kind: kind.to_owned(),
        part,
        quantiles: quantiles.try_into().ok()?,
        mean: stats::mean(gains)?,
        count: gains.len(),
        gaining_share: gaining as f64 / gains.len() as f64,
    })
}

/// Homes first, by size and by asking strategy, then whoever else gained or
/// lost; officials are paid by nobody in here.
fn gains(people: &dyn Table) -> Vec<Gain> {
    let (kinds, strategies) = (people.texts("kind"), people.texts("strategy"));
    let [capacity, annual, gain_ustx] =
        ["capacity_kwp", "annual_use_kwh", "gain_ustx"].map(|column| people.numbers(column));
    let mut order: Vec<&str> = HOME_KINDS.iter().map(|(kind, _)| *kind).collect();
    for kind in &kinds {
        if !order.contains(&kind.as_str()) {
            order.push(kind);
        }
    }
    let mut found = Vec::new();
    for kind in order {
        let mine: Vec<usize> = (0..kinds.len())
            .filter(|row| kinds[*row] == kind && gain_ustx[*row].is_finite())
            .collect();
        let gains_of =
            |rows: &[usize]| -> Vec<f64> { rows.iter().map(|row| gain_ustx[*row] / 1e6).collect() };
        let all = gains_of(&mine);
        if all.iter().all(|gain| *gain == 0.0) {
            continue;
        }
        found.extend(gain(kind, Part::All, &all));
        if let Some(place) = HOME_KINDS.iter().position(|(known, _)| *known == kind) {
            let size = |row: usize| if place == 0 { capacity[row] } else { annual[row] };
            let homes = mine.iter().filter(|row| size(**row).is_finite());
            let homes: Vec<Home> = homes
                .map(|row| Home { kind: place, size: size(*row), gain_stx: gain_ustx[*row] / 1e6 })
                .collect();
            found.extend(home_thirds(&homes, place).into_iter().filter_map(|(size, third)| {
                let gains: Vec<f64> = third.iter().map(|home| home.gain_stx).collect();
                let (from, to) = (third.first()?.size, third.last()?.size);
                gain(kind, Part::Third(size, from, to, HOME_KINDS[place].1), &gains)
            }));
        }
        let mut asking: Vec<&String> =
            mine.iter().map(|row| &strategies[*row]).filter(|name| !name.is_empty()).collect();
        asking.sort();
        asking.dedup();
        if asking.len() > 1 {
            for strategy in asking {
                let rows: Vec<usize> =
                    mine.iter().copied().filter(|row| strategies[*row] == *strategy).collect();
                found.extend(gain(kind, Part::Asking(strategy.clone()), &gains_of(&rows)));
            }
        }
    }
    found
}

fn called(calls: &dyn Table) -> Vec<Call> {
    let columns = ["function", "outcome", "error", "contract", "error_code"];
    let columns = columns.map(|name| calls.texts(name));
    let mut found: BTreeMap<[&str; 5], f64> = BTreeMap::new();
    for (row, count) in calls.numbers("count").into_iter().enumerate() {
        if count.is_finite() {
            let key = [0, 1, 2, 3, 4].map(|place| columns[place][row].as_str());
            *found.entry(key).or_default() += count;
        }
    }
    let call = |([function, outcome, error, contract, code], count): ([&str; 5], f64)| Call {
        contract: contract.to_owned(),
        function: function.to_owned(),
        outcome: outcome.to_owned(),
        error: error.to_owned(),
        code: code.to_owned(),
        count,
    };
    found.into_iter().map(call).collect()
}
