//! How a home that is short of power buys ahead, and hands back what it will
//! not use. Shared by buyers and by producers at night; no listing.

use rand::RngExt;

use super::view::{Home, View};
use super::{Intent, Notice};
use crate::market::{Action, Function, MAX_ORDERS, Order};
use crate::random::{Normals, Purpose};
use crate::units::{Kwh, MicroStx, MicroStxPerKwh};

/// What decides on buying.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuyingTraits {
    /// Offers looked at before choosing.
    pub offers_seen: usize,
    /// Error of a forecast: standard deviation of the logarithm of forecast
    /// over use.
    pub forecast_error_sd: f64,
    /// Hours bought ahead.
    pub ahead_hours: f64,
    /// What energy kept for a day is worth tomorrow, as a fraction: below one
    /// for whoever would rather have the money.
    pub patience: f64,
    /// How far above the price that was seen an order may be filled, as a
    /// fraction: sellers may move while a transaction waits.
    pub slippage: f64,
    /// What a purchase must save, as a share of the retail tariff, for buying
    /// to be worth the bother; below zero for whoever pays more for local
    /// energy.
    pub required_saving: f64,
}

/// A purchase is due when the stock lasts less than this share of the hours
/// bought ahead.
const REORDER_SHARE: f64 = 0.5;
/// Added before whole kWh are taken: half a kWh more or less is all the same.
const ROUND_UP_FROM: f64 = 0.5;
/// Mean hours of rest after nothing was found.
const REST_HOURS: f64 = 2.0;

/// A home's way of buying.
#[derive(Clone, Debug, PartialEq)]
pub struct Buying {
    traits: BuyingTraits,
    /// Ticks to wait after a purchase found nothing.
    rest_ticks: u32,
}

impl Buying {
    /// A buyer with these traits.
    #[must_use]
    pub const fn new(traits: BuyingTraits) -> Self {
        Self { traits, rest_ticks: 0 }
    }

    /// The most that it pays a kWh, commission and fee included, in microSTX:
    /// the retail tariff that the energy replaces, less what the home wants to
    /// save and what delivery costs.
    #[must_use]
    pub fn limit_ustx(&self, view: &View<'_>) -> f64 {
        // Energy bought now is used over the next hours, at that tariff.
        let retail = 0.5 * (view.prices.retail_ustx + view.prices.retail_mean_ustx);
        retail * (1.0 - self.traits.required_saving) - view.prices.delivery_ustx
    }

    /// What the home thinks that it will need over the next `hours`, less
    /// what it holds, in kWh.
    fn short_kwh(&self, view: &View<'_>, home: &Home<'_>, hours: f64, optimism: f64) -> f64 {
        let ticks = (hours / view.moment.tick_hours()).ceil() as u32;
        let expected = home.expected_need_kwh(&view.moment, ticks);
        expected * optimism + home.unsettled_kwh - view.mine.bought.as_f64()
    }

    /// What the forecast makes of the need, as a factor: the same for all that
    /// is reckoned at a time.
    fn forecast(&self, view: &View<'_>) -> f64 {
        let draw = Normals::new(view.whims.stream(Purpose::Forecast)).draw();
        libm::exp(self.traits.forecast_error_sd * draw)
    }

