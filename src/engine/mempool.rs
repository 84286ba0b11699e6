//! Transactions that wait for room in a block. They enter by the fee they
//! offer, then by arrival, and those of one sender in the order of their
//! nonces. Knows senders, fees and ages; never what a transaction does.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::market::{Account, Action};
use crate::units::MicroStx;

/// A transaction that waits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pending {
    pub(super) sender: Account,
    pub(super) nonce: u64,
    pub(super) fee: MicroStx,
    pub(super) action: Action,
    /// Second, since the start of the run, at which it was meant to be sent.
    pub(super) meant_s: u64,
    arrival: u64,
}

/// One sender's transactions.
#[derive(Clone, Debug, Default)]
struct Queue {
    next_nonce: u64,
    waiting: VecDeque<Pending>,
}

/// A sender's first transaction, in the order of entry: the greatest fee
/// first, then the earliest arrival.
type Head = (MicroStx, Reverse<u64>, Account);

/// The transactions that wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Mempool {
    queues: Vec<Queue>,
    heads: BinaryHeap<Head>,
    arrivals: u64,
    waiting: usize,
}

impl Mempool {
    /// An empty mempool for senders numbered below `accounts`.
    pub(super) fn new(accounts: usize) -> Self {
        Self { queues: vec![Queue::default(); accounts], ..Self::default() }
    }

    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.waiting
    }

    /// Takes a transaction in and gives it the sender's next nonce.
    pub(super) fn submit(&mut self, sender: Account, fee: MicroStx, action: Action, meant_s: u64) {
        let arrival = self.arrivals;
        self.arrivals += 1;
        let queue = &mut self.queues[sender.index()];
        let nonce = queue.next_nonce;
        queue.next_nonce += 1;
        if queue.waiting.is_empty() {
            self.heads.push((fee, Reverse(arrival), sender));
        }
        queue.waiting.push_back(Pending { sender, nonce, fee, action, meant_s, arrival });
        self.waiting += 1;
    }

    /// The transaction that enters next.
    pub(super) fn next(&mut self) -> Option<Pending> {
        loop {
            let (_, Reverse(arrival), sender) = self.heads.pop()?;
            let queue = &mut self.queues[sender.index()];
            // A head that was dropped since leaves a stale entry behind.
            if queue.waiting.front().is_some_and(|first| first.arrival == arrival) {
                let first = queue.waiting.pop_front()?;
                self.waiting -= 1;
                if let Some(second) = queue.waiting.front() {
                    self.heads.push((second.fee, Reverse(second.arrival), sender));
                }
                return Some(first);
            }
        }
    }

    /// Removes what was meant to be sent before `second`. A sender's later
    /// transactions go with it, since their nonces can no longer come up; the
    /// sender uses the nonces anew.
    pub(super) fn drop_older_than(&mut self, second: u64) -> Vec<Pending> {
        let mut dropped = Vec::new();
        for queue in &mut self.queues {
            if let Some(first) = queue.waiting.front()
                && first.meant_s < second
            {
                queue.next_nonce = first.nonce;
                self.waiting -= queue.waiting.len();
                dropped.extend(queue.waiting.drain(..));
            }
        }
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
