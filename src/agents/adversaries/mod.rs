//! Those who mean ill: what a market of real money attracts. Each obeys the
//! same rule as everyone: it is shown what a real participant could see and
//! answers with transactions; the contracts decide what comes of them. Each
//! learns from what it is told and stops where its attack does not pay.
//!
//! One file a kind. Who has a home goes on living in it: an attack comes on
//! top of what an honest home does.

mod double_dipper;
mod dust_splitter;
mod front_runner;
mod ghost_producer;
mod refund_arbitrageur;
mod reserve_hog;
mod spammer;
mod sybil;
mod wash_trader;

pub use double_dipper::DoubleDipper;
pub use dust_splitter::DustSplitter;
pub use front_runner::FrontRunner;
pub use ghost_producer::GhostProducer;
pub use refund_arbitrageur::{ColludingSeller, RefundArbitrageur};
pub use reserve_hog::ReserveHog;
pub use spammer::Spammer;
pub use sybil::{SybilHead, SybilName};
pub use wash_trader::{WashBuyer, WashSeller};

use super::producer::list;
use super::view::View;
pub use crate::scenario::Adversary;

use super::{Agent, Buyer, Intent, Kind, Notice, Phase, Producer, Valuation};
use crate::units::{Kwh, MicroStx};

impl Adversary {
    /// What it is among the people.
    #[must_use]
    pub const fn kind(self) -> Kind {
        Kind::Other(self.name())
    }

    /// How many act as one: those of a kind form gangs of that size in the
    /// order of their numbers, the last perhaps smaller.
    #[must_use]
    pub const fn gang_size(self) -> u32 {
        match self {
            Self::RefundArbitrageur | Self::WashTrader => 2,
            Self::Sybil => 4,
            Self::ReserveHog => u32::MAX,
            _ => 1,
        }
    }

    /// The roof of the one in that place of its gang, as a factor of a usual
    /// one; 0 for a home without a panel, none for who has no home.
    #[must_use]
    pub const fn roof(self, place: u32) -> Option<f64> {
        match (self, place) {
            (Self::Spammer, _) | (Self::RefundArbitrageur, 0) => None,
            (Self::Sybil, 0) | (Self::ReserveHog, _) => Some(BIG_ROOF),
            (Self::Sybil, _) => None,
            (Self::DustSplitter | Self::DoubleDipper, _) | (Self::WashTrader, 1) => Some(0.0),
            _ => Some(1.0),
        }
    }

    /// One that attacks, beside the life of its home; `purse` is what it has.
    #[must_use]
    pub fn attacker(self, home: Option<Household>, purse: MicroStx) -> Box<dyn Agent> {
        use Household::{Buyer, Producer};
        match (self, home) {
            (Self::RefundArbitrageur, Some(Producer(home))) => Box::new(ColludingSeller::new(home)),
            (Self::RefundArbitrageur, _) => Box::new(RefundArbitrageur::new()),
            (Self::DustSplitter, Some(Buyer(home))) => Box::new(DustSplitter::new(home)),
            (Self::ReserveHog, Some(Producer(home))) => Box::new(ReserveHog::new(home)),
            (Self::Sybil, Some(Producer(home))) => Box::new(SybilHead::new(home)),
            (Self::Sybil, _) => Box::new(SybilName::new()),
            (Self::GhostProducer, Some(Producer(home))) => {
                Box::new(GhostProducer::new(home, purse))
            }
            (Self::DoubleDipper, Some(Buyer(home))) => Box::new(DoubleDipper::new(home)),
            (Self::WashTrader, Some(Producer(home))) => Box::new(WashSeller::new(home)),
            (Self::WashTrader, Some(Buyer(home))) => Box::new(WashBuyer::new(home)),
            (Self::FrontRunner, Some(Producer(home))) => Box::new(FrontRunner::new(home)),
            (Self::Spammer, _) => Box::new(Spammer::new()),
            // No other home goes with a kind: see `roof`.
            (kind, home) => Box::new(Behaved::new(kind, home)),
        }
    }
}

