//! `dust-splitter`: a home that buys each kWh in an order of its own, hoping
//! that the commission on so little rounds to nothing. It compares what left
//! its purse with what one order would have cost, and gives up after a few
//! tries that saved nothing.

use super::super::view::View;
use super::super::{Agent, Buyer, Intent, Kind, Notice, Phase, Valuation};
use super::Adversary;
use crate::market::{Action, MAX_ORDERS, Order};
use crate::units::{Kwh, MicroStx};

/// Tries without a saving before it gives up.
const TRIES: u32 = 3;

/// Splits purchases into dust.
#[derive(Clone, Debug)]
pub struct DustSplitter {
    home: Buyer,
    failed: u32,
    /// The purse before a try, and what the try would have cost unsplit.
    open: Option<(MicroStx, f64)>,
    accepted: bool,
}

impl DustSplitter {
    /// A splitter with that home.
    #[must_use]
    pub const fn new(home: Buyer) -> Self {
        Self { home, failed: 0, open: None, accepted: false }
    }

    /// Looks at what the last try cost.
    fn weigh(&mut self, view: &View<'_>) {
        let Some((before, whole_ustx)) = self.open.take() else { return };
        let spent = before.saturating_sub(view.mine.purse).as_f64();
        let saved = self.accepted && spent < whole_ustx;
        self.failed = if saved { 0 } else { self.failed + 1 };
        self.accepted = false;
    }

    /// The orders of a purchase in pieces of one kWh; none for anything else.
    fn dust(intent: &Intent) -> Option<Vec<Order>> {
        let whole = match &intent.action {
            Action::BuyEnergyFromUser(order) => vec![*order],
            Action::BuyEnergyFromMany { orders } => orders.clone(),
            _ => return None,
        };
        let pieces = whole.iter().flat_map(|order| {
            let count = usize::try_from(order.amount.get()).unwrap_or(usize::MAX);
            std::iter::repeat_n(Order { amount: Kwh::new(1), ..*order }, count.min(MAX_ORDERS))
        });
        Some(pieces.take(MAX_ORDERS).collect())
    }
}

impl Agent for DustSplitter {
    fn kind(&self) -> Kind {
        Adversary::DustSplitter.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if view.phase == Phase::Refunds {
            self.weigh(view);
        }
        let mut own = Vec::new();
        self.home.decide(view, &mut own);
        for intent in own {
            match Self::dust(&intent) {
                Some(pieces) if self.failed < TRIES && pieces.len() > 1 => {
                    // What the same kWh cost in one order, at the prices seen.
                    let rate = view.market.parameters.commission_rate.as_fraction();
                    let seen = |order: &Order| {
                        let offers = &mut view.market.offers.iter();
                        let offer = offers.find(|offer| offer.seller == order.seller);
                        offer.map_or(order.max_price, |offer| offer.price).as_f64()
                    };
                    let cost: f64 = pieces.iter().map(seen).sum();
                    let whole = cost * (1.0 + rate) + view.prices.network_fee.as_f64();
                    self.open = Some((view.mine.purse, whole));
                    intents.push(Action::BuyEnergyFromMany { orders: pieces }.into());
                }
                _ => intents.push(intent),
            }
        }
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        if matches!(notice.action, Action::BuyEnergyFromMany { .. }) {
            self.accepted = notice.is_accepted();
        }
        self.home.learn(notice);
    }

    fn valuation(&self, view: &View<'_>) -> Valuation {
        self.home.valuation(view)
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
