//! Who takes part in a run: homes, purses and traits drawn from the run's
//! seed, and what each participant's run came to. A participant's draws are
//! keyed by its role and number, so that adding buyers changes no producer.

use rand::RngExt;

use super::adversaries;
use super::guests::{Guest, GuestHome};
use super::limits::TurnedAway;
use super::prepared::Prepared;
use crate::agents::{
    Adversary, Agent, Asking, Buyer, Buying, BuyingTraits, Certifier, Kind, MeterOperator,
    Operator, ParticipationTraits, PricePolicy, Prices, Producer, ProducerTraits, Strategy,
    Supervisor, Valuation,
};
use crate::energy::{
    AnnualUsePopulation, DayEnergy, EnergyError, Home, PanelPopulation, draw_annual_use_kwh,
    draw_panel,
};
use crate::market::Account;
use crate::random::{Normals, Purpose, Stream, stream_at};
use crate::scenario::{PricePolicy as PricePolicyKey, Scenario};
use crate::units::{Kwh, MicroStx};

/// A home in a run.
#[derive(Clone, Debug)]
pub(super) struct House {
    pub(super) home: Home,
    pub(super) capacity_kwp: f64,
    /// The day's energy, a value a tick.
    pub(super) today: DayEnergy,
    /// What of it was made and used in the last tick, in kWh.
    pub(super) made_kwh: f64,
    pub(super) used_kwh: f64,
    pub(super) expected_use_kwh: f64,
    pub(super) expected_make_kwh: f64,
    pub(super) monthly_make_kwh: f64,
    /// Metered surplus that is no whole kWh yet.
    pub(super) surplus_carry_kwh: f64,
    /// Metered need that is not settled yet.
    pub(super) unsettled_kwh: f64,
    /// Its own retail price over the scenario's.
    pub(super) retail_factor: f64,
    /// Its own feed-in tariff over the scenario's.
    pub(super) feed_in_factor: f64,
}

/// What a participant's run came to so far. Energy in kWh, money in microSTX.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    pub(super) made_kwh: f64,
    pub(super) used_kwh: f64,
    pub(super) self_used_kwh: f64,
    pub(super) fed_in_kwh: f64,
    pub(super) retail_kwh: f64,
    pub(super) credited: Kwh,
    pub(super) sold: Kwh,
    pub(super) bought: Kwh,
    pub(super) consumed: Kwh,
    pub(super) refunded: Kwh,
    pub(super) revenue: MicroStx,
    pub(super) paid: MicroStx,
    pub(super) commission: MicroStx,
    pub(super) refunds: MicroStx,
    pub(super) certification_fees: MicroStx,
    pub(super) network_fees: MicroStx,
    /// Commission on energy that is still held, so that a gain is booked with
    /// the consumption that it belongs to.
    pub(super) commission_held_ustx: f64,
    pub(super) gain_ustx: f64,
    pub(super) gain_at_midnight_ustx: f64,
    pub(super) transactions: u32,
    pub(super) rejected: u32,
    pub(super) turned_away_by_reserve: u32,
    pub(super) turned_away_by_user_limit: u32,
    pub(super) turned_away: TurnedAway,
    /// Ticks in which as much was listed as one may list.
    pub(super) ticks_at_limit: u32,
    /// What its own energy that it sold would have brought at the feed-in
    /// tariff.
    pub(super) forgone_ustx: f64,
    /// What it consumed out of bought energy would have cost at the retail
    /// tariff.
    pub(super) consumed_value_ustx: f64,
    /// Energy that its meter reported and that was never made.
    pub(super) invented: Kwh,
    /// What the utility has to get elsewhere of that once it is sold, at the
    /// feed-in tariff.
    pub(super) invented_sold_ustx: f64,
    /// What buyers paid it above the mean price of the time, below zero where
    /// they paid less.
    pub(super) above_market_ustx: f64,
    /// How often its certification was taken back.
    pub(super) revoked: u32,
}

