//! A drawing as an element of a page, whose style sheet it shares, and as a
//! file that stands alone: with its title, what was run and a style of its own
//! for light and dark. Knows nothing of what a chart shows.

use std::fmt::Write as _;

use super::text::{escaped, wrapped};
use super::{Chart, Picture};

const LIGHT: &str = include_str!("light.css");
const DARK: &str = include_str!("dark.css");
const CHART: &str = include_str!("chart.css");

/// The style that pages with charts need: colours for light and dark as
/// variables, and the looks of the classes.
pub(in super::super) const STYLE: [&str; 3] = [LIGHT, DARK, CHART];

/// Space around a drawing in a file.
const MARGIN: f64 = 14.0;
/// The sizes and lines of the words above it.
const TITLE: (f64, f64) = (16.0, 20.0);
const WORDS: (f64, f64) = (12.0, 16.0);

/// The drawing as an element of a page that has [`STYLE`].
pub(in super::super) fn element(picture: &Picture, kind: &str, alt: &str) -> String {
    let (width, height) = (picture.width, picture.height);
    format!(
        "<svg class=\"chart {kind}\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\" aria-label=\"{}\">{}</svg>",
        escaped(alt),
        picture.inside
    )
}

/// A chart as a file of its own; `basis` says what was run.
pub(in super::super) fn file(chart: &Chart, basis: &str) -> String {
    let picture = chart.wide.as_ref().unwrap_or(&chart.narrow);
    let width = picture.width + 2.0 * MARGIN;
    let mut words = String::new();
    let mut top = MARGIN;
    let lines = [
        (&*chart.title, "title", TITLE),
        (&*chart.subtitle, "tick", WORDS),
        (basis, "tick", WORDS),
    ];
    for (text, class, (size, line)) in lines {
        // Bold letters are wider.
        let room = picture.width * if class == "title" { 0.92 } else { 1.0 };
        for text in wrapped(text, size, room) {
            top += line;
            let at = top - 5.0;
            // Writing to a string does not fail.
            let text = escaped(&text);
            let _ =
                writeln!(words, "<text class=\"{class}\" x=\"{MARGIN}\" y=\"{at}\">{text}</text>");
        }
    }
    top += 10.0;
    let height = (top + picture.height + MARGIN).ceil();
    let title = escaped(&chart.title);
    let about = escaped(&format!("{} {basis}", chart.alt));
    format!(
        "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\" aria-labelledby=\"title about\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"about\">{about}</desc>\n\
         <style>{}</style>\n<rect class=\"paper\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n{words}\
         <g transform=\"translate({MARGIN} {top})\">{}</g>\n</svg>\n",
        alone(),
        without_tips(&picture.inside)
    )
}

/// The elements without what only a page's script can show: what hovering
/// says, and the fields that are there for it alone.
fn without_tips(inside: &str) -> String {
    let mut plain = String::with_capacity(inside.len());
    // Quotes and signs in texts are escaped.
    for (place, element) in inside.split('<').enumerate() {
        if place == 0 || element.starts_with("rect class=\"hit\"") {
            continue;
        }
        plain.push('<');
        match element.split_once(" data-tip=\"") {
            Some((before, after)) => {
                plain.push_str(before);
                plain.push_str(after.split_once('"').map_or("", |(_, rest)| rest));
            }
            None => plain.push_str(element),
        }
    }
    plain
}

/// The style of a file. Programs that draw SVG know no variables as often as
/// not, and many know no dark: colours are written out, the light ones first.
fn alone() -> String {
    let light = filled(LIGHT, CHART);
    let dark = filled(DARK, CHART);
    let dark: Vec<&str> = dark.lines().filter(|rule| rule.contains('#')).collect();
    format!("{light}@media (prefers-color-scheme:dark){{\n{}\n}}", dark.join("\n"))
}

/// The rules with the values of the variables that `colours` sets.
fn filled(colours: &str, rules: &str) -> String {
    let mut rules = rules.to_owned();
    for setting in colours.split(['{', '}', ';']) {
        if let Some((name, value)) =
            setting.split_once(':').filter(|(name, _)| name.starts_with("--"))
        {
            rules = rules.replace(&format!("var({name})"), value);
        }
    }
    rules
}

impl Picture {
    /// Drawings beside each other, or one below the other, each under its name.
    pub(super) fn together(pictures: &[(&str, &Picture)], beside: bool, gap: f64) -> Self {
        const NAME: f64 = 26.0;
        let mut whole = Self::default();
        for (name, picture) in pictures {
            let (x, y) = match (whole.inside.is_empty(), beside) {
                (true, _) => (0.0, 0.0),
                (false, true) => (whole.width + gap, 0.0),
                (false, false) => (0.0, whole.height + gap),
            };
            let _ = write!(
                whole.inside,
                "<g transform=\"translate({x} {y})\"><text class=\"label strong\" x=\"0\" y=\"12\">{}</text>\
                 <g transform=\"translate(0 {NAME})\">{}</g></g>",
                escaped(name),
                picture.inside
            );
            whole.width = whole.width.max(x + picture.width);
            whole.height = whole.height.max(y + NAME + picture.height);
        }
        whole
    }
}
