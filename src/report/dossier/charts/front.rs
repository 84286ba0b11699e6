//! The settings that no other beats, over two objectives.

use super::super::super::number::readable;
use super::super::document::{Chart, Data, Picture};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, WIDE, path, width_of};

/// A setting in the plane of two objectives: low, mean and high of each.
#[derive(Clone, Debug)]
pub(in super::super) struct FrontPoint {
    /// What its values are.
    pub(in super::super) label: String,
    /// `today`, `recommended` or `front`.
    pub(in super::super) standing: String,
    pub(in super::super) across: [f64; 3],
    pub(in super::super) up: [f64; 3],
}

/// Draws it; `across` and `up` name the objectives with their units.
pub(in super::super) fn front(
    name: &str,
    title: String,
    subtitle: String,
    (across, up): (&str, &str),
    points: &[FrontPoint],
) -> Chart {
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
    for objective in [across, up] {
        columns.extend(["low", "mean", "high"].map(|end| format!("{objective} {end}")));
    }
    Chart {
        name: name.to_owned(),
        title,
        subtitle,
        alt,
        narrow: draw(points, (across, up), NARROW),
        wide: Some(draw(points, (across, up), WIDE)),
        data: Data { columns, rows: points.iter().map(row).collect() },
    }
}

fn draw(points: &[FrontPoint], (across, up): (&str, &str), width: f64) -> Picture {
    let mut canvas = Canvas::new(width, if width < WIDE { 330.0 } else { 400.0 });
    let y = Scale::over(points.iter().flat_map(|point| point.up), (canvas.height - 44.0, 28.0), 5);
    let marks = y.marks(5);
    let gutter =
        marks.values.iter().map(|value| width_of(&marks.label(*value))).fold(0.0, f64::max);
    let plot =
        Plot { left: gutter + 10.0, right: width - 16.0, top: 28.0, bottom: canvas.height - 44.0 };
    let x = Scale::over(points.iter().flat_map(|point| point.across), (plot.left, plot.right), 4);
    canvas.text((0.0, 12.0), Anchor::Start, "tick", &format!("↑ {up}"));
    plot.up(&mut canvas, &y, 5, |_, text| text);
    plot.along(&mut canvas, &x, if width < WIDE { 3 } else { 6 }, |_, text| text);
    canvas.text((plot.right, canvas.height - 6.0), Anchor::End, "tick", &format!("{across} →"));
    let mut line: Vec<(f64, f64)> = points
        .iter()
        .filter(|point| point.standing != "today")
        .map(|point| (x.at(point.across[1]), y.at(point.up[1])))
        .collect();
    line.sort_by(|a, b| a.0.total_cmp(&b.0));
    canvas.path(&path(&line), "curve thin s5");
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
        canvas.path(&path(&[(left, mid_y), (right, mid_y)]), &format!("whisker s{class}"));
        canvas.path(&path(&[(mid_x, low), (mid_x, high)]), &format!("whisker s{class}"));
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
