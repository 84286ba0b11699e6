//! How calls of each contract function ended: each bar as long as the others,
//! so that shares can be compared; the counts stand beside and below it.

use std::cmp::Reverse;

use super::super::number::{count, percent};
use super::super::results::{Call, Market};
use super::canvas::{Anchor, Canvas, NARROW, WIDE};
use super::text::{LABEL, fitted, width_of, wrapped};
use super::{Chart, Data, Picture};

/// The classes of errors, the most frequent first; what comes after shares one.
const ERRORS: [&str; 4] = ["fill f2", "fill f1", "fill f4", "fill f3"];
const OTHERS: &str = "fill f5";

/// How calls ended: in the order in which a bar shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    Accepted,
    /// With the contract's error, by code and name.
    Rejected(String, String),
    /// By the virtual machine.
    Aborted,
}

/// The calls of a function, a mean over the replicates.
struct Bar<'a> {
    contract: &'a str,
    function: &'a str,
    endings: Vec<(Ending, f64)>,
}

impl Bar<'_> {
    fn total(&self) -> f64 {
        self.endings.iter().map(|(_, calls)| calls).sum()
    }

    fn of(&self, ending: &Ending) -> f64 {
        self.endings.iter().find(|(known, _)| known == ending).map_or(0.0, |(_, calls)| *calls)
    }

    /// What was not accepted, the most frequent first.
    fn refusals(&self) -> String {
        let mut refused: Vec<_> =
            self.endings.iter().filter(|(ending, _)| *ending != Ending::Accepted).collect();
        refused.sort_by(|a, b| b.1.total_cmp(&a.1));
        let told = refused.into_iter().map(|(ending, calls)| match ending {
            Ending::Rejected(_, name) => format!("{} {name}", count(*calls)),
            Ending::Accepted | Ending::Aborted => format!("{} aborted", count(*calls)),
        });
        told.collect::<Vec<_>>().join(" · ")
    }
}

fn ending(call: &Call) -> Ending {
    match call.outcome.as_str() {
        "accepted" => Ending::Accepted,
        "aborted" => Ending::Aborted,
        _ => Ending::Rejected(call.code.clone(), call.error.clone()),
    }
}

/// A bar for each function: the trading contract first, the most called first.
fn bars(market: &Market) -> Vec<Bar<'_>> {
    let mut bars: Vec<Bar<'_>> = Vec::new();
    for call in &market.calls {
        let same = |bar: &Bar<'_>| bar.contract == call.contract && bar.function == call.function;
        let place = bars.iter().position(same).unwrap_or_else(|| {
            bars.push(Bar {
                contract: &call.contract,
                function: &call.function,
                endings: Vec::new(),
            });
            bars.len() - 1
        });
        bars[place].endings.push((ending(call), call.count / market.replicates.max(1) as f64));
    }
    for bar in &mut bars {
        bar.endings.sort_by(|a, b| a.0.cmp(&b.0));
    }
    bars.sort_by(|a, b| b.contract.cmp(a.contract).then(b.total().total_cmp(&a.total())));
    bars
}

