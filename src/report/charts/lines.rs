//! Lines with bands over a value that is no time: how a measure answers to a
//! setting, how waits grow with the number of homes.

use super::super::number::{grouped, readable};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Point, Scale, extent};
use super::text::{fitted, width_of};
use super::{Chart, Data, Picture};

/// A line: places along, each with low, mean and high.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) label: String,
    pub(super) points: Vec<(f64, [f64; 3])>,
}

/// A chart of lines.
#[derive(Clone, Debug)]
pub(super) struct Lines<'a> {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) subtitle: String,
    /// What runs along, with its unit, and by how much its values are divided.
    pub(super) along: String,
    pub(super) divide: f64,
    /// The unit of the values.
    pub(super) unit: &'a str,
    pub(super) series: Vec<Series>,
    /// Today's place along, where it is among them.
    pub(super) today: Option<f64>,
    /// Bounds that are not to be crossed.
    pub(super) bounds: Vec<(f64, String)>,
    /// The last place along that is as it should be, and the first that is not.
    pub(super) edge: (Option<f64>, Option<f64>),
    /// Whether places along are so far apart that each factor is as wide as the
    /// next: then they are marked themselves.
    pub(super) by_factors: bool,
    /// Whether the scale begins at 0.
    pub(super) from_zero: bool,
}

