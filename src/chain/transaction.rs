//! Transactions as the chain takes them: what an account wants done, in which
//! turn, for which fee. How they were signed and where they waited is not known
//! here.

use super::cost::Cost;
use super::principal::{ContractPrincipal, Principal};
use super::receipt::Receipt;
use super::signature::Clarity;
use super::value::Value;
use crate::units::MicroStx;

/// What a transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Calls a public function of any contract.
    ContractCall {
        /// The contract.
        contract: ContractPrincipal,
        /// The function.
        function: String,
        /// What it is given.
        arguments: Vec<Value>,
    },
    /// Pays STX to somebody; rejected, with the code of `stx-transfer?`, where the
    /// sender has too little (`u1`), is paid itself (`u2`), or pays nothing (`u3`).
    StxTransfer {
        /// Who is paid.
        to: Principal,
        /// How much.
        amount: MicroStx,
        /// What the payer writes beside it; up to 34 bytes.
        memo: Vec<u8>,
    },
    /// Deploys a contract of the sender's.
    Deploy {
        /// Its name below the sender's.
        name: String,
        /// Its text.
        source: String,
        /// The version of the language that it is written in.
        clarity: Clarity,
    },
}

/// A transaction of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Who sends it and pays for it.
    pub sender: Principal,
    /// How many transactions of the sender came before it.
    pub nonce: u64,
    /// What the sender pays the chain for it, whatever comes of it.
    pub fee: MicroStx,
    /// What it does.
    pub payload: Payload,
}

/// What became of a transaction that was to enter the block under construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inclusion {
    /// It is in, the fee is paid and the sender's nonce has moved on.
    Included(Receipt),
    /// It would cost this, for which there is no room left; it has left no
    /// trace.
    NoRoom(Cost),
    /// It is not the sender's turn: this is the sender's next nonce.
    BadNonce(u64),
    /// The sender cannot pay the fee.
    CannotPay,
}
