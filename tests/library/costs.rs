//! What calls of the real contracts cost: held against what Clarinet's simnet
//! charged for the same calls, against a snapshot, and against the marks that
//! the contracts must keep.
//!
//! `contracts/simnet/calls.json` is the list of calls,
//! `contracts/simnet/recorded.json` what the simnet answered and charged;
//! `contracts/simnet/check.sh` repeats the recording where Node is present.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use connect_sim::chain::{
    Chain, ContractId, Cost, Dimension, Metering, Principal, Receipt, Status, Type, Value, account,
    contract_principal, parse_principal, parse_value,
};
use connect_sim::units::MicroStx;
use serde_json::Value as Json;

const CONTRACTS: [&str; 2] = ["wattconnect", "energy-production"];

/// A tenure of epochs 2.1 to 3.4.
const TENURE: Cost = Cost {
    read_count: 15_000,
    read_length: 100_000_000,
    write_count: 15_000,
    write_length: 15_000_000,
    runtime: 5_000_000_000,
};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(path: &str) -> Json {
    serde_json::from_str(&read(path)).expect("JSON")
}

fn text<'a>(record: &'a Json, key: &str) -> &'a str {
    record[key].as_str().unwrap_or_default()
}

/// A call of the list, made.
struct Made {
    contract: String,
    function: String,
    case: String,
    receipt: Receipt,
}

impl Made {
    fn title(&self) -> String {
        let comma = if self.case.is_empty() { "" } else { ", " };
        format!("{} {}{comma}{}", self.contract, self.function, self.case)
    }

    fn cost(&self) -> Cost {
        self.receipt.cost.expect("metered")
    }

    /// As the simnet writes an answer.
    fn answer(&self, stage: &Stage) -> String {
        let id = stage.id(&self.contract);
        let shape = stage.chain.signature(id, &self.function).expect("it was called");
        match &self.receipt.status {
            Status::Accepted(value) if matches!(shape.returns, Type::Response { .. }) => {
                format!("(ok {value})")
            }
            Status::Accepted(value) => value.to_string(),
            Status::Rejected(value) => format!("(err {value})"),
            Status::Aborted(reason) => reason.to_string(),
        }
    }
}

struct Stage {
    chain: Chain,
    deployer: Principal,
    ids: [ContractId; 2],
}

impl Stage {
    fn new(list: &Json, metering: Metering) -> Self {
        let deployer = parse_principal(text(list, "deployer")).expect("an address");
        let who = |name: &str| if name == "deployer" { deployer.clone() } else { account(name) };
        let balances = list["balances_ustx"].as_object().expect("a table");
        let balances: Vec<_> = balances
            .iter()
            .map(|(name, amount)| {
                let amount = amount.as_str().expect("text").parse().expect("a number");
                (who(name), MicroStx::new(amount))
            })
            .collect();
        let mut chain = Chain::genesis(&balances).expect("genesis");
        let ids = CONTRACTS.map(|name| {
            let file = format!("{name}.clar");
            chain.deploy(&deployer, name, &file, &read(&file)).expect("sound")
        });
        // The simnet deploys in a block of its own.
        chain.advance_block().expect("closes");
        chain.set_metering(metering);
        Self { chain, deployer, ids }
    }

    fn id(&self, contract: &str) -> ContractId {
        self.ids[usize::from(contract != CONTRACTS[0])]
    }

    fn principal(&self, name: &str) -> Principal {
        match name {
            "deployer" => self.deployer.clone(),
            _ if CONTRACTS.contains(&name) => {
                Principal::Contract(contract_principal(&self.deployer, name).expect("legal"))
            }
            _ => account(name),
        }
    }

    /// A literal of the list, in which `'{name}` stands for an address.
    fn value(&self, literal: &str) -> Value {
        let mut whole = String::new();
        let mut rest = literal;
        while let Some((before, after)) = rest.split_once("'{") {
            let (name, after) = after.split_once('}').expect("closed");
            let _ = write!(whole, "{before}'{}", self.principal(name));
            rest = after;
        }
        whole.push_str(rest);
        parse_value(&whole).unwrap_or_else(|| panic!("no literal: {whole}"))
    }

    fn make(&mut self, call: &Json) -> Made {
        let (contract, function) = (text(call, "contract"), text(call, "function"));
        let arguments = call["arguments"].as_array().expect("a list").iter();
        let arguments: Vec<_> =
            arguments.map(|literal| self.value(literal.as_str().expect("text"))).collect();
        let sender = self.principal(text(call, "sender"));
        let id = self.id(contract);
        let receipt = self.chain.call(&sender, id, function, &arguments).expect("runs");
        self.chain.advance_block().expect("closes");
        Made {
            contract: contract.to_owned(),
            function: function.to_owned(),
            case: text(call, "case").to_owned(),
            receipt,
        }
    }
}

/// All calls of the list, made in order on a fresh chain.
fn made(metering: Metering) -> (Stage, Vec<Made>) {
    let list = json("simnet/calls.json");
    let mut stage = Stage::new(&list, metering);
    let calls = list["calls"].as_array().expect("a list");
    let made = calls.iter().map(|call| stage.make(call)).collect();
    (stage, made)
}

