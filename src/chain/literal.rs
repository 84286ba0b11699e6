//! Values from the way they are written, and the way values are written.
//! Literals alone: nothing is evaluated.

use std::fmt::Write as _;

use clarity::vm::Value;
use clarity::vm::ast::parser::v2::parse;
use clarity::vm::representations::{PreSymbolicExpression, PreSymbolicExpressionType};
use clarity::vm::types::{CharType, OptionalData, ResponseData, SequenceData};

use super::value::{boolean, list};

/// A value as a contract's source would write it, so that [`parse_value`]
/// reads it back: `u5`, `'ST….name`, `(list u1 u2)`, `{amount: u1}` with the
/// fields in the order of their names. The machine's own way of showing values
/// leaves out quotes and `list`, and cannot be read back.
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
        Value::CallableContract(callable) => {
            show(format_args!("'{}", callable.contract_identifier), text);
        }
        Value::Optional(OptionalData { data: Some(data) }) => wrapped("some", data, text),
        Value::Response(ResponseData { committed, data }) => {
            wrapped(if *committed { "ok" } else { "err" }, data, text);
        }
        Value::Sequence(SequenceData::List(entries)) => {
            text.push_str("(list");
            for entry in &entries.data {
                text.push(' ');
                write_value(entry, text);
            }
            text.push(')');
        }
        Value::Sequence(SequenceData::String(CharType::ASCII(string))) => {
            text.push('"');
            string.data.iter().for_each(|byte| write_character(char::from(*byte), text));
            text.push('"');
        }
        Value::Sequence(SequenceData::String(CharType::UTF8(string))) => {
            text.push_str("u\"");
            for bytes in &string.data {
                for character in String::from_utf8_lossy(bytes).chars() {
                    write_character(character, text);
                }
            }
            text.push('"');
        }
        Value::Tuple(tuple) => {
            for (number, (name, field)) in tuple.data_map.iter().enumerate() {
                text.push_str(if number == 0 { "{" } else { ", " });
                text.push_str(name.as_str());
                text.push_str(": ");
                write_value(field, text);
            }
            text.push('}');
        }
        scalar => show(format_args!("{scalar}"), text),
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

/// A value from its text, as in a contract's source: `u5`, `-3`, `true`,
/// `none`, `"solar"`, `0x1f`, `'ST….name`, `(some u1)`, `(ok true)`,
/// `(list u1 u2)`, `{amount: u1}` or `(tuple (amount u1))`. `None` where it is
/// no literal.
#[must_use]
pub fn parse_value(text: &str) -> Option<Value> {
    match parse(text).ok()?.as_slice() {
        [one] => literal(one),
        _ => None,
    }
}

fn literal(expression: &PreSymbolicExpression) -> Option<Value> {
    match &expression.pre_expr {
        PreSymbolicExpressionType::AtomValue(value) => Some(value.clone()),
        PreSymbolicExpressionType::Atom(name) => match name.as_str() {
            "true" => Some(boolean(true)),
            "false" => Some(boolean(false)),
            "none" => Some(Value::none()),
            _ => None,
        },
        PreSymbolicExpressionType::Tuple(parts) => tuple_of(parts.chunks_exact(2)),
        PreSymbolicExpressionType::List(parts) => {
            let (head, rest) = parts.split_first()?;
            let head = head.match_atom()?;
            match (head.as_str(), rest) {
                ("list", entries) => list(entries.iter().map(literal).collect::<Option<_>>()?),
                ("some", [inner]) => Value::some(literal(inner)?).ok(),
                ("ok", [inner]) => Value::okay(literal(inner)?).ok(),
                ("err", [inner]) => Value::error(literal(inner)?).ok(),
                ("tuple", fields) => {
                    let fields: Option<Vec<_>> =
                        fields.iter().map(|pair| pair.match_list()).collect();
                    tuple_of(fields?.into_iter())
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn tuple_of<'a>(fields: impl Iterator<Item = &'a [PreSymbolicExpression]>) -> Option<Value> {
    let mut named = Vec::new();
    for field in fields {
        let [name, value] = field else { return None };
        named.push((name.match_atom()?.as_str(), literal(value)?));
    }
    super::value::tuple(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{account, ascii, contract_principal, principal, tuple, uint};

    #[test]
    fn what_is_written_is_read() {
        let who = account("someone");
        let reading = tuple(vec![("of", principal(&who)), ("amount", uint(7))]).expect("legal");
        let cases = [
            ("u340282366920938463463374607431768211455".to_owned(), uint(u128::MAX)),
            ("-3".to_owned(), Value::Int(-3)),
            ("true".to_owned(), boolean(true)),
            ("\"no meter\"".to_owned(), ascii("no meter")),
            (format!("'{who}"), principal(&who)),
            ("(some u1)".to_owned(), Value::some(uint(1)).expect("fits")),
            (format!("{{of: '{who}, amount: u7}}"), reading.clone()),
            (format!("(tuple (of '{who}) (amount u7))"), reading.clone()),
            (format!("(list {{of: '{who}, amount: u7}})"), list(vec![reading]).expect("one type")),
        ];
        for (text, value) in cases {
            assert_eq!(parse_value(&text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_read_back() {
        let who = account("someone");
        let wattconnect = contract_principal(&who, "wattconnect").expect("legal");
        let texts = [
            "u0".to_owned(),
            "-170141183460469231731687303715884105728".to_owned(),
            "false".to_owned(),
            "none".to_owned(),
            "0x00ff".to_owned(),
            r#""a \"sunny\" \\ \n day""#.to_owned(),
            r#"u"Gr\u{fc}n""#.to_owned(),
            format!("'{who}"),
            format!("(some '{wattconnect})"),
            "(err u104)".to_owned(),
            "(list)".to_owned(),
            format!("(ok (list {{amount: u1, of: '{who}}} {{amount: u2, of: '{who}}}))"),
        ];
        for text in texts {
            let value = parse_value(&text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(value_text(&value), text);
        }
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        for text in ["", "u1 u2", "(+ u1 u2)", "tx-sender", "(list u1 true)", "(some)", "{a: b}"] {
            assert_eq!(parse_value(text), None, "{text}");
        }
    }
}
