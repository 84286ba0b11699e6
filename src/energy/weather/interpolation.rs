//! From the rows of a weather file to the ticks of a run. Between two rows the
//! clear-sky index is interpolated and not the light itself, so that light
//! follows the sun; what each row says of its interval is kept to the Wh.

use crate::energy::calendar::{Clock, MINUTES_A_DAY, date_of, written};
use crate::energy::clear_sky::clear_sky;
use crate::energy::error::EnergyError;
use crate::energy::irradiance::Irradiance;
use crate::energy::sun::{Place, SunPosition, extraterrestrial_w_m2, position};

use super::file::{WeatherFile, WeatherRow};

/// Below this height no light is counted, in degrees. The sun climbs at most
/// 7.5° in half an hour, so that no tick whose middle lies lower has seen it
/// rise; above, a weather file's light counts though the sun be down at the
/// middle of the tick: it rose or set within it, or it is dusk.
pub(in crate::energy) const NIGHT_BELOW_DEG: f64 = -7.5;

/// Linke turbidity of the clear sky that shapes light between rows. Any
/// plausible one serves: a row's own light fixes the level.
pub(in crate::energy) const SHAPE_TURBIDITY: f64 = 3.0;

/// The weather of one tick of the region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::energy) struct Sample {
    pub(in crate::energy) irradiance: Irradiance,
    pub(in crate::energy) temperature_c: f64,
}

/// The weather of every tick of the run.
///
/// # Errors
/// Where the file does not cover the run, or has light in the dark.
pub(in crate::energy) fn sample(
    file: &WeatherFile,
    place: &Place,
    clock: &Clock,
) -> Result<Vec<Sample>, EnergyError> {
    let from = clock.start_minute();
    let minutes = i64::from(clock.days) * i64::from(MINUTES_A_DAY);
    file.check_covers(from, from + minutes)?;
    check_dark(file, place, from, minutes)?;
    // Rows of a clock that is not ours may begin within a tick.
    let ahead = file.past_row_start(from);
    let grain = greatest_common_divisor(clock.tick_minutes, file.step_minutes());
    let grain = greatest_common_divisor(grain, ahead);
    let grains = if grain == file.step_minutes() {
        as_given(file, place, from, minutes)?
    } else {
        let opens = from - i64::from(ahead);
        let mut grains = interpolated(file, place, opens, minutes + i64::from(ahead), grain)?;
        grains.drain(..(ahead / grain) as usize);
        grains.truncate((minutes / i64::from(grain)) as usize);
        grains
    };
    let a_tick = (clock.tick_minutes / grain) as usize;
    Ok(grains.chunks(a_tick).map(mean).collect())
}

/// Refuses bright light while the sun is far below the horizon: a file in
/// another zone's time, or of another place.
fn check_dark(
    file: &WeatherFile,
    place: &Place,
    from: i64,
    minutes: i64,
) -> Result<(), EnergyError> {
    const BRIGHT_W_M2: f64 = 20.0;
    let step = i64::from(file.step_minutes());
    let from = from - i64::from(file.past_row_start(from));
    for minute in (from..from + minutes).step_by(file.step_minutes() as usize) {
        let Some(row) = file.row(minute).filter(|row| row.global_w_m2 > BRIGHT_W_M2) else {
            continue;
        };
        let sun = sun_at(place, minute as f64 + step as f64 / 2.0)?;
        // Twice as deep as the sun climbs in half an hour: night all along.
        if sun.apparent_elevation_deg() < 2.0 * NIGHT_BELOW_DEG {
            return Err(EnergyError::Table {
                file: file.name().to_owned(),
                fault: format!(
                    "has ghi_w_m2 = {} at {}, when the sun is {:.0}° below the horizon of \
                     latitude_deg = {}, longitude_deg = {}, utc_offset_hours = {}: the file must \
                     be in local standard time, of a place nearby",
                    row.global_w_m2,
                    written(minute),
                    -sun.apparent_elevation_deg(),
                    place.latitude_deg,
                    place.longitude_deg,
                    place.utc_offset_hours
                ),
            });
        }
    }
    Ok(())
}

