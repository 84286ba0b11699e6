//! Weather files as they are downloaded, each brought to the same plain rows:
//! the moment a row stands for, and what it says. One file a format; order,
//! gaps and zones are `assemble`'s.

mod epw;
mod nsrdb;
mod plain;
mod pvgis;
mod pvgis_json;
mod tmy3;

use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::sun::Place;
use crate::energy::table::{Row, Table};

/// A form in which weather comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeatherFormat {
    /// A plain CSV table with the columns of [`WeatherFile`].
    ///
    /// [`WeatherFile`]: super::WeatherFile
    Plain,
    /// Typical Meteorological Year 3, of NREL.
    Tmy3,
    /// EnergyPlus weather.
    Epw,
    /// PVGIS of the European Commission: hourly or typical year, CSV or JSON.
    Pvgis,
    /// National Solar Radiation Database, of NREL, CSV.
    Nsrdb,
}

impl WeatherFormat {
    /// The format that `text` is written in, by its first lines.
    #[must_use]
    pub fn detect(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let line = |number: usize| text.lines().nth(number).unwrap_or_default();
        if text.starts_with("LOCATION,") {
            Self::Epw
        } else if text.starts_with('{') || text.starts_with("Latitude (decimal degrees):") {
            Self::Pvgis
        } else if text.starts_with("Source,Location ID,") {
            Self::Nsrdb
        } else if line(1).starts_with("Date (MM/DD/YYYY),") {
            Self::Tmy3
        } else {
            Self::Plain
        }
    }
}

/// How a weather file is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct WeatherOptions<'a> {
    /// Its format; found from its first lines where none is stated.
    pub format: Option<WeatherFormat>,
    /// What is done where it lacks a value or a row.
    pub gaps: Gaps,
    /// Where it is used: a file of another place is refused, and times are
    /// brought to this place's standard time. Without one, they stay as they
    /// are.
    pub place: Option<&'a Place>,
}

/// What a file says, row by row, in its own clock.
pub(super) struct Contents {
    /// Latitude and longitude, degrees, where the file says so.
    pub(super) location_deg: Option<[f64; 2]>,
    /// Its clock less universal time, where the file says so.
    pub(super) utc_offset_hours: Option<f64>,
    /// Whether it is a year made of typical months.
    pub(super) typical: bool,
    /// Whether a row's moment is the middle of its interval, not its start.
    pub(super) centred: bool,
    /// Whether rows know direct and diffuse irradiance.
    pub(super) has_parts: bool,
    pub(super) rows: Vec<Entry>,
}

/// Global, direct normal and diffuse horizontal irradiance, W/m², and the air's
/// temperature, °C, each where the file has it.
pub(super) type Values = [Option<f64>; 4];

/// The least and the greatest of each. The greatest are beyond what has ever
/// been measured over an interval of a minute; they catch a wrong unit.
const LIMITS: [(f64, f64); 4] = [(0.0, 2000.0), (0.0, 1400.0), (0.0, 1200.0), (-90.0, 60.0)];

/// One row of a file.
pub(super) struct Entry {
    /// The line it stands on, from 1.
    pub(super) line: u64,
    /// Its time as the file writes it.
    pub(super) stamp: String,
    /// The name of the time's column.
    pub(super) column: &'static str,
    /// Its moment, in minutes of the file's clock from 1970.
    pub(super) minute: i64,
    pub(super) values: Values,
}

/// Reads `text`, called `name` in messages.
pub(super) fn read(
    name: &str,
    text: &str,
    options: &WeatherOptions<'_>,
) -> Result<Contents, EnergyError> {
    let gaps = options.gaps;
    match options.format.unwrap_or_else(|| WeatherFormat::detect(text)) {
        WeatherFormat::Plain => plain::read(name, text, gaps),
        WeatherFormat::Tmy3 => tmy3::read(name, text, gaps),
        WeatherFormat::Epw => epw::read(name, text, gaps),
        WeatherFormat::Pvgis if text.trim_start().starts_with('{') => {
            pvgis_json::read(name, text, gaps)
        }
        WeatherFormat::Pvgis => pvgis::read(name, text, gaps),
        WeatherFormat::Nsrdb => nsrdb::read(name, text, gaps),
    }
}

/// Whether a number stands for none. Formats write −9999, −9900, −999, 9999 or
/// 99.9 °C.
fn is_missing(which: usize, number: f64) -> bool {
    number <= -900.0 || number >= 9000.0 || (which == 3 && number == 99.9)
}

/// The fault of a value that is missing.
const MISSING: &str = "a measured value: missing ones are filled only where gaps = \"interpolate\"";

/// The value of `which` in a cell.
fn value(
    table: &Table<'_>,
    row: &Row,
    column: usize,
    which: usize,
    gaps: Gaps,
) -> Result<Option<f64>, EnergyError> {
    let text = table.text(row, column);
    let number: Result<f64, _> = text.parse();
    if text.is_empty() || number.is_ok_and(|number| is_missing(which, number)) {
        return match gaps {
            Gaps::Interpolate => Ok(None),
            Gaps::Refuse => Err(table.cell_fault(row, column, MISSING)),
        };
    }
    table.number(row, column, LIMITS[which]).map(Some)
}

/// The values of a row whose columns stand at these places, in the order of
/// [`Values`].
fn values(
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

/// The moment of a date and a time on the clock, in minutes from 1970; an hour
/// of 24 is the next day's midnight. `None` where there is no such time.
fn moment(year: i64, month: i64, day: i64, hour: i64, minute: i64) -> Option<i64> {
    let date = jiff::civil::Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    );
    let of_day = 60 * hour + minute;
    let whole = (0..=24).contains(&hour) && (0..=60).contains(&minute) && of_day <= 24 * 60;
    Some(crate::energy::calendar::minute_of(date.ok()?) + of_day).filter(|_| whole)
}

/// Whether rows come from years that do not follow on each other: typical
/// months.
fn is_of_mixed_years(rows: &[Entry]) -> bool {
    rows.windows(2).any(|pair| matches!(pair, [one, next] if next.minute < one.minute))
        || rows
            .windows(2)
            .any(|pair| matches!(pair, [one, next] if next.minute - one.minute > 300 * 24 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_their_first_lines() {
        for (text, format) in [
            ("LOCATION,Town,-,X,TMY,1,2,3,4,5\n", WeatherFormat::Epw),
            ("\u{feff}{\"inputs\": {}}", WeatherFormat::Pvgis),
            ("Latitude (decimal degrees):\t45.000\n", WeatherFormat::Pvgis),
            ("Source,Location ID,City\n", WeatherFormat::Nsrdb),
            ("1,\"A\",B,-5,1,2,3\nDate (MM/DD/YYYY),Time (HH:MM)\n", WeatherFormat::Tmy3),
            ("# mine\nstart,ghi_w_m2,temp_air_c\n", WeatherFormat::Plain),
            ("", WeatherFormat::Plain),
        ] {
            assert_eq!(WeatherFormat::detect(text), format, "{text}");
        }
    }

    #[test]
    fn hours_run_to_24_and_no_further() {
        let midnight = moment(2001, 2, 28, 24, 0);
        assert_eq!(midnight, moment(2001, 3, 1, 0, 0));
        assert!(midnight.is_some());
        for wrong in [(2001, 2, 29, 0, 0), (2001, 13, 1, 0, 0), (2001, 1, 1, 24, 1)] {
            let (year, month, day, hour, minute) = wrong;
            assert_eq!(moment(year, month, day, hour, minute), None, "{wrong:?}");
        }
    }
}
