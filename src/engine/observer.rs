//! Whoever watches a run from outside: a server, a notebook, a test. It is told
//! what happened and changes nothing.

use super::record::TickRow;
use crate::chain::{Principal, Receipt};
use crate::market::Action;
use crate::units::MicroStx;

/// A transaction that got into a block.
#[derive(Clone, Copy, Debug)]
pub struct Included<'a> {
    /// Height of the block.
    pub height: u32,
    /// Second, since the start of the run, at which it got in.
    pub second: u64,
    /// Who sent it.
    pub sender: &'a Principal,
    /// Its nonce.
    pub nonce: u64,
    /// The fee that was paid.
    pub fee: MicroStx,
    /// What it asked of the market.
    pub action: &'a Action,
    /// What came of it.
    pub receipt: &'a Receipt,
}

/// Is told of what happens in a run, in the order in which it happens. All
/// methods do nothing unless they are written.
pub trait Observer {
    /// A transaction got into a block.
    fn transaction(&mut self, included: &Included<'_>) {
        let _ = included;
    }

    /// A fast block closed, at this second since the start of the run, in the
    /// tenure of this height.
    fn block(&mut self, height: u32, second: u64) {
        let _ = (height, second);
    }

    /// A tick ended.
    fn tick(&mut self, row: &TickRow) {
        let _ = row;
    }
}

/// Watches nothing.
impl Observer for () {}
