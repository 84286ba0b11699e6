//! What an agent is shown: public facts of the market, its own account, its
//! own home, and the work that waits for an official. Nothing that a real
//! participant could not see.

use rand::RngExt;

use super::Phase;
use crate::market::{Account, Action, Parameters, Reading};
use crate::random::{Purpose, Stream, stream_at};
use crate::units::{Kwh, MicroStx, MicroStxPerKwh, Tick};

/// Where in time the view stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The tick.
    pub tick: Tick,
    /// Days since the start.
    pub day: u32,
    /// Ticks since midnight, local time.
    pub tick_of_day: u32,
    /// Ticks in a day.
    pub ticks_a_day: u32,
}

impl Moment {
    /// Hours that a tick lasts.
    #[must_use]
    pub fn tick_hours(&self) -> f64 {
        24.0 / f64::from(self.ticks_a_day)
    }

    /// Local hour at the start of the tick, 0 to 24.
    #[must_use]
    pub fn hour(&self) -> f64 {
        f64::from(self.tick_of_day) * self.tick_hours()
    }

    /// Whether an hour begins with this tick.
    #[must_use]
    pub const fn is_on_the_hour(&self) -> bool {
        self.tick_of_day.is_multiple_of(self.ticks_a_day / 24)
    }

    /// Whether the day begins with this tick.
    #[must_use]
    pub const fn is_midnight(&self) -> bool {
        self.tick_of_day == 0
    }
}

/// The prices outside of the market, in microSTX a kWh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// What the utility charges now.
    pub retail_ustx: f64,
    /// What it charges on average over the day.
    pub retail_mean_ustx: f64,
    /// What it pays for surplus.
    pub feed_in_ustx: f64,
    /// What a kWh from a neighbour costs beside its price: grid charges, taxes
    /// and levies, which the utility's price holds already.
    pub delivery_ustx: f64,
    /// The usual fee of a transaction.
    pub network_fee: MicroStx,
}

impl Prices {
    /// What a kWh from a neighbour spares its buyer now, in microSTX: the
    /// utility's price, less the delivery that is due whoever sells.
    #[must_use]
    pub fn spared_ustx(&self) -> f64 {
        self.retail_ustx - self.delivery_ustx
    }
}

/// Energy that somebody offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Whose.
    pub seller: Account,
    /// How much.
    pub amount: Kwh,
    /// At what price.
    pub price: MicroStxPerKwh,
}

/// The market as anyone sees it on the chain.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketView {
    /// The settings in force.
    pub parameters: Parameters,
    /// All offers, by seller.
    pub offers: Vec<Offer>,
    /// Energy listed over the whole market.
    pub reserve: Kwh,
    /// STX in the treasury.
    pub treasury: MicroStx,
    /// Mean price of what was traded lately, in microSTX a kWh; the reference
    /// price until something was.
    pub recent_price_ustx: f64,
    /// Share of the energy offered lately that found a buyer, 0 to 1.
    pub recent_sold_share: f64,
    /// Energy offered a kWh asked for lately: the tightness of the market.
    pub supply_over_demand: f64,
}

impl MarketView {
    /// `count` offers looked at by chance, the cheapest first, `own` left out.
    /// Fewer where there are fewer.
    pub fn look_at(&self, count: usize, own: Account, rng: &mut Stream) -> Vec<Offer> {
        let mut seen: Vec<Offer> = Vec::with_capacity(count);
        if self.offers.len() <= count {
            seen.extend(self.offers.iter().filter(|offer| offer.seller != own));
        } else {
            // Few of many: drawing again on a repeat is cheaper than a
            // shuffle, and 4 draws an offer bound it.
            for _ in 0..4 * count {
                let offer = self.offers[rng.random_range(0..self.offers.len())];
                if offer.seller != own && !seen.iter().any(|known| known.seller == offer.seller) {
                    seen.push(offer);
                    if seen.len() == count {
                        break;
                    }
                }
            }
        }
        seen.sort_by_key(|offer| (offer.price, offer.seller));
        seen
    }
}

/// Where a producer stands with the certifiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Never applied.
    #[default]
    None,
    /// Waits for a decision.
    Applied,
    /// May sell.
    Certified,
    /// Turned down.
    Rejected,
    /// Was certified once.
    Revoked,
}

impl Standing {
    /// Its name in CSV.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Applied => "applied",
            Self::Certified => "certified",
            Self::Rejected => "rejected",
            Self::Revoked => "revoked",
        }
    }
}

/// A participant's account on the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// STX in the purse.
    pub purse: MicroStx,
    /// Energy produced, or handed back to the owner, and not yet sold.
    pub unsold: Kwh,
    /// What of it is listed.
    pub listed: Kwh,
    /// The price it is listed at.
    pub price: MicroStxPerKwh,
    /// Energy bought and not yet consumed.
    pub bought: Kwh,
    /// What was paid for the bought energy, commission left out.
    pub basis: MicroStx,
    /// Where it stands with the certifiers.
    pub standing: Standing,
}

