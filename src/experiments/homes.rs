//! Who gains: homes by kind and size, and what the market gave each of them.
//! Works on the rows that a run wrote down; which setting is better is judged
//! elsewhere.

use crate::engine::record::ParticipantRow;

/// The sizes that homes are sorted into, a third of each kind in each.
pub const SIZES: [&str; 3] = ["small", "medium", "large"];

/// The kinds of home, and what their size is measured in.
pub const HOME_KINDS: [(&str, &str); 2] = [("producer", "kWp"), ("buyer", "kWh a year")];

/// A home, as far as its gain goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Home {
    /// Which of [`HOME_KINDS`].
    pub kind: usize,
    /// Its size in the unit of its kind.
    pub size: f64,
    /// What it gained over its outside option, in STX.
    pub gain_stx: f64,
}

/// A third of the homes of a kind, by size.
#[derive(Clone, Debug, PartialEq)]
pub struct HomeGroup {
    /// `producer` or `buyer`.
    pub kind: &'static str,
    /// One of [`SIZES`].
    pub size: &'static str,
    /// The smallest of them, in `unit`.
    pub from: f64,
    /// The largest of them.
    pub to: f64,
    /// What sizes are measured in.
    pub unit: &'static str,
    /// How many there are.
    pub homes: usize,
    /// The mean gain of a home in STX.
    pub gain_stx: f64,
    /// The share of them that gained anything.
    pub gaining_share: f64,
}

/// The home that a row tells of; none of officials and the like.
#[must_use]
pub fn home(row: &ParticipantRow) -> Option<Home> {
    let kind = HOME_KINDS.iter().position(|(kind, _)| *kind == row.kind)?;
    let size = if kind == 0 { row.capacity_kwp } else { row.annual_use_kwh };
    Some(Home { kind, size, gain_stx: row.gain_ustx / 1e6 })
}

/// The homes of a kind by size, a third of them in each group: its name among
/// [`SIZES`], and its homes from the smallest to the largest; none where there
/// are too few.
#[must_use]
pub fn home_thirds(homes: &[Home], kind: usize) -> Vec<(&'static str, Vec<Home>)> {
    let mut mine: Vec<Home> = homes.iter().filter(|home| home.kind == kind).copied().collect();
    mine.sort_by(|a, b| a.size.total_cmp(&b.size));
    if mine.len() < SIZES.len() {
        return Vec::new();
    }
    let cut = |third: usize| third * mine.len() / SIZES.len();
    let third =
        |(third, size): (usize, &&'static str)| (*size, mine[cut(third)..cut(third + 1)].to_vec());
    SIZES.iter().enumerate().map(third).collect()
}

/// The homes in groups, in the order of [`HOME_KINDS`] and [`SIZES`]; a kind
/// with fewer than three homes has none.
#[must_use]
pub fn home_groups(homes: &[Home]) -> Vec<HomeGroup> {
    let mut groups = Vec::new();
    for (place, (kind, unit)) in HOME_KINDS.iter().enumerate() {
        for (size, group) in home_thirds(homes, place) {
            let count = group.len() as f64;
            let gaining = group.iter().filter(|home| home.gain_stx > 0.0).count();
            groups.push(HomeGroup {
                kind,
                size,
                from: group.first().map_or(f64::NAN, |home| home.size),
                to: group.last().map_or(f64::NAN, |home| home.size),
                unit,
                homes: group.len(),
                gain_stx: group.iter().map(|home| home.gain_stx).sum::<f64>() / count,
                gaining_share: gaining as f64 / count,
            });
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_are_sorted_into_thirds_by_size() {
        let row = |kind: &str, size: f64, gain: f64| ParticipantRow {
            kind: kind.to_owned(),
            capacity_kwp: size,
            gain_ustx: gain * 1e6,
            ..ParticipantRow::default()
        };
        let rows: Vec<ParticipantRow> = [5.0, 1.0, 4.0, 2.0, 3.0, 6.0, 7.0]
            .into_iter()
            .map(|size| row("producer", size, size - 2.0))
            .chain([row("buyer", 1.0, 1.0), row("operator", 1.0, 1.0)])
            .collect();
        let homes: Vec<Home> = rows.iter().filter_map(home).collect();
        assert_eq!(homes.len(), 8);
        let groups = home_groups(&homes);
        let told: Vec<_> = groups
            .iter()
            .map(|group| (group.size, group.homes, group.from, group.to, group.gain_stx))
            .collect();
        assert_eq!(
            told,
            [
                ("small", 2, 1.0, 2.0, -0.5),
                ("medium", 2, 3.0, 4.0, 1.5),
                ("large", 3, 5.0, 7.0, 4.0)
            ]
        );
        assert_eq!(groups[0].gaining_share, 0.0);
    }
}
