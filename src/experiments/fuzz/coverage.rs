//! Which functions met which outcomes, counted. Knows nothing of how the calls
//! came about.

use std::collections::BTreeMap;

use crate::twin::{Entry, Outcome};

/// How a call ended, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// `(ok …)`.
    Accepted,
    /// `(err u…)`, with that code.
    Rejected(u128),
    /// The machine stopped it.
    Aborted,
}

impl From<&Outcome> for Ending {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Accepted(_) => Self::Accepted,
            Outcome::Rejected(code) => Self::Rejected(*code),
            Outcome::Aborted => Self::Aborted,
        }
    }
}

/// Calls by function and ending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<(Entry, Ending), u64>);

impl Coverage {
    pub(super) fn count(&mut self, entry: Entry, ending: Ending) {
        *self.0.entry((entry, ending)).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (met, times) in &other.0 {
            *self.0.entry(*met).or_default() += times;
        }
    }

    /// Calls in all.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.0.values().sum()
    }

    /// How often a function ended so.
    #[must_use]
    pub fn of(&self, entry: Entry, ending: Ending) -> u64 {
        self.0.get(&(entry, ending)).copied().unwrap_or_default()
    }

    /// Every function with each of the endings that it can have, in the order
    /// of the interface, and how often it met it; met endings that it should
    /// not have come with it.
    #[must_use]
    pub fn rows(&self) -> Vec<(Entry, Ending, u64)> {
        let mut rows = Vec::new();
        for entry in Entry::all() {
            let mut endings = vec![Ending::Accepted];
            endings.extend(codes(entry).iter().map(|code| Ending::Rejected(*code)));
            let met = self.0.range((entry, Ending::Accepted)..=(entry, Ending::Aborted));
            for ((_, ending), _) in met {
                if !endings.contains(ending) {
                    endings.push(*ending);
                }
            }
            rows.extend(endings.iter().map(|ending| (entry, *ending, self.of(entry, *ending))));
        }
        rows
    }

    /// Functions and endings that were never met.
    #[must_use]
    pub fn never(&self) -> Vec<(Entry, Ending)> {
        let rows = self.rows().into_iter();
        rows.filter(|(_, _, times)| *times == 0).map(|(entry, ending, _)| (entry, ending)).collect()
    }
}

/// The codes with which a function can say no.
const fn codes(entry: Entry) -> &'static [u128] {
    use crate::market::Function as F;
    use crate::twin::{Look, Office};
    match entry {
        Entry::Do(function) => match function {
            F::AddEnergyForSale => &[101, 103, 104, 108, 110, 111, 112],
            F::RemoveEnergyFromSale | F::ConsumeEnergy => &[101, 104],
            F::BuyEnergyFromUser => &[101, 102, 104, 107, 112, 113],
            F::BuyEnergyFromMany => &[112],
            F::RefundEnergy => &[101, 104, 106],
            F::SettleConsumption | F::CreditProduction | F::SetProducerStatus | F::AcceptOwner => {
                &[114]
            }
            F::SetEnergyPrice => &[100, 103],
            F::SetCommissionRate | F::SetRefundRate => &[100, 105],
            F::SetRefundBasis => &[100, 115],
            F::SetEnergyReserveLimit => &[100, 109],
            F::SetMaxEnergyPerUser => &[100, 104],
            F::FundTreasury => &[102, 104],
            F::WithdrawTreasury => &[100, 102, 104],
            F::SetCertificationContract | F::Pause | F::Resume | F::ProposeOwner => &[100],
            F::ApplyForCertification => &[202, 204, 207, 209],
            F::CertifyProducer => &[114, 202, 203, 205, 206],
            F::RejectApplication => &[203, 205, 206],
            F::RevokeCertification => &[114, 201, 203, 205],
            F::RecordProduction | F::RecordConsumption => &[114, 203],
            F::AddCertifier => &[200, 208],
            F::RemoveCertifier => &[200, 203],
            F::SetCertificationFee => &[200],
            F::SetMinimumProduction | F::SetMaximumProduction | F::WithdrawFees => &[200, 204],
        },
        Entry::Office(Office::Propose) => &[200],
        Entry::Office(Office::Accept) => &[205],
        Entry::Look(Look::ProducerData) => &[206],
        Entry::Look(Look::CertifierOf) => &[203],
        Entry::Look(_) => &[],
    }
}
