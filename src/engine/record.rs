//! What a run writes down, as plain rows: one a tick, one a participant, one a
//! function and outcome, one a measure. Whoever writes files or charts works
//! from these alone.

use crate::market::{Contract, Function};
use crate::units::Tick;

/// The market over one tick. Energy in kWh, money in microSTX, prices in
/// microSTX a kWh; stocks stand as at the end of the tick.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are the columns of ticks.csv, named with their units")]
pub struct TickRow {
    pub tick: Tick,
    pub day: u32,
    pub hour: f64,
    pub made_kwh: f64,
    pub used_kwh: f64,
    pub self_used_kwh: f64,
    pub surplus_kwh: f64,
    pub need_kwh: f64,
    pub credited_kwh: u128,
    pub listed_kwh: u128,
    pub reserve_kwh: u128,
    pub unsold_kwh: u128,
    pub traded_kwh: u128,
    pub purchases: u64,
    pub refunded_kwh: u128,
    pub consumed_kwh: u128,
    pub held_kwh: u128,
    pub price_mean_ustx_per_kwh: Option<f64>,
    pub price_min_ustx_per_kwh: Option<u128>,
    pub price_max_ustx_per_kwh: Option<u128>,
    pub energy_price_ustx_per_kwh: u128,
    pub retail_ustx_per_kwh: f64,
    pub feed_in_ustx_per_kwh: f64,
    pub commission_ustx: u128,
    pub refunds_ustx: u128,
    pub treasury_ustx: u128,
    pub network_fees_ustx: u128,
    pub reserve_limit_kwh: u128,
    pub sellers: u64,
    pub sellers_at_limit: u64,
    pub transactions: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub aborted: u64,
    pub dropped: u64,
    pub turned_away_by_reserve: u64,
    pub turned_away_by_user_limit: u64,
    pub waiting: u64,
    pub left_out: u64,
    pub tenures: u64,
    pub tenures_full: u64,
    pub next_block_fee_ustx: u128,
    pub read_count_share: Option<f64>,
    pub read_length_share: Option<f64>,
    pub write_count_share: Option<f64>,
    pub write_length_share: Option<f64>,
    pub runtime_share: Option<f64>,
    pub producers_in: u64,
    pub buyers_in: u64,
    pub certified: u64,
    pub applications_open: u64,
}

/// A participant's run, in the units of [`TickRow`].
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(
    missing_docs,
    reason = "the fields are the columns of participants.csv, named with their units"
)]
pub struct ParticipantRow {
    pub participant: u64,
    pub principal: String,
    pub kind: String,
    pub strategy: String,
    pub capacity_kwp: f64,
    pub annual_use_kwh: f64,
    pub standing: String,
    pub takes_part: bool,
    pub made_kwh: f64,
    pub used_kwh: f64,
    pub self_used_kwh: f64,
    pub fed_in_kwh: f64,
    pub retail_kwh: f64,
    pub credited_kwh: u128,
    pub sold_kwh: u128,
    pub unsold_kwh: u128,
    pub bought_kwh: u128,
    pub consumed_kwh: u128,
    pub refunded_kwh: u128,
    pub held_kwh: u128,
    pub revenue_ustx: u128,
    pub paid_ustx: u128,
    pub commission_ustx: u128,
    pub refunds_ustx: u128,
    pub certification_fees_ustx: u128,
    pub network_fees_ustx: u128,
    pub stx_start_ustx: u128,
    pub stx_end_ustx: u128,
    pub gain_ustx: f64,
    pub transactions: u64,
    pub rejected: u64,
    pub turned_away_by_reserve: u64,
    pub turned_away_by_user_limit: u64,
}

/// What the adversaries of a kind came to, in the units of [`TickRow`]. What
/// they traded among themselves is on both sides.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are the columns of adversaries.csv")]
pub struct AdversaryRow {
    pub kind: &'static str,
    pub count: u64,
    pub paid_ustx: u128,
    pub commission_ustx: u128,
    pub certification_fees_ustx: u128,
    pub network_fees_ustx: u128,
    pub forgone_ustx: f64,
    pub spent_ustx: f64,
    pub revenue_ustx: u128,
    pub refunds_ustx: u128,
    pub energy_value_ustx: f64,
    pub gained_ustx: f64,
    pub stock_ustx: f64,
    pub net_ustx: f64,
    pub treasury_cost_ustx: f64,
    pub utility_cost_ustx: f64,
    pub buyers_cost_ustx: f64,
    pub sold_kwh: u128,
    pub bought_kwh: u128,
    pub consumed_kwh: u128,
    pub refunded_kwh: u128,
    pub invented_kwh: u128,
    pub transactions: u64,
    pub rejected: u64,
    pub revoked: u64,
}