impl Statement {
    /// What was added since it stood at `before`. What is held, and the gain at
    /// midnight, are no sums and stay as they are.
    pub(super) fn since(&self, before: &Self) -> Self {
        Self {
            made_kwh: self.made_kwh - before.made_kwh,
            used_kwh: self.used_kwh - before.used_kwh,
            self_used_kwh: self.self_used_kwh - before.self_used_kwh,
            fed_in_kwh: self.fed_in_kwh - before.fed_in_kwh,
            retail_kwh: self.retail_kwh - before.retail_kwh,
            credited: self.credited - before.credited,
            sold: self.sold - before.sold,
            bought: self.bought - before.bought,
            consumed: self.consumed - before.consumed,
            refunded: self.refunded - before.refunded,
            revenue: self.revenue - before.revenue,
            paid: self.paid - before.paid,
            commission: self.commission - before.commission,
            refunds: self.refunds - before.refunds,
            certification_fees: self.certification_fees - before.certification_fees,
            network_fees: self.network_fees - before.network_fees,
            commission_held_ustx: self.commission_held_ustx,
            gain_ustx: self.gain_ustx - before.gain_ustx,
            gain_at_midnight_ustx: self.gain_at_midnight_ustx,
            transactions: self.transactions - before.transactions,
            rejected: self.rejected - before.rejected,
            turned_away_by_reserve: self.turned_away_by_reserve - before.turned_away_by_reserve,
            turned_away_by_user_limit: self.turned_away_by_user_limit
                - before.turned_away_by_user_limit,
            turned_away: self.turned_away.since(&before.turned_away),
            ticks_at_limit: self.ticks_at_limit - before.ticks_at_limit,
            forgone_ustx: self.forgone_ustx - before.forgone_ustx,
            consumed_value_ustx: self.consumed_value_ustx - before.consumed_value_ustx,
            invented: self.invented - before.invented,
            invented_sold_ustx: self.invented_sold_ustx - before.invented_sold_ustx,
            above_market_ustx: self.above_market_ustx - before.above_market_ustx,
            revoked: self.revoked - before.revoked,
        }
    }

    /// The share of what was credited to it that its roof really made.
    pub(super) fn genuine_share(&self) -> f64 {
        // A report that was not taken can make the invented exceed the credited.
        (1.0 - self.invented.as_f64() / self.credited.as_f64().max(1.0)).max(0.0)
    }
}

/// A participant in a run.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) account: Account,
    /// The key of its random streams: role and number.
    pub(super) key: u64,
    pub(super) agent: Box<dyn Agent>,
    pub(super) strategy: &'static str,
    pub(super) house: Option<Box<House>>,
    /// Whether it is certified before the run begins.
    pub(super) certified_at_start: bool,
    pub(super) declares: f64,
    pub(super) stx_start: MicroStx,
    /// Who acts together with it; nobody with honest people.
    pub(super) allies: Box<[Account]>,
    pub(super) statement: Statement,
    /// What it would pay and take, as it said last.
    pub(super) valuation: Valuation,
    /// Energy credited to it in this tick.
    pub(super) fresh: Kwh,
    /// Energy it was short of in this tick.
    pub(super) need_kwh: f64,
}

impl Person {
    pub(super) fn kind(&self) -> Kind {
        self.agent.kind()
    }

    /// The prices outside of the market that this participant has, where the
    /// median home has `median`.
    pub(super) fn prices(&self, median: &Prices) -> Prices {
        let Some(house) = &self.house else { return *median };
        Prices {
            retail_ustx: median.retail_ustx * house.retail_factor,
            retail_mean_ustx: median.retail_mean_ustx * house.retail_factor,
            feed_in_ustx: median.feed_in_ustx * house.feed_in_factor,
            ..*median
        }
    }
}

/// A participant before it has an account.
pub(super) struct Newcomer {
    pub(super) label: String,
    pub(super) key: u64,
    pub(super) purse: MicroStx,
    pub(super) agent: Box<dyn Agent>,
    pub(super) strategy: &'static str,
    pub(super) house: Option<Box<House>>,
    pub(super) certified_at_start: bool,
    pub(super) declares: f64,
    /// The gang it belongs to: its kind and the gang's number.
    pub(super) gang: Option<(Adversary, u32)>,
}

