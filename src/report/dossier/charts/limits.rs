//! The map of limits over time: how much of each is used, hour by hour.

use super::super::super::number::grouped;
use super::super::document::{Chart, Data, Picture};
use super::super::results::Hour;
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, WIDE};
use super::time::when;

/// A limit, and the share of it that an hour used.
type Used = (&'static str, fn(&Hour) -> f64);

/// How much of each limit is used, hour by hour: a row for each, days along.
pub(in super::super) fn limits(
    name: &str,
    title: String,
    subtitle: String,
    hours: &[Hour],
) -> Chart {
    let rows: [Used; 3] = [
        ("Reserve limit", |hour| hour.reserve_share),
        ("Sellers at their limit", |hour| hour.sellers_share),
        ("Block budget", |hour| hour.block_share),
    ];
    let most = rows.map(|(label, of)| {
        let most = hours.iter().map(of).filter(|share| share.is_finite()).fold(0.0, f64::max);
        format!("{label}: at most {} %", grouped(most * 100.0, 1))
    });
    let row = |hour: &Hour| {
        let mut cells = vec![super::cell(hour.hour)];
        cells.extend(rows.iter().map(|(_, of)| super::cell(of(hour))));
        cells
    };
    let columns = ["hour", "reserve used share", "sellers at limit share", "block used share"];
    Chart {
        name: name.to_owned(),
        alt: format!("{title}. {}.", most.join("; ")),
        title,
        subtitle,
        narrow: draw_limits(&rows, hours, NARROW),
        wide: Some(draw_limits(&rows, hours, WIDE)),
        data: Data {
            columns: columns.map(str::to_owned).to_vec(),
            rows: hours.iter().map(row).collect(),
        },
    }
}

fn draw_limits(rows: &[Used], hours: &[Hour], width: f64) -> Picture {
    let each = 54.0;
    let mut canvas = Canvas::new(width, each * rows.len() as f64 + 26.0);
    let last = hours.last().map_or(1.0, |hour| hour.hour + 1.0);
    let plot = Plot { left: 0.0, right: width, top: 22.0, bottom: each * rows.len() as f64 + 2.0 };
    let x = Scale::new((0.0, last), (plot.left, plot.right));
    plot.days(&mut canvas, &x);
    // Long runs have a cell for several hours, which shows the fullest.
    let span = (last / (width / 3.0)).ceil().max(1.0) as usize;
    for (place, (label, of)) in rows.iter().enumerate() {
        let top = place as f64 * each;
        let most = hours.iter().map(of).filter(|share| share.is_finite()).fold(0.0, f64::max);
        canvas.text((0.0, top + 16.0), Anchor::Start, "label strong", label);
        let text = format!("at most {} %", grouped(most * 100.0, usize::from(most < 0.1)));
        canvas.text((width, top + 16.0), Anchor::End, "value", &text);
        canvas.rect((plot.left, top + 22.0), (width, 22.0), "track", "");
        for cell in hours.chunks(span) {
            let Some(first) = cell.first() else { continue };
            let share = cell.iter().map(of).filter(|share| share.is_finite()).fold(0.0, f64::max);
            let told = format!("{label}, {}: {} %", when(first.hour), grouped(share * 100.0, 1));
            let wide = x.at(cell.len() as f64) - x.at(0.0);
            let class = if share >= 1.0 { "heat full" } else { "heat" };
            canvas.shade((x.at(first.hour), top + 22.0), (wide, 22.0), class, share, &told);
        }
    }
    canvas.done()
}
