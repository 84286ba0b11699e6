//! `spammer`: fills blocks with calls that the contract refuses, so that
//! others wait. It gains nothing: what it does is measured by what others lose
//! for each STX that it spends on fees. It sends more while nobody waits, and
//! gives up where even its most keeps nobody out.

use super::super::view::View;
use super::super::{Agent, Intent, Kind, Phase};
use super::Adversary;
use crate::market::Action;
use crate::units::MicroStx;

/// Calls in a phase at first.
const FIRST: u32 = 8;
/// And at most.
const MOST: u32 = 128;
/// Ticks at its most without anyone waiting before it gives up.
const PATIENCE_TICKS: u32 = 12;
/// Who has waited this long was left out of a tenure.
const LEFT_OUT_S: u64 = 600;
/// What stays in its purse.
const KEEPS: MicroStx = MicroStx::new(1_000_000);

/// Sends what serves nothing.
#[derive(Clone, Debug)]
pub struct Spammer {
    calls: u32,
    idle_ticks: u32,
    left_out: bool,
}

impl Spammer {
    /// One that has not begun.
    #[must_use]
    pub const fn new() -> Self {
        Self { calls: FIRST, idle_ticks: 0, left_out: false }
    }
}

impl Default for Spammer {
    fn default() -> Self {
        Self::new()
    }
}

impl Agent for Spammer {
    fn kind(&self) -> Kind {
        Adversary::Spammer.kind()
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if view.phase == Phase::Administration {
            if self.left_out {
                self.idle_ticks = 0;
            } else if self.calls < MOST {
                self.calls *= 2;
            } else {
                self.idle_ticks += 1;
            }
            self.left_out = false;
        }
        let calls = u64::from(self.calls);
        let cost = MicroStx::new(u128::from(calls) * view.prices.network_fee.get());
        if self.idle_ticks >= PATIENCE_TICKS || view.mine.purse < cost + KEEPS {
            return;
        }
        // Refused with the most reads a byte of all calls: six in 180.
        intents.extend((0..calls).map(|_| Intent::from(Action::AcceptOwner)));
    }

    fn watches(&self) -> bool {
        self.idle_ticks < PATIENCE_TICKS
    }

    fn watch(&mut self, view: &View<'_>, _: &mut Vec<Intent>) {
        let mut others = view.waiting.iter().filter(|waiting| waiting.sender != view.me);
        self.left_out |= others.any(|waiting| waiting.waited_s >= LEFT_OUT_S);
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
