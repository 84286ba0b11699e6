//! Reading exports of meters as grid operators deliver them: lines before the
//! header, separators and numbers of the country, time in one column or several,
//! the hour of the change to summer time and back. What the columns are is
//! `meter_form`'s.

use super::meter_clock::MeterClock;
use super::meter_form::{Form, Value};
use super::meter_lines::{LOOKED_AT, Line, Lines};
use super::meter_options::{MeterOptions, Stamp};
use super::meter_series::Series;
use super::meter_stamp as stamp;
use super::meters::Meters;
use crate::energy::cells::{is_blank, parse_number};
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;

/// Reads the export in `text`, called `file` in messages.
pub(super) fn read(
    file: &str,
    text: &str,
    options: &MeterOptions<'_>,
) -> Result<Meters, EnergyError> {
    let clock = MeterClock::new(options)?;
    let lines = Lines::read(file, text)?;
    let form = Form::find(&lines, &options.columns)?;
    let columns = form.values.iter().map(|value| (value.name.clone(), value.unit));
    let mut series = Series::new(options, &clock, columns);
    let mut rows: Vec<&Line> = lines.lines[form.first_row..].iter().collect();
    let skipped = form.drop_footer(&mut rows);
    let newest_first = match (rows.first(), rows.last()) {
        (Some(one), Some(last)) => form.time(&lines, one)? > form.time(&lines, last)?,
        _ => false,
    };
    if newest_first {
        rows.reverse();
    }
    let step = form.step(&lines, &rows)?;
    let mut last = i64::MIN;
    for line in rows {
        let minute = form.begins(&lines, line, &clock, last, step)?;
        last = minute;
        series.push(
            line.number,
            minute,
            |expected| lines.cell_fault(line, form.name_of(form.time), form.time, expected),
            |index| form.value(&lines, line, index, options.gaps),
        )?;
    }
    series.finish(file, form.told(lines.delimiter, newest_first, skipped))
}

impl Form {
    /// Takes the last few lines away that have no time: sums and remarks.
    fn drop_footer(&self, rows: &mut Vec<&Line>) -> usize {
        const MOST: usize = 5;
        let dated = self.date.unwrap_or(self.time);
        let is_row = |line: &&Line| stamp::read(line.cell(dated), self.order).is_some();
        let footer = rows.iter().rev().take_while(|line| !is_row(line)).count();
        if footer > 0 && footer <= MOST {
            rows.truncate(rows.len() - footer);
            return footer;
        }
        0
    }

    /// What a row's time says, in minutes of its clock, and that clock's offset.
    fn time(&self, lines: &Lines<'_>, line: &Line) -> Result<(i64, Option<i64>), EnergyError> {
        let wrong = |column: usize, expected: &str| {
            lines.cell_fault(line, self.name_of(column), column, expected.to_owned())
        };
        let parse = |column: usize| {
            stamp::read(line.cell(column), self.order)
                .ok_or_else(|| wrong(column, "a date and a time, like those of the rows before"))
        };
        let at = parse(self.time)?;
        let minute = match self.date {
            Some(date) => {
                let day = parse(date)?;
                // A time of day alone may be 24:00.
                let of_day = if at.has_date { at.minute.rem_euclid(24 * 60) } else { at.minute };
                day.minute.div_euclid(24 * 60) * (24 * 60) + of_day
            }
            None => at.minute,
        };
        let offset = match self.offset {
            Some(column) => Some(
                stamp::offset(line.cell(column))
                    .ok_or_else(|| wrong(column, "an offset from universal time, like +01:00"))?,
            ),
            None => at.offset,
        };
        Ok((minute, offset))
    }

