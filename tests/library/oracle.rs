//! The trace that Clarinet's simnet agrees with: two thousand calls of all
//! kinds, kept packed in `contracts/simnet/`. Here it is done again on our own
//! chain; `contracts/simnet/check.sh` does it in the simnet. So our machine is
//! held against the other without a network.
//!
//! Where a contract has changed, write it anew and have the simnet agree:
//!
//! ```sh
//! cargo test --test library oracle:: -- --ignored && sh contracts/simnet/check.sh
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use connect_sim::chain::{
    Access, Chain, Clarity, Principal, account, contract_principal, parse_value,
};
use connect_sim::market::{Code, Contract, Function};
use connect_sim::trace::{
    Answer, Call, End, Ending, Header, Maker, Replay, Step, Trace, TraceReader, TracedContract,
    replay,
};
use connect_sim::units::MicroStx;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

const CALLS: usize = 2_000;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/simnet/trace.jsonl.gz")
}

fn packed() -> BufReader<GzDecoder<File>> {
    BufReader::new(GzDecoder::new(File::open(file()).expect("the trace is there")))
}

#[test]
fn the_calls_that_the_simnet_agrees_with_end_as_they_did() {
    let trace = Trace::read("trace.jsonl.gz", packed()).expect("reads");
    for contract in &trace.header.contracts {
        let shipped = Code::shipped();
        let shipped = [shipped.wattconnect, shipped.energy_production].map(|source| source.text);
        assert!(shipped.contains(&contract.source), "{} has changed: see above", contract.name);
    }
    let reader = TraceReader::open("trace.jsonl.gz", packed()).expect("reads");
    let replayed = replay(reader, &BTreeMap::new(), |_, _, _| {}).expect("replays");
    assert!(replayed.is_same(), "{:?}", replayed.first);
    assert_eq!(replayed.steps, CALLS as u64);
    assert_eq!(trace, drawn(), "what is recorded is what is drawn");
}

#[test]
fn the_calls_are_of_all_kinds() {
    let trace = drawn();
    let accepted = |function: &Function| {
        trace.calls().any(|call| {
            call.contract == function.contract().name()
                && call.function == function.name()
                && call.receipt.status == Ending::Accepted
        })
    };
    let never: Vec<_> = Function::ALL.iter().filter(|function| !accepted(function)).collect();
    assert!(never.is_empty(), "never accepted: {never:?}");
    let of = |ending| trace.calls().filter(move |call| call.receipt.status == ending);
    let errors: BTreeSet<_> = of(Ending::Rejected).map(|call| &call.receipt.result).collect();
    assert!(errors.len() >= 20, "{errors:?}");
    assert!(of(Ending::Aborted).count() > 2, "{}", of(Ending::Aborted).count());
    assert!(of(Ending::Accepted).count() > 700, "{}", of(Ending::Accepted).count());
    let by_contracts = trace.calls().filter(|call| call.sender.to_string().contains('.'));
    assert!(by_contracts.count() > 50);
    assert!(trace.calls().any(|call| !call.fee.is_zero()));
}

#[test]
#[ignore = "writes the trace anew"]
fn record() {
    let out = File::create(file()).expect("can be written");
    let packed = drawn().write(GzEncoder::new(out, Compression::best())).expect("written");
    packed.finish().expect("written");
}

/// Numbers by chance, the same everywhere: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.roll() % end
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

/// Who takes part.
struct Cast {
    owners: [Principal; 2],
    officials: [Principal; 3],
    producers: [Principal; 4],
    buyers: [Principal; 4],
    stranger: Principal,
    contracts: [Principal; 2],
}

impl Cast {
    fn new() -> Self {
        let owner = account("owner");
        let contract = |name| contract_principal(&owner, name).map(Principal::Contract);
        Self {
            contracts: [contract("wattconnect"), contract("energy-production")]
                .map(|contract| contract.expect("a legal name")),
            owners: [owner, account("successor")],
            officials: ["meter", "certifier", "supervisor"].map(account),
            producers: [0, 1, 2, 3].map(|number| account(&format!("producer-{number}"))),
            buyers: [0, 1, 2, 3].map(|number| account(&format!("buyer-{number}"))),
            stranger: account("stranger"),
        }
    }

    fn people(&self) -> Vec<Principal> {
        let groups = [&self.owners[..], &self.officials, &self.producers, &self.buyers];
        let mut people: Vec<_> = groups.concat();
        people.push(self.stranger.clone());
        people
    }

