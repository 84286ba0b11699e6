//! What all charts of a dossier are drawn with: a drawing that collects SVG
//! elements, scales from values to places, axes and labels. Colours and type
//! are classes that the style sheet fills in, so that one drawing serves light
//! and dark pages and print. Knows nothing of what a chart shows.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::super::super::number::{Marks, rounded_range};
use super::super::document::Picture;

/// The width of a drawing for a phone.
pub(super) const NARROW: f64 = 330.0;
/// The width of a drawing for a desk.
pub(super) const WIDE: f64 = 720.0;
/// The size of labels.
pub(super) const LABEL: f64 = 12.0;

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// About how wide a text of labels is. Type differs from machine to machine;
/// this is on the wide side.
pub(super) fn width_of(text: &str) -> f64 {
    let letters = text.chars().map(|letter| match letter {
        'i' | 'l' | 'j' | '.' | ',' | '\'' | '|' | ':' | ' ' => 0.34,
        'm' | 'w' | 'M' | 'W' | '%' => 0.9,
        letter if letter.is_uppercase() => 0.7,
        _ => 0.57,
    });
    letters.sum::<f64>() * LABEL
}

/// The text with its end left out where it is wider than `room`.
pub(super) fn fitted(text: &str, room: f64) -> String {
    if width_of(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for letter in text.chars() {
        short.push(letter);
        if width_of(&short) + LABEL > room {
            break;
        }
    }
    short.pop();
    short.trim_end().to_owned() + "…"
}

/// The text in lines no wider than `room`.
pub(super) fn wrapped(text: &str, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_of(&format!("{line} {word}")) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| fitted(line, room)).collect()
}

/// A place as the drawing has it: tenths of a pixel are fine enough.
fn place(value: f64) -> String {
    let text = format!("{:.1}", if value.is_finite() { value } else { 0.0 });
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// A path through points; where one is not finite, it is broken off.
pub(super) fn path(points: &[(f64, f64)]) -> String {
    let mut text = String::new();
    let mut pen = "M";
    for (x, y) in points {
        if x.is_finite() && y.is_finite() {
            let _ = write!(text, "{pen}{} {}", place(*x), place(*y));
            pen = "L";
        } else {
            pen = "M";
        }
    }
    text
}

/// A drawing in the making.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) width: f64,
    pub(super) height: f64,
    inside: String,
}

impl Canvas {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, inside: String::new() }
    }

    /// Whether it is for a phone.
    pub(super) fn is_narrow(&self) -> bool {
        self.width < WIDE
    }

    fn push(&mut self, markup: Markup) {
        self.inside.push_str(&markup.into_string());
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        self.push(html! {
            line class=(class) x1=(place(from.0)) y1=(place(from.1)) x2=(place(to.0)) y2=(place(to.1)) {}
        });
    }

    pub(super) fn path(&mut self, path: &str, class: &str) {
        if !path.is_empty() {
            self.push(html! { path class=(class) d=(path) {} });
        }
    }

    /// A path that tells something when it is hovered over.
    pub(super) fn tipped_path(&mut self, path: &str, class: &str, told: &str) {
        self.push(html! { path class=(class) d=(path) data-tip=(told) {} });
    }

    /// A rectangle; `told` is what hovering over it says.
    pub(super) fn rect(&mut self, corner: (f64, f64), size: (f64, f64), class: &str, told: &str) {
        let (width, height) = (place(size.0.max(0.0)), place(size.1.max(0.0)));
        self.push(html! {
            rect class=(class) x=(place(corner.0)) y=(place(corner.1)) width=(width) height=(height)
                data-tip=[(!told.is_empty()).then_some(told)] {}
        });
    }

    /// A rectangle of a shade of the colour that `class` names, 1 being full.
    pub(super) fn shade(
        &mut self,
        corner: (f64, f64),
        size: (f64, f64),
        class: &str,
        shade: f64,
        told: &str,
    ) {
        let opacity = format!("{:.2}", shade.clamp(0.0, 1.0));
        self.push(html! {
            rect class=(class) x=(place(corner.0)) y=(place(corner.1)) width=(place(size.0.max(0.0)))
                height=(place(size.1.max(0.0))) fill-opacity=(opacity) data-tip=(told) {}
        });
    }

    pub(super) fn dot(&mut self, at: (f64, f64), radius: f64, class: &str, told: &str) {
        self.push(html! {
            circle class=(class) cx=(place(at.0)) cy=(place(at.1)) r=(place(radius))
                data-tip=[(!told.is_empty()).then_some(told)] {}
        });
    }

    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, class: &str, text: &str) {
        self.push(html! {
            text class=(class) x=(place(at.0)) y=(place(at.1)) text-anchor=(anchor.name()) { (text) }
        });
    }

    pub(super) fn done(self) -> Picture {
        Picture { width: self.width, height: self.height, inside: self.inside }
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
        let high = if high > low { high } else { low + 1.0 };
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
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
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
        canvas: &mut Canvas,
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
        canvas: &mut Canvas,
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
    pub(super) fn days(&self, canvas: &mut Canvas, scale: &Scale) {
        let first = (scale.low() / 24.0).floor() as i64;
        let last = (scale.high() / 24.0).ceil() as i64;
        let width = scale.at(24.0) - scale.at(0.0);
        let every = ((44.0 / width.max(0.01)).ceil() as i64).max(1);
        for day in (first..last).filter(|day| day.rem_euclid(every) == 0) {
            let x = scale.at(day as f64 * 24.0);
            canvas.line((x, self.top), (x, self.bottom), "grid");
            if x + 34.0 <= self.right + 8.0 {
                let text = format!("day {}", day + 1);
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
    fn text_is_escaped_and_fitted() {
        let mut canvas = Canvas::new(100.0, 50.0);
        canvas.text((1.04, f64::NAN), Anchor::End, "tick", "<script>&\"");
        let inside = canvas.done().inside;
        assert!(inside.contains("&lt;script&gt;&amp;"), "{inside}");
        assert!(inside.contains("x=\"1\" y=\"0\""), "{inside}");
        assert_eq!(fitted("short", 100.0), "short");
        assert!(fitted("a text that is far too long", 60.0).ends_with('…'));
        assert_eq!(wrapped("two words", 40.0), ["two", "words"]);
    }

    #[test]
    fn a_path_breaks_where_there_is_no_value() {
        let points = [(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 4.0)];
        assert_eq!(path(&points), "M0 1L1 2M3 4");
    }

    #[test]
    fn scales_hold_what_they_are_given() {
        let scale = Scale::over([0.0, 37.0, f64::NAN], (0.0, 80.0), 4);
        assert_eq!((scale.at(0.0), scale.at(20.0), scale.within(1e9)), (0.0, 40.0, 80.0));
        let empty = Scale::over([], (0.0, 1.0), 4);
        assert!(empty.at(0.5).is_finite());
    }
}
