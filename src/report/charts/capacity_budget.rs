//! `charts/budget.svg`: how the block budget is used, by load and by
//! function.

use std::cmp::Reverse;
use std::io;

use super::canvas::{Align, Canvas, Drawn, MARGIN, Text, WIDTH, fitted, header_height, size};
use super::capacity_panel::{ABOVE, BELOW, Line, Panel, answer, what_was_scaled};
use super::colour::{self, Colour};
use super::number::{grouped, percent, readable};
use crate::engine::record::CallRow;
use crate::experiments::{Capacity, Step};

/// The height of the panel.
const PANEL: i32 = 330;
/// A bar, and from one function to the next.
const BAR: i32 = 20;
const ROW: i32 = 32;
/// Where the bars begin and end, and the columns of numbers beside them.
const LEFT: i32 = 270;
const RIGHT: i32 = WIDTH - 360;
const SHARE: i32 = RIGHT + 80;
const CALLS: i32 = RIGHT + 150;
const EACH: i32 = WIDTH - MARGIN;

/// A dimension of the budget.
struct Dimension {
    /// As in tables.
    name: &'static str,
    /// What is counted.
    unit: &'static str,
    colour: Colour,
    /// What calls used of it.
    used: fn(&CallRow) -> Option<u64>,
}

/// All dimensions, in the order of a step's shares.
const DIMENSIONS: [Dimension; 5] = [
    Dimension {
        name: "read_count",
        unit: "entries read",
        colour: colour::BLUE,
        used: |row| row.read_count,
    },
    Dimension {
        name: "read_length",
        unit: "bytes read",
        colour: colour::SKY,
        used: |row| row.read_length,
    },
    Dimension {
        name: "write_count",
        unit: "entries written",
        colour: colour::ORANGE,
        used: |row| row.write_count,
    },
    Dimension {
        name: "write_length",
        unit: "bytes written",
        colour: colour::PURPLE,
        used: |row| row.write_length,
    },
    Dimension {
        name: "runtime",
        unit: "units of run time",
        colour: colour::GREEN,
        used: |row| row.runtime,
    },
];

/// What the calls of a function used of a dimension.
#[derive(Debug, PartialEq, Eq)]
struct Bar {
    function: &'static str,
    calls: u64,
    used: u64,
}

/// A panel with the use of each dimension by load, and below it what
/// each function uses of the fullest dimension at the last step that is
/// carried, or at the first where none is.
pub(super) fn draw(capacity: &Capacity) -> io::Result<String> {
    let (was_run, answer) = (what_was_scaled(capacity), answer(capacity));
    let lines = [was_run.as_str(), answer.as_str()];
    let step = capacity.carried().or(capacity.steps.first());
    let shown = step.map(|step| {
        let name = step.fullest().0.name();
        let [first, ..] = &DIMENSIONS;
        let dimension = DIMENSIONS.iter().find(|known| known.name == name).unwrap_or(first);
        (step, dimension, bars(step, dimension))
    });
    let rows = shown.as_ref().map_or(0, |(_, _, bars)| bars.len() as i32);
    let height = header_height(&lines) + 10 + ABOVE + PANEL + BELOW + 110 + rows * ROW;
    let title = "What fills the blocks";
    Canvas::draw(height, title, &lines, |canvas, top| {
        let top = top + 10 + ABOVE;
        // In per cent, so that the scale needs no unit at each mark.
        let lines = DIMENSIONS.iter().enumerate().map(|(place, dimension)| Line {
            name: dimension.name.to_owned(),
            colour: dimension.colour,
            values: capacity.steps.iter().map(|step| 100.0 * step.use_share[place]).collect(),
        });
        let panel = Panel::new(canvas, capacity, (top, top + PANEL), 110.0);
        panel.frame("Use of the block budget in the busiest tick, % of each dimension")?;
        panel.level(100.0, "the whole budget")?;
        panel.lines(&lines.collect::<Vec<_>>())?;
        match &shown {
            Some((step, dimension, bars)) => {
                let unit = capacity.unit();
                functions(canvas, top + PANEL + BELOW + 36, (step, unit), dimension, bars)
            }
            None => Ok(()),
        }
    })
}

fn functions(
    canvas: &Canvas<'_>,
    top: i32,
    (step, unit): (&Step, &str),
    dimension: &Dimension,
    bars: &[Bar],
) -> Drawn {
    let load = grouped(f64::from(step.load), 0);
    let title = format!(
        "Which functions use {}, the fullest dimension at {load} {unit}, in the whole step",
        dimension.name
    );
    canvas.write(&title, (MARGIN, top), Text::of(size::TEXT).bold())?;
    let small = Text::of(size::SMALL).coloured(colour::GREY).aligned(Align::Right);
    let y = top + 30;
    canvas.write("share", (SHARE, y), small)?;
    canvas.write("calls", (CALLS, y), small)?;
    canvas.write(&format!("{} a call", dimension.unit), (EACH, y), small)?;
    let total = bars.iter().map(|bar| bar.used).sum::<u64>().max(1) as f64;
    let most = bars.first().map_or(1, |bar| bar.used.max(1)) as f64;
    let right = Text::of(size::TEXT).aligned(Align::Right);
    for (place, bar) in bars.iter().enumerate() {
        let top = y + 18 + place as i32 * ROW;
        let middle = top + BAR / 2;
        let name = fitted(bar.function, size::TEXT, LEFT - MARGIN - 12);
        canvas.write(&name, (LEFT - 12, middle), right)?;
        let used = bar.used as f64;
        let length = (f64::from(RIGHT - LEFT) * used / most).round() as i32;
        // However little it is, it can be seen.
        let to = LEFT + length.max(2);
        canvas.field([(LEFT, top), (to, top + BAR)], dimension.colour, 1.0)?;
        canvas.write(&percent(used / total), (SHARE, middle), right)?;
        canvas.write(&grouped(bar.calls as f64, 0), (CALLS, middle), right)?;
        canvas.write(&readable(used / bar.calls.max(1) as f64), (EACH, middle), right)?;
    }
    Ok(())
}

/// A bar for each function that used something, the greatest user first.
fn bars(step: &Step, dimension: &Dimension) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for row in &step.calls {
        let Some(used) = (dimension.used)(row) else { continue };
        let function = row.function.name();
        match bars.iter_mut().find(|bar| bar.function == function) {
            Some(bar) => {
                bar.calls += row.count;
                bar.used += used;
            }
            None => bars.push(Bar { function, calls: row.count, used }),
        }
    }
    bars.retain(|bar| bar.used > 0);
    bars.sort_by_key(|bar| (Reverse(bar.used), bar.function));
    bars
}
