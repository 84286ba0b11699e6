//! What was read of a weather file, in a line for the user.

use std::fmt;

use super::file::{TYPICAL, WeatherFile};
use crate::energy::calendar::{MINUTES_A_DAY, written};

/// What a weather file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct WeatherSummary {
    /// The file.
    pub file: String,
    /// Rows, those that were filled among them.
    pub rows: usize,
    /// Minutes from row to row.
    pub step_minutes: u32,
    /// The first and the last year that its rows name, where they name any.
    pub years: Option<(i16, i16)>,
    /// Whether it is a typical year; else it begins here, in local standard time.
    pub begins: Option<String>,
    /// Rows that were missing and are filled.
    pub filled_rows: usize,
    /// Values that were missing and are filled, those of missing rows among them.
    pub filled_values: usize,
    /// Global irradiance on level ground over all rows, kWh/m².
    pub global_kwh_m2: f64,
}

impl WeatherFile {
    /// What it holds.
    #[must_use]
    pub fn summary(&self) -> WeatherSummary {
        let origin = self.origin();
        let hours = f64::from(self.step_minutes()) / 60.0;
        let (mut rows, mut global_kwh_m2) = (0, 0.0);
        for (_, row) in self.rows() {
            rows += 1;
            global_kwh_m2 += row.global_w_m2 * hours / 1000.0;
        }
        let nameless = self.is_typical() && origin.years == (TYPICAL, TYPICAL);
        WeatherSummary {
            file: self.name().to_owned(),
            rows,
            step_minutes: self.step_minutes(),
            years: (!nameless).then_some(origin.years),
            begins: self.rows().next().filter(|_| !self.is_typical()).map(|(at, _)| written(at)),
            filled_rows: origin.filled_rows,
            filled_values: origin.filled_values,
            global_kwh_m2,
        }
    }
}

impl fmt::Display for WeatherSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.rows as f64 * f64::from(self.step_minutes) / f64::from(MINUTES_A_DAY);
        write!(f, "{}: ", self.file)?;
        match &self.begins {
            None => write!(f, "a typical year, ")?,
            Some(begins) => write!(f, "{days:.1} days from {begins}, ")?,
        }
        write!(f, "{} rows of {} minutes", self.rows, self.step_minutes)?;
        match self.years {
            Some((first, last)) if first != last => write!(f, ", years {first} to {last}")?,
            Some((year, _)) => write!(f, ", year {year}")?,
            None => {}
        }
        let (rows, values) = (self.filled_rows, self.filled_values);
        write!(f, "; {rows} rows and {values} values were missing and are filled; ")?;
        if self.begins.is_none() || (364.0..=367.0).contains(&days) {
            write!(f, "annual GHI {:.0} kWh/m²", self.global_kwh_m2)
        } else {
            write!(
                f,
                "GHI {:.1} kWh/m², {:.2} a day",
                self.global_kwh_m2,
                self.global_kwh_m2 / days.max(f64::MIN_POSITIVE)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_year_is_told_in_a_line() {
        let year = WeatherFile::shipped().expect("the shipped file");
        assert_eq!(
            year.summary().to_string(),
            "weather-greensboro-tmy3.csv: a typical year, 8760 rows of 60 minutes; 0 rows and 0 \
             values were missing and are filled; annual GHI 1566 kWh/m²"
        );
    }
}
