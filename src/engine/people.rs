//! The people of a run and what they live under: the sky, their homes, their
//! meters. What they hold on the chain is the venue's affair.

use std::sync::Arc;

use super::books::Books;
use super::draws::raises_fees;
use super::error::RunError;
use super::person::{Person, Statement};
use super::prepared::Prepared;
use super::venue::PEOPLE_FROM;
use super::workers::{WorkerPool, Workers};
use crate::agents::{Kind, Meter, Moment, Phase, Rhythm, Standing};
use crate::energy::{Panel, PanelArray, Sky};
use crate::market::{Account, Reading};
use crate::units::Kwh;

/// Everyone who takes part.
#[derive(Clone)]
pub(super) struct People {
    everyone: Vec<Person>,
    /// Whether each of them ever does anything in a phase: kept apart, so that
    /// asking passes over the others without looking at them.
    acts: Vec<[bool; Phase::ALL.len()]>,
    /// How many of them are honest; adversaries come behind.
    honest: usize,
    sky: Sky,
    rhythm: Rhythm,
    reference: PanelArray,
    /// Who helps to work out days and decisions.
    workers: Workers,
}

impl People {
    /// These people under the sky of `seed`, of whom so many are honest.
    pub(super) fn new(
        prepared: &Prepared,
        seed: u64,
        everyone: Vec<Person>,
        honest: usize,
    ) -> Result<Self, RunError> {
        let sky = prepared.region.sky(seed);
        let south = Panel { capacity_kwp: 1.0, tilt_deg: 30.0, azimuth_deg: 180.0 };
        let reference = PanelArray::new(&south, &prepared.panel_model)?;
        Ok(Self {
            acts: everyone
                .iter()
                .map(|one| Phase::ALL.map(|phase| one.agent.acts_in(phase)))
                .collect(),
            everyone,
            honest,
            rhythm: prepared.rhythm(&sky, &reference, 0),
            sky,
            reference,
            workers: Workers::default(),
        })
    }

    /// Lends them workers.
    pub(super) fn lend(&mut self, pool: Arc<dyn WorkerPool>) {
        self.workers.lend(pool);
    }

    pub(super) fn all(&self) -> &[Person] {
        &self.everyone
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.everyone.len()
    }

    /// How many of them are honest; adversaries come behind.
    pub(super) const fn honest(&self) -> usize {
        self.honest
    }

    /// Whether the one in that place ever does anything in the phase.
    pub(super) fn acts(&self, place: usize, phase: Phase) -> bool {
        self.acts[place][phase as usize]
    }

    /// All of them, to be asked, with what they are shown and who helps to ask.
    pub(super) fn asking(&mut self) -> (&mut [Person], &Rhythm, &Workers) {
        (&mut self.everyone, &self.rhythm, &self.workers)
    }

    /// The participant of an account; none for contracts, the sink and accounts
    /// that joined.
    pub(super) fn of(&self, account: Account) -> Option<&Person> {
        self.everyone.get(account.index().checked_sub(PEOPLE_FROM)?)
    }

    /// The same, to change.
    pub(super) fn of_mut(&mut self, account: Account) -> Option<&mut Person> {
        self.everyone.get_mut(account.index().checked_sub(PEOPLE_FROM)?)
    }

    /// Whether an account is that of a home with a panel.
    pub(super) fn is_producer(&self, account: Account) -> bool {
        self.of(account)
            .and_then(|person| person.house.as_ref())
            .is_some_and(|house| house.home.array.is_some())
    }

    /// Whether the owner of an account is of the `share` who raise their fees.
    pub(super) fn raises_fees(&self, account: Account, seed: u64, share: f64) -> bool {
        self.of(account).is_some_and(|person| raises_fees(seed, person.key, share))
    }

