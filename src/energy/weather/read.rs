//! Reading weather files: from a path or a text to [`WeatherFile`]. What each
//! format means is `formats`', what becomes of its rows `assemble`'s.

use std::path::Path;

use super::assemble::assemble;
use super::file::WeatherFile;
use super::formats::{self, WeatherOptions};
use crate::energy::error::EnergyError;
use crate::energy::shipped;
use crate::energy::text::read_text;

impl WeatherFile {
    /// The typical year that is part of the program.
    ///
    /// # Errors
    /// Never with the file as shipped.
    pub fn shipped() -> Result<Self, EnergyError> {
        let file = shipped::TYPICAL_YEAR;
        Self::parse(file.name, file.text)
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// Where it cannot be read, and as [`WeatherFile::parse`].
    pub fn read(path: &Path, options: &WeatherOptions<'_>) -> Result<Self, EnergyError> {
        Self::parse_as(&path.display().to_string(), &read_text(path)?, options)
    }

    /// Reads `text`, called `name` in messages, in the format that its first
    /// lines show, its times as they are.
    ///
    /// # Errors
    /// Where a column is missing or not known, a value is missing, not a number
    /// or out of range, a row is missing, out of order or there twice, the step
    /// is not a divisor of an hour, or a typical year is not whole.
    pub fn parse(name: &str, text: &str) -> Result<Self, EnergyError> {
        Self::parse_as(name, text, &WeatherOptions::default())
    }

    /// Reads `text`, called `name` in messages, as `options` say.
    ///
    /// # Errors
    /// As [`WeatherFile::parse`], and where the file is of another place or has
    /// gaps that cannot be filled.
    pub fn parse_as(
        name: &str,
        text: &str,
        options: &WeatherOptions<'_>,
    ) -> Result<Self, EnergyError> {
        assemble(name, formats::read(name, text, options)?, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::calendar::{minute_of, written};
    use crate::energy::gaps::Gaps;
    use jiff::civil::date;

    fn fault(text: &str) -> String {
        WeatherFile::parse("w.csv", text).expect_err("a faulty file").to_string()
    }

    /// `rows` half hours from 1 June 2025.
    fn measured(rows: u32) -> String {
        let mut text = String::from("start,ghi_w_m2,temp_air_c\n");
        let first = minute_of(date(2025, 6, 1));
        for row in 0..rows {
            let start = written(first + i64::from(row) * 30);
            text.push_str(&format!("{start},{row},20\n"));
        }
        text
    }

    #[test]
    fn the_shipped_year_is_whole_and_has_its_annual_sum() {
        let year = WeatherFile::shipped().expect("the shipped file");
        assert!(year.is_typical() && year.has_parts());
        assert_eq!((year.rows().count(), year.step_minutes()), (8760, 60));
        let sum: f64 = year.rows().map(|(_, row)| row.global_w_m2).sum();
        assert!((sum / 1000.0 - 1566.0).abs() < 1.0, "{sum}");
    }

    #[test]
    fn a_typical_year_serves_every_year_and_29_february() {
        let year = WeatherFile::shipped().expect("the shipped file");
        let noon = |day| *year.row(minute_of(day) + 12 * 60 + 59).expect("a row for every day");
        assert_eq!(noon(date(2024, 6, 20)), noon(date(2031, 6, 20)));
        assert_eq!(noon(date(2024, 6, 20)).global_w_m2, 547.0);
        assert_eq!(noon(date(2024, 2, 29)), noon(date(2024, 2, 28)));
        assert_ne!(noon(date(2024, 3, 1)), noon(date(2024, 2, 28)));
        assert!(noon(date(2024, 12, 31)).temperature_c < 30.0);
    }

    #[test]
    fn measured_weather_covers_its_time_and_no_more() {
        let file = WeatherFile::parse("w.csv", &measured(96)).expect("two days");
        let first = minute_of(date(2025, 6, 1));
        assert_eq!(file.whole_days(), Some((first, 2)));
        assert!(file.check_covers(first, first + 2 * 1440).is_ok());
        assert_eq!(
            file.check_covers(first, first + 3 * 1440).expect_err("too long").to_string(),
            "w.csv: covers 2025-06-01T00:00 to 2025-06-03T00:00: the run needs \
             2025-06-01T00:00 to 2025-06-04T00:00"
        );
        assert_eq!(file.row(first + 59).map(|row| row.global_w_m2), Some(1.0));
        assert_eq!(file.row(first - 1), None);
        assert_eq!(file.row(first + 2 * 1440), None);
    }

    #[test]
    fn gaps_repeats_and_values_that_cannot_be_are_refused() {
        let good = measured(6);
        let without_third = good.replace("2025-06-01T01:00,2,20\n", "");
        assert_eq!(
            fault(&without_third),
            "w.csv:4: start = \"2025-06-01T01:30\": must be 2025-06-01T01:00, 30 minutes after \
             the row before: gaps are filled only where gaps = \"interpolate\""
        );
        let twice = good.replace("T01:00", "T00:30");
        assert!(fault(&twice).starts_with("w.csv:4: start = \"2025-06-01T00:30\""));
        let negative = good.replace(",3,20", ",-30,20");
        assert_eq!(
            fault(&negative),
            "w.csv:5: ghi_w_m2 = \"-30\": must be a number from 0 to 2000"
        );
        let high = good.replace(",3,20", ",9500,20");
        let fill = WeatherOptions { gaps: Gaps::Interpolate, ..WeatherOptions::default() };
        let high = WeatherFile::parse_as("w.csv", &high, &fill).expect_err("another unit");
        assert_eq!(
            high.to_string(),
            "w.csv:5: ghi_w_m2 = \"9500\": must be a number from 0 to 2000"
        );
        let offset = WeatherFile::parse("w.csv", &good.replace(",3,20", ",-1,20")).expect("night");
        assert_eq!(offset.rows().nth(3).map(|(_, row)| row.global_w_m2), Some(0.0));
        let unknown = good.replace(",3,20", ",NaN,20");
        assert!(fault(&unknown).starts_with("w.csv:5: ghi_w_m2 = \"NaN\""));
        let empty = good.replace(",3,20", ",,20");
        assert!(fault(&empty).starts_with("w.csv:5: ghi_w_m2 = \"\""));
        let fill = good.replace(",3,20", ",3,-9999");
        assert!(fault(&fill).starts_with("w.csv:5: temp_air_c = \"-9999\""));
        let odd = "start,ghi_w_m2,temp_air_c\n2025-06-01T00:00,0,1\n2025-06-01T00:07,0,1\n";
        assert!(fault(odd).ends_with("a divisor of 60"), "{}", fault(odd));
        assert_eq!(fault("start,ghi_w_m2,temp_air_c\n"), "w.csv: has 0 rows: must have 2 or more");
    }

    #[test]
    fn columns_are_needed_by_name_and_strangers_refused() {
        assert!(fault("start,ghi_w_m2\n").contains("has no column \"temp_air_c\""));
        assert!(fault("start,ghi,temp_air_c\n").contains("column \"ghi\" is not known"));
        let half = "start,ghi_w_m2,dni_w_m2,temp_air_c\n";
        assert!(fault(half).contains("has no column \"dhi_w_m2\""));
    }

    #[test]
    fn a_typical_year_cut_short_or_with_a_leap_day_is_refused() {
        let text = shipped::TYPICAL_YEAR.text;
        let cut = &text[..text.find("12-31T23:00").expect("the last hour")];
        assert_eq!(
            fault(cut),
            "w.csv: has 8759 rows: a typical year at 60 minutes has 8760, from 1 January to 31 \
             December without 29 February"
        );
        let leap = text.replace("03-01T00:00", "02-29T00:00");
        assert!(
            fault(&leap).contains("start = \"02-29T00:00\": must be a time as MM-DDTHH:MM"),
            "{}",
            fault(&leap)
        );
    }
}
