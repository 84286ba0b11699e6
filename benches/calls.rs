//! How fast calls are: on the decoded contract against the machine's own
//! `execute_transaction`, and with costs off, learned and exact. The ways are
//! measured in turn, round after round, so that what else the computer does
//! meets them all; what is told is the median of the rounds, and ratios are
//! the medians of each round's ratio. Time is the processor's where the system
//! tells it, as Linux does, and the clock's elsewhere.
//!
//! `cargo bench --bench calls`, or `-- --quick` for a first look, `-- --day` for
//! the metered day alone.

#![expect(clippy::expect_used, reason = "a benchmark may panic")]
#![expect(clippy::print_stdout, reason = "a benchmark tells what it found")]

#[path = "../tests/library/costs_mix.rs"]
mod costs_mix;
mod stopwatch;

use std::path::Path;
use std::sync::Arc;

use connect_sim::chain::{Chain, Metering};
use connect_sim::engine::{Prepared, World};
use connect_sim::random::{Purpose, Stream, stream};
use connect_sim::scenario::Scenario;
use costs_mix::{Call, Market};
use stopwatch::Stopwatch;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often everything is measured.
const ROUNDS: usize = 5;

/// Seconds that `calls` take on a copy of `chain`.
fn seconds(chain: &Chain, calls: &[Call], one: impl Fn(&mut Chain, &Call)) -> f64 {
    let mut chain = chain.clone();
    let stopwatch = Stopwatch::start();
    for call in calls {
        one(&mut chain, call);
    }
    stopwatch.seconds()
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Median seconds of each way, and the median ratio of each to the first, over
/// the rounds.
fn in_turn<const N: usize>(rounds: usize, mut ways: [impl FnMut() -> f64; N]) -> [(f64, f64); N] {
    let mut times = [(); N].map(|()| Vec::new());
    let mut ratios = [(); N].map(|()| Vec::new());
    for _ in 0..rounds {
        let round: Vec<f64> = ways.iter_mut().map(|way| way()).collect();
        for (way, time) in round.iter().enumerate() {
            times[way].push(*time);
            ratios[way].push(time / round[0]);
        }
    }
    let mut medians = times.into_iter().zip(ratios);
    [(); N].map(|()| {
        let (times, ratios) = medians.next().expect("one a way");
        (median(times), median(ratios))
    })
}

type Make = fn(&Market, &mut Stream) -> Call;

const KINDS: [(&str, usize, Make); 6] = [
    ("purchase", 1_000, |market, rng| market.purchase(rng)),
    ("listing", 1_000, |market, rng| market.listing(rng)),
    ("refund", 1_000, |market, rng| market.refund(rng)),
    ("basket of ten", 200, |market, rng| market.basket(10, rng)),
    ("meter batch of 100", 40, |market, rng| market.production(100, rng)),
    ("read-only", 1_000, |market, rng| market.look(rng)),
];

/// Calls of one kind, on a market on which most of them succeed.
fn calls(market: &Market, make: Make, count: usize) -> Vec<Call> {
    let mut rng = stream(3, Purpose::Fuzz, 0);
    (0..count).map(|_| make(market, &mut rng)).collect()
}

fn with(chain: &Chain, metering: Metering) -> Chain {
    let mut chain = chain.clone();
    chain.set_metering(metering);
    chain
}

/// Calls of each kind, and of all kinds as they come in a day.
fn kinds(market: &Market, share: usize) -> Vec<(&'static str, Vec<Call>)> {
    let kinds =
        KINDS.map(|(kind, count, make)| (kind, calls(market, make, (count / share).max(1))));
    kinds.into_iter().chain([("a day's mix", market.day(5, 1_000 / share))]).collect()
}

fn decoded_against_decoding(market: &Market, share: usize) {
    println!("\ncalls a second, on the decoded contract and through execute_transaction");
    println!("(3 times and more is asked)\n");
    println!("{:20}{:>12}{:>12}{:>8}", "", "decoded", "decoding", "ratio");
    for (kind, calls) in kinds(market, share) {
        let fast = |chain: &mut Chain, call: &Call| {
            let _ = call.on(chain);
        };
        let slow = |chain: &mut Chain, call: &Call| {
            chain
                .call_decoding(&call.sender, call.contract, call.function, &call.arguments)
                .expect("runs");
        };
        let ways: [Box<dyn Fn() -> f64>; 2] = [
            Box::new(|| seconds(&market.chain, &calls, fast)),
            Box::new(|| seconds(&market.chain, &calls, slow)),
        ];
        let [(decoded, _), (decoding, ratio)] = in_turn(ROUNDS, ways);
        let rate = |seconds: f64| calls.len() as f64 / seconds;
        println!("{kind:20}{:12.0}{:12.0}{ratio:8.2}", rate(decoded), rate(decoding));
    }
}

fn metered_by_kind(market: &Market, share: usize) {
    println!("\ncalls a second by how costs are found, once learned; ratios are of time\n");
    println!(
        "{:20}{:>12}{:>12}{:>12}{:>14}{:>12}",
        "", "off", "learned", "exact", "learned/off", "exact/off"
    );
    for (kind, calls) in kinds(market, share) {
        let few = &calls[..(calls.len() / 10).max(1)];
        let one = |chain: &mut Chain, call: &Call| {
            let _ = call.on(chain);
        };
        let free = with(&market.chain, Metering::Off);
        let exact = with(&market.chain, Metering::Exact);
        // What was learned stays when a chain is copied, so that the same
        // calls again meet nothing new.
        let mut taught = with(&market.chain, Metering::Learned);
        for call in &calls {
            one(&mut taught, call);
        }
        let scale = calls.len() as f64 / few.len() as f64;
        let ways: [Box<dyn Fn() -> f64>; 3] = [
            Box::new(|| seconds(&free, &calls, one)),
            Box::new(|| seconds(&taught, &calls, one)),
            Box::new(|| scale * seconds(&exact, few, one)),
        ];
        let [(off, _), (learned, more), (metered, most)] = in_turn(ROUNDS, ways);
        let rate = |seconds: f64| calls.len() as f64 / seconds;
        println!(
            "{kind:20}{:12.0}{:12.0}{:12.0}{more:14.2}{most:12.1}",
            rate(off),
            rate(learned),
            rate(metered)
        );
    }
}

fn metered_day(market: &Market, share: usize) {
    let day = market.day(4, 20_000 / share);
    let few = &day[..day.len() / 20];
    let one = |chain: &mut Chain, call: &Call| {
        let _ = call.on(chain);
    };
    let [free, learned, exact] = [Metering::Off, Metering::Learned, Metering::Exact]
        .map(|metering| with(&market.chain, metering));
    let scale = day.len() as f64 / few.len() as f64;
    let ways: [Box<dyn Fn() -> f64>; 3] = [
        Box::new(|| seconds(&free, &day, one)),
        Box::new(|| seconds(&learned, &day, one)),
        Box::new(|| scale * seconds(&exact, few, one)),
    ];
    let [(off, _), (from_nothing, more), (metered, most)] = in_turn(ROUNDS, ways);
    println!(
        "\na market's day of {} calls: purchases, listings, refunds, batches of 1 to 100\n",
        day.len()
    );
    println!("{:32}{:>12}{:>12}", "", "seconds", "ratio");
    println!("{:32}{off:12.2}{:12.2}", "costs off", 1.0);
    println!("{:32}{from_nothing:12.2}{more:12.2}", "learned, from nothing");
    println!("{:32}{metered:12.2}{most:12.1}", "exact, from a twentieth");

    let mut chain = learned.clone();
    for call in &day {
        one(&mut chain, call);
    }
    let report = chain.metering_report();
    println!("\n{} steps learned, {} given up", report.steps, report.steps_given_up);
    println!(
        "{:20}{:24}{:>10}{:>10}{:>10}{:>12}",
        "", "", "recalled", "metered", "sampled", "deviation"
    );
    for found in report.functions.iter().filter(|found| found.recalled + found.metered > 0) {
        println!(
            "{:20}{:24}{:10}{:10}{:10}{:12}",
            found.contract,
            found.function,
            found.recalled,
            found.metered,
            found.sampled,
            found.greatest_deviation
        );
    }
}

/// A run of the baseline scenario, cut to some days, with everything that an
/// engine does about its calls.
fn metered_baseline(days: u32) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/baseline.toml");
    let prepared = ["off", "learned"].map(|costs| {
        let settings = [format!("time.days={days}"), format!("network.costs=\"{costs}\"")];
        let scenario = Scenario::load(Path::new(file), &settings).expect("sound");
        Arc::new(Prepared::new(scenario).expect("ready"))
    });
    let run = |prepared: &Arc<Prepared>| {
        let before = Stopwatch::start();
        let mut world = World::new(prepared, 1, false).expect("sets up");
        while world.step().expect("steps") {}
        let calls: u64 = world.finish().calls.iter().map(|row| row.count).sum();
        (before.seconds(), calls)
    };
    let (_, calls) = run(&prepared[0]);
    let ways: [Box<dyn Fn() -> f64>; 2] =
        [Box::new(|| run(&prepared[0]).0), Box::new(|| run(&prepared[1]).0)];
    let [(off, _), (learned, ratio)] = in_turn(ROUNDS, ways);
    println!("\nbaseline.toml, {days} days, {calls} calls (1.3 at most is asked)\n");
    println!("{:32}{:>12}{:>12}", "", "seconds", "ratio");
    println!("{:32}{off:12.2}{:12.2}", "costs off", 1.0);
    println!("{:32}{learned:12.2}{ratio:12.2}", "learned, from nothing");
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let share = if quick { 10 } else { 1 };
    let market = Market::new(200, 400);
    if std::env::args().any(|argument| argument == "--day") {
        metered_day(&market, share);
        return;
    }
    decoded_against_decoding(&market, share);
    metered_by_kind(&market, share);
    metered_day(&market, share);
    metered_baseline(if quick { 1 } else { 2 });
}
