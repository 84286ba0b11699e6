//! Counts kept while a run goes on: calls by function and outcome, the flows
//! of a tick, and the memory of the market's recent past.

use std::collections::BTreeMap;

use super::limit::TurnedAway;
use super::record::CallRow;
use crate::chain::{Cost, MeteringReport, Traffic};
use crate::market::{ErrorCode, Function, MarketReceipt, Verdict};
use crate::units::{Kwh, MicroStx, MicroStxPerKwh};

/// Calls by function and verdict.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls(BTreeMap<(Function, Verdict), Sums>);

/// Sums over the calls that ended alike.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    count: u64,
    traffic: Traffic,
    /// None where calls were not metered.
    cost: Option<Cost>,
}

impl Sums {
    fn add(&mut self, traffic: &Traffic, cost: Option<Cost>, count: u64) {
        self.count += count;
        self.traffic.reads += traffic.reads;
        self.traffic.read_length += traffic.read_length;
        self.traffic.writes += traffic.writes;
        self.traffic.write_length += traffic.write_length;
        if let Some(cost) = cost {
            self.cost = cost.checked_add(&self.cost.unwrap_or(Cost::ZERO));
        }
    }
}

impl Calls {
    pub(super) fn count(&mut self, function: Function, receipt: &MarketReceipt) {
        let sums = self.0.entry((function, receipt.verdict.clone())).or_default();
        sums.add(&receipt.traffic, receipt.cost, 1);
    }

    /// These and `others` together.
    pub(super) fn with(&self, others: &Self) -> Self {
        let mut all = self.clone();
        for (ended, sums) in &others.0 {
            all.0.entry(ended.clone()).or_default().add(&sums.traffic, sums.cost, sums.count);
        }
        all
    }

    /// One row a function and verdict; `metering` says how well costs were
    /// learned.
    pub(super) fn rows(&self, metering: &MeteringReport) -> Vec<CallRow> {
        self.0
            .iter()
            .map(|((function, verdict), sums)| row(*function, verdict, sums, metering))
            .collect()
    }

    /// Entries that a call of the cheapest function and outcome read on
    /// average; none before any was metered.
    pub(super) fn fewest_reads(&self) -> Option<u64> {
        let reads = |sums: &Sums| Some(sums.cost?.read_count / sums.count.max(1));
        self.0.values().filter_map(reads).min()
    }

    /// Each function that aborted: how often, how many of its calls were
    /// accepted, and the first reason.
    pub(super) fn aborts(&self) -> Vec<(Function, u64, u64, String)> {
        let mut aborts: Vec<(Function, u64, u64, String)> = Vec::new();
        for ((function, verdict), sums) in &self.0 {
            let Verdict::Aborted(reason) = verdict else { continue };
            match aborts.iter_mut().find(|(known, ..)| known == function) {
                Some((_, count, ..)) => *count += sums.count,
                None => aborts.push((*function, sums.count, 0, reason.to_string())),
            }
        }
        for (function, _, accepted, _) in &mut aborts {
            let sums = self.0.get(&(*function, Verdict::Accepted));
            *accepted = sums.map_or(0, |sums| sums.count);
        }
        aborts
    }

    /// How many calls of a function ended with an error code.
    pub(super) fn rejected(&self, function: Function, code: ErrorCode) -> u64 {
        let verdict = Verdict::Rejected(code);
        self.0.get(&(function, verdict)).map_or(0, |sums| sums.count)
    }
}

