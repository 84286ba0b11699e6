//! The contracts' limits over a run: when each binds, for how long, and whom it
//! turns away, by kind and size. Counts what receipts and books show; decides
//! nothing.

use super::people::{Person, Statement};
use super::record::LimitRow;
use super::world::World;
use crate::agents::Kind;
use crate::market::{Account, Action, Parameters, Verdict};
use crate::scenario::Scenario;

/// A limit of the contracts, or of those who serve them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Limit {
    /// The most energy listed over the whole market.
    Reserve,
    /// The most energy that one seller may have listed.
    MaxPerUser,
    /// The least monthly production that may be declared.
    MinimumProduction,
    /// The greatest monthly production that may be declared.
    MaximumProduction,
    /// Applications that the certifiers work through in a day: whoever comes
    /// to a longer queue waits for more than a day. No contract bounds it.
    CertificationQueue,
    /// The whole, which no rate may exceed.
    Rates,
    /// The treasury, out of which refunds are paid.
    Treasury,
    /// The range of a `uint`: arithmetic beyond it aborts a call.
    Arithmetic,
}

impl Limit {
    /// All of them, in the order of results.
    pub const ALL: [Self; 8] = [
        Self::Reserve,
        Self::MaxPerUser,
        Self::MinimumProduction,
        Self::MaximumProduction,
        Self::CertificationQueue,
        Self::Rates,
        Self::Treasury,
        Self::Arithmetic,
    ];

    /// Its name in results: that of the scenario's key where there is one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reserve => "reserve_limit_kwh",
            Self::MaxPerUser => "max_energy_per_user_kwh",
            Self::MinimumProduction => "minimum_production_kwh",
            Self::MaximumProduction => "maximum_production_kwh",
            Self::CertificationQueue => "certification_queue",
            Self::Rates => "rate_bounds",
            Self::Treasury => "treasury",
            Self::Arithmetic => "uint_range",
        }
    }

    /// Its value as the scenario sets it, where that is one number.
    #[must_use]
    pub fn setting(self, scenario: &Scenario) -> Option<u128> {
        Some(match self {
            Self::Reserve => scenario.market.reserve_limit_kwh.get(),
            Self::MaxPerUser => scenario.market.max_energy_per_user_kwh.get(),
            Self::MinimumProduction => scenario.certification.minimum_production_kwh.get(),
            Self::MaximumProduction => scenario.certification.maximum_production_kwh.get(),
            Self::CertificationQueue => u128::from(decided_a_day(scenario)),
            Self::Rates => scenario.contracts.rate_scale.whole(),
            Self::Treasury => return None,
            Self::Arithmetic => u128::MAX,
        })
    }

    const fn place(self) -> usize {
        self as usize
    }
}

const COUNT: usize = Limit::ALL.len();

/// Calls that each limit turned away.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TurnedAway([u32; COUNT]);

impl TurnedAway {
    pub(super) const fn add(&mut self, limit: Limit) {
        self.0[limit.place()] += 1;
    }

    /// What was added since it stood at `before`.
    pub(super) fn since(&self, before: &Self) -> Self {
        Self(std::array::from_fn(|place| self.0[place] - before.0[place]))
    }

    const fn of(&self, limit: Limit) -> u64 {
        self.0[limit.place()] as u64
    }
}

/// What is kept of the limits while a run goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct LimitTally {
    /// Ticks in which it bound, and the first of them.
    ticks: [u64; COUNT],
    first: [Option<u32>; COUNT],
    /// The greatest use of it, as a share.
    peak: [Option<f64>; COUNT],
}

/// The limit that a call ran into; none where it was accepted or failed for
/// another reason.
pub(super) fn turning_away(
    action: &Action,
    verdict: &Verdict,
    parameters: &Parameters,
) -> Option<Limit> {
    let code = match verdict {
        Verdict::Rejected(code) => code.number(),
        Verdict::Aborted(reason) => {
            let arithmetic = reason.contains("Overflow") || reason.contains("Underflow");
            return arithmetic.then_some(Limit::Arithmetic);
        }
        Verdict::Accepted => return None,
    };
    match (action, code) {
        (Action::AddEnergyForSale { .. }, 108) => Some(Limit::Reserve),
        (Action::AddEnergyForSale { .. }, 111) => Some(Limit::MaxPerUser),
        (Action::ApplyForCertification { energy_amount, .. }, 204) => {
            Some(if *energy_amount < parameters.minimum_production {
                Limit::MinimumProduction
            } else {
                Limit::MaximumProduction
            })
        }
        (Action::SetCommissionRate { .. } | Action::SetRefundRate { .. }, 105) => {
            Some(Limit::Rates)
        }
        (Action::RefundEnergy { .. }, 106) => Some(Limit::Treasury),
        _ => None,
    }
}

/// Applications that all certifiers together decide on in a day.
#[must_use]
pub fn decided_a_day(scenario: &Scenario) -> u64 {
    let certifiers = &scenario.certifiers;
    u64::from(certifiers.certifiers) * u64::from(certifiers.applications_per_day)
}

