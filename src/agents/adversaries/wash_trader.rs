//! `wash-trader`: a seller and a buyer who are one, and trade between them at
//! a price above the market's, so that others take it for what energy is
//! worth. What is paid stays in the gang, but for the commission and the
//! network's fees. They give up after days that brought less than trading as
//! others do.

use super::super::producer::list;
use super::super::view::{Standing, View};
use super::super::{Agent, Buyer, Intent, Kind, Notice, Phase, Producer, Valuation};
use super::{Adversary, DayBook, buyers_limit_ustx, day_begins, honest_day_ustx, list_what_fits};
use crate::market::{Action, Order};
use crate::units::Kwh;

/// How far above the market they trade, as a factor.
const ABOVE: f64 = 1.25;
/// Never nearer to the utility's price than this share of it: nobody would
/// believe it.
const MOST: f64 = 0.97;
/// What the buyer takes at a time beyond its needs, to be seen.
const SHOW: Kwh = Kwh::new(1);

/// The one who sells.
#[derive(Clone, Debug)]
pub struct WashSeller {
    home: Producer,
    book: DayBook,
    washes: bool,
}

impl WashSeller {
    /// A seller with that home.
    #[must_use]
    pub fn new(home: Producer) -> Self {
        Self { home, book: DayBook::default(), washes: true }
    }
}

impl Agent for WashSeller {
    fn kind(&self) -> Kind {
        Adversary::WashTrader.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if self.washes && day_begins(view) {
            self.washes = self.book.review(view, honest_day_ustx(view));
        }
        let certified = view.mine.standing == Standing::Certified;
        if !(self.washes && certified && view.phase == Phase::Offers) {
            return self.home.decide(view, intents);
        }
        let most = MOST * buyers_limit_ustx(view);
        let price = (ABOVE * view.market.recent_price_ustx).min(most);
        let before = intents.len();
        list_what_fits(view, price, intents);
        let listed = view.mine.price.as_f64();
        let moves = (price - listed).abs() > 0.05 * listed && view.moment.is_on_the_hour();
        let may = !view.mine.listed.is_zero() && !view.market.parameters.paused;
        if intents.len() == before && moves && may {
            let amount = Kwh::new(1);
            intents.push(Action::RemoveEnergyFromSale { amount }.into());
            intents.push(list(amount, price));
        }
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        self.home.learn(notice);
    }

    fn valuation(&self, view: &View<'_>) -> Valuation {
        self.home.valuation(view)
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}

/// The one who buys.
#[derive(Clone, Debug)]
pub struct WashBuyer {
    home: Buyer,
}

impl WashBuyer {
    /// A buyer with that home.
    #[must_use]
    pub const fn new(home: Buyer) -> Self {
        Self { home }
    }

    /// Buys of its friend, while the friend asks more than the market pays and
    /// stock lasts less than a day.
    fn wash(view: &View<'_>, intents: &mut Vec<Intent>) -> bool {
        let friend = view.market.offers.iter().find(|offer| view.allies.contains(&offer.seller));
        let (Some(offer), Some(home)) = (friend, &view.home) else { return false };
        let day = home.expected_need_kwh(&view.moment, view.moment.ticks_a_day);
        let above = offer.price.as_f64() > view.market.recent_price_ustx;
        let amount = SHOW.min(offer.amount);
        let washes = above && !amount.is_zero() && view.mine.bought.as_f64() < day;
        if washes && !view.market.parameters.paused {
            let order = Order { seller: offer.seller, amount, max_price: offer.price };
            intents.push(Action::BuyEnergyFromUser(order).into());
        }
        washes
    }
}

impl Agent for WashBuyer {
    fn kind(&self) -> Kind {
        Adversary::WashTrader.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if view.phase == Phase::Purchases && Self::wash(view, intents) {
            return;
        }
        self.home.decide(view, intents);
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        self.home.learn(notice);
    }

    fn valuation(&self, view: &View<'_>) -> Valuation {
        self.home.valuation(view)
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
