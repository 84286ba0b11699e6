//! The machine as a whole: what callees are cut to, what expressions may do,
//! and its words held against the chain's own, by property.

use clarity::vm::Value as VmValue;
use clarity::vm::database::{
    ClarityDatabase, ClarityDeserializable as _, ClaritySerializable as _, STXBalance, StoreType,
};
use clarity::vm::errors::{Error as MachineError, RuntimeErrorType};
use clarity::vm::types::{PrincipalData, TypeSignature};
use proptest::prelude::*;

use super::convert::{
    abort_of, event_of, principal_of, type_of, value_of, vm_contract, vm_principal, vm_value,
};
use super::execute::sanitised;
use super::headers::EPOCH;
use super::machine::{Machine, balance, balance_text};
use crate::chain::place::ContractId;
use crate::chain::source::Source;
use crate::chain::types::Type;
use crate::chain::{
    AbortKind, Chain, Clarity, ContractName, ContractPrincipal, Metering, Name, Principal,
    StandardPrincipal, Status, Tuple, Value, account, as_list, parse_principal, parse_value,
    principal, uint, value_text,
};
use crate::units::MicroStx;

const CALLEE: &str = "
    (define-constant STEP u3)
    (define-constant UNUSED u4)
    (define-map counts uint uint)
    (define-map others uint uint)
    (define-data-var last uint u0)
    (define-private (next (n uint)) (+ n STEP))
    (define-public (count (n uint))
      (begin (map-set counts n (next n)) (var-set last n)
             (ok (default-to u0 (map-get? counts n)))))
    (define-public (unrelated)
      (if (map-set others UNUSED UNUSED) (ok true) (err u1)))
    (define-trait counter ((count (uint) (response uint uint))))";

const CALLER: &str = "
    (use-trait counter .callee.counter)
    (define-private (inner (n uint)) (contract-call? .callee count n))
    (define-public (outer (n uint)) (inner n))
    (define-public (both (n uint))
      (begin (try! (contract-call? .callee unrelated)) (inner n)))
    (define-public (any (of <counter>) (n uint)) (contract-call? of count n))
    (define-public (alone (n uint)) (ok n))";

fn deployed() -> (Chain, ContractId) {
    let mut chain = Chain::genesis(&[]).expect("genesis");
    let owner = account("owner");
    chain.deploy(&owner, "callee", "callee.clar", CALLEE).expect("sound");
    let caller = chain.deploy(&owner, "caller", "caller.clar", CALLER).expect("sound");
    (chain, caller)
}

fn machine() -> (Machine, ContractId) {
    let mut machine = Machine::genesis(&[], 0).expect("genesis");
    let issuer = *account("owner").account();
    let mut ids = [("callee", CALLEE), ("caller", CALLER)].into_iter().map(|(name, text)| {
        let source = Source { issuer, name, file: name, text, clarity: Clarity::Two };
        machine.deploy(&source).expect("sound")
    });
    let caller = ids.nth(1).expect("two");
    drop(ids);
    (machine, caller)
}

#[test]
fn a_callee_is_cut_to_what_the_call_reaches() {
    let (machine, caller) = machine();
    let id = vm_contract(machine.principal_of(ContractId(0))).expect("legal");
    let key = ClarityDatabase::make_metadata_key(StoreType::Contract, "contract");
    let callees = |function: &str| {
        let function = &machine.contracts[caller.0].functions[function];
        let callees = function.callees.as_ref()?;
        Some(callees.text(&id, &key).expect("decoded by it").to_owned())
    };
    let outer = callees("outer").expect("calls");
    let both = callees("both").expect("calls");
    for (name, by_outer) in
        [("next", true), ("STEP", true), ("counts", true), ("others", false), ("UNUSED", false)]
    {
        let word = format!("\"{name}\"");
        assert_eq!(outer.contains(&word), by_outer, "{name}");
        assert!(both.contains(&word), "{name}");
    }
    assert_eq!(callees("any"), None, "what it calls is not known beforehand");
    assert_eq!(callees("alone"), None);
}

