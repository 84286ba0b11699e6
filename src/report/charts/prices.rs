//! `charts/prices.svg`: what traded energy cost, against what the utility takes
//! and gives, and against the operator's reference price.

use std::io;

use super::canvas::{Canvas, Sign};
use super::colour;
use super::panel::{Frame, Panel};
use super::series::{Series, Steps};
use super::time_axis::TimeAxis;
use super::{about_bands, rate, what_was_run};
use crate::engine::record::TickRow;
use crate::experiments::Outcome;

const HEIGHT: i32 = 660;
const USTX_A_STX: f64 = 1e6;

/// Prices in STX and in fiat a kWh. The mean is weighted by energy; the range
/// is from the least price of any purchase in any replicate to the greatest.
pub(super) fn draw(outcome: &Outcome) -> io::Result<String> {
    let time = &outcome.scenario.time;
    let money = &outcome.scenario.money;
    let steps = Steps::of(time);
    let mean = Series::of(outcome, steps, mean_price);
    let least = Series::extreme(outcome, steps, f64::min, |rows| {
        let prices = rows.iter().filter_map(|row| row.price_min_ustx_per_kwh);
        prices.min().map(|price| price as f64 / USTX_A_STX)
    });
    let greatest = Series::extreme(outcome, steps, f64::max, |rows| {
        let prices = rows.iter().filter_map(|row| row.price_max_ustx_per_kwh);
        prices.max().map(|price| price as f64 / USTX_A_STX)
    });
    let level = |price: fn(&TickRow) -> f64| {
        Series::of(outcome, steps, |rows| {
            Some(rows.iter().map(price).sum::<f64>() / rows.len() as f64 / USTX_A_STX)
        })
    };
    let retail = level(|row| row.retail_ustx_per_kwh);
    let feed_in = level(|row| row.feed_in_ustx_per_kwh);
    let reference = level(|row| row.energy_price_ustx_per_kwh as f64);
    let currency = money.currency.to_uppercase();
    let about = format!(
        "Commission and network fees come on top. {}{}{}",
        rate(money),
        steps.about("values"),
        about_bands(outcome)
    );
    let title = "Price of traded energy against the alternatives";
    Canvas::draw(HEIGHT, title, &[&what_was_run(outcome), &about], |canvas, top| {
        let legend = [
            (Sign::Line, colour::VERMILION, format!("retail tariff{}", span(&retail))),
            (Sign::Dashes, colour::BLACK, format!("reference price{}", span(&reference))),
            (Sign::Line, colour::ORANGE, format!("feed-in tariff{}", span(&feed_in))),
            (Sign::Line, colour::BLUE, "traded: mean".to_owned()),
            (Sign::PaleField, colour::BLACK, "cheapest to dearest purchase".to_owned()),
        ];
        let top = canvas.legend(top, &legend)?;
        // Where few purchases were made, an interval may be far wider than any
        // price: it is cut rather than let press the rest together.
        let shown = [&greatest, &retail, &feed_in, &reference];
        let high = shown.into_iter().filter_map(Series::greatest).fold(0.0, f64::max);
        let panel = Panel::new(canvas, (top + 46, HEIGHT - 66), TimeAxis::of(time), (0.0, high));
        let second = format!("{currency} per kWh");
        let second = Some((second.as_str(), money.stx_price));
        panel.frame(&Frame { title: "STX per kWh", second, names_days: true })?;
        panel.range(&least, &greatest, colour::BLACK)?;
        panel.levels(&retail, colour::VERMILION, false)?;
        panel.levels(&feed_in, colour::ORANGE, false)?;
        panel.levels(&reference, colour::BLACK, true)?;
        panel.line(&mean, colour::BLUE, 2)
    })
}

/// The mean price, weighted by energy, in STX a kWh.
fn mean_price(rows: &[TickRow]) -> Option<f64> {
    let traded: f64 = rows.iter().map(|row| row.traded_kwh as f64).sum();
    let paid: f64 = rows
        .iter()
        .filter_map(|row| Some(row.price_mean_ustx_per_kwh? * row.traded_kwh as f64))
        .sum();
    (traded > 0.0).then(|| paid / traded / USTX_A_STX)
}

/// The value of a level, or its least and greatest.
fn span(level: &Series) -> String {
    match (level.least(), level.greatest()) {
        (Some(least), Some(greatest)) if greatest - least < 0.0005 => format!(" {least:.3}"),
        (Some(least), Some(greatest)) => format!(" {least:.3} to {greatest:.3}"),
        _ => String::new(),
    }
}
