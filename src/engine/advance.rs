//! How a run moves on: by block, by phase or by tick, whoever owns the clock. All
//! ways come to the same. A phase lasts for a number of fast blocks; those who are
//! asked within one see the chain as the last one left it, and meet in the next.

use rand::seq::SliceRandom;

use super::adversaries;
use super::arrivals::Arrivals;
use super::error::RunError;
use super::limit::{Limit, decided_a_day};
use super::observer::Observer;
use super::progress::{Round, TickProgress};
use super::rows;
use super::window::Before;
use super::world::World;
use crate::agents::{Moment, Notice, Phase, Prices};
use crate::chain::TENURE_SECONDS;
use crate::market::Function;
use crate::random::{Purpose, stream_at};

/// Seconds between the blocks within a tenure.
const FAST_BLOCK_SECONDS: usize = 10;

/// The most who are asked in one go where none sees what another does.
const ASKED_AT_ONCE: usize = 8_192;

/// What a block that was done came to the end of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Advanced {
    /// A block within a phase.
    Block,
    /// A phase of the tick.
    Phase,
    /// The tick.
    Tick,
    /// Nothing: the run is over.
    Over,
}

impl World {
    /// Runs the next tick, or the rest of the one that goes on; `false` when the
    /// run is over.
    ///
    /// # Errors
    /// Where the chain fails, a rule that must always hold is broken, or the run
    /// was cancelled.
    pub fn step(&mut self) -> Result<bool, RunError> {
        self.advance_tick(&mut ())
    }

    /// Runs to the end of the tick and tells `observer` what happens; `false` when
    /// the run is over.
    ///
    /// # Errors
    /// As [`World::step`].
    pub fn advance_tick(&mut self, observer: &mut dyn Observer) -> Result<bool, RunError> {
        loop {
            match self.advance_block(observer)? {
                Advanced::Tick => return Ok(true),
                Advanced::Over => return Ok(false),
                Advanced::Block | Advanced::Phase => {}
            }
        }
    }

    /// Runs to the end of the phase and tells `observer` what happens.
    ///
    /// # Errors
    /// As [`World::step`].
    pub fn advance_phase(&mut self, observer: &mut dyn Observer) -> Result<Advanced, RunError> {
        loop {
            match self.advance_block(observer)? {
                Advanced::Block => {}
                end => return Ok(end),
            }
        }
    }

    /// Runs one block: those whose turn it is are asked, and what waits gets in as
    /// far as there is room. Tells `observer` what happens, and returns what came to
    /// its end with the block.
    ///
    /// # Errors
    /// As [`World::step`].
    pub fn advance_block(&mut self, observer: &mut dyn Observer) -> Result<Advanced, RunError> {
        if self.cancel.is_cancelled() {
            return Err(RunError::Cancelled);
        }
        let mut tick = match self.progress.take() {
            Some(tick) => tick,
            None if self.next_tick >= self.prepared.scenario.time.ticks() => {
                return Ok(Advanced::Over);
            }
            None => self.begin_tick(),
        };
        let phase = Phase::ALL[tick.phase];
        let mut round = match tick.round.take() {
            Some(round) => round,
            None => self.begin_phase(phase, &mut tick, observer)?,
        };
        let from = round.blocks * round.a_block;
        if let Some(group) = round.order.get(from..(from + round.a_block).min(round.order.len())) {
            let (moment, prices) = (&tick.moment, &tick.prices);
            let now = round.second + (round.blocks * FAST_BLOCK_SECONDS) as u64;
            let everyone = phase == Phase::Administration && moment.is_midnight();
            let acting = group.iter().filter(|who| everyone || self.people.acts(**who, phase));
            let acting: Vec<usize> = acting.copied().collect();
            self.ask_group(phase, moment, prices, &round.works, &acting, now);
            self.ask_watchers(phase, moment, prices, now);
            self.include(now, prices, observer)?;
            observer.block(self.venue.height(), now);
        }
        round.blocks += 1;
        if round.blocks * round.a_block < round.order.len() {
            tick.round = Some(round);
            self.progress = Some(tick);
            return Ok(Advanced::Block);
        }
        if phase == Phase::Administration && tick.moment.is_midnight() {
            self.people.mark_midnight();
        }
        tick.phase += 1;
        if tick.phase < Phase::ALL.len() {
            self.progress = Some(tick);
            return Ok(Advanced::Phase);
        }
        self.end_tick(&tick, observer)?;
        Ok(Advanced::Tick)
    }

