//! The measuring window: the time that every measure and table of a run counts.
//! It opens once, at the start of a tick, and stays open to the end. What came
//! before is kept for comparison and changes nothing of what happens after: nobody
//! in the market can see the window.

use super::books::Totals;
use super::person::Statement;
use super::record::TickRow;
use crate::units::MicroStx;

/// From where on a run is measured, and what had come about before.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    /// The tick at whose start it opens.
    from: u32,
    /// The place of its first row among the rows of ticks.
    row: usize,
    /// The market's sums before it.
    totals: Totals,
    /// What everyone's run had come to before it, by place among the people;
    /// empty where it is open from the first tick.
    before: Vec<Before>,
}

/// What a participant's run had come to when the window opened.
#[derive(Clone, Debug)]
pub(super) struct Before {
    pub(super) statement: Statement,
    pub(super) purse: MicroStx,
    /// What the energy that it held had cost it, commission included.
    pub(super) stock_ustx: f64,
}

impl Window {
    /// A window that opens at the start of the tick `from`.
    pub(super) fn opening_at(from: u32) -> Self {
        Self { from, ..Self::default() }
    }

    /// Opens it: the next row of ticks is its first.
    pub(super) fn open(&mut self, row: usize, totals: Totals, before: Vec<Before>) {
        (self.row, self.totals, self.before) = (row, totals, before);
    }

    /// The tick at whose start it opens.
    pub(super) const fn from(&self) -> u32 {
        self.from
    }

    /// The place of its first row among the rows of ticks.
    pub(super) const fn first_row(&self) -> usize {
        self.row
    }

    /// The rows of its ticks, out of those of the whole run.
    pub(super) fn rows<'r>(&self, rows: &'r [TickRow]) -> &'r [TickRow] {
        rows.get(self.row..).unwrap_or_default()
    }

    /// The market's sums over it, where they are `now` over the whole run.
    pub(super) fn totals(&self, now: &Totals) -> Totals {
        now.since(&self.totals)
    }

    /// What the run of the participant in that place came to within it, where it
    /// came to `now` over the whole run.
    pub(super) fn statement(&self, place: usize, now: &Statement) -> Statement {
        self.before.get(place).map_or_else(|| now.clone(), |before| now.since(&before.statement))
    }

    /// What the participant in that place had in the purse when it opened, where
    /// it began the run with `first`.
    pub(super) fn purse(&self, place: usize, first: MicroStx) -> MicroStx {
        self.before.get(place).map_or(first, |before| before.purse)
    }

    /// What the energy that the participant in that place held had cost it when it
    /// opened.
    pub(super) fn stock_ustx(&self, place: usize) -> f64 {
        self.before.get(place).map_or(0.0, |before| before.stock_ustx)
    }
}
