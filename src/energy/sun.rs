//! Where the sun stands, and how strongly it shines above the air. Geometry
//! only: what the air and the clouds do to it is `clear_sky` and `weather`.

use std::f64::consts::TAU;

use jiff::civil::Date;
use solar_positioning::time::JulianDate;
use solar_positioning::{Location, RefractionCorrection, SolarPositions, delta_t};

use super::calendar::{MINUTES_A_DAY, minute_of};
use super::error::{EnergyError, within};

/// Where the homes stand. One place serves the whole region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Latitude in degrees, north positive.
    pub latitude_deg: f64,
    /// Longitude in degrees, east positive.
    pub longitude_deg: f64,
    /// Height above the sea in metres.
    pub elevation_m: f64,
    /// Local standard time minus UTC in hours, the same all year.
    pub utc_offset_hours: f64,
}

impl Place {
    /// Refuses a place that is not on Earth.
    ///
    /// # Errors
    /// Where a coordinate, the elevation or the offset is out of range.
    pub fn check(&self) -> Result<(), EnergyError> {
        within(
            "latitude_deg",
            self.latitude_deg,
            (-90.0, 90.0),
            "-90 to 90 degrees, north positive",
        )?;
        within(
            "longitude_deg",
            self.longitude_deg,
            (-180.0, 180.0),
            "-180 to 180 degrees, east positive",
        )?;
        within("elevation_m", self.elevation_m, (-500.0, 9_000.0), "-500 to 9000 m")?;
        within("utc_offset_hours", self.utc_offset_hours, (-12.0, 14.0), "-12 to 14 hours")?;
        // Beyond four hours the sun would culminate before 8 or after 16
        // o'clock: no inhabited place keeps such a time, but a wrong sign does.
        let solar_offset = self.longitude_deg / 15.0;
        let apart = (self.utc_offset_hours - solar_offset).abs();
        if apart > 4.0 && apart < 20.0 {
            return Err(EnergyError::Parameter {
                key: "utc_offset_hours",
                value: self.utc_offset_hours.to_string(),
                expected: "within 4 hours of longitude_deg / 15 (is the sign of one wrong?)",
            });
        }
        Ok(())
    }
}

/// Where the centre of the sun stands in the sky of a place, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SunPosition {
    /// Angle from the zenith, as geometry has it.
    pub zenith_deg: f64,
    /// Angle from the zenith as seen through the refracting air.
    pub apparent_zenith_deg: f64,
    /// Angle from north, clockwise: east is 90.
    pub azimuth_deg: f64,
}

impl SunPosition {
    /// Height above the horizon as seen, in degrees.
    #[must_use]
    pub fn apparent_elevation_deg(&self) -> f64 {
        90.0 - self.apparent_zenith_deg
    }

    /// The unit vector toward the sun as seen: east, north, up.
    #[must_use]
    pub fn direction(&self) -> [f64; 3] {
        let (sin_zenith, cos_zenith) = libm::sincos(self.apparent_zenith_deg.to_radians());
        let (sin_azimuth, cos_azimuth) = libm::sincos(self.azimuth_deg.to_radians());
        [sin_zenith * sin_azimuth, sin_zenith * cos_azimuth, cos_zenith]
    }
}

/// Air temperature for which refraction is worked out, °C: an annual mean, as
/// pvlib takes it. A few degrees more or less move the sun by less than 0.02°
/// at the horizon.
const REFRACTION_TEMPERATURE_C: f64 = 12.0;

/// The sun over `place` at `minute_of_day` (fractions allowed) of `date`, local
/// standard time. By NREL's Solar Position Algorithm: I. Reda, A. Andreas,
/// Solar Energy 76 (2004) 577.
///
/// # Errors
/// Where the place or the moment lies outside the algorithm's range.
///
/// ```
/// use connect_sim::energy::{Place, sun};
///
/// let greensboro = Place {
///     latitude_deg: 36.1,
///     longitude_deg: -79.95,
///     elevation_m: 273.0,
///     utc_offset_hours: -5.0,
/// };
/// let noon = sun::position(&greensboro, jiff::civil::date(2025, 6, 21), 12.0 * 60.0 + 22.0)?;
/// assert!((noon.zenith_deg - (36.1 - 23.44)).abs() < 0.02);
/// # Ok::<(), connect_sim::energy::EnergyError>(())
/// ```
pub fn position(place: &Place, date: Date, minute_of_day: f64) -> Result<SunPosition, EnergyError> {
    locate(place, date, minute_of_day).map_err(|fault| EnergyError::Parameter {
        key: "place and start",
        value: format!("{place:?} on {date}: {fault}"),
        expected: "a place on Earth and a date for which the sun is known",
    })
}

