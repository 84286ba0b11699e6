//! The user's own meters: measured load as it is, one column a meter.

use std::path::Path;

use crate::energy::calendar::{Clock, MINUTES_A_DAY, written};
use crate::energy::error::EnergyError;
use crate::energy::gaps::{Gaps, LINE_MINUTES, fill, rows_missing};
use crate::energy::table::{Row, Table, read_text};

use super::energy_by_tick;
use super::meter_clock::{MeterClock, STANDARD};

/// Measured loads, read from a CSV table. The first column, `start`, is the
/// time (`YYYY-MM-DDTHH:MM`) at which the row's interval begins, on the clock
/// that [`MeterOptions`] name or with an offset from universal time of its own
/// (`+02:00`, `Z`), at a fixed step of 1 to 60 minutes; every other column is a
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

/// How meters are to be read.
#[derive(Clone, Copy, Debug)]
pub struct MeterOptions<'a> {
    /// What is done where a row or a value is missing.
    pub gaps: Gaps,
    /// The clock of the file: `standard` for the place's own standard time,
    /// `UTC`, or a name of the IANA time zone database such as `Europe/Berlin`,
    /// whose summer time is followed.
    pub time_zone: &'a str,
    /// The place's standard time less universal time.
    pub utc_offset_hours: f64,
}

impl Default for MeterOptions<'_> {
    fn default() -> Self {
        Self { gaps: Gaps::Refuse, time_zone: STANDARD, utc_offset_hours: 0.0 }
    }
}

impl Meters {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// Where it cannot be read, and as [`Meters::parse`].
    pub fn read(path: &Path, options: &MeterOptions<'_>) -> Result<Self, EnergyError> {
        Self::parse_as(&path.display().to_string(), &read_text(path)?, options)
    }

    /// Reads the table in `text`, called `name` in messages, in standard time
    /// and without gaps.
    ///
    /// # Errors
    /// Where the first column is not `start`, a meter's name lacks a unit, a
    /// value is not a number or negative, or a row is missing, out of order or
    /// there twice.
    pub fn parse(name: &str, text: &str) -> Result<Self, EnergyError> {
        Self::parse_as(name, text, &MeterOptions::default())
    }

