//! An in-process Stacks chain: accounts with STX, contracts on a machine, blocks
//! that advance. It speaks its own words (values, principals, events, reasons,
//! types, with consensus bytes and text at the edges), so that whoever stands
//! above knows no machine. Knows nothing of energy, of the market or of who
//! calls and why.
//!
//! `node` is what the rooms above meet, `machine` the one place that chooses
//! among machines, `vm` the machine of the network's nodes and the only place
//! that names `clarity`.

mod abort;
mod c32;
mod call;
mod codec;
mod cost;
mod error;
mod escape;
mod event;
mod hash;
mod literal;
mod machine;
mod name;
mod node;
mod place;
mod principal;
mod receipt;
mod signature;
mod source;
mod time;
mod transaction;
mod types;
mod value;
mod vm;
mod words;

pub use abort::{Abort, AbortKind};
pub use codec::CodecError;
pub use cost::{Cost, Dimension, FunctionMetering, Metering, MeteringReport};
pub use error::{ChainError, DeployError, SourceFault};
pub use event::{Asset, Event};
pub use hash::sha256;
pub use literal::value_text;
pub use name::{ContractName, Name};
pub use node::Chain;
pub use place::{BalancePlace, ContractId, MapPlace};
pub use principal::{
    ContractPrincipal, Principal, StandardPrincipal, account, contract_principal, parse_principal,
};
pub use receipt::{Receipt, Status, Traffic};
pub use signature::{Access, Clarity, Epoch, Signature};
pub use time::{DEFAULT_FIRST_BLOCK_TIME, TENURE_SECONDS};
pub use transaction::{Inclusion, Payload, Transaction};
pub use types::{Type, Untyped, list};
pub use value::{
    Tuple, Value, as_bool, as_list, as_principal, as_text, as_uint, ascii, boolean, field, inner,
    principal, tuple, uint,
};
pub use vm::{parse_value, references};
