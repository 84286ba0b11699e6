//! The books of the market, kept from what the contracts announce: every
//! account, the sums that must balance, and the parameters in force. The
//! chain is the truth; `invariants` holds these books against it.

use std::collections::BTreeSet;

use crate::agents::{Holdings, Offer, Standing};
use crate::market::{Account, AskedAccount, Flow, Parameters};
use crate::scenario::RefundBasis;
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

/// Sums over the whole market since genesis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) produced: Kwh,
    pub(super) sold: Kwh,
    pub(super) consumed: Kwh,
    pub(super) refunded: Kwh,
    pub(super) commission: MicroStx,
    pub(super) funded: MicroStx,
    pub(super) refunds: MicroStx,
    pub(super) withdrawn: MicroStx,
}

impl Totals {
    /// What was added since they stood at `before`.
    pub(super) fn since(&self, before: &Self) -> Self {
        Self {
            produced: self.produced - before.produced,
            sold: self.sold - before.sold,
            consumed: self.consumed - before.consumed,
            refunded: self.refunded - before.refunded,
            commission: self.commission - before.commission,
            funded: self.funded - before.funded,
            refunds: self.refunds - before.refunds,
            withdrawn: self.withdrawn - before.withdrawn,
        }
    }
}

/// One account as the contracts' events tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) unsold: Kwh,
    pub(super) listed: Kwh,
    pub(super) price: MicroStxPerKwh,
    pub(super) bought: Kwh,
    pub(super) basis: MicroStx,
    pub(super) standing: Standing,
    pub(super) declared: Kwh,
    /// The per-user maximum in force when something was last listed.
    pub(super) limit_when_listed: Kwh,
}

/// What is known besides of an account with contracts that announce nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Asked {
    /// Energy that was used up although the contracts, which cannot be told,
    /// still count it.
    used_off_chain: Kwh,
    /// All the energy that they answered last.
    answered: Kwh,
}

/// The books.
#[derive(Clone, Debug)]
pub(super) struct Books {
    entries: Vec<Entry>,
    /// By account; empty with contracts that announce what they do.
    asked: Vec<Asked>,
    /// Who has anything listed.
    sellers: BTreeSet<Account>,
    purses: Vec<MicroStx>,
    pub(super) parameters: Parameters,
    pub(super) reserve: Kwh,
    pub(super) totals: Totals,
    /// Who owns the contracts, and so what is handed back.
    pub(super) owner: Account,
    /// Open applications, the oldest first.
    pub(super) applications: Vec<Account>,
    /// What everyone has on the contracts' own ledger of money, by account;
    /// none where they move STX.
    ledger: Option<Vec<MicroStx>>,
}

impl Books {
    /// Books before the first transaction: what everyone has in the purse, by
    /// account, and the settings as deployed.
    pub(super) fn new(purses: Vec<MicroStx>, owner: Account, parameters: Parameters) -> Self {
        Self {
            entries: vec![Entry::default(); purses.len()],
            asked: Vec::new(),
            sellers: BTreeSet::new(),
            purses,
            parameters,
            reserve: Kwh::ZERO,
            totals: Totals::default(),
            owner,
            applications: Vec::new(),
            ledger: None,
        }
    }

    /// The entry of an account.
    pub(super) fn entry(&self, account: Account) -> &Entry {
        &self.entries[account.index()]
    }

    fn entry_mut(&mut self, account: Account) -> &mut Entry {
        &mut self.entries[account.index()]
    }

    /// The STX of an account.
    pub(super) fn purse(&self, account: Account) -> MicroStx {
        self.purses[account.index()]
    }

    /// What an account can pay with in the market.
    pub(super) fn money(&self, account: Account) -> MicroStx {
        self.ledger.as_ref().map_or_else(|| self.purse(account), |money| money[account.index()])
    }

    /// Whether the contracts keep a ledger of money of their own.
    pub(super) const fn has_ledger(&self) -> bool {
        self.ledger.is_some()
    }

    /// All the money on that ledger.
    pub(super) fn ledger_total(&self) -> MicroStx {
        self.ledger.iter().flatten().copied().sum()
    }

