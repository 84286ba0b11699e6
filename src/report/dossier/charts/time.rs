//! Charts over time: fans of quantiles, and lines hour by hour.

use super::super::super::number::grouped;
use super::super::document::{Chart, Data, Picture};
use super::super::results::{Hour, Moment};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, WIDE, extent, path, width_of};

/// One fan: what it is of, and its colour's number.
#[derive(Clone, Debug)]
pub(in super::super) struct Fan<'a> {
    pub(in super::super) label: &'a str,
    pub(in super::super) moments: &'a [Moment],
}

/// About so many moments are drawn of a long run.
const MOMENTS: usize = 240;

fn thinned(moments: &[Moment]) -> Vec<Moment> {
    let every = moments.len().div_ceil(MOMENTS).max(1);
    let last = moments.len().saturating_sub(1);
    let kept = moments.iter().enumerate().filter(|(place, _)| place % every == 0 || *place == last);
    kept.map(|(_, moment)| *moment).filter(|moment| moment.hour.is_finite()).collect()
}

/// Fans beside each other on one scale.
pub(in super::super) fn fans(
    name: &str,
    title: String,
    subtitle: String,
    unit: &str,
    fans: &[Fan<'_>],
) -> Chart {
    let thin: Vec<(String, Vec<Moment>)> =
        fans.iter().map(|fan| (fan.label.to_owned(), thinned(fan.moments))).collect();
    let mut rows = Vec::new();
    for (label, moments) in &thin {
        for moment in moments {
            let mut row = vec![label.clone(), super::cell(moment.hour)];
            row.extend(moment.quantiles.map(super::cell));
            rows.push(row);
        }
    }
    let columns = ["setting", "hour", "p05", "p25", "median", "p75", "p95"].map(|c| match c {
        "setting" | "hour" => c.to_owned(),
        _ => format!("{c} ({unit})"),
    });
    let ends = thin.iter().filter_map(|(label, moments)| {
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
        narrow: draw_fans(&thin, unit, NARROW),
        wide: Some(draw_fans(&thin, unit, WIDE)),
        data: Data { columns: columns.to_vec(), rows },
    }
}

fn draw_fans(fans: &[(String, Vec<Moment>)], unit: &str, width: f64) -> Picture {
    let narrow = width < WIDE;
    let across = if narrow { 1 } else { fans.len().clamp(1, 3) };
    let down = fans.len().div_ceil(across).max(1);
    let panel_height = if narrow { 170.0 } else { 240.0 };
    let mut canvas = Canvas::new(width, down as f64 * panel_height);
    let values = || fans.iter().flat_map(|(_, m)| m.iter().flat_map(|moment| moment.quantiles));
    let (low, high) = extent(values());
    let hours = extent(fans.iter().flat_map(|(_, m)| m.iter().map(|moment| moment.hour)));
    // A treasury that hardly moves is not to look as though it did.
    let room = ((high - low).max(0.02 * high.abs()) - (high - low)) / 2.0;
    let reach = [low - room, high + room];
    let gutter = width_of(&grouped(high.abs().max(low.abs()), 0)) + 16.0;
    for (place, (label, moments)) in fans.iter().enumerate() {
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
        let y = Scale::over(reach, (plot.bottom, plot.top), 4);
        canvas.text((plot.left, top + 14.0), Anchor::Start, "label strong", label);
        canvas.text((plot.left, top + 30.0), Anchor::Start, "tick", unit);
        plot.days(&mut canvas, &x);
        plot.up(&mut canvas, &y, 4, |_, text| text);
        let band = |low: usize, high: usize| -> String {
            let there = moments.iter().map(|m| (x.at(m.hour), y.at(m.quantiles[low])));
            let back = moments.iter().rev().map(|m| (x.at(m.hour), y.at(m.quantiles[high])));
            path(&there.chain(back).collect::<Vec<_>>())
        };
        let colour = place % 4 + 1;
        canvas.path(&band(0, 4), &format!("band b{colour}"));
        canvas.path(&band(1, 3), &format!("band b{colour}"));
        let median: Vec<_> = moments.iter().map(|m| (x.at(m.hour), y.at(m.quantiles[2]))).collect();
        canvas.path(&path(&median), &format!("curve s{colour}"));
        hits(&mut canvas, &plot, &x, moments, |moment| {
            let [low, _, median, _, high] = moment.quantiles.map(|value| grouped(value, 1));
            let at = when(moment.hour);
            format!("{label}, {at}: {median} {unit}, 90 of 100 runs {low} to {high}")
        });
    }
    canvas.done()
}

/// Day and hour.
pub(super) fn when(hour: f64) -> String {
    let day = (hour / 24.0).floor();
    format!("day {}, {:02.0}:00", day + 1.0, (hour - day * 24.0).floor())
}

/// Places to hover over, at most so many.
fn hits(
    canvas: &mut Canvas,
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

/// A line over hours: what it is of, and what it is at each.
pub(in super::super) struct Curve {
    pub(in super::super) label: &'static str,
    pub(in super::super) column: &'static str,
    pub(in super::super) of: fn(&Hour) -> f64,
}

/// Panels of one line each above each other, all on one scale of time and one
/// of values.
pub(in super::super) fn panels(
    name: &str,
    title: String,
    subtitle: String,
    unit: &str,
    curves: &[Curve],
    hours: &[Hour],
) -> Chart {
    let mut columns = vec!["hour".to_owned()];
    columns.extend(curves.iter().map(|curve| format!("{} ({unit})", curve.column)));
    let row = |hour: &Hour| {
        let values = curves.iter().map(|curve| super::cell((curve.of)(hour)));
        std::iter::once(super::cell(hour.hour)).chain(values).collect()
    };
    let ranges = curves.iter().map(|curve| {
        let (low, high) = extent(hours.iter().map(curve.of));
        format!("{} between {} and {} {unit}", curve.label, grouped(low, 1), grouped(high, 1))
    });
    let alt = format!("{title}. By hour: {}.", ranges.collect::<Vec<_>>().join("; "));
    Chart {
        name: name.to_owned(),
        title,
        subtitle,
        alt,
        narrow: draw_panels(curves, hours, unit, NARROW),
        wide: Some(draw_panels(curves, hours, unit, WIDE)),
        data: Data { columns, rows: hours.iter().map(row).collect() },
    }
}

fn draw_panels(curves: &[Curve], hours: &[Hour], unit: &str, width: f64) -> Picture {
    let each = if width < WIDE { 92.0 } else { 104.0 };
    let mut canvas = Canvas::new(width, each * curves.len() as f64 + 24.0);
    let (_, high) = extent(hours.iter().flat_map(|hour| curves.iter().map(|c| (c.of)(hour))));
    let last = hours.last().map_or(1.0, |hour| hour.hour + 1.0);
    let gutter = width_of(&grouped(high, 1)) + 14.0;
    for (place, curve) in curves.iter().enumerate() {
        let top = place as f64 * each;
        let plot =
            Plot { left: gutter, right: width - 8.0, top: top + 24.0, bottom: top + each - 8.0 };
        let x = Scale::new((0.0, last), (plot.left, plot.right));
        let y = Scale::over([0.0, high], (plot.bottom, plot.top), 2);
        canvas.text((plot.left, top + 15.0), Anchor::Start, "label strong", curve.label);
        let below = Plot { bottom: plot.bottom, ..plot };
        if place + 1 == curves.len() {
            below.days(&mut canvas, &x);
        }
        plot.up(&mut canvas, &y, 2, |_, text| text);
        let points: Vec<(f64, f64)> = hours
            .iter()
            .flat_map(|hour| {
                let value = y.at((curve.of)(hour));
                [(x.at(hour.hour), value), (x.at(hour.hour + 1.0), value)]
            })
            .collect();
        let mut area = vec![(points.first().map_or(0.0, |p| p.0), plot.bottom)];
        area.extend(points.iter().copied().filter(|point| point.1.is_finite()));
        area.push((points.last().map_or(0.0, |p| p.0), plot.bottom));
        let colour = place % 4 + 1;
        canvas.path(&path(&area), &format!("band b{colour}"));
        canvas.path(&path(&points), &format!("curve thin s{colour}"));
        let every = hours.len().div_ceil(72).max(1);
        for hour in hours.iter().step_by(every) {
            let value = (curve.of)(hour);
            if value.is_finite() {
                let wide = x.at(every as f64) - x.at(0.0);
                let told =
                    format!("{}, {}: {} {unit}", curve.label, when(hour.hour), grouped(value, 1));
                canvas.rect(
                    (x.at(hour.hour), plot.top),
                    (wide, plot.bottom - plot.top),
                    "hit",
                    &told,
                );
            }
        }
    }
    canvas.done()
}

/// The price between the two tariffs, over time.
pub(in super::super) fn prices(
    name: &str,
    title: String,
    subtitle: String,
    hours: &[Hour],
) -> Chart {
    let stx = |ustx: f64| ustx / 1e6;
    let row = |hour: &Hour| {
        [hour.hour, stx(hour.price), stx(hour.retail), stx(hour.feed_in)].map(super::cell).to_vec()
    };
    let (low, high) = extent(hours.iter().map(|hour| stx(hour.price)));
    let alt = format!(
        "{title}. The mean price of an hour lies between {} and {} STX a kWh.",
        grouped(low, 3),
        grouped(high, 3)
    );
    let columns = ["hour", "price (STX/kWh)", "retail (STX/kWh)", "feed-in (STX/kWh)"];
    Chart {
        name: name.to_owned(),
        title,
        subtitle,
        alt,
        narrow: draw_prices(hours, NARROW),
        wide: Some(draw_prices(hours, WIDE)),
        data: Data {
            columns: columns.map(str::to_owned).to_vec(),
            rows: hours.iter().map(row).collect(),
        },
    }
}

fn draw_prices(hours: &[Hour], width: f64) -> Picture {
    let mut canvas = Canvas::new(width, if width < WIDE { 230.0 } else { 290.0 });
    let plot = Plot { left: 44.0, right: width - 8.0, top: 24.0, bottom: canvas.height - 24.0 };
    let stx = |ustx: f64| ustx / 1e6;
    let last = hours.last().map_or(1.0, |hour| hour.hour + 1.0);
    let x = Scale::new((0.0, last), (plot.left, plot.right));
    let all = hours.iter().flat_map(|hour| [hour.price, hour.retail, hour.feed_in]).map(stx);
    let y = Scale::over(all.chain([0.0]), (plot.bottom, plot.top), 5);
    canvas.text((0.0, 12.0), Anchor::Start, "tick", "STX a kWh");
    plot.days(&mut canvas, &x);
    plot.up(&mut canvas, &y, 5, |_, text| text);
    let curve = |of: fn(&Hour) -> f64| -> Vec<(f64, f64)> {
        hours.iter().map(|hour| (x.at(hour.hour + 0.5), y.at(stx(of(hour))))).collect()
    };
    canvas.path(&path(&curve(|hour| hour.retail)), "curve thin s5");
    canvas.path(&path(&curve(|hour| hour.feed_in)), "curve thin s5");
    canvas.path(&path(&curve(|hour| hour.price)), "curve s1");
    let label = |canvas: &mut Canvas, value: f64, class: &str, text: &str| {
        if value.is_finite() {
            canvas.text((plot.left + 6.0, y.at(stx(value)) - 6.0), Anchor::Start, class, text);
        }
    };
    if let Some(first) = hours.first() {
        label(&mut canvas, first.retail, "label t5 halo", "what the utility charges");
        label(&mut canvas, first.feed_in, "label t5 halo", "what the utility pays");
    }
    let traded: Vec<&Hour> = hours.iter().filter(|hour| hour.price.is_finite()).collect();
    for hour in &traded {
        let told = format!("{}: {} STX a kWh", when(hour.hour), grouped(stx(hour.price), 3));
        let at = (x.at(hour.hour + 0.5), y.at(stx(hour.price)));
        canvas.dot(at, if traded.len() > 80 { 1.6 } else { 2.6 }, "fill f1", &told);
    }
    if let Some(hour) = traded.get(traded.len() / 2) {
        let at = (x.at(hour.hour + 0.5), y.at(stx(hour.price)) - 12.0);
        canvas.text(at, Anchor::Middle, "label t1 halo strong", "price between neighbours");
    }
    canvas.done()
}
