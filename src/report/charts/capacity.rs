//! `charts/capacity.svg`: what the chain carries, by load.

use std::io;

use super::canvas::{Canvas, header_height};
use super::capacity_panel::{ABOVE, BELOW, Line, Panel, answer, what_was_scaled};
use super::colour;
use super::number::grouped;
use crate::experiments::Capacity;
use crate::scenario::Comparison;

/// The height of a panel.
const PANEL: i32 = 270;

/// The waits that are shown, from the longest to the shortest.
const WAITS: [(&str, &str, colour::Colour); 3] = [
    ("wait_s_p99", "99 % wait less", colour::ORANGE),
    ("wait_s_p95", "95 % wait less", colour::BLUE),
    ("wait_s_p50", "50 % wait less", colour::SKY),
];

/// How far past the greatest wait a limit may stand and still be on the scale:
/// one far above would press the waits flat.
const LIMIT_STRETCH: f64 = 2.0;

/// Two panels over the same loads: purchases in a tenure of the busiest tick,
/// and how long calls wait for a block, with the limits on waits.
pub(super) fn draw(capacity: &Capacity) -> io::Result<String> {
    let (was_run, answer) = (what_was_scaled(capacity), answer(capacity));
    let lines = [was_run.as_str(), answer.as_str()];
    let height = header_height(&lines) + 2 * (ABOVE + PANEL + BELOW) + 20;
    let title = format!("How many {} the chain carries", capacity.unit());
    Canvas::draw(height, &title, &lines, |canvas, top| {
        let purchases = Line {
            name: "purchases".to_owned(),
            colour: colour::BLUE,
            values: capacity.steps.iter().map(|step| step.purchases_a_tenure).collect(),
        };
        let upper = top + 10 + ABOVE;
        let panel = Panel::new(canvas, capacity, (upper, upper + PANEL), greatest(&purchases));
        panel.frame("Purchases in a tenure of the busiest tick")?;
        panel.lines(&[purchases])?;

        let waits: Vec<Line> = WAITS
            .iter()
            .map(|(measure, name, colour)| Line {
                name: (*name).to_owned(),
                colour: *colour,
                values: capacity.steps.iter().map(|step| step.measure(measure)).collect(),
            })
            .collect();
        let longest = waits.iter().map(greatest).fold(0.0, f64::max);
        let limits: Vec<(f64, String)> = limits(capacity)
            .into_iter()
            .filter(|(limit, _)| *limit <= longest.max(1.0) * LIMIT_STRETCH)
            .collect();
        let high = limits.iter().map(|(limit, _)| limit * 1.1).fold(longest, f64::max);
        let upper = upper + PANEL + BELOW + ABOVE;
        let panel = Panel::new(canvas, capacity, (upper, upper + PANEL), high);
        panel.frame("Time that calls wait for a block, s")?;
        for (limit, name) in &limits {
            panel.level(*limit, name)?;
        }
        panel.lines(&waits)
    })
}

fn greatest(line: &Line) -> f64 {
    line.values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// The upper limits that the thresholds set to a wait, with their names.
fn limits(capacity: &Capacity) -> Vec<(f64, String)> {
    let shown = |metric: &str| WAITS.iter().any(|(measure, ..)| *measure == metric);
    let upper = |comparison| matches!(comparison, Comparison::Less | Comparison::AtMost);
    capacity
        .thresholds
        .iter()
        .filter(|threshold| shown(&threshold.metric) && upper(threshold.comparison))
        .map(|threshold| {
            let sign = threshold.comparison.sign();
            let limit = grouped(threshold.limit, 0);
            (threshold.limit, format!("threshold: {} {sign} {limit}", threshold.metric))
        })
        .collect()
}
