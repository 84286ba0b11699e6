//! What runs will take of memory, before any is begun. An estimate from below:
//! what was measured of small markets, and the sizes of what is kept.

use std::mem::size_of;

use crate::engine::record::{ParticipantRow, TickRow};
use crate::scenario::Scenario;

/// What one world takes whatever its size, in bytes.
const WORLD: u64 = 16 << 20;
/// What a home takes, with its account on the chain (benches/growth.csv).
const HOME: u64 = 3_300;
/// What an adversary takes beside that, by its kind's usual doings of a day:
/// from 2,700 bytes (refund arbitrageurs) to 20,000 (reserve hogs) were measured.
const ADVERSARY: u64 = 2_700;
/// Bytes of a tick of energy that a home holds for the day.
const HOME_TICK: u64 = 16;

/// The bytes of memory that `replicates` runs of `scenario` take at least, as
/// many at once as `jobs` says.
#[must_use]
pub fn memory_needed(scenario: &Scenario, replicates: u64, jobs: u64) -> u64 {
    let homes = u64::from(scenario.producers.count) + u64::from(scenario.buyers.count);
    let adversaries = adversaries(scenario);
    let people = homes.saturating_add(adversaries);
    let a_day = u64::from(scenario.time.ticks_per_day());
    let world = WORLD
        .saturating_add(people.saturating_mul(HOME + HOME_TICK * a_day))
        .saturating_add(adversaries.saturating_mul(ADVERSARY));
    let kept = (u64::from(scenario.time.ticks()) * size_of::<TickRow>() as u64)
        .saturating_add(people.saturating_mul(size_of::<ParticipantRow>() as u64));
    let at_once = jobs.min(replicates).max(1);
    world.saturating_mul(at_once).saturating_add(kept.saturating_mul(replicates.max(1)))
}

/// Adversaries of all kinds.
fn adversaries(scenario: &Scenario) -> u64 {
    let kinds = &scenario.adversaries;
    [
        kinds.refund_arbitrageur,
        kinds.dust_splitter,
        kinds.reserve_hog,
        kinds.sybil,
        kinds.ghost_producer,
        kinds.double_dipper,
        kinds.wash_trader,
        kinds.front_runner,
        kinds.spammer,
    ]
    .into_iter()
    .map(u64::from)
    .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(more: &str, replicates: u64, jobs: u64) -> u64 {
        let text = format!(
            "scenario.name = 'x'\nproducers.count = 100\nbuyers.count = 200\ntime.days = 1\n{more}"
        );
        let scenario = Scenario::from_toml(&text, "x.toml", &[]).expect("sound");
        memory_needed(&scenario, replicates, jobs)
    }

    #[test]
    fn a_million_of_anything_takes_gigabytes() {
        assert!(needed("", 1, 1) < 64 << 20);
        for kind in crate::experiments::Adversary::ALL {
            let many = needed(&format!("adversaries.{} = 1_000_000", kind.name()), 1, 1);
            assert!(many > 5 << 30, "{}: {many}", kind.name());
        }
        assert!(needed("", 100_000, 2) > 10 << 30, "all that replicates leave is kept");
        assert!(needed("", 8, 8) > needed("", 8, 1));
    }
}
