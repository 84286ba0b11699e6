//! TMY3: a line of the station, a header, and the hours of a typical year by
//! the time at which they end, in local standard time. Source: S. Wilcox and W.
//! Marion, Users Manual for TMY3 Data Sets, NREL/TP-581-43156, 2008.

use super::contents::{Contents, Entry, Moment, column_of, values};
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::{Table, numbers_of_line};

pub(super) fn read(name: &str, text: &str, gaps: Gaps) -> Result<Contents, EnergyError> {
    // Site, name, state, time zone, latitude, longitude, elevation.
    let station = numbers_of_line(name, text, 1, [3, 4, 5])?;
    let mut table = Table::open_from(name, text, 2)?;
    let date = column_of(&table, "Date (MM/DD/YYYY)", &[])?;
    let time = column_of(&table, "Time (HH:MM)", &[])?;
    let columns = [
        Some(column_of(&table, "GHI (W/m^2)", &["globalhorizontalirradiance"])?),
        Some(column_of(&table, "DNI (W/m^2)", &["directnormalirradiance"])?),
        Some(column_of(&table, "DHI (W/m^2)", &["diffusehorizontalirradiance"])?),
        Some(column_of(&table, "Dry-bulb (C)", &["drybulbtemperature", "temperature"])?),
    ];
    let mut rows: Vec<Entry> = Vec::new();
    while let Some(row) = table.next_row()? {
        let day = whole_numbers(table.text(&row, date), '/');
        let ends = whole_numbers(table.text(&row, time), ':');
        let [Some(month), Some(day), Some(year)] = day else {
            return Err(table.cell_fault(&row, date, "a date as MM/DD/YYYY"));
        };
        let [Some(hour), Some(minute), None] = ends else {
            return Err(table.cell_fault(&row, time, "a time as HH:MM, 01:00 to 24:00"));
        };
        // Midnight stands there as 24:00, or by other providers as 00:00 of the
        // next day, which need not be of the same year.
        let end = Moment::new(year, month, day, hour, minute)
            .ok_or_else(|| table.cell_fault(&row, time, "a time that there is, 01:00 to 24:00"))?;
        rows.push(Entry {
            line: row.line,
            stamp: format!("{} {}", table.text(&row, date), table.text(&row, time)),
            column: "Date (MM/DD/YYYY)",
            time: end,
            values: values(&table, &row, &columns, gaps)?,
        });
    }
    let step = match rows.as_slice() {
        [one, next, ..] => (next.time.minute() - one.time.minute()).clamp(1, 60),
        _ => 60,
    };
    Ok(Contents {
        location_deg: Some([station[1], station[2]]),
        utc_offset_hours: Some(station[0]),
        typical: true,
        centred: false,
        has_parts: true,
        offset_minutes: -step,
        step_minutes: None,
        rows,
    })
}

/// Up to three whole numbers between signs.
fn whole_numbers(text: &str, sign: char) -> [Option<i64>; 3] {
    let mut parts = text.split(sign).map(|part| part.trim().parse().ok());
    std::array::from_fn(|_| parts.next().flatten())
}
