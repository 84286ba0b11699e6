//! What a run writes down while it goes on: rows of ticks, counts of calls, waits,
//! limits and bids over the measuring window, findings and the trace. It is told;
//! nothing of it changes what happens.

use hdrhistogram::Histogram;

use super::arrivals::{Meant, Tape};
use super::books::Totals;
use super::efficiency::Bids;
use super::error::RunError;
use super::findings::Findings;
use super::limit::{Limit, LimitTally};
use super::record::{FindingRow, TickRow, TransactionRow};
use super::tally::{Calls, TickFlows};
use super::tracing::Tracing;
use super::window::{Before, Window};
use crate::market::{Account, ErrorCode, Flow, Function, MarketReceipt, Verdict};
use crate::units::{Kwh, MicroStx, MicroStxPerKwh};

/// Significant digits that are kept of a wait.
const WAIT_DIGITS: u8 = 3;

/// The recorder of a run.
#[derive(Clone)]
pub(super) struct Recorder {
    rows: Vec<TickRow>,
    /// What flowed in the tick that goes on.
    flows: TickFlows,
    /// Calls of the measuring window, and those before it opened.
    calls: Calls,
    earlier_calls: Calls,
    /// Seconds from when a transaction was meant to be sent to its block.
    waits: Histogram<u64>,
    limits: LimitTally,
    bids: Bids,
    window: Window,
    findings: Findings,
    tracing: Option<Tracing>,
    /// What people mean to send, where that is written down.
    tape: Option<Tape>,
    /// Transactions that got in.
    transactions: u64,
    /// The last of them, and who sent it.
    last: Option<(Function, Account)>,
}

impl Recorder {
    /// A recorder that measures from the start of the tick `from` on.
    pub(super) fn new(from: u32, tracing: Option<Tracing>) -> Result<Self, RunError> {
        Ok(Self {
            rows: Vec::new(),
            flows: TickFlows::default(),
            calls: Calls::default(),
            earlier_calls: Calls::default(),
            waits: Histogram::new(WAIT_DIGITS).map_err(|_| RunError::Histogram)?,
            limits: LimitTally::default(),
            bids: Bids::default(),
            window: Window::opening_at(from),
            findings: Findings::default(),
            tracing,
            tape: None,
            transactions: 0,
            last: None,
        })
    }

    /// Measures from the start of the tick `from` on.
    pub(super) fn measure_from(&mut self, from: u32) {
        self.window = Window::opening_at(from);
    }

    /// Opens the measuring window. `before` is what everyone's run had come to,
    /// `totals` what the market's had; unsold, held and owed energy, with what its
    /// owners would take or pay, goes on into the window.
    pub(super) fn open_window(
        &mut self,
        totals: Totals,
        before: Vec<Before>,
        unsold: impl Iterator<Item = (f64, f64)>,
        held: Kwh,
        owed: impl Iterator<Item = (f64, f64)>,
    ) {
        self.window.open(self.rows.len(), totals, before);
        self.earlier_calls = std::mem::take(&mut self.calls);
        self.waits.reset();
        self.limits = LimitTally::default();
        self.bids = self.bids.carried_over(unsold, held, owed);
    }

    pub(super) const fn window(&self) -> &Window {
        &self.window
    }

    /// The rows of all ticks so far.
    pub(super) fn rows(&self) -> &[TickRow] {
        &self.rows
    }

    /// The rows of the ticks that are measured.
    pub(super) fn measured(&self) -> &[TickRow] {
        self.window.rows(&self.rows)
    }

    pub(super) const fn flows(&self) -> &TickFlows {
        &self.flows
    }

    pub(super) const fn calls(&self) -> &Calls {
        &self.calls
    }

    pub(super) const fn waits(&self) -> &Histogram<u64> {
        &self.waits
    }

    pub(super) const fn limits(&self) -> &LimitTally {
        &self.limits
    }

    pub(super) const fn bids(&self) -> &Bids {
        &self.bids
    }

    pub(super) const fn bids_mut(&mut self) -> &mut Bids {
        &mut self.bids
    }

    pub(super) const fn findings_mut(&mut self) -> &mut Findings {
        &mut self.findings
    }

    pub(super) const fn tracing_mut(&mut self) -> Option<&mut Tracing> {
        self.tracing.as_mut()
    }

    /// Ends the trace, where there is one.
    pub(super) const fn take_tracing(&mut self) -> Option<Tracing> {
        self.tracing.take()
    }

    /// Transactions that got in.
    pub(super) const fn transactions(&self) -> u64 {
        self.transactions
    }