    /// Minutes from row to row on the clock: what most of the first rows have.
    fn step(&self, lines: &Lines<'_>, rows: &[&Line]) -> Result<i64, EnergyError> {
        let mut apart = Vec::new();
        for pair in rows.windows(2).take(LOOKED_AT) {
            let ((one, from), (next, to)) =
                (self.time(lines, pair[0])?, self.time(lines, pair[1])?);
            apart.push(next - one - (to.unwrap_or(0) - from.unwrap_or(0)));
        }
        apart.sort_unstable();
        Ok(apart.get(apart.len() / 2).copied().unwrap_or(0))
    }

    /// When a row's interval begins, in minutes of standard time; `last` is where
    /// the one before did.
    fn begins(
        &self,
        lines: &Lines<'_>,
        line: &Line,
        clock: &MeterClock,
        last: i64,
        step: i64,
    ) -> Result<i64, EnergyError> {
        let (minute, offset) = self.time(lines, line)?;
        let back = if self.stamp == Stamp::End { step } else { 0 };
        if let Some(offset) = offset {
            return Ok(clock.standard_of_universal(minute - offset) - back);
        }
        let by_start = clock.standard(minute - back, last);
        if back == 0 || by_start == Ok(last.saturating_add(step)) {
            return by_start.map_err(|expected| {
                lines.cell_fault(line, self.name_of(self.time), self.time, expected)
            });
        }
        // Where the clock changes, some write the end as it is before the change.
        let by_end = clock.standard(minute, last.saturating_add(back)).map(|end| end - back);
        match (by_start, by_end) {
            (_, Ok(begins)) if begins == last.saturating_add(step) => Ok(begins),
            (Ok(begins), _) | (Err(_), Ok(begins)) => Ok(begins),
            (Err(expected), Err(_)) => {
                Err(lines.cell_fault(line, self.name_of(self.time), self.time, expected))
            }
        }
    }

