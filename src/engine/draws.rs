//! What is drawn of a participant, whoever it is: its home, and what moves it to
//! take the trouble. Draws are keyed by role and number.

use rand::RngExt;

use super::person::House;
use super::prepared::Prepared;
use crate::agents::BuyingTraits;
use crate::energy::{
    AnnualUsePopulation, DayEnergy, EnergyError, Home, PanelPopulation, draw_annual_use_kwh,
    draw_panel,
};
use crate::random::{Normals, Purpose, Stream, stream_at};
use crate::scenario::Scenario;
use crate::units::Kwh;

/// The moments of a participant's population stream that are drawn at here;
/// the energy room draws panels and use at others.
const CONTRACT_MOMENT: u32 = 4;
const EFFORT_MOMENT: u32 = 5;
const BIDDING_MOMENT: u32 = 7;

/// The least energy that a seller lists in a transaction of its own.
pub(super) const LOT: Kwh = Kwh::new(3);
/// The most that anyone wants to save before buying.
const GREATEST_REQUIRED_SAVING: f64 = 0.95;
/// What the fondest of local power pay beyond the utility's price.
const GREATEST_PREMIUM: f64 = 0.25;

/// The key of the streams of number `number` in a role.
pub(super) const fn key(role: u64, number: u32) -> u64 {
    role << 32 | number as u64
}

/// A home, its roof `roof` times the usual one; without a panel where that is 0.
pub(super) fn house(
    prepared: &Prepared,
    seed: u64,
    key: u64,
    roof: f64,
) -> Result<Box<House>, EnergyError> {
    let keys = &prepared.scenario.panel;
    let population = PanelPopulation {
        capacity_median_kwp: keys.capacity_kwp_median * roof,
        capacity_sigma: keys.capacity_sigma,
        tilt_mean_deg: keys.tilt_deg,
        tilt_sd_deg: keys.tilt_sd_deg,
        azimuth_mean_deg: keys.azimuth_deg,
        azimuth_sd_deg: keys.azimuth_sd_deg,
    };
    let panel = (roof > 0.0).then(|| draw_panel(seed, key, &population));
    let load = &prepared.scenario.load;
    let annual =
        AnnualUsePopulation { median_kwh: load.annual_kwh_median, sigma: load.annual_sigma };
    let annual_use_kwh = draw_annual_use_kwh(seed, key, &annual);
    let tariff = &prepared.scenario.tariff;
    let mut contract = Normals::new(stream_at(seed, Purpose::Population, key, CONTRACT_MOMENT));
    let mut factor = |sigma: f64| libm::exp(sigma * contract.draw());
    Ok(Box::new(House {
        home: Home::new(panel.as_ref(), &prepared.panel_model, annual_use_kwh)?,
        capacity_kwp: panel.map_or(0.0, |panel| panel.capacity_kwp),
        today: DayEnergy::default(),
        made_kwh: 0.0,
        used_kwh: 0.0,
        expected_use_kwh: 0.0,
        expected_make_kwh: 0.0,
        monthly_make_kwh: 0.0,
        surplus_carry_kwh: 0.0,
        unsettled_kwh: 0.0,
        retail_factor: factor(tariff.retail_sigma),
        feed_in_factor: factor(tariff.feed_in_sigma),
    }))
}

/// What moves a home to take the trouble: first as a buyer, then as a seller.
pub(super) fn efforts(seed: u64, key: u64) -> Normals {
    Normals::new(stream_at(seed, Purpose::Population, key, EFFORT_MOMENT))
}

pub(super) fn required_gain(scenario: &Scenario, efforts: &mut Normals) -> f64 {
    let keys = &scenario.producers;
    (keys.required_gain_mean + keys.required_gain_sd * efforts.draw()).max(0.0)
}

pub(super) fn buying_traits(
    scenario: &Scenario,
    rng: &mut Stream,
    efforts: &mut Normals,
) -> BuyingTraits {
    let keys = &scenario.buyers;
    let required = keys.required_saving_mean + keys.required_saving_sd * efforts.draw();
    BuyingTraits {
        offers_seen: keys.offers_seen as usize,
        forecast_error_sd: keys.forecast_error_sd,
        ahead_hours: f64::from(keys.ahead_hours),
        patience: rng.random_range(0.75..1.0),
        slippage: f64::from(keys.slippage_bps) / 10_000.0,
        required_saving: required.clamp(-GREATEST_PREMIUM, GREATEST_REQUIRED_SAVING),
    }
}

/// Whether a participant is of the `share` who raise their fees.
pub(super) fn raises_fees(seed: u64, key: u64, share: f64) -> bool {
    share >= 1.0
        || stream_at(seed, Purpose::Population, key, BIDDING_MOMENT).random::<f64>() < share
}
