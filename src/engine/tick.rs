//! One tick: sun and load, meters, the phases in which agents act, the blocks
//! that carry what they send, observation, and the check of the rules.

use super::observe;
use super::people::Person;
use super::tally::TickFlows;
use super::world::{RunError, World};
use crate::agents::{Meter, Moment, Notice, Phase, Prices, Standing};
use crate::chain::TENURE_SECONDS;
use crate::market::{Account, Function, Reading};
use crate::units::{Kwh, Tick};

impl World<'_> {
    /// Runs the next tick; `false` when the run is over.
    ///
    /// # Errors
    /// Where the chain fails or a rule that must always hold is broken.
    pub fn step(&mut self) -> Result<bool, RunError> {
        if self.next_tick >= self.prepared.scenario.time.ticks() {
            return Ok(false);
        }
        self.open_window_when_due();
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
            (house.made_kwh, house.used_kwh) = (made, used);
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
