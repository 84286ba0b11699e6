//! The measures that a run is judged by: one number each, by name and unit.

use super::person::Statement;
use super::record::{AdversaryRow, Measure, ParticipantRow, TickRow};
use super::world::World;
use crate::agents::Kind;
use crate::market::Function;
use crate::stats;

/// Every measure's name and unit, in the order of the summary: known before a
/// run, so that a scenario that names another can be refused. A test holds it
/// against what a run gives.
pub const MEASURES: &[(&str, &str)] = &[
    ("made_kwh", "kWh"),
    ("used_kwh", "kWh"),
    ("surplus_kwh", "kWh"),
    ("need_kwh", "kWh"),
    ("credited_kwh", "kWh"),
    ("listed_kwh", "kWh"),
    ("traded_kwh", "kWh"),
    ("unsold_kwh", "kWh"),
    ("refunded_kwh", "kWh"),
    ("consumed_kwh", "kWh"),
    ("demand_met_locally_share", "1"),
    ("surplus_sold_share", "1"),
    ("purchases", "purchases"),
    ("price_mean_ustx_per_kwh", "µSTX/kWh"),
    ("price_spread_ustx_per_kwh", "µSTX/kWh"),
    ("buyers_savings_stx", "STX"),
    ("producers_gain_stx", "STX"),
    ("buyers_savings_gini", "1"),
    ("producers_gain_gini", "1"),
    ("efficiency_share", "1"),
    ("commission_stx", "STX"),
    ("refunds_stx", "STX"),
    ("treasury_stx", "STX"),
    ("treasury_min_stx", "STX"),
    ("treasury_dry_share", "1"),
    ("refunds_unpaid", "calls"),
    ("network_fees_stx", "STX"),
    ("reserve_max_kwh", "kWh"),
    ("reserve_at_limit_share", "1"),
    ("turned_away_by_reserve", "calls"),
    ("turned_away_by_user_limit", "calls"),
    ("transactions", "calls"),
    ("rejected_share", "1"),
    ("aborted", "calls"),
    ("dropped", "calls"),
    ("dropped_share", "1"),
    ("wait_s_p50", "s"),
    ("wait_s_p95", "s"),
    ("wait_s_p99", "s"),
    ("block_fullness_mean", "1"),
    ("block_fullness_max", "1"),
    ("tenures_full_share", "1"),
    ("left_out", "calls"),
    ("next_block_fee_ustx_max", "µSTX"),
    ("certified", "producers"),
    ("applications_rejected", "producers"),
    ("certifications_revoked", "producers"),
    ("applications_open_max", "applications"),
    ("producers_in", "producers"),
    ("buyers_in", "buyers"),
    ("adversaries_spent_stx", "STX"),
    ("adversaries_gained_stx", "STX"),
    ("adversaries_net_stx", "STX"),
    ("adversaries_treasury_cost_stx", "STX"),
    ("refund_arbitrageur_net_stx", "STX"),
    ("dust_splitter_net_stx", "STX"),
    ("reserve_hog_net_stx", "STX"),
    ("sybil_net_stx", "STX"),
    ("ghost_producer_net_stx", "STX"),
    ("double_dipper_net_stx", "STX"),
    ("wash_trader_net_stx", "STX"),
    ("front_runner_net_stx", "STX"),
    ("spammer_net_stx", "STX"),
];