#[test]
fn calls_across_contracts_are_what_they_are_with_the_whole_callee() {
    let (mut cut, caller) = deployed();
    let mut whole = cut.clone();
    let owner = account("owner");
    let callee = principal(&cut.principal_of(ContractId(0)));
    let ways = [
        ("outer", vec![uint(5)]),
        ("both", vec![uint(6)]),
        ("any", vec![callee, uint(7)]),
        ("alone", vec![uint(8)]),
    ];
    for (function, arguments) in &ways {
        let one = cut.call(&owner, caller, function, arguments).expect("runs");
        let other = whole.call_decoding(&owner, caller, function, arguments).expect("runs");
        assert_eq!(one.status, other.status, "{function}");
        assert!(matches!(one.status, Status::Accepted(_)), "{function}: {one:?}");
        assert_eq!(one.events, other.events, "{function}");
    }
    assert_eq!(cut.state(), whole.state());
    // And the chain charges for the whole of it.
    cut.set_metering(Metering::Exact);
    let receipt = cut.call(&owner, caller, "outer", &[uint(5)]).expect("runs");
    let both = CALLEE.len() + CALLER.len();
    assert!(receipt.cost.expect("metered").read_length >= both as u64);
}

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
    let who = [principal(&owner)];
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
fn a_balance_is_written_as_the_machine_writes_it() {
    for amount in [0, 1, 1_000_000, u128::MAX] {
        let text = balance_text(MicroStx::new(amount));
        assert_eq!(text, STXBalance::Unlocked { amount }.serialize());
        assert_eq!(balance(Some(&text)).expect("reads"), MicroStx::new(amount));
        assert!(STXBalance::deserialize(&text).is_ok());
    }
}

/// Accounts of all versions, those without an address too.
fn accounts() -> impl Strategy<Value = StandardPrincipal> {
    let hash = prop_oneof![
        any::<[u8; 20]>(),
        Just([0; 20]),
        any::<u8>().prop_map(|last| {
            let mut hash = [0; 20];
            hash[19] = last;
            hash
        })
    ];
    (any::<u8>(), hash).prop_map(|(version, hash)| StandardPrincipal::new(version, hash))
}

fn principals() -> impl Strategy<Value = Principal> {
    let name = "[a-zA-Z][a-zA-Z0-9_-]{0,39}";
    prop_oneof![
        accounts().prop_map(Principal::from),
        (accounts(), name).prop_map(|(issuer, name)| {
            ContractPrincipal::new(issuer, ContractName::new(&name).expect("legal")).into()
        }),
    ]
}

/// Values of all kinds, most of which have a type; lists of mixed entries and
/// deep nests have none.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i128>().prop_map(Value::Int),
        any::<u128>().prop_map(Value::UInt),
        any::<bool>().prop_map(Value::Bool),
        principals().prop_map(Value::Principal),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Buffer),
        "[ -~\\t\\n\\r]{0,12}".prop_map(Value::StringAscii),
        ".{0,8}".prop_map(Value::StringUtf8),
        Just(Value::none()),
    ];
    leaf.prop_recursive(20, 60, 5, |inner| {
        // A source would read `u0` as a number.
        let name = "[a-t][a-z0-9?!-]{0,5}";
        prop_oneof![
            4 => inner.clone().prop_map(Value::some),
            2 => inner.clone().prop_map(Value::okay),
            2 => inner.clone().prop_map(Value::error),
            2 => (inner.clone(), 0_usize..4).prop_map(|(one, n)| Value::List(vec![one; n])),
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            3 => prop::collection::btree_map(name, inner, 1..5).prop_map(|fields| {
                let named = |(name, value): (String, Value)| (Name::new(&name).expect("legal"), value);
                Value::Tuple(Tuple::new(fields.into_iter().map(named).collect()).expect("legal"))
            }),
        ]
    })
}

