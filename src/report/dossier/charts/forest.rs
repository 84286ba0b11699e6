//! Differences with their intervals, one below the other, about a line of no
//! difference: what changes, and who wins and loses.

use super::super::document::{Chart, Data, Picture, Tone};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, WIDE, fitted, width_of};

/// A row: a difference and its interval, on the axis' scale.
#[derive(Clone, Debug)]
pub(in super::super) struct ForestRow {
    pub(in super::super) label: String,
    pub(in super::super) low: f64,
    pub(in super::super) mean: f64,
    pub(in super::super) high: f64,
    /// The difference as it is read.
    pub(in super::super) text: String,
    pub(in super::super) tone: Tone,
    /// What it is one of, where rows are in groups.
    pub(in super::super) group: String,
}

/// What a forest is called and drawn on.
#[derive(Clone, Debug)]
pub(in super::super) struct Forest<'a> {
    pub(in super::super) name: &'a str,
    pub(in super::super) title: String,
    pub(in super::super) subtitle: String,
    /// The axis' unit, such as `%`.
    pub(in super::super) unit: &'a str,
    /// What lies to the left and to the right of no difference.
    pub(in super::super) sides: (&'a str, &'a str),
    pub(in super::super) rows: Vec<ForestRow>,
}

/// Draws it.
pub(in super::super) fn forest(forest: Forest<'_>) -> Chart {
    let told: Vec<String> =
        forest.rows.iter().map(|row| format!("{}: {}", row.label, row.text)).collect();
    let alt = format!(
        "{}. Dots are differences, bars their 95 % intervals. {}.",
        forest.title,
        told.join("; ")
    );
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

fn draw(forest: &Forest<'_>, width: f64) -> Picture {
    let narrow = width < WIDE;
    // A phone has the label above its bar.
    let pitch = if narrow { 40.0 } else { 27.0 };
    let group_pitch = if narrow { 26.0 } else { 27.0 };
    let mut groups: Vec<&str> = forest.rows.iter().map(|row| row.group.as_str()).collect();
    groups.dedup();
    groups.retain(|group| !group.is_empty());
    let rows = forest.rows.len() as f64;
    let height = 24.0 + pitch * rows + group_pitch * groups.len() as f64 + 26.0;
    let mut canvas = Canvas::new(width, height);
    let widest = |texts: &mut dyn Iterator<Item = &String>| {
        texts.map(|text| width_of(text)).fold(0.0, f64::max)
    };
    let labels = widest(&mut forest.rows.iter().map(|row| &row.label)).min(250.0);
    let texts = widest(&mut forest.rows.iter().map(|row| &row.text)).min(210.0);
    let plot = if narrow {
        Plot { left: 8.0, right: width - 8.0, top: 24.0, bottom: height - 24.0 }
    } else {
        Plot { left: labels + 16.0, right: width - texts - 16.0, top: 24.0, bottom: height - 24.0 }
    };
    // A bar far wider than any difference would hide all others: it is cut.
    let most = forest.rows.iter().map(|row| row.mean.abs()).filter(|mean| mean.is_finite());
    let most = most.fold(0.0, f64::max).max(1e-9) * 1.6;
    let ends = forest.rows.iter().flat_map(|row| [row.low, row.mean, row.high]);
    let ends = ends.filter(|end| end.is_finite()).map(|end| end.clamp(-most, most));
    let scale = Scale::over(ends.chain([0.0]), (plot.left + 6.0, plot.right - 6.0), 5);
    let marks = if narrow { 3 } else { 6 };
    for value in &scale.marks(marks).values {
        let x = scale.at(*value);
        canvas.line((x, plot.top - 4.0), (x, plot.bottom), "grid");
    }
    plot.along(&mut canvas, &scale, marks, |value, text| {
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
            canvas.text(
                (if narrow { 8.0 } else { 0.0 }, y + 16.0),
                Anchor::Start,
                "label strong",
                group,
            );
            y += group_pitch;
        }
        bar(&mut canvas, &plot, &scale, row, y, pitch);
        y += pitch;
    }
    canvas.done()
}

fn bar(canvas: &mut Canvas, plot: &Plot, scale: &Scale, row: &ForestRow, top: f64, pitch: f64) {
    let class = match row.tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Plain => "none",
    };
    let y = if canvas.is_narrow() {
        let room = plot.right - plot.left - width_of(&row.text) - 10.0;
        canvas.text((8.0, top + 14.0), Anchor::Start, "label halo", &fitted(&row.label, room));
        canvas.text((plot.right, top + 14.0), Anchor::End, "value halo", &row.text);
        top + 27.0
    } else {
        let y = top + pitch / 2.0;
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
    if row.mean.is_finite() {
        canvas.dot((scale.within(row.mean), y), 5.0, &format!("dot {class}"), &told);
    }
    canvas.rect((plot.left, top), (plot.right - plot.left, pitch), "hit", &told);
}