/// The measures of a run, in the order of the summary, over its measuring window:
/// of that are the `statements` of the people too. What a run gives no value for
/// is not a number.
pub(super) fn measures(
    world: &World,
    statements: &[Statement],
    people: &[ParticipantRow],
    adversaries: &[AdversaryRow],
) -> Vec<Measure> {
    let ticks = world.recorder.measured();
    let totals = world.recorder.window().totals(world.venue.totals());
    let sum = |of: fn(&TickRow) -> f64| ticks.iter().map(of).sum::<f64>();
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { f64::NAN };
    let used = sum(|row| row.used_kwh);
    let surplus = sum(|row| row.surplus_kwh);
    let need = sum(|row| row.need_kwh);
    let sold = totals.sold.as_f64();
    let paid = sum(|row| row.price_mean_ustx_per_kwh.unwrap_or(0.0) * row.traded_kwh as f64);
    let spread: f64 = ticks
        .iter()
        .filter_map(|row| {
            let spread = row.price_max_ustx_per_kwh? - row.price_min_ustx_per_kwh?;
            Some(spread as f64 * row.traded_kwh as f64)
        })
        .sum();
    let of_kind = |kind: Kind| -> Vec<f64> {
        let everyone = world.people.all().iter().zip(statements);
        let alike = everyone.filter(|(person, _)| person.kind() == kind);
        alike.map(|(_, statement)| statement.gain_ustx / 1e6).collect()
    };
    let (producers, buyers) = (of_kind(Kind::Producer), of_kind(Kind::Buyer));
    let treasury_start = match world.recorder.window().first_row().checked_sub(1) {
        Some(before) => world.recorder.rows()[before].treasury_ustx as f64 / 1e6,
        None if !world.venue.announces() => f64::INFINITY,
        None => world.prepared.scenario.market.treasury_ustx.as_stx(),
    };
    let treasury_least =
        ticks.iter().map(|row| row.treasury_ustx as f64 / 1e6).fold(treasury_start, f64::min);
    let calls = |function, code| world.recorder.calls().rejected(function, code) as f64;
    let refunds_failed = calls(Function::RefundEnergy, 106);
    let at_reserve_limit = ticks
        .iter()
        .filter(|row| row.reserve_kwh >= row.reserve_limit_kwh || row.turned_away_by_reserve > 0)
        .count() as f64;
    let transactions = sum(|row| row.transactions as f64);
    let waits = world.recorder.waits();
    let wait = |quantile: f64| {
        if waits.is_empty() { f64::NAN } else { waits.value_at_quantile(quantile) as f64 }
    };
    let dropped = sum(|row| row.dropped as f64);
    // A tenure is as full as its fullest dimension.
    let fullness: Vec<f64> = ticks.iter().filter_map(fullest).collect();
    let unsold: f64 = ticks.last().map_or(0.0, |row| row.unsold_kwh as f64);
    let last = ticks.last();
    let turned_down =
        |standing: &str| people.iter().filter(|row| row.standing == standing).count() as f64;
    // Nothing was taken where nobody took: 0, so that runs with and without
    // adversaries compare.
    let taken =
        |of: fn(&AdversaryRow) -> f64| adversaries.iter().map(of).fold(0.0, |a, b| a + b) / 1e6;
    let net = |kind: &str| {
        let row = adversaries.iter().find(|row| row.kind == kind);
        row.map_or(0.0, |row| row.net_ustx / 1e6)
    };
    let m = |name, unit, value| Measure { name, unit, value };
    vec![
        m("made_kwh", "kWh", sum(|row| row.made_kwh)),
        m("used_kwh", "kWh", used),
        m("surplus_kwh", "kWh", surplus),
        m("need_kwh", "kWh", need),
        m("credited_kwh", "kWh", totals.produced.as_f64()),
        m("listed_kwh", "kWh", sum(|row| row.listed_kwh as f64)),
        m("traded_kwh", "kWh", sold),
        m("unsold_kwh", "kWh", unsold),
        m("refunded_kwh", "kWh", totals.refunded.as_f64()),
        m("consumed_kwh", "kWh", totals.consumed.as_f64()),
        m(
            "demand_met_locally_share",
            "1",
            share(sum(|row| row.self_used_kwh) + totals.consumed.as_f64(), used),
        ),
        m("surplus_sold_share", "1", share(sold, surplus)),
        m("purchases", "purchases", sum(|row| row.purchases as f64)),
        m("price_mean_ustx_per_kwh", "µSTX/kWh", share(paid, sold)),
        m("price_spread_ustx_per_kwh", "µSTX/kWh", share(spread, sold)),
        m("buyers_savings_stx", "STX", buyers.iter().sum()),
        m("producers_gain_stx", "STX", producers.iter().sum()),
        m("buyers_savings_gini", "1", gini(&buyers)),
        m("producers_gain_gini", "1", gini(&producers)),
        m("efficiency_share", "1", world.recorder.bids().efficiency().unwrap_or(f64::NAN)),
        m("commission_stx", "STX", totals.commission.as_stx()),
        m("refunds_stx", "STX", totals.refunds.as_stx()),
        m("treasury_stx", "STX", world.venue.treasury().as_stx()),
        m("treasury_min_stx", "STX", treasury_least),
        m("treasury_dry_share", "1", f64::from(u8::from(refunds_failed > 0.0))),
        m("refunds_unpaid", "calls", refunds_failed),
        m("network_fees_stx", "STX", sum(|row| row.network_fees_ustx as f64) / 1e6),
        m(
            "reserve_max_kwh",
            "kWh",
            ticks.iter().map(|row| row.reserve_kwh as f64).fold(0.0, f64::max),
        ),
        m("reserve_at_limit_share", "1", share(at_reserve_limit, ticks.len() as f64)),
        m("turned_away_by_reserve", "calls", calls(Function::AddEnergyForSale, 108)),
        m("turned_away_by_user_limit", "calls", calls(Function::AddEnergyForSale, 111)),
        m("transactions", "calls", transactions),
        m("rejected_share", "1", share(sum(|row| row.rejected as f64), transactions)),
        m("aborted", "calls", sum(|row| row.aborted as f64)),
        m("dropped", "calls", sum(|row| row.dropped as f64)),
        m("dropped_share", "1", share(dropped, transactions + dropped)),
        m("wait_s_p50", "s", wait(0.50)),
        m("wait_s_p95", "s", wait(0.95)),
        m("wait_s_p99", "s", wait(0.99)),
        m("block_fullness_mean", "1", fullness.iter().sum::<f64>() / fullness.len() as f64),
        m("block_fullness_max", "1", fullness.iter().copied().fold(f64::NAN, f64::max)),
        m(
            "tenures_full_share",
            "1",
            share(sum(|row| row.tenures_full as f64), sum(|row| row.tenures as f64)),
        ),
        m("left_out", "calls", sum(|row| row.left_out as f64)),
        m(
            "next_block_fee_ustx_max",
            "µSTX",
            ticks.iter().map(|row| row.next_block_fee_ustx as f64).fold(0.0, f64::max),
        ),
        m("certified", "producers", last.map_or(0.0, |row| row.certified as f64)),
        m("applications_rejected", "producers", turned_down("rejected")),
        m("certifications_revoked", "producers", turned_down("revoked")),
        m(
            "applications_open_max",
            "applications",
            ticks.iter().map(|row| row.applications_open as f64).fold(0.0, f64::max),
        ),
        m("producers_in", "producers", last.map_or(0.0, |row| row.producers_in as f64)),
        m("buyers_in", "buyers", last.map_or(0.0, |row| row.buyers_in as f64)),
        m("adversaries_spent_stx", "STX", taken(|row| row.spent_ustx)),
        m("adversaries_gained_stx", "STX", taken(|row| row.gained_ustx)),
        m("adversaries_net_stx", "STX", taken(|row| row.net_ustx)),
        m("adversaries_treasury_cost_stx", "STX", taken(|row| row.treasury_cost_ustx)),
        m("refund_arbitrageur_net_stx", "STX", net("refund-arbitrageur")),
        m("dust_splitter_net_stx", "STX", net("dust-splitter")),
        m("reserve_hog_net_stx", "STX", net("reserve-hog")),
        m("sybil_net_stx", "STX", net("sybil")),
        m("ghost_producer_net_stx", "STX", net("ghost-producer")),
        m("double_dipper_net_stx", "STX", net("double-dipper")),
        m("wash_trader_net_stx", "STX", net("wash-trader")),
        m("front_runner_net_stx", "STX", net("front-runner")),
        m("spammer_net_stx", "STX", net("spammer")),
    ]
}

/// How unevenly gains are spread, over those who gained.
fn gini(gains: &[f64]) -> f64 {
    let positive: Vec<f64> = gains.iter().map(|gain| gain.max(0.0)).collect();
    stats::gini(&positive).unwrap_or(f64::NAN)
}

/// The share of the budget that the tenures of a tick used on average, in the
/// dimension that they used most of.
fn fullest(row: &TickRow) -> Option<f64> {
    [
        row.read_count_share?,
        row.read_length_share?,
        row.write_count_share?,
        row.write_length_share?,
        row.runtime_share?,
    ]
    .into_iter()
    .reduce(f64::max)
}
