//! Contracts of other hands: their accounts are seeded, the steps that they
//! lack are left out, their answers are followed where they announce nothing,
//! and what they do against the rules is noted, not stopped at. The product's
//! own contracts pass through here and meet none of it.

use super::invariants::Rule;
use super::people::Statement;
use super::record::FindingRow;
use super::world::{PEOPLE_FROM, RunError, World};
use crate::agents::{Kind, Prices};
use crate::chain::Status;
use crate::market::{
    Account, Action, AskedAccount, Contract, Flow, Function, MarketReceipt, Reading,
};
use crate::scenario::{GenesisOf, RateScale, Seed};
use crate::units::{Kwh, Tick};

/// What was noted of the contracts, by kind and in the order of finding.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings(Vec<FindingRow>);

impl Findings {
    /// Notes a finding: the first of its kind and subject is kept in words,
    /// the others are counted.
    pub(super) fn note(
        &mut self,
        finding: &'static str,
        subject: &str,
        tick: Option<Tick>,
        detail: impl FnOnce() -> String,
    ) {
        let known = self.0.iter_mut().find(|row| row.finding == finding && row.subject == subject);
        match known {
            Some(row) => row.count += 1,
            None => self.0.push(FindingRow {
                finding,
                subject: subject.to_owned(),
                count: 1,
                first_tick: tick,
                detail: detail(),
            }),
        }
    }

    pub(super) fn into_rows(self) -> Vec<FindingRow> {
        self.0
    }
}

/// Optional functions without which a step of the day is left out, and what
/// that means.
const STEPS: &[(Function, &str)] = &[
    (
        Function::RecordProduction,
        "what homes make never reaches the contract; only what genesis gave is sold",
    ),
    (
        Function::RecordConsumption,
        "use is settled off the chain: energy stays on the buyer's account after it was used",
    ),
    (Function::SetProducerStatus, "the trading contract is not told who is certified"),
    (Function::FundTreasury, "the treasury cannot be funded; it starts as genesis left it"),
    (Function::RejectApplication, "no application can be turned down"),
    (Function::SetRefundBasis, "refunds are reckoned as the contract has it"),
    (Function::SetMaximumProduction, "declarations have no upper bound"),
    (Function::BuyEnergyFromMany, "each purchase is a transaction of its own"),
    (Function::Pause, "trading cannot be paused"),
];

