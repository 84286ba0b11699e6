//! What a panel yields in a typical month: what its owner can know beforehand,
//! and declares when applying for certification. A run's own weather is `sky`'s.

use std::sync::Arc;

use jiff::civil::Date;

use super::calendar::{Clock, MINUTES_A_DAY, date_of};
use super::error::EnergyError;
use super::panel::PanelArray;
use super::sky::{Region, SkyTick};
use super::sun::Place;
use super::weather::{SiteNoise, Weather, cloudy_share};

/// One month's weather as it is expected: that of the typical year; of
/// synthetic weather, its mean; of measured weather, the file's own days of that
/// month.
#[derive(Clone, Debug)]
pub struct TypicalMonth {
    /// Skies with hourly ticks, each with the share of time that it stands for.
    skies: Vec<(f64, Arc<[SkyTick]>)>,
    /// Days of the month over days in the skies.
    scale: f64,
    days: f64,
}

impl TypicalMonth {
    /// The month in which `date` lies.
    ///
    /// # Errors
    /// As [`Region::new`], and where measured weather has no whole day of that
    /// month.
    pub fn new(place: &Place, weather: &Weather, date: Date) -> Result<Self, EnergyError> {
        let days = u32::from(date.days_in_month().unsigned_abs());
        let month = Clock { start: date.first_of_month(), days, tick_minutes: 60 };
        let clock = match weather {
            Weather::File(file) => match file.whole_days() {
                None => month,
                Some(span) => measured_days(span, month.start).ok_or(EnergyError::Parameter {
                    key: "start",
                    value: date.to_string(),
                    expected: "in a month of which the weather file has a whole day",
                })?,
            },
            Weather::Synthetic(_) => month,
        };
        let region = Region::new(place, &clock, weather, &SiteNoise::NONE)?;
        let skies = match weather {
            Weather::File(_) => vec![(1.0, region.ticks_at_index(1.0))],
            Weather::Synthetic(synthetic) => {
                let cloudy = cloudy_share(synthetic);
                vec![
                    (1.0 - cloudy, region.ticks_at_index(synthetic.clear_index)),
                    (cloudy, region.ticks_at_index(synthetic.cloudy_index)),
                ]
            }
        };
        let light = skies
            .into_iter()
            .map(|(share, ticks)| {
                let light = ticks.iter().copied().filter(SkyTick::is_light).collect();
                (share, light)
            })
            .collect();
        Ok(Self {
            skies: light,
            scale: f64::from(days) / f64::from(clock.days),
            days: f64::from(days),
        })
    }

    /// What `array` is expected to make in the whole month, kWh.
    #[must_use]
    pub fn month_kwh(&self, array: &PanelArray) -> f64 {
        let mean: f64 = self
            .skies
            .iter()
            .map(|(share, ticks)| {
                // Hourly ticks: a kW is a kWh.
                let made: f64 = ticks.iter().map(|tick| array.output_kw(tick, 1.0)).sum();
                share * made
            })
            .sum();
        mean * self.scale
    }

    /// Days in the month.
    #[must_use]
    pub const fn days(&self) -> f64 {
        self.days
    }
}

/// The first unbroken run of measured days in the month of `month`, of any
/// year, as a clock; `None` if there are none.
fn measured_days((first_minute, days): (i64, u32), month: Date) -> Option<Clock> {
    let date_on = |day: u32| date_of(first_minute + i64::from(day) * i64::from(MINUTES_A_DAY)).0;
    let in_month = |day: &u32| date_on(*day).month() == month.month();
    let start = (0..days).find(in_month)?;
    let count = (start..days).take_while(in_month).count();
    Some(Clock { start: date_on(start), days: u32::try_from(count).ok()?, tick_minutes: 60 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::sky::Sky;
    use crate::energy::{Panel, PanelModel, SyntheticWeather, WeatherFile};
    use jiff::civil::date;

    const GREENSBORO: Place = Place {
        latitude_deg: 36.1,
        longitude_deg: -79.95,
        elevation_m: 273.0,
        utc_offset_hours: -5.0,
    };

    const SOUTH_ROOF: Panel = Panel { capacity_kwp: 1.0, tilt_deg: 30.0, azimuth_deg: 180.0 };

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
    fn a_typical_month_is_what_runs_make_of_it_on_average() {
        let array = PanelArray::new(&SOUTH_ROOF, &PanelModel::default()).expect("a panel");
        // A file: the typical year's own June.
        let weather = shipped_weather();
        let june = TypicalMonth::new(&GREENSBORO, &weather, date(2025, 6, 17)).expect("June");
        let run = clock(date(2025, 6, 1), 30, 60);
        let made: f64 = sky(&weather, run, SiteNoise::NONE, 0)
            .ticks()
            .iter()
            .map(|tick| array.output_kw(tick, 1.0))
            .sum();
        assert_near("June, kWh", june.month_kwh(&array), made, 1e-6);
        assert_near("a day in June, kWh", june.month_kwh(&array) / june.days(), made / 30.0, 1e-6);
        // Synthetic: the mean over many skies.
        let weather = Weather::Synthetic(BROKEN_CLOUD);
        let june = TypicalMonth::new(&GREENSBORO, &weather, date(2025, 6, 17)).expect("June");
        let region = Region::new(&GREENSBORO, &run, &weather, &SiteNoise::NONE).expect("a region");
        let runs = 60;
        let mean = (0..runs)
            .map(|seed| {
                let sky = region.sky(seed);
                let made = sky.ticks().iter().map(|tick| array.output_kw(tick, 1.0));
                made.sum::<f64>() / runs as f64
            })
            .sum::<f64>();
        assert_near("mean of runs, kWh", june.month_kwh(&array), mean, 0.02 * mean);
        // Measured: the file's days stand for the month.
        let mut text = String::from("start,ghi_w_m2,temp_air_c\n");
        for day in 28..=30 {
            for hour in 0..24 {
                let light = if (8..17).contains(&hour) { 400 } else { 0 };
                text.push_str(&format!("2025-06-{day}T{hour:02}:00,{light},20\n"));
            }
        }
        let weather = Weather::File(WeatherFile::parse("measured.csv", &text).expect("a file"));
        let june = TypicalMonth::new(&GREENSBORO, &weather, date(2025, 6, 28)).expect("June");
        let run = clock(date(2025, 6, 28), 3, 60);
        let made: f64 = sky(&weather, run, SiteNoise::NONE, 0)
            .ticks()
            .iter()
            .map(|tick| array.output_kw(tick, 1.0))
            .sum();
        assert_near("June, kWh", june.month_kwh(&array), made * 10.0, 1e-6);
        assert!(TypicalMonth::new(&GREENSBORO, &weather, date(2025, 7, 1)).is_err());
    }
}
