//! Entry and exit: once a day a participant weighs what the market gave
//! against doing without it, and leaves or comes back. No trading here.

use rand::RngExt;

use super::view::View;
use crate::random::Purpose;

/// What decides on staying.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParticipationTraits {
    /// Whether anyone ever leaves.
    pub enabled: bool,
    /// Days in a row without gain before leaving.
    pub patience_days: u32,
    /// Chance a day that one who left looks again.
    pub return_share_a_day: f64,
}

/// Whether a participant takes part, and the days it has been disappointed.
#[derive(Clone, Debug, PartialEq)]
pub struct Participation {
    traits: ParticipationTraits,
    takes_part: bool,
    days_without_gain: u32,
}

impl Participation {
    /// One who takes part from the start.
    #[must_use]
    pub const fn new(traits: ParticipationTraits) -> Self {
        Self { traits, takes_part: true, days_without_gain: 0 }
    }

    /// Whether it takes part.
    #[must_use]
    pub const fn takes_part(&self) -> bool {
        self.takes_part
    }

    /// Weighs the day that ended; `promising` says whether the market's
    /// recent price would have left a gain. Call at midnight, once.
    pub fn review(&mut self, view: &View<'_>, promising: bool) {
        if !self.traits.enabled || view.moment.day == 0 {
            return;
        }
        if self.takes_part {
            if view.gained_ustx > 0.0 || view.gained_ustx == 0.0 && promising {
                self.days_without_gain = 0;
            } else {
                self.days_without_gain += 1;
            }
            self.takes_part = self.days_without_gain < self.traits.patience_days;
        } else if promising
            && view.whims.stream(Purpose::Entry).random_bool(self.traits.return_share_a_day)
        {
            self.takes_part = true;
            self.days_without_gain = 0;
        }
    }
}
