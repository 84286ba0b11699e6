//! A twin of both contracts in plain Rust, written from what they are said to
//! do: the same answers, errors, events and state. Whoever doubts a contract
//! holds the two side by side. Knows no chain, no Clarity and no chance, and
//! shares no code with the machine that runs the contracts.
//!
//! Where the documents leave open which of several errors comes first, the
//! twin says it: of trading, pause, amount, price, certification, balance, the
//! limit per user, the limit of the reserve, STX; for the owner's functions the
//! owner first. Arithmetic is checked: what would pass 2¹²⁸ is aborted.

mod certification;
mod datum;
mod look;
mod settings;
mod state;
mod trading;

use std::fmt;

pub use datum::Datum;
pub use look::Look;
pub use state::{Audit, Certification, Certifier, Energy, Producer, State, Trading};

use crate::market::{Account, Contract, Function};

/// How the certification contract changes hands: functions of its own that the
/// market has no use for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Office {
    /// `propose-owner`
    Propose,
    /// `accept-owner`
    Accept,
}

/// A function that can be called from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// One of the market that may change something.
    Do(Function),
    /// One that hands the certification contract over.
    Office(Office),
    /// One that only answers.
    Look(Look),
}

impl Entry {
    /// Its name in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Do(function) => function.name(),
            Self::Office(Office::Propose) => "propose-owner",
            Self::Office(Office::Accept) => "accept-owner",
            Self::Look(look) => look.name(),
        }
    }

    /// The contract it belongs to.
    #[must_use]
    pub const fn contract(self) -> Contract {
        match self {
            Self::Do(function) => function.contract(),
            Self::Office(_) => Contract::EnergyProduction,
            Self::Look(look) => look.contract(),
        }
    }

    /// Whether it only answers.
    #[must_use]
    pub const fn is_look(self) -> bool {
        matches!(self, Self::Look(_))
    }

    /// All of them, contract by contract.
    pub fn all() -> impl Iterator<Item = Self> {
        let functions = Function::ALL.iter().copied().map(Self::Do);
        let offices = [Office::Propose, Office::Accept].map(Self::Office);
        functions.chain(offices).chain(Look::ALL.iter().copied().map(Self::Look))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.contract(), self.name())
    }
}

/// A call from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who signed it: `tx-sender`.
    pub sender: Account,
    /// The contract that passed it on, where one did: `contract-caller`.
    pub through: Option<Account>,
    /// What is called.
    pub entry: Entry,
    /// With what.
    pub arguments: Vec<Datum>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// `(ok …)`: what is inside.
    Accepted(Datum),
    /// `(err u…)`: the code. Nothing has changed.
    Rejected(u128),
    /// A number passed 2¹²⁸. Nothing has changed.
    Aborted,
}

/// What a call let the world know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// STX that changed hands.
    Paid {
        /// Who paid.
        from: Account,
        /// Who was paid.
        to: Account,
        /// How much, µSTX.
        amount: u128,
    },
    /// A tuple that a contract printed.
    Told {
        /// Which contract.
        by: Contract,
        /// Its `event` field.
        event: &'static str,
        /// Its other fields.
        fields: Vec<(&'static str, Datum)>,
    },
}

impl Event {
    /// The number in a field of a printed tuple.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<u128> {
        self.datum(field).and_then(Datum::as_uint)
    }

    /// The account in a field of a printed tuple.
    #[must_use]
    pub fn who(&self, field: &str) -> Option<Account> {
        self.datum(field).and_then(Datum::as_who)
    }

    fn datum(&self, field: &str) -> Option<&Datum> {
        match self {
            Self::Told { fields, .. } => {
                fields.iter().find(|(name, _)| *name == field).map(|(_, value)| value)
            }
            Self::Paid { .. } => None,
        }
    }
}

/// What a call left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// How it ended.
    pub outcome: Outcome,
    /// Its events, in order; none unless accepted.
    pub events: Vec<Event>,
}

/// Why a function stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum No {
    Code(u128),
    Overflow,
}

type Answer = Result<Datum, No>;

const YES: Answer = Ok(Datum::Bool(true));

/// Says no with `code` where `fault` is so.
const fn refuse(fault: bool, code: u128) -> Result<(), No> {
    if fault { Err(No::Code(code)) } else { Ok(()) }
}

fn plus(a: u128, b: u128) -> Result<u128, No> {
    a.checked_add(b).ok_or(No::Overflow)
}

fn minus(a: u128, b: u128) -> Result<u128, No> {
    a.checked_sub(b).ok_or(No::Overflow)
}

fn times(a: u128, b: u128) -> Result<u128, No> {
    a.checked_mul(b).ok_or(No::Overflow)
}

/// The principals that the contracts themselves are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contracts {
    /// `wattconnect`, and so the treasury.
    pub wattconnect: Account,
    /// `energy-production`, and so the fees.
    pub energy_production: Account,
}

