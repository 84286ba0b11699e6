//! The user's own meters: measured load as it is, one column a meter.

use std::path::Path;

use crate::energy::calendar::{Clock, MINUTES_A_DAY, written};
use crate::energy::error::EnergyError;
use crate::energy::table::{Table, read_text};

use super::energy_by_tick;

/// Measured loads, read from a CSV table without gaps. The first column,
/// `start`, is the local standard time (`YYYY-MM-DDTHH:MM`) at which the row's
/// interval begins, at a fixed step of 1 to 60 minutes; every other column is a
/// meter, whose name ends in its unit: `_kw` or `_w` for the interval's mean
/// power, `_kwh` or `_wh` for its energy.
#[derive(Clone, Debug, PartialEq)]
pub struct Meters {
    name: String,
    step_minutes: u32,
    /// Local minutes from 1970 to the first row.
    first_minute: i64,
    /// For each meter, the mean power of each row, kW.
    power_kw: Vec<Vec<f64>>,
}

/// What a column's unit makes of its values.
#[derive(Clone, Copy, Debug)]
enum Unit {
    /// Mean power, in this many kW.
    Power(f64),
    /// Energy of the interval, in this many kWh.
    Energy(f64),
}

impl Unit {
    /// The unit that a column's name ends in.
    fn of(column: &str) -> Option<Self> {
        let (_, unit) = column.rsplit_once('_')?;
        match unit {
            "kw" => Some(Self::Power(1.0)),
            "w" => Some(Self::Power(0.001)),
            "kwh" => Some(Self::Energy(1.0)),
            "wh" => Some(Self::Energy(0.001)),
            _ => None,
        }
    }

    /// What a value becomes in kW.
    fn kw(self, step_minutes: u32) -> f64 {
        match self {
            Self::Power(kw) => kw,
            Self::Energy(kwh) => kwh * 60.0 / f64::from(step_minutes),
        }
    }
}

impl Meters {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// Where it cannot be read, and as [`Meters::parse`].
    pub fn read(path: &Path) -> Result<Self, EnergyError> {
        Self::parse(&path.display().to_string(), &read_text(path)?)
    }

    /// Reads the table in `text`, called `name` in messages.
    ///
    /// # Errors
    /// Where the first column is not `start`, a meter's name lacks a unit, a
    /// value is not a number or negative, or a row is missing, out of order or
    /// there twice.
    pub fn parse(name: &str, text: &str) -> Result<Self, EnergyError> {
        let mut table = Table::open(name, text)?;
        let units = units(&table)?;
        let mut power_kw: Vec<Vec<f64>> = vec![Vec::new(); units.len()];
        let mut first_minute = 0;
        let mut step = 0;
        let mut count = 0;
        while let Some(row) = table.next_row()? {
            let minute = table.minute(&row, 0, None)?;
            match count {
                0 => first_minute = minute,
                1 => {
                    step = minute - first_minute;
                    if !(1..=60).contains(&step) {
                        let expected = "1 to 60 minutes after the row before";
                        return Err(table.cell_fault(&row, 0, expected));
                    }
                }
                _ if minute != first_minute + count * step => {
                    return Err(table.cell_fault(
                        &row,
                        0,
                        format!(
                            "{}, {step} minutes after the row before: gaps are not filled, and \
                             the clock must not change for summer",
                            written(first_minute + count * step)
                        ),
                    ));
                }
                _ => {}
            }
            count += 1;
            for (index, powers) in power_kw.iter_mut().enumerate() {
                powers.push(table.number(&row, index + 1, (0.0, 1e9))?);
            }
        }
        if count < 2 {
            return Err(table.fault(format!("has {count} rows: must have 2 or more")));
        }
        let step_minutes = step.unsigned_abs() as u32;
        for (powers, unit) in power_kw.iter_mut().zip(units) {
            let kw = unit.kw(step_minutes);
            for power in powers {
                *power *= kw;
            }
        }
        Ok(Self { name: name.to_owned(), step_minutes, first_minute, power_kw })
    }

    /// How many meters there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.power_kw.len()
    }

    /// The meters at the ticks of `clock`.
    pub(super) fn at(&self, clock: &Clock) -> Result<MeterLoads, EnergyError> {
        let from = clock.start_minute();
        let minutes = clock.days as usize * MINUTES_A_DAY as usize;
        let rows = self.power_kw.first().map_or(0, Vec::len);
        let end = self.first_minute + rows as i64 * i64::from(self.step_minutes);
        let to = from + minutes as i64;
        let offset = usize::try_from(from - self.first_minute)
            .ok()
            .filter(|_| to <= end)
            .ok_or_else(|| EnergyError::Table {
                file: self.name.clone(),
                fault: format!(
                    "covers {} to {}: the run needs {} to {}",
                    written(self.first_minute),
                    written(end),
                    written(from),
                    written(to)
                ),
            })?;
        let series = self
            .power_kw
            .iter()
            .map(|powers| {
                let tick = clock.tick_minutes;
                energy_by_tick(powers, self.step_minutes, offset, minutes, tick)
                    .map(|kwh| kwh as f32)
                    .collect()
            })
            .collect();
        Ok(MeterLoads { ticks_a_day: clock.ticks_a_day(), days: f64::from(clock.days), series })
    }
}

