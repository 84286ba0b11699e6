//! Counts kept while a run goes on: calls by function and outcome, the flows
//! of a tick, and the memory of the market's recent past.

use std::collections::BTreeMap;

use super::record::CallRow;
use crate::chain::Traffic;
use crate::market::{Function, MarketReceipt, Verdict};
use crate::units::{Kwh, MicroStx, MicroStxPerKwh};

/// Calls by function and verdict.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls(BTreeMap<(Function, Verdict), (u64, Traffic)>);

impl Calls {
    pub(super) fn count(&mut self, function: Function, receipt: &MarketReceipt) {
        let (count, sum) = self.0.entry((function, receipt.verdict.clone())).or_default();
        *count += 1;
        sum.reads += receipt.traffic.reads;
        sum.read_length += receipt.traffic.read_length;
        sum.writes += receipt.traffic.writes;
        sum.write_length += receipt.traffic.write_length;
    }

    pub(super) fn rows(&self) -> Vec<CallRow> {
        let row =
            |((function, verdict), (count, traffic)): (&(Function, Verdict), &(u64, Traffic))| {
                let (error_code, error) = match verdict {
                    Verdict::Accepted => (None, String::new()),
                    Verdict::Rejected(code) => {
                        (Some(code.number()), code.name().unwrap_or("unknown").to_owned())
                    }
                    Verdict::Aborted(reason) => (None, reason.clone()),
                };
                CallRow {
                    contract: function.contract(),
                    function: *function,
                    outcome: verdict.outcome(),
                    error_code,
                    error,
                    count: *count,
                    store_reads: traffic.reads,
                    store_read_length: traffic.read_length,
                    store_writes: traffic.writes,
                    store_write_length: traffic.write_length,
                }
            };
        self.0.iter().map(row).collect()
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
    pub(super) turned_away_by_reserve: u64,
    pub(super) turned_away_by_user_limit: u64,
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
