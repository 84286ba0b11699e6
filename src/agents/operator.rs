//! The operator owns the contracts: sets the reference price by a policy,
//! carries out governance's dated decisions, offers handed-back energy again.

use super::view::View;
use super::{Agent, Intent, Kind, Phase};
use crate::market::Action;
use crate::units::{Kwh, MicroStxPerKwh};

/// How the reference price is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PricePolicy {
    /// As it stands.
    Fixed,
    /// One price in the peak hours of the tariff, the base price outside.
    TimeOfUse {
        /// The price outside of the peak.
        base: MicroStxPerKwh,
        /// The price in the peak.
        peak: MicroStxPerKwh,
        /// First local hour of the peak.
        from_hour: f64,
        /// The hour after its last.
        to_hour: f64,
    },
    /// Once a day towards balance: up where demand exceeds supply.
    Balance {
        /// Relative step for a supply that is double or half the demand.
        gain: f64,
        /// Never below.
        least: MicroStxPerKwh,
        /// Never above.
        most: MicroStxPerKwh,
    },
}

/// The owner of the contracts.
#[derive(Clone, Debug)]
pub struct Operator {
    policy: PricePolicy,
    relists: bool,
}

impl Operator {
    /// An operator that prices by `policy` and, where it `relists`, offers
    /// handed-back energy at the reference price.
    #[must_use]
    pub const fn new(policy: PricePolicy, relists: bool) -> Self {
        Self { policy, relists }
    }

    fn wished_price(&self, view: &View<'_>) -> Option<MicroStxPerKwh> {
        match self.policy {
            PricePolicy::Fixed => None,
            PricePolicy::TimeOfUse { base, peak, from_hour, to_hour } => {
                let hour = view.moment.hour();
                let in_peak = if from_hour <= to_hour {
                    (from_hour..to_hour).contains(&hour)
                } else {
                    hour >= from_hour || hour < to_hour
                };
                Some(if in_peak { peak } else { base })
            }
            PricePolicy::Balance { gain, least, most } => {
                if !view.moment.is_midnight() || view.moment.day == 0 {
                    return None;
                }
                // A doubling of supply over demand moves the price by the
                // gain; a step is never more than twice that.
                let tightness = libm::log2(view.market.supply_over_demand.clamp(0.25, 4.0));
                let now = view.market.parameters.energy_price.as_f64();
                let wished = MicroStxPerKwh::nearest_from_f64(now * (1.0 - gain * tightness));
                Some(wished.clamp(least, most))
            }
        }
    }
}

impl Agent for Operator {
    fn kind(&self) -> Kind {
        Kind::Operator
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        match view.phase {
            Phase::Administration => {
                intents.extend(view.work.decisions.iter().cloned().map(Intent::from));
                if let Some(price) = self.wished_price(view)
                    && price != view.market.parameters.energy_price
                    && !price.is_zero()
                {
                    intents.push(Action::SetEnergyPrice { price }.into());
                }
            }
            Phase::Offers if self.relists && !view.market.parameters.paused => {
                let parameters = &view.market.parameters;
                let cap = parameters.max_energy_per_user.saturating_sub(view.mine.listed);
                let room = parameters.reserve_limit.saturating_sub(view.market.reserve);
                let amount = view.mine.unsold.saturating_sub(view.mine.listed).min(cap).min(room);
                if amount > Kwh::ZERO {
                    let price = parameters.energy_price;
                    intents.push(Action::AddEnergyForSale { amount, price }.into());
                }
            }
            _ => {}
        }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
