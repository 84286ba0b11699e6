//! The table of measures: the numbers that a run is judged by. An entry says all
//! that there is to say of one: what it is called, how it is reckoned, which way is
//! better and for whom. `summary.csv`, the verdicts of comparisons, thresholds and
//! objectives, the dossier's words and `docs/reference/measures.md` are made from it,
//! so that a new measure is one entry here. What a run's facts are stands in `facts`.

use std::sync::LazyLock;

use super::facts::{Facts, gini, mean, share};
use super::measure::{MeasureSpec, Whom, measure};
use super::record::Measure;
use crate::agents::{Adversary, Kind};
use crate::market::{ErrorCode, Function};

/// Every measure, in the order of the summary.
pub fn measures() -> &'static [MeasureSpec] {
    static TABLE: LazyLock<Vec<MeasureSpec>> = LazyLock::new(|| {
        let mut table = of_the_market();
        table.extend(Adversary::ALL.map(of_adversaries));
        table
    });
    &TABLE
}

/// The names of all measures, in their order.
#[must_use]
pub fn measure_names() -> Vec<&'static str> {
    measures().iter().map(|measure| measure.name).collect()
}

/// The measure called `name`; none where there is no such.
#[must_use]
pub fn measure_named(name: &str) -> Option<&'static MeasureSpec> {
    measures().iter().find(|measure| measure.name == name)
}

/// The values of all measures of a run. What a run gives no value for is not a
/// number.
pub(super) fn values(run: &Facts<'_>) -> Vec<Measure> {
    let value = |measure: &MeasureSpec| Measure {
        name: measure.name,
        unit: measure.unit,
        value: (measure.value)(run),
    };
    measures().iter().map(value).collect()
}

/// What all adversaries of a kind gained.
fn of_adversaries(kind: Adversary) -> MeasureSpec {
    measure(
        kind.net_measure(),
        "STX",
        format!("Net gain: {}", kind.plural()),
        format!("`adversaries_net_stx` of the kind `{}`", kind.name()),
        move |run| run.net(kind),
    )
}

