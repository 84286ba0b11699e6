//! What agents are shown: the market as the chain has it, their own homes, and
//! the work that waits for officials. Reads the world and changes nothing.

use super::decided::decided;
use super::person::Person;
use super::venue::PEOPLE_FROM;
use super::world::World;
use crate::agents::{Application, Home, Kind, Moment, Phase, Rhythm, Standing, Work};
use crate::market::{Account, Action, Reading};

impl World {
    /// The work that waits for each official, by place among the people:
    /// officials of a level share it evenly.
    pub(super) fn works(
        &self,
        phase: Phase,
        moment: &Moment,
        production: &[Reading],
        consumption: &[Reading],
    ) -> Vec<Work> {
        let officials =
            self.people.all().iter().take_while(|person| person.house.is_none()).count();
        let mut works = vec![Work::default(); officials];
        let of_kind = |kind: Kind| -> Vec<usize> {
            (0..officials).filter(|place| self.people.all()[*place].kind() == kind).collect()
        };
        let meters = of_kind(Kind::MeterOperator);
        match phase {
            Phase::Administration => {
                share_out(production, &meters, &mut works, |work| &mut work.production);
                let open: Vec<_> = self
                    .venue
                    .books()
                    .applications
                    .iter()
                    .map(|who| self.application(*who))
                    .collect();
                let certifiers = of_kind(Kind::Certifier);
                share_out(&open, &certifiers, &mut works, |work| &mut work.applications);
                let certified: Vec<_> = self
                    .people
                    .all()
                    .iter()
                    .map(|person| person.account)
                    .filter(|who| self.venue.books().entry(*who).standing == Standing::Certified)
                    .map(|who| self.application(who))
                    .collect();
                let supervisors = of_kind(Kind::Supervisor);
                share_out(&certified, &supervisors, &mut works, |work| &mut work.certified);
                if moment.is_midnight() {
                    works[0].decisions = self.branching.clone();
                    works[0].decisions.extend(self.decisions(moment.day));
                }
            }
            Phase::Settlement => {
                share_out(consumption, &meters, &mut works, |work| &mut work.consumption);
            }
            _ => {}
        }
        works
    }

    fn application(&self, producer: Account) -> Application {
        let person = &self.people.all()[producer.index() - PEOPLE_FROM];
        let house = person.house.as_ref();
        Application {
            producer,
            declared: self.venue.books().entry(producer).declared,
            inspected_kwh: house.map_or(0.0, |house| house.monthly_make_kwh),
            credited: person.statement.credited,
            made_kwh: person.statement.made_kwh,
        }
    }

    /// The scenario's decisions for a day, as transactions.
    fn decisions(&self, day: u32) -> Vec<Action> {
        let decisions = self.prepared.scenario.decisions.0.iter();
        decisions
            .filter(|decision| decision.day == day)
            .map(|decision| decided(&decision.change))
            .collect()
    }
}

/// What an agent is shown of its home.
pub(super) fn home<'a>(person: &Person, rhythm: &'a Rhythm) -> Option<Home<'a>> {
    person.house.as_ref().map(|house| Home {
        made_kwh: house.made_kwh,
        used_kwh: house.used_kwh,
        daily_use_kwh: house.expected_use_kwh,
        daily_make_kwh: house.expected_make_kwh,
        monthly_make_kwh: house.monthly_make_kwh,
        unsettled_kwh: house.unsettled_kwh,
        rhythm,
    })
}

/// Deals `all` out to the officials in turn.
fn share_out<T: Copy>(
    all: &[T],
    officials: &[usize],
    works: &mut [Work],
    pile: impl Fn(&mut Work) -> &mut Vec<T>,
) {
    for (number, item) in all.iter().enumerate() {
        if let Some(official) = officials.get(number % officials.len().max(1)) {
            pile(&mut works[*official]).push(*item);
        }
    }
}
