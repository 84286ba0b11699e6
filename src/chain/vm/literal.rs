//! Values from the way a contract's source writes them. Literals alone:
//! nothing is evaluated.

use clarity::vm::ast::parser::v2::parse;
use clarity::vm::representations::{PreSymbolicExpression, PreSymbolicExpressionType};

use super::convert::value_of;
use crate::chain::types::{Type, list};
use crate::chain::value::{Value, boolean, tuple};

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
        PreSymbolicExpressionType::AtomValue(value) => Some(value_of(value.clone())),
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
                ("some", [inner]) => typed(Value::some(literal(inner)?)),
                ("ok", [inner]) => typed(Value::okay(literal(inner)?)),
                ("err", [inner]) => typed(Value::error(literal(inner)?)),
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
    tuple(named).and_then(typed)
}

/// The value, where it could be on the chain.
fn typed(value: Value) -> Option<Value> {
    Type::of(&value).is_ok().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{account, ascii, contract_principal, principal, uint, value_text};

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
            ("(some u1)".to_owned(), Value::some(uint(1))),
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
