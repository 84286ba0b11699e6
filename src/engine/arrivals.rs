//! What people meant to send, and the same sent again at a rate: an open load.
//! Transactions arrive whatever becomes of those before; nobody is asked anew.

use rand::RngExt;

use crate::market::{Account, Action};
use crate::random::{Purpose, Stream, stream};
use crate::units::MicroStx;

/// A transaction that somebody meant to send.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    pub(super) sender: Account,
    pub(super) fee: MicroStx,
    pub(super) action: Action,
}

/// What the people of a run meant to send, in order.
#[derive(Clone, Debug, Default)]
pub struct Tape(pub(super) Vec<Meant>);

impl Tape {
    /// How many transactions are on it.
    #[must_use]
    pub fn transactions(&self) -> usize {
        self.0.len()
    }
}

/// A tape that is sent at a rate, at moments as random as those of many people
/// who know nothing of each other (a Poisson process).
#[derive(Clone, Debug)]
pub struct Arrivals<'t> {
    tape: &'t Tape,
    sent: usize,
    mean_gap_s: f64,
    next_s: f64,
    gaps: Stream,
}

impl<'t> Arrivals<'t> {
    /// `tape`, sent at `an_hour` transactions an hour on average; the moments
    /// are those of `seed`.
    #[must_use]
    pub fn new(tape: &'t Tape, an_hour: u32, seed: u64) -> Self {
        let mean_gap_s = 3_600.0 / f64::from(an_hour.max(1));
        let gaps = stream(seed, Purpose::Arrivals, 0);
        let mut arrivals = Self { tape, sent: 0, mean_gap_s, next_s: 0.0, gaps };
        arrivals.next_s = arrivals.gap_s();
        arrivals
    }

    fn gap_s(&mut self) -> f64 {
        // 1 − u is above 0, so that the logarithm is finite.
        -libm::log(1.0 - self.gaps.random_range(0.0..1.0)) * self.mean_gap_s
    }

    /// The next transaction meant to be sent by `second`, and its second.
    pub(super) fn due(&mut self, second: u64) -> Option<(&'t Meant, u64)> {
        let meant = self.tape.0.get(self.sent).filter(|_| self.next_s <= second as f64)?;
        let meant_s = self.next_s as u64;
        self.sent += 1;
        self.next_s += self.gap_s();
        Some((meant, meant_s))
    }

    /// Whether all was sent.
    pub(super) const fn is_over(&self) -> bool {
        self.sent >= self.tape.0.len()
    }
}
