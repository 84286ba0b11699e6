//! Who takes part in a run: everyone, with purses and traits drawn from the run's
//! seed. A participant's draws are keyed by its role and number, so that adding
//! buyers changes no producer.

use rand::RngExt;

use super::adversaries;
use super::draws::{LOT, buying_traits, efforts, house, key, required_gain};
use super::guests::{Guest, GuestHome};
use super::person::Newcomer;
use super::prepared::Prepared;
use crate::agents::{
    Agent, Asking, Buyer, Buying, Certifier, MeterOperator, Operator, ParticipationTraits,
    PricePolicy, Producer, ProducerTraits, Strategy, Supervisor,
};
use crate::energy::EnergyError;
use crate::random::{Normals, Purpose, Stream, stream_at};
use crate::scenario::{PricePolicy as PricePolicyKey, Scenario};
use crate::units::MicroStx;

/// The moments of a participant's population stream that are drawn at here;
/// the energy room draws panels and use at others.
const TRAITS_MOMENT: u32 = 0;
const NORMALS_MOMENT: u32 = 3;
const PATIENCE_MOMENT: u32 = 6;

/// The role of guests in the keys of their streams; the program's own roles
/// count from 0.
const GUEST_ROLE: u64 = 255;

/// What officials and the operator have for fees: enough for any run, and
/// counted like everyone's.
const OFFICIAL_PURSE: MicroStx = MicroStx::new(1_000_000_000_000);

/// The overstating declare this much of what their roof yields.
const OVERSTATED: f64 = 2.5;
/// The honest are off by this relative standard deviation.
const HONEST_ERROR_SD: f64 = 0.05;
/// Everyone, in the order of their accounts: the operator first.
pub(super) fn draw(prepared: &Prepared, seed: u64) -> Result<Vec<Newcomer>, EnergyError> {
    let scenario = &prepared.scenario;
    let mut everyone = vec![official("operator".to_owned(), key(0, 0), operator(scenario))];
    everyone[0].purse = OFFICIAL_PURSE + scenario.market.treasury_ustx;
    let certifiers = &scenario.certifiers;
    for number in 0..certifiers.meter_operators {
        let label = format!("meter-operator-{number}");
        everyone.push(official(label, key(1, number), Box::new(MeterOperator)));
    }
    for number in 0..certifiers.certifiers {
        let agent = Certifier::new(certifiers.applications_per_day, certifiers.diligence);
        let label = format!("certifier-{number}");
        everyone.push(official(label, key(2, number), Box::new(agent)));
    }
    for number in 0..certifiers.supervisors {
        let agent = Supervisor::new(certifiers.audits_per_day, certifiers.diligence);
        let label = format!("supervisor-{number}");
        everyone.push(official(label, key(3, number), Box::new(agent)));
    }
    for number in 0..scenario.producers.count {
        everyone.push(producer(prepared, seed, number)?);
    }
    for number in 0..scenario.buyers.count {
        everyone.push(buyer(prepared, seed, number)?);
    }
    everyone.extend(adversaries::draw(prepared, seed)?);
    for (number, one) in (0..).zip(prepared.guests.of(seed)) {
        everyone.push(guest(prepared, seed, number, one)?);
    }
    Ok(everyone)
}

fn official(label: String, key: u64, agent: Box<dyn Agent>) -> Newcomer {
    Newcomer {
        label,
        key,
        purse: OFFICIAL_PURSE,
        agent,
        strategy: "",
        house: None,
        certified_at_start: false,
        declares: 0.0,
        gang: None,
    }
}

fn guest(
    prepared: &Prepared,
    seed: u64,
    number: u32,
    guest: Guest,
) -> Result<Newcomer, EnergyError> {
    let key = key(GUEST_ROLE, number);
    let house = match guest.home {
        GuestHome::None => None,
        GuestHome::WithoutPanel => Some(house(prepared, seed, key, 0.0)?),
        GuestHome::WithPanel => Some(house(prepared, seed, key, 1.0)?),
    };
    let label = format!("guest-{number}");
    Ok(Newcomer { purse: guest.purse, house, ..official(label, key, guest.agent) })
}

