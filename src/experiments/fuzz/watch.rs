//! The trading contract's stored state, looked at after every call and held
//! against the twin's. What is stored is decoded anew only where its text has
//! changed.

use super::stage::Stage;
use crate::chain::{self, BalancePlace, Chain, MapPlace, Value};
use crate::market::{Account, Contract};
use crate::twin::{Datum, Energy, State};

/// Where an account is stored, and what was there last.
struct Watched {
    account: Account,
    balance: BalancePlace,
    seller: Option<MapPlace>,
    holder: Option<MapPlace>,
    seen: [Option<Box<str>>; 2],
    energy: Energy,
}

/// A setting that is stored, and what was there last.
struct Setting {
    contract: Contract,
    name: &'static str,
    place: MapPlace,
    seen: Option<Box<str>>,
    stored: Option<Value>,
    expected: fn(&State) -> Datum,
}

/// Everything that is watched. Where contracts store things otherwise than
/// ours do, only balances are.
pub(super) struct Watch {
    accounts: Vec<Watched>,
    settings: Vec<Setting>,
}

impl Watch {
    pub(super) fn new(stage: &Stage, chain: &mut Chain) -> Self {
        let trading = stage.id(Contract::WattConnect);
        let watched = |account| {
            let principal = stage.accounts.principal(account);
            let key = chain::principal(principal);
            Watched {
                account,
                balance: chain.balance_place(principal),
                seller: chain.map_place(trading, "sellers", &key),
                holder: chain.map_place(trading, "holders", &key),
                seen: [None, None],
                energy: Energy::default(),
            }
        };
        let accounts = stage.everyone().map(watched).collect();
        let settings = SETTINGS.iter().filter_map(|(contract, name, expected)| {
            let place = chain.variable_place(stage.id(*contract), name)?;
            let (contract, expected) = (*contract, *expected);
            Some(Setting { contract, name, place, seen: None, stored: None, expected })
        });
        Self { accounts, settings: settings.collect() }
    }

    /// Holds what is stored against `state`. Settings are looked at after an
    /// accepted call alone: no other can have changed them.
    pub(super) fn check(
        &mut self,
        chain: &Chain,
        stage: &Stage,
        state: &State,
        accepted: bool,
    ) -> Result<(), String> {
        for watched in &mut self.accounts {
            let place = watched.account.index();
            let purse = chain.stx_balance_at(watched.balance).map_err(|e| e.to_string())?.get();
            if purse != state.purses[place] {
                let twin = state.purses[place];
                let name = stage.name(watched.account);
                return Err(format!("{name} has {purse} µSTX, in the twin {twin}"));
            }
            watched.look(chain)?;
            if watched.energy != state.energy[place] {
                return Err(format!(
                    "{} has {:?}, in the twin {:?}",
                    stage.name(watched.account),
                    watched.energy,
                    state.energy[place]
                ));
            }
        }
        if accepted {
            for setting in &mut self.settings {
                setting.check(chain, stage, state)?;
            }
        }
        Ok(())
    }
}

impl Watched {
    fn look(&mut self, chain: &Chain) -> Result<(), String> {
        if let Some(place) = &self.seller
            && let Some(seller) = changed(chain, place, &mut self.seen[0])?
        {
            self.energy.unlisted = number(&seller, "unlisted")?;
            self.energy.listed = number(&seller, "listed")?;
            self.energy.price = number(&seller, "price")?;
            let certified = chain::field(&seller, "certified").and_then(chain::as_bool);
            self.energy.certified = certified.ok_or_else(|| unknown(&seller))?;
        }
        if let Some(place) = &self.holder
            && let Some(holder) = changed(chain, place, &mut self.seen[1])?
        {
            self.energy.held = number(&holder, "held")?;
            self.energy.paid = number(&holder, "paid")?;
        }
        Ok(())
    }
}

/// The entry at a place, where its text is not the one seen last.
fn changed(
    chain: &Chain,
    place: &MapPlace,
    seen: &mut Option<Box<str>>,
) -> Result<Option<Value>, String> {
    let raw = chain.raw(place);
    if raw == seen.as_deref() {
        return Ok(None);
    }
    *seen = raw.map(Into::into);
    chain.entry(place).map_err(|error| error.to_string())
}

impl Setting {
    fn check(&mut self, chain: &Chain, stage: &Stage, state: &State) -> Result<(), String> {
        if let Some(stored) = changed(chain, &self.place, &mut self.seen)? {
            self.stored = Some(stored);
        }
        let expected = (self.expected)(state);
        if !self.stored.as_ref().is_some_and(|stored| stage.same(&expected, stored)) {
            let text = |value: Option<Value>| value.map_or_else(String::new, |v| v.to_string());
            return Err(format!(
                "{} stores {} as {}, the twin as {}",
                self.contract,
                self.name,
                text(self.stored.clone()),
                text(stage.value(&expected))
            ));
        }
        Ok(())
    }
}

type Expected = fn(&State) -> Datum;

/// The variables of both contracts, and what the twin has there.
const SETTINGS: &[(Contract, &str, Expected)] = &[
    (Contract::WattConnect, "market", |state| {
        let trading = &state.trading;
        Datum::Tuple(vec![
            ("paused", Datum::Bool(trading.paused)),
            ("commission-rate", Datum::Uint(trading.commission_rate)),
            ("reserve", Datum::Uint(trading.reserve)),
            ("reserve-limit", Datum::Uint(trading.reserve_limit)),
            ("max-per-user", Datum::Uint(trading.max_per_user)),
        ])
    }),
    (Contract::WattConnect, "refunds", |state| {
        let trading = &state.trading;
        Datum::Tuple(vec![
            ("energy-price", Datum::Uint(trading.energy_price)),
            ("refund-rate", Datum::Uint(trading.refund_rate)),
            ("refund-basis", Datum::Uint(trading.refund_basis)),
            ("returned", Datum::Uint(trading.returned)),
        ])
    }),
    (Contract::WattConnect, "owner", |state| Datum::Who(state.trading.owner)),
    (Contract::WattConnect, "proposed-owner", |state| {
        Datum::maybe_who(state.trading.proposed_owner)
    }),
    (Contract::WattConnect, "certification-contract", |state| {
        Datum::Who(state.trading.certification_contract)
    }),
    (Contract::EnergyProduction, "parameters", |state| {
        let certification = &state.certification;
        Datum::Tuple(vec![
            ("owner", Datum::Who(certification.owner)),
            ("fee", Datum::Uint(certification.fee)),
            ("minimum", Datum::Uint(certification.minimum)),
            ("maximum", Datum::Uint(certification.maximum)),
        ])
    }),
    (Contract::EnergyProduction, "proposed-owner", |state| {
        Datum::maybe_who(state.certification.proposed_owner)
    }),
];

fn number(tuple: &Value, name: &str) -> Result<u128, String> {
    chain::field(tuple, name).and_then(chain::as_uint).ok_or_else(|| unknown(tuple))
}

fn unknown(value: &Value) -> String {
    format!("an entry of another shape: {value}")
}
