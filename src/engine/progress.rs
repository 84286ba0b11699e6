//! How far a tick has come: which phase goes on, and which of its blocks are done.
//! Held between two blocks, so that a run can be stopped, copied and looked at
//! there.

use crate::agents::{Moment, Prices, Work};
use crate::market::Reading;

/// A tick that goes on.
#[derive(Clone)]
pub(super) struct TickProgress {
    pub(super) moment: Moment,
    pub(super) prices: Prices,
    pub(super) on_the_hour: bool,
    /// Verified production to be reported in this tick.
    pub(super) production: Vec<Reading>,
    /// The place of the phase that goes on or comes next.
    pub(super) phase: usize,
    /// The phase that goes on; none between two.
    pub(super) round: Option<Round>,
}

/// A phase that goes on: who is asked, in which order, and who already was.
#[derive(Clone)]
pub(super) struct Round {
    pub(super) works: Vec<Work>,
    pub(super) order: Vec<usize>,
    /// How many of the order are asked within one block.
    pub(super) a_block: usize,
    /// Blocks done.
    pub(super) blocks: usize,
    /// Second, since the start of the run, at which it began.
    pub(super) second: u64,
}
