//! A panel of a chart: a rectangle with values upwards, time or values to the
//! right, a thin grid, and what is drawn in it. Several panels on a sheet share
//! their time.

use super::canvas::{Align, Canvas, Drawn, PALENESS, Pixel, Text, WIDTH, size};
use super::colour::{self, Colour};
use super::number::{Marks, rounded_range};
use super::series::{Point, Series};
use super::time_axis::TimeAxis;

/// Where the panels of a chart over time begin and end.
pub(super) const LEFT: i32 = 100;
/// The same at the right, where there is room for a second scale.
pub(super) const RIGHT: i32 = WIDTH - 80;

/// How far past the greatest mean a band may stretch the scale: what goes
/// beyond is cut, so that a mean can still be read where replicates are few.
const BAND_STRETCH: f64 = 1.5;

/// A panel over time.
pub(super) struct Panel<'a, 's> {
    canvas: &'a Canvas<'s>,
    top: i32,
    bottom: i32,
    time: TimeAxis,
    low: f64,
    high: f64,
}

/// What is written around a panel.
pub(super) struct Frame<'a> {
    /// What the panel shows and its unit, above it.
    pub(super) title: &'a str,
    /// A second scale at the right: its title, and how much of it one unit of
    /// the first is.
    pub(super) second: Option<(&'a str, f64)>,
    /// Whether the days are named below.
    pub(super) names_days: bool,
}

impl<'a, 's> Panel<'a, 's> {
    /// A panel between two heights of the sheet, for values from about `low`
    /// to `high`.
    pub(super) fn new(
        canvas: &'a Canvas<'s>,
        (top, bottom): (i32, i32),
        time: TimeAxis,
        (low, high): (f64, f64),
    ) -> Self {
        let (low, high) = rounded_range(low, high, Self::marks_in(top, bottom));
        Self { canvas, top, bottom, time, low, high }
    }

    fn marks_in(top: i32, bottom: i32) -> usize {
        usize::try_from((bottom - top) / 55).unwrap_or(0).max(2)
    }

    fn x(&self, days: f64) -> i32 {
        LEFT + (f64::from(RIGHT - LEFT) * days / self.time.days()).round() as i32
    }

    fn y(&self, value: f64) -> i32 {
        let share = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        self.bottom - (f64::from(self.bottom - self.top) * share).round() as i32
    }