/// The moments of a participant's population stream that are drawn at here;
/// the energy room draws panels and use at others.
const TRAITS_MOMENT: u32 = 0;
const NORMALS_MOMENT: u32 = 3;
const CONTRACT_MOMENT: u32 = 4;
const EFFORT_MOMENT: u32 = 5;
const PATIENCE_MOMENT: u32 = 6;
const BIDDING_MOMENT: u32 = 7;

/// The role of guests in the keys of their streams; the program's own roles
/// count from 0.
const GUEST_ROLE: u64 = 255;

/// What officials and the operator have for fees: enough for any run, and
/// counted like everyone's.
const OFFICIAL_PURSE: MicroStx = MicroStx::new(1_000_000_000_000);

/// The overstating declare this much of what their roof yields.
const OVERSTATED: f64 = 2.5;
/// The honest are off by this relative standard deviation.
const HONEST_ERROR_SD: f64 = 0.05;
/// The least energy that a seller lists in a transaction of its own.
pub(super) const LOT: Kwh = Kwh::new(3);
/// The most that anyone wants to save before buying.
const GREATEST_REQUIRED_SAVING: f64 = 0.95;
/// What the fondest of local power pay beyond the utility's price.
const GREATEST_PREMIUM: f64 = 0.25;

pub(super) const fn key(role: u64, number: u32) -> u64 {
    role << 32 | number as u64
}

/// Everyone, in the order of their accounts: the operator first.
pub(super) fn draw(prepared: &Prepared, seed: u64) -> Result<Vec<Newcomer>, EnergyError> {
    let scenario = &prepared.scenario;
    let mut everyone = vec![official("operator".to_owned(), key(0, 0), operator(scenario))];
    everyone[0].purse = OFFICIAL_PURSE + scenario.market.treasury_ustx;
    let certifiers = &scenario.certifiers;
    for number in 0..certifiers.meter_operators {
        let label = format!("meter-operator-{number}");
        everyone.push(official(label, key(1, number), Box::new(MeterOperator)));
    }
    for number in 0..certifiers.certifiers {
        let agent = Certifier::new(certifiers.applications_per_day, certifiers.diligence);
        let label = format!("certifier-{number}");
        everyone.push(official(label, key(2, number), Box::new(agent)));
    }
    for number in 0..certifiers.supervisors {
        let agent = Supervisor::new(certifiers.audits_per_day, certifiers.diligence);
        let label = format!("supervisor-{number}");
        everyone.push(official(label, key(3, number), Box::new(agent)));
    }
    for number in 0..scenario.producers.count {
        everyone.push(producer(prepared, seed, number)?);
    }
    for number in 0..scenario.buyers.count {
        everyone.push(buyer(prepared, seed, number)?);
    }
    everyone.extend(adversaries::draw(prepared, seed)?);
    for (number, one) in (0..).zip(prepared.guests.of(seed)) {
        everyone.push(guest(prepared, seed, number, one)?);
    }
    Ok(everyone)
}

fn official(label: String, key: u64, agent: Box<dyn Agent>) -> Newcomer {
    Newcomer {
        label,
        key,
        purse: OFFICIAL_PURSE,
        agent,
        strategy: "",
        house: None,
        certified_at_start: false,
        declares: 0.0,
        gang: None,
    }
}

fn guest(
    prepared: &Prepared,
    seed: u64,
    number: u32,
    guest: Guest,
) -> Result<Newcomer, EnergyError> {
    let key = key(GUEST_ROLE, number);
    let house = match guest.home {
        GuestHome::None => None,
        GuestHome::WithoutPanel => Some(house(prepared, seed, key, 0.0)?),
        GuestHome::WithPanel => Some(house(prepared, seed, key, 1.0)?),
    };
    let label = format!("guest-{number}");
    Ok(Newcomer { purse: guest.purse, house, ..official(label, key, guest.agent) })
}

