//! EnergyPlus weather: eight lines of header, then rows without column names,
//! by the time at which they end, in local standard time. Used as a typical
//! year whatever years it names, as EnergyPlus does. Source: EnergyPlus,
//! Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary".
//!
//! PVGIS writes the rows of its typical year in universal time, whatever zone its
//! first line names, and each row is a look: its files say how long before the
//! row's end. Source: the files themselves beside those of the same place in CSV.

use super::contents::{Contents, Entry, Moment, values, whole_numbers};
use super::pvgis::minutes;
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::{Table, numbers_of_line};

/// The data dictionary's fields, as far as any are read.
const FIELDS: [&str; 16] = [
    "Year",
    "Month",
    "Day",
    "Hour",
    "Minute",
    "Data Source and Uncertainty Flags",
    "Dry Bulb Temperature",
    "Dew Point Temperature",
    "Relative Humidity",
    "Atmospheric Station Pressure",
    "Extraterrestrial Horizontal Radiation",
    "Extraterrestrial Direct Normal Radiation",
    "Horizontal Infrared Radiation Intensity",
    "Global Horizontal Radiation",
    "Direct Normal Radiation",
    "Diffuse Horizontal Radiation",
];

/// What the first line of a file by PVGIS calls its source.
const PVGIS: &str = "ECMWF/ERA";

pub(super) fn read(name: &str, text: &str, gaps: Gaps) -> Result<Contents, EnergyError> {
    // City, state, country, source, station, latitude, longitude, time zone.
    let location = numbers_of_line(name, text, 1, [6, 7, 8])?;
    let header = text.lines().take_while(|line| !begins_with_a_digit(line)).count();
    let mut table = Table::with_columns(name, text, header, &FIELDS);
    let columns = [Some(13), Some(14), Some(15), Some(6)];
    let mut rows: Vec<Entry> = Vec::new();
    let mut stamps = Vec::new();
    while let Some(row) = table.next_row()? {
        let [year, month, day, hour, minute] = whole_numbers(&table, &row, [0, 1, 2, 3, 4])?;
        // Hour 1 is the first of the day.
        let time = Moment::new(year, month, day, hour - 1, 0)
            .filter(|_| (1..=24).contains(&hour))
            .ok_or_else(|| table.cell_fault(&row, 3, "an hour from 1 to 24 of a day there is"))?;
        if !(0..=60).contains(&minute) {
            return Err(table.cell_fault(&row, 4, "a minute from 0 to 60"));
        }
        stamps.push(((month, day, hour), minute));
        rows.push(Entry {
            line: row.line,
            stamp: format!("{year}-{month:02}-{day:02} hour {hour}"),
            column: "Hour",
            time,
            values: values(&table, &row, &columns, gaps)?,
        });
    }
    let step = step_minutes(stated_records_an_hour(text, header), &stamps);
    if step < 60 {
        let counting = Counting::of(&stamps);
        for (row, (_, minute)) in rows.iter_mut().zip(&stamps) {
            row.stamp.push_str(&format!(" minute {minute}"));
            row.time.of_day += counting.begins(*minute, step);
        }
    }
    let by_pvgis = text.lines().next().and_then(|line| line.split(',').nth(4)) == Some(PVGIS);
    // Older files do not say so, and are looks at the hour's beginning.
    let from_start =
        if by_pvgis { 60 + minutes(stated_offset(text, header).unwrap_or(-1.0)) } else { 0 };
    Ok(Contents {
        location_deg: Some([location[0], location[1]]),
        utc_offset_hours: Some(if by_pvgis { 0.0 } else { location[2] }),
        typical: true,
        centred: by_pvgis,
        has_parts: true,
        offset_minutes: from_start,
        step_minutes: u32::try_from(step).ok(),
        rows,
    })
}

/// A row's hour, as month, day and hour, and its minute.
type Stamp = ((i64, i64, i64), i64);

