//! The contracts' limits: which there are, which of them turned a call away, and
//! for how long each bound. Counts what receipts and books show; decides nothing.

use crate::market::{Action, ErrorCode, Parameters, Verdict};
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

    pub(super) const fn of(&self, limit: Limit) -> u64 {
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
        Verdict::Rejected(code) => *code,
        Verdict::Aborted(reason) => {
            return reason.is_out_of_range().then_some(Limit::Arithmetic);
        }
        Verdict::Accepted => return None,
    };
    match (action, code) {
        (Action::AddEnergyForSale { .. }, ErrorCode::RESERVE_LIMIT_EXCEEDED) => {
            Some(Limit::Reserve)
        }
        (Action::AddEnergyForSale { .. }, ErrorCode::USER_LIMIT_EXCEEDED) => {
            Some(Limit::MaxPerUser)
        }
        (
            Action::ApplyForCertification { energy_amount, .. },
            ErrorCode::CERTIFICATION_INVALID_AMOUNT,
        ) => Some(if *energy_amount < parameters.minimum_production {
            Limit::MinimumProduction
        } else {
            Limit::MaximumProduction
        }),
        (
            Action::SetCommissionRate { .. } | Action::SetRefundRate { .. },
            ErrorCode::INVALID_RATE,
        ) => Some(Limit::Rates),
        (Action::RefundEnergy { .. }, ErrorCode::REFUND_FAILED) => Some(Limit::Treasury),
        _ => None,
    }
}

/// Applications that all certifiers together decide on in a day.
#[must_use]
pub fn decided_a_day(scenario: &Scenario) -> u64 {
    let certifiers = &scenario.certifiers;
    u64::from(certifiers.certifiers) * u64::from(certifiers.applications_per_day)
}

impl LimitTally {
    /// Enters a tick: how much of each limit is used at its end, where that is
    /// known, and the calls that each turned away in it.
    pub(super) fn close(
        &mut self,
        tick: u32,
        used: impl Fn(Limit) -> Option<f64>,
        turned_away: &TurnedAway,
    ) {
        for limit in Limit::ALL {
            let (place, used) = (limit.place(), used(limit));
            let binds = turned_away.of(limit) > 0 || used.is_some_and(|used| used >= 1.0);
            self.peak[place] = self.peak[place].into_iter().chain(used).reduce(f64::max);
            if binds {
                self.ticks[place] += 1;
                self.first[place].get_or_insert(tick);
            }
        }
    }

    /// Ticks in which a limit bound, the first of them, and its greatest use.
    pub(super) const fn of(&self, limit: Limit) -> (u64, Option<u32>, Option<f64>) {
        let place = limit.place();
        (self.ticks[place], self.first[place], self.peak[place])
    }
}