    /// Keeps a ledger of money from now on.
    pub(super) fn open_ledger(&mut self) {
        self.ledger = Some(vec![MicroStx::ZERO; self.purses.len()]);
    }

    /// Keeps none any more.
    pub(super) fn close_ledger(&mut self) {
        self.ledger = None;
    }

    /// The treasury: the STX of the trading contract, or the owner's entry
    /// where the contracts keep a ledger.
    pub(super) fn treasury(&self, contract: Account) -> MicroStx {
        if self.has_ledger() { self.money(self.owner) } else { self.purse(contract) }
    }

    /// Follows what contracts that announce nothing answer of an account. They
    /// know one balance: what was made, bought and used is told apart here.
    /// Returns energy that was used and has been passed on all the same.
    pub(super) fn adopt(&mut self, account: Account, answer: &AskedAccount) -> Kwh {
        if let Some(ledger) = &mut self.ledger {
            ledger[account.index()] = answer.money;
        }
        self.list(account, answer.listed);
        let used = self.asked_mut(account).used_off_chain;
        let entry = self.entry_mut(account);
        let still_used = used.min(answer.energy.saturating_sub(entry.bought));
        entry.price = answer.price;
        entry.bought = entry.bought.min(answer.energy);
        entry.unsold = answer.energy.saturating_sub(entry.bought + still_used);
        *self.asked_mut(account) = Asked { used_off_chain: still_used, answered: answer.energy };
        used - still_used
    }

    /// All the energy that contracts that announce nothing answered last.
    pub(super) fn answered(&self, account: Account) -> Kwh {
        self.asked.get(account.index()).copied().unwrap_or_default().answered
    }

    fn asked_mut(&mut self, account: Account) -> &mut Asked {
        if self.asked.is_empty() {
            self.asked.resize(self.entries.len(), Asked::default());
        }
        &mut self.asked[account.index()]
    }

    /// Uses up bought energy of which the contracts cannot be told.
    pub(super) fn use_off_chain(&mut self, consumer: Account, amount: Kwh) {
        self.entry_mut(consumer).take_bought(amount);
        self.asked_mut(consumer).used_off_chain += amount;
        self.totals.consumed += amount;
    }

    /// Enters energy that an account was given before the first tick.
    pub(super) fn endow(&mut self, account: Account, energy: Kwh, bought: bool) {
        let entry = self.entry_mut(account);
        if bought {
            entry.bought = energy;
        } else {
            entry.unsold = energy;
        }
        self.totals.produced += energy;
    }

    /// Moves STX as a transaction did.
    pub(super) fn move_stx(&mut self, from: Account, to: Account, amount: MicroStx) {
        self.purses[from.index()] -= amount;
        self.purses[to.index()] += amount;
    }

    /// Takes a network fee out of a purse.
    pub(super) fn pay_fee(&mut self, payer: Account, fee: MicroStx) {
        self.purses[payer.index()] -= fee;
    }

    /// Puts the fees of a closed block into the sink's purse.
    pub(super) fn collect_fees(&mut self, sink: Account, fees: MicroStx) {
        self.purses[sink.index()] += fees;
    }

    /// What an agent is shown of its own account.
    pub(super) fn holdings(&self, account: Account) -> Holdings {
        let entry = self.entry(account);
        Holdings {
            purse: self.money(account),
            unsold: entry.unsold,
            listed: entry.listed,
            price: entry.price,
            bought: entry.bought,
            basis: entry.basis,
            standing: entry.standing,
        }
    }

    /// All offers, in the order of the accounts.
    pub(super) fn offers(&self) -> Vec<Offer> {
        let offer = |seller: &Account| {
            let entry = self.entry(*seller);
            Offer { seller: *seller, amount: entry.listed, price: entry.price }
        };
        self.sellers.iter().map(offer).collect()
    }

    fn list(&mut self, seller: Account, listed: Kwh) {
        self.entry_mut(seller).listed = listed;
        if listed.is_zero() {
            self.sellers.remove(&seller);
        } else {
            self.sellers.insert(seller);
        }
    }

