//! What a transaction did, decoded from the events that the contracts print:
//! energy and money that moved, limits and standings that changed. Whoever
//! keeps books on the market keeps them by these.

use super::accounts::Account;
use crate::units::{Kwh, MicroStx, MicroStxPerKwh};

/// One change that a contract announced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named as in the contracts' events")]
pub enum Flow {
    /// A seller's listing grew, or its price changed.
    Listed { seller: Account, amount: Kwh, listed: Kwh, price: MicroStxPerKwh, reserve: Kwh },
    /// A seller's listing shrank without a sale.
    Delisted { seller: Account, listed: Kwh, reserve: Kwh },
    /// Energy changed hands.
    Sold {
        seller: Account,
        buyer: Account,
        amount: Kwh,
        price: MicroStxPerKwh,
        paid: MicroStx,
        commission: MicroStx,
        reserve: Kwh,
    },
    /// An order of a batch was passed over.
    OrderSkipped { seller: Account, amount: Kwh, error: u128 },
    /// Bought energy was handed back to the owner.
    Refunded { holder: Account, amount: Kwh, refund: MicroStx },
    /// Bought energy was used up.
    Consumed { consumer: Account, amount: Kwh },
    /// Verified production reached a producer.
    Credited { producer: Account, amount: Kwh },
    /// A reading of a batch was passed over.
    ReadingSkipped { of: Account, amount: Kwh },
    /// A producer may sell now, or no longer.
    Status { producer: Account, certified: bool },
    /// An application was made.
    Applied { producer: Account, declared: Kwh, fee: MicroStx },
    /// An application was granted.
    Certified { producer: Account, certifier: Account },
    /// An application was turned down.
    Rejected { producer: Account, certifier: Account },
    /// A certification was taken back.
    Revoked { producer: Account, certifier: Account },
    /// A setting changed: its name in the contract, and its old and new value,
    /// rates in basis points.
    Parameter { name: &'static str, old: u128, new: u128 },
    /// Trading was stopped or resumed.
    Paused { paused: bool },
    /// The treasury was funded.
    Funded { from: Account, amount: MicroStx },
    /// The treasury paid out.
    Withdrawn { to: Account, amount: MicroStx },
    /// Certification fees were paid out.
    FeesWithdrawn { to: Account, amount: MicroStx },
}
