//! From sunlight to alternating current: the light on a tilted panel, the heat
//! of its cells, its direct current, its inverter. What the sky does is given.

use super::error::{EnergyError, within};
use super::sky::SkyTick;

/// One home's panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Panel {
    /// Direct-current power at 1,000 W/m² and 25 °C, kW.
    pub capacity_kwp: f64,
    /// Angle from level, degrees: 0 lies flat, 90 stands upright.
    pub tilt_deg: f64,
    /// Where it faces, degrees clockwise from north: 180 is south.
    pub azimuth_deg: f64,
}

/// How light from the sky, the sun aside, falls on a tilted surface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transposition {
    /// The whole sky is equally bright.
    Isotropic,
    /// The sky is brighter around the sun, the more so the clearer it is.
    /// Source: J. E. Hay, J. A. Davies, "Calculation of the solar radiation
    /// incident on an inclined surface", Proc. First Canadian Solar Radiation
    /// Data Workshop, 1980, 59.
    #[default]
    HayDavies,
}

/// What panels of a scenario have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelModel {
    /// Losses of the system (soiling, shading, wiring, …), percent.
    pub losses_pct: f64,
    /// Nominal operating cell temperature: at 800 W/m² and 20 °C air, °C.
    pub noct_c: f64,
    /// Change of power with cell temperature, a fraction a degree.
    pub temperature_coefficient_per_c: f64,
    /// The inverter's efficiency at full load, a fraction.
    pub inverter_efficiency_nominal: f64,
    /// The panel's capacity over the inverter's greatest output.
    pub dc_ac_ratio: f64,
    /// The share of light that the ground gives back.
    pub albedo: f64,
    /// How light from the sky falls on the panel.
    pub transposition: Transposition,
}

impl Default for PanelModel {
    /// PVWatts' losses and inverter with its direct-current to
    /// alternating-current ratio of 1.2, NOCT 45 °C, −0.4 % a degree.
    fn default() -> Self {
        Self {
            losses_pct: 14.08,
            noct_c: 45.0,
            temperature_coefficient_per_c: -0.004,
            inverter_efficiency_nominal: 0.96,
            dc_ac_ratio: 1.2,
            albedo: 0.2,
            transposition: Transposition::HayDavies,
        }
    }
}

impl PanelModel {
    /// Refuses a model that no panel can have.
    ///
    /// # Errors
    /// Where a parameter is out of range or not a number.
    pub fn check(&self) -> Result<(), EnergyError> {
        within("losses_pct", self.losses_pct, (0.0, 100.0), "0 to 100 %")?;
        within("noct_c", self.noct_c, (20.0, 100.0), "20 to 100 °C")?;
        within(
            "temperature_coefficient_per_c",
            self.temperature_coefficient_per_c,
            (-0.02, 0.0),
            "-0.02 to 0: a fraction a degree, so -0.004 for -0.4 %",
        )?;
        within(
            "inverter_efficiency_nominal",
            self.inverter_efficiency_nominal,
            (0.5, 1.0),
            "0.5 to 1: a fraction",
        )?;
        within("dc_ac_ratio", self.dc_ac_ratio, (0.2, 5.0), "0.2 to 5")?;
        within("albedo", self.albedo, (0.0, 1.0), "0 to 1: a fraction")
    }
}

/// A panel made ready: what does not change from tick to tick is worked out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelArray {
    capacity_kwp: f64,
    /// East, north, up.
    normal: [f64; 3],
    /// The share of the sky dome that the panel sees.
    sky_view: f64,
    /// The share of global irradiance that the ground throws onto it.
    ground_gain: f64,
    transposition: Transposition,
    /// °C above the air for each W/m² on the panel.
    heating_c_m2_per_w: f64,
    temperature_coefficient_per_c: f64,
    /// What system losses leave, as a fraction.
    kept: f64,
    inverter: Inverter,
}

