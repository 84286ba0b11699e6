//! How values are written in a contract's source. Writing alone: reading needs
//! the parser of the language.

use std::fmt::Write as _;

use super::value::Value;

/// A value as a contract's source would write it, so that
/// [`super::parse_value`] reads it back: `u5`, `'ST….name`, `(list u1 u2)`,
/// `{amount: u1}` with the fields in the order of their names. The virtual
/// machine's own way of showing values, [`Value`]'s `Display`, leaves out
/// quotes and `list`, and cannot be read back.
#[must_use]
pub fn value_text(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, &mut text);
    text
}

fn write_value(value: &Value, text: &mut String) {
    let wrapped = |head: &str, inner: &Value, text: &mut String| {
        text.push('(');
        text.push_str(head);
        text.push(' ');
        write_value(inner, text);
        text.push(')');
    };
    match value {
        Value::Principal(who) => show(format_args!("'{who}"), text),
        Value::Optional(Some(inner)) => wrapped("some", inner, text),
        Value::Response(Ok(inner)) => wrapped("ok", inner, text),
        Value::Response(Err(inner)) => wrapped("err", inner, text),
        Value::List(entries) => {
            text.push_str("(list");
            for entry in entries {
                text.push(' ');
                write_value(entry, text);
            }
            text.push(')');
        }
        Value::StringAscii(string) => {
            text.push('"');
            string.chars().for_each(|character| write_character(character, text));
            text.push('"');
        }
        Value::StringUtf8(string) => {
            text.push_str("u\"");
            string.chars().for_each(|character| write_character(character, text));
            text.push('"');
        }
        Value::Tuple(tuple) => {
            for (number, (name, field)) in tuple.fields().iter().enumerate() {
                text.push_str(if number == 0 { "{" } else { ", " });
                text.push_str(name);
                text.push_str(": ");
                write_value(field, text);
            }
            text.push('}');
        }
        Value::Int(_)
        | Value::UInt(_)
        | Value::Bool(_)
        | Value::Buffer(_)
        | Value::Optional(None) => show(format_args!("{value}"), text),
    }
}

/// One character of a string, escaped where the source must.
fn write_character(character: char, text: &mut String) {
    match character {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        '\0' => text.push_str("\\0"),
        plain if plain.is_ascii() => text.push(plain),
        other => show(format_args!("\\u{{{:x}}}", u32::from(other)), text),
    }
}

fn show(shown: std::fmt::Arguments<'_>, text: &mut String) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(shown);
}
