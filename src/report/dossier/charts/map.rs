//! The map of two settings, and the tornado of which setting matters most.

use super::super::super::number::readable;
use super::super::document::{Chart, Data};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, extent, fitted, width_of};

/// Draws the map of a measure over two settings: cells across, cells up and
/// the means by row upward.
pub(in super::super) fn map(
    name: String,
    title: String,
    subtitle: String,
    (across_name, up_name): (&str, &str),
    (across, up, means): (&[String], &[String], &[Vec<f64>]),
    (unit, divide): (&str, f64),
) -> Chart {
    let (low, high) = extent(means.iter().flatten().map(|mean| mean / divide));
    let gutter = up.iter().map(|text| width_of(text)).fold(0.0, f64::max).min(90.0) + 12.0;
    let cell_height = 34.0;
    let rows = up.len() as f64;
    let height = 44.0 + cell_height * rows + 40.0;
    let mut canvas = Canvas::new(NARROW, height);
    let plot =
        Plot { left: gutter, right: NARROW - 2.0, top: 44.0, bottom: 44.0 + cell_height * rows };
    let wide = (plot.right - plot.left) / across.len().max(1) as f64;
    canvas.text((0.0, 36.0), Anchor::Start, "tick", up_name);
    legend(&mut canvas, low, high, unit);
    let every = (across.iter().map(|text| width_of(text)).fold(0.0, f64::max) + 6.0) / wide;
    let every = (every.ceil() as usize).max(1);
    let mut data = Vec::new();
    for (row, means) in means.iter().enumerate() {
        let top = plot.bottom - (row as f64 + 1.0) * cell_height;
        canvas.text((gutter - 8.0, top + 21.0), Anchor::End, "tick", &fitted(&up[row], 90.0));
        for (column, mean) in means.iter().enumerate() {
            let corner = (plot.left + column as f64 * wide + 1.0, top + 1.0);
            let size = (wide - 2.0, cell_height - 2.0);
            let mean = mean / divide;
            if !mean.is_finite() {
                canvas.rect(corner, size, "track", "no run here");
                continue;
            }
            let shade = if high > low { (mean - low) / (high - low) } else { 0.5 };
            let text = readable(mean);
            let told =
                format!("{across_name} {}, {up_name} {}: {text} {unit}", across[column], up[row]);
            canvas.shade(corner, size, "heat", depth(shade), &told);
            if width_of(&text) < wide - 4.0 {
                let at = (corner.0 + size.0 / 2.0, top + cell_height / 2.0 + 4.0);
                canvas.text(at, Anchor::Middle, "cell", &text);
            }
            data.push(vec![across[column].clone(), up[row].clone(), super::cell(mean)]);
        }
    }
    for (column, text) in across.iter().enumerate().filter(|(place, _)| place % every == 0) {
        let x = plot.left + (column as f64 + 0.5) * wide;
        canvas.text((x, plot.bottom + 16.0), Anchor::Middle, "tick", text);
    }
    canvas.text(
        ((plot.left + plot.right) / 2.0, height - 4.0),
        Anchor::Middle,
        "tick",
        across_name,
    );
    Chart {
        alt: format!(
            "{title}. A map of {across_name} across and {up_name} up; values run from {} to {} {unit}.",
            readable(low),
            readable(high)
        ),
        name,
        title,
        subtitle,
        narrow: canvas.done(),
        wide: None,
        data: Data {
            columns: vec![across_name.to_owned(), up_name.to_owned(), format!("mean ({unit})")],
            rows: data,
        },
    }
}

/// How strong a colour is from the least to the greatest value: never so strong
/// that the number on it could not be read.
fn depth(share: f64) -> f64 {
    0.05 + 0.6 * share
}

/// From the least to the greatest.
fn legend(canvas: &mut Canvas, low: f64, high: f64, unit: &str) {
    let (low, high) = (readable(low), format!("{} {unit}", readable(high)));
    let end = NARROW - width_of(&high) - 8.0;
    let start = end - 80.0;
    canvas.text((start - 6.0, 12.0), Anchor::End, "tick", &low);
    canvas.text((end + 6.0, 12.0), Anchor::Start, "tick", &high);
    for step in 0..8_u8 {
        let shade = depth(f64::from(step) / 7.0);
        canvas.shade((start + f64::from(step) * 10.0, 3.0), (10.0, 10.0), "heat", shade, "");
    }
}

/// What a tornado shows: settings with how much each moves a measure.
#[derive(Clone, Debug)]
pub(in super::super) struct Tornado {
    pub(in super::super) name: String,
    pub(in super::super) title: String,
    pub(in super::super) subtitle: String,
    pub(in super::super) unit: String,
    /// Label, from, to, and about which value bars stand.
    pub(in super::super) bars: Vec<(String, f64, f64)>,
    pub(in super::super) middle: f64,
}

/// Draws it, the longest bar on top.
pub(in super::super) fn tornado(mut tornado: Tornado) -> Chart {
    tornado.bars.retain(|(_, from, to)| from.is_finite() && to.is_finite());
    tornado.bars.sort_by(|a, b| (b.2 - b.1).abs().total_cmp(&(a.2 - a.1).abs()));
    let pitch = 42.0;
    let height = 8.0 + pitch * tornado.bars.len() as f64 + 40.0;
    let mut canvas = Canvas::new(NARROW, height);
    let plot = Plot { left: 6.0, right: NARROW - 10.0, top: 8.0, bottom: height - 40.0 };
    let ends = tornado.bars.iter().flat_map(|(_, from, to)| [*from, *to]);
    let x = Scale::over(ends.chain([tornado.middle]), (plot.left, plot.right), 4);
    plot.along(&mut canvas, &x, 4, |_, text| text);
    canvas.text((NARROW / 2.0, height - 4.0), Anchor::Middle, "tick", &tornado.unit);
    canvas.line((x.at(tornado.middle), 4.0), (x.at(tornado.middle), plot.bottom), "zero");
    let mut told = Vec::new();
    for (place, (label, from, to)) in tornado.bars.iter().enumerate() {
        let top = plot.top + place as f64 * pitch;
        let text = if *from == tornado.middle {
            readable(*to)
        } else {
            format!("{} to {}", readable(*from), readable(*to))
        };
        canvas.text((plot.left, top + 13.0), Anchor::Start, "label halo", label);
        canvas.text((plot.right, top + 13.0), Anchor::End, "value halo", &text);
        let tip = format!("{label}: {text} {}", tornado.unit);
        let (a, b) = (x.at(from.min(*to)), x.at(from.max(*to)));
        canvas.rect((a, top + 19.0), ((b - a).max(1.5), 14.0), "fill f1", &tip);
        told.push(tip);
    }
    let row = |(label, from, to): &(String, f64, f64)| {
        vec![label.clone(), super::cell(*from), super::cell(*to)]
    };
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
