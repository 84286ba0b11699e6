//! A market that goes on under another setting: the days before it is measured
//! are lived through once, and every setting branches from there. What differs
//! becomes the operator's decisions at the next midnight, or the prices of the
//! world outside; what the market began with cannot differ any more.

use std::collections::BTreeMap;
use std::sync::Arc;

use thiserror::Error;

use super::decided::decided;
use super::prepared::Prepared;
use super::world::World;
use crate::market::Action;
use crate::scenario::{Change, PricePolicy, Scenario, Setting};

/// A setting that a market cannot take on once it has warmed up.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{key} cannot change after the {days} days of warm-up: the market begins with it; leave it as \
     it is, or set warmup.days = 0 to run every setting from the start. What can change is {}",
    BRANCHING_KEYS.join(", ")
)]
pub struct AfterWarmUp {
    /// The key.
    pub key: String,
    /// The days of warm-up.
    pub days: u32,
}

/// What can change after the warm-up: what the operator decides on the chain,
/// the prices outside of the market, the fees that senders offer, and decisions
/// that are due later.
pub const BRANCHING_KEYS: &[&str] = &[
    "market.energy_price_ustx_per_kwh",
    "market.commission_bps",
    "market.refund_rate_bps",
    "market.refund_basis",
    "market.reserve_limit_kwh",
    "market.max_energy_per_user_kwh",
    "certification.fee_ustx",
    "certification.minimum_production_kwh",
    "certification.maximum_production_kwh",
    "tariff.retail_per_kwh",
    "tariff.retail_peak_per_kwh",
    "tariff.feed_in_per_kwh",
    "tariff.delivery_per_kwh",
    "network.fee_ustx",
    "network.drop_after_s",
    "network.fee_policy",
    "network.fee_raise_bps",
    "network.raising_share",
    "network.fee_max_ustx",
];

/// Sections that say what an experiment does, not what the market is.
const ABOUT: [&str; 5] = ["scenario", "thresholds", "sweep", "tune", "decision"];

impl AfterWarmUp {
    /// Whether a market of `base` can go on as one of `changed` once it has
    /// warmed up.
    ///
    /// # Errors
    /// Where it cannot: the first key that stands in the way.
    pub fn check(base: &Scenario, changed: &Scenario) -> Result<(), Self> {
        let days = base.warmup.days;
        let wrong = |key: &str| Err(Self { key: key.to_owned(), days });
        let (before, after) = (leaves(&base.settings()), leaves(&changed.settings()));
        let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
        for key in keys.filter(|key| before.get(*key) != after.get(*key)) {
            if !BRANCHING_KEYS.contains(&key.as_str()) {
                return wrong(key);
            }
        }
        // That policy goes back to its own price at the next hour.
        if base.operator.price_policy == PricePolicy::TimeOfUse
            && base.market.energy_price_ustx_per_kwh != changed.market.energy_price_ustx_per_kwh
        {
            return wrong("market.energy_price_ustx_per_kwh");
        }
        let early = |scenario: &Scenario| -> Vec<_> {
            let all = scenario.decisions.0.iter();
            all.filter(|decision| decision.day < days).copied().collect()
        };
        if early(base) == early(changed) { Ok(()) } else { wrong("decision") }
    }
}

/// Every value of a tree of settings by its dotted path, but for what says what
/// an experiment does.
fn leaves(settings: &Setting) -> BTreeMap<String, Setting> {
    fn gather(path: &str, setting: &Setting, found: &mut BTreeMap<String, Setting>) {
        match setting {
            Setting::Table(entries) => {
                for (name, inner) in entries {
                    let dot = if path.is_empty() { "" } else { "." };
                    gather(&format!("{path}{dot}{name}"), inner, found);
                }
            }
            value => {
                found.insert(path.to_owned(), value.clone());
            }
        }
    }
    let mut found = BTreeMap::new();
    if let Setting::Table(sections) = settings {
        for (name, section) in sections.iter().filter(|(name, _)| !ABOUT.contains(&name.as_str())) {
            gather(name, section, &mut found);
        }
    }
    found
}

