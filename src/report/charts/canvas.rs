//! The sheet that a chart is drawn on: pixels, colours, text, the header and
//! the legend. The one place that knows what writes the SVG.

use std::io;

use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::{
    Circle, DrawingArea, DrawingAreaErrorKind, IntoDrawingArea, PathElement, Polygon, Rectangle,
    SVGBackend,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontFamily, FontStyle, IntoFont, ShapeStyle, TextStyle};

use super::colour::{self, Colour};

/// A point, in pixels from the sheet's top left.
pub(super) type Pixel = (i32, i32);

/// Width of every sheet, in pixels.
pub(super) const WIDTH: i32 = 1_200;
/// Space at the left and right of a sheet.
pub(super) const MARGIN: i32 = 40;

/// Where the first line below a title stands, and how far apart they are.
const HEADER_TOP: i32 = 70;
const HEADER_LINE: i32 = 24;
/// Height of a legend's line.
const LEGEND_LINE: i32 = 28;

/// Heights of text, in pixels.
pub(super) mod size {
    pub(in super::super) const TITLE: i32 = 26;
    pub(in super::super) const TEXT: i32 = 16;
    pub(in super::super) const SMALL: i32 = 14;
}

/// Where a text stands from its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// What a legend shows before a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Line,
    Dashes,
    Field,
    PaleField,
}

/// A line of a legend: sign, colour and name.
pub(super) type Entry = (Sign, Colour, String);

/// How dense a pale field is.
pub(super) const PALENESS: f64 = 0.22;

type Failure = DrawingAreaErrorKind<io::Error>;

/// What drawing gives.
pub(super) type Drawn = Result<(), Failure>;

/// A sheet.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl Canvas<'_> {
    /// The SVG of what `draw` draws on a sheet of that height under a title
    /// and some lines of explanation; `draw` is told how far down those reach.
    pub(super) fn draw(
        height: i32,
        title: &str,
        lines: &[&str],
        draw: impl FnOnce(&Canvas<'_>, i32) -> Drawn,
    ) -> io::Result<String> {
        let mut svg = String::new();
        let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
        let canvas = Canvas { area: SVGBackend::with_string(&mut svg, size).into_drawing_area() };
        let drawn = canvas
            .area
            .fill(&colour::WHITE)
            .and_then(|()| canvas.header(title, lines))
            .and_then(|top| draw(&canvas, top))
            .and_then(|()| canvas.area.present());
        drop(canvas);
        drawn.map_err(|error| io::Error::other(error.to_string()))?;
        Ok(named(&svg, title))
    }

    fn header(&self, title: &str, lines: &[&str]) -> Result<i32, Failure> {
        let title = fitted(title, size::TITLE, WIDTH - 2 * MARGIN);
        self.write(&title, (MARGIN, 36), Text::of(size::TITLE).bold())?;
        for (place, line) in wrapped_lines(lines).into_iter().enumerate() {
            let at = (MARGIN, HEADER_TOP + place as i32 * HEADER_LINE);
            self.write(&line, at, Text::of(size::TEXT).coloured(colour::GREY))?;
        }
        Ok(header_height(lines))
    }

    /// Names beside their signs, from left to right and on to further lines;
    /// returns how far down they reach.
    pub(super) fn legend(&self, top: i32, entries: &[Entry]) -> Result<i32, Failure> {
        for ((x, y), (sign, colour, name)) in places(entries).into_iter().zip(entries) {
            let y = top + y;
            let field = [(x, y - 7), (x + 26, y + 7)];
            let line = vec![(x, y), (x + 26, y)];
            match sign {
                Sign::Line => self.line(line, *colour, 3)?,
                Sign::Dashes => self.dashes(line, *colour, 2)?,
                Sign::Field => self.field(field, *colour, 1.0)?,
                Sign::PaleField => self.field(field, *colour, PALENESS)?,
            }
            self.write(name, (x + 34, y), Text::of(size::TEXT))?;
        }
        Ok(top + legend_height(entries))
    }

    /// Writes a text level with its point.
    pub(super) fn write(&self, text: &str, at: Pixel, how: Text) -> Drawn {
        let h_pos = match how.align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let weight = if how.bold { FontStyle::Bold } else { FontStyle::Normal };
        // The backend divides a font's size by 1.24.
        let font = (FontFamily::SansSerif, f64::from(how.size) * 1.24, weight).into_font();
        let style = TextStyle::from(font).color(&how.colour).pos(Pos::new(h_pos, VPos::Center));
        self.area.draw_text(text, &style, at)
    }

    /// A line through points.
    pub(super) fn line(&self, points: Vec<Pixel>, colour: Colour, width: u32) -> Drawn {
        self.area.draw(&PathElement::new(points, colour.stroke_width(width)))
    }

    /// A broken line through points.
    pub(super) fn dashes(&self, points: Vec<Pixel>, colour: Colour, width: u32) -> Drawn {
        let style: ShapeStyle = colour.stroke_width(width);
        self.area.draw(&DashedPathElement::new(points, 8, 5, style))
    }

    /// A shape within points.
    pub(super) fn shape(&self, points: Vec<Pixel>, colour: Colour, density: f64) -> Drawn {
        self.area.draw(&Polygon::new(points, colour.mix(density).filled()))
    }

    /// A rectangle between two corners.
    pub(super) fn field(&self, corners: [Pixel; 2], colour: Colour, density: f64) -> Drawn {
        self.area.draw(&Rectangle::new(corners, colour.mix(density).filled()))
    }

    /// A dot.
    pub(super) fn dot(&self, at: Pixel, radius: i32, colour: Colour, density: f64) -> Drawn {
        self.area.draw(&Circle::new(at, radius, colour.mix(density).filled()))
    }
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    size: i32,
    colour: Colour,
    align: Align,
    bold: bool,
}

