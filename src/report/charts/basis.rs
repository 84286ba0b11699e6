//! What was run, in a line: the same under the title of each chart of a result.

use super::super::words::counted;
use crate::experiments::{Capacity, Outcome};
use crate::scenario::{BlockBudget, Loading, Scenario};

/// Of a run.
pub(in super::super) fn of_outcome(outcome: &Outcome) -> String {
    let scenario = &outcome.scenario;
    let seeds: Vec<u64> = outcome.records.iter().map(|record| record.seed).collect();
    let seeds = match seeds.as_slice() {
        [] => String::new(),
        [seed] => format!(", seed {seed}"),
        [first, .., last] => format!(", seeds {first} to {last}"),
    };
    format!(
        "{} from {}{}; {}{seeds}.",
        market(scenario),
        scenario.time.start.strftime("%-d %B %Y"),
        warm_up(scenario),
        counted(outcome.records.len(), "replicate", "replicates"),
    )
}

/// Of an experiment of many runs.
pub(in super::super) fn of_experiment(scenario: &Scenario, seed: u64, replicates: u32) -> String {
    let last = seed.wrapping_add(u64::from(replicates.saturating_sub(1)));
    let seeds =
        if last == seed { format!("seed {seed}") } else { format!("seeds {seed} to {last}") };
    format!("{}{}; {seeds}.", market(scenario), warm_up(scenario))
}

/// How many days are not measured, as the end of a phrase; nothing where all are.
fn warm_up(scenario: &Scenario) -> String {
    match scenario.warmup.days {
        0 => String::new(),
        days => format!(", the first {days} not measured"),
    }
}

/// Of a search for what the chain carries.
pub(in super::super) fn of_capacity(capacity: &Capacity) -> String {
    let scenario = &capacity.scenario;
    let budget = match scenario.network.budget {
        BlockBudget::Unlimited => "blocks without end",
        BlockBudget::Mainnet21 => "the block budget of mainnet 2.1",
        BlockBudget::Mainnet40 => "the block budget of mainnet 4.0",
        BlockBudget::Custom(_) => "a block budget of its own",
    };
    let about = &scenario.about;
    let with = counted(scenario.producers.count as usize, "home", "homes");
    let without = counted(scenario.buyers.count as usize, "home", "homes");
    let start = scenario.time.start.strftime("%-d %B %Y");
    let days = |days: u32| counted(days as usize, "day", "days");
    let scaled = match scenario.stress.load {
        Loading::Closed => format!(
            "scaled in homes, {with} with panels to {without} without; {} each after {} of \
             warm-up, from {start}",
            days(scenario.stress.days),
            days(scenario.stress.warm_up_days)
        ),
        Loading::Open => format!(
            "what {with} with panels and {without} without mean to send from {start} on, sent at \
             growing rates"
        ),
    };
    format!("Scenario {} {scaled}; {budget}, seed {}.", about.name, about.seed)
}

/// Who and for how long.
fn market(scenario: &Scenario) -> String {
    format!(
        "Scenario {}: {}, {}, {}",
        scenario.about.name,
        counted(scenario.producers.count as usize, "producer", "producers"),
        counted(scenario.buyers.count as usize, "buyer", "buyers"),
        counted(scenario.time.days as usize, "day", "days"),
    )
}
