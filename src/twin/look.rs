//! The twin's read-only functions: what each of them answers. Changes nothing.

use super::{Answer, Audit, Datum, No, Producer, Twin};
use crate::market::{Account, Contract};

macro_rules! looks {
    ($($variant:ident $contract:ident $name:literal,)+) => {
        /// A read-only function of the contracts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Look {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Look {
            /// All of them, in the order of this table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in the contract.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The contract it belongs to.
            #[must_use]
            pub const fn contract(self) -> Contract {
                match self { $(Self::$variant => Contract::$contract,)+ }
            }
        }
    };
}

looks! {
    EnergyPrice WattConnect "get-energy-price",
    CommissionRate WattConnect "get-commission-rate",
    RefundRate WattConnect "get-refund-rate",
    ReserveLimit WattConnect "get-energy-reserve-limit",
    MaxPerUser WattConnect "get-max-energy-per-user",
    Reserve WattConnect "get-current-energy-reserve",
    EnergyBalance WattConnect "get-energy-balance",
    StxBalance WattConnect "get-stx-balance",
    EnergyForSale WattConnect "get-energy-for-sale",
    TradingParameters WattConnect "get-parameters",
    AccountOf WattConnect "get-account",
    TreasuryBalance WattConnect "get-treasury-balance",
    IsCertified EnergyProduction "is-certified",
    ProducerData EnergyProduction "get-producer-data",
    CertificationFee EnergyProduction "get-certification-fee",
    MinimumProduction EnergyProduction "get-minimum-production",
    MaximumProduction EnergyProduction "get-maximum-production",
    CertifierOf EnergyProduction "get-certifier",
    AuditEntry EnergyProduction "get-audit-entry",
    AuditLength EnergyProduction "get-audit-length",
    CertificationParameters EnergyProduction "get-parameters",
}

impl Twin {
    /// What a read-only function answers; `None` for arguments of another
    /// shape.
    pub(super) fn look(&self, look: Look, arguments: &[Datum]) -> Option<Answer> {
        use Datum::{Uint, Who};
        let trading = &self.state.trading;
        let certification = &self.state.certification;
        let answer = match (look, arguments) {
            (Look::EnergyPrice, []) => Uint(trading.energy_price),
            (Look::CommissionRate, []) => Uint(trading.commission_rate),
            (Look::RefundRate, []) => Uint(trading.refund_rate),
            (Look::ReserveLimit, []) => Uint(trading.reserve_limit),
            (Look::MaxPerUser, []) => Uint(trading.max_per_user),
            (Look::Reserve, []) => Uint(trading.reserve),
            (Look::EnergyBalance, [Who(who)]) => {
                let energy =
                    self.unsold(*who).and_then(|unsold| unsold.checked_add(self.energy(*who).held));
                return Some(energy.map(Uint).ok_or(No::Overflow));
            }
            (Look::StxBalance, [Who(who)]) => Uint(self.purse(*who)),
            (Look::EnergyForSale, [Who(who)]) => {
                let energy = self.energy(*who);
                Datum::Tuple(vec![("amount", Uint(energy.listed)), ("price", Uint(energy.price))])
            }
            (Look::TradingParameters, []) => self.trading_parameters(),
            (Look::AccountOf, [Who(who)]) => return Some(self.account(*who).ok_or(No::Overflow)),
            (Look::TreasuryBalance, []) => Uint(self.purse(self.contracts.wattconnect)),
            (Look::IsCertified, [Who(who)]) => Datum::Bool(self.producer(*who).certified),
            (Look::ProducerData, [Who(who)]) => {
                let known = self.state.producers[who.index()].as_ref();
                return Some(known.map(producer).ok_or(No::Code(206)));
            }
            (Look::CertificationFee, []) => Uint(certification.fee),
            (Look::MinimumProduction, []) => Uint(certification.minimum),
            (Look::MaximumProduction, []) => Uint(certification.maximum),
            (Look::CertifierOf, [Who(who)]) => {
                let known = self.state.certifiers[who.index()];
                let tuple = known.map(|known| {
                    Datum::Tuple(vec![
                        ("level", Uint(known.level)),
                        ("produced", Uint(known.produced)),
                        ("consumed", Uint(known.consumed)),
                    ])
                });
                return Some(tuple.ok_or(No::Code(203)));
            }
            (Look::AuditEntry, [Who(who), Uint(index)]) => {
                let of = self.trail.iter().filter(|entry| entry.producer == *who);
                let entry =
                    usize::try_from(*index).ok().and_then(|index| of.into_iter().nth(index));
                Datum::Maybe(entry.map(|entry| Box::new(audit(entry))))
            }
            (Look::AuditLength, [Who(who)]) => Uint(self.producer(*who).audit_length),
            (Look::CertificationParameters, []) => Datum::Tuple(vec![
                ("owner", Who(certification.owner)),
                ("proposed-owner", Datum::maybe_who(certification.proposed_owner)),
                ("fee", Uint(certification.fee)),
                ("minimum", Uint(certification.minimum)),
                ("maximum", Uint(certification.maximum)),
            ]),
            _ => return None,
        };
        Some(Ok(answer))
    }

