//! Which adversaries are tried together, and along which settings: what each
//! kind lives on. Nothing runs here.

use crate::agents::Adversary;
use crate::scenario::{Scenario, Setting};

/// Adversaries that attack together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineup {
    /// Its name.
    pub name: &'static str,
    /// How many of each kind.
    pub counts: Vec<(Adversary, u32)>,
}

impl Lineup {
    /// How many they are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// Whether they are out for others' harm and not for gain.
    pub(super) fn does_harm(&self) -> bool {
        self.counts.iter().all(|(kind, _)| *kind == Adversary::Spammer)
    }

    /// The counts of all kinds, as overrides.
    pub(super) fn overrides(&self) -> Vec<String> {
        let count = |kind: Adversary| {
            let found = self.counts.iter().find(|(of, _)| *of == kind);
            format!("adversaries.{}={}", kind.name(), found.map_or(0, |(_, count)| *count))
        };
        Adversary::ALL.into_iter().map(count).collect()
    }
}

/// Place of each lineup in [`lineups`].
const ARBITRAGEUR: usize = 0;
const WITH_SELLER: usize = 1;
const DUST: usize = 2;
const HOG: usize = 3;
const SYBIL: usize = 4;
const GHOST: usize = 5;
const DIPPER: usize = 6;
const WASH: usize = 7;
const FRONT_RUNNER: usize = 8;
const SPAMMER: usize = 9;

/// Each kind alone, as many as the scenario has or as a gang needs, and all of
/// them together at the end.
pub(super) fn lineups(scenario: &Scenario) -> Vec<Lineup> {
    let alone = |kind: Adversary| {
        // Hogs are one gang however many they are.
        let gang = if kind.gang_size() == u32::MAX { 1 } else { kind.gang_size() };
        let stated = scenario.adversaries.count(kind);
        Lineup { name: kind.name(), counts: vec![(kind, stated.max(gang))] }
    };
    let arbitrageur = Adversary::RefundArbitrageur;
    let mut all = vec![
        Lineup { name: arbitrageur.name(), counts: vec![(arbitrageur, 1)] },
        Lineup { name: "refund-arbitrageur with a seller", ..alone(arbitrageur) },
    ];
    all.extend(Adversary::ALL.into_iter().filter(|kind| *kind != arbitrageur).map(alone));
    let together = all[WITH_SELLER..].iter().flat_map(|lineup| lineup.counts.clone()).collect();
    all.push(Lineup { name: "all together", counts: together });
    all
}

/// The end of a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// A value.
    At(f64),
    /// A share of what the scenario has.
    OfNow(f64),
}

/// A setting along which an attack is tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// The place of its lineup.
    pub lineup: usize,
    /// The setting's key.
    pub key: &'static str,
    /// The range.
    pub range: (End, End),
    /// Whether only whole numbers will do.
    pub whole: bool,
    /// What else is set, as `key=value`.
    pub given: &'static [&'static str],
}

impl Probe {
    /// The ends of its range in `scenario`.
    #[must_use]
    pub fn range(&self, scenario: &Scenario) -> (f64, f64) {
        let now = self.now(scenario).unwrap_or(1.0);
        let end = |end: End| match end {
            End::At(value) => value,
            End::OfNow(share) => self.nearest((now * share).max(1.0)),
        };
        (end(self.range.0), end(self.range.1))
    }

