//! The settings in force, and what follows from them: the refund a kWh.

use crate::scenario::RefundBasis;
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

/// The settings of both contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The reference price.
    pub energy_price: MicroStxPerKwh,
    /// Commission on a purchase.
    pub commission_rate: BasisPoints,
    /// Share of the unit price that a refund pays.
    pub refund_rate: BasisPoints,
    /// By which price.
    pub refund_basis: RefundBasis,
    /// Limit of the energy listed over the whole market.
    pub reserve_limit: Kwh,
    /// Limit of what one seller may have listed.
    pub max_energy_per_user: Kwh,
    /// Whether trading and listing are stopped.
    pub paused: bool,
    /// Fee of an application.
    pub certification_fee: MicroStx,
    /// Least monthly production that may be declared.
    pub minimum_production: Kwh,
    /// Greatest monthly production that may be declared.
    pub maximum_production: Kwh,
}

impl Parameters {
    /// What handing back one kWh of `bought` energy pays, for which `basis`
    /// was paid in all, in microSTX.
    #[must_use]
    pub fn refund_a_kwh_ustx(&self, bought: Kwh, basis: MicroStx) -> f64 {
        let reference = self.energy_price.as_f64();
        let unit = match self.refund_basis {
            RefundBasis::ReferencePrice => reference,
            RefundBasis::LowerOfPaid if bought.is_zero() => 0.0,
            RefundBasis::LowerOfPaid => reference.min(basis.as_f64() / bought.as_f64()),
        };
        unit * self.refund_rate.as_fraction()
    }
}
