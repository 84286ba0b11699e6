//! What plotters draws on: an SVG as text, in which colours are classes. A
//! style sheet gives them their looks, so that one drawing serves light and
//! dark pages, print and files; text stays text. Knows nothing of charts.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::rc::Rc;

use plotters::style::text_anchor::HPos;
use plotters::style::{RGBAColor, RGBColor};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use super::text::{escaped, width_of};

/// plotters counts in whole pixels: tenths of them are fine enough.
pub(super) const TENTHS: f64 = 10.0;

/// The elements that were drawn, and what the next of them is told with.
#[derive(Debug, Default)]
pub(super) struct Elements {
    inside: String,
    classes: Vec<String>,
    told: String,
}

impl Elements {
    /// The colour that stands for a class.
    pub(super) fn ink(&mut self, class: &str, opacity: f64) -> RGBAColor {
        let known = self.classes.iter().position(|name| name == class);
        let place = known.unwrap_or_else(|| {
            self.classes.push(class.to_owned());
            self.classes.len() - 1
        });
        let [_, r, g, b] = (place as u32).to_be_bytes();
        let RGBColor(r, g, b) = RGBColor(r, g, b);
        // plotters leaves out what cannot be seen; what can be hovered over is
        // there all the same.
        RGBAColor(r, g, b, opacity.clamp(0.004, 1.0))
    }

    /// What hovering over the next element says.
    pub(super) fn tell(&mut self, told: &str) {
        told.clone_into(&mut self.told);
    }

    /// The elements as text; none are left.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.inside)
    }

    fn element(&mut self, name: &str, colour: BackendColor, attributes: &str, text: Option<&str>) {
        let (r, g, b) = colour.rgb;
        let place = u32::from_be_bytes([0, r, g, b]) as usize;
        let class = self.classes.get(place).map_or("", String::as_str);
        // Writing to a string does not fail.
        let _ = write!(self.inside, "<{name} class=\"{}\"{attributes}", escaped(class));
        if colour.alpha < 1.0 {
            let _ = write!(self.inside, " fill-opacity=\"{:.2}\"", colour.alpha);
        }
        let told = std::mem::take(&mut self.told);
        if !told.is_empty() {
            let _ = write!(self.inside, " data-tip=\"{}\"", escaped(&told));
        }
        let _ = match text {
            Some(text) => write!(self.inside, ">{}</{name}>", escaped(text)),
            None => write!(self.inside, "/>"),
        };
    }
}

/// Tenths of a pixel, as the drawing has them.
fn place(tenths: i32) -> f64 {
    f64::from(tenths) / TENTHS
}

fn path(points: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut path = String::new();
    for (x, y) in points {
        let pen = if path.is_empty() { 'M' } else { 'L' };
        let _ = write!(path, "{pen}{} {}", place(x), place(y));
    }
    path
}

/// The backend: it shares its elements with who draws.
#[derive(Debug)]
pub(super) struct Svg {
    size: (u32, u32),
    elements: Rc<RefCell<Elements>>,
}

impl Svg {
    /// A sheet of that many pixels.
    pub(super) fn new((width, height): (f64, f64), elements: Rc<RefCell<Elements>>) -> Self {
        let tenths = |pixels: f64| (pixels * TENTHS).ceil().clamp(0.0, 1e6) as u32;
        Self { size: (tenths(width), tenths(height)), elements }
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Svg {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect(at, at, &colour, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S) -> Drawn {
        let [x1, y1, x2, y2] = [a.0, a.1, b.0, b.1].map(place);
        let line = format!(" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"");
        self.elements.borrow_mut().element("line", style.color(), &line, None);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        _: bool,
    ) -> Drawn {
        let [x, y, width, height] = [from.0, from.1, to.0 - from.0, to.1 - from.1].map(place);
        let rect = format!(" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
        self.elements.borrow_mut().element("rect", style.color(), &rect, None);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<_> = points.into_iter().collect();
        if let [from, to] = points[..] {
            return self.draw_line(from, to, style);
        }
        let path = format!(" d=\"{}\"", path(points));
        self.elements.borrow_mut().element("path", style.color(), &path, None);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        at: BackendCoord,
        radius: u32,
        style: &S,
        _: bool,
    ) -> Drawn {
        let (x, y, r) = (place(at.0), place(at.1), f64::from(radius) / TENTHS);
        let circle = format!(" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"");
        self.elements.borrow_mut().element("circle", style.color(), &circle, None);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        let path = format!(" d=\"{}Z\"", path(points));
        self.elements.borrow_mut().element("path", style.color(), &path, None);
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, at: BackendCoord) -> Drawn {
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let (x, y) = (place(at.0), place(at.1));
        let place = format!(" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\"");
        self.elements.borrow_mut().element("text", style.color(), &place, Some(text));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        Ok(((width_of(text) * TENTHS) as u32, (style.size() * TENTHS) as u32))
    }
}
