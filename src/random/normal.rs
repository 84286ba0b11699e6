//! Normal draws with the same bits on every machine. The ziggurat of
//! `rand_distr` takes logarithms and exponentials from the system's library
//! whenever any crate of the build asks `num-traits` for `std`; these come from
//! `libm`. No stream is opened here.

use std::f64::consts::TAU;

use rand::RngExt;

use super::Stream;

/// An endless run of independent standard normal draws from one stream.
/// Source: G. E. P. Box, M. E. Muller, Ann. Math. Statist. 29 (1958) 610.
#[derive(Clone, Debug)]
pub struct Normals {
    stream: Stream,
    spare: Option<f64>,
}

impl Normals {
    /// Draws from `stream`, two at a time.
    #[must_use]
    pub const fn new(stream: Stream) -> Self {
        Self { stream, spare: None }
    }

    /// The next draw.
    pub fn draw(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        // One minus a draw from [0, 1) is never zero.
        let radius = (-2.0 * libm::log(1.0 - self.stream.random::<f64>())).sqrt();
        let (sine, cosine) = libm::sincos(TAU * self.stream.random::<f64>());
        self.spare = Some(radius * sine);
        radius * cosine
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn draws_have_the_moments_of_a_standard_normal() {
        let mut normals = Normals::new(stream(1, Purpose::SiteWeather, 0));
        let count = 100_000;
        let draws: Vec<f64> = (0..count).map(|_| normals.draw()).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(count);
        let square = draws.iter().map(|z| z * z).sum::<f64>() / f64::from(count);
        let fourth = draws.iter().map(|z| z * z * z * z).sum::<f64>() / f64::from(count);
        // Four standard errors each.
        assert!(mean.abs() < 0.013, "mean {mean}");
        assert!((square - 1.0).abs() < 0.018, "variance {square}");
        assert!((fourth - 3.0).abs() < 0.13, "fourth moment {fourth}");
    }
}
