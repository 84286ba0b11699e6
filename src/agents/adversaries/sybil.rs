//! `sybil`: one big roof behind several names. Where the per-user maximum
//! holds its owner back, the names apply for certification and the meter's
//! readings are dealt out among those that got it. A name has no roof: whoever
//! inspects it finds nothing.

use super::super::producer::list;
use super::super::view::{Standing, View};
use super::super::{Agent, Intent, Kind, Notice, Phase, Producer, Valuation};
use super::{Adversary, Meter, list_what_fits};
use crate::market::Action;
use crate::units::Kwh;

/// Share of the maximum from which a listing is held back by it.
const HELD_BACK: f64 = 0.9;
/// Applications of one name, at most.
const TRIES: u32 = 3;
/// Days over which a certificate is to pay for itself.
const HORIZON_DAYS: f64 = 30.0;

/// The owner of the roof.
#[derive(Clone, Debug)]
pub struct SybilHead {
    home: Producer,
    held_back: bool,
}

impl SybilHead {
    /// The owner of that home.
    #[must_use]
    pub const fn new(home: Producer) -> Self {
        Self { home, held_back: false }
    }
}

/// Whether what an account lists is up against the per-user maximum.
fn at_limit(view: &View<'_>, listed: Kwh) -> bool {
    listed.as_f64() >= HELD_BACK * view.market.parameters.max_energy_per_user.as_f64()
}

impl Agent for SybilHead {
    fn kind(&self) -> Kind {
        Adversary::Sybil.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if view.phase == Phase::Administration {
            self.held_back = at_limit(view, view.mine.unsold);
        }
        self.home.decide(view, intents);
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        self.home.learn(notice);
    }

    fn valuation(&self, view: &View<'_>) -> Valuation {
        self.home.valuation(view)
    }

    fn meter(&self) -> Meter {
        if self.held_back { Meter::Shared } else { Meter::Honest }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}

/// A name without a roof.
#[derive(Clone, Debug, Default)]
pub struct SybilName {
    tries: u32,
    waits: bool,
}

impl SybilName {
    /// A name that is not certified.
    #[must_use]
    pub const fn new() -> Self {
        Self { tries: 0, waits: false }
    }

    /// Applies where the owner is held back and the room would pay.
    fn apply(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let parameters = &view.market.parameters;
        let head = view.market.offers.iter().find(|offer| view.allies.contains(&offer.seller));
        let held_back = head.is_some_and(|offer| at_limit(view, offer.amount));
        let margin = view.market.recent_price_ustx - view.prices.feed_in_ustx;
        let more = parameters.max_energy_per_user.as_f64() * view.market.recent_sold_share;
        let fees = parameters.certification_fee + view.prices.network_fee;
        let pays = margin * more * HORIZON_DAYS > fees.as_f64();
        let may = self.tries < TRIES && !self.waits && view.mine.purse > fees;
        if may && held_back && pays {
            self.tries += 1;
            self.waits = true;
            let energy_amount = parameters.minimum_production;
            let energy_source = "solar".to_owned();
            intents.push(Action::ApplyForCertification { energy_amount, energy_source }.into());
        }
    }
}

impl Agent for SybilName {
    fn kind(&self) -> Kind {
        Adversary::Sybil.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        match (view.phase, view.mine.standing) {
            (Phase::Administration, Standing::Rejected | Standing::Revoked) => self.waits = false,
            (Phase::Offers, Standing::Certified) => {
                // The gang asks one price: what its owner's roof is offered at.
                let friends = view.market.offers.iter();
                let price = friends
                    .filter(|offer| view.allies.contains(&offer.seller))
                    .map(|offer| offer.price)
                    .min()
                    .map_or(view.market.recent_price_ustx, |price| price.as_f64())
                    .max(view.prices.feed_in_ustx);
                let before = intents.len();
                list_what_fits(view, price, intents);
                let listed = view.mine.price.as_f64();
                let moves = price < 0.98 * listed && view.moment.is_on_the_hour();
                if intents.len() == before && moves && !view.mine.listed.is_zero() {
                    let amount = Kwh::new(1);
                    intents.push(Action::RemoveEnergyFromSale { amount }.into());
                    intents.push(list(amount, price));
                }
            }
            (Phase::Offers, Standing::Applied) => {}
            (Phase::Offers, _) => self.apply(view, intents),
            _ => {}
        }
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        if matches!(notice.action, Action::ApplyForCertification { .. }) && !notice.is_accepted() {
            self.waits = false;
        }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
