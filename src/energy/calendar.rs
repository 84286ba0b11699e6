//! The clock of a run and the calendar that load and sun go by: ticks, days,
//! kinds of day, seasons. All times are local standard time: the clock never
//! jumps. Whether an hour is cheap or dear is not known here.

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};

use super::error::EnergyError;

/// Minutes in a day.
pub const MINUTES_A_DAY: u32 = 24 * 60;

/// When a run begins, how long it lasts and how finely it steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The first day, from its midnight.
    pub start: Date,
    /// Whole days.
    pub days: u32,
    /// Minutes a tick: 5 to 60, and a whole number of ticks a day.
    pub tick_minutes: u32,
}

impl Clock {
    /// Refuses a clock that no run can follow.
    ///
    /// # Errors
    /// Where the tick is not 5 to 60 minutes or does not divide the day, where
    /// there are no days or more than a century of them, or where the start
    /// lies outside the years 1950 to 2100.
    pub fn check(&self) -> Result<(), EnergyError> {
        let refuse = |key, value: String, expected| EnergyError::Parameter { key, value, expected };
        if !(5..=60).contains(&self.tick_minutes)
            || !MINUTES_A_DAY.is_multiple_of(self.tick_minutes)
        {
            return Err(refuse(
                "tick_minutes",
                self.tick_minutes.to_string(),
                "5 to 60 and a divisor of the 1440 minutes of a day",
            ));
        }
        if !(1..=36_525).contains(&self.days) {
            return Err(refuse("days", self.days.to_string(), "1 to 36525 days"));
        }
        if !(1950..=2100).contains(&self.start.year()) {
            let expected = "a date in the years 1950 to 2100";
            return Err(refuse("start", self.start.to_string(), expected));
        }
        Ok(())
    }

    /// Ticks in a day.
    #[must_use]
    pub const fn ticks_a_day(&self) -> usize {
        (MINUTES_A_DAY / self.tick_minutes) as usize
    }

    /// Ticks in the run.
    #[must_use]
    pub const fn ticks(&self) -> usize {
        self.ticks_a_day() * self.days as usize
    }

    /// The length of a tick in hours.
    #[must_use]
    pub fn tick_hours(&self) -> f64 {
        f64::from(self.tick_minutes) / 60.0
    }

    /// The date of `day`, counted from zero at the start.
    #[must_use]
    pub fn date(&self, day: u32) -> Date {
        self.start.saturating_add(SignedDuration::from_hours(24 * i64::from(day)))
    }

    /// The dates of the run in order.
    pub fn dates(&self) -> impl Iterator<Item = Date> + '_ {
        (0..self.days).map(|day| self.date(day))
    }

    /// Unix time of the start of the run, in seconds, at a place whose standard
    /// time is so many hours ahead of UTC; 0 of a start before 1970.
    #[must_use]
    pub fn start_unix_time(&self, utc_offset_hours: f64) -> u64 {
        let ahead = (utc_offset_hours * 3_600.0).round() as i64;
        u64::try_from(60 * self.start_minute() - ahead).unwrap_or(0)
    }

    /// Local minutes from 1970 to the start of the run.
    pub(super) fn start_minute(&self) -> i64 {
        minute_of(self.start)
    }
}

/// Local minutes from the midnight that opened 1970 to the one that opens
/// `date`.
pub(super) fn minute_of(date: Date) -> i64 {
    date.duration_since(EPOCH).as_mins()
}

/// The date on which `minute`, counted from 1970, lies, and the minute of that
/// day.
pub(super) fn date_of(minute: i64) -> (Date, u32) {
    let a_day = i64::from(MINUTES_A_DAY);
    let days = minute.div_euclid(a_day);
    let date = EPOCH.saturating_add(SignedDuration::from_hours(24 * days));
    // A remainder of a day's minutes: it fits.
    (date, minute.rem_euclid(a_day) as u32)
}

