//! Differences with their intervals, one below the other, about a line of no
//! difference: what changes, and who wins and loses.

use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, WIDE};
use super::text::{LABEL, fitted, width_of, wrapped};
use super::{Chart, Data, Picture, Tone};

/// A row: a difference and its interval, on the axis' scale.
#[derive(Clone, Debug)]
pub(super) struct ForestRow {
    pub(super) label: String,
    pub(super) low: f64,
    pub(super) mean: f64,
    pub(super) high: f64,
    /// Where the middle half of what it is of lies, where that is told.
    pub(super) middle: Option<[f64; 2]>,
    /// Whether the scale is made for it: what is not may lie beyond its ends.
    pub(super) scaled: bool,
    /// The difference as it is read.
    pub(super) text: String,
    pub(super) tone: Tone,
    /// What it is one of, where rows are in groups.
    pub(super) group: String,
}

/// What a forest is called and drawn on.
#[derive(Clone, Debug)]
pub(super) struct Forest<'a> {
    pub(super) name: &'a str,
    pub(super) title: String,
    pub(super) subtitle: String,
    /// What a dot and its bar are.
    pub(super) about: &'a str,
    /// The axis' unit, such as `%`.
    pub(super) unit: &'a str,
    /// What lies to the left and to the right of no difference.
    pub(super) sides: (&'a str, &'a str),
    pub(super) rows: Vec<ForestRow>,
}

/// Draws it.
pub(super) fn forest(forest: Forest<'_>) -> Chart {
    let told: Vec<String> =
        forest.rows.iter().map(|row| format!("{}: {}", row.label, row.text)).collect();
    let alt = format!("{}. {} {}.", forest.title, forest.about, told.join("; "));
    let columns = ["what", "low", "mean", "high"].map(|name| {
        if name == "what" { name.to_owned() } else { format!("{name} ({})", forest.unit) }
    });
    let row = |row: &ForestRow| {
        let label = if row.group.is_empty() {
            row.label.clone()
        } else {
            format!("{}, {}", row.group, row.label)
        };
        let mut cells = vec![label];
        cells.extend([row.low, row.mean, row.high].map(super::cell));
        cells
    };
    Chart {
        name: forest.name.to_owned(),
        title: forest.title.clone(),
        subtitle: forest.subtitle.clone(),
        alt,
        narrow: draw(&forest, NARROW),
        wide: Some(draw(&forest, WIDE)),
        data: Data { columns: columns.to_vec(), rows: forest.rows.iter().map(row).collect() },
    }
}

/// The height of a group's name.
const GROUP: f64 = 27.0;
/// The height of a further line of a label.
const LINE: f64 = 15.0;

/// A phone has the label above its bar, in as many lines as it needs beside
/// the text.
fn lines_of(row: &ForestRow, width: f64) -> Vec<String> {
    wrapped(&row.label, LABEL, width - 16.0 - width_of(&row.text) - 10.0)
}

fn row_height(row: &ForestRow, width: f64) -> f64 {
    if width < WIDE { 25.0 + LINE * lines_of(row, width).len().max(1) as f64 } else { 27.0 }
}

