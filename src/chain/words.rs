//! How clarity-vm shows events and what is in them, where it was never meant to
//! be read: the words that traces have always held for tokens and locks.
//! Writing alone.

use std::fmt::{self, Debug, Formatter, Write as _};

use super::escape::escaped;
use super::event::{Asset, Event};
use super::principal::{ContractPrincipal, Principal, StandardPrincipal};
use super::types::Type;
use super::value::{Tuple, Value};

impl Event {
    /// The event in the virtual machine's own words, as traces show tokens and
    /// locks.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{:?}", Shown(self))
    }
}

/// Something as the virtual machine shows it.
struct Shown<'a, T: ?Sized>(&'a T);

/// Text that stands for itself.
struct Plain<'a>(&'a str);

impl Debug for Plain<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Debug for Shown<'_, StandardPrincipal> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "StandardPrincipalData({})", self.0)
    }
}

impl Debug for Shown<'_, ContractPrincipal> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = format!("ContractName({:?})", self.0.name());
        f.debug_struct("QualifiedContractIdentifier")
            .field("issuer", &Shown(self.0.issuer()))
            .field("name", &Plain(&name))
            .finish()
    }
}

impl Debug for Shown<'_, Principal> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Principal::Standard(who) => f.debug_tuple("Standard").field(&Shown(who)).finish(),
            Principal::Contract(who) => f.debug_tuple("Contract").field(&Shown(who)).finish(),
        }
    }
}

impl Debug for Shown<'_, Asset> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = format!("ClarityName({:?})", self.0.name);
        f.debug_struct("AssetIdentifier")
            .field("contract_identifier", &Shown(&self.0.contract))
            .field("asset_name", &Plain(&name))
            .finish()
    }
}

impl Debug for Shown<'_, Type> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Type::Unknown => f.write_str("NoType"),
            Type::Int => f.write_str("IntType"),
            Type::UInt => f.write_str("UIntType"),
            Type::Bool => f.write_str("BoolType"),
            Type::Principal | Type::Trait { .. } | Type::Contract(_) => {
                f.write_str("PrincipalType")
            }
            Type::Buffer(most) => write!(f, "SequenceType(BufferType(BufferLength({most})))"),
            Type::StringAscii(most) => {
                write!(f, "SequenceType(StringType(ASCII(BufferLength({most}))))")
            }
            Type::StringUtf8(most) => {
                write!(f, "SequenceType(StringType(UTF8(StringUTF8Length({most}))))")
            }
            Type::List(most, inner) => {
                let list = ListType(*most, inner);
                write!(f, "SequenceType(ListType({list:?}))")
            }
            Type::Tuple(fields) => {
                f.write_str("TupleType(TupleTypeSignature {")?;
                for (name, kind) in fields {
                    write!(f, " \"{name}\": {kind},")?;
                }
                f.write_str("})")
            }
            Type::Optional(inner) => f.debug_tuple("OptionalType").field(&Shown(&**inner)).finish(),
            Type::Response { ok, err } => {
                f.debug_tuple("ResponseType").field(&(Shown(&**ok), Shown(&**err))).finish()
            }
        }
    }
}

struct ListType<'a>(u32, &'a Type);

impl Debug for ListType<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListTypeData")
            .field("max_len", &self.0)
            .field("entry_type", &Shown(self.1))
            .finish()
    }
}

/// A tuple's own type, which the machine keeps with it.
struct TupleType<'a>(&'a Tuple);

impl Debug for TupleType<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("TupleTypeSignature {")?;
        for (name, value) in self.0.fields() {
            let kind = Type::of(value).unwrap_or(Type::Unknown);
            write!(f, " \"{name}\": {kind},")?;
        }
        f.write_str("}")
    }
}

impl Debug for Shown<'_, Tuple> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut fields = String::from("{");
        for (number, (name, value)) in self.0.fields().iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(fields, "{comma}ClarityName({name:?}): {:?}", Shown(value))?;
        }
        fields.push('}');
        f.debug_struct("TupleData")
            .field("type_signature", &TupleType(self.0))
            .field("data_map", &Plain(&fields))
            .finish()
    }
}

