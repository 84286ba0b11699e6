//! Sunlight under a sky without clouds, by Ineichen and Perez. Clouds are
//! `weather`'s.

use super::irradiance::Irradiance;
use super::sun::{SunPosition, pressure_hpa};

/// How many times the air that lies straight overhead, at sea level, sunlight
/// passes on its way. Infinite where the sun is down. Source: F. Kasten,
/// A. T. Young, Applied Optics 28 (1989) 4735, corrected for pressure.
#[must_use]
pub fn air_mass(sun: &SunPosition, elevation_m: f64) -> f64 {
    const SEA_LEVEL_HPA: f64 = 1013.25;
    let zenith = sun.apparent_zenith_deg;
    if zenith > 90.0 {
        return f64::INFINITY;
    }
    let cosine = libm::cos(zenith.to_radians());
    let relative = 1.0 / (cosine + 0.505_72 * libm::pow(96.079_95 - zenith, -1.6364));
    relative * pressure_hpa(elevation_m) / SEA_LEVEL_HPA
}

/// Sunlight through cloudless air; zero where the sun is down. `turbidity` is
/// Linke's (2 in clean cold air, 3 in temperate, 5 in hazy), `elevation_m` the
/// height of the ground, `extraterrestrial_w_m2` the light above the air.
/// Source: P. Ineichen, R. Perez, Solar Energy 73 (2002) 151, with the direct
/// part's bound of Solar Energy 73 (2002) 157 and without the Perez
/// enhancement, as in pvlib's `ineichen`.
#[must_use]
pub fn clear_sky(
    sun: &SunPosition,
    elevation_m: f64,
    extraterrestrial_w_m2: f64,
    turbidity: f64,
) -> Irradiance {
    let cosine = libm::cos(sun.apparent_zenith_deg.to_radians());
    if sun.apparent_zenith_deg >= 90.0 || cosine <= 0.0 {
        return Irradiance::default();
    }
    let air = air_mass(sun, elevation_m);
    let height_1 = libm::exp(-elevation_m / 8000.0);
    let height_2 = libm::exp(-elevation_m / 1250.0);
    let gain_1 = 5.09e-5 * elevation_m + 0.868;
    let gain_2 = 3.92e-5 * elevation_m + 0.0387;

    let dimming = libm::exp(-gain_2 * air * (height_1 + height_2 * (turbidity - 1.0)));
    let global_w_m2 = gain_1 * extraterrestrial_w_m2 * cosine * dimming;

    let direct = extraterrestrial_w_m2
        * (0.664 + 0.163 / height_1)
        * libm::exp(-0.09 * air * (turbidity - 1.0));
    let diffuse_share = (0.1 - 0.2 * libm::exp(-turbidity)) / (0.1 + 0.882 / height_1);
    let direct_bound = global_w_m2 * (1.0 - diffuse_share).max(0.0) / cosine;
    let direct_w_m2 = direct.min(direct_bound);
    Irradiance { global_w_m2, direct_w_m2, diffuse_w_m2: global_w_m2 - direct_w_m2 * cosine }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sun_at(zenith_deg: f64) -> SunPosition {
        SunPosition { zenith_deg, apparent_zenith_deg: zenith_deg, azimuth_deg: 180.0 }
    }

    #[test]
    fn air_mass_is_one_overhead_and_about_38_at_the_horizon() {
        assert!((air_mass(&sun_at(0.0), 0.0) - 1.0).abs() < 1e-3);
        assert!((air_mass(&sun_at(60.0), 0.0) - 1.994).abs() < 1e-3);
        assert!((air_mass(&sun_at(90.0), 0.0) - 37.92).abs() < 0.05);
        assert!(air_mass(&sun_at(90.1), 0.0).is_infinite());
        assert!(air_mass(&sun_at(30.0), 2000.0) < air_mass(&sun_at(30.0), 0.0));
    }

    #[test]
    fn light_grows_with_the_height_of_the_sun_and_falls_with_haze() {
        let at = |zenith, turbidity| clear_sky(&sun_at(zenith), 273.0, 1366.1, turbidity);
        let mut last = f64::INFINITY;
        for zenith in [0.0, 20.0, 40.0, 60.0, 80.0, 89.9] {
            let light = at(zenith, 3.0);
            assert!(light.global_w_m2 < last && light.global_w_m2 >= 0.0);
            assert!(light.diffuse_w_m2 >= 0.0 && light.direct_w_m2 >= 0.0);
            last = light.global_w_m2;
        }
        assert!(at(30.0, 5.0).global_w_m2 < at(30.0, 2.0).global_w_m2);
        assert_eq!(at(90.0, 3.0), Irradiance::default());
        assert_eq!(at(120.0, 3.0), Irradiance::default());
    }
}
