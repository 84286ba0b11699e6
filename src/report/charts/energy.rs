//! What was made, used, offered and traded, over time: a panel each, one above
//! the other.

use super::super::number::{grouped, readable};
use super::super::results::{Hour, Market};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Point, Scale, WIDE, extent};
use super::text::width_of;
use super::time_axis::{Start, when};
use super::{Chart, Data, Picture};

/// A panel: what it is of, and what it is in each hour.
struct Panel {
    label: &'static str,
    column: &'static str,
    of: fn(&Hour) -> f64,
}

/// Two pairs: what homes do, and what the market does. Each has one scale.
const PANELS: [Panel; 4] = [
    Panel { label: "Made by roofs", column: "made", of: |hour| hour.made_kwh },
    Panel { label: "Used by homes", column: "used", of: |hour| hour.used_kwh },
    Panel { label: "Offered to neighbours", column: "offered", of: |hour| hour.offered_kwh },
    Panel { label: "Traded", column: "traded", of: |hour| hour.traded_kwh },
];

/// Energy in each hour, as a rate whatever the length of a step; none of a run
/// without ticks.
pub(super) fn energy(market: &Market) -> Option<Chart> {
    let hours = &market.hours;
    hours.first()?;
    let runs = if market.replicates > 1 { ", mean of all runs" } else { "" };
    let columns = PANELS.iter().map(|panel| format!("{} (kWh)", panel.column));
    let row = |hour: &Hour| {
        let values = PANELS.iter().map(|panel| super::cell((panel.of)(hour)));
        std::iter::once(super::cell(hour.hour)).chain(values).collect()
    };
    let ranges = PANELS.iter().map(|panel| {
        let (low, high) = extent(hours.iter().map(panel.of));
        let (low, high) = (grouped(low, 1), grouped(high, 1));
        format!(
            "{}: {} in all, between {low} and {high} kWh an hour",
            panel.label,
            total(panel, hours)
        )
    });
    let title = "Energy made, used, offered and traded".to_owned();
    Some(Chart {
        name: "energy".to_owned(),
        alt: format!("{title}. {}.", ranges.collect::<Vec<_>>().join("; ")),
        title,
        subtitle: format!(
            "kWh an hour{runs}. The upper two have one scale, and so have the lower two."
        ),
        narrow: draw(hours, market.start, NARROW),
        wide: Some(draw(hours, market.start, WIDE)),
        data: Data {
            columns: std::iter::once("hour".to_owned()).chain(columns).collect(),
            rows: hours.iter().map(row).collect(),
        },
    })
}

fn total(panel: &Panel, hours: &[Hour]) -> String {
    let energy = hours.iter().map(|hour| (panel.of)(hour) * hour.hours);
    format!("{} kWh", readable(energy.filter(|energy| energy.is_finite()).sum()))
}

fn draw(hours: &[Hour], start: Start, width: f64) -> Picture {
    let each = if width < WIDE { 92.0 } else { 104.0 };
    let canvas = Canvas::new(width, each * PANELS.len() as f64 + 24.0);
    let highest = |pair: &[Panel]| {
        extent(hours.iter().flat_map(|hour| pair.iter().map(|panel| (panel.of)(hour)))).1
    };
    let highest = [highest(&PANELS[..2]), highest(&PANELS[2..])];
    let begin = hours.first().map_or(0.0, |hour| hour.hour);
    let last = hours.last().map_or(1.0, |hour| hour.hour + hour.hours);
    let gutter = highest.map(|high| width_of(&grouped(high, 1)));
    let gutter = gutter.into_iter().fold(0.0, f64::max) + 14.0;
    for (place, panel) in PANELS.iter().enumerate() {
        let top = place as f64 * each;
        let plot =
            Plot { left: gutter, right: width - 8.0, top: top + 24.0, bottom: top + each - 8.0 };
        let x = Scale::new((begin, last), (plot.left, plot.right));
        let y = Scale::over([0.0, highest[place / 2]], (plot.bottom, plot.top), 2);
        canvas.text((plot.left, top + 15.0), Anchor::Start, "label strong", panel.label);
        canvas.text((plot.right, top + 15.0), Anchor::End, "value", &total(panel, hours));
        if place + 1 == PANELS.len() {
            plot.days(&canvas, &x, start);
        }
        plot.up(&canvas, &y, 2, |_, text| text);
        let points: Vec<Point> = hours
            .iter()
            .flat_map(|hour| {
                let value = y.at((panel.of)(hour));
                [(x.at(hour.hour), value), (x.at(hour.hour + hour.hours), value)]
            })
            .collect();
        let ends: Vec<_> = points.iter().map(|(x, y)| (*x, [*y, plot.bottom])).collect();
        canvas.band(&ends, &format!("band b{}", place + 1));
        canvas.path(&points, &format!("curve thin s{}", place + 1));
        for hours in hours.chunks(hours.len().div_ceil(72).max(1)) {
            let (Some(hour), Some(last)) = (hours.first(), hours.last()) else { continue };
            let value = grouped((panel.of)(hour), 1);
            let told = format!("{}, {}: {value} kWh an hour", panel.label, when(hour.hour));
            let size = (x.at(last.hour + last.hours) - x.at(hour.hour), plot.bottom - plot.top);
            canvas.rect((x.at(hour.hour), plot.top), size, "hit", &told);
        }
    }
    canvas.done()
}
