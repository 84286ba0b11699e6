//! What `connect-sim stress --limits` prints: each limit around its edge, and
//! when each starts to bind as the market grows.

use comfy_table::{ColumnConstraint, Width};

use super::table::{number, table};
use crate::experiments::{Grown, Limit, Limits};
use crate::scenario::Scenario;

/// A column that holds the name of each limit and function, padded on both sides.
const LONGEST_NAME: u16 = 28;

/// What the contracts said below, at and above each edge.
pub(super) fn edges(limits: &Limits) -> String {
    let mut table = table(&["limit, and what meets it", "edge", "below", "at", "above"], &[1]);
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(LONGEST_NAME)));
    }
    // A probe's answers follow each other: a new one begins with another
    // function, what is counted, or edge.
    for probe in limits.edges.chunk_by(|one, next| {
        (one.function, one.what, one.limit) == (next.function, next.what, next.limit)
    }) {
        let at = |place: &str| probe.iter().find(|edge| edge.place == place);
        let says = |place| at(place).map_or_else(|| "–".to_owned(), |edge| edge.says());
        let Some(edge) = at("at") else { continue };
        table.add_row([
            format!("{}\n{}\n{}", edge.limit, edge.function, edge.what),
            whole(edge.value),
            says("below"),
            says("at"),
            says("above"),
        ]);
    }
    table.to_string()
}

/// A whole number as it is read: the greatest of all by its name.
fn whole(value: u128) -> String {
    if value == u128::MAX { "2^128 − 1".to_owned() } else { number(value as f64) }
}

/// When each limit starts to bind as the market grows.
pub(super) fn growth(limits: &Limits) -> String {
    let headers =
        ["limit", "set to", "binds from", "first then", "ticks at it", "turned away there"];
    let mut table = table(&headers, &[1]);
    for limit in Limit::ALL {
        let setting = limit.setting(&limits.scenario);
        let row = |cells: [String; 4]| {
            let [from, first, ticks, turned] = cells;
            let set = setting.map_or_else(|| "–".to_owned(), whole);
            [limit.name().to_owned(), set, from, first, ticks, turned]
        };
        table.add_row(match limits.starts(limit) {
            (before, Some(grown)) => row(starting(limits, limit, before, grown)),
            (before, None) => {
                let homes = before.map_or(0, |grown| grown.homes);
                let never = format!("never up to\n{} homes", number(f64::from(homes)));
                row([never, String::new(), String::new(), "nobody".to_owned()])
            }
        });
    }
    table.to_string()
}

fn starting(limits: &Limits, limit: Limit, before: Option<&Grown>, grown: &Grown) -> [String; 4] {
    let homes = |homes: u32| number(f64::from(homes));
    let from = match before {
        Some(before) => format!("{} homes\n(not at {})", homes(grown.homes), homes(before.homes)),
        None => format!("{} homes,\nthe fewest tried", homes(grown.homes)),
    };
    let Some(row) = grown.row(limit) else { return Default::default() };
    let first = row.first_tick.map_or_else(String::new, |tick| moment(&limits.scenario, tick));
    let ticks =
        row.ticks_at_limit.map_or_else(String::new, |ticks| format!("{ticks} of {}", row.ticks));
    [from, first, ticks, turned_away(limit, grown)]
}

/// A tick as people say it.
fn moment(scenario: &Scenario, tick: u32) -> String {
    let a_day = scenario.time.ticks_per_day();
    let minutes = tick % a_day * scenario.time.tick_minutes;
    format!("day {}, {:02}:{:02}", tick / a_day, minutes / 60, minutes % 60)
}

/// Whom a limit turned away or held, by kind and size.
fn turned_away(limit: Limit, grown: &Grown) -> String {
    let of = grown.rows.iter().filter(|row| row.limit == limit.name() && row.kind != "all");
    let each = of.map(|row| {
        let size = if row.size == "all" { String::new() } else { format!("{} ", row.size) };
        if row.participants_turned_away > 0 {
            format!(
                "{} {size}{}",
                row.participants_turned_away,
                plural(row.kind, row.participants_turned_away)
            )
        } else {
            format!(
                "none; {} {size}{} at it",
                row.participants_at_limit,
                plural(row.kind, row.participants_at_limit)
            )
        }
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { "nobody".to_owned() } else { each.join("\n") }
}

fn plural(kind: &str, count: u64) -> String {
    if count == 1 { kind.to_owned() } else { format!("{kind}s") }
}