    /// The last transaction that got in, and who sent it.
    pub(super) const fn last(&self) -> Option<(Function, Account)> {
        self.last
    }

    /// Writes down from now on what people mean to send.
    pub(super) fn keep_tape(&mut self) {
        self.tape = Some(Tape::default());
    }

    /// What they meant to send since.
    pub(super) fn take_tape(&mut self) -> Tape {
        self.tape.take().unwrap_or_default()
    }

    /// Somebody means to send this.
    pub(super) fn meant(&mut self, meant: impl FnOnce() -> Meant) {
        if let Some(tape) = &mut self.tape {
            tape.0.push(meant());
        }
    }

    /// A tick begins.
    pub(super) fn begin_tick(&mut self) {
        self.flows = TickFlows::default();
    }

    /// A tick ended.
    pub(super) fn end_tick(&mut self, row: TickRow) {
        self.rows.push(row);
    }

    /// Enters how much of each limit is used at the end of the tick.
    pub(super) fn close_limits(&mut self, tick: u32, used: impl Fn(Limit) -> Option<f64>) {
        self.limits.close(tick, used, &self.flows.turned_away);
    }

    /// A transaction got in after so many seconds.
    pub(super) fn included(
        &mut self,
        function: Function,
        sender: Account,
        fee: MicroStx,
        receipt: &MarketReceipt,
        waited_s: u64,
    ) {
        self.flows.network_fees += fee;
        self.transactions += 1;
        self.last = Some((function, sender));
        self.calls.count(function, receipt);
        self.waits.saturating_record(waited_s);
        match &receipt.verdict {
            Verdict::Accepted => self.flows.accepted += 1,
            Verdict::Rejected(code) => {
                self.flows.rejected += 1;
                self.flows.turned_away_by_reserve +=
                    u64::from(*code == ErrorCode::RESERVE_LIMIT_EXCEEDED);
                self.flows.turned_away_by_user_limit +=
                    u64::from(*code == ErrorCode::USER_LIMIT_EXCEEDED);
            }
            Verdict::Aborted(_) => self.flows.aborted += 1,
        }
    }

    /// Writes the last transaction down, where all of them are.
    pub(super) fn transaction_row(&mut self, row: impl FnOnce(u64) -> TransactionRow) {
        if let Some(tracing) = &mut self.tracing {
            tracing.rows.push(row(self.transactions));
        }
    }

    /// The rows of all transactions, where they were written down.
    pub(super) fn take_transaction_rows(&mut self) -> Vec<TransactionRow> {
        self.tracing.as_mut().map_or_else(Vec::new, |tracing| std::mem::take(&mut tracing.rows))
    }

    /// A transaction found no room in a tenure.
    pub(super) const fn left_out(&mut self) {
        self.flows.left_out += 1;
    }

    /// A transaction was given up.
    pub(super) const fn dropped(&mut self) {
        self.flows.dropped += 1;
    }

    /// A transaction that is not in has waited so long.
    pub(super) fn waited(&mut self, seconds: u64) {
        self.waits.saturating_record(seconds);
    }

    /// A limit turned a call away.
    pub(super) const fn turn_away(&mut self, limit: Limit) {
        self.flows.turned_away.add(limit);
    }

    /// Something flowed; of a sale see [`Recorder::sale`].
    pub(super) fn flow(&mut self, flow: &Flow) {
        let flows = &mut self.flows;
        match *flow {
            Flow::Listed { amount, .. } => flows.listed += amount,
            Flow::Refunded { amount, refund, .. } => {
                flows.refunded += amount;
                flows.refunds += refund;
            }
            Flow::Consumed { amount, .. } => flows.consumed += amount,
            Flow::Credited { amount, .. } => flows.credited += amount,
            _ => {}
        }
    }

    /// Energy was sold by one who would have taken `least_ustx` a kWh.
    pub(super) fn sale(
        &mut self,
        amount: Kwh,
        price: MicroStxPerKwh,
        paid: MicroStx,
        commission: MicroStx,
        least_ustx: f64,
    ) {
        self.flows.sale(amount, price, paid);
        self.flows.commission += commission;
        self.bids.sale(least_ustx, amount.as_f64());
    }

    /// Functions of the whole run that aborted.
    pub(super) fn aborts(&self) -> Vec<(Function, u64, u64, String)> {
        self.calls.with(&self.earlier_calls).aborts()
    }

    /// Ends the run: the rows of all ticks, and what was noted.
    pub(super) fn into_rows(self) -> (Vec<TickRow>, Vec<FindingRow>) {
        (self.rows, self.findings.into_rows())
    }
}