    fn anyone(&self, dice: &mut Dice) -> Principal {
        if dice.percent(10) {
            dice.one(&self.contracts).clone()
        } else {
            dice.one(&self.people()).clone()
        }
    }

    /// Who mostly calls a function.
    fn caller(&self, function: &str, dice: &mut Dice) -> Principal {
        match function {
            // The simnet has no way to call as the trading contract.
            _ if dice.percent(12) => dice.one(&self.people()).clone(),
            "apply-for-certification" | "add-energy-for-sale" | "remove-energy-from-sale" => {
                dice.one(&self.producers).clone()
            }
            "buy-energy-from-user"
            | "buy-energy-from-many"
            | "refund-energy"
            | "consume-energy" => dice.one(&self.buyers).clone(),
            "certify-producer" | "reject-application" | "revoke-certification" => {
                self.officials[1 + dice.below(2) as usize].clone()
            }
            "record-production" | "record-consumption" => self.officials[0].clone(),
            "credit-production" | "settle-consumption" | "set-producer-status" => {
                self.contracts[1].clone()
            }
            "fund-treasury" => dice.one(&self.people()).clone(),
            "accept-owner" => dice.one(&self.owners).clone(),
            _ => self.owners[usize::from(dice.percent(30))].clone(),
        }
    }

    /// Whom an argument mostly names.
    fn named(&self, argument: &str, dice: &mut Dice) -> String {
        let who = match argument {
            _ if dice.percent(10) => self.anyone(dice),
            "seller" | "producer" => dice.one(&self.producers).clone(),
            "consumer" => dice.one(&self.buyers).clone(),
            "certifier" => dice.one(&self.officials).clone(),
            "contract" => self.contracts[1].clone(),
            "new" => dice.one(&self.owners).clone(),
            _ => self.anyone(dice),
        };
        format!("'{who}")
    }
}

/// A number for an argument: mostly one that could be meant, sometimes one at
/// a limit.
fn number(function: &str, argument: &str, dice: &mut Dice) -> String {
    const LIMITS: &[u128] = &[0, 1, 10_000, 10_001, 1 << 31, 1 << 63, u128::MAX - 1, u128::MAX];
    let sensible = match (function, argument) {
        _ if dice.percent(8) => return format!("u{}", dice.one(LIMITS)),
        (_, "price") | ("set-energy-price", _) => 100_000 + dice.below(200_000),
        (_, "max-price") => 150_000 + dice.below(300_000),
        ("set-commission-rate" | "set-refund-rate", _) => dice.below(11_000),
        (_, "basis") => dice.below(3),
        (_, "level") => dice.below(5),
        ("set-energy-reserve-limit", _) => 200 + dice.below(400),
        ("set-max-energy-per-user", _) => 20 + dice.below(100),
        ("set-certification-fee", _) => dice.below(2_000_000),
        ("set-minimum-production", _) => 1 + dice.below(30),
        ("set-maximum-production", _) => 500 + dice.below(5_000),
        ("apply-for-certification", _) => 5 + dice.below(900),
        ("fund-treasury", _) => 1 + dice.below(50_000_000),
        ("withdraw-treasury" | "withdraw-fees", _) => 1 + dice.below(3_000_000),
        ("record-production" | "credit-production", _) => 1 + dice.below(30),
        _ => 1 + dice.below(12),
    };
    format!("u{sensible}")
}

/// An argument of a type, as Clarity writes both.
fn argument(cast: &Cast, function: &str, name: &str, kind: &str, dice: &mut Dice) -> String {
    if dice.below(400) == 0 {
        return "none".to_owned();
    }
    let fields: &[&str] = match kind {
        "uint" => return number(function, name, dice),
        "principal" => return cast.named(name, dice),
        "bool" => return dice.percent(60).to_string(),
        kind if kind.starts_with("(string-ascii") => {
            return (*dice.one(&["\"solar\"", "\"wind\"", "\"\"", "\"a \\\"roof\\\"\""]))
                .to_owned();
        }
        kind if kind.contains("seller") => &["amount", "max-price", "seller"],
        kind if kind.contains("consumer") => &["amount", "consumer"],
        _ => &["amount", "producer"],
    };
    let mut entries = String::from("(list");
    for _ in 0..dice.below(5) {
        let values: Vec<_> = fields
            .iter()
            .map(|field| match *field {
                "amount" | "max-price" => format!("{field}: {}", number(function, field, dice)),
                _ => format!("{field}: {}", cast.named(field, dice)),
            })
            .collect();
        entries.push_str(&format!(" {{{}}}", values.join(", ")));
    }
    entries + ")"
}

