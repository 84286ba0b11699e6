//! What must always hold, on books of their own: kept from events alone, and
//! held against the state after every call. Reads; changes nothing but its
//! books.

use crate::market::{Account, Contract, Function};
use crate::twin::{Call, Certification, Entry, Event, Outcome, Receipt, State, Trading, Twin};

/// Basis points to the whole.
const WHOLE: u128 = 10_000;

/// What the events add up to.
#[derive(Clone, Debug)]
pub(super) struct Books {
    issued: u128,
    treasury: Account,
    energy_production: Account,
    produced: u128,
    consumed: u128,
    /// Commissions, funding, and fees that were paid out to the treasury.
    came: u128,
    /// Refunds and withdrawals.
    went: u128,
    /// By account: the per-user maximum in force when something was last
    /// listed.
    limits: Vec<u128>,
    // As the settings were before the call being checked.
    trading: Trading,
    certification: Certification,
}

/// A rule that does not hold, in words.
type Broken = String;

fn require(holds: bool, finding: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds { Ok(()) } else { Err(finding()) }
}

impl Books {
    pub(super) fn new(twin: &Twin, treasury: Account, energy_production: Account) -> Self {
        let state = twin.state();
        Self {
            issued: state.purses.iter().sum(),
            treasury,
            energy_production,
            produced: 0,
            consumed: 0,
            came: 0,
            went: 0,
            limits: vec![0; state.purses.len()],
            trading: state.trading,
            certification: state.certification,
        }
    }

    /// Holds a call and the state after it against the rules.
    pub(super) fn check(
        &mut self,
        call: &Call,
        receipt: &Receipt,
        state: &State,
    ) -> Result<(), Broken> {
        require(receipt.outcome != Outcome::Aborted, || {
            "a number passed 2^128: nothing may overflow".to_owned()
        })?;
        for event in &receipt.events {
            if let Event::Told { event: name, .. } = event {
                self.check_event(call, name, event)?;
            }
        }
        self.check_settings(call, state)?;
        self.check_state(state)?;
        self.trading = state.trading;
        self.certification = state.certification;
        Ok(())
    }

