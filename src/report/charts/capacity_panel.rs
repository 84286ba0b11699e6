//! A panel of a chart by load: homes, or transactions an hour, to the right, on a
//! logarithmic scale because a search multiplies them, values upwards from nothing, and the
//! edge between what the chain carried and what it did not.

use super::canvas::{Align, Canvas, Drawn, MARGIN, PALENESS, Pixel, Text, WIDTH, size, text_width};
use super::colour::{self, Colour};
use super::number::{Marks, grouped, rounded_range};
use crate::experiments::{Capacity, Step};
use crate::scenario::{BlockBudget, Loading};

/// Where the panels begin and end; names of lines stand to the right.
pub(super) const LEFT: i32 = 100;
pub(super) const RIGHT: i32 = WIDTH - 170;
/// Room above a panel, for its title and for the names of the edge.
pub(super) const ABOVE: i32 = 56;
/// Room below a panel that names its loads.
pub(super) const BELOW: i32 = 60;
/// The least space between names of lines, and between marks of loads.
const NAME_LINE: i32 = 19;
const MARK_SPACE: i32 = 16;

/// What was run, in a line.
pub(super) fn what_was_scaled(capacity: &Capacity) -> String {
    let scenario = &capacity.scenario;
    let budget = match scenario.network.budget {
        BlockBudget::Unlimited => "blocks without end",
        BlockBudget::Mainnet21 => "the block budget of mainnet 2.1",
        BlockBudget::Mainnet40 => "the block budget of mainnet 4.0",
        BlockBudget::Custom(_) => "a block budget of its own",
    };
    let about = &scenario.about;
    let with = grouped(f64::from(scenario.producers.count), 0);
    let without = grouped(f64::from(scenario.buyers.count), 0);
    let start = scenario.time.start.strftime("%-d %B %Y");
    let days = |days: u32| match days {
        0 => "no day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{} days", grouped(f64::from(days), 0)),
    };
    let scaled = match scenario.stress.load {
        Loading::Closed => format!(
            "scaled in homes, {with} with panels to {without} without; {} each after {} of \
             warm-up, from {start}",
            days(scenario.stress.days),
            days(scenario.stress.warm_up_days)
        ),
        Loading::Open => format!(
            "what {with} homes with panels and {without} without mean to send from {start} on, \
             sent at growing rates"
        ),
    };
    format!("Scenario {} {scaled}; {budget}, seed {}.", about.name, about.seed)
}

/// The answer as a sentence.
pub(super) fn answer(capacity: &Capacity) -> String {
    format!("The chain {}.", capacity.answer())
}

/// A line of a panel: a value for each step, and its name.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) colour: Colour,
    /// As many as there are steps; what is not a number is left out.
    pub(super) values: Vec<f64>,
}

/// A panel by load.
pub(super) struct Panel<'a, 's> {
    canvas: &'a Canvas<'s>,
    capacity: &'a Capacity,
    top: i32,
    bottom: i32,
    high: f64,
}

impl<'a, 's> Panel<'a, 's> {
    /// A panel between two heights of the sheet, for values from nothing to
    /// about `high`.
    pub(super) fn new(
        canvas: &'a Canvas<'s>,
        capacity: &'a Capacity,
        (top, bottom): (i32, i32),
        high: f64,
    ) -> Self {
        let (_, high) = rounded_range(0.0, high, Self::marks_in(top, bottom));
        Self { canvas, capacity, top, bottom, high }
    }

    fn marks_in(top: i32, bottom: i32) -> usize {
        usize::try_from((bottom - top) / 55).unwrap_or(0).max(2)
    }

    fn x(&self, load: u32) -> i32 {
        let log = |load: u32| libm::log(f64::from(load.max(1)));
        let (first, last) = match (self.capacity.steps.first(), self.capacity.steps.last()) {
            (Some(first), Some(last)) if first.load < last.load => (first.load, last.load),
            // A single step stands in the middle.
            _ => return (LEFT + RIGHT) / 2,
        };
        let share = (log(load) - log(first)) / (log(last) - log(first));
        // The first and last dots stand clear of the scale and of the names.
        LEFT + 20 + (f64::from(RIGHT - LEFT - 40) * share).round() as i32
    }

    fn y(&self, value: f64) -> i32 {
        let share = value.clamp(0.0, self.high) / self.high;
        self.bottom - (f64::from(self.bottom - self.top) * share).round() as i32
    }

    /// Draws the grid, the edge and what is written around the panel.
    pub(super) fn frame(&self, title: &str) -> Drawn {
        let canvas = self.canvas;
        let small = Text::of(size::SMALL).coloured(colour::GREY);
        let bold = Text::of(size::TEXT).bold();
        canvas.write(title, (LEFT, self.top - ABOVE + 16), bold)?;
        let marks = Marks::between(0.0, self.high, Self::marks_in(self.top, self.bottom));
        for value in &marks.values {
            let y = self.y(*value);
            canvas.line(vec![(LEFT, y), (RIGHT, y)], colour::GRID, 1)?;
            let at = (LEFT - 10, y);
            canvas.write(&marks.label(*value), at, small.aligned(Align::Right))?;
        }
        canvas.line(vec![(LEFT, self.bottom), (RIGHT, self.bottom)], colour::AXIS, 1)?;
        for (step, named) in self.marked() {
            let x = self.x(step.load);
            canvas.line(vec![(x, self.bottom), (x, self.bottom + 6)], colour::AXIS, 1)?;
            if named {
                let text = grouped(f64::from(step.load), 0);
                canvas.write(&text, (x, self.bottom + 20), small.aligned(Align::Centre))?;
            }
        }
        let at = ((LEFT + RIGHT) / 2, self.bottom + 44);
        let text = format!("{} that were tried (logarithmic scale)", self.capacity.unit());
        canvas.write(&text, at, small.aligned(Align::Centre))?;
        self.edge()
    }