/// How many rows an hour the header promises, in the third field of its line
/// DATA PERIODS.
fn stated_records_an_hour(text: &str, header: usize) -> Option<i64> {
    let said = text.lines().take(header).find(|line| line.starts_with("DATA PERIODS,"))?;
    said.split(',').nth(2)?.trim().parse().ok()
}

/// Minutes from row to row: of the rows an hour that are promised, or of those
/// that there are where that is more.
fn step_minutes(stated: Option<i64>, stamps: &[Stamp]) -> i64 {
    /// A gap may take rows from the first hours.
    const HOURS_LOOKED_AT: usize = 24;
    let hours = stamps.chunk_by(|(one, _), (next, _)| one == next).take(HOURS_LOOKED_AT);
    let found = hours.map(<[_]>::len).max().unwrap_or(1);
    let records = stated.unwrap_or(1).max(i64::try_from(found).unwrap_or(60)).clamp(1, 60);
    60 / records
}

/// What the minute of a row says where there are several rows an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Counting {
    /// The end of its step: to 60, or to 0 in the last row of an hour.
    Ends,
    /// Its beginning: from 0, in the first row of an hour.
    Begins,
}

impl Counting {
    /// As the first hour that has a minute of 0 shows: where later minutes follow
    /// in the same hour, steps are named by their beginnings.
    fn of(stamps: &[Stamp]) -> Self {
        let of_hour = |pair: &[Stamp]| match pair {
            [(hour, 0), (next, minute)] => Some(hour == next && *minute > 0),
            _ => None,
        };
        match stamps.windows(2).find_map(of_hour) {
            Some(true) => Self::Begins,
            _ => Self::Ends,
        }
    }

    /// How many minutes of its hour have gone when the step of a row begins.
    fn begins(self, minute: i64, step: i64) -> i64 {
        match self {
            Self::Begins => minute,
            Self::Ends if minute == 0 => 60 - step,
            Self::Ends => minute - step,
        }
    }
}

/// How long after its hour's end, in hours, light was looked at.
fn stated_offset(text: &str, header: usize) -> Option<f64> {
    const LABEL: &str = "Irradiance Time Offset (h):";
    let said = text.lines().take(header).find_map(|line| line.split_once(LABEL))?;
    said.1.trim().parse().ok()
}

fn begins_with_a_digit(line: &str) -> bool {
    line.trim_start().starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stamps of these minutes, hour after hour.
    fn hours(minutes: &[i64]) -> Vec<Stamp> {
        (1..=3).flat_map(|hour| minutes.iter().map(move |minute| ((1, 1, hour), *minute))).collect()
    }

    #[test]
    fn the_minute_of_hourly_rows_says_nothing() {
        for minute in [0, 30, 60] {
            assert_eq!(step_minutes(Some(1), &hours(&[minute])), 60);
        }
        assert_eq!(step_minutes(None, &hours(&[60])), 60);
        assert_eq!(step_minutes(Some(i64::MAX), &[]), 1);
        assert_eq!(step_minutes(Some(0), &[]), 60);
    }

    #[test]
    fn steps_within_the_hour_are_named_by_their_end_or_from_zero_on() {
        let begin = |minutes: &[i64]| -> Vec<i64> {
            let stamps = hours(minutes);
            let (step, counting) = (step_minutes(Some(1), &stamps), Counting::of(&stamps));
            minutes.iter().map(|minute| counting.begins(*minute, step)).collect()
        };
        assert_eq!(begin(&[15, 30, 45, 60]), [0, 15, 30, 45]);
        assert_eq!(begin(&[15, 30, 45, 0]), [0, 15, 30, 45]);
        assert_eq!(begin(&[0, 10, 20, 30, 40, 50]), [0, 10, 20, 30, 40, 50]);
        assert_eq!(begin(&[10, 20, 30, 40, 50, 60]), [0, 10, 20, 30, 40, 50]);
    }
}
