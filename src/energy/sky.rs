//! The sky over the region at every tick of a run: where the sun stands and
//! how strongly it shines. Worked out once a run; panels only look it up.

use std::ops::Range;
use std::sync::Arc;

use jiff::civil::Date;

use super::calendar::Clock;
use super::clear_sky::clear_sky;
use super::error::EnergyError;
use super::irradiance::Irradiance;
use super::sun::{Place, SunPosition, extraterrestrial_w_m2, position};
use super::weather::{
    NIGHT_BELOW_DEG, SHAPE_TURBIDITY, Sample, SiteNoise, SyntheticWeather, TickNoise, Weather,
    air_temperature_c, mean_indices, sample,
};

/// What a scenario says of place, time and weather, made ready for any number
/// of runs: nothing here depends on a seed.
#[derive(Clone, Debug)]
pub struct Region {
    clock: Clock,
    noise: TickNoise,
    suns: Vec<TickSun>,
    source: Source,
}

/// Where each run's sky comes from.
#[derive(Clone, Debug)]
enum Source {
    /// The same sky for every seed.
    Fixed(Arc<[SkyTick]>),
    /// A sky for each seed.
    Drawn(SyntheticWeather),
}

/// The sun at the middle of one tick.
#[derive(Clone, Copy, Debug)]
struct TickSun {
    position: SunPosition,
    direction: [f64; 3],
    extraterrestrial_w_m2: f64,
    clear_sky: Irradiance,
}

/// The sky of one tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkyTick {
    /// The unit vector toward the sun as seen, at the middle of the tick: east,
    /// north, up.
    pub sun_direction: [f64; 3],
    /// Mean light of the tick; nothing at night.
    pub irradiance: Irradiance,
    /// Light on a surface facing the sun above the air, W/m².
    pub extraterrestrial_w_m2: f64,
    /// Air temperature, °C.
    pub temperature_c: f64,
    /// Global irradiance over that under a clear sky; 1 where neither is worth
    /// naming.
    pub clear_sky_index: f64,
}

impl SkyTick {
    /// Whether there is any light.
    #[must_use]
    pub fn is_light(&self) -> bool {
        let light = self.irradiance;
        light.global_w_m2 > 0.0 || light.direct_w_m2 > 0.0 || light.diffuse_w_m2 > 0.0
    }
}

impl Region {
    /// Works out the sun, and the weather as far as no seed is needed.
    ///
    /// # Errors
    /// Where a parameter is out of range, or a weather file does not cover the
    /// run or has light in the dark of `place`.
    pub fn new(
        place: &Place,
        clock: &Clock,
        weather: &Weather,
        noise: &SiteNoise,
    ) -> Result<Self, EnergyError> {
        place.check()?;
        clock.check()?;
        noise.check()?;
        let turbidity = match weather {
            Weather::File(_) => SHAPE_TURBIDITY,
            Weather::Synthetic(synthetic) => {
                synthetic.check()?;
                synthetic.linke_turbidity
            }
        };
        let suns = suns(place, clock, turbidity)?;
        let source = match weather {
            Weather::Synthetic(synthetic) => Source::Drawn(*synthetic),
            Weather::File(file) => Source::Fixed(
                sample(file, place, clock)?
                    .into_iter()
                    .zip(&suns)
                    .map(|(sample, sun)| sun.under(sample))
                    .collect(),
            ),
        };
        Ok(Self { clock: *clock, noise: noise.at(clock.tick_hours()), suns, source })
    }

    /// The clock that the region was made for.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The sky of the run `seed`.
    #[must_use]
    pub fn sky(&self, seed: u64) -> Sky {
        let ticks = match &self.source {
            Source::Fixed(ticks) => Arc::clone(ticks),
            Source::Drawn(weather) => {
                self.under_indices(weather, mean_indices(weather, &self.clock, seed))
            }
        };
        Sky {
            seed,
            clock: self.clock,
            noise: self.noise,
            light: light_of_days(&ticks, self.clock.ticks_a_day()),
            ticks,
        }
    }

    /// The sky of a run in which synthetic weather has the clear-sky index
    /// `index` throughout; a file's weather is what it is.
    pub(super) fn ticks_at_index(&self, index: f64) -> Arc<[SkyTick]> {
        match &self.source {
            Source::Fixed(ticks) => Arc::clone(ticks),
            Source::Drawn(weather) => {
                self.under_indices(weather, std::iter::repeat_n(index, self.suns.len()))
            }
        }
    }