/// A moment in local minutes from 1970, as it stands in a file.
pub(super) fn written(minute: i64) -> String {
    let (date, of_day) = date_of(minute);
    format!("{date}T{:02}:{:02}", of_day / 60, of_day % 60)
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// The kinds of day that a household's habits tell apart. Public holidays
/// count as what their weekday says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind {
    /// Monday to Friday.
    Working,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl DayKind {
    /// The kind of `date`.
    #[must_use]
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
            _ => Self::Working,
        }
    }
}

/// The seasons of the standard load profiles, as on the northern half of the
/// Earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    /// 1 November to 20 March.
    Winter,
    /// 21 March to 14 May and 15 September to 31 October.
    Transition,
    /// 15 May to 14 September.
    Summer,
}

impl Season {
    /// The season of `date`. Source: BDEW, standard load profiles, 1999.
    #[must_use]
    pub fn of(date: Date) -> Self {
        match (date.month(), date.day()) {
            (11.., _) | (..=2, _) | (3, ..=20) => Self::Winter,
            (5, 15..) | (6..=8, _) | (9, ..=14) => Self::Summer,
            _ => Self::Transition,
        }
    }
}

/// One of the nine groups that a season and a kind of day make: 0 to 8.
pub(super) fn group_of(season: Season, kind: DayKind) -> usize {
    season as usize * 3 + kind as usize
}

/// How many groups of days there are.
pub(super) const GROUPS: usize = 9;

/// The dates of the calendar year `year`.
pub(super) fn dates_of_year(year: i16) -> impl Iterator<Item = Date> {
    let first = jiff::civil::date(year, 1, 1);
    first.series(jiff::Span::new().days(1)).take_while(move |date| date.year() == year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn seasons_turn_on_the_days_that_the_profile_names() {
        let turns = [
            (date(2025, 3, 20), Season::Winter),
            (date(2025, 3, 21), Season::Transition),
            (date(2025, 5, 14), Season::Transition),
            (date(2025, 5, 15), Season::Summer),
            (date(2025, 9, 14), Season::Summer),
            (date(2025, 9, 15), Season::Transition),
            (date(2025, 10, 31), Season::Transition),
            (date(2025, 11, 1), Season::Winter),
            (date(2025, 12, 31), Season::Winter),
            (date(2025, 1, 1), Season::Winter),
        ];
        for (day, season) in turns {
            assert_eq!(Season::of(day), season, "{day}");
        }
    }

    #[test]
    fn kinds_of_day_follow_the_week() {
        assert_eq!(DayKind::of(date(2025, 6, 13)), DayKind::Working);
        assert_eq!(DayKind::of(date(2025, 6, 14)), DayKind::Saturday);
        assert_eq!(DayKind::of(date(2025, 6, 15)), DayKind::Sunday);
        assert_eq!(DayKind::of(date(2025, 6, 16)), DayKind::Working);
    }

    #[test]
    fn a_clock_that_no_run_can_follow_is_refused() {
        let good = Clock { start: date(2025, 6, 1), days: 7, tick_minutes: 30 };
        assert!(good.check().is_ok());
        assert_eq!((good.ticks_a_day(), good.ticks()), (48, 336));
        for tick_minutes in [0, 1, 7, 50, 90] {
            let message = Clock { tick_minutes, ..good }
                .check()
                .expect_err("a tick that does not fit")
                .to_string();
            assert!(
                message.starts_with(&format!("tick_minutes = {tick_minutes}: must be 5 to 60")),
                "{message}"
            );
        }
        assert!(Clock { days: 0, ..good }.check().is_err());
        let long_ago = Clock { start: date(1492, 1, 1), ..good };
        assert!(long_ago.check().is_err());
    }

    #[test]
    fn minutes_and_dates_are_inverse_before_and_after_1970() {
        for day in [date(1969, 12, 31), date(1970, 1, 1), date(2024, 2, 29)] {
            assert_eq!(date_of(minute_of(day) + 61), (day, 61));
        }
    }

    #[test]
    fn a_year_has_its_days() {
        assert_eq!(dates_of_year(2024).count(), 366);
        assert_eq!(dates_of_year(2025).count(), 365);
    }
}
