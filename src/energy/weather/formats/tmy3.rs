//! TMY3: a line of the station, a header, and the hours of a typical year by
//! the time at which they end, in local standard time. Source: S. Wilcox and W.
//! Marion, Users Manual for TMY3 Data Sets, NREL/TP-581-43156, 2008.

use super::{Contents, Entry, moment, values};
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::{Table, numbers_of_line};

pub(super) fn read(name: &str, text: &str, gaps: Gaps) -> Result<Contents, EnergyError> {
    // Site, name, state, time zone, latitude, longitude, elevation.
    let station = numbers_of_line(name, text, 1, [3, 4, 5])?;
    let mut table = Table::open_from(name, text, 2)?;
    let date = table.column("Date (MM/DD/YYYY)")?;
    let time = table.column("Time (HH:MM)")?;
    let columns = [
        Some(table.column("GHI (W/m^2)")?),
        Some(table.column("DNI (W/m^2)")?),
        Some(table.column("DHI (W/m^2)")?),
        Some(table.column("Dry-bulb (C)")?),
    ];
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        let day = whole_numbers(table.text(&row, date), '/');
        let ends = whole_numbers(table.text(&row, time), ':');
        let [Some(month), Some(day), Some(year)] = day else {
            return Err(table.cell_fault(&row, date, "a date as MM/DD/YYYY"));
        };
        let [Some(hour), Some(minute), None] = ends else {
            return Err(table.cell_fault(&row, time, "a time as HH:MM, 01:00 to 24:00"));
        };
        let end = moment(year, month, day, hour, minute)
            .ok_or_else(|| table.cell_fault(&row, time, "a time that there is, 01:00 to 24:00"))?;
        rows.push(Entry {
            line: row.line,
            stamp: format!("{} {}", table.text(&row, date), table.text(&row, time)),
            column: "Date (MM/DD/YYYY)",
            minute: end - 60,
            values: values(&table, &row, &columns, gaps)?,
        });
    }
    Ok(Contents {
        location_deg: Some([station[1], station[2]]),
        utc_offset_hours: Some(station[0]),
        typical: true,
        centred: false,
        has_parts: true,
        rows,
    })
}

/// Up to three whole numbers between signs.
fn whole_numbers(text: &str, sign: char) -> [Option<i64>; 3] {
    let mut parts = text.split(sign).map(|part| part.trim().parse().ok());
    std::array::from_fn(|_| parts.next().flatten())
}
