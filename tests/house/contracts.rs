//! The tables of the contracts' interface say what the shipped contracts say.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use connect_sim::market::{Contract, ErrorCode, Function, READ_ONLY};

const CONTRACTS: [Contract; 2] = [Contract::WattConnect, Contract::EnergyProduction];

fn source(contract: Contract) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("contracts/{contract}.clar"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The error constants of a contract's text: name and number.
fn constants(text: &str) -> BTreeSet<(String, u128)> {
    let constant = |line: &str| {
        let (name, rest) = line.strip_prefix("(define-constant ")?.split_once(" (err u")?;
        let number = rest.split(')').next()?.parse().ok()?;
        Some((name.to_owned(), number))
    };
    text.lines().filter_map(constant).collect()
}

/// The functions of a contract's text that such a form defines.
fn defined(text: &str, form: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let rest = line.strip_prefix(form)?.strip_prefix(" (")?;
        Some(rest.split([' ', ')']).next()?.to_owned())
    };
    text.lines().filter_map(name).collect()
}

#[test]
fn the_error_codes_are_the_constants_of_the_contracts() {
    for contract in CONTRACTS {
        let codes = ErrorCode::ALL.iter().filter(|code| code.contract() == Some(contract));
        let known: BTreeSet<_> =
            codes.filter_map(|code| Some((code.constant()?.to_owned(), code.number()))).collect();
        assert_eq!(known, constants(&source(contract)), "{contract}");
        assert!(known.len() > 9, "{contract}: {known:?}");
    }
}

#[test]
fn the_functions_are_those_of_the_contracts() {
    for contract in CONTRACTS {
        let text = source(contract);
        let own = Function::ALL.iter().filter(|function| function.contract() == contract);
        let mut known: BTreeSet<String> = own.map(|function| function.name().to_owned()).collect();
        if contract == Contract::EnergyProduction {
            // The market has one action for each office, and sends it to the trading
            // contract; the fuzzer calls those of certification by itself.
            known.extend(["propose-owner", "accept-owner"].map(str::to_owned));
        }
        assert_eq!(known, defined(&text, "(define-public"), "{contract}");
        let read_only = READ_ONLY.iter().filter(|(of, ..)| *of == contract);
        let mut known: BTreeSet<String> =
            read_only.map(|(_, name, _)| (*name).to_owned()).collect();
        if contract == Contract::EnergyProduction {
            // Nothing asks for them: their parts are asked for one by one.
            known.insert("get-parameters".to_owned());
        }
        assert_eq!(known, defined(&text, "(define-read-only"), "{contract}");
    }
}