fn operator(scenario: &Scenario) -> Box<dyn Agent> {
    let keys = &scenario.operator;
    let policy = match keys.price_policy {
        PricePolicyKey::Fixed => PricePolicy::Fixed,
        PricePolicyKey::TimeOfUse => PricePolicy::TimeOfUse {
            base: scenario.market.energy_price_ustx_per_kwh,
            peak: keys.peak_price_ustx_per_kwh,
            from_hour: f64::from(scenario.tariff.peak_from_hour),
            to_hour: f64::from(scenario.tariff.peak_to_hour),
        },
        PricePolicyKey::Balance => PricePolicy::Balance {
            gain: keys.balance_gain,
            least: keys.balance_min_ustx_per_kwh,
            most: keys.balance_max_ustx_per_kwh,
        },
    };
    Box::new(Operator::new(policy, keys.relist_handed_back))
}

fn producer(prepared: &Prepared, seed: u64, number: u32) -> Result<Newcomer, EnergyError> {
    let scenario = &prepared.scenario;
    let keys = &scenario.producers;
    let key = key(4, number);
    let mut rng = stream_at(seed, Purpose::Population, key, TRAITS_MOMENT);
    let mut normals = Normals::new(stream_at(seed, Purpose::Population, key, NORMALS_MOMENT));
    let strategy = draw_strategy(scenario, &mut rng);
    let asking = Asking::draw(strategy, f64::from(keys.markup_bps) / 10_000.0, &mut rng);
    let overstates = rng.random_bool(keys.overstating_share);
    let certified = rng.random_bool(keys.certified_at_start);
    let declares = if overstates {
        OVERSTATED
    } else {
        (1.0 + HONEST_ERROR_SD * normals.draw()).clamp(0.7, 1.3)
    };
    let purse = draw_purse(keys.purse_stx_median, keys.purse_sigma, normals.draw());
    let mut efforts = efforts(seed, key);
    let buying = buying_traits(scenario, &mut rng, &mut efforts);
    let traits = ProducerTraits {
        horizon_days: f64::from(keys.horizon_days),
        declares,
        lot: LOT,
        required_gain: required_gain(scenario, &mut efforts),
    };
    let staying = participation(scenario, seed, key);
    let agent = Producer::new(traits, asking, Buying::new(buying), staying);
    Ok(Newcomer {
        label: format!("producer-{number}"),
        key,
        purse,
        agent: Box::new(agent),
        strategy: strategy.name(),
        house: Some(house(prepared, seed, key, 1.0)?),
        // Whoever overstates was not there to be looked at before the start.
        certified_at_start: certified && !overstates,
        declares,
        gang: None,
    })
}

fn buyer(prepared: &Prepared, seed: u64, number: u32) -> Result<Newcomer, EnergyError> {
    let scenario = &prepared.scenario;
    let key = key(5, number);
    let mut rng = stream_at(seed, Purpose::Population, key, TRAITS_MOMENT);
    let mut normals = Normals::new(stream_at(seed, Purpose::Population, key, NORMALS_MOMENT));
    let keys = &scenario.buyers;
    let purse = draw_purse(keys.purse_stx_median, keys.purse_sigma, normals.draw());
    let mut efforts = efforts(seed, key);
    let buying = Buying::new(buying_traits(scenario, &mut rng, &mut efforts));
    Ok(Newcomer {
        label: format!("buyer-{number}"),
        key,
        purse,
        agent: Box::new(Buyer::new(buying, participation(scenario, seed, key))),
        strategy: "",
        house: Some(house(prepared, seed, key, 0.0)?),
        certified_at_start: false,
        declares: 0.0,
        gang: None,
    })
}

