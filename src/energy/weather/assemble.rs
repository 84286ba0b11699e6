//! From the rows of a file, in whatever clock and order of years, to one series
//! without gaps in local standard time. What a format means is `formats`'.

use super::file::{WeatherFile, WeatherRow};
use super::formats::{Contents, Entry, Values, WeatherOptions};
use crate::energy::calendar::{MINUTES_A_DAY, date_of, minute_of, written};
use crate::energy::error::EnergyError;
use crate::energy::gaps::{Gaps, LINE_MINUTES, fill, rows_missing};

/// The year that a typical year is filed under: one without 29 February.
pub(super) const TYPICAL: i16 = 2001;

/// Minutes of that year.
pub(super) const TYPICAL_MINUTES: i64 = 365 * MINUTES_A_DAY as i64;

/// The series out of what the file called `name` says.
pub(super) fn assemble(
    name: &str,
    contents: Contents,
    options: &WeatherOptions<'_>,
) -> Result<WeatherFile, EnergyError> {
    check_location(name, &contents, options)?;
    let Contents { utc_offset_hours, typical, centred, has_parts, mut rows, .. } = contents;
    let fault = |fault: String| EnergyError::Table { file: name.to_owned(), fault };
    if typical {
        rows.retain_mut(file_under_typical_year);
        // Years differ from row to row; one after another they make a circle.
        let first = rows.first().map_or(0, |row| row.minute);
        for row in &mut rows {
            row.minute = first + (row.minute - first).rem_euclid(TYPICAL_MINUTES);
        }
    }
    let Some(first) = rows.first().map(|row| row.minute).filter(|_| rows.len() > 1) else {
        return Err(fault(format!("has {} rows: must have 2 or more", rows.len())));
    };
    let (step, mut series) = series(name, &rows, typical, options.gaps)?;
    fill_gaps(&mut series, step, has_parts)
        .map_err(|place| fault(unfilled(first + place as i64 * i64::from(step))))?;
    // From here on, in local standard time, each row from its beginning.
    let shift = match (options.place, utc_offset_hours) {
        (Some(place), Some(file)) => ((place.utc_offset_hours - file) * 60.0).round() as i64,
        _ => 0,
    };
    let mut first = first + shift - if centred { i64::from(step) / 2 } else { 0 };
    let mut rows: Vec<WeatherRow> =
        series.into_iter().filter_map(|values| whole_row(values, has_parts)).collect();
    if typical {
        check_whole(&rows, step).map_err(fault)?;
        // The rows before the year's first whole one go to its end.
        let opens = minute_of(jiff::civil::date(TYPICAL, 1, 1));
        let late = (opens - first).div_euclid(i64::from(step))
            + i64::from((opens - first).rem_euclid(i64::from(step)) != 0);
        let turn = late.rem_euclid(rows.len() as i64) as usize;
        rows.rotate_left(turn);
        first = (first + late * i64::from(step) - opens).rem_euclid(TYPICAL_MINUTES) + opens;
    } else if first.rem_euclid(i64::from(step)) != 0 {
        // Rows that straddle the hours leave half of one open at either end.
        let ends = [rows.first().copied(), rows.last().copied()];
        if let [Some(one), Some(last)] = ends {
            rows.insert(0, one);
            rows.push(last);
            first -= i64::from(step);
        }
    }
    Ok(WeatherFile::new(name.to_owned(), step, first, typical, rows))
}

/// Refuses weather from far away: the sun would rise at another time.
fn check_location(
    name: &str,
    contents: &Contents,
    options: &WeatherOptions<'_>,
) -> Result<(), EnergyError> {
    const FAR_DEG: f64 = 2.0;
    let Some((place, [latitude, longitude])) = options.place.zip(contents.location_deg) else {
        return Ok(());
    };
    let east = (longitude - place.longitude_deg + 180.0).rem_euclid(360.0) - 180.0;
    if (latitude - place.latitude_deg).abs() <= FAR_DEG && east.abs() <= FAR_DEG {
        return Ok(());
    }
    Err(EnergyError::Table {
        file: name.to_owned(),
        fault: format!(
            "is of latitude {latitude}, longitude {longitude}: must be within {FAR_DEG} degrees \
             of latitude_deg = {}, longitude_deg = {}; set the place of the scenario",
            place.latitude_deg, place.longitude_deg
        ),
    })
}

