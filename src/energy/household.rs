//! A home: what its panel makes and what it uses, a day at a time. Each day is
//! a pure function of the run's seed, the home and the day, so that homes and
//! days can be worked out in any order. What becomes of the energy is not
//! known here.

use crate::random::{Normals, Purpose, stream_at};

use super::error::{EnergyError, within};
use super::load::Loads;
use super::panel::{Panel, PanelArray, PanelModel};
use super::sky::Sky;
use super::weather::factor;

/// A home as the energy room sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// What stands on its roof, if anything.
    pub array: Option<Box<PanelArray>>,
    /// Energy used in a year, kWh.
    pub annual_use_kwh: f64,
}

/// Energy of one home and one day, a value each tick, in kWh.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayEnergy {
    /// Made by the panel; empty where there is none.
    pub made_kwh: Box<[f64]>,
    /// Used by the household.
    pub used_kwh: Box<[f64]>,
}

impl DayEnergy {
    /// What was made and what was used in a tick of the day, in kWh.
    #[must_use]
    pub fn made_and_used_kwh(&self, tick: usize) -> (f64, f64) {
        (self.made_kwh.get(tick).copied().unwrap_or(0.0), self.used_kwh[tick])
    }
}

impl Home {
    /// A home with `panel`, or none, of the scenario's `model`.
    ///
    /// # Errors
    /// Where a parameter is out of range or not a number.
    pub fn new(
        panel: Option<&Panel>,
        model: &PanelModel,
        annual_use_kwh: f64,
    ) -> Result<Self, EnergyError> {
        within("annual_use_kwh", annual_use_kwh, (0.0, 1e12), "0 to 1000000000000 kWh")?;
        let array = panel.map(|panel| PanelArray::new(panel, model)).transpose()?;
        Ok(Self { array: array.map(Box::new), annual_use_kwh })
    }

    /// What the home numbered `home_id` makes and uses on `day`.
    ///
    /// ```
    /// # use connect_sim::energy::*;
    /// # use jiff::civil::date;
    /// let place = Place {
    ///     latitude_deg: 36.1,
    ///     longitude_deg: -79.95,
    ///     elevation_m: 273.0,
    ///     utc_offset_hours: -5.0,
    /// };
    /// let clock = Clock { start: date(2025, 6, 2), days: 7, tick_minutes: 30 };
    /// let weather = Weather::File(WeatherFile::shipped()?);
    /// let noise = SiteNoise { sd: 0.05, correlation_per_hour: 0.5 };
    /// // Once a scenario, for any number of seeds:
    /// let region = Region::new(&place, &clock, &weather, &noise)?;
    /// let loads = Loads::new(&LoadModel::Days(DayPool::shipped()?), &clock)?;
    /// // Once a run:
    /// let sky = region.sky(42);
    /// let panel = Panel { capacity_kwp: 5.0, tilt_deg: 30.0, azimuth_deg: 180.0 };
    /// let home = Home::new(Some(&panel), &PanelModel::default(), 4_000.0)?;
    /// // For each home and day, in any order:
    /// let monday = home.day(&sky, &loads, 17, 0);
    /// assert_eq!(monday.made_kwh.len(), 48);
    /// assert!(monday.made_kwh.iter().sum::<f64>() > 5.0);
    /// # Ok::<(), EnergyError>(())
    /// ```
    #[must_use]
    pub fn day(&self, sky: &Sky, loads: &Loads, home_id: u64, day: u32) -> DayEnergy {
        let mut energy = DayEnergy::default();
        self.day_into(sky, loads, home_id, day, &mut energy);
        energy
    }

    /// As [`Home::day`], written over `energy` to save its memory.
    pub fn day_into(
        &self,
        sky: &Sky,
        loads: &Loads,
        home_id: u64,
        day: u32,
        energy: &mut DayEnergy,
    ) {
        let ticks = sky.day(day).len();
        clear(&mut energy.made_kwh, if self.array.is_some() { ticks } else { 0 });
        clear(&mut energy.used_kwh, ticks);
        if let Some(array) = &self.array {
            let hours = sky.clock().tick_hours();
            for (place, tick, noise) in sky.light_over(home_id, day) {
                let light = factor(tick.clear_sky_index, noise);
                energy.made_kwh[place] = array.output_kw(tick, light) * hours;
            }
        }
        loads.fill_day(sky.seed(), home_id, self.annual_use_kwh, day, &mut energy.used_kwh);
    }
}

/// Makes `values` so many noughts, in the memory that they have where it fits.
fn clear(values: &mut Box<[f64]>, count: usize) {
    if values.len() == count {
        values.fill(0.0);
    } else {
        *values = vec![0.0; count].into();
    }
}

