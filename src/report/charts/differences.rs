//! `charts/differences-….svg`: how a setting differs from the first one, a row
//! a measure, as shares of the first one's means.

use std::io;

use super::canvas::{Align, Canvas, MARGIN, Sign, Text, WIDTH, header_height, legend_height, size};
use super::colour::{self, Colour};
use super::number::{Marks, readable, rounded_range};
use super::plane::ends;
use super::runs_of;
use crate::experiments::{Comparison, Verdict};

const LEFT: i32 = 330;
const RIGHT: i32 = WIDTH - 330;
const ROW: i32 = 30;
/// How far past the greatest mean an interval is drawn: beyond it is cut.
const STRETCH: f64 = 1.5;

const VERDICTS: [(Verdict, &str, Colour); 4] = [
    (Verdict::Better, "better", colour::GREEN),
    (Verdict::Worse, "worse", colour::VERMILION),
    (Verdict::Higher, "differs, neither better nor worse", colour::BLUE),
    (Verdict::NotShown, "no difference shown", colour::AXIS),
];

fn colour(verdict: Verdict) -> Colour {
    match verdict {
        Verdict::Better => colour::GREEN,
        Verdict::Worse => colour::VERMILION,
        Verdict::Higher | Verdict::Lower => colour::BLUE,
        Verdict::NotShown => colour::AXIS,
    }
}

struct Row {
    metric: &'static str,
    unit: &'static str,
    /// Low end, mean and high end of the difference, in percent of the first.
    percent: (f64, f64, f64),
    mean: f64,
    verdict: Verdict,
}

/// The differences of the setting in that place from the first.
pub(in crate::report) fn draw(comparison: &Comparison, variant: usize) -> io::Result<String> {
    let mut rows = Vec::new();
    for row in comparison.rows.iter().filter(|row| row.variant == variant) {
        let base = row.base.map_or(0.0, |base| base.mean);
        let Some(paired) = row.difference else { continue };
        let mean = paired.difference.mean;
        let interval = paired.difference.ci95.map(|(interval, _)| interval);
        let (low, high) = interval.map_or((mean, mean), |interval| (interval.low, interval.high));
        if base == 0.0 || (low == 0.0 && high == 0.0) {
            continue;
        }
        let percent = |value: f64| 100.0 * value / base.abs();
        rows.push(Row {
            metric: row.measure.name,
            unit: row.measure.unit,
            percent: (percent(low), percent(mean), percent(high)),
            mean,
            verdict: row.verdict,
        });
    }
    let (first, name) = (&comparison.variants[0], &comparison.variants[variant].0);
    let was_run = runs_of(&first.1, comparison.seed, comparison.replicates);
    let title = format!("{name} against {}", first.0);
    let about = "Each replicate of both meets the same weather, homes and whims. Dots are mean \
                 differences, lines their 95\u{a0}% intervals, cut where they would hide the rest. \
                 Measures that do not differ at all, or are 0 in the first, are left out.";
    let lines = [was_run.as_str(), about];
    let legend: Vec<_> = VERDICTS
        .iter()
        .map(|(_, words, colour)| (Sign::Line, *colour, (*words).to_owned()))
        .collect();
    let head = header_height(&lines) + legend_height(&legend);
    let height = head + rows.len() as i32 * ROW + 130;
    let most = rows.iter().map(|row| row.percent.1.abs()).fold(1.0, f64::max) * STRETCH;
    let cut = |value: f64| value.clamp(-most, most);
    let all = rows.iter().flat_map(|row| [cut(row.percent.0), cut(row.percent.2), 0.0]);
    let (low, high) = ends(all.chain([0.0]));
    let (low, high) = rounded_range(low, high, 8);
    let x = |value: f64| {
        let share = (value.clamp(low, high) - low) / (high - low);
        LEFT + (f64::from(RIGHT - LEFT) * share).round() as i32
    };
    Canvas::draw(height, &title, &lines, |canvas, top| {
        let top = canvas.legend(top, &legend)? + 46;
        let bottom = top + rows.len() as i32 * ROW;
        let small = Text::of(size::SMALL).coloured(colour::GREY);
        let marks = Marks::between(low, high, 8);
        for value in &marks.values {
            let at = x(*value);
            let (colour, width) = if *value == 0.0 { (colour::GREY, 2) } else { (colour::GRID, 1) };
            canvas.line(vec![(at, top), (at, bottom)], colour, width)?;
            let below = (at, bottom + 20);
            canvas.write(&marks.label(*value), below, small.aligned(Align::Centre))?;
        }
        let words = format!("Difference, % of {}", first.0);
        let below = ((LEFT + RIGHT) / 2, bottom + 46);
        canvas.write(&words, below, small.aligned(Align::Centre))?;
        let right = Text::of(size::TEXT).aligned(Align::Right);
        canvas.write("difference", (RIGHT + 150, top - 18), small.aligned(Align::Right))?;
        for (place, row) in rows.iter().enumerate() {
            let y = top + place as i32 * ROW + ROW / 2;
            let colour = colour(row.verdict);
            canvas.write(row.metric, (MARGIN, y), Text::of(size::TEXT))?;
            let (from, mean, to) = row.percent;
            canvas.line(vec![(x(cut(from)), y), (x(cut(to)), y)], colour, 4)?;
            canvas.dot((x(cut(mean)), y), 6, colour, 1.0)?;
            canvas.write(&readable(row.mean), (RIGHT + 150, y), right)?;
            canvas.write(row.unit, (RIGHT + 164, y), small)?;
        }
        Ok(())
    })
}
