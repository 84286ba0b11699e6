//! What all charts are drawn with: shapes and words on a sheet, scales from
//! values to places, axes. Colours and type are classes that the style sheet
//! fills in. plotters maps and draws; what an element becomes is `svg`'s
//! matter. Knows nothing of what a chart shows.

use std::cell::RefCell;
use std::rc::Rc;

use plotters::coord::Shift;
use plotters::coord::ranged1d::Ranged as _;
use plotters::coord::types::RangedCoordf64;
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::prelude::{DrawingArea, IntoDrawingArea as _};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontFamily, IntoFont as _, RGBAColor, TextStyle};

use super::super::number::{Marks, rounded_range};
use super::Picture;
use super::svg::{Elements, Svg, TENTHS};
use super::text::width_of;
use super::time_axis::{Start, time_marks};

/// The width of a drawing for a phone, or for half a page.
pub(super) const NARROW: f64 = 330.0;
/// The width of a drawing for a desk.
pub(super) const WIDE: f64 = 720.0;

/// A place, in pixels from the sheet's top left.
pub(super) type Point = (f64, f64);

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing in the making.
pub(super) struct Canvas {
    pub(super) width: f64,
    pub(super) height: f64,
    elements: Rc<RefCell<Elements>>,
    area: DrawingArea<Svg, Shift>,
}

/// A place as plotters has it.
fn spot((x, y): Point) -> (i32, i32) {
    let tenths = |value: f64| (value.clamp(-1e6, 1e6) * TENTHS).round() as i32;
    (tenths(x), tenths(y))
}

/// Runs of points that are there, without a gap between them.
fn runs(points: &[Point]) -> impl Iterator<Item = &[Point]> {
    let there = |(x, y): &Point| x.is_finite() && y.is_finite();
    points.split(move |point| !there(point)).filter(|run| !run.is_empty())
}

impl Canvas {
    pub(super) fn new(width: f64, height: f64) -> Self {
        let elements = Rc::new(RefCell::new(Elements::default()));
        let area = Svg::new((width, height), Rc::clone(&elements)).into_drawing_area();
        Self { width, height, elements, area }
    }

    /// Whether it is for a phone.
    pub(super) fn is_narrow(&self) -> bool {
        self.width < WIDE
    }

    fn ink(&self, class: &str, opacity: f64, told: &str) -> RGBAColor {
        let mut elements = self.elements.borrow_mut();
        elements.tell(told);
        elements.ink(class, opacity)
    }

    // Drawing into a text does not fail: the backend's error has no value.

    pub(super) fn line(&self, from: Point, to: Point, class: &str) {
        self.path(&[from, to], class);
    }

    /// A line through points; where one is not finite, it is broken off.
    pub(super) fn path(&self, points: &[Point], class: &str) {
        for run in runs(points).filter(|run| run.len() > 1) {
            let ink = self.ink(class, 1.0, "");
            let through: Vec<_> = run.iter().map(|point| spot(*point)).collect();
            let _ = self.area.draw(&PathElement::new(through, ink));
        }
    }

    /// What lies within points; `told` is what hovering over it says.
    pub(super) fn shape(&self, points: &[Point], class: &str, told: &str) {
        let around: Vec<_> = runs(points).flatten().map(|point| spot(*point)).collect();
        if around.len() > 2 {
            let _ = self.area.draw(&Polygon::new(around, self.ink(class, 1.0, told)));
        }
    }

    /// What lies between two lines over the same places, where both are there.
    pub(super) fn band(&self, ends: &[(f64, [f64; 2])], class: &str) {
        let there = |(x, [a, b]): &(f64, [f64; 2])| (x + a + b).is_finite();
        for run in ends.split(|end| !there(end)) {
            let low = run.iter().map(|(x, [low, _])| (*x, *low));
            let high = run.iter().rev().map(|(x, [_, high])| (*x, *high));
            self.shape(&low.chain(high).collect::<Vec<_>>(), class, "");
        }
    }

