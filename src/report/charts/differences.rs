//! What a setting changes against the first: in each measure, and for homes of
//! each kind and size.

use super::super::results::{Effect, HomesEffect};
use super::super::words::{self, Money};
use super::forest::{Forest, ForestRow, forest};
use super::{Chart, Tone};

const ABOUT: &str = "Dots are differences, bars their 95 % intervals.";

/// Which way a verdict went.
pub(in super::super) fn tone(verdict: &str) -> Tone {
    match verdict {
        "better" => Tone::Good,
        "worse" => Tone::Bad,
        _ => Tone::Plain,
    }
}

/// The differences of `setting` from the first, relative to the first's means;
/// none where there is none to show.
pub(in super::super) fn differences<'a>(
    name: &str,
    setting: &str,
    effects: impl Iterator<Item = &'a Effect>,
) -> Option<Chart> {
    let shown = effects.filter(|effect| effect.base != 0.0 && effect.difference.is_finite());
    let row = |effect: &Effect| {
        let share = |value: f64| 100.0 * value / effect.base.abs();
        ForestRow {
            label: words::measure(&effect.metric),
            low: share(effect.low),
            mean: share(effect.difference),
            high: share(effect.high),
            middle: None,
            scaled: true,
            text: words::relative(effect.difference, effect.base).unwrap_or_default(),
            tone: tone(&effect.verdict),
            group: String::new(),
        }
    };
    let rows: Vec<ForestRow> = shown.map(row).collect();
    (!rows.is_empty()).then(|| {
        forest(Forest {
            name,
            title: format!("What “{setting}” changes"),
            subtitle: "Difference to today in % of today's value; dot: mean, bar: 95 % interval. \
                       Blue is better, orange worse, grey neither or not shown."
                .to_owned(),
            about: ABOUT,
            unit: "%",
            sides: ("less", "more"),
            rows,
        })
    })
}

/// Who wins and who loses by `setting` over so many `days`; none where homes
/// are not told apart.
pub(in super::super) fn winners(
    name: &str,
    setting: &str,
    homes: &[HomesEffect],
    money: &Money,
    days: &str,
) -> Option<Chart> {
    let told = |stx: f64| money.fiat(stx).unwrap_or_else(|| words::stx(stx));
    let rate = money.rate().unwrap_or(1.0);
    let rows: Vec<ForestRow> = homes
        .iter()
        .filter(|row| row.difference.is_finite())
        .map(|row| {
            let sign = if row.difference > 0.0 { "+" } else { "" };
            ForestRow {
                label: words::third(&row.size, row.from, row.to, &row.unit),
                low: row.low * rate,
                mean: row.difference * rate,
                high: row.high * rate,
                middle: None,
                scaled: true,
                text: format!("{sign}{}", told(row.difference)),
                tone: tone(&row.verdict),
                group: match row.kind.as_str() {
                    "producer" => "Homes with panels".to_owned(),
                    "buyer" => "Homes without".to_owned(),
                    other => other.to_owned(),
                },
            }
        })
        .collect();
    let unit = money.symbol();
    (!rows.is_empty()).then(|| {
        forest(Forest {
            name,
            title: format!("Who wins and who loses by “{setting}”"),
            subtitle: format!(
                "Change of the mean gain of a home over {days}, in {unit}; a third of each kind in \
                 each group. Dot: mean, bar: 95 % interval."
            ),
            about: ABOUT,
            unit: &unit,
            sides: ("loses", "wins"),
            rows,
        })
    })
}
