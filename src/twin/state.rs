//! What the twin knows: purses, energy, settings, who may do what. Plain
//! numbers, open to whoever compares; nothing here acts.

use std::sync::Arc;

use crate::market::Account;

/// One account's energy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Energy {
    /// Own production that is not for sale, kWh.
    pub unlisted: u128,
    /// For sale, kWh.
    pub listed: u128,
    /// What a listed kWh costs, µSTX.
    pub price: u128,
    /// Whether the account may list what it produces.
    pub certified: bool,
    /// Bought and neither used up nor handed back, kWh.
    pub held: u128,
    /// What the sellers of that got for it, µSTX.
    pub paid: u128,
}

/// The settings of the trading contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trading {
    /// Whether listing and buying are stopped.
    pub paused: bool,
    /// Commission, basis points.
    pub commission_rate: u128,
    /// All that is listed, kWh.
    pub reserve: u128,
    /// The most that may be, kWh.
    pub reserve_limit: u128,
    /// The most that one may list, kWh.
    pub max_per_user: u128,
    /// The reference price, µSTX a kWh.
    pub energy_price: u128,
    /// The share of the unit price that a refund pays, basis points.
    pub refund_rate: u128,
    /// u0 the reference price, u1 the lower of that and what was paid.
    pub refund_basis: u128,
    /// Energy handed back and not listed, kWh.
    pub returned: u128,
    /// Who owns it.
    pub owner: Account,
    /// Who was offered it.
    pub proposed_owner: Option<Account>,
    /// Who alone reports certification and meters.
    pub certification_contract: Account,
}

/// The settings of the certification contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certification {
    /// Who owns it.
    pub owner: Account,
    /// Who was offered it.
    pub proposed_owner: Option<Account>,
    /// What an application costs, µSTX.
    pub fee: u128,
    /// The least that may be declared, kWh a month.
    pub minimum: u128,
    /// The most, kWh a month.
    pub maximum: u128,
}

/// What the certification contract knows of a producer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Producer {
    /// As declared, kWh a month.
    pub total_production: u128,
    /// Height of the block of the last certification.
    pub last_certification: u128,
    /// What the energy comes from.
    pub energy_source: Arc<str>,
    /// Whether certified.
    pub certified: bool,
    /// Whether an application is open.
    pub application_open: bool,
    /// Who certified last.
    pub certifier: Option<Account>,
    /// Entries of the audit trail.
    pub audit_length: u128,
}

/// What the certification contract knows of one who certifies or reads meters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Certifier {
    /// 0 no longer, 1 meter operator, 2 certifier, 3 supervisor.
    pub level: u128,
    /// What it ever recorded as produced, kWh.
    pub produced: u128,
    /// What it ever recorded as consumed, kWh.
    pub consumed: u128,
}

/// An entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Whose trail.
    pub producer: Account,
    /// `applied`, `certified`, `rejected` or `revoked`.
    pub action: &'static str,
    /// Who did it.
    pub actor: Account,
    /// Height of the block.
    pub height: u128,
    /// As declared then, kWh a month.
    pub total_production: u128,
    /// Why; of an application, the source of the energy.
    pub reason: Arc<str>,
}

/// The whole state but the audit trail, which only grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// STX by account, µSTX.
    pub purses: Vec<u128>,
    /// Energy by account.
    pub energy: Vec<Energy>,
    /// Producers by account, where they ever applied.
    pub producers: Vec<Option<Producer>>,
    /// Certifiers by account, where they ever were one.
    pub certifiers: Vec<Option<Certifier>>,
    /// The trading contract's settings.
    pub trading: Trading,
    /// The certification contract's settings.
    pub certification: Certification,
}