/// The rows of the run as they are: for ticks that hold whole rows.
fn as_given(
    file: &WeatherFile,
    place: &Place,
    from: i64,
    minutes: i64,
) -> Result<Vec<Sample>, EnergyError> {
    let step = file.step_minutes();
    (from..from + minutes)
        .step_by(step as usize)
        .filter_map(|minute| file.row(minute).map(|row| (minute, row)))
        .map(|(minute, row)| {
            let irradiance = match row.parts_w_m2 {
                Some([direct_w_m2, diffuse_w_m2]) => {
                    Irradiance { global_w_m2: row.global_w_m2, direct_w_m2, diffuse_w_m2 }
                }
                None => split_at(place, minute as f64 + f64::from(step) / 2.0, row.global_w_m2)?,
            };
            Ok(Sample { irradiance, temperature_c: row.temperature_c })
        })
        .collect()
}

/// Global, direct and diffuse, in this order.
const PARTS: usize = 3;

/// One row of the file, and the sky of its grains.
struct Interval {
    row: Option<WeatherRow>,
    /// For each grain: what a clear sky would give, twilight added.
    shapes: Vec<[f64; PARTS]>,
    /// The row's light over the clear sky's; `None` in the dark, where that
    /// means nothing.
    indices: [Option<f64>; PARTS],
}

impl Interval {
    fn temperature_c(&self) -> Option<f64> {
        self.row.map(|row| row.temperature_c)
    }
}

/// Samples of `grain` minutes, finer than the file's rows.
fn interpolated(
    file: &WeatherFile,
    place: &Place,
    from: i64,
    minutes: i64,
    grain: u32,
) -> Result<Vec<Sample>, EnergyError> {
    let step = i64::from(file.step_minutes());
    // One interval more on either side, to interpolate with.
    let count = minutes.div_euclid(step) + i64::from(minutes.rem_euclid(step) != 0);
    let intervals = (-1..=count)
        .map(|number| interval(file, place, from + number * step, grain))
        .collect::<Result<Vec<_>, _>>()?;
    let mut samples = Vec::with_capacity((minutes / i64::from(grain)) as usize);
    let mut start = from as f64;
    for neighbours in intervals.windows(3) {
        let [before, here, after] = neighbours else {
            continue;
        };
        let lights = spread(before, here, after);
        let count = lights.len() as f64;
        for (number, light) in lights.into_iter().enumerate() {
            let along = (number as f64 + 0.5) / count;
            let temperature_c =
                between(before.temperature_c(), here.temperature_c(), after.temperature_c(), along);
            let middle = start + f64::from(grain) / 2.0;
            let irradiance = if file.has_parts() {
                Irradiance { global_w_m2: light[0], direct_w_m2: light[1], diffuse_w_m2: light[2] }
            } else {
                split_at(place, middle, light[0])?
            };
            samples.push(Sample { irradiance, temperature_c });
            start += f64::from(grain);
        }
    }
    Ok(samples)
}

fn interval(
    file: &WeatherFile,
    place: &Place,
    start: i64,
    grain: u32,
) -> Result<Interval, EnergyError> {
    let shapes = (0..file.step_minutes() / grain)
        .map(|number| {
            let middle = start as f64 + (f64::from(number) + 0.5) * f64::from(grain);
            Ok(shape(&sun_at(place, middle)?, place, middle))
        })
        .collect::<Result<Vec<_>, EnergyError>>()?;
    let row = file.row(start).copied();
    let indices = std::array::from_fn(|part| {
        /// Below these means, in W/m², an index says more of the horizon than
        /// of the clouds.
        const LEAST: [f64; PARTS] = [20.0, 50.0, 10.0];
        let clear = shapes.iter().map(|shape| shape[part]).sum::<f64>() / shapes.len() as f64;
        row.filter(|_| clear >= LEAST[part]).map(|row| light_of(&row)[part] / clear)
    });
    Ok(Interval { row, shapes, indices })
}

