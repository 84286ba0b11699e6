//! The plain CSV table: what `WeatherFile` documents.

use super::contents::{Contents, Entry, Moment, values};
use crate::energy::calendar::date_of;
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::Table;
use crate::energy::weather::file::TYPICAL;

pub(super) fn read(name: &str, text: &str, gaps: Gaps) -> Result<Contents, EnergyError> {
    let [start, global, direct, diffuse, temperature] =
        ["start", "ghi_w_m2", "dni_w_m2", "dhi_w_m2", "temp_air_c"];
    let mut table = Table::open(name, text)?;
    table.refuse_unclear_names()?;
    table.refuse_columns_but(&[start, global, direct, diffuse, temperature])?;
    let time = table.column(start)?;
    let mut columns = [Some(table.column(global)?), None, None, Some(table.column(temperature)?)];
    let has_parts = table.find(direct).is_some() || table.find(diffuse).is_some();
    if has_parts {
        columns[1] = Some(table.column(direct)?);
        columns[2] = Some(table.column(diffuse)?);
    }
    let mut rows: Vec<Entry> = Vec::new();
    let mut typical = false;
    while let Some(row) = table.next_row()? {
        if rows.is_empty() {
            typical = table.text(&row, time).find('-') == Some(2);
        }
        let (date, of_day) = date_of(table.minute(&row, time, typical.then_some(TYPICAL))?);
        rows.push(Entry {
            line: row.line,
            stamp: table.text(&row, time).to_owned(),
            column: start,
            time: Moment { date, of_day: i64::from(of_day) },
            values: values(&table, &row, &columns, gaps)?,
        });
    }
    Ok(Contents {
        location_deg: None,
        utc_offset_hours: None,
        typical,
        centred: false,
        has_parts,
        offset_minutes: 0,
        step_minutes: None,
        rows,
    })
}
