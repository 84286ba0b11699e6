//! Pictures of experiments: differences between settings, responses, maps of
//! two settings, which setting matters most, and the front of a search. SVG
//! text only; what is drawn was computed before.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::ReportError;
use crate::experiments::{
    Comparison, JUDGED, Sensitivity, SensitivityRow, Store, Sweep, Tune, TuneOutcome, Tuned,
    Verdict, place,
};

const WIDE: (u32, u32) = (900, 480);
const BLUE: RGBColor = RGBColor(0, 90, 156);
const RED: RGBColor = RGBColor(190, 60, 40);
const GREEN: RGBColor = RGBColor(30, 130, 76);
const GREY: RGBColor = RGBColor(110, 110, 110);
const FONT: &str = "sans-serif";

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn failed(error: impl std::fmt::Display) -> ReportError {
    ReportError::Parts(format!("a chart cannot be drawn: {error}"))
}

/// Draws into text.
fn svg(
    size: (u32, u32),
    draw: impl FnOnce(&Area<'_>) -> Result<(), ReportError>,
) -> Result<String, ReportError> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        draw(&area)?;
        area.present().map_err(failed)?;
    }
    Ok(text)
}

/// From the least to the greatest with room on both sides.
fn span(values: impl IntoIterator<Item = f64>) -> std::ops::Range<f64> {
    let (low, high) = values
        .into_iter()
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return 0.0..1.0;
    }
    let room = if high > low { 0.06 * (high - low) } else { 0.05 * high.abs().max(1.0) };
    low - room..high + room
}

/// The differences of a setting from the first, as shares of the first's means.
pub(super) fn differences(comparison: &Comparison, variant: usize) -> Result<String, ReportError> {
    let mut bars = Vec::new();
    for row in comparison.rows.iter().filter(|row| row.variant == variant) {
        let base = row.base.map_or(0.0, |base| base.mean);
        let Some(paired) = row.difference else { continue };
        let Some((interval, _)) = paired.difference.ci95 else { continue };
        if base == 0.0 || interval.low == 0.0 && interval.high == 0.0 {
            continue;
        }
        let share = |value: f64| 100.0 * value / base.abs();
        let colour = match row.verdict {
            Verdict::Better => GREEN,
            Verdict::Worse => RED,
            Verdict::Higher | Verdict::Lower => BLUE,
            Verdict::NotShown => GREY,
        };
        let ends = (share(interval.low), share(paired.difference.mean), share(interval.high));
        bars.push((row.measure.name, ends, colour));
    }
    let size = (900, 90 + 22 * bars.len() as u32);
    let name = &comparison.variants[variant].0;
    let first = &comparison.variants[0].0;
    svg(size, |area| {
        // Wide intervals of small measures would hide all the others.
        let most = bars.iter().map(|(_, (_, mean, _), _)| mean.abs()).fold(1.0, f64::max) * 1.5;
        let cut = |value: f64| value.clamp(-most, most);
        let x = span(bars.iter().flat_map(|(_, (l, _, h), _)| [cut(*l), cut(*h), 0.0]));
        let mut chart = ChartBuilder::on(area)
            .caption(format!("{name} less {first}, % of {first}, 95 % intervals"), (FONT, 16))
            .margin(12)
            .x_label_area_size(32)
            .y_label_area_size(220)
            .build_cartesian_2d(x.clone(), 0.0..bars.len().max(1) as f64)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .x_desc("difference, %")
            .draw()
            .map_err(failed)?;
        let rows = bars.len() as f64;
        let zero = PathElement::new(vec![(0.0, 0.0), (0.0, rows)], BLACK.stroke_width(1));
        chart.plotting_area().draw(&zero).map_err(failed)?;
        for (row, (metric, (low, mean, high), colour)) in bars.iter().enumerate() {
            let y = rows - row as f64 - 0.5;
            let line = vec![(cut(*low), y), (cut(*high), y)];
            let plot = chart.plotting_area();
            plot.draw(&PathElement::new(line, colour.stroke_width(3))).map_err(failed)?;
            plot.draw(&Circle::new((cut(*mean), y), 4, colour.filled())).map_err(failed)?;
            let pixel = 74 + 22 * row as i32 - 26;
            area.draw(&Text::new((*metric).to_owned(), (14, pixel), (FONT, 13).into_font()))
                .map_err(failed)?;
        }
        Ok(())
    })
}