    /// Each step, and whether there is room for its number below: the edge
    /// comes first, then what keeps clear of it.
    fn marked(&self) -> Vec<(&'a Step, bool)> {
        let steps = &self.capacity.steps;
        let half = |step: &Step| text_width(&grouped(f64::from(step.load), 0), size::SMALL) / 2;
        let mut named: Vec<&Step> = Vec::new();
        let edge = self.capacity.carried().into_iter().chain(self.capacity.first_crossed());
        for step in edge.chain(steps.first()).chain(steps.last()).chain(steps) {
            let clear = |other: &&Step| {
                let apart = (self.x(step.load) - self.x(other.load)).abs();
                apart >= half(step) + half(other) + MARK_SPACE
            };
            if named.iter().all(clear) {
                named.push(step);
            }
        }
        let is_named = |step: &Step| named.iter().any(|other| other.load == step.load);
        steps.iter().map(|step| (step, is_named(step))).collect()
    }

    /// The last step that was carried and the first that was not, as upright
    /// lines with their names above; what was not carried is shaded.
    fn edge(&self) -> Drawn {
        let canvas = self.canvas;
        let carried = self.capacity.carried();
        let crossed = self.capacity.first_crossed();
        if let Some(step) = crossed {
            let corners = [(self.x(step.load), self.top), (RIGHT, self.bottom)];
            canvas.field(corners, colour::VERMILION, PALENESS / 3.0)?;
        }
        let name = |step: &Step, what: &str| format!("{} {what}", grouped(step.load.into(), 0));
        let y = self.top - 14;
        let mut free_from = MARGIN;
        if let Some(step) = carried {
            let x = self.x(step.load);
            canvas.line(vec![(x, self.top - 4), (x, self.bottom)], colour::GREEN, 2)?;
            let text = name(step, "carried");
            let width = text_width(&text, size::SMALL);
            let from = (x + 4 - width).max(MARGIN);
            canvas.write(&text, (from, y), Text::of(size::SMALL).coloured(colour::GREEN))?;
            free_from = from + width + 8;
        }
        if let Some(step) = crossed {
            let x = self.x(step.load);
            canvas.dashes(vec![(x, self.top - 4), (x, self.bottom)], colour::VERMILION, 2)?;
            let text = name(step, &format!("crosses {}", step.crossed.join(", ")));
            let from = (x - 4).max(free_from);
            canvas.write(&text, (from, y), Text::of(size::SMALL).coloured(colour::VERMILION))?;
        }
        Ok(())
    }

    /// Lines through their values, a dot at each step, and their names at the
    /// right, where the lines end.
    pub(super) fn lines(&self, lines: &[Line]) -> Drawn {
        let mut names: Vec<(i32, &Line)> = Vec::new();
        for line in lines {
            let steps = self.capacity.steps.iter().zip(&line.values);
            let points: Vec<Pixel> = steps
                .filter(|(_, value)| value.is_finite())
                .map(|(step, value)| (self.x(step.load), self.y(*value)))
                .collect();
            let Some(last) = points.last() else { continue };
            names.push((last.1, line));
            for point in &points {
                self.canvas.dot(*point, 3, line.colour, 1.0)?;
            }
            self.canvas.line(points, line.colour, 2)?;
        }
        names.sort_by_key(|(y, _)| *y);
        let wanted: Vec<i32> = names.iter().map(|(y, _)| *y).collect();
        let heights = apart(&wanted, NAME_LINE, self.bottom);
        for (y, (_, line)) in heights.into_iter().zip(names) {
            let how = Text::of(size::TEXT).coloured(line.colour);
            self.canvas.write(&line.name, (RIGHT + 12, y), how)?;
        }
        Ok(())
    }

    /// A level across the panel, with a name that stands on it at the left.
    pub(super) fn level(&self, value: f64, name: &str) -> Drawn {
        let y = self.y(value);
        self.canvas.dashes(vec![(LEFT, y), (RIGHT, y)], colour::BLACK, 1)?;
        let how = Text::of(size::SMALL).coloured(colour::GREY);
        self.canvas.write(name, (LEFT + 8, y - 11), how)
    }
}

/// Ascending heights, moved so that they are at least `space` apart and none
/// is below `bottom`.
fn apart(wanted: &[i32], space: i32, bottom: i32) -> Vec<i32> {
    let mut heights = wanted.to_vec();
    let mut lowest = bottom;
    for height in heights.iter_mut().rev() {
        *height = (*height).min(lowest);
        lowest = *height - space;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn names_keep_apart_and_above_the_bottom() {
        assert_eq!(apart(&[10, 50, 90], 20, 100), [10, 50, 90]);
        assert_eq!(apart(&[98, 99, 100], 20, 100), [60, 80, 100]);
        assert_eq!(apart(&[10, 12, 130], 20, 100), [-8, 12, 100]);
        assert!(apart(&[], 20, 100).is_empty());
    }
}
