//! `front-runner`: a producer that watches the mempool. When a purchase from
//! it waits whose buyer would pay more than it asks, it raises its price to
//! just that with a fee that enters first. The highest price that a buyer
//! names is all that stops it, and the network's fees are what it costs.

use super::super::producer::list;
use super::super::view::{Standing, View, Waiting};
use super::super::{Agent, Intent, Kind, Notice, Producer, Valuation};
use super::Adversary;
use crate::market::{Action, Order};
use crate::units::{Kwh, MicroStx, MicroStxPerKwh};

/// Raises its price before a purchase.
#[derive(Clone, Debug)]
pub struct FrontRunner {
    home: Producer,
}

impl FrontRunner {
    /// A front-runner with that home.
    #[must_use]
    pub const fn new(home: Producer) -> Self {
        Self { home }
    }
}

/// The orders of a waiting purchase.
fn orders(waiting: &Waiting) -> &[Order] {
    match &waiting.action {
        Action::BuyEnergyFromUser(order) => std::slice::from_ref(order),
        Action::BuyEnergyFromMany { orders } => orders,
        _ => &[],
    }
}

/// The fee with which `action` enters before a transaction that offers
/// `rate` a thousand bytes.
fn outbid(action: &Action, rate: u128, usual: MicroStx) -> MicroStx {
    let needed = rate * u128::from(action.transaction_bytes()) / 1_000 + 1;
    usual.max(MicroStx::new(needed))
}

impl Agent for FrontRunner {
    fn kind(&self) -> Kind {
        Adversary::FrontRunner.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        self.home.decide(view, intents);
    }

    fn watches(&self) -> bool {
        true
    }

    fn watch(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let asked = view.mine.price;
        if view.mine.standing != Standing::Certified || view.mine.listed.is_zero() {
            return;
        }
        // A new price holds for every order, so each price that somebody named
        // is weighed by all that would still be bought at it.
        let mut prey: Vec<(MicroStxPerKwh, Kwh, u128)> = Vec::new();
        for waiting in view.waiting {
            let mine = orders(waiting).iter().filter(|order| order.seller == view.me);
            prey.extend(mine.map(|order| (order.max_price, order.amount, waiting.rate)));
        }
        let sold = |price: MicroStxPerKwh| -> f64 {
            prey.iter().filter(|(most, ..)| *most >= price).map(|(_, kwh, _)| kwh.as_f64()).sum()
        };
        let worth =
            |price: MicroStxPerKwh| sold(price) * (price.as_f64() - view.prices.feed_in_ustx);
        let best = prey.iter().map(|(most, ..)| *most).filter(|most| *most > asked);
        let Some(best) = best.max_by(|a, b| worth(*a).total_cmp(&worth(*b))) else { return };
        let rate = prey.iter().map(|(_, _, rate)| *rate).max().unwrap_or(0);
        let usual = view.prices.network_fee;
        // The price moves with the next kWh listed; with none left, one is
        // taken back first.
        let amount = Kwh::new(1);
        let parameters = &view.market.parameters;
        let fresh = view.mine.unsold > view.mine.listed
            && view.mine.listed < parameters.max_energy_per_user
            && view.market.reserve < parameters.reserve_limit;
        let mut calls = Vec::new();
        if !fresh {
            calls.push(Action::RemoveEnergyFromSale { amount });
        }
        calls.push(list(amount, best.as_f64()).action);
        let fees: Vec<_> = calls.iter().map(|action| outbid(action, rate, usual)).collect();
        let cost: f64 = fees.iter().map(|fee| fee.as_f64()).sum();
        if worth(best) - worth(asked) > cost {
            let bids = calls.into_iter().zip(fees);
            intents.extend(bids.map(|(action, fee)| Intent { action, fee: Some(fee) }));
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
