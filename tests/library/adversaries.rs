//! Each kind of adversary acts, and what stops it stops it: small markets, run
//! with the attack and again with the same people who behave.

use std::sync::Arc;

use connect_sim::engine::Record;
use connect_sim::engine::record::AdversaryRow;
use connect_sim::market::Function;

use crate::markets::{measure, prepared, record};

const HOUR: &str = "time.tick_minutes=60";
/// Costs that no test asks for take time.
const UNMETERED: &str = "network.costs=\"off\"";
const TWO_DAYS: &str = "time.days=2";

/// A run of twenty homes and these overrides; where `behaves`, the adversaries
/// are there and do not attack.
fn run(overrides: &[&str], behaves: bool) -> Record {
    let metered = overrides.iter().any(|text| text.starts_with("network.budget"));
    let unmetered = (!metered).then_some(&UNMETERED);
    let overrides: Vec<&str> = overrides.iter().chain(unmetered).copied().collect();
    let mut prepared = prepared("tiny.toml", &overrides);
    Arc::make_mut(&mut prepared).adversaries_behave = behaves;
    record(&prepared, 5)
}

fn row(record: &Record) -> &AdversaryRow {
    assert_eq!(record.adversaries.len(), 1, "one kind");
    &record.adversaries[0]
}

/// Calls of a function that ended with an error code, 0 for those accepted.
fn calls(record: &Record, function: Function, code: u128) -> u64 {
    let rows = record.calls.iter().filter(|row| row.function == function);
    let ended = |row: &&connect_sim::engine::record::CallRow| match row.error_code {
        Some(error) => error == code,
        None => code == 0 && row.outcome == "accepted",
    };
    rows.filter(ended).map(|row| row.count).sum()
}

/// Whether the attack brought more than behaving, in µSTX.
fn advantage(overrides: &[&str]) -> f64 {
    row(&run(overrides, false)).net_ustx - row(&run(overrides, true)).net_ustx
}

#[test]
fn honest_people_live_in_the_same_homes_whoever_joins_them() {
    let all = "adversaries={ refund-arbitrageur=2, dust-splitter=1, reserve-hog=1, sybil=4, \
               ghost-producer=1, double-dipper=1, wash-trader=2, front-runner=1, spammer=1 }";
    let (alone, joined) = (run(&[HOUR], false), run(&[HOUR, all], false));
    assert!(alone.adversaries.is_empty());
    assert_eq!(joined.adversaries.len(), 9);
    let again = run(&[HOUR, all], false);
    assert_eq!(joined.state_sha256, again.state_sha256, "a run repeats");
    assert!(joined.ticks == again.ticks && joined.adversaries == again.adversaries);
    for (before, after) in alone.participants.iter().zip(&joined.participants) {
        assert_eq!((&before.kind, before.capacity_kwp), (&after.kind, after.capacity_kwp));
        assert_eq!((before.made_kwh, before.used_kwh), (after.made_kwh, after.used_kwh));
    }
    assert!(measure(&alone, "adversaries_net_stx").abs() < f64::EPSILON);
    let net: f64 = joined.adversaries.iter().map(|row| row.net_ustx / 1e6).sum();
    assert!((measure(&joined, "adversaries_net_stx") - net).abs() < 1e-6);
}

#[test]
fn a_refund_of_the_reference_price_is_drained_and_one_of_the_price_paid_is_not() {
    let market = |basis: &'static str, behaves| {
        let overrides = [
            HOUR,
            TWO_DAYS,
            "market.refund_rate_bps=9500",
            "market.treasury_ustx=5000000",
            "adversaries.refund-arbitrageur=1",
            basis,
        ];
        run(&overrides, behaves)
    };
    let drained = market("market.refund_basis=0", false);
    let taken = row(&drained);
    assert!(taken.net_ustx > 0.0 && taken.refunded_kwh > 10, "{taken:?}");
    assert!(taken.treasury_cost_ustx > 3e6, "{taken:?}");
    assert!(measure(&drained, "treasury_min_stx") < 0.3, "less than a kWh's refund is left");
    let safe = market("market.refund_basis=1", false);
    let taken = row(&safe);
    assert_eq!((taken.bought_kwh, taken.refunded_kwh), (0, 0), "{taken:?}");
    // Not a call differs from a market in which it never tried.
    assert_eq!(safe.state_sha256, market("market.refund_basis=1", true).state_sha256);
}

#[test]
fn with_a_colluding_seller_the_price_paid_protects_only_while_refunds_are_low() {
    let market = |rate: &'static str| {
        [HOUR, TWO_DAYS, "market.refund_basis=1", "adversaries.refund-arbitrageur=2", rate]
    };
    let generous = market("market.refund_rate_bps=9500");
    assert!(advantage(&generous) > 0.0);
    assert!(row(&run(&generous, false)).treasury_cost_ustx > 0.0);
    // Below the feed-in tariff over the reference price, 0.444, nothing is left.
    let taken = run(&market("market.refund_rate_bps=4000"), false);
    assert_eq!(row(&taken).refunded_kwh, 0);
}

#[test]
fn dust_pays_the_whole_commission_and_more_fees() {
    let market = [HOUR, TWO_DAYS, "adversaries.dust-splitter=1"];
    let record = run(&market, false);
    let taken = row(&record);
    assert!(calls(&record, Function::BuyEnergyFromMany, 0) > 0, "it never split");
    assert!(taken.commission_ustx * 10_000 >= taken.paid_ustx * 250, "{taken:?}");
    assert!(advantage(&market) < 0.0);
}

