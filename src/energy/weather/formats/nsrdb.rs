//! NSRDB: two lines that describe the site, a header, and rows with year,
//! month, day, hour and minute, in universal or local standard time as the
//! first lines say. A row is a look at its very minute, so that it stands for
//! the interval around it. Source: M. Sengupta et al., The National Solar
//! Radiation Data Base (NSRDB), 2018, and the files' own headers.

use super::{Contents, Entry, is_of_mixed_years, moment, values};
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::Table;

pub(super) fn read(name: &str, text: &str, gaps: Gaps) -> Result<Contents, EnergyError> {
    let mut site = Table::open_from(name, text, 1)?;
    let columns = ["Latitude", "Longitude", "Time Zone"].map(|column| site.column(column));
    let Some(row) = site.next_row()? else {
        return Err(site.fault("has no second line: must say the site's place and time zone"));
    };
    let mut place = [0.0; 3];
    for (value, column) in place.iter_mut().zip(columns) {
        *value = site.number(&row, column?, (-180.0, 180.0))?;
    }
    let mut table = Table::open_from(name, text, 3)?;
    let time = ["Year", "Month", "Day", "Hour", "Minute"].map(|column| table.column(column));
    let [year, month, day, hour, minute] = time;
    let time = [year?, month?, day?, hour?, minute?];
    let temperature = table.find("Temperature").or_else(|| table.find("Air Temperature"));
    let columns = [
        Some(table.column("GHI")?),
        Some(table.column("DNI")?),
        Some(table.column("DHI")?),
        Some(temperature.map_or_else(|| table.column("Temperature"), Ok)?),
    ];
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        let mut parts = [0_i64; 5];
        for (part, column) in parts.iter_mut().zip(time) {
            *part = table
                .text(&row, column)
                .parse()
                .map_err(|_| table.cell_fault(&row, column, "a whole number"))?;
        }
        let [year, month, day, hour, minute] = parts;
        let at = moment(year, month, day, hour, minute)
            .ok_or_else(|| table.cell_fault(&row, time[3], "an hour of a day there is"))?;
        rows.push(Entry {
            line: row.line,
            stamp: format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
            column: "Year, Month, Day, Hour, Minute",
            minute: at,
            values: values(&table, &row, &columns, gaps)?,
        });
    }
    Ok(Contents {
        location_deg: Some([place[0], place[1]]),
        utc_offset_hours: Some(place[2]),
        typical: is_of_mixed_years(&rows),
        centred: true,
        has_parts: true,
        rows,
    })
}