/// How panels differ from home to home.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelPopulation {
    /// Median capacity, kWp, of a log-normal distribution.
    pub capacity_median_kwp: f64,
    /// Standard deviation of the logarithm of capacity.
    pub capacity_sigma: f64,
    /// Mean tilt, degrees from level; tilts are normal, kept within 0 to 90.
    pub tilt_mean_deg: f64,
    /// Standard deviation of tilt, degrees.
    pub tilt_sd_deg: f64,
    /// Mean azimuth, degrees clockwise from north; azimuths are normal.
    pub azimuth_mean_deg: f64,
    /// Standard deviation of azimuth, degrees.
    pub azimuth_sd_deg: f64,
}

/// How annual use differs from home to home.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnnualUsePopulation {
    /// Median annual use, kWh, of a log-normal distribution.
    pub median_kwh: f64,
    /// Standard deviation of its logarithm.
    pub sigma: f64,
}

/// The moments of a home's [`Purpose::Population`] stream that this room draws
/// at. Whoever draws other traits of the same home takes other moments.
const PANEL_MOMENT: u32 = 1;
const ANNUAL_USE_MOMENT: u32 = 2;

impl PanelPopulation {
    /// Refuses a population that cannot be.
    ///
    /// # Errors
    /// Where a parameter is out of range or not a number.
    pub fn check(&self) -> Result<(), EnergyError> {
        const DEGREES_180: &str = "0 to 180 degrees";
        within("capacity_median_kwp", self.capacity_median_kwp, (0.0, 1e4), "0 to 10000 kWp")?;
        within("capacity_sigma", self.capacity_sigma, (0.0, 3.0), "0 to 3")?;
        within("tilt_mean_deg", self.tilt_mean_deg, (0.0, 90.0), "0 to 90 degrees")?;
        within("tilt_sd_deg", self.tilt_sd_deg, (0.0, 180.0), DEGREES_180)?;
        within(
            "azimuth_mean_deg",
            self.azimuth_mean_deg,
            (0.0, 360.0),
            "0 to 360 degrees clockwise from north",
        )?;
        within("azimuth_sd_deg", self.azimuth_sd_deg, (0.0, 180.0), DEGREES_180)
    }
}

impl AnnualUsePopulation {
    /// Refuses a population that cannot be.
    ///
    /// # Errors
    /// Where a parameter is out of range or not a number.
    pub fn check(&self) -> Result<(), EnergyError> {
        within("median_kwh", self.median_kwh, (0.0, 1e7), "0 to 10000000 kWh")?;
        within("sigma", self.sigma, (0.0, 3.0), "0 to 3")
    }
}

/// The panel of the home numbered `home_id` in the run `seed`: at moment 1 of
/// its population stream.
#[must_use]
pub fn draw_panel(seed: u64, home_id: u64, population: &PanelPopulation) -> Panel {
    let mut normals = Normals::new(stream_at(seed, Purpose::Population, home_id, PANEL_MOMENT));
    let capacity_kwp =
        population.capacity_median_kwp * libm::exp(population.capacity_sigma * normals.draw());
    let tilt = population.tilt_mean_deg + population.tilt_sd_deg * normals.draw();
    let azimuth = population.azimuth_mean_deg + population.azimuth_sd_deg * normals.draw();
    Panel { capacity_kwp, tilt_deg: tilt.clamp(0.0, 90.0), azimuth_deg: azimuth.rem_euclid(360.0) }
}

