//! Between the chain's own words and those of clarity-vm, both ways.

use clarity::vm::Value as VmValue;
use clarity::vm::errors::{CheckErrors, Error as MachineError, RuntimeErrorType};
use clarity::vm::events::{
    FTEventType, NFTEventType, STXEventType, StacksTransactionEvent as VmEvent,
};
use clarity::vm::representations::{ClarityName, ContractName as VmContractName};
use clarity::vm::types::signatures::CallableSubtype;
use clarity::vm::types::{
    AssetIdentifier, CharType, ListData, ListTypeData, OptionalData, PrincipalData,
    QualifiedContractIdentifier, ResponseData, SequenceData, SequenceSubtype,
    StandardPrincipalData, StringSubtype, TupleData, TypeSignature, UTF8Data,
};

use crate::chain::abort::{Abort, AbortKind};
use crate::chain::event::{Asset, Event};
use crate::chain::name::{ContractName, Name};
use crate::chain::principal::{ContractPrincipal, Principal, StandardPrincipal};
use crate::chain::types::Type;
use crate::chain::value::{Tuple, Value};
use crate::units::MicroStx;

/// An account in the machine's words.
pub(super) const fn vm_account(who: &StandardPrincipal) -> StandardPrincipalData {
    StandardPrincipalData(who.version(), *who.hash160())
}

/// A contract in the machine's words.
pub(super) fn vm_contract(
    contract: &ContractPrincipal,
) -> Result<QualifiedContractIdentifier, MachineError> {
    let name = VmContractName::try_from(contract.name().as_str().to_owned())?;
    Ok(QualifiedContractIdentifier::new(vm_account(contract.issuer()), name))
}

/// An account or a contract in the machine's words.
pub(super) fn vm_principal(who: &Principal) -> Result<PrincipalData, MachineError> {
    Ok(match who {
        Principal::Standard(account) => PrincipalData::Standard(vm_account(account)),
        Principal::Contract(contract) => PrincipalData::Contract(vm_contract(contract)?),
    })
}

/// A value in the machine's words.
///
/// # Errors
/// Where the machine has no such value: it is too large or too deep, or its
/// entries are of more than one type.
pub(super) fn vm_value(value: &Value) -> Result<VmValue, MachineError> {
    Ok(match value {
        Value::Int(number) => VmValue::Int(*number),
        Value::UInt(number) => VmValue::UInt(*number),
        Value::Bool(truth) => VmValue::Bool(*truth),
        Value::Principal(who) => VmValue::Principal(vm_principal(who)?),
        Value::Buffer(bytes) => VmValue::buff_from(bytes.clone())?,
        Value::StringAscii(text) => VmValue::string_ascii_from_bytes(text.as_bytes().to_vec())?,
        Value::StringUtf8(text) => VmValue::string_utf8_from_bytes(text.as_bytes().to_vec())?,
        Value::List(entries) if is_table(entries) => vm_table(entries)?,
        Value::List(entries) => {
            let entries = entries.iter().map(vm_value).collect::<Result<_, _>>()?;
            VmValue::cons_list_unsanitized(entries)?
        }
        Value::Tuple(tuple) => {
            let field = |(name, value): &(Name, Value)| {
                Ok((ClarityName::try_from(name.as_str().to_owned())?, vm_value(value)?))
            };
            let fields = tuple.fields().iter().map(field).collect::<Result<_, MachineError>>()?;
            VmValue::Tuple(TupleData::from_data(fields)?)
        }
        Value::Optional(None) => VmValue::none(),
        Value::Optional(Some(inner)) => VmValue::some(vm_value(inner)?)?,
        Value::Response(Ok(inner)) => VmValue::okay(vm_value(inner)?)?,
        Value::Response(Err(inner)) => VmValue::error(vm_value(inner)?)?,
    })
}

/// Whether a list's entries are tuples of the same fields, each of one plain type
/// throughout: batches of hundreds are.
fn is_table(entries: &[Value]) -> bool {
    let [Value::Tuple(first), rest @ ..] = entries else { return false };
    let alike = |((name, one), (also, other)): (&(Name, Value), &(Name, Value))| {
        name == also && plain_kind(one) == plain_kind(other)
    };
    first.fields().iter().all(|(_, value)| plain_kind(value).is_some())
        && rest.iter().all(|entry| match entry {
            Value::Tuple(entry) => {
                entry.fields().len() == first.fields().len()
                    && first.fields().iter().zip(entry.fields()).all(alike)
            }
            _ => false,
        })
}

