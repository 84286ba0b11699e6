//! What a run writes down of itself: the tick that ended, the participants at
//! the end, and the measures it is judged by.

use super::people::Person;
use super::record::{Measure, ParticipantRow, Record, TickRow};
use super::world::World;
use crate::agents::{Kind, Moment, Prices, Standing};
use crate::market::Function;
use crate::stats;

/// The row of the tick that ended.
pub(super) fn tick_row(world: &World<'_>, moment: &Moment, prices: &Prices) -> TickRow {
    let books = &world.books;
    let flows = &world.flows;
    let parameters = &books.parameters;
    let tick = moment.tick_of_day as usize;
    let mut row = TickRow {
        tick: moment.tick,
        day: moment.day,
        hour: moment.hour(),
        credited_kwh: flows.credited.get(),
        listed_kwh: flows.listed.get(),
        reserve_kwh: books.reserve.get(),
        traded_kwh: flows.traded.get(),
        purchases: flows.purchases,
        refunded_kwh: flows.refunded.get(),
        consumed_kwh: flows.consumed.get(),
        price_mean_ustx_per_kwh: (!flows.traded.is_zero())
            .then(|| flows.paid.as_f64() / flows.traded.as_f64()),
        price_min_ustx_per_kwh: flows.price_min.map(|price| price.get()),
        price_max_ustx_per_kwh: flows.price_max.map(|price| price.get()),
        energy_price_ustx_per_kwh: parameters.energy_price.get(),
        retail_ustx_per_kwh: prices.retail_ustx,
        feed_in_ustx_per_kwh: prices.feed_in_ustx,
        commission_ustx: flows.commission.get(),
        refunds_ustx: flows.refunds.get(),
        treasury_ustx: books.purse(world.wattconnect).get(),
        network_fees_ustx: flows.network_fees.get(),
        reserve_limit_kwh: parameters.reserve_limit.get(),
        transactions: flows.accepted + flows.rejected + flows.aborted,
        accepted: flows.accepted,
        rejected: flows.rejected,
        aborted: flows.aborted,
        dropped: flows.dropped,
        waiting: world.mempool.len() as u64,
        applications_open: books.applications.len() as u64,
        ..TickRow::default()
    };
    for person in &world.people {
        let entry = books.entry(person.account);
        row.unsold_kwh += entry.unsold.get();
        row.held_kwh += entry.bought.get();
        row.sellers += u64::from(!entry.listed.is_zero());
        row.sellers_at_limit += u64::from(entry.listed >= parameters.max_energy_per_user);
        row.certified += u64::from(entry.standing == Standing::Certified);
        let takes_part = u64::from(person.agent.takes_part());
        match person.kind() {
            Kind::Producer => row.producers_in += takes_part,
            Kind::Buyer => row.buyers_in += takes_part,
            _ => {}
        }
        if let Some(house) = &person.house {
            let (made, used) = (house.today.made_kwh[tick], house.today.used_kwh[tick]);
            row.made_kwh += made;
            row.used_kwh += used;
            row.self_used_kwh += made.min(used);
            row.surplus_kwh += (made - used).max(0.0);
            row.need_kwh += (used - made).max(0.0);
        }
    }
    row
}

impl World<'_> {
    /// Ends the run and hands over what it wrote down.
    #[must_use]
    pub fn finish(mut self) -> Record {
        // What was metered and is no whole kWh yet goes the way of the rest.
        for person in &mut self.people {
            if let Some(house) = &mut person.house {
                person.statement.fed_in_kwh += house.surplus_carry_kwh;
                person.statement.retail_kwh += house.unsettled_kwh;
            }
        }
        let participants: Vec<_> =
            self.people.iter().map(|person| participant_row(&self, person)).collect();
        Record {
            seed: self.seed,
            measures: measures(&self, &participants),
            participants,
            calls: self.calls.rows(),
            transactions: self.trace.unwrap_or_default(),
            state_sha256: self.chain.state_digest(),
            ticks: self.rows,
        }
    }
}