    /// Lets a tick pass in which transactions arrive as `arrivals` say and nobody
    /// decides anything; `false`, and no tick, when the run or the tape is over.
    ///
    /// # Errors
    /// As [`World::step`].
    pub fn play(&mut self, arrivals: &mut Arrivals<'_>) -> Result<bool, RunError> {
        if arrivals.is_over() || self.next_tick >= self.prepared.scenario.time.ticks() {
            return Ok(false);
        }
        self.open_window_when_due();
        let moment = self.moment();
        self.recorder.begin_tick();
        let prices = self.prepared.prices(moment.hour() as u32);
        let start = self.now_s();
        for second in (start..start + self.tick_s()).step_by(FAST_BLOCK_SECONDS) {
            if self.cancel.is_cancelled() {
                return Err(RunError::Cancelled);
            }
            self.reach(second, &prices, &mut ())?;
            while let Some((meant, meant_s)) = arrivals.due(second) {
                self.venue.submit(meant.sender, meant.fee, meant.action.clone(), meant_s);
            }
            self.include(second, &prices, &mut ())?;
        }
        self.close_tick(&moment, &prices)?;
        self.next_tick += 1;
        Ok(true)
    }

    /// Runs the ticks before the measuring window.
    ///
    /// # Errors
    /// As [`World::step`].
    pub fn warm_up(&mut self) -> Result<(), RunError> {
        while self.next_tick < self.recorder.window().from() && self.step()? {}
        Ok(())
    }

    /// Lets the measuring window open at the start of `tick`, or of the next tick
    /// where that one has begun, instead of after the scenario's warm-up.
    pub fn measure_from(&mut self, tick: u32) {
        let next = self.next_tick + u32::from(self.progress.is_some());
        self.recorder.measure_from(tick.max(next));
    }

    /// Opens the measuring window where the tick that begins is its first.
    fn open_window_when_due(&mut self) {
        if self.next_tick == 0 || self.next_tick != self.recorder.window().from() {
            return;
        }
        let (people, books) = (self.people.all(), self.venue.books());
        let before = people.iter().map(|person| Before {
            statement: person.statement.clone(),
            purse: books.purse(person.account),
            stock_ustx: books.entry(person.account).basis.as_f64()
                + person.statement.commission_held_ustx,
        });
        // Energy from before is traded and used after: it is supply of the window,
        // and use that is not settled yet is its demand.
        let feed_in = self.prepared.prices(self.moment().hour() as u32).feed_in_ustx;
        let unsold = people.iter().map(|person| {
            let least = person.valuation.sells_from_ustx.unwrap_or(feed_in);
            (least, books.entry(person.account).unsold.as_f64())
        });
        let held = people.iter().map(|person| books.entry(person.account).bought).sum();
        let owed = people.iter().filter_map(|person| {
            let most = person.valuation.buys_up_to_ustx?;
            Some((most, person.house.as_ref()?.unsettled_kwh))
        });
        let before = before.collect();
        self.recorder.open_window(*self.venue.totals(), before, unsold, held, owed);
    }

    /// Begins a tick: the day's energy at midnight, and what meters tell.
    fn begin_tick(&mut self) -> TickProgress {
        self.open_window_when_due();
        let moment = self.moment();
        if moment.is_midnight() && moment.day > 0 {
            self.people.begin_day(&self.prepared, moment.day);
        }
        self.recorder.begin_tick();
        let prices = self.prepared.prices(moment.hour() as u32);
        // Meters are read on the hour, whatever the tick.
        let on_the_hour = (moment.tick_of_day + 1).is_multiple_of(moment.ticks_a_day / 24);
        let recorded = self.venue.has(Function::RecordProduction);
        let production = self.people.meter(&moment, on_the_hour, self.venue.books(), recorded);
        TickProgress { moment, prices, on_the_hour, production, phase: 0, round: None }
    }

    /// Begins a phase: tenures close until its own goes on, an order of asking is
    /// drawn anew, and who makes no offers says before them what it would pay.
    fn begin_phase(
        &mut self,
        phase: Phase,
        tick: &mut TickProgress,
        observer: &mut dyn Observer,
    ) -> Result<Round, RunError> {
        let TickProgress { moment, prices, .. } = tick;
        // Phases share the tick evenly.
        let second = self.now_s() + self.tick_s() * tick.phase as u64 / Phase::ALL.len() as u64;
        self.reach(second, prices, observer)?;
        let mut consumption = Vec::new();
        if phase == Phase::Settlement && tick.on_the_hour {
            consumption = self.people.settle(self.venue.books());
            if !self.venue.has(Function::RecordConsumption) {
                self.settle_off_chain(&std::mem::take(&mut consumption), prices);
            }
        }
        let works = self.works(phase, moment, &tick.production, &consumption);
        let mut order: Vec<usize> = (0..self.people.honest()).collect();
        let draw = Phase::ALL.len() as u32 * moment.tick.index() + phase as u32;
        order.shuffle(&mut stream_at(self.seed, Purpose::Order, 0, draw));
        adversaries::mingle(&mut order, self.people.len(), self.seed, draw);
        if phase == Phase::Offers {
            let others: Vec<usize> =
                (0..order.len()).filter(|place| !self.people.acts(*place, phase)).collect();
            for some in others.chunks(ASKED_AT_ONCE) {
                self.ask_group(phase, moment, prices, &works, some, second);
            }
        }
        let tick_s = self.tick_s() as usize;
        let blocks = (tick_s / Phase::ALL.len() / FAST_BLOCK_SECONDS).max(1);
        let a_block = order.len().div_ceil(blocks).max(1);
        Ok(Round { works, order, a_block, blocks: 0, second })
    }