/// The pictures of a sweep, by the names of their files: for each measure that
/// markets are judged by, a response curve for each setting, a map where two
/// settings change, and which setting matters most where several do.
pub(super) fn sweep(
    sweep: &Sweep,
    store: &dyn Store,
    sensitivity: &[SensitivityRow],
) -> Result<Vec<(String, String)>, ReportError> {
    let mut charts = Vec::new();
    let keys = sweep.space.keys();
    for metric in JUDGED {
        let at = place(&sweep.measures, metric).map_err(failed)?;
        let unit = sweep.measures[at].unit;
        let mut swings = Vec::new();
        for (setting, key) in keys.iter().enumerate() {
            let curve = sweep.response(store, setting, at).map_err(failed)?;
            let means = curve.iter().map(|response| response.estimate.mean);
            let (low, high) = means.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), mean| {
                (l.min(mean), h.max(mean))
            });
            swings.push(((*key).to_owned(), high - low));
            let points: Vec<(f64, f64, f64, f64)> = curve
                .iter()
                .map(|response| {
                    let mean = response.estimate.mean;
                    let ci95 = response.estimate.ci95.map(|(interval, _)| interval);
                    (
                        response.at,
                        ci95.map_or(mean, |interval| interval.low),
                        mean,
                        ci95.map_or(mean, |interval| interval.high),
                    )
                })
                .collect();
            let name = format!("response-{metric}-{}", key.replace('.', "-"));
            charts.push((name, response(&points, key, &format!("{metric} ({unit})"))?));
        }
        if keys.len() == 2 {
            let found = sweep.map(store, (0, 1), at).map_err(failed)?;
            let cells: Vec<_> =
                found.cells.iter().map(|cell| (cell.x, cell.y, cell.mean)).collect();
            let title = format!("{metric} ({unit})");
            charts.push((
                format!("map-{metric}"),
                map(&title, (keys[0], &found.across), (keys[1], &found.up), &cells)?,
            ));
        }
        let mine = sensitivity.iter().filter(|row| row.measure.name == metric);
        let (title, bars): (String, Vec<(String, f64)>) = match sensitivity.first() {
            None => (format!("{metric}: swing of the mean over each setting ({unit})"), swings),
            Some(row) => {
                let bars = mine.map(|row| {
                    let size = match row.sensitivity {
                        Sensitivity::Morris(effects) => effects.mean_size,
                        Sensitivity::Sobol(index) => index.total,
                    };
                    (keys[row.setting].to_owned(), size)
                });
                let what = match row.sensitivity {
                    Sensitivity::Morris(_) => format!("mean size of Morris's effects ({unit})"),
                    Sensitivity::Sobol(_) => "total Sobol' index".to_owned(),
                };
                (format!("{metric}: {what}"), bars.collect())
            }
        };
        if bars.len() > 1 {
            charts.push((format!("tornado-{metric}"), tornado(&title, bars)?));
        }
    }
    Ok(charts)
}

/// A curve with its band; points are (x, low, mean, high).
fn response(
    points: &[(f64, f64, f64, f64)],
    x_name: &str,
    y_name: &str,
) -> Result<String, ReportError> {
    svg(WIDE, |area| {
        let x = span(points.iter().map(|point| point.0));
        let y = span(points.iter().flat_map(|point| [point.1, point.3]));
        let mut chart = ChartBuilder::on(area)
            .caption(format!("{y_name}, mean and 95 % interval"), (FONT, 16))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(80)
            .build_cartesian_2d(x, y)
            .map_err(failed)?;
        chart.configure_mesh().x_desc(x_name).y_desc(y_name).draw().map_err(failed)?;
        let lower = points.iter().map(|(x, low, _, _)| (*x, *low));
        let upper = points.iter().rev().map(|(x, _, _, high)| (*x, *high));
        let band: Vec<(f64, f64)> = lower.chain(upper).collect();
        let plot = chart.plotting_area();
        plot.draw(&Polygon::new(band, BLUE.mix(0.18))).map_err(failed)?;
        let line: Vec<(f64, f64)> = points.iter().map(|(x, _, mean, _)| (*x, *mean)).collect();
        plot.draw(&PathElement::new(line.clone(), BLUE.stroke_width(2))).map_err(failed)?;
        for point in line {
            plot.draw(&Circle::new(point, 3, BLUE.filled())).map_err(failed)?;
        }
        Ok(())
    })
}

/// A map of two settings; cells are (x, y, mean).
fn map(
    title: &str,
    (x_name, x): (&str, &[String]),
    (y_name, y): (&str, &[String]),
    cells: &[(usize, usize, f64)],
) -> Result<String, ReportError> {
    let all = || cells.iter().map(|cell| cell.2);
    let (low, high) =
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    svg((900, 600), |area| {
        let mut chart = ChartBuilder::on(area)
            .caption(format!("{title}: {low:.4} (light) to {high:.4} (dark)"), (FONT, 16))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(90)
            .build_cartesian_2d(0.0..x.len() as f64, 0.0..y.len() as f64)
            .map_err(failed)?;
        let name = |names: &[String], at: f64| {
            let middle = (at - at.floor() - 0.5).abs() < 0.01;
            let text = names.get(at as usize).filter(|_| middle || names.len() > 12);
            text.cloned().unwrap_or_default()
        };
        chart
            .configure_mesh()
            .disable_mesh()
            .x_labels(2 * x.len() + 1)
            .y_labels(2 * y.len() + 1)
            .x_label_formatter(&|at| name(x, *at))
            .y_label_formatter(&|at| name(y, *at))
            .x_desc(x_name)
            .y_desc(y_name)
            .draw()
            .map_err(failed)?;
        for (column, row, mean) in cells {
            let share = if high > low { (mean - low) / (high - low) } else { 0.5 };
            let (left, bottom) = (*column as f64, *row as f64);
            let corners = [(left, bottom), (left + 1.0, bottom + 1.0)];
            let plot = chart.plotting_area();
            plot.draw(&Rectangle::new(corners, BLUE.mix(0.06 + 0.9 * share).filled()))
                .map_err(failed)?;
            let colour = if share > 0.5 { WHITE } else { BLACK };
            let style = (FONT, 12).into_font().color(&colour);
            plot.draw(&Text::new(short(*mean), (left + 0.3, bottom + 0.55), style))
                .map_err(failed)?;
        }
        Ok(())
    })
}

