//! The facts of a run that measures are reckoned from, over its measuring window:
//! its ticks, its sums, its people. What is made of them is in `measures`.

use super::books::Totals;
use super::people::People;
use super::person::Statement;
use super::record::{AdversaryRow, ParticipantRow, TickRow};
use super::recorder::Recorder;
use super::venue::Venue;
use crate::agents::{Adversary, Kind};
use crate::market::{ErrorCode, Function};
use crate::scenario::Scenario;
use crate::stats;

/// What a run has to say once it is over.
pub(super) struct Facts<'r> {
    /// The rows of the ticks that are measured.
    pub(super) ticks: &'r [TickRow],
    /// The market's sums over them.
    pub(super) totals: Totals,
    pub(super) scenario: &'r Scenario,
    pub(super) venue: &'r Venue,
    pub(super) recorder: &'r Recorder,
    pub(super) everyone: &'r People,
    /// What each of them came to over the window.
    pub(super) statements: &'r [Statement],
    pub(super) people: &'r [ParticipantRow],
    pub(super) adversaries: &'r [AdversaryRow],
}

impl Facts<'_> {
    /// The sum over the ticks.
    pub(super) fn sum(&self, of: fn(&TickRow) -> f64) -> f64 {
        self.ticks.iter().map(of).sum()
    }

    /// The most in any tick; 0 where all are below.
    pub(super) fn most(&self, of: fn(&TickRow) -> f64) -> f64 {
        self.ticks.iter().map(of).fold(0.0, f64::max)
    }

    /// At the end; 0 where there was no tick.
    pub(super) fn last(&self, of: fn(&TickRow) -> f64) -> f64 {
        self.ticks.last().map_or(0.0, of)
    }

    pub(super) fn used_kwh(&self) -> f64 {
        self.sum(|row| row.used_kwh)
    }

    pub(super) fn surplus_kwh(&self) -> f64 {
        self.sum(|row| row.surplus_kwh)
    }

    pub(super) fn transactions(&self) -> f64 {
        self.sum(|row| row.transactions as f64)
    }

    pub(super) fn dropped(&self) -> f64 {
        self.sum(|row| row.dropped as f64)
    }

    /// What buyers paid sellers, in microSTX.
    pub(super) fn paid_ustx(&self) -> f64 {
        self.sum(|row| row.price_mean_ustx_per_kwh.unwrap_or(0.0) * row.traded_kwh as f64)
    }

    /// The highest less the lowest price of each tick, times what it traded.
    pub(super) fn spread_ustx(&self) -> f64 {
        let spread = |row: &TickRow| {
            let spread = row.price_max_ustx_per_kwh? - row.price_min_ustx_per_kwh?;
            Some(spread as f64 * row.traded_kwh as f64)
        };
        self.ticks.iter().filter_map(spread).sum()
    }

    /// The gain of each of a kind, in STX.
    pub(super) fn gains_stx(&self, kind: Kind) -> Vec<f64> {
        let everyone = self.everyone.all().iter().zip(self.statements);
        let alike = everyone.filter(|(person, _)| person.kind() == kind);
        alike.map(|(_, statement)| statement.gain_ustx / 1e6).collect()
    }

    /// The share of possible gains that trade realised.
    pub(super) fn efficiency(&self) -> f64 {
        self.recorder.bids().efficiency().unwrap_or(f64::NAN)
    }

    /// The treasury at the end.
    pub(super) fn treasury_stx(&self) -> f64 {
        self.venue.treasury().as_stx()
    }

    /// The treasury at its lowest, the beginning included.
    pub(super) fn treasury_least_stx(&self) -> f64 {
        let start = match self.recorder.window().first_row().checked_sub(1) {
            Some(before) => self.recorder.rows()[before].treasury_ustx as f64 / 1e6,
            None if !self.venue.announces() => f64::INFINITY,
            None => self.scenario.market.treasury_ustx.as_stx(),
        };
        self.ticks.iter().map(|row| row.treasury_ustx as f64 / 1e6).fold(start, f64::min)
    }

    /// Calls of `function` that were turned down with `code`.
    pub(super) fn rejected(&self, function: Function, code: ErrorCode) -> f64 {
        self.recorder.calls().rejected(function, code) as f64
    }

    pub(super) fn refunds_unpaid(&self) -> f64 {
        self.rejected(Function::RefundEnergy, ErrorCode::REFUND_FAILED)
    }

    /// Ticks in which the reserve limit was reached or turned a listing away.
    pub(super) fn ticks_at_reserve_limit(&self) -> f64 {
        let at_limit = |row: &&TickRow| {
            row.reserve_kwh >= row.reserve_limit_kwh || row.turned_away_by_reserve > 0
        };
        self.ticks.iter().filter(at_limit).count() as f64
    }

    /// A quantile of the waits, in seconds.
    pub(super) fn wait(&self, quantile: f64) -> f64 {
        let waits = self.recorder.waits();
        if waits.is_empty() { f64::NAN } else { waits.value_at_quantile(quantile) as f64 }
    }

    /// How full tenures were in each tick that had any. A tenure is as full as its
    /// fullest dimension.
    pub(super) fn fullness(&self) -> Vec<f64> {
        self.ticks.iter().filter_map(fullest).collect()
    }

    /// How many people stand so with the certification contract at the end.
    pub(super) fn standing(&self, standing: &str) -> f64 {
        self.people.iter().filter(|row| row.standing == standing).count() as f64
    }

    /// The sum over all adversaries, in STX. Nothing was taken where nobody took:
    /// 0, so that runs with and without adversaries compare.
    pub(super) fn taken_stx(&self, of: fn(&AdversaryRow) -> f64) -> f64 {
        self.adversaries.iter().map(of).fold(0.0, |a, b| a + b) / 1e6
    }

    /// What all adversaries of a kind gained, in STX.
    pub(super) fn net(&self, kind: Adversary) -> f64 {
        let row = self.adversaries.iter().find(|row| row.kind == kind.name());
        row.map_or(0.0, |row| row.net_ustx / 1e6)
    }
}

/// A part over the whole; not a number where there is nothing of it.
pub(super) fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { f64::NAN }
}

/// The mean; not a number of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// How unevenly gains are spread, over those who gained.
pub(super) fn gini(gains: &[f64]) -> f64 {
    let positive: Vec<f64> = gains.iter().map(|gain| gain.max(0.0)).collect();
    stats::gini(&positive).unwrap_or(f64::NAN)
}

/// The share of the budget that the tenures of a tick used on average, in the
/// dimension that they used most of.
fn fullest(row: &TickRow) -> Option<f64> {
    [
        row.read_count_share?,
        row.read_length_share?,
        row.write_count_share?,
        row.write_length_share?,
        row.runtime_share?,
    ]
    .into_iter()
    .reduce(f64::max)
}