/// Lists of tuples, most of them of the same fields and types.
fn tables() -> impl Strategy<Value = Value> {
    let plain = |kind: u8| match kind {
        0 => any::<u128>().prop_map(Value::UInt).boxed(),
        1 => any::<i128>().prop_map(Value::Int).boxed(),
        2 => any::<bool>().prop_map(Value::Bool).boxed(),
        3 => principals().prop_map(Value::Principal).boxed(),
        _ => prop::collection::vec(any::<u8>(), 0..4).prop_map(Value::Buffer).boxed(),
    };
    let columns = prop::collection::btree_map("[a-c]", 0_u8..5, 1..4);
    let row = move |columns: &std::collections::BTreeMap<String, u8>| {
        let names: Vec<_> = columns.keys().map(|name| Name::new(name).expect("legal")).collect();
        let cells: Vec<_> = columns.values().map(|kind| plain(*kind)).collect();
        cells.prop_map(move |cells| {
            let fields = names.iter().cloned().zip(cells).collect();
            Value::Tuple(Tuple::new(fields).expect("legal"))
        })
    };
    (columns.clone(), columns, 0_usize..5, 0_usize..2).prop_flat_map(
        move |(columns, others, like, unlike)| {
            let rows = prop::collection::vec(row(&columns), like);
            let odd = prop::collection::vec(row(&others), unlike);
            (rows, odd).prop_map(|(mut rows, odd)| {
                rows.extend(odd);
                Value::List(rows)
            })
        },
    )
}

