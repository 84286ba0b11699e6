//! NSRDB: two lines that describe the site, a header, and rows with year,
//! month, day, hour and minute, in universal or local standard time as the
//! first lines say. A row is a look at its very minute, so that it stands for
//! the interval around it. Source: M. Sengupta et al., The National Solar
//! Radiation Data Base (NSRDB), 2018, and the files' own headers.

use super::contents::{
    Contents, Entry, Moment, column_of, is_of_mixed_years, values, whole_numbers,
};
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::Table;

pub(super) fn read(name: &str, text: &str, gaps: Gaps) -> Result<Contents, EnergyError> {
    let (location, utc_offset_hours) = site(name, text)?;
    let mut table = Table::open_from(name, text, 3)?;
    let mut time = [0; 5];
    for (column, label) in time.iter_mut().zip(["Year", "Month", "Day", "Hour", "Minute"]) {
        *column = column_of(&table, label, &[])?;
    }
    let columns = [
        Some(column_of(&table, "GHI", &["globalhorizontalirradiance"])?),
        Some(column_of(&table, "DNI", &["directnormalirradiance"])?),
        Some(column_of(&table, "DHI", &["diffusehorizontalirradiance"])?),
        Some(column_of(&table, "Temperature", &["airtemperature"])?),
    ];
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        let [year, month, day, hour, minute] = whole_numbers(&table, &row, time)?;
        let at = Moment::new(year, month, day, hour, minute)
            .ok_or_else(|| table.cell_fault(&row, time[3], "an hour of a day there is"))?;
        rows.push(Entry {
            line: row.line,
            stamp: format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
            column: "Year, Month, Day, Hour, Minute",
            time: at,
            values: values(&table, &row, &columns, gaps)?,
        });
    }
    Ok(Contents {
        location_deg: Some(location),
        utc_offset_hours: Some(utc_offset_hours),
        typical: is_of_mixed_years(&rows),
        centred: true,
        has_parts: true,
        offset_minutes: 0,
        step_minutes: None,
        rows,
    })
}

/// Latitude and longitude, degrees, and the rows' clock less universal time,
/// hours. The first two lines are paired by name as far as both go; where the
/// rows' zone is left empty, it is the site's.
fn site(name: &str, text: &str) -> Result<([f64; 2], f64), EnergyError> {
    let mut site = Table::open_uneven(name, text, 1)?;
    let [latitude, longitude] = ["Latitude", "Longitude"].map(|label| column_of(&site, label, &[]));
    let zones = ["Time Zone", "Local Time Zone"].map(|label| site.find(label));
    let Some(row) = site.next_row()? else {
        return Err(site.fault("has no second line: must say the site's place and time zone"));
    };
    let location = [
        site.number(&row, latitude?, (-90.0, 90.0))?,
        site.number(&row, longitude?, (-180.0, 180.0))?,
    ];
    let filled = zones.iter().flatten().find(|&&column| !site.text(&row, column).is_empty());
    let Some(&column) = filled.or_else(|| zones.iter().flatten().next()) else {
        return Err(site.column("Time Zone").map_or_else(|fault| fault, |_| site.fault("")));
    };
    Ok((location, site.number(&row, column, (-12.0, 14.0))?))
}
