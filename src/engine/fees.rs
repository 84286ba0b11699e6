//! The fee that a wallet proposes.

use crate::market::Action;
use crate::units::MicroStx;

/// Bytes of a purchase, the transaction that the scenario's fee is meant for.
pub(super) const PURCHASE_BYTES: u128 = 236;

/// The fee that a wallet proposes: the same a byte for all, and never below
/// that of a purchase.
pub(super) fn usual_fee(action: &Action, fee: MicroStx) -> MicroStx {
    let scaled = fee.get() * u128::from(action.transaction_bytes()) / PURCHASE_BYTES;
    fee.max(MicroStx::new(scaled))
}
