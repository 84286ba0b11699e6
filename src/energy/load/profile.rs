//! The standard load profile: one shape for every household, by season, kind
//! of day and day of the year.

use std::path::Path;

use jiff::civil::Date;

use crate::energy::calendar::{Clock, DayKind, GROUPS, Season, dates_of_year, group_of};
use crate::energy::error::EnergyError;
use crate::energy::shipped;
use crate::energy::table::{Row, Table};
use crate::energy::text::read_text;

use super::spread::{QUARTERS, day_by_tick};

/// A profile in the form of the German standard household profile H0, read from
/// a CSV table with a row for each quarter hour of nine days. Columns: `season`
/// (`winter`, `transition`, `summer`), `day` (`working`, `saturday`, `sunday`),
/// `quarter_hour` (`HH:MM` at which it begins) and `relative_power`, in any
/// unit: only the shape is used. Source: BDEW (then VDEW), "Repräsentative
/// VDEW-Lastprofile", 1999.
#[derive(Clone, Debug, PartialEq)]
pub struct StandardProfile {
    /// For each group of days, the power of each quarter hour.
    groups: Vec<Vec<f64>>,
}

impl StandardProfile {
    /// H0, which is part of the program.
    ///
    /// # Errors
    /// Never with the file as shipped.
    pub fn shipped() -> Result<Self, EnergyError> {
        let file = shipped::STANDARD_PROFILE;
        Self::parse(file.name, file.text)
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// Where it cannot be read, and as [`StandardProfile::parse`].
    pub fn read(path: &Path) -> Result<Self, EnergyError> {
        Self::parse(&path.display().to_string(), &read_text(path)?)
    }

    /// Reads the table in `text`, called `name` in messages.
    ///
    /// # Errors
    /// Where a column or a quarter hour is missing or there twice, a name is
    /// not known, a value is not a number or negative, or all values are zero.
    pub fn parse(name: &str, text: &str) -> Result<Self, EnergyError> {
        let mut table = Table::open(name, text)?;
        table.refuse_unclear_names()?;
        let [season, day, quarter, power] = ["season", "day", "quarter_hour", "relative_power"];
        table.refuse_columns_but(&[season, day, quarter, power])?;
        let value = table.column(power)?;
        let keys = [table.column(season)?, table.column(day)?, table.column(quarter)?];
        let quarters: Vec<String> = (0..QUARTERS).map(quarter_name).collect();
        let mut found = vec![vec![None; QUARTERS]; GROUPS];
        while let Some(row) = table.next_row()? {
            let (group, quarter) = place_of(&table, &row, keys, &quarters)?;
            let power = table.number(&row, value, (0.0, 1e6))?;
            if found[group][quarter].replace(power).is_some() {
                return Err(table.row_fault(&row, "this quarter hour stands there twice"));
            }
        }
        let rows: usize = found.iter().flatten().flatten().count();
        let groups: Vec<Vec<f64>> =
            found.into_iter().map(|day| day.into_iter().flatten().collect()).collect();
        if rows != GROUPS * QUARTERS {
            return Err(table.fault(format!(
                "has {rows} quarter hours: must have {}, 96 for each of 3 seasons and 3 kinds of \
                 day",
                GROUPS * QUARTERS
            )));
        }
        if groups.iter().flatten().sum::<f64>() <= 0.0 {
            return Err(table.fault("has no power at all"));
        }
        Ok(Self { groups })
    }

    /// The relative energy of `date`.
    fn day(&self, date: Date) -> f64 {
        let group = group_of(Season::of(date), DayKind::of(date));
        self.groups[group].iter().sum::<f64>() * dynamic_factor(date)
    }

    /// The profile at the ticks of `clock`, for an annual use of 1.
    pub(super) fn at(&self, clock: &Clock) -> ProfileLoads {
        let shapes = self
            .groups
            .iter()
            .map(|quarters| {
                let sum: f64 = quarters.iter().sum::<f64>() / 4.0;
                let day: Vec<f64> = day_by_tick(quarters, clock.tick_minutes).collect();
                // A day without power has no shape; it weighs nothing either.
                day.into_iter().map(|energy| energy / sum.max(f64::MIN_POSITIVE)).collect()
            })
            .collect();
        let mut of_year = (0, 1.0);
        let days = clock
            .dates()
            .map(|date| {
                if of_year.0 != date.year() {
                    let sum = dates_of_year(date.year()).map(|date| self.day(date)).sum();
                    of_year = (date.year(), sum);
                }
                let group = group_of(Season::of(date), DayKind::of(date));
                (group, self.day(date) / of_year.1)
            })
            .collect();
        ProfileLoads { shapes, days }
    }
}

/// The group and the quarter hour that a row is about.
fn place_of(
    table: &Table<'_>,
    row: &Row,
    [season, day, quarter]: [usize; 3],
    quarters: &[String],
) -> Result<(usize, usize), EnergyError> {
    let season = match table.text(row, season) {
        "winter" => Season::Winter,
        "transition" => Season::Transition,
        "summer" => Season::Summer,
        _ => return Err(table.cell_fault(row, season, "winter, transition or summer")),
    };
    let kind = match table.text(row, day) {
        "working" => DayKind::Working,
        "saturday" => DayKind::Saturday,
        "sunday" => DayKind::Sunday,
        _ => return Err(table.cell_fault(row, day, "working, saturday or sunday")),
    };
    let text = table.text(row, quarter);
    let index = quarters
        .iter()
        .position(|name| name == text)
        .ok_or_else(|| table.cell_fault(row, quarter, "a quarter hour from 00:00 to 23:45"))?;
    Ok((group_of(season, kind), index))
}

/// The time at which a quarter hour begins.
pub(super) fn quarter_name(index: usize) -> String {
    format!("{:02}:{:02}", index / 4, index % 4 * 15)
}

/// How much more a household uses on `date` than the profile's season says.
/// Source: BDEW, "Anwendung der repräsentativen VDEW-Lastprofile", 2000; t is
/// the day of the year.
#[must_use]
pub(super) fn dynamic_factor(date: Date) -> f64 {
    let t = f64::from(date.day_of_year());
    1.24 + t * (2.10e-3 + t * (-7.02e-5 + t * (3.20e-7 + t * -3.92e-10)))
}

/// A profile at the ticks of a run.
#[derive(Clone, Debug)]
pub(super) struct ProfileLoads {
    /// For each group of days, each tick's share of the day.
    shapes: Vec<Vec<f64>>,
    /// For each day of the run, its group and its share of its year.
    days: Vec<(usize, f64)>,
}

impl ProfileLoads {
    pub(super) fn fill_day(&self, annual_use_kwh: f64, day: u32, used_kwh: &mut [f64]) {
        let Some((group, share)) = self.days.get(day as usize) else {
            return;
        };
        for (used, shape) in used_kwh.iter_mut().zip(&self.shapes[*group]) {
            *used = annual_use_kwh * share * shape;
        }
    }