fn recorded_cost(record: &Json) -> Cost {
    let part = |dimension: Dimension| record["costs"][dimension.name()].as_u64().expect("a number");
    Cost {
        read_count: part(Dimension::ReadCount),
        read_length: part(Dimension::ReadLength),
        write_count: part(Dimension::WriteCount),
        write_length: part(Dimension::WriteLength),
        runtime: part(Dimension::Runtime),
    }
}

/// The simnet charges a contract's loading by the size of its source alone; a
/// node adds what the contract's constants take, and so do we. This is all the
/// difference that there may be.
#[test]
fn our_costs_are_the_simnets_but_for_the_constants() {
    let (stage, made) = made(Metering::Exact);
    let recorded = json("simnet/recorded.json");
    let recorded = recorded.as_array().expect("a list");
    assert_eq!(made.len(), recorded.len(), "run contracts/simnet/check.sh --record");
    let constants = CONTRACTS.map(|name| {
        stage.chain.charged_size(stage.id(name)) - read(&format!("{name}.clar")).len() as u64
    });
    assert!(constants.iter().all(|size| *size > 0), "{constants:?}");
    let mut wrong = Vec::new();
    for (call, record) in made.iter().zip(recorded) {
        let (ours, theirs) = (call.cost(), recorded_cost(record));
        let plus = |loaded: u64| {
            let read_length = theirs.read_length + loaded;
            Cost { read_length, runtime: theirs.runtime + loaded, ..theirs }
        };
        // Only the certification contract calls the other.
        let explained = match call.contract.as_str() {
            "wattconnect" => ours == plus(constants[0]),
            _ => ours == plus(constants[1]) || ours == plus(constants[0] + constants[1]),
        };
        if text(record, "function") != call.function || !explained {
            wrong.push(format!("{}: {ours:?}, the simnet {theirs:?}", call.title()));
        }
        let answer = call.answer(&stage);
        if answer != text(record, "result") {
            wrong.push(format!("{}: {answer}, the simnet {}", call.title(), record["result"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_list_calls_every_function() {
    let (stage, made) = made(Metering::Off);
    let accepted: BTreeSet<_> = made
        .iter()
        .filter(|call| call.receipt.is_accepted())
        .map(|call| (call.contract.as_str(), call.function.as_str()))
        .collect();
    for contract in CONTRACTS {
        for (function, _) in stage.chain.signatures(stage.id(contract)) {
            assert!(accepted.contains(&(contract, function)), "{contract}.{function} is missing");
        }
    }
}

/// A change that makes a function dearer shows here.
#[test]
fn the_table_of_costs() {
    let (_, made) = made(Metering::Exact);
    let mut seen = BTreeSet::new();
    let mut table = String::from(
        "read_count,write_count,read_length,write_length,runtime,contract function and case\n",
    );
    for call in &made {
        let cost = call.cost();
        if seen.insert(call.title()) {
            let _ = writeln!(
                table,
                "{},{},{},{},{},{}",
                cost.read_count,
                cost.write_count,
                cost.read_length,
                cost.write_length,
                cost.runtime,
                call.title()
            );
        }
    }
    insta::assert_snapshot!("costs", table);
}

#[test]
fn the_contracts_keep_their_marks() {
    let (_, made) = made(Metering::Exact);
    let costs = |function: &str, case: &str| {
        let costs: Vec<_> = made
            .iter()
            .filter(|call| call.receipt.is_accepted())
            .filter(|call| call.function == function && call.case.starts_with(case))
            .map(Made::cost)
            .collect();
        assert!(!costs.is_empty(), "no call of {function}, {case}");
        costs
    };
    for purchase in costs("buy-energy-from-user", "") {
        assert!(purchase.read_count <= 11, "{purchase:?}");
        assert!(purchase.times_in(&TENURE) >= 1_363, "{purchase:?}");
    }
    for ten in costs("buy-energy-from-many", "10 orders") {
        assert!(10 * ten.times_in(&TENURE) >= 3_500, "{ten:?}");
    }
    for case in ["", "more"] {
        let producers: Vec<_> = costs("add-energy-for-sale", case);
        assert!(producers.iter().any(|listing| listing.read_count <= 7), "{producers:?}");
    }
    let batch = |case| costs("credit-production", case)[0];
    let (one, hundred) = (batch("directly, 1 "), batch("directly, 100 "));
    assert_eq!(hundred.read_count - one.read_count, 2 * 99);
    assert_eq!(hundred.write_count - one.write_count, 99);
}

#[test]
fn learned_costs_are_the_exact_ones_and_change_nothing() {
    let (free_stage, free) = made(Metering::Off);
    let (exact_stage, exact) = made(Metering::Exact);
    let (learned_stage, learned) = made(Metering::Learned);
    for ((free, exact), learned) in free.iter().zip(&exact).zip(&learned) {
        assert_eq!(learned.receipt, exact.receipt, "{}", exact.title());
        let unmetered = Receipt { cost: None, ..exact.receipt.clone() };
        assert_eq!(free.receipt, unmetered, "{}", exact.title());
    }
    assert_eq!(free_stage.chain.state_digest(), exact_stage.chain.state_digest());
    assert_eq!(free_stage.chain.state_digest(), learned_stage.chain.state_digest());
    let report = learned_stage.chain.metering_report();
    assert_eq!((report.greatest_deviation(), report.steps_given_up), (0.0, 0));
}