    /// Enters what a transaction did.
    pub(super) fn enter(&mut self, flow: &Flow) {
        match *flow {
            Flow::Listed { seller, listed, price, reserve, .. } => {
                let limit = self.parameters.max_energy_per_user;
                self.list(seller, listed);
                let entry = self.entry_mut(seller);
                entry.price = price;
                entry.limit_when_listed = limit;
                self.reserve = reserve;
            }
            Flow::Delisted { seller, listed, reserve } => {
                self.list(seller, listed);
                self.reserve = reserve;
            }
            Flow::Sold { seller, buyer, amount, paid, commission, .. } => {
                let entry = self.entry_mut(seller);
                // What does not fit is left to the check, which finds it.
                entry.unsold = entry.unsold.saturating_sub(amount);
                let left = entry.listed.saturating_sub(amount);
                self.list(seller, left);
                let entry = self.entry_mut(buyer);
                entry.bought += amount;
                entry.basis += paid;
                self.reserve = self.reserve.saturating_sub(amount);
                self.totals.sold += amount;
                self.totals.commission += commission;
            }
            Flow::Refunded { holder, amount, refund } => {
                self.entry_mut(holder).take_bought(amount);
                self.entry_mut(self.owner).unsold += amount;
                self.totals.refunded += amount;
                self.totals.refunds += refund;
            }
            Flow::Consumed { consumer, amount } => {
                self.entry_mut(consumer).take_bought(amount);
                self.totals.consumed += amount;
            }
            Flow::Credited { producer, amount } => {
                self.entry_mut(producer).unsold += amount;
                self.totals.produced += amount;
            }
            Flow::Applied { producer, declared, .. } => {
                let entry = self.entry_mut(producer);
                entry.standing = Standing::Applied;
                entry.declared = declared;
                self.applications.push(producer);
            }
            Flow::Certified { producer, .. } => self.decide(producer, Standing::Certified),
            Flow::Rejected { producer, .. } => self.decide(producer, Standing::Rejected),
            Flow::Revoked { producer, .. } => self.decide(producer, Standing::Revoked),
            Flow::Parameter { name, new, .. } => self.set(name, new),
            Flow::Paused { paused } => self.parameters.paused = paused,
            Flow::Funded { amount, .. } => self.totals.funded += amount,
            Flow::Withdrawn { amount, .. } => self.totals.withdrawn += amount,
            Flow::OrderSkipped { .. }
            | Flow::ReadingSkipped { .. }
            | Flow::Status { .. }
            | Flow::FeesWithdrawn { .. } => {}
        }
    }

    fn decide(&mut self, producer: Account, standing: Standing) {
        self.entry_mut(producer).standing = standing;
        self.applications.retain(|open| *open != producer);
    }

    fn set(&mut self, name: &str, new: u128) {
        let rate = |new: u128| u16::try_from(new).ok().and_then(BasisPoints::new);
        let parameters = &mut self.parameters;
        match name {
            "energy-price" => parameters.energy_price = MicroStxPerKwh::new(new),
            "commission-rate" => {
                parameters.commission_rate = rate(new).unwrap_or(parameters.commission_rate);
            }
            "refund-rate" => parameters.refund_rate = rate(new).unwrap_or(parameters.refund_rate),
            "refund-basis" => {
                parameters.refund_basis = match new {
                    0 => RefundBasis::ReferencePrice,
                    _ => RefundBasis::LowerOfPaid,
                };
            }
            "reserve-limit" => parameters.reserve_limit = Kwh::new(new),
            "max-per-user" => parameters.max_energy_per_user = Kwh::new(new),
            "certification-fee" => parameters.certification_fee = MicroStx::new(new),
            "minimum-production" => parameters.minimum_production = Kwh::new(new),
            "maximum-production" => parameters.maximum_production = Kwh::new(new),
            _ => {}
        }
    }
}

impl Entry {
    /// Takes `amount` off the bought energy; what was paid for it shrinks in
    /// proportion, rounded down, as the contract does.
    fn take_bought(&mut self, amount: Kwh) {
        let left = self.bought.saturating_sub(amount);
        let paid = self.basis.get() * left.get();
        self.basis = MicroStx::new(paid.checked_div(self.bought.get()).unwrap_or(0));
        self.bought = left;
    }
}
