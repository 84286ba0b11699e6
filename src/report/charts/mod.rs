//! The charts of a result, as SVG: each readable alone, with its title, what
//! was run, units and a legend, and in colours that people with any colour
//! vision tell apart. `canvas` and `colour` alone know what writes the SVG,
//! `panel` and `series` know axes and time, and each chart has a file of its
//! own, which says what is shown and how it is counted.

mod calls;
mod canvas;
mod capacity;
mod capacity_budget;
mod capacity_panel;
mod colour;
pub(super) mod differences;
mod energy;
pub(super) mod front;
mod gains;
mod limits;
mod panel;
mod plane;
mod prices;
pub(super) mod responses;
mod safety;
mod series;
mod time_axis;
mod treasury;

use std::io;

use super::number;
use crate::experiments::{Capacity, MeasureName, Outcome, Safety};
use crate::scenario::{Money, Scenario};

/// A chart: its file's name and what draws it from a `T`.
pub(super) struct Chart<T> {
    pub(super) file: &'static str,
    draw: fn(&T) -> io::Result<String>,
}

impl<T> Chart<T> {
    /// The chart of `what` as the text of an SVG file.
    pub(super) fn svg(&self, what: &T) -> io::Result<String> {
        (self.draw)(what)
    }
}

/// The charts of a run.
pub(super) const CHARTS: [Chart<Outcome>; 6] = [
    Chart { file: "charts/energy.svg", draw: energy::draw },
    Chart { file: "charts/prices.svg", draw: prices::draw },
    Chart { file: "charts/treasury.svg", draw: treasury::draw },
    Chart { file: "charts/calls.svg", draw: calls::draw },
    Chart { file: "charts/limits.svg", draw: limits::draw },
    Chart { file: "charts/gains.svg", draw: gains::draw },
];

/// The charts of a search for the chain's capacity.
pub(super) const CAPACITY_CHARTS: [Chart<Capacity>; 2] = [
    Chart { file: "charts/capacity.svg", draw: capacity::draw },
    Chart { file: "charts/budget.svg", draw: capacity_budget::draw },
];

/// The chart of where a market is safe.
pub(super) const SAFETY_CHART: Chart<Safety> =
    Chart { file: "charts/safety.svg", draw: safety::draw };

/// What was run, in a line: the same under the title of every chart.
fn what_was_run(outcome: &Outcome) -> String {
    let scenario = &outcome.scenario;
    let seeds: Vec<u64> = outcome.records.iter().map(|record| record.seed).collect();
    let seeds = match seeds.as_slice() {
        [] => String::new(),
        [seed] => format!(", seed {seed}"),
        [first, .., last] => format!(", seeds {first} to {last}"),
    };
    format!(
        "{} from {}{}; {}{seeds}",
        market(scenario),
        scenario.time.start.strftime("%-d %B %Y"),
        warm_up(scenario),
        count(outcome.records.len(), "replicate", "replicates"),
    )
}

/// What an experiment runs, in a line: the same under the title of each of its
/// charts.
fn runs_of(scenario: &Scenario, seed: u64, replicates: u32) -> String {
    let last = seed.wrapping_add(u64::from(replicates.saturating_sub(1)));
    format!("{}{}; seeds {seed} to {last}", market(scenario), warm_up(scenario))
}

/// How many days are not measured, as the end of a phrase; nothing where all are.
fn warm_up(scenario: &Scenario) -> String {
    match scenario.warmup.days {
        0 => String::new(),
        days => format!(", the first {days} not measured"),
    }
}

/// A number of things.
fn count(number: usize, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", number::grouped(number as f64, 0))
}

/// The market of a scenario: who and for how long.
fn market(scenario: &Scenario) -> String {
    format!(
        "Scenario {}: {}, {}, {}",
        scenario.about.name,
        count(scenario.producers.count as usize, "producer", "producers"),
        count(scenario.buyers.count as usize, "buyer", "buyers"),
        count(scenario.time.days as usize, "day", "days"),
    )
}

/// A measure in words, with its unit.
fn heading(measure: &MeasureName) -> String {
    let words = match measure.name {
        "traded_kwh" => "Energy traded",
        "buyers_savings_stx" => "What buyers save",
        "producers_gain_stx" => "What producers gain",
        "treasury_stx" => "Treasury at the end",
        "commission_stx" => "Commission",
        "refunds_stx" => "Refunds",
        name => name,
    };
    let unit = if measure.unit == "1" { "share" } else { measure.unit };
    format!("{words}, {unit}")
}

/// What an STX is worth, as a sentence.
fn rate(money: &Money) -> String {
    let price = money.stx_price;
    let cents = price * 100.0;
    let whole = (cents - cents.round()).abs() < 1e-9;
    let price = if whole { number::grouped(price, 2) } else { price.to_string() };
    format!("1 STX is {price} {}.", money.currency.to_uppercase())
}

/// What the bands are, where there are any.
fn about_bands(outcome: &Outcome) -> &'static str {
    if outcome.records.len() < 2 {
        ""
    } else if series::bands_are_intervals(outcome) {
        " Lines are means over the replicates, pale bands their 95\u{a0}% intervals."
    } else {
        " Lines are means over the replicates; pale bands hold every replicate."
    }
}
