//! Transactions of any contract and any function, of payments and of
//! deployments: turns, fees and nonces; and the time that blocks carry.

use connect_sim::chain::{
    AbortKind, Chain, Clarity, Cost, Inclusion, Metering, Payload, Principal, Receipt, Status,
    Transaction, account, contract_principal, uint,
};
use connect_sim::engine::Prepared;
use connect_sim::scenario::Scenario;
use connect_sim::trace::{Ending, Header, Maker, Replay, TracedContract};
use connect_sim::units::MicroStx;

const COUNTER: &str = "(define-data-var sum uint u0)
    (define-public (add (amount uint))
      (begin (asserts! (> amount u0) (err u1)) (ok (var-set sum (+ (var-get sum) amount)))))
    (define-read-only (sum-now) (var-get sum))";

const ROOM: Cost = Cost {
    read_count: 1_000,
    read_length: 1_000_000,
    write_count: 1_000,
    write_length: 1_000_000,
    runtime: 1_000_000_000,
};

fn sent(sender: &Principal, nonce: u64, payload: Payload) -> Transaction {
    Transaction { sender: sender.clone(), nonce, fee: MicroStx::new(10), payload }
}

fn counter_call(issuer: &Principal, function: &str, amount: u128) -> Payload {
    Payload::ContractCall {
        contract: contract_principal(issuer, "counter").expect("legal"),
        function: function.to_owned(),
        arguments: vec![uint(amount)],
    }
}

fn included(inclusion: Inclusion) -> Receipt {
    let Inclusion::Included(receipt) = inclusion else { panic!("{inclusion:?}") };
    receipt
}

#[test]
fn an_account_deploys_calls_and_pays_in_its_turn() {
    let (maker, other) = (account("maker"), account("other"));
    let mut chain = Chain::genesis(&[(maker.clone(), MicroStx::new(1_000))]).expect("genesis");
    chain.set_metering(Metering::Exact);
    let purse = chain.balance_place(&maker);
    let deploy = Payload::Deploy {
        name: "counter".to_owned(),
        source: COUNTER.to_owned(),
        clarity: Clarity::Two,
    };

    let early = sent(&maker, 1, deploy.clone());
    assert_eq!(chain.include(&early, Some(&ROOM)).expect("runs"), Inclusion::BadNonce(0));
    let least = Cost { write_count: 1, ..ROOM };
    let before = (chain.state_digest(), chain.fees_pending());
    let none = chain.include(&sent(&maker, 0, deploy.clone()), Some(&least)).expect("runs");
    let Inclusion::NoRoom(cost) = none else { panic!("{none:?}") };
    assert!(cost.runtime > 0 && !cost.fits_in(&least), "{cost:?}");
    assert_eq!((chain.state_digest(), chain.fees_pending()), before, "it leaves no trace");
    assert_eq!(chain.nonce_at(purse), 0);

    let receipt =
        included(chain.include(&sent(&maker, 0, deploy.clone()), Some(&ROOM)).expect("runs"));
    assert!(receipt.is_accepted(), "{receipt:?}");
    assert_eq!(receipt.cost, Some(cost), "it costs what it was told to");
    let receipt = included(
        chain.include(&sent(&maker, 1, counter_call(&maker, "add", 5)), Some(&ROOM)).expect("runs"),
    );
    assert!(receipt.is_accepted() && receipt.cost.is_some_and(|cost| cost.runtime > 0));

    // What a contract turns down, and what is not there, takes the fee too.
    for (nonce, payload, kind) in [
        (2, counter_call(&maker, "add", 0), Err(1)),
        (3, counter_call(&maker, "lose", 1), Ok(AbortKind::NoSuchFunction)),
        (4, counter_call(&other, "add", 1), Ok(AbortKind::NoSuchContract)),
        (5, deploy, Ok(AbortKind::ContractExists)),
        (
            6,
            Payload::Deploy {
                name: "bad".to_owned(),
                source: "(ok (".to_owned(),
                clarity: Clarity::Two,
            },
            Ok(AbortKind::Analysis),
        ),
        (
            7,
            Payload::StxTransfer { to: other.clone(), amount: MicroStx::ZERO, memo: vec![] },
            Err(3),
        ),
        (
            8,
            Payload::StxTransfer { to: other.clone(), amount: MicroStx::new(5_000), memo: vec![] },
            Err(1),
        ),
    ] {
        let receipt =
            included(chain.include(&sent(&maker, nonce, payload), Some(&ROOM)).expect("runs"));
        match (&receipt.status, kind) {
            (Status::Rejected(found), Err(code)) => assert_eq!(*found, uint(code)),
            (Status::Aborted(abort), Ok(kind)) => assert_eq!(abort.kind(), kind, "{abort}"),
            other => panic!("{nonce}: {other:?}"),
        }
    }

    let pay = Payload::StxTransfer {
        to: other.clone(),
        amount: MicroStx::new(100),
        memo: b"rent".to_vec(),
    };
    let receipt = included(chain.include(&sent(&maker, 9, pay), Some(&ROOM)).expect("runs"));
    assert!(receipt.is_accepted(), "{receipt:?}");
    assert_eq!(receipt.stx_moved().count(), 1);
    assert_eq!(chain.stx_balance(&other).expect("reads"), MicroStx::new(100));
    assert_eq!(chain.stx_balance(&maker).expect("reads"), MicroStx::new(1_000 - 100 - 10 * 10));
    assert_eq!((chain.nonce_at(purse), chain.fees_pending()), (10, MicroStx::new(100)));

    let counter = contract_principal(&maker, "counter").expect("legal");
    let counter = chain.contract(&counter).expect("deployed");
    assert_eq!(chain.variable(counter, "sum").expect("reads"), Some(uint(5)));
    // Who has nothing cannot pay, and keeps the turn.
    let poor = sent(&account("poor"), 0, counter_call(&maker, "add", 1));
    assert_eq!(chain.include(&poor, Some(&ROOM)).expect("runs"), Inclusion::CannotPay);
}

