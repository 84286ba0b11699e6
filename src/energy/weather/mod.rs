//! The weather of the region: a file or a synthetic source, and what each site
//! adds to it. One weather serves all homes; where the sun stands is `sun`'s,
//! what a panel makes of it `panel`'s.

mod assemble;
mod file;
mod formats;
mod interpolation;
mod noise;
mod synthetic;

pub use file::WeatherFile;
pub use formats::{WeatherFormat, WeatherOptions};
pub use noise::SiteNoise;
pub use synthetic::SyntheticWeather;

pub(super) use interpolation::{SHAPE_TURBIDITY, Sample, sample};
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

/// Below this height no light is counted, in degrees. The sun climbs at most
/// 7.5° in half an hour, so that no tick whose middle lies lower has seen it
/// rise; above, a weather file's light counts though the sun be down at the
/// middle of the tick: it rose or set within it, or it is dusk.
pub(super) const NIGHT_BELOW_DEG: f64 = -7.5;
