//! A home without a panel: buys ahead from its neighbours, hands back what it
//! will not use, stays while that pays.

use super::buying::Buying;
use super::participation::{Participation, ParticipationTraits};
use super::view::View;
use super::{Agent, Intent, Kind, Notice, Phase, Valuation};

/// A home without a panel.
#[derive(Clone, Debug)]
pub struct Buyer {
    buying: Buying,
    participation: Participation,
}

impl Buyer {
    /// A buyer with these traits.
    #[must_use]
    pub const fn new(buying: Buying, participation: ParticipationTraits) -> Self {
        Self { buying, participation: Participation::new(participation) }
    }
}

impl Agent for Buyer {
    fn kind(&self) -> Kind {
        Kind::Buyer
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let Some(home) = &view.home else { return };
        match view.phase {
            Phase::Administration if view.moment.is_midnight() => {
                let commission = view.market.parameters.commission_rate.as_fraction();
                let price = view.market.recent_price_ustx * (1.0 + commission);
                self.participation.review(view, price < self.buying.limit_ustx(view));
            }
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
        matches!(phase, Phase::Purchases | Phase::Refunds)
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        self.buying.learn(notice);
    }

    fn valuation(&self, view: &View<'_>) -> Valuation {
        Valuation { sells_from_ustx: None, buys_up_to_ustx: Some(self.buying.limit_ustx(view)) }
    }

    fn takes_part(&self) -> bool {
        self.participation.takes_part()
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
