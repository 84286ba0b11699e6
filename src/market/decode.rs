//! From what the contracts print and store to flows and stored accounts. The
//! one place that knows the field names of events and maps.

use super::accounts::{Account, Accounts};
use super::flow::Flow;
use super::parameters::Parameters;
use super::{Contract, Market, MarketError};
use crate::chain::{self, Chain, ContractId, Event, MapPlace, Principal, Receipt, Value};
use crate::scenario::RefundBasis;
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

/// What the trading contract stores of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoredAccount {
    /// Energy produced, or listed by the owner, and not sold.
    pub unsold: Kwh,
    /// What of it is listed.
    pub listed: Kwh,
    /// Energy bought and not consumed.
    pub bought: Kwh,
    /// Whether it may list what it produces.
    pub certified: bool,
}

/// Where the trading contract stores what it knows of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountPlaces {
    seller: MapPlace,
    holder: MapPlace,
}

/// What both contracts store besides accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredState {
    /// The settings.
    pub parameters: Parameters,
    /// Energy listed over the whole market.
    pub reserve: Kwh,
    /// Energy handed back to the owner and not listed.
    pub returned: Kwh,
}

/// The flows of a receipt, in order; rates are in units of `rate_scale` to the
/// whole.
pub(super) fn flows(
    receipt: &Receipt,
    accounts: &Accounts,
    rate_scale: u128,
) -> Result<Vec<Flow>, String> {
    let mut flows = Vec::new();
    for event in &receipt.events {
        if let Event::Print(_, value) = event {
            let printed = Printed { value, accounts, rate_scale };
            flows.extend(printed.flow().ok_or_else(|| value.to_string())?);
        }
    }
    Ok(flows)
}

/// A printed tuple. Each reader is `None` where the field is missing or of
/// another type.
#[derive(Clone, Copy)]
struct Printed<'a> {
    value: &'a Value,
    accounts: &'a Accounts,
    rate_scale: u128,
}

impl Printed<'_> {
    fn uint(self, name: &str) -> Option<u128> {
        chain::field(self.value, name).and_then(chain::as_uint)
    }

    fn kwh(self, name: &str) -> Option<Kwh> {
        self.uint(name).map(Kwh::new)
    }

    fn ustx(self, name: &str) -> Option<MicroStx> {
        self.uint(name).map(MicroStx::new)
    }

    fn price(self, name: &str) -> Option<MicroStxPerKwh> {
        self.uint(name).map(MicroStxPerKwh::new)
    }

    fn truth(self, name: &str) -> Option<bool> {
        chain::field(self.value, name).and_then(chain::as_bool)
    }

    fn who(self, name: &str) -> Option<Account> {
        let principal = chain::field(self.value, name).and_then(chain::as_principal)?;
        self.accounts.find(principal)
    }

    /// The flow of an event; what is no event of the interface, or moves neither
    /// energy nor money nor a setting of the market, is none. `None` outside where a field lacks.
    fn flow(self) -> Option<Option<Flow>> {
        // A contract may print what it likes beside the interface's events.
        let Some(event) = chain::field(self.value, "event").and_then(chain::as_text) else {
            return Some(None);
        };
        let parameter = |name: &'static str| {
            Some(Flow::Parameter { name, old: self.uint("old")?, new: self.uint("new")? })
        };
        let rate = |name: &'static str| {
            let bps =
                |rate: u128| rate.checked_mul(BasisPoints::SCALE).map(|r| r / self.rate_scale);
            Some(Flow::Parameter {
                name,
                old: bps(self.uint("old")?)?,
                new: bps(self.uint("new")?)?,
            })
        };
        Some(Some(match event {
            "energy-listed" => Flow::Listed {
                seller: self.who("seller")?,
                amount: self.kwh("amount")?,
                listed: self.kwh("listed")?,
                price: self.price("price")?,
                reserve: self.kwh("reserve")?,
            },
            "energy-delisted" => Flow::Delisted {
                seller: self.who("seller")?,
                listed: self.kwh("listed")?,
                reserve: self.kwh("reserve")?,
            },
            "energy-bought" => Flow::Sold {
                seller: self.who("seller")?,
                buyer: self.who("buyer")?,
                amount: self.kwh("amount")?,
                price: self.price("price")?,
                paid: self.ustx("cost")?,
                commission: self.ustx("commission")?,
                reserve: self.kwh("reserve")?,
            },
            "order-skipped" => Flow::OrderSkipped {
                seller: self.who("seller")?,
                amount: self.kwh("amount")?,
                error: self.uint("reason")?,
            },
            "energy-refunded" => Flow::Refunded {
                holder: self.who("holder")?,
                amount: self.kwh("amount")?,
                refund: self.ustx("payout")?,
            },
            "energy-consumed" => {
                Flow::Consumed { consumer: self.who("consumer")?, amount: self.kwh("amount")? }
            }
            "production-credited" => {
                Flow::Credited { producer: self.who("producer")?, amount: self.kwh("amount")? }
            }
            "reading-skipped" => {
                Flow::ReadingSkipped { of: self.who("user")?, amount: self.kwh("amount")? }
            }
            "producer-status-set" => {
                Flow::Status { producer: self.who("producer")?, certified: self.truth("new")? }
            }
            "certification-applied" => Flow::Applied {
                producer: self.who("producer")?,
                declared: self.kwh("total-production")?,
                fee: self.ustx("fee")?,
            },
            "producer-certified" => Flow::Certified {
                producer: self.who("producer")?,
                certifier: self.who("certifier")?,
            },
            "application-rejected" => Flow::Rejected {
                producer: self.who("producer")?,
                certifier: self.who("certifier")?,
            },
            "certification-revoked" => {
                Flow::Revoked { producer: self.who("producer")?, certifier: self.who("certifier")? }
            }
            "energy-price-set" => parameter("energy-price")?,
            "commission-rate-set" => rate("commission-rate")?,
            "refund-rate-set" => rate("refund-rate")?,
            "refund-basis-set" => parameter("refund-basis")?,
            "energy-reserve-limit-set" => parameter("reserve-limit")?,
            "max-energy-per-user-set" => parameter("max-per-user")?,
            "certification-fee-set" => parameter("certification-fee")?,
            "minimum-production-set" => parameter("minimum-production")?,
            "maximum-production-set" => parameter("maximum-production")?,
            "paused-set" => Flow::Paused { paused: self.truth("new")? },
            "treasury-funded" => {
                Flow::Funded { from: self.who("from")?, amount: self.ustx("amount")? }
            }
            "treasury-withdrawn" => {
                Flow::Withdrawn { to: self.who("to")?, amount: self.ustx("amount")? }
            }
            "fees-withdrawn" => {
                Flow::FeesWithdrawn { to: self.who("to")?, amount: self.ustx("amount")? }
            }
            _ => return Some(None),
        }))
    }
}

