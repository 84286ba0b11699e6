//! The charts of results, of the dossier and of whoever else shows them: each
//! a function from plain data to a [`Chart`], which is drawn for a phone and
//! for a desk, says in words what it shows and holds its numbers. No file is
//! written here, nothing is read or run, and no chart computes what it shows.
//!
//! | file | what lives there |
//! |---|---|
//! | `svg`, `canvas`, `text`, `time_axis` | what everything is drawn with: plotters' elements as SVG of classes, scales and axes, widths of letters, days |
//! | `forest`, `lines`, `map`, `tornado` | shapes that several charts have |
//! | `page` | a drawing within a page, and as a file that stands alone |
//! | `basis` | what was run, in a line |
//! | all others | a chart each, or what one question is answered with |

mod basis;
mod calls;
mod canvas;
mod capacity;
mod differences;
mod energy;
mod flow;
mod forest;
mod front;
mod gains;
mod limits;
mod lines;
mod map;
mod page;
mod prices;
mod responses;
mod safety;
mod svg;
#[cfg(test)]
mod tests;
mod text;
mod time_axis;
mod tornado;
mod treasury;

use super::results::Market;

pub(super) use basis::{of_capacity, of_experiment, of_outcome};
pub(super) use capacity::{budget, capacity, fees, purchases, use_of_blocks, waits};
pub(super) use differences::{differences, tone, winners};
pub(super) use flow::{Flow, flows};
pub(super) use front::front;
pub(super) use page::{STYLE, element, file};
pub(super) use responses::{responses, scale};
pub(super) use safety::safety;
pub(super) use treasury::{Fan, fans};

/// A chart of a run, by its name.
pub(super) type RunChart = (&'static str, fn(&Market) -> Option<Chart>);

/// The charts of a run.
pub(super) const OF_RUN: [RunChart; 6] = [
    ("energy", energy::energy),
    ("prices", prices::prices),
    ("treasury", treasury::treasury),
    ("calls", calls::calls),
    ("limits", limits::limits),
    ("gains", gains::gains),
];

/// The chart of that name of a run; none where there is nothing to show.
pub(super) fn of_run(name: &str, market: &Market) -> Option<Chart> {
    OF_RUN.iter().find(|(known, _)| *known == name).and_then(|(_, draw)| draw(market))
}

/// How sure or grave something is, or which way it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it should be, or better than today.
    Good,
    /// Worse than today, or a risk.
    Bad,
    /// Neither.
    Plain,
}

/// A drawing of a width and a height, as the inside of an `svg` element.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Picture {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) inside: String,
}

/// The numbers behind a chart, as CSV has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Data {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// A chart with what is said of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Chart {
    /// Its name in files and links.
    pub(super) name: String,
    /// What it shows, as a sentence.
    pub(super) title: String,
    /// What is drawn, in which unit, how it was counted.
    pub(super) subtitle: String,
    /// What it looks like and says, for those who do not see it.
    pub(super) alt: String,
    /// Drawn for a phone.
    pub(super) narrow: Picture,
    /// Drawn for a desk; none where the narrow one serves there too.
    pub(super) wide: Option<Picture>,
    pub(super) data: Data,
}

impl Chart {
    /// What stands in for a chart that has nothing to show.
    pub(super) fn nothing(name: &str) -> Self {
        let canvas = canvas::Canvas::new(canvas::WIDE, 40.0);
        let told = "Nothing of this happened in the run.";
        canvas.text((0.0, 20.0), canvas::Anchor::Start, "label", told);
        Self {
            name: name.to_owned(),
            title: super::words::capital(name),
            subtitle: String::new(),
            alt: told.to_owned(),
            narrow: canvas.done(),
            wide: None,
            data: Data::default(),
        }
    }
}

/// A number as CSV has it; empty where there is none.
fn cell(value: f64) -> String {
    super::row::number(value)
}
