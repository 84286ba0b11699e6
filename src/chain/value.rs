//! Clarity values as the rooms above make and read them. Plain conversions:
//! no contract, no state.

use clarity::vm::ClarityName;
use clarity::vm::types::{
    ASCIIData, CharType, ListData, OptionalData, PrincipalData, QualifiedContractIdentifier,
    ResponseData, SequenceData, StandardPrincipalData, TupleData,
};
use sha2::{Digest, Sha256};

pub use clarity::vm::Value;

/// An account or a contract on the chain.
pub type Principal = PrincipalData;

/// Version byte of single-signature testnet addresses (`ST…`).
const TESTNET_SINGLE_SIGNATURE: u8 = 26;

/// Version byte of single-signature mainnet addresses (`SP…`), which a chain
/// run as a testnet still accepts as data.
#[must_use]
pub fn account(label: &str) -> Principal {
    PrincipalData::Standard(standard_account(label))
}

/// The account that a label stands for: the same on every machine, and no
/// one's real key.
pub(super) fn standard_account(label: &str) -> StandardPrincipalData {
    let digest = Sha256::digest(label.as_bytes());
    let mut hash = [0_u8; 20];
    hash.copy_from_slice(&digest[..20]);
    StandardPrincipalData(TESTNET_SINGLE_SIGNATURE, hash)
}

/// A principal from its text, `ST…` or `ST….contract`.
#[must_use]
pub fn parse_principal(text: &str) -> Option<Principal> {
    // The machine's parser cuts at bytes, which no other text may be cut at.
    if !text.is_ascii() {
        return None;
    }
    PrincipalData::parse(text).ok()
}

/// The contract `name` of `issuer`; `None` where that is no legal name or the
/// issuer is itself a contract.
#[must_use]
pub fn contract_principal(issuer: &Principal, name: &str) -> Option<QualifiedContractIdentifier> {
    let PrincipalData::Standard(issuer) = issuer else { return None };
    let name = name.to_owned().try_into().ok()?;
    Some(QualifiedContractIdentifier::new(issuer.clone(), name))
}

/// A Clarity `uint`.
#[must_use]
pub const fn uint(number: u128) -> Value {
    Value::UInt(number)
}

/// A Clarity `bool`.
#[must_use]
pub const fn boolean(truth: bool) -> Value {
    Value::Bool(truth)
}

/// A Clarity `principal`.
#[must_use]
pub fn principal(who: &Principal) -> Value {
    Value::Principal(who.clone())
}

/// A Clarity `string-ascii`; characters outside of printable ASCII become
/// `?`.
#[must_use]
pub fn ascii(text: &str) -> Value {
    let data = text.bytes().map(|b| if (0x20..0x7f).contains(&b) { b } else { b'?' }).collect();
    Value::Sequence(SequenceData::String(CharType::ASCII(ASCIIData { data })))
}

/// A Clarity `list` of values of one type; `None` where they differ or are
/// too many.
#[must_use]
pub fn list(values: Vec<Value>) -> Option<Value> {
    Value::cons_list_unsanitized(values).ok()
}

/// A Clarity tuple; `None` where a name is illegal.
#[must_use]
pub fn tuple(fields: Vec<(&str, Value)>) -> Option<Value> {
    let mut named = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        named.push((ClarityName::try_from(name.to_owned()).ok()?, value));
    }
    TupleData::from_data(named).ok().map(Value::Tuple)
}

/// The number in a `uint`.
#[must_use]
pub const fn as_uint(value: &Value) -> Option<u128> {
    match value {
        Value::UInt(number) => Some(*number),
        _ => None,
    }
}

/// The truth in a `bool`.
#[must_use]
pub const fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        _ => None,
    }
}

/// The account or contract in a `principal`.
#[must_use]
pub const fn as_principal(value: &Value) -> Option<&Principal> {
    match value {
        Value::Principal(who) => Some(who),
        _ => None,
    }
}

/// The text in a `string-ascii`.
#[must_use]
pub fn as_text(value: &Value) -> Option<&str> {
    match value {
        Value::Sequence(SequenceData::String(CharType::ASCII(ASCIIData { data }))) => {
            std::str::from_utf8(data).ok()
        }
        _ => None,
    }
}

/// The members of a `list`.
#[must_use]
pub fn as_list(value: &Value) -> Option<&[Value]> {
    match value {
        Value::Sequence(SequenceData::List(ListData { data, .. })) => Some(data),
        _ => None,
    }
}

/// The field `name` of a tuple.
#[must_use]
pub fn field<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Tuple(tuple) => tuple.data_map.get(name),
        _ => None,
    }
}

/// What is inside `(ok …)` or `(some …)`.
#[must_use]
pub fn inner(value: &Value) -> Option<&Value> {
    match value {
        Value::Response(ResponseData { committed: true, data }) => Some(data),
        Value::Optional(OptionalData { data: Some(data) }) => Some(data),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_make_lasting_testnet_accounts() {
        let operator = account("operator");
        assert_eq!(operator, account("operator"));
        assert_ne!(operator, account("buyer-0"));
        assert!(operator.to_string().starts_with("ST"));
        assert_eq!(parse_principal(&operator.to_string()), Some(operator));
        assert_eq!(parse_principal("nobody"), None);
        assert_eq!(parse_principal("ઓ豈"), None);
    }

    #[test]
    fn values_go_in_and_come_out() {
        let who = account("someone");
        let reading =
            tuple(vec![("producer", principal(&who)), ("amount", uint(7))]).expect("legal names");
        assert_eq!(field(&reading, "amount").and_then(as_uint), Some(7));
        assert_eq!(field(&reading, "producer").and_then(as_principal), Some(&who));
        assert_eq!(field(&reading, "missing"), None);
        let readings = list(vec![reading]).expect("one type");
        assert_eq!(as_list(&readings).map(<[Value]>::len), Some(1));
        assert_eq!(list(vec![uint(1), boolean(true)]), None);
        assert_eq!(as_text(&ascii("solar")), Some("solar"));
        assert_eq!(as_text(&ascii("sölar")), Some("s??lar"));
    }
}
