//! What a weather file says, row by row, in its own clock, and how the cells of
//! all formats are read. What a format's columns and times mean is the format's.

use jiff::civil::Date;

use crate::energy::calendar::{MINUTES_A_DAY, minute_of};
use crate::energy::cells::is_blank;
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::{Row, Table};

/// What a file says, row by row, in its own clock.
pub(in crate::energy::weather) struct Contents {
    /// Latitude and longitude, degrees, where the file says so.
    pub(in crate::energy::weather) location_deg: Option<[f64; 2]>,
    /// Its clock less universal time, where the file says so.
    pub(in crate::energy::weather) utc_offset_hours: Option<f64>,
    /// Whether it is a year made of typical months.
    pub(in crate::energy::weather) typical: bool,
    /// Whether a row's moment is the middle of its interval, not its start.
    pub(in crate::energy::weather) centred: bool,
    /// Whether rows know direct and diffuse irradiance.
    pub(in crate::energy::weather) has_parts: bool,
    /// From what a row's time says to its moment, minutes: minus the step where
    /// rows are named by their end.
    pub(in crate::energy::weather) offset_minutes: i64,
    /// Minutes from row to row, where the format says so; else the first two
    /// rows do.
    pub(in crate::energy::weather) step_minutes: Option<u32>,
    pub(in crate::energy::weather) rows: Vec<Entry>,
}

/// Global, direct normal and diffuse horizontal irradiance, W/m², and the air's
/// temperature, °C, each where the file has it.
pub(in crate::energy::weather) type Values = [Option<f64>; 4];

/// The least and the greatest of each. The greatest are beyond what has ever
/// been measured over an interval of a minute; they catch a wrong unit.
pub(super) const LIMITS: [(f64, f64); 4] =
    [(0.0, 2000.0), (0.0, 1400.0), (0.0, 1200.0), (-90.0, 60.0)];

/// How far below zero light is taken for none, W/m²: by night a pyranometer
/// radiates heat toward the sky. ISO 9060:2018 allows its second class, B, this.
const ZERO_OFFSET_W_M2: f64 = -15.0;

/// One row of a file.
pub(in crate::energy::weather) struct Entry {
    /// The line it stands on, from 1.
    pub(in crate::energy::weather) line: u64,
    /// Its time as the file writes it.
    pub(in crate::energy::weather) stamp: String,
    /// The name of the time's column.
    pub(in crate::energy::weather) column: &'static str,
    /// Its time, on the file's clock.
    pub(in crate::energy::weather) time: Moment,
    pub(in crate::energy::weather) values: Values,
}

/// A time as files write it: a day and minutes from its midnight, at most the
/// next one's. That the two are apart tells the end of 28 February from the
/// beginning of 29 February, which a typical year has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::energy::weather) struct Moment {
    pub(in crate::energy::weather) date: Date,
    pub(in crate::energy::weather) of_day: i64,
}

impl Moment {
    /// The moment of a date and a time on the clock; an hour of 24 is the next
    /// day's midnight. `None` where there is no such time.
    pub(super) fn new(year: i64, month: i64, day: i64, hour: i64, minute: i64) -> Option<Self> {
        let date = Date::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day).ok()?,
        );
        let whole = (0..=24).contains(&hour)
            && (0..=60).contains(&minute)
            && 60 * hour + minute <= i64::from(MINUTES_A_DAY);
        let date = date.ok().filter(|_| whole)?;
        // jiff's years go to 9999 and from −9999; files of weather do not.
        let of_day = 60 * hour + minute;
        (1..=9998).contains(&date.year()).then_some(Self { date, of_day })
    }

    /// Minutes from 1970.
    pub(in crate::energy::weather) fn minute(self) -> i64 {
        minute_of(self.date) + self.of_day
    }
}

/// Whether a number stands for none: the codes that formats write.
pub(super) fn is_missing(which: usize, number: f64) -> bool {
    const CODES: [f64; 6] = [-99999.0, -9999.0, -9900.0, -999.0, 9999.0, 99999.0];
    CODES.contains(&number) || (which == 3 && number == 99.9)
}

/// The fault of a value that is missing.
pub(super) const MISSING: &str =
    "a measured value: missing ones are filled only where gaps = \"interpolate\"";

/// `number` where it lies within what is possible.
pub(super) fn possible(which: usize, number: f64) -> Option<f64> {
    let (least, most) = LIMITS[which];
    let number = if which < 3 && (ZERO_OFFSET_W_M2..0.0).contains(&number) { 0.0 } else { number };
    // Written so that NaN fails as well.
    (least..=most).contains(&number).then_some(number)
}

/// What would be right where a value is not possible.
pub(super) fn expected(which: usize) -> String {
    let (least, most) = LIMITS[which];
    format!("a number from {least} to {most}")
}

/// The value of `which` in a cell.
pub(super) fn value(
    table: &Table<'_>,
    row: &Row,
    column: usize,
    which: usize,
    gaps: Gaps,
) -> Result<Option<f64>, EnergyError> {
    let number = table.parsed(row, column);
    if is_blank(table.text(row, column)) || number.is_some_and(|number| is_missing(which, number)) {
        return match gaps {
            Gaps::Interpolate => Ok(None),
            Gaps::Refuse => Err(table.cell_fault(row, column, MISSING)),
        };
    }
    let value = number.and_then(|number| possible(which, number));
    value.map(Some).ok_or_else(|| table.cell_fault(row, column, expected(which)))
}

