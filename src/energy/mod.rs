//! The energy room: what a household makes and uses. No money, no chain.

pub mod calendar;
pub mod clear_sky;
pub mod shipped;
pub mod sun;

mod error;
mod irradiance;
mod load;
mod table;

pub use calendar::Clock;
pub use error::EnergyError;
pub use irradiance::Irradiance;
pub use load::{DayPool, LoadModel, Loads, Meters, StandardProfile};
pub use sun::Place;
