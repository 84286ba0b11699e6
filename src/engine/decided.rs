//! What the operator decides, as transactions.

use crate::market::Action;
use crate::scenario::Change;

/// The transaction that carries a decision out.
pub(super) const fn decided(change: &Change) -> Action {
    match *change {
        Change::EnergyPrice(price) => Action::SetEnergyPrice { price },
        Change::CommissionRate(rate) => Action::SetCommissionRate { rate },
        Change::RefundRate(rate) => Action::SetRefundRate { rate },
        Change::RefundBasis(basis) => Action::SetRefundBasis { basis: basis.code() },
        Change::ReserveLimit(limit) => Action::SetEnergyReserveLimit { limit },
        Change::MaxEnergyPerUser(limit) => Action::SetMaxEnergyPerUser { limit },
        Change::CertificationFee(fee) => Action::SetCertificationFee { fee },
        Change::MinimumProduction(amount) => Action::SetMinimumProduction { amount },
        Change::MaximumProduction(amount) => Action::SetMaximumProduction { amount },
        Change::Paused(true) => Action::Pause,
        Change::Paused(false) => Action::Resume,
    }
}
