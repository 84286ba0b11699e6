//! Bars about a line, the longest on top: which setting matters most, which
//! function uses most.

use super::super::number::readable;
use super::canvas::{Anchor, Canvas, Plot, Scale};
use super::text::{fitted, width_of};
use super::{Chart, Data};

/// A bar: its label, from where to where, and what is written beside it.
#[derive(Clone, Debug)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) text: String,
}

impl Bar {
    /// A bar that is told by its ends, or by the second where it begins at
    /// `middle`.
    pub(super) fn new(label: String, (from, to): (f64, f64), middle: f64) -> Self {
        let text = if from == middle {
            readable(to)
        } else {
            format!("{} to {}", readable(from), readable(to))
        };
        Self { label, from, to, text }
    }
}

/// What a tornado shows: settings with how much each moves a measure.
#[derive(Clone, Debug)]
pub(super) struct Tornado {
    pub(super) name: String,
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) unit: String,
    pub(super) bars: Vec<Bar>,
    /// About which value bars stand.
    pub(super) middle: f64,
    /// The drawing's width.
    pub(super) width: f64,
}

/// Draws it, the longest bar on top.
pub(super) fn tornado(mut tornado: Tornado) -> Chart {
    tornado.bars.retain(|bar| bar.from.is_finite() && bar.to.is_finite());
    tornado.bars.sort_by(|a, b| (b.to - b.from).abs().total_cmp(&(a.to - a.from).abs()));
    let pitch = 42.0;
    let height = 8.0 + pitch * tornado.bars.len() as f64 + 40.0;
    let canvas = Canvas::new(tornado.width, height);
    let plot = Plot { left: 6.0, right: tornado.width - 10.0, top: 8.0, bottom: height - 40.0 };
    let ends = tornado.bars.iter().flat_map(|bar| [bar.from, bar.to]);
    let x = Scale::over(ends.chain([tornado.middle]), (plot.left, plot.right), 4);
    plot.along(&canvas, &x, 4, |_, text| text);
    canvas.text((tornado.width / 2.0, height - 4.0), Anchor::Middle, "tick", &tornado.unit);
    canvas.line((x.at(tornado.middle), 4.0), (x.at(tornado.middle), plot.bottom), "zero");
    let mut told = Vec::new();
    for (place, Bar { label, from, to, text }) in tornado.bars.iter().enumerate() {
        let top = plot.top + place as f64 * pitch;
        let room = plot.right - plot.left - width_of(text) - 14.0;
        canvas.text((plot.left, top + 13.0), Anchor::Start, "label halo", &fitted(label, room));
        canvas.text((plot.right, top + 13.0), Anchor::End, "value halo", text);
        let tip = format!("{label}: {text} {}", tornado.unit);
        let (a, b) = (x.at(from.min(*to)), x.at(from.max(*to)));
        canvas.rect((a, top + 19.0), ((b - a).max(1.5), 14.0), "fill f1", &tip);
        told.push(tip);
    }
    let row = |bar: &Bar| vec![bar.label.clone(), super::cell(bar.from), super::cell(bar.to)];
    Chart {
        alt: format!("{}. {}.", tornado.title, told.join("; ")),
        name: tornado.name.clone(),
        title: tornado.title.clone(),
        subtitle: tornado.subtitle.clone(),
        narrow: canvas.done(),
        wide: None,
        data: Data {
            columns: ["setting", "from", "to"].map(str::to_owned).to_vec(),
            rows: tornado.bars.iter().map(row).collect(),
        },
    }
}
