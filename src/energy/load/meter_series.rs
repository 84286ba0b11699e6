//! Rows of meters, one after another, to series at one step: gaps found and
//! filled. How rows are written is the readers'; what no home can use is
//! `meter_doubts`'.

use super::meter_clock::MeterClock;
use super::meter_column::{Column, Unit};
use super::meter_doubts::refuse_absurd;
use super::meter_options::MeterOptions;
use super::meters::{Meter, Meters};
use crate::energy::calendar::{MINUTES_A_DAY, written};
use crate::energy::error::EnergyError;
use crate::energy::gaps::{
    LINE_MINUTES, MOSTLY_MISSING, fill, mostly_missing, row_expected, rows_missing,
};

/// Series that are being read.
pub(super) struct Series<'o> {
    options: &'o MeterOptions<'o>,
    hint: &'static str,
    first_minute: i64,
    step: i64,
    /// The line of each step; 0 where a row is missing.
    lines: Vec<u64>,
    rows: usize,
    columns: Vec<Column>,
}

impl<'o> Series<'o> {
    pub(super) fn new(
        options: &'o MeterOptions<'o>,
        clock: &MeterClock,
        columns: impl IntoIterator<Item = (String, Unit)>,
    ) -> Self {
        let columns = columns
            .into_iter()
            .map(|(name, unit)| Column { name, unit, values: Vec::new() })
            .collect();
        let (hint, lines) = (clock.hint(), Vec::new());
        Self { options, hint, first_minute: 0, step: 0, lines, rows: 0, columns }
    }

    /// Takes the row of `line` that begins at `minute`, in standard time; `value`
    /// gives that of each column.
    ///
    /// # Errors
    /// First, what the row's time must be where it is not on the step or rows
    /// are missing that may not be; and as `value`.
    pub(super) fn push(
        &mut self,
        line: u64,
        minute: i64,
        misplaced: impl FnOnce(String) -> EnergyError,
        value: impl Fn(usize) -> Result<Option<f64>, EnergyError>,
    ) -> Result<(), EnergyError> {
        match self.rows {
            0 => self.first_minute = minute,
            1 => {
                self.step = minute - self.first_minute;
                if !(1..=60).contains(&self.step) {
                    return Err(misplaced("1 to 60 minutes after the row before".to_owned()));
                }
            }
            _ => {
                let due = self.first_minute + self.lines.len() as i64 * self.step;
                let (late, gaps) = (minute - due, self.options.gaps);
                let Some(missing) = rows_missing(late, self.step, gaps) else {
                    let expected = row_expected(&written(due), self.step, late, gaps);
                    return Err(misplaced(expected + self.hint));
                };
                let so_far = self.lines.len() - self.rows + missing;
                if missing > 0 && mostly_missing(so_far, self.rows, self.step) {
                    return Err(misplaced(MOSTLY_MISSING.to_owned()));
                }
                self.lines.extend(std::iter::repeat_n(0, missing));
                for column in &mut self.columns {
                    column.values.extend(std::iter::repeat_n(None, missing));
                }
            }
        }
        self.rows += 1;
        self.lines.push(line);
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.values.push(value(index)?);
        }
        Ok(())
    }

    /// The meters of the file called `file`, without gaps.
    ///
    /// # Errors
    /// Where there are fewer than two rows, gaps cannot be filled, or a value is
    /// beyond what a home can use.
    pub(super) fn finish(self, file: &str, guesses: Vec<String>) -> Result<Meters, EnergyError> {
        let fault = |fault: String| EnergyError::Table { file: file.to_owned(), fault };
        if self.rows < 2 {
            return Err(fault(format!("has {} rows: must have 2 or more", self.rows)));
        }
        let step_minutes = self.step.unsigned_abs() as u32;
        let mut meters = Vec::with_capacity(self.columns.len());
        let mut filled = 0;
        for mut column in self.columns {
            refuse_absurd(file, &column, &self.lines, step_minutes)?;
            filled += column.values.iter().filter(|value| value.is_none()).count();
            fill(&mut column.values, a_day(step_minutes), (LINE_MINUTES / step_minutes) as usize)
                .map_err(|place| {
                fault(format!(
                    "meter \"{}\" lacks values about {}, more than the days around can fill: \
                         at most a day may be missing at a stretch",
                    column.name,
                    written(self.first_minute + place as i64 * self.step)
                ))
            })?;
            let kw = column.unit.kw(step_minutes);
            let power_kw = column.values.into_iter().flatten().map(|value| value * kw).collect();
            meters.push(Meter { name: column.name, power_kw });
        }
        let (file, first_minute) = (file.to_owned(), self.first_minute);
        Ok(Meters { file, step_minutes, first_minute, meters, filled, guesses })
    }
}

/// The rows nearest to a day's.
const fn a_day(step_minutes: u32) -> usize {
    ((MINUTES_A_DAY + step_minutes / 2) / step_minutes) as usize
}