/// Tells values apart whose type is that of all of their kind; `None` for any
/// other.
const fn plain_kind(value: &Value) -> Option<u8> {
    match value {
        Value::Int(_) => Some(0),
        Value::UInt(_) => Some(1),
        Value::Bool(_) => Some(2),
        Value::Principal(_) => Some(3),
        _ => None,
    }
}

/// A list of tuples of one type, which is worked out once and not for each.
fn vm_table(entries: &[Value]) -> Result<VmValue, MachineError> {
    let mut data = Vec::with_capacity(entries.len());
    let mut first: Option<TupleData> = None;
    for entry in entries {
        match (&first, entry) {
            (Some(first), Value::Tuple(entry)) => {
                let named = first.data_map.keys().zip(entry.fields());
                let fields = named.map(|(name, (_, value))| Ok((name.clone(), vm_value(value)?)));
                let data_map = fields.collect::<Result<_, MachineError>>()?;
                let type_signature = first.type_signature.clone();
                data.push(VmValue::Tuple(TupleData { type_signature, data_map }));
            }
            (_, entry) => {
                let value = vm_value(entry)?;
                if let VmValue::Tuple(tuple) = &value {
                    first = Some(tuple.clone());
                }
                data.push(value);
            }
        }
    }
    let Some(first) = first else { return VmValue::cons_list_unsanitized(data) };
    let length = u32::try_from(data.len()).map_err(|_| CheckErrors::ValueTooLarge)?;
    let type_signature = ListTypeData::new_list(first.type_signature.into(), length)?;
    Ok(VmValue::Sequence(SequenceData::List(ListData { data, type_signature })))
}

/// Whether a value holds nothing beyond its own type, as a list of tuples does
/// where some have fields that others lack. `false` where that is not plain.
pub(super) fn is_of_own_type(value: &Value) -> bool {
    let plain = |value: &Value| match value {
        Value::List(_) | Value::Tuple(_) | Value::Optional(_) | Value::Response(_) => false,
        Value::Int(_)
        | Value::UInt(_)
        | Value::Bool(_)
        | Value::Principal(_)
        | Value::Buffer(_)
        | Value::StringAscii(_)
        | Value::StringUtf8(_) => true,
    };
    match value {
        Value::List(entries) => entries.iter().all(plain) || is_table(entries),
        value => plain(value),
    }
}

/// An account of the machine in our words.
pub(super) const fn account_of(who: &StandardPrincipalData) -> StandardPrincipal {
    StandardPrincipal::new(who.0, who.1)
}

/// A contract of the machine in our words.
pub(super) fn contract_of(id: &QualifiedContractIdentifier) -> ContractPrincipal {
    ContractPrincipal::new(account_of(&id.issuer), ContractName::checked(&id.name))
}

/// An account or a contract of the machine in our words.
pub(super) fn principal_of(who: &PrincipalData) -> Principal {
    match who {
        PrincipalData::Standard(account) => account_of(account).into(),
        PrincipalData::Contract(id) => contract_of(id).into(),
    }
}

/// A value of the machine in our words.
pub(super) fn value_of(value: VmValue) -> Value {
    match value {
        VmValue::Int(number) => Value::Int(number),
        VmValue::UInt(number) => Value::UInt(number),
        VmValue::Bool(truth) => Value::Bool(truth),
        VmValue::Principal(who) => Value::Principal(principal_of(&who)),
        // A contract that may be called is a contract all the same.
        VmValue::CallableContract(callable) => {
            Value::Principal(contract_of(&callable.contract_identifier).into())
        }
        VmValue::Sequence(SequenceData::Buffer(buffer)) => Value::Buffer(buffer.data),
        VmValue::Sequence(SequenceData::String(CharType::ASCII(text))) => {
            Value::StringAscii(lossless(text.data))
        }
        VmValue::Sequence(SequenceData::String(CharType::UTF8(UTF8Data { data }))) => {
            Value::StringUtf8(lossless(data.concat()))
        }
        VmValue::Sequence(SequenceData::List(ListData { data, .. })) => {
            Value::List(data.into_iter().map(value_of).collect())
        }
        VmValue::Tuple(TupleData { data_map, .. }) => {
            let field = |(name, value): (ClarityName, VmValue)| {
                (Name::checked(name.as_str()), value_of(value))
            };
            Value::Tuple(Tuple::in_order(data_map.into_iter().map(field).collect()))
        }
        VmValue::Optional(OptionalData { data }) => {
            Value::Optional(data.map(|inner| Box::new(value_of(*inner))))
        }
        VmValue::Response(ResponseData { committed, data }) => {
            let inner = Box::new(value_of(*data));
            Value::Response(if committed { Ok(inner) } else { Err(inner) })
        }
    }
}

