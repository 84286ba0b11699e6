//! The list of calls that Clarinet's simnet runs, `contracts/simnet`, run here:
//! both machines must answer the same.

use connect_sim::chain::{Chain, ContractId, Principal, Value, account, parse_principal};
use connect_sim::units::MicroStx;
use serde_json::Value as Json;

use super::market::{ENERGY_PRODUCTION, WATTCONNECT};

const SCRIPT: &str = include_str!("../../../contracts/simnet/calls.json");

struct Stage {
    chain: Chain,
    deployer: Principal,
    trading: ContractId,
    production: ContractId,
}

impl Stage {
    fn set(script: &Json) -> Self {
        let deployer = parse_principal(text(script, "deployer")).expect("an address");
        let balances: Vec<_> = script["balances_ustx"]
            .as_object()
            .expect("balances")
            .iter()
            .map(|(name, amount)| {
                let amount = amount.as_str().and_then(|text| text.parse().ok()).expect("µSTX");
                let who = if name == "deployer" { deployer.clone() } else { account(name) };
                (who, MicroStx::new(amount))
            })
            .collect();
        let mut chain = Chain::genesis(&balances).expect("genesis");
        let mut deploy =
            |name, source| chain.deploy(&deployer, name, name, source).expect("it is sound");
        let trading = deploy("wattconnect", WATTCONNECT);
        let production = deploy("energy-production", ENERGY_PRODUCTION);
        Self { chain, deployer, trading, production }
    }

    fn address(&self, name: &str) -> Principal {
        match name {
            "deployer" => self.deployer.clone(),
            "wattconnect" => self.chain.principal_of(self.trading),
            "energy-production" => self.chain.principal_of(self.production),
            person => account(person),
        }
    }

    /// The literals as values, by way of a contract that answers them.
    fn values(&mut self, index: usize, literals: &[String]) -> Vec<Value> {
        let functions: String = literals
            .iter()
            .enumerate()
            .map(|(place, literal)| format!("(define-read-only (get-{place}) {literal})\n"))
            .collect();
        let name = format!("literals-{index}");
        let contract = self
            .chain
            .deploy(&account("reader"), &name, &name, &functions)
            .expect("arguments are literals");
        (0..literals.len())
            .map(|place| {
                let receipt = self
                    .chain
                    .call(&account("reader"), contract, &format!("get-{place}"), &[])
                    .expect("the chain runs");
                receipt.value().expect("a literal").clone()
            })
            .collect()
    }

    /// A literal in which `'{name}` stands for an address.
    fn resolve(&self, literal: &str) -> String {
        let mut parts = literal.split("'{");
        let mut resolved = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').expect("a closing brace");
            resolved.push_str(&format!("'{}{rest}", self.address(name)));
        }
        resolved
    }
}

fn text<'a>(json: &'a Json, key: &str) -> &'a str {
    json[key].as_str().unwrap_or_else(|| panic!("no {key} in {json}"))
}

#[test]
fn this_machine_answers_the_simnets_calls_alike() {
    let script: Json = serde_json::from_str(SCRIPT).expect("the script is JSON");
    let mut stage = Stage::set(&script);
    let calls = script["calls"].as_array().expect("calls");
    for (index, call) in calls.iter().enumerate() {
        let literals: Vec<_> = call["arguments"]
            .as_array()
            .expect("arguments")
            .iter()
            .map(|literal| stage.resolve(literal.as_str().expect("a literal")))
            .collect();
        let arguments = stage.values(index, &literals);
        let contract = match text(call, "contract") {
            "wattconnect" => stage.trading,
            _ => stage.production,
        };
        let sender = stage.address(text(call, "sender"));
        let receipt = stage
            .chain
            .call(&sender, contract, text(call, "function"), &arguments)
            .expect("the chain runs");
        stage.chain.advance_block().expect("the block closes");
        let answer = match (receipt.value(), receipt.error_code()) {
            (Some(value), _) => format!("(ok {value})"),
            (None, Some(code)) => format!("(err u{code})"),
            (None, None) => format!("{:?}", receipt.status),
        };
        match call["expect"].as_str() {
            Some(expected) => assert_eq!(answer, expected, "call {index}: {call}"),
            None => assert!(receipt.is_accepted(), "call {index}: {call}: {answer}"),
        }
    }
}

#[test]
fn the_script_calls_every_function() {
    let script: Json = serde_json::from_str(SCRIPT).expect("the script is JSON");
    let stage = Stage::set(&script);
    for (name, contract) in
        [("wattconnect", stage.trading), ("energy-production", stage.production)]
    {
        for (function, _) in stage.chain.signatures(contract) {
            let calls = script["calls"].as_array().expect("calls");
            assert!(
                calls.iter().any(|call| {
                    text(call, "contract") == name
                        && text(call, "function") == function
                        && !call["case"].as_str().unwrap_or("").starts_with("error")
                }),
                "{name}.{function} is never called with success"
            );
        }
    }
}