/// A home, its roof `roof` times the usual one; without a panel where that is 0.
pub(super) fn house(
    prepared: &Prepared,
    seed: u64,
    key: u64,
    roof: f64,
) -> Result<Box<House>, EnergyError> {
    let keys = &prepared.scenario.panel;
    let population = PanelPopulation {
        capacity_median_kwp: keys.capacity_kwp_median * roof,
        capacity_sigma: keys.capacity_sigma,
        tilt_mean_deg: keys.tilt_deg,
        tilt_sd_deg: keys.tilt_sd_deg,
        azimuth_mean_deg: keys.azimuth_deg,
        azimuth_sd_deg: keys.azimuth_sd_deg,
    };
    let panel = (roof > 0.0).then(|| draw_panel(seed, key, &population));
    let load = &prepared.scenario.load;
    let annual =
        AnnualUsePopulation { median_kwh: load.annual_kwh_median, sigma: load.annual_sigma };
    let annual_use_kwh = draw_annual_use_kwh(seed, key, &annual);
    let tariff = &prepared.scenario.tariff;
    let mut contract = Normals::new(stream_at(seed, Purpose::Population, key, CONTRACT_MOMENT));
    let mut factor = |sigma: f64| libm::exp(sigma * contract.draw());
    Ok(Box::new(House {
        home: Home::new(panel.as_ref(), &prepared.panel_model, annual_use_kwh)?,
        capacity_kwp: panel.map_or(0.0, |panel| panel.capacity_kwp),
        today: DayEnergy::default(),
        made_kwh: 0.0,
        used_kwh: 0.0,
        expected_use_kwh: 0.0,
        expected_make_kwh: 0.0,
        monthly_make_kwh: 0.0,
        surplus_carry_kwh: 0.0,
        unsettled_kwh: 0.0,
        retail_factor: factor(tariff.retail_sigma),
        feed_in_factor: factor(tariff.feed_in_sigma),
    }))
}

fn draw_strategy(scenario: &Scenario, rng: &mut Stream) -> Strategy {
    let weights = &scenario.producers.asking;
    let mut point = rng.random_range(0.0..1.0) * weights.total();
    for (weight, strategy) in [
        (weights.fixed, Strategy::Fixed),
        (weights.zi_c, Strategy::ZiC),
        (weights.zip, Strategy::Zip),
    ] {
        if point < weight {
            return strategy;
        }
        point -= weight;
    }
    Strategy::Undercut
}

/// What moves a home to take the trouble: first as a buyer, then as a seller.
pub(super) fn efforts(seed: u64, key: u64) -> Normals {
    Normals::new(stream_at(seed, Purpose::Population, key, EFFORT_MOMENT))
}

pub(super) fn required_gain(scenario: &Scenario, efforts: &mut Normals) -> f64 {
    let keys = &scenario.producers;
    (keys.required_gain_mean + keys.required_gain_sd * efforts.draw()).max(0.0)
}

pub(super) fn buying_traits(
    scenario: &Scenario,
    rng: &mut Stream,
    efforts: &mut Normals,
) -> BuyingTraits {
    let keys = &scenario.buyers;
    let required = keys.required_saving_mean + keys.required_saving_sd * efforts.draw();
    BuyingTraits {
        offers_seen: keys.offers_seen as usize,
        forecast_error_sd: keys.forecast_error_sd,
        ahead_hours: f64::from(keys.ahead_hours),
        patience: rng.random_range(0.75..1.0),
        slippage: f64::from(keys.slippage_bps) / 10_000.0,
        required_saving: required.clamp(-GREATEST_PREMIUM, GREATEST_REQUIRED_SAVING),
    }
}

fn participation(scenario: &Scenario, seed: u64, key: u64) -> ParticipationTraits {
    let keys = &scenario.participation;
    let mut rng = stream_at(seed, Purpose::Population, key, PATIENCE_MOMENT);
    ParticipationTraits {
        enabled: keys.enabled,
        patience_days: rng.random_range(1..=2 * keys.patience_days - 1),
        return_share_a_day: keys.return_share_per_day,
    }
}

/// Whether a participant is of the `share` who raise their fees.
pub(super) fn raises_fees(seed: u64, key: u64, share: f64) -> bool {
    share >= 1.0
        || stream_at(seed, Purpose::Population, key, BIDDING_MOMENT).random::<f64>() < share
}

fn draw_purse(median_stx: f64, sigma: f64, draw: f64) -> MicroStx {
    MicroStx::nearest_from_stx(median_stx * libm::exp(sigma * draw))
}
