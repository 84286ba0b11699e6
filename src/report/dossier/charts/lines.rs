//! Lines with bands over a value that is no time: how a measure answers to a
//! setting, how waits grow with the number of homes.

use super::super::super::number::{grouped, readable};
use super::super::document::{Chart, Data, Picture};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, extent, path, width_of};

/// A line: places along, each with low, mean and high.
#[derive(Clone, Debug)]
pub(in super::super) struct Series {
    pub(in super::super) label: String,
    pub(in super::super) points: Vec<(f64, [f64; 3])>,
}

/// A chart of lines.
#[derive(Clone, Debug)]
pub(in super::super) struct Lines<'a> {
    pub(in super::super) name: String,
    pub(in super::super) title: String,
    pub(in super::super) subtitle: String,
    /// What runs along, with its unit, and by how much its values are divided.
    pub(in super::super) along: String,
    pub(in super::super) divide: f64,
    /// The unit of the values.
    pub(in super::super) unit: &'a str,
    pub(in super::super) series: Vec<Series>,
    /// Today's place along, where it is among them.
    pub(in super::super) today: Option<f64>,
    /// A bound that is not to be crossed.
    pub(in super::super) bound: Option<(f64, String)>,
    /// Whether the scale begins at 0.
    pub(in super::super) from_zero: bool,
}

/// Draws it, at the width of half a page: such charts stand side by side.
pub(in super::super) fn lines(lines: Lines<'_>) -> Chart {
    let mut rows = Vec::new();
    let mut told = Vec::new();
    for series in &lines.series {
        for (at, ends) in &series.points {
            let mut row = vec![series.label.clone(), super::cell(*at / lines.divide)];
            row.extend(ends.map(super::cell));
            rows.push(row);
        }
        if let (Some(first), Some(last)) = (series.points.first(), series.points.last()) {
            let at = |place: f64| super::cell(place / lines.divide);
            told.push(format!(
                "{}: {} {} at {}, {} {} at {}",
                series.label,
                readable(first.1[1]),
                lines.unit,
                at(first.0),
                readable(last.1[1]),
                lines.unit,
                at(last.0)
            ));
        }
    }
    let columns = ["line", &lines.along, "low", "mean", "high"].map(str::to_owned);
    Chart {
        alt: format!("{}. Over {}. {}.", lines.title, lines.along, told.join("; ")),
        name: lines.name.clone(),
        title: lines.title.clone(),
        subtitle: lines.subtitle.clone(),
        narrow: draw(&lines),
        wide: None,
        data: Data { columns: columns.to_vec(), rows },
    }
}

fn draw(lines: &Lines<'_>) -> Picture {
    let mut canvas = Canvas::new(NARROW, 236.0);
    let values = || lines.series.iter().flat_map(|s| s.points.iter().flat_map(|(_, ends)| *ends));
    let (low, high) = extent(values());
    // A measure that hardly moves is not to look as though it did.
    let room = (0.05 * high.abs() - (high - low)).max(0.0) / 2.0;
    let mut reach = vec![low - room, high + room];
    reach.extend(lines.from_zero.then_some(0.0));
    reach.extend(lines.bound.iter().map(|(bound, _)| *bound));
    if low >= 0.0 && low < 0.4 * high {
        reach.push(0.0);
    }
    let several = lines.series.len() > 1;
    let widest = lines.series.iter().map(|series| width_of(&series.label)).fold(0.0, f64::max);
    let y = Scale::over(reach, (196.0, 20.0), 4);
    let marks = y.marks(4);
    let gutter =
        marks.values.iter().map(|value| width_of(&marks.label(*value))).fold(0.0, f64::max);
    let right = if several { NARROW - widest.min(110.0) - 10.0 } else { NARROW - 12.0 };
    let plot = Plot { left: gutter + 10.0, right, top: 20.0, bottom: 196.0 };
    let places = lines.series.iter().flat_map(|s| s.points.iter().map(|(at, _)| at / lines.divide));
    let x = Scale::new(extent(places), (plot.left + 4.0, plot.right));
    canvas.text((0.0, 12.0), Anchor::Start, "tick", lines.unit);
    plot.up(&mut canvas, &y, 4, |_, text| text);
    plot.along(&mut canvas, &x, 4, |_, text| text);
    canvas.text(((plot.left + plot.right) / 2.0, 232.0), Anchor::Middle, "tick", &lines.along);
    let today = lines.today.map(|today| today / lines.divide);
    if let Some(today) = today.filter(|today| (x.low()..=x.high()).contains(today)) {
        let at = x.at(today);
        canvas.line((at, plot.top - 4.0), (at, plot.bottom), "today");
        let (anchor, at) = if at > (plot.left + plot.right) / 2.0 {
            (Anchor::End, at - 4.0)
        } else {
            (Anchor::Start, at + 4.0)
        };
        canvas.text((at, plot.top + 4.0), anchor, "tick halo", "today");
    }
    if let Some((bound, text)) = &lines.bound {
        canvas.line((plot.left, y.at(*bound)), (plot.right, y.at(*bound)), "bound");
        canvas.text((plot.right, y.at(*bound) - 5.0), Anchor::End, "tick tbad halo", text);
    }
    let mut labels: Vec<(f64, usize)> = Vec::new();
    for (place, series) in lines.series.iter().enumerate() {
        let colour = place % 5 + 1;
        let at = |ends: usize| {
            series
                .points
                .iter()
                .map(move |(at, values)| (x.at(at / lines.divide), y.at(values[ends])))
        };
        let band: Vec<_> = at(0).chain(at(2).collect::<Vec<_>>().into_iter().rev()).collect();
        canvas.path(&path(&band), &format!("band b{colour}"));
        canvas.path(&path(&at(1).collect::<Vec<_>>()), &format!("curve s{colour}"));
        for (along, [low, mean, high]) in &series.points {
            if mean.is_finite() {
                let interval = if low < high {
                    format!(" ({} to {})", readable(*low), readable(*high))
                } else {
                    String::new()
                };
                let told = format!(
                    "{} {} {}: {} {}{interval}",
                    series.label,
                    lines.along,
                    grouped(along / lines.divide, 2).trim_end_matches('0').trim_end_matches('.'),
                    readable(*mean),
                    lines.unit
                );
                canvas.dot(
                    (x.at(along / lines.divide), y.at(*mean)),
                    3.0,
                    &format!("fill f{colour}"),
                    &told,
                );
            }
        }
        if let Some((_, [_, mean, _])) = series.points.last() {
            labels.push((y.at(*mean), place));
        }
    }
    if several {
        // Labels at the ends of their lines, pushed apart.
        labels.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut above = f64::NEG_INFINITY;
        for (at, place) in labels {
            let at = at.max(above + 14.0);
            above = at;
            let class = format!("label t{}", place % 5 + 1);
            let text = super::canvas::fitted(&lines.series[place].label, NARROW - plot.right - 6.0);
            canvas.text((plot.right + 6.0, at + 4.0), Anchor::Start, &class, &text);
        }
    }
    canvas.done()
}