    pub(super) fn expected_day_kwh(&self, annual_use_kwh: f64, day: u32) -> f64 {
        self.days.get(day as usize).map_or(0.0, |(_, share)| annual_use_kwh * share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        StandardProfile::parse("p.csv", text).expect_err("a faulty profile").to_string()
    }

    #[test]
    fn the_dynamic_factor_is_high_in_winter_and_low_in_summer() {
        let on = |month, day| dynamic_factor(jiff::civil::date(2025, month, day));
        // The published factor runs from about 1.24 to 0.75.
        assert!((on(1, 1) - 1.242).abs() < 1e-3);
        assert!((on(7, 1) - 0.78).abs() < 0.02, "{}", on(7, 1));
        assert!(on(12, 31) > 1.2);
    }

    #[test]
    fn a_quarter_hour_missing_twice_or_misnamed_is_refused() {
        let text = shipped::STANDARD_PROFILE.text;
        let line = "winter,saturday,12:15,";
        let at = text.find(line).expect("the row");
        let end = at + text[at..].find('\n').expect("its end") + 1;
        let without = format!("{}{}", &text[..at], &text[end..]);
        assert_eq!(
            fault(&without),
            "p.csv: has 863 quarter hours: must have 864, 96 for each of 3 seasons and 3 kinds of \
             day"
        );
        let twice = text.replace("winter,saturday,12:30,", line);
        assert!(fault(&twice).ends_with("this quarter hour stands there twice"));
        let odd = text.replace(line, "winter,saturday,12:20,");
        assert!(fault(&odd).contains("quarter_hour = \"12:20\": must be a quarter hour"));
        let season = text.replace(line, "autumn,saturday,12:15,");
        assert!(fault(&season).contains("season = \"autumn\": must be winter, transition"));
    }
}