    /// Ends a tick: what waited too long is dropped, the rules are checked, and the
    /// tick is written down.
    fn end_tick(
        &mut self,
        tick: &TickProgress,
        observer: &mut dyn Observer,
    ) -> Result<(), RunError> {
        let needed_kwh = self.close_tick(&tick.moment, &tick.prices)?;
        self.venue.remember(self.recorder.flows(), needed_kwh, tick.moment.tick_hours());
        self.branching.clear();
        self.next_tick += 1;
        if let Some(row) = self.recorder.rows().last() {
            observer.tick(row);
        }
        Ok(())
    }

    /// Closes the books of a tick; returns the energy that homes were short of.
    fn close_tick(&mut self, moment: &Moment, prices: &Prices) -> Result<f64, RunError> {
        self.drop_stale(moment);
        self.check()?;
        self.close_limits();
        let tenures = self.venue.report_tenures();
        let flows = self.recorder.flows();
        let row = rows::tick_row(&self.venue, &self.people, flows, &tenures, moment, prices);
        let needed_kwh = row.need_kwh;
        self.recorder.end_tick(row);
        Ok(needed_kwh)
    }

    /// Closes tenures until the one that holds `second` is under construction.
    /// Each new tenure takes in what waits.
    fn reach(
        &mut self,
        second: u64,
        prices: &Prices,
        observer: &mut dyn Observer,
    ) -> Result<(), RunError> {
        let due = 1 + (second / u64::from(TENURE_SECONDS)) as u32;
        while self.venue.height() < due {
            self.next_tenure()?;
            let opened = u64::from(self.venue.height() - 1) * u64::from(TENURE_SECONDS);
            self.include(opened, prices, observer)?;
            observer.block(self.venue.height(), opened);
        }
        Ok(())
    }

    /// Drops what has waited too long and tells its senders.
    fn drop_stale(&mut self, moment: &Moment) {
        let now = u64::from(moment.tick.index() + 1) * self.tick_s();
        let patience = u64::from(self.prepared.scenario.network.drop_after_s);
        for pending in self.venue.drop_older_than(now.saturating_sub(patience)) {
            self.recorder.dropped();
            // Whoever never got in has waited too: leaving the longest waits
            // out would make a full chain look quick.
            self.recorder.waited(now - pending.meant_s);
            let tick_hours = moment.tick_hours();
            if let Some(person) = self.people.of_mut(pending.sender) {
                let action = &pending.action;
                person.agent.learn(&Notice { action, verdict: None, tick_hours });
            }
        }
    }

    /// Enters into the tally whether each limit bound in the tick that ends.
    fn close_limits(&mut self) {
        let books = self.venue.books();
        let greatest = self.people.note_listings(books);
        let parameters = &books.parameters;
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { f64::INFINITY };
        let decided = decided_a_day(&self.prepared.scenario) as f64;
        let open = books.applications.len() as f64;
        self.recorder.close_limits(self.next_tick, |limit| match limit {
            Limit::Reserve => {
                Some(share(books.reserve.as_f64(), parameters.reserve_limit.as_f64()))
            }
            Limit::MaxPerUser => {
                Some(share(greatest.as_f64(), parameters.max_energy_per_user.as_f64()))
            }
            Limit::CertificationQueue => Some(share(open, decided)),
            _ => None,
        });
    }

    /// Settles use where the contracts cannot be told of it: the home has used
    /// the energy all the same.
    fn settle_off_chain(&mut self, readings: &[crate::market::Reading], prices: &Prices) {
        for reading in readings {
            let flow =
                crate::market::Flow::Consumed { consumer: reading.of, amount: reading.amount };
            self.state(&flow, prices);
            self.venue.use_off_chain(reading.of, reading.amount);
        }
    }
}
