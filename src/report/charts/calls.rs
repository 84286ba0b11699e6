//! `charts/calls.svg`: how calls of each contract function ended.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use super::canvas::{
    Align, Canvas, Drawn, Entry, MARGIN, Sign, Text, WIDTH, fitted, header_height, legend_height,
    size, text_width,
};
use super::colour::{self, Colour};
use super::number::{count, percent};
use super::what_was_run;
use crate::engine::record::CallRow;
use crate::experiments::Outcome;

/// Where the bars begin and end.
const LEFT: i32 = 270;
const RIGHT: i32 = WIDTH - 220;
const BAR: i32 = 20;
/// From one function to the next, and the line of rejections between them.
const ROW: i32 = 34;
const LINE: i32 = 18;
/// A contract's name and the space around it.
const CONTRACT: i32 = 44;

/// The colours of errors, the most frequent first; what comes after is grey.
const ERROR_COLOURS: [Colour; 6] = [
    colour::VERMILION,
    colour::ORANGE,
    colour::PURPLE,
    colour::BLUE,
    colour::YELLOW,
    colour::GREEN,
];

/// How a call ended: the order in which a bar shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    Accepted,
    /// With the contract's error, by code and name.
    Rejected(Option<u128>, String),
    /// By the virtual machine.
    Aborted,
}

/// The calls of a function, over all replicates.
struct Bar {
    contract: String,
    function: String,
    endings: BTreeMap<Ending, u64>,
}

impl Bar {
    fn total(&self) -> u64 {
        self.endings.values().sum()
    }

    /// How much of the sheet it takes.
    fn height(&self) -> i32 {
        let accepted = self.endings.keys().all(|ending| *ending == Ending::Accepted);
        if accepted { ROW } else { ROW + LINE }
    }
}

/// A bar for each function that was called, each as long as the others so that
/// the shares can be compared; the counts stand beside and below it.
pub(super) fn draw(outcome: &Outcome) -> io::Result<String> {
    let bars = bars(outcome);
    let (legend, colours) = colours(&bars);
    let mut contracts: Vec<&str> = bars.iter().map(|bar| bar.contract.as_str()).collect();
    contracts.dedup();
    let replicates = outcome.records.len();
    let about = if replicates > 1 {
        "Share of each function's calls by how they ended; counts are means over the replicates."
    } else {
        "Share of each function's calls by how they ended, with their counts."
    };
    let rows: i32 = bars.iter().map(Bar::height).sum();
    let title = "How calls of the contracts ended";
    let was_run = what_was_run(outcome);
    let lines = [was_run.as_str(), about];
    let height = header_height(&lines)
        + legend_height(&legend)
        + contracts.len() as i32 * CONTRACT
        + rows
        + 90;
    Canvas::draw(height, title, &lines, |canvas, top| {
        let mut y = canvas.legend(top, &legend)? + 34;
        let small = Text::of(size::SMALL).coloured(colour::GREY);
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let at = (place(share), y);
            canvas.write(&percent(share), at, small.aligned(Align::Centre))?;
        }
        canvas.write("calls", (RIGHT + 100, y), small.aligned(Align::Right))?;
        canvas.write("accepted", (WIDTH - MARGIN, y), small.aligned(Align::Right))?;
        y += 16;
        let bottom = height - 30;
        for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
            canvas.line(vec![(place(share), y), (place(share), bottom)], colour::GRID, 1)?;
        }
        let mut contract = "";
        for bar in &bars {
            if bar.contract != contract {
                contract = &bar.contract;
                canvas.write(contract, (MARGIN, y + 24), Text::of(size::TEXT).bold())?;
                y += CONTRACT;
            }
            draw_bar(canvas, bar, y, &colours, replicates)?;
            y += bar.height();
        }
        Ok(())
    })
}

/// The horizontal place of a share of the calls.
fn place(share: f64) -> i32 {
    LEFT + (f64::from(RIGHT - LEFT) * share).round() as i32
}

fn draw_bar(
    canvas: &Canvas<'_>,
    bar: &Bar,
    top: i32,
    colours: &BTreeMap<Ending, Colour>,
    replicates: usize,
) -> Drawn {
    let total = bar.total();
    let share = |calls: u64| calls as f64 / total.max(1) as f64;
    let calls = |calls: u64| count(calls as f64 / replicates as f64);
    let middle = top + BAR / 2;
    let name = fitted(&bar.function, size::TEXT, LEFT - MARGIN - 12);
    let right = Text::of(size::TEXT).aligned(Align::Right);
    canvas.write(&name, (LEFT - 12, middle), right)?;
    let mut sum = 0;
    for (ending, calls) in &bar.endings {
        let from = place(share(sum));
        sum += calls;
        let to = place(share(sum));
        let colour = colours.get(ending).copied().unwrap_or(colour::GREY);
        // However few they are, they can be seen.
        let from = from.min(to - 2).max(LEFT);
        canvas.field([(from, top), (to, top + BAR)], colour, 1.0)?;
    }
    let how = Text::of(size::SMALL).coloured(colour::GREY);
    canvas.write(&refusals(bar, &calls), (LEFT, top + BAR + 13), how)?;
    let accepted = bar.endings.get(&Ending::Accepted).copied().unwrap_or(0);
    canvas.write(&calls(total), (RIGHT + 100, middle), right)?;
    let share = percent(share(accepted));
    canvas.write(&share, (WIDTH - MARGIN, middle), right.coloured(colour::GREY))
}

