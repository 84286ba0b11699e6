//! A contract as it is kept between calls: decoded, with all that a call needs
//! to know of it beforehand.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use clarity::vm::ContractContext;
use clarity::vm::callables::{DefinedFunction, FunctionIdentifier};
use clarity::vm::types::QualifiedContractIdentifier;

use super::callee::{Callable, Callees, Outline};
use crate::chain::principal::ContractPrincipal;
use crate::chain::signature::Signature;

/// A contract's decoded form, kept so that a call need not decode it anew.
pub(super) struct LoadedContract {
    pub(super) id: QualifiedContractIdentifier,
    pub(super) principal: ContractPrincipal,
    pub(super) context: ContractContext,
    pub(super) functions: BTreeMap<String, LoadedFunction>,
    pub(super) signatures: BTreeMap<String, Signature>,
    /// What its functions speak of.
    pub(super) outline: Outline,
    /// Size of the source plus that of its constants, as calls are charged.
    pub(super) size: u64,
}

impl LoadedContract {
    /// What a caller's own callees are worked out from.
    pub(super) const fn callable(&self) -> Callable<'_> {
        Callable { id: &self.id, context: &self.context, outline: &self.outline }
    }
}

impl fmt::Debug for LoadedContract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedContract").field("id", &self.id).field("size", &self.size).finish()
    }
}

/// A function that can be called from outside.
pub(super) struct LoadedFunction {
    /// Its number among the contract's, by name.
    pub(super) number: u32,
    pub(super) definition: DefinedFunction,
    pub(super) identifier: FunctionIdentifier,
    /// What it has the machine decode of other contracts; none where that is
    /// nothing, or not known.
    pub(super) callees: Option<Arc<Callees>>,
}