    /// The accounts of a kind.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = Account> {
        self.everyone.iter().filter(move |one| one.kind() == kind).map(|one| one.account)
    }

    /// Notes what everyone has gained up to midnight.
    pub(super) fn mark_midnight(&mut self) {
        for person in &mut self.everyone {
            person.statement.gain_at_midnight_ustx = person.statement.gain_ustx;
        }
    }

    /// Works out the day's energy of every home, and what each expects of it.
    pub(super) fn begin_day(&mut self, prepared: &Prepared, day: u32) {
        self.rhythm = prepared.rhythm(&self.sky, &self.reference, day);
        let use_share = prepared.expected_use_share(day);
        let month = prepared.month_that_begins(day);
        let sky = &self.sky;
        self.workers.share(&mut self.everyone, |people| {
            for person in people {
                let Some(house) = &mut person.house else { continue };
                house.home.day_into(sky, &prepared.loads, person.key, day, &mut house.today);
                house.expected_use_kwh = house.home.annual_use_kwh * use_share;
                if let (Some(array), Some(month)) = (&house.home.array, month) {
                    house.monthly_make_kwh = month.month_kwh(array);
                    house.expected_make_kwh = house.monthly_make_kwh / month.days();
                }
            }
        });
    }

    /// Follows every meter: own production is used first. What is over goes to
    /// the market where its maker is certified and takes part, as far as the market
    /// has it `recorded`, and to the grid otherwise; use beyond it is settled later.
    /// Returns, on the hour, whole kWh of verified production.
    pub(super) fn meter(
        &mut self,
        moment: &Moment,
        on_the_hour: bool,
        books: &Books,
        recorded: bool,
    ) -> Vec<Reading> {
        let mut production = Vec::new();
        let tick = moment.tick_of_day as usize;
        for person in &mut self.everyone {
            let standing = books.entry(person.account).standing;
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
                    let standing = |who: Account| books.entry(who).standing;
                    report(person, whole, &standing, &mut production);
                }
            } else {
                statement.fed_to_grid_kwh += surplus;
            }
        }
        production
    }

    /// Whole kWh that homes used: out of what they bought, as far as that reaches,
    /// and from the utility beyond. Returns the readings of the former.
    pub(super) fn settle(&mut self, books: &Books) -> Vec<Reading> {
        let mut consumption = Vec::new();
        for person in &mut self.everyone {
            let Some(house) = &mut person.house else { continue };
            let whole = Kwh::floor_from_f64(house.unsettled_kwh);
            if whole.is_zero() {
                continue;
            }
            house.unsettled_kwh -= whole.as_f64();
            let covered = whole.min(books.entry(person.account).bought);
            person.statement.retail_kwh += (whole - covered).as_f64();
            if !covered.is_zero() {
                consumption.push(Reading { of: person.account, amount: covered });
            }
        }
        consumption
    }

    /// Energy that the utility supplied to an account's home after all.
    pub(super) fn supplied_by_utility(&mut self, who: Account, amount: Kwh) {
        if let Some(person) = self.of_mut(who) {
            person.statement.retail_kwh += amount.as_f64();
        }
    }

    /// Energy of an account's home that went into the grid after all.
    pub(super) fn fed_to_grid(&mut self, who: Account, amount: Kwh) {
        if let Some(person) = self.of_mut(who) {
            person.statement.fed_to_grid_kwh += amount.as_f64();
        }
    }

    /// What `amount` of the energy that `holder` holds cost it, commission included,
    /// in microSTX; takes that share off the commission carried.
    pub(super) fn release(&mut self, holder: Account, amount: Kwh, books: &Books) -> f64 {
        let entry = *books.entry(holder);
        let share = amount.as_f64() / entry.bought.as_f64().max(1.0);
        let Some(person) = self.of_mut(holder) else { return 0.0 };
        let commission = person.statement.commission_held_ustx * share;
        person.statement.commission_held_ustx -= commission;
        entry.basis.as_f64() * share + commission
    }

    /// Notes who has as much listed as one may, and returns the most that anyone
    /// has.
    pub(super) fn note_listings(&mut self, books: &Books) -> Kwh {
        let limit = books.parameters.max_energy_per_user;
        let mut greatest = Kwh::ZERO;
        for person in &mut self.everyone {
            let listed = books.entry(person.account).listed;
            greatest = greatest.max(listed);
            person.statement.ticks_at_limit += u32::from(listed >= limit);
        }
        greatest
    }

    /// Ends every meter's run: what was metered and is no whole kWh yet goes the
    /// way of the rest.
    pub(super) fn close_meters(&mut self) {
        for person in &mut self.everyone {
            if let Some(house) = &mut person.house {
                person.statement.fed_to_grid_kwh += house.surplus_carry_kwh;
                person.statement.retail_kwh += house.unsettled_kwh;
            }
        }
    }

    /// What everyone's run came to so far.
    pub(super) fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.everyone.iter().map(|person| &person.statement)
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
