//! `double-dipper`: a home that hands back what it has consumed. It asks for a
//! refund of energy that its meter has settled, which the contract no longer
//! finds; and where a refund pays more than the utility charges, it hands back
//! just before the meter is read and has the utility supply what it used.

use super::super::view::View;
use super::super::{Agent, Buyer, Intent, Kind, Notice, Phase, Valuation};
use super::Adversary;
use crate::market::{Action, Function};
use crate::units::Kwh;

/// Refusals after which it does not ask again.
const TRIES: u32 = 3;

/// Hands back what it consumed.
#[derive(Clone, Debug)]
pub struct DoubleDipper {
    home: Buyer,
    /// What it held before the meter was settled.
    held_before: Kwh,
    refused: u32,
    dips: bool,
}

impl DoubleDipper {
    /// A dipper with that home.
    #[must_use]
    pub const fn new(home: Buyer) -> Self {
        Self { home, held_before: Kwh::ZERO, refused: 0, dips: false }
    }

    /// Asks for what was settled, on top of what is still held.
    fn dip(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let consumed = self.held_before.saturating_sub(view.mine.bought);
        if self.refused < TRIES && !consumed.is_zero() {
            self.dips = true;
            let amount = view.mine.bought + consumed;
            intents.push(Action::RefundEnergy { amount }.into());
        }
    }

    /// Hands back what is used and not yet settled, where the refund beats
    /// buying the same from the utility.
    fn race(view: &View<'_>, intents: &mut Vec<Intent>) {
        let Some(home) = &view.home else { return };
        let parameters = &view.market.parameters;
        let amount = Kwh::floor_from_f64(home.unsettled_kwh + 1.0).min(view.mine.bought);
        let refund = parameters.refund_a_kwh_ustx(view.mine.bought, view.mine.basis);
        if !amount.is_zero() && refund > view.prices.spared_ustx() + view.fee_a_kwh_ustx(amount) {
            intents.push(Action::RefundEnergy { amount }.into());
        }
    }
}

impl Agent for DoubleDipper {
    fn kind(&self) -> Kind {
        Adversary::DoubleDipper.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        match view.phase {
            Phase::Administration => self.dip(view, intents),
            Phase::Refunds => Self::race(view, intents),
            Phase::Settlement => self.held_before = view.mine.bought,
            _ => {}
        }
        self.home.decide(view, intents);
    }

    fn learn(&mut self, notice: &Notice<'_>) {
        if notice.action.function() == Function::RefundEnergy && self.dips {
            self.dips = false;
            self.refused = if notice.is_accepted() { 0 } else { self.refused + 1 };
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