fn draw(forest: &Forest<'_>, width: f64) -> Picture {
    let narrow = width < WIDE;
    let mut groups: Vec<&str> = forest.rows.iter().map(|row| row.group.as_str()).collect();
    groups.dedup();
    groups.retain(|group| !group.is_empty());
    let rows: f64 = forest.rows.iter().map(|row| row_height(row, width)).sum();
    let height = 24.0 + rows + GROUP * groups.len() as f64 + 26.0;
    let canvas = Canvas::new(width, height);
    let widest = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| width_of(text)).fold(0.0, f64::max)
    };
    let labels = widest(&mut forest.rows.iter().map(|row| &row.label)).min(285.0);
    let texts = widest(&mut forest.rows.iter().map(|row| &row.text)).min(210.0);
    let plot = if narrow {
        Plot { left: 8.0, right: width - 8.0, top: 24.0, bottom: height - 24.0 }
    } else {
        Plot { left: labels + 16.0, right: width - texts - 16.0, top: 24.0, bottom: height - 24.0 }
    };
    // A bar far wider than any difference would hide all others: it is cut.
    let scaled = || forest.rows.iter().filter(|row| row.scaled);
    let reach = |row: &ForestRow| {
        let middle = row.middle.map_or(0.0, |[low, high]| low.abs().max(high.abs()));
        row.mean.abs().max(middle)
    };
    let most = scaled().map(reach).filter(|mean| mean.is_finite());
    let most = most.fold(0.0, f64::max).max(1e-9) * 1.6;
    let ends = scaled().flat_map(|row| [row.low, row.mean, row.high]);
    let ends = ends.filter(|end| end.is_finite()).map(|end| end.clamp(-most, most));
    let scale = Scale::over(ends.chain([0.0]), (plot.left + 6.0, plot.right - 6.0), 5);
    let marks = if narrow { 3 } else { 6 };
    for value in &scale.marks(marks).values {
        let x = scale.at(*value);
        canvas.line((x, plot.top - 4.0), (x, plot.bottom), "grid");
    }
    plot.along(&canvas, &scale, marks, |value, text| {
        let sign = if value > 0.0 { "+" } else { "" };
        format!("{sign}{text} {}", forest.unit)
    });
    let zero = scale.at(0.0);
    let (left, right) = forest.sides;
    if !left.is_empty() && zero - plot.left > width_of(left) {
        canvas.text((zero - 8.0, 12.0), Anchor::End, "tick", &format!("← {left}"));
    }
    if !right.is_empty() && plot.right - zero > width_of(right) {
        canvas.text((zero + 8.0, 12.0), Anchor::Start, "tick", &format!("{right} →"));
    }
    canvas.line((zero, plot.top - 8.0), (zero, plot.bottom), "zero");
    let mut y = plot.top;
    let mut group = "";
    for row in &forest.rows {
        if row.group != group {
            group = &row.group;
            let left = if narrow { 8.0 } else { 0.0 };
            canvas.text((left, y + 16.0), Anchor::Start, "label strong halo", group);
            y += if group.is_empty() { 0.0 } else { GROUP };
        }
        let tall = row_height(row, width);
        bar(&canvas, &plot, &scale, row, (y, tall));
        y += tall;
    }
    canvas.done()
}

fn bar(canvas: &Canvas, plot: &Plot, scale: &Scale, row: &ForestRow, (top, tall): (f64, f64)) {
    let class = match row.tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Plain => "none",
    };
    let y = if canvas.is_narrow() {
        for (place, line) in lines_of(row, canvas.width).iter().enumerate() {
            let y = top + 14.0 + LINE * place as f64;
            canvas.text((8.0, y), Anchor::Start, "label halo", line);
        }
        canvas.text((plot.right, top + 14.0), Anchor::End, "value halo", &row.text);
        top + tall - 13.0
    } else {
        let y = top + tall / 2.0;
        canvas.text((0.0, y + 4.0), Anchor::Start, "label", &fitted(&row.label, plot.left - 12.0));
        let text = fitted(&row.text, canvas.width - plot.right - 4.0);
        canvas.text((canvas.width, y + 4.0), Anchor::End, "value", &text);
        y
    };
    let told = format!("{}: {}", row.label, row.text);
    let (low, high) = (scale.within(row.low), scale.within(row.high));
    if row.low.is_finite() && row.high.is_finite() {
        canvas.line((low, y), (high, y), &format!("interval {class}"));
    }
    if let Some([low, high]) = row.middle {
        let class = format!("interval middle {class}");
        canvas.line((scale.within(low), y), (scale.within(high), y), &class);
    }
    let x = scale.within(row.mean);
    let side = if row.mean > scale.high() { 1.0 } else { -1.0 };
    if (scale.low()..=scale.high()).contains(&row.mean) {
        canvas.dot((x, y), 5.0, &format!("dot {class}"), &told);
    } else if row.mean.is_finite() {
        // An arrow towards what lies beyond the scale.
        let arrow = [(x + 4.0 * side, y), (x - 6.0 * side, y - 6.0), (x - 6.0 * side, y + 6.0)];
        canvas.shape(&arrow, &format!("dot {class}"), &told);
    }
    canvas.rect((plot.left, top), (plot.right - plot.left, tall), "hit", &told);
}