impl World<'_> {
    /// Notes what the contracts lack and what of the scenario they cannot
    /// carry.
    pub(super) fn note_lacking(&mut self) {
        for (function, means) in STEPS {
            if !self.market.has(*function) {
                self.findings.note("step-left-out", function.name(), None, || (*means).to_owned());
            }
        }
        if self.prepared.scenario.contracts.rate_scale == RateScale::Percent {
            let market = &self.prepared.scenario.market;
            for (key, rate) in [
                ("market.commission_bps", market.commission_bps),
                ("market.refund_rate_bps", market.refund_rate_bps),
            ] {
                if rate.get() % 100 != 0 {
                    self.findings.note("rate-rounded", key, None, || {
                        format!(
                            "{rate} bps become {} %: the contract knows whole per cent",
                            rate.get() / 100
                        )
                    });
                }
            }
        }
    }

    /// Carries out the scenario's `[[genesis]]` and follows what the accounts
    /// hold after it.
    ///
    /// # Errors
    /// Where an expression is refused, aborts or makes no sense.
    pub(super) fn seed_genesis(&mut self) -> Result<(), RunError> {
        for seed in &self.prepared.scenario.genesis.0 {
            let contract = Contract::from(seed.contract);
            let owner = self.accounts.principal(self.books.owner).clone();
            for place in 0..self.people.len() {
                if !self.is_of(place, seed.of) {
                    continue;
                }
                let text = self.filled_in(place, seed);
                let receipt = self.chain.evaluate(&owner, self.market.id(contract), &text)?;
                self.trace_evaluation(&owner, contract, &text, &receipt)?;
                let why = match receipt.status {
                    Status::Accepted(_) => continue,
                    Status::Rejected(value) => format!("it answers (err {value})"),
                    Status::Aborted(reason) => reason,
                };
                return Err(RunError::Genesis { expression: text, why });
            }
        }
        if self.market.announces() {
            return Ok(());
        }
        self.books.open_ledger();
        let everyone = self.ask_everyone()?;
        let on_ledger =
            everyone.iter().any(|(account, answer)| answer.money != self.books.purse(*account));
        if !on_ledger {
            self.books.close_ledger();
        }
        for (account, answer) in &everyone {
            let bought = account
                .index()
                .checked_sub(PEOPLE_FROM)
                .and_then(|place| self.people.get(place))
                .is_some_and(|person| person.kind() == Kind::Buyer);
            self.books.endow(*account, answer.energy, bought);
            self.books.adopt(*account, answer);
        }
        self.books.reserve = self.market.ask_reserve(&mut self.chain)?;
        if self.books.has_ledger() {
            self.ledger_at_start = self.books.ledger_total();
            let contract = self.chain.principal_of(self.market.id(Contract::WattConnect));
            let backed = self.chain.stx_balance(&contract)?;
            let total = self.ledger_at_start;
            self.findings.note("ledger-of-money", "wattconnect", None, || {
                format!(
                    "money is numbers on the contract's own ledger: {total} µSTX at the start, \
                     {backed} µSTX held for it"
                )
            });
        }
        Ok(())
    }

    fn is_of(&self, place: usize, of: GenesisOf) -> bool {
        let kind = self.people[place].kind();
        match of {
            GenesisOf::Everyone => self.people[place].house.is_some(),
            GenesisOf::Producers => kind == Kind::Producer,
            GenesisOf::Buyers => kind == Kind::Buyer,
            GenesisOf::Operator => kind == Kind::Operator,
        }
    }

    /// The expression with what is known of a participant put in.
    fn filled_in(&self, place: usize, seed: &Seed) -> String {
        let person = &self.people[place];
        let days = f64::from(self.prepared.scenario.time.days);
        let house = person.house.as_ref();
        let make = house.map_or(0.0, |house| house.expected_make_kwh * days);
        let used = house.map_or(0.0, |house| house.expected_use_kwh * days);
        let principal = self.accounts.principal(person.account).to_string();
        let (make, used) = (Kwh::floor_from_f64(make), Kwh::floor_from_f64(used));
        seed.filled_in(&principal, make, used, person.stx_start)
    }

    fn ask_everyone(&mut self) -> Result<Vec<(Account, AskedAccount)>, RunError> {
        let mut everyone = Vec::with_capacity(self.accounts.len());
        for account in self.accounts.iter() {
            let answer =
                self.market.ask_account(&mut self.chain, self.accounts.principal(account))?;
            everyone.push((account, answer));
        }
        Ok(everyone)
    }

    /// Notes a rule that contracts that announce nothing have broken.
    pub(super) fn note_rule(&mut self, rule: Rule, detail: impl FnOnce() -> String) {
        let tick = Some(Tick::new(self.next_tick));
        self.findings.note("rule-broken", &rule.to_string(), tick, detail);
    }

    /// Follows the answers that came with a receipt.
    pub(super) fn follow(&mut self, action: &Action, receipt: &MarketReceipt) {
        for (account, answer) in &receipt.answers {
            let expected = receipt.flows.iter().fold(self.books.answered(*account), |e, flow| {
                energy_after(flow, *account, self.books.owner, e)
            });
            if answer.energy != expected {
                let who = self.accounts.principal(*account).to_string();
                let (function, energy) = (action.function(), answer.energy);
                self.note_rule(Rule::EnergyConserved, || {
                    format!("after {function} {who} has {energy} kWh, by the transaction it would be {expected} kWh")
                });
            }
            self.adopt(*account, answer);
        }
        if let Some(reserve) = receipt.flows.iter().find_map(reserve_after) {
            self.books.reserve = reserve;
        }
    }

    fn adopt(&mut self, account: Account, answer: &AskedAccount) {
        let passed_on = self.books.adopt(account, answer);
        if !passed_on.is_zero() {
            let who = self.accounts.principal(account).to_string();
            let tick = Some(Tick::new(self.next_tick));
            self.findings.note("used-and-passed-on", "wattconnect", tick, || {
                format!("{who} passed on {passed_on} kWh that its home had used: nothing tells the contract of use")
            });
        }
    }

    /// Holds contracts that announce nothing against the rules, as far as
    /// their answers tell. Accounts are asked once a day and at the end.
    pub(super) fn check_asked(&mut self) -> Result<(), RunError> {
        let mut stx = self.chain.fees_pending();
        for account in self.accounts.iter() {
            stx += self.chain.stx_balance(self.accounts.principal(account))?;
        }
        let issued = self.chain.issued();
        if stx != issued {
            self.note_rule(Rule::StxConserved, || {
                format!("{stx} µSTX are held by those known, genesis made {issued}")
            });
        }
        let listed: Kwh =
            self.accounts.iter().map(|account| self.books.entry(account).listed).sum();
        let reserve = self.market.ask_reserve(&mut self.chain)?;
        let limit = self.books.parameters.reserve_limit;
        self.books.reserve = reserve;
        if listed != reserve {
            self.note_rule(Rule::ListingsLimited, || {
                format!("the reserve says {reserve} kWh where {listed} kWh are listed")
            });
        }
        if reserve > limit {
            self.note_rule(Rule::ListingsLimited, || {
                format!("the reserve is {reserve} kWh, its limit {limit} kWh")
            });
        }
        let ticks_a_day = self.prepared.scenario.time.ticks_per_day();
        if (self.next_tick + 1).is_multiple_of(ticks_a_day) {
            self.check_everyone()?;
        }
        Ok(())
    }

    fn check_everyone(&mut self) -> Result<(), RunError> {
        for (account, answer) in self.ask_everyone()? {
            let entry = *self.books.entry(account);
            if (answer.energy, answer.listed) != (self.books.answered(account), entry.listed) {
                let who = self.accounts.principal(account).to_string();
                self.note_rule(Rule::EventsComplete, || {
                    format!("{who} has {answer:?}, what was sent accounts for {entry:?}")
                });
            }
            if answer.listed > answer.energy {
                let who = self.accounts.principal(account).to_string();
                self.note_rule(Rule::ListingsLimited, || {
                    format!("{who} lists {} of {} kWh", answer.listed, answer.energy)
                });
            }
            self.adopt(account, &answer);
        }
        let (start, now) = (self.ledger_at_start, self.books.ledger_total());
        if self.books.has_ledger() && start != now {
            self.note_rule(Rule::StxConserved, || {
                format!("the contract's ledger holds {now} µSTX, at the start it was {start}")
            });
        }
        let known = self.books.parameters;
        let asked = self.market.ask_parameters(&mut self.chain, &known)?;
        if asked != known {
            self.note_rule(Rule::SettingsGuarded, || {
                format!("settings are {asked:?}, decided were {known:?}")
            });
            self.books.parameters = asked;
        }
        Ok(())
    }

    /// Settles use where the contracts cannot be told of it: the home has used
    /// the energy all the same.
    pub(super) fn settle_off_chain(&mut self, readings: &[Reading], prices: &Prices) {
        for reading in readings {
            let flow = Flow::Consumed { consumer: reading.of, amount: reading.amount };
            self.state(&flow, prices);
            self.books.use_off_chain(reading.of, reading.amount);
        }
    }

    /// Notes, at the end, functions that aborted and energy that was sold and never
    /// made, over the whole run. Without meters, what homes sold is not fed in at
    /// the tariff: it is taken off what the `statements` of the measuring window
    /// say of that.
    pub(super) fn note_end(&mut self, statements: &mut [Statement]) {
        for (function, aborted, accepted, reason) in self.calls.with(&self.earlier_calls).aborts() {
            self.findings.note("aborts", function.name(), None, || {
                format!("{aborted} calls aborted and {accepted} were accepted: {reason}")
            });
        }
        if self.market.has(Function::RecordProduction) {
            return;
        }
        let delivered = |statement: &Statement| statement.sold.as_f64().min(statement.fed_in_kwh);
        let mut unmade = 0.0;
        for person in &self.people {
            unmade += person.statement.sold.as_f64() - delivered(&person.statement);
        }
        for statement in statements {
            statement.fed_in_kwh -= delivered(statement);
        }
        if unmade > 0.0 {
            self.findings.note("sold-and-not-made", "wattconnect", None, || {
                format!("{unmade:.0} kWh were sold that no panel had over: nothing ties energy on the contract to meters")
            });
        }
    }

    /// Notes a transaction of the setup that was turned down.
    pub(super) fn note_setup(&mut self, function: Function, verdict: &str) {
        self.findings.note("setup-refused", function.name(), None, || verdict.to_owned());
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
