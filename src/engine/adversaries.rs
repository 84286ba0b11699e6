//! Adversaries in a run: who they are, drawn like everyone from the run's seed.

use rand::RngExt;

use super::draws::{LOT, buying_traits, efforts, house, key, required_gain};
use super::person::Newcomer;
use super::prepared::Prepared;
use crate::agents::adversaries::{Behaved, Household};
use crate::agents::{
    Adversary, Agent, Asking, Buyer, Buying, ParticipationTraits, Producer, ProducerTraits,
    Strategy,
};
use crate::energy::EnergyError;
use crate::random::{Purpose, stream_at};
use crate::units::MicroStx;

/// What each brings along to attack with.
const PURSE: MicroStx = MicroStx::new(1_000_000_000);
/// The first role in the keys of adversaries' streams: honest roles are below.
const FIRST_ROLE: u64 = 16;
const TRAITS_MOMENT: u32 = 0;

/// All of them, kind by kind: behind everyone else, so that nobody's draws
/// depend on them.
pub(super) fn draw(prepared: &Prepared, seed: u64) -> Result<Vec<Newcomer>, EnergyError> {
    let mut all = Vec::new();
    for (role, kind) in Adversary::ALL.into_iter().enumerate() {
        for number in 0..prepared.scenario.adversaries.count(kind) {
            all.push(adversary(prepared, seed, kind, key(FIRST_ROLE + role as u64, number))?);
        }
    }
    Ok(all)
}

fn adversary(
    prepared: &Prepared,
    seed: u64,
    kind: Adversary,
    key: u64,
) -> Result<Newcomer, EnergyError> {
    let number = (key & u64::from(u32::MAX)) as u32;
    let place = number % kind.gang_size();
    let roof = kind.roof(place);
    let household = roof.map(|roof| household(prepared, seed, key, roof > 0.0));
    let agent: Box<dyn Agent> = if prepared.adversaries_behave {
        Box::new(Behaved::new(kind, household))
    } else {
        kind.attacker(household, PURSE)
    };
    let house = roof.map(|roof| house(prepared, seed, key, roof)).transpose()?;
    Ok(Newcomer {
        label: format!("{}-{number}", kind.name()),
        key,
        purse: PURSE,
        agent,
        strategy: "",
        certified_at_start: roof.is_some_and(|roof| roof > 0.0),
        house,
        declares: 1.0,
        gang: Some((kind, number / kind.gang_size())),
    })
}

/// How its home would live: it asks by a margin that learns, and never leaves.
fn household(prepared: &Prepared, seed: u64, key: u64, with_panel: bool) -> Household {
    let mut rng = stream_at(seed, Purpose::Population, key, TRAITS_MOMENT);
    let scenario = &prepared.scenario;
    let participation =
        ParticipationTraits { enabled: false, patience_days: 1, return_share_a_day: 1.0 };
    let markup = f64::from(scenario.producers.markup_bps) / 10_000.0;
    let asking = Asking::draw(Strategy::Zip, markup, &mut rng);
    let mut efforts = efforts(seed, key);
    let buying = Buying::new(buying_traits(scenario, &mut rng, &mut efforts));
    if with_panel {
        let horizon_days = f64::from(scenario.producers.horizon_days);
        let traits = ProducerTraits {
            horizon_days,
            declares: 1.0,
            lot: LOT,
            required_gain: required_gain(scenario, &mut efforts),
        };
        Household::Producer(Producer::new(traits, asking, buying, participation))
    } else {
        Household::Buyer(Buyer::new(buying, participation))
    }
}

/// Places the adversaries in the order in which honest people are asked,
/// which stays as it would be without them.
pub(super) fn mingle(order: &mut Vec<usize>, everyone: usize, seed: u64, draw: u32) {
    let mut rng = stream_at(seed, Purpose::Adversary, 0, draw);
    for place in order.len()..everyone {
        let at = rng.random_range(0..=order.len() as u64) as usize;
        order.insert(at, place);
    }
}
