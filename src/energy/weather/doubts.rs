//! What looks odd in a weather file though each value is possible: light that
//! does not add up, columns that changed places, another unit, another place or
//! clock. Doubts are told and stop nothing.

use super::file::{WeatherFile, WeatherRow};
use super::interpolation::SHAPE_TURBIDITY;
use crate::energy::calendar::{MINUTES_A_DAY, date_of, written};
use crate::energy::clear_sky::clear_sky;
use crate::energy::error::EnergyError;
use crate::energy::sun::{Place, extraterrestrial_w_m2, position};

/// Rows that are looked at: of longer files, every so many.
const LOOKED_AT: usize = 20_000;

/// Lower suns make much of small differences in time.
const LEAST_HEIGHT_DEG: f64 = 10.0;

/// The share of its light by which a file may fail to add up. Hourly means
/// against the sun at the middle of the hour differ by a few per cent; the
/// shipped year by three.
const MOST_OPEN_SHARE: f64 = 0.2;

/// A row with the sun well up.
struct Look {
    /// Local minutes from 1970 to the middle of the row.
    minute: f64,
    /// The sine of the sun's height.
    sine: f64,
    /// Global irradiance of a clear sky, W/m².
    clear_w_m2: f64,
    row: WeatherRow,
}

impl Look {
    /// Global, direct normal and diffuse light.
    fn light(&self) -> [f64; 3] {
        let [direct, diffuse] = self.row.parts_w_m2.unwrap_or_default();
        [self.row.global_w_m2, direct, diffuse]
    }
}

impl WeatherFile {
    /// What looks odd about it at `place`, a sentence each, with the number that
    /// does.
    ///
    /// # Errors
    /// Where the place or a time is out of the range of the sun's formulas.
    pub fn doubts(&self, place: &Place) -> Result<Vec<String>, EnergyError> {
        let looks = looks(self, place)?;
        let days =
            self.rows().count() as f64 * f64::from(self.step_minutes()) / f64::from(MINUTES_A_DAY);
        let mut doubts = Vec::new();
        let global: f64 = looks.iter().map(|look| look.row.global_w_m2).sum();
        let clear: f64 = looks.iter().map(|look| look.clear_w_m2).sum();
        if looks.is_empty() || clear <= 0.0 {
            return Ok(doubts);
        }
        let share = global / clear;
        let brightest = looks.iter().map(|look| look.row.global_w_m2).fold(0.0, f64::max);
        let whole_week = days >= 7.0;
        if share < 0.01 && brightest <= 2.0 {
            doubts.push(format!(
                "{}: its brightest global light is {brightest} W/m²: is it in kW/m²?",
                self.name()
            ));
        } else if whole_week && !(0.1..=1.15).contains(&share) {
            doubts.push(format!(
                "{}: its global light is {:.0} % of that of a clear sky there: is it in another \
                 unit, or of another place?",
                self.name(),
                100.0 * share
            ));
        }
        doubts.extend(not_closed(self, &looks));
        if global > 0.0 && share >= 0.01 {
            doubts.extend(shifted(self, &looks, days));
        }
        Ok(doubts)
    }
}

/// The rows with the sun well up.
fn looks(file: &WeatherFile, place: &Place) -> Result<Vec<Look>, EnergyError> {
    let every = file.rows().count().div_ceil(LOOKED_AT).max(1);
    let mut looks = Vec::new();
    for (begins, row) in file.rows().step_by(every) {
        let minute = begins as f64 + f64::from(file.step_minutes()) / 2.0;
        let (date, _) = date_of(minute.floor() as i64);
        let sun = position(place, date, minute.rem_euclid(f64::from(MINUTES_A_DAY)))?;
        if sun.apparent_elevation_deg() < LEAST_HEIGHT_DEG {
            continue;
        }
        let above_air = extraterrestrial_w_m2(date);
        let clear = clear_sky(&sun, place.elevation_m, above_air, SHAPE_TURBIDITY);
        looks.push(Look {
            minute,
            sine: libm::cos(sun.zenith_deg.to_radians()),
            clear_w_m2: clear.global_w_m2,
            row: *row,
        });
    }
    Ok(looks)
}