/// A limit over a run, and whom it turned away: everyone, or a kind and a third
/// of it by size.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are the columns of limits.csv, named with their units")]
pub struct LimitRow {
    pub limit: &'static str,
    pub setting: Option<u128>,
    pub kind: &'static str,
    pub size: &'static str,
    pub size_from: Option<f64>,
    pub size_to: Option<f64>,
    pub size_unit: &'static str,
    pub participants: u64,
    pub participants_at_limit: u64,
    pub participants_turned_away: u64,
    pub calls_turned_away: u64,
    pub ticks: u64,
    pub ticks_at_limit: Option<u64>,
    pub first_tick: Option<u32>,
    pub use_share_max: Option<f64>,
}

/// How often calls of a function ended in a way, and what went through the
/// store for them.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are the columns of calls.csv")]
pub struct CallRow {
    pub contract: Contract,
    pub function: Function,
    pub outcome: &'static str,
    pub error_code: Option<u128>,
    pub error: String,
    pub count: u64,
    pub store_reads: u64,
    pub store_read_length: u64,
    pub store_writes: u64,
    pub store_write_length: u64,
    pub read_count: Option<u64>,
    pub read_length: Option<u64>,
    pub write_count: Option<u64>,
    pub write_length: Option<u64>,
    pub runtime: Option<u64>,
    pub metering_deviation: Option<f64>,
}

/// One transaction, for `--trace`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the columns of transactions.csv")]
pub struct TransactionRow {
    pub transaction: u64,
    pub tick: Tick,
    pub block_height: u32,
    pub sender: u64,
    pub nonce: u64,
    pub fee_ustx: u128,
    pub wait_s: u64,
    pub function: Function,
    pub arguments: String,
    pub outcome: &'static str,
    pub error_code: Option<u128>,
    pub error: String,
}

/// Something that was noted of contracts that are not the product's own, or
/// that a scenario asked of them in vain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingRow {
    /// Its kind.
    pub finding: &'static str,
    /// What it is about: a function, a key, a rule.
    pub subject: String,
    /// How often it was met.
    pub count: u64,
    /// The tick in which it was first met; none where that was before the
    /// first, or at the end.
    pub first_tick: Option<Tick>,
    /// The first time, in words.
    pub detail: String,
}

/// One number that a run is judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Its name in `summary.csv`.
    pub name: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its value; not a number where the run gives none.
    pub value: f64,
}

/// All that one run wrote down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The seed of the run.
    pub seed: u64,
    /// One row a tick, from the first on, whether it is measured or not.
    pub ticks: Vec<TickRow>,
    /// The place among them of the first that is measured: all other tables and
    /// the measures count from its start, but for `transactions` and `findings`,
    /// which hold the whole run.
    pub measured_from: usize,
    /// One row a participant.
    pub participants: Vec<ParticipantRow>,
    /// One row a kind of adversary that took part.
    pub adversaries: Vec<AdversaryRow>,
    /// What the contracts' limits did, limit by limit.
    pub limits: Vec<LimitRow>,
    /// One row a function and outcome.
    pub calls: Vec<CallRow>,
    /// One row a transaction, where a trace was asked for.
    pub transactions: Vec<TransactionRow>,
    /// What was noted of the contracts.
    pub findings: Vec<FindingRow>,
    /// The measures, in the order of the summary.
    pub measures: Vec<Measure>,
    /// The trace of all its calls, setup included, where one was asked for: a
    /// text as [`crate::trace`] has it.
    pub trace: Option<Vec<u8>>,
    /// SHA-256 of the chain's final state.
    pub state_sha256: String,
}

impl Record {
    /// The ticks that are measured.
    #[must_use]
    pub fn measured(&self) -> &[TickRow] {
        self.ticks.get(self.measured_from..).unwrap_or_default()
    }
}
