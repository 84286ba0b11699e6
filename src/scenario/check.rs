//! What must hold between the keys of a scenario, beyond each key's own limits,
//! and that the files it names are there. Nothing is read from the files.

use super::Scenario;
use super::document::Raw;
use super::key::{GREATEST_EXACT, InputFile, Key, LAST_YEAR};
use super::read::{Reader, Table};
use super::sections::{
    BlockBudget, CostMetering, FeePolicy, LoadSource, PricePolicy, WeatherSource,
};

/// Tells the reader of all that does not fit together in the scenario.
pub(super) fn check(scenario: &Scenario, reader: &mut Reader<'_>) {
    let settings = scenario.to_setting();
    let mut require = |right: bool, paths: &[&str], message: String| {
        let value = paths.first().and_then(|path| settings.at(path));
        reader.require(right, paths, value.map(ToString::to_string), || message);
    };

    let about = &scenario.about;
    require(
        last_seed_is_exact(about.seed, about.replicates),
        &["scenario.seed", "scenario.replicates"],
        format!(
            "must not be above {}, so that the seed of each of the {} replicates is below 2^53 \
             and every reader of JSON keeps it",
            GREATEST_EXACT.saturating_sub(u64::from(about.replicates.max(1) - 1)),
            about.replicates
        ),
    );
    for (path, ranges, replicates) in [
        ("sweep.replicates", &scenario.sweep.ranges, scenario.sweep.replicates),
        ("tune.replicates", &scenario.tune.ranges, scenario.tune.replicates),
    ] {
        require(
            ranges.0.is_empty() || last_seed_is_exact(about.seed, replicates),
            &["scenario.seed", path],
            format!(
                "must not be above {} where {path} = {replicates}, so that the seed of each is \
                 below 2^53 and every reader of JSON keeps it",
                GREATEST_EXACT.saturating_sub(u64::from(replicates.max(1) - 1)),
            ),
        );
    }
    let time = &scenario.time;
    let last_day = time.start.saturating_add(jiff::ToSpan::days(i64::from(time.days.max(1) - 1)));
    require(
        last_day.year() <= LAST_YEAR,
        &["time.start", "time.days"],
        format!(
            "must be a start from which time.days = {} end by {LAST_YEAR}-12-31; the last day \
             would be {last_day}",
            time.days
        ),
    );
    require(
        scenario.producers.count > 0 || scenario.buyers.count > 0,
        &["producers.count", "buyers.count"],
        "there must be someone: producers.count or buyers.count above 0".to_owned(),
    );
    require(
        scenario.producers.asking.total() > 0.0,
        &[
            "producers.asking",
            "producers.asking.fixed",
            "producers.asking.zi-c",
            "producers.asking.zip",
            "producers.asking.undercut",
        ],
        "at least one way of asking must have a weight above 0".to_owned(),
    );
    require(
        scenario.weather.clear_index >= scenario.weather.cloudy_index,
        &["weather.cloudy_index", "weather.clear_index"],
        format!("must not be above weather.clear_index = {}", scenario.weather.clear_index),
    );

    require(
        scenario.warmup.days < scenario.time.days,
        &["warmup.days", "time.days"],
        format!("must be below time.days = {}, which holds it", scenario.time.days),
    );

    let certification = &scenario.certification;
    require(
        certification.minimum_production_kwh <= certification.maximum_production_kwh,
        &["certification.minimum_production_kwh", "certification.maximum_production_kwh"],
        format!(
            "must not be above certification.maximum_production_kwh = {}",
            certification.maximum_production_kwh
        ),
    );
    require(
        scenario.tariff.peak_from_hour < scenario.tariff.peak_to_hour,
        &["tariff.peak_from_hour", "tariff.peak_to_hour"],
        format!("must be before tariff.peak_to_hour = {}", scenario.tariff.peak_to_hour),
    );

    let operator = &scenario.operator;
    require(
        operator.balance_min_ustx_per_kwh <= operator.balance_max_ustx_per_kwh,
        &["operator.balance_min_ustx_per_kwh", "operator.balance_max_ustx_per_kwh"],
        format!(
            "must not be above operator.balance_max_ustx_per_kwh = {}",
            operator.balance_max_ustx_per_kwh
        ),
    );
    let price = scenario.market.energy_price_ustx_per_kwh;
    require(
        operator.price_policy != PricePolicy::Balance
            || operator.balance_min_ustx_per_kwh > operator.balance_max_ustx_per_kwh
            || (operator.balance_min_ustx_per_kwh..=operator.balance_max_ustx_per_kwh)
                .contains(&price),
        &[
            "market.energy_price_ustx_per_kwh",
            "operator.balance_min_ustx_per_kwh",
            "operator.balance_max_ustx_per_kwh",
            "operator.price_policy",
        ],
        format!(
            "must begin between the bounds of the policy \"balance\", {} to {}",
            operator.balance_min_ustx_per_kwh, operator.balance_max_ustx_per_kwh
        ),
    );

    let network = &scenario.network;
    let limited = network.budget != BlockBudget::Unlimited;
    require(
        !limited || scenario.time.tick_minutes.is_multiple_of(10),
        &["time.tick_minutes", "network.budget"],
        "must be 10, 20, 30 or 60 where network.budget is limited: a tick holds whole tenures of \
         10 minutes"
            .to_owned(),
    );
    require(
        !limited || network.costs != CostMetering::Off,
        &["network.costs", "network.budget"],
        "must be \"learned\" or \"exact\" where network.budget is limited".to_owned(),
    );
    require(
        network.fee_policy != FeePolicy::Raising || network.fee_ustx <= network.fee_max_ustx,
        &["network.fee_ustx", "network.fee_max_ustx", "network.fee_policy"],
        format!("must not be above network.fee_max_ustx = {}", network.fee_max_ustx),
    );
    require(
        scenario.load.source != LoadSource::File || scenario.load.file != InputFile::Shipped,
        &["load.file", "load.source"],
        "must be the path of your meters where load.source is \"file\"".to_owned(),
    );

    let sweep = &scenario.sweep;
    let least = sweep.analysis.least_points();
    reader.require(
        sweep.ranges.0.is_empty() || sweep.points >= least,
        &["sweep.points", "sweep.analysis"],
        Some(sweep.points.to_string()),
        || {
            format!(
                "too few for an analysis: must be {least} or more where sweep.analysis = \"{}\"",
                sweep.analysis
            )
        },
    );
    let too_much = scenario.sweep.too_much(reader.known());
    reader.require(
        too_much.is_none(),
        &["sweep.ranges", "sweep.points", "sweep.replicates"],
        None,
        || too_much.clone().unwrap_or_default(),
    );
    check_decisions(scenario.time.days, reader);
    check_files(scenario, reader);
}

