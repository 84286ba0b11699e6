//! What a participant can ask of the contracts: one typed variant for each
//! public function, and its form as Clarity arguments. Data, so that it can
//! wait in a mempool, be written to a trace and be thrown at a twin.

use super::accounts::{Account, Accounts};
use super::function::Function;
use crate::chain::{self, Value};
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

/// One order of a purchase from many sellers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Order {
    /// Whose energy.
    pub seller: Account,
    /// How much.
    pub amount: Kwh,
    /// The highest price that the buyer accepts.
    pub max_price: MicroStxPerKwh,
}

/// A meter's reading: energy that a participant made or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reading {
    /// Whose meter.
    pub of: Account,
    /// How much.
    pub amount: Kwh,
}

/// Orders that one `buy-energy-from-many` may carry.
pub const MAX_ORDERS: usize = 20;
/// Readings that one batch may carry.
pub const MAX_READINGS: usize = 100;

/// A call to a public function, with its arguments in the units of the house.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the functions are documented in the contracts")]
pub enum Action {
    AddEnergyForSale { amount: Kwh, price: MicroStxPerKwh },
    RemoveEnergyFromSale { amount: Kwh },
    BuyEnergyFromUser(Order),
    BuyEnergyFromMany { orders: Vec<Order> },
    RefundEnergy { amount: Kwh },
    ConsumeEnergy { amount: Kwh },
    SettleConsumption { readings: Vec<Reading> },
    CreditProduction { readings: Vec<Reading> },
    SetProducerStatus { producer: Account, certified: bool },
    SetEnergyPrice { price: MicroStxPerKwh },
    SetCommissionRate { rate: BasisPoints },
    SetRefundRate { rate: BasisPoints },
    SetEnergyReserveLimit { limit: Kwh },
    SetMaxEnergyPerUser { limit: Kwh },
    SetRefundBasis { basis: u128 },
    FundTreasury { amount: MicroStx },
    WithdrawTreasury { amount: MicroStx, recipient: Account },
    SetCertificationContract { contract: Account },
    Pause,
    Resume,
    ProposeOwner { owner: Account },
    AcceptOwner,
    ApplyForCertification { energy_amount: Kwh, energy_source: String },
    CertifyProducer { producer: Account },
    RejectApplication { producer: Account, reason: String },
    RevokeCertification { producer: Account, reason: String },
    RecordProduction { readings: Vec<Reading> },
    RecordConsumption { readings: Vec<Reading> },
    AddCertifier { certifier: Account, level: u128 },
    RemoveCertifier { certifier: Account },
    SetCertificationFee { fee: MicroStx },
    SetMinimumProduction { amount: Kwh },
    SetMaximumProduction { amount: Kwh },
    WithdrawFees { amount: MicroStx, recipient: Account },
}

impl Action {
    /// The function that it calls.
    #[must_use]
    pub const fn function(&self) -> Function {
        match self {
            Self::AddEnergyForSale { .. } => Function::AddEnergyForSale,
            Self::RemoveEnergyFromSale { .. } => Function::RemoveEnergyFromSale,
            Self::BuyEnergyFromUser(_) => Function::BuyEnergyFromUser,
            Self::BuyEnergyFromMany { .. } => Function::BuyEnergyFromMany,
            Self::RefundEnergy { .. } => Function::RefundEnergy,
            Self::ConsumeEnergy { .. } => Function::ConsumeEnergy,
            Self::SettleConsumption { .. } => Function::SettleConsumption,
            Self::CreditProduction { .. } => Function::CreditProduction,
            Self::SetProducerStatus { .. } => Function::SetProducerStatus,
            Self::SetEnergyPrice { .. } => Function::SetEnergyPrice,
            Self::SetCommissionRate { .. } => Function::SetCommissionRate,
            Self::SetRefundRate { .. } => Function::SetRefundRate,
            Self::SetEnergyReserveLimit { .. } => Function::SetEnergyReserveLimit,
            Self::SetMaxEnergyPerUser { .. } => Function::SetMaxEnergyPerUser,
            Self::SetRefundBasis { .. } => Function::SetRefundBasis,
            Self::FundTreasury { .. } => Function::FundTreasury,
            Self::WithdrawTreasury { .. } => Function::WithdrawTreasury,
            Self::SetCertificationContract { .. } => Function::SetCertificationContract,
            Self::Pause => Function::Pause,
            Self::Resume => Function::Resume,
            Self::ProposeOwner { .. } => Function::ProposeOwner,
            Self::AcceptOwner => Function::AcceptOwner,
            Self::ApplyForCertification { .. } => Function::ApplyForCertification,
            Self::CertifyProducer { .. } => Function::CertifyProducer,
            Self::RejectApplication { .. } => Function::RejectApplication,
            Self::RevokeCertification { .. } => Function::RevokeCertification,
            Self::RecordProduction { .. } => Function::RecordProduction,
            Self::RecordConsumption { .. } => Function::RecordConsumption,
            Self::AddCertifier { .. } => Function::AddCertifier,
            Self::RemoveCertifier { .. } => Function::RemoveCertifier,
            Self::SetCertificationFee { .. } => Function::SetCertificationFee,
            Self::SetMinimumProduction { .. } => Function::SetMinimumProduction,
            Self::SetMaximumProduction { .. } => Function::SetMaximumProduction,
            Self::WithdrawFees { .. } => Function::WithdrawFees,
        }
    }

