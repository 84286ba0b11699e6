//! The world of one run: the venue, the people and the recorder, put together. It
//! owns the clock: how it moves on is `advance`'s, how a market is set up before
//! the first tick is `setup`'s.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cancel::Cancel;
use super::error::RunError;
use super::invariants::{Broken, CheckError};
use super::people::People;
use super::person::{Person, Statement};
use super::population;
use super::prepared::Prepared;
use super::progress::TickProgress;
use super::recorder::Recorder;
use super::tracing::Tracing;
use super::venue::{PEOPLE_FROM, Register, Venue};
use super::workers::WorkerPool;
use crate::agents::{Moment, Valuation};
use crate::market::{Account, Action};
use crate::scenario::Scenario;
use crate::units::{Kwh, Tick};

/// A run in progress. It owns all that it needs and can live in a thread of its
/// own; a clone of it goes on by itself.
#[derive(Clone)]
pub struct World {
    pub(super) prepared: Arc<Prepared>,
    pub(super) seed: u64,
    pub(super) venue: Venue,
    pub(super) people: People,
    pub(super) recorder: Recorder,
    /// The tick that goes on, or the next.
    pub(super) next_tick: u32,
    /// How far the tick that goes on has come; none between two ticks.
    pub(super) progress: Option<TickProgress>,
    /// What the operator decides at the next midnight, beyond the scenario's
    /// dated decisions: the changes of a branch.
    pub(super) branching: Vec<Action>,
    pub(super) cancel: Cancel,
}

impl World {
    /// The world of `prepared` under `seed`, its market set up and ready for
    /// the first tick. With `traced`, every transaction is written down.
    ///
    /// # Errors
    /// Where the contracts do not deploy or turn the setup down.
    pub fn new(prepared: &Arc<Prepared>, seed: u64, traced: bool) -> Result<Self, RunError> {
        let newcomers = population::draw(prepared, seed)?;
        let mut register = Register::new(prepared, &newcomers[0].label, newcomers.len());
        let mut people = Vec::with_capacity(newcomers.len());
        let mut gangs: BTreeMap<_, Vec<Account>> = BTreeMap::new();
        for newcomer in newcomers {
            let account = register.enter(&newcomer.label, newcomer.purse);
            if let Some(gang) = newcomer.gang {
                gangs.entry(gang).or_default().push(account);
            }
            people.push(Person {
                account,
                key: newcomer.key,
                agent: newcomer.agent,
                strategy: newcomer.strategy,
                house: newcomer.house,
                certified_at_start: newcomer.certified_at_start,
                declares: newcomer.declares,
                stx_start: newcomer.purse,
                allies: Box::default(),
                statement: Statement::default(),
                valuation: Valuation::default(),
                fresh: Kwh::ZERO,
                need_kwh: 0.0,
            });
        }
        let honest = people.len() - gangs.values().map(Vec::len).sum::<usize>();
        for gang in gangs.values() {
            for member in gang {
                let others = gang.iter().filter(|other| *other != member);
                people[member.index() - PEOPLE_FROM].allies = others.copied().collect();
            }
        }
        register.enter_others(prepared);
        let tracing = traced
            .then(|| Tracing::begin(prepared, seed, register.operator(), register.balances()))
            .transpose()?;
        let owner = people[0].account;
        let scenario = &prepared.scenario;
        let warm_up_ticks = scenario.warmup.days * scenario.time.ticks_per_day();
        let mut world = Self {
            seed,
            venue: Venue::open(prepared, register, owner)?,
            people: People::new(prepared, seed, people, honest)?,
            recorder: Recorder::new(warm_up_ticks, tracing)?,
            next_tick: 0,
            progress: None,
            branching: Vec::new(),
            cancel: Cancel::default(),
            prepared: Arc::clone(prepared),
        };
        world.people.begin_day(prepared, 0);
        world.note_lacking();
        world.set_up()?;
        world.seed_genesis()?;
        world.venue.start_metering(prepared.scenario.network.costs);
        Ok(world)
    }

    /// Lends it a pool of threads: for the energy of homes and the decisions of
    /// people, which are the same with any number of them.
    pub fn lend(&mut self, pool: Arc<dyn WorkerPool>) {
        self.people.lend(pool);
    }

    /// Lets it stop between two blocks, with [`RunError::Cancelled`], once `cancel`
    /// is told to.
    pub fn stop_on(&mut self, cancel: &Cancel) {
        self.cancel = cancel.clone();
    }

    /// The run's seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// What it was made from.
    #[must_use]
    pub const fn prepared(&self) -> &Arc<Prepared> {
        &self.prepared
    }

    /// Bytes of memory that the chain's own entries take.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.venue.stored_bytes()
    }

    /// The scenario that is run.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        &self.prepared.scenario
    }

    /// Transactions that got into blocks.
    #[must_use]
    pub const fn transactions(&self) -> u64 {
        self.recorder.transactions()
    }

    /// Ticks done.
    #[must_use]
    pub const fn ticks_done(&self) -> u32 {
        self.next_tick
    }

    /// Height of the block under construction.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.venue.height()
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

    /// The tick that goes on, as a number.
    pub(super) const fn now(&self) -> Tick {
        Tick::new(self.next_tick)
    }

    /// Second, since the start of the run, at which the next tick begins.
    pub(super) fn now_s(&self) -> u64 {
        u64::from(self.next_tick) * self.tick_s()
    }

    /// Seconds that a tick takes.
    pub(super) fn tick_s(&self) -> u64 {
        u64::from(self.prepared.scenario.time.tick_minutes) * 60
    }

    /// Holds the whole state against the rules that must always hold.
    pub(super) fn check(&mut self) -> Result<(), RunError> {
        if !self.venue.announces() {
            // Accounts are asked once a day and at the end.
            let ticks_a_day = self.prepared.scenario.time.ticks_per_day();
            let everyone = (self.next_tick + 1).is_multiple_of(ticks_a_day);
            let now = self.now();
            return self.venue.check_asked(everyone, now, self.recorder.findings_mut());
        }
        self.venue.check_state().map_err(|error| match error {
            CheckError::Broken(broken) => self.broken(broken),
            CheckError::Market(error) => RunError::Market(error),
        })
    }

    /// The error for a rule that was found broken now.
    pub(super) fn broken(&mut self, broken: Broken) -> RunError {
        let action = self.recorder.last().map_or_else(
            || "setup".to_owned(),
            |(function, sender)| format!("{function} by {}", self.venue.principal(sender)),
        );
        let (seed, tick, transaction) = (self.seed, self.now(), self.recorder.transactions());
        let mut error = RunError::Broken { broken, seed, tick, transaction, action, trace: None };
        let text = error.to_string();
        if let RunError::Broken { trace, .. } = &mut error {
            *trace = self.take_trace(Some(text));
        }
        error
    }

    /// Ends the trace as the chain stands and hands its text over; none of an
    /// untraced run. `finding` says why it is kept.
    pub(super) fn take_trace(&mut self, finding: Option<String>) -> Option<Vec<u8>> {
        let tracing = self.recorder.take_tracing()?;
        tracing.end(self.venue.height(), self.venue.state_digest(), finding)
    }
}
