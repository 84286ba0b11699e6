//! PVGIS as CSV: lines that describe the request, the table, and a legend.
//! Times are universal. A row is a look at its minute (SARAH: ten past or so; a
//! typical year says by how much), so that it stands for the hour around it;
//! ERA5's half past is the middle of its mean. Source: PVGIS user manual and the
//! files' own legends.

use super::contents::{Contents, Entry, LIMITS, Moment, Values, value, values};
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::{Row, Table};

/// The columns of a typical year, in the order of [`Values`].
pub(super) const TYPICAL_COLUMNS: [&str; 4] = ["G(h)", "Gb(n)", "Gd(h)", "T2m"];

pub(super) fn read(name: &str, text: &str, gaps: Gaps) -> Result<Contents, EnergyError> {
    let fault = |fault: &str| EnergyError::Table { file: name.to_owned(), fault: fault.to_owned() };
    let is_header = |line: &str| line.starts_with("time,") || line.starts_with("time(UTC),");
    let described = text.lines().take_while(|line| !is_header(line)).count();
    let stated = |label: &str| {
        let line = text.lines().take(described).find(|line| line.starts_with(label));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    };
    let number = |label: &str| stated(label).and_then(|value| value.parse::<f64>().ok());
    let place = |label: &str| {
        number(label).ok_or_else(|| fault(&format!("has no line \"{label}: …\" with a number")))
    };
    let location = [place("Latitude (decimal degrees)")?, place("Longitude (decimal degrees)")?];
    // A legend follows after an empty line.
    let data: usize = text
        .split_inclusive('\n')
        .enumerate()
        .take_while(|(number, line)| *number <= described || !line.trim().is_empty())
        .map(|(_, line)| line.len())
        .sum();
    let mut table = Table::open_from(name, &text[..data], described as u64 + 1)?;
    let (typical, time) = match table.find("time(UTC)") {
        Some(time) => (true, time),
        None => (false, table.column("time")?),
    };
    let offset = if typical { number("Irradiance Time Offset (h)").unwrap_or(0.0) } else { 0.0 };
    let has_parts = typical || table.find("Gb(i)").is_some();
    if !typical {
        check_slope(name, stated("Slope"))?;
    }
    let columns = Columns::of(&table, typical)?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        let values = columns.values(&table, &row, gaps)?;
        let stamp = table.text(&row, time);
        let at = moment_of_stamp(stamp)
            .ok_or_else(|| table.cell_fault(&row, time, "a time as YYYYMMDD:HHMM"))?;
        rows.push(Entry {
            line: row.line,
            stamp: stamp.to_owned(),
            column: "time",
            time: at,
            values,
        });
    }
    Ok(Contents {
        location_deg: Some(location),
        utc_offset_hours: Some(0.0),
        typical,
        centred: true,
        has_parts,
        offset_minutes: minutes(offset),
        step_minutes: None,
        rows,
    })
}

/// Refuses a series for a tilted plane: its light cannot be told back.
pub(super) fn check_slope(name: &str, slope: Option<&str>) -> Result<(), EnergyError> {
    let degrees = slope.and_then(|slope| slope.split_whitespace().next()?.parse::<f64>().ok());
    match degrees {
        Some(0.0) => Ok(()),
        _ => Err(EnergyError::Table {
            file: name.to_owned(),
            fault: format!(
                "is for a plane of slope {}: must be for slope 0, since homes have roofs of \
                 their own; ask PVGIS again with slope 0",
                slope.unwrap_or("unknown")
            ),
        }),
    }
}

/// Hours as whole minutes.
pub(super) fn minutes(hours: f64) -> i64 {
    (hours * 60.0).round() as i64
}

/// The moment of a stamp such as `20160101:0010`.
pub(super) fn moment_of_stamp(stamp: &str) -> Option<Moment> {
    let (date, time) = stamp.split_once(':')?;
    if date.len() != 8 || time.len() != 4 {
        return None;
    }
    let part = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    Moment::new(
        part(date, 0, 4)?,
        part(date, 4, 6)?,
        part(date, 6, 8)?,
        part(time, 0, 2)?,
        part(time, 2, 4)?,
    )
}

/// Where the columns stand that a series has.
enum Columns {
    /// Of a typical year.
    Typical([Option<usize>; 4]),
    /// Of hours, global light alone, and temperature.
    Global([usize; 2]),
    /// Of hours: beam, diffuse light, the sun's height, temperature.
    Parts([usize; 4]),
}

impl Columns {
    fn of(table: &Table<'_>, typical: bool) -> Result<Self, EnergyError> {
        if typical {
            let mut columns = [None; 4];
            for (column, label) in columns.iter_mut().zip(TYPICAL_COLUMNS) {
                *column = Some(table.column(label)?);
            }
            return Ok(Self::Typical(columns));
        }
        let temperature = table.column("T2m")?;
        Ok(match table.find("Gb(i)") {
            None => Self::Global([table.column("G(i)")?, temperature]),
            Some(beam) => {
                Self::Parts([beam, table.column("Gd(i)")?, table.column("H_sun")?, temperature])
            }
        })
    }

    /// Irradiance and temperature of a row; those of hours, out of what a level
    /// plane gets.
    fn values(&self, table: &Table<'_>, row: &Row, gaps: Gaps) -> Result<Values, EnergyError> {
        match *self {
            Self::Typical(columns) => values(table, row, &columns, gaps),
            Self::Global([global, temperature]) => {
                let temperature = value(table, row, temperature, 3, gaps)?;
                Ok([value(table, row, global, 0, gaps)?, None, None, temperature])
            }
            Self::Parts([beam, diffuse, height, temperature]) => {
                let temperature = value(table, row, temperature, 3, gaps)?;
                let beam = value(table, row, beam, 0, gaps)?;
                let diffuse = value(table, row, diffuse, 2, gaps)?;
                let height_deg = table.number(row, height, (-90.0, 90.0))?;
                Ok(level_values(beam, diffuse, height_deg, temperature))
            }
        }
    }
}

/// Beam and diffuse light on a level plane as global, direct normal and diffuse.
pub(super) fn level_values(
    beam: Option<f64>,
    diffuse: Option<f64>,
    sun_height_deg: f64,
    temperature: Option<f64>,
) -> Values {
    /// Lower suns make a direct light out of rounding: what little beam there
    /// is counts as diffuse.
    const LEAST_HEIGHT_DEG: f64 = 3.0;
    let Some((beam, diffuse)) = beam.zip(diffuse) else {
        return [None, None, None, temperature];
    };
    if sun_height_deg < LEAST_HEIGHT_DEG {
        let global = Some(beam + diffuse);
        return [global, Some(0.0), global, temperature];
    }
    // A beam beyond what reaches the Earth is the sun's height being rounded.
    let direct = (beam / libm::sin(sun_height_deg.to_radians())).min(LIMITS[1].1);
    [Some(beam + diffuse), Some(direct), Some(diffuse), temperature]
}