impl World<'_> {
    /// Counts a call that `limit` turned away, to its sender and to the tick.
    pub(super) fn turn_away(&mut self, limit: Limit, sender: Account) {
        self.flows.turned_away.add(limit);
        if let Some(person) = self.person_mut(sender) {
            person.statement.turned_away.add(limit);
        }
    }

    /// Enters into the tally whether each limit bound in the tick that ends.
    pub(super) fn close_limits(&mut self) {
        let parameters = &self.books.parameters;
        let limit = parameters.max_energy_per_user;
        let mut greatest = crate::units::Kwh::ZERO;
        for person in &mut self.people {
            let listed = self.books.entry(person.account).listed;
            greatest = greatest.max(listed);
            person.statement.ticks_at_limit += u32::from(listed >= limit);
        }
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { f64::INFINITY };
        let decided = decided_a_day(&self.prepared.scenario) as f64;
        let open = self.books.applications.len() as f64;
        for limit in Limit::ALL {
            let used = match limit {
                Limit::Reserve => {
                    Some(share(self.books.reserve.as_f64(), parameters.reserve_limit.as_f64()))
                }
                Limit::MaxPerUser => {
                    Some(share(greatest.as_f64(), parameters.max_energy_per_user.as_f64()))
                }
                Limit::CertificationQueue => Some(share(open, decided)),
                _ => None,
            };
            let place = limit.place();
            let binds =
                self.flows.turned_away.of(limit) > 0 || used.is_some_and(|used| used >= 1.0);
            let tally = &mut self.limits;
            tally.peak[place] = tally.peak[place].into_iter().chain(used).reduce(f64::max);
            if binds {
                tally.ticks[place] += 1;
                tally.first[place].get_or_insert(self.next_tick);
            }
        }
    }
}

/// A kind and a third of it by size.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Class {
    kind: Kind,
    size: &'static str,
    from: Option<f64>,
    to: Option<f64>,
    unit: &'static str,
}

/// The rows of `limits.csv`: for each limit one over everyone, then one for
/// each class that it touched. `statements` are those of the people, over the
/// measuring window.
pub(super) fn rows(world: &World<'_>, statements: &[Statement]) -> Vec<LimitRow> {
    let (classes, of) = classes(&world.people);
    let ticks = world.window.rows(&world.rows).len();
    let mut rows = Vec::new();
    for limit in Limit::ALL {
        let place = limit.place();
        let empty = LimitRow {
            limit: limit.name(),
            setting: limit.setting(&world.prepared.scenario),
            kind: "all",
            size: "all",
            size_unit: "",
            ticks: ticks as u64,
            ..LimitRow::default()
        };
        let mut all = LimitRow {
            ticks_at_limit: Some(world.limits.ticks[place]),
            first_tick: world.limits.first[place],
            use_share_max: world.limits.peak[place],
            ..empty.clone()
        };
        let mut each: Vec<LimitRow> = classes
            .iter()
            .map(|class| LimitRow {
                kind: class.kind.name(),
                size: class.size,
                size_from: class.from,
                size_to: class.to,
                size_unit: class.unit,
                ..empty.clone()
            })
            .collect();
        for (statement, class) in statements.iter().zip(&of) {
            let turned_away = statement.turned_away.of(limit);
            let at_limit = limit == Limit::MaxPerUser && statement.ticks_at_limit > 0;
            for row in [&mut all, &mut each[*class]] {
                row.participants += 1;
                row.participants_at_limit += u64::from(at_limit);
                row.participants_turned_away += u64::from(turned_away > 0);
                row.calls_turned_away += turned_away;
            }
        }
        rows.push(all);
        let touched =
            |row: &LimitRow| row.participants_turned_away > 0 || row.participants_at_limit > 0;
        rows.extend(each.into_iter().filter(touched));
    }
    rows
}

/// The classes of people, and each person's place among them. Producers are cut
/// into thirds by what their panels can make, other homes by what they use in a
/// year; whoever has no home is of one size.
fn classes(people: &[Person]) -> (Vec<Class>, Vec<usize>) {
    let mut classes: Vec<Class> = Vec::new();
    let mut of = vec![0; people.len()];
    let mut kinds: Vec<Kind> = people.iter().map(Person::kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let mut members: Vec<(usize, f64)> = people
            .iter()
            .enumerate()
            .filter(|(_, person)| person.kind() == kind)
            .map(|(place, person)| (place, size_of(person).unwrap_or(f64::NAN)))
            .collect();
        if members.iter().any(|(_, size)| size.is_nan()) {
            let class = Class { kind, size: "all", from: None, to: None, unit: "" };
            classes.push(class);
            members.iter().for_each(|(place, _)| of[*place] = classes.len() - 1);
            continue;
        }
        members.sort_by(|(_, one), (_, other)| one.total_cmp(other));
        let unit = if kind == Kind::Producer { "kWp" } else { "kWh a year" };
        let cut = |third: usize| members.len() * third / 3;
        for (third, size) in ["small", "medium", "large"].into_iter().enumerate() {
            let part = &members[cut(third)..cut(third + 1)];
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            classes.push(Class { kind, size, from: Some(first.1), to: Some(last.1), unit });
            part.iter().for_each(|(place, _)| of[*place] = classes.len() - 1);
        }
    }
    (classes, of)
}

/// What a home is sized by: its panel's capacity, or its use of a year.
fn size_of(person: &Person) -> Option<f64> {
    let house = person.house.as_ref()?;
    Some(if person.kind() == Kind::Producer {
        house.capacity_kwp
    } else {
        house.home.annual_use_kwh
    })
}
