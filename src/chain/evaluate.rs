//! An expression evaluated inside a deployed contract, as its own code would
//! be, and the contracts that a text refers to. For seeding contracts that
//! offer no function for it; no transaction does either.

use std::collections::BTreeSet;

use clarity::vm::ast::ASTRules;
use clarity::vm::ast::parser::v2::parse;
use clarity::vm::contexts::{AssetMap, OwnedEnvironment};
use clarity::vm::database::ClarityDatabase;
use clarity::vm::errors::Error as MachineError;
use clarity::vm::representations::{PreSymbolicExpression, PreSymbolicExpressionType};

use super::headers::{EPOCH, Headers};
use super::receipt::Receipt;
use super::{CHAIN_ID, Chain, ChainError, ContractId, MAINNET, Principal, Value, call};

impl Chain {
    /// Evaluates the first expression of `text` in `contract`, with its maps,
    /// variables and private functions in reach and `sender` as `tx-sender`.
    /// What it changes is kept, unless it answers `(err …)` or aborts. No
    /// transaction of a real chain can do this; costs nothing.
    ///
    /// # Errors
    /// Where the virtual machine fails. An expression that does not parse, or
    /// names what is not there, is an aborted receipt.
    pub fn evaluate(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        text: &str,
    ) -> Result<Receipt, ChainError> {
        let loaded = self.contracts[contract.0].clone();
        let database = ClarityDatabase::new(&mut self.store, &Headers, &Headers);
        let mut environment = OwnedEnvironment::new_free(MAINNET, CHAIN_ID, database, EPOCH);
        let context = Some(loaded.context.clone());
        let executed = environment.execute_in_env(sender.clone(), None, context, |environment| {
            let value = environment.eval_raw_with_rules(text, ASTRules::PrecheckSize)?;
            if is_refusal(&value) { Err(Withdrawn::Refused(value)) } else { Ok(value) }
        });
        drop(environment);
        let executed = match executed {
            Ok(done) => Ok(done),
            Err(Withdrawn::Refused(value)) => Ok((value, AssetMap::new(), Vec::new())),
            Err(Withdrawn::Aborted(error)) => Err(error),
        };
        call::receipt(executed, &loaded, "an expression", &mut self.store, None)
    }
}

/// Why what an expression changed was not kept.
enum Withdrawn {
    /// It answered `(err …)`.
    Refused(Value),
    /// The machine stopped it.
    Aborted(MachineError),
}

impl From<MachineError> for Withdrawn {
    fn from(error: MachineError) -> Self {
        Self::Aborted(error)
    }
}

const fn is_refusal(value: &Value) -> bool {
    matches!(value, Value::Response(response) if !response.committed)
}

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
    use crate::chain::{Status, account, uint};

    const LEDGER: &str = "(define-map kept principal uint)
        (define-private (twice (n uint)) (* u2 n))
        (define-read-only (kept-of (who principal)) (ok (default-to u0 (map-get? kept who))))";

    #[test]
    fn an_expression_reaches_maps_and_private_functions() {
        let owner = account("owner");
        let mut chain = Chain::genesis(&[]).expect("a chain");
        let id = chain.deploy(&owner, "ledger", "ledger.clar", LEDGER).expect("deploys");
        let receipt = chain.evaluate(&owner, id, "(map-set kept tx-sender (twice u21))");
        assert!(matches!(receipt.expect("runs").status, Status::Accepted(_)));
        let who = [super::super::principal(&owner)];
        let kept = chain.call(&owner, id, "kept-of", &who).expect("answers");
        assert_eq!(kept.status, Status::Accepted(uint(42)));
    }

    #[test]
    fn an_expression_that_makes_no_sense_changes_nothing_and_says_why() {
        let owner = account("owner");
        let mut chain = Chain::genesis(&[]).expect("a chain");
        let id = chain.deploy(&owner, "ledger", "ledger.clar", LEDGER).expect("deploys");
        let before = chain.state_digest();
        for text in [
            "",
            "(map-set",
            "(map-set lost tx-sender u1)",
            "(begin (map-set kept tx-sender u1) (err u5))",
        ] {
            let receipt = chain.evaluate(&owner, id, text).expect("a receipt");
            let kept = matches!(receipt.status, Status::Accepted(_));
            assert!(!kept, "{text}: {receipt:?}");
        }
        assert_eq!(chain.state_digest(), before);
    }

    #[test]
    fn references_are_found_and_comments_and_strings_are_not() {
        let text = ";; .lost\n(contract-call? .found f \".not\" (list .too))";
        assert_eq!(references(text), ["found", "too"].map(str::to_owned).into());
    }
}
