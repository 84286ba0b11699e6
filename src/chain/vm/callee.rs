//! What a call needs of the contracts that it calls in turn. The virtual
//! machine decodes a callee's stored form, as JSON, at every call into it; what
//! no path from the called function reaches is left out of what it decodes.
//! Nothing here changes what a call does: only text that it cannot reach.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clarity::vm::contracts::Contract;
use clarity::vm::database::clarity_db::StoreType;
use clarity::vm::database::{ClarityDatabase, ClaritySerializable};
use clarity::vm::representations::{SymbolicExpression, SymbolicExpressionType};
use clarity::vm::types::{PrincipalData, QualifiedContractIdentifier};
use clarity::vm::{ContractContext, Value};

/// What a definition's text speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mentions {
    /// Every name, whatever it stands for.
    names: BTreeSet<String>,
    /// Functions of other contracts, called by their contract's own name.
    calls: BTreeSet<(QualifiedContractIdentifier, String)>,
    /// Whether it may call a contract that it is handed.
    calls_any: bool,
}

/// A deployed contract, as far as those that call it need to know it.
#[derive(Clone, Copy)]
pub(super) struct Callable<'a> {
    pub(super) id: &'a QualifiedContractIdentifier,
    pub(super) context: &'a ContractContext,
    pub(super) outline: &'a Outline,
}

/// What each function of a contract speaks of, by name.
pub(super) type Outline = BTreeMap<String, Mentions>;

/// The outline of a contract's text.
pub(super) fn outline(expressions: &[SymbolicExpression]) -> Outline {
    let functions = expressions.iter().filter_map(|definition| {
        let [keyword, signature, body @ ..] = definition.match_list()? else { return None };
        let keyword = keyword.match_atom()?.as_str();
        if !["define-private", "define-public", "define-read-only"].contains(&keyword) {
            return None;
        }
        let name = signature.match_list()?.first()?.match_atom()?.to_string();
        let mut mentions = Mentions::default();
        for expression in body {
            mentions.gather(expression);
        }
        Some((name, mentions))
    });
    functions.collect()
}

impl Mentions {
    fn gather(&mut self, expression: &SymbolicExpression) {
        match &expression.expr {
            SymbolicExpressionType::Atom(name) => {
                self.names.insert(name.to_string());
            }
            SymbolicExpressionType::List(parts) => {
                if let [word, contract, function, ..] = parts.as_ref()
                    && word.match_atom().is_some_and(|word| word.as_str() == "contract-call?")
                {
                    match (&contract.expr, function.match_atom()) {
                        (
                            SymbolicExpressionType::LiteralValue(Value::Principal(
                                PrincipalData::Contract(id),
                            )),
                            Some(function),
                        ) => {
                            self.calls.insert((id.clone(), function.to_string()));
                        }
                        _ => self.calls_any = true,
                    }
                }
                for part in parts {
                    self.gather(part);
                }
            }
            _ => {}
        }
    }

    fn take_in(&mut self, other: &Self) {
        self.names.extend(other.names.iter().cloned());
        self.calls.extend(other.calls.iter().cloned());
        self.calls_any |= other.calls_any;
    }
}

/// All that one of the functions `from` speaks of, and whatever they call of
/// their own contract.
fn reached<'a>(outline: &Outline, from: impl Iterator<Item = &'a str>) -> Mentions {
    let mut all = Mentions::default();
    let mut open: Vec<String> = from.map(str::to_owned).collect();
    all.names.extend(open.iter().cloned());
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(mentions) = outline.get(&name) else { continue };
        if seen.insert(name) {
            open.extend(mentions.names.iter().cloned());
            all.take_in(mentions);
        }
    }
    all
}

/// The contracts that a call of one function decodes, each cut to what that
/// call can reach.
#[derive(Clone, Debug)]
pub(super) struct Callees {
    /// The store's key for a contract's decoded form.
    key: String,
    texts: Vec<(QualifiedContractIdentifier, String)>,
}

impl Callees {
    /// The callees of `function`; `None` where it has none, or where they
    /// cannot be known beforehand and are decoded whole.
    pub(super) fn of(
        function: &str,
        outline: &Outline,
        deployed: &[Callable<'_>],
    ) -> Option<Arc<Self>> {
        let caller = reached(outline, [function].into_iter());
        let mut found: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        let mut open = vec![caller];
        while let Some(mentions) = open.pop() {
            if mentions.calls_any {
                return None;
            }
            for (id, called) in mentions.calls {
                let place = deployed.iter().position(|contract| *contract.id == id)?;
                if found.entry(place).or_default().insert(called.clone()) {
                    open.push(reached(deployed[place].outline, [called.as_str()].into_iter()));
                }
            }
        }
        if found.is_empty() {
            return None;
        }
        let texts = found.into_iter().map(|(place, functions)| {
            let contract = &deployed[place];
            let names = reached(contract.outline, functions.iter().map(String::as_str)).names;
            let context = cut(contract.context.clone(), &names);
            (contract.id.clone(), Contract { contract_context: context }.serialize())
        });
        let key = ClarityDatabase::make_metadata_key(StoreType::Contract, "contract");
        Some(Arc::new(Self { key, texts: texts.collect() }))
    }

    /// What is to be decoded for the contract, if it is that which `key` asks
    /// for.
    pub(super) fn text(&self, contract: &QualifiedContractIdentifier, key: &str) -> Option<&str> {
        if key != self.key {
            return None;
        }
        let found = self.texts.iter().find(|(id, _)| id == contract);
        found.map(|(_, text)| text.as_str())
    }
}

/// The contract without the functions, constants, maps and variables that
/// nothing of `names` stands for.
fn cut(mut context: ContractContext, names: &BTreeSet<String>) -> ContractContext {
    context.functions.retain(|name, _| names.contains(name.as_str()));
    context.variables.retain(|name, _| names.contains(name.as_str()));
    context.meta_data_map.retain(|name, _| names.contains(name.as_str()));
    context.meta_data_var.retain(|name, _| names.contains(name.as_str()));
    context.persisted_names.retain(|name| names.contains(name.as_str()));
    context
}
