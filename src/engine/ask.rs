//! How people are asked, and what becomes of their answers. They decide by
//! themselves, in the order in which they lie in memory and on as many threads as
//! were lent; what they send enters the mempool in the order of asking.

use std::hint::black_box;

use super::arrivals::Meant;
use super::books::Books;
use super::fees::usual_fee;
use super::mempool::Mempool;
use super::person::Person;
use super::show::home;
use super::world::World;
use crate::agents::{Intent, Kind, MarketView, Moment, Phase, Prices, Rhythm, View, Whims, Work};
use crate::market::Account;

/// People whose places in memory are looked at together.
const FETCHED_AT_ONCE: usize = 16;

/// What everyone who is asked within one block is shown.
struct Scene<'a> {
    phase: Phase,
    moment: &'a Moment,
    prices: &'a Prices,
    market: &'a MarketView,
    rhythm: &'a Rhythm,
    books: &'a Books,
    mempool: &'a Mempool,
    seed: u64,
}

/// What one said who was asked, where there is anything to it.
struct Answer {
    /// Its place in the order of asking.
    turn: usize,
    sender: Account,
    intents: Vec<Intent>,
    /// The price of what it has to sell, or is short of, and how much of it in
    /// kWh.
    bid: Option<(f64, f64)>,
}

impl Scene<'_> {
    /// What one of them is shown: beside this its allies, its work and what it
    /// sees waiting.
    fn view(&self, person: &Person) -> View<'_> {
        const NOTHING: &Work = &Work {
            production: Vec::new(),
            consumption: Vec::new(),
            applications: Vec::new(),
            certified: Vec::new(),
            decisions: Vec::new(),
        };
        View {
            phase: self.phase,
            moment: *self.moment,
            market: self.market,
            prices: person.prices(self.prices),
            me: person.account,
            mine: self.books.holdings(person.account),
            gained_ustx: person.statement.gain_ustx - person.statement.gain_at_midnight_ustx,
            home: home(person, self.rhythm),
            work: NOTHING,
            allies: &[],
            waiting: &[],
            whims: Whims::new(self.seed, person.key, self.moment.tick),
        }
    }

    /// Looks at the places in memory that a view of `person` is made from. Of a
    /// large market each is far away: the processor waits for those of several
    /// people at once where it has little to do in between.
    fn fetch(&self, person: &Person) {
        let statement = person.statement.gain_ustx - person.statement.gain_at_midnight_ustx;
        let house = person.house.as_deref().map(|house| (house.made_kwh, house.feed_in_factor));
        let mine = self.books.holdings(person.account);
        black_box((
            statement,
            house,
            mine.unsold,
            mine.basis,
            mine.purse,
            person.agent.takes_part(),
        ));
    }

    /// Asks one, and notes what it would pay and take.
    fn ask(&self, person: &mut Person, turn: usize, work: Option<&Work>) -> Option<Answer> {
        let mut view = self.view(person);
        view.work = work.unwrap_or(view.work);
        view.allies = &person.allies;
        let mut intents = Vec::new();
        // A home sends nothing more while something of its own waits: its
        // purse and stock are not what they will be. Everyone else goes on.
        let at_home = matches!(person.agent.kind(), Kind::Producer | Kind::Buyer);
        let waits = at_home && self.mempool.waits_for(person.account);
        if !waits || self.phase == Phase::Administration {
            person.agent.decide(&view, &mut intents);
        }
        let bid = match self.phase {
            Phase::Offers => {
                person.valuation = person.agent.valuation(&view);
                let least = person.valuation.sells_from_ustx;
                least
                    .filter(|_| !person.fresh.is_zero())
                    .map(|least| (least, person.fresh.as_f64()))
            }
            Phase::Purchases => {
                let most = person.valuation.buys_up_to_ustx;
                most.filter(|_| person.need_kwh > 0.0).map(|most| (most, person.need_kwh))
            }
            _ => None,
        };
        let said = bid.is_some() || !intents.is_empty();
        said.then_some(Answer { turn, sender: person.account, intents, bid })
    }
}

impl World {
    /// Asks the agents in `group` and takes what they send into the mempool.
    pub(super) fn ask_group(
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
        let mut turns: Vec<(usize, usize)> =
            group.iter().enumerate().map(|(turn, place)| (*place, turn)).collect();
        turns.sort_unstable();
        let market = self.venue.view();
        let (people, rhythm, workers) = self.people.asking();
        let scene = Scene {
            phase,
            moment,
            prices,
            market: &market,
            rhythm,
            books: self.venue.books(),
            mempool: self.venue.mempool(),
            seed: self.seed,
        };
        let mut asked = Vec::with_capacity(turns.len());
        let (mut rest, mut passed) = (people, 0);
        for (place, turn) in turns {
            let Some((person, behind)) = rest[place - passed..].split_first_mut() else { break };
            asked.push((person, turn, works.get(place)));
            (rest, passed) = (behind, place + 1);
        }
        let parts = workers.share(&mut asked, |part| -> Vec<Answer> {
            let mut answers = Vec::new();
            for near in part.chunks_mut(FETCHED_AT_ONCE) {
                near.iter().for_each(|(person, ..)| scene.fetch(person));
                let asked = near.iter_mut();
                answers.extend(asked.filter_map(|(who, turn, work)| scene.ask(who, *turn, *work)));
            }
            answers
        });
        let mut answers: Vec<Answer> = parts.into_iter().flatten().collect();
        answers.sort_unstable_by_key(|answer| answer.turn);
        for mut answer in answers {
            if let Some((price, energy_kwh)) = answer.bid {
                match phase {
                    Phase::Offers => self.recorder.bids_mut().supply(price, energy_kwh),
                    _ => self.recorder.bids_mut().demand(price, energy_kwh),
                }
            }
            self.submit(answer.sender, &mut answer.intents, prices, now);
        }
    }

    /// Shows what waits for the next block to those who watch, one after the
    /// other, and takes in what they send.
    pub(super) fn ask_watchers(
        &mut self,
        phase: Phase,
        moment: &Moment,
        prices: &Prices,
        now: u64,
    ) {
        let watchers: Vec<usize> = (self.people.honest()..self.people.len())
            .filter(|place| self.people.all()[*place].agent.watches())
            .collect();
        if watchers.is_empty() {
            return;
        }
        let market = self.venue.view();
        let mut intents = Vec::new();
        for place in watchers {
            let waiting = self.venue.mempool().waiting(now);
            let (people, rhythm, _) = self.people.asking();
            let scene = Scene {
                phase,
                moment,
                prices,
                market: &market,
                rhythm,
                books: self.venue.books(),
                mempool: self.venue.mempool(),
                seed: self.seed,
            };
            let person = &mut people[place];
            let mut view = scene.view(person);
            view.allies = &person.allies;
            view.waiting = &waiting;
            person.agent.watch(&view, &mut intents);
            let sender = person.account;
            self.submit(sender, &mut intents, prices, now);
        }
    }

    /// Takes what `sender` means to send into the mempool; calls of functions
    /// that the contracts lack are left out.
    fn submit(&mut self, sender: Account, intents: &mut Vec<Intent>, prices: &Prices, now: u64) {
        for Intent { action, fee } in intents.drain(..) {
            if self.venue.has(action.function()) {
                let fee = fee.unwrap_or_else(|| usual_fee(&action, prices.network_fee));
                self.recorder.meant(|| Meant { sender, fee, action: action.clone() });
                self.venue.submit(sender, fee, action, now);
            }
        }
    }
}
