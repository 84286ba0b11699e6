//! The user's own meters once they are read: measured load as it is, a series
//! a meter. How files are read is `meter_table`'s and `meter_export`'s.

use std::fmt;

use super::spread::energy_by_tick;
use crate::energy::calendar::{Clock, MINUTES_A_DAY, date_of, written};
use crate::energy::error::EnergyError;

/// Measured loads, read from a table. In the plain form the first column,
/// `start`, is the time (`YYYY-MM-DDTHH:MM`) at which the row's interval begins,
/// on the clock that [`MeterOptions`] name or with an offset from universal time
/// of its own (`+02:00`, `Z`), at a fixed step of 1 to 60 minutes; every other
/// column is a meter, whose name ends in its unit: `_kw` or `_w` for the
/// interval's mean power, `_kwh` or `_wh` for its energy. Exports of grid
/// operators are read by a [`ColumnMap`], or by what is clear in them.
///
/// [`MeterOptions`]: super::MeterOptions
/// [`ColumnMap`]: super::ColumnMap
#[derive(Clone, Debug, PartialEq)]
pub struct Meters {
    pub(super) file: String,
    pub(super) step_minutes: u32,
    /// Local minutes from 1970 to the first row.
    pub(super) first_minute: i64,
    pub(super) meters: Vec<Meter>,
    /// How many values were missing and are filled.
    pub(super) filled: usize,
    /// What was guessed about the file's form.
    pub(super) guesses: Vec<String>,
}

/// One meter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meter {
    pub(super) name: String,
    /// The mean power of each row, kW.
    pub(super) power_kw: Vec<f64>,
}

/// What a file of meters holds.
#[derive(Clone, Debug, PartialEq)]
pub struct MeterSummary {
    /// The file.
    pub file: String,
    /// How many meters.
    pub meters: usize,
    /// Minutes from row to row.
    pub step_minutes: u32,
    /// Days that the rows cover, whole or not.
    pub days: f64,
    /// When the first row begins, in local standard time.
    pub begins: String,
    /// How many values were missing and are filled.
    pub filled: usize,
    /// What a meter uses in a year on average, by its rows, kWh.
    pub mean_annual_kwh: f64,
    /// The day on which a meter used most: the day, the meter, and how much, kWh.
    pub largest_day: Option<(String, String, f64)>,
    /// What was guessed about the file's form.
    pub guesses: Vec<String>,
}

impl Meters {
    /// How many meters there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.meters.len()
    }

    /// What they hold.
    #[must_use]
    pub fn summary(&self) -> MeterSummary {
        let step = i64::from(self.step_minutes);
        let hours = f64::from(self.step_minutes) / 60.0;
        let rows = self.meters.first().map_or(0, |meter| meter.power_kw.len());
        let days = rows as f64 * hours / 24.0;
        let all: f64 = self.meters.iter().flat_map(|meter| &meter.power_kw).sum::<f64>() * hours;
        // Rows are filed under the day on which they begin.
        let dates: Vec<i64> = (0..rows)
            .map(|row| (self.first_minute + row as i64 * step).div_euclid(24 * 60))
            .collect();
        let mut largest: Option<(i64, &str, f64)> = None;
        for meter in &self.meters {
            let mut row = 0;
            for day in dates.chunk_by(|one, next| one == next) {
                let used = meter.power_kw[row..row + day.len()].iter().sum::<f64>() * hours;
                row += day.len();
                if largest.is_none_or(|(_, _, most)| used > most) {
                    largest = Some((day[0], &meter.name, used));
                }
            }
        }
        let largest_day = largest.map(|(day, meter, used)| {
            (date_of(day * i64::from(MINUTES_A_DAY)).0.to_string(), meter.to_owned(), used)
        });
        MeterSummary {
            file: self.file.clone(),
            meters: self.count(),
            step_minutes: self.step_minutes,
            days,
            begins: written(self.first_minute),
            filled: self.filled,
            mean_annual_kwh: all / days * 365.0 / self.count().max(1) as f64,
            largest_day,
            guesses: self.guesses.clone(),
        }
    }

    /// The meters at the ticks of `clock`.
    pub(super) fn at(&self, clock: &Clock) -> Result<MeterLoads, EnergyError> {
        let from = clock.start_minute();
        let minutes = clock.days as usize * MINUTES_A_DAY as usize;
        let rows = self.meters.first().map_or(0, |meter| meter.power_kw.len());
        let end = self.first_minute + rows as i64 * i64::from(self.step_minutes);
        let to = from + minutes as i64;
        let offset = usize::try_from(from - self.first_minute)
            .ok()
            .filter(|_| to <= end)
            .ok_or_else(|| EnergyError::Table {
                file: self.file.clone(),
                fault: format!(
                    "covers {} to {}: the run needs {} to {}",
                    written(self.first_minute),
                    written(end),
                    written(from),
                    written(to)
                ),
            })?;
        let series = self
            .meters
            .iter()
            .map(|meter| {
                let tick = clock.tick_minutes;
                energy_by_tick(&meter.power_kw, self.step_minutes, offset, minutes, tick)
                    .map(|kwh| kwh as f32)
                    .collect()
            })
            .collect();
        Ok(MeterLoads { ticks_a_day: clock.ticks_a_day(), days: f64::from(clock.days), series })
    }
}

impl fmt::Display for MeterSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        write!(
            f,
            "{}: {} meter{}, rows of {} minutes, {:.1} days from {}; {} value{} missing and \
             filled; mean use of a meter {:.0} kWh a year",
            self.file,
            self.meters,
            plural(self.meters),
            self.step_minutes,
            self.days,
            self.begins,
            self.filled,
            plural(self.filled),
            self.mean_annual_kwh
        )?;
        if let Some((day, meter, used)) = &self.largest_day {
            write!(f, "; most on a day {used:.1} kWh, {meter} on {day}")?;
        }
        for guess in &self.guesses {
            write!(f, "\n  read as: {guess}")?;
        }
        Ok(())
    }
}

/// Meters at the ticks of a run.
#[derive(Clone, Debug)]
pub(super) struct MeterLoads {
    ticks_a_day: usize,
    days: f64,
    /// For each meter, the energy of each tick of the run, kWh.
    series: Vec<Vec<f32>>,
}

impl MeterLoads {
    /// The series of the meter that the home numbered `home_id` has.
    fn of_home(&self, home_id: u64) -> &[f32] {
        // The remainder is below a length in memory.
        let meter = (home_id % self.series.len() as u64) as usize;
        &self.series[meter]
    }

    pub(super) fn fill_day(&self, home_id: u64, day: u32, used_kwh: &mut [f64]) {
        let series = self.of_home(home_id);
        let measured = series.chunks(self.ticks_a_day).nth(day as usize);
        for (used, measured) in used_kwh.iter_mut().zip(measured.unwrap_or(&[])) {
            *used = f64::from(*measured);
        }
    }

    pub(super) fn mean_day_kwh(&self, home_id: u64) -> f64 {
        let sum: f64 = self.of_home(home_id).iter().copied().map(f64::from).sum();
        sum / self.days
    }
}
