//! Measured days: each home is dealt a day of the same season and kind anew
//! each day of the run, and scales it to its own annual use.

use std::path::Path;

use jiff::civil::Date;
use rand::RngExt;

use crate::energy::calendar::{Clock, DayKind, GROUPS, Season, dates_of_year, group_of};
use crate::energy::error::EnergyError;
use crate::energy::shipped;
use crate::energy::table::Table;
use crate::energy::text::read_text;
use crate::random::{Purpose, stream_at};

use super::profile::quarter_name;
use super::spread::{QUARTERS, day_by_tick};

/// A pool of measured days, read from a CSV table with a row for each day:
/// `date` (`YYYY-MM-DD`, which gives season and kind of day) and 96 columns
/// `00:00` to `23:45`, the mean power in watts of the quarter hour that begins
/// then. There must be a day for each season and kind of day.
#[derive(Clone, Debug, PartialEq)]
pub struct DayPool {
    /// For each group of days, the days in it.
    groups: Vec<Vec<PoolDay>>,
}

/// The power of each quarter hour of a day, kW.
type PoolDay = Vec<f64>;

impl DayPool {
    /// The pool that is part of the program.
    ///
    /// # Errors
    /// Never with the file as shipped.
    pub fn shipped() -> Result<Self, EnergyError> {
        let file = shipped::HOUSEHOLD_DAYS;
        Self::parse(file.name, file.text)
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// Where it cannot be read, and as [`DayPool::parse`].
    pub fn read(path: &Path) -> Result<Self, EnergyError> {
        Self::parse(&path.display().to_string(), &read_text(path)?)
    }

    /// Reads the table in `text`, called `name` in messages.
    ///
    /// # Errors
    /// Where a column is missing, a date or a value is none, or a season and
    /// kind of day has no day or no load.
    pub fn parse(name: &str, text: &str) -> Result<Self, EnergyError> {
        let mut table = Table::open(name, text)?;
        table.refuse_unclear_names()?;
        let date = table.column("date")?;
        let quarters = (0..QUARTERS)
            .map(|index| table.column(&quarter_name(index)))
            .collect::<Result<Vec<_>, _>>()?;
        let mut groups = vec![Vec::new(); GROUPS];
        while let Some(row) = table.next_row()? {
            let measured: Date = table
                .text(&row, date)
                .parse()
                .map_err(|_| table.cell_fault(&row, date, "a date as YYYY-MM-DD"))?;
            let day = quarters
                .iter()
                .map(|column| Ok(table.number(&row, *column, (0.0, 1e6))? / 1000.0))
                .collect::<Result<PoolDay, EnergyError>>()?;
            groups[group_of(Season::of(measured), DayKind::of(measured))].push(day);
        }
        for (group, days) in groups.iter().enumerate() {
            if days.iter().flatten().sum::<f64>() <= 0.0 {
                let season = ["winter", "the transition", "summer"][group / 3];
                let kind = ["working day", "Saturday", "Sunday"][group % 3];
                return Err(table.fault(format!("has no {kind} with load in {season}")));
            }
        }
        Ok(Self { groups })
    }

    /// The pool at the ticks of `clock`.
    pub(super) fn at(&self, clock: &Clock) -> DayLoads {
        let mut ticks = Vec::new();
        let mut groups = Vec::with_capacity(GROUPS);
        for days in &self.groups {
            let first = ticks.len();
            for day in days {
                // A twentieth of a watt hour is finer than any meter.
                ticks.extend(day_by_tick(day, clock.tick_minutes).map(|kwh| kwh as f32));
            }
            let energy: f64 = days.iter().flatten().sum::<f64>() / 4.0;
            groups.push(Group {
                first,
                // Parsing found one at least; no file holds 2³² days.
                count: u32::try_from(days.len()).unwrap_or(u32::MAX),
                mean_kwh: energy / days.len() as f64,
            });
        }
        let mut of_year = (0, 1.0);
        let days = clock
            .dates()
            .map(|date| {
                if of_year.0 != date.year() {
                    let sum = dates_of_year(date.year())
                        .map(|date| groups[group_at(date)].mean_kwh)
                        .sum();
                    of_year = (date.year(), sum);
                }
                (group_at(date), of_year.1)
            })
            .collect();
        DayLoads { ticks_a_day: clock.ticks_a_day(), ticks, groups, days }
    }
}

fn group_at(date: Date) -> usize {
    group_of(Season::of(date), DayKind::of(date))
}

/// A pool at the ticks of a run.
#[derive(Clone, Debug)]
pub(super) struct DayLoads {
    ticks_a_day: usize,
    /// Energy, kWh, of all ticks of all days, group after group.
    ticks: Vec<f32>,
    groups: Vec<Group>,
    /// For each day of the run, its group, and what the pool's mean days of
    /// that calendar year add up to, kWh.
    days: Vec<(usize, f64)>,
}

/// The days of one season and kind.
#[derive(Clone, Copy, Debug)]
struct Group {
    /// Where its ticks begin.
    first: usize,
    count: u32,
    /// Energy of its mean day.
    mean_kwh: f64,
}

impl DayLoads {
    pub(super) fn fill_day(
        &self,
        seed: u64,
        home_id: u64,
        annual_use_kwh: f64,
        day: u32,
        used_kwh: &mut [f64],
    ) {
        let Some((group, year_kwh)) = self.days.get(day as usize) else {
            return;
        };
        let group = self.groups[*group];
        let dealt = stream_at(seed, Purpose::Load, home_id, day).random_range(0..group.count);
        let start = group.first + dealt as usize * self.ticks_a_day;
        let scale = annual_use_kwh / year_kwh;
        for (used, measured) in used_kwh.iter_mut().zip(&self.ticks[start..]) {
            *used = scale * f64::from(*measured);
        }
    }

    pub(super) fn expected_day_kwh(&self, annual_use_kwh: f64, day: u32) -> f64 {
        self.days.get(day as usize).map_or(0.0, |(group, year_kwh)| {
            annual_use_kwh * self.groups[*group].mean_kwh / year_kwh
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        DayPool::parse("d.csv", text).expect_err("a faulty pool").to_string()
    }

    fn header() -> String {
        let quarters: Vec<String> = (0..QUARTERS).map(quarter_name).collect();
        format!("date,{}\n", quarters.join(","))
    }

    #[test]
    fn the_shipped_pool_has_its_days_in_every_group() {
        let pool = DayPool::shipped().expect("the shipped pool");
        let counts: Vec<usize> = pool.groups.iter().map(Vec::len).collect();
        assert_eq!(counts, [383, 75, 77, 288, 56, 55, 344, 69, 68]);
        let sum: f64 = pool.groups.iter().flatten().flatten().sum::<f64>() / 4.0;
        assert!((sum / 1415.0 - 26.0).abs() < 0.5, "{}", sum / 1415.0);
    }

    #[test]
    fn faults_of_a_pool_are_named() {
        let day = |date: &str, watts: &str| format!("{date},{}\n", [watts; QUARTERS].join(","));
        let text = header() + &day("2025-06-02", "100");
        assert_eq!(fault(&text), "d.csv: has no working day with load in winter");
        let text = header() + &day("2.6.2025", "100");
        assert_eq!(fault(&text), "d.csv:2: date = \"2.6.2025\": must be a date as YYYY-MM-DD");
        let text = header() + &day("2025-06-02", "-1");
        assert!(fault(&text).starts_with("d.csv:2: 00:00 = \"-1\""));
        let text = header().replace(",23:45", "");
        assert!(fault(&text).starts_with("d.csv: has no column \"23:45\": its columns are date, "));
    }
}