/// Both contracts and the purses of everyone.
#[derive(Clone, Debug)]
pub struct Twin {
    state: State,
    trail: Vec<Audit>,
    contracts: Contracts,
    // Of the call being made.
    sender: Account,
    caller: Account,
    height: u128,
    events: Vec<Event>,
}

impl Twin {
    /// Both contracts as `owner` has just deployed them; `purses` are what
    /// every account holds, by its number.
    #[must_use]
    pub fn new(purses: Vec<u128>, owner: Account, contracts: Contracts) -> Self {
        let people = purses.len();
        let state = State {
            purses,
            energy: vec![Energy::default(); people],
            producers: vec![None; people],
            certifiers: vec![None; people],
            trading: settings::trading(owner, contracts.wattconnect),
            certification: certification::settings(owner),
        };
        Self {
            state,
            trail: Vec::new(),
            contracts,
            sender: owner,
            caller: owner,
            height: 0,
            events: Vec::new(),
        }
    }

    /// The state as it stands.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The audit trails of all producers, the oldest entry first.
    #[must_use]
    pub fn trail(&self) -> &[Audit] {
        &self.trail
    }

    /// Makes a call in the block of that height. `None` where the arguments are
    /// not those of the function, which a node would not let in either.
    pub fn call(&mut self, height: u32, call: &Call) -> Option<Receipt> {
        self.sender = call.sender;
        self.caller = call.through.unwrap_or(call.sender);
        self.height = u128::from(height);
        let outcome = if let Entry::Look(look) = call.entry {
            self.look(look, &call.arguments)?
        } else {
            let before = self.state.clone();
            let entries = self.trail.len();
            let outcome = self.act(call.entry, &call.arguments)?;
            if outcome.is_err() {
                self.state = before;
                self.trail.truncate(entries);
                self.events.clear();
            }
            outcome
        };
        let outcome = match outcome {
            Ok(answer) => Outcome::Accepted(answer),
            Err(No::Code(code)) => Outcome::Rejected(code),
            Err(No::Overflow) => Outcome::Aborted,
        };
        Some(Receipt { outcome, events: std::mem::take(&mut self.events) })
    }

    fn act(&mut self, entry: Entry, arguments: &[Datum]) -> Option<Answer> {
        match entry {
            Entry::Do(function) => match function.contract() {
                Contract::WattConnect => self.trade(function, arguments),
                Contract::EnergyProduction => self.certify(function, arguments),
            },
            Entry::Office(office) => self.hand_over_office(office, arguments),
            Entry::Look(look) => self.look(look, arguments),
        }
    }

    fn energy(&self, who: Account) -> &Energy {
        &self.state.energy[who.index()]
    }

    fn energy_mut(&mut self, who: Account) -> &mut Energy {
        &mut self.state.energy[who.index()]
    }

    fn purse(&self, who: Account) -> u128 {
        self.state.purses[who.index()]
    }

    /// Moves STX, or says no with `code`: where there is nothing to move, the
    /// purse is too small, or payer and payee are the same.
    fn pay(&mut self, from: Account, to: Account, amount: u128, code: u128) -> Result<(), No> {
        refuse(amount == 0 || from == to || self.purse(from) < amount, code)?;
        let received = plus(self.purse(to), amount)?;
        self.state.purses[from.index()] -= amount;
        self.state.purses[to.index()] = received;
        self.events.push(Event::Paid { from, to, amount });
        Ok(())
    }

