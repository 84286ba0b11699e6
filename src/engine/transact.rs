//! One transaction: the fee, the call, the books, everyone's statement, the
//! word back to its sender.

use super::invariants;
use super::limits::{Limit, decided_a_day, turning_away};
use super::mempool::Pending;
use super::people;
use super::record::TransactionRow;
use super::world::{PEOPLE_FROM, RunError, World};
use crate::agents::{Notice, Prices};
use crate::market::{Account, Action, Flow, MarketReceipt, Verdict};
use crate::scenario::FeePolicy;
use crate::units::{Kwh, MicroStx, MicroStxPerKwh, Tick};

/// Error codes that say whom a limit turned away.
const RESERVE_LIMIT_EXCEEDED: u128 = 108;
const PER_USER_LIMIT_EXCEEDED: u128 = 111;

impl World<'_> {
    /// Puts what waits into the block under construction, in the order of the
    /// mempool, as of `second`, until the tenure is full.
    pub(super) fn include(&mut self, second: u64, prices: &Prices) -> Result<(), RunError> {
        while !self.tenure.is_full() {
            let Some(pending) = self.mempool.next() else { break };
            if !self.transact(&pending, second, prices)? {
                self.tenure.misfit();
                self.flows.left_out += 1;
                self.mempool.set_aside(pending);
            }
        }
        Ok(())
    }

    /// Closes the tenure and opens the next, in which those who were left out
    /// try again, with a higher fee where that is the policy.
    pub(super) fn next_tenure(&mut self) -> Result<(), RunError> {
        let fees = self.chain.fees_pending();
        self.chain.advance_block()?;
        self.books.collect_fees(self.fee_sink, fees);
        let waiting = self.mempool.len() > 0;
        self.tenure.advance(waiting);
        let network = &self.prepared.scenario.network;
        if waiting && network.fee_policy == FeePolicy::Raising {
            let (seed, share) = (self.seed, network.raising_share);
            let raises = |who: Account| {
                let place = who.index().checked_sub(PEOPLE_FROM);
                let person = place.and_then(|place| self.people.get(place));
                person.is_some_and(|person| people::raises_fees(seed, person.key, share))
            };
            self.mempool.raise(network.fee_raise_bps, network.fee_max_ustx, raises);
        } else {
            self.mempool.release();
        }
        Ok(())
    }

    /// Carries one transaction out: the fee, the call, the books, the word
    /// back to its sender. `false`, and no trace, where the tenure has no room
    /// for it.
    fn transact(
        &mut self,
        pending: &Pending,
        second: u64,
        prices: &Prices,
    ) -> Result<bool, RunError> {
        let Pending { sender, nonce, fee, action, meant_s, .. } = pending;
        let purse = self.watch.purse(*sender);
        let tick_hours = self.prepared.scenario.time.tick_hours();
        if !self.chain.pay_fee(purse, *fee)? {
            // A node takes no transaction whose sender cannot pay its fee.
            self.flows.dropped += 1;
            if let Some(person) = self.person_mut(*sender) {
                person.agent.learn(&Notice { action, verdict: None, tick_hours });
            }
            return Ok(true);
        }
        let receipt = match self.tenure.room() {
            None => self.market.execute(&mut self.chain, &self.accounts, *sender, action).map(Some),
            Some(room) => {
                self.market.execute_within(&mut self.chain, &self.accounts, *sender, action, &room)
            }
        }?;
        let Some(receipt) = receipt else {
            self.chain.return_fee(purse, *fee)?;
            return Ok(false);
        };
        self.tenure.add(receipt.cost, pending.rate());
        self.books.pay_fee(*sender, *fee);
        self.flows.network_fees += *fee;
        self.transactions += 1;
        self.last = Some((action.function(), *sender));
        self.calls.count(action.function(), &receipt);
        let waited = second.saturating_sub(*meant_s);
        self.waits.saturating_record(waited);
        self.trace_call(*sender, action, *fee, &receipt.raw)?;
        self.enter(*sender, *fee, action, &receipt, prices)?;
        if let Some(tracing) = &mut self.tracing {
            let (error_code, error) = match &receipt.verdict {
                Verdict::Accepted => (None, String::new()),
                Verdict::Rejected(code) => (Some(code.number()), code.to_string()),
                Verdict::Aborted(reason) => (None, reason.clone()),
            };
            let arguments = action.arguments(&self.accounts, 10_000).unwrap_or_default();
            let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
            tracing.rows.push(TransactionRow {
                transaction: self.transactions,
                tick: Tick::new(self.next_tick),
                block_height: self.chain.block_height(),
                sender: sender.index() as u64,
                nonce: *nonce,
                fee_ustx: fee.get(),
                wait_s: waited,
                function: action.function(),
                arguments: arguments.join(" "),
                outcome: receipt.verdict.outcome(),
                error_code,
                error,
            });
        }
        if let Some(person) = self.person_mut(*sender) {
            let verdict = Some(&receipt.verdict);
            person.agent.learn(&Notice { action, verdict, tick_hours });
        }
        Ok(true)
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
            Verdict::Rejected(code) => code.number(),
            _ => 0,
        };
        self.flows.turned_away_by_reserve += u64::from(code == RESERVE_LIMIT_EXCEEDED);
        self.flows.turned_away_by_user_limit += u64::from(code == PER_USER_LIMIT_EXCEEDED);
        match &receipt.verdict {
            Verdict::Accepted => self.flows.accepted += 1,
            Verdict::Rejected(_) => self.flows.rejected += 1,
            Verdict::Aborted(_) => self.flows.aborted += 1,
        }
        if let Some(person) = self.person_mut(sender) {
            let statement = &mut person.statement;
            statement.transactions += 1;
            statement.network_fees += fee;
            statement.gain_ustx -= fee.as_f64();
            statement.rejected += u32::from(code != 0);
            statement.turned_away_by_reserve += u32::from(code == RESERVE_LIMIT_EXCEEDED);
            statement.turned_away_by_user_limit += u32::from(code == PER_USER_LIMIT_EXCEEDED);
        }
        if let Some(limit) = turning_away(action, &receipt.verdict, &self.books.parameters) {
            self.turn_away(limit, sender);
        }
        if let Err(broken) = invariants::check_flows(&self.books, sender, action, &receipt.flows) {
            if self.market.announces() {
                return Err(self.broken(broken));
            }
            self.note_rule(broken.rule, || broken.finding);
        }
        for (from, to, amount) in &receipt.stx {
            self.books.move_stx(*from, *to, *amount);
        }
        for flow in &receipt.flows {
            self.state(flow, prices);
            self.books.enter(flow);
        }
        self.follow(action, receipt);
        // A reading that was not taken is settled by the utility after all.
        if let (Action::RecordConsumption { readings }, false) =
            (action, receipt.verdict == Verdict::Accepted)
        {
            for reading in readings {
                self.supplied_by_utility(reading.of, reading.amount);
            }
        }
        if let (Action::RecordProduction { readings }, false) =
            (action, receipt.verdict == Verdict::Accepted)
        {
            for reading in readings {
                self.fed_in(reading.of, reading.amount);
            }
        }
        Ok(())
    }

    fn supplied_by_utility(&mut self, who: Account, amount: Kwh) {
        if let Some(person) = self.person_mut(who) {
            person.statement.retail_kwh += amount.as_f64();
        }
    }

    fn fed_in(&mut self, who: Account, amount: Kwh) {
        if let Some(person) = self.person_mut(who) {
            person.statement.fed_in_kwh += amount.as_f64();
        }
    }

    /// Enters a flow into the tick and the statements of those it concerns.
    /// Called before the books enter it, so that they still say what was held.
    pub(super) fn state(&mut self, flow: &Flow, prices: &Prices) {
        match *flow {
            Flow::Listed { amount, .. } => self.flows.listed += amount,
            Flow::Sold { seller, buyer, amount, price, paid, commission, .. } => {
                self.sold(seller, buyer, amount, price, paid, commission, prices);
            }
            Flow::Refunded { holder, amount, refund } => {
                self.flows.refunded += amount;
                self.flows.refunds += refund;
                let cost = self.release(holder, amount);
                if let Some(person) = self.person_mut(holder) {
                    person.statement.refunded += amount;
                    person.statement.refunds += refund;
                    person.statement.gain_ustx += refund.as_f64() - cost;
                }
            }
            Flow::Consumed { consumer, amount } => {
                self.flows.consumed += amount;
                let cost = self.release(consumer, amount);
                let mut most = prices.spared_ustx();
                if let Some(person) = self.person_mut(consumer) {
                    let spared = person.prices(prices).spared_ustx();
                    most = person.valuation.buys_up_to_ustx.unwrap_or(most);
                    person.statement.consumed += amount;
                    person.statement.consumed_value_ustx += spared * amount.as_f64();
                    person.statement.gain_ustx += spared * amount.as_f64() - cost;
                }
                self.bids.used(most, amount.as_f64());
            }
            Flow::Credited { producer, amount } => {
                self.flows.credited += amount;
                if let Some(person) = self.person_mut(producer) {
                    person.statement.credited += amount;
                }
            }
            Flow::ReadingSkipped { of, amount } => {
                // Which of both kinds it was shows in who reads it; a producer
                // that is not certified any more feeds in, a consumer that
                // holds nothing any more buys from the utility.
                if self.books.entry(of).bought.is_zero() && self.producer(of) {
                    self.fed_in(of, amount);
                } else {
                    self.supplied_by_utility(of, amount);
                }
            }
            Flow::Applied { producer, fee, .. } => {
                // Whoever comes to a queue of a day's work waits for longer.
                let queue = self.books.applications.len() as u64;
                if queue >= decided_a_day(&self.prepared.scenario) {
                    self.turn_away(Limit::CertificationQueue, producer);
                }
                if let Some(person) = self.person_mut(producer) {
                    person.statement.certification_fees += fee;
                    person.statement.gain_ustx -= fee.as_f64();
                }
            }
            Flow::Revoked { producer, .. } => {
                if let Some(person) = self.person_mut(producer) {
                    person.statement.revoked += 1;
                }
            }
            _ => {}
        }
    }

    fn producer(&mut self, who: Account) -> bool {
        self.person_mut(who)
            .and_then(|person| person.house.as_ref())
            .is_some_and(|house| house.home.array.is_some())
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
        self.flows.sale(amount, price, paid);
        self.flows.commission += commission;
        let mut least = prices.feed_in_ustx;
        let usual = self.recent.price_ustx(self.books.parameters.energy_price);
        if let Some(person) = self.person_mut(seller) {
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
        if let Some(person) = self.person_mut(buyer) {
            person.statement.bought += amount;
            person.statement.paid += paid;
            person.statement.commission += commission;
            person.statement.commission_held_ustx += commission.as_f64();
        }
        self.bids.sale(least, amount.as_f64());
    }

    /// What `amount` of the energy that `holder` holds cost it, commission
    /// included, in microSTX; takes that share off the commission carried.
    fn release(&mut self, holder: Account, amount: Kwh) -> f64 {
        let entry = *self.books.entry(holder);
        let share = amount.as_f64() / entry.bought.as_f64().max(1.0);
        let Some(person) = self.person_mut(holder) else { return 0.0 };
        let commission = person.statement.commission_held_ustx * share;
        person.statement.commission_held_ustx -= commission;
        entry.basis.as_f64() * share + commission
    }
}