impl PanelArray {
    /// Makes `panel` ready.
    ///
    /// # Errors
    /// Where a parameter of the panel or the model is out of range.
    pub fn new(panel: &Panel, model: &PanelModel) -> Result<Self, EnergyError> {
        model.check()?;
        within("capacity_kwp", panel.capacity_kwp, (0.0, 1e9), "0 to 1000000000 kWp")?;
        within("tilt_deg", panel.tilt_deg, (0.0, 90.0), "0 to 90 degrees")?;
        within(
            "azimuth_deg",
            panel.azimuth_deg,
            (0.0, 360.0),
            "0 to 360 degrees clockwise from north",
        )?;
        let (sin_tilt, cos_tilt) = libm::sincos(panel.tilt_deg.to_radians());
        let (sin_azimuth, cos_azimuth) = libm::sincos(panel.azimuth_deg.to_radians());
        Ok(Self {
            capacity_kwp: panel.capacity_kwp,
            normal: [sin_tilt * sin_azimuth, sin_tilt * cos_azimuth, cos_tilt],
            sky_view: 0.5 * (1.0 + cos_tilt),
            ground_gain: 0.5 * (1.0 - cos_tilt) * model.albedo,
            transposition: model.transposition,
            heating_c_m2_per_w: (model.noct_c - 20.0) / 800.0,
            temperature_coefficient_per_c: model.temperature_coefficient_per_c,
            kept: 1.0 - model.losses_pct / 100.0,
            inverter: Inverter {
                limit_kw: panel.capacity_kwp / model.dc_ac_ratio,
                efficiency_nominal: model.inverter_efficiency_nominal,
            },
        })
    }

    /// The greatest output of the inverter, kW.
    #[must_use]
    pub const fn limit_kw(&self) -> f64 {
        self.inverter.limit_kw
    }

    /// Light on the panel, W/m², under the sky of `tick` with every part of its
    /// light `factor` times as strong.
    #[must_use]
    pub fn plane_of_array_w_m2(&self, tick: &SkyTick, factor: f64) -> f64 {
        /// The least cosine of the zenith angle that the light around the sun
        /// is divided by: 89°, as in pvlib's `haydavies`.
        const LEAST_COS_ZENITH: f64 = 0.01745;
        let light = tick.irradiance.scaled(factor);
        let [east, north, up] = tick.sun_direction;
        let cos_incidence =
            (self.normal[0] * east + self.normal[1] * north + self.normal[2] * up).max(0.0);
        // The share of the diffuse light that comes from around the sun.
        let around_sun = match self.transposition {
            Transposition::Isotropic => 0.0,
            Transposition::HayDavies => {
                (light.direct_w_m2 / tick.extraterrestrial_w_m2).clamp(0.0, 1.0)
            }
        };
        let projection = cos_incidence / up.max(LEAST_COS_ZENITH);
        light.direct_w_m2 * cos_incidence
            + light.diffuse_w_m2 * ((1.0 - around_sun) * self.sky_view + around_sun * projection)
            + light.global_w_m2 * self.ground_gain
    }

    /// Power delivered, kW, with `plane_of_array_w_m2` on the panel in air of
    /// `temperature_c`. Sources: cell temperature, R. G. Ross, 14th IEEE
    /// Photovoltaic Specialists Conference, 1980; the rest, A. P. Dobos,
    /// "PVWatts Version 5 Manual", NREL/TP-6A20-62641, 2014.
    #[must_use]
    pub fn power_kw(&self, plane_of_array_w_m2: f64, temperature_c: f64) -> f64 {
        let cell_c = temperature_c + self.heating_c_m2_per_w * plane_of_array_w_m2;
        let heat_factor = 1.0 + self.temperature_coefficient_per_c * (cell_c - 25.0);
        let direct_kw =
            self.capacity_kwp * plane_of_array_w_m2 / 1000.0 * heat_factor.max(0.0) * self.kept;
        self.inverter.power_kw(direct_kw)
    }

    /// Mean power over `tick`, kW, with the sky's light `factor` times as
    /// strong.
    #[must_use]
    pub fn output_kw(&self, tick: &SkyTick, factor: f64) -> f64 {
        self.power_kw(self.plane_of_array_w_m2(tick, factor), tick.temperature_c)
    }
}

/// PVWatts' inverter: efficiency by load, and a ceiling.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Inverter {
    limit_kw: f64,
    efficiency_nominal: f64,
}

