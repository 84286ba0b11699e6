//! Weather drawn anew for every seed: a sky that turns from clear to cloudy and
//! back, and air that warms and cools with the day. Sunlight through cloudless
//! air is `clear_sky`'s.

use std::f64::consts::TAU;

use rand::RngExt;

use crate::energy::calendar::Clock;
use crate::energy::error::{EnergyError, within};
use crate::random::{Purpose, Stream, stream};

/// Weather of a two-state sky. In either state the light is a fixed share of
/// that under a clear sky, the clear-sky index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SyntheticWeather {
    /// Linke turbidity of the air: 2 clean and cold, 3 temperate, 5 hazy.
    pub linke_turbidity: f64,
    /// Clear-sky index while clear.
    pub clear_index: f64,
    /// Clear-sky index while cloudy.
    pub cloudy_index: f64,
    /// Rate at which a clear sky clouds over, an hour: its inverse is the mean
    /// length of a clear spell.
    pub clear_to_cloudy_per_hour: f64,
    /// Rate at which a cloudy sky clears, an hour.
    pub cloudy_to_clear_per_hour: f64,
    /// Mean air temperature, °C.
    pub temperature_mean_c: f64,
    /// Half the difference between the day's warmest, at 15:00, and its coldest,
    /// at 03:00, °C.
    pub temperature_daily_amplitude_c: f64,
}

impl SyntheticWeather {
    /// Refuses weather that no sky has.
    ///
    /// # Errors
    /// Where a parameter is out of range or not a number.
    pub fn check(&self) -> Result<(), EnergyError> {
        const INDEX: &str = "0 to 1.5: a share of the light under a clear sky";
        const RATE: &str = "0 to 60 changes an hour";
        within("linke_turbidity", self.linke_turbidity, (1.0, 10.0), "1 to 10")?;
        within("clear_index", self.clear_index, (0.0, 1.5), INDEX)?;
        within("cloudy_index", self.cloudy_index, (0.0, 1.5), INDEX)?;
        within("clear_to_cloudy_per_hour", self.clear_to_cloudy_per_hour, (0.0, 60.0), RATE)?;
        within("cloudy_to_clear_per_hour", self.cloudy_to_clear_per_hour, (0.0, 60.0), RATE)?;
        within("temperature_mean_c", self.temperature_mean_c, (-60.0, 60.0), "-60 to 60 °C")?;
        within(
            "temperature_daily_amplitude_c",
            self.temperature_daily_amplitude_c,
            (0.0, 40.0),
            "0 to 40 °C",
        )
    }
}

/// The share of time that the sky is cloudy in the long run. A sky that never
/// changes is clear.
pub(in crate::energy) fn cloudy_share(weather: &SyntheticWeather) -> f64 {
    let clouding = weather.clear_to_cloudy_per_hour;
    let clearing = weather.cloudy_to_clear_per_hour;
    if clouding > 0.0 { clouding / (clouding + clearing) } else { 0.0 }
}

/// The mean clear-sky index of each tick of a run. The sky changes in
/// continuous time, so that one seed has the same weather at every tick length.
pub(in crate::energy) fn mean_indices(
    weather: &SyntheticWeather,
    clock: &Clock,
    seed: u64,
) -> Vec<f64> {
    let mut rng = stream(seed, Purpose::Weather, 0);
    let cloudy = rng.random::<f64>() < cloudy_share(weather);
    let mut spell = Spell::begin(weather, cloudy, 0.0, &mut rng);
    let tick = clock.tick_hours();
    (0..clock.ticks())
        .map(|number| {
            let mut from = number as f64 * tick;
            let end = (number + 1) as f64 * tick;
            if spell.end_hour >= end {
                return spell.index(weather);
            }
            let mut index_hours = 0.0;
            while spell.end_hour < end {
                index_hours += (spell.end_hour - from) * spell.index(weather);
                from = spell.end_hour;
                spell = Spell::begin(weather, !spell.cloudy, from, &mut rng);
            }
            (index_hours + (end - from) * spell.index(weather)) / tick
        })
        .collect()
}

/// A stretch of time with one state of the sky.
struct Spell {
    cloudy: bool,
    /// Hours from the start of the run.
    end_hour: f64,
}

