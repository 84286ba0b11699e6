//! The keys of a scenario, each declared once: where and when, the energy, the
//! market, the people, the chain. Declarations only: what a value may be is in
//! `key`, what must hold between keys is in `check`.

mod adversaries;
mod chain;
mod decision;
mod energy;
mod experiment;
mod genesis;
mod market;
mod people;
mod threshold;

pub use adversaries::{Adversaries, Adversary};
pub use chain::{
    BlockBudget, Contracts, CostMetering, ExecutionBudget, FeePolicy, Network, RateScale,
};
pub use decision::{Change, Decision, Decisions};
pub use energy::{
    Gaps, Load, LoadColumns, LoadDateOrder, LoadDecimal, LoadSource, LoadStamp, LoadUnit, Panel,
    Place, Time, Transposition, Weather, WeatherFormat, WeatherSource,
};
pub use experiment::{
    Analysis, Constraint, Constraints, Design, Loading, Objective, Objectives, Range, Ranges,
    Stress, Sweep, Tune, Warmup,
};
pub use genesis::{Genesis, GenesisContract, GenesisOf, Seed};
pub use market::{Certification, Market, Money, RefundBasis, Tariff};
pub use people::{Asking, Buyers, Certifiers, Operator, Participation, PricePolicy, Producers};
pub use threshold::{Comparison, Threshold, Thresholds};
