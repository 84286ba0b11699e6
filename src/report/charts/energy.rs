//! `charts/energy.svg`: what was made, used, offered and traded, over time.

use std::io;

use super::canvas::{Canvas, Sign};
use super::colour;
use super::number::readable;
use super::panel::{Frame, Panel, range_from_zero};
use super::series::{Series, Steps};
use super::time_axis::TimeAxis;
use super::{about_bands, what_was_run};
use crate::engine::record::TickRow;
use crate::experiments::Outcome;

const HEIGHT: i32 = 780;

/// Energy as a rate, in kWh per hour, whatever the length of a tick.
pub(super) fn draw(outcome: &Outcome) -> io::Result<String> {
    let time = &outcome.scenario.time;
    let steps = Steps::of(time);
    let rate = |energy: fn(&TickRow) -> f64| {
        Series::of(outcome, steps, |rows| {
            Some(rows.iter().map(energy).sum::<f64>() / steps.hours(rows.len()))
        })
    };
    let total = |name: &str| {
        let row = outcome.summary.iter().find(|row| row.metric == name);
        let mean = row.and_then(|row| row.estimate).map(|estimate| estimate.mean);
        mean.map_or(String::new(), |mean| format!(", {} kWh in all", readable(mean)))
    };
    let made = rate(|row| row.made_kwh);
    let used = rate(|row| row.used_kwh);
    let offered = rate(|row| row.listed_kwh as f64);
    let traded = rate(|row| row.traded_kwh as f64);
    let about = format!(
        "Offered is what was newly listed, traded what was bought.{}{}",
        steps.about("means"),
        about_bands(outcome)
    );
    let title = "Energy made, used, offered and traded";
    Canvas::draw(HEIGHT, title, &[&what_was_run(outcome), &about], |canvas, top| {
        let legend = [
            (Sign::Line, colour::ORANGE, format!("made{}", total("made_kwh"))),
            (Sign::Line, colour::BLACK, format!("used{}", total("used_kwh"))),
            (Sign::Line, colour::SKY, format!("offered{}", total("listed_kwh"))),
            (Sign::Line, colour::BLUE, format!("traded{}", total("traded_kwh"))),
        ];
        let top = canvas.legend(top, &legend)? + 46;
        let time = TimeAxis::of(time);
        let middle = top + (HEIGHT - 66 - top - 60) / 2;
        let values = range_from_zero(&[&made, &used]);
        let panel = Panel::new(canvas, (top, middle), time, values);
        let title = "Made and used by all homes, kWh per hour";
        panel.frame(&Frame { title, second: None, names_days: false })?;
        panel.line(&used, colour::BLACK, 2)?;
        panel.line(&made, colour::ORANGE, 2)?;
        let values = range_from_zero(&[&offered, &traded]);
        let panel = Panel::new(canvas, (middle + 60, HEIGHT - 66), time, values);
        let title = "Offered and traded on the market, kWh per hour";
        panel.frame(&Frame { title, second: None, names_days: true })?;
        panel.line(&offered, colour::SKY, 2)?;
        panel.line(&traded, colour::BLUE, 2)
    })
}