    fn tell<const N: usize>(
        &mut self,
        by: Contract,
        event: &'static str,
        fields: [(&'static str, Datum); N],
    ) {
        self.events.push(Event::Told { by, event, fields: fields.into() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Accounts;

    struct Play {
        twin: Twin,
        people: Vec<Account>,
    }

    const OPERATOR: usize = 0;
    const SELLER: usize = 1;
    const BUYER: usize = 2;

    impl Play {
        /// A market in which the operator certifies and the seller has 100 kWh.
        fn open() -> Self {
            let mut accounts = Accounts::default();
            let labels = ["operator", "seller", "buyer", "wattconnect", "energy-production"];
            let people = labels.map(|label| accounts.enter(label)).to_vec();
            let contracts = Contracts { wattconnect: people[3], energy_production: people[4] };
            let purses = vec![10_000_000, 10_000_000, 10_000_000, 0, 0];
            let mut play = Self { twin: Twin::new(purses, people[0], contracts), people };
            let (seller, production) = (play.who(SELLER), play.who(4));
            play.ok(OPERATOR, Function::SetCertificationContract, vec![production]);
            let supervisor = vec![play.who(OPERATOR), Datum::Uint(3)];
            play.ok(OPERATOR, Function::AddCertifier, supervisor);
            let application = vec![Datum::Uint(500), Datum::text("solar")];
            play.ok(SELLER, Function::ApplyForCertification, application);
            play.ok(OPERATOR, Function::CertifyProducer, vec![seller]);
            let reading = Datum::reading("producer", play.people[SELLER], 100);
            play.ok(OPERATOR, Function::RecordProduction, vec![Datum::List(vec![reading])]);
            play
        }

        fn who(&self, person: usize) -> Datum {
            Datum::Who(self.people[person])
        }

        fn call(&mut self, who: usize, function: Function, arguments: Vec<Datum>) -> Receipt {
            let sender = self.people[who];
            let call = Call { sender, through: None, entry: Entry::Do(function), arguments };
            self.twin.call(7, &call).expect("the arguments fit")
        }

        fn ok(&mut self, who: usize, function: Function, arguments: Vec<Datum>) -> Receipt {
            let receipt = self.call(who, function, arguments);
            assert!(matches!(receipt.outcome, Outcome::Accepted(_)), "{function}: {receipt:?}");
            receipt
        }

        fn code(&mut self, who: usize, function: Function, arguments: Vec<Datum>) -> u128 {
            let before = self.twin.state().clone();
            let receipt = self.call(who, function, arguments);
            assert_eq!(*self.twin.state(), before, "a rejected call changed something");
            match receipt.outcome {
                Outcome::Rejected(code) => code,
                other => panic!("{function}: {other:?}"),
            }
        }

        fn energy(&self, person: usize) -> Energy {
            self.twin.state().energy[self.people[person].index()]
        }

        fn purse(&self, person: usize) -> u128 {
            self.twin.state().purses[self.people[person].index()]
        }
    }

    fn uints<const N: usize>(numbers: [u128; N]) -> Vec<Datum> {
        numbers.map(Datum::Uint).to_vec()
    }

    #[test]
    fn a_sale_pays_seller_and_treasury_and_a_refund_pays_the_lower_price() {
        let mut play = Play::open();
        play.ok(SELLER, Function::AddEnergyForSale, uints([40, 1_001]));
        let order = vec![play.who(SELLER), Datum::Uint(10), Datum::Uint(1_001)];
        play.ok(BUYER, Function::BuyEnergyFromUser, order);
        // 250 basis points of 10,010 are 250.25: the buyer pays 251.
        assert_eq!(play.purse(BUYER), 10_000_000 - 10_010 - 251);
        assert_eq!(play.purse(SELLER), 10_000_000 - 1_000_000 + 10_010);
        assert_eq!(play.purse(3), 251);
        let sold =
            Energy { unlisted: 60, listed: 30, price: 1_001, certified: true, ..play.energy(1) };
        assert_eq!(play.energy(SELLER), sold);
        assert_eq!((play.energy(BUYER).held, play.energy(BUYER).paid), (10, 10_010));
        assert_eq!(play.code(BUYER, Function::RefundEnergy, uints([10])), 106);
        play.ok(OPERATOR, Function::FundTreasury, uints([100_000]));
        play.ok(BUYER, Function::RefundEnergy, uints([3]));
        // 80 % of what 3 of the 10 kWh cost, 2,402.4, rounded down.
        assert_eq!(play.purse(3), 100_251 - 2_402);
        assert_eq!((play.energy(BUYER).held, play.energy(BUYER).paid), (7, 7_007));
        assert_eq!(play.twin.state().trading.returned, 3);
    }

    #[test]
    fn a_revoked_producers_listing_is_his_own_again() {
        let mut play = Play::open();
        play.ok(SELLER, Function::AddEnergyForSale, uints([40, 5]));
        let reason = vec![play.who(SELLER), Datum::text("audit")];
        play.ok(OPERATOR, Function::RevokeCertification, reason);
        let energy = play.energy(SELLER);
        assert_eq!((energy.unlisted, energy.listed, energy.certified), (100, 0, false));
        assert_eq!(play.code(SELLER, Function::AddEnergyForSale, uints([1, 5])), 110);
        let actions: Vec<_> = play.twin.trail().iter().map(|entry| entry.action).collect();
        assert_eq!(actions, ["applied", "certified", "revoked"]);
    }

    #[test]
    fn a_rejected_call_leaves_no_entry_in_the_trail() {
        let mut play = Play::open();
        let nobody = vec![play.who(BUYER)];
        play.ok(OPERATOR, Function::SetCertificationContract, nobody);
        let application = vec![Datum::Uint(500), Datum::text("wind")];
        play.ok(BUYER, Function::ApplyForCertification, application);
        let buyer = vec![play.who(BUYER)];
        assert_eq!(play.code(OPERATOR, Function::CertifyProducer, buyer), 114);
        assert_eq!(play.twin.trail().len(), 3);
    }

    #[test]
    fn arguments_of_another_shape_are_no_call() {
        let mut play = Play::open();
        let sender = play.people[SELLER];
        let entry = Entry::Do(Function::RefundEnergy);
        let call = Call { sender, through: None, entry, arguments: vec![Datum::Bool(true)] };
        assert_eq!(play.twin.call(7, &call), None);
    }
}
