//! A participant in a run: its home, and what the run came to for it so far.

use super::limit::TurnedAway;
use crate::agents::{Adversary, Agent, Kind, Prices, Valuation};
use crate::energy::{DayEnergy, Home};
use crate::market::Account;
use crate::units::{Kwh, MicroStx};

/// A home in a run.
#[derive(Clone, Debug)]
pub(super) struct House {
    pub(super) home: Home,
    pub(super) capacity_kwp: f64,
    /// The day's energy, a value a tick.
    pub(super) today: DayEnergy,
    /// What of it was made and used in the last tick, in kWh.
    pub(super) made_kwh: f64,
    pub(super) used_kwh: f64,
    pub(super) expected_use_kwh: f64,
    pub(super) expected_make_kwh: f64,
    pub(super) monthly_make_kwh: f64,
    /// Metered surplus that is no whole kWh yet.
    pub(super) surplus_carry_kwh: f64,
    /// Metered need that is not settled yet.
    pub(super) unsettled_kwh: f64,
    /// Its own retail price over the scenario's.
    pub(super) retail_factor: f64,
    /// Its own feed-in tariff over the scenario's.
    pub(super) feed_in_factor: f64,
}

/// What a participant's run came to so far. Energy in kWh, money in microSTX.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    pub(super) made_kwh: f64,
    pub(super) used_kwh: f64,
    pub(super) self_used_kwh: f64,
    pub(super) fed_to_grid_kwh: f64,
    pub(super) retail_kwh: f64,
    pub(super) credited: Kwh,
    pub(super) sold: Kwh,
    pub(super) bought: Kwh,
    pub(super) consumed: Kwh,
    pub(super) refunded: Kwh,
    pub(super) revenue: MicroStx,
    pub(super) paid: MicroStx,
    pub(super) commission: MicroStx,
    pub(super) refunds: MicroStx,
    pub(super) certification_fees: MicroStx,
    pub(super) network_fees: MicroStx,
    /// Commission on energy that is still held, so that a gain is booked with
    /// the consumption that it belongs to.
    pub(super) commission_held_ustx: f64,
    pub(super) gain_ustx: f64,
    pub(super) gain_at_midnight_ustx: f64,
    pub(super) transactions: u32,
    pub(super) rejected: u32,
    pub(super) turned_away_by_reserve: u32,
    pub(super) turned_away_by_user_limit: u32,
    pub(super) turned_away: TurnedAway,
    /// Ticks in which as much was listed as one may list.
    pub(super) ticks_at_limit: u32,
    /// What its own energy that it sold would have brought at the feed-in
    /// tariff.
    pub(super) forgone_ustx: f64,
    /// What it consumed out of bought energy would have cost at the retail
    /// tariff.
    pub(super) consumed_value_ustx: f64,
    /// Energy that its meter reported and that was never made.
    pub(super) invented: Kwh,
    /// What the utility has to get elsewhere of that once it is sold, at the
    /// feed-in tariff.
    pub(super) invented_sold_ustx: f64,
    /// What buyers paid it above the mean price of the time, below zero where
    /// they paid less.
    pub(super) above_market_ustx: f64,
    /// How often its certification was taken back.
    pub(super) revoked: u32,
}

impl Statement {
    /// What was added since it stood at `before`. What is held, and the gain at
    /// midnight, are no sums and stay as they are.
    pub(super) fn since(&self, before: &Self) -> Self {
        Self {
            made_kwh: self.made_kwh - before.made_kwh,
            used_kwh: self.used_kwh - before.used_kwh,
            self_used_kwh: self.self_used_kwh - before.self_used_kwh,
            fed_to_grid_kwh: self.fed_to_grid_kwh - before.fed_to_grid_kwh,
            retail_kwh: self.retail_kwh - before.retail_kwh,
            credited: self.credited - before.credited,
            sold: self.sold - before.sold,
            bought: self.bought - before.bought,
            consumed: self.consumed - before.consumed,
            refunded: self.refunded - before.refunded,
            revenue: self.revenue - before.revenue,
            paid: self.paid - before.paid,
            commission: self.commission - before.commission,
            refunds: self.refunds - before.refunds,
            certification_fees: self.certification_fees - before.certification_fees,
            network_fees: self.network_fees - before.network_fees,
            commission_held_ustx: self.commission_held_ustx,
            gain_ustx: self.gain_ustx - before.gain_ustx,
            gain_at_midnight_ustx: self.gain_at_midnight_ustx,
            transactions: self.transactions - before.transactions,
            rejected: self.rejected - before.rejected,
            turned_away_by_reserve: self.turned_away_by_reserve - before.turned_away_by_reserve,
            turned_away_by_user_limit: self.turned_away_by_user_limit
                - before.turned_away_by_user_limit,
            turned_away: self.turned_away.since(&before.turned_away),
            ticks_at_limit: self.ticks_at_limit - before.ticks_at_limit,
            forgone_ustx: self.forgone_ustx - before.forgone_ustx,
            consumed_value_ustx: self.consumed_value_ustx - before.consumed_value_ustx,
            invented: self.invented - before.invented,
            invented_sold_ustx: self.invented_sold_ustx - before.invented_sold_ustx,
            above_market_ustx: self.above_market_ustx - before.above_market_ustx,
            revoked: self.revoked - before.revoked,
        }
    }

    /// The share of what was credited to it that its roof really made.
    pub(super) fn genuine_share(&self) -> f64 {
        // A report that was not taken can make the invented exceed the credited.
        (1.0 - self.invented.as_f64() / self.credited.as_f64().max(1.0)).max(0.0)
    }
}

/// A participant in a run.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) account: Account,
    /// The key of its random streams: role and number.
    pub(super) key: u64,
    pub(super) agent: Box<dyn Agent>,
    pub(super) strategy: &'static str,
    pub(super) house: Option<Box<House>>,
    /// Whether it is certified before the run begins.
    pub(super) certified_at_start: bool,
    pub(super) declares: f64,
    pub(super) stx_start: MicroStx,
    /// Who acts together with it; nobody with honest people.
    pub(super) allies: Box<[Account]>,
    pub(super) statement: Statement,
    /// What it would pay and take, as it said last.
    pub(super) valuation: Valuation,
    /// Energy credited to it in this tick.
    pub(super) fresh: Kwh,
    /// Energy it was short of in this tick.
    pub(super) need_kwh: f64,
}

impl Person {
    pub(super) fn kind(&self) -> Kind {
        self.agent.kind()
    }

    /// The prices outside of the market that this participant has, where the
    /// median home has `median`.
    pub(super) fn prices(&self, median: &Prices) -> Prices {
        let Some(house) = &self.house else { return *median };
        Prices {
            retail_ustx: median.retail_ustx * house.retail_factor,
            retail_mean_ustx: median.retail_mean_ustx * house.retail_factor,
            feed_in_ustx: median.feed_in_ustx * house.feed_in_factor,
            ..*median
        }
    }
}

/// A participant before it has an account.
pub(super) struct Newcomer {
    pub(super) label: String,
    pub(super) key: u64,
    pub(super) purse: MicroStx,
    pub(super) agent: Box<dyn Agent>,
    pub(super) strategy: &'static str,
    pub(super) house: Option<Box<House>>,
    pub(super) certified_at_start: bool,
    pub(super) declares: f64,
    /// The gang it belongs to: its kind and the gang's number.
    pub(super) gang: Option<(Adversary, u32)>,
}
