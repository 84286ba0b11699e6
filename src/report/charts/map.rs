//! A measure over two settings: the stronger a field, the more.

use super::super::number::readable;
use super::canvas::{Anchor, Canvas, NARROW, Plot, extent};
use super::text::{fitted, width_of};
use super::{Chart, Data};

/// Draws the map of a measure over two settings: cells across, cells up and
/// the means by row upward.
pub(super) fn map(
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
    let canvas = Canvas::new(NARROW, height);
    let plot =
        Plot { left: gutter, right: NARROW - 2.0, top: 44.0, bottom: 44.0 + cell_height * rows };
    let wide = (plot.right - plot.left) / across.len().max(1) as f64;
    canvas.text((0.0, 36.0), Anchor::Start, "tick", up_name);
    legend(&canvas, low, high, unit);
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
fn legend(canvas: &Canvas, low: f64, high: f64, unit: &str) {
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
