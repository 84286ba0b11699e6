//! `charts/gains.svg`: what taking part was worth, by kind of participant and,
//! for producers, by asking strategy.

use std::io;

use super::canvas::{Align, Canvas, Drawn, MARGIN, PALENESS, Text, WIDTH, header_height, size};
use super::colour::{self, Colour};
use super::number::{Marks, grouped, readable, rounded_range};
use super::{rate, what_was_run};
use crate::engine::record::ParticipantRow;
use crate::experiments::Outcome;
use crate::stats;

const LEFT: i32 = 250;
const RIGHT: i32 = WIDTH - 330;
const ROW: i32 = 46;
const BOX: i32 = 22;
const USTX_A_STX: f64 = 1e6;

/// Up to so many participants are drawn one by one.
const DRAWN_SINGLY: usize = 12;

/// The gains of a group, in STX.
struct Group {
    name: String,
    /// Whether it is part of the group above.
    part: bool,
    /// Whether it is one of homes, which the scale is made for: a single
    /// operator's takings would press all of them together.
    homes: bool,
    gains: Vec<f64>,
}

/// Quantiles of a group's gains.
struct Spread {
    low: f64,
    lower: f64,
    median: f64,
    upper: f64,
    high: f64,
    mean: f64,
}

impl Spread {
    fn of(gains: &[f64]) -> Option<Self> {
        let quantiles = stats::quantiles(gains, &[0.05, 0.25, 0.5, 0.75, 0.95])?;
        let [low, lower, median, upper, high] = quantiles[..] else { return None };
        Some(Self { low, lower, median, upper, high, mean: stats::mean(gains)? })
    }
}

/// A box for each group over all replicates: its middle half, its median, its
/// mean, and from where to where nine in ten lie.
pub(super) fn draw(outcome: &Outcome) -> io::Result<String> {
    let money = &outcome.scenario.money;
    let groups: Vec<(Group, Spread)> = groups(outcome)
        .into_iter()
        .filter_map(|group| Spread::of(&group.gains).map(|spread| (group, spread)))
        .collect();
    let currency = money.currency.to_uppercase();
    let days = outcome.scenario.time.days;
    let about = format!(
        "Gain of a participant over {}{}, against having only the utility. {}",
        if days == 1 {
            "the day".to_owned()
        } else {
            format!("the {} days", grouped(f64::from(days), 0))
        },
        if outcome.records.len() > 1 { ", all replicates together" } else { "" },
        rate(money)
    );
    let how = "Box: the middle half. Line in it: the median. Whiskers: from 5\u{a0}% to 95\u{a0}%. \
               Diamond: the mean. Small groups: a dot for each participant, an arrow where it is \
               beyond the scale.";
    let any_homes = groups.iter().any(|(group, _)| group.homes);
    let scaled = || groups.iter().filter(|(group, _)| group.homes || !any_homes);
    let low = scaled().map(|(group, spread)| end(group, spread.low, f64::min)).fold(0.0, f64::min);
    let high =
        scaled().map(|(group, spread)| end(group, spread.high, f64::max)).fold(0.0, f64::max);
    let range = rounded_range(low, high, 8);
    let title = "What taking part in the market was worth";
    let was_run = what_was_run(outcome);
    let lines = [was_run.as_str(), about.as_str(), how];
    let height = header_height(&lines) + groups.len() as i32 * ROW + 150;
    Canvas::draw(height, title, &lines, |canvas, top| {
        let sheet = Sheet { canvas, range };
        let top = top + 66;
        let bottom = top + groups.len() as i32 * ROW + 10;
        sheet.scales(top, bottom, &currency, money.stx_price)?;
        for (place, (group, spread)) in groups.iter().enumerate() {
            sheet.row(group, spread, top + 10 + place as i32 * ROW + ROW / 2)?;
        }
        Ok(())
    })
}

/// The end of what is drawn of a group.
fn end(group: &Group, quantile: f64, furthest: fn(f64, f64) -> f64) -> f64 {
    if group.gains.len() > DRAWN_SINGLY {
        return quantile;
    }
    group.gains.iter().copied().fold(quantile, furthest)
}

struct Sheet<'a, 's> {
    canvas: &'a Canvas<'s>,
    range: (f64, f64),
}

impl Sheet<'_, '_> {
    fn x(&self, gain: f64) -> i32 {
        let (low, high) = self.range;
        LEFT + (f64::from(RIGHT - LEFT) * (gain.clamp(low, high) - low) / (high - low)).round()
            as i32
    }

    /// STX below, fiat above, and the words over the columns at the right.
    fn scales(&self, top: i32, bottom: i32, currency: &str, rate: f64) -> Drawn {
        let canvas = self.canvas;
        let small = Text::of(size::SMALL).coloured(colour::GREY);
        let centred = small.aligned(Align::Centre);
        let (low, high) = self.range;
        let marks = Marks::between(low, high, 8);
        for value in &marks.values {
            let x = self.x(*value);
            let (colour, width) = if *value == 0.0 { (colour::GREY, 2) } else { (colour::GRID, 1) };
            canvas.line(vec![(x, top), (x, bottom)], colour, width)?;
            canvas.write(&marks.label(*value), (x, bottom + 20), centred)?;
        }
        let middle = (LEFT + RIGHT) / 2;
        canvas.write("Gain of a participant, STX", (middle, bottom + 46), centred)?;
        let marks = Marks::between(low * rate, high * rate, 8);
        for value in &marks.values {
            let x = self.x(value / rate);
            canvas.line(vec![(x, top - 6), (x, top)], colour::AXIS, 1)?;
            canvas.write(&marks.label(*value), (x, top - 18), centred)?;
        }
        canvas.line(vec![(LEFT, top), (RIGHT, top)], colour::AXIS, 1)?;
        canvas.line(vec![(LEFT, bottom), (RIGHT, bottom)], colour::AXIS, 1)?;
        canvas.write(
            &format!("in {currency}"),
            (LEFT - 40, top - 18),
            small.aligned(Align::Right),
        )?;
        let right = small.aligned(Align::Right);
        canvas.write("median", (RIGHT + 100, top - 18), right)?;
        canvas.write("mean", (RIGHT + 190, top - 18), right)?;
        canvas.write("number", (WIDTH - MARGIN, top - 18), right)
    }

