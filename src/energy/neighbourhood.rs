//! All the energy of a scenario made ready: its keys turned into the
//! parameters of this room, the files that it names read. Who lives in which
//! home, and why, is not known here.

use crate::scenario::{self, InputFile, LoadSource, Scenario, WeatherSource};

use super::calendar::Clock;
use super::error::EnergyError;
use super::household::{
    AnnualUsePopulation, Home, PanelPopulation, draw_annual_use_kwh, draw_panel,
};
use super::load::{DayPool, LoadModel, Loads, Meters, StandardProfile};
use super::panel::{Panel, PanelModel, Transposition};
use super::sky::Region;
use super::sun::Place;
use super::typical::TypicalMonth;
use super::weather::{SiteNoise, SyntheticWeather, Weather, WeatherFile};

/// A scenario's energy, for any number of runs: nothing here depends on a seed.
#[derive(Clone, Debug)]
pub struct Neighbourhood {
    /// Sun and weather over the homes.
    pub region: Region,
    /// What the homes use.
    pub loads: Loads,
    /// What a panel is expected to make in the month in which the run begins.
    pub typical_month: TypicalMonth,
    panel_model: PanelModel,
    panels: PanelPopulation,
    annual_uses: AnnualUsePopulation,
}

impl Neighbourhood {
    /// Makes the energy of `scenario` ready, and reads the files it names.
    ///
    /// # Errors
    /// Where a file cannot be read, has a fault or does not cover the run, or
    /// where parameters are out of this room's ranges.
    pub fn new(scenario: &Scenario) -> Result<Self, EnergyError> {
        let place = place_of(&scenario.place);
        let clock = Clock {
            start: scenario.time.start,
            days: scenario.time.days,
            tick_minutes: scenario.time.tick_minutes,
        };
        let weather = weather_of(&scenario.weather)?;
        let noise = SiteNoise {
            sd: scenario.weather.site_noise_sd,
            correlation_per_hour: scenario.weather.site_noise_correlation_per_hour,
        };
        let panels = panels_of(&scenario.panel);
        panels.check()?;
        let panel_model = panel_model_of(&scenario.panel);
        panel_model.check()?;
        let annual_uses = AnnualUsePopulation {
            median_kwh: scenario.load.annual_kwh_median,
            sigma: scenario.load.annual_sigma,
        };
        annual_uses.check()?;
        Ok(Self {
            region: Region::new(&place, &clock, &weather, &noise)?,
            loads: Loads::new(&load_of(&scenario.load)?, &clock)?,
            typical_month: TypicalMonth::new(&place, &weather, clock.start)?,
            panel_model,
            panels,
            annual_uses,
        })
    }

    /// The home numbered `home_id` of the run `seed`, and its panel. A home is
    /// the same with a panel as without, the panel aside.
    ///
    /// # Errors
    /// Where a spread is so wide that it draws what cannot be.
    pub fn home(
        &self,
        seed: u64,
        home_id: u64,
        has_panel: bool,
    ) -> Result<(Home, Option<Panel>), EnergyError> {
        let panel = has_panel.then(|| draw_panel(seed, home_id, &self.panels));
        let annual_use_kwh = draw_annual_use_kwh(seed, home_id, &self.annual_uses);
        let home = Home::new(panel.as_ref(), &self.panel_model, annual_use_kwh)?;
        Ok((home, panel))
    }
}

fn place_of(place: &scenario::Place) -> Place {
    Place {
        latitude_deg: place.latitude_deg,
        longitude_deg: place.longitude_deg,
        elevation_m: place.elevation_m,
        utc_offset_hours: place.utc_offset_hours,
    }
}

fn weather_of(weather: &scenario::Weather) -> Result<Weather, EnergyError> {
    Ok(match (weather.source, &weather.file) {
        (WeatherSource::File, InputFile::Shipped) => Weather::File(WeatherFile::shipped()?),
        (WeatherSource::File, InputFile::Path { found, .. }) => {
            Weather::File(WeatherFile::read(found)?)
        }
        (WeatherSource::Synthetic, _) => Weather::Synthetic(SyntheticWeather {
            linke_turbidity: weather.linke_turbidity,
            clear_index: weather.clear_index,
            cloudy_index: weather.cloudy_index,
            clear_to_cloudy_per_hour: weather.clear_to_cloudy_per_hour,
            cloudy_to_clear_per_hour: weather.cloudy_to_clear_per_hour,
            temperature_mean_c: weather.temperature_mean_c,
            temperature_daily_amplitude_c: weather.temperature_daily_amplitude_c,
        }),
    })
}

fn panels_of(panel: &scenario::Panel) -> PanelPopulation {
    PanelPopulation {
        capacity_median_kwp: panel.capacity_kwp_median,
        capacity_sigma: panel.capacity_sigma,
        tilt_mean_deg: panel.tilt_deg,
        tilt_sd_deg: panel.tilt_sd_deg,
        azimuth_mean_deg: panel.azimuth_deg,
        azimuth_sd_deg: panel.azimuth_sd_deg,
    }
}

