//! The faults that are planted: for each node of the tree, what could stand in
//! its place by an author's mistake. Texts in, texts out; whether a variant
//! compiles is for the chain to say.

use std::ops::Range;

use super::tree::{Form, Node, read};

/// A variant of a contract: one place, and what stands there instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// The definition it is in.
    pub(super) definition: String,
    /// The kind of mistake.
    pub(super) operator: &'static str,
    /// Line of the contract, from 1.
    pub(super) line: usize,
    /// The expression around the place as it was, on one line.
    pub(super) from: String,
    /// As it is now.
    pub(super) to: String,
    /// The whole text.
    pub(super) text: String,
}

/// All variants of a contract, in the order of its text; none where its
/// brackets do not match.
pub(super) fn variants(source: &str) -> Vec<Variant> {
    let nodes = read(source).unwrap_or_default();
    let mut planter =
        Planter { source, definition: String::new(), around: 0..0, variants: Vec::new() };
    for node in &nodes {
        planter.definition(node);
    }
    planter.variants
}

struct Planter<'a> {
    source: &'a str,
    definition: String,
    /// The innermost expression in brackets around a word.
    around: Range<usize>,
    variants: Vec<Variant>,
}

impl<'a> Planter<'a> {
    fn text(&self, node: &Node) -> &'a str {
        node.text(self.source)
    }

    /// What a definition says: the bodies of functions, the values of constants
    /// and variables. Names and types stay.
    fn definition(&mut self, node: &Node) {
        let Some([keyword, named, rest @ ..]) = node.list() else { return };
        let name = named.list().and_then(<[Node]>::first).unwrap_or(named);
        self.text(name).clone_into(&mut self.definition);
        let body = match self.text(keyword) {
            "define-public" | "define-private" | "define-read-only" | "define-constant" => rest,
            "define-data-var" => rest.get(1..).unwrap_or_default(),
            _ => return,
        };
        for part in body {
            self.around = node.span.clone();
            self.expression(part);
        }
    }

    fn expression(&mut self, node: &Node) {
        match &node.form {
            Form::Word => self.word(node),
            Form::Record(fields) => {
                for field in fields.iter().skip(1).step_by(2) {
                    self.expression(field);
                }
            }
            Form::List(nodes) => {
                let outer = std::mem::replace(&mut self.around, node.span.clone());
                self.list(node, nodes);
                self.inside(nodes);
                self.around = outer;
            }
        }
    }

    /// What stands inside of an expression in brackets.
    fn inside(&mut self, nodes: &[Node]) {
        let Some((head, arguments)) = nodes.split_first() else { return };
        // Names of fields, variables, maps, functions and contracts stay.
        let names = match self.text(head) {
            "let" => {
                let bindings = arguments.first().and_then(Node::list).unwrap_or_default();
                for binding in bindings {
                    let outer = std::mem::replace(&mut self.around, binding.span.clone());
                    let values = binding.list().unwrap_or_default().iter().skip(1);
                    values.for_each(|value| self.expression(value));
                    self.around = outer;
                }
                1
            }
            "get" | "var-set" | "var-get" | "map-set" | "map-get?" | "map-insert" | "fold" => 1,
            "contract-call?" => 2,
            _ => 0,
        };
        arguments.iter().skip(names).for_each(|value| self.expression(value));
    }

    fn plant(&mut self, operator: &'static str, node: &Node, to: impl Into<String>) {
        let to = to.into();
        let Range { start, end } = node.span;
        let text = format!("{}{to}{}", &self.source[..start], &self.source[end..]);
        let around = match node.form {
            Form::Word => self.around.clone(),
            Form::List(_) | Form::Record(_) => start..end,
        };
        let after = &self.source[end..around.end];
        self.variants.push(Variant {
            definition: self.definition.clone(),
            operator,
            line: self.source[..start].matches('\n').count() + 1,
            from: one_line(&self.source[around.clone()]),
            to: one_line(&format!("{}{to}{after}", &self.source[around.start..start])),
            text,
        });
    }

    fn word(&mut self, node: &Node) {
        let text = self.text(node);
        match text {
            "tx-sender" => self.plant("another account", node, "contract-caller"),
            "contract-caller" => self.plant("another account", node, "tx-sender"),
            "true" => self.plant("another truth", node, "false"),
            "false" => self.plant("another truth", node, "true"),
            "block-height" => self.plant("another number", node, "burn-block-height"),
            error if error.starts_with("ERR_") => {
                self.plant("another error", node, "(err u999)");
            }
            number => {
                let digits = number.strip_prefix('u').and_then(|digits| digits.parse().ok());
                let Some(value): Option<u128> = digits else { return };
                self.plant("another number", node, format!("u{}", value.saturating_add(1)));
                if value > 0 {
                    self.plant("another number", node, format!("u{}", value - 1));
                }
            }
        }
    }

    fn list(&mut self, node: &Node, nodes: &[Node]) {
        let Some((head, arguments)) = nodes.split_first() else { return };
        let head_text = self.text(head);
        match (head_text, arguments) {
            ("asserts!", _) => self.plant("a dropped assert", node, "true"),
            ("try!" | "unwrap!", _) => self.plant("a dropped guard", node, "true"),
            ("map-set" | "map-insert", [_, key, ..]) => {
                self.plant("a missing write", node, "true");
                if self.text(key) != "tx-sender" {
                    self.plant("another account", key, "tx-sender");
                }
            }
            ("var-set", _) => self.plant("a missing write", node, "true"),
            ("print", _) => self.plant("a missing event", node, "true"),
            (">" | ">=" | "<" | "<=", _) => self.comparison(head),
            ("is-eq" | "is-ok", _) => {
                self.plant("a turned condition", node, format!("(not {})", self.text(node)));
            }
            ("not", [inner]) => self.plant("a turned condition", node, self.text(inner)),
            ("and", _) => self.plant("and for or", head, "or"),
            ("or", _) => self.plant("and for or", head, "and"),
            ("if", [_, yes, no]) => {
                self.plant("one way alone", node, self.text(yes));
                self.plant("one way alone", node, self.text(no));
            }
            ("+", _) => self.plant("another operation", head, "-"),
            ("-", _) => self.plant("another operation", head, "+"),
            ("*", _) => self.plant("another operation", head, "/"),
            ("/", [number, by]) => {
                self.plant("another operation", head, "*");
                self.rounding(node, number, by);
            }
            ("get" | "stx-get-balance", _) => {
                for constant in ["u0", "true", "false"] {
                    self.plant("a value not read", node, constant);
                }
            }
            ("merge", [base, record]) => self.merge(node, base, record),
            ("stx-transfer?", [amount, from, to]) => {
                let (amount, from, to) = (self.text(amount), self.text(from), self.text(to));
                self.plant(
                    "another account",
                    node,
                    format!("(stx-transfer? {amount} {to} {from})"),
                );
            }
            ("as-contract", [inner]) => self.plant("another account", node, self.text(inner)),
            _ => {}
        }
    }

    fn comparison(&mut self, head: &Node) {
        let (shifted, turned) = match self.text(head) {
            ">" => (">=", "<="),
            ">=" => (">", "<"),
            "<" => ("<=", ">="),
            _ => ("<", ">"),
        };
        self.plant("a shifted comparison", head, shifted);
        self.plant("a turned condition", head, turned);
    }

    /// The other rounding: down where a division rounds up, else up.
    fn rounding(&mut self, node: &Node, number: &Node, by: &Node) {
        let by_text = self.text(by);
        let sum = number.list().and_then(|nodes| match nodes {
            [plus, exact, _] if self.text(plus) == "+" => Some(self.text(exact)),
            _ => None,
        });
        let to = match sum {
            Some(exact) => format!("(/ {exact} {by_text})"),
            None => format!("(/ (+ {} (- {by_text} u1)) {by_text})", self.text(number)),
        };
        self.plant("rounding the other way", node, to);
    }

    /// A field that is not written: all of them, or each of several.
    fn merge(&mut self, node: &Node, base: &Node, record: &Node) {
        self.plant("a missing write", node, self.text(base));
        let Form::Record(fields) = &record.form else { return };
        if fields.len() <= 2 {
            return;
        }
        for left_out in (0..fields.len()).step_by(2) {
            let kept: Vec<_> = fields
                .chunks_exact(2)
                .enumerate()
                .filter(|(place, _)| 2 * place != left_out)
                .map(|(_, pair)| format!("{}: {}", self.text(&pair[0]), self.text(&pair[1])))
                .collect();
            self.plant("a missing write", record, format!("{{{}}}", kept.join(", ")));
        }
    }
}

