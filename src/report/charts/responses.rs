//! The pictures of a sweep: for each measure that markets are judged by, a curve
//! over each setting, a map over two, and which setting matters most. What they
//! show was computed before.

use std::io;

use super::canvas::{Align, Canvas, Drawn, MARGIN, PALENESS, Text, WIDTH, header_height, size};
use super::number::readable;
use super::plane::{BELOW, Plane, ends};
use super::{colour, heading, runs_of};
use crate::experiments::{
    ExperimentError, JUDGED, MeasureName, Response, ResponseMap, Sensitivity, SensitivityRow,
    Store, Sweep, place,
};

const CURVE: i32 = 460;

/// A picture: its name and its text.
type Picture = (String, String);

/// The pictures of a sweep, by the names of their files.
///
/// # Errors
/// Where a run is not in `store`.
pub(in crate::report) fn draw(
    sweep: &Sweep,
    store: &dyn Store,
    sensitivity: &[SensitivityRow],
) -> Result<Vec<Picture>, ExperimentError> {
    let mut pictures = Vec::new();
    let keys = sweep.space.keys();
    let scenario = &sweep.base.scenario;
    let was_run = format!(
        "{}; {} points",
        runs_of(scenario, scenario.about.seed, sweep.replicates),
        sweep.points.len()
    );
    for metric in JUDGED {
        let at = place(&sweep.measures, metric)?;
        let measure = &sweep.measures[at];
        let mut swings = Vec::new();
        for (setting, key) in keys.iter().enumerate() {
            let curve = sweep.response(store, setting, at)?;
            let (low, high) = ends(curve.iter().map(|response| response.estimate.mean));
            swings.push(((*key).to_owned(), high - low));
            let name = format!("response-{metric}-{}", key.replace('.', "-"));
            pictures.push((name, draw_curve(&curve, key, measure, &was_run, keys.len() > 1)?));
        }
        if let [x, y] = keys.as_slice() {
            let found = sweep.map(store, (0, 1), at)?;
            pictures.push((format!("map-{metric}"), map(&found, x, y, measure, &was_run)?));
        }
        let mine = sensitivity.iter().filter(|row| row.measure.name == metric);
        let (about, bars) = match sensitivity.first() {
            None => (
                "How far the mean moves from its least to its greatest over each setting, the \
                 others averaged out.",
                swings,
            ),
            Some(first) => {
                let size = |row: &SensitivityRow| match row.sensitivity {
                    Sensitivity::Morris(effects) => effects.mean_size,
                    Sensitivity::Sobol(index) => index.total,
                };
                let bars = mine.map(|row| (keys[row.setting].to_owned(), size(row)));
                let about = match first.sensitivity {
                    Sensitivity::Morris(_) => {
                        "Morris's screening: the mean size of what a setting's way over its whole \
                         range does, in the measure's unit."
                    }
                    Sensitivity::Sobol(_) => {
                        "Total Sobol' indices: the share of the measure's variance that a setting \
                         has a part in."
                    }
                };
                (about, bars.collect())
            }
        };
        if bars.len() > 1 {
            pictures.push((format!("tornado-{metric}"), tornado(about, bars, measure, &was_run)?));
        }
    }
    Ok(pictures)
}

/// A curve with its band.
fn draw_curve(
    curve: &[Response],
    key: &str,
    measure: &MeasureName,
    was_run: &str,
    others: bool,
) -> io::Result<String> {
    let ci95 = |response: &Response| {
        let mean = response.estimate.mean;
        let interval = response.estimate.ci95.map(|(interval, _)| interval);
        interval.map_or((mean, mean), |interval| (interval.low, interval.high))
    };
    let about = format!(
        "Dots are means over the replicates, the pale band their 95\u{a0}% interval{}.",
        if others { "; the other settings are averaged out" } else { "" }
    );
    let lines = [was_run, about.as_str()];
    let title = format!("{} by {key}", heading(measure));
    let height = header_height(&lines) + 60 + CURVE + BELOW;
    Canvas::draw(height, &title, &lines, |canvas, top| {
        let top = top + 60;
        let x = ends(curve.iter().map(|response| response.at));
        let y = ends(curve.iter().flat_map(|response| {
            let (low, high) = ci95(response);
            [low, high]
        }));
        let plane = Plane::new(canvas, (top, top + CURVE), x, y);
        plane.frame(key, &heading(measure))?;
        let lower = curve.iter().map(|response| plane.at(response.at, ci95(response).0));
        let upper = curve.iter().rev().map(|response| plane.at(response.at, ci95(response).1));
        canvas.shape(lower.chain(upper).collect(), colour::BLUE, PALENESS)?;
        let through: Vec<_> =
            curve.iter().map(|response| plane.at(response.at, response.estimate.mean)).collect();
        canvas.line(through.clone(), colour::BLUE, 2)?;
        through.into_iter().try_for_each(|point| canvas.dot(point, 5, colour::BLUE, 1.0))
    })
}