/// What the operator has to decide for a market of `base` to become one of
/// `changed`.
fn decisions(base: &Scenario, changed: &Scenario) -> Vec<Action> {
    let (was, is) = (&base.market, &changed.market);
    let (old, new) = (&base.certification, &changed.certification);
    let mut changes: Vec<Change> = [
        (was.energy_price_ustx_per_kwh != is.energy_price_ustx_per_kwh)
            .then_some(Change::EnergyPrice(is.energy_price_ustx_per_kwh)),
        (was.commission_bps != is.commission_bps)
            .then_some(Change::CommissionRate(is.commission_bps)),
        (was.refund_rate_bps != is.refund_rate_bps)
            .then_some(Change::RefundRate(is.refund_rate_bps)),
        (was.refund_basis != is.refund_basis).then_some(Change::RefundBasis(is.refund_basis)),
        (was.reserve_limit_kwh != is.reserve_limit_kwh)
            .then_some(Change::ReserveLimit(is.reserve_limit_kwh)),
        (was.max_energy_per_user_kwh != is.max_energy_per_user_kwh)
            .then_some(Change::MaxEnergyPerUser(is.max_energy_per_user_kwh)),
        (old.fee_ustx != new.fee_ustx).then_some(Change::CertificationFee(new.fee_ustx)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let minimum = (old.minimum_production_kwh != new.minimum_production_kwh)
        .then_some(Change::MinimumProduction(new.minimum_production_kwh));
    let maximum = (old.maximum_production_kwh != new.maximum_production_kwh)
        .then_some(Change::MaximumProduction(new.maximum_production_kwh));
    // Each bound must fit the other as it stands.
    if new.minimum_production_kwh > old.maximum_production_kwh {
        changes.extend(maximum.into_iter().chain(minimum));
    } else {
        changes.extend(minimum.into_iter().chain(maximum));
    }
    changes.iter().map(decided).collect()
}

impl World {
    /// This market, which has just warmed up, as it goes on under the setting
    /// of `prepared`: the operator decides at the coming midnight what differs
    /// in the contracts' parameters, and prices outside of the market become
    /// the other's. This one stays as it is, for other settings to branch from.
    ///
    /// # Errors
    /// Where something differs that cannot change any more.
    pub fn branch(&self, prepared: &Arc<Prepared>) -> Result<Self, AfterWarmUp> {
        let (base, changed) = (&self.prepared.scenario, &prepared.scenario);
        AfterWarmUp::check(base, changed)?;
        let branching = decisions(base, changed);
        let mut world = self.clone();
        world.branching = branching;
        world.prepared = Arc::clone(prepared);
        Ok(world)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKET: &str = "scenario.name = \"warm\"\ntime = { days = 2, tick_minutes = 60 }\n\
        warmup.days = 1\nproducers.count = 4\nbuyers.count = 5\n\
        certifiers = { meter_operators = 1, certifiers = 1, supervisors = 1 }\n";

    fn prepared(overrides: &[&str]) -> Arc<Prepared> {
        let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
        let scenario = Scenario::from_toml(MARKET, "warm.toml", &overrides);
        Arc::new(
            Prepared::new(scenario.unwrap_or_else(|faults| panic!("{faults}"))).expect("files"),
        )
    }

    fn to_the_end(mut world: World) -> super::super::Record {
        while world.step().expect("a sound market") {}
        world.finish()
    }

    #[test]
    fn a_branch_where_nothing_changes_is_the_run_itself() {
        let base = prepared(&[]);
        let same = prepared(&["scenario.question=again"]);
        let through = to_the_end(World::new(&base, 3, true).expect("a market"));
        let mut warm = World::new(&base, 3, true).expect("a market");
        warm.warm_up().expect("a sound market");
        assert_eq!(warm.ticks_done(), 24);
        let branched = to_the_end(warm.branch(&same).expect("the same market"));
        // Text, since a measure without a value is not equal to itself.
        assert_eq!(format!("{branched:?}"), format!("{through:?}"));
        // Only the second day is measured.
        let need: f64 = through.ticks[24..].iter().map(|row| row.need_kwh).sum();
        let measured = through.measures.iter().find(|measure| measure.name == "need_kwh");
        assert!((measured.expect("a measure").value - need).abs() < 1e-9);
    }

    #[test]
    fn a_branch_takes_its_setting_on_at_midnight() {
        let base = prepared(&[]);
        let dear = prepared(&["market.commission_bps=5000", "tariff.retail_per_kwh=0.4"]);
        let mut warm = World::new(&base, 3, true).expect("a market");
        warm.warm_up().expect("a sound market");
        let plain = to_the_end(warm.clone());
        let changed = to_the_end(warm.branch(&dear).expect("decisions"));
        assert_eq!(changed.ticks[..24], plain.ticks[..24]);
        let decided: Vec<_> = changed
            .transactions
            .iter()
            .filter(|call| call.function == crate::market::Function::SetCommissionRate)
            .map(|call| (call.tick.index(), call.outcome))
            .collect();
        assert_eq!(decided, [(24, "accepted")]);
        assert!(changed.ticks[24].retail_ustx_per_kwh > 1.2 * plain.ticks[24].retail_ustx_per_kwh);
    }

    #[test]
    fn what_the_market_began_with_stays() {
        let base = prepared(&[]).scenario.clone();
        for (change, key) in [
            ("producers.count=5", "producers.count"),
            ("market.treasury_ustx=1", "market.treasury_ustx"),
            ("buyers.ahead_hours=3", "buyers.ahead_hours"),
            ("warmup.days=0", "warmup.days"),
        ] {
            let told = AfterWarmUp::check(&base, &prepared(&[change]).scenario);
            assert_eq!(told.map_err(|error| error.key), Err(key.to_owned()));
        }
        for change in ["market.refund_basis=0", "scenario.seed=7", "network.fee_ustx=9"] {
            assert_eq!(AfterWarmUp::check(&base, &prepared(&[change]).scenario), Ok(()));
        }
    }
}
