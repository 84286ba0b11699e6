//! The clock that a file of meters goes by, brought to the place's standard
//! time. Time zones come from the database that is built into the program, so
//! that a file reads the same on every machine.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use crate::energy::calendar::{date_of, written};
use crate::energy::error::EnergyError;
use crate::energy::table::{Row, Table};

use super::meters::MeterOptions;

/// The name of the place's own standard time.
pub(super) const STANDARD: &str = "standard";

/// A file's clock.
pub(super) struct MeterClock {
    /// `None` where the file is in the place's standard time.
    zone: Option<TimeZone>,
    name: String,
    /// Standard time less universal time, minutes.
    standard_minutes: i64,
}

impl MeterClock {
    pub(super) fn new(options: &MeterOptions<'_>) -> Result<Self, EnergyError> {
        let zone = match options.time_zone {
            STANDARD => None,
            name => {
                Some(TimeZoneDatabase::bundled().get(name).map_err(|_| EnergyError::Parameter {
                    key: "load.time_zone",
                    value: name.to_owned(),
                    expected: "\"standard\", \"UTC\" or a name of the IANA time zone database, \
                               like \"Europe/Berlin\"",
                })?)
            }
        };
        Ok(Self {
            zone,
            name: options.time_zone.to_owned(),
            standard_minutes: (options.utc_offset_hours * 60.0).round() as i64,
        })
    }

    /// The moment at which a row begins, in minutes of standard time from 1970.
    /// An hour that the clock shows twice comes twice: `last` is the row before.
    pub(super) fn minute(
        &self,
        table: &Table<'_>,
        row: &Row,
        last: i64,
    ) -> Result<i64, EnergyError> {
        if let Some(universal) = table.universal_minute(row, 0) {
            return Ok(universal + self.standard_minutes);
        }
        let minute = table.minute(row, 0, None)?;
        let Some(zone) = &self.zone else { return Ok(minute) };
        let less = |offset: jiff::tz::Offset| {
            minute - i64::from(offset.seconds()) / 60 + self.standard_minutes
        };
        match zone.to_ambiguous_timestamp(civil(minute)).offset() {
            AmbiguousOffset::Unambiguous { offset } => Ok(less(offset)),
            AmbiguousOffset::Fold { before, after } => {
                let first = less(before);
                Ok(if first > last { first } else { less(after) })
            }
            AmbiguousOffset::Gap { .. } => {
                let expected = format!(
                    "a time that the clock of {} shows; it was put forward over this one",
                    self.name
                );
                Err(table.cell_fault(row, 0, expected))
            }
        }
    }

    /// What would have been right where a row is missing.
    pub(super) fn gap(&self, due: i64, step: i64) -> String {
        let hint = match self.zone {
            None => ", and a clock that changes for summer needs a time_zone",
            Some(_) => " (this time is standard time)",
        };
        format!(
            "{}, {step} minutes after the row before: gaps are filled only where gaps = \
             \"interpolate\"{hint}",
            written(due)
        )
    }
}

fn civil(minute: i64) -> DateTime {
    let (date, of_day) = date_of(minute);
    // Within a day's minutes: both fit.
    date.at((of_day / 60) as i8, (of_day % 60) as i8, 0, 0)
}
