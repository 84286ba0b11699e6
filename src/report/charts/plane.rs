//! A plane with numbers to the right and upwards, a thin grid and titles: what
//! the charts of experiments are drawn in. Knows nothing of what it shows.

use super::canvas::{Align, Canvas, Drawn, Pixel, Text, WIDTH, size};
use super::colour;
use super::number::{Marks, rounded_range};

/// Where a plane begins and ends.
const LEFT: i32 = 120;
const RIGHT: i32 = WIDTH - 60;
/// Below a plane, for the marks and the title of its axis.
pub(super) const BELOW: i32 = 70;

/// The plane.
pub(super) struct Plane<'a, 's> {
    canvas: &'a Canvas<'s>,
    top: i32,
    bottom: i32,
    x: (f64, f64),
    y: (f64, f64),
}

/// About how many marks fit.
const ACROSS: usize = 10;
const UP: usize = 7;

/// From the least to the greatest of `values`, those that are numbers.
pub(super) fn ends(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high { (0.0, 1.0) } else { (low, high) }
}

impl<'a, 's> Plane<'a, 's> {
    /// A plane between two heights that holds these ranges: `x` to the pixel,
    /// `y` to the next marks.
    pub(super) fn new(
        canvas: &'a Canvas<'s>,
        (top, bottom): (i32, i32),
        x: (f64, f64),
        y: (f64, f64),
    ) -> Self {
        let x = if x.1 > x.0 { x } else { (x.0 - 0.5, x.0 + 0.5) };
        Self { canvas, top, bottom, x, y: rounded_range(y.0, y.1, UP) }
    }

    /// The pixel of a point.
    pub(super) fn at(&self, x: f64, y: f64) -> Pixel {
        let share =
            |value: f64, (low, high): (f64, f64)| (value.clamp(low, high) - low) / (high - low);
        let right = f64::from(RIGHT - LEFT) * share(x, self.x);
        let up = f64::from(self.bottom - self.top) * share(y, self.y);
        (LEFT + right.round() as i32, self.bottom - up.round() as i32)
    }

    /// Draws the grid, marks and titles.
    pub(super) fn frame(&self, x_title: &str, y_title: &str) -> Drawn {
        let canvas = self.canvas;
        let small = Text::of(size::SMALL).coloured(colour::GREY);
        canvas.write(y_title, (LEFT, self.top - 20), Text::of(size::TEXT).bold())?;
        let marks = Marks::between(self.y.0, self.y.1, UP);
        for value in &marks.values {
            let (_, y) = self.at(self.x.0, *value);
            canvas.line(vec![(LEFT, y), (RIGHT, y)], colour::GRID, 1)?;
            let at = (LEFT - 10, y);
            canvas.write(&marks.label(*value), at, small.aligned(Align::Right))?;
        }
        let marks = Marks::between(self.x.0, self.x.1, ACROSS);
        for value in &marks.values {
            let (x, _) = self.at(*value, self.y.0);
            canvas.line(vec![(x, self.top), (x, self.bottom)], colour::GRID, 1)?;
            let at = (x, self.bottom + 20);
            canvas.write(&marks.label(*value), at, small.aligned(Align::Centre))?;
        }
        canvas.line(vec![(LEFT, self.bottom), (RIGHT, self.bottom)], colour::AXIS, 1)?;
        let at = ((LEFT + RIGHT) / 2, self.bottom + 46);
        canvas.write(x_title, at, small.aligned(Align::Centre))
    }
}