/// A number in few digits.
fn short(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.3}") }
}

/// Bars, the longest on top.
fn tornado(title: &str, mut bars: Vec<(String, f64)>) -> Result<String, ReportError> {
    bars.sort_by(|a, b| b.1.total_cmp(&a.1));
    let rows = bars.len() as f64;
    svg((900, 110 + 34 * bars.len() as u32), |area| {
        let most = bars.iter().map(|bar| bar.1).fold(0.0, f64::max);
        let mut chart = ChartBuilder::on(area)
            .caption(title, (FONT, 16))
            .margin(12)
            .x_label_area_size(32)
            .y_label_area_size(24)
            .build_cartesian_2d(0.0..if most > 0.0 { most * 1.05 } else { 1.0 }, 0.0..rows)
            .map_err(failed)?;
        chart.configure_mesh().disable_y_mesh().disable_y_axis().draw().map_err(failed)?;
        for (row, (name, size)) in bars.iter().enumerate() {
            let top = rows - row as f64;
            let corners = [(0.0, top - 0.85), (size.max(0.0), top - 0.15)];
            let plot = chart.plotting_area();
            plot.draw(&Rectangle::new(corners, BLUE.mix(0.5).filled())).map_err(failed)?;
            let text = format!("{name}: {}", short(*size));
            plot.draw(&Text::new(text, (most * 0.01, top - 0.38), (FONT, 13).into_font()))
                .map_err(failed)?;
        }
        Ok(())
    })
}

/// The front of a search over its first two objectives, with today's setting.
pub(super) fn front(tune: &Tune, outcome: &TuneOutcome) -> Result<String, ReportError> {
    // Low, mean and high of an objective.
    let ends = |tuned: &Tuned, objective: usize| {
        let estimate = tuned.objectives.get(objective).copied().flatten();
        let mean = estimate.map_or(f64::NAN, |estimate| estimate.mean);
        let ci95 = estimate.and_then(|estimate| estimate.ci95).map(|(interval, _)| interval);
        (ci95.map_or(mean, |ends| ends.low), mean, ci95.map_or(mean, |ends| ends.high))
    };
    let mut marks = vec![("today", ends(&outcome.today, 0), ends(&outcome.today, 1), RED)];
    for (place, tuned) in outcome.front.iter().enumerate() {
        let chosen = outcome.recommended == Some(place);
        let (name, colour) = if chosen { ("recommended", GREEN) } else { ("", BLUE) };
        marks.push((name, ends(tuned, 0), ends(tuned, 1), colour));
    }
    marks.retain(|(_, x, y, _)| x.1.is_finite() && y.1.is_finite());
    let title = |place: usize| {
        let (measure, raise) = &tune.objectives[place];
        let way = if *raise { "more is better" } else { "less is better" };
        format!("{} ({}), {way}", measure.name, measure.unit)
    };
    svg((900, 600), |area| {
        let x = span(marks.iter().flat_map(|(_, x, _, _)| [x.0, x.2]));
        let y = span(marks.iter().flat_map(|(_, _, y, _)| [y.0, y.2]));
        let mut chart = ChartBuilder::on(area)
            .caption("settings that none beats, with 95 % intervals", (FONT, 16))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(84)
            .build_cartesian_2d(x, y)
            .map_err(failed)?;
        chart.configure_mesh().x_desc(title(0)).y_desc(title(1)).draw().map_err(failed)?;
        let plot = chart.plotting_area();
        for (name, x, y, colour) in &marks {
            for line in [vec![(x.0, y.1), (x.2, y.1)], vec![(x.1, y.0), (x.1, y.2)]] {
                let stroke = colour.mix(0.35).stroke_width(1);
                plot.draw(&PathElement::new(line, stroke)).map_err(failed)?;
            }
            let size = if name.is_empty() { 4 } else { 6 };
            plot.draw(&Circle::new((x.1, y.1), size, colour.filled())).map_err(failed)?;
            let style = (FONT, 13).into_font().color(colour);
            plot.draw(&Text::new((*name).to_owned(), (x.1, y.1), style)).map_err(failed)?;
        }
        Ok(())
    })
}