    /// What the setting is in `scenario`.
    #[must_use]
    pub fn now(&self, scenario: &Scenario) -> Option<f64> {
        let mut at = scenario.settings();
        for part in self.key.split('.') {
            let Setting::Table(entries) = at else { return None };
            at = entries.into_iter().find(|(name, _)| name == part)?.1;
        }
        match at {
            Setting::Integer(whole) => Some(whole as f64),
            Setting::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The nearest value that the setting can have.
    pub(super) fn nearest(&self, value: f64) -> f64 {
        if self.whole { value.round() } else { (value * 1e4).round() / 1e4 }
    }

    pub(super) fn overrides(&self, value: f64) -> Vec<String> {
        let mut all: Vec<String> = self.given.iter().map(|given| (*given).to_owned()).collect();
        all.push(format!("{}={value}", self.key));
        all
    }
}

const fn whole(lineup: usize, key: &'static str, from: f64, to: f64) -> Probe {
    Probe { lineup, key, range: (End::At(from), End::At(to)), whole: true, given: &[] }
}

const fn given(probe: Probe, given: &'static [&'static str]) -> Probe {
    Probe { given, ..probe }
}

const REFERENCE: &[&str] = &["market.refund_basis=0"];
const PAID: &[&str] = &["market.refund_basis=1"];

/// The settings that matter to each.
pub(super) const PROBES: &[Probe] = &[
    given(whole(ARBITRAGEUR, "market.refund_rate_bps", 0.0, 10_000.0), REFERENCE),
    given(whole(ARBITRAGEUR, "market.refund_rate_bps", 0.0, 10_000.0), PAID),
    given(whole(ARBITRAGEUR, "market.energy_price_ustx_per_kwh", 50_000.0, 650_000.0), REFERENCE),
    given(whole(WITH_SELLER, "market.refund_rate_bps", 0.0, 10_000.0), REFERENCE),
    given(whole(WITH_SELLER, "market.refund_rate_bps", 0.0, 10_000.0), PAID),
    given(whole(WITH_SELLER, "market.commission_bps", 0.0, 10_000.0), PAID),
    whole(DUST, "market.commission_bps", 0.0, 10_000.0),
    whole(DUST, "network.fee_ustx", 0.0, 100_000.0),
    Probe {
        lineup: HOG,
        key: "market.reserve_limit_kwh",
        range: (End::OfNow(0.01), End::OfNow(1.0)),
        whole: true,
        given: &[],
    },
    whole(HOG, "market.max_energy_per_user_kwh", 1.0, 400.0),
    whole(SYBIL, "market.max_energy_per_user_kwh", 1.0, 81.0),
    Probe {
        lineup: SYBIL,
        key: "certifiers.diligence",
        range: (End::At(0.0), End::At(1.0)),
        whole: false,
        given: &["market.max_energy_per_user_kwh=10", "certification.fee_ustx=100000"],
    },
    Probe {
        lineup: GHOST,
        key: "certifiers.diligence",
        range: (End::At(0.0), End::At(1.0)),
        whole: false,
        given: &[],
    },
    whole(GHOST, "certifiers.audits_per_day", 0.0, 80.0),
    whole(GHOST, "certification.fee_ustx", 0.0, 80_000_000.0),
    given(whole(DIPPER, "market.energy_price_ustx_per_kwh", 100_000.0, 1_300_000.0), REFERENCE),
    given(whole(DIPPER, "market.refund_rate_bps", 0.0, 10_000.0), PAID),
    whole(WASH, "market.commission_bps", 0.0, 10_000.0),
    whole(FRONT_RUNNER, "buyers.slippage_bps", 0.0, 2_000.0),
    whole(FRONT_RUNNER, "network.fee_ustx", 100.0, 40_100.0),
    whole(SPAMMER, "network.fee_ustx", 100.0, 20_100.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_probe_is_of_a_key_and_of_a_kind_that_is_tried() {
        let scenario = Scenario::from_toml(
            "scenario.name = \"x\"\nproducers.count = 1\nbuyers.count = 1",
            "x.toml",
            &[],
        );
        let scenario = scenario.unwrap_or_else(|faults| panic!("{faults}"));
        let lineups = lineups(&scenario);
        for probe in PROBES {
            assert!(probe.now(&scenario).is_some(), "{}", probe.key);
            let (from, to) = probe.range(&scenario);
            assert!(from < to, "{}", probe.key);
            for value in [from, to] {
                let mut overrides = lineups[probe.lineup].overrides();
                overrides.extend(probe.overrides(value));
                let text = scenario.canonical_toml();
                let sound = Scenario::from_toml(&text, "x.toml", &overrides);
                assert!(sound.is_ok(), "{overrides:?}");
            }
        }
        let tried: Vec<_> = PROBES.iter().map(|probe| lineups[probe.lineup].name).collect();
        let alone = &lineups[..lineups.len() - 1];
        assert!(alone.iter().all(|lineup| tried.contains(&lineup.name)));
        let together = lineups.last().expect("all");
        assert_eq!(together.counts.len(), Adversary::ALL.len());
    }
}