fn panel_model_of(panel: &scenario::Panel) -> PanelModel {
    PanelModel {
        losses_pct: panel.losses_pct,
        noct_c: panel.noct_c,
        temperature_coefficient_per_c: panel.temperature_coefficient_per_c,
        inverter_efficiency_nominal: panel.inverter_efficiency,
        dc_ac_ratio: panel.dc_ac_ratio,
        albedo: panel.albedo,
        transposition: match panel.transposition {
            scenario::Transposition::HayDavies => Transposition::HayDavies,
            scenario::Transposition::Isotropic => Transposition::Isotropic,
        },
    }
}

fn load_of(load: &scenario::Load) -> Result<LoadModel, EnergyError> {
    Ok(match (load.source, &load.file) {
        (LoadSource::Days, InputFile::Shipped) => LoadModel::Days(DayPool::shipped()?),
        (LoadSource::Days, InputFile::Path { found, .. }) => LoadModel::Days(DayPool::read(found)?),
        (LoadSource::Synthetic, _) => LoadModel::Synthetic(StandardProfile::shipped()?),
        (LoadSource::File, InputFile::Path { found, .. }) => LoadModel::File(Meters::read(found)?),
        (LoadSource::File, InputFile::Shipped) => {
            return Err(EnergyError::Parameter {
                key: "load.file",
                value: "shipped".to_owned(),
                expected: "the path of the meters, since none are shipped",
            });
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(overrides: &[&str]) -> Scenario {
        let text = "scenario.name = \"n\"\nproducers.count = 1\nbuyers.count = 1\n";
        let overrides: Vec<String> = overrides.iter().map(|o| (*o).to_owned()).collect();
        Scenario::from_toml(text, "n.toml", &overrides).expect("a scenario")
    }

    #[test]
    fn the_default_scenario_has_sun_and_load_from_the_shipped_files() {
        let homes = Neighbourhood::new(&scenario(&[])).expect("the shipped files");
        let sky = homes.region.sky(1);
        let (home, panel) = homes.home(1, 5, true).expect("a home");
        let array = home.array.expect("a panel was asked for");
        assert_eq!(sky.ticks().len(), 7 * 48);
        let made: f64 = (0..7).flat_map(|day| home.day(&sky, &homes.loads, 5, day).made_kwh).sum();
        let kwp = panel.expect("a panel was asked for").capacity_kwp;
        let hours = made / kwp;
        // A June week in North Carolina: some 3 to 7 hours of full sun a day.
        assert!((20.0..50.0).contains(&hours), "{hours}");
        let expected = homes.typical_month.day_kwh(&array) / kwp;
        assert!((3.0..6.0).contains(&expected), "{expected}");
        let (bare, none) = homes.home(1, 5, false).expect("a home");
        assert!(none.is_none() && bare.array.is_none());
        assert_eq!(bare.annual_use_kwh, home.annual_use_kwh);
    }

    #[test]
    fn every_source_is_made_ready_and_every_key_counts() {
        let day = |overrides: &[&str]| {
            let homes = Neighbourhood::new(&scenario(overrides)).expect("good settings");
            let (home, _) = homes.home(1, 5, true).expect("a home");
            home.day(&homes.region.sky(1), &homes.loads, 5, 0)
        };
        let usual = day(&[]);
        for made in [
            "weather.source=synthetic",
            "weather.site_noise_sd=0.2",
            "weather.site_noise_correlation_per_hour=0.1",
            "panel.capacity_kwp_median=3",
            "panel.capacity_sigma=0.1",
            "panel.tilt_deg=10",
            "panel.tilt_sd_deg=1",
            "panel.azimuth_deg=90",
            "panel.azimuth_sd_deg=1",
            "panel.losses_pct=20",
            "panel.noct_c=50",
            "panel.temperature_coefficient_per_c=-0.003",
            "panel.inverter_efficiency=0.9",
            "panel.dc_ac_ratio=1.4",
            "panel.albedo=0.6",
            "panel.transposition=isotropic",
            "time.start=2026-07-15",
            "place.elevation_m=3000",
        ] {
            let other = day(&[made]);
            // The shipped year is as it is at any height; refraction alone
            // tells, and little of it.
            assert_ne!(other.made_kwh, usual.made_kwh, "{made}");
        }
        for used in
            ["load.source=synthetic", "load.annual_kwh_median=2000", "load.annual_sigma=0.1"]
        {
            let other = day(&[used]);
            assert_ne!(other.used_kwh, usual.used_kwh, "{used}");
            assert_eq!(other.made_kwh, usual.made_kwh, "{used}");
        }
        let synthetic = day(&["weather.source=synthetic"]);
        for key in [
            "weather.linke_turbidity=5",
            "weather.clear_index=0.9",
            "weather.cloudy_index=0.2",
            "weather.clear_to_cloudy_per_hour=3",
            "weather.cloudy_to_clear_per_hour=3",
            "weather.temperature_mean_c=30",
            "weather.temperature_daily_amplitude_c=12",
        ] {
            assert_ne!(day(&["weather.source=synthetic", key]), synthetic, "{key}");
        }
    }
}