fn locate(place: &Place, date: Date, minute_of_day: f64) -> solar_positioning::Result<SunPosition> {
    /// The Julian date of the midnight that opened 1970, in UTC.
    const EPOCH_JULIAN: f64 = 2_440_587.5;
    let days = (minute_of(date) / i64::from(MINUTES_A_DAY)) as f64;
    let of_day = minute_of_day / f64::from(MINUTES_A_DAY) - place.utc_offset_hours / 24.0;
    let year = f64::from(date.year()) + (f64::from(date.month()) - 0.5) / 12.0;
    let moment = JulianDate::new(EPOCH_JULIAN + days + of_day, delta_t::estimate(year)?)?;

    let prepared = SolarPositions::new().for_time_from_julian(moment)?;
    let location = Location { latitude: place.latitude_deg, longitude: place.longitude_deg };
    let refraction =
        RefractionCorrection::new(pressure_hpa(place.elevation_m), REFRACTION_TEMPERATURE_C)?;
    let geometric = prepared.at(location, place.elevation_m, None)?;
    let seen = prepared.at(location, place.elevation_m, Some(refraction))?;
    Ok(SunPosition {
        zenith_deg: geometric.zenith_angle(),
        apparent_zenith_deg: seen.zenith_angle(),
        azimuth_deg: geometric.azimuth(),
    })
}

/// Air pressure at a height above the sea, hPa, in the standard atmosphere.
/// Source: "A Quick Derivation relating altitude to air pressure", Portland
/// State Aerospace Society, 2004, as in pvlib's `alt2pres`.
#[must_use]
pub fn pressure_hpa(elevation_m: f64) -> f64 {
    libm::pow((44_331.514 - elevation_m) / 11_880.516, 1.0 / 0.190_263_2)
}

/// Irradiance of a surface that faces the sun above the air on `date`, W/m².
/// Source: J. W. Spencer, "Fourier series representation of the position of the
/// sun", Search 2 (1971) 172, with a solar constant of 1366.1 W/m² as in pvlib.
#[must_use]
pub fn extraterrestrial_w_m2(date: Date) -> f64 {
    const SOLAR_CONSTANT_W_M2: f64 = 1366.1;
    let angle = TAU * f64::from(date.day_of_year() - 1) / 365.0;
    let (sine, cosine) = libm::sincos(angle);
    let (sine_2, cosine_2) = libm::sincos(2.0 * angle);
    let distance_factor =
        1.000_11 + 0.034_221 * cosine + 0.001_28 * sine + 0.000_719 * cosine_2 + 0.000_077 * sine_2;
    SOLAR_CONSTANT_W_M2 * distance_factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const GREENSBORO: Place = Place {
        latitude_deg: 36.1,
        longitude_deg: -79.95,
        elevation_m: 273.0,
        utc_offset_hours: -5.0,
    };

    #[test]
    fn the_earth_is_nearest_the_sun_in_january() {
        let january = extraterrestrial_w_m2(date(2025, 1, 3));
        let july = extraterrestrial_w_m2(date(2025, 7, 4));
        assert!((january / july - 1.069).abs() < 0.002, "{january} {july}");
    }

    #[test]
    fn the_direction_is_a_unit_vector_that_points_at_the_sun() {
        let morning = position(&GREENSBORO, date(2025, 3, 21), 8.0 * 60.0).expect("a position");
        let [east, north, up] = morning.direction();
        assert!((east * east + north * north + up * up - 1.0).abs() < 1e-12);
        assert!(east > 0.5 && north < 0.0 && up > 0.0);
        assert!(morning.apparent_zenith_deg < morning.zenith_deg);
    }

    #[test]
    fn a_place_off_the_earth_or_with_a_wrong_sign_is_refused() {
        assert!(GREENSBORO.check().is_ok());
        let message = Place { latitude_deg: 91.0, ..GREENSBORO }
            .check()
            .expect_err("no such latitude")
            .to_string();
        assert_eq!(message, "latitude_deg = 91: must be -90 to 90 degrees, north positive");
        for wrong in [
            Place { longitude_deg: 79.95, ..GREENSBORO },
            Place { utc_offset_hours: f64::NAN, ..GREENSBORO },
        ] {
            assert!(wrong.check().is_err(), "{wrong:?}");
        }
    }
}