    fn row(&self, group: &Group, spread: &Spread, y: i32) -> Drawn {
        let canvas = self.canvas;
        let name = Text::of(size::TEXT);
        let (indent, name) = if group.part { (24, name) } else { (0, name.bold()) };
        canvas.write(&group.name, (MARGIN + indent, y), name)?;
        let colour = if group.part { colour::SKY } else { colour::BLUE };
        if group.gains.len() <= DRAWN_SINGLY {
            for gain in &group.gains {
                self.dot(*gain, y, colour)?;
            }
        } else {
            self.spread(spread, y, colour)?;
        }
        let right = Text::of(size::TEXT).aligned(Align::Right);
        canvas.write(&readable(spread.median), (RIGHT + 100, y), right)?;
        canvas.write(&readable(spread.mean), (RIGHT + 190, y), right)?;
        canvas.write(&grouped(group.gains.len() as f64, 0), (WIDTH - MARGIN, y), right)
    }

    /// A participant, or the arrow towards one beyond the scale.
    fn dot(&self, gain: f64, y: i32, colour: Colour) -> Drawn {
        let (low, high) = self.range;
        let (edge, inwards) = if gain < low {
            (LEFT, 10)
        } else if gain > high {
            (RIGHT, -10)
        } else {
            return self.canvas.dot((self.x(gain), y), 5, colour, 0.6);
        };
        let arrow = vec![(edge, y), (edge + inwards, y - 6), (edge + inwards, y + 6)];
        self.canvas.shape(arrow, colour, 1.0)
    }

    fn spread(&self, spread: &Spread, y: i32, colour: Colour) -> Drawn {
        let canvas = self.canvas;
        let (low, lower) = (self.x(spread.low), self.x(spread.lower));
        let (upper, high) = (self.x(spread.upper), self.x(spread.high));
        canvas.line(vec![(low, y), (lower, y)], colour, 2)?;
        canvas.line(vec![(upper, y), (high, y)], colour, 2)?;
        for x in [low, high] {
            canvas.line(vec![(x, y - 6), (x, y + 6)], colour, 2)?;
        }
        let (top, bottom) = (y - BOX / 2, y + BOX / 2);
        canvas.field([(lower, top), (upper, bottom)], colour, 2.0 * PALENESS)?;
        let outline =
            vec![(lower, top), (upper, top), (upper, bottom), (lower, bottom), (lower, top)];
        canvas.line(outline, colour, 1)?;
        let median = self.x(spread.median);
        canvas.line(vec![(median, top), (median, bottom)], colour::BLACK, 3)?;
        let mean = self.x(spread.mean);
        let diamond = vec![(mean, y - 6), (mean + 6, y), (mean, y + 6), (mean - 6, y)];
        canvas.shape(diamond, colour::VERMILION, 1.0)
    }
}

/// Producers, their strategies, buyers, and whoever else gained or lost.
fn groups(outcome: &Outcome) -> Vec<Group> {
    let people: Vec<&ParticipantRow> =
        outcome.records.iter().flat_map(|record| &record.participants).collect();
    let gains = |of: &dyn Fn(&ParticipantRow) -> bool| -> Vec<f64> {
        let chosen = people.iter().filter(|row| of(row));
        chosen.map(|row| row.gain_ustx / USTX_A_STX).collect()
    };
    let mut kinds: Vec<&str> = Vec::new();
    for row in &people {
        if !kinds.contains(&row.kind.as_str()) {
            kinds.push(&row.kind);
        }
    }
    // Homes first, in this order; the rest as they come.
    kinds.sort_by_key(|kind| match *kind {
        "producer" => 0,
        "buyer" => 1,
        _ => 2,
    });
    let mut groups = Vec::new();
    for kind in kinds {
        let of_kind = gains(&|row| row.kind == kind);
        // Officials are paid by nobody in here.
        if of_kind.iter().all(|gain| *gain == 0.0) {
            continue;
        }
        let homes = people.iter().any(|row| row.kind == kind && row.annual_use_kwh > 0.0);
        groups.push(Group { name: heading(kind), part: false, homes, gains: of_kind });
        let mut strategies: Vec<&str> = people
            .iter()
            .filter(|row| row.kind == kind && !row.strategy.is_empty())
            .map(|row| row.strategy.as_str())
            .collect();
        strategies.sort_unstable();
        strategies.dedup();
        for strategy in strategies {
            let gains = gains(&|row| row.kind == kind && row.strategy == strategy);
            groups.push(Group { name: format!("asking {strategy}"), part: true, homes, gains });
        }
    }
    groups
}

/// A kind's name as a heading: "producers" of "producer", with a capital.
fn heading(kind: &str) -> String {
    let mut letters = kind.chars();
    match letters.next() {
        Some(first) => format!("{}{}s", first.to_uppercase(), letters.as_str().replace('-', " ")),
        None => String::new(),
    }
}
