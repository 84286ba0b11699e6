//! Transactions that wait for room in a block. They enter by the fee a byte
//! that they offer, then by arrival, and those of one sender in the order of
//! their nonces. Knows senders, fees, sizes and ages; never what a transaction
//! does.

use std::cmp::Reverse;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use crate::agents::Waiting;
use crate::market::{Account, Action};
use crate::units::{BasisPoints, MicroStx};

/// A transaction that waits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pending {
    pub(super) sender: Account,
    pub(super) nonce: u64,
    pub(super) fee: MicroStx,
    pub(super) action: Action,
    /// Second, since the start of the run, at which it was meant to be sent.
    pub(super) meant_s: u64,
    bytes: u64,
    arrival: u64,
}

impl Pending {
    /// The fee a thousand bytes, which decides who enters first.
    pub(super) const fn rate(&self) -> u128 {
        self.fee.get().saturating_mul(1_000) / self.bytes as u128
    }
}

/// A sender's first transaction, in the order of entry: the greatest rate
/// first, then the earliest arrival.
type Head = (u128, Reverse<u64>, Account);

/// The transactions that wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Mempool {
    /// By sender.
    next_nonces: Vec<u64>,
    /// What waits, by sender; of nobody else.
    queues: BTreeMap<Account, VecDeque<Pending>>,
    heads: BinaryHeap<Head>,
    /// Senders whose first transaction found no room in this tenure.
    held: Vec<Account>,
    arrivals: u64,
    waiting: usize,
}