fn operator(scenario: &Scenario) -> Box<dyn Agent> {
    let keys = &scenario.operator;
    let policy = match keys.price_policy {
        PricePolicyKey::Fixed => PricePolicy::Fixed,
        PricePolicyKey::TimeOfUse => PricePolicy::TimeOfUse {
            base: scenario.market.energy_price_ustx_per_kwh,
            peak: keys.peak_price_ustx_per_kwh,
            from_hour: f64::from(scenario.tariff.peak_from_hour),
            to_hour: f64::from(scenario.tariff.peak_to_hour),
        },
        PricePolicyKey::Balance => PricePolicy::Balance {
            gain: keys.balance_gain,
            least: keys.balance_min_ustx_per_kwh,
            most: keys.balance_max_ustx_per_kwh,
        },
    };
    Box::new(Operator::new(policy, keys.relist_handed_back))
}

fn producer(prepared: &Prepared, seed: u64, number: u32) -> Result<Newcomer, EnergyError> {
    let scenario = &prepared.scenario;
    let keys = &scenario.producers;
    let key = key(4, number);
    let mut rng = stream_at(seed, Purpose::Population, key, TRAITS_MOMENT);
    let mut normals = Normals::new(stream_at(seed, Purpose::Population, key, NORMALS_MOMENT));
    let strategy = draw_strategy(scenario, &mut rng);
    let asking = Asking::draw(strategy, f64::from(keys.markup_bps) / 10_000.0, &mut rng);
    let overstates = rng.random_bool(keys.overstating_share);
    let certified = rng.random_bool(keys.certified_at_start);
    let declares = if overstates {
        OVERSTATED
    } else {
        (1.0 + HONEST_ERROR_SD * normals.draw()).clamp(0.7, 1.3)
    };
    let purse = draw_purse(keys.purse_stx_median, keys.purse_sigma, normals.draw());
    let mut efforts = efforts(seed, key);
    let buying = buying_traits(scenario, &mut rng, &mut efforts);
    let traits = ProducerTraits {
        horizon_days: f64::from(keys.horizon_days),
        declares,
        lot: LOT,
        required_gain: required_gain(scenario, &mut efforts),
    };
    let staying = participation(scenario, seed, key);
    let agent = Producer::new(traits, asking, Buying::new(buying), staying);
    Ok(Newcomer {
        label: format!("producer-{number}"),
        key,
        purse,
        agent: Box::new(agent),
        strategy: strategy.name(),
        house: Some(house(prepared, seed, key, 1.0)?),
        // Whoever overstates was not there to be looked at before the start.
        certified_at_start: certified && !overstates,
        declares,
        gang: None,
    })
}

fn buyer(prepared: &Prepared, seed: u64, number: u32) -> Result<Newcomer, EnergyError> {
    let scenario = &prepared.scenario;
    let key = key(5, number);
    let mut rng = stream_at(seed, Purpose::Population, key, TRAITS_MOMENT);
    let mut normals = Normals::new(stream_at(seed, Purpose::Population, key, NORMALS_MOMENT));
    let keys = &scenario.buyers;
    let purse = draw_purse(keys.purse_stx_median, keys.purse_sigma, normals.draw());
    let mut efforts = efforts(seed, key);
    let buying = Buying::new(buying_traits(scenario, &mut rng, &mut efforts));
    Ok(Newcomer {
        label: format!("buyer-{number}"),
        key,
        purse,
        agent: Box::new(Buyer::new(buying, participation(scenario, seed, key))),
        strategy: "",
        house: Some(house(prepared, seed, key, 0.0)?),
        certified_at_start: false,
        declares: 0.0,
        gang: None,
    })
}

fn draw_strategy(scenario: &Scenario, rng: &mut Stream) -> Strategy {
    let weights = &scenario.producers.asking;
    let mut point = rng.random_range(0.0..1.0) * weights.total();
    for (weight, strategy) in [
        (weights.fixed, Strategy::Fixed),
        (weights.zi_c, Strategy::ZiC),
        (weights.zip, Strategy::Zip),
    ] {
        if point < weight {
            return strategy;
        }
        point -= weight;
    }
    Strategy::Undercut
}

fn participation(scenario: &Scenario, seed: u64, key: u64) -> ParticipationTraits {
    let keys = &scenario.participation;
    let mut rng = stream_at(seed, Purpose::Population, key, PATIENCE_MOMENT);
    ParticipationTraits {
        enabled: keys.enabled,
        patience_days: rng.random_range(1..=2 * keys.patience_days - 1),
        return_share_a_day: keys.return_share_per_day,
    }
}

fn draw_purse(median_stx: f64, sigma: f64, draw: f64) -> MicroStx {
    MicroStx::nearest_from_stx(median_stx * libm::exp(sigma * draw))
}
