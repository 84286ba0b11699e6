//! A home with a panel: gets certified where that pays, offers its surplus,
//! and buys like anyone else when it is short.

use super::asking::Asking;
use super::buying::Buying;
use super::participation::{Participation, ParticipationTraits};
use super::view::{Home, Standing, View};
use super::{Agent, Intent, Kind, Notice, Phase, Valuation};
use crate::market::{Action, ErrorCode, Function};
use crate::units::{Kwh, MicroStxPerKwh};

/// What decides on selling and on certification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProducerTraits {
    /// Days over which the gain of a certification is counted.
    pub horizon_days: f64,
    /// What it declares over what its panel makes, as a factor: about one for
    /// the honest.
    pub declares: f64,
    /// Least energy worth a transaction of its own.
    pub lot: Kwh,
    /// What a sale must bring beyond the feed-in tariff, as a share of it, for
    /// selling to be worth the bother.
    pub required_gain: f64,
}

/// A listed price is changed when the wished one differs by this share.
const PRICE_TOLERANCE: f64 = 0.02;
/// Hours after which less than a lot is listed all the same.
const LOT_WAIT_HOURS: f64 = 2.0;
/// Hours to wait after the reserve turned an offer away.
const FULL_RESERVE_REST_HOURS: f64 = 2.0;
/// Share of its surplus that a newcomer expects to sell before it has seen
/// the market.
const LEAST_SOLD_SHARE: f64 = 0.1;

/// A home with a panel.
#[derive(Clone, Debug)]
pub struct Producer {
    traits: ProducerTraits,
    asking: Asking,
    buying: Buying,
    participation: Participation,
    applied: bool,
    /// Turned away for good under the present rules.
    barred: bool,
    rest_ticks: u32,
    /// Ticks since something was listed.
    unlisted_ticks: u32,
    listed_before: Kwh,
}

impl Producer {
    /// A producer with these traits and this way of asking.
    #[must_use]
    pub const fn new(
        traits: ProducerTraits,
        asking: Asking,
        buying: Buying,
        participation: ParticipationTraits,
    ) -> Self {
        Self {
            traits,
            asking,
            buying,
            participation: Participation::new(participation),
            applied: false,
            barred: false,
            rest_ticks: 0,
            unlisted_ticks: 0,
            listed_before: Kwh::ZERO,
        }
    }

    /// The least it takes a kWh: the feed-in tariff that it forgoes, what it
    /// wants beyond that, and the network's fee.
    fn least_ustx(&self, view: &View<'_>) -> f64 {
        view.prices.feed_in_ustx * (1.0 + self.traits.required_gain)
            + view.fee_a_kwh_ustx(self.traits.lot)
    }

    /// What it declares to the certifiers, in whole kWh a month.
    fn declaration(&self, home: &Home<'_>) -> Kwh {
        Kwh::floor_from_f64(home.monthly_make_kwh * self.traits.declares)
    }

    /// Applies where the gain over the horizon beats the fee.
    fn apply(&mut self, view: &View<'_>, home: &Home<'_>, intents: &mut Vec<Intent>) {
        // Whoever was turned down or revoked does not try again: an honest
        // roof would have passed.
        if self.applied || self.barred || view.mine.standing != Standing::None {
            return;
        }
        let margin = view.market.recent_price_ustx - self.least_ustx(view);
        let sold = view.market.recent_sold_share.max(LEAST_SOLD_SHARE);
        let gain = margin * home.expected_daily_surplus_kwh() * sold * self.traits.horizon_days;
        let fees = view.market.parameters.certification_fee + view.prices.network_fee;
        if gain > fees.as_f64() && view.mine.purse > fees {
            self.applied = true;
            let energy_amount = self.declaration(home);
            let energy_source = "solar".to_owned();
            intents.push(Action::ApplyForCertification { energy_amount, energy_source }.into());
        }
    }

