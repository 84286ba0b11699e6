//! `ghost-producer`: a small roof with a rogue meter, which reports several
//! times what it feeds in. The declaration is honest, so that no application
//! is turned down; only an audit that holds the meter against the roof finds
//! it. While nobody does it grows bolder; once revoked it applies again as
//! long as the last haul was worth the fee.

use super::super::view::{Standing, View};
use super::super::{Agent, Intent, Kind, Notice, Phase, Producer, Valuation};
use super::{Adversary, Meter, day_begins};
use crate::market::Action;
use crate::units::{Kwh, MicroStx};

/// What its meter reports at first, as a factor of the truth.
const FIRST: f64 = 4.0;
/// And at the boldest: a neighbour would notice more.
const BOLDEST: f64 = 32.0;
/// Growing bolder is worth while while less than so many days' reports are left
/// unsold.
const GLUT: f64 = 2.0;

/// Over-reports.
#[derive(Clone, Debug)]
pub struct GhostProducer {
    home: Producer,
    boldness: f64,
    /// The purse as it stood when the certificate came, to weigh the haul by.
    purse_then: MicroStx,
    standing: Standing,
    applied: bool,
}

impl GhostProducer {
    /// A rogue with that home and that purse.
    #[must_use]
    pub const fn new(home: Producer, purse: MicroStx) -> Self {
        Self {
            home,
            boldness: FIRST,
            purse_then: purse,
            standing: Standing::Certified,
            applied: false,
        }
    }

    /// Follows its standing and grows bolder or applies again.
    fn follow(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let standing = view.mine.standing;
        if standing == Standing::Certified && self.standing != standing {
            self.purse_then = view.mine.purse;
            self.boldness = FIRST;
            self.applied = false;
        }
        self.standing = standing;
        let Some(home) = &view.home else { return };
        if standing == Standing::Certified && day_begins(view) {
            let reported = self.boldness * home.expected_daily_surplus_kwh();
            if view.moment.day > 0 && view.mine.unsold.as_f64() < GLUT * reported {
                self.boldness = (2.0 * self.boldness).min(BOLDEST);
            }
        }
        if standing == Standing::Revoked && !self.applied {
            let fee = view.market.parameters.certification_fee + view.prices.network_fee;
            let haul = view.mine.purse.saturating_sub(self.purse_then);
            self.applied = true;
            if haul > fee {
                let energy_amount = Kwh::floor_from_f64(home.monthly_make_kwh);
                let energy_source = "solar".to_owned();
                intents.push(Action::ApplyForCertification { energy_amount, energy_source }.into());
            }
        }
    }
}

impl Agent for GhostProducer {
    fn kind(&self) -> Kind {
        Adversary::GhostProducer.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if view.phase == Phase::Administration {
            self.follow(view, intents);
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
        Meter::Inflated(self.boldness)
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
