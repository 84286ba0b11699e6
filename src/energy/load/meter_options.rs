//! How files of meters are to be read.

use super::meter_stamp::DateOrder;
use crate::energy::gaps::Gaps;

/// The name of the place's own standard time.
pub(super) const STANDARD: &str = "standard";

/// How meters are to be read.
#[derive(Clone, Copy, Debug)]
pub struct MeterOptions<'a> {
    /// What is done where a row or a value is missing.
    pub gaps: Gaps,
    /// The clock of the file: `standard` for the place's own standard time,
    /// `UTC`, or a name of the IANA time zone database such as `Europe/Berlin`,
    /// whose summer time is followed.
    pub time_zone: &'a str,
    /// The place's standard time less universal time.
    pub utc_offset_hours: f64,
    /// What the columns of an export are; where it says nothing, what is clear is
    /// guessed.
    pub columns: ColumnMap<'a>,
}

impl Default for MeterOptions<'_> {
    fn default() -> Self {
        let columns = ColumnMap::default();
        Self { gaps: Gaps::Refuse, time_zone: STANDARD, utc_offset_hours: 0.0, columns }
    }
}

/// What the columns of an export are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap<'a> {
    /// The line of the header, from 1.
    pub header_line: Option<u32>,
    /// The column of the time, or of the time of day.
    pub time: Option<&'a str>,
    /// The column of the date where the time of day has one of its own.
    pub date: Option<&'a str>,
    /// The column that says the clock's offset from universal time.
    pub offset: Option<&'a str>,
    /// The column of the use.
    pub value: Option<&'a str>,
    /// Its unit: `kwh`, `wh`, `kw` or `w`.
    pub unit: Option<&'a str>,
    /// Which end of its interval a row's time is.
    pub stamp: Option<Stamp>,
    /// In which order the numbers of a date come.
    pub date_order: Option<DateOrder>,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: Option<bool>,
}

impl ColumnMap<'_> {
    /// Whether it says nothing.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which end of its interval a row's time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// Its beginning.
    Start,
    /// Its end.
    End,
}
