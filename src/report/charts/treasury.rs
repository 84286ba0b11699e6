//! The treasury over time, as fans of quantiles over the runs: of one run with
//! what commission and refunds did to it, or under several settings.

use super::super::number::grouped;
use super::super::results::{Market, Moment};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, WIDE, extent};
use super::text::{fitted, width_of};
use super::time_axis::{Start, when};
use super::{Chart, Data, Picture};

/// One fan: what it is of, and whether it is one of amounts that begin at
/// nothing, which have a scale of their own.
#[derive(Clone, Debug)]
pub(in super::super) struct Fan<'a> {
    pub(in super::super) label: &'a str,
    pub(in super::super) moments: &'a [Moment],
    pub(in super::super) from_zero: bool,
}

/// The treasury of a run, and the running sums of commission and refunds.
pub(super) fn treasury(market: &Market) -> Option<Chart> {
    market.treasury.first()?;
    let spread = if market.replicates > 1 {
        "line: median of the runs, dark band: half of them, light band: 90 of 100."
    } else {
        "one run, so there is no band."
    };
    let rate = market.money.told().map_or(String::new(), |rate| format!(" {rate}."));
    Some(fans(
        "treasury",
        "The treasury, and what commission and refunds did to it".to_owned(),
        format!("STX; {spread}{rate}"),
        market.start,
        &[
            Fan { label: "Treasury", moments: &market.treasury, from_zero: false },
            Fan { label: "Commission taken", moments: &market.commission, from_zero: true },
            Fan { label: "Refunds paid", moments: &market.refunds, from_zero: true },
        ],
    ))
}

/// About so many moments are drawn of a long run.
const MOMENTS: usize = 240;

fn thinned(moments: &[Moment]) -> Vec<Moment> {
    let every = moments.len().div_ceil(MOMENTS).max(1);
    let last = moments.len().saturating_sub(1);
    let kept = moments.iter().enumerate().filter(|(place, _)| place % every == 0 || *place == last);
    kept.map(|(_, moment)| *moment).filter(|moment| moment.hour.is_finite()).collect()
}

/// A fan with as many moments as are drawn.
type Thin<'a> = (&'a str, Vec<Moment>, bool);

