//! From the rows of a file, in whatever clock and order of years, to one series
//! without gaps in local standard time. What a format means is `formats`'.

use super::dark::SunDown;
use super::file::{Origin, TYPICAL, TYPICAL_MINUTES, WeatherFile, WeatherRow};
use super::formats::{Contents, Entry, Values, WeatherOptions};
use crate::energy::calendar::{MINUTES_A_DAY, date_of, minute_of, written};
use crate::energy::error::EnergyError;
use crate::energy::gaps::{
    Gaps, LINE_MINUTES, MOSTLY_MISSING, fill, longer_than, mostly_missing, row_expected,
    rows_missing,
};

/// The series out of what the file called `name` says.
pub(super) fn assemble(
    name: &str,
    contents: Contents,
    options: &WeatherOptions<'_>,
) -> Result<WeatherFile, EnergyError> {
    check_location(name, &contents, options)?;
    let Contents { utc_offset_hours, typical, centred, has_parts, offset_minutes, rows, .. } =
        contents;
    let fault = |fault: String| EnergyError::Table { file: name.to_owned(), fault };
    let mut rows = dated(rows, offset_minutes, typical);
    if typical {
        // Years differ from row to row; one after another they make a circle.
        let first = rows.first().map_or(0, |(minute, _)| *minute);
        for (minute, _) in &mut rows {
            *minute = first + (*minute - first).rem_euclid(TYPICAL_MINUTES);
        }
    }
    let Some(first) = rows.first().map(|(minute, _)| *minute).filter(|_| rows.len() > 1) else {
        return Err(fault(format!("has {} rows: must have 2 or more", rows.len())));
    };
    let step = match contents.step_minutes {
        Some(step) => step,
        None => step_of(name, &rows)?,
    };
    let mut series = series(name, &rows, step, typical, options.gaps)?;
    // From here on, in local standard time, each row from its beginning.
    let shift = match (options.place, utc_offset_hours) {
        (Some(place), Some(file)) => ((place.utc_offset_hours - file) * 60.0).round() as i64,
        _ => 0,
    };
    let mut first = first + shift - if centred { i64::from(step) / 2 } else { 0 };
    let years = rows.iter().map(|(_, row)| row.time.date.year());
    let origin = Origin {
        years: years.clone().min().zip(years.max()).unwrap_or_default(),
        filled_rows: series.len() - rows.len(),
        filled_values: [0, 1, 2, 3].map(|which| lacking(&series, which, has_parts)).iter().sum(),
    };
    let sun = options.place.map(|place| SunDown { place, first, step });
    fill_gaps(&mut series, step, has_parts, sun.as_ref())
        .map_err(|place| fault(unfilled(first + place as i64 * i64::from(step))))?;
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
    Ok(WeatherFile::new(name.to_owned(), step, first, typical, rows, origin))
}