    /// Whether the scale reaches `value`.
    pub(super) fn shows(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Draws the grid and writes around it.
    pub(super) fn frame(&self, frame: &Frame<'_>) -> Drawn {
        let canvas = self.canvas;
        let small = Text::of(size::SMALL).coloured(colour::GREY);
        let title = Text::of(size::TEXT).bold();
        canvas.write(frame.title, (LEFT, self.top - 18), title)?;
        let days = self.time.marks();
        for line in &days.lines {
            let x = self.x(*line);
            canvas.line(vec![(x, self.top), (x, self.bottom)], colour::GRID, 1)?;
        }
        let marks = Marks::between(self.low, self.high, Self::marks_in(self.top, self.bottom));
        for value in &marks.values {
            let y = self.y(*value);
            canvas.line(vec![(LEFT, y), (RIGHT, y)], colour::GRID, 1)?;
            let at = (LEFT - 10, y);
            canvas.write(&marks.label(*value), at, small.aligned(Align::Right))?;
        }
        if let Some((name, rate)) = frame.second {
            self.second_scale(name, rate)?;
        }
        canvas.line(vec![(LEFT, self.bottom), (RIGHT, self.bottom)], colour::AXIS, 1)?;
        if frame.names_days {
            for label in &days.labels {
                let at = (self.x(label.at), self.bottom + 20);
                canvas.write(&label.text, at, small.aligned(Align::Centre))?;
            }
            let at = ((LEFT + RIGHT) / 2, self.bottom + 46);
            canvas.write(&days.title, at, small.aligned(Align::Centre))?;
        }
        Ok(())
    }

    fn second_scale(&self, name: &str, rate: f64) -> Drawn {
        let small = Text::of(size::SMALL).coloured(colour::GREY);
        let at = (RIGHT + 70, self.top - 18);
        self.canvas.write(name, at, small.aligned(Align::Right))?;
        // Its marks are on no grid line, so that a few more do no harm.
        let count = Self::marks_in(self.top, self.bottom) * 3 / 2;
        let marks = Marks::between(self.low * rate, self.high * rate, count);
        for value in &marks.values {
            let y = self.y(value / rate);
            self.canvas.line(vec![(RIGHT, y), (RIGHT + 6, y)], colour::AXIS, 1)?;
            self.canvas.write(&marks.label(*value), (RIGHT + 12, y), small)?;
        }
        self.canvas.line(vec![(RIGHT, self.top), (RIGHT, self.bottom)], colour::AXIS, 1)
    }

    /// The series' means as a line over their intervals as a band.
    pub(super) fn line(&self, series: &Series, colour: Colour, width: u32) -> Drawn {
        self.band(series, colour)?;
        for run in series.runs() {
            if let [alone] = run.as_slice() {
                let at = (self.x(alone.middle()), self.y(alone.mean));
                self.canvas.dot(at, 2, colour, 1.0)?;
            } else {
                self.canvas.line(self.through(&run, |point| point.mean), colour, width)?;
            }
        }
        Ok(())
    }

    /// The 95 % intervals alone.
    fn band(&self, series: &Series, colour: Colour) -> Drawn {
        for run in series.runs() {
            for part in run.split(|point| point.band.is_none()).filter(|part| part.len() > 1) {
                let low = self.through(part, |point| point.band.map_or(point.mean, |band| band.0));
                let high = self.through(part, |point| point.band.map_or(point.mean, |band| band.1));
                self.between(low, high, colour)?;
            }
        }
        Ok(())
    }

    /// What lies from one series to another, where both have values.
    pub(super) fn range(&self, low: &Series, high: &Series, colour: Colour) -> Drawn {
        let both = |(low, high): (&Option<Point>, &Option<Point>)| Some(((*low)?, (*high)?));
        let pairs: Vec<_> = low.0.iter().zip(&high.0).map(both).collect();
        for run in pairs.split(Option::is_none) {
            let (low, high): (Vec<Point>, Vec<Point>) = run.iter().flatten().copied().unzip();
            if low.len() == 1 {
                let x = self.x(low[0].middle());
                let ends = vec![(x, self.y(low[0].mean)), (x, self.y(high[0].mean))];
                self.canvas.line(ends, colour, 1)?;
            } else if !low.is_empty() {
                let low = self.through(&low, |point| point.mean);
                self.between(low, self.through(&high, |point| point.mean), colour)?;
            }
        }
        Ok(())
    }

    fn between(&self, mut low: Vec<Pixel>, high: Vec<Pixel>, colour: Colour) -> Drawn {
        low.extend(high.into_iter().rev());
        self.canvas.shape(low, colour, PALENESS)
    }

    fn through(&self, points: &[Point], value: impl Fn(&Point) -> f64) -> Vec<Pixel> {
        points.iter().map(|point| (self.x(point.middle()), self.y(value(point)))).collect()
    }

    /// The series as levels that hold through each step.
    pub(super) fn levels(&self, series: &Series, colour: Colour, dashed: bool) -> Drawn {
        for run in series.runs() {
            let mut points: Vec<Pixel> = Vec::new();
            for point in &run {
                let y = self.y(point.mean);
                if points.last().is_none_or(|last| last.1 != y) {
                    points.push((self.x(point.from), y));
                    points.push((self.x(point.to), y));
                } else if let Some(last) = points.last_mut() {
                    last.0 = self.x(point.to);
                }
            }
            if dashed {
                self.canvas.dashes(points, colour, 2)?;
            } else {
                self.canvas.line(points, colour, 2)?;
            }
        }
        Ok(())
    }

    /// A remark at the panel's top right.
    pub(super) fn remark(&self, text: &str) -> Drawn {
        let how = Text::of(size::SMALL).coloured(colour::GREY).aligned(Align::Right);
        self.canvas.write(text, (RIGHT, self.top - 18), how)
    }
}

/// From nothing to where the series and, within reason, their bands end.
pub(super) fn range_from_zero(series: &[&Series]) -> (f64, f64) {
    let greatest = series.iter().filter_map(|one| one.greatest()).fold(0.0, f64::max);
    let bands = series.iter().flat_map(|one| one.points()).filter_map(|point| point.band);
    let highest = bands.map(|(_, high)| high).fold(greatest, f64::max);
    (0.0, highest.min(greatest * BAND_STRETCH))
}
