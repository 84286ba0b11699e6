//! `charts/limits.svg`: how far the market uses its limits, over time.

use std::io;

use super::canvas::{Canvas, Sign};
use super::colour;
use super::number::{count, grouped, percent};
use super::panel::{Frame, Panel, range_from_zero};
use super::series::{Series, Steps};
use super::time_axis::TimeAxis;
use super::{about_bands, what_was_run};
use crate::engine::Record;
use crate::engine::record::TickRow;
use crate::experiments::Outcome;

const HEIGHT: i32 = 880;

/// Three panels over the same days: the reserve against its limit, the share
/// of sellers with as much listed as one may, and the applications that wait.
/// Steps longer than a tick show their greatest value: a limit binds where it
/// is reached at all.
pub(super) fn draw(outcome: &Outcome) -> io::Result<String> {
    let time = &outcome.scenario.time;
    let steps = Steps::of(time);
    let greatest = |value: fn(&TickRow) -> f64| {
        Series::of(outcome, steps, move |rows| rows.iter().map(value).reduce(f64::max))
    };
    let limit = greatest(|row| row.reserve_limit_kwh as f64);
    let most = limit.greatest().unwrap_or(0.0);
    let reserve = greatest(|row| row.reserve_kwh as f64).within(0.0, most);
    let at_limit = greatest(|row| 100.0 * sellers_at_limit(row)).within(0.0, 100.0);
    let open = greatest(|row| row.applications_open as f64);
    let about =
        format!("At the end of each tick.{}{}", steps.about("maxima"), about_bands(outcome));
    let title = "Use of the market's limits";
    Canvas::draw(HEIGHT, title, &[&what_was_run(outcome), &about], |canvas, top| {
        let peak = reserve.greatest().unwrap_or(0.0);
        // A limit far above would press what is used flat.
        let near = most <= 3.0 * peak;
        let legend = [
            (Sign::Line, colour::BLUE, "use".to_owned()),
            (Sign::Dashes, colour::VERMILION, "limit".to_owned()),
        ];
        let top = if near { canvas.legend(top, &legend)? } else { top } + 40;
        let time = TimeAxis::of(time);
        let each = (HEIGHT - 66 - top - 2 * 54) / 3;
        let heights = |place: i32| (top + place * (each + 54), top + place * (each + 54) + each);

        let values = range_from_zero(&[&reserve]);
        let values = if near { (0.0, values.1.max(most * 1.1)) } else { values };
        let panel = Panel::new(canvas, heights(0), time, values);
        let title = "Energy on offer (the reserve), kWh";
        panel.frame(&Frame { title, second: None, names_days: false })?;
        let share = percent(furthest(outcome, |row| match row.reserve_limit_kwh {
            0 => 0.0,
            limit => row.reserve_kwh as f64 / limit as f64,
        }));
        let above = if near { "" } else { ", above this scale" };
        let away = turned_away(outcome, |row| row.turned_away_by_reserve);
        let most = grouped(most, 0);
        panel.remark(&format!("limit {most} kWh{above}; at most {share} of it used{away}"))?;
        panel.line(&reserve, colour::BLUE, 2)?;
        if near {
            panel.levels(&limit, colour::VERMILION, true)?;
        }

        let panel = Panel::new(canvas, heights(1), time, (0.0, least_high(&at_limit, 10.0)));
        let title = "Sellers who have listed all they may, % of sellers";
        panel.frame(&Frame { title, second: None, names_days: false })?;
        let each_limit = grouped(outcome.scenario.market.max_energy_per_user_kwh.as_f64(), 0);
        let share = furthest(outcome, sellers_at_limit);
        let reached = if share > 0.0 {
            format!("reached by {} at most", percent(share))
        } else {
            "never reached".to_owned()
        };
        let away = turned_away(outcome, |row| row.turned_away_by_user_limit);
        panel.remark(&format!("limit {each_limit} kWh at the start; {reached}{away}"))?;
        panel.line(&at_limit, colour::BLUE, 2)?;

        let panel = Panel::new(canvas, heights(2), time, (0.0, least_high(&open, 4.0)));
        let title = "Applications for certification that wait";
        panel.frame(&Frame { title, second: None, names_days: true })?;
        panel.remark(&format!(
            "at most {}",
            count(furthest(outcome, |row| row.applications_open as f64))
        ))?;
        panel.line(&open, colour::BLUE, 2)
    })
}

/// The share of sellers who have all listed that one may.
fn sellers_at_limit(row: &TickRow) -> f64 {
    match row.sellers {
        0 => 0.0,
        sellers => row.sellers_at_limit as f64 / sellers as f64,
    }
}

/// The greatest value in any tick of any replicate.
fn furthest(outcome: &Outcome, value: fn(&TickRow) -> f64) -> f64 {
    outcome.records.iter().flat_map(Record::measured).map(value).fold(0.0, f64::max)
}

/// How many listings a limit turned away, as the end of a remark: the mean over
/// the replicates.
fn turned_away(outcome: &Outcome, calls: fn(&TickRow) -> u64) -> String {
    let rows = outcome.records.iter().flat_map(Record::measured);
    let mean = rows.map(calls).sum::<u64>() as f64 / outcome.records.len().max(1) as f64;
    if mean > 0.0 { format!("; {} listings turned away", count(mean)) } else { String::new() }
}

/// Where a scale ends that reaches at least so far, so that next to nothing
/// looks like it.
fn least_high(series: &Series, least: f64) -> f64 {
    range_from_zero(&[series]).1.max(least)
}
