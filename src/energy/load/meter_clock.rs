//! The clock that a file of meters goes by, brought to the place's standard
//! time. Time zones come from the database that is built into the program, so
//! that a file reads the same on every machine.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use super::meter_options::{MeterOptions, STANDARD};
use crate::energy::calendar::date_of;
use crate::energy::error::EnergyError;

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

    /// The moment, in minutes of standard time from 1970, at which the clock shows
    /// `minute`, in its own minutes from 1970. An hour that the clock shows twice
    /// comes twice: `last` is the row before.
    ///
    /// # Errors
    /// What would be right where the clock never showed that time.
    pub(super) fn standard(&self, minute: i64, last: i64) -> Result<i64, String> {
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
            AmbiguousOffset::Gap { .. } => Err(format!(
                "a time that the clock of {} shows; it was put forward over this one",
                self.name
            )),
        }
    }

    /// The same for minutes of universal time.
    pub(super) fn standard_of_universal(&self, minute: i64) -> i64 {
        minute + self.standard_minutes
    }

    /// What a user should know of the clock where a row is missing.
    pub(super) fn hint(&self) -> &'static str {
        match self.zone {
            None => ", and a clock that changes for summer needs a time_zone",
            Some(_) => " (this time is standard time)",
        }
    }
}

fn civil(minute: i64) -> DateTime {
    let (date, of_day) = date_of(minute);
    // Within a day's minutes: both fit.
    date.at((of_day / 60) as i8, (of_day % 60) as i8, 0, 0)
}