/// Whether direct and diffuse light make the global, and if not, whether they
/// would with two columns in each other's place.
fn not_closed(file: &WeatherFile, looks: &[Look]) -> Option<String> {
    const NAMES: [&str; 3] = ["ghi", "dni", "dhi"];
    if !file.has_parts() {
        return None;
    }
    let open = |order: [usize; 3]| {
        let (mut open, mut all) = (0.0, 0.0);
        for look in looks {
            let light = look.light();
            let [global, direct, diffuse] = order.map(|part| light[part]);
            open += (global - diffuse - direct * look.sine).abs();
            all += global;
        }
        if all > 0.0 { open / all } else { 0.0 }
    };
    let share = open([0, 1, 2]);
    if share <= MOST_OPEN_SHARE {
        return None;
    }
    let swapped = [[0, 2, 1], [1, 0, 2], [2, 1, 0]]
        .into_iter()
        .map(|order| (open(order), order))
        .filter(|(open, _)| *open < MOST_OPEN_SHARE && *open < share / 2.0)
        .min_by(|(one, _), (other, _)| one.total_cmp(other));
    let worst = looks.iter().max_by(|one, other| {
        let gap = |look: &Look| {
            let [global, direct, diffuse] = look.light();
            (global - diffuse - direct * look.sine).abs()
        };
        gap(one).total_cmp(&gap(other))
    })?;
    let [global, direct, diffuse] = worst.light();
    let guess = match swapped {
        Some((_, order)) => {
            let apart: Vec<&str> =
                (0..3).filter(|&part| order[part] != part).map(|part| NAMES[part]).collect();
            format!("have {} changed places?", apart.join(" and "))
        }
        None => "is one of them another quantity, or of another time or place?".to_owned(),
    };
    Some(format!(
        "{}: its light does not add up, by {:.0} % of it; at {} ghi is {global}, while dhi {diffuse} \
         and dni {direct} at a sun of {:.0}° make {:.0}: {guess}",
        file.name(),
        100.0 * share,
        written(worst.minute.floor() as i64),
        libm::asin(worst.sine.clamp(-1.0, 1.0)).to_degrees(),
        diffuse + direct * worst.sine
    ))
}

/// Whether the middle of the day's light is not where the sun has it.
fn shifted(file: &WeatherFile, looks: &[Look], days: f64) -> Option<String> {
    /// Clouds move the middle of a few days' light, and of a year's hardly.
    const A_MONTH: f64 = 28.0;
    let most_minutes = if days >= A_MONTH { 45.0 } else { 150.0 };
    let middle = |light: fn(&Look) -> f64| {
        let (mut moment, mut all) = (0.0, 0.0);
        for look in looks {
            moment += light(look) * look.minute.rem_euclid(f64::from(MINUTES_A_DAY));
            all += light(look);
        }
        moment / all
    };
    let (of_light, of_sun) = (middle(|look| look.row.global_w_m2), middle(|look| look.clear_w_m2));
    let clock = |minute: f64| format!("{:02.0}:{:02.0}", (minute / 60.0).floor(), minute % 60.0);
    ((of_light - of_sun).abs() > most_minutes).then(|| {
        format!(
            "{}: the middle of its light is at {}, and the sun's there at {}: is it of another \
             place, or on another clock?",
            file.name(),
            clock(of_light),
            clock(of_sun)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::shipped;

    const GREENSBORO: Place = Place {
        latitude_deg: 36.1,
        longitude_deg: -79.95,
        elevation_m: 273.0,
        utc_offset_hours: -5.0,
    };

    /// The shipped year with each row's values rewritten.
    fn rewritten(write: impl Fn(&[&str]) -> String) -> WeatherFile {
        let mut text = String::new();
        for line in shipped::TYPICAL_YEAR.text.lines() {
            let cells: Vec<&str> = line.split(',').collect();
            match cells.as_slice() {
                [start, ..] if start.starts_with(['0', '1']) => text.push_str(&write(&cells)),
                _ => text.push_str(line),
            }
            text.push('\n');
        }
        WeatherFile::parse("w.csv", &text).unwrap_or_else(|error| panic!("{error}"))
    }

    fn doubts(file: &WeatherFile) -> Vec<String> {
        file.doubts(&GREENSBORO).expect("a place on Earth")
    }

    #[test]
    fn a_good_file_raises_none() {
        let year = WeatherFile::shipped().expect("the shipped file");
        assert_eq!(doubts(&year), [""; 0]);
    }

    #[test]
    fn columns_that_changed_places_are_told() {
        let swapped = rewritten(|c| [c[0], c[1], c[3], c[2], c[4]].join(","));
        let found = doubts(&swapped);
        assert!(
            found.len() == 1 && found[0].ends_with("have dni and dhi changed places?"),
            "{found:?}"
        );
    }

    #[test]
    fn kilowatts_and_light_that_does_not_add_up_are_told() {
        let kilo = |cell: &str| (cell.parse::<f64>().expect("a number") / 1000.0).to_string();
        let file = rewritten(|c| {
            [c[0].to_owned(), kilo(c[1]), kilo(c[2]), kilo(c[3]), c[4].to_owned()].join(",")
        });
        let found = doubts(&file);
        assert!(found.len() == 1 && found[0].ends_with("W/m²: is it in kW/m²?"), "{found:?}");
        let odd = rewritten(|c| [c[0], c[1], "0", "0", c[4]].join(","));
        let found = doubts(&odd);
        assert!(found.len() == 1 && found[0].contains("by 100 % of it"), "{found:?}");
    }

    #[test]
    fn another_clock_is_told() {
        let year = WeatherFile::shipped().expect("the shipped file");
        let away = Place { longitude_deg: -105.0, ..GREENSBORO };
        let found = year.doubts(&away).expect("a place on Earth");
        assert!(found.iter().any(|doubt| doubt.contains("on another clock?")), "{found:?}");
    }
}
