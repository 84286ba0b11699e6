//! How near each limit the market comes: how much of each is in use, a row for
//! each, days along.

use super::super::number::{count, grouped};
use super::super::results::{Hour, Market};
use super::canvas::{Anchor, Canvas, NARROW, Plot, Scale, WIDE};
use super::time_axis::{Start, when};
use super::{Chart, Data, Picture};

/// A limit: its name, what of it an hour used, 1 being all, and what is said of
/// the most.
struct Limit {
    label: &'static str,
    column: &'static str,
    used: Box<dyn Fn(&Hour) -> f64>,
    told: String,
}

/// The limits of a run.
fn limits_of(market: &Market) -> Vec<Limit> {
    let most = |of: &dyn Fn(&Hour) -> f64| {
        market.hours.iter().map(of).filter(|share| share.is_finite()).fold(0.0, f64::max)
    };
    let share = |label, column, of: fn(&Hour) -> f64, turned_away: f64| {
        let most = most(&of);
        let away = match turned_away {
            0.0 => String::new(),
            away => format!("; {} offers turned away", count(away)),
        };
        let most = grouped(most * 100.0, usize::from(most < 0.1));
        Limit { label, column, used: Box::new(of), told: format!("at most {most} %{away}") }
    };
    let [by_reserve, by_seller] = market.turned_away;
    let mut limits = vec![
        share("Reserve limit", "reserve used share", |hour| hour.reserve_share, by_reserve),
        share(
            "Sellers at their limit",
            "sellers at limit share",
            |hour| hour.sellers_share,
            by_seller,
        ),
        share("Block budget", "block used share", |hour| hour.block_share, 0.0),
    ];
    let queue = most(&|hour| hour.waiting);
    if queue > 0.0 {
        limits.push(Limit {
            label: "Applications that wait",
            column: "applications waiting share of the most",
            used: Box::new(move |hour| 0.999 * hour.waiting / queue),
            told: format!("at most {}", count(queue)),
        });
    }
    limits
}

/// How much of each limit is used; none of a run without ticks.
pub(super) fn limits(market: &Market) -> Option<Chart> {
    let (limits, hours) = (limits_of(market), &market.hours);
    hours.first()?;
    let title = "How near each limit the market comes".to_owned();
    let told: Vec<String> =
        limits.iter().map(|limit| format!("{}: {}", limit.label, limit.told)).collect();
    let row = |hour: &Hour| {
        let used = limits.iter().map(|limit| super::cell((limit.used)(hour)));
        std::iter::once(super::cell(hour.hour)).chain(used).collect()
    };
    let columns = std::iter::once("hour").chain(limits.iter().map(|limit| limit.column));
    Some(Chart {
        name: "limits".to_owned(),
        alt: format!("{title}. {}.", told.join("; ")),
        title,
        subtitle:
            "Share of each limit in use, the fullest of all runs; stronger is nearer, orange \
                   is reached."
                .to_owned(),
        narrow: draw(&limits, hours, market.start, NARROW),
        wide: Some(draw(&limits, hours, market.start, WIDE)),
        data: Data {
            columns: columns.map(str::to_owned).collect(),
            rows: hours.iter().map(row).collect(),
        },
    })
}

fn draw(limits: &[Limit], hours: &[Hour], start: Start, width: f64) -> Picture {
    const EACH: f64 = 54.0;
    let height = EACH * limits.len() as f64;
    let canvas = Canvas::new(width, height + 26.0);
    let begin = hours.first().map_or(0.0, |hour| hour.hour);
    let last = hours.last().map_or(1.0, |hour| hour.hour + hour.hours);
    let plot = Plot { left: 0.0, right: width, top: 22.0, bottom: height + 2.0 };
    let x = Scale::new((begin, last), (plot.left, plot.right));
    plot.days(&canvas, &x, start);
    // Where there are more hours than a drawing has room for, a cell has
    // several, and shows the fullest.
    let span = (hours.len() as f64 / (width / 3.0)).ceil().max(1.0) as usize;
    for (place, limit) in limits.iter().enumerate() {
        let top = place as f64 * EACH;
        canvas.text((0.0, top + 16.0), Anchor::Start, "label strong", limit.label);
        canvas.text((width, top + 16.0), Anchor::End, "value", &limit.told);
        canvas.rect((plot.left, top + 22.0), (width, 22.0), "track", "");
        for cell in hours.chunks(span) {
            let (Some(first), Some(last)) = (cell.first(), cell.last()) else { continue };
            let shares = cell.iter().map(|hour| (limit.used)(hour));
            let share = shares.filter(|share| share.is_finite()).fold(0.0, f64::max);
            let percent = grouped(share * 100.0, 1);
            let told = format!("{}, {}: {percent} %", limit.label, when(first.hour));
            let wide = x.at(last.hour + last.hours) - x.at(first.hour);
            let class = if share >= 1.0 { "heat full" } else { "heat" };
            canvas.shade((x.at(first.hour), top + 22.0), (wide, 22.0), class, share, &told);
        }
    }
    canvas.done()
}
