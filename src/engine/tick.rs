//! One tick: sun and load, meters, the phases in which agents act, the blocks
//! that carry what they send, observation, and the check of the rules.

use rand::seq::SliceRandom;

use super::adversaries;
use super::arrivals::Meant;
use super::observe;
use super::people::Person;
use super::show::home;
use super::tally::TickFlows;
use super::world::{RunError, World};
use crate::agents::{
    Intent, Kind, Meter, Moment, Notice, Phase, Prices, Standing, View, Whims, Work,
};
use crate::chain::TENURE_SECONDS;
use crate::market::{Account, Action, Function, Reading};
use crate::random::{Purpose, stream_at};
use crate::units::{Kwh, MicroStx, Tick};

/// Seconds between the blocks within a tenure.
pub(super) const FAST_BLOCK_SECONDS: usize = 10;

impl World<'_> {
    /// Runs the next tick; `false` when the run is over.
    ///
    /// # Errors
    /// Where the chain fails or a rule that must always hold is broken.
    pub fn step(&mut self) -> Result<bool, RunError> {
        if self.next_tick >= self.prepared.scenario.time.ticks() {
            return Ok(false);
        }
        if self.next_tick > 0 && self.next_tick == self.warm_up_ticks() {
            self.begin_measuring();
        }
        let moment = self.moment();
        if moment.is_midnight() && moment.day > 0 {
            self.begin_day(moment.day);
        }
        self.flows = TickFlows::default();
        let prices = self.prepared.prices(moment.hour() as u32);
        // Meters are read on the hour, whatever the tick.
        let on_the_hour = (moment.tick_of_day + 1).is_multiple_of(moment.ticks_a_day / 24);
        let production = self.meter(&moment, on_the_hour);
        let mut consumption = Vec::new();
        for (place, phase) in Phase::ALL.into_iter().enumerate() {
            let second = self.second(place);
            self.reach(second, &prices)?;
            if phase == Phase::Settlement && on_the_hour {
                consumption = self.settle();
                if !self.market.has(Function::RecordConsumption) {
                    self.settle_off_chain(&std::mem::take(&mut consumption), &prices);
                }
            }
            self.ask(phase, &moment, &prices, &production, &consumption, second)?;
            if phase == Phase::Administration && moment.is_midnight() {
                for person in &mut self.people {
                    person.statement.gain_at_midnight_ustx = person.statement.gain_ustx;
                }
            }
        }
        self.drop_stale(&moment);
        self.check()?;
        self.close_limits();
        let row = observe::tick_row(self, &moment, &prices);
        self.recent.add(&self.flows, row.need_kwh, moment.tick_hours());
        self.rows.push(row);
        self.branching.clear();
        self.next_tick += 1;
        Ok(true)
    }

    pub(super) fn moment(&self) -> Moment {
        let ticks_a_day = self.prepared.scenario.time.ticks_per_day();
        Moment {
            tick: Tick::new(self.next_tick),
            day: self.next_tick / ticks_a_day,
            tick_of_day: self.next_tick % ticks_a_day,
            ticks_a_day,
        }
    }

    /// Second, since the start of the run, at which the next tick begins.
    pub(super) fn now_s(&self) -> u64 {
        u64::from(self.next_tick) * u64::from(self.prepared.scenario.time.tick_minutes) * 60
    }

    /// Second, since the start of the run, at which the phase in that place
    /// begins: phases share the tick evenly.
    fn second(&self, place: usize) -> u64 {
        let tick_s = u64::from(self.prepared.scenario.time.tick_minutes) * 60;
        let start = u64::from(self.next_tick) * tick_s;
        start + tick_s * place as u64 / Phase::ALL.len() as u64
    }

    /// Closes blocks until the one that holds `second` is under construction.
    /// Each new block takes in what waits.
    pub(super) fn reach(&mut self, second: u64, prices: &Prices) -> Result<(), RunError> {
        let due = 1 + (second / u64::from(TENURE_SECONDS)) as u32;
        while self.chain.block_height() < due {
            self.next_tenure()?;
            let opened = u64::from(self.chain.block_height() - 1) * u64::from(TENURE_SECONDS);
            self.include(opened, prices)?;
        }
        Ok(())
    }

    /// Follows every meter: own production is used first. What is over goes to
    /// the market where its maker is certified and takes part, to the grid
    /// otherwise; what lacks waits to be settled. Returns, on the hour, whole
    /// kWh of verified production.
    fn meter(&mut self, moment: &Moment, on_the_hour: bool) -> Vec<Reading> {
        let mut production = Vec::new();
        let recorded = self.market.has(Function::RecordProduction);
        let tick = moment.tick_of_day as usize;
        for person in &mut self.people {
            let standing = self.books.entry(person.account).standing;
            let sells = recorded && standing == Standing::Certified && person.agent.takes_part();
            let Some(house) = &mut person.house else { continue };
            let (made, used) = house.today.made_and_used_kwh(tick);
            let self_used = made.min(used);
            let surplus = made - self_used;
            person.need_kwh = used - self_used;
            person.fresh = Kwh::ZERO;
            let statement = &mut person.statement;
            statement.made_kwh += made;
            statement.used_kwh += used;
            statement.self_used_kwh += self_used;
            house.unsettled_kwh += person.need_kwh;
            if sells {
                house.surplus_carry_kwh += surplus;
                let whole = Kwh::floor_from_f64(house.surplus_carry_kwh);
                if on_the_hour && !whole.is_zero() {
                    house.surplus_carry_kwh -= whole.as_f64();
                    person.fresh = whole;
                    let standing = |who: Account| self.books.entry(who).standing;
                    report(person, whole, &standing, &mut production);
                }
            } else {
                statement.fed_in_kwh += surplus;
            }
        }
        production
    }

    /// Whole kWh that homes used: out of what they bought, as far as that
    /// reaches, and from the utility beyond. Returns the readings of the
    /// former.
    fn settle(&mut self) -> Vec<Reading> {
        let mut consumption = Vec::new();
        for person in &mut self.people {
            let Some(house) = &mut person.house else { continue };
            let whole = Kwh::floor_from_f64(house.unsettled_kwh);
            if whole.is_zero() {
                continue;
            }
            house.unsettled_kwh -= whole.as_f64();
            let covered = whole.min(self.books.entry(person.account).bought);
            person.statement.retail_kwh += (whole - covered).as_f64();
            if !covered.is_zero() {
                consumption.push(Reading { of: person.account, amount: covered });
            }
        }
        consumption
    }

    /// Asks every agent that acts in the phase, in an order drawn anew. The
    /// phase lasts for a number of fast blocks; those who are asked in one see
    /// the chain as the last one left it, and meet in the next. Who makes no
    /// offers says before them what it would pay.
    fn ask(
        &mut self,
        phase: Phase,
        moment: &Moment,
        prices: &Prices,
        production: &[Reading],
        consumption: &[Reading],
        second: u64,
    ) -> Result<(), RunError> {
        let works = self.works(phase, moment, production, consumption);
        let mut order: Vec<usize> = (0..self.honest).collect();
        let draw = Phase::ALL.len() as u32 * moment.tick.index() + phase as u32;
        order.shuffle(&mut stream_at(self.seed, Purpose::Order, 0, draw));
        adversaries::mingle(&mut order, self.people.len(), self.seed, draw);
        let everyone = phase == Phase::Administration && moment.is_midnight();
        if phase == Phase::Offers {
            let others: Vec<usize> =
                (0..order.len()).filter(|place| !self.acts[*place][phase as usize]).collect();
            self.ask_group(phase, moment, prices, &works, &others, second);
        }
        let tick_s = usize::try_from(self.prepared.scenario.time.tick_minutes).unwrap_or(60) * 60;
        let blocks = (tick_s / Phase::ALL.len() / FAST_BLOCK_SECONDS).max(1);
        for (block, group) in order.chunks(order.len().div_ceil(blocks).max(1)).enumerate() {
            let now = second + (block * FAST_BLOCK_SECONDS) as u64;
            let acting = group.iter().filter(|who| everyone || self.acts[**who][phase as usize]);
            let acting: Vec<usize> = acting.copied().collect();
            self.ask_group(phase, moment, prices, &works, &acting, now);
            self.ask_watchers(phase, moment, prices, now);
            self.include(now, prices)?;
        }
        Ok(())
    }

    /// Asks the agents in `group` and takes what they send into the mempool.
    fn ask_group(
        &mut self,
        phase: Phase,
        moment: &Moment,
        prices: &Prices,
        works: &[Work],
        group: &[usize],
        now: u64,
    ) {
        if group.is_empty() {
            return;
        }
        let market = self.market_view();
        let nothing = Work::default();
        let mut intents = Vec::new();
        for &place in group {
            let person = &mut self.people[place];
            let view = View {
                phase,
                moment: *moment,
                market: &market,
                prices: person.prices(prices),
                me: person.account,
                mine: self.books.holdings(person.account),
                gained_ustx: person.statement.gain_ustx - person.statement.gain_at_midnight_ustx,
                home: home(person, &self.rhythm, moment),
                work: works.get(place).unwrap_or(&nothing),
                allies: &person.allies,
                waiting: &[],
                whims: Whims::new(self.seed, person.key, moment.tick),
            };
            // A home sends nothing more while something of its own waits: its
            // purse and stock are not what they will be. Everyone else goes on.
            let at_home = matches!(person.kind(), Kind::Producer | Kind::Buyer);
            let waits = at_home && self.mempool.waits_for(person.account);
            if !waits || phase == Phase::Administration {
                person.agent.decide(&view, &mut intents);
            }
            match phase {
                Phase::Offers => {
                    person.valuation = person.agent.valuation(&view);
                    if let Some(least) = person.valuation.sells_from_ustx
                        && !person.fresh.is_zero()
                    {
                        self.bids.supply(least, person.fresh.as_f64());
                    }
                }
                Phase::Purchases => {
                    if let Some(most) = person.valuation.buys_up_to_ustx
                        && person.need_kwh > 0.0
                    {
                        self.bids.demand(most, person.need_kwh);
                    }
                }
                _ => {}
            }
            let sender = person.account;
            self.submit(sender, &mut intents, prices, now);
        }
    }

    /// Shows what waits for the next block to those who watch, one after the
    /// other, and takes in what they send.
    fn ask_watchers(&mut self, phase: Phase, moment: &Moment, prices: &Prices, now: u64) {
        let watchers: Vec<usize> = (self.honest..self.people.len())
            .filter(|place| self.people[*place].agent.watches())
            .collect();
        if watchers.is_empty() {
            return;
        }
        let market = self.market_view();
        let work = Work::default();
        let mut intents = Vec::new();
        for place in watchers {
            let waiting = self.mempool.waiting(now);
            let person = &mut self.people[place];
            let view = View {
                phase,
                moment: *moment,
                market: &market,
                prices: person.prices(prices),
                me: person.account,
                mine: self.books.holdings(person.account),
                gained_ustx: person.statement.gain_ustx - person.statement.gain_at_midnight_ustx,
                home: home(person, &self.rhythm, moment),
                work: &work,
                allies: &person.allies,
                waiting: &waiting,
                whims: Whims::new(self.seed, person.key, moment.tick),
            };
            person.agent.watch(&view, &mut intents);
            let sender = person.account;
            self.submit(sender, &mut intents, prices, now);
        }
    }

    /// Takes what `sender` means to send into the mempool; calls of functions
    /// that the contracts lack are left out.
    fn submit(&mut self, sender: Account, intents: &mut Vec<Intent>, prices: &Prices, now: u64) {
        for Intent { action, fee } in intents.drain(..) {
            if self.market.has(action.function()) {
                let fee = fee.unwrap_or_else(|| usual_fee(&action, prices.network_fee));
                if let Some(tape) = &mut self.tape {
                    tape.0.push(Meant { sender, fee, action: action.clone() });
                }
                self.mempool.submit(sender, fee, action, now);
            }
        }
    }

    /// Drops what has waited too long and tells its senders.
    pub(super) fn drop_stale(&mut self, moment: &Moment) {
        let tick_s = u64::from(self.prepared.scenario.time.tick_minutes) * 60;
        let now = u64::from(moment.tick.index() + 1) * tick_s;
        let patience = u64::from(self.prepared.scenario.network.drop_after_s);
        for pending in self.mempool.drop_older_than(now.saturating_sub(patience)) {
            self.flows.dropped += 1;
            // Whoever never got in has waited too: leaving the longest waits
            // out would make a full chain look quick.
            self.waits.saturating_record(now - pending.meant_s);
            let tick_hours = moment.tick_hours();
            if let Some(person) = self.person_mut(pending.sender) {
                let action = &pending.action;
                person.agent.learn(&Notice { action, verdict: None, tick_hours });
            }
        }
    }
}

