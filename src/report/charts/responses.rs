//! What a sweep answers for a measure: how it moves along each setting, over
//! two of them, and which of them matters most.

use super::super::results::{Answers, Point, Sensitivities};
use super::super::words::{self, Money};
use super::Chart;
use super::canvas::NARROW;
use super::lines::{Lines, Series, lines};
use super::map::map;
use super::tornado::{Bar, Tornado, tornado};

/// The words beside a scale of a measure, and what its values are divided by.
pub(in super::super) fn scale(metric: &str) -> (&'static str, f64) {
    match words::unit(metric) {
        "1" => ("%", 0.01),
        "µSTX/kWh" => ("STX/kWh", 1e6),
        "µSTX" => ("STX", 1e6),
        "s" => ("minutes", 60.0),
        unit => (unit, 1.0),
    }
}

/// The same for a setting: what to call it along an axis.
fn setting_scale(key: &str) -> (String, f64) {
    let label = words::setting(key);
    if key.ends_with("_bps") {
        (format!("{label}, %"), 100.0)
    } else if key.ends_with("_ustx_per_kwh") {
        (format!("{label}, STX/kWh"), 1e6)
    } else if key.ends_with("_ustx") {
        (format!("{label}, STX"), 1e6)
    } else if key.ends_with("_kwh") {
        (format!("{label}, kWh"), 1.0)
    } else {
        (label, 1.0)
    }
}

/// The curves, the map and the tornado of a measure, as far as there are any.
pub(in super::super) fn responses(
    answers: &Answers,
    money: &Money,
) -> (Vec<Chart>, Option<Chart>, Option<Chart>) {
    let curves = answers.curves.iter().filter(|(_, _, curve)| !curve.is_empty());
    let curves = curves.map(|(key, today, curve)| response(&answers.metric, key, *today, curve));
    (curves.collect(), over_two(answers, money), sensitivity(answers))
}

fn response(metric: &str, key: &str, today: Option<f64>, curve: &[Point]) -> Chart {
    let (unit, divide) = scale(metric);
    let (along, by) = setting_scale(key);
    let label = words::measure(metric);
    let points = curve.iter().map(|(at, ends)| (*at, ends.map(|end| end / divide)));
    lines(Lines {
        name: format!("response-{metric}-{}", key.replace('.', "-")),
        title: format!("{label} by {}", words::setting(key)),
        subtitle: "Mean and 95 % interval of the level over the seeds.".to_owned(),
        along,
        divide: by,
        unit,
        series: vec![Series { label, points: points.collect() }],
        today,
        bounds: Vec::new(),
        edge: (None, None),
        by_factors: false,
        from_zero: false,
    })
}

fn over_two(answers: &Answers, money: &Money) -> Option<Chart> {
    let ([(a, ..), (b, ..)], Some((across, up, means))) = (&answers.curves[..], &answers.map)
    else {
        return None;
    };
    let (unit, divide) = scale(&answers.metric);
    let cells = |key: &str, cells: &[String]| -> Vec<String> {
        cells.iter().map(|cell| words::setting_cell(key, cell, money)).collect()
    };
    Some(map(
        format!("map-{}", answers.metric),
        format!("{} over both settings", words::measure(&answers.metric)),
        format!("Mean of all runs of a pair, in {unit}; stronger is more."),
        (&words::setting(a), &words::setting(b)),
        (&cells(a, across), &cells(b, up), means),
        (unit, divide),
    ))
}

/// Which setting moves a measure most: by its index where the design gives
/// one, by the swing of its means otherwise.
fn sensitivity(answers: &Answers) -> Option<Chart> {
    if answers.curves.len() < 2 {
        return None;
    }
    let (measured, divide) = scale(&answers.metric);
    let bars = |indices: &[(String, f64)]| -> Vec<Bar> {
        let bar = |(key, size): &(String, f64)| Bar::new(words::setting(key), (0.0, *size), 0.0);
        indices.iter().map(bar).collect()
    };
    let (unit, subtitle, bars, middle) = match &answers.sensitivities {
        Some(Sensitivities::Sobol(indices)) => (
            "share of variance",
            "Total Sobol' index: the share of its variance that goes with the setting, alone or \
             with others."
                .to_owned(),
            bars(indices),
            0.0,
        ),
        Some(Sensitivities::Morris(indices)) => (
            "in the measure's unit",
            "Mean size of Morris' elementary effects.".to_owned(),
            bars(indices),
            0.0,
        ),
        None => {
            let means = answers.curves.iter().map(|(key, _, curve)| {
                (key, curve.iter().map(|(_, ends)| ends[1] / divide).collect::<Vec<f64>>())
            });
            let means: Vec<_> = means.collect();
            let all: Vec<f64> = means.iter().flat_map(|(_, means)| means.iter().copied()).collect();
            let middle = crate::stats::mean(&all)?;
            let bar = |(key, means): &(&String, Vec<f64>)| {
                let low = means.iter().copied().fold(f64::INFINITY, f64::min);
                let high = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                Bar::new(words::setting(key), (low, high), middle)
            };
            let subtitle = format!(
                "From the least to the greatest mean over each setting's range, in {measured}; \
                 line: mean of all."
            );
            (measured, subtitle, means.iter().map(bar).collect(), middle)
        }
    };
    Some(tornado(Tornado {
        name: format!("tornado-{}", answers.metric),
        title: format!("What moves “{}” most", words::measure(&answers.metric).to_lowercase()),
        subtitle,
        unit: unit.to_owned(),
        bars,
        middle,
        width: NARROW,
    }))
}