fn of_the_market() -> Vec<MeasureSpec> {
    vec![
        measure("made_kwh", "kWh", "Energy made", "what all panels made", |run| {
            run.sum(|row| row.made_kwh)
        }),
        measure("used_kwh", "kWh", "Energy used", "what all homes used", |run| run.used_kwh()),
        measure(
            "surplus_kwh",
            "kWh",
            "Surplus over own use",
            "production beyond a home's own use at the time, summed over homes and ticks",
            |run| run.surplus_kwh(),
        ),
        measure(
            "need_kwh",
            "kWh",
            "Need over own production",
            "use beyond a home's own production at the time, summed over homes and ticks",
            |run| run.sum(|row| row.need_kwh),
        ),
        measure(
            "credited_kwh",
            "kWh",
            "Surplus recorded by meters",
            "whole kWh of surplus of certified producers that meters reported to the \
             contracts",
            |run| run.totals.produced.as_f64(),
        ),
        measure(
            "listed_kwh",
            "kWh",
            "Energy offered",
            "energy put up for sale; what is taken back and listed again counts again",
            |run| run.sum(|row| row.listed_kwh as f64),
        ),
        measure(
            "traded_kwh",
            "kWh",
            "Energy traded",
            "energy bought from sellers, what the operator sells again of handed-back energy \
             included",
            |run| run.totals.sold.as_f64(),
        )
        .higher(Whom::Everyone)
        .leading(1),
        measure(
            "unsold_kwh",
            "kWh",
            "Energy unsold at the end",
            "credited energy that belongs to its producers still at the end, listed or not",
            |run| run.last(|row| row.unsold_kwh as f64),
        )
        .lower(Whom::Producers),
        measure(
            "refunded_kwh",
            "kWh",
            "Energy handed back",
            "bought energy that was handed back for a refund",
            |run| run.totals.refunded.as_f64(),
        ),
        measure(
            "consumed_kwh",
            "kWh",
            "Bought energy used",
            "bought energy that the meters settled as used",
            |run| run.totals.consumed.as_f64(),
        )
        .higher(Whom::Everyone),
        measure(
            "demand_met_locally_share",
            "1",
            "Demand met locally",
            "own production used at once, and bought energy used, over all use",
            |run| {
                share(
                    run.sum(|row| row.self_used_kwh) + run.totals.consumed.as_f64(),
                    run.used_kwh(),
                )
            },
        )
        .higher(Whom::Everyone)
        .leading(10),
        measure(
            "surplus_sold_share",
            "1",
            "Surplus that finds a buyer",
            "`traded_kwh` over `surplus_kwh`",
            |run| share(run.totals.sold.as_f64(), run.surplus_kwh()),
        )
        .higher(Whom::Producers)
        .leading(9),
        measure(
            "purchases",
            "purchases",
            "Purchases",
            "orders that were filled; a call that buys of three sellers counts three",
            |run| run.sum(|row| row.purchases as f64),
        ),
        measure(
            "price_mean_ustx_per_kwh",
            "µSTX/kWh",
            "Mean price",
            "what buyers paid sellers, a kWh, without commission",
            |run| share(run.paid_ustx(), run.totals.sold.as_f64()),
        )
        .leading(2),
        measure(
            "price_spread_ustx_per_kwh",
            "µSTX/kWh",
            "Spread of prices",
            "highest less lowest price of a tick, weighted by what was traded in it",
            |run| share(run.spread_ustx(), run.totals.sold.as_f64()),
        ),
        measure(
            "buyers_savings_stx",
            "STX",
            "Savings of buyers",
            "gains of homes without panels: bought energy they used at their own retail \
             tariff, less delivery, what it cost, commission and fees",
            |run| run.gains_stx(Kind::Buyer).iter().sum(),
        )
        .higher(Whom::Buyers)
        .leading(3),
        measure(
            "producers_gain_stx",
            "STX",
            "Gains of producers",
            "gains of homes with panels: revenue beyond the feed-in tariff forgone, and \
             savings on what they buy, less fees, that of certification among them",
            |run| run.gains_stx(Kind::Producer).iter().sum(),
        )
        .higher(Whom::Producers)
        .leading(4),
        measure(
            "buyers_savings_gini",
            "1",
            "Inequality of savings (Gini)",
            "how unevenly savings are spread: 0 all alike, 1 one home has all; losses count \
             as nothing",
            |run| gini(&run.gains_stx(Kind::Buyer)),
        )
        .lower(Whom::Buyers)
        .leading(16),
        measure(
            "producers_gain_gini",
            "1",
            "Inequality of gains (Gini)",
            "the same of producers' gains",
            |run| gini(&run.gains_stx(Kind::Producer)),
        )
        .lower(Whom::Producers)
        .leading(17),
        measure(
            "efficiency_share",
            "1",
            "Possible gains realised",
            "gains that trade realised, over the most that any matching of the run's supply \
             and demand could have",
            |run| run.efficiency(),
        )
        .higher(Whom::Everyone)
        .leading(11),
        measure(
            "commission_stx",
            "STX",
            "Commission taken",
            "commission that the treasury took",
            |run| run.totals.commission.as_stx(),
        )
        .leading(12),
        measure("refunds_stx", "STX", "Refunds paid", "refunds that the treasury paid", |run| {
            run.totals.refunds.as_stx()
        })
        .leading(13),
        measure("treasury_stx", "STX", "Treasury at the end", "the treasury at the end", |run| {
            run.treasury_stx()
        })
        .higher(Whom::Operator)
        .leading(5),
        measure(
            "treasury_min_stx",
            "STX",
            "Treasury at its lowest",
            "the treasury at its lowest",
            |run| run.treasury_least_stx(),
        )
        .higher(Whom::Operator)
        .leading(6),
        measure(
            "treasury_dry_share",
            "1",
            "Chance of a dry treasury",
            "1 where a refund could not be paid, else 0; its mean is the share of runs",
            |run| f64::from(u8::from(run.refunds_unpaid() > 0.0)),
        )
        .lower(Whom::Everyone)
        .leading(7),
        measure(
            "refunds_unpaid",
            "calls",
            "Refunds the treasury could not pay",
            "refunds that the treasury could not pay",
            |run| run.refunds_unpaid(),
        )
        .lower(Whom::Buyers)
        .leading(15),
        measure(
            "network_fees_stx",
            "STX",
            "Network fees paid",
            "fees of all transactions",
            |run| run.sum(|row| row.network_fees_ustx as f64) / 1e6,
        )
        .lower(Whom::Everyone)
        .leading(14),
        measure(
            "reserve_max_kwh",
            "kWh",
            "Most energy listed at once",
            "the most energy that was listed at once",
            |run| run.most(|row| row.reserve_kwh as f64),
        )
        .leading(20),
        measure(
            "reserve_at_limit_share",
            "1",
            "Time at the reserve limit",
            "share of ticks in which the reserve limit was reached or turned a listing away",
            |run| share(run.ticks_at_reserve_limit(), run.ticks.len() as f64),
        )
        .lower(Whom::Producers)
        .leading(21),
        measure(
            "turned_away_by_reserve",
            "calls",
            "Offers turned away by the reserve limit",
            "listings that the reserve limit turned away",
            |run| run.rejected(Function::AddEnergyForSale, ErrorCode::RESERVE_LIMIT_EXCEEDED),
        )
        .lower(Whom::Producers)
        .leading(22),
        measure(
            "turned_away_by_user_limit",
            "calls",
            "Offers turned away by the seller's limit",
            "listings that the greatest listing of one seller turned away",
            |run| run.rejected(Function::AddEnergyForSale, ErrorCode::USER_LIMIT_EXCEEDED),
        )
        .lower(Whom::Producers)
        .leading(23),
        measure(
            "transactions",
            "calls",
            "Calls to the contracts",
            "transactions that a block took in",
            |run| run.transactions(),
        ),
        measure(
            "rejected_share",
            "1",
            "Calls that contracts turned down",
            "share of them that a contract turned down",
            |run| share(run.sum(|row| row.rejected as f64), run.transactions()),
        )
        .lower(Whom::Everyone)
        .leading(24),
        measure(
            "aborted",
            "calls",
            "Calls that failed in the machine",
            "transactions that the virtual machine stopped",
            |run| run.sum(|row| row.aborted as f64),
        )
        .lower(Whom::Everyone),
        measure(
            "dropped",
            "calls",
            "Calls dropped",
            "transactions that waited too long and were given up",
            |run| run.sum(|row| row.dropped as f64),
        )
        .lower(Whom::Everyone),
        measure(
            "dropped_share",
            "1",
            "Calls that blocks had no room for",
            "those over all that were sent and ended",
            |run| share(run.dropped(), run.transactions() + run.dropped()),
        )
        .leading(25),
        measure(
            "wait_s_p50",
            "s",
            "Wait for a block, typical call",
            "the wait that half of all transactions did not exceed, from the moment one was \
             meant to be sent; what was dropped or waits still counts",
            |run| run.wait(0.50),
        )
        .lower(Whom::Everyone),
        measure(
            "wait_s_p95",
            "s",
            "Wait for a block, 95 of 100 calls",
            "the wait that 95 of 100 did not exceed",
            |run| run.wait(0.95),
        )
        .lower(Whom::Everyone)
        .leading(8),
        measure(
            "wait_s_p99",
            "s",
            "Wait for a block, 99 of 100 calls",
            "the wait that 99 of 100 did not exceed",
            |run| run.wait(0.99),
        )
        .lower(Whom::Everyone),
        measure(
            "block_fullness_mean",
            "1",
            "Mean use of blocks",
            "use of the tenures' budget in the dimension fullest in a tick, over ticks",
            |run| mean(&run.fullness()),
        ),
        measure(
            "block_fullness_max",
            "1",
            "Fullest block",
            "the same in the busiest tick",
            |run| run.fullness().into_iter().fold(f64::NAN, f64::max),
        )
        .leading(26),
        measure(
            "tenures_full_share",
            "1",
            "Tenures with full blocks",
            "share of tenures that had no room for something",
            |run| share(run.sum(|row| row.tenures_full as f64), run.sum(|row| row.tenures as f64)),
        ),
        measure(
            "left_out",
            "calls",
            "Calls put off to a later block",
            "times that a transaction found no room in a tenure and was put off",
            |run| run.sum(|row| row.left_out as f64),
        ),
        measure(
            "next_block_fee_ustx_max",
            "µSTX",
            "Highest fee for the next block",
            "the highest fee that a purchase would have needed to enter the next block",
            |run| run.most(|row| row.next_block_fee_ustx as f64),
        ),
        measure(
            "certified",
            "producers",
            "Certified producers",
            "certified producers at the end",
            |run| run.last(|row| row.certified as f64),
        ),
        measure(
            "applications_rejected",
            "producers",
            "Applications turned down",
            "producers whose last application was turned down",
            |run| run.standing("rejected"),
        ),
        measure(
            "certifications_revoked",
            "producers",
            "Certifications revoked",
            "producers without certification at the end, because it was revoked",
            |run| run.standing("revoked"),
        ),
        measure(
            "applications_open_max",
            "applications",
            "Longest queue for certification",
            "the most applications that were open at once",
            |run| run.most(|row| row.applications_open as f64),
        )
        .lower(Whom::Producers),
        measure(
            "producers_in",
            "producers",
            "Producers taking part at the end",
            "producers that take part at the end",
            |run| run.last(|row| row.producers_in as f64),
        )
        .higher(Whom::Everyone)
        .leading(18),
        measure(
            "buyers_in",
            "buyers",
            "Buyers taking part at the end",
            "buyers that take part at the end",
            |run| run.last(|row| row.buyers_in as f64),
        )
        .higher(Whom::Everyone)
        .leading(19),
        measure(
            "adversaries_spent_stx",
            "STX",
            "Spent by adversaries",
            "what all adversaries spent; like those below 0 where there are none. See \
             [adversaries](../adversaries.md#what-a-run-tells)",
            |run| run.taken_stx(|row| row.spent_ustx),
        ),
        measure(
            "adversaries_gained_stx",
            "STX",
            "Taken in by adversaries",
            "what came in for them",
            |run| run.taken_stx(|row| row.gained_ustx),
        ),
        measure(
            "adversaries_net_stx",
            "STX",
            "Net gain of all adversaries",
            "gained, and stock at cost, less spent",
            |run| run.taken_stx(|row| row.net_ustx),
        ),
        measure(
            "adversaries_treasury_cost_stx",
            "STX",
            "Cost of adversaries to the treasury",
            "refunds to them, less commission from them",
            |run| run.taken_stx(|row| row.treasury_cost_ustx),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_stands_once_and_every_leading_place_too() {
        let names: BTreeSet<_> = measures().iter().map(|measure| measure.name).collect();
        assert_eq!(names.len(), measures().len());
        let labels: BTreeSet<_> = measures().iter().map(|measure| &measure.label).collect();
        assert_eq!(labels.len(), measures().len());
        let mut places: Vec<u8> = measures().iter().filter_map(|one| one.leading).collect();
        places.sort_unstable();
        assert!(places.iter().copied().eq(1..=places.len() as u8), "{places:?}");
    }

    #[test]
    fn a_name_ends_in_its_unit() {
        for measure in measures() {
            let says = |part: &str| measure.name.contains(part);
            let unit = match measure.unit {
                "1" => says("_share") || says("_gini") || says("block_fullness_"),
                "STX" => says("_stx"),
                "µSTX" => says("_ustx"),
                "µSTX/kWh" => says("_ustx_per_kwh"),
                "kWh" => says("_kwh"),
                "s" => says("_s_"),
                _ => !(says("_stx") || says("_ustx") || says("_kwh") || says("_share")),
            };
            assert!(unit, "{measure:?} in {}", measure.unit);
        }
    }
}