    /// Lists new energy, or all of it anew at another price.
    fn offer(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if self.rest_ticks > 0 {
            self.rest_ticks -= 1;
            return;
        }
        let parameters = &view.market.parameters;
        let sold = view.mine.listed < self.listed_before;
        self.listed_before = view.mine.listed;
        let price = self.asking.price_ustx(view, self.least_ustx(view), sold);
        let cap = parameters.max_energy_per_user.saturating_sub(view.mine.listed);
        let fresh = view.mine.unsold.saturating_sub(view.mine.listed).min(cap);
        let waited = f64::from(self.unlisted_ticks) * view.moment.tick_hours() >= LOT_WAIT_HOURS;
        self.unlisted_ticks += 1;
        let worth_it = fresh >= self.traits.lot || (waited && !fresh.is_zero());
        if worth_it && !parameters.paused {
            self.unlisted_ticks = 0;
            intents.push(list(fresh, price));
            return;
        }
        // The price applies to all that is listed: it moves with the next
        // kWh listed, or by taking one back and listing it anew. Each change
        // pays a fee, so it is thought over once an hour.
        let listed = view.mine.price.as_f64();
        let moved = self.asking.follows_the_market()
            && view.moment.is_on_the_hour()
            && (price - listed).abs() > PRICE_TOLERANCE * listed;
        if moved && !view.mine.listed.is_zero() && !parameters.paused {
            if fresh.is_zero() {
                let amount = Kwh::new(1);
                intents.push(Action::RemoveEnergyFromSale { amount }.into());
            }
            intents.push(list(Kwh::new(1), price));
        }
    }
}

fn certified(view: &View<'_>) -> bool {
    view.mine.standing == Standing::Certified
}

/// A listing at the nearest whole price.
pub(super) fn list(amount: Kwh, price_ustx: f64) -> Intent {
    let price = MicroStxPerKwh::nearest_from_f64(price_ustx).max(MicroStxPerKwh::new(1));
    Action::AddEnergyForSale { amount, price }.into()
}

impl Agent for Producer {
    fn kind(&self) -> Kind {
        Kind::Producer
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let Some(home) = &view.home else { return };
        match view.phase {
            Phase::Administration if view.moment.is_midnight() => {
                let promising = view.market.recent_price_ustx > self.least_ustx(view);
                self.participation.review(view, promising);
            }
            Phase::Offers if !self.participation.takes_part() => {
                let amount = view.mine.listed;
                let listed = (!amount.is_zero()).then_some(amount);
                intents.extend(listed.map(|amount| Action::RemoveEnergyFromSale { amount }.into()));
            }
            Phase::Offers if certified(view) => self.offer(view, intents),
            Phase::Offers => self.apply(view, home, intents),
            Phase::Purchases if self.participation.takes_part() => {
                self.buying.buy(view, home, intents);
            }
            Phase::Refunds if self.participation.takes_part() => {
                self.buying.hand_back(view, home, intents);
            }
            Phase::Refunds => Buying::clear_out(view, intents),
            _ => {}
        }
    }

    fn acts_in(&self, phase: Phase) -> bool {
        matches!(phase, Phase::Offers | Phase::Purchases | Phase::Refunds)
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        self.buying.learn(notice);
        match notice.action.function() {
            Function::AddEnergyForSale => {
                let code = notice.rejected(Function::AddEnergyForSale);
                if code == Some(ErrorCode::RESERVE_LIMIT_EXCEEDED) {
                    self.rest_ticks = (FULL_RESERVE_REST_HOURS / notice.tick_hours) as u32;
                }
            }
            Function::ApplyForCertification if !notice.is_accepted() => {
                self.applied = false;
                // Out of bounds stays out of bounds; anything else may pass.
                let code = notice.rejected(Function::ApplyForCertification);
                self.barred = code == Some(ErrorCode::CERTIFICATION_INVALID_AMOUNT);
            }
            _ => {}
        }
    }

    fn valuation(&self, view: &View<'_>) -> Valuation {
        Valuation {
            sells_from_ustx: certified(view).then(|| self.least_ustx(view)),
            buys_up_to_ustx: Some(self.buying.limit_ustx(view)),
        }
    }

    fn takes_part(&self) -> bool {
        self.participation.takes_part()
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
