//! Properties of reading scenarios: no bytes make it panic, every key can be
//! set to anything within its limits, and what was read is written and read
//! again without loss.

use std::fs;

use connect_sim::scenario::{Faults, KeySpec, Kind, Limits, Scenario};
use proptest::prelude::*;

const LEAST: &str = "scenario.name = \"least\"\nproducers.count = 3\nbuyers.count = 5\n";

/// A scenario with something in every section.
fn whole() -> String {
    let decision = "\n[[decision]]\nday = 3\nkey = \"paused\"\nvalue = true\n";
    let overrides = ["tariff.retail_peak_per_kwh=0.5", "thresholds.gini=< 0.5"].map(str::to_owned);
    let scenario = Scenario::from_toml(&format!("{LEAST}{decision}"), "x.toml", &overrides);
    scenario.expect("right").canonical_toml()
}

/// A value that the key takes, as TOML.
fn value_of(key: &KeySpec) -> BoxedStrategy<String> {
    match (key.kind, key.limits) {
        (_, Limits::OneOf(numbers)) => {
            prop::sample::select(numbers).prop_map(|number| number.to_string()).boxed()
        }
        (Kind::Integer, Limits::Between(low, high)) => {
            (low as i64..=high as i64).prop_map(|number| number.to_string()).boxed()
        }
        (_, Limits::Between(low, high)) => {
            (low..=high).prop_map(|number| format!("{number:?}")).boxed()
        }
        (Kind::Flag, _) => any::<bool>().prop_map(|flag| flag.to_string()).boxed(),
        (Kind::Choice(names) | Kind::ChoiceOrTable(names, _), _) => {
            prop::sample::select(names).prop_map(|name| format!("{name:?}")).boxed()
        }
        (Kind::Date, _) => (1950..=2100_i32, 1..=12_u8, 1..=28_u8)
            .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
            .boxed(),
        (Kind::File, _) => Just("\"shipped\"".to_owned()).boxed(),
        _ => "[a-z0-9]{1,12}".prop_map(|text| format!("{text:?}")).boxed(),
    }
}

fn one_setting() -> impl Strategy<Value = (String, String)> {
    prop::sample::select(Scenario::keys())
        .prop_flat_map(|key| value_of(&key).prop_map(move |value| (key.path.clone(), value)))
}

/// Whether all that is wrong lies between keys, none in a value by itself.
fn only_between_keys(faults: &Faults) -> bool {
    let between = ["must not be above", "must be before", "must begin between", "where "];
    let others = [
        "must be below",
        "there must be someone",
        "at least one way",
        "small letters, digits and dashes",
        "must be a start from which",
    ];
    let all = || between.iter().chain(&others);
    faults.list().iter().all(|fault| all().any(|part| fault.message.contains(part)))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn mutated_bytes_never_panic(
        mutations in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..12),
    ) {
        let mut bytes = whole().into_bytes();
        for (at, byte, how) in mutations {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("mutated.toml");
        fs::write(&path, &bytes).expect("written");
        if let Err(faults) = Scenario::load(&path, &[]) {
            prop_assert!(!faults.list().is_empty());
            prop_assert!(faults.to_string().lines().count() >= faults.list().len());
        }
    }

    #[test]
    fn any_text_and_any_override_never_panic(text in ".{0,80}", set in ".{0,40}") {
        let text = format!("{LEAST}{text}");
        let _ = Scenario::from_toml(&text, "x.toml", &[]);
        let _ = Scenario::from_toml(LEAST, "x.toml", &[set]);
    }

    #[test]
    fn tokens_of_toml_never_panic(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\n", "\"", "'", "#", " ",
                "time", "days", "decision", "day", "key", "value", "money", "stx_price_eur",
                "network", "budget", "read_count", "asking", "producers", "thresholds", "gini",
                "\"< 3\"", "1", "-1", "1.5", "nan", "true", "2026-06-15", "\"paused\"",
            ]),
            0..40,
        ),
    ) {
        let _ = Scenario::from_toml(&tokens.concat(), "x.toml", &[]);
    }

    #[test]
    fn every_key_takes_what_its_limits_say_and_is_written_without_loss(
        chosen in prop::collection::vec(one_setting(), 1..8),
    ) {
        let overrides: Vec<String> =
            chosen.iter().map(|(path, value)| format!("{path}={value}")).collect();
        match Scenario::from_toml(LEAST, "x.toml", &overrides) {
            Ok(scenario) => {
                let text = scenario.canonical_toml();
                let again = Scenario::from_toml(&text, "x.toml", &[]);
                let again = again.map_err(|faults| TestCaseError::fail(faults.to_string()))?;
                prop_assert_eq!(again.canonical_toml(), text);
                prop_assert_eq!(again, scenario);
            }
            Err(faults) => prop_assert!(only_between_keys(&faults), "{}", faults),
        }
    }
}