impl Inverter {
    /// What is delivered of `direct_kw`. Source: PVWatts Version 5 Manual,
    /// eq. 11 and 12.
    fn power_kw(&self, direct_kw: f64) -> f64 {
        const EFFICIENCY_REFERENCE: f64 = 0.9637;
        let full_load_kw = self.limit_kw / self.efficiency_nominal;
        if direct_kw <= 0.0 || full_load_kw <= 0.0 {
            return 0.0;
        }
        let load = direct_kw / full_load_kw;
        let efficiency = self.efficiency_nominal / EFFICIENCY_REFERENCE
            * (-0.0162 * load - 0.0059 / load + 0.9858);
        (efficiency * direct_kw).clamp(0.0, self.limit_kw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::irradiance::Irradiance;

    /// A clear noon with the sun 60° high in the south.
    fn noon() -> SkyTick {
        SkyTick {
            sun_direction: [0.0, -0.5, 0.75_f64.sqrt()],
            irradiance: Irradiance {
                global_w_m2: 800.0 * 0.75_f64.sqrt() + 100.0,
                direct_w_m2: 800.0,
                diffuse_w_m2: 100.0,
            },
            extraterrestrial_w_m2: 1320.0,
            temperature_c: 20.0,
            clear_sky_index: 1.0,
        }
    }

    fn array(tilt_deg: f64, azimuth_deg: f64, model: &PanelModel) -> PanelArray {
        let panel = Panel { capacity_kwp: 1.0, tilt_deg, azimuth_deg };
        PanelArray::new(&panel, model).expect("a possible panel")
    }

    #[test]
    fn a_flat_panel_sees_what_level_ground_sees_under_either_sky() {
        for transposition in [Transposition::Isotropic, Transposition::HayDavies] {
            let model = PanelModel { transposition, ..PanelModel::default() };
            let light = array(0.0, 180.0, &model).plane_of_array_w_m2(&noon(), 1.0);
            assert!((light - noon().irradiance.global_w_m2).abs() < 1e-9);
        }
    }

    #[test]
    fn facing_the_sun_catches_all_of_the_beam_and_facing_away_none() {
        let model = PanelModel {
            transposition: Transposition::Isotropic,
            albedo: 0.0,
            ..PanelModel::default()
        };
        let facing = array(30.0, 180.0, &model).plane_of_array_w_m2(&noon(), 1.0);
        let sky = 100.0 * 0.5 * (1.0 + 0.75_f64.sqrt());
        assert!((facing - 800.0 - sky).abs() < 1e-9);
        let away = array(90.0, 0.0, &model).plane_of_array_w_m2(&noon(), 1.0);
        assert!((away - 50.0).abs() < 1e-9);
    }

    #[test]
    fn rated_light_and_cells_at_25_degrees_give_rated_power_less_losses() {
        let model = PanelModel {
            dc_ac_ratio: 0.5,
            inverter_efficiency_nominal: 0.9637,
            ..PanelModel::default()
        };
        let cool_air = 25.0 - 1000.0 * 25.0 / 800.0;
        let power = array(30.0, 180.0, &model).power_kw(1000.0, cool_air);
        let direct = 1.0 - 0.1408;
        let load = direct * 0.9637 / 2.0;
        let expected = direct * (-0.0162 * load - 0.0059 / load + 0.9858);
        assert!((power - expected).abs() < 1e-12);
    }

    #[test]
    fn the_inverter_clips_and_never_feeds_backwards() {
        let model = PanelModel { dc_ac_ratio: 2.0, ..PanelModel::default() };
        let undersized = array(30.0, 180.0, &model);
        assert_eq!(undersized.power_kw(1000.0, 0.0), undersized.limit_kw());
        assert_eq!(undersized.limit_kw(), 0.5);
        // Less than the inverter itself uses.
        assert_eq!(undersized.power_kw(1.0, 0.0), 0.0);
        assert_eq!(undersized.power_kw(0.0, 0.0), 0.0);
    }

    #[test]
    fn impossible_panels_are_refused_by_name() {
        let refuse = |panel: &Panel, model: &PanelModel| {
            PanelArray::new(panel, model).expect_err("impossible").to_string()
        };
        let good = Panel { capacity_kwp: 5.0, tilt_deg: 30.0, azimuth_deg: 180.0 };
        let upside_down = Panel { tilt_deg: 120.0, ..good };
        assert_eq!(
            refuse(&upside_down, &PanelModel::default()),
            "tilt_deg = 120: must be 0 to 90 degrees"
        );
        let percent = PanelModel { temperature_coefficient_per_c: -0.4, ..PanelModel::default() };
        assert!(refuse(&good, &percent).starts_with("temperature_coefficient_per_c = -0.4"));
        let unknown = PanelModel { losses_pct: f64::NAN, ..PanelModel::default() };
        assert_eq!(refuse(&good, &unknown), "losses_pct = NaN: must be 0 to 100 %");
    }
}
