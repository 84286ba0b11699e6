//! What a comparison keeps of each run besides its measures: who gained and
//! how the treasury went. How many runs there are is decided elsewhere.

use super::homes::{Home, HomeGroup, home, home_groups};
use super::verdict::{Verdict, verdict_of};
use crate::engine::Better;
use crate::engine::Record;
use crate::stats::{self, Estimate, PairedDifference};

/// The quantiles of the treasury over the replicates that are kept.
pub const TREASURY_QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// What is kept of one run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    groups: Vec<HomeGroup>,
    /// Hours since the start, and the treasury in STX.
    treasury: Vec<(f64, f64)>,
}

impl Seen {
    pub(super) fn of(record: &Record) -> Self {
        let homes: Vec<Home> = record.participants.iter().filter_map(home).collect();
        let path = record.measured().iter();
        let path =
            path.map(|row| (f64::from(row.day) * 24.0 + row.hour, row.treasury_ustx as f64 / 1e6));
        Self { groups: home_groups(&homes), treasury: path.collect() }
    }
}

/// What a group of homes gained under a setting, and the difference to the
/// first setting.
#[derive(Clone, Debug, PartialEq)]
pub struct HomesRow {
    /// Which setting.
    pub variant: usize,
    /// The group as the first replicate had it.
    pub group: HomeGroup,
    /// The mean gain of a home in STX.
    pub gain_stx: Option<Estimate>,
    /// The mean share of homes that gained.
    pub gaining_share: f64,
    /// Less the first setting's; none for the first.
    pub difference: Option<PairedDifference>,
    /// What follows.
    pub verdict: Verdict,
}

/// The treasury at one moment over the replicates of a setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TreasuryRow {
    /// Which setting.
    pub variant: usize,
    /// Hours since the start.
    pub hour: f64,
    /// STX at each of [`TREASURY_QUANTILES`].
    pub stx: [f64; 5],
}

/// The gains of each group under each setting. Groups are paired where the
/// settings have as many of them.
pub(super) fn homes_rows(seen: &[Vec<Seen>], seed: u64) -> Vec<HomesRow> {
    let mut rows = Vec::new();
    let Some(base) = seen.first() else { return rows };
    let gains = |runs: &[Seen], place: usize| -> Vec<f64> {
        runs.iter().filter_map(|run| run.groups.get(place)).map(|group| group.gain_stx).collect()
    };
    for (variant, runs) in seen.iter().enumerate() {
        let groups = runs.first().map_or(&[][..], |run| &run.groups);
        for (place, group) in groups.iter().enumerate() {
            // Labels of their own, apart from those of the measures.
            let label = (1 << 32) + (variant * groups.len() + place) as u64;
            let mine = gains(runs, place);
            let paired = |_| stats::paired_difference(&gains(base, place), &mine, seed, label);
            let difference = (variant > 0).then_some(()).and_then(paired);
            let shares: Vec<f64> = runs
                .iter()
                .filter_map(|run| run.groups.get(place))
                .map(|g| g.gaining_share)
                .collect();
            rows.push(HomesRow {
                variant,
                group: group.clone(),
                gain_stx: stats::estimate(&mine, seed, label),
                gaining_share: stats::mean(&shares).unwrap_or(f64::NAN),
                difference,
                verdict: verdict_of(Better::Higher, difference),
            });
        }
    }
    rows
}

/// The treasury's way under each setting.
pub(super) fn treasury_rows(seen: &[Vec<Seen>]) -> Vec<TreasuryRow> {
    let mut rows = Vec::new();
    for (variant, runs) in seen.iter().enumerate() {
        let Some(first) = runs.first() else { continue };
        for (moment, (hour, _)) in first.treasury.iter().enumerate() {
            let at: Vec<f64> = runs
                .iter()
                .filter_map(|run| run.treasury.get(moment))
                .map(|(_, stx)| *stx)
                .collect();
            let stx =
                TREASURY_QUANTILES.map(|share| stats::quantile(&at, share).unwrap_or(f64::NAN));
            rows.push(TreasuryRow { variant, hour: *hour, stx });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(gain: f64, treasury: f64) -> Seen {
        let home = |size: f64| Home { kind: 0, size, gain_stx: gain + size };
        Seen {
            groups: home_groups(&[home(1.0), home(2.0), home(3.0)]),
            treasury: vec![(0.0, 1.0), (1.0, treasury)],
        }
    }

    #[test]
    fn groups_are_paired_and_the_treasury_has_its_quantiles() {
        let base = vec![seen(1.0, 1.0), seen(2.0, 2.0), seen(3.0, 3.0)];
        let changed = vec![seen(0.5, 1.0), seen(1.4, 2.0), seen(2.6, 3.0)];
        let seen = [base, changed];
        let rows = homes_rows(&seen, 1);
        assert_eq!(rows.len(), 6);
        assert_eq!(rows[0].difference, None);
        let difference = rows[3].difference.expect("a difference").difference;
        assert!((difference.mean + 0.5).abs() < 1e-9);
        assert_eq!(rows[3].verdict, Verdict::Worse);
        let treasury = treasury_rows(&seen);
        assert_eq!((treasury.len(), treasury[1].stx[2]), (4, 2.0));
    }
}