/// Fans beside each other: those of amounts that begin at nothing on one
/// scale, the others on another.
pub(in super::super) fn fans(
    name: &str,
    title: String,
    subtitle: String,
    start: Start,
    fans: &[Fan<'_>],
) -> Chart {
    let unit = "STX";
    let thin: Vec<Thin<'_>> =
        fans.iter().map(|fan| (fan.label, thinned(fan.moments), fan.from_zero)).collect();
    let mut rows = Vec::new();
    for (label, moments, _) in &thin {
        for moment in moments {
            let mut row = vec![(*label).to_owned(), super::cell(moment.hour)];
            row.extend(moment.quantiles.map(super::cell));
            rows.push(row);
        }
    }
    let columns = ["setting", "hour", "p05", "p25", "median", "p75", "p95"].map(|c| match c {
        "setting" | "hour" => c.to_owned(),
        _ => format!("{c} ({unit})"),
    });
    let ends = thin.iter().filter_map(|(label, moments, _)| {
        let (first, last) = (moments.first()?, moments.last()?);
        let [low, _, median, _, high] = last.quantiles.map(|value| grouped(value, 0));
        let start = grouped(first.quantiles[2], 0);
        let ends = if low == high {
            format!("{label}: from {start} to {median} {unit}")
        } else {
            format!("{label}: from {start} to {median} {unit} at the end ({low} to {high} in 90 of 100 runs)")
        };
        Some(ends)
    });
    let alt = format!("{title}. {}.", ends.collect::<Vec<_>>().join("; "));
    Chart {
        name: name.to_owned(),
        title,
        subtitle,
        alt,
        narrow: draw(&thin, start, NARROW),
        wide: Some(draw(&thin, start, WIDE)),
        data: Data { columns: columns.to_vec(), rows },
    }
}

/// The range that fans share.
fn reach(fans: &[Thin<'_>], of_amounts: bool) -> [f64; 2] {
    let mine = fans.iter().filter(|(_, _, from_zero)| *from_zero == of_amounts);
    let (low, high) =
        extent(mine.flat_map(|(_, moments, _)| moments.iter().flat_map(|moment| moment.quantiles)));
    if of_amounts {
        return [0.0, high];
    }
    // A treasury that hardly moves is not to look as though it did.
    let room = ((high - low).max(0.02 * high.abs()) - (high - low)) / 2.0;
    [low - room, high + room]
}

fn draw(fans: &[Thin<'_>], start: Start, width: f64) -> Picture {
    let narrow = width < WIDE;
    let across = if narrow { 1 } else { fans.len().clamp(1, 3) };
    let down = fans.len().div_ceil(across).max(1);
    let panel_height = if narrow { 170.0 } else { 240.0 };
    let canvas = Canvas::new(width, down as f64 * panel_height);
    let hours = extent(fans.iter().flat_map(|(_, m, _)| m.iter().map(|moment| moment.hour)));
    for (place, (label, moments, of_amounts)) in fans.iter().enumerate() {
        let y = Scale::over(reach(fans, *of_amounts), (0.0, 1.0), 4);
        let marks = y.marks(4);
        let labels = marks.values.iter().map(|value| width_of(&marks.label(*value)));
        let gutter = labels.fold(0.0, f64::max) + 14.0;
        let (column, row) = (place % across, place / across);
        let each = width / across as f64;
        let (left, top) = (column as f64 * each, row as f64 * panel_height);
        let plot = Plot {
            left: left + gutter,
            right: left + each - if column + 1 == across { 8.0 } else { 16.0 },
            top: top + 40.0,
            bottom: top + panel_height - 24.0,
        };
        let x = Scale::new(hours, (plot.left, plot.right));
        let y = Scale::over(reach(fans, *of_amounts), (plot.bottom, plot.top), 4);
        canvas.text(
            (plot.left, top + 14.0),
            Anchor::Start,
            "label strong",
            &fitted(label, plot.right - plot.left),
        );
        canvas.text((plot.left, top + 30.0), Anchor::Start, "tick", "STX");
        plot.days(&canvas, &x, start);
        plot.up(&canvas, &y, 4, |_, text| text);
        let band = |low: usize, high: usize| -> Vec<(f64, [f64; 2])> {
            let ends = |m: &Moment| [y.at(m.quantiles[low]), y.at(m.quantiles[high])];
            moments.iter().map(|m| (x.at(m.hour), ends(m))).collect()
        };
        let colour = place % 4 + 1;
        canvas.band(&band(0, 4), &format!("band b{colour}"));
        canvas.band(&band(1, 3), &format!("band b{colour}"));
        let median: Vec<_> = moments.iter().map(|m| (x.at(m.hour), y.at(m.quantiles[2]))).collect();
        canvas.path(&median, &format!("curve s{colour}"));
        hits(&canvas, &plot, &x, moments, |moment| {
            let [low, _, median, _, high] = moment.quantiles.map(|value| grouped(value, 1));
            let at = when(moment.hour);
            format!("{label}, {at}: {median} STX, 90 of 100 runs {low} to {high}")
        });
    }
    canvas.done()
}

/// Places to hover over, at most so many.
fn hits(
    canvas: &Canvas,
    plot: &Plot,
    x: &Scale,
    moments: &[Moment],
    told: impl Fn(&Moment) -> String,
) {
    let every = moments.len().div_ceil(48).max(1);
    let width = (plot.right - plot.left) / (moments.len().div_ceil(every).max(1)) as f64;
    for moment in moments.iter().step_by(every) {
        let corner = (x.at(moment.hour), plot.top);
        canvas.rect(corner, (width, plot.bottom - plot.top), "hit", &told(moment));
    }
}
