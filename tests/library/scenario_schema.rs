//! The JSON Schema of scenarios: the shipped file is what the program prints,
//! every shipped scenario and template keeps to it, and what the program refuses
//! it refuses, as far as a schema can.

use std::fs;
use std::path::Path;

use connect_sim::scenario::{Scenario, Template};
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(&Scenario::json_schema()).expect("the schema is JSON")
}

/// A TOML text as JSON, dates as text.
fn json_of(text: &str) -> Value {
    fn convert(value: &toml::Value) -> Value {
        match value {
            toml::Value::String(text) => json!(text),
            toml::Value::Integer(whole) => json!(whole),
            toml::Value::Float(number) => json!(number),
            toml::Value::Boolean(flag) => json!(flag),
            toml::Value::Datetime(date) => json!(date.to_string()),
            toml::Value::Array(items) => items.iter().map(convert).collect(),
            toml::Value::Table(table) => {
                Value::Object(table.iter().map(|(key, v)| (key.clone(), convert(v))).collect())
            }
        }
    }
    let table: toml::Table = toml::from_str(text).expect("the text is TOML");
    convert(&toml::Value::Table(table))
}

/// What is wrong with `value`, by the part of JSON Schema that ours uses.
/// Panics at any other, so that nothing is passed over.
fn faults(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let number = value.as_f64();
    for (keyword, says) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$schema" | "title" | "description" | "default" | "definitions" | "format" => {}
            "properties" | "patternProperties" | "additionalProperties" => {}
            "$ref" => {
                let name = says.as_str().and_then(|s| s.strip_prefix('#')).expect("a local $ref");
                let inner = root.pointer(name).expect("what the $ref names");
                faults(root, inner, value, path, found);
                return;
            }
            "type" => {
                let names = says.as_array().cloned().unwrap_or_else(|| vec![says.clone()]);
                let is = |name: &Value| match name.as_str().expect("a type's name") {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "number" => value.is_number(),
                    "integer" => value.is_i64() || value.is_u64(),
                    other => panic!("type {other}"),
                };
                if !names.iter().any(is) {
                    wrong(found, path, &format!("not {says}"));
                    return;
                }
            }
            "enum" => {
                if !says.as_array().expect("a list").contains(value) {
                    wrong(found, path, &format!("none of {says}"));
                }
            }
            "minimum" if number < says.as_f64() => wrong(found, path, &format!("below {says}")),
            "maximum" if number > says.as_f64() => wrong(found, path, &format!("above {says}")),
            "minimum" | "maximum" => {}
            "pattern" => {
                let pattern = regex_lite::Regex::new(says.as_str().expect("text")).expect("valid");
                if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                    wrong(found, path, &format!("does not match {says}"));
                }
            }
            "minLength" if value.as_str().is_some_and(str::is_empty) => {
                wrong(found, path, "is empty")
            }
            "minItems" if value.as_array().is_some_and(Vec::is_empty) => {
                wrong(found, path, "is empty")
            }
            "minLength" | "minItems" => {}
            "maxProperties" => {
                let most = says.as_u64().expect("a count") as usize;
                if value.as_object().is_some_and(|object| object.len() > most) {
                    wrong(found, path, &format!("has more than {most} keys"));
                }
            }
            "required" => {
                for name in says.as_array().expect("names") {
                    if value.get(name.as_str().expect("a name")).is_none() {
                        wrong(found, path, &format!("lacks {name}"));
                    }
                }
            }
            "anyOf" => {
                let fits = |one: &Value| {
                    let mut none = Vec::new();
                    faults(root, one, value, path, &mut none);
                    none.is_empty()
                };
                if !says.as_array().expect("schemas").iter().any(fits) {
                    wrong(found, path, "fits none of what it may be");
                }
            }
            "allOf" => {
                for one in says.as_array().expect("schemas") {
                    faults(root, one, value, path, found);
                }
            }
            "if" => {
                let mut none = Vec::new();
                faults(root, says, value, path, &mut none);
                if none.is_empty() {
                    faults(root, &schema["then"], value, path, found);
                }
            }
            "then" => {}
            "uniqueItems" => {
                let items = value.as_array().map_or(&[][..], Vec::as_slice);
                if items.iter().enumerate().any(|(at, item)| items[..at].contains(item)) {
                    wrong(found, path, "has an item twice");
                }
            }
            "items" => {
                for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                    faults(root, says, item, &format!("{path}[{place}]"), found);
                }
            }
            other => panic!("the schema uses {other}, which is not looked at here"),
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let here = format!("{path}.{name}");
        if let Some(schema) = schema["properties"].get(name) {
            faults(root, schema, inner, &here, found);
            continue;
        }
        let patterns = schema["patternProperties"].as_object().into_iter().flatten();
        let mut matching = patterns.filter(|(pattern, _)| {
            regex_lite::Regex::new(pattern).expect("a valid pattern").is_match(name)
        });
        match (matching.next(), &schema["additionalProperties"]) {
            (Some((_, schema)), _) => faults(root, schema, inner, &here, found),
            (None, Value::Bool(false)) => found.push(format!("{here}: not known")),
            (None, more @ Value::Object(_)) => faults(root, more, inner, &here, found),
            (None, _) => {}
        }
    }
}

fn wrong(found: &mut Vec<String>, path: &str, what: &str) {
    found.push(format!("{path}: {what}"));
}

fn faults_of(text: &str) -> Vec<String> {
    let (schema, mut found) = (schema(), Vec::new());
    faults(&schema, &schema, &json_of(text), "", &mut found);
    found
}

