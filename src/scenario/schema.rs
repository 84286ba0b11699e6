//! Scenarios as JSON Schema (draft 7), for editors that complete and check what
//! is written. Made from the declared keys, so that it cannot say otherwise than
//! the reading does; what must hold between keys is beyond it.

use serde_json::{Map, Value, json};

use super::key::{KeySpec, Kind, Limits, Preset};
use super::setting::Setting;

/// The name of the range of a key that is quoted whole.
const ANY_RANGE: &str = "range";

/// A piece of a schema.
pub(super) type Schema = Value;

/// The whole document, out of the schema of the root table.
pub(super) fn document(mut root: Schema, keys: &[KeySpec]) -> Schema {
    if let Some(root) = root.as_object_mut() {
        root.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
        root.insert("title".to_owned(), json!("A scenario of connect-sim"));
        root.insert("definitions".to_owned(), Value::Object(range_definitions(keys)));
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
        (Kind::Integer, _) => whole_from(0),
        (Kind::Number, Limits::Between(low, high)) => number(low, high),
        (Kind::Number, _) => json!({ "type": "number" }),
        (Kind::Flag, _) => json!({ "type": "boolean" }),
        (Kind::Text, Limits::Slug) => {
            json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$" })
        }
        (Kind::Text, _) => text(),
        (Kind::Date, _) => {
            let years = "(19[5-9][0-9]|20[0-9][0-9]|2100)";
            let pattern = format!("^{years}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$");
            json!({ "type": "string", "format": "date", "pattern": pattern })
        }
        (Kind::Choice(names), _) => one_of(names),
        (Kind::ChoiceOrTable(names, keys), _) => {
            let whole =
                json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000_000_000_000_i64 });
            let keys = keys.iter().map(|name| (*name, whole.clone()));
            json!({ "anyOf": [one_of(names), closed(keys)] })
        }
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

/// The schema of the value at `path`, as `keys` declare it.
pub(super) fn value_of(keys: &[KeySpec], path: &str) -> Schema {
    let spec = keys.iter().find(|spec| spec.path == path);
    spec.map_or_else(any_plain, |spec| kind(spec.kind, spec.limits))
}

/// `table`, whose key `value` has, for each text that its key `by` may be, a
/// schema of its own.
pub(super) fn with_values(mut table: Schema, by: &str, values: &[(&str, Schema)]) -> Schema {
    let one = |(name, schema): &(&str, Schema)| {
        json!({
            "if": { "properties": { by: { "enum": [name] } } },
            "then": { "properties": { "value": schema } },
        })
    };
    table["allOf"] = values.iter().map(one).collect();
    table
}

/// A flag.
pub(super) fn flag() -> Schema {
    json!({ "type": "boolean" })
}

/// Any text.
pub(super) fn text() -> Schema {
    json!({ "type": "string" })
}

/// A bound, such as `"< 1800"`.
pub(super) fn bound() -> Schema {
    json!({ "type": "string", "pattern": "^\\s*(<=|>=|==|<|>)\\s*[-+]?([0-9][0-9_]*\\.?[0-9_]*|\\.[0-9][0-9_]*)([eE][-+]?[0-9_]+)?\\s*$" })
}

/// A table of exactly these keys.
pub(super) fn closed<'k>(keys: impl IntoIterator<Item = (&'k str, Schema)>) -> Schema {
    let properties: Map<String, Value> =
        keys.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({
        "type": "object",
        "required": properties.keys().collect::<Vec<_>>(),
        "properties": properties,
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
    let mut root = open();
    for key in keys {
        let reference = json!({ "$ref": format!("#/definitions/{}", range_name(key)) });
        let mut here = &mut root;
        for name in key.path.split('.') {
            let properties = &mut here["properties"];
            if properties.get(name).is_none() {
                properties[name] = open();
            }
            here = &mut properties[name];
        }
        *here = reference;
    }
    root["description"] = json!(about);
    root["patternProperties"] = json!({ "\\.": { "$ref": format!("#/definitions/{ANY_RANGE}") } });
    root
}

/// The name under which the schema of a key's range is kept: one for all keys
/// that take the same.
fn range_name(key: &KeySpec) -> String {
    let mut name = "range-of".to_owned();
    for word in key.takes().split(|c: char| !c.is_ascii_alphanumeric()) {
        if !word.is_empty() {
            name.push('-');
            name.push_str(word);
        }
    }
    name
}

/// The schemas of all ranges, by their names.
fn range_definitions(keys: &[KeySpec]) -> Map<String, Value> {
    let mut definitions = Map::new();
    for key in keys {
        definitions.insert(range_name(key), range_of(key));
    }
    let list = json!({ "type": "array", "items": any_plain(), "minItems": 1, "uniqueItems": true });
    let any = json!({ "anyOf": [list, ends(json!({ "type": "number" }))] });
    definitions.insert(ANY_RANGE.to_owned(), any);
    definitions
}

/// The range of a key: values that it takes, or, of numbers, from one to
/// another.
fn range_of(key: &KeySpec) -> Schema {
    let value = kind(key.kind, key.limits);
    let list = json!({ "type": "array", "items": value, "minItems": 1, "uniqueItems": true });
    match (key.kind, key.limits) {
        (Kind::Integer | Kind::Number, Limits::Between(low, high)) => {
            json!({ "anyOf": [list, ends(number(low, high))] })
        }
        (Kind::Integer | Kind::Number, _) => {
            json!({ "anyOf": [list, ends(json!({ "type": "number" }))] })
        }
        _ => list,
    }
}

/// From one number to another.
fn ends(number: Schema) -> Schema {
    json!({
        "type": "object",
        "properties": {
            "from": number.clone(),
            "to": number,
            "steps": { "type": "integer", "minimum": 2, "maximum": 10_000 },
        },
        "required": ["from", "to"],
        "additionalProperties": false,
    })
}