/// What the meter of `person` reports of `whole` kWh fed in.
fn report(
    person: &mut Person,
    whole: Kwh,
    standing: &dyn Fn(Account) -> Standing,
    production: &mut Vec<Reading>,
) {
    let of = person.account;
    match person.agent.meter() {
        Meter::Honest => production.push(Reading { of, amount: whole }),
        Meter::Inflated(factor) => {
            let amount = Kwh::floor_from_f64(whole.as_f64() * factor.max(1.0));
            person.statement.invented += amount.saturating_sub(whole);
            person.fresh = amount;
            production.push(Reading { of, amount });
        }
        Meter::Shared => {
            let friends = person.allies.iter().copied();
            let names: Vec<Account> = std::iter::once(of)
                .chain(friends.filter(|who| standing(*who) == Standing::Certified))
                .collect();
            let count = names.len() as u128;
            let (each, rest) = (whole.get() / count, whole.get() % count);
            for (place, of) in names.into_iter().enumerate() {
                let amount = Kwh::new(each + u128::from((place as u128) < rest));
                if !amount.is_zero() {
                    production.push(Reading { of, amount });
                }
            }
        }
    }
}

/// Bytes of a purchase, the transaction that the scenario's fee is meant for.
pub(super) const PURCHASE_BYTES: u128 = 236;

/// The fee that a wallet proposes: the same a byte for all, and never below
/// that of a purchase.
fn usual_fee(action: &Action, fee: MicroStx) -> MicroStx {
    let scaled = fee.get() * u128::from(action.transaction_bytes()) / PURCHASE_BYTES;
    fee.max(MicroStx::new(scaled))
}