/// Decisions are made while the run lasts. Each is judged where it is written.
fn check_decisions(days: u32, reader: &mut Reader<'_>) {
    let Some(Raw::List(decisions)) = reader.written("decision").map(|node| &node.value) else {
        return;
    };
    if reader.is_faulted("time.days") {
        return;
    }
    for decision in decisions {
        if let Raw::Table(entries) = &decision.value
            && let Some(node) = entries.get("day")
            && let Some(day) = u32::from_node(node)
            && day >= days
        {
            let last = days.saturating_sub(1);
            let message = format!("must be from 0 to {last}, since time.days = {days}");
            reader.fault_in("decision.day", node, message);
        }
    }
}

/// The files that the scenario makes use of must be there.
fn check_files(scenario: &Scenario, reader: &mut Reader<'_>) {
    let weather = scenario.weather.source == WeatherSource::File;
    let load = scenario.load.source != LoadSource::Synthetic;
    let files = [
        ("weather.file", weather, &scenario.weather.file),
        ("load.file", load, &scenario.load.file),
        ("contracts.wattconnect", true, &scenario.contracts.wattconnect),
        ("contracts.energy_production", true, &scenario.contracts.energy_production),
    ];
    for (path, used, file) in files {
        if let (true, InputFile::Path { written, found }) = (used, file) {
            reader.require(found.is_file(), &[path], Some(format!("\"{written}\"")), || {
                format!(
                    "there is no file {}; name one from the scenario's directory, or write \
                         \"shipped\"",
                    found.display()
                )
            });
        }
    }
}

/// Whether the seed of the last of `replicates`, each one above the one before
/// it, is a number that every reader of JSON keeps.
#[must_use]
pub fn last_seed_is_exact(seed: u64, replicates: u32) -> bool {
    seed.checked_add(u64::from(replicates.max(1) - 1)).is_some_and(|last| last <= GREATEST_EXACT)
}