#[test]
fn what_was_consumed_cannot_be_handed_back() {
    const NOT_ENOUGH_BALANCE: u128 = 101;
    // A neighbourhood where everyone finds buying worth the bother.
    let market = [
        HOUR,
        "time.days=3",
        "adversaries.double-dipper=1",
        "tariff.delivery_per_kwh=0",
        "buyers.required_saving_mean=0",
        "buyers.required_saving_sd=0",
    ];
    let record = run(&market, false);
    assert_eq!(calls(&record, Function::RefundEnergy, NOT_ENOUGH_BALANCE), 3, "it gives up");
    assert_eq!(row(&record).rejected, 3);
    assert!(advantage(&market) < 0.0);
}

#[test]
fn a_rogue_meter_is_found_by_diligent_audits_alone() {
    let market = |diligence: &'static str| {
        let overrides = [
            HOUR,
            "time.days=3",
            "adversaries.ghost-producer=1",
            "certifiers.audits_per_day=100",
            diligence,
        ];
        run(&overrides, false)
    };
    let (watched, blind) = (market("certifiers.diligence=1"), market("certifiers.diligence=0"));
    let (caught, free) = (row(&watched), row(&blind));
    assert!(caught.invented_kwh > 0 && caught.revoked > 0, "{caught:?}");
    assert_eq!(free.revoked, 0);
    assert!(free.utility_cost_ustx > 0.0 && free.invented_kwh > caught.invented_kwh);
    assert!(free.net_ustx > caught.net_ustx);
}

#[test]
fn washing_pays_the_commission() {
    let washed = |rate: &'static str| {
        row(&run(&[HOUR, TWO_DAYS, "adversaries.wash-trader=2", rate], false)).clone()
    };
    let (free, taxed) = (washed("market.commission_bps=0"), washed("market.commission_bps=2000"));
    assert!(free.bought_kwh > 0 && free.commission_ustx == 0, "{free:?}");
    assert!(taxed.commission_ustx * 10_000 >= taxed.paid_ustx * 2_000, "{taxed:?}");
    assert!(taxed.net_ustx < free.net_ustx);
}

#[test]
fn a_front_runner_takes_what_buyers_leave_open_and_no_more() {
    let market = |slippage: &'static str| {
        [HOUR, TWO_DAYS, "adversaries.front-runner=2", "network.fee_ustx=100", slippage]
    };
    let open = market("buyers.slippage_bps=1000");
    assert!(advantage(&open) > 0.0);
    let raised = run(&open, false);
    let before = row(&run(&open, true)).buyers_cost_ustx;
    assert!(row(&raised).buyers_cost_ustx > before, "buyers paid no more");
    // Who names the price that was seen leaves nothing: not a call differs.
    let closed = market("buyers.slippage_bps=0");
    assert_eq!(run(&closed, false).state_sha256, run(&closed, true).state_sha256);
}

#[test]
fn a_full_reserve_turns_honest_sellers_away() {
    let market = [HOUR, TWO_DAYS, "adversaries.reserve-hog=1", "market.reserve_limit_kwh=20"];
    let turned_away = |behaves| -> u64 {
        let record = run(&market, behaves);
        let honest = record.participants.iter().filter(|row| row.kind == "producer");
        honest.map(|row| row.turned_away_by_reserve).sum()
    };
    assert!(turned_away(false) > turned_away(true));
}

#[test]
fn a_name_without_a_roof_is_certified_by_the_careless_alone() {
    let market = |diligence: &'static str| {
        let overrides = [
            HOUR,
            "time.days=3",
            "adversaries.sybil=4",
            "market.max_energy_per_user_kwh=5",
            "certification.fee_ustx=10000",
            "certifiers.audits_per_day=100",
            diligence,
        ];
        run(&overrides, false)
    };
    let names = |record: &Record, standing: &str| {
        let names = record.participants.iter().filter(|row| row.kind == "sybil");
        names.skip(1).filter(|row| row.standing == standing).count()
    };
    let (diligent, careless) = (market("certifiers.diligence=1"), market("certifiers.diligence=0"));
    assert_eq!(names(&diligent, "certified"), 0);
    assert!(names(&diligent, "rejected") > 0, "no name applied");
    assert_eq!(names(&careless, "certified"), 3);
    let listed = careless.participants.iter().filter(|row| row.kind == "sybil");
    assert!(listed.skip(1).all(|row| row.credited_kwh > 0), "readings were dealt out");
}

#[test]
fn spam_keeps_others_out_of_a_small_block_and_gives_up_before_a_large_one() {
    let small = "network.budget={ read_count = 600, write_count = 600, read_length = 5000000, \
                 write_length = 500000, runtime = 50000000 }";
    let crowded = run(&[HOUR, small, "adversaries.spammer=1"], false);
    let quiet = run(&[HOUR, small, "adversaries.spammer=1"], true);
    assert!(measure(&crowded, "wait_s_p95") > measure(&quiet, "wait_s_p95"));
    assert!(row(&crowded).net_ustx < 0.0, "nothing comes of it but harm");
    let wide = run(&[HOUR, TWO_DAYS, "adversaries.spammer=1"], false);
    let last = wide.ticks.last().expect("ticks");
    assert!(last.rejected < 20, "it still spams");
}
