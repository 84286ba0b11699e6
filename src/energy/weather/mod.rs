//! The weather of the region: a file or a synthetic source, and what each site
//! adds to it. One weather serves all homes; where the sun stands is `sun`'s,
//! what a panel makes of it `panel`'s.

mod assemble;
mod dark;
mod doubts;
mod file;
mod formats;
mod interpolation;
mod noise;
mod read;
mod summary;
mod synthetic;

pub use file::WeatherFile;
pub use formats::{WeatherFormat, WeatherOptions};
pub use noise::SiteNoise;
pub use summary::WeatherSummary;
pub use synthetic::SyntheticWeather;

pub(super) use interpolation::{NIGHT_BELOW_DEG, SHAPE_TURBIDITY, Sample, sample};
pub(super) use noise::{TickNoise, factor};
pub(super) use synthetic::{air_temperature_c, cloudy_share, mean_indices};

/// Where the weather comes from.
#[derive(Clone, Debug)]
pub enum Weather {
    /// A typical year or measured weather.
    File(WeatherFile),
    /// Drawn anew for every seed.
    Synthetic(SyntheticWeather),
}