    fn value(
        &self,
        lines: &Lines<'_>,
        line: &Line,
        index: usize,
        gaps: Gaps,
    ) -> Result<Option<f64>, EnergyError> {
        let Value { column, name, .. } = &self.values[index];
        let cell = line.cell(*column);
        if gaps == Gaps::Interpolate && is_blank(cell) {
            return Ok(None);
        }
        parse_number(cell, self.decimal_comma)
            .filter(|number| (0.0..=1e9).contains(number))
            .map(Some)
            .ok_or_else(|| {
                let mark = if self.decimal_comma { "comma" } else { "point" };
                let expected = format!("a number from 0 to 1000000000 with a decimal {mark}");
                lines.cell_fault(line, name.clone(), *column, expected)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::calendar::minute_of;
    use crate::energy::load::{ColumnMap, DateOrder};
    use jiff::civil::date;

    const VIENNA: MeterOptions<'static> = MeterOptions {
        gaps: Gaps::Refuse,
        time_zone: "Europe/Vienna",
        utc_offset_hours: 1.0,
        columns: ColumnMap {
            header_line: None,
            time: None,
            date: None,
            offset: None,
            value: None,
            unit: None,
            stamp: None,
            date_order: None,
            decimal_comma: None,
        },
    };

    /// The quarter hours of 5 March 2024: 0.1 kWh in the first, 0.01 more in each.
    fn is_the_day(text: &str, options: &MeterOptions<'_>) -> Vec<String> {
        let meters = read("m.csv", text, options).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(meters.first_minute, minute_of(date(2024, 3, 5)), "{text}");
        assert_eq!((meters.step_minutes, meters.count()), (15, 1));
        for (row, kw) in meters.meters[0].power_kw.iter().enumerate() {
            assert!((kw - 4.0 * (0.1 + 0.01 * row as f64)).abs() < 1e-9, "{row}: {kw}\n{text}");
        }
        assert_eq!(meters.meters[0].power_kw.len(), 8);
        meters.guesses
    }

    /// `row` for each of eight quarter hours: where it begins and ends, and its
    /// number.
    fn rows(row: impl Fn(&str, &str, &str) -> String) -> String {
        let clock = |n: u32| format!("{:02}:{:02}", n / 4, n % 4 * 15);
        let number = |n: u32| format!("{:.2}", 0.1 + 0.01 * f64::from(n)).replace('.', ",");
        (0..8).map(|n| row(&clock(n), &clock(n + 1), &number(n)) + "\n").collect()
    }

    #[test]
    fn exports_in_the_forms_of_grid_operators_are_read() {
        for text in [
            format!(
                "Datum;Zeit von;Zeit bis;Verbrauch [kWh]\n{}",
                rows(|from, to, n| format!("05.03.2024;{from}:00;{to}:00;{n}"))
            ),
            format!(
                "Zählpunkt;AT001\nZeitraum;05.03.2024 - 06.03.2024\n\nDatum/Zeit;Wirkenergie Bezug (kWh);Status\n{}",
                rows(|from, _, n| format!("05.03.2024 {from};{n};gemessen"))
            ),
            format!(
                "Beginn;Ende;Verbrauch (in kWh)\n{}",
                rows(|from, to, n| format!("2024-03-05 {from}:00;2024-03-05 {to}:00;{n}"))
            ),
            format!(
                "Ende Ablesezeitraum;Messwert;Verbrauch (kWh)\n{}",
                rows(|_, to, n| format!("05.03.2024 {to};;{n}"))
            ),
            format!(
                "Ablesezeitpunkt;Zählerstand (kWh);Verbrauch (kWh)\n{}",
                rows(|_, to, n| format!("05.03.2024 {to};12345,6;{n}"))
            ),
            format!("Zeit\tkWh\n{}", rows(|from, _, n| format!("5.3.2024 {from}\t{n}"))),
            format!(
                "time,\"use, kWh\"\n{}",
                rows(|from, _, n| format!("2024-03-05T{from},\"{n}\""))
            ),
            format!(
                "Einheit;kWh\nZeitstempel;Wert\n{}Summe;1,08\n",
                rows(|from, _, n| format!("05.03.2024 {from};{n}"))
            ),
            format!("Zeit;Wert\n;[kWh]\n{}", rows(|from, _, n| format!("05.03.2024 {from};{n}"))),
            format!("Zeit;kWh\n{}", rows(|from, _, n| format!("05.03.2024 {from} MEZ;{n}"))),
            format!(
                "UTC-Offset;Zeit;kWh\n{}",
                rows(|from, _, n| format!("+01:00;05.03.2024 {from};{n}"))
            ),
        ] {
            let told = is_the_day(&text, &VIENNA);
            assert!(told.len() >= 3 && told[0].contains("decimal comma"), "{told:?}");
            let crlf = text.replace('\n', "\r\n");
            is_the_day(&crlf, &VIENNA);
        }
        let newest: Vec<String> = rows(|from, _, n| format!("05.03.2024 {from};{n}"))
            .lines()
            .rev()
            .map(str::to_owned)
            .collect();
        let told = is_the_day(&format!("Zeit;kWh\n{}\n", newest.join("\n")), &VIENNA);
        assert!(told.contains(&"the newest row first".to_owned()), "{told:?}");
    }

    #[test]
    fn what_is_not_clear_is_asked_for_and_heeded() {
        let fault = |text: &str, options: &MeterOptions<'_>| match read("m.csv", text, options) {
            Ok(meters) => panic!("{:?}", meters.guesses),
            Err(error) => error.to_string(),
        };
        let text = format!(
            "Zeit;Bezug kWh;Eigendeckung kWh\n{}",
            rows(|from, _, n| format!("05.03.2024 {from};{n};0"))
        );
        assert_eq!(
            fault(&text, &VIENNA),
            "m.csv: has more than one column that could be the use, \"Bezug kWh\" and \
             \"Eigendeckung kWh\": say which with load.columns.value"
        );
        let columns = ColumnMap { value: Some("bezug kwh"), ..VIENNA.columns };
        is_the_day(&text, &MeterOptions { columns, ..VIENNA });
        let columns = ColumnMap { value: Some("Bezug"), ..VIENNA.columns };
        assert_eq!(
            fault(&text, &MeterOptions { columns, ..VIENNA }),
            "m.csv: has no column \"Bezug\", which load.columns.value names: its columns are \
             Zeit, Bezug kWh, Eigendeckung kWh"
        );
        let text = format!("Zeit;Wert\n{}", rows(|from, _, n| format!("05/03/2024 {from};{n}")));
        assert!(fault(&text, &VIENNA).contains("day and month could be either"));
        let columns = ColumnMap { date_order: Some(DateOrder::DayMonthYear), ..VIENNA.columns };
        let told = fault(&text, &MeterOptions { columns, ..VIENNA });
        assert!(
            told.ends_with("say which with load.columns.value and load.columns.unit"),
            "{told}"
        );
        let columns = ColumnMap { unit: Some("kwh"), value: Some("Wert"), ..columns };
        is_the_day(&text, &MeterOptions { columns, ..VIENNA });
        let text = text.replace("05/03/2024 00:30;0,12", "05/03/2024 00:30;x");
        assert_eq!(
            fault(&text, &MeterOptions { columns, ..VIENNA }),
            "m.csv:4: Wert = \"x\": must be a number from 0 to 1000000000 with a decimal comma"
        );
    }

    /// The hours about both changes, as starts and as ends, on the wall clock and
    /// on one that stays on winter time.
    #[test]
    fn the_hour_of_the_change_is_read_in_its_usual_forms() {
        let winter = MeterOptions { time_zone: "standard", ..VIENNA };
        for (wall, standard) in [
            (["01:30", "01:45", "03:00", "03:15"], ["01:30", "01:45", "02:00", "02:15"]),
            // The end of the last quarter hour before the change, as it was to be.
            (["01:30", "01:45", "02:00", "03:15"], ["01:30", "01:45", "02:00", "02:15"]),
        ] {
            let text = |times: &[&str; 4], name: &str| {
                let row = |time: &&str| format!("31.03.2024 {time};0,1\n");
                format!("{name};kWh\n{}", times.iter().map(row).collect::<String>())
            };
            let name = if wall[2] == "02:00" { "Ende" } else { "Beginn" };
            let one = read("m.csv", &text(&wall, name), &VIENNA).expect("the wall clock");
            let other = read("m.csv", &text(&standard, name), &winter).expect("winter time");
            assert_eq!(one.meters, other.meters);
            assert_eq!(one.first_minute, other.first_minute);
        }
        let autumn = |times: &[&str], name: &str| {
            let row = |time: &&str| format!("27.10.2024 {time};0,1\n");
            let text = format!("{name};kWh\n{}", times.iter().map(row).collect::<String>());
            read("m.csv", &text, &VIENNA).map(|meters| meters.meters[0].power_kw.len())
        };
        let starts = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"];
        assert_eq!(autumn(&starts, "von").ok(), Some(6));
        let ends = ["02:00", "02:30", "02:00", "02:30", "03:00", "03:30"];
        assert_eq!(autumn(&ends, "bis").ok(), Some(6));
        let other_ends = ["02:00", "02:30", "03:00", "02:30", "03:00", "03:30"];
        assert_eq!(autumn(&other_ends, "bis").ok(), Some(6));
    }

    #[test]
    fn files_of_any_width_and_length_end_in_one_message() {
        let wide =
            format!("Zeit{}\n05.03.2024 00:00{}\n", ";a".repeat(100_000), ";1".repeat(100_000));
        let fault = read("m.csv", &wide, &VIENNA).err().map(|error| error.to_string());
        assert_eq!(fault.as_deref(), Some("m.csv:1: has 100001 cells: must have at most 10000"));
        let long = format!("Zeit;kWh\n05.03.2024 00:00;\"{}\n", "1;2\n".repeat(100_000));
        let fault = read("m.csv", &long, &VIENNA).expect_err("a quote left open").to_string();
        assert!(fault.starts_with("m.csv:2: has a cell of") && fault.len() < 200, "{fault}");
    }
}
