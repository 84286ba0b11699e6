//! A venue whose contracts announce nothing: what they do is followed by asking
//! them. What they do against the rules is noted, not stopped at.

use super::super::error::RunError;
use super::super::findings::Findings;
use super::super::invariants::Rule;
use super::Venue;
use crate::market::{Account, Action, AskedAccount, Contract, Flow, MarketReceipt};
use crate::units::{Kwh, Tick};

impl Venue {
    /// Follows what the accounts hold after genesis; `buys` says who holds what it
    /// has as bought.
    pub(in super::super) fn follow_genesis(
        &mut self,
        buys: impl Fn(Account) -> bool,
        findings: &mut Findings,
    ) -> Result<(), RunError> {
        self.books.open_ledger();
        let everyone = self.ask_everyone()?;
        let on_ledger =
            everyone.iter().any(|(account, answer)| answer.money != self.books.purse(*account));
        if !on_ledger {
            self.books.close_ledger();
        }
        for (account, answer) in &everyone {
            self.books.endow(*account, answer.energy, buys(*account));
            self.books.adopt(*account, answer);
        }
        self.books.reserve = self.market.ask_reserve(&self.chain)?;
        if self.books.has_ledger() {
            self.ledger_at_start = self.books.ledger_total();
            let contract = self.chain.principal_of(self.market.id(Contract::WattConnect));
            let backed = self.chain.stx_balance(&contract)?;
            let total = self.ledger_at_start;
            findings.note("ledger-of-money", "wattconnect", None, || {
                format!(
                    "money is numbers on the contract's own ledger: {total} µSTX at the start, \
                     {backed} µSTX held for it"
                )
            });
        }
        Ok(())
    }

    fn ask_everyone(&mut self) -> Result<Vec<(Account, AskedAccount)>, RunError> {
        let mut everyone = Vec::with_capacity(self.accounts.len());
        for account in self.accounts.iter() {
            let answer = self.market.ask_account(&self.chain, self.accounts.principal(account))?;
            everyone.push((account, answer));
        }
        Ok(everyone)
    }

    /// Follows the answers that came with a receipt, in the tick `now`.
    pub(in super::super) fn follow(
        &mut self,
        action: &Action,
        receipt: &MarketReceipt,
        now: Tick,
        findings: &mut Findings,
    ) {
        for (account, answer) in &receipt.answers {
            let expected = receipt.flows.iter().fold(self.books.answered(*account), |e, flow| {
                energy_after(flow, *account, self.books.owner, e)
            });
            if answer.energy != expected {
                let who = self.accounts.principal(*account).to_string();
                let (function, energy) = (action.function(), answer.energy);
                findings.note_rule(Rule::EnergyConserved, now, || {
                    format!("after {function} {who} has {energy} kWh, by the transaction it would be {expected} kWh")
                });
            }
            self.adopt(*account, answer, now, findings);
        }
        if let Some(reserve) = receipt.flows.iter().find_map(reserve_after) {
            self.books.reserve = reserve;
        }
    }

    fn adopt(
        &mut self,
        account: Account,
        answer: &AskedAccount,
        now: Tick,
        findings: &mut Findings,
    ) {
        let passed_on = self.books.adopt(account, answer);
        if !passed_on.is_zero() {
            let who = self.accounts.principal(account).to_string();
            findings.note("used-and-passed-on", "wattconnect", Some(now), || {
                format!("{who} passed on {passed_on} kWh that its home had used: nothing tells the contract of use")
            });
        }
    }

    /// Holds contracts that announce nothing against the rules, as far as their
    /// answers tell; every account where `everyone` is to be asked.
    pub(in super::super) fn check_asked(
        &mut self,
        everyone: bool,
        now: Tick,
        findings: &mut Findings,
    ) -> Result<(), RunError> {
        let mut stx = self.chain.fees_pending();
        for account in self.accounts.iter() {
            stx += self.chain.stx_balance(self.accounts.principal(account))?;
        }
        let issued = self.chain.issued();
        if stx != issued {
            findings.note_rule(Rule::StxConserved, now, || {
                format!("{stx} µSTX are held by those known, genesis made {issued}")
            });
        }
        let listed: Kwh =
            self.accounts.iter().map(|account| self.books.entry(account).listed).sum();
        let reserve = self.market.ask_reserve(&self.chain)?;
        let limit = self.books.parameters.reserve_limit;
        self.books.reserve = reserve;
        if listed != reserve {
            findings.note_rule(Rule::ListingsLimited, now, || {
                format!("the reserve says {reserve} kWh where {listed} kWh are listed")
            });
        }
        if reserve > limit {
            findings.note_rule(Rule::ListingsLimited, now, || {
                format!("the reserve is {reserve} kWh, its limit {limit} kWh")
            });
        }
        if everyone { self.check_everyone(now, findings) } else { Ok(()) }
    }

    fn check_everyone(&mut self, now: Tick, findings: &mut Findings) -> Result<(), RunError> {
        for (account, answer) in self.ask_everyone()? {
            let entry = *self.books.entry(account);
            if (answer.energy, answer.listed) != (self.books.answered(account), entry.listed) {
                let who = self.accounts.principal(account).to_string();
                findings.note_rule(Rule::EventsComplete, now, || {
                    format!("{who} has {answer:?}, what was sent accounts for {entry:?}")
                });
            }
            if answer.listed > answer.energy {
                let who = self.accounts.principal(account).to_string();
                findings.note_rule(Rule::ListingsLimited, now, || {
                    format!("{who} lists {} of {} kWh", answer.listed, answer.energy)
                });
            }
            self.adopt(account, &answer, now, findings);
        }
        let (start, total) = (self.ledger_at_start, self.books.ledger_total());
        if self.books.has_ledger() && start != total {
            findings.note_rule(Rule::StxConserved, now, || {
                format!("the contract's ledger holds {total} µSTX, at the start it was {start}")
            });
        }
        let known = self.books.parameters;
        let asked = self.market.ask_parameters(&self.chain, &known)?;
        if asked != known {
            findings.note_rule(Rule::SettingsGuarded, now, || {
                format!("settings are {asked:?}, decided were {known:?}")
            });
            self.books.parameters = asked;
        }
        Ok(())
    }
}

/// The energy of `who` after a flow, where it was `energy` before.
fn energy_after(flow: &Flow, who: Account, owner: Account, energy: Kwh) -> Kwh {
    let (giver, taker, amount) = match *flow {
        Flow::Sold { seller, buyer, amount, .. } => (Some(seller), Some(buyer), amount),
        Flow::Refunded { holder, amount, .. } => (Some(holder), Some(owner), amount),
        Flow::Consumed { consumer, amount } => (Some(consumer), None, amount),
        Flow::Credited { producer, amount } => (None, Some(producer), amount),
        _ => return energy,
    };
    let energy = if giver == Some(who) { energy.saturating_sub(amount) } else { energy };
    if taker == Some(who) { energy + amount } else { energy }
}

/// The reserve that a flow says it left.
const fn reserve_after(flow: &Flow) -> Option<Kwh> {
    match flow {
        Flow::Listed { reserve, .. }
        | Flow::Delisted { reserve, .. }
        | Flow::Sold { reserve, .. } => Some(*reserve),
        _ => None,
    }
}
