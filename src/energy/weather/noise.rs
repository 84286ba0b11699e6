//! What the sky of one site adds to the region's: small clouds that a neighbour
//! does not see.

use crate::energy::error::{EnergyError, within};
use crate::random::{Normals, Purpose, stream_at};

/// Noise of a site, added to the region's clear-sky index. It wanders back to
/// zero (a first-order autoregression), and begins anew each night.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteNoise {
    /// Its standard deviation, in units of the clear-sky index.
    pub sd: f64,
    /// Its correlation with itself an hour later.
    pub correlation_per_hour: f64,
}

impl SiteNoise {
    /// No noise: every site sees the region's sky.
    pub const NONE: Self = Self { sd: 0.0, correlation_per_hour: 0.0 };

    /// Refuses noise that cannot be.
    ///
    /// # Errors
    /// Where a parameter is out of range or not a number.
    pub fn check(&self) -> Result<(), EnergyError> {
        within("sd", self.sd, (0.0, 1.0), "0 to 1, in units of the clear-sky index")?;
        within("correlation_per_hour", self.correlation_per_hour, (0.0, 1.0), "0 to 1")
    }

    /// The noise's persistence over ticks of `tick_hours`.
    pub(in crate::energy) fn at(self, tick_hours: f64) -> TickNoise {
        let persistence = libm::pow(self.correlation_per_hour, tick_hours);
        TickNoise {
            sd: self.sd,
            persistence,
            renewal: self.sd * (1.0 - persistence * persistence).max(0.0).sqrt(),
        }
    }
}

/// A site's noise at one tick length.
#[derive(Clone, Copy, Debug)]
pub(in crate::energy) struct TickNoise {
    sd: f64,
    persistence: f64,
    renewal: f64,
}

impl TickNoise {
    /// The noise of `site` over the light ticks of `day`, from the first on:
    /// stationary from the start, and endless.
    pub(in crate::energy) fn of_day(
        self,
        seed: u64,
        site: u64,
        day: u32,
    ) -> impl Iterator<Item = f64> {
        let mut normals =
            (self.sd > 0.0).then(|| Normals::new(stream_at(seed, Purpose::SiteWeather, site, day)));
        let mut last: Option<f64> = None;
        std::iter::from_fn(move || {
            let next = match (&mut normals, last) {
                (None, _) => 0.0,
                (Some(normals), None) => self.sd * normals.draw(),
                (Some(normals), Some(last)) => {
                    self.persistence * last + self.renewal * normals.draw()
                }
            };
            last = Some(next);
            last
        })
    }
}

/// How many times as strong a site's light is as the region's, when noise of
/// `noise` is added to the region's clear-sky index `index`. Between 0 and 2
/// and evenly about 1, so that noise neither adds nor takes energy on average.
pub(in crate::energy) fn factor(index: f64, noise: f64) -> f64 {
    /// Under the darkest clouds the noise is measured against this index.
    const LEAST_INDEX: f64 = 0.1;
    1.0 + (noise / index.max(LEAST_INDEX)).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOISE: SiteNoise = SiteNoise { sd: 0.08, correlation_per_hour: 0.5 };

    #[test]
    fn noise_has_its_deviation_and_its_correlation() {
        let half_hourly = NOISE.at(0.5);
        let (mut square, mut lagged, mut count) = (0.0, 0.0, 0.0);
        for site in 0..2_000 {
            let day: Vec<f64> = half_hourly.of_day(1, site, 3).take(20).collect();
            for pair in day.windows(3) {
                square += pair[0] * pair[0];
                lagged += pair[0] * pair[2];
                count += 1.0;
            }
        }
        let sd = f64::sqrt(square / count);
        assert!((sd - 0.08).abs() < 0.0015, "{sd}");
        assert!((lagged / square - 0.5).abs() < 0.02, "{}", lagged / square);
    }

    #[test]
    fn sites_and_days_differ_and_silence_is_silent() {
        let at = |seed, site, day| NOISE.at(0.5).of_day(seed, site, day).next();
        assert_eq!(at(1, 2, 3), at(1, 2, 3));
        assert_ne!(at(1, 2, 3), at(2, 2, 3));
        assert_ne!(at(1, 2, 3), at(1, 3, 3));
        assert_ne!(at(1, 2, 3), at(1, 2, 4));
        let silence = SiteNoise::NONE.at(0.5);
        assert_eq!(silence.of_day(1, 2, 3).take(9).sum::<f64>(), 0.0);
    }

    #[test]
    fn light_never_turns_negative_nor_more_than_doubles() {
        assert_eq!(factor(0.8, 0.0), 1.0);
        assert!((factor(0.8, 0.08) - 1.1).abs() < 1e-12);
        assert_eq!(factor(0.3, -0.5), 0.0);
        assert_eq!(factor(0.0, 0.5), 2.0);
    }
}