/// What was not accepted, the most frequent first, as far as a line holds it.
fn refusals(bar: &Bar, calls: &dyn Fn(u64) -> String) -> String {
    let mut refused: Vec<(&Ending, u64)> =
        bar.endings.iter().map(|(ending, calls)| (ending, *calls)).collect();
    refused.retain(|(ending, _)| **ending != Ending::Accepted);
    refused.sort_by_key(|(_, calls)| Reverse(*calls));
    let told: Vec<String> = refused
        .into_iter()
        .map(|(ending, count)| match ending {
            Ending::Rejected(_, name) => format!("{} {name}", calls(count)),
            Ending::Accepted | Ending::Aborted => format!("{} aborted", calls(count)),
        })
        .collect();
    let line = |shown: usize| {
        let rest = told.len() - shown;
        let more = if rest == 0 { String::new() } else { format!(" · and {rest} kinds more") };
        told[..shown].join(" · ") + &more
    };
    let fits = |shown: &usize| text_width(&line(*shown), size::SMALL) <= WIDTH - MARGIN - LEFT;
    line((1..=told.len()).rev().find(fits).unwrap_or(told.len().min(1)))
}

/// A bar for each function, by contract, the most called first.
fn bars(outcome: &Outcome) -> Vec<Bar> {
    let mut bars: Vec<Bar> = Vec::new();
    for row in outcome.records.iter().flat_map(|record| &record.calls) {
        let (contract, function) = (row.contract.to_string(), row.function.to_string());
        let same = |bar: &Bar| bar.contract == contract && bar.function == function;
        let place = bars.iter().position(same).unwrap_or_else(|| {
            bars.push(Bar { contract, function, endings: BTreeMap::new() });
            bars.len() - 1
        });
        *bars[place].endings.entry(ending(row)).or_default() += row.count;
    }
    // The trading contract comes first.
    bars.sort_by(|a, b| b.contract.cmp(&a.contract).then(b.total().cmp(&a.total())));
    bars
}

fn ending(row: &CallRow) -> Ending {
    match (row.outcome, row.error_code) {
        ("accepted", _) => Ending::Accepted,
        ("aborted", _) => Ending::Aborted,
        (_, code) => Ending::Rejected(code, row.error.clone()),
    }
}

/// The legend, and the colour of every ending.
fn colours(bars: &[Bar]) -> (Vec<Entry>, BTreeMap<Ending, Colour>) {
    let mut totals: BTreeMap<&Ending, u64> = BTreeMap::new();
    for (ending, count) in bars.iter().flat_map(|bar| &bar.endings) {
        *totals.entry(ending).or_default() += count;
    }
    let mut endings: Vec<(&Ending, u64)> = totals.into_iter().collect();
    endings.sort_by_key(|(_, calls)| Reverse(*calls));
    let mut colours = BTreeMap::new();
    let mut legend = vec![(Sign::Field, colour::PALE, "accepted".to_owned())];
    colours.insert(Ending::Accepted, colour::PALE);
    let mut errors = ERROR_COLOURS.into_iter();
    let mut others = false;
    for (ending, _) in &endings {
        let Ending::Rejected(code, name) = ending else { continue };
        match errors.next() {
            Some(colour) => {
                let code = code.map_or(String::new(), |code| format!(" (u{code})"));
                legend.push((Sign::Field, colour, format!("{name}{code}")));
                colours.insert((*ending).clone(), colour);
            }
            None => others = true,
        }
    }
    if others {
        legend.push((Sign::Field, colour::GREY, "other errors".to_owned()));
    }
    if endings.iter().any(|(ending, _)| **ending == Ending::Aborted) {
        legend.push((Sign::Field, colour::BLACK, "aborted by the virtual machine".to_owned()));
        colours.insert(Ending::Aborted, colour::BLACK);
    }
    (legend, colours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(endings: &[(Ending, u64)]) -> Bar {
        Bar {
            contract: "wattconnect".to_owned(),
            function: "buy-energy-from-user".to_owned(),
            endings: endings.iter().cloned().collect(),
        }
    }

    fn rejected(code: u128, name: &str) -> Ending {
        Ending::Rejected(Some(code), name.to_owned())
    }

    #[test]
    fn refusals_are_told_by_their_frequency() {
        let bar = bar(&[
            (Ending::Accepted, 90),
            (rejected(101, "not enough balance"), 2),
            (rejected(113, "price above maximum"), 7),
            (Ending::Aborted, 1),
        ]);
        assert_eq!(
            refusals(&bar, &|calls| calls.to_string()),
            "7 price above maximum · 2 not enough balance · 1 aborted"
        );
        assert_eq!((bar.total(), bar.height()), (100, ROW + LINE));
    }

    #[test]
    fn what_a_line_does_not_hold_is_counted() {
        let endings: Vec<_> =
            (0..20).map(|code| (rejected(code, "an error of a long name"), 1)).collect();
        let line = refusals(&bar(&endings), &|calls| calls.to_string());
        assert!(text_width(&line, size::SMALL) <= WIDTH - MARGIN - LEFT, "{line}");
        assert!(line.ends_with("kinds more"), "{line}");
        assert_eq!(refusals(&bar(&[(Ending::Accepted, 3)]), &|calls| calls.to_string()), "");
    }

    #[test]
    fn errors_beyond_the_colours_share_one() {
        let endings: Vec<_> =
            (0..9).map(|code| (rejected(code, "error"), 9 - code as u64)).collect();
        let (legend, colours) = colours(&[bar(&endings)]);
        assert_eq!(legend.len(), 1 + ERROR_COLOURS.len() + 1);
        assert_eq!(colours.get(&rejected(0, "error")), Some(&colour::VERMILION));
        assert_eq!(colours.get(&rejected(8, "error")), None);
    }
}
