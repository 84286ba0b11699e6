//! Where time is marked along the bottom of a chart, and with which words, for
//! runs from an hour to years.

use jiff::Span;
use jiff::civil::Date;

/// The first day, where it is known.
pub(super) type Start = Option<Date>;

/// The least room for an hour or a date, and for a month, in pixels.
const ROOM: f64 = 48.0;
const MONTH_ROOM: f64 = 66.0;

/// The marks from one hour since the start to another, at so many pixels an
/// hour: hours of a day or two, dates, months of a long run; days by their
/// number where the first is not known.
pub(super) fn time_marks((low, high): (f64, f64), hour: f64, start: Start) -> Vec<(f64, String)> {
    // No run is longer than a century; a file may say so.
    if !(high - low <= 1e6 && low.abs() <= 1e6) {
        return Vec::new();
    }
    let hour = hour.max(1e-9);
    let fits = |hours: &i64| *hours as f64 * hour >= ROOM;
    let date = |day: i64| start.and_then(|start| start.checked_add(Span::new().days(day)).ok());
    let day_text = |day: i64| match date(day) {
        Some(date) => date.strftime("%-d %b").to_string(),
        None => format!("day {}", day + 1),
    };
    let every = |hours: i64| {
        let first = (low / hours as f64).ceil() as i64;
        let last = (high / hours as f64).ceil() as i64;
        (first..last).map(move |place| place * hours)
    };
    if high - low <= 48.0
        && let Some(step) = [1, 2, 3, 6, 12].into_iter().find(fits)
    {
        let text = |hour: i64| match hour.rem_euclid(24) {
            0 => day_text(hour.div_euclid(24)),
            rest => format!("{rest:02}:00"),
        };
        return every(step).map(|hour| (hour as f64, text(hour))).collect();
    }
    let days = [1, 2, 5, 7, 14].into_iter().find(|days| fits(&(days * 24)));
    if let Some(days) = days {
        return every(days * 24).map(|hour| (hour as f64, day_text(hour / 24))).collect();
    }
    if start.is_none() {
        let days = (ROOM / (24.0 * hour)).ceil() as i64;
        return every(days * 24).map(|hour| (hour as f64, day_text(hour / 24))).collect();
    }
    let months =
        [1, 2, 3, 6, 12].into_iter().find(|months| f64::from(*months) * 730.0 * hour >= MONTH_ROOM);
    let months = months.unwrap_or(12) as i8;
    let first_of_month = |hour: i64| {
        let date =
            date(hour / 24).filter(|date| date.day() == 1 && (date.month() - 1) % months == 0)?;
        Some((hour as f64, date.strftime("%b %Y").to_string()))
    };
    every(24).filter_map(first_of_month).collect()
}

/// Day and hour.
pub(super) fn when(hour: f64) -> String {
    let day = (hour / 24.0).floor();
    format!("day {}, {:02.0}:00", day + 1.0, (hour - day * 24.0).floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(days: u32, start: Start) -> Vec<String> {
        let hours = f64::from(days) * 24.0;
        time_marks((0.0, hours), 700.0 / hours, start).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn words_fit_the_length_of_the_run() {
        let start = Some(Date::constant(2026, 6, 15));
        assert_eq!(texts(1, start)[..3], ["15 Jun", "02:00", "04:00"]);
        assert_eq!(texts(3, start), ["15 Jun", "16 Jun", "17 Jun"]);
        assert_eq!(texts(30, start)[..3], ["15 Jun", "20 Jun", "25 Jun"]);
        assert_eq!(texts(365, start)[..2], ["Jul 2026", "Sep 2026"]);
        assert_eq!(texts(3_660, start)[..2], ["Jan 2027", "Jan 2028"]);
        assert_eq!(texts(3, None), ["day 1", "day 2", "day 3"]);
        assert!(time_marks((0.0, 1e15), 1e-12, start).is_empty());
        for days in [1, 2, 9, 10, 41, 150, 151, 365, 1_000, 3_660] {
            for start in [start, None] {
                let count = texts(days, start).len();
                assert!((2..=16).contains(&count), "{days} days have {count} marks");
            }
        }
    }
}
