//! The energy room: what a household makes and uses. No money, no chain.
//!
//! Two things are made once for a scenario, whatever the seed: a [`Region`]
//! (sun and weather) and its [`Loads`]. A run's seed turns the region into a
//! [`Sky`]; every [`Home`] then has its energy worked out a day at a time, as a
//! pure function of seed, home and day. [`Home::day`] shows all of it in one
//! example; `docs/energy/` has the sources and the comparison with pvlib.

pub mod calendar;
pub mod clear_sky;
pub mod shipped;
pub mod sun;

mod cells;
mod error;
mod gaps;
mod household;
mod irradiance;
mod load;
mod panel;
mod sky;
mod table;
mod text;
mod typical;
mod weather;

pub use calendar::Clock;
pub use error::EnergyError;
pub use gaps::Gaps;
pub use household::{
    AnnualUsePopulation, DayEnergy, Home, PanelPopulation, draw_annual_use_kwh, draw_panel,
};
pub use irradiance::Irradiance;
pub use load::{
    ColumnMap, DateOrder, DayPool, LoadModel, Loads, MeterOptions, MeterSummary, Meters, Stamp,
    StandardProfile,
};
pub use panel::{Panel, PanelArray, PanelModel, Transposition};
pub use sky::{Region, Sky, SkyTick};
pub use sun::Place;
pub use typical::TypicalMonth;
pub use weather::{
    SiteNoise, SyntheticWeather, Weather, WeatherFile, WeatherFormat, WeatherOptions,
    WeatherSummary,
};