impl Debug for Shown<'_, Value> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let inside = |inner: &Value| format!("{:?}", Shown(inner));
        match self.0 {
            Value::Int(number) => f.debug_tuple("Int").field(number).finish(),
            Value::UInt(number) => f.debug_tuple("UInt").field(number).finish(),
            Value::Bool(truth) => f.debug_tuple("Bool").field(truth).finish(),
            Value::Principal(who) => f.debug_tuple("Principal").field(&Shown(who)).finish(),
            Value::Buffer(bytes) => {
                write!(f, "Sequence(Buffer({}))", super::hash::hex(bytes))
            }
            Value::StringAscii(text) => write!(f, "Sequence(String(\"{}\"))", escaped(text)),
            Value::StringUtf8(text) => write!(f, "Sequence(String(u\"{}\"))", escaped(text)),
            Value::List(entries) => {
                let shown: Vec<_> = entries.iter().map(Shown).collect();
                let (most, inner) = match Type::of(self.0) {
                    Ok(Type::List(most, inner)) => (most, *inner),
                    _ => (0, Type::Unknown),
                };
                let kind = ListType(most, &inner);
                write!(
                    f,
                    "Sequence(List(ListData {{ data: {shown:?}, type_signature: {kind:?} }}))"
                )
            }
            Value::Tuple(tuple) => f.debug_tuple("Tuple").field(&Shown(tuple)).finish(),
            Value::Optional(None) => f.write_str("Optional(OptionalData { data: None })"),
            Value::Optional(Some(inner)) => {
                write!(f, "Optional(OptionalData {{ data: Some({}) }})", inside(inner))
            }
            Value::Response(Ok(inner)) => {
                write!(f, "Response(ResponseData {{ committed: true, data: {} }})", inside(inner))
            }
            Value::Response(Err(inner)) => {
                write!(f, "Response(ResponseData {{ committed: false, data: {} }})", inside(inner))
            }
        }
    }
}

impl Debug for Shown<'_, Event> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (kind, name) = match self.0 {
            Event::Print(..) => return self.print(f),
            Event::StxTransfer { .. } => ("STXEvent", "STXTransferEvent"),
            Event::StxMint { .. } => ("STXEvent", "STXMintEvent"),
            Event::StxBurn { .. } => ("STXEvent", "STXBurnEvent"),
            Event::StxLock { .. } => ("STXEvent", "STXLockEvent"),
            Event::FtTransfer { .. } => ("FTEvent", "FTTransferEvent"),
            Event::FtMint { .. } => ("FTEvent", "FTMintEvent"),
            Event::FtBurn { .. } => ("FTEvent", "FTBurnEvent"),
            Event::NftTransfer { .. } => ("NFTEvent", "NFTTransferEvent"),
            Event::NftMint { .. } => ("NFTEvent", "NFTMintEvent"),
            Event::NftBurn { .. } => ("NFTEvent", "NFTBurnEvent"),
        };
        write!(f, "{kind}({name}(")?;
        let data = format!("{name}Data");
        let mut data = f.debug_struct(&data);
        match self.0 {
            Event::Print(..) => {}
            Event::StxTransfer { from, to, amount, memo } => {
                let memo = super::hash::hex(memo);
                data.field("sender", &Shown(from))
                    .field("recipient", &Shown(to))
                    .field("amount", &amount.get())
                    .field("memo", &Plain(&memo));
            }
            Event::StxMint { to, amount } => {
                data.field("recipient", &Shown(to)).field("amount", &amount.get());
            }
            Event::StxBurn { from, amount } => {
                data.field("sender", &Shown(from)).field("amount", &amount.get());
            }
            Event::StxLock { who, amount, unlock_height, contract } => {
                data.field("locked_amount", &amount.get())
                    .field("unlock_height", unlock_height)
                    .field("locked_address", &Shown(who))
                    .field("contract_identifier", &Shown(contract));
            }
            Event::FtTransfer { asset, from, to, amount } => {
                data.field("asset_identifier", &Shown(asset))
                    .field("sender", &Shown(from))
                    .field("recipient", &Shown(to))
                    .field("amount", amount);
            }
            Event::FtMint { asset, to, amount } => {
                data.field("asset_identifier", &Shown(asset))
                    .field("recipient", &Shown(to))
                    .field("amount", amount);
            }
            Event::FtBurn { asset, from, amount } => {
                data.field("asset_identifier", &Shown(asset))
                    .field("sender", &Shown(from))
                    .field("amount", amount);
            }
            Event::NftTransfer { asset, from, to, value } => {
                data.field("asset_identifier", &Shown(asset))
                    .field("sender", &Shown(from))
                    .field("recipient", &Shown(to))
                    .field("value", &Shown(value));
            }
            Event::NftMint { asset, to, value } => {
                data.field("asset_identifier", &Shown(asset))
                    .field("recipient", &Shown(to))
                    .field("value", &Shown(value));
            }
            Event::NftBurn { asset, from, value } => {
                data.field("asset_identifier", &Shown(asset))
                    .field("sender", &Shown(from))
                    .field("value", &Shown(value));
            }
        }
        data.finish()?;
        f.write_str("))")
    }
}

impl Shown<'_, Event> {
    fn print(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Event::Print(by, value) = self.0 else { return Ok(()) };
        f.debug_tuple("SmartContractEvent")
            .field(&Plain(&format!(
                "SmartContractEventData {{ key: ({:?}, \"print\"), value: {:?} }}",
                Shown(by),
                Shown(value)
            )))
            .finish()
    }
}
