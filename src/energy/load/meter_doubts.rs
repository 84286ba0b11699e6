//! Values that no home uses, refused with what they likely are, and those that
//! look odd, told. How meters are read is not known here.

use super::meter_column::Column;
use super::meters::Meters;
use crate::energy::error::EnergyError;

/// The greatest mean power of a home, kW. A house connection of three phases at
/// 63 A carries 43 kW, one of 100 A 69 kW, one of 400 A at 240 V 96 kW.
const MOST_KW: f64 = 100.0;

/// Use that only rises for so many days is none: the reading of a register.
const DAYS_OF_RISING: f64 = 4.0;

/// Refuses a column with a value beyond what a home can use, or that only rises;
/// `lines` are those of its values.
pub(super) fn refuse_absurd(
    file: &str,
    column: &Column,
    lines: &[u64],
    step_minutes: u32,
) -> Result<(), EnergyError> {
    let kw = column.unit.kw(step_minutes);
    let there: Vec<(usize, f64)> =
        column.values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))).collect();
    let Some(&(first, _)) = there.first() else { return Ok(()) };
    let pairs = || there.windows(2).map(|pair| (pair[0].1, pair[1].1));
    let rises = pairs().filter(|(one, next)| next > one).count();
    let only_rises = rises > 0 && pairs().all(|(one, next)| next >= one);
    let days = there.len() as f64 * f64::from(step_minutes) / (24.0 * 60.0);
    let beyond = there.iter().find(|(_, value)| value * kw > MOST_KW).copied();
    let register = only_rises
        && (beyond.is_some() || (days >= DAYS_OF_RISING && rises >= 48 && rises * 4 > there.len()));
    let (at, expected) = if register {
        let expected = "the use of the interval; this column only rises, as the reading of a \
                        register does: give the use, which is the difference from row to row"
            .to_owned();
        (beyond.map_or(first, |(at, _)| at), expected)
    } else if let Some((at, value)) = beyond {
        (at, expected_of(column, &there, value, kw))
    } else {
        return Ok(());
    };
    Err(EnergyError::Cell {
        file: file.to_owned(),
        line: lines.get(at).copied().unwrap_or_default(),
        column: column.name.clone(),
        value: column.values[at].unwrap_or_default().to_string(),
        expected,
    })
}

/// What `value`, which is beyond any home, would have to be, and what it likely
/// is.
fn expected_of(column: &Column, there: &[(usize, f64)], value: f64, kw: f64) -> String {
    /// A home whose usual use is above this is one in another unit.
    const MOST_USUAL_KW: f64 = 5.0;
    let mut used: Vec<f64> =
        there.iter().map(|(_, value)| value * kw).filter(|kw| *kw > 0.0).collect();
    used.sort_by(f64::total_cmp);
    let (usual, most) = (used[used.len() / 2], used[used.len() - 1]);
    let unit = column.unit.name();
    let guess = match unit {
        "kW" | "kWh" if usual > MOST_USUAL_KW && most / 1000.0 <= MOST_KW => {
            let small = &unit[1..];
            format!("the column would fit a home if it were in {small}: name that unit")
        }
        _ if usual <= MOST_USUAL_KW => {
            format!("half of the column is below {usual:.3} kW: a slip of the decimal point?")
        }
        _ => "is it in another unit, or of more than a home?".to_owned(),
    };
    format!(
        "at most {MOST_KW} kW on average for a home, and {value} {unit} is {:.0} kW; {guess}",
        value * kw
    )
}