impl Mempool {
    /// An empty mempool for senders numbered below `accounts`.
    pub(super) fn new(accounts: usize) -> Self {
        Self { next_nonces: vec![0; accounts], ..Self::default() }
    }

    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.waiting
    }

    /// All that wait, by sender, as anyone can see them at `second`.
    pub(super) fn waiting(&self, second: u64) -> Vec<Waiting> {
        self.queues
            .values()
            .flatten()
            .map(|pending| Waiting {
                sender: pending.sender,
                action: pending.action.clone(),
                rate: pending.rate(),
                waited_s: second.saturating_sub(pending.meant_s),
            })
            .collect()
    }

    /// Whether something of a sender waits.
    pub(super) fn waits_for(&self, sender: Account) -> bool {
        self.queues.contains_key(&sender)
    }

    /// The seconds at which what waits was meant to be sent, by sender.
    pub(super) fn meant_s(&self) -> impl Iterator<Item = u64> {
        self.queues.values().flatten().map(|pending| pending.meant_s)
    }

    /// Takes a transaction in and gives it the sender's next nonce.
    pub(super) fn submit(&mut self, sender: Account, fee: MicroStx, action: Action, meant_s: u64) {
        let arrival = self.arrivals;
        self.arrivals += 1;
        let next = &mut self.next_nonces[sender.index()];
        let nonce = *next;
        *next += 1;
        let bytes = action.transaction_bytes().max(1);
        let pending = Pending { sender, nonce, fee, action, meant_s, bytes, arrival };
        let queue = self.queues.entry(sender).or_default();
        if queue.is_empty() {
            self.heads.push((pending.rate(), Reverse(arrival), sender));
        }
        queue.push_back(pending);
        self.waiting += 1;
    }

    /// The transaction that enters next.
    pub(super) fn next(&mut self) -> Option<Pending> {
        loop {
            let (_, Reverse(arrival), sender) = self.heads.pop()?;
            // A head that was dropped since leaves a stale entry behind.
            let Entry::Occupied(mut queue) = self.queues.entry(sender) else { continue };
            if queue.get().front().is_some_and(|first| first.arrival == arrival) {
                let first = queue.get_mut().pop_front()?;
                self.waiting -= 1;
                if let Some(second) = queue.get().front() {
                    self.heads.push((second.rate(), Reverse(second.arrival), sender));
                } else {
                    queue.remove();
                }
                return Some(first);
            }
        }
    }

    /// Puts back what found no room in this tenure; its sender waits for the
    /// next one.
    pub(super) fn set_aside(&mut self, pending: Pending) {
        // The follower's head goes stale with this, as its nonce is not due.
        let sender = pending.sender;
        self.queues.entry(sender).or_default().push_front(pending);
        self.held.push(sender);
        self.waiting += 1;
    }

    /// Lets those who were set aside try again, in a new tenure.
    pub(super) fn release(&mut self) {
        for sender in self.held.drain(..) {
            if let Some(first) = self.queues.get(&sender).and_then(VecDeque::front) {
                self.heads.push((first.rate(), Reverse(first.arrival), sender));
            }
        }
    }

    /// Raises the fee of all that wait by `share`, up to `most`: what senders
    /// do whose transactions were left out, where they are of those who raise.
    pub(super) fn raise(&mut self, share: u32, most: MicroStx, raises: impl Fn(Account) -> bool) {
        self.heads.clear();
        for (sender, queue) in &mut self.queues {
            let raised = raises(*sender);
            for pending in queue.iter_mut().filter(|_| raised) {
                let more = pending.fee.get() * u128::from(share) / BasisPoints::SCALE;
                let raised = MicroStx::new(pending.fee.get() + more);
                pending.fee = raised.min(most.max(pending.fee));
            }
            if let Some(first) = queue.front() {
                self.heads.push((first.rate(), Reverse(first.arrival), *sender));
            }
        }
        self.held.clear();
    }

    /// Removes what was meant to be sent before `second`. A sender's later
    /// transactions go with it, since their nonces can no longer come up; the
    /// sender uses the nonces anew.
    pub(super) fn drop_older_than(&mut self, second: u64) -> Vec<Pending> {
        let mut dropped = Vec::new();
        self.queues.retain(|sender, queue| {
            let Some(first) = queue.front().filter(|first| first.meant_s < second) else {
                return true;
            };
            self.next_nonces[sender.index()] = first.nonce;
            self.waiting -= queue.len();
            dropped.extend(queue.drain(..));
            false
        });
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Accounts;

    fn people() -> (Account, Account) {
        let mut accounts = Accounts::default();
        (accounts.enter("a"), accounts.enter("b"))
    }

    fn order(pool: &mut Mempool) -> Vec<(usize, u64)> {
        std::iter::from_fn(|| pool.next()).map(|p| (p.sender.index(), p.nonce)).collect()
    }

    #[test]
    fn the_higher_fee_enters_first_and_arrival_breaks_ties() {
        let (a, b) = people();
        let mut pool = Mempool::new(2);
        pool.submit(a, MicroStx::new(10), Action::Pause, 0);
        pool.submit(b, MicroStx::new(20), Action::Pause, 0);
        assert_eq!(order(&mut pool), [(1, 0), (0, 0)]);
        pool.submit(b, MicroStx::new(5), Action::Pause, 0);
        pool.submit(a, MicroStx::new(5), Action::Pause, 0);
        assert_eq!(order(&mut pool), [(1, 1), (0, 1)]);
        assert_eq!(pool.len(), 0);
    }

    #[test]
    fn nonces_of_a_sender_stay_in_order_whatever_the_fees() {
        let (a, b) = people();
        let mut pool = Mempool::new(2);
        pool.submit(a, MicroStx::new(1), Action::Pause, 0);
        pool.submit(a, MicroStx::new(100), Action::Resume, 0);
        pool.submit(b, MicroStx::new(50), Action::Pause, 0);
        assert_eq!(order(&mut pool), [(1, 0), (0, 0), (0, 1)]);
    }

    #[test]
    fn what_finds_no_room_waits_for_the_next_tenure_and_keeps_its_place() {
        let (a, b) = people();
        let mut pool = Mempool::new(2);
        pool.submit(a, MicroStx::new(9), Action::Pause, 0);
        pool.submit(a, MicroStx::new(9), Action::Resume, 0);
        pool.submit(b, MicroStx::new(1), Action::Pause, 0);
        let first = pool.next().expect("waits");
        pool.set_aside(first);
        assert_eq!(order(&mut pool), [(1, 0)], "the follower must not overtake");
        assert_eq!(pool.len(), 2);
        pool.release();
        assert_eq!(order(&mut pool), [(0, 0), (0, 1)]);
    }

    #[test]
    fn left_out_senders_raise_their_fees_up_to_a_bound() {
        let (a, b) = people();
        let mut pool = Mempool::new(2);
        pool.submit(a, MicroStx::new(100), Action::Pause, 0);
        pool.submit(b, MicroStx::new(400), Action::Pause, 0);
        pool.raise(5_000, MicroStx::new(300), |_| true);
        let fees: Vec<_> =
            std::iter::from_fn(|| pool.next()).map(|p| (p.sender.index(), p.fee.get())).collect();
        assert_eq!(fees, [(1, 400), (0, 150)], "no fee is lowered, none passes the bound");
    }

    #[test]
    fn who_stays_with_a_fee_is_overtaken_and_still_gets_in() {
        let (a, b) = people();
        let mut pool = Mempool::new(2);
        pool.submit(a, MicroStx::new(100), Action::Pause, 0);
        pool.submit(b, MicroStx::new(100), Action::Pause, 0);
        pool.raise(5_000, MicroStx::new(300), |who| who == b);
        let fees: Vec<_> =
            std::iter::from_fn(|| pool.next()).map(|p| (p.sender.index(), p.fee.get())).collect();
        assert_eq!(fees, [(1, 150), (0, 100)]);
    }

    #[test]
    fn the_old_are_dropped_with_their_followers_and_nonces_come_again() {
        let (a, b) = people();
        let mut pool = Mempool::new(2);
        pool.submit(a, MicroStx::new(9), Action::Pause, 100);
        pool.submit(a, MicroStx::new(9), Action::Resume, 900);
        pool.submit(b, MicroStx::new(1), Action::Pause, 900);
        let dropped = pool.drop_older_than(500);
        assert_eq!(dropped.len(), 2);
        assert_eq!(pool.len(), 1);
        pool.submit(a, MicroStx::new(9), Action::Pause, 1_000);
        assert_eq!(order(&mut pool), [(0, 0), (1, 0)]);
    }
}
