//! What the columns of an export are: as the user says, or guessed where it is
//! clear, and told. What the rows hold is `meter_export`'s.

use csv::StringRecord;

use super::meter_column::Unit;
use super::meter_lines::{LOOKED_AT, Line, Lines};
use super::meter_options::{ColumnMap, Stamp};
use super::meter_stamp::{self as stamp, DateOrder};
use crate::energy::cells::{is_blank, parse_number};
use crate::energy::error::EnergyError;

/// What an export's columns are.
pub(super) struct Form {
    header: Vec<String>,
    header_line: Option<u64>,
    /// The place of the first row in the lines.
    pub(super) first_row: usize,
    pub(super) date: Option<usize>,
    pub(super) time: usize,
    pub(super) offset: Option<usize>,
    pub(super) stamp: Stamp,
    pub(super) order: DateOrder,
    pub(super) decimal_comma: bool,
    pub(super) values: Vec<Value>,
    /// What was left out since it is no use.
    left_out: Vec<String>,
}

pub(super) struct Value {
    pub(super) column: usize,
    pub(super) name: String,
    pub(super) unit: Unit,
}

impl Form {
    pub(super) fn find(lines: &Lines<'_>, map: &ColumnMap<'_>) -> Result<Self, EnergyError> {
        let is_row = |line: &Line| {
            let time = line.cells.iter().position(is_dated);
            time.is_some_and(|time| {
                let mut others = line.cells.iter().enumerate();
                others.any(|(column, cell)| column != time && is_number(cell))
            })
        };
        let all = &lines.lines;
        let header_at = match map.header_line {
            Some(wanted) => Some(
                all.iter().position(|line| line.number == u64::from(wanted)).ok_or_else(|| {
                    lines.fault(format!("has no cells on line {wanted}, which load.columns names"))
                })?,
            ),
            None => None,
        };
        let from = header_at.map_or(0, |at| at + 1);
        let first_row = (from..all.len()).find(|&at| is_row(&all[at])).ok_or_else(|| {
            lines.fault(
                "has no row with a time and a number: must be the plain table of meters (start, \
                 a_kwh, …; see docs/data.md) or an export with a row for each interval",
            )
        })?;
        // The header is the last line before the rows with as many cells; a line
        // of units may stand between.
        let width = all[first_row].cells.iter().filter(|cell| !cell.is_empty()).count();
        let filled = |at: &usize| all[*at].cells.iter().filter(|cell| !cell.is_empty()).count();
        let header_at = header_at.or_else(|| {
            let mut near = (0..first_row).rev().take(3).filter(|at| 2 * filled(at) >= width);
            let nearest = near.next()?;
            if only_units(&all[nearest].cells) {
                near.next().or(Some(nearest))
            } else {
                Some(nearest)
            }
        });
        let units_at = header_at.filter(|at| at + 1 < first_row && only_units(&all[at + 1].cells));
        let columns = all[first_row].cells.len();
        let header: Vec<String> = (0..columns)
            .map(|column| {
                let name = header_at.map_or("", |at| all[at].cell(column));
                if name.is_empty() { format!("column {}", column + 1) } else { name.to_owned() }
            })
            .collect();
        let place = |key: &str, name: &str| place_of(lines, &header, key, name);
        let rows = &all[first_row..];
        let looked_at = || rows.iter().take(LOOKED_AT);

        let given_date = map.date.map(|name| place("date", name)).transpose()?;
        let given_time = map.time.map(|name| place("time", name)).transpose()?;
        let first = &rows[0];
        let kind = |column: usize| {
            stamp::read(first.cell(column), DateOrder::DayMonthYear)
                .or_else(|| stamp::read(first.cell(column), DateOrder::MonthDayYear))
        };
        let of_kind = |date: bool, time: bool| -> Vec<usize> {
            (0..columns)
                .filter(|&column| {
                    kind(column).is_some_and(|at| at.has_date == date && at.has_time == time)
                })
                .collect()
        };
        let (both, dates, times) =
            (of_kind(true, true), of_kind(true, false), of_kind(false, true));
        let (date, time) = match (given_date, given_time) {
            (date, Some(time)) => {
                let alone = kind(time).is_some_and(|at| !at.has_date);
                (date.or_else(|| dates.first().copied().filter(|_| alone)), time)
            }
            (Some(date), None) => match times.first() {
                Some(time) => (Some(date), *time),
                None => (None, date),
            },
            (None, None) => match (both.first(), dates.first(), times.first()) {
                (Some(time), _, _) => (None, *time),
                (None, Some(date), Some(time)) => (Some(*date), *time),
                (None, Some(date), None) => (None, *date),
                (None, None, _) => {
                    return Err(lines.fault(
                        "has times without dates: say the column of the date with \
                         load.columns.date",
                    ));
                }
            },
        };
        let dated = date.unwrap_or(time);
        let order = match map.date_order {
            Some(order) => order,
            None => stamp::order_of(rows.iter().map(|line| line.cell(dated))).map_err(|()| {
                lines.fault(format!(
                    "has dates like \"{}\", in which day and month could be either: say \
                     load.columns.date_order = \"day-month-year\" or \"month-day-year\"",
                    first.cell(dated)
                ))
            })?,
        };
        let offset = match map.offset {
            Some(name) => Some(place("offset", name)?),
            None => (0..columns).find(|&column| {
                let named = header[column].to_lowercase();
                ["offset", "utc-offset", "utc offset", "zeitzone", "time zone", "timezone"]
                    .contains(&named.as_str())
                    && stamp::offset(first.cell(column)).is_some()
            }),
        };
        // A second time after the first is the interval's end.
        let has_two = if date.is_some() { times.len() > 1 } else { both.len() > 1 };
        let end_named = says(&header[time], &["ende", "end", "bis", "to", "until", "ablese"]);
        let start_named = says(&header[time], &["start", "begin", "von", "from", "ab"]);
        let stamp = match map.stamp {
            Some(stamp) => stamp,
            None if start_named || (has_two && !end_named) => Stamp::Start,
            None if end_named => Stamp::End,
            None => by_midnight(rows, date, time, order),
        };
        let taken: Vec<usize> =
            both.iter().chain(&dates).chain(&times).copied().chain(offset).collect();
        let units: Vec<Option<Unit>> = (0..columns)
            .map(|column| {
                let below = units_at.map_or("", |at| all[at + 1].cell(column));
                unit_in(&header[column]).or_else(|| unit_in(below))
            })
            .collect();
        let before = header_at.map_or(first_row, |at| at);
        let elsewhere = all[..before]
            .iter()
            .filter(|line| line.cells.iter().any(|cell| says(cell, &["einheit", "unit"])))
            .flat_map(|line| line.cells.iter())
            .find_map(unit_in);
        let numeric = |column: usize| {
            let mut cells =
                looked_at().map(|line| line.cell(column)).filter(|cell| !is_blank(cell));
            let mut any = false;
            cells.all(|cell| {
                any = true;
                is_number(cell)
            }) && any
        };
        let stated = map.unit.and_then(Unit::named);
        let mut left_out = Vec::new();
        let chosen: Vec<usize> = match map.value {
            Some(name) => vec![place("value", name)?],
            None => {
                let numbers: Vec<usize> = (0..columns)
                    .filter(|column| !taken.contains(column) && numeric(*column))
                    .collect();
                let (use_, other): (Vec<usize>, Vec<usize>) =
                    numbers.into_iter().partition(|&column| !is_no_use(&header[column]));
                left_out.extend(other.iter().map(|&column| header[column].clone()));
                let with_unit: Vec<usize> =
                    use_.iter().copied().filter(|&column| units[column].is_some()).collect();
                if with_unit.is_empty() && (stated.is_some() || elsewhere.is_some()) {
                    use_
                } else {
                    with_unit
                }
            }
        };
        // Columns that end in a unit as those of the plain table are meters each.
        let plain = |column: &usize| {
            header[*column].rsplit_once('_').is_some_and(|(_, unit)| Unit::named(unit).is_some())
        };
        match chosen.as_slice() {
            [] => {
                return Err(lines.fault(format!(
                    "has no column that is clearly the use in kWh, Wh, kW or W; its columns are \
                     {}: say which with load.columns.value and load.columns.unit",
                    listed(&header)
                )));
            }
            [one, other, ..] if !chosen.iter().all(plain) => {
                return Err(lines.fault(format!(
                    "has more than one column that could be the use, \"{}\" and \"{}\": say which \
                     with load.columns.value",
                    header[*one], header[*other]
                )));
            }
            _ => {}
        }
        let decimal_comma = match map.decimal_comma {
            Some(comma) => comma,
            None => decimal_comma(lines, rows, &chosen)?,
        };
        let values = chosen
            .into_iter()
            .map(|column| {
                let name = header[column].clone();
                let unit = stated.or(units[column]).or(elsewhere).ok_or_else(|| {
                    lines.fault(format!(
                        "column \"{name}\" has no unit: say it with load.columns.unit = \"kwh\", \
                         \"wh\", \"kw\" or \"w\""
                    ))
                })?;
                Ok(Value { column, name, unit })
            })
            .collect::<Result<_, EnergyError>>()?;
        Ok(Self {
            header_line: header_at.map(|at| all[at].number),
            header,
            first_row,
            date,
            time,
            offset,
            stamp,
            order,
            decimal_comma,
            values,
            left_out,
        })
    }

