//! `refund-arbitrageur`: buys below what a refund pays and hands back at once.
//! Alone it lives on offers of others; with a colluding seller, whose purse is
//! as good as its own, the price between the two is a mere formality, and the
//! treasury becomes a buyer of last resort. No home of its own.

use super::super::producer::list;
use super::super::view::{Offer, Standing, View};
use super::super::{Agent, Intent, Kind, Notice, Phase, Producer, Valuation};
use super::{Adversary, list_what_fits};
use crate::market::{Action, ErrorCode, Function, MAX_ORDERS, Order, Parameters};
use crate::scenario::RefundBasis;
use crate::units::{Kwh, MicroStx};

/// Transactions of purchases that it sends at a time.
const BATCHES: usize = 5;
/// Hours to wait after the treasury could not pay.
const DRY_TREASURY_REST_HOURS: f64 = 6.0;

/// What handing back a kWh bought at `price_ustx` pays, in microSTX.
fn refund_ustx(parameters: &Parameters, price_ustx: f64) -> f64 {
    let reference = parameters.energy_price.as_f64();
    let unit = match parameters.refund_basis {
        RefundBasis::ReferencePrice => reference,
        RefundBasis::LowerOfPaid => reference.min(price_ustx),
    };
    unit * parameters.refund_rate.as_fraction()
}

/// Buys and hands back.
#[derive(Clone, Debug, Default)]
pub struct RefundArbitrageur {
    rest_ticks: u32,
}

impl RefundArbitrageur {
    /// One with nothing but a purse.
    #[must_use]
    pub const fn new() -> Self {
        Self { rest_ticks: 0 }
    }

    /// Buys, cheapest first, of `offers` whatever brings more than it costs,
    /// `cost_ustx` saying what a kWh at a price costs, and no more than the
    /// treasury can take back.
    fn buy(
        view: &View<'_>,
        offers: &mut dyn Iterator<Item = Offer>,
        cost_ustx: &dyn Fn(f64) -> f64,
        intents: &mut Vec<Intent>,
    ) {
        let parameters = &view.market.parameters;
        let commission = parameters.commission_rate.as_fraction();
        let mut treasury = view.market.treasury.as_f64();
        let mut purse = view.mine.purse.as_f64() - 10.0 * view.prices.network_fee.as_f64();
        let mut orders = Vec::new();
        for offer in offers {
            let price = offer.price.as_f64();
            let refund = refund_ustx(parameters, price);
            let whole = price * (1.0 + commission) + 1.0;
            let most = (treasury / refund.max(1.0)).min(purse / whole);
            let amount = offer.amount.min(Kwh::floor_from_f64(most.max(0.0)));
            // Both transactions pay the network.
            let fees = 2.0 * view.fee_a_kwh_ustx(amount);
            if amount.is_zero() || refund <= cost_ustx(price) + fees {
                continue;
            }
            treasury -= refund * amount.as_f64();
            purse -= whole * amount.as_f64();
            orders.push(Order { seller: offer.seller, amount, max_price: offer.price });
            if orders.len() == BATCHES * MAX_ORDERS {
                break;
            }
        }
        for batch in orders.chunks(MAX_ORDERS) {
            intents.push(match batch {
                [order] => Action::BuyEnergyFromUser(*order).into(),
                _ => Action::BuyEnergyFromMany { orders: batch.to_vec() }.into(),
            });
        }
    }

    fn hand_back(view: &View<'_>, intents: &mut Vec<Intent>) {
        let amount = view.mine.bought;
        let parameters = &view.market.parameters;
        let refund = parameters.refund_a_kwh_ustx(amount, view.mine.basis);
        let payable = Kwh::floor_from_f64(view.market.treasury.as_f64() / refund.max(1.0));
        let amount = amount.min(payable);
        if !amount.is_zero() && refund > view.fee_a_kwh_ustx(amount) {
            intents.push(Action::RefundEnergy { amount }.into());
        }
    }
}

impl Agent for RefundArbitrageur {
    fn kind(&self) -> Kind {
        Adversary::RefundArbitrageur.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let parameters = &view.market.parameters;
        let commission = parameters.commission_rate.as_fraction();
        let friend = |offer: &Offer| view.allies.contains(&offer.seller);
        match view.phase {
            Phase::Administration => self.rest_ticks = self.rest_ticks.saturating_sub(1),
            _ if self.rest_ticks > 0 || parameters.paused => {}
            Phase::Purchases => {
                let mut offers = view.market.offers.clone();
                offers.retain(|offer| offer.seller != view.me && !friend(offer));
                offers.sort_by_key(|offer| (offer.price, offer.seller));
                let cost = |price: f64| price * (1.0 + commission);
                Self::buy(view, &mut offers.into_iter(), &cost, intents);
            }
            // What honest buyers left of the friend's offer is next: what is
            // paid for it stays in the gang, and only the commission and what
            // the energy is worth elsewhere are lost.
            Phase::Refunds => {
                Self::hand_back(view, intents);
                let offers: Vec<_> = view.market.offers.iter().copied().filter(friend).collect();
                let elsewhere = view.prices.feed_in_ustx;
                let cost = |price: f64| price * commission + elsewhere;
                Self::buy(view, &mut offers.into_iter(), &cost, intents);
            }
            Phase::Settlement => Self::hand_back(view, intents),
            Phase::Offers => {}
        }
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        if notice.rejected(Function::RefundEnergy) == Some(ErrorCode::REFUND_FAILED) {
            self.rest_ticks = (DRY_TREASURY_REST_HOURS / notice.tick_hours).ceil() as u32;
        }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}

/// The friend with a panel: offers at the price that the refund makes the most
/// of, which honest buyers are welcome to pay as well.
#[derive(Clone, Debug)]
pub struct ColludingSeller {
    home: Producer,
}

impl ColludingSeller {
    /// A seller with that home.
    #[must_use]
    pub const fn new(home: Producer) -> Self {
        Self { home }
    }

    /// What the gang asks a kWh, where the refund of it, less the commission
    /// on the way, beats what the market pays and the treasury can bear it.
    fn price_ustx(view: &View<'_>) -> Option<f64> {
        let parameters = &view.market.parameters;
        let reference = parameters.energy_price.as_f64();
        let price = match parameters.refund_basis {
            RefundBasis::ReferencePrice => reference * parameters.refund_rate.as_fraction(),
            RefundBasis::LowerOfPaid => reference,
        };
        let refund = refund_ustx(parameters, price);
        let brings = refund - price * parameters.commission_rate.as_fraction();
        let sold = view.market.recent_sold_share;
        let margin = (view.market.recent_price_ustx - view.prices.feed_in_ustx).max(0.0);
        let market = view.prices.feed_in_ustx + sold * margin;
        let payable = view.market.treasury > MicroStx::nearest_from_stx(refund / 1e6);
        (brings > market && payable).then_some(price)
    }
}

impl Agent for ColludingSeller {
    fn kind(&self) -> Kind {
        Adversary::RefundArbitrageur.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let price = match view.phase {
            Phase::Offers if view.mine.standing == Standing::Certified => Self::price_ustx(view),
            _ => None,
        };
        let Some(price) = price else { return self.home.decide(view, intents) };
        let listed = view.mine.price.as_f64();
        let before = intents.len();
        list_what_fits(view, price, intents);
        let moves = (price - listed).abs() >= 1.0 && !view.mine.listed.is_zero();
        if intents.len() == before && moves && !view.market.parameters.paused {
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
