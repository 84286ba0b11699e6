//! The real contracts, called both ways: on the decoded contract, as every run
//! does, and through the machine's own `execute_transaction`. 2,000 random
//! calls of all functions, as all kinds of people, must leave the same
//! receipts and the same final store.

use connect_sim::chain::{self, Chain, ContractId, Principal, Value, account};
use connect_sim::market::{Code, Contract, Function, Market};
use connect_sim::random::{Purpose, Stream, stream};
use connect_sim::units::MicroStx;
use rand::RngExt;

struct Stage {
    chain: Chain,
    market: Market,
    people: Vec<Principal>,
}

impl Stage {
    fn new() -> Self {
        let people: Vec<_> = ["operator", "meter", "certifier", "supervisor", "p0", "p1", "b0"]
            .iter()
            .map(|label| account(label))
            .collect();
        let purse = MicroStx::new(1_000_000_000_000);
        let balances: Vec<_> = people.iter().map(|who| (who.clone(), purse)).collect();
        let mut chain = Chain::genesis(&balances).expect("genesis");
        let market =
            Market::deploy(&Code::shipped(), &mut chain, &people[0], 10_000).expect("deploys");
        Self { chain, market, people }
    }

    fn id(&self, function: Function) -> ContractId {
        self.market.id(function.contract())
    }
}

/// Amounts that matter: nothing, one, the ordinary, and what no number may
/// exceed.
fn amount(rng: &mut Stream) -> Value {
    let numbers = [0, 1, 2, 10, 100, 300_000, 1 << 31, 1 << 63, u128::MAX];
    chain::uint(numbers[rng.random_range(0..numbers.len())])
}

fn argument(kind: &str, stage: &Stage, rng: &mut Stream) -> Value {
    let who = chain::principal(&stage.people[rng.random_range(0..stage.people.len())]);
    match kind {
        "uint" => amount(rng),
        "principal" => who,
        "bool" => chain::boolean(rng.random_bool(0.5)),
        text if text.contains("string-ascii") => chain::ascii("solar"),
        list => {
            let count = rng.random_range(1..4);
            let entries = (0..count).map(|_| {
                let who = chain::principal(&stage.people[rng.random_range(4..7)]);
                let mut fields = vec![("amount", chain::uint(rng.random_range(0..50)))];
                for name in ["producer", "consumer", "seller"] {
                    if list.contains(name) {
                        fields.push((name, who.clone()));
                    }
                }
                if list.contains("max-price") {
                    fields.push(("max-price", chain::uint(1 << 40)));
                }
                chain::tuple(fields).expect("legal names")
            });
            chain::list(entries.collect()).expect("one type")
        }
    }
}

#[test]
fn two_thousand_random_calls_agree() {
    let mut fast = Stage::new();
    let mut slow = fast.chain.clone();
    let mut rng = stream(2_000, Purpose::Fuzz, 0);
    let production = fast.chain.principal_of(fast.market.id(Contract::EnergyProduction));
    let p = |i: usize| chain::principal(&account(["p0", "p1", "b0"][i]));
    // Enough of a market that most functions can succeed.
    let mut calls: Vec<(usize, Function, Vec<Value>)> = vec![
        (0, Function::SetCertificationContract, vec![chain::principal(&production)]),
        (0, Function::FundTreasury, vec![chain::uint(1_000_000_000)]),
    ];
    for (place, level) in [(1, 1), (2, 2), (3, 3)] {
        let who = chain::principal(&fast.people[place]);
        calls.push((0, Function::AddCertifier, vec![who, chain::uint(level)]));
    }
    for (place, producer) in [(4, p(0)), (5, p(1))] {
        let application = vec![chain::uint(500), chain::ascii("solar")];
        calls.push((place, Function::ApplyForCertification, application));
        calls.push((2, Function::CertifyProducer, vec![producer]));
    }
    let mut accepted = 0;
    for number in 0..2_000 {
        let (sender, function, arguments) = if number < calls.len() {
            calls[number].clone()
        } else {
            let function = Function::ALL[rng.random_range(0..Function::ALL.len())];
            let id = fast.id(function);
            let signature = fast.chain.signature(id, function.name()).expect("ours has all");
            let kinds: Vec<String> =
                signature.arguments.iter().map(|(_, kind)| kind.to_string()).collect();
            let arguments = kinds.iter().map(|kind| argument(kind, &fast, &mut rng)).collect();
            // Half the calls come from whoever may make them, so that much of
            // them succeeds; meters read a lot, so that there is energy.
            let right = match function {
                Function::RecordProduction | Function::RecordConsumption => 1,
                Function::CertifyProducer | Function::RejectApplication => 2,
                Function::RevokeCertification => 3,
                Function::Pause => 6,
                Function::AddEnergyForSale | Function::RemoveEnergyFromSale => {
                    rng.random_range(4..6)
                }
                Function::BuyEnergyFromUser | Function::RefundEnergy => rng.random_range(4..7),
                _ => 0,
            };
            let anyone = rng.random_range(0..fast.people.len());
            (if rng.random_bool(0.7) { right } else { anyone }, function, arguments)
        };
        let who = fast.people[sender].clone();
        let id = fast.id(function);
        let one = fast.chain.call(&who, id, function.name(), &arguments).expect("runs");
        let other = slow.call_decoding(&who, id, function.name(), &arguments).expect("runs");
        assert_eq!(one.status, other.status, "{function} {arguments:?}");
        assert_eq!(one.events, other.events, "{function} {arguments:?}");
        accepted += u32::from(one.is_accepted());
        if number % 100 == 99 {
            fast.chain.advance_block().expect("closes");
            slow.advance_block().expect("closes");
        }
    }
    assert!(accepted > 500, "only {accepted} calls were accepted: too few to mean much");
    assert_eq!(fast.chain.state(), slow.state());
}