/// A text of bytes that the machine has found to be one.
fn lossless(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// A type of the machine in our words.
pub(super) fn type_of(kind: &TypeSignature) -> Type {
    match kind {
        TypeSignature::NoType => Type::Unknown,
        TypeSignature::IntType => Type::Int,
        TypeSignature::UIntType => Type::UInt,
        TypeSignature::BoolType => Type::Bool,
        TypeSignature::PrincipalType | TypeSignature::ListUnionType(_) => Type::Principal,
        TypeSignature::SequenceType(SequenceSubtype::BufferType(most)) => Type::Buffer(most.into()),
        TypeSignature::SequenceType(SequenceSubtype::StringType(StringSubtype::ASCII(most))) => {
            Type::StringAscii(most.into())
        }
        TypeSignature::SequenceType(SequenceSubtype::StringType(StringSubtype::UTF8(most))) => {
            Type::StringUtf8(most.into())
        }
        TypeSignature::SequenceType(SequenceSubtype::ListType(list)) => {
            Type::List(list.get_max_len(), Box::new(type_of(list.get_list_item_type())))
        }
        TypeSignature::TupleType(tuple) => {
            let field = |(name, kind): (&ClarityName, &TypeSignature)| {
                (Name::checked(name.as_str()), type_of(kind))
            };
            Type::Tuple(tuple.get_type_map().iter().map(field).collect())
        }
        TypeSignature::OptionalType(inner) => Type::Optional(Box::new(type_of(inner))),
        TypeSignature::ResponseType(both) => {
            Type::Response { ok: Box::new(type_of(&both.0)), err: Box::new(type_of(&both.1)) }
        }
        TypeSignature::CallableType(CallableSubtype::Principal(id)) => {
            Type::Contract(contract_of(id))
        }
        TypeSignature::CallableType(CallableSubtype::Trait(of))
        | TypeSignature::TraitReferenceType(of) => Type::Trait {
            contract: contract_of(&of.contract_identifier),
            name: Name::checked(&of.name),
        },
    }
}

fn asset_of(asset: &AssetIdentifier) -> Asset {
    Asset {
        contract: contract_of(&asset.contract_identifier),
        name: Name::checked(&asset.asset_name),
    }
}

/// An event of the machine in our words.
pub(super) fn event_of(event: VmEvent) -> Event {
    match event {
        VmEvent::SmartContractEvent(it) => Event::Print(contract_of(&it.key.0), value_of(it.value)),
        VmEvent::STXEvent(STXEventType::STXTransferEvent(it)) => Event::StxTransfer {
            from: principal_of(&it.sender),
            to: principal_of(&it.recipient),
            amount: MicroStx::new(it.amount),
            memo: it.memo.data,
        },
        VmEvent::STXEvent(STXEventType::STXMintEvent(it)) => {
            Event::StxMint { to: principal_of(&it.recipient), amount: MicroStx::new(it.amount) }
        }
        VmEvent::STXEvent(STXEventType::STXBurnEvent(it)) => {
            Event::StxBurn { from: principal_of(&it.sender), amount: MicroStx::new(it.amount) }
        }
        VmEvent::STXEvent(STXEventType::STXLockEvent(it)) => Event::StxLock {
            who: principal_of(&it.locked_address),
            amount: MicroStx::new(it.locked_amount),
            unlock_height: it.unlock_height,
            contract: contract_of(&it.contract_identifier),
        },
        VmEvent::FTEvent(FTEventType::FTTransferEvent(it)) => Event::FtTransfer {
            asset: asset_of(&it.asset_identifier),
            from: principal_of(&it.sender),
            to: principal_of(&it.recipient),
            amount: it.amount,
        },
        VmEvent::FTEvent(FTEventType::FTMintEvent(it)) => Event::FtMint {
            asset: asset_of(&it.asset_identifier),
            to: principal_of(&it.recipient),
            amount: it.amount,
        },
        VmEvent::FTEvent(FTEventType::FTBurnEvent(it)) => Event::FtBurn {
            asset: asset_of(&it.asset_identifier),
            from: principal_of(&it.sender),
            amount: it.amount,
        },
        VmEvent::NFTEvent(NFTEventType::NFTTransferEvent(it)) => Event::NftTransfer {
            asset: asset_of(&it.asset_identifier),
            from: principal_of(&it.sender),
            to: principal_of(&it.recipient),
            value: value_of(it.value),
        },
        VmEvent::NFTEvent(NFTEventType::NFTMintEvent(it)) => Event::NftMint {
            asset: asset_of(&it.asset_identifier),
            to: principal_of(&it.recipient),
            value: value_of(it.value),
        },
        VmEvent::NFTEvent(NFTEventType::NFTBurnEvent(it)) => Event::NftBurn {
            asset: asset_of(&it.asset_identifier),
            from: principal_of(&it.sender),
            value: value_of(it.value),
        },
    }
}

/// Why the machine stopped a call, in our words.
pub(super) fn abort_of(error: &MachineError) -> Abort {
    let kind = match error {
        MachineError::Runtime(kind, _) => runtime_kind(kind),
        MachineError::Unchecked(kind) => check_kind(kind),
        MachineError::ShortReturn(_) => AbortKind::ShortReturn,
        MachineError::Interpreter(_) | MachineError::Wasm(_) => AbortKind::Other,
    };
    Abort::new(kind, abort_text(error))
}

/// The reason without the stack trace, which names internals and is long.
fn abort_text(error: &MachineError) -> String {
    match error {
        MachineError::Runtime(kind, _) => format!("{kind:?}"),
        MachineError::Unchecked(CheckErrors::TypeValueError(expected, found)) => {
            shortened(&format!("expects {expected}, not {found}"))
        }
        MachineError::Unchecked(kind) => shortened(&kind.to_string()),
        other => other.to_string(),
    }
}

/// The beginning of a text: what a contract was given may be of any length.
fn shortened(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

const fn runtime_kind(kind: &RuntimeErrorType) -> AbortKind {
    match kind {
        RuntimeErrorType::ArithmeticOverflow => AbortKind::ArithmeticOverflow,
        RuntimeErrorType::ArithmeticUnderflow => AbortKind::ArithmeticUnderflow,
        RuntimeErrorType::DivisionByZero => AbortKind::DivisionByZero,
        RuntimeErrorType::Arithmetic(_) => AbortKind::Arithmetic,
        RuntimeErrorType::SupplyOverflow(..) | RuntimeErrorType::SupplyUnderflow(..) => {
            AbortKind::Supply
        }
        RuntimeErrorType::UnwrapFailure => AbortKind::Unwrap,
        RuntimeErrorType::MaxStackDepthReached | RuntimeErrorType::MaxContextDepthReached => {
            AbortKind::DepthLimit
        }
        RuntimeErrorType::ValueTooLarge => AbortKind::ValueTooLarge,
        RuntimeErrorType::TransferNonPositiveAmount => AbortKind::Transfer,
        RuntimeErrorType::BadBlockHeight(_)
        | RuntimeErrorType::UnknownBlockHeaderHash(_)
        | RuntimeErrorType::BadBlockHash(_) => AbortKind::UnknownBlock,
        RuntimeErrorType::ParseError(_) | RuntimeErrorType::ASTError(_) => AbortKind::Analysis,
        _ => AbortKind::Other,
    }
}

const fn check_kind(kind: &CheckErrors) -> AbortKind {
    match kind {
        CheckErrors::CostOverflow | CheckErrors::CostBalanceExceeded(..) => AbortKind::CostLimit,
        CheckErrors::MemoryBalanceExceeded(..) => AbortKind::MemoryLimit,
        CheckErrors::MaxContextDepthReached | CheckErrors::TypeSignatureTooDeep => {
            AbortKind::DepthLimit
        }
        CheckErrors::ValueTooLarge => AbortKind::ValueTooLarge,
        CheckErrors::NoSuchContract(_) => AbortKind::NoSuchContract,
        CheckErrors::NoSuchPublicFunction(..) | CheckErrors::UndefinedFunction(_) => {
            AbortKind::NoSuchFunction
        }
        CheckErrors::ContractAlreadyExists(_) => AbortKind::ContractExists,
        CheckErrors::WriteAttemptedInReadOnly | CheckErrors::AtBlockClosureMustBeReadOnly => {
            AbortKind::WriteInReadOnly
        }
        CheckErrors::TypeValueError(..)
        | CheckErrors::TypeError(..)
        | CheckErrors::UnionTypeValueError(..)
        | CheckErrors::UnionTypeError(..)
        | CheckErrors::ListTypesMustMatch
        | CheckErrors::InvalidCharactersDetected
        | CheckErrors::InvalidUTF8Encoding
        | CheckErrors::IncorrectArgumentCount(..)
        | CheckErrors::RequiresAtLeastArguments(..)
        | CheckErrors::RequiresAtMostArguments(..)
        | CheckErrors::BadTraitImplementation(..) => AbortKind::BadArguments,
        _ => AbortKind::Other,
    }
}