/// A map of two settings: the darker, the more.
fn map(
    found: &ResponseMap,
    x_key: &str,
    y_key: &str,
    measure: &MeasureName,
    was_run: &str,
) -> io::Result<String> {
    const LEFT: i32 = 190;
    const CELL: i32 = 64;
    let (low, high) = ends(found.cells.iter().map(|cell| cell.mean));
    let about = "Means over the replicates; the darker a field, the more.";
    let lines = [was_run, about];
    let title = format!("{} by {x_key} and {y_key}", heading(measure));
    let (columns, rows) = (found.across.len().max(1) as i32, found.up.len().max(1) as i32);
    let width = ((WIDTH - LEFT - MARGIN) / columns).min(3 * CELL);
    let height = header_height(&lines) + 50 + rows * CELL + BELOW;
    Canvas::draw(height, &title, &lines, |canvas, top| {
        let (top, bottom) = (top + 50, top + 50 + rows * CELL);
        let small = Text::of(size::SMALL).coloured(colour::GREY);
        canvas.write(y_key, (MARGIN, top - 20), Text::of(size::TEXT).bold())?;
        for cell in &found.cells {
            let share = if high > low { (cell.mean - low) / (high - low) } else { 0.5 };
            let left = LEFT + cell.x as i32 * width;
            let down = bottom - (cell.y as i32 + 1) * CELL;
            let corners = [(left, down), (left + width - 2, down + CELL - 2)];
            canvas.field(corners, colour::BLUE, 0.08 + 0.88 * share)?;
            let ink = if share > 0.5 { colour::WHITE } else { colour::BLACK };
            let how = Text::of(size::TEXT).coloured(ink).aligned(Align::Centre);
            canvas.write(&readable(cell.mean), (left + width / 2, down + CELL / 2), how)?;
        }
        for (place, text) in found.across.iter().enumerate() {
            let at = (LEFT + place as i32 * width + width / 2, bottom + 20);
            canvas.write(text, at, small.aligned(Align::Centre))?;
        }
        for (place, text) in found.up.iter().enumerate() {
            let at = (LEFT - 12, bottom - place as i32 * CELL - CELL / 2);
            canvas.write(text, at, small.aligned(Align::Right))?;
        }
        let at = (LEFT + columns * width / 2, bottom + 46);
        canvas.write(x_key, at, small.aligned(Align::Centre))
    })
}

/// Bars, the longest on top.
fn tornado(
    about: &str,
    mut bars: Vec<(String, f64)>,
    measure: &MeasureName,
    was_run: &str,
) -> io::Result<String> {
    const LEFT: i32 = 400;
    const RIGHT: i32 = WIDTH - 160;
    const ROW: i32 = 44;
    bars.sort_by(|a, b| b.1.total_cmp(&a.1));
    let most = bars.iter().map(|bar| bar.1).fold(0.0, f64::max);
    let lines = [was_run, about];
    let title = format!("What matters to: {}", heading(measure));
    let height = header_height(&lines) + 50 + bars.len() as i32 * ROW;
    Canvas::draw(height, &title, &lines, |canvas, top| {
        let row = |(place, (name, size_of)): (usize, &(String, f64))| -> Drawn {
            let y = top + 30 + place as i32 * ROW + ROW / 2;
            canvas.write(name, (LEFT - 14, y), Text::of(size::TEXT).aligned(Align::Right))?;
            let share = if most > 0.0 { (size_of / most).clamp(0.0, 1.0) } else { 0.0 };
            let right = LEFT + (f64::from(RIGHT - LEFT) * share).round() as i32;
            canvas.field([(LEFT, y - 13), (right, y + 13)], colour::BLUE, 0.85)?;
            canvas.write(&readable(*size_of), (right + 12, y), Text::of(size::TEXT))
        };
        bars.iter().enumerate().try_for_each(row)?;
        let axis = vec![(LEFT, top + 30), (LEFT, top + 30 + bars.len() as i32 * ROW)];
        canvas.line(axis, colour::AXIS, 1)
    })
}