#[test]
fn the_shipped_schema_is_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/scenario.schema.json");
    let shipped = fs::read_to_string(path).expect("the shipped schema");
    assert!(
        shipped == Scenario::json_schema(),
        "the keys of scenarios have changed; write the schema anew with\n  \
         cargo run -- schema > scenarios/scenario.schema.json"
    );
}

#[test]
fn shipped_scenarios_and_templates_keep_to_the_schema() {
    for path in crate::scenario::shipped() {
        let text = fs::read_to_string(&path).expect("a shipped scenario");
        assert_eq!(faults_of(&text), [""; 0], "{}", path.display());
    }
    for template in Template::ALL {
        let text = template.toml("town").expect("a good name");
        assert_eq!(faults_of(&text), [""; 0], "{template}");
    }
}

#[test]
fn every_key_is_in_the_schema_with_its_meaning() {
    let schema = schema();
    for key in Scenario::keys() {
        // The one key whose name is the user's: a currency's.
        if key.path.starts_with("money.") {
            continue;
        }
        let pointer: String =
            key.path.split('.').map(|name| format!("/properties/{name}")).collect();
        let found = schema.pointer(&pointer).unwrap_or_else(|| panic!("no {}", key.path));
        let description = found["description"].as_str().expect("a description");
        assert!(description.starts_with(&key.doc), "{}", key.path);
    }
}

#[test]
fn what_no_scenario_may_say_the_schema_refuses() {
    let least = "scenario.name = 'x'\nproducers.count = 1\nbuyers.count = 2\n";
    assert_eq!(faults_of(least), [""; 0]);
    for (line, fault) in [
        ("time.day = 2", ".time.day: not known"),
        ("tim.days = 2", ".tim: not known"),
        ("time.days = 0", ".time.days: below 1"),
        ("time.days = 2.5", ".time.days: not \"integer\""),
        ("time.start = 2026", ".time.start: not \"string\""),
        ("time.tick_minutes = 7", ".time.tick_minutes: none of [5,6,10,12,15,20,30,60]"),
        ("market.commission_bps = 10_001", ".market.commission_bps: above 10000"),
        ("weather.source = 'moon'", ".weather.source: none of "),
        ("scenario.question = 3", ".scenario.question: not \"string\""),
        ("network.budget = 'huge'", ".network.budget: fits none of what it may be"),
        ("network.budget = { runtimes = 5 }", ".network.budget: fits none of what it may be"),
        ("network.budget = { runtime = 5 }", ".network.budget: fits none of what it may be"),
        ("time.start = 1949-12-31", ".time.start: does not match"),
        ("time.start = '2101-01-01'", ".time.start: does not match"),
        ("time.start = '2026-13-01'", ".time.start: does not match"),
        ("certification.minimum_production_kwh = 0", ".minimum_production_kwh: below 1"),
        ("thresholds.wait_s_p95 = '< 1.2.3'", ".thresholds.wait_s_p95: does not match"),
        ("sweep.ranges.market.commission_bps = [3, 3]", "fits none of what it may be"),
        ("sweep.ranges.market.commission_bps = [20_000]", "fits none of what it may be"),
        ("sweep.ranges.market.commission_bps = { from = 0, to = 20_000 }", "fits none of"),
        ("sweep.ranges.'market.commission_bps' = [1, 1]", "fits none of what it may be"),
        ("sweep.ranges.weather.source = ['moon']", "[0]: none of "),
        ("decision = [{ day = 1, key = 'paused', value = 2 }]", ".value: not \"boolean\""),
        ("decision = [{ day = 1, key = 'commission_bps', value = 20_000 }]", ".value: above 10000"),
        ("money.stx_price_euro = 1", ".money.stx_price_euro: not known"),
        ("money = { stx_price_eur = 1, stx_price_chf = 2 }", ".money: has more than 1 keys"),
        ("thresholds.wait_s_p95 = 'soon'", ".thresholds.wait_s_p95: does not match"),
        ("sweep.ranges.market.commission_bps = 3", ": fits none of what it may be"),
        ("sweep.ranges.market.commission = [3]", ".sweep.ranges.market.commission: not known"),
        ("decision = [{ day = 1, key = 'x', value = 2 }]", ".decision[0].key: none of "),
        ("decision = [{ day = 1, key = 'paused' }]", ".decision[0]: lacks \"value\""),
    ] {
        let found = faults_of(&format!("{least}{line}\n"));
        assert!(found.len() == 1 && found[0].contains(fault), "{line}: {found:?}");
        let read = Scenario::from_toml(&format!("{least}{line}\n"), "x.toml", &[]);
        assert!(read.is_err(), "{line} is refused by the schema alone");
    }
    for name in ["Mein Dorf", "-x", "", "a/b", &"x".repeat(65)] {
        let text = least.replace("'x'", &format!("'{name}'"));
        assert_eq!(faults_of(&text).len(), 1, "{name}");
        assert!(Scenario::from_toml(&text, "x.toml", &[]).is_err(), "{name}");
    }
    let quoted = format!("{least}time.start = '2026-06-15'\n");
    assert_eq!(faults_of(&quoted), [""; 0]);
    assert!(Scenario::from_toml(&quoted, "x.toml", &[]).is_ok(), "a date in quotes");
    assert_eq!(faults_of("scenario.name = 'x'\n"), [": lacks \"producers\"", ": lacks \"buyers\""]);
}
