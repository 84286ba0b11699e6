//! Times as exports write them: dates in the order of a country, midnight as
//! 24:00, offsets from universal time and the names of Central European zones.

use jiff::civil::Date;

use crate::energy::calendar::minute_of;

/// In which order a date's numbers come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// Year, month, day.
    YearMonthDay,
    /// Day, month, year.
    DayMonthYear,
    /// Month, day, year.
    MonthDayYear,
}

/// A time as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Minutes from 1970 on the clock that wrote it.
    pub(super) minute: i64,
    /// That clock less universal time, minutes, where it is written.
    pub(super) offset: Option<i64>,
    /// Whether there is a time of day.
    pub(super) has_time: bool,
    /// Whether there is a date.
    pub(super) has_date: bool,
}

/// The time that `text` writes: a date, a time of day, or both, and perhaps an
/// offset. `None` where it is none of these.
pub(super) fn read(text: &str, order: DateOrder) -> Option<Written> {
    // No time is longer, and most cells of other columns are found here.
    if text.len() > 40 || !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    if let Some(of_day) = time(text) {
        return Some(Written { minute: of_day, offset: None, has_time: true, has_date: false });
    }
    let (day, rest) = match text.split_once([' ', 'T']) {
        Some((day, rest)) => (day, rest.trim()),
        None => (text, ""),
    };
    let midnight = minute_of(date(day, order)?);
    if rest.is_empty() {
        return Some(Written { minute: midnight, offset: None, has_time: false, has_date: true });
    }
    let end =
        rest.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(rest.len());
    let of_day = time(&rest[..end])?;
    let zone = rest[end..].trim();
    let offset = if zone.is_empty() { None } else { Some(offset(zone)?) };
    Some(Written { minute: midnight + of_day, offset, has_time: true, has_date: true })
}

/// The order in which the dates of `cells` come, where one of them says; `Err`
/// where all could be either of two.
pub(super) fn order_of<'c>(cells: impl Iterator<Item = &'c str>) -> Result<DateOrder, ()> {
    for cell in cells {
        let day = cell.split([' ', 'T']).next().unwrap_or_default();
        let parts: Vec<&str> = day.split(['.', '-', '/']).collect();
        let [first, second, _] = parts.as_slice() else { continue };
        let (Ok(one), Ok(two)) = (first.parse::<u32>(), second.parse::<u32>()) else { continue };
        if first.len() == 4 {
            return Ok(DateOrder::YearMonthDay);
        }
        // No country writes the month first and points between.
        if day.contains('.') || one > 12 {
            return Ok(DateOrder::DayMonthYear);
        }
        if two > 12 {
            return Ok(DateOrder::MonthDayYear);
        }
    }
    Err(())
}

/// The offset from universal time that a cell writes, minutes.
pub(super) fn offset(text: &str) -> Option<i64> {
    let named = match text.to_ascii_uppercase().as_str() {
        "Z" | "UTC" | "GMT" => Some(0),
        "MEZ" | "CET" => Some(60),
        "MESZ" | "CEST" => Some(120),
        _ => None,
    };
    if named.is_some() {
        return named;
    }
    let number = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text);
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, number.strip_prefix('+').unwrap_or(number)),
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some((hours, minutes)), _) => (hours, minutes),
        (None, 4) => digits.split_at_checked(2)?,
        _ => (digits, "0"),
    };
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes))
        .then_some(sign * (60 * hours + minutes))
}

fn date(text: &str, order: DateOrder) -> Option<Date> {
    let mut parts = text.split(['.', '-', '/']);
    let [one, two, three] = [parts.next()?, parts.next()?, parts.next()?];
    if parts.next().is_some() {
        return None;
    }
    // A year first is clear whatever the rest of the file has.
    let order = if one.len() == 4 { DateOrder::YearMonthDay } else { order };
    let (year, month, day) = match order {
        DateOrder::YearMonthDay => (one, two, three),
        DateOrder::DayMonthYear => (three, two, one),
        DateOrder::MonthDayYear => (three, one, two),
    };
    let number: i16 = year.parse().ok()?;
    let year = match year.len() {
        2 => 2000 + number,
        4 => number,
        _ => return None,
    };
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Minutes of the day of a time such as `0:15`, `00:15:00` or `24:00`.
fn time(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute) = (parts.next()?, parts.next()?);
    let second = parts.next().unwrap_or("0");
    let whole: f64 = second.parse().ok()?;
    if parts.next().is_some() || hour.len() > 2 || minute.len() != 2 || whole != 0.0 {
        return None;
    }
    let (hour, minute): (i64, i64) = (hour.parse().ok()?, minute.parse().ok()?);
    let of_day = 60 * hour + minute;
    ((0..60).contains(&minute) && (0..=24 * 60).contains(&of_day)).then_some(of_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_exports_have() {
        let minute = |text: &str, order| read(text, order).map(|written| written.minute);
        let quarter = minute_of(jiff::civil::date(2024, 3, 5)) + 15;
        for (text, order) in [
            ("2024-03-05T00:15", DateOrder::DayMonthYear),
            ("2024-03-05 00:15:00", DateOrder::YearMonthDay),
            ("05.03.2024 00:15", DateOrder::DayMonthYear),
            ("5.3.24 0:15", DateOrder::DayMonthYear),
            ("05/03/2024 00:15:00.000", DateOrder::DayMonthYear),
            ("03/05/2024 00:15", DateOrder::MonthDayYear),
            ("04.03.2024 24:00", DateOrder::DayMonthYear),
        ] {
            let late = if text.contains("24:00") { 15 } else { 0 };
            assert_eq!(minute(text, order), Some(quarter - late), "{text}");
        }
        let zoned = |text| read(text, DateOrder::DayMonthYear).and_then(|written| written.offset);
        assert_eq!(zoned("05.03.2024 00:15 MESZ"), Some(120));
        assert_eq!(zoned("2024-03-05T00:15:00+01:00"), Some(60));
        assert_eq!(zoned("2024-03-05T00:15:00-0330"), Some(-210));
        let at = read("05.03.2024", DateOrder::DayMonthYear).expect("a date");
        assert!(at.has_date && !at.has_time);
        let at = read("23:45", DateOrder::DayMonthYear).expect("a time");
        assert!(at.has_time && !at.has_date && at.minute == 23 * 60 + 45);
        for text in ["", "0.25", "12", "32.01.2024", "05.03.2024 25:00", "05.03.2024 00:15:30", "x"]
        {
            assert_eq!(read(text, DateOrder::DayMonthYear), None, "{text}");
        }
    }

    #[test]
    fn the_order_of_dates_is_found_or_asked_for() {
        let order = |cells: &[&'static str]| order_of(cells.iter().copied());
        assert_eq!(order(&["2024-01-02 00:00"]), Ok(DateOrder::YearMonthDay));
        assert_eq!(order(&["02.01.2024"]), Ok(DateOrder::DayMonthYear));
        assert_eq!(order(&["02/01/2024", "13/01/2024"]), Ok(DateOrder::DayMonthYear));
        assert_eq!(order(&["02/01/2024", "01/13/2024"]), Ok(DateOrder::MonthDayYear));
        assert_eq!(order(&["02/01/2024", "03/01/2024"]), Err(()));
    }
}
