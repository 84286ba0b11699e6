//! An open load: transactions that arrive at a rate of their own, whatever
//! becomes of those before. What arrives is what the people of a market meant
//! to send while nothing made them wait, in that order; nobody is asked anew.

use rand::RngExt;

use super::ask::FAST_BLOCK_SECONDS;
use super::observe;
use super::tally::TickFlows;
use super::world::{RunError, World};
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
    fn due(&mut self, second: u64) -> Option<(&'t Meant, u64)> {
        let meant = self.tape.0.get(self.sent).filter(|_| self.next_s <= second as f64)?;
        let meant_s = self.next_s as u64;
        self.sent += 1;
        self.next_s += self.gap_s();
        Some((meant, meant_s))
    }

    /// Whether all was sent.
    const fn is_over(&self) -> bool {
        self.sent >= self.tape.0.len()
    }
}

impl World<'_> {
    /// Writes down from now on what people mean to send.
    pub fn keep_tape(&mut self) {
        self.tape = Some(Tape::default());
    }

    /// What they meant to send since; nothing where nothing was written down.
    pub fn take_tape(&mut self) -> Tape {
        self.tape.take().unwrap_or_default()
    }

    /// Lets a tick pass in which transactions arrive as `arrivals` say and
    /// nobody decides anything; `false`, and no tick, when the run or the tape
    /// is over.
    ///
    /// # Errors
    /// Where the chain fails or a rule that must always hold is broken.
    pub fn play(&mut self, arrivals: &mut Arrivals<'_>) -> Result<bool, RunError> {
        if arrivals.is_over() || self.next_tick >= self.prepared.scenario.time.ticks() {
            return Ok(false);
        }
        self.open_window_when_due();
        let moment = self.moment();
        self.flows = TickFlows::default();
        let prices = self.prepared.prices(moment.hour() as u32);
        let start = self.now_s();
        let end = start + u64::from(self.prepared.scenario.time.tick_minutes) * 60;
        for second in (start..end).step_by(FAST_BLOCK_SECONDS) {
            self.reach(second, &prices)?;
            while let Some((Meant { sender, fee, action }, meant_s)) = arrivals.due(second) {
                self.mempool.submit(*sender, *fee, action.clone(), meant_s);
            }
            self.include(second, &prices)?;
        }
        self.drop_stale(&moment);
        self.check()?;
        self.close_limits();
        let row = observe::tick_row(self, &moment, &prices);
        self.rows.push(row);
        self.next_tick += 1;
        Ok(true)
    }
}