    /// A rectangle.
    pub(super) fn rect(&self, corner: Point, size: (f64, f64), class: &str, told: &str) {
        self.shade(corner, size, class, 1.0, told);
    }

    /// A rectangle of a shade of the colour that `class` names, 1 being full.
    pub(super) fn shade(
        &self,
        corner: Point,
        size: (f64, f64),
        class: &str,
        shade: f64,
        told: &str,
    ) {
        let end = (corner.0 + size.0.max(0.0), corner.1 + size.1.max(0.0));
        let corners = [corner, end];
        if runs(&corners).next().is_some_and(|run| run.len() == 2) {
            let style = self.ink(class, if shade.is_finite() { shade } else { 0.0 }, told).filled();
            let _ = self.area.draw(&Rectangle::new(corners.map(spot), style));
        }
    }

    pub(super) fn dot(&self, at: Point, radius: f64, class: &str, told: &str) {
        if runs(&[at]).next().is_some() {
            let style = self.ink(class, 1.0, told).filled();
            let _ = self.area.draw(&Circle::new(spot(at), (radius * TENTHS) as i32, style));
        }
    }

    pub(super) fn text(&self, at: Point, anchor: Anchor, class: &str, text: &str) {
        let held = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        // The size is the class's matter.
        let font = (FontFamily::SansSerif, 1.0).into_font();
        let ink = self.ink(class, 1.0, "");
        let style = TextStyle::from(font).color(&ink);
        let at =
            (if at.0.is_finite() { at.0 } else { 0.0 }, if at.1.is_finite() { at.1 } else { 0.0 });
        let _ = self.area.draw_text(text, &style.pos(Pos::new(held, VPos::Bottom)), spot(at));
    }

    pub(super) fn done(self) -> Picture {
        let inside = self.elements.borrow_mut().take();
        Picture { width: self.width, height: self.height, inside }
    }
}

/// A scale from values to places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// A scale whose values run from `low` to `high` over `from` to `to`.
    pub(super) fn new((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let (low, high) = match (low.is_finite(), high > low && high.is_finite()) {
            (true, true) => (low, high),
            (true, false) => (low, low + 1.0),
            (false, _) => (0.0, 1.0),
        };
        Self { low, high, from, to }
    }

    /// A scale over all finite `values`, ending at round ones.
    pub(super) fn over(
        values: impl IntoIterator<Item = f64>,
        ends: (f64, f64),
        marks: usize,
    ) -> Self {
        let (low, high) = extent(values);
        Self::new(rounded_range(low, high, marks), ends)
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        if !value.is_finite() {
            return f64::NAN;
        }
        // Far beyond the ends is nowhere on the sheet, however far.
        let span = self.high - self.low;
        let value = value.clamp(self.low - 100.0 * span, self.high + 100.0 * span);
        let range = RangedCoordf64::from(self.low..self.high);
        let (from, to) = ((self.from * TENTHS).round() as i32, (self.to * TENTHS).round() as i32);
        f64::from(range.map(&value, (from, to))) / TENTHS
    }

    /// The same, never beyond the ends.
    pub(super) fn within(&self, value: f64) -> f64 {
        self.at(value.clamp(self.low, self.high))
    }

    pub(super) fn marks(&self, count: usize) -> Marks {
        Marks::between(self.low, self.high, count)
    }

    pub(super) const fn low(&self) -> f64 {
        self.low
    }

    pub(super) const fn high(&self) -> f64 {
        self.high
    }
}

/// The least and the greatest finite value; 0 and 1 where there is none.
pub(super) fn extent(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    let (low, high) =
        finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high { (0.0, 1.0) } else { (low, high) }
}

