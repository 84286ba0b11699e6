//! Scenarios as JSON Schema (draft 7), for editors that complete and check what
//! is written. Made from the declared keys, so that it cannot say otherwise than
//! the reading does; what must hold between keys is beyond it.

use serde_json::{Map, Value, json};

use super::key::{KeySpec, Kind, Limits, Preset};
use super::setting::Setting;

/// A piece of a schema.
pub(super) type Schema = Value;

/// The name under which the schema of a range is kept.
const RANGE: &str = "range";

/// The whole document, out of the schema of the root table.
pub(super) fn document(mut root: Schema) -> Schema {
    if let Some(root) = root.as_object_mut() {
        root.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        root.insert("title".to_owned(), json!("A scenario of connect-sim"));
        root.insert("definitions".to_owned(), json!({ RANGE: range() }));
    }
    root
}

/// A table with these keys of its own, those without a dot in their path, and
/// these tables within.
pub(super) fn table<const N: usize>(
    about: &str,
    keys: &[KeySpec],
    tables: [(&str, Schema); N],
) -> Schema {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for spec in keys.iter().filter(|spec| !spec.path.contains('.')) {
        if let Preset::Required { .. } = spec.preset {
            required.push(json!(spec.path));
        }
        properties.insert(spec.path.clone(), key(spec));
    }
    for (name, inner) in tables {
        if inner.get("required").is_some() && inner["type"] == "object" {
            required.push(json!(name));
        }
        properties.insert(name.to_owned(), inner);
    }
    let mut table = json!({
        "type": "object",
        "description": about.trim(),
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        table["required"] = Value::Array(required);
    }
    table
}

/// One key, with its meaning, unit and default.
fn key(spec: &KeySpec) -> Schema {
    let mut schema = kind(spec.kind, spec.limits);
    let unit = if spec.unit.is_empty() { String::new() } else { format!(" Unit: {}.", spec.unit) };
    schema["description"] = json!(format!("{}{unit}", spec.doc));
    if let Preset::Default(default) = &spec.preset {
        schema["default"] = value(default);
    }
    schema
}

fn value(setting: &Setting) -> Value {
    serde_json::to_value(setting).unwrap_or(Value::Null)
}

fn kind(kind: Kind, limits: Limits) -> Schema {
    match (kind, limits) {
        (_, Limits::OneOf(numbers)) => json!({ "enum": numbers }),
        (Kind::Integer, Limits::Between(low, high)) => {
            json!({ "type": "integer", "minimum": low as i64, "maximum": high as i64 })
        }
        (Kind::Integer, Limits::None) => whole_from(0),
        (Kind::Number, Limits::Between(low, high)) => number(low, high),
        (Kind::Number, Limits::None) => json!({ "type": "number" }),
        (Kind::Flag, _) => json!({ "type": "boolean" }),
        (Kind::Text, _) => json!({ "type": "string" }),
        (Kind::Date, _) => json!({ "type": "string", "format": "date" }),
        (Kind::Choice(names), _) => one_of(names),
        (Kind::ChoiceOrTable(names), _) => json!({
            "anyOf": [
                one_of(names),
                { "type": "object", "additionalProperties": { "type": "integer" } },
            ],
        }),
        (Kind::File, _) => json!({ "type": "string", "minLength": 1 }),
    }
}

/// A number within limits.
pub(super) fn number(low: f64, high: f64) -> Schema {
    json!({ "type": "number", "minimum": low, "maximum": high })
}

/// A whole number from `least` on.
pub(super) fn whole_from(least: u32) -> Schema {
    json!({ "type": "integer", "minimum": least })
}

/// One of these names.
pub(super) fn one_of(names: &[&str]) -> Schema {
    json!({ "type": "string", "enum": names })
}

/// A flag, a number or a text.
pub(super) fn any_plain() -> Schema {
    json!({ "type": ["boolean", "number", "string"] })
}

/// Any text.
pub(super) fn text() -> Schema {
    json!({ "type": "string" })
}

/// A bound, such as `"< 1800"`.
pub(super) fn bound() -> Schema {
    json!({ "type": "string", "pattern": "^\\s*(<=|>=|==|<|>)\\s*[-+0-9.eE_]+\\s*$" })
}

/// A table of exactly these keys.
pub(super) fn closed<const N: usize>(keys: [(&str, Schema); N]) -> Schema {
    let required: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        keys.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

/// A table whose keys are measures.
pub(super) fn by_metric(about: &str, inner: &Schema) -> Schema {
    json!({
        "type": "object",
        "description": about,
        "patternProperties": { "^[a-z][a-z0-9_-]*$": inner },
        "additionalProperties": false,
    })
}

/// A table of at most one key, whose name has this pattern.
pub(super) fn only_one(about: &str, pattern: &str, inner: Schema) -> Schema {
    json!({
        "type": "object",
        "description": about,
        "patternProperties": { pattern: inner },
        "additionalProperties": false,
        "maxProperties": 1,
    })
}

/// A list of tables.
pub(super) fn list(about: &str, item: Schema) -> Schema {
    json!({ "type": "array", "description": about, "items": item })
}

/// A table of ranges of any of `keys`, nested or quoted whole.
pub(super) fn ranges(about: &str, keys: &[KeySpec]) -> Schema {
    let open = || json!({ "type": "object", "properties": {}, "additionalProperties": false });
    let reference = json!({ "$ref": format!("#/definitions/{RANGE}") });
    let mut root = open();
    for key in keys {
        let mut here = &mut root;
        for name in key.path.split('.') {
            let properties = &mut here["properties"];
            if properties.get(name).is_none() {
                properties[name] = open();
            }
            here = &mut properties[name];
        }
        *here = reference.clone();
    }
    root["description"] = json!(about);
    root["patternProperties"] = json!({ "\\.": reference });
    root
}

/// Values, or numbers from one to another.
fn range() -> Schema {
    let ends = json!({
        "type": "object",
        "properties": {
            "from": { "type": "number" },
            "to": { "type": "number" },
            "steps": { "type": "integer", "minimum": 2, "maximum": 10_000 },
        },
        "required": ["from", "to"],
        "additionalProperties": false,
    });
    json!({ "anyOf": [{ "type": "array", "items": any_plain(), "minItems": 1 }, ends] })
}
