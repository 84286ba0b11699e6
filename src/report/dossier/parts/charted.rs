//! What of a run's charts and tables is told: where energy and money flow, the
//! treasury under each setting, measures and calls.

use super::super::charts::{Fan, Flow, fans, flows};
use super::super::document::{Cell, Chart, Table, Tone};
use super::super::results::{Alternative, Compare, Run, Source, start};
use super::super::words;
use super::described;

/// Where the energy of the homes goes, and where the money of the market.
pub(super) fn flow_charts(run: &Run, source: &Source) -> Vec<Chart> {
    let (producer, buyer) =
        (|column| run.flow("producer", column), |column| run.flow("buyer", column));
    let consumed = run.flow_of_all("consumed_kwh");
    let energy = [
        Flow { from: "Roofs", to: "Used at home", amount: run.flow_of_all("self_used_kwh") },
        Flow { from: "Roofs", to: "Used by neighbours", amount: consumed },
        Flow {
            from: "Roofs",
            to: "Bought, not used yet",
            amount: run.flow_of_all("sold_kwh") - consumed,
        },
        Flow { from: "Roofs", to: "Offered, not sold", amount: producer("unsold_kwh") },
        Flow { from: "Roofs", to: "Fed into the grid", amount: run.flow_of_all("fed_in_kwh") },
        Flow {
            from: "The utility",
            to: "Bought from the utility",
            amount: run.flow_of_all("retail_kwh"),
        },
    ];
    let stx = 1e-6;
    let commission = run.flow_of_all("commission_ustx") * stx;
    let refunds = run.flow_of_all("refunds_ustx") * stx;
    let money = [
        Flow { from: "Buyers", to: "Producers", amount: producer("revenue_ustx") * stx },
        Flow { from: "Buyers", to: "Operator", amount: run.flow("operator", "revenue_ustx") * stx },
        Flow { from: "Buyers", to: "Treasury", amount: commission },
        Flow { from: "Buyers", to: "Network fees", amount: buyer("network_fees_ustx") * stx },
        Flow { from: "Treasury", to: "Refunds to buyers", amount: refunds },
        Flow { from: "Producers", to: "Network fees", amount: producer("network_fees_ustx") * stx },
    ];
    let kwh = |amount: f64| words::value("", "kWh", amount.round());
    let paid = |amount: f64| {
        source
            .money
            .fiat(amount)
            .map_or_else(|| words::stx(amount), |fiat| format!("{} · {fiat}", words::stx(amount)))
    };
    let over = described::days(source);
    let runs = if run.market.replicates > 1 { ", mean of all runs" } else { "" };
    vec![
        flows(
            "flow-energy",
            "Where the energy comes from and where it goes".to_owned(),
            format!("All homes over {over}{runs}; the width of a band is its energy."),
            "kWh",
            &energy,
            &kwh,
        ),
        flows(
            "flow-money",
            "Where the money goes".to_owned(),
            format!("Payments of the market over {over}{runs}; the width of a band is its amount."),
            "STX",
            &money,
            &paid,
        ),
    ]
}

/// The treasury under each setting of a comparison.
pub(super) fn treasuries(compare: &Compare, source: &Source) -> Option<Chart> {
    if compare.base_treasury.is_empty() {
        return None;
    }
    let today = format!("Today: {}", compare.base);
    let mut all = vec![Fan { label: &today, moments: &compare.base_treasury, from_zero: false }];
    let others = compare.alternatives.iter().filter(|one| !one.treasury.is_empty());
    all.extend(others.map(|one: &Alternative| Fan {
        label: &one.name,
        moments: &one.treasury,
        from_zero: false,
    }));
    Some(fans(
        "treasury-compared",
        "The treasury over time, today and as proposed".to_owned(),
        "STX; line: median of the runs, dark band: half of them, light band: 90 of 100.".to_owned(),
        start(&source.files.manifest.scenario),
        &all,
    ))
}

/// Every measure of a run.
pub(super) fn summary_table(run: &Run, source: &Source) -> Table {
    let mut lines: Vec<_> = run.summary.iter().collect();
    lines.sort_by_key(|line| words::rank(&line.metric));
    let mut table = Table::new(
        "Every measure of the run",
        &["Measure", "#Mean", "#95 % interval", "Name in summary.csv"],
    );
    for line in lines {
        let value = |value: f64| words::value(&line.metric, &line.unit, value);
        let interval = if line.low.is_finite() {
            words::span(&line.metric, &line.unit, line.low, line.high)
        } else {
            "–".to_owned()
        };
        let aside = words::aside(&line.unit, &source.money, line.mean).unwrap_or_default();
        table.row([
            Cell::text(words::measure(&line.metric)),
            Cell::number(line.mean, value(line.mean)).aside(aside),
            Cell::number(line.low, interval),
            Cell::text(&line.metric),
        ]);
    }
    table
}

/// What contracts said to calls.
pub(super) fn calls_table(run: &Run) -> Table {
    let mut table = Table::new(
        "Calls by function and outcome, all runs",
        &["Function", "Outcome", "Reason of the contract", "#Calls"],
    );
    for call in &run.market.calls {
        let tone = match call.outcome.as_str() {
            "accepted" => Tone::Plain,
            _ => Tone::Bad,
        };
        table.row([
            Cell::text(&call.function),
            Cell::text(&call.outcome).tone(tone),
            Cell::text(if call.error.is_empty() { "–" } else { &call.error }),
            Cell::number(call.count, words::value("", "", call.count)),
        ]);
    }
    table
}
