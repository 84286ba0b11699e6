//! The chain host on a contract of its own: every way that a call can end,
//! and the fast way of calling held against the machine's own.

use connect_sim::chain::{
    Abort, AbortKind, Chain, ContractId, DeployError, Event, Principal, Status, account,
    contract_principal, list, principal, uint,
};
use connect_sim::random::{Purpose, stream};
use connect_sim::units::MicroStx;
use rand::RngExt;

const JAR: &str = r#"
(define-constant ERR_EMPTY (err u1))
(define-map held principal uint)
(define-data-var total uint u0)
(define-public (put (amount uint))
  (begin
    (try! (stx-transfer? amount tx-sender (as-contract tx-sender)))
    (map-set held tx-sender (+ amount (default-to u0 (map-get? held tx-sender))))
    (var-set total (+ amount (var-get total)))
    (print { event: "put", amount: amount })
    (ok (var-get total))))
(define-public (take (amount uint))
  (let ((mine (default-to u0 (map-get? held tx-sender))) (who tx-sender))
    (asserts! (> mine u0) ERR_EMPTY)
    (map-set held tx-sender (- mine amount))
    (var-set total (- (var-get total) amount))
    (as-contract (stx-transfer? amount tx-sender who))))
(define-public (put-all (amounts (list 5 uint)))
  (fold add amounts (ok u0)))
(define-private (add (amount uint) (sum (response uint uint)))
  (match sum so-far (match (put amount) now (ok (+ so-far now)) code (err code)) code (err code)))
(define-read-only (get-held (who principal)) (default-to u0 (map-get? held who)))
(define-read-only (get-heights) { block: block-height, burn: burn-block-height })
(define-private (secret) (ok true))
"#;

fn jar() -> (Chain, ContractId, Vec<Principal>) {
    let people: Vec<_> = (0..4).map(|i| account(&format!("person-{i}"))).collect();
    let balances: Vec<_> = people.iter().map(|who| (who.clone(), MicroStx::new(1_000))).collect();
    let mut chain = Chain::genesis(&balances).expect("genesis");
    let id = chain.deploy(&people[0], "jar", "jar.clar", JAR).expect("the contract is sound");
    (chain, id, people)
}

#[test]
fn an_accepted_call_moves_stx_prints_and_answers() {
    let (mut chain, jar, people) = jar();
    let receipt = chain.call(&people[1], jar, "put", &[uint(300)]).expect("runs");
    assert_eq!(receipt.status, Status::Accepted(uint(300)));
    let contract = chain.principal_of(jar);
    assert_eq!(
        receipt.stx_moved().collect::<Vec<_>>(),
        [(&people[1], &contract, MicroStx::new(300))]
    );
    assert_eq!(receipt.prints().count(), 1);
    assert_eq!(chain.stx_balance(&people[1]).expect("readable"), MicroStx::new(700));
    assert_eq!(chain.stx_balance(&contract).expect("readable"), MicroStx::new(300));
    let place = chain.map_place(jar, "held", &principal(&people[1])).expect("a map");
    assert_eq!(chain.entry(&place).expect("readable"), Some(uint(300)));
    assert!(chain.map_place(jar, "nothing", &uint(1)).is_none());
    assert_eq!(chain.variable(jar, "total").expect("readable"), Some(uint(300)));
    assert!(receipt.traffic.reads > 0 && receipt.traffic.writes > 0);
}

#[test]
fn rejections_and_aborts_are_receipts_and_change_nothing() {
    let (mut chain, jar, people) = jar();
    let before = chain.state_digest();
    let rejected = chain.call(&people[1], jar, "take", &[uint(1)]).expect("runs");
    assert_eq!(rejected.error_code(), Some(1));
    let too_much = chain.call(&people[1], jar, "put", &[uint(1_001)]).expect("runs");
    assert_eq!(too_much.error_code(), Some(1), "stx-transfer? answers u1");
    let wrong_type = chain.call(&people[1], jar, "put", &[principal(&people[1])]).expect("runs");
    assert!(matches!(wrong_type.status, Status::Aborted(_)), "{wrong_type:?}");
    let too_few = chain.call(&people[1], jar, "put", &[]).expect("runs");
    assert!(matches!(too_few.status, Status::Aborted(_)), "{too_few:?}");
    assert_eq!(chain.state_digest(), before);

    chain.call(&people[1], jar, "put", &[uint(5)]).expect("runs");
    let before = chain.state_digest();
    let underflow = chain.call(&people[1], jar, "take", &[uint(6)]).expect("runs");
    let why = Abort::new(AbortKind::ArithmeticUnderflow, "ArithmeticUnderflow");
    assert_eq!(underflow.status, Status::Aborted(why));
    assert!(underflow.events.is_empty());
    assert_eq!(chain.state_digest(), before);
}

