//! EnergyPlus weather: eight lines of header, then rows without column names,
//! by the time at which they end, in local standard time. Used as a typical
//! year whatever years it names, as EnergyPlus does. Source: EnergyPlus,
//! Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary".
//!
//! PVGIS writes the rows of its typical year in universal time, whatever zone its
//! first line names, and each row is a look: its files say how long before the
//! row's end. Source: the files themselves beside those of the same place in CSV.

use super::pvgis::minutes;
use super::{Contents, Entry, moment, values};
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
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        let mut parts = [0_i64; 5];
        for (column, part) in parts.iter_mut().enumerate() {
            *part = table
                .text(&row, column)
                .parse()
                .map_err(|_| table.cell_fault(&row, column, "a whole number"))?;
        }
        let [year, month, day, hour, minute] = parts;
        // Hour 1 is the first of the day; its minutes run to 60, and files of
        // whole hours write 0 or 60.
        let minute = if minute == 0 { 60 } else { minute };
        let end = moment(year, month, day, hour - 1, minute)
            .ok_or_else(|| table.cell_fault(&row, 3, "an hour from 1 to 24 of a day there is"))?;
        rows.push(Entry {
            line: row.line,
            stamp: format!("{year}-{month:02}-{day:02} hour {hour}"),
            column: "Hour",
            minute: end,
            values: values(&table, &row, &columns, gaps)?,
        });
    }
    let by_pvgis = text.lines().next().and_then(|line| line.split(',').nth(4)) == Some(PVGIS);
    let from_end = if by_pvgis {
        // Older files do not say so, and are looks at the hour's beginning.
        minutes(stated_offset(text, header).unwrap_or(-1.0))
    } else {
        match rows.as_slice() {
            [one, next, ..] => (one.minute - next.minute).clamp(-60, -1),
            _ => -60,
        }
    };
    for row in &mut rows {
        row.minute += from_end;
    }
    Ok(Contents {
        location_deg: Some([location[0], location[1]]),
        utc_offset_hours: Some(if by_pvgis { 0.0 } else { location[2] }),
        typical: true,
        centred: by_pvgis,
        has_parts: true,
        rows,
    })
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
