//! The people of the market. An agent decides: it is shown a [`View`] of what
//! a real participant could see and answers with [`Intent`]s, transactions
//! that it means to send. It never touches the chain, the files or the clock,
//! and its whims come from named random streams.
//!
//! One file a role; what several roles do alike (asking, buying, staying or
//! leaving) has a file of its own. A kind of participant of one's own is a
//! type with the [`Agent`] trait.

pub mod adversaries;
mod asking;
mod buyer;
mod buying;
mod certifier;
mod operator;
mod participation;
mod producer;
mod view;

use std::fmt;

pub use adversaries::{Adversary, Meter};
pub use asking::{Asking, Strategy};
pub use buyer::Buyer;
pub use buying::{Buying, BuyingTraits};
pub use certifier::{Certifier, MeterOperator, Supervisor};
pub use operator::{Operator, PricePolicy};
pub use participation::{Participation, ParticipationTraits};
pub use producer::{Producer, ProducerTraits};
pub use view::{
    Application, Holdings, Home, MarketView, Moment, Offer, Prices, Rhythm, Standing, View,
    Waiting, Whims, Work,
};

use crate::market::{Action, ErrorCode, Function, Verdict};
use crate::units::MicroStx;

/// What a participant is, as CSV and reports name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Owns the contracts.
    Operator,
    /// Certifier of level 1: reads meters.
    MeterOperator,
    /// Certifier of level 2: decides on applications.
    Certifier,
    /// Certifier of level 3: audits and revokes.
    Supervisor,
    /// A home with a panel.
    Producer,
    /// A home without one.
    Buyer,
    /// A kind that a user of the library added, or an adversary, by its name.
    Other(&'static str),
}

impl Kind {
    /// Its name in CSV.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::MeterOperator => "meter-operator",
            Self::Certifier => "certifier",
            Self::Supervisor => "supervisor",
            Self::Producer => "producer",
            Self::Buyer => "buyer",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The parts of a tick, in order. An agent is asked once in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Prices and parameters are set, meters are read, applications decided.
    Administration,
    /// Sellers list and withdraw, producers apply.
    Offers,
    /// Buyers buy.
    Purchases,
    /// Holders hand back, and those who leave clear out.
    Refunds,
    /// Meters' consumption is settled.
    Settlement,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: [Self; 5] =
        [Self::Administration, Self::Offers, Self::Purchases, Self::Refunds, Self::Settlement];
}

/// A transaction that an agent means to send now.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// What it asks.
    pub action: Action,
    /// The fee it offers; `None` takes the scenario's.
    pub fee: Option<MicroStx>,
}

impl From<Action> for Intent {
    fn from(action: Action) -> Self {
        Self { action, fee: None }
    }
}

/// What an agent is told of one of its own transactions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Notice<'a> {
    /// What it had asked.
    pub action: &'a Action,
    /// How it ended; `None` where it was dropped from the mempool.
    pub verdict: Option<&'a Verdict>,
    /// Hours that a tick lasts.
    pub tick_hours: f64,
}

impl Notice<'_> {
    /// Whether the contract said yes.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Accepted))
    }

    /// The contract's error code, where it called `function` and the contract
    /// said no.
    #[must_use]
    pub fn rejected(&self, function: Function) -> Option<ErrorCode> {
        match self.verdict {
            Some(Verdict::Rejected(code)) if self.action.function() == function => Some(*code),
            _ => None,
        }
    }
}

/// What a participant would pay or take at most and at least, for the
/// comparison with a central market.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Valuation {
    /// The least it takes a kWh, in microSTX.
    pub sells_from_ustx: Option<f64>,
    /// The most it pays a kWh, all included, in microSTX.
    pub buys_up_to_ustx: Option<f64>,
}

/// A participant.
pub trait Agent: Send + Sync {
    /// What it is.
    fn kind(&self) -> Kind;

    /// What it means to do in this phase. Called once a phase and tick, in an
    /// order drawn anew each time.
    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>);

    /// Whether it ever does anything in a phase; by default in each. On the first
    /// tick of a day everyone takes part in the administration. Where it does
    /// nothing among the offers, what it would pay and take must not depend on
    /// the market: it says so before they are made.
    fn acts_in(&self, _phase: Phase) -> bool {
        true
    }

    /// How one of its transactions ended.
    fn learn(&mut self, _notice: &Notice<'_>) {}

    /// Whether it looks at the transactions that wait; by default nobody does.
    fn watches(&self) -> bool {
        false
    }

    /// What it means to do about those that wait, all in its view: called for
    /// whoever watches, before each block.
    fn watch(&mut self, _view: &View<'_>, _intents: &mut Vec<Intent>) {}

    /// How the meter of its home reports what is fed in; by default as it is.
    fn meter(&self) -> Meter {
        Meter::Honest
    }

    /// What it would pay and take now; by default it does neither.
    fn valuation(&self, _view: &View<'_>) -> Valuation {
        Valuation::default()
    }

    /// Whether it takes part today; by default it does.
    fn takes_part(&self) -> bool {
        true
    }

    /// A copy, for snapshots.
    fn boxed_clone(&self) -> Box<dyn Agent>;
}

impl Clone for Box<dyn Agent> {
    fn clone(&self) -> Self {
        self.boxed_clone()
    }
}
