//! Sunlight on level ground and its parts, and how to tell the parts apart when
//! only their sum is known. Tilted surfaces are `panel`'s.

use super::sun::SunPosition;

/// Sunlight as weather stations measure it, in W/m².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Irradiance {
    /// Global horizontal irradiance (GHI): all light on level ground.
    pub global_w_m2: f64,
    /// Direct normal irradiance (DNI): straight from the sun, on a surface that
    /// faces it.
    pub direct_w_m2: f64,
    /// Diffuse horizontal irradiance (DHI): from the rest of the sky, on level
    /// ground.
    pub diffuse_w_m2: f64,
}

impl Irradiance {
    /// The same light, `factor` times as strong in every part.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            global_w_m2: self.global_w_m2 * factor,
            direct_w_m2: self.direct_w_m2 * factor,
            diffuse_w_m2: self.diffuse_w_m2 * factor,
        }
    }

    /// Splits global irradiance into direct and diffuse by its share of what
    /// arrives above the air, `extraterrestrial_w_m2`. Source: D. G. Erbs,
    /// S. A. Klein, J. A. Duffie, Solar Energy 28 (1982) 293, eq. 1; the bounds
    /// near the horizon as in pvlib's `erbs`.
    #[must_use]
    pub fn split(global_w_m2: f64, sun: &SunPosition, extraterrestrial_w_m2: f64) -> Self {
        /// The least cosine of the zenith angle with which a clearness is
        /// worked out, and the zenith angle past which all light is diffuse.
        const LEAST_COS_ZENITH: f64 = 0.065;
        const LAST_DIRECT_ZENITH_DEG: f64 = 87.0;

        let all_diffuse = Self { global_w_m2, direct_w_m2: 0.0, diffuse_w_m2: global_w_m2 };
        if sun.zenith_deg > LAST_DIRECT_ZENITH_DEG || global_w_m2 <= 0.0 {
            return all_diffuse;
        }
        let cos_zenith = libm::cos(sun.zenith_deg.to_radians());
        let above_air = extraterrestrial_w_m2 * cos_zenith.max(LEAST_COS_ZENITH);
        let clearness = (global_w_m2 / above_air).clamp(0.0, 1.0);
        let diffuse_w_m2 = global_w_m2 * diffuse_fraction(clearness);
        Self { global_w_m2, direct_w_m2: (global_w_m2 - diffuse_w_m2) / cos_zenith, diffuse_w_m2 }
    }

    /// The same light with no more than `most_w_m2` of direct normal: a low sun
    /// makes a beam out of a small error, and what is beyond is no light. The
    /// diffuse part stays as it was split, as in pvlib.
    #[must_use]
    pub fn with_direct_at_most(self, most_w_m2: f64) -> Self {
        Self { direct_w_m2: self.direct_w_m2.min(most_w_m2), ..self }
    }
}

/// The share of diffuse in global irradiance at a clearness of 0 to 1.
fn diffuse_fraction(clearness: f64) -> f64 {
    let k = clearness;
    if k <= 0.22 {
        1.0 - 0.09 * k
    } else if k <= 0.8 {
        0.9511 + k * (-0.1604 + k * (4.388 + k * (-16.638 + k * 12.336)))
    } else {
        0.165
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sun_at(zenith_deg: f64) -> SunPosition {
        SunPosition { zenith_deg, apparent_zenith_deg: zenith_deg, azimuth_deg: 180.0 }
    }

    #[test]
    fn the_parts_add_up_to_the_whole() {
        for zenith in [0.0, 30.0, 60.0, 80.0, 86.9] {
            let sun = sun_at(zenith);
            for global in [1.0, 50.0, 300.0, 900.0] {
                let split = Irradiance::split(global, &sun, 1366.1);
                let cosine = libm::cos(f64::to_radians(zenith));
                let sum = split.diffuse_w_m2 + split.direct_w_m2 * cosine;
                assert!((sum - global).abs() < 1e-9, "{zenith} {global}: {sum}");
                assert!(split.direct_w_m2 >= 0.0);
            }
        }
    }

    #[test]
    fn a_beam_is_held_to_its_bound() {
        let sun = sun_at(86.0);
        let split = Irradiance::split(70.0, &sun, 1366.1);
        assert!(split.direct_w_m2 > 184.0);
        let limited = split.with_direct_at_most(184.0);
        assert_eq!(limited, Irradiance { direct_w_m2: 184.0, ..split });
        assert_eq!(split.with_direct_at_most(2000.0), split);
    }

    #[test]
    fn an_overcast_sky_is_diffuse_and_a_clear_one_is_not() {
        let sun = sun_at(30.0);
        let overcast = Irradiance::split(100.0, &sun, 1366.1);
        assert!(overcast.diffuse_w_m2 > 0.98 * overcast.global_w_m2);
        let clear = Irradiance::split(950.0, &sun, 1366.1);
        assert!((clear.diffuse_w_m2 / clear.global_w_m2 - 0.165).abs() < 1e-12);
        let dusk = Irradiance::split(20.0, &sun_at(88.0), 1366.1);
        assert_eq!(dusk.direct_w_m2, 0.0);
        assert_eq!(dusk.diffuse_w_m2, 20.0);
    }
}