    /// Bytes of the transaction that carries it, about: header, authorisation
    /// and names, and each argument as Clarity serialises it (a `uint` 17, a
    /// standard principal 22, a tuple its field names and values). Fees are
    /// compared a byte.
    #[must_use]
    pub fn transaction_bytes(&self) -> u64 {
        const HEADER: u64 = 180;
        const UINT: u64 = 17;
        const PRINCIPAL: u64 = 22;
        /// A reading's tuple: two short names, a principal, a number.
        const READING: u64 = 65;
        /// An order's tuple: three short names, a principal, two numbers.
        const ORDER: u64 = 87;
        HEADER
            + match self {
                Self::AddEnergyForSale { .. } => 2 * UINT,
                Self::BuyEnergyFromUser(_) => PRINCIPAL + 2 * UINT,
                Self::BuyEnergyFromMany { orders } => ORDER * orders.len() as u64,
                Self::SettleConsumption { readings }
                | Self::CreditProduction { readings }
                | Self::RecordProduction { readings }
                | Self::RecordConsumption { readings } => READING * readings.len() as u64,
                Self::RejectApplication { reason, .. }
                | Self::RevokeCertification { reason, .. } => PRINCIPAL + 5 + reason.len() as u64,
                Self::ApplyForCertification { energy_source, .. } => {
                    UINT + 5 + energy_source.len() as u64
                }
                Self::Pause | Self::Resume | Self::AcceptOwner => 0,
                Self::SetProducerStatus { .. }
                | Self::SetCertificationContract { .. }
                | Self::ProposeOwner { .. }
                | Self::CertifyProducer { .. }
                | Self::RemoveCertifier { .. } => PRINCIPAL,
                Self::AddCertifier { .. }
                | Self::WithdrawTreasury { .. }
                | Self::WithdrawFees { .. } => PRINCIPAL + UINT,
                _ => UINT,
            }
    }

    /// Its arguments for the chain, rates in units of `rate_scale` to the
    /// whole. `None` where a list holds nothing that Clarity could type.
    #[must_use]
    pub fn arguments(&self, accounts: &Accounts, rate_scale: u128) -> Option<Vec<Value>> {
        let kwh = |amount: &Kwh| chain::uint(amount.get());
        let ustx = |amount: &MicroStx| chain::uint(amount.get());
        let price = |price: &MicroStxPerKwh| chain::uint(price.get());
        let who = |account: &Account| chain::principal(accounts.principal(*account));
        let rate = |rate: &BasisPoints| {
            chain::uint(u128::from(rate.get()) * rate_scale / BasisPoints::SCALE)
        };
        Some(match self {
            Self::AddEnergyForSale { amount, price: asked } => vec![kwh(amount), price(asked)],
            Self::BuyEnergyFromUser(order) => {
                vec![who(&order.seller), kwh(&order.amount), price(&order.max_price)]
            }
            Self::BuyEnergyFromMany { orders } => {
                let orders = orders.iter().map(|order| {
                    chain::tuple(vec![
                        ("seller", who(&order.seller)),
                        ("amount", kwh(&order.amount)),
                        ("max-price", price(&order.max_price)),
                    ])
                });
                vec![chain::list(orders.collect::<Option<_>>()?)?]
            }
            Self::RemoveEnergyFromSale { amount }
            | Self::RefundEnergy { amount }
            | Self::ConsumeEnergy { amount }
            | Self::SetMinimumProduction { amount }
            | Self::SetMaximumProduction { amount } => vec![kwh(amount)],
            Self::SettleConsumption { readings } | Self::RecordConsumption { readings } => {
                vec![batch("consumer", readings, accounts)?]
            }
            Self::CreditProduction { readings } | Self::RecordProduction { readings } => {
                vec![batch("producer", readings, accounts)?]
            }
            Self::SetProducerStatus { producer, certified } => {
                vec![who(producer), chain::boolean(*certified)]
            }
            Self::SetEnergyPrice { price: new } => vec![price(new)],
            Self::SetCommissionRate { rate: new } | Self::SetRefundRate { rate: new } => {
                vec![rate(new)]
            }
            Self::SetEnergyReserveLimit { limit } | Self::SetMaxEnergyPerUser { limit } => {
                vec![kwh(limit)]
            }
            Self::SetRefundBasis { basis } => vec![chain::uint(*basis)],
            Self::FundTreasury { amount } | Self::SetCertificationFee { fee: amount } => {
                vec![ustx(amount)]
            }
            Self::WithdrawTreasury { amount, recipient }
            | Self::WithdrawFees { amount, recipient } => vec![ustx(amount), who(recipient)],
            Self::SetCertificationContract { contract } => vec![who(contract)],
            Self::Pause | Self::Resume | Self::AcceptOwner => Vec::new(),
            Self::ProposeOwner { owner } => vec![who(owner)],
            Self::ApplyForCertification { energy_amount, energy_source } => {
                vec![kwh(energy_amount), chain::ascii(energy_source)]
            }
            Self::CertifyProducer { producer } => vec![who(producer)],
            Self::RejectApplication { producer, reason }
            | Self::RevokeCertification { producer, reason } => {
                vec![who(producer), chain::ascii(reason)]
            }
            Self::AddCertifier { certifier, level } => {
                vec![who(certifier), chain::uint(*level)]
            }
            Self::RemoveCertifier { certifier } => vec![who(certifier)],
        })
    }
}

fn batch(name: &str, readings: &[Reading], accounts: &Accounts) -> Option<Value> {
    let entries = readings.iter().map(|reading| {
        chain::tuple(vec![
            (name, chain::principal(accounts.principal(reading.of))),
            ("amount", chain::uint(reading.amount.get())),
        ])
    });
    chain::list(entries.collect::<Option<_>>()?)
}
