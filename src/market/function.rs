//! The interface of both contracts: every public function, where it lives,
//! and whether a variant may lack it. Names as the contracts have them.

use std::fmt;

use crate::scenario::GenesisContract;

/// One of the two contracts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contract {
    /// Trading.
    WattConnect,
    /// Certification.
    EnergyProduction,
}

impl Contract {
    /// Its name on the chain.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WattConnect => "wattconnect",
            Self::EnergyProduction => "energy-production",
        }
    }
}

impl From<GenesisContract> for Contract {
    fn from(contract: GenesisContract) -> Self {
        match contract {
            GenesisContract::WattConnect => Self::WattConnect,
            GenesisContract::EnergyProduction => Self::EnergyProduction,
        }
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether a variant of the contracts may do without a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Every variant has it.
    Required,
    /// A variant may lack it: the step that needs it is left out.
    Optional,
}

macro_rules! functions {
    ($($variant:ident $contract:ident $need:ident $name:literal,)+) => {
        /// A public function of the contracts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Function {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Function {
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

            /// Whether every variant has it.
            #[must_use]
            pub const fn need(self) -> Need {
                match self { $(Self::$variant => Need::$need,)+ }
            }
        }
    };
}

functions! {
    AddEnergyForSale WattConnect Required "add-energy-for-sale",
    RemoveEnergyFromSale WattConnect Required "remove-energy-from-sale",
    BuyEnergyFromUser WattConnect Required "buy-energy-from-user",
    BuyEnergyFromMany WattConnect Optional "buy-energy-from-many",
    RefundEnergy WattConnect Required "refund-energy",
    ConsumeEnergy WattConnect Optional "consume-energy",
    SettleConsumption WattConnect Optional "settle-consumption",
    CreditProduction WattConnect Optional "credit-production",
    SetProducerStatus WattConnect Optional "set-producer-status",
    SetEnergyPrice WattConnect Required "set-energy-price",
    SetCommissionRate WattConnect Required "set-commission-rate",
    SetRefundRate WattConnect Required "set-refund-rate",
    SetEnergyReserveLimit WattConnect Required "set-energy-reserve-limit",
    SetMaxEnergyPerUser WattConnect Required "set-max-energy-per-user",
    SetRefundBasis WattConnect Optional "set-refund-basis",
    FundTreasury WattConnect Optional "fund-treasury",
    WithdrawTreasury WattConnect Optional "withdraw-treasury",
    SetCertificationContract WattConnect Optional "set-certification-contract",
    Pause WattConnect Optional "pause",
    Resume WattConnect Optional "resume",
    ProposeOwner WattConnect Optional "propose-owner",
    AcceptOwner WattConnect Optional "accept-owner",
    ApplyForCertification EnergyProduction Required "apply-for-certification",
    CertifyProducer EnergyProduction Required "certify-producer",
    RejectApplication EnergyProduction Optional "reject-application",
    RevokeCertification EnergyProduction Required "revoke-certification",
    RecordProduction EnergyProduction Optional "record-production",
    RecordConsumption EnergyProduction Optional "record-consumption",
    AddCertifier EnergyProduction Required "add-certifier",
    RemoveCertifier EnergyProduction Required "remove-certifier",
    SetCertificationFee EnergyProduction Required "set-certification-fee",
    SetMinimumProduction EnergyProduction Required "set-minimum-production",
    SetMaximumProduction EnergyProduction Optional "set-maximum-production",
    WithdrawFees EnergyProduction Optional "withdraw-fees",
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Read-only functions of the interface: contract, name, need.
pub const READ_ONLY: &[(Contract, &str, Need)] = &[
    (Contract::WattConnect, "get-energy-price", Need::Required),
    (Contract::WattConnect, "get-commission-rate", Need::Required),
    (Contract::WattConnect, "get-refund-rate", Need::Required),
    (Contract::WattConnect, "get-energy-reserve-limit", Need::Required),
    (Contract::WattConnect, "get-max-energy-per-user", Need::Required),
    (Contract::WattConnect, "get-current-energy-reserve", Need::Required),
    (Contract::WattConnect, "get-energy-balance", Need::Required),
    (Contract::WattConnect, "get-stx-balance", Need::Required),
    (Contract::WattConnect, "get-energy-for-sale", Need::Required),
    (Contract::WattConnect, "get-parameters", Need::Optional),
    (Contract::WattConnect, "get-account", Need::Optional),
    (Contract::WattConnect, "get-treasury-balance", Need::Optional),
    (Contract::EnergyProduction, "is-certified", Need::Required),
    (Contract::EnergyProduction, "get-producer-data", Need::Required),
    (Contract::EnergyProduction, "get-certification-fee", Need::Required),
    (Contract::EnergyProduction, "get-minimum-production", Need::Optional),
    (Contract::EnergyProduction, "get-maximum-production", Need::Optional),
    (Contract::EnergyProduction, "get-certifier", Need::Optional),
    (Contract::EnergyProduction, "get-audit-entry", Need::Optional),
    (Contract::EnergyProduction, "get-audit-length", Need::Optional),
];
