//! What a machine is asked to carry out, and what it gives back.

use super::cost::Cost;
use super::place::ContractId;
use super::principal::Principal;
use super::receipt::Receipt;
use super::value::Value;

/// A call of a contract's function from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    /// Who calls.
    pub(super) sender: &'a Principal,
    /// The contract.
    pub(super) contract: ContractId,
    /// Its public or read-only function.
    pub(super) function: &'a str,
    /// What it is given.
    pub(super) arguments: &'a [Value],
}

/// The receipt of a transaction, or its cost where that does not fit into the
/// room there is: then it has left no trace.
pub(super) type Fitted = Result<Receipt, Cost>;