impl Spell {
    /// A spell that begins at `hour` and lasts for an exponential time.
    fn begin(weather: &SyntheticWeather, cloudy: bool, hour: f64, rng: &mut Stream) -> Self {
        let rate_per_hour = if cloudy {
            weather.cloudy_to_clear_per_hour
        } else {
            weather.clear_to_cloudy_per_hour
        };
        let lasts = if rate_per_hour > 0.0 {
            -libm::log(1.0 - rng.random::<f64>()) / rate_per_hour
        } else {
            f64::INFINITY
        };
        Self { cloudy, end_hour: hour + lasts }
    }

    fn index(&self, weather: &SyntheticWeather) -> f64 {
        if self.cloudy { weather.cloudy_index } else { weather.clear_index }
    }
}

/// Air temperature at `hour` of the day, °C.
pub(in crate::energy) fn air_temperature_c(weather: &SyntheticWeather, hour: f64) -> f64 {
    const WARMEST_HOUR: f64 = 15.0;
    weather.temperature_mean_c
        + weather.temperature_daily_amplitude_c * libm::cos(TAU * (hour - WARMEST_HOUR) / 24.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEATHER: SyntheticWeather = SyntheticWeather {
        linke_turbidity: 3.0,
        clear_index: 1.0,
        cloudy_index: 0.4,
        clear_to_cloudy_per_hour: 0.1,
        cloudy_to_clear_per_hour: 0.3,
        temperature_mean_c: 20.0,
        temperature_daily_amplitude_c: 6.0,
    };

    fn clock(days: u32, tick_minutes: u32) -> Clock {
        Clock { start: jiff::civil::date(2025, 6, 1), days, tick_minutes }
    }

    #[test]
    fn the_sky_is_cloudy_for_its_share_of_the_time() {
        // 5,000 days hold about 9,000 spells of either kind: the share's
        // standard error is below 0.004.
        let indices = mean_indices(&WEATHER, &clock(5_000, 60), 1);
        let mean = indices.iter().sum::<f64>() / indices.len() as f64;
        let cloudy = (1.0 - mean) / 0.6;
        assert!((cloudy - 0.25).abs() < 0.015, "{cloudy}");
        assert!(indices.iter().all(|index| (0.4..=1.0).contains(index)));
    }

    #[test]
    fn clear_spells_last_as_long_as_their_rate_says() {
        // With rates this low a tick of 5 minutes seldom holds two changes.
        let indices = mean_indices(&WEATHER, &clock(2_000, 5), 2);
        let turns =
            indices.windows(2).filter(|pair| pair[0] == 1.0 && pair[1] < 1.0).count() as f64;
        let clear_hours = indices.iter().filter(|index| **index == 1.0).count() as f64 / 12.0;
        let rate = turns / clear_hours;
        assert!((rate - 0.1).abs() < 0.006, "{rate}");
    }

    #[test]
    fn one_seed_has_one_weather_at_every_tick_length() {
        let fine = mean_indices(&WEATHER, &clock(3, 10), 5);
        let coarse = mean_indices(&WEATHER, &clock(3, 60), 5);
        for (hour, index) in coarse.iter().enumerate() {
            let mean = fine[6 * hour..6 * hour + 6].iter().sum::<f64>() / 6.0;
            assert!((mean - index).abs() < 1e-12);
        }
        assert_ne!(fine, mean_indices(&WEATHER, &clock(3, 10), 6));
        let longer = mean_indices(&WEATHER, &clock(5, 10), 5);
        assert_eq!(fine[..], longer[..fine.len()]);
    }

    #[test]
    fn a_sky_that_never_changes_stays() {
        let clear = SyntheticWeather { clear_to_cloudy_per_hour: 0.0, ..WEATHER };
        assert_eq!(mean_indices(&clear, &clock(1, 60), 3), [1.0; 24]);
        let cloudy = SyntheticWeather { cloudy_to_clear_per_hour: 0.0, ..WEATHER };
        assert_eq!(mean_indices(&cloudy, &clock(1, 60), 3), [0.4; 24]);
    }

    #[test]
    fn afternoons_are_warm_and_nights_cold() {
        assert!((air_temperature_c(&WEATHER, 15.0) - 26.0).abs() < 1e-12);
        assert!((air_temperature_c(&WEATHER, 3.0) - 14.0).abs() < 1e-12);
    }

    #[test]
    fn weather_that_no_sky_has_is_refused() {
        assert!(WEATHER.check().is_ok());
        let message = SyntheticWeather { cloudy_index: f64::NAN, ..WEATHER }
            .check()
            .expect_err("not a number")
            .to_string();
        assert_eq!(
            message,
            "cloudy_index = NaN: must be 0 to 1.5: a share of the light under a clear sky"
        );
    }
}
