//! The contracts that a text refers to. Reads text; runs nothing.

use std::collections::BTreeSet;

use clarity::vm::ast::parser::v2::parse;
use clarity::vm::representations::{PreSymbolicExpression, PreSymbolicExpressionType};

/// Names of contracts of the same issuer that `text` refers to, as in
/// `.wattconnect`; none where the text does not parse.
#[must_use]
pub fn references(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for expression in parse(text).unwrap_or_default() {
        collect(&expression, &mut names);
    }
    names
}

fn collect(expression: &PreSymbolicExpression, names: &mut BTreeSet<String>) {
    match &expression.pre_expr {
        PreSymbolicExpressionType::SugaredContractIdentifier(name)
        | PreSymbolicExpressionType::SugaredFieldIdentifier(name, _) => {
            names.insert(name.to_string());
        }
        PreSymbolicExpressionType::List(parts) | PreSymbolicExpressionType::Tuple(parts) => {
            parts.iter().for_each(|part| collect(part, names));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_comments_and_strings_are_not() {
        let text = ";; .lost\n(contract-call? .found f \".not\" (list .too))";
        assert_eq!(references(text), ["found", "too"].map(str::to_owned).into());
    }
}
