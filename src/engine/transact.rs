//! One transaction: the call with its fee, the books, everyone's statement, the
//! word back to its sender.

use super::error::RunError;
use super::limit::{Limit, decided_a_day, turning_away};
use super::mempool::Pending;
use super::observer::{Included, Observer};
use super::record::TransactionRow;
use super::venue::Carried;
use super::world::World;
use crate::agents::{Notice, Prices};
use crate::chain::Receipt;
use crate::market::{Account, Action, ErrorCode, Flow, MarketReceipt, Verdict};
use crate::scenario::FeePolicy;
use crate::trace::{Answer, Call};
use crate::units::{Kwh, MicroStx, MicroStxPerKwh};

impl World {
    /// Puts what waits into the block under construction, in the order of the
    /// mempool, as of `second`, until the tenure is full.
    pub(super) fn include(
        &mut self,
        second: u64,
        prices: &Prices,
        observer: &mut dyn Observer,
    ) -> Result<(), RunError> {
        while let Some(pending) = self.venue.next() {
            if !self.transact(&pending, second, prices, observer)? {
                self.recorder.left_out();
                self.venue.set_aside(pending);
            }
        }
        Ok(())
    }

    /// Closes the tenure and opens the next, in which those who were left out
    /// try again, with a higher fee where that is the policy.
    pub(super) fn next_tenure(&mut self) -> Result<(), RunError> {
        let network = &self.prepared.scenario.network;
        let (people, seed, share) = (&self.people, self.seed, network.raising_share);
        let raising = network.fee_policy == FeePolicy::Raising;
        let raises = raising.then_some(|who: Account| people.raises_fees(who, seed, share));
        self.venue.next_tenure(network, raises)
    }

    /// Carries one transaction out: the fee, the call, the books, the word
    /// back to its sender. `false`, and no trace, where the tenure has no room
    /// for it.
    fn transact(
        &mut self,
        pending: &Pending,
        second: u64,
        prices: &Prices,
        observer: &mut dyn Observer,
    ) -> Result<bool, RunError> {
        let Pending { sender, nonce, fee, action, meant_s, .. } = pending;
        let tick_hours = self.prepared.scenario.time.tick_hours();
        let receipt = match self.venue.carry_out(pending)? {
            Carried::In(receipt) => receipt,
            Carried::NoRoom => return Ok(false),
            Carried::CannotPay => {
                self.recorder.dropped();
                if let Some(person) = self.people.of_mut(*sender) {
                    person.agent.learn(&Notice { action, verdict: None, tick_hours });
                }
                return Ok(true);
            }
        };
        let waited = second.saturating_sub(*meant_s);
        self.recorder.included(action.function(), *sender, *fee, &receipt, waited);
        self.trace_call(*sender, action, *fee, &receipt.raw)?;
        self.enter(*sender, *fee, action, &receipt, prices)?;
        let (now, venue) = (self.now(), &self.venue);
        self.recorder.transaction_row(|transaction| {
            let (error_code, error) = match &receipt.verdict {
                Verdict::Accepted => (None, String::new()),
                Verdict::Rejected(code) => (Some(code.number()), code.to_string()),
                Verdict::Aborted(reason) => (None, reason.to_string()),
            };
            let arguments = action.arguments(venue.accounts(), 10_000).unwrap_or_default();
            let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
            TransactionRow {
                transaction,
                tick: now,
                block_height: venue.height(),
                sender: sender.index() as u64,
                nonce: *nonce,
                fee_ustx: fee.get(),
                wait_s: waited,
                function: action.function(),
                arguments: arguments.join(" "),
                outcome: receipt.verdict.outcome(),
                error_code,
                error,
            }
        });
        observer.transaction(&Included {
            height: self.venue.height(),
            second,
            sender: self.venue.principal(*sender),
            nonce: *nonce,
            fee: *fee,
            action,
            receipt: &receipt.raw,
        });
        if let Some(person) = self.people.of_mut(*sender) {
            let verdict = Some(&receipt.verdict);
            person.agent.learn(&Notice { action, verdict, tick_hours });
        }
        Ok(true)
    }

    /// Adds a call to the trace, where the run is traced.
    pub(super) fn trace_call(
        &mut self,
        sender: Account,
        action: &Action,
        fee: MicroStx,
        receipt: &Receipt,
    ) -> Result<(), RunError> {
        let Some(tracing) = self.recorder.tracing_mut() else { return Ok(()) };
        let (_, arguments) = self.venue.market().call_of(self.venue.accounts(), action)?;
        let function = action.function();
        tracing.call(&Call {
            height: self.venue.height(),
            sender: self.venue.principal(sender).clone(),
            contract: self.prepared.code.of(function.contract()).name.clone(),
            function: function.name().to_owned(),
            arguments,
            fee,
            receipt: Answer::from(receipt),
        })
    }

