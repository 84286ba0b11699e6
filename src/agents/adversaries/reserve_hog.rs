//! `reserve-hog`: a big roof that lists all it has, as early as it can and at
//! a price just below the utility's, so that the reserve is full when others
//! come. Where they are turned away, buyers are left with its price. It gives
//! up after days that brought less than selling as others do.

use super::super::view::{Standing, View};
use super::super::{Agent, Intent, Kind, Notice, Phase, Producer, Valuation};
use super::{Adversary, DayBook, buyers_limit_ustx, day_begins, honest_day_ustx, list_what_fits};

/// What it asks, as a share of the price at which buyers turn to the utility.
const ASKS: f64 = 0.95;

/// Fills the reserve.
#[derive(Clone, Debug)]
pub struct ReserveHog {
    home: Producer,
    book: DayBook,
    hogs: bool,
}

impl ReserveHog {
    /// A hog with that home.
    #[must_use]
    pub fn new(home: Producer) -> Self {
        Self { home, book: DayBook::default(), hogs: true }
    }
}

impl Agent for ReserveHog {
    fn kind(&self) -> Kind {
        Adversary::ReserveHog.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if self.hogs && day_begins(view) {
            self.hogs = self.book.review(view, honest_day_ustx(view));
        }
        let attacks = self.hogs && view.mine.standing == Standing::Certified;
        if attacks && view.phase != Phase::Purchases {
            // Room that a purchase freed is taken at once, before the others'
            // next turn.
            list_what_fits(view, ASKS * buyers_limit_ustx(view), intents);
        }
        if !(attacks && view.phase == Phase::Offers) {
            self.home.decide(view, intents);
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
