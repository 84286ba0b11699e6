//! The settings of a search that no other beats, over its first two
//! objectives, with today's setting and the recommended one.

use super::super::number::readable;
use super::super::results::Tune;
use super::super::words::{self, Money};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, WIDE};
use super::text::width_of;
use super::{Chart, Data, Picture, scale};

/// A setting in the plane of two objectives: low, mean and high of each.
#[derive(Clone, Debug)]
struct FrontPoint {
    /// What its values are.
    label: String,
    /// `today`, `recommended` or `front`.
    standing: String,
    across: [f64; 3],
    up: [f64; 3],
}

/// The front; none where there are not two objectives.
pub(in super::super) fn front(tune: &Tune, money: &Money) -> Option<Chart> {
    let [first, second, ..] = tune.objectives.as_slice() else { return None };
    let axis = |metric: &str, raise: bool| {
        let (unit, _) = scale(metric);
        let way = if raise { "more is better" } else { "less is better" };
        format!("{}, {unit} ({way})", words::measure(metric))
    };
    let (across, up) = (axis(&first.metric, first.raise), axis(&second.metric, second.raise));
    let divided = |ends: &[f64; 3], metric: &str| ends.map(|end| end / scale(metric).1);
    let points: Vec<FrontPoint> = tune
        .settings
        .iter()
        .filter_map(|tuned| {
            Some(FrontPoint {
                label: words::listed(&tune.told(tuned, money)),
                standing: tuned.standing.clone(),
                across: divided(tuned.objectives.first()?, &first.metric),
                up: divided(tuned.objectives.get(1)?, &second.metric),
            })
        })
        .collect();
    let title = "What can be had together: settings that none beats".to_owned();
    let told = points.iter().filter(|point| point.standing != "front").map(|point| {
        let (a, b) = (readable(point.across[1]), readable(point.up[1]));
        format!("{} ({}): {across} {a}, {up} {b}", point.standing, point.label)
    });
    let alt = format!("{title}. {}.", told.collect::<Vec<_>>().join("; "));
    let row = |point: &FrontPoint| {
        let mut cells = vec![point.standing.clone(), point.label.clone()];
        cells.extend(point.across.iter().chain(&point.up).map(|value| super::cell(*value)));
        cells
    };
    let mut columns = vec!["standing".to_owned(), "setting".to_owned()];
    for objective in [&across, &up] {
        columns.extend(["low", "mean", "high"].map(|end| format!("{objective} {end}")));
    }
    Some(Chart {
        name: "front".to_owned(),
        title,
        subtitle:
            "Each dot a setting with its 95 % intervals; along the line, more of one aim costs \
                   some of the other."
                .to_owned(),
        alt,
        narrow: draw(&points, (&across, &up), NARROW),
        wide: Some(draw(&points, (&across, &up), WIDE)),
        data: Data { columns, rows: points.iter().map(row).collect() },
    })
}

fn draw(points: &[FrontPoint], (across, up): (&str, &str), width: f64) -> Picture {
    let canvas = Canvas::new(width, if width < WIDE { 330.0 } else { 400.0 });
    let y = Scale::over(points.iter().flat_map(|point| point.up), (canvas.height - 44.0, 28.0), 5);
    let marks = y.marks(5);
    let gutter =
        marks.values.iter().map(|value| width_of(&marks.label(*value))).fold(0.0, f64::max);
    let plot =
        Plot { left: gutter + 10.0, right: width - 16.0, top: 28.0, bottom: canvas.height - 44.0 };
    let x = Scale::over(points.iter().flat_map(|point| point.across), (plot.left, plot.right), 4);
    canvas.text((0.0, 12.0), Anchor::Start, "tick", &format!("↑ {up}"));
    plot.up(&canvas, &y, 5, |_, text| text);
    plot.along(&canvas, &x, if width < WIDE { 3 } else { 6 }, |_, text| text);
    canvas.text((plot.right, canvas.height - 6.0), Anchor::End, "tick", &format!("{across} →"));
    let mut line: Vec<(f64, f64)> = points
        .iter()
        .filter(|point| point.standing != "today")
        .map(|point| (x.at(point.across[1]), y.at(point.up[1])))
        .collect();
    line.sort_by(|a, b| a.0.total_cmp(&b.0));
    canvas.path(&line, "curve thin s5");
    for point in points {
        let [left, mid_x, right] = point.across.map(|value| x.at(value));
        let [low, mid_y, high] = point.up.map(|value| y.at(value));
        if !(mid_x.is_finite() && mid_y.is_finite()) {
            continue;
        }
        let (class, radius) = match point.standing.as_str() {
            "today" => ("5", 6.0),
            "recommended" => ("2", 6.5),
            _ => ("1", 4.0),
        };
        canvas.line((left, mid_y), (right, mid_y), &format!("whisker s{class}"));
        canvas.line((mid_x, low), (mid_x, high), &format!("whisker s{class}"));
        let told = format!(
            "{}: {across} {} ({} to {}), {up} {} ({} to {})",
            point.label,
            readable(point.across[1]),
            readable(point.across[0]),
            readable(point.across[2]),
            readable(point.up[1]),
            readable(point.up[0]),
            readable(point.up[2])
        );
        canvas.dot((mid_x, mid_y), radius, &format!("fill f{class}"), &told);
        if point.standing != "front" {
            let end = mid_x > (plot.left + plot.right) / 2.0;
            let (anchor, at) =
                if end { (Anchor::End, mid_x - 10.0) } else { (Anchor::Start, mid_x + 10.0) };
            let class = format!("label strong halo t{class}");
            canvas.text((at, mid_y - 8.0), anchor, &class, &point.standing);
        }
    }
    canvas.done()
}
