//! What traded energy cost, against what the utility takes and gives, and
//! against the operator's reference price.

use super::super::number::grouped;
use super::super::results::{Hour, Market};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Point, Scale, WIDE, extent};
use super::text::width_of;
use super::time_axis::{Start, when};
use super::{Chart, Data, Picture};

/// A column of the numbers behind the chart.
type Column = (&'static str, fn(&Hour) -> f64);

/// The price between the two tariffs; none of a run without ticks.
pub(super) fn prices(market: &Market) -> Option<Chart> {
    let hours = &market.hours;
    hours.first()?;
    let runs = if market.replicates > 1 { ", mean of all runs" } else { "" };
    let columns: [Column; 6] = [
        ("price", |hour| hour.price),
        ("cheapest", |hour| hour.cheapest),
        ("dearest", |hour| hour.dearest),
        ("retail", |hour| hour.retail),
        ("feed-in", |hour| hour.feed_in),
        ("reference", |hour| hour.reference),
    ];
    let row = |hour: &Hour| {
        let prices = columns.iter().map(|(_, of)| super::cell(stx(of(hour))));
        std::iter::once(super::cell(hour.hour)).chain(prices).collect()
    };
    let (low, high) = extent(hours.iter().map(|hour| stx(hour.price)));
    let title = "What neighbours pay, between the two tariffs".to_owned();
    let alt = format!(
        "{title}. The mean price of an hour lies between {} and {} STX a kWh.",
        grouped(low, 3),
        grouped(high, 3)
    );
    let rate = market.money.told().map_or(String::new(), |rate| format!(" {rate}."));
    let names = columns.iter().map(|(name, _)| format!("{name} (STX/kWh)"));
    Some(Chart {
        name: "prices".to_owned(),
        title,
        subtitle: format!(
            "STX a kWh: mean of each hour with trade{runs}, and from the cheapest to the dearest \
             purchase (pale), without commission.{rate}"
        ),
        alt,
        narrow: draw(hours, market.start, NARROW),
        wide: Some(draw(hours, market.start, WIDE)),
        data: Data {
            columns: std::iter::once("hour".to_owned()).chain(names).collect(),
            rows: hours.iter().map(row).collect(),
        },
    })
}

fn stx(ustx: f64) -> f64 {
    ustx / 1e6
}

fn draw(hours: &[Hour], start: Start, width: f64) -> Picture {
    let canvas = Canvas::new(width, if width < WIDE { 230.0 } else { 290.0 });
    let plot = Plot { left: 44.0, right: width - 8.0, top: 24.0, bottom: canvas.height - 24.0 };
    let begin = hours.first().map_or(0.0, |hour| hour.hour);
    let last = hours.last().map_or(1.0, |hour| hour.hour + hour.hours);
    let x = Scale::new((begin, last), (plot.left, plot.right));
    let all = |hour: &Hour| [hour.price, hour.dearest, hour.retail, hour.feed_in, hour.reference];
    let all = hours.iter().flat_map(all).map(stx);
    let y = Scale::over(all.chain([0.0]), (plot.bottom, plot.top), 5);
    canvas.text((0.0, 12.0), Anchor::Start, "tick", "STX a kWh");
    plot.days(&canvas, &x, start);
    plot.up(&canvas, &y, 5, |_, text| text);
    let middle = |hour: &Hour| x.at(hour.hour + hour.hours / 2.0);
    let range = |hour: &Hour| (middle(hour), [y.at(stx(hour.cheapest)), y.at(stx(hour.dearest))]);
    canvas.band(&hours.iter().map(range).collect::<Vec<_>>(), "band b1");
    let curve = |of: fn(&Hour) -> f64, class: &str| {
        let points: Vec<Point> =
            hours.iter().map(|hour| (middle(hour), y.at(stx(of(hour))))).collect();
        canvas.path(&points, class);
    };
    curve(|hour| hour.retail, "curve thin s5");
    curve(|hour| hour.feed_in, "curve thin s5");
    curve(|hour| hour.reference, "curve thin dashes s3");
    curve(|hour| hour.price, "curve s1");
    let traded: Vec<&Hour> = hours.iter().filter(|hour| hour.price.is_finite()).collect();
    for hour in &traded {
        let price = grouped(stx(hour.price), 3);
        let told = format!("{}: {price} STX a kWh", when(hour.hour));
        let at = (middle(hour), y.at(stx(hour.price)));
        canvas.dot(at, if traded.len() > 80 { 1.6 } else { 2.6 }, "fill f1", &told);
    }
    // Names on their lines, from the left; the reference's at the right, so
    // that it keeps clear of tariffs that are near it.
    if let (Some(first), Some(last)) = (hours.first(), hours.last()) {
        let (left, right) = (plot.left + 6.0, plot.right - 6.0);
        let names = [
            (first.retail, (left, -6.0), Anchor::Start, "t5", "what the utility charges"),
            (first.feed_in, (left, 14.0), Anchor::Start, "t5", "what the utility pays"),
            (last.reference, (right, -6.0), Anchor::End, "t3", "reference price"),
        ];
        for (value, (x, beside), anchor, class, text) in names {
            let at = y.at(stx(value));
            if at.is_finite() {
                canvas.text((x, at + beside), anchor, &format!("label halo {class}"), text);
            }
        }
    }
    if let Some(hour) = traded.get(traded.len() / 2) {
        let text = "price between neighbours";
        let half = width_of(text) / 2.0;
        let at = middle(hour).min(plot.right - half).max(plot.left + half);
        // Above all of the line that it spans.
        let below = traded.iter().filter(|hour| (middle(hour) - at).abs() < half + 4.0);
        let top = below.map(|hour| y.at(stx(hour.price))).fold(f64::INFINITY, f64::min);
        canvas.text((at, top - 10.0), Anchor::Middle, "label t1 halo strong", text);
    }
    canvas.done()
}