/// How a day's energy spreads over its ticks, as everyone expects it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rhythm {
    /// Share of a day's use in each tick of the day; they add up to one.
    pub use_share: Vec<f64>,
    /// Share of a day's production in each tick of the day; they add up to
    /// one.
    pub make_share: Vec<f64>,
}

/// A participant's own home.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Home<'a> {
    /// Energy made in the last tick, in kWh.
    pub made_kwh: f64,
    /// Energy used in the last tick, in kWh.
    pub used_kwh: f64,
    /// What it expects to use on a day like today, in kWh.
    pub daily_use_kwh: f64,
    /// What it expects to make on a day like today, in kWh.
    pub daily_make_kwh: f64,
    /// What it expects to make in a month, in kWh.
    pub monthly_make_kwh: f64,
    /// Metered needs that are not settled yet, in kWh.
    pub unsettled_kwh: f64,
    /// The day's rhythm.
    pub rhythm: &'a Rhythm,
}

impl Home<'_> {
    /// Energy that the home expects to be short of in the coming `ticks`, in
    /// kWh: use less own production, tick by tick.
    #[must_use]
    pub fn expected_need_kwh(&self, moment: &Moment, ticks: u32) -> f64 {
        (0..ticks)
            .map(|ahead| {
                let tick = ((moment.tick_of_day + ahead) % moment.ticks_a_day) as usize;
                let used = self.daily_use_kwh * self.rhythm.use_share[tick];
                let made = self.daily_make_kwh * self.rhythm.make_share[tick];
                (used - made).max(0.0)
            })
            .sum()
    }

    /// Energy that the home expects to have over on a day like today, in kWh.
    #[must_use]
    pub fn expected_daily_surplus_kwh(&self) -> f64 {
        let shares = self.rhythm.use_share.iter().zip(&self.rhythm.make_share);
        shares
            .map(|(used, made)| (self.daily_make_kwh * made - self.daily_use_kwh * used).max(0.0))
            .sum()
    }
}

/// An application that waits for a certifier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Application {
    /// Who applied.
    pub producer: Account,
    /// What was declared, in kWh a month.
    pub declared: Kwh,
    /// What an inspection would find the roof to yield, in kWh a month.
    pub inspected_kwh: f64,
    /// What was credited to it so far, as the chain has it.
    pub credited: Kwh,
    /// What an inspection would find such a roof to have made so far, in kWh.
    pub made_kwh: f64,
}

/// What waits for an official. Empty for everyone else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Work {
    /// Verified production to record: this official's share.
    pub production: Vec<Reading>,
    /// Metered consumption to record: this official's share.
    pub consumption: Vec<Reading>,
    /// Open applications, the oldest first: this official's share.
    pub applications: Vec<Application>,
    /// Certified producers to audit: this official's share.
    pub certified: Vec<Application>,
    /// Decisions of the scenario that fall due: what to send.
    pub decisions: Vec<Action>,
}

/// The random streams of one agent at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Whims {
    seed: u64,
    agent: u64,
    tick: Tick,
}

impl Whims {
    /// The whims of the agent with this key at `tick` in the run `seed`.
    #[must_use]
    pub const fn new(seed: u64, agent: u64, tick: Tick) -> Self {
        Self { seed, agent, tick }
    }

    /// The stream for a purpose. Two calls give the same stream from its
    /// start: take one a purpose and decision.
    #[must_use]
    pub fn stream(&self, purpose: Purpose) -> Stream {
        stream_at(self.seed, purpose, self.agent, self.tick.index())
    }
}

/// A transaction that waits for a block, as anyone can see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Who sent it.
    pub sender: Account,
    /// What it asks.
    pub action: Action,
    /// The fee that it offers, in microSTX a thousand bytes: the highest
    /// enters first.
    pub rate: u128,
    /// How long it has waited, in seconds.
    pub waited_s: u64,
}

/// All that an agent is shown.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The part of the tick.
    pub phase: Phase,
    /// When.
    pub moment: Moment,
    /// The market.
    pub market: &'a MarketView,
    /// Prices outside of it.
    pub prices: Prices,
    /// Who is asked.
    pub me: Account,
    /// Its account.
    pub mine: Holdings,
    /// What the market gave it since the last midnight against doing without,
    /// in microSTX.
    pub gained_ustx: f64,
    /// Its home, where it has one.
    pub home: Option<Home<'a>>,
    /// What waits for it.
    pub work: &'a Work,
    /// Who acts together with it. Nobody with honest people.
    pub allies: &'a [Account],
    /// The transactions that wait, when it is asked to watch them; empty at
    /// all other times.
    pub waiting: &'a [Waiting],
    /// Its random streams.
    pub whims: Whims,
}

impl View<'_> {
    /// The network fee spread over `amount`, in microSTX a kWh.
    #[must_use]
    pub fn fee_a_kwh_ustx(&self, amount: Kwh) -> f64 {
        self.prices.network_fee.as_f64() / amount.as_f64().max(1.0)
    }
}