/// What the machine reads of bytes where no type is known beforehand, if it
/// reads all of them.
fn read_by_machine(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    let value = VmValue::deserialize_read(&mut rest, None, false).ok()?;
    rest.is_empty().then(|| value_of(value))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_024) })]

    #[test]
    fn a_value_has_a_type_where_the_machine_has_one_and_the_same(value in values()) {
        let theirs = vm_value(&value).ok();
        let ours = Type::of(&value).ok();
        prop_assert_eq!(ours.is_some(), theirs.is_some());
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            let kind = TypeSignature::type_of(&theirs).expect("typed");
            prop_assert_eq!(ours.to_string(), kind.to_string());
            prop_assert_eq!(ours.size(), u64::from(kind.size().expect("sized")));
            prop_assert_eq!(type_of(&kind), ours);
        }
    }

    #[test]
    fn values_go_to_the_machine_and_back(value in values()) {
        if let Ok(theirs) = vm_value(&value) {
            prop_assert_eq!(value.to_string(), theirs.to_string());
            prop_assert_eq!(value_of(theirs), value);
        }
    }

    #[test]
    fn arguments_are_cut_as_the_machine_cuts_them(value in prop_oneof![values(), tables()]) {
        let Ok(theirs) = vm_value(&value) else { return Ok(()) };
        let kind = TypeSignature::type_of(&theirs).expect("typed");
        let cut = VmValue::sanitize_value(&EPOCH, &kind, theirs).map(|(value, _)| value);
        let ours = sanitised(&value).ok();
        let kind = |value: &Option<VmValue>| {
            value.as_ref().map(|value| TypeSignature::type_of(value).expect("typed"))
        };
        prop_assert_eq!(kind(&ours), kind(&cut));
        prop_assert_eq!(ours, cut);
    }

    #[test]
    fn a_list_of_tuples_is_what_the_machine_makes_of_them(value in tables()) {
        let entries = as_list(&value).expect("a list").iter().map(vm_value).collect::<Result<_, _>>();
        let theirs = VmValue::cons_list_unsanitized(entries.expect("typed")).ok();
        let ours = vm_value(&value).ok();
        let kind = |value: &Option<VmValue>| {
            value.as_ref().map(|value| TypeSignature::type_of(value).expect("typed"))
        };
        prop_assert_eq!(kind(&ours), kind(&theirs));
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn bytes_are_those_of_the_machine_both_ways(value in values()) {
        if let Ok(theirs) = vm_value(&value) {
            let bytes = value.to_bytes();
            prop_assert_eq!(&theirs.serialize_to_vec().expect("written"), &bytes);
            prop_assert_eq!(value.to_hex(), theirs.serialize_to_hex().expect("written"));
            prop_assert_eq!(read_by_machine(&bytes), Value::from_bytes(&bytes).ok());
            let stored = Value::from_stored_hex(&value.to_hex());
            prop_assert_eq!(stored.ok(), Some(value));
        }
    }

    #[test]
    fn spoilt_bytes_are_read_as_the_machine_reads_them(
        value in values(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in 0_usize..4,
    ) {
        let mut bytes = value.to_bytes();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        bytes.truncate(bytes.len().saturating_sub(cut));
        prop_assert_eq!(Value::from_bytes(&bytes).ok(), read_by_machine(&bytes));
    }

    #[test]
    fn any_bytes_are_read_as_the_machine_reads_them(
        bytes in prop::collection::vec(prop_oneof![3 => 0_u8..15, 1 => any::<u8>()], 0..60),
    ) {
        prop_assert_eq!(Value::from_bytes(&bytes).ok(), read_by_machine(&bytes));
    }

    #[test]
    fn text_comes_back_as_the_value(value in values()) {
        // An address without a digit for its version cannot be written.
        let text = value_text(&value);
        let readable = text.bytes().all(|b| (b' '..=b'~').contains(&b));
        if Type::of(&value).is_ok() && readable && !text.contains("INVALID") {
            prop_assert_eq!(parse_value(&text), Some(value));
        }
    }

    #[test]
    fn addresses_are_those_of_the_machine_both_ways(who in principals()) {
        let theirs = vm_principal(&who).expect("legal");
        prop_assert_eq!(principal_of(&theirs), who.clone());
        let text = who.to_string();
        prop_assert_eq!(&text, &theirs.to_string());
        let read = PrincipalData::parse(&text).ok().map(|read| principal_of(&read));
        prop_assert_eq!(parse_principal(&text), read.clone());
        prop_assert_eq!(read.is_some(), who.account().version() < 32);
    }

    #[test]
    fn any_text_is_an_address_where_it_is_one_of_the_machine(
        who in principals(), at in any::<prop::sample::Index>(), digit in "[0-9A-Za-z.'-]",
    ) {
        let mut text = who.to_string();
        let place = 1 + at.index(text.len() - 1);
        text.replace_range(place..=place, &digit);
        let read = PrincipalData::parse(&text).ok().map(|read| principal_of(&read));
        prop_assert_eq!(parse_principal(&text), read);
    }

    #[test]
    fn names_are_those_of_the_machine(text in "[a-z<>=!?+*/_0-9.-]{0,4}") {
        use clarity::vm::{ClarityName, ContractName as VmContractName};
        prop_assert_eq!(Name::new(&text).is_some(), ClarityName::try_from(text.clone()).is_ok());
        let theirs = VmContractName::try_from(text.clone()).is_ok();
        prop_assert_eq!(ContractName::new(&text).is_some(), theirs);
    }
}

#[test]
fn values_are_read_as_deep_as_the_machine_reads_them() {
    for wraps in 0..40 {
        let mut bytes = vec![10; wraps];
        bytes.push(9);
        assert_eq!(Value::from_bytes(&bytes).ok(), read_by_machine(&bytes), "{wraps}");
    }
    // Two megabytes of a list that goes on, past what is read of one value.
    let mut bytes = vec![11, 0, 0, 0, 3];
    for _ in 0..3 {
        bytes.extend([2, 0, 12, 0, 0]);
        bytes.resize(bytes.len() + (12 << 16), 7);
    }
    assert_eq!(Value::from_bytes(&bytes).ok(), read_by_machine(&bytes));
}

/// A contract that does all that can be told of: tokens of both kinds, STX, and
/// prints.
const LOUD: &str = r#"
    (define-fungible-token gold)
    (define-non-fungible-token deed {lot: uint, on: (optional (string-utf8 4)), of: (list 2 principal)})
    (define-private (lot (n uint)) {lot: n, on: (some u"\u{fc}b"), of: (list tx-sender (as-contract tx-sender))})
    (define-public (all (to principal))
      (begin
        (try! (ft-mint? gold u7 tx-sender))
        (try! (ft-transfer? gold u3 tx-sender to))
        (try! (ft-burn? gold u1 to))
        (try! (nft-mint? deed (lot u1) tx-sender))
        (try! (nft-transfer? deed (lot u1) tx-sender to))
        (try! (nft-burn? deed (lot u1) to))
        (try! (stx-transfer-memo? u5 tx-sender to 0x0102))
        (try! (stx-burn? u2 tx-sender))
        (print {buff: 0x00ff, text: "a\"b", res: (if true (ok 1) (err true))})
        (ok true)))"#;

#[test]
fn events_are_shown_in_the_machines_own_words() {
    use super::headers::{CHAIN_ID, Headers, MAINNET};
    use super::overlay::Overlay;
    use clarity::vm::SymbolicExpression;
    use clarity::vm::contexts::OwnedEnvironment;

    let owner = account("owner");
    let mut machine = Machine::genesis(&[(owner.clone(), MicroStx::new(100))], 0).expect("genesis");
    let source = Source {
        issuer: *owner.account(),
        name: "loud",
        file: "loud.clar",
        text: LOUD,
        clarity: Clarity::Two,
    };
    let id = machine.deploy(&source).expect("sound");
    let contract = vm_contract(machine.principal_of(id)).expect("legal");
    let (sender, to) = (vm_principal(&owner), vm_principal(&account("other")));
    let headers = Headers::default();
    let mut overlay = Overlay::over(&machine.store, None);
    let database = ClarityDatabase::new(&mut overlay, &headers, &headers);
    let mut environment = OwnedEnvironment::new_free(MAINNET, CHAIN_ID, database, EPOCH);
    let to = SymbolicExpression::atom_value(VmValue::Principal(to.expect("legal")));
    let sender = sender.expect("legal");
    let (_, _, events) =
        environment.execute_transaction(sender, None, contract, "all", &[to]).expect("runs");
    assert_eq!(events.len(), 9);
    let mut kinds = std::collections::BTreeSet::new();
    for event in events {
        let words = event_of(event.clone()).words();
        assert_eq!(words, format!("{event:?}"));
        kinds.insert(words.split('(').nth(1).unwrap_or_default().to_owned());
    }
    // A print, a transfer and a burn of STX, and three of tokens of both kinds.
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    let call = [principal(&account("other"))];
    let call = crate::chain::call::Call {
        sender: &owner,
        contract: id,
        function: "all",
        arguments: &call,
    };
    assert_eq!(machine.look(&call).expect("looks").events.len(), 9);
    assert_eq!(
        machine.balance(&owner).expect("reads"),
        MicroStx::new(100),
        "a look changes nothing"
    );
}

#[test]
fn why_a_call_was_stopped_is_known_by_kind() {
    let owner = account("owner");
    let mut chain = Chain::genesis(&[(owner.clone(), MicroStx::new(10))]).expect("genesis");
    let text = "
        (define-public (add (n uint)) (ok (+ n u1)))
        (define-public (sub (n uint)) (ok (- n u1)))
        (define-public (div (n uint)) (ok (/ u1 n)))
        (define-public (unwrap (n uint)) (ok (unwrap-panic (element-at (list u1) n))))
        (define-public (root (n int)) (ok (sqrti n)))";
    let id = chain.deploy(&owner, "stops", "stops.clar", text).expect("sound");
    for (function, argument, kind) in [
        ("add", uint(u128::MAX), AbortKind::ArithmeticOverflow),
        ("sub", uint(0), AbortKind::ArithmeticUnderflow),
        ("div", uint(0), AbortKind::DivisionByZero),
        ("unwrap", uint(5), AbortKind::Unwrap),
        ("root", Value::Int(-1), AbortKind::Arithmetic),
        ("add", Value::Int(1), AbortKind::BadArguments),
        ("add", Value::List(vec![uint(1), Value::Int(1)]), AbortKind::BadArguments),
        ("add", Value::StringAscii("\u{7}".to_owned()), AbortKind::BadArguments),
    ] {
        let receipt = chain.call(&owner, id, function, &[argument]).expect("a receipt");
        let Status::Aborted(abort) = receipt.status else { panic!("{function}: {receipt:?}") };
        assert_eq!(abort.kind(), kind, "{function}: {abort}");
    }
    let depth = MachineError::Runtime(RuntimeErrorType::MaxStackDepthReached, None);
    assert_eq!(abort_of(&depth).kind(), AbortKind::DepthLimit);
    assert_eq!(abort_of(&depth).text(), "MaxStackDepthReached");
}
