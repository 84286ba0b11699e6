//! Reading the plain table of meters: one column a meter, the first the time.
//! Exports in other forms are `meter_export`'s.

use std::path::Path;

use super::meter_clock::MeterClock;
use super::meter_column::Unit;
use super::meter_export;
use super::meter_options::MeterOptions;
use super::meter_series::Series;
use super::meters::Meters;
use crate::energy::cells::is_blank;
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;
use crate::energy::table::{Row, Table};
use crate::energy::text::read_text;

/// The name of the first column of the plain table.
const START: &str = "start";

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
    /// Where it is neither the plain table nor clear as an export, a meter's name
    /// lacks a unit, a
    /// value is not a number, negative or beyond what a home can use, or a row is
    /// missing, out of order or there twice.
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
        let plain = table.header().first().is_some_and(|column| column == START);
        if !plain || !options.columns.is_empty() {
            return meter_export::read(name, text, options);
        }
        table.refuse_unclear_names()?;
        let mut series = Series::new(options, &clock, columns(&table)?);
        let mut last = i64::MIN;
        while let Some(row) = table.next_row()? {
            let minute = match table.universal_minute(&row, 0) {
                Some(universal) => clock.standard_of_universal(universal),
                None => clock
                    .standard(table.minute(&row, 0, None)?, last)
                    .map_err(|expected| table.cell_fault(&row, 0, expected))?,
            };
            last = minute;
            series.push(
                row.line,
                minute,
                |expected| table.cell_fault(&row, 0, expected),
                |column| value(&table, &row, column + 1, options.gaps),
            )?;
        }
        series.finish(name, Vec::new())
    }
}

/// A meter's value in a cell; an empty one is a gap.
fn value(
    table: &Table<'_>,
    row: &Row,
    column: usize,
    gaps: Gaps,
) -> Result<Option<f64>, EnergyError> {
    match gaps {
        Gaps::Interpolate if is_blank(table.text(row, column)) => Ok(None),
        _ => table.number(row, column, (0.0, 1e9)).map(Some),
    }
}

/// The meters with their units, in order.
fn columns(table: &Table<'_>) -> Result<Vec<(String, Unit)>, EnergyError> {
    let [_, meters @ ..] = table.header() else {
        return Ok(Vec::new());
    };
    if meters.is_empty() {
        return Err(table.fault("has no meter: must have a column for each after \"start\""));
    }
    meters
        .iter()
        .map(|column| {
            let unit = column.rsplit_once('_').and_then(|(_, unit)| Unit::named(unit));
            unit.map(|unit| (column.clone(), unit)).ok_or_else(|| {
                table.fault(format!(
                    "meter \"{column}\" has no unit: its name must end in _kw, _w, _kwh or _wh"
                ))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::calendar::{Clock, written};

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
        for (filled, whole) in filled.meters[0].power_kw.iter().zip(&whole.meters[0].power_kw) {
            assert!((filled - whole).abs() < 1e-12);
        }
        assert_eq!((filled.meters[0].power_kw.len(), filled.summary().filled), (24, 4));
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
        assert!(fault("time\n1\n").starts_with("m.csv: has no row with a time and a number: must"));
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
