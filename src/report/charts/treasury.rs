//! `charts/treasury.svg`: what the trading contract's treasury holds, and what
//! commission and refunds did to it.

use std::io;

use super::canvas::{Canvas, Sign};
use super::colour;
use super::number::amount;
use super::panel::{Frame, Panel, range_from_zero};
use super::series::{Series, Steps};
use super::time_axis::TimeAxis;
use super::{about_bands, rate, what_was_run};
use crate::engine::record::TickRow;
use crate::experiments::Outcome;

const HEIGHT: i32 = 780;
const USTX_A_STX: f64 = 1e6;

/// The balance at the end of each step above the running sums of commission
/// and refunds, in STX and in fiat. The balance's scale leaves zero out where
/// it is far away.
pub(super) fn draw(outcome: &Outcome) -> io::Result<String> {
    let time = &outcome.scenario.time;
    let money = &outcome.scenario.money;
    let steps = Steps::of(time);
    let balance = Series::of(outcome, steps, |rows| {
        rows.last().map(|row| row.treasury_ustx as f64 / USTX_A_STX)
    });
    let sum = |flow: fn(&TickRow) -> u128| {
        Series::accumulated(outcome, steps, |rows| {
            rows.iter().map(|row| flow(row) as f64 / USTX_A_STX).sum()
        })
    };
    let commission = sum(|row| row.commission_ustx);
    let refunds = sum(|row| row.refunds_ustx);
    let currency = money.currency.to_uppercase();
    let start = outcome.scenario.market.treasury_ustx.as_stx();
    let about = format!(
        "It began with {} STX. {}{}{}",
        amount(start),
        rate(money),
        steps.about("values"),
        about_bands(outcome)
    );
    let end = |series: &Series| {
        series.last().map_or(String::new(), |last| format!(", {} STX at the end", amount(last)))
    };
    let title = "Treasury, commission and refunds";
    Canvas::draw(HEIGHT, title, &[&what_was_run(outcome), &about], |canvas, top| {
        let legend = [
            (Sign::Line, colour::BLACK, format!("treasury{}", end(&balance))),
            (Sign::Line, colour::GREEN, format!("commission taken{}", end(&commission))),
            (Sign::Line, colour::VERMILION, format!("refunds paid{}", end(&refunds))),
        ];
        let top = canvas.legend(top, &legend)? + 46;
        let time = TimeAxis::of(time);
        let second = Some((currency.as_str(), money.stx_price));
        let middle = top + (HEIGHT - 66 - top - 60) / 2;
        let panel = Panel::new(canvas, (top, middle), time, around(&balance));
        let scale = if panel.shows(0.0) { "" } else { " (the scale does not begin at 0)" };
        let title = format!("Balance, STX{scale}");
        panel.frame(&Frame { title: &title, second, names_days: false })?;
        panel.line(&balance, colour::BLACK, 2)?;
        let values = range_from_zero(&[&commission, &refunds]);
        let panel = Panel::new(canvas, (middle + 60, HEIGHT - 66), time, values);
        let title = "Commission and refunds since the start, STX";
        panel.frame(&Frame { title, second, names_days: true })?;
        panel.line(&commission, colour::GREEN, 2)?;
        panel.line(&refunds, colour::VERMILION, 2)
    })
}

/// A range that shows how a balance moves, from zero where that is near.
fn around(balance: &Series) -> (f64, f64) {
    let (Some(least), Some(greatest)) = (balance.least(), balance.greatest()) else {
        return (0.0, 1.0);
    };
    if least < greatest / 2.0 {
        return range_from_zero(&[balance]);
    }
    // Bands may stretch the scale by as much as the means take of it.
    let air = (greatest - least).max(greatest * 1e-4);
    let bands = || balance.points().filter_map(|point| point.band);
    let lowest = bands().map(|band| band.0).fold(least - air * 0.1, f64::min);
    let highest = bands().map(|band| band.1).fold(greatest + air * 0.1, f64::max);
    (lowest.max(least - air), highest.min(greatest + air))
}