    /// Reads the table in `text`, called `name` in messages, as `options` say.
    ///
    /// # Errors
    /// As [`Meters::parse`], where there is no such time zone or the clock never
    /// showed a time, and where gaps cannot be filled.
    pub fn parse_as(
        name: &str,
        text: &str,
        options: &MeterOptions<'_>,
    ) -> Result<Self, EnergyError> {
        let clock = MeterClock::new(options)?;
        let mut table = Table::open(name, text)?;
        let units = units(&table)?;
        let mut measured: Vec<Vec<Option<f64>>> = vec![Vec::new(); units.len()];
        let (mut first_minute, mut step, mut last) = (0, 0, i64::MIN);
        let mut count: i64 = 0;
        while let Some(row) = table.next_row()? {
            let minute = clock.minute(&table, &row, last)?;
            last = minute;
            match count {
                0 => first_minute = minute,
                1 => {
                    step = minute - first_minute;
                    if !(1..=60).contains(&step) {
                        let expected = "1 to 60 minutes after the row before";
                        return Err(table.cell_fault(&row, 0, expected));
                    }
                }
                _ => {
                    let due = first_minute + count * step;
                    let missing = rows_missing(minute - due, step, options.gaps)
                        .ok_or_else(|| table.cell_fault(&row, 0, clock.gap(due, step)))?;
                    for values in &mut measured {
                        values.extend(std::iter::repeat_n(None, missing));
                    }
                    count += missing as i64;
                }
            }
            count += 1;
            for (index, values) in measured.iter_mut().enumerate() {
                values.push(value(&table, &row, index + 1, options.gaps)?);
            }
        }
        if count < 2 {
            return Err(table.fault(format!("has {count} rows: must have 2 or more")));
        }
        let step_minutes = step.unsigned_abs() as u32;
        let mut power_kw = Vec::with_capacity(units.len());
        for (index, (mut values, unit)) in measured.into_iter().zip(units).enumerate() {
            fill(&mut values, a_day(step_minutes), (LINE_MINUTES / step_minutes) as usize)
                .map_err(|place| unfilled(&table, index, first_minute + place as i64 * step))?;
            let kw = unit.kw(step_minutes);
            power_kw.push(values.into_iter().flatten().map(|value| value * kw).collect());
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

/// The rows nearest to a day's.
const fn a_day(step_minutes: u32) -> usize {
    ((MINUTES_A_DAY + step_minutes / 2) / step_minutes) as usize
}

/// A meter's value in a cell; an empty one is a gap.
fn value(
    table: &Table<'_>,
    row: &Row,
    column: usize,
    gaps: Gaps,
) -> Result<Option<f64>, EnergyError> {
    let text = table.text(row, column);
    let blank = ["", "NA", "NaN", "nan", "null"].contains(&text);
    match gaps {
        Gaps::Interpolate if blank => Ok(None),
        _ => table.number(row, column, (0.0, 1e9)).map(Some),
    }
}

fn unfilled(table: &Table<'_>, meter: usize, minute: i64) -> EnergyError {
    let column = table.header().get(meter + 1).map_or("", String::as_str);
    table.fault(format!(
        "meter \"{column}\" lacks values about {}, more than the days around can fill: at most a \
         day may be missing at a stretch",
        written(minute)
    ))
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
    fn gaps_are_filled_where_that_is_said() {
        let good = a_day(60);
        let gappy = good
            .replace("2025-06-02T05:00,0.6,600,0.6\n", "")
            .replace("T07:00,0.6,600", "T07:00,,600");
        let options = MeterOptions { gaps: Gaps::Interpolate, ..MeterOptions::default() };
        let filled = Meters::parse_as("m.csv", &gappy, &options).expect("filled");
        let whole = Meters::parse("m.csv", &good).expect("whole");
        for (filled, whole) in filled.power_kw.iter().flatten().zip(whole.power_kw.iter().flatten())
        {
            assert!((filled - whole).abs() < 1e-12);
        }
        assert_eq!(filled.power_kw[0].len(), 24);
        let lost = good.lines().filter(|line| !line.contains("T1")).collect::<Vec<_>>().join("\n");
        assert_eq!(
            Meters::parse_as("m.csv", &lost, &options).expect_err("too long a gap").to_string(),
            "m.csv: meter \"north_kw\" lacks values about 2025-06-02T10:00, more than the days \
             around can fill: at most a day may be missing at a stretch"
        );
    }

    /// Quarter hours of the wall clock of Berlin over both its changes, the
    /// same in universal time, and with offsets of their own.
    #[test]
    fn wall_clocks_universal_time_and_offsets_come_to_the_same() {
        let berlin = MeterOptions {
            time_zone: "Europe/Berlin",
            utc_offset_hours: 1.0,
            ..MeterOptions::default()
        };
        let universal = MeterOptions { time_zone: "UTC", ..berlin };
        for (opens, before, after, change) in
            [("2025-03-29T23:00", 1, 2, 2), ("2025-10-25T22:00", 2, 1, 3)]
        {
            let opens: jiff::civil::DateTime = opens.parse().expect("a time");
            let (mut wall, mut utc, mut stated) = ["start,a_kw\n"; 3].map(str::to_owned).into();
            for quarter in 0..16_i64 {
                let at = opens.checked_add(jiff::Span::new().minutes(15 * quarter)).expect("near");
                let offset = if quarter < 4 * change { before } else { after };
                let here = at.checked_add(jiff::Span::new().hours(offset)).expect("near");
                let text =
                    |time: jiff::civil::DateTime| time.strftime("%Y-%m-%dT%H:%M").to_string();
                wall.push_str(&format!("{},{quarter}\n", text(here)));
                utc.push_str(&format!("{},{quarter}\n", text(at)));
                stated.push_str(&format!("{}+0{offset}:00,{quarter}\n", text(here)));
            }
            let parse = |text: &str, options| Meters::parse_as("m.csv", text, options);
            let of_wall = parse(&wall, &berlin).expect("a wall clock");
            assert_eq!(of_wall, parse(&utc, &universal).expect("universal time"), "{opens}");
            assert_eq!(of_wall, parse(&stated, &berlin).expect("offsets"), "{opens}");
            let standard = parse(&wall, &MeterOptions::default()).expect_err("no one clock");
            assert!(standard.to_string().contains("needs a time_zone"), "{standard}");
        }
        let never = "start,a_kw\n2025-03-30T01:45,1\n2025-03-30T02:00,1\n";
        assert_eq!(
            Meters::parse_as("m.csv", never, &berlin).expect_err("no such time").to_string(),
            "m.csv:3: start = \"2025-03-30T02:00\": must be a time that the clock of \
             Europe/Berlin shows; it was put forward over this one"
        );
        let nowhere = MeterOptions { time_zone: "Europe/Nowhere", ..berlin };
        assert_eq!(
            Meters::parse_as("m.csv", never, &nowhere).expect_err("no such zone").to_string(),
            "load.time_zone = Europe/Nowhere: must be \"standard\", \"UTC\" or a name of the IANA \
             time zone database, like \"Europe/Berlin\""
        );
    }

    #[test]
    fn faults_of_meters_are_named() {
        let good = a_day(60);
        assert_eq!(
            fault(&good.replace("2025-06-02T05:00,0.6,600,0.6\n", "")),
            "m.csv:7: start = \"2025-06-02T06:00\": must be 2025-06-02T05:00, 60 minutes after \
             the row before: gaps are filled only where gaps = \"interpolate\", and a clock that \
             changes for summer needs a time_zone"
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