    fn under_indices(
        &self,
        weather: &SyntheticWeather,
        indices: impl IntoIterator<Item = f64>,
    ) -> Arc<[SkyTick]> {
        let hours = (0..self.clock.ticks_a_day())
            .map(|tick| (tick as f64 + 0.5) * self.clock.tick_hours())
            .cycle();
        self.suns
            .iter()
            .zip(indices)
            .zip(hours)
            .map(|((sun, index), hour)| {
                let global_w_m2 = index * sun.clear_sky.global_w_m2;
                sun.under(Sample {
                    irradiance: Irradiance::split(
                        global_w_m2,
                        &sun.position,
                        sun.extraterrestrial_w_m2,
                    ),
                    temperature_c: air_temperature_c(weather, hour),
                })
            })
            .collect()
    }
}

fn suns(place: &Place, clock: &Clock, turbidity: f64) -> Result<Vec<TickSun>, EnergyError> {
    let at = |date: Date, extraterrestrial_w_m2: f64, tick: usize| {
        let middle = (tick as f64 + 0.5) * f64::from(clock.tick_minutes);
        let position = position(place, date, middle)?;
        Ok(TickSun {
            position,
            direction: position.direction(),
            extraterrestrial_w_m2,
            clear_sky: clear_sky(&position, place.elevation_m, extraterrestrial_w_m2, turbidity),
        })
    };
    let mut suns = Vec::with_capacity(clock.ticks());
    for date in clock.dates() {
        let above_air = extraterrestrial_w_m2(date);
        for tick in 0..clock.ticks_a_day() {
            suns.push(at(date, above_air, tick)?);
        }
    }
    Ok(suns)
}

impl TickSun {
    fn under(&self, sample: Sample) -> SkyTick {
        /// Less clear-sky light than this, in W/m², gives no index.
        const LEAST_CLEAR: f64 = 20.0;
        let irradiance = if self.position.apparent_elevation_deg() < NIGHT_BELOW_DEG {
            Irradiance::default()
        } else {
            sample.irradiance
        };
        let clear = self.clear_sky.global_w_m2;
        SkyTick {
            sun_direction: self.direction,
            irradiance,
            extraterrestrial_w_m2: self.extraterrestrial_w_m2,
            temperature_c: sample.temperature_c,
            clear_sky_index: if clear < LEAST_CLEAR { 1.0 } else { irradiance.global_w_m2 / clear },
        }
    }
}

/// For each day, the ticks of that day from the first with light to the last.
fn light_of_days(ticks: &[SkyTick], ticks_a_day: usize) -> Vec<Range<usize>> {
    ticks
        .chunks(ticks_a_day)
        .map(|day| {
            let first = day.iter().position(SkyTick::is_light);
            let last = day.iter().rposition(SkyTick::is_light);
            match (first, last) {
                (Some(first), Some(last)) => first..last + 1,
                _ => 0..0,
            }
        })
        .collect()
}

/// The sky over the region in one run.
#[derive(Clone, Debug)]
pub struct Sky {
    seed: u64,
    clock: Clock,
    noise: TickNoise,
    ticks: Arc<[SkyTick]>,
    light: Vec<Range<usize>>,
}

impl Sky {
    /// The seed of the run.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// The clock of the run.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// All ticks of the run in order.
    #[must_use]
    pub fn ticks(&self) -> &[SkyTick] {
        &self.ticks
    }

    /// The ticks of `day`; none past the end of the run.
    #[must_use]
    pub fn day(&self, day: u32) -> &[SkyTick] {
        let a_day = self.clock.ticks_a_day();
        self.ticks.chunks(a_day).nth(day as usize).unwrap_or(&[])
    }

