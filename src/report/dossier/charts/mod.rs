//! The charts of a dossier. Each is drawn twice, for a phone and for a desk,
//! with its words, its text for those who do not see it, and its numbers.
//! `canvas` alone knows SVG. No chart computes what it shows.

mod canvas;
mod flow;
mod forest;
mod front;
mod limits;
mod lines;
mod map;
mod time;

pub(super) use flow::{Flow, flows};
pub(super) use forest::{Forest, ForestRow, forest};
pub(super) use front::{FrontPoint, front};
pub(super) use limits::limits;
pub(super) use lines::{Lines, Series, lines};
pub(super) use map::{Tornado, map, tornado};
pub(super) use time::{Curve, Fan, fans, panels, prices};

/// A number as CSV has it; empty where there is none.
fn cell(value: f64) -> String {
    super::super::tables::number(value)
}
