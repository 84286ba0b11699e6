//! The rows of `limits.csv`: what each limit did over the measuring window, and
//! whom it turned away, by kind and size.

use super::limit::{Limit, LimitTally};
use super::person::{Person, Statement};
use super::record::LimitRow;
use crate::agents::Kind;
use crate::scenario::Scenario;

/// A kind and a third of it by size.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Class {
    kind: Kind,
    size: &'static str,
    from: Option<f64>,
    to: Option<f64>,
    unit: &'static str,
}

/// The rows of `limits.csv`: for each limit one over everyone, then one for
/// each class that it touched. `statements` are those of the people, over the
/// measuring window of so many `ticks`.
pub(super) fn rows(
    people: &[Person],
    statements: &[Statement],
    ticks: u64,
    tally: &LimitTally,
    scenario: &Scenario,
) -> Vec<LimitRow> {
    let (classes, of) = classes(people);
    let mut rows = Vec::new();
    for limit in Limit::ALL {
        let (ticks_at_limit, first_tick, use_share_max) = tally.of(limit);
        let empty = LimitRow {
            limit: limit.name(),
            setting: limit.setting(scenario),
            kind: "all",
            size: "all",
            size_unit: "",
            ticks,
            ..LimitRow::default()
        };
        let mut all = LimitRow {
            ticks_at_limit: Some(ticks_at_limit),
            first_tick,
            use_share_max,
            ..empty.clone()
        };
        let mut each: Vec<LimitRow> = classes
            .iter()
            .map(|class| LimitRow {
                kind: class.kind.name(),
                size: class.size,
                size_from: class.from,
                size_to: class.to,
                size_unit: class.unit,
                ..empty.clone()
            })
            .collect();
        for (statement, class) in statements.iter().zip(&of) {
            let turned_away = statement.turned_away.of(limit);
            let at_limit = limit == Limit::MaxPerUser && statement.ticks_at_limit > 0;
            for row in [&mut all, &mut each[*class]] {
                row.participants += 1;
                row.participants_at_limit += u64::from(at_limit);
                row.participants_turned_away += u64::from(turned_away > 0);
                row.calls_turned_away += turned_away;
            }
        }
        rows.push(all);
        let touched =
            |row: &LimitRow| row.participants_turned_away > 0 || row.participants_at_limit > 0;
        rows.extend(each.into_iter().filter(touched));
    }
    rows
}

/// The classes of people, and each person's place among them. Producers are cut
/// into thirds by what their panels can make, other homes by what they use in a
/// year; whoever has no home is of one size.
fn classes(people: &[Person]) -> (Vec<Class>, Vec<usize>) {
    let mut classes: Vec<Class> = Vec::new();
    let mut of = vec![0; people.len()];
    let mut kinds: Vec<Kind> = people.iter().map(Person::kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let mut members: Vec<(usize, f64)> = people
            .iter()
            .enumerate()
            .filter(|(_, person)| person.kind() == kind)
            .map(|(place, person)| (place, size_of(person).unwrap_or(f64::NAN)))
            .collect();
        if members.iter().any(|(_, size)| size.is_nan()) {
            let class = Class { kind, size: "all", from: None, to: None, unit: "" };
            classes.push(class);
            members.iter().for_each(|(place, _)| of[*place] = classes.len() - 1);
            continue;
        }
        members.sort_by(|(_, one), (_, other)| one.total_cmp(other));
        let unit = if kind == Kind::Producer { "kWp" } else { "kWh a year" };
        let cut = |third: usize| members.len() * third / 3;
        for (third, size) in ["small", "medium", "large"].into_iter().enumerate() {
            let part = &members[cut(third)..cut(third + 1)];
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            classes.push(Class { kind, size, from: Some(first.1), to: Some(last.1), unit });
            part.iter().for_each(|(place, _)| of[*place] = classes.len() - 1);
        }
    }
    (classes, of)
}

/// What a home is sized by: its panel's capacity, or its use of a year.
fn size_of(person: &Person) -> Option<f64> {
    let house = person.house.as_ref()?;
    Some(if person.kind() == Kind::Producer {
        house.capacity_kwp
    } else {
        house.home.annual_use_kwh
    })
}