#[test]
fn private_and_missing_functions_are_errors_of_the_caller() {
    let (mut chain, jar, people) = jar();
    for function in ["secret", "nothing"] {
        let error = chain.call(&people[0], jar, function, &[]).expect_err("cannot be called");
        assert!(error.to_string().contains(function), "{error}");
    }
}

#[test]
fn blocks_advance_and_fees_reach_the_sink() {
    let (mut chain, jar, people) = jar();
    let sink = chain.fee_sink().clone();
    let purse = chain.balance_place(&people[2]);
    assert!(chain.pay_fee(purse, MicroStx::new(400)).expect("readable"));
    assert!(!chain.pay_fee(purse, MicroStx::new(601)).expect("readable"));
    assert_eq!(chain.stx_balance(&sink).expect("readable"), MicroStx::ZERO);
    assert_eq!(chain.fees_pending(), MicroStx::new(400));
    let before = chain.call(&people[0], jar, "get-heights", &[]).expect("runs");
    chain.advance_block().expect("closes");
    let after = chain.call(&people[0], jar, "get-heights", &[]).expect("runs");
    assert_ne!(before.status, after.status);
    assert_eq!(chain.stx_balance(&sink).expect("readable"), MicroStx::new(400));
    assert_eq!(chain.issued(), MicroStx::new(4_000));
}

#[test]
fn a_clone_is_a_snapshot() {
    fn is_send<T: Send>(_: &T) {}
    let (mut chain, jar, people) = jar();
    is_send(&chain);
    let snapshot = chain.clone();
    chain.call(&people[1], jar, "put", &[uint(10)]).expect("runs");
    assert_ne!(chain.state_digest(), snapshot.state_digest());
    chain = snapshot.clone();
    assert_eq!(chain.state_digest(), snapshot.state_digest());
    let held = chain.call(&people[1], jar, "get-held", &[principal(&people[1])]).expect("runs");
    assert_eq!(held.status, Status::Accepted(uint(0)));
}

#[test]
fn the_decoded_contract_answers_as_the_machine_does() {
    let (mut fast, jar, people) = jar();
    let mut slow = fast.clone();
    let mut rng = stream(1, Purpose::Fuzz, 0);
    for _ in 0..500 {
        let who = &people[rng.random_range(0..people.len())];
        let amount = uint(rng.random_range(0..400));
        let (function, arguments) = match rng.random_range(0..5) {
            0 | 1 => ("put", vec![amount]),
            2 => ("take", vec![amount]),
            3 => ("put-all", vec![list(vec![amount.clone(), amount]).expect("one type")]),
            _ => ("get-held", vec![principal(who)]),
        };
        let one = fast.call(who, jar, function, &arguments).expect("runs");
        let other = slow.call_decoding(who, jar, function, &arguments).expect("runs");
        assert_eq!(one.status, other.status);
        assert_eq!(one.events, other.events);
    }
    assert_eq!(fast.state(), slow.state());
}

#[test]
fn faults_of_a_contract_have_a_place() {
    let owner = account("owner");
    let mut chain = Chain::genesis(&[]).expect("genesis");
    let ill_typed = "(define-data-var n uint u0)\n(define-public (f)\n  (ok (+ 1 (var-get n))))";
    let Err(DeployError::Faults(faults)) = chain.deploy(&owner, "c", "c.clar", ill_typed) else {
        panic!("an ill-typed contract must not deploy");
    };
    assert_eq!((faults[0].file.as_str(), faults[0].line, faults[0].column), ("c.clar", 3, 7));
    let Err(DeployError::Faults(faults)) = chain.deploy(&owner, "c", "c.clar", "(ok (") else {
        panic!("an unclosed list must not deploy");
    };
    assert_eq!(faults[0].line, 1);
    let bad_name = chain.deploy(&owner, "no name", "c.clar", "(print 1)");
    assert!(matches!(bad_name, Err(DeployError::Name { .. })));
    let failing = chain.deploy(&owner, "c", "c.clar", "(unwrap-panic (stx-burn? u1 tx-sender))");
    assert!(matches!(failing, Err(DeployError::Initialise { .. })), "{failing:?}");
    // Nothing of the failures is left: the name is still free.
    chain.deploy(&owner, "c", "c.clar", "(print 1)").expect("a sound contract");
}

#[test]
fn contracts_call_each_other() {
    let owner = account("owner");
    let mut chain = Chain::genesis(&[(owner.clone(), MicroStx::new(100))]).expect("genesis");
    chain.deploy(&owner, "jar", "jar.clar", JAR).expect("sound");
    let source = "(define-public (relay (n uint)) (contract-call? .jar put n))";
    let relay = chain.deploy(&owner, "relay", "relay.clar", source).expect("sound");
    let receipt = chain.call(&owner, relay, "relay", &[uint(30)]).expect("runs");
    assert_eq!(receipt.status, Status::Accepted(uint(30)));
    let jar = contract_principal(&owner, "jar").expect("legal");
    assert!(matches!(&receipt.events[1], Event::Print(by, _) if *by == jar));
}