#[test]
fn a_look_answers_and_changes_nothing() {
    let maker = account("maker");
    let mut chain = Chain::genesis(&[]).expect("genesis");
    let id = chain.deploy(&maker, "counter", "counter.clar", COUNTER).expect("sound");
    let before = chain.state_digest();
    let chain = &chain;
    let looked = chain.look(&maker, id, "add", &[uint(7)]).expect("looks");
    assert!(looked.is_accepted() && looked.cost.is_none());
    assert_eq!(chain.look(&maker, id, "sum-now", &[]).expect("looks").value(), Some(&uint(0)));
    assert_eq!(chain.state_digest(), before);
}

const CLOCK: &str = "(define-read-only (last-block)
    (get-block-info? time (- block-height u1)))
    (define-public (now) (ok (last-block)))";

#[test]
fn blocks_carry_the_time_of_the_scenario() {
    let text = "scenario.name = \"clock\"\n time.start = 2031-02-03\n place.utc_offset_hours = -5.0\n\
        producers.count = 1\n buyers.count = 1";
    let scenario = Scenario::from_toml(text, "clock.toml", &[]).expect("sound");
    let prepared = Prepared::new(scenario).expect("prepared");
    // 2031-02-03T05:00:00Z.
    let midnight = 1_927_861_200;
    assert_eq!(prepared.first_block_time(), midnight);

    let maker = account("maker");
    let mut chain = Chain::genesis_at(&[], midnight).expect("genesis");
    let id = chain.deploy(&maker, "clock", "clock.clar", CLOCK).expect("sound");
    assert_eq!(chain.block_time(), midnight);
    for tenure in 0..3_u64 {
        let closing = chain.block_time();
        assert_eq!(closing, midnight + 600 * tenure);
        chain.advance_block().expect("advances");
        let told = chain.look(&maker, id, "last-block", &[]).expect("looks");
        assert_eq!(told.value().map(ToString::to_string), Some(format!("(some u{closing})")));
    }

    // A trace of such a contract tells the time, and goes by it again.
    let contracts = vec![TracedContract {
        issuer: maker.clone(),
        name: "clock".to_owned(),
        clarity: Clarity::Two,
        source: CLOCK.to_owned(),
    }];
    let header = Header {
        version: "0.1.0".to_owned(),
        made_by: Maker::Check,
        scenario: None,
        seed: None,
        rate_scale: 10_000,
        first_block_time: Header::time_to_tell(&contracts, midnight),
        contracts,
        genesis: Vec::new(),
    };
    assert_eq!(Header::time_to_tell(&[], midnight), None);
    let mut replay = Replay::new(&header).expect("deploys");
    let answer = replay
        .call(&connect_sim::trace::Call {
            height: 2,
            sender: maker,
            contract: "clock".to_owned(),
            function: "now".to_owned(),
            arguments: Vec::new(),
            fee: MicroStx::ZERO,
            receipt: connect_sim::trace::Answer {
                status: Ending::Aborted,
                result: String::new(),
                events: Vec::new(),
            },
        })
        .expect("runs");
    assert_eq!(answer.result, format!("(ok (some u{midnight}))"));
}
