//! How sellers set their price: four strategies of the literature, each
//! bounded below by the seller's outside option. No chain, no listing.

use rand::RngExt;
use rand_distr::{Distribution, Uniform};

use super::view::View;
use crate::random::{Purpose, Stream};

/// The strategies by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strategy {
    /// A mark-up over the feed-in tariff, always the same.
    Fixed,
    /// Zero intelligence, constrained: any price that is no loss and that a
    /// buyer could accept (Gode and Sunder, 1993).
    ZiC,
    /// Zero intelligence plus: a profit margin that learns from what is
    /// traded (Cliff, 1997).
    Zip,
    /// A little below the cheapest offer in sight.
    Undercut,
}

impl Strategy {
    /// Its name in CSV and TOML.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::ZiC => "zi-c",
            Self::Zip => "zip",
            Self::Undercut => "undercut",
        }
    }
}

/// Offers that an undercutting seller looks at.
const UNDERCUT_LOOKS: usize = 8;
/// What it stays below the cheapest, as a factor.
const UNDERCUT_FACTOR: f64 = 0.99;

/// A seller's asking price, and what its strategy remembers.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    strategy: Strategy,
    /// Mark-up over the feed-in tariff, as a fraction: the fixed seller's
    /// for good, the ZIP seller's at first.
    markup: f64,
    /// Learning rate of ZIP.
    learning_rate: f64,
    /// Momentum of ZIP.
    momentum: f64,
    /// Momentum-filtered change of ZIP's price, in microSTX a kWh.
    drift_ustx: f64,
    /// ZIP's current price, in microSTX a kWh.
    learned_ustx: Option<f64>,
}

impl Asking {
    /// A seller's way of asking, its traits drawn from `rng`: the mark-up
    /// around `mean_markup` (a fraction), ZIP's learning rate from 0.1 to 0.5
    /// and momentum from 0 to 0.1, as Cliff has them.
    #[must_use]
    pub fn draw(strategy: Strategy, mean_markup: f64, rng: &mut Stream) -> Self {
        Self {
            strategy,
            markup: mean_markup * rng.random_range(0.5..1.5),
            learning_rate: rng.random_range(0.1..0.5),
            momentum: rng.random_range(0.0..0.1),
            drift_ustx: 0.0,
            learned_ustx: None,
        }
    }

    /// The strategy.
    #[must_use]
    pub const fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// Whether the price of what is already listed follows the market; the
    /// others set theirs when they list.
    #[must_use]
    pub const fn follows_the_market(&self) -> bool {
        matches!(self.strategy, Strategy::Zip | Strategy::Undercut)
    }

    /// The price to ask now, in microSTX a kWh: never below `least_ustx`.
    /// `sold` says whether something of the seller's was bought since it was
    /// asked last.
    pub fn price_ustx(&mut self, view: &View<'_>, least_ustx: f64, sold: bool) -> f64 {
        let start = view.prices.feed_in_ustx * (1.0 + self.markup);
        let price = match self.strategy {
            Strategy::Fixed => start,
            Strategy::ZiC => {
                let most = buyers_limit_ustx(view).max(least_ustx);
                let mut rng = view.whims.stream(Purpose::Asking);
                match Uniform::new_inclusive(least_ustx, most) {
                    Ok(range) => range.sample(&mut rng),
                    Err(_) => least_ustx,
                }
            }
            Strategy::Zip => self.learn(view, start, least_ustx, sold),
            Strategy::Undercut => {
                let mut rng = view.whims.stream(Purpose::Asking);
                let seen = view.market.look_at(UNDERCUT_LOOKS, view.me, &mut rng);
                seen.first().map_or(start, |cheapest| cheapest.price.as_f64() * UNDERCUT_FACTOR)
            }
        };
        price.max(least_ustx)
    }

    /// One step of ZIP towards a target near the recent price: up where the
    /// seller would have traded at it, down where it asked more and sold
    /// nothing (Cliff 1997, equations for sellers, Widrow–Hoff with
    /// momentum).
    fn learn(&mut self, view: &View<'_>, start: f64, least_ustx: f64, sold: bool) -> f64 {
        let price = self.learned_ustx.unwrap_or(start);
        let recent = view.market.recent_price_ustx;
        let mut rng = view.whims.stream(Purpose::Asking);
        // Cliff's absolute term is 0.05 on prices of about 1; here prices are
        // of the order of the feed-in tariff.
        let absolute = 0.05 * view.prices.feed_in_ustx;
        let target = if sold && price <= recent {
            Some(rng.random_range(1.0..1.05) * recent + rng.random_range(0.0..1.0) * absolute)
        } else if !sold && price >= recent {
            Some(rng.random_range(0.95..1.0) * recent - rng.random_range(0.0..1.0) * absolute)
        } else {
            None
        };
        if let Some(target) = target {
            let step = self.learning_rate * (target - price);
            self.drift_ustx = self.momentum * self.drift_ustx + (1.0 - self.momentum) * step;
        } else {
            self.drift_ustx *= self.momentum;
        }
        let learned = (price + self.drift_ustx).max(least_ustx);
        self.learned_ustx = Some(learned);
        learned
    }
}

/// The price at which a buyer would as soon buy from the utility, commission
/// taken off, in microSTX a kWh.
fn buyers_limit_ustx(view: &View<'_>) -> f64 {
    view.prices.spared_ustx() / (1.0 + view.market.parameters.commission_rate.as_fraction())
}
