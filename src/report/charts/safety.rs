//! `charts/safety.svg`: along each setting, where each attack pays.

use std::io;

use super::canvas::{
    Align, Canvas, Drawn, MARGIN, PALENESS, Sign, Text, WIDTH, header_height, size,
};
use super::colour;
use super::number::readable;
use crate::experiments::{Onset, Safety, SafetyRow};

const LEFT: i32 = 520;
const RIGHT: i32 = WIDTH - 230;
const ROW: i32 = 44;
const BAR: i32 = 9;
/// Height of the name above its settings.
const NAME: i32 = 30;

/// A bar for each setting: pale blue where the attack does not pay, orange
/// where it does, the interval of the edge between, and a mark at the
/// scenario's value.
pub(super) fn draw(safety: &Safety) -> io::Result<String> {
    let scenario = &safety.scenario;
    let was_run = format!(
        "Scenario {}: {} producers, {} buyers, days: {}; {} pairs of runs at each value, from seed {}",
        scenario.about.name,
        scenario.producers.count,
        scenario.buyers.count,
        scenario.time.days,
        safety.replicates,
        scenario.about.seed,
    );
    let how = "An attack pays where it brings more than behaving would have, on the same seeds, \
               in each of the runs or surely on average. The spammer's pays where \
               honest homes lose more than it spends.";
    let lines = [was_run.as_str(), how];
    let names = safety.rows.windows(2).filter(|two| two[0].lineup != two[1].lineup);
    let groups = names.count() as i32 + 1;
    let height = header_height(&lines) + safety.rows.len() as i32 * ROW + groups * NAME + 90;
    let entries = [
        (Sign::Field, colour::SKY, "does not pay".to_owned()),
        (Sign::Field, colour::ORANGE, "pays".to_owned()),
        (Sign::Field, colour::PALE, "unsure: pays on average somewhere".to_owned()),
        (Sign::Line, colour::BLACK, "today's value".to_owned()),
        (Sign::PaleField, colour::PURPLE, "95\u{a0}% interval of the edge".to_owned()),
    ];
    Canvas::draw(height, "Where the market is safe", &lines, |canvas, top| {
        let mut y = canvas.legend(top + 10, &entries)? + 10;
        let mut last = None;
        for row in &safety.rows {
            if last != Some(row.lineup) {
                canvas.write(row.lineup, (MARGIN, y + NAME / 2), Text::of(size::TEXT).bold())?;
                y += NAME;
                last = Some(row.lineup);
            }
            bar(canvas, safety, row, y + ROW / 2)?;
            y += ROW;
        }
        Ok(())
    })
}

fn bar(canvas: &Canvas<'_>, safety: &Safety, row: &SafetyRow, y: i32) -> Drawn {
    let (from, to) = row.probe.range(&safety.scenario);
    let x = |value: f64| {
        LEFT + (f64::from(RIGHT - LEFT) * ((value - from) / (to - from)).clamp(0.0, 1.0)).round()
            as i32
    };
    let small = Text::of(size::SMALL);
    canvas.write(row.probe.key, (MARGIN + 16, y - 7), small)?;
    if !row.probe.given.is_empty() {
        let given = format!("with {}", row.probe.given.join(", "));
        canvas.write(&given, (MARGIN + 16, y + 10), Text::of(12).coloured(colour::GREY))?;
    }
    let field = |start: f64, end: f64, colour| {
        canvas.field([(x(start), y - BAR), (x(end), y + BAR)], colour, 0.85)
    };
    let (safe, pays) = (colour::SKY, colour::ORANGE);
    let (edge, words) = match row.edge {
        Onset::Unsure => {
            field(from, to, colour::PALE)?;
            (None, "unsure".to_owned())
        }
        Onset::Never => {
            field(from, to, safe)?;
            (None, "never pays".to_owned())
        }
        Onset::Always => {
            field(from, to, pays)?;
            (None, "always pays".to_owned())
        }
        Onset::SafeBelow(edge) => {
            let at = 0.5 * (edge.safe + edge.pays);
            field(from, at, safe)?;
            field(at, to, pays)?;
            (Some(edge), format!("safe below {}", readable(edge.safe)))
        }
        Onset::SafeAbove(edge) => {
            let at = 0.5 * (edge.safe + edge.pays);
            field(from, at, pays)?;
            field(at, to, safe)?;
            (Some(edge), format!("safe above {}", readable(edge.safe)))
        }
    };
    let interval = edge.and_then(|edge| edge.crossing).and_then(|crossing| crossing.ci95);
    if let Some((interval, _)) = interval {
        let corners = [(x(interval.low), y - BAR - 4), (x(interval.high), y + BAR + 4)];
        canvas.field(corners, colour::PURPLE, 2.0 * PALENESS)?;
    }
    if let Some(now) = row.now.filter(|now| (from..=to).contains(now)) {
        canvas.line(vec![(x(now), y - BAR - 5), (x(now), y + BAR + 5)], colour::BLACK, 2)?;
    }
    canvas.write(&readable(from), (LEFT - 10, y), small.aligned(Align::Right))?;
    canvas.write(&readable(to), (RIGHT + 10, y - 8), small.coloured(colour::GREY))?;
    canvas.write(&words, (RIGHT + 10, y + 9), small.bold())
}