/// Where a chart's values are drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Plot {
    /// Marks up the left side with a thin line each, and what they are.
    pub(super) fn up(
        &self,
        canvas: &Canvas,
        scale: &Scale,
        marks: usize,
        label: impl Fn(f64, String) -> String,
    ) {
        let marks = scale.marks(marks);
        for value in &marks.values {
            let y = scale.at(*value);
            let class = if *value == 0.0 { "zero" } else { "grid" };
            canvas.line((self.left, y), (self.right, y), class);
            let text = label(*value, marks.label(*value));
            canvas.text((self.left - 6.0, y + 4.0), Anchor::End, "tick", &text);
        }
    }

    /// Marks along the bottom.
    pub(super) fn along(
        &self,
        canvas: &Canvas,
        scale: &Scale,
        marks: usize,
        label: impl Fn(f64, String) -> String,
    ) {
        let marks = scale.marks(marks);
        for value in &marks.values {
            let x = scale.at(*value);
            let text = label(*value, marks.label(*value));
            canvas.line((x, self.bottom), (x, self.bottom + 4.0), "axis");
            // A label at an end stays inside.
            let half = width_of(&text) / 2.0;
            let at = x.min(canvas.width - half).max(half);
            canvas.text((at, self.bottom + 17.0), Anchor::Middle, "tick", &text);
        }
        canvas.line((self.left, self.bottom), (self.right, self.bottom), "axis");
    }

    /// Days along the bottom, of hours since the start.
    pub(super) fn days(&self, canvas: &Canvas, scale: &Scale, start: Start) {
        let hour = scale.at(1.0) - scale.at(0.0);
        for (at, text) in time_marks((scale.low(), scale.high()), hour, start) {
            let x = scale.at(at);
            canvas.line((x, self.top), (x, self.bottom), "grid");
            if x + 3.0 + width_of(&text) <= self.right + 8.0 {
                canvas.text((x + 3.0, self.bottom + 15.0), Anchor::Start, "tick", &text);
            }
        }
        canvas.line((self.left, self.bottom), (self.right, self.bottom), "axis");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_of_classes_and_plain_text() {
        let canvas = Canvas::new(100.0, 50.0);
        canvas.text((1.04, f64::NAN), Anchor::End, "tick", "<script>&\"");
        canvas.shade((1.0, 2.0), (3.0, 4.0), "heat", 0.5, "a < b");
        let inside = canvas.done().inside;
        let text = "<text class=\"tick\" x=\"1\" y=\"0\" text-anchor=\"end\">&lt;script&gt;&amp;&quot;</text>";
        let rect = "<rect class=\"heat\" x=\"1\" y=\"2\" width=\"3\" height=\"4\" \
                    fill-opacity=\"0.50\" data-tip=\"a &lt; b\"/>";
        assert_eq!(inside, format!("{text}{rect}"));
    }

    #[test]
    fn a_path_breaks_where_there_is_no_value() {
        let canvas = Canvas::new(100.0, 50.0);
        let nowhere = (f64::NAN, 1.0);
        let points = [(0.0, 1.0), (1.0, 2.25), (2.0, 3.0), nowhere, (3.0, 4.0), (5.0, 6.0)];
        canvas.path(&points, "curve");
        let inside = canvas.done().inside;
        let parts = "<path class=\"curve\" d=\"M0 1L1 2.3L2 3\"/>\
                     <line class=\"curve\" x1=\"3\" y1=\"4\" x2=\"5\" y2=\"6\"/>";
        assert_eq!(inside, parts);
    }

    #[test]
    fn scales_hold_what_they_are_given() {
        let scale = Scale::over([0.0, 37.0, f64::NAN], (0.0, 80.0), 4);
        assert_eq!((scale.at(0.0), scale.at(20.0), scale.within(1e9)), (0.0, 40.0, 80.0));
        let empty = Scale::over([], (0.0, 1.0), 4);
        assert!(empty.at(0.5).is_finite() && empty.at(f64::NAN).is_nan());
        assert!(scale.at(1e300).is_finite());
    }
}