/// Rows with their moments in minutes from 1970, `offset` after what their times
/// say. Those of a typical year are moved into that of [`TYPICAL`], by the day
/// that they are written under, and its 29 February is left out.
fn dated(rows: Vec<Entry>, offset: i64, typical: bool) -> Vec<(i64, Entry)> {
    let opens = minute_of(jiff::civil::date(TYPICAL, 1, 1));
    let moment = |row: &Entry| {
        if !typical {
            return Some(row.time.minute() + offset);
        }
        let day = i64::from(row.time.date.day_of_year_no_leap()? - 1);
        Some(opens + day * i64::from(MINUTES_A_DAY) + row.time.of_day + offset)
    };
    rows.into_iter().filter_map(|row| Some((moment(&row)?, row))).collect()
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

fn cell(name: &str, row: &Entry, expected: String) -> EnergyError {
    EnergyError::Cell {
        file: name.to_owned(),
        line: row.line,
        column: row.column.to_owned(),
        value: row.stamp.clone(),
        expected,
    }
}

/// The step, by the first two rows.
fn step_of(name: &str, rows: &[(i64, Entry)]) -> Result<u32, EnergyError> {
    let [(first, one), (second, next), ..] = rows else { return Ok(60) };
    let step = u32::try_from(second - first)
        .ok()
        .filter(|step| (1..=60).contains(step) && 60 % step == 0)
        .ok_or_else(|| {
            let expected = "1 to 60 minutes after the row before, a divisor of 60";
            cell(name, next, expected.to_owned())
        })?;
    if one.column == "start" && first % i64::from(step) != 0 {
        return Err(EnergyError::Line {
            file: name.to_owned(),
            line: next.line,
            fault: "must start on a whole step of the hour".to_owned(),
        });
    }
    Ok(step)
}

/// The values at each step from the first row to the last.
fn series(
    name: &str,
    rows: &[(i64, Entry)],
    step: u32,
    typical: bool,
    gaps: Gaps,
) -> Result<Vec<Values>, EnergyError> {
    let by = i64::from(step);
    let first = rows.first().map_or(0, |(minute, _)| *minute);
    let mut series: Vec<Values> = Vec::with_capacity(rows.len());
    for (read, (minute, row)) in rows.iter().enumerate() {
        let due = first + series.len() as i64 * by;
        let late = minute - due;
        let count = usize::try_from(late / by).unwrap_or(0);
        if !typical && is_leap_day(due, late) && count <= series.len() {
            // A year without its 29 February is whole: the 28th serves.
            let yesterday = series[series.len() - count..].to_vec();
            series.extend(yesterday);
        } else if let Some(missing) = rows_missing(late, by, gaps) {
            if mostly_missing(series.len() - read + missing, read, by) {
                return Err(cell(name, row, MOSTLY_MISSING.to_owned()));
            }
            series.extend(std::iter::repeat_n([None; 4], missing));
        } else {
            let mut due = written(due);
            if typical {
                due = due.split_off(5);
            }
            return Err(cell(name, row, row_expected(&due, by, late, gaps)));
        }
        series.push(row.values);
    }
    Ok(series)
}

/// Whether a row is `late` by just 29 February, which was due.
fn is_leap_day(due: i64, late: i64) -> bool {
    let (date, _) = date_of(due);
    (date.month(), date.day()) == (2, 29) && late == i64::from(MINUTES_A_DAY)
}

/// How many values of `which` are missing.
fn lacking(series: &[Values], which: usize, has_parts: bool) -> usize {
    if !has_parts && (which == 1 || which == 2) {
        return 0;
    }
    series.iter().filter(|values| values[which].is_none()).count()
}

/// Fills what is missing; the place of the first value that cannot be filled.
fn fill_gaps(
    series: &mut [Values],
    step: u32,
    has_parts: bool,
    sun: Option<&SunDown<'_>>,
) -> Result<(), usize> {
    let a_day = (MINUTES_A_DAY / step) as usize;
    for which in 0..4 {
        let is_light = which < 3;
        if lacking(series, which, has_parts) == 0 {
            continue;
        }
        let mut column: Vec<Option<f64>> = series.iter().map(|values| values[which]).collect();
        if let Some(sun) = sun.filter(|_| is_light) {
            let gaps = longer_than(&column, a_day);
            // Light that was not measured while the sun was down was none.
            sun.fill(&mut column, SunDown::throughout);
            // A night does not make two gaps out of one that is too long.
            if let Some(place) = gaps.into_iter().flatten().find(|&at| column[at].is_none()) {
                return Err(place);
            }
            let mut by_days = column.clone();
            if fill(&mut by_days, a_day, 0).is_err() {
                // The days around are empty there too.
                sun.fill(&mut column, SunDown::at_the_middle);
            }
        }
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
        "has no values about {}, nor at that time on the days around: gaps are filled from the \
         day before and the day after, and at most a day may be missing at a stretch",
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