    /// The ticks of `day` that have light: where they stand in the day, the sky
    /// of each, and the noise that the site `site` adds to its clear-sky index.
    pub(super) fn light_over(
        &self,
        site: u64,
        day: u32,
    ) -> impl Iterator<Item = (usize, &SkyTick, f64)> {
        let light = self.light.get(day as usize).cloned().unwrap_or(0..0);
        let ticks = self.day(day).get(light.clone()).unwrap_or(&[]);
        light
            .zip(ticks)
            .zip(self.noise.of_day(self.seed, site, day))
            .map(|((place, tick), noise)| (place, tick, noise))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::WeatherFile;
    use jiff::civil::date;

    const GREENSBORO: Place = Place {
        latitude_deg: 36.1,
        longitude_deg: -79.95,
        elevation_m: 273.0,
        utc_offset_hours: -5.0,
    };

    const BROKEN_CLOUD: SyntheticWeather = SyntheticWeather {
        linke_turbidity: 3.0,
        clear_index: 1.0,
        cloudy_index: 0.35,
        clear_to_cloudy_per_hour: 0.3,
        cloudy_to_clear_per_hour: 0.2,
        temperature_mean_c: 22.0,
        temperature_daily_amplitude_c: 6.0,
    };

    fn assert_near(what: &str, value: f64, expected: f64, tolerance: f64) {
        assert!(
            (value - expected).abs() <= tolerance,
            "{what}: {value}, expected {expected} ± {tolerance}"
        );
    }

    fn clock(start: Date, days: u32, tick_minutes: u32) -> Clock {
        Clock { start, days, tick_minutes }
    }

    fn shipped_weather() -> Weather {
        Weather::File(WeatherFile::shipped().expect("the shipped year"))
    }

    fn sky(weather: &Weather, clock: Clock, noise: SiteNoise, seed: u64) -> Sky {
        Region::new(&GREENSBORO, &clock, weather, &noise).expect("a possible region").sky(seed)
    }

    #[test]
    fn measured_quarter_hours_are_averaged_into_ticks() {
        let mut text = String::from("start,ghi_w_m2,dni_w_m2,dhi_w_m2,temp_air_c\n");
        for quarter in 0..96 {
            let (hour, minute) = (quarter / 4, quarter % 4 * 15);
            let light = if (10..15).contains(&hour) { quarter } else { 0 };
            let warmth = f64::from(quarter) / 2.0;
            text.push_str(&format!(
                "2025-06-10T{hour:02}:{minute:02},{light},{light},{light},{warmth}\n"
            ));
        }
        let weather =
            Weather::File(WeatherFile::parse("measured.csv", &text).expect("a good file"));
        let today = sky(&weather, clock(date(2025, 6, 10), 1, 60), SiteNoise::NONE, 0);
        let noon = today.day(0)[12];
        assert_near("global", noon.irradiance.global_w_m2, 49.5, 1e-9);
        assert_near("temperature", noon.temperature_c, 24.75, 1e-9);
        assert!(today.day(1).is_empty());
    }

    #[test]
    fn a_file_in_another_zones_time_is_refused() {
        let shifted = Place { longitude_deg: -125.0, utc_offset_hours: -5.0, ..GREENSBORO };
        let message = Region::new(
            &shifted,
            &clock(date(2025, 6, 1), 3, 30),
            &shipped_weather(),
            &SiteNoise::NONE,
        )
        .expect_err("light in the dark")
        .to_string();
        assert!(
            message.starts_with("weather-greensboro-tmy3.csv: has ghi_w_m2 = ")
                && message.contains("below the horizon")
                && message.ends_with("the file must be in local standard time, of a place nearby"),
            "{message}"
        );
    }

    #[test]
    fn synthetic_light_stays_within_its_indices() {
        let run = clock(date(2025, 6, 1), 14, 30);
        let drawn = sky(&Weather::Synthetic(BROKEN_CLOUD), run, SiteNoise::NONE, 3);
        // In all ticks but the darkest, where there is no index.
        let bright = drawn.ticks().iter().filter(|tick| tick.irradiance.global_w_m2 > 20.0);
        let indices: Vec<f64> = bright.map(|tick| tick.clear_sky_index).collect();
        let near = |state: f64| indices.iter().filter(|i| (*i - state).abs() < 1e-9).count();
        assert!(near(1.0) > 50 && near(0.35) > 50, "{indices:?}");
        assert!(indices.iter().all(|i| (0.35 - 1e-9..=1.0 + 1e-9).contains(i)));
        let other = sky(&Weather::Synthetic(BROKEN_CLOUD), run, SiteNoise::NONE, 4);
        assert_ne!(drawn.ticks(), other.ticks());
        let again = sky(&Weather::Synthetic(BROKEN_CLOUD), run, SiteNoise::NONE, 3);
        assert_eq!(drawn.ticks(), again.ticks());
    }
}
