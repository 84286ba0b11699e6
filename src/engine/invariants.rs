//! What must always hold, whatever the agents do. Reads the chain's store and
//! holds it against the books; knows nothing of how either came about, and
//! changes nothing. Every account is looked at, every time; what its places hold
//! is decoded anew only where something was stored there since.

use thiserror::Error;

use super::books::Books;
use crate::chain::{BalancePlace, Chain, Principal};
use crate::market::{
    Account, AccountPlaces, Accounts, Action, Contract, Flow, Market, MarketError, StoredAccount,
};
use crate::units::{Kwh, MicroStx};

/// A rule that does not hold.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{rule}: {finding}")]
pub struct Broken {
    /// The rule.
    pub rule: Rule,
    /// What was found.
    pub finding: String,
}

/// The rules that must always hold.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// All STX add up to what genesis made.
    #[error("STX is conserved")]
    StxConserved,
    /// Energy produced is held, consumed or handed back.
    #[error("energy is conserved")]
    EnergyConserved,
    /// Listings stay within what is unsold and within the limits, and add up
    /// to the reserve.
    #[error("listings stay within their limits")]
    ListingsLimited,
    /// Nobody without certification has anything listed.
    #[error("only the certified list")]
    CertifiedOnly,
    /// The treasury is what came in less what went out.
    #[error("the treasury adds up")]
    TreasuryAddsUp,
    /// Settings stay in bounds and change by the owner's hand alone.
    #[error("only the owner changes settings")]
    SettingsGuarded,
    /// The chain's accounts are what its events announced.
    #[error("events tell the whole story")]
    EventsComplete,
}

/// Why a check ended.
#[derive(Debug, Error)]
pub(super) enum CheckError {
    #[error(transparent)]
    Broken(#[from] Broken),
    #[error(transparent)]
    Market(#[from] MarketError),
}

fn require(holds: bool, rule: Rule, finding: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken { rule, finding: finding() }) }
}