/// Draws it, at the width of half a page: such charts stand side by side.
pub(super) fn lines(lines: Lines<'_>) -> Chart {
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

/// The sheet of a chart of lines, its scales, and where they stand.
struct Sheet<'a, 'l> {
    lines: &'a Lines<'l>,
    canvas: Canvas,
    plot: Plot,
    x: Scale,
    y: Scale,
}

fn draw(lines: &Lines<'_>) -> Picture {
    // Above stand the unit and, a line each, the ends of the edge.
    let top = if lines.edge == (None, None) { 20.0 } else { 46.0 };
    let bottom = top + 176.0;
    let values = || lines.series.iter().flat_map(|s| s.points.iter().flat_map(|(_, ends)| *ends));
    let (low, high) = extent(values());
    // A measure that hardly moves is not to look as though it did.
    let room = (0.05 * high.abs() - (high - low)).max(0.0) / 2.0;
    let mut reach = vec![low - room, high + room];
    reach.extend(lines.from_zero.then_some(0.0));
    reach.extend(lines.bounds.iter().map(|(bound, _)| *bound));
    if low >= 0.0 && low < 0.4 * high {
        reach.push(0.0);
    }
    let y = Scale::over(reach, (bottom, top), 4);
    let marks = y.marks(4);
    let widest = |texts: &mut dyn Iterator<Item = String>| {
        texts.map(|text| width_of(&text)).fold(0.0, f64::max)
    };
    let gutter = widest(&mut marks.values.iter().map(|value| marks.label(*value)));
    let names = widest(&mut lines.series.iter().map(|series| series.label.clone()));
    let right =
        if lines.series.len() > 1 { NARROW - names.min(110.0) - 10.0 } else { NARROW - 12.0 };
    let plot = Plot { left: gutter + 10.0, right, top, bottom };
    let places = lines.series.iter().flat_map(|s| s.points.iter().map(|(at, _)| lines.place(*at)));
    let x = Scale::new(extent(places), (plot.left + 4.0, plot.right));
    let sheet = Sheet { lines, canvas: Canvas::new(NARROW, bottom + 40.0), plot, x, y };
    sheet.frame();
    for (place, series) in lines.series.iter().enumerate() {
        sheet.line(series, place % 5 + 1);
    }
    if lines.series.len() > 1 {
        sheet.names();
    }
    sheet.canvas.done()
}

impl Lines<'_> {
    /// A place along, on the scale.
    fn place(&self, at: f64) -> f64 {
        if self.by_factors { libm::log(at.max(1e-9)) } else { at / self.divide }
    }

    /// A place along, as it is written.
    fn told(&self, at: f64) -> String {
        let text = grouped(at / self.divide, 2);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl Sheet<'_, '_> {
    fn at(&self, along: f64, value: f64) -> Point {
        (self.x.at(self.lines.place(along)), self.y.at(value))
    }

    /// What stands around the lines and behind them.
    fn frame(&self) {
        let Self { lines, canvas, plot, x, y } = self;
        canvas.text((0.0, 12.0), Anchor::Start, "tick", lines.unit);
        let first_crossed = lines.edge.1;
        if let Some(crossed) = first_crossed {
            let (at, _) = self.at(crossed, 0.0);
            let size = (plot.right - at, plot.bottom - plot.top);
            canvas.rect((at, plot.top), size, "beyond", "");
        }
        plot.up(canvas, y, 4, |_, text| text);
        if lines.by_factors {
            self.marks();
        } else {
            plot.along(canvas, x, 4, |_, text| text);
        }
        let middle = (plot.left + plot.right) / 2.0;
        canvas.text((middle, canvas.height - 4.0), Anchor::Middle, "tick", &lines.along);
        let upright = |along: f64, class: &str, text: &str, height: f64, leftward: bool| {
            let (at, _) = self.at(along, 0.0);
            canvas.line((at, height - 8.0), (at, plot.bottom), class);
            let room = if leftward { at - 4.0 } else { canvas.width - at - 4.0 };
            if leftward == (room >= width_of(text)) {
                canvas.text((at - 4.0, height), Anchor::End, "tick halo", text);
            } else {
                canvas.text((at + 4.0, height), Anchor::Start, "tick halo", text);
            }
        };
        let within = |along: &f64| (x.low()..=x.high()).contains(&lines.place(*along));
        if let Some(today) = lines.today.filter(within) {
            upright(today, "today", "today", plot.top + 4.0, self.at(today, 0.0).0 > middle);
        }
        if let Some(carried) = lines.edge.0 {
            let text = format!("{} carried", lines.told(carried));
            upright(carried, "today", &text, plot.top - 20.0, true);
        }
        if let Some(crossed) = first_crossed {
            let text = format!("{} crosses a bound", lines.told(crossed));
            upright(crossed, "bound", &text, plot.top - 6.0, false);
        }
        for (bound, text) in &lines.bounds {
            let y = y.at(*bound);
            canvas.line((plot.left, y), (plot.right, y), "bound");
            let beside = if y - plot.top < 14.0 { 13.0 } else { -5.0 };
            canvas.text((plot.left + 4.0, y + beside), Anchor::Start, "tick tbad halo", text);
        }
    }

    /// The places themselves along the bottom, as many as there is room for:
    /// the edge first.
    fn marks(&self) {
        let Self { lines, canvas, plot, .. } = self;
        let mut places: Vec<f64> = lines.edge.0.into_iter().chain(lines.edge.1).collect();
        let all = lines.series.first().map_or(&[][..], |series| &series.points);
        places.extend(all.first().into_iter().chain(all.last()).chain(all).map(|(at, _)| *at));
        let mut written: Vec<(f64, f64)> = Vec::new();
        for along in places {
            let (x, text) = (self.at(along, 0.0).0, lines.told(along));
            let half = width_of(&text) / 2.0 + 4.0;
            canvas.line((x, plot.bottom), (x, plot.bottom + 4.0), "axis");
            if written.iter().all(|(other, wide)| (x - other).abs() >= half + wide) {
                let at = x.min(canvas.width - half).max(half);
                canvas.text((at, plot.bottom + 17.0), Anchor::Middle, "tick", &text);
                written.push((x, half));
            }
        }
        canvas.line((plot.left, plot.bottom), (plot.right, plot.bottom), "axis");
    }

    fn line(&self, series: &Series, colour: usize) {
        let Self { lines, canvas, .. } = self;
        let ends = |(at, [low, _, high]): &(f64, [f64; 3])| {
            let ((x, low), (_, high)) = (self.at(*at, *low), self.at(*at, *high));
            (x, [low, high])
        };
        let band: Vec<_> = series.points.iter().map(ends).collect();
        if band.iter().any(|(_, [low, high])| low != high) {
            canvas.band(&band, &format!("band b{colour}"));
        }
        let means: Vec<Point> =
            series.points.iter().map(|(at, [_, mean, _])| self.at(*at, *mean)).collect();
        canvas.path(&means, &format!("curve s{colour}"));
        for (along, [low, mean, high]) in &series.points {
            let interval = if low < high {
                format!(" ({} to {})", readable(*low), readable(*high))
            } else {
                String::new()
            };
            let told = format!(
                "{}, {} {}: {} {}{interval}",
                series.label,
                lines.along,
                lines.told(*along),
                readable(*mean),
                lines.unit
            );
            canvas.dot(self.at(*along, *mean), 3.0, &format!("fill f{colour}"), &told);
        }
    }

    /// Names at the ends of their lines, pushed apart, none below the plot.
    fn names(&self) {
        const APART: f64 = 14.0;
        let Self { lines, canvas, plot, .. } = self;
        let last = |(place, series): (usize, &Series)| {
            let (at, [_, mean, _]) = series.points.iter().rfind(|(_, ends)| ends[1].is_finite())?;
            Some((self.at(*at, *mean).1, place))
        };
        let mut names: Vec<(f64, usize)> =
            lines.series.iter().enumerate().filter_map(last).collect();
        names.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut lowest = plot.bottom;
        for (at, _) in names.iter_mut().rev() {
            *at = at.min(lowest);
            lowest = *at - APART;
        }
        let mut above = f64::NEG_INFINITY;
        for (at, place) in names {
            let at = at.max(above + APART);
            above = at;
            let class = format!("label t{}", place % 5 + 1);
            let text = fitted(&lines.series[place].label, NARROW - plot.right - 6.0);
            canvas.text((plot.right + 6.0, at + 4.0), Anchor::Start, &class, &text);
        }
    }
}