impl Meters {
    /// What looks odd about the meters, a sentence each, with the number that
    /// does.
    #[must_use]
    pub fn doubts(&self) -> Vec<String> {
        /// Single values are odd from here on, kW, where they are so many times
        /// what the meter has in all but a hundredth of its rows.
        const ODD_KW: f64 = 20.0;
        const ODD_TIMES: f64 = 50.0;
        /// A year's use of a home, kWh: a pied-à-terre to a farm.
        const USUAL_YEAR_KWH: std::ops::RangeInclusive<f64> = 100.0..=100_000.0;
        let mut doubts = Vec::new();
        for meter in &self.meters {
            let mut sorted = meter.power_kw.clone();
            sorted.sort_by(f64::total_cmp);
            let most = sorted.last().copied().unwrap_or_default();
            let high = sorted.get(sorted.len() * 99 / 100).copied().unwrap_or_default();
            if most > ODD_KW && most > ODD_TIMES * high {
                doubts.push(format!(
                    "{}: {} has {most:.1} kW once and no more than {high:.2} kW in 99 of 100 rows: \
                     a slip of the decimal point?",
                    self.file, meter.name
                ));
            }
            let year = sorted.iter().sum::<f64>() / sorted.len().max(1) as f64 * 8760.0;
            if most == 0.0 {
                doubts.push(format!("{}: {} uses nothing at all", self.file, meter.name));
            } else if !USUAL_YEAR_KWH.contains(&year) {
                doubts.push(format!(
                    "{}: {} would use {year:.0} kWh a year: is it in another unit?",
                    self.file, meter.name
                ));
            }
        }
        // A file of thousands of meters in another unit says so once for all.
        const TOLD: usize = 5;
        if doubts.len() > TOLD {
            let more = doubts.len() - TOLD;
            doubts.truncate(TOLD);
            doubts.push(format!("{}: and {more} more like these", self.file));
        }
        doubts
    }
}

#[cfg(test)]
mod tests {
    use crate::energy::calendar::{minute_of, written};
    use crate::energy::load::Meters;

    /// Three days of quarter hours of one meter.
    fn column(name: &str, value: impl Fn(u32) -> String) -> String {
        let first = minute_of(jiff::civil::date(2025, 6, 1));
        let rows = (0..288).map(|row| {
            let start = written(first + i64::from(row) * 15);
            format!("{start},{}\n", value(row))
        });
        format!("start,{name}\n{}", rows.collect::<String>())
    }

    fn fault(text: &str) -> String {
        Meters::parse("m.csv", text).expect_err("beyond any home").to_string()
    }

    #[test]
    fn registers_units_and_slips_are_told_apart() {
        let use_kwh = |row: u32| if row.is_multiple_of(4) { "0.5" } else { "0.25" }.to_owned();
        assert!(Meters::parse("m.csv", &column("a_kwh", use_kwh)).is_ok());
        let register = column("a_kwh", |row| format!("{}", 12_345.678 + f64::from(row) / 4.0));
        assert_eq!(
            fault(&register),
            "m.csv:2: a_kwh = \"12345.678\": must be the use of the interval; this column only \
             rises, as the reading of a register does: give the use, which is the difference from \
             row to row"
        );
        let unit =
            column("a_kwh", |row| if row.is_multiple_of(4) { "500" } else { "250" }.to_owned());
        assert_eq!(
            fault(&unit),
            "m.csv:2: a_kwh = \"500\": must be at most 100 kW on average for a home, and 500 kWh \
             is 2000 kW; the column would fit a home if it were in Wh: name that unit"
        );
        let slip = column("a_kwh", |row| if row == 150 { "2500" } else { "0.25" }.to_owned());
        assert_eq!(
            fault(&slip),
            "m.csv:152: a_kwh = \"2500\": must be at most 100 kW on average for a home, and 2500 \
             kWh is 10000 kW; half of the column is below 1.000 kW: a slip of the decimal point?"
        );
    }

    /// A new register, that has not come far.
    #[test]
    fn a_register_from_zero_on_is_found_by_its_rising() {
        let mut text = String::from("start,a_kwh\n");
        let first = minute_of(jiff::civil::date(2025, 6, 1));
        for row in 0..24 * 7 {
            let start = written(first + i64::from(row) * 60);
            text.push_str(&format!("{start},{}\n", f64::from(row) / 4.0));
        }
        assert!(fault(&text).contains("this column only rises"), "{}", fault(&text));
    }

    #[test]
    fn odd_values_that_could_be_are_told() {
        let doubts = |text: &str| Meters::parse("m.csv", text).expect("possible").doubts();
        let odd = column("a_kwh", |row| if row == 150 { "20" } else { "0.25" }.to_owned());
        assert_eq!(
            doubts(&odd),
            [
                "m.csv: a_kwh has 80.0 kW once and no more than 1.00 kW in 99 of 100 rows: a slip of \
              the decimal point?"
            ]
        );
        let kilo = column("a_w", |row| if row.is_multiple_of(2) { "1" } else { "0.5" }.to_owned());
        assert_eq!(doubts(&kilo), ["m.csv: a_w would use 7 kWh a year: is it in another unit?"]);
        let good =
            column("a_kwh", |row| if row.is_multiple_of(2) { "0.3" } else { "0.1" }.to_owned());
        assert_eq!(doubts(&good), [""; 0]);
    }
}