/// A clear sky's light, with a little of the sky's own while the sun is just
/// below the horizon: a file has light then, and it must go somewhere.
fn shape(sun: &SunPosition, place: &Place, minute: f64) -> [f64; PARTS] {
    const TWILIGHT_W_M2: f64 = 2.0;
    const TWILIGHT_FROM_DEG: f64 = -4.0;
    let (date, _) = date_of(minute.floor() as i64);
    let clear = clear_sky(sun, place.elevation_m, extraterrestrial_w_m2(date), SHAPE_TURBIDITY);
    let twilight =
        if sun.apparent_elevation_deg() > TWILIGHT_FROM_DEG { TWILIGHT_W_M2 } else { 0.0 };
    [clear.global_w_m2 + twilight, clear.direct_w_m2, clear.diffuse_w_m2 + twilight]
}

fn light_of(row: &WeatherRow) -> [f64; PARTS] {
    let [direct, diffuse] = row.parts_w_m2.unwrap_or_default();
    [row.global_w_m2, direct, diffuse]
}

/// The light of each grain of `here`: the clear sky's times an index that runs
/// from the neighbours' to its own, brought to the row's mean.
fn spread(before: &Interval, here: &Interval, after: &Interval) -> Vec<[f64; PARTS]> {
    let mut lights = here.shapes.clone();
    let means = here.row.as_ref().map(light_of).unwrap_or_default();
    let count = lights.len() as f64;
    for part in 0..PARTS {
        for (grain, light) in lights.iter_mut().enumerate() {
            let along = (grain as f64 + 0.5) / count;
            light[part] *=
                between(before.indices[part], here.indices[part], after.indices[part], along);
        }
        let sum: f64 = lights.iter().map(|light| light[part]).sum();
        for light in &mut lights {
            light[part] =
                if sum > 0.0 { light[part] * means[part] * count / sum } else { means[part] };
        }
    }
    lights
}

/// What stands at `along` (0 to 1) of an interval, between the values at the
/// middles of the interval before, this one, and the one after. Where a
/// neighbour has none, the value is held.
fn between(before: Option<f64>, here: Option<f64>, after: Option<f64>, along: f64) -> f64 {
    let neighbour = if along < 0.5 { before } else { after };
    match (here, neighbour) {
        (Some(here), Some(neighbour)) => here + (neighbour - here) * (along - 0.5).abs(),
        (Some(value), None) | (None, Some(value)) => value,
        (None, None) => 1.0,
    }
}

fn sun_at(place: &Place, minute: f64) -> Result<SunPosition, EnergyError> {
    let (date, _) = date_of(minute.floor() as i64);
    let of_day = minute.rem_euclid(f64::from(MINUTES_A_DAY));
    position(place, date, of_day)
}

fn split_at(place: &Place, minute: f64, global_w_m2: f64) -> Result<Irradiance, EnergyError> {
    /// How much stronger than under the clear sky a beam may be: the limit that
    /// pvlib's `dni` is usually given.
    const CLEAR_TOLERANCE: f64 = 1.1;
    let (date, _) = date_of(minute.floor() as i64);
    let sun = sun_at(place, minute)?;
    let above_air = extraterrestrial_w_m2(date);
    let clear = clear_sky(&sun, place.elevation_m, above_air, SHAPE_TURBIDITY);
    let split = Irradiance::split(global_w_m2, &sun, above_air);
    Ok(split.with_direct_at_most(CLEAR_TOLERANCE * clear.direct_w_m2))
}

fn mean(grains: &[Sample]) -> Sample {
    let count = grains.len() as f64;
    let of = |value: fn(&Sample) -> f64| grains.iter().map(value).sum::<f64>() / count;
    Sample {
        irradiance: Irradiance {
            global_w_m2: of(|grain| grain.irradiance.global_w_m2),
            direct_w_m2: of(|grain| grain.irradiance.direct_w_m2),
            diffuse_w_m2: of(|grain| grain.irradiance.diffuse_w_m2),
        },
        temperature_c: of(|grain| grain.temperature_c),
    }
}

const fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