    pub(super) fn name_of(&self, column: usize) -> String {
        self.header.get(column).cloned().unwrap_or_default()
    }

    /// What was found of the form, for the user to agree with.
    pub(super) fn told(&self, delimiter: u8, newest_first: bool, footer: usize) -> Vec<String> {
        let separator = match delimiter {
            b';' => "semicolons",
            b'\t' => "tabs",
            _ => "commas",
        };
        let mark = if self.decimal_comma { "comma" } else { "point" };
        let header = match self.header_line {
            Some(line) => format!("header on line {line}"),
            None => "no header".to_owned(),
        };
        let mut told = vec![format!("{header}, cells between {separator}, decimal {mark}")];
        let order = match self.order {
            DateOrder::YearMonthDay => "year, month, day",
            DateOrder::DayMonthYear => "day, month, year",
            DateOrder::MonthDayYear => "month, day, year",
        };
        let date =
            self.date.map_or(String::new(), |date| format!("\"{}\" and ", self.header[date]));
        let end = if self.stamp == Stamp::End { "end" } else { "beginning" };
        let offset = self.offset.map_or(String::new(), |column| {
            format!(", offset from universal time in \"{}\"", self.header[column])
        });
        told.push(format!(
            "time in {date}\"{}\" ({order}), the {end} of the interval{offset}",
            self.header[self.time]
        ));
        for value in &self.values {
            told.push(format!("use in \"{}\", in {}", value.name, value.unit.name()));
        }
        if !self.left_out.is_empty() {
            told.push(format!("left out, no use: {}", listed(&self.left_out)));
        }
        if newest_first {
            told.push("the newest row first".to_owned());
        }
        if footer > 0 {
            told.push(format!("{footer} lines after the rows left out"));
        }
        told
    }
}