    fn check_event(&mut self, call: &Call, name: &str, event: &Event) -> Result<(), Broken> {
        let number = |field| event.number(field).unwrap_or_default();
        let caller = call.through.unwrap_or(call.sender);
        let reports = caller == self.trading.certification_contract
            || call.entry.contract() == Contract::EnergyProduction
                && self.trading.certification_contract == self.energy_production;
        let before = &self.trading;
        match name {
            "energy-listed" => {
                require(number("listed") <= before.max_per_user, || {
                    format!("{} kWh listed, {} allowed", number("listed"), before.max_per_user)
                })?;
                require(!before.paused, || "listed while paused".to_owned())?;
                if let Some(seller) = event.who("seller") {
                    self.limits[seller.index()] = before.max_per_user;
                }
            }
            "energy-bought" => {
                require(!before.paused, || "sold while paused".to_owned())?;
                require(event.who("seller") != event.who("buyer"), || {
                    "someone bought of himself".to_owned()
                })?;
                let (cost, commission) = (number("cost"), number("commission"));
                require(commission * WHOLE >= cost * before.commission_rate, || {
                    format!("a commission of {commission} on {cost}: rounded in the buyer's favour")
                })?;
                self.came += commission;
            }
            "energy-refunded" => {
                let worth = number("amount").saturating_mul(before.energy_price);
                let most = worth.saturating_mul(before.refund_rate);
                self.went += number("payout");
                require(number("payout") * WHOLE <= most, || {
                    format!("{} µSTX paid for {} kWh", number("payout"), number("amount"))
                })?;
                if before.refund_basis == 1 {
                    require(number("payout") <= number("old-paid"), || {
                        format!("{} µSTX back of {}", number("payout"), number("old-paid"))
                    })?;
                }
            }
            "production-credited" => {
                require(reports, || format!("{} credited production", call.entry))?;
                self.produced += number("amount");
            }
            "producer-status-set" => {
                require(reports, || format!("{} set a status", call.entry))?;
            }
            "energy-consumed" => self.consumed += number("amount"),
            "treasury-funded" => self.came += number("amount"),
            "treasury-withdrawn" => {
                self.went += number("amount");
                require(call.sender == before.owner, || "a stranger withdrew".to_owned())?;
            }
            "fees-withdrawn" => {
                if event.who("to") == Some(self.treasury) {
                    self.came += number("amount");
                }
                require(call.sender == self.certification.owner, || {
                    "a stranger took the fees".to_owned()
                })?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Only the owner's transactions change a setting; only the proposed owner
    /// becomes one.
    fn check_settings(&self, call: &Call, state: &State) -> Result<(), Broken> {
        let (old, new) = (self.trading, state.trading);
        let moved = Trading { reserve: old.reserve, returned: old.returned, ..new };
        let accepted = Entry::Do(Function::AcceptOwner) == call.entry
            && old.proposed_owner == Some(call.sender);
        require(moved == old || call.sender == old.owner || accepted, || {
            format!("{} of a stranger made {old:?} into {new:?}", call.entry)
        })?;
        let (old, new) = (self.certification, state.certification);
        let accepted = old.proposed_owner == Some(call.sender);
        require(new == old || call.sender == old.owner || accepted, || {
            format!("{} of a stranger made {old:?} into {new:?}", call.entry)
        })
    }

    fn check_state(&self, state: &State) -> Result<(), Broken> {
        let trading = &state.trading;
        let held: u128 = state.purses.iter().sum();
        require(held == self.issued, || {
            format!("{held} µSTX are held, genesis made {}", self.issued)
        })?;
        let treasury = state.purses[self.treasury.index()];
        require(self.came.checked_sub(self.went) == Some(treasury), || {
            format!("the treasury has {treasury} µSTX of {} in, {} out", self.came, self.went)
        })?;
        let (mut energy, mut listed) = (trading.returned + self.consumed, 0);
        for (place, account) in state.energy.iter().enumerate() {
            energy += account.unlisted + account.listed + account.held;
            listed += account.listed;
            let owner = place == trading.owner.index();
            require(account.certified || owner || account.listed == 0, || {
                format!("{} kWh listed without certification", account.listed)
            })?;
            require(account.listed <= self.limits[place], || {
                format!("{} kWh listed, {} allowed", account.listed, self.limits[place])
            })?;
            require(account.held > 0 || account.paid == 0, || {
                format!("{} µSTX paid for no energy", account.paid)
            })?;
        }
        require(energy == self.produced, || {
            format!("{} kWh produced, {energy} accounted for", self.produced)
        })?;
        require(listed == trading.reserve && listed <= trading.reserve_limit, || {
            format!("{listed} kWh listed, reserve {} of {}", trading.reserve, trading.reserve_limit)
        })?;
        let rates = [trading.commission_rate, trading.refund_rate];
        require(rates.iter().all(|rate| *rate <= WHOLE), || format!("rates {rates:?}"))?;
        let bounded = trading.energy_price > 0
            && trading.max_per_user > 0
            && trading.refund_basis <= 1
            && 0 < state.certification.minimum
            && state.certification.minimum <= state.certification.maximum;
        require(bounded, || format!("settings out of bounds: {trading:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::fuzz::stage::Stage;
    use crate::market::Code;
    use crate::twin::Datum;

    type Change = fn(&mut State, usize);

    fn books(stage: &Stage) -> (Books, State) {
        let twin = stage.twin();
        let contracts = stage.cast.contracts;
        let books = Books::new(&twin, contracts.wattconnect, contracts.energy_production);
        (books, twin.state().clone())
    }

    fn pause(sender: Account) -> Call {
        let entry = Entry::Do(Function::Pause);
        Call { sender, through: None, entry, arguments: Vec::new() }
    }

    /// What the rules say of a state that `change` made, by a pause of the
    /// operator's that told `events`.
    fn broken(stage: &Stage, change: impl FnOnce(&mut State), events: Vec<Event>) -> String {
        let (mut books, mut state) = books(stage);
        change(&mut state);
        let receipt = Receipt { outcome: Outcome::Accepted(Datum::Bool(true)), events };
        let call = pause(stage.cast.operator);
        books.check(&call, &receipt, &state).err().unwrap_or_default()
    }

    #[test]
    fn each_rule_can_be_broken() {
        let stage = Stage::new(&Code::shipped()).expect("the contracts deploy");
        let producer = stage.cast.producers[0].index();
        assert_eq!(broken(&stage, |state| state.trading.paused = true, Vec::new()), "");
        let cases: [(Change, &str); 7] = [
            (|state, who| state.purses[who] += 1, "genesis made"),
            (|state, who| state.energy[who].unlisted = 1, "accounted for"),
            (|state, who| state.energy[who].listed = 1, "without certification"),
            (|state, who| state.energy[who].paid = 1, "paid for no energy"),
            (|state, _| state.trading.reserve = 1, "reserve 1"),
            (|state, _| state.trading.refund_rate = 10_001, "rates"),
            (|state, _| state.trading.energy_price = 0, "out of bounds"),
        ];
        for (change, told) in cases {
            let found = broken(&stage, |state| change(state, producer), Vec::new());
            assert!(found.contains(told), "{told}: {found}");
        }
        let credited = Event::Told {
            by: Contract::WattConnect,
            event: "production-credited",
            fields: vec![("amount", Datum::Uint(1))],
        };
        assert!(broken(&stage, |_| {}, vec![credited]).contains("credited production"));
        let refunded = Event::Told {
            by: Contract::WattConnect,
            event: "energy-refunded",
            fields: vec![("amount", Datum::Uint(1)), ("payout", Datum::Uint(240_001))],
        };
        assert!(broken(&stage, |_| {}, vec![refunded]).contains("paid for 1 kWh"));
    }

    #[test]
    fn a_stranger_who_changes_a_setting_is_found() {
        let stage = Stage::new(&Code::shipped()).expect("the contracts deploy");
        let (mut books, mut state) = books(&stage);
        state.trading.paused = true;
        let outcome = Outcome::Accepted(Datum::Bool(true));
        let receipt = Receipt { outcome, events: Vec::new() };
        let found = books.check(&pause(stage.cast.meter), &receipt, &state);
        assert!(found.is_err_and(|found| found.contains("of a stranger")));
    }

    #[test]
    fn an_overflow_is_found() {
        let stage = Stage::new(&Code::shipped()).expect("the contracts deploy");
        let (mut books, state) = books(&stage);
        let receipt = Receipt { outcome: Outcome::Aborted, events: Vec::new() };
        assert!(books.check(&pause(stage.cast.operator), &receipt, &state).is_err());
    }
}
