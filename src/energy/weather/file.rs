//! Weather of a file once it is read: a typical year, or measured months, in
//! local standard time. How files are read is `read`'s; ticks between the rows
//! are `interpolation`'s.

use crate::energy::calendar::{MINUTES_A_DAY, date_of, minute_of, written};
use crate::energy::error::EnergyError;

/// The year that a typical year is filed under: one without 29 February.
pub(super) const TYPICAL: i16 = 2001;

/// Minutes of that year.
pub(super) const TYPICAL_MINUTES: i64 = 365 * MINUTES_A_DAY as i64;

/// Weather of hourly or finer rows without gaps, read from a file in one of the
/// forms of [`WeatherFormat`]. The plain form is a CSV table with the columns
///
/// - `start`: local standard time at which the row's interval begins, as
///   `MM-DDTHH:MM` (a typical year, complete, used for every year; its 28
///   February serves for the 29th) or `YYYY-MM-DDTHH:MM` (measured);
/// - `ghi_w_m2`: global horizontal irradiance, mean of the interval;
/// - `dni_w_m2` and `dhi_w_m2`, both or neither: its direct normal and diffuse
///   horizontal parts. Without them, they are split off as Erbs found;
/// - `temp_air_c`: air temperature.
///
/// [`WeatherFormat`]: super::WeatherFormat
#[derive(Clone, Debug)]
pub struct WeatherFile {
    name: String,
    step_minutes: u32,
    /// Local minutes from 1970 to the first row; of [`TYPICAL`] in a typical
    /// year, within the first step of it.
    first_minute: i64,
    typical: bool,
    rows: Vec<WeatherRow>,
    origin: Origin,
}

/// What is remembered of a file beside its rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// The first and the last year that its rows name; that of [`TYPICAL`] where
    /// they name none.
    pub(super) years: (i16, i16),
    /// Rows that were missing and are filled.
    pub(super) filled_rows: usize,
    /// Values that were missing and are filled, those of missing rows among them.
    pub(super) filled_values: usize,
}

/// One interval of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WeatherRow {
    pub(super) global_w_m2: f64,
    /// Direct normal and diffuse horizontal irradiance, where the file has
    /// them.
    pub(super) parts_w_m2: Option<[f64; 2]>,
    pub(super) temperature_c: f64,
}

impl WeatherFile {
    /// The file whose rows follow on each other in time.
    pub(super) fn new(
        name: String,
        step_minutes: u32,
        first_minute: i64,
        typical: bool,
        rows: Vec<WeatherRow>,
        origin: Origin,
    ) -> Self {
        Self { name, step_minutes, first_minute, typical, rows, origin }
    }

    /// What is remembered of it beside its rows.
    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    /// Whether it is a year of typical months.
    pub(super) fn is_typical(&self) -> bool {
        self.typical
    }

    /// Its rows, each with the local minute from 1970 at which it begins.
    pub(super) fn rows(&self) -> impl Iterator<Item = (i64, &WeatherRow)> {
        let step = i64::from(self.step_minutes);
        self.rows.iter().enumerate().map(move |(n, row)| (self.first_minute + n as i64 * step, row))
    }

    /// Minutes from the last beginning of a row to `minute`.
    pub(super) fn past_row_start(&self, minute: i64) -> u32 {
        // A remainder of at most an hour: it fits.
        (minute - self.first_minute).rem_euclid(i64::from(self.step_minutes)) as u32
    }

    /// Whether its rows know direct and diffuse irradiance.
    pub(super) fn has_parts(&self) -> bool {
        self.rows.iter().all(|row| row.parts_w_m2.is_some())
    }

    /// What it is called in messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Minutes from row to row.
    pub(super) fn step_minutes(&self) -> u32 {
        self.step_minutes
    }

    /// Refuses a run from `from` to `to`, in local minutes from 1970, that the
    /// file does not cover.
    pub(super) fn check_covers(&self, from: i64, to: i64) -> Result<(), EnergyError> {
        let end = self.first_minute + self.rows.len() as i64 * i64::from(self.step_minutes);
        if self.typical || (self.first_minute <= from && to <= end) {
            return Ok(());
        }
        Err(EnergyError::Table {
            file: self.name.clone(),
            fault: format!(
                "covers {} to {}: the run needs {} to {}",
                written(self.first_minute),
                written(end),
                written(from),
                written(to)
            ),
        })
    }

    /// The whole days of measured weather, as first minute and count of days;
    /// `None` for a typical year, which has them all.
    pub(in crate::energy) fn whole_days(&self) -> Option<(i64, u32)> {
        if self.typical {
            return None;
        }
        let a_day = i64::from(MINUTES_A_DAY);
        let end = self.first_minute + self.rows.len() as i64 * i64::from(self.step_minutes);
        let first = self.first_minute + (-self.first_minute).rem_euclid(a_day);
        let days = ((end - first) / a_day).max(0);
        Some((first, u32::try_from(days).unwrap_or(u32::MAX)))
    }

    /// The row whose interval holds `minute`, counted from 1970, if there is
    /// one.
    pub(super) fn row(&self, minute: i64) -> Option<&WeatherRow> {
        let minute = if self.typical {
            let (date, of_day) = date_of(minute);
            // 29 February takes the weather of the 28th, the 59th day.
            let day = date.day_of_year_no_leap().unwrap_or(59);
            let opens = minute_of(jiff::civil::date(TYPICAL, 1, 1));
            let of_year = i64::from(day - 1) * i64::from(MINUTES_A_DAY) + i64::from(of_day);
            (of_year - (self.first_minute - opens)).rem_euclid(TYPICAL_MINUTES)
        } else {
            minute - self.first_minute
        };
        let index = minute.div_euclid(i64::from(self.step_minutes));
        usize::try_from(index).ok().and_then(|index| self.rows.get(index))
    }
}