/// Whether a cell holds a date, with a time or without.
fn is_dated(cell: &str) -> bool {
    [DateOrder::DayMonthYear, DateOrder::MonthDayYear]
        .into_iter()
        .any(|order| stamp::read(cell, order).is_some_and(|at| at.has_date))
}

/// Whether a cell holds a number, whatever its decimal mark.
fn is_number(cell: &str) -> bool {
    let finite = |comma| parse_number(cell, comma).is_some_and(f64::is_finite);
    cell.len() <= 40 && (finite(false) || finite(true))
}

/// Whether a line holds nothing but units.
fn only_units(cells: &StringRecord) -> bool {
    let mut filled = cells.iter().filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some()
        && filled.all(|cell| Unit::named(cell.trim_matches(['[', ']', '(', ')'])).is_some())
}

/// The unit that a name carries as a word of its own, `Verbrauch [kWh]` say.
fn unit_in(name: &str) -> Option<Unit> {
    let words = name.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| *word != "w")
        .find_map(Unit::named)
        .or_else(|| name.strip_suffix("_w").and_then(|_| Unit::named("w")))
}

/// Whether a name begins a word with any of `words`.
fn says(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    let mut parts = name.split(|c: char| !c.is_alphanumeric());
    parts.any(|part| {
        words.iter().any(|word| part == *word || (word.len() > 3 && part.starts_with(word)))
    })
}

/// Whether a column is a register's reading, what was fed in, or money.
fn is_no_use(name: &str) -> bool {
    const OTHERS: [&str; 16] = [
        "zählerstand",
        "zaehlerstand",
        "stand",
        "register",
        "reading",
        "einspeis",
        "rücklieferung",
        "lieferung",
        "feed",
        "export",
        "erzeug",
        "produktion",
        "generation",
        "überschuss",
        "kosten",
        "preis",
    ];
    let name = name.to_lowercase();
    OTHERS.iter().any(|other| name.contains(other))
}

/// Which end the times are where no name says so: a day of ends begins one step
/// after midnight.
fn by_midnight(rows: &[Line], date: Option<usize>, time: usize, order: DateOrder) -> Stamp {
    let of_day = |line: &Line| {
        let at = stamp::read(line.cell(time), order)?;
        Some(if date.is_some() { at.minute } else { at.minute.rem_euclid(24 * 60) })
    };
    match (rows.first().and_then(of_day), rows.get(1).and_then(of_day)) {
        (Some(first), Some(second)) if first > 0 && second - first == first => Stamp::End,
        _ => Stamp::Start,
    }
}

/// Whether the numbers of these columns have decimal commas.
fn decimal_comma(lines: &Lines<'_>, rows: &[Line], columns: &[usize]) -> Result<bool, EnergyError> {
    let (mut commas, mut points) = (None, None);
    for line in rows {
        for &column in columns {
            let cell = line.cell(column);
            match (cell.rfind(','), cell.rfind('.')) {
                (Some(comma), Some(point)) => return Ok(comma > point),
                (Some(_), None) => commas = commas.or(Some(cell)),
                (None, Some(_)) => points = points.or(Some(cell)),
                (None, None) => {}
            }
        }
    }
    match (commas, points) {
        (Some(one), Some(other)) => Err(lines.fault(format!(
            "has numbers like \"{one}\" and like \"{other}\": say which mark is the decimal one \
             with load.columns.decimal = \"comma\" or \"point\""
        ))),
        (commas, _) => Ok(commas.is_some()),
    }
}

/// Where the column stands that the scenario names.
fn place_of(
    lines: &Lines<'_>,
    header: &[String],
    key: &str,
    name: &str,
) -> Result<usize, EnergyError> {
    let exact = header.iter().position(|column| column == name);
    let near = || header.iter().position(|column| column.eq_ignore_ascii_case(name.trim()));
    exact.or_else(near).ok_or_else(|| {
        lines.fault(format!(
            "has no column \"{name}\", which load.columns.{key} names: its columns are {}",
            listed(header)
        ))
    })
}

/// The first few of `names`.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    if names.len() > SHOWN {
        shown.push("…");
    }
    shown.join(", ")
}