/// The values of a row whose columns stand at these places, in the order of
/// [`Values`].
pub(super) fn values(
    table: &Table<'_>,
    row: &Row,
    columns: &[Option<usize>; 4],
    gaps: Gaps,
) -> Result<Values, EnergyError> {
    let mut values = [None; 4];
    for (which, column) in columns.iter().enumerate() {
        if let Some(column) = column {
            values[which] = value(table, row, *column, which, gaps)?;
        }
    }
    Ok(values)
}

/// The whole numbers in these cells of a row.
pub(super) fn whole_numbers<const N: usize>(
    table: &Table<'_>,
    row: &Row,
    columns: [usize; N],
) -> Result<[i64; N], EnergyError> {
    let mut parts = [0; N];
    for (part, column) in parts.iter_mut().zip(columns) {
        *part = table
            .text(row, column)
            .parse()
            .map_err(|_| table.cell_fault(row, column, "a whole number"))?;
    }
    Ok(parts)
}

/// Whether rows come from years that do not follow on each other: typical
/// months.
pub(super) fn is_of_mixed_years(rows: &[Entry]) -> bool {
    rows.windows(2).any(|pair| {
        matches!(pair, [one, next] if next.time.minute() < one.time.minute()
            || next.time.minute() - one.time.minute() > 300 * 24 * 60)
    })
}

/// Where the column stands that is called `name`, or by any of `others` in the
/// way that other providers write it: letters and digits alone count, a unit in
/// brackets does not.
///
/// # Errors
/// Where there is none or more than one, and where it is in kilowatts.
pub(super) fn column_of(
    table: &Table<'_>,
    name: &str,
    others: &[&str],
) -> Result<usize, EnergyError> {
    if let Some(column) = table.find(name) {
        return Ok(column);
    }
    let plain = |column: &str| -> String {
        let named = column.split(['(', '[']).next().unwrap_or_default();
        named.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
    };
    let wanted = plain(name);
    let is_it = |column: &str| {
        let column = plain(column);
        column == wanted || others.contains(&column.as_str())
    };
    let mut found = table.header().iter().enumerate().filter(|(_, column)| is_it(column));
    match (found.next(), found.next()) {
        (Some((_, column)), None) if column.to_ascii_lowercase().contains("kw") => {
            Err(table.fault(format!("column \"{column}\" is in kilowatts: must be in W/m²")))
        }
        (Some((place, _)), None) => Ok(place),
        (Some((_, one)), Some((_, other))) => Err(table.fault(format!(
            "has no column \"{name}\", and \"{one}\" and \"{other}\" could both be it: leave one"
        ))),
        (None, _) => table.column(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_run_to_24_and_no_further() {
        let midnight = Moment::new(2001, 2, 28, 24, 0).map(Moment::minute);
        assert_eq!(midnight, Moment::new(2001, 3, 1, 0, 0).map(Moment::minute));
        assert!(midnight.is_some());
        for (year, month, day, hour, minute) in [
            (2001, 2, 29, 0, 0),
            (2001, 13, 1, 0, 0),
            (2001, 1, 1, 24, 1),
            (99_999, 1, 1, 0, 0),
            (2001, 1, 1, i64::MAX, 0),
        ] {
            let found = Moment::new(year, month, day, hour, minute);
            assert_eq!(found, None, "{year}-{month}-{day} {hour}:{minute}");
        }
    }

    #[test]
    fn a_little_below_zero_is_none_and_codes_are_codes() {
        assert_eq!(possible(0, -1.0), Some(0.0));
        assert_eq!(possible(0, -15.1), None);
        assert_eq!(possible(3, -1.0), Some(-1.0));
        assert_eq!(possible(0, f64::NAN), None);
        for code in [-9999.0, -9900.0, -999.0, 9999.0] {
            assert!(is_missing(0, code));
        }
        // Above what was ever measured, and no code: another unit.
        for number in [9000.0, 9998.0, 12_000.0, -1000.0, 99.9] {
            assert!(!is_missing(0, number), "{number}");
        }
    }

    #[test]
    fn columns_are_paired_by_what_is_clear() {
        let table = |header| Table::open("w.csv", header).expect("a header");
        let place = |header| {
            column_of(&table(header), "GHI (W/m^2)", &["globalhorizontal"])
                .map_err(|error| error.to_string())
        };
        assert_eq!(place("time,GHI (W/m^2),GHI source"), Ok(1));
        assert_eq!(place("time,GHI (W/m2),GHI source,GHI uncert (%)"), Ok(1));
        assert_eq!(place("time,Global_Horizontal [W/m²]"), Ok(1));
        assert_eq!(
            place("time,ghi,GHI (W/m2)"),
            Err("w.csv: has no column \"GHI (W/m^2)\", and \"ghi\" and \"GHI (W/m2)\" could \
                 both be it: leave one"
                .to_owned())
        );
        assert_eq!(
            place("time,GHI (kW/m2)"),
            Err("w.csv: column \"GHI (kW/m2)\" is in kilowatts: must be in W/m²".to_owned())
        );
        let none = place("time,GHJ").expect_err("no column");
        assert!(none.starts_with("w.csv: has no column \"GHI (W/m^2)\": its columns"), "{none}");
    }
}