    /// Enters a receipt into the books, the tick and everyone's statement.
    fn enter(
        &mut self,
        sender: Account,
        fee: MicroStx,
        action: &Action,
        receipt: &MarketReceipt,
        prices: &Prices,
    ) -> Result<(), RunError> {
        let code = match &receipt.verdict {
            Verdict::Rejected(code) => Some(*code),
            _ => None,
        };
        let by_reserve = code == Some(ErrorCode::RESERVE_LIMIT_EXCEEDED);
        let by_user_limit = code == Some(ErrorCode::USER_LIMIT_EXCEEDED);
        if let Some(person) = self.people.of_mut(sender) {
            let statement = &mut person.statement;
            statement.transactions += 1;
            statement.network_fees += fee;
            statement.gain_ustx -= fee.as_f64();
            statement.rejected += u32::from(code.is_some());
            statement.turned_away_by_reserve += u32::from(by_reserve);
            statement.turned_away_by_user_limit += u32::from(by_user_limit);
        }
        let parameters = &self.venue.books().parameters;
        if let Some(limit) = turning_away(action, &receipt.verdict, parameters) {
            self.turn_away(limit, sender);
        }
        if let Err(broken) = self.venue.check_flows(sender, action, &receipt.flows) {
            if self.venue.announces() {
                return Err(self.broken(broken));
            }
            let now = self.now();
            self.recorder.findings_mut().note_rule(broken.rule, now, || broken.finding);
        }
        self.venue.move_stx(receipt);
        for flow in &receipt.flows {
            self.state(flow, prices);
            self.venue.enter(flow);
        }
        let now = self.now();
        self.venue.follow(action, receipt, now, self.recorder.findings_mut());
        // A reading that was not taken is settled by the utility after all.
        if receipt.verdict != Verdict::Accepted {
            match action {
                Action::RecordConsumption { readings } => readings.iter().for_each(|reading| {
                    self.people.supplied_by_utility(reading.of, reading.amount)
                }),
                Action::RecordProduction { readings } => readings
                    .iter()
                    .for_each(|reading| self.people.fed_to_grid(reading.of, reading.amount)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Counts a call that `limit` turned away, to its sender and to the tick.
    fn turn_away(&mut self, limit: Limit, sender: Account) {
        self.recorder.turn_away(limit);
        if let Some(person) = self.people.of_mut(sender) {
            person.statement.turned_away.add(limit);
        }
    }

    /// Enters a flow into the tick and the statements of those it concerns.
    /// Called before the books enter it, so that they still say what was held.
    pub(super) fn state(&mut self, flow: &Flow, prices: &Prices) {
        self.recorder.flow(flow);
        match *flow {
            Flow::Sold { seller, buyer, amount, price, paid, commission, .. } => {
                self.sold(seller, buyer, amount, price, paid, commission, prices);
            }
            Flow::Refunded { holder, amount, refund } => {
                let cost = self.people.release(holder, amount, self.venue.books());
                if let Some(person) = self.people.of_mut(holder) {
                    person.statement.refunded += amount;
                    person.statement.refunds += refund;
                    person.statement.gain_ustx += refund.as_f64() - cost;
                }
            }
            Flow::Consumed { consumer, amount } => {
                let cost = self.people.release(consumer, amount, self.venue.books());
                let mut most = prices.spared_ustx();
                if let Some(person) = self.people.of_mut(consumer) {
                    let spared = person.prices(prices).spared_ustx();
                    most = person.valuation.buys_up_to_ustx.unwrap_or(most);
                    person.statement.consumed += amount;
                    person.statement.consumed_value_ustx += spared * amount.as_f64();
                    person.statement.gain_ustx += spared * amount.as_f64() - cost;
                }
                self.recorder.bids_mut().used(most, amount.as_f64());
            }
            Flow::Credited { producer, amount } => {
                if let Some(person) = self.people.of_mut(producer) {
                    person.statement.credited += amount;
                }
            }
            Flow::ReadingSkipped { of, amount } => {
                // Which of both kinds it was shows in who reads it; a producer
                // that is not certified any more feeds in, a consumer that
                // holds nothing any more buys from the utility.
                if self.venue.books().entry(of).bought.is_zero() && self.people.is_producer(of) {
                    self.people.fed_to_grid(of, amount);
                } else {
                    self.people.supplied_by_utility(of, amount);
                }
            }
            Flow::Applied { producer, fee, .. } => {
                // Whoever comes to a queue of a day's work waits for longer.
                let queue = self.venue.books().applications.len() as u64;
                if queue >= decided_a_day(&self.prepared.scenario) {
                    self.turn_away(Limit::CertificationQueue, producer);
                }
                if let Some(person) = self.people.of_mut(producer) {
                    person.statement.certification_fees += fee;
                    person.statement.gain_ustx -= fee.as_f64();
                }
            }
            Flow::Revoked { producer, .. } => {
                if let Some(person) = self.people.of_mut(producer) {
                    person.statement.revoked += 1;
                }
            }
            _ => {}
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a sale has this many facts")]
    fn sold(
        &mut self,
        seller: Account,
        buyer: Account,
        amount: Kwh,
        price: MicroStxPerKwh,
        paid: MicroStx,
        commission: MicroStx,
        prices: &Prices,
    ) {
        let mut least = prices.feed_in_ustx;
        let usual = self.venue.recent().price_ustx(self.venue.books().parameters.energy_price);
        if let Some(person) = self.people.of_mut(seller) {
            person.statement.sold += amount;
            person.statement.revenue += paid;
            // What was never made was never forgone either; the utility has to
            // get it elsewhere.
            let genuine = person.statement.genuine_share();
            let feed_in = person.prices(prices).feed_in_ustx * amount.as_f64();
            person.statement.gain_ustx += paid.as_f64() - feed_in * genuine;
            person.statement.forgone_ustx += feed_in * genuine;
            person.statement.invented_sold_ustx += feed_in * (1.0 - genuine);
            if !person.allies.contains(&buyer) {
                person.statement.above_market_ustx += paid.as_f64() - usual * amount.as_f64();
            }
            least = person.valuation.sells_from_ustx.unwrap_or(least);
        }
        if let Some(person) = self.people.of_mut(buyer) {
            person.statement.bought += amount;
            person.statement.paid += paid;
            person.statement.commission += commission;
            person.statement.commission_held_ustx += commission.as_f64();
        }
        self.recorder.sale(amount, price, paid, commission, least);
    }
}
