//! What taking part was worth: by kind of participant, by size of home, and by
//! asking strategy.

use super::super::results::{Gain, Market, Part};
use super::super::words;
use super::forest::{Forest, ForestRow, forest};
use super::{Chart, Tone};

/// The kinds of homes as headings.
const HEADINGS: [(&str, &str); 2] = [("producer", "Homes with panels"), ("buyer", "Homes without")];

/// What each group gained over having only the utility; none where nobody
/// gained or lost.
pub(super) fn gains(market: &Market) -> Option<Chart> {
    market.gains.first()?;
    let money = &market.money;
    let symbol = money.symbol();
    let any_homes = market.gains.iter().any(is_home);
    let row = |gain: &Gain| row(gain, market, is_home(gain) || !any_homes);
    let over = match market.days {
        days if days.is_finite() => words::counted(days as usize, "day", "days"),
        _ => "the run".to_owned(),
    };
    let runs = if market.replicates > 1 { ", all runs together" } else { "" };
    let rate = money.told().map_or(String::new(), |rate| format!(" {rate}."));
    Some(forest(Forest {
        name: "gains",
        title: "What the market gives those who take part".to_owned(),
        subtitle: format!(
            "Gain over having only the utility in {over}, in {symbol}{runs}. Dot: mean, wide bar: \
             the middle half, thin bar: 90 of 100; with the share that gains at all.{rate}"
        ),
        about: "Dots are means, wide bars the middle half, thin bars 90 of 100.",
        unit: &symbol,
        sides: ("loses", "gains"),
        rows: market.gains.iter().map(row).collect(),
    }))
}

/// Homes are what the scale is made for: a single operator's takings would
/// press all of them together.
fn is_home(gain: &Gain) -> bool {
    HEADINGS.iter().any(|(kind, _)| *kind == gain.kind)
}

fn row(gain: &Gain, market: &Market, scaled: bool) -> ForestRow {
    let rate = market.money.rate().unwrap_or(1.0);
    let [low, lower, _, upper, high] = gain.quantiles.map(|stx| stx * rate);
    let heading = HEADINGS.iter().find(|(kind, _)| *kind == gain.kind).map(|(_, heading)| *heading);
    let label = match (&gain.part, heading) {
        (Part::All, Some(_)) => "all".to_owned(),
        (Part::All, None) => {
            let kind = words::capital(&gain.kind.replace(['-', '_'], " "));
            if gain.count == 1 { kind } else { format!("{kind}s ({})", gain.count) }
        }
        (Part::Third(size, from, to, unit), _) => words::third(size, *from, *to, unit),
        (Part::Asking(strategy), _) => format!("asking {strategy}"),
    };
    let text = market.money.fiat(gain.mean).unwrap_or_else(|| words::stx(gain.mean));
    let share = words::value("", "1", gain.gaining_share);
    ForestRow {
        label,
        low,
        mean: gain.mean * rate,
        high,
        middle: (gain.count > 1).then_some([lower, upper]),
        scaled,
        text: if gain.count > 1 { format!("{text}; {share} gain") } else { text },
        tone: if gain.mean >= 0.0 { Tone::Good } else { Tone::Bad },
        group: heading.unwrap_or("Others").to_owned(),
    }
}