/// The units of the meters, in order.
fn units(table: &Table<'_>) -> Result<Vec<Unit>, EnergyError> {
    let [start, meters @ ..] = table.header() else {
        return Ok(Vec::new());
    };
    if start != "start" {
        return Err(
            table.fault(format!("opens with the column \"{start}\": the first must be \"start\""))
        );
    }
    if meters.is_empty() {
        return Err(table.fault("has no meter: must have a column for each after \"start\""));
    }
    meters
        .iter()
        .map(|column| {
            Unit::of(column).ok_or_else(|| {
                table.fault(format!(
                    "meter \"{column}\" has no unit: its name must end in _kw, _w, _kwh or _wh"
                ))
            })
        })
        .collect()
}

/// Meters at the ticks of a run.
#[derive(Clone, Debug)]
pub(super) struct MeterLoads {
    ticks_a_day: usize,
    days: f64,
    /// For each meter, the energy of each tick of the run, kWh.
    series: Vec<Vec<f32>>,
}

impl MeterLoads {
    /// The series of the meter that the home numbered `home_id` has.
    fn of_home(&self, home_id: u64) -> &[f32] {
        // The remainder is below a length in memory.
        let meter = (home_id % self.series.len() as u64) as usize;
        &self.series[meter]
    }

    pub(super) fn fill_day(&self, home_id: u64, day: u32, used_kwh: &mut [f64]) {
        let series = self.of_home(home_id);
        let measured = series.chunks(self.ticks_a_day).nth(day as usize);
        for (used, measured) in used_kwh.iter_mut().zip(measured.unwrap_or(&[])) {
            *used = f64::from(*measured);
        }
    }

    pub(super) fn mean_day_kwh(&self, home_id: u64) -> f64 {
        let sum: f64 = self.of_home(home_id).iter().copied().map(f64::from).sum();
        sum / self.days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        Meters::parse("m.csv", text).expect_err("faulty meters").to_string()
    }

    /// A day of `step`-minute rows from midnight, three meters in three units
    /// that each use 0.6 kW.
    fn a_day(step: u32) -> String {
        let mut text = String::from("start,north_kw,south_w,west_kwh\n");
        let first = crate::energy::calendar::minute_of(jiff::civil::date(2025, 6, 2));
        for row in 0..1440_u32.div_ceil(step) {
            let start = written(first + i64::from(row * step));
            let energy = 0.6 * f64::from(step) / 60.0;
            text.push_str(&format!("{start},0.6,600,{energy}\n"));
        }
        text
    }

    fn clock(tick_minutes: u32) -> Clock {
        Clock { start: jiff::civil::date(2025, 6, 2), days: 1, tick_minutes }
    }

    #[test]
    fn units_and_steps_come_to_the_same_energy() {
        for step in [1, 7, 15, 60] {
            let meters = Meters::parse("m.csv", &a_day(step)).expect("good meters");
            for tick in [5, 20, 60] {
                let loads = meters.at(&clock(tick)).expect("a covered day");
                let mut used = vec![0.0; clock(tick).ticks_a_day()];
                for home in 0..5 {
                    loads.fill_day(home, 0, &mut used);
                    for energy in &used {
                        let expected = 0.6 * f64::from(tick) / 60.0;
                        assert!((energy - expected).abs() < 1e-6, "{step} {tick} {home}");
                    }
                    assert!((loads.mean_day_kwh(home) - 14.4).abs() < 1e-4);
                }
            }
        }
    }

    #[test]
    fn homes_share_the_meters_in_turn() {
        let text = "start,a_kwh,b_kwh\n2025-06-02T00:00,1,2\n2025-06-02T01:00,1,2\n";
        let mut whole = String::from(text);
        for hour in 2..24 {
            whole.push_str(&format!("2025-06-02T{hour:02}:00,1,2\n"));
        }
        let loads = Meters::parse("m.csv", &whole)
            .and_then(|meters| meters.at(&clock(60)))
            .expect("good meters");
        let mut used = vec![0.0; 24];
        for (home, energy) in [(0, 1.0), (1, 2.0), (2, 1.0), (u64::MAX, 2.0)] {
            loads.fill_day(home, 0, &mut used);
            assert_eq!(used, [energy; 24], "{home}");
        }
    }

    #[test]
    fn faults_of_meters_are_named() {
        let good = a_day(60);
        assert_eq!(
            fault(&good.replace("2025-06-02T05:00,0.6,600,0.6\n", "")),
            "m.csv:7: start = \"2025-06-02T06:00\": must be 2025-06-02T05:00, 60 minutes after \
             the row before: gaps are not filled, and the clock must not change for summer"
        );
        assert_eq!(
            fault(&good.replace("T05:00,0.6", "T05:00,-0.6")),
            "m.csv:7: north_kw = \"-0.6\": must be a number from 0 to 1000000000"
        );
        assert!(fault(&good.replace("T05:00,0.6", "T05:00,nan")).contains("= \"nan\""));
        assert_eq!(
            fault(&good.replace("south_w", "south")),
            "m.csv: meter \"south\" has no unit: its name must end in _kw, _w, _kwh or _wh"
        );
        assert_eq!(
            fault(&good.replace("start", "time")),
            "m.csv: opens with the column \"time\": the first must be \"start\""
        );
        assert_eq!(
            fault("start\n"),
            "m.csv: has no meter: must have a column for each after \"start\""
        );
        let meters = Meters::parse("m.csv", &good).expect("good meters");
        let week = Clock { days: 7, ..clock(60) };
        assert_eq!(
            meters.at(&week).expect_err("too short").to_string(),
            "m.csv: covers 2025-06-02T00:00 to 2025-06-03T00:00: the run needs \
             2025-06-02T00:00 to 2025-06-09T00:00"
        );
    }
}