/// The annual use, kWh, of the home numbered `home_id` in the run `seed`: at
/// moment 2 of its population stream.
#[must_use]
pub fn draw_annual_use_kwh(seed: u64, home_id: u64, population: &AnnualUsePopulation) -> f64 {
    let stream = stream_at(seed, Purpose::Population, home_id, ANNUAL_USE_MOMENT);
    population.median_kwh * libm::exp(population.sigma * Normals::new(stream).draw())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::{
        Clock, DayPool, LoadModel, Place, Region, SiteNoise, StandardProfile, SyntheticWeather,
        Weather, WeatherFile,
    };
    use jiff::civil::{Date, date};
    use rand::seq::SliceRandom;

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

    fn sky(weather: &Weather, clock: Clock, noise: SiteNoise, seed: u64) -> Sky {
        Region::new(&GREENSBORO, &clock, weather, &noise).expect("a possible region").sky(seed)
    }

    fn flat_loads(clock: Clock) -> Loads {
        let profile = StandardProfile::shipped().expect("the shipped profile");
        Loads::new(&LoadModel::Synthetic(profile), &clock).expect("loads")
    }

    #[test]
    fn neighbours_share_the_weather_but_not_to_the_watt_and_noise_takes_nothing() {
        let weather = Weather::File(WeatherFile::shipped().expect("the shipped year"));
        let run = clock(date(2025, 6, 1), 7, 30);
        let noise = SiteNoise { sd: 0.1, correlation_per_hour: 0.5 };
        let noisy = sky(&weather, run, noise, 1);
        let quiet = sky(&weather, run, SiteNoise::NONE, 1);
        let loads = flat_loads(run);
        let home = Home::new(Some(&SOUTH_ROOF), &PanelModel::default(), 0.0).expect("a home");
        let made = |sky: &Sky, id: u64| -> Vec<f64> {
            (0..7).flat_map(|day| home.day(sky, &loads, id, day).made_kwh).collect()
        };
        let shared = made(&quiet, 0);
        assert_eq!(shared, made(&quiet, 1));
        let homes = 400;
        let mut mean = 0.0;
        for id in 0..homes {
            let own = made(&noisy, id);
            assert_ne!(own, made(&noisy, id + 1));
            mean += own.iter().sum::<f64>() / homes as f64;
        }
        let expected = shared.iter().sum::<f64>();
        assert_near("mean of noisy homes, kWh", mean, expected, 0.01 * expected);
    }

    #[test]
    fn populations_have_the_medians_and_spreads_that_are_asked_for() {
        let panels = PanelPopulation {
            capacity_median_kwp: 6.0,
            capacity_sigma: 0.4,
            tilt_mean_deg: 25.0,
            tilt_sd_deg: 8.0,
            azimuth_mean_deg: 180.0,
            azimuth_sd_deg: 40.0,
        };
        let uses = AnnualUsePopulation { median_kwh: 4_000.0, sigma: 0.35 };
        assert!(panels.check().is_ok() && uses.check().is_ok());
        let count = 20_000;
        let moments = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let square = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
            (mean, (square / values.len() as f64).sqrt())
        };
        let homes: Vec<Panel> = (0..count).map(|id| draw_panel(5, id, &panels)).collect();
        let (mean, sd) = moments(&homes.iter().map(|p| p.capacity_kwp.ln()).collect::<Vec<_>>());
        assert_near("log capacity", mean, 6.0_f64.ln(), 0.012);
        assert_near("sigma of capacity", sd, 0.4, 0.01);
        let (mean, sd) = moments(&homes.iter().map(|p| p.tilt_deg).collect::<Vec<_>>());
        assert_near("tilt", mean, 25.0, 0.3);
        assert_near("sd of tilt", sd, 8.0, 0.2);
        let (mean, sd) = moments(&homes.iter().map(|p| p.azimuth_deg).collect::<Vec<_>>());
        assert_near("azimuth", mean, 180.0, 1.2);
        assert_near("sd of azimuth", sd, 40.0, 0.9);
        let logs: Vec<f64> = (0..count).map(|id| draw_annual_use_kwh(5, id, &uses).ln()).collect();
        let (mean, sd) = moments(&logs);
        assert_near("log use", mean, 4_000.0_f64.ln(), 0.01);
        assert_near("sigma of use", sd, 0.35, 0.008);
        // Who has a large roof says nothing of who uses much.
        let product: f64 = homes
            .iter()
            .zip(&logs)
            .map(|(p, l)| (p.capacity_kwp.ln() - 6.0_f64.ln()) * (l - 4_000.0_f64.ln()))
            .sum::<f64>()
            / (count as f64 * 0.4 * 0.35);
        assert_near("correlation", product, 0.0, 0.03);
    }

    #[test]
    fn homes_and_days_may_be_worked_out_in_any_order() {
        let run = clock(date(2025, 6, 1), 5, 30);
        let noise = SiteNoise { sd: 0.05, correlation_per_hour: 0.5 };
        let sky = sky(&Weather::Synthetic(BROKEN_CLOUD), run, noise, 9);
        let pool = LoadModel::Days(DayPool::shipped().expect("the shipped pool"));
        let loads = Loads::new(&pool, &run).expect("loads");
        let home = Home::new(Some(&SOUTH_ROOF), &PanelModel::default(), 3_500.0).expect("a home");
        let mut order: Vec<(u64, u32)> = (0..8).flat_map(|h| (0..5).map(move |d| (h, d))).collect();
        let forward: Vec<DayEnergy> =
            order.iter().map(|(id, day)| home.day(&sky, &loads, *id, *day)).collect();
        let expected: Vec<((u64, u32), DayEnergy)> = order.iter().copied().zip(forward).collect();
        let mut rng = stream_at(0, Purpose::Fuzz, 0, 0);
        order.shuffle(&mut rng);
        let mut reused = DayEnergy::default();
        for key in order {
            home.day_into(&sky, &loads, key.0, key.1, &mut reused);
            let (_, day) = expected.iter().find(|(k, _)| *k == key).expect("a day");
            assert_eq!(&reused, day);
        }
    }
}