    /// What an account has not sold; of the owner, the handed-back energy too.
    fn unsold(&self, who: Account) -> Option<u128> {
        let trading = &self.state.trading;
        let energy = self.energy(who);
        let own = energy.listed.checked_add(energy.unlisted)?;
        own.checked_add(if who == trading.owner { trading.returned } else { 0 })
    }

    fn account(&self, who: Account) -> Option<Datum> {
        let energy = self.energy(who);
        Some(Datum::Tuple(vec![
            ("unlisted", Datum::Uint(energy.unlisted)),
            ("listed", Datum::Uint(energy.listed)),
            ("price", Datum::Uint(energy.price)),
            ("certified", Datum::Bool(energy.certified)),
            ("held", Datum::Uint(energy.held)),
            ("paid", Datum::Uint(energy.paid)),
            ("unsold", Datum::Uint(self.unsold(who)?)),
        ]))
    }

    fn trading_parameters(&self) -> Datum {
        let trading = &self.state.trading;
        Datum::Tuple(vec![
            ("paused", Datum::Bool(trading.paused)),
            ("commission-rate", Datum::Uint(trading.commission_rate)),
            ("reserve", Datum::Uint(trading.reserve)),
            ("reserve-limit", Datum::Uint(trading.reserve_limit)),
            ("max-per-user", Datum::Uint(trading.max_per_user)),
            ("energy-price", Datum::Uint(trading.energy_price)),
            ("refund-rate", Datum::Uint(trading.refund_rate)),
            ("refund-basis", Datum::Uint(trading.refund_basis)),
            ("returned", Datum::Uint(trading.returned)),
            ("owner", Datum::Who(trading.owner)),
            ("proposed-owner", Datum::maybe_who(trading.proposed_owner)),
            ("certification-contract", Datum::Who(trading.certification_contract)),
        ])
    }
}

fn producer(known: &Producer) -> Datum {
    Datum::Tuple(vec![
        ("total-production", Datum::Uint(known.total_production)),
        ("last-certification-date", Datum::Uint(known.last_certification)),
        ("energy-source", Datum::Text(known.energy_source.clone())),
        ("certification-status", Datum::Bool(known.certified)),
        ("application-open", Datum::Bool(known.application_open)),
        ("certifier", Datum::maybe_who(known.certifier)),
        ("audit-length", Datum::Uint(known.audit_length)),
    ])
}

fn audit(entry: &Audit) -> Datum {
    Datum::Tuple(vec![
        ("action", Datum::text(entry.action)),
        ("actor", Datum::Who(entry.actor)),
        ("height", Datum::Uint(entry.height)),
        ("total-production", Datum::Uint(entry.total_production)),
        ("reason", Datum::Text(entry.reason.clone())),
    ])
}