impl Text {
    /// Plain text of that height, to the right of its point.
    pub(super) const fn of(size: i32) -> Self {
        Self { size, colour: colour::BLACK, align: Align::Left, bold: false }
    }

    pub(super) const fn coloured(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(super) const fn aligned(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

fn wrapped_lines(lines: &[&str]) -> Vec<String> {
    lines.iter().flat_map(|line| wrapped(line, size::TEXT, WIDTH - 2 * MARGIN)).collect()
}

/// How far down a title and its lines of explanation reach.
pub(super) fn header_height(lines: &[&str]) -> i32 {
    HEADER_TOP + wrapped_lines(lines).len() as i32 * HEADER_LINE
}

/// Where the entries of a legend stand, from the legend's top.
fn places(entries: &[Entry]) -> Vec<Pixel> {
    let (mut x, mut y) = (MARGIN, LEGEND_LINE / 2);
    let place = |(_, _, name): &Entry| {
        let width = 34 + text_width(name, size::TEXT);
        if x + width > WIDTH - MARGIN && x > MARGIN {
            (x, y) = (MARGIN, y + LEGEND_LINE);
        }
        let place = (x, y);
        x += width + 26;
        place
    };
    entries.iter().map(place).collect()
}

/// The height of a legend, in pixels.
pub(super) fn legend_height(entries: &[Entry]) -> i32 {
    places(entries).last().map_or(0, |(_, y)| y + LEGEND_LINE / 2)
}

/// About how wide a text is, in pixels. Which font a reader's program takes is
/// not known; this is right for a wide one (DejaVu Sans) and leaves some air
/// with others.
pub(super) fn text_width(text: &str, size: i32) -> i32 {
    let width = |letter: char| match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '\u{a0}' | '·' => 0.32,
        'f' | 't' | 'r' | '(' | ')' | '-' | 'I' => 0.41,
        'm' | 'w' | 'M' | 'W' | '%' | '…' => 0.95,
        letter if letter.is_ascii_uppercase() => 0.70,
        _ => 0.62,
    };
    (text.chars().map(width).sum::<f64>() * f64::from(size)).ceil() as i32
}

/// As much of a text as a width holds.
pub(super) fn fitted(text: &str, size: i32, width: i32) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut short = text.to_owned();
    while !short.is_empty() && text_width(&short, size) > width - text_width("…", size) {
        short.pop();
    }
    short.trim_end().to_owned() + "…"
}

/// A text in lines of at most that width, broken between words.
fn wrapped(text: &str, size: i32, width: i32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| fitted(line, size, width)).collect()
}

/// The SVG with its title as an accessible name.
fn named(svg: &str, title: &str) -> String {
    let (head, body) = svg.split_once('>').unwrap_or((svg, ""));
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("{head} role=\"img\">\n<title>{title}</title>{body}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_its_width() {
        let text = "a scenario of a very long name indeed";
        assert_eq!(fitted(text, 16, 1_000), text);
        let short = fitted(text, 16, 120);
        assert!(short.ends_with('…') && text_width(&short, 16) <= 120, "{short}");
    }

    #[test]
    fn lines_break_between_words() {
        let lines = wrapped("one two three four", 16, text_width("one two three", 16));
        assert_eq!(lines, ["one two three", "four"]);
        let long = "word ".repeat(60);
        assert!(wrapped(&long, 16, 300).iter().all(|line| text_width(line, 16) <= 300));
    }

    #[test]
    fn a_sheet_has_its_title_as_a_name() {
        let svg = Canvas::draw(100, "a < b", &["line"], |_, _| Ok(())).expect("drawn");
        assert!(svg.starts_with("<svg width=\"1200\" height=\"100\""), "{svg}");
        assert!(svg.contains("<title>a &lt; b</title>"), "{svg}");
        assert!(svg.trim_end().ends_with("</svg>"), "{svg}");
    }
}