/// How often a function is called, against others.
fn weight(function: &str) -> usize {
    match function {
        "add-energy-for-sale" | "buy-energy-from-user" | "record-production" => 12,
        "apply-for-certification" | "certify-producer" | "refund-energy" => 8,
        "buy-energy-from-many" | "consume-energy" | "record-consumption" | "add-certifier" => 6,
        "resume" | "credit-production" | "settle-consumption" | "set-producer-status" => 4,
        "set-certification-contract" | "fund-treasury" | "accept-owner" => 3,
        _ => 1,
    }
}

/// The calls, drawn by chance and done on our chain.
fn drawn() -> Trace {
    let cast = Cast::new();
    let code = Code::shipped();
    let contracts = [Contract::WattConnect, Contract::EnergyProduction];
    let mut genesis: Vec<_> =
        cast.people().into_iter().map(|who| (who, MicroStx::new(40_000_000))).collect();
    genesis.extend(cast.contracts.iter().map(|who| (who.clone(), MicroStx::new(1_000_000))));
    let header = Header {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_by: Maker::Check,
        scenario: None,
        seed: Some(1),
        rate_scale: 10_000,
        contracts: contracts
            .map(|contract| TracedContract {
                issuer: cast.owners[0].clone(),
                name: contract.name().to_owned(),
                clarity: Clarity::Two,
                source: code.of(contract).text.clone(),
            })
            .into(),
        genesis,
        first_block_time: None,
    };
    let mut scratch = Chain::genesis(&[]).expect("a chain");
    let (wattconnect, production) = code.deploy(&mut scratch, &cast.owners[0]).expect("deploys");
    let mut functions = Vec::new();
    for (contract, id) in contracts.into_iter().zip([wattconnect, production]) {
        for (name, shape) in scratch.signatures(id) {
            if shape.access == Access::Public {
                let function = (
                    contract,
                    name.to_owned(),
                    shape
                        .arguments
                        .iter()
                        .map(|(name, kind)| (name.clone(), kind.to_string()))
                        .collect::<Vec<_>>(),
                );
                functions.extend(std::iter::repeat_n(function, weight(name)));
            }
        }
    }
    let mut chain = Replay::new(&header).expect("deploys");
    let mut dice = Dice(1);
    let mut height = 1;
    let first = format!("'{}", cast.contracts[1]);
    let wiring = ("set-certification-contract".to_owned(), vec![first]);
    let mut calls = Vec::with_capacity(CALLS);
    while calls.len() < CALLS {
        let (contract, (function, arguments), sender) = if calls.is_empty() {
            (Contract::WattConnect, wiring.clone(), cast.owners[0].clone())
        } else {
            let (contract, function, shape) = dice.one(&functions).clone();
            let arguments = shape
                .iter()
                .map(|(name, kind)| argument(&cast, &function, name, kind, &mut dice))
                .collect();
            let sender = cast.caller(&function, &mut dice);
            (contract, (function, arguments), sender)
        };
        let is_contract = matches!(sender, Principal::Contract(_));
        // A contract sends to the other one alone, and pays no fee.
        if is_contract && contract == Contract::EnergyProduction {
            continue;
        }
        height += u32::from(dice.percent(30));
        let fee = if is_contract || !dice.percent(20) { 0 } else { u128::from(dice.below(3_000)) };
        let arguments = arguments.iter().map(|text| parse_value(text).expect("a literal"));
        let mut call = Call {
            height,
            sender,
            contract: contract.name().to_owned(),
            function,
            arguments: arguments.collect(),
            fee: MicroStx::new(fee),
            receipt: Answer { status: Ending::Aborted, result: String::new(), events: Vec::new() },
        };
        call.receipt = chain.call(&call).expect("performs");
        assert!(!call.receipt.result.contains("cannot pay"), "give everyone more at the start");
        calls.push(call);
    }
    let end = End { height, state_sha256: chain.chain().state_digest(), finding: None };
    Trace { header, steps: calls.into_iter().map(Step::Call).collect(), end }
}
