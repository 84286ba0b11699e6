//! Days along the bottom of a chart: where lines are drawn, and which words
//! stand below, for runs from a day to years.

use jiff::Span;
use jiff::civil::Date;

use crate::scenario::Time;

/// The days of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimeAxis {
    start: Date,
    days: u32,
}

/// A word below the axis, and where: in days from the start.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) at: f64,
    pub(super) text: String,
}

/// What an axis is marked with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TimeMarks {
    /// Where lines stand, in days from the start.
    pub(super) lines: Vec<f64>,
    /// The words.
    pub(super) labels: Vec<Label>,
    /// What the axis shows.
    pub(super) title: String,
}

impl TimeAxis {
    pub(super) fn of(time: &Time) -> Self {
        Self { start: time.start, days: time.days }
    }

    /// The length of the run.
    pub(super) fn days(self) -> f64 {
        f64::from(self.days)
    }

    fn date(self, day: u32) -> Date {
        self.start.checked_add(Span::new().days(day)).unwrap_or(self.start)
    }

    /// The marks: hours of a single day, names of some days, dates of more,
    /// months of a long run.
    pub(super) fn marks(self) -> TimeMarks {
        match self.days {
            0..=1 => self.hours(),
            2..=9 => self.named_days(),
            10..=150 => self.dates(),
            _ => self.months(),
        }
    }

    fn hours(self) -> TimeMarks {
        let at = |hour: u32| f64::from(hour) / 24.0;
        let hours: Vec<u32> = (0..=24).step_by(3).collect();
        TimeMarks {
            lines: hours.iter().map(|hour| at(*hour)).collect(),
            labels: hours
                .iter()
                .map(|hour| Label { at: at(*hour), text: format!("{hour:02}:00") })
                .collect(),
            title: format!("Hour of {}, standard time", self.start.strftime("%A, %-d %B %Y")),
        }
    }

    fn named_days(self) -> TimeMarks {
        let label = |day: u32| Label {
            at: f64::from(day) + 0.5,
            text: self.date(day).strftime("%a %-d %b").to_string(),
        };
        TimeMarks {
            lines: (0..=self.days).map(f64::from).collect(),
            labels: (0..self.days).map(label).collect(),
            title: "Day, from midnight to midnight of standard time".to_owned(),
        }
    }

    fn dates(self) -> TimeMarks {
        let apart = [1, 2, 5, 7, 14].into_iter().find(|apart| self.days / apart <= 14);
        let days: Vec<u32> = (0..=self.days).filter(|day| day % apart.unwrap_or(14) == 0).collect();
        let label = |day: &u32| Label {
            at: f64::from(*day),
            text: self.date(*day).strftime("%-d %b").to_string(),
        };
        TimeMarks {
            lines: days.iter().map(|day| f64::from(*day)).collect(),
            labels: days.iter().map(label).collect(),
            title: "Day, at its midnight".to_owned(),
        }
    }

    fn months(self) -> TimeMarks {
        let firsts: Vec<u32> = (0..=self.days).filter(|day| self.date(*day).day() == 1).collect();
        let apart = [1, 2, 3, 6].into_iter().find(|apart| firsts.len() / apart <= 12);
        let apart = apart.unwrap_or(12);
        let chosen: Vec<u32> = firsts
            .into_iter()
            .filter(|day| (i32::from(self.date(*day).month()) - 1) % apart as i32 == 0)
            .collect();
        let label = |day: &u32| Label {
            at: f64::from(*day),
            text: self.date(*day).strftime("%b %Y").to_string(),
        };
        TimeMarks {
            lines: chosen.iter().map(|day| f64::from(*day)).collect(),
            labels: chosen.iter().map(label).collect(),
            title: "First day of the month".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(days: u32) -> TimeMarks {
        TimeAxis { start: Date::constant(2026, 6, 15), days }.marks()
    }

    fn texts(days: u32) -> Vec<String> {
        marks(days).labels.into_iter().map(|label| label.text).collect()
    }

    #[test]
    fn words_fit_the_length_of_the_run() {
        assert_eq!(texts(1)[..3], ["00:00", "03:00", "06:00"]);
        assert_eq!(marks(1).title, "Hour of Monday, 15 June 2026, standard time");
        assert_eq!(texts(3), ["Mon 15 Jun", "Tue 16 Jun", "Wed 17 Jun"]);
        assert_eq!(texts(30)[..3], ["15 Jun", "20 Jun", "25 Jun"]);
        assert_eq!(texts(365)[..2], ["Jul 2026", "Aug 2026"]);
        assert_eq!(texts(3_660)[..2], ["Jan 2027", "Jan 2028"]);
        for days in [1, 2, 9, 10, 41, 150, 151, 365, 1_000, 3_660] {
            let count = marks(days).labels.len();
            assert!((2..=16).contains(&count), "{days} days have {count} labels");
        }
    }
}