/// The roof of who needs much energy, as a factor of a usual one.
const BIG_ROOF: f64 = 5.0;

/// How a meter reports what a home feeds in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meter {
    /// As it is.
    Honest,
    /// Times a factor above one: the rest does not exist.
    Inflated(f64),
    /// As it is, dealt out in turn to the certified accounts of the gang.
    Shared,
}

/// A home that lives as an honest one.
#[derive(Clone, Debug)]
pub enum Household {
    /// With a panel.
    Producer(Producer),
    /// Without.
    Buyer(Buyer),
}

impl Household {
    fn agent(&mut self) -> &mut dyn Agent {
        match self {
            Self::Producer(producer) => producer,
            Self::Buyer(buyer) => buyer,
        }
    }
}

/// An adversary that does not attack: its home, if it has one, lives as any
/// other. What an attack brings is counted against this.
#[derive(Clone, Debug)]
pub struct Behaved {
    kind: Adversary,
    home: Option<Household>,
}

impl Behaved {
    /// One of that kind, with that home.
    #[must_use]
    pub const fn new(kind: Adversary, home: Option<Household>) -> Self {
        Self { kind, home }
    }
}

impl Agent for Behaved {
    fn kind(&self) -> Kind {
        self.kind.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if let Some(home) = &mut self.home {
            home.agent().decide(view, intents);
        }
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        if let Some(home) = &mut self.home {
            home.agent().learn(notice);
        }
    }

    fn valuation(&self, view: &View<'_>) -> Valuation {
        match &self.home {
            Some(Household::Producer(producer)) => producer.valuation(view),
            Some(Household::Buyer(buyer)) => buyer.valuation(view),
            None => Valuation::default(),
        }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}

/// The price at which a buyer would as soon buy from the utility, commission
/// taken off, in microSTX a kWh.
fn buyers_limit_ustx(view: &View<'_>) -> f64 {
    let spared = view.prices.retail_mean_ustx - view.prices.delivery_ustx;
    spared / (1.0 + view.market.parameters.commission_rate.as_fraction())
}

/// Lists all that is unlisted, as far as both limits allow, at that price.
fn list_what_fits(view: &View<'_>, price_ustx: f64, intents: &mut Vec<Intent>) {
    let parameters = &view.market.parameters;
    let room = parameters.reserve_limit.saturating_sub(view.market.reserve);
    let own = parameters.max_energy_per_user.saturating_sub(view.mine.listed);
    let amount = view.mine.unsold.saturating_sub(view.mine.listed).min(room).min(own);
    if amount > Kwh::ZERO && !parameters.paused {
        intents.push(list(amount, price_ustx));
    }
}

/// Weighs, day by day, an attack that raises one's own price against selling
/// as others do.
#[derive(Clone, Debug, Default, PartialEq)]
struct DayBook {
    poor_days: u32,
}

impl DayBook {
    /// Poor days in a row after which an attack is given up.
    const PATIENCE: u32 = 2;

    /// Weighs the day that ended; `false` once the attack is given up. Call
    /// at midnight, once.
    fn review(&mut self, view: &View<'_>, honest_ustx: f64) -> bool {
        if view.moment.day > 0 {
            let poor = view.gained_ustx <= honest_ustx;
            self.poor_days = if poor { self.poor_days + 1 } else { 0 };
        }
        self.poor_days < Self::PATIENCE
    }
}

/// What selling a day's surplus as others do would have brought, in microSTX.
fn honest_day_ustx(view: &View<'_>) -> f64 {
    let surplus = view.home.map_or(0.0, |home| home.expected_daily_surplus_kwh());
    let margin = (view.market.recent_price_ustx - view.prices.feed_in_ustx).max(0.0);
    surplus * view.market.recent_sold_share * margin
}

/// Whether the day begins with this question.
fn day_begins(view: &View<'_>) -> bool {
    view.phase == Phase::Administration && view.moment.is_midnight()
}