impl Market {
    /// Where the trading contract stores what it knows of `who`; `None` where
    /// a variant stores it elsewhere.
    #[must_use]
    pub fn account_places(&self, chain: &mut Chain, who: &Principal) -> Option<AccountPlaces> {
        let key = chain::principal(who);
        let id = self.id(Contract::WattConnect);
        Some(AccountPlaces {
            seller: chain.map_place(id, "sellers", &key)?,
            holder: chain.map_place(id, "holders", &key)?,
        })
    }

    /// Brings `account` to what is stored at its places, read without running
    /// code, where something was stored since there were `seen` writes; returns
    /// how many there are now.
    ///
    /// # Errors
    /// Where the store cannot be read or holds another shape.
    pub fn follow_account(
        &self,
        chain: &Chain,
        places: &AccountPlaces,
        seen: [u32; 2],
        account: &mut StoredAccount,
    ) -> Result<[u32; 2], MarketError> {
        let writes = [chain.writes(&places.seller), chain.writes(&places.holder)];
        if writes[0] != seen[0]
            && let Some(seller) = chain.entry(&places.seller)?
        {
            let uint = |name: &str| uint_field(&seller, name);
            let certified = chain::field(&seller, "certified").and_then(chain::as_bool);
            account.listed = Kwh::new(uint("listed")?);
            account.unsold = Kwh::new(uint("unlisted")?) + account.listed;
            account.certified = certified.ok_or_else(|| unknown("sellers", &seller))?;
        }
        if writes[1] != seen[1]
            && let Some(holder) = chain.entry(&places.holder)?
        {
            account.bought = Kwh::new(uint_field(&holder, "held")?);
        }
        Ok(writes)
    }

    /// What both contracts store besides accounts, read without running code.
    ///
    /// # Errors
    /// Where the store cannot be read or holds another shape.
    pub fn stored_state(&self, chain: &Chain) -> Result<StoredState, MarketError> {
        let id = self.id(Contract::WattConnect);
        let market = variable(chain, id, "market")?;
        let refunds = variable(chain, id, "refunds")?;
        let certification = variable(chain, self.id(Contract::EnergyProduction), "parameters")?;
        let rate = |of: &Value, name: &str| {
            let bps = uint_field(of, name)? * BasisPoints::SCALE / self.rate_scale;
            u16::try_from(bps).ok().and_then(BasisPoints::new).ok_or_else(|| unknown(name, of))
        };
        Ok(StoredState {
            parameters: Parameters {
                energy_price: MicroStxPerKwh::new(uint_field(&refunds, "energy-price")?),
                commission_rate: rate(&market, "commission-rate")?,
                refund_rate: rate(&refunds, "refund-rate")?,
                refund_basis: match uint_field(&refunds, "refund-basis")? {
                    0 => RefundBasis::ReferencePrice,
                    1 => RefundBasis::LowerOfPaid,
                    _ => return Err(unknown("refund-basis", &refunds)),
                },
                reserve_limit: Kwh::new(uint_field(&market, "reserve-limit")?),
                max_energy_per_user: Kwh::new(uint_field(&market, "max-per-user")?),
                paused: chain::field(&market, "paused")
                    .and_then(chain::as_bool)
                    .ok_or_else(|| unknown("market", &market))?,
                certification_fee: MicroStx::new(uint_field(&certification, "fee")?),
                minimum_production: Kwh::new(uint_field(&certification, "minimum")?),
                maximum_production: Kwh::new(uint_field(&certification, "maximum")?),
            },
            reserve: Kwh::new(uint_field(&market, "reserve")?),
            returned: Kwh::new(uint_field(&refunds, "returned")?),
        })
    }
}

fn variable(chain: &Chain, contract: ContractId, name: &str) -> Result<Value, MarketError> {
    chain.variable(contract, name)?.ok_or_else(|| MarketError::Shape {
        function: chain.principal_of(contract).to_string(),
        what: format!("no data variable \"{name}\""),
    })
}

fn uint_field(tuple: &Value, name: &str) -> Result<u128, MarketError> {
    chain::field(tuple, name).and_then(chain::as_uint).ok_or_else(|| unknown(name, tuple))
}

fn unknown(what: &str, value: &Value) -> MarketError {
    MarketError::Shape { function: what.to_owned(), what: value.to_string() }
}