/// Moves a row into the year of [`TYPICAL`]; `false` for 29 February, which it
/// lacks.
fn file_under_typical_year(row: &mut Entry) -> bool {
    let (date, of_day) = date_of(row.minute);
    let Some(day) = date.day_of_year_no_leap() else { return false };
    let opens = minute_of(jiff::civil::date(TYPICAL, 1, 1));
    row.minute = opens + i64::from(day - 1) * i64::from(MINUTES_A_DAY) + i64::from(of_day);
    true
}

/// The step, and the values at each step from the first row to the last.
fn series(
    name: &str,
    rows: &[Entry],
    typical: bool,
    gaps: Gaps,
) -> Result<(u32, Vec<Values>), EnergyError> {
    let cell = |row: &Entry, expected: String| EnergyError::Cell {
        file: name.to_owned(),
        line: row.line,
        column: row.column.to_owned(),
        value: row.stamp.clone(),
        expected,
    };
    let (first, second) = (&rows[0], &rows[1]);
    let step = u32::try_from(second.minute - first.minute)
        .ok()
        .filter(|step| (1..=60).contains(step) && 60 % step == 0)
        .ok_or_else(|| {
            let expected = "1 to 60 minutes after the row before, a divisor of 60";
            cell(second, expected.to_owned())
        })?;
    let by = i64::from(step);
    if first.column == "start" && first.minute % by != 0 {
        return Err(EnergyError::Line {
            file: name.to_owned(),
            line: second.line,
            fault: "must start on a whole step of the hour".to_owned(),
        });
    }
    let mut series: Vec<Values> = Vec::with_capacity(rows.len());
    for row in rows {
        let due = first.minute + series.len() as i64 * by;
        let late = row.minute - due;
        let count = usize::try_from(late / by).unwrap_or(0);
        if !typical && is_leap_day(due, late) && count <= series.len() {
            // A year without its 29 February is whole: the 28th serves.
            let yesterday = series[series.len() - count..].to_vec();
            series.extend(yesterday);
        } else if let Some(missing) = rows_missing(late, by, gaps) {
            series.extend(std::iter::repeat_n([None; 4], missing));
        } else {
            let mut due = written(due);
            if typical {
                due = due.split_off(5);
            }
            let expected = format!(
                "{due}, {step} minutes after the row before: gaps are filled only where gaps = \
                 \"interpolate\""
            );
            return Err(cell(row, expected));
        }
        series.push(row.values);
    }
    Ok((step, series))
}

/// Whether a row is `late` by just 29 February, which was due.
fn is_leap_day(due: i64, late: i64) -> bool {
    let (date, _) = date_of(due);
    (date.month(), date.day()) == (2, 29) && late == i64::from(MINUTES_A_DAY)
}

/// Fills what lacks; the place of the first value that cannot be filled.
fn fill_gaps(series: &mut [Values], step: u32, has_parts: bool) -> Result<(), usize> {
    let a_day = (MINUTES_A_DAY / step) as usize;
    for which in 0..4 {
        let is_light = which < 3;
        if series.iter().all(|values| values[which].is_some())
            || (!has_parts && (which == 1 || which == 2))
        {
            continue;
        }
        let mut column: Vec<Option<f64>> = series.iter().map(|values| values[which]).collect();
        // A straight line across a sunrise would shine in the dark.
        let by_line = if is_light { 0 } else { (LINE_MINUTES / step) as usize };
        fill(&mut column, a_day, by_line)?;
        for (values, value) in series.iter_mut().zip(column) {
            values[which] = value;
        }
    }
    Ok(())
}

fn unfilled(minute: i64) -> String {
    format!(
        "lacks values about {}, more than the days around can fill: at most a day may be missing \
         at a stretch",
        written(minute)
    )
}

fn whole_row(values: Values, has_parts: bool) -> Option<WeatherRow> {
    let [global, direct, diffuse, temperature] = values;
    let parts_w_m2 = if has_parts { Some([direct?, diffuse?]) } else { None };
    Some(WeatherRow { global_w_m2: global?, parts_w_m2, temperature_c: temperature? })
}

/// Refuses a typical year that is not whole.
fn check_whole(rows: &[WeatherRow], step: u32) -> Result<(), String> {
    let needed = TYPICAL_MINUTES / i64::from(step);
    if rows.len() as i64 == needed {
        return Ok(());
    }
    Err(format!(
        "has {} rows: a typical year at {step} minutes has {needed}, from 1 January to 31 \
         December without 29 February",
        rows.len()
    ))
}