/// The legend: each ending that has a class of its own, and its name.
fn legend(bars: &[Bar<'_>]) -> Vec<(Option<Ending>, &'static str, String)> {
    let mut errors: Vec<(&Ending, f64)> = Vec::new();
    for (ending, calls) in bars.iter().flat_map(|bar| &bar.endings) {
        match errors.iter_mut().find(|(known, _)| *known == ending) {
            Some((_, sum)) => *sum += calls,
            None => errors.push((ending, *calls)),
        }
    }
    errors.sort_by_key(|(ending, calls)| (Reverse((calls * 1e3) as u64), (*ending).clone()));
    let aborted = errors.iter().any(|(ending, _)| **ending == Ending::Aborted);
    let mut legend = vec![(Some(Ending::Accepted), "quiet", "accepted".to_owned())];
    let rejected = errors.iter().filter_map(|(ending, _)| match ending {
        Ending::Rejected(code, name) => Some((*ending, code, name)),
        Ending::Accepted | Ending::Aborted => None,
    });
    for (place, (ending, code, name)) in rejected.enumerate() {
        match ERRORS.get(place) {
            Some(class) => {
                let code = if code.is_empty() { String::new() } else { format!(" (u{code})") };
                legend.push((Some(ending.clone()), class, format!("{name}{code}")));
            }
            None => {
                legend.push((None, OTHERS, "other errors".to_owned()));
                break;
            }
        }
    }
    if aborted {
        let name = "aborted by the virtual machine".to_owned();
        legend.push((Some(Ending::Aborted), "ink", name));
    }
    legend
}

/// The calls of a run; none where there were none.
pub(super) fn calls(market: &Market) -> Option<Chart> {
    let bars = bars(market);
    bars.first()?;
    let means = if market.replicates > 1 { ", means over the runs" } else { "" };
    let title = "How calls of the contracts ended".to_owned();
    let told = bars.iter().map(|bar| {
        let accepted = percent(bar.of(&Ending::Accepted) / bar.total().max(1e-9));
        format!("{}: {} calls, {accepted} accepted", bar.function, count(bar.total()))
    });
    let rows = bars.iter().flat_map(|bar| {
        bar.endings.iter().map(|(ending, calls)| {
            let (outcome, code, name) = match ending {
                Ending::Accepted => ("accepted", "", ""),
                Ending::Rejected(code, name) => ("rejected", code.as_str(), name.as_str()),
                Ending::Aborted => ("aborted", "", ""),
            };
            let cells = [bar.contract, bar.function, outcome, code, name].map(str::to_owned);
            cells.into_iter().chain([super::cell(*calls)]).collect()
        })
    });
    let columns = ["contract", "function", "outcome", "error_code", "error", "calls"];
    Some(Chart {
        name: "calls".to_owned(),
        alt: format!("{title}. {}.", told.collect::<Vec<_>>().join("; ")),
        title,
        subtitle: format!(
            "Share of each function's calls by how they ended; at the right their number{means}, \
             and the share that was accepted."
        ),
        narrow: draw(&bars, NARROW),
        wide: Some(draw(&bars, WIDE)),
        data: Data { columns: columns.map(str::to_owned).to_vec(), rows: rows.collect() },
    })
}

fn draw(bars: &[Bar<'_>], width: f64) -> Picture {
    const BAR: f64 = 14.0;
    const LINE: f64 = 15.0;
    let narrow = width < WIDE;
    // A phone has the name above its bar.
    let (left, right) = if narrow { (0.0, width) } else { (222.0, width - 118.0) };
    let legend = legend(bars);
    let lines = |bar: &Bar<'_>| wrapped(&bar.refusals(), LABEL, width - left);
    let above = if narrow { 18.0 } else { 0.0 };
    let (mut x, mut y) = (0.0, 0.0);
    let places: Vec<(f64, f64)> = legend
        .iter()
        .map(|(_, _, name)| {
            let wide = 20.0 + width_of(name);
            if x + wide > width && x > 0.0 {
                (x, y) = (0.0, y + 18.0);
            }
            x += wide + 14.0;
            (x - wide - 14.0, y)
        })
        .collect();
    let top = y + 26.0;
    let mut contracts: Vec<&str> = bars.iter().map(|bar| bar.contract).collect();
    contracts.dedup();
    contracts.retain(|contract| !contract.is_empty());
    let rows: f64 =
        bars.iter().map(|bar| above + BAR + 12.0 + LINE * lines(bar).len() as f64).sum();
    let canvas = Canvas::new(width, top + 26.0 * contracts.len() as f64 + rows + 4.0);
    for ((x, y), (_, class, name)) in places.into_iter().zip(&legend) {
        canvas.rect((x, y + 3.0), (14.0, 10.0), class, "");
        canvas.text((x + 20.0, y + 12.0), Anchor::Start, "label", &fitted(name, width - x - 20.0));
    }
    let (mut y, mut contract) = (top, "");
    for bar in bars {
        if bar.contract != contract {
            contract = bar.contract;
            canvas.text((0.0, y + 15.0), Anchor::Start, "label strong", contract);
            y += 26.0;
        }
        let (total, accepted) = (bar.total().max(1e-9), bar.of(&Ending::Accepted));
        let number = count(bar.total());
        let share = percent(accepted / total);
        if narrow {
            let told = format!("{number} · {share}");
            let room = width - width_of(&told) - 14.0;
            canvas.text((0.0, y + 12.0), Anchor::Start, "label", &fitted(bar.function, room));
            canvas.text((width, y + 12.0), Anchor::End, "value", &told);
        } else {
            let name = fitted(bar.function, left - 10.0);
            canvas.text((left - 10.0, y + 11.0), Anchor::End, "label", &name);
            canvas.text((right + 62.0, y + 11.0), Anchor::End, "value", &number);
            canvas.text((width, y + 11.0), Anchor::End, "tick", &share);
        }
        y += above;
        let mut sum = 0.0;
        for (ending, calls) in &bar.endings {
            let from = left + (right - left) * sum / total;
            sum += calls;
            let to = left + (right - left) * sum / total;
            let known = legend.iter().find(|(of, _, _)| of.as_ref() == Some(ending));
            let name = match ending {
                Ending::Accepted => "accepted",
                Ending::Rejected(_, name) => name,
                Ending::Aborted => "aborted",
            };
            let told = format!("{}: {} {name}", bar.function, count(*calls));
            // However few they are, they can be seen.
            let from = from.min(to - 1.5).max(left);
            let class = known.map_or(OTHERS, |(_, class, _)| class);
            canvas.rect((from, y), (to - from, BAR), class, &told);
        }
        y += BAR;
        for line in lines(bar) {
            canvas.text((left, y + 13.0), Anchor::Start, "tick", &line);
            y += LINE;
        }
        y += 12.0;
    }
    canvas.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(errors: usize) -> Bar<'static> {
        let error = |place: usize| {
            (
                Ending::Rejected(format!("{}", 101 + place), format!("error {place}")),
                9.0 - place as f64,
            )
        };
        let endings = [(Ending::Accepted, 90.0), (Ending::Aborted, 1.0)];
        Bar {
            contract: "wattconnect",
            function: "buy-energy-from-user",
            endings: (0..errors).map(error).chain(endings).collect(),
        }
    }

    #[test]
    fn refusals_are_told_by_their_frequency() {
        assert_eq!(bar(2).refusals(), "9 error 0 · 8 error 1 · 1 aborted");
        assert_eq!(bar(2).total(), 108.0);
    }

    #[test]
    fn errors_beyond_the_colours_share_one() {
        let legend = legend(&[bar(8)]);
        let names: Vec<&str> = legend.iter().map(|(_, _, name)| name.as_str()).collect();
        assert_eq!(names[1], "error 0 (u101)");
        assert_eq!(names[5..], ["other errors", "aborted by the virtual machine"]);
    }
}