/// Holds what one transaction announced against what it may do.
pub(super) fn check_flows(
    books: &Books,
    sender: Account,
    action: &Action,
    flows: &[Flow],
) -> Result<(), Broken> {
    let certifies = action.function().contract() == Contract::EnergyProduction;
    for flow in flows {
        match *flow {
            Flow::Parameter { .. } | Flow::Paused { .. } | Flow::Withdrawn { .. } => {
                require(sender == books.owner, Rule::SettingsGuarded, || {
                    format!("{} of a stranger did {flow:?}", action.function())
                })?;
            }
            Flow::Status { .. } | Flow::Credited { .. } => {
                require(certifies, Rule::SettingsGuarded, || {
                    format!("{} did {flow:?}", action.function())
                })?;
            }
            Flow::Listed { listed, .. } => {
                let limit = books.parameters.max_energy_per_user;
                require(listed <= limit, Rule::ListingsLimited, || {
                    format!("{listed} kWh listed where {limit} kWh a user are allowed")
                })?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Where each account is stored, and what was decoded there last.
#[derive(Clone, Debug)]
pub(super) struct Watch(Vec<Watched>);

#[derive(Clone, Debug)]
struct Watched {
    balance: BalancePlace,
    /// None for contracts, which hold STX and no energy.
    energy: Option<AccountPlaces>,
    /// How often the balance and both of the places of energy had been written
    /// when they were decoded.
    seen: (u32, [u32; 2]),
    purse: MicroStx,
    stored: StoredAccount,
}

impl Watch {
    /// Works out where every account is stored.
    pub(super) fn new(chain: &mut Chain, market: &Market, accounts: &Accounts) -> Self {
        let watched = |account: Account| {
            let principal = accounts.principal(account);
            let person = matches!(principal, Principal::Standard(_));
            Watched {
                balance: chain.balance_place(principal),
                energy: person.then(|| market.account_places(chain, principal)).flatten(),
                seen: (0, [0; 2]),
                purse: MicroStx::ZERO,
                stored: StoredAccount::default(),
            }
        };
        Self(accounts.iter().map(watched).collect())
    }

    /// Where the STX of an account is stored.
    pub(super) fn purse(&self, account: Account) -> BalancePlace {
        self.0[account.index()].balance
    }

    /// What is stored of an account now.
    fn look(
        &mut self,
        chain: &Chain,
        market: &Market,
        account: Account,
    ) -> Result<(MicroStx, StoredAccount), MarketError> {
        let watched = &mut self.0[account.index()];
        let writes = chain.balance_writes(watched.balance);
        if watched.seen.0 != writes {
            watched.purse = chain.stx_balance_at(watched.balance)?;
            watched.seen.0 = writes;
        }
        if let Some(places) = &watched.energy {
            let stored = &mut watched.stored;
            watched.seen.1 = market.follow_account(chain, places, watched.seen.1, stored)?;
        }
        Ok((watched.purse, watched.stored))
    }
}

/// Holds the whole state of the chain against the books.
pub(super) fn check_state(
    watch: &mut Watch,
    chain: &Chain,
    market: &Market,
    accounts: &Accounts,
    books: &Books,
) -> Result<(), CheckError> {
    let state = market.stored_state(chain)?;
    let mut stx = chain.fees_pending();
    let mut listed = Kwh::ZERO;
    let mut unsold = Kwh::ZERO;
    let mut bought = Kwh::ZERO;
    for account in accounts.iter() {
        let principal = accounts.principal(account);
        let (purse, mut stored) = watch.look(chain, market, account)?;
        stx += purse;
        let entry = books.entry(account);
        require(purse == books.purse(account), Rule::EventsComplete, || {
            format!("{principal} holds {purse} µSTX, events say {}", books.purse(account))
        })?;
        if account == books.owner {
            stored.unsold += state.returned;
        }
        require(
            (stored.unsold, stored.listed, stored.bought)
                == (entry.unsold, entry.listed, entry.bought),
            Rule::EventsComplete,
            || format!("{principal} has {stored:?}, events say {entry:?}"),
        )?;
        require(stored.listed <= stored.unsold, Rule::ListingsLimited, || {
            format!("{principal} lists {} of {} kWh", stored.listed, stored.unsold)
        })?;
        let free = stored.certified || account == books.owner;
        require(free || stored.listed.is_zero(), Rule::CertifiedOnly, || {
            format!("{principal} lists {} kWh without certification", stored.listed)
        })?;
        listed += stored.listed;
        unsold += stored.unsold;
        bought += stored.bought;
    }
    require(stx == chain.issued(), Rule::StxConserved, || {
        format!("{stx} µSTX are held, genesis made {}", chain.issued())
    })?;
    let produced = books.totals.produced;
    let consumed = books.totals.consumed;
    require(produced == unsold + bought + consumed, Rule::EnergyConserved, || {
        format!("{produced} kWh were produced; {unsold} unsold, {bought} held, {consumed} consumed")
    })?;
    let limit = state.parameters.reserve_limit;
    require(listed == state.reserve && state.reserve <= limit, Rule::ListingsLimited, || {
        format!("listings {listed}, reserve {}, limit {limit} kWh", state.reserve)
    })?;
    require(state.parameters == books.parameters, Rule::SettingsGuarded, || {
        format!("settings are {:?}, decided were {:?}", state.parameters, books.parameters)
    })?;
    check_treasury(chain, market, books)?;
    Ok(())
}

fn check_treasury(chain: &Chain, market: &Market, books: &Books) -> Result<(), CheckError> {
    let contract = chain.principal_of(market.id(Contract::WattConnect));
    let treasury = chain.stx_balance(&contract).map_err(MarketError::from)?;
    let totals = books.totals;
    let came = totals.commission + totals.funded;
    let went = totals.refunds + totals.withdrawn;
    let left: Option<MicroStx> = came.checked_sub(went);
    require(Some(treasury) == left, Rule::TreasuryAddsUp, || {
        format!("the treasury holds {treasury} µSTX; {came} came in and {went} went out")
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Parameters;
    use crate::scenario::RefundBasis;
    use crate::units::{BasisPoints, MicroStxPerKwh};

    fn market() -> (Books, Account, Account) {
        let mut accounts = Accounts::default();
        let (owner, seller) = (accounts.enter("owner"), accounts.enter("seller"));
        let parameters = Parameters {
            energy_price: MicroStxPerKwh::new(300_000),
            commission_rate: BasisPoints::default(),
            refund_rate: BasisPoints::default(),
            refund_basis: RefundBasis::LowerOfPaid,
            reserve_limit: Kwh::new(100),
            max_energy_per_user: Kwh::new(10),
            paused: false,
            certification_fee: MicroStx::ZERO,
            minimum_production: Kwh::new(1),
            maximum_production: Kwh::new(2),
        };
        (Books::new(vec![MicroStx::ZERO; 2], owner, parameters), owner, seller)
    }

    fn rule(books: &Books, sender: Account, action: &Action, flow: Flow) -> Option<Rule> {
        check_flows(books, sender, action, &[flow]).err().map(|broken| broken.rule)
    }

    #[test]
    fn a_listing_past_the_limit_in_force_is_found() {
        let (books, _, seller) = market();
        let price = MicroStxPerKwh::new(1);
        let action = Action::AddEnergyForSale { amount: Kwh::new(1), price };
        let listed = |kwh| Flow::Listed {
            seller,
            amount: Kwh::new(1),
            listed: Kwh::new(kwh),
            price,
            reserve: Kwh::new(kwh),
        };
        assert_eq!(rule(&books, seller, &action, listed(10)), None);
        assert_eq!(rule(&books, seller, &action, listed(11)), Some(Rule::ListingsLimited));
    }

    #[test]
    fn a_stranger_who_changes_a_setting_or_takes_from_the_treasury_is_found() {
        let (books, owner, seller) = market();
        let action = Action::SetCommissionRate { rate: BasisPoints::default() };
        let changed = Flow::Parameter { name: "commission-rate", old: 1, new: 0 };
        assert_eq!(rule(&books, owner, &action, changed.clone()), None);
        assert_eq!(rule(&books, seller, &action, changed), Some(Rule::SettingsGuarded));
        let withdrawn = Flow::Withdrawn { to: seller, amount: MicroStx::new(1) };
        assert_eq!(rule(&books, seller, &action, withdrawn), Some(Rule::SettingsGuarded));
    }

    #[test]
    fn only_certification_credits_production() {
        let (books, _, seller) = market();
        let credited = Flow::Credited { producer: seller, amount: Kwh::new(1) };
        let readings = Vec::new();
        let by_meter = Action::RecordProduction { readings: readings.clone() };
        assert_eq!(rule(&books, seller, &by_meter, credited.clone()), None);
        let direct = Action::CreditProduction { readings };
        assert_eq!(rule(&books, seller, &direct, credited), Some(Rule::SettingsGuarded));
    }
}