/// The text on one line, with single blanks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(source: &str) -> Vec<(&'static str, String)> {
        let variants = variants(source);
        variants.into_iter().map(|variant| (variant.operator, variant.to)).collect()
    }

    #[test]
    fn every_place_gets_its_mistakes_and_names_and_types_none() {
        let source = "(define-map m principal uint)\n\
            (define-public (f (a uint))\n  (begin (asserts! (> a u1) ERR_X) (ok a)))";
        assert_eq!(
            planted(source),
            [
                ("a dropped assert", "true".to_owned()),
                ("a shifted comparison", "(>= a u1)".to_owned()),
                ("a turned condition", "(<= a u1)".to_owned()),
                ("another number", "(> a u2)".to_owned()),
                ("another number", "(> a u0)".to_owned()),
                ("another error", "(asserts! (> a u1) (err u999))".to_owned()),
            ]
        );
        let first = &variants(source)[0];
        assert_eq!((first.definition.as_str(), first.line), ("f", 3));
        assert!(first.text.contains("(begin true (ok a))"));
    }

    #[test]
    fn rounding_goes_the_other_way() {
        let up = planted("(define-private (f) (/ (+ x u9999) WHOLE))");
        assert!(up.contains(&("rounding the other way", "(/ x WHOLE)".to_owned())), "{up:?}");
        let down = planted("(define-private (f) (/ x WHOLE))");
        let wrong = ("rounding the other way", "(/ (+ x (- WHOLE u1)) WHOLE)".to_owned());
        assert!(down.contains(&wrong), "{down:?}");
    }
}
