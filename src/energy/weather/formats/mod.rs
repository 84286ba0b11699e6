//! Weather files as they are downloaded, each brought to the same plain rows:
//! the moment a row stands for, and what it says. One file a format; order,
//! gaps and zones are `assemble`'s.

mod contents;
mod epw;
mod foreign;
mod nsrdb;
mod plain;
mod pvgis;
mod pvgis_json;
mod tmy3;

use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::sun::Place;

pub(super) use contents::{Contents, Entry, Values};

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
        let line = |number: usize| text.lines().nth(number).unwrap_or_default().to_lowercase();
        let first = line(0);
        let has = |cell: &str| first.split([',', ';', '\t']).any(|one| one.trim() == cell);
        if first.starts_with("location,") {
            Self::Epw
        } else if text.starts_with('{') || first.starts_with("latitude (decimal degrees):") {
            Self::Pvgis
        } else if first.starts_with("source,location id,")
            || (has("latitude") && has("longitude") && (has("time zone") || has("local time zone")))
        {
            Self::Nsrdb
        } else if line(1).starts_with("date (mm/dd/yyyy)")
            || (line(1).starts_with("date") && line(1).contains("ghi"))
        {
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

/// Reads `text`, called `name` in messages.
pub(super) fn read(
    name: &str,
    text: &str,
    options: &WeatherOptions<'_>,
) -> Result<Contents, EnergyError> {
    let gaps = options.gaps;
    let format = options.format.unwrap_or_else(|| WeatherFormat::detect(text));
    if format == WeatherFormat::Plain
        && options.format.is_none()
        && let Some((format, advice)) = foreign::opens_as(text.trim_start_matches('\u{feff}'))
    {
        return Err(EnergyError::Table {
            file: name.to_owned(),
            fault: format!(
                "opens like a file of {format}, which is not read: must be TMY3, EPW, PVGIS, \
                 NSRDB or the plain table; {advice}"
            ),
        });
    }
    match format {
        WeatherFormat::Plain => plain::read(name, text, gaps),
        WeatherFormat::Tmy3 => tmy3::read(name, text, gaps),
        WeatherFormat::Epw => epw::read(name, text, gaps),
        WeatherFormat::Pvgis
            if text.trim_start_matches('\u{feff}').trim_start().starts_with('{') =>
        {
            pvgis_json::read(name, text, gaps)
        }
        WeatherFormat::Pvgis => pvgis::read(name, text, gaps),
        WeatherFormat::Nsrdb => nsrdb::read(name, text, gaps),
    }
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
            ("Latitude,Longitude,Time Zone,Elevation\n", WeatherFormat::Nsrdb),
            ("1,\"A\",B,-5,1,2,3\nDate (MM/DD/YYYY),Time (HH:MM)\n", WeatherFormat::Tmy3),
            ("1,\"A\",B,-5,1,2,3\nDate(MM/DD/YYYY),Time,GHI (W/m2)\n", WeatherFormat::Tmy3),
            ("# mine\nstart,ghi_w_m2,temp_air_c\n", WeatherFormat::Plain),
            ("", WeatherFormat::Plain),
        ] {
            assert_eq!(WeatherFormat::detect(text), format, "{text}");
        }
    }
}
