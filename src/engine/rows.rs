//! Rows that a run writes down of itself: the tick that ended, and a participant at
//! the end. Looks and changes nothing.

use super::fees::PURCHASE_BYTES;
use super::people::People;
use super::person::{Person, Statement};
use super::record::{ParticipantRow, TickRow};
use super::tally::TickFlows;
use super::tenure::TenureReport;
use super::venue::Venue;
use super::window::Window;
use crate::agents::{Kind, Moment, Prices, Standing};
use crate::chain::Dimension;

/// The row of the tick that ended.
pub(super) fn tick_row(
    venue: &Venue,
    people: &People,
    flows: &TickFlows,
    tenures: &TenureReport,
    moment: &Moment,
    prices: &Prices,
) -> TickRow {
    let books = venue.books();
    let parameters = &books.parameters;
    let metered = venue.is_metered();
    let budget = venue.yardstick();
    let share = |dimension: Dimension| {
        (metered && tenures.tenures > 0)
            .then(|| tenures.cost.share(&budget, dimension) / tenures.tenures as f64)
    };
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
        treasury_ustx: venue.treasury().get(),
        network_fees_ustx: flows.network_fees.get(),
        reserve_limit_kwh: parameters.reserve_limit.get(),
        transactions: flows.accepted + flows.rejected + flows.aborted,
        accepted: flows.accepted,
        rejected: flows.rejected,
        aborted: flows.aborted,
        dropped: flows.dropped,
        turned_away_by_reserve: flows.turned_away_by_reserve,
        turned_away_by_user_limit: flows.turned_away_by_user_limit,
        waiting: venue.mempool().len() as u64,
        left_out: flows.left_out,
        tenures: tenures.tenures,
        tenures_full: tenures.full,
        next_block_fee_ustx: tenures
            .entry_rate
            .map_or(prices.network_fee.get(), |rate| rate * PURCHASE_BYTES / 1_000 + 1),
        read_count_share: share(Dimension::ReadCount),
        read_length_share: share(Dimension::ReadLength),
        write_count_share: share(Dimension::WriteCount),
        write_length_share: share(Dimension::WriteLength),
        runtime_share: share(Dimension::Runtime),
        applications_open: books.applications.len() as u64,
        ..TickRow::default()
    };
    for person in people.all() {
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
            let (made, used) = (house.made_kwh, house.used_kwh);
            row.made_kwh += made;
            row.used_kwh += used;
            row.self_used_kwh += made.min(used);
            row.surplus_kwh += (made - used).max(0.0);
            row.need_kwh += (used - made).max(0.0);
        }
    }
    row
}

/// The row of the person in that place, by its statement over the measuring
/// window.
pub(super) fn participant_row(
    venue: &Venue,
    window: &Window,
    place: usize,
    person: &Person,
    statement: &Statement,
) -> ParticipantRow {
    let entry = venue.books().entry(person.account);
    ParticipantRow {
        participant: person.account.index() as u64,
        principal: venue.principal(person.account).to_string(),
        kind: person.kind().to_string(),
        strategy: person.strategy.to_owned(),
        capacity_kwp: person.house.as_ref().map_or(0.0, |house| house.capacity_kwp),
        annual_use_kwh: person.house.as_ref().map_or(0.0, |house| house.home.annual_use_kwh),
        standing: entry.standing.name().to_owned(),
        takes_part: person.agent.takes_part(),
        made_kwh: statement.made_kwh,
        used_kwh: statement.used_kwh,
        self_used_kwh: statement.self_used_kwh,
        fed_in_kwh: statement.fed_to_grid_kwh,
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
        stx_start_ustx: window.purse(place, person.stx_start).get(),
        stx_end_ustx: venue.books().purse(person.account).get(),
        gain_ustx: statement.gain_ustx,
        transactions: statement.transactions.into(),
        rejected: statement.rejected.into(),
        turned_away_by_reserve: statement.turned_away_by_reserve.into(),
        turned_away_by_user_limit: statement.turned_away_by_user_limit.into(),
    }
}