fn row(function: Function, verdict: &Verdict, sums: &Sums, metering: &MeteringReport) -> CallRow {
    let (error_code, error) = match verdict {
        Verdict::Accepted => (None, String::new()),
        Verdict::Rejected(code) => {
            (Some(code.number()), code.name().unwrap_or("unknown").to_owned())
        }
        Verdict::Aborted(reason) => (None, reason.to_string()),
    };
    let learned = metering.functions.iter().find(|learned| {
        learned.contract == function.contract().name() && learned.function == function.name()
    });
    CallRow {
        contract: function.contract(),
        function,
        outcome: verdict.outcome(),
        error_code,
        error,
        count: sums.count,
        store_reads: sums.traffic.reads,
        store_read_length: sums.traffic.read_length,
        store_writes: sums.traffic.writes,
        store_write_length: sums.traffic.write_length,
        read_count: sums.cost.map(|cost| cost.read_count),
        read_length: sums.cost.map(|cost| cost.read_length),
        write_count: sums.cost.map(|cost| cost.write_count),
        write_length: sums.cost.map(|cost| cost.write_length),
        runtime: sums.cost.map(|cost| cost.runtime),
        metering_deviation: learned.map(|learned| learned.greatest_deviation),
    }
}

/// What flowed in one tick.
#[derive(Clone, Debug, Default)]
pub(super) struct TickFlows {
    pub(super) credited: Kwh,
    pub(super) listed: Kwh,
    pub(super) traded: Kwh,
    pub(super) purchases: u64,
    pub(super) paid: MicroStx,
    pub(super) price_min: Option<MicroStxPerKwh>,
    pub(super) price_max: Option<MicroStxPerKwh>,
    pub(super) commission: MicroStx,
    pub(super) refunded: Kwh,
    pub(super) refunds: MicroStx,
    pub(super) consumed: Kwh,
    pub(super) network_fees: MicroStx,
    pub(super) accepted: u64,
    pub(super) rejected: u64,
    pub(super) aborted: u64,
    pub(super) dropped: u64,
    /// Times that a transaction found no room in a tenure.
    pub(super) left_out: u64,
    pub(super) turned_away_by_reserve: u64,
    pub(super) turned_away_by_user_limit: u64,
    pub(super) turned_away: TurnedAway,
}

impl TickFlows {
    pub(super) fn sale(&mut self, amount: Kwh, price: MicroStxPerKwh, paid: MicroStx) {
        self.traded += amount;
        self.purchases += 1;
        self.paid += paid;
        self.price_min = Some(self.price_min.map_or(price, |least| least.min(price)));
        self.price_max = Some(self.price_max.map_or(price, |most| most.max(price)));
    }
}

/// Hours in which the weight of what was seen halves.
const HALF_LIFE_HOURS: f64 = 12.0;

/// What the market's participants remember of the last day or so.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent {
    value_ustx: f64,
    traded_kwh: f64,
    offered_kwh: f64,
    credited_kwh: f64,
    needed_kwh: f64,
}

impl Recent {
    /// Fades the past by a tick and adds the tick that ended.
    pub(super) fn add(&mut self, flows: &TickFlows, needed_kwh: f64, tick_hours: f64) {
        let fade = libm::exp2(-tick_hours / HALF_LIFE_HOURS);
        let step = |sum: &mut f64, now: f64| *sum = *sum * fade + now;
        step(&mut self.value_ustx, flows.paid.as_f64());
        step(&mut self.traded_kwh, flows.traded.as_f64());
        step(&mut self.offered_kwh, flows.listed.as_f64());
        step(&mut self.credited_kwh, flows.credited.as_f64());
        step(&mut self.needed_kwh, needed_kwh);
    }

    /// Mean price of what was traded, `reference` until something was.
    pub(super) fn price_ustx(&self, reference: MicroStxPerKwh) -> f64 {
        if self.traded_kwh >= 1.0 { self.value_ustx / self.traded_kwh } else { reference.as_f64() }
    }

    /// Share of what was offered that was sold; 0.5 until anything was.
    pub(super) fn sold_share(&self) -> f64 {
        if self.offered_kwh >= 1.0 { (self.traded_kwh / self.offered_kwh).min(1.0) } else { 0.5 }
    }

    /// Energy credited a kWh needed; 1 until anything was.
    pub(super) fn supply_over_demand(&self) -> f64 {
        if self.needed_kwh >= 1.0 { self.credited_kwh / self.needed_kwh } else { 1.0 }
    }
}
