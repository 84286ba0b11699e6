//! Sections of the people: who they are, how many, what they know and how they
//! decide.

use crate::scenario::key::choice;
use crate::scenario::read::section;
use crate::units::MicroStxPerKwh;

/// The greatest count of any kind of participant.
pub(super) const GREATEST_COUNT: i64 = 1_000_000;

section! {
    /// `[producers]`: homes with panels.
    pub struct Producers {
        /// How many there are.
        count: u32, required, like 1_000, in 0..=GREATEST_COUNT, unit "homes";
        /// The share of them that is certified as the run begins.
        certified_at_start: f64 = 0.8, in 0.0..=1.0;
        /// Mean mark-up over the feed-in tariff of those who ask a fixed one.
        markup_bps: u32 = 3_000, in 0..=100_000, unit "basis points";
        /// Over how many days they weigh the gain of a certificate against its
        /// fee.
        horizon_days: u32 = 90, in 1..=3_660, unit "days";
        /// The share of them that declares more than its panels can make.
        overstating_share: f64 = 0.03, in 0.0..=1.0;
        /// What a sale must bring beyond the home's own feed-in tariff, as a
        /// share of it, for selling to be worth the bother: mean over the
        /// homes.
        required_gain_mean: f64 = 0.3, in 0.0..=100.0;
        /// The same: standard deviation over the homes.
        required_gain_sd: f64 = 0.3, in 0.0..=100.0;
        /// Median of the STX that they begin with.
        purse_stx_median: f64 = 50.0, in 0.0..=1_000_000.0, unit "STX";
        /// Spread of the purses: standard deviation of the logarithm.
        purse_sigma: f64 = 0.5, in 0.0..=3.0;
    }
    tables {
        /// How they set their asking prices.
        asking: Asking;
    }
}

section! {
    /// `[producers.asking]`: the weight of each way to ask a price. A
    /// producer draws its way with a chance in proportion.
    pub struct Asking {
        /// A fixed mark-up over the feed-in tariff.
        fixed: f64 = 1.0, in 0.0..=1e6;
        /// Random prices that cannot lose (zero intelligence, constrained:
        /// Gode and Sunder, 1993).
        zi_c as "zi-c": f64 = 1.0, in 0.0..=1e6;
        /// A margin that adapts to what others sell at (zero intelligence
        /// plus: Cliff, 1997).
        zip: f64 = 1.0, in 0.0..=1e6;
        /// A little below the cheapest offer seen.
        undercut: f64 = 1.0, in 0.0..=1e6;
    }
}

impl Asking {
    /// The weights' sum.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.fixed + self.zi_c + self.zip + self.undercut
    }
}

section! {
    /// `[buyers]`: homes without panels.
    pub struct Buyers {
        /// How many there are.
        count: u32, required, like 2_000, in 0..=GREATEST_COUNT, unit "homes";
        /// How many offers a buyer looks at before it takes the cheapest.
        offers_seen: u32 = 8, in 1..=10_000, unit "offers";
        /// Median of the STX that they begin with.
        purse_stx_median: f64 = 400.0, in 0.0..=1_000_000.0, unit "STX";
        /// Spread of the purses: standard deviation of the logarithm.
        purse_sigma: f64 = 0.6, in 0.0..=3.0;
        /// Error of the forecast of one's own use: standard deviation of the
        /// logarithm of forecast over use.
        forecast_error_sd: f64 = 0.25, in 0.0..=2.0;
        /// For how long ahead a buyer buys.
        ahead_hours: u32 = 6, in 1..=168, unit "hours";
        /// How far above the price that was seen an order may be filled: the
        /// highest price that its wallet names.
        slippage_bps: u32 = 200, in 0..=100_000, unit "basis points";
        /// What a purchase must save, as a share of the home's own retail
        /// price, for buying to be worth the bother: mean over the homes.
        required_saving_mean: f64 = 0.1, in 0.0..=1.0;
        /// The same: standard deviation over the homes. Those below 0 pay more
        /// for their neighbours' energy than for the utility's.
        required_saving_sd: f64 = 0.1, in 0.0..=1.0;
    }
}

section! {
    /// `[certifiers]`: who reads meters, certifies and audits.
    pub struct Certifiers {
        /// Meter operators, of level 1, who share the homes' meters.
        meter_operators: u32 = 2, in 1..=1_000, unit "people";
        /// Certifiers, of level 2.
        certifiers: u32 = 3, in 1..=1_000, unit "people";
        /// Supervisors, of level 3, who audit.
        supervisors: u32 = 1, in 0..=1_000, unit "people";
        /// Applications that one certifier works through in a day.
        applications_per_day: u32 = 40, in 1..=100_000, unit "applications a day";
        /// Audits that one supervisor carries out in a day.
        audits_per_day: u32 = 5, in 0..=100_000, unit "audits a day";
        /// The chance that a look into a false declaration or report finds it.
        diligence: f64 = 0.8, in 0.0..=1.0;
    }
}

choice! {
    /// How the operator sets the reference price.
    pub enum PricePolicy {
        /// It stays, but for dated decisions.
        Fixed = "fixed",
        /// One price in the tariff's peak hours, one outside.
        TimeOfUse = "time-of-use",
        /// It follows demand over supply, slowly and within bounds.
        Balance = "balance",
    }
}

section! {
    /// `[operator]`: who owns the contracts.
    pub struct Operator {
        /// How the reference price is set.
        price_policy: PricePolicy = PricePolicy::Fixed;
        /// The price of the peak hours, for "time-of-use".
        peak_price_ustx_per_kwh: MicroStxPerKwh = MicroStxPerKwh::new(400_000),
            in 1..=1_000_000_000_000_000, unit "µSTX per kWh";
        /// For "balance", the step of a day: the relative change of the price
        /// when demand exceeds supply by the whole of it.
        balance_gain: f64 = 0.1, in 0.0..=1.0;
        /// The least price that "balance" sets.
        balance_min_ustx_per_kwh: MicroStxPerKwh = MicroStxPerKwh::new(150_000),
            in 1..=1_000_000_000_000_000, unit "µSTX per kWh";
        /// The greatest price that "balance" sets.
        balance_max_ustx_per_kwh: MicroStxPerKwh = MicroStxPerKwh::new(500_000),
            in 1..=1_000_000_000_000_000, unit "µSTX per kWh";
        /// Whether energy that was handed back is listed for sale again.
        relist_handed_back: bool = true;
    }
}

section! {
    /// `[participation]`: who leaves the market and comes back.
    pub struct Participation {
        /// Whether anyone does; otherwise all stay.
        enabled: bool = true;
        /// After how many days without a gain over the outside option a
        /// participant leaves, on average: each has a patience of its own,
        /// from 1 day to as many beyond the average.
        patience_days: u32 = 2, in 1..=3_660, unit "days";
        /// The share of those who left that tries again each day.
        return_share_per_day: f64 = 0.1, in 0.0..=1.0;
    }
}