fn participant_row(world: &World<'_>, person: &Person) -> ParticipantRow {
    let entry = world.books.entry(person.account);
    let statement = &person.statement;
    ParticipantRow {
        participant: person.account.index() as u64,
        principal: world.accounts.principal(person.account).to_string(),
        kind: person.kind().to_string(),
        strategy: person.strategy.to_owned(),
        capacity_kwp: person.house.as_ref().map_or(0.0, |house| house.capacity_kwp),
        annual_use_kwh: person.house.as_ref().map_or(0.0, |house| house.home.annual_use_kwh),
        standing: entry.standing.name().to_owned(),
        takes_part: person.agent.takes_part(),
        made_kwh: statement.made_kwh,
        used_kwh: statement.used_kwh,
        self_used_kwh: statement.self_used_kwh,
        fed_in_kwh: statement.fed_in_kwh,
        retail_kwh: statement.retail_kwh,
        credited_kwh: statement.credited.get(),
        sold_kwh: statement.sold.get(),
        unsold_kwh: entry.unsold.get(),
        bought_kwh: statement.bought.get(),
        consumed_kwh: statement.consumed.get(),
        refunded_kwh: statement.refunded.get(),
        held_kwh: entry.bought.get(),
        revenue_ustx: statement.revenue.get(),
        paid_ustx: statement.paid.get(),
        commission_ustx: statement.commission.get(),
        refunds_ustx: statement.refunds.get(),
        certification_fees_ustx: statement.certification_fees.get(),
        network_fees_ustx: statement.network_fees.get(),
        stx_start_ustx: person.stx_start.get(),
        stx_end_ustx: world.books.purse(person.account).get(),
        gain_ustx: statement.gain_ustx,
        transactions: statement.transactions,
        rejected: statement.rejected,
        turned_away_by_reserve: statement.turned_away_by_reserve,
        turned_away_by_user_limit: statement.turned_away_by_user_limit,
    }
}

/// The measures of a run, in the order of the summary. What a run gives no
/// value for is not a number.
fn measures(world: &World<'_>, people: &[ParticipantRow]) -> Vec<Measure> {
    let ticks = &world.rows;
    let totals = &world.books.totals;
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
    let of_kind = |kind: &str| -> Vec<f64> {
        people.iter().filter(|row| row.kind == kind).map(|row| row.gain_ustx / 1e6).collect()
    };
    let (producers, buyers) = (of_kind("producer"), of_kind("buyer"));
    let treasury_start = world.prepared.scenario.market.treasury_ustx.as_stx();
    let treasury_least =
        ticks.iter().map(|row| row.treasury_ustx as f64 / 1e6).fold(treasury_start, f64::min);
    let refunds_failed = calls(world, Function::RefundEnergy, Some(106));
    let at_reserve_limit =
        ticks.iter().filter(|row| row.reserve_kwh >= row.reserve_limit_kwh).count() as f64;
    let transactions = sum(|row| row.transactions as f64);
    let waits: Vec<f64> = world.waits.iter().map(|wait| *wait as f64).collect();
    let waits = stats::quantiles(&waits, &[0.50, 0.95, 0.99]).unwrap_or(vec![f64::NAN; 3]);
    let unsold: f64 = ticks.last().map_or(0.0, |row| row.unsold_kwh as f64);
    let last = ticks.last();
    let turned_down =
        |standing: &str| people.iter().filter(|row| row.standing == standing).count() as f64;
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
        m("efficiency_share", "1", world.bids.efficiency().unwrap_or(f64::NAN)),
        m("commission_stx", "STX", totals.commission.as_stx()),
        m("refunds_stx", "STX", totals.refunds.as_stx()),
        m("treasury_stx", "STX", world.books.purse(world.wattconnect).as_stx()),
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
        m("turned_away_by_reserve", "calls", calls(world, Function::AddEnergyForSale, Some(108))),
        m(
            "turned_away_by_user_limit",
            "calls",
            calls(world, Function::AddEnergyForSale, Some(111)),
        ),
        m("transactions", "calls", transactions),
        m("rejected_share", "1", share(sum(|row| row.rejected as f64), transactions)),
        m("aborted", "calls", sum(|row| row.aborted as f64)),
        m("dropped", "calls", sum(|row| row.dropped as f64)),
        m("wait_s_p50", "s", waits[0]),
        m("wait_s_p95", "s", waits[1]),
        m("wait_s_p99", "s", waits[2]),
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
    ]
}

/// How unevenly gains are spread, over those who gained.
fn gini(gains: &[f64]) -> f64 {
    let positive: Vec<f64> = gains.iter().map(|gain| gain.max(0.0)).collect();
    stats::gini(&positive).unwrap_or(f64::NAN)
}

/// Calls of a function that ended with an error code.
fn calls(world: &World<'_>, function: Function, code: Option<u128>) -> f64 {
    let rows = world.calls.rows();
    let counts = rows
        .iter()
        .filter(|row| row.function == function && row.error_code == code)
        .map(|row| row.count as f64);
    counts.sum()
}