    /// Once stock runs low, orders for the hours bought ahead: the cheapest of
    /// the offers looked at first, as long as each beats the utility and the
    /// purse lasts.
    pub fn buy(&mut self, view: &View<'_>, home: &Home<'_>, intents: &mut Vec<Intent>) {
        if self.rest_ticks > 0 {
            self.rest_ticks -= 1;
            return;
        }
        // Each purchase pays a network fee, so it waits until half of the
        // stock is gone, and then fills it up.
        let forecast = self.forecast(view);
        let ahead = self.traits.ahead_hours;
        if self.short_kwh(view, home, REORDER_SHARE * ahead, forecast) <= 0.0 {
            return;
        }
        let wanted_kwh = self.short_kwh(view, home, ahead, forecast);
        let mut wanted = Kwh::floor_from_f64(wanted_kwh.max(0.0) + ROUND_UP_FROM);
        if wanted.is_zero() || view.market.parameters.paused {
            return;
        }
        let mut rng = view.whims.stream(Purpose::Search);
        let seen = view.market.look_at(self.traits.offers_seen, view.me, &mut rng);
        let commission = view.market.parameters.commission_rate;
        let limit = self.limit_ustx(view);
        let fee = view.fee_a_kwh_ustx(wanted);
        let mut purse = view.mine.purse.saturating_sub(view.prices.network_fee);
        let mut orders = Vec::new();
        for offer in seen {
            let total = offer.price.as_f64() * (1.0 + commission.as_fraction()) + fee;
            if total > limit || wanted.is_zero() || orders.len() == MAX_ORDERS {
                break;
            }
            let amount = wanted.min(offer.amount).min(affordable(purse, offer.price, commission));
            if amount.is_zero() {
                break;
            }
            let max_price = offer.price.as_f64() * (1.0 + self.traits.slippage);
            orders.push(Order {
                seller: offer.seller,
                amount,
                max_price: MicroStxPerKwh::nearest_from_f64(max_price),
            });
            wanted -= amount;
            purse = purse.saturating_sub(cost(amount, offer.price, commission));
        }
        match orders.as_slice() {
            [] => {
                // Nothing fits: look again in two hours or so.
                let rest = (2.0 * REST_HOURS / view.moment.tick_hours()) as u32;
                self.rest_ticks = rng.random_range(0..=rest);
            }
            [order] => intents.push(Action::BuyEnergyFromUser(*order).into()),
            _ => intents.push(Action::BuyEnergyFromMany { orders }.into()),
        }
    }

    /// Hands back what will not be used before tomorrow at this hour, where
    /// the refund beats keeping it.
    pub fn hand_back(&self, view: &View<'_>, home: &Home<'_>, intents: &mut Vec<Intent>) {
        let held = view.mine.bought.as_f64();
        if held < 1.0 {
            return;
        }
        let day = home.expected_need_kwh(&view.moment, view.moment.ticks_a_day);
        let ahead = (self.traits.ahead_hours / view.moment.tick_hours()).ceil() as u32;
        let soon = home.expected_need_kwh(&view.moment, ahead) + home.unsettled_kwh;
        let excess = Kwh::floor_from_f64(held - soon);
        if excess.is_zero() || day <= 0.0 {
            return;
        }
        // The excess will be used after `soon`; it then replaces a purchase.
        let days_kept = (held / day).max(0.0);
        let commission = view.market.parameters.commission_rate.as_fraction();
        let anew = view.market.recent_price_ustx * (1.0 + commission);
        let worth = anew * libm::pow(self.traits.patience, days_kept);
        let refund = view.market.parameters.refund_a_kwh_ustx(view.mine.bought, view.mine.basis)
            - view.fee_a_kwh_ustx(excess);
        if refund > worth {
            intents.push(Action::RefundEnergy { amount: excess }.into());
        }
    }

    /// Hands back all that is held: for whoever leaves.
    pub fn clear_out(view: &View<'_>, intents: &mut Vec<Intent>) {
        let refund = view.market.parameters.refund_a_kwh_ustx(view.mine.bought, view.mine.basis);
        if !view.mine.bought.is_zero() && refund > view.fee_a_kwh_ustx(view.mine.bought) {
            intents.push(Action::RefundEnergy { amount: view.mine.bought }.into());
        }
    }

    /// After a purchase that failed, rests for a tick.
    pub fn learn(&mut self, notice: &Notice<'_>) {
        let buys = [Function::BuyEnergyFromUser, Function::BuyEnergyFromMany];
        if buys.contains(&notice.action.function()) && !notice.is_accepted() {
            self.rest_ticks = 1;
        }
    }
}

/// What `amount` costs the buyer, commission included.
fn cost(amount: Kwh, price: MicroStxPerKwh, commission: crate::units::BasisPoints) -> MicroStx {
    let energy = price.times(amount).unwrap_or(MicroStx::MAX);
    let on_top = energy.share_rounded_up(commission).unwrap_or(MicroStx::ZERO);
    energy.checked_add(on_top).unwrap_or(MicroStx::MAX)
}

/// The energy that `purse` pays for.
fn affordable(
    purse: MicroStx,
    price: MicroStxPerKwh,
    commission: crate::units::BasisPoints,
) -> Kwh {
    let one = cost(Kwh::new(1), price, commission).get().max(1);
    Kwh::new(purse.get() / one)
}
