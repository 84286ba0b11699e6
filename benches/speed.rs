//! What single calls, a tick and a whole run take. `cargo bench --bench speed`
//! times them; with `--once CASE` the case is carried out once and nothing is
//! timed, for who counts instructions (`benches/instructions.sh`); with
//! `--growth HOMES` a market of that size says what it took
//! (`benches/growth.sh`); with `--replay TRACE CALLS` the first calls of a trace
//! are timed (`benches/peer.sh`). Ratios of ways of calling are `calls`'.

#![allow(missing_docs)]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints, and may panic"
)]

#[path = "../tests/library/costs_mix.rs"]
mod costs_mix;
mod stopwatch;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use connect_sim::chain::{Chain, Metering};
use connect_sim::engine::{Prepared, World};
use connect_sim::random::{Purpose, Stream, stream};
use connect_sim::scenario::Scenario;
use connect_sim::trace::{Replay, Step, TraceReader};
use costs_mix::{Call, Market};
use stopwatch::Stopwatch;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is carried out.
#[derive(Clone, Copy, Debug)]
enum Work {
    /// Calls of one kind: how many, and how one is made.
    Calls(usize, fn(&Market, &mut Stream) -> Call),
    /// One tick at noon, of a market of so many homes; counted as one, or as the
    /// transactions that it holds.
    Tick(usize, Per),
    /// A whole run of `tiny.toml`.
    Run,
}

/// What a tick is counted as.
#[derive(Clone, Copy, Debug)]
enum Per {
    Tick,
    Transaction,
}

/// One thing to measure.
#[derive(Clone, Copy, Debug)]
struct Case {
    name: &'static str,
    work: Work,
    metering: Metering,
}

impl Case {
    const fn is_growth(&self) -> bool {
        matches!(self.work, Work::Tick(_, Per::Transaction))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, costs(self.metering))
    }
}

const fn costs(metering: Metering) -> &'static str {
    match metering {
        Metering::Off => "off",
        Metering::Learned => "learned",
        Metering::Exact => "exact",
    }
}

const WORK: [(&str, Work); 9] = [
    ("purchase", Work::Calls(200, |market, rng| market.purchase(rng))),
    ("listing", Work::Calls(200, |market, rng| market.listing(rng))),
    ("refund", Work::Calls(200, |market, rng| market.refund(rng))),
    ("meter-batch-of-100", Work::Calls(10, |market, rng| market.production(100, rng))),
    ("read-only", Work::Calls(200, |market, rng| market.look(rng))),
    ("tick", Work::Tick(300, Per::Tick)),
    ("of-300-homes", Work::Tick(300, Per::Transaction)),
    ("of-1500-homes", Work::Tick(1_500, Per::Transaction)),
    ("tiny-run", Work::Run),
];

fn cases() -> Vec<Case> {
    let metering = [Metering::Off, Metering::Learned, Metering::Exact];
    let all = WORK.iter();
    all.flat_map(|(name, work)| metering.map(|metering| Case { name, work: *work, metering }))
        // Of growth, metering is no part.
        .filter(|case| case.metering == Metering::Off || !case.is_growth())
        .collect()
}

/// A market that is open, made once.
fn market() -> Market {
    Market::new(50, 100)
}

fn calls(market: &Market, count: usize, make: fn(&Market, &mut Stream) -> Call) -> Vec<Call> {
    let mut rng = stream(3, Purpose::Fuzz, 0);
    (0..count).map(|_| make(market, &mut rng)).collect()
}

/// The chain as it stands once such calls have been carried out: what can be
/// learned of them is known.
fn chain(market: &Market, calls: &[Call], metering: Metering) -> Chain {
    let mut chain = market.chain.clone();
    chain.set_metering(metering);
    let first = if metering == Metering::Exact { 1 } else { calls.len() };
    for call in &calls[..first] {
        call.on(&mut chain);
    }
    chain
}

fn prepared(file: &str, settings: &[String]) -> Arc<Prepared> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    Arc::new(Prepared::new(Scenario::load(&file, settings).expect("sound")).expect("ready"))
}

fn noon(homes: usize, costs: &str) -> Arc<Prepared> {
    prepared("baseline.toml", &sized(homes, costs))
}

/// Settings of a market of so many homes.
fn sized(homes: usize, costs: &str) -> [String; 3] {
    let producers = homes / 3;
    [
        format!("network.costs=\"{costs}\""),
        format!("producers.count={producers}"),
        format!("buyers.count={}", homes - producers),
    ]
}

fn at_noon(prepared: &Arc<Prepared>) -> World {
    let mut world = World::new(prepared, 1, false).expect("sets up");
    for _ in 0..24 {
        world.step().expect("steps");
    }
    world
}

fn tiny(costs: &str) -> Arc<Prepared> {
    prepared("tiny.toml", &[format!("network.costs=\"{costs}\"")])
}

fn run(prepared: &Arc<Prepared>) {
    let mut world = World::new(prepared, 1, false).expect("sets up");
    while world.step().expect("steps") {}
    drop(world.finish());
}

/// What is counted: the work alone, without what leads up to it.
#[inline(never)]
fn measured_work(work: &mut dyn FnMut()) {
    work();
}

/// Carries a case out once; returns how many times what it names was done.
fn once(case: Case) -> usize {
    let metering = case.metering;
    match case.work {
        Work::Calls(count, make) => {
            let market = market();
            // Exact metering is many times slower, and every call the same.
            let count = if metering == Metering::Exact { (count / 10).max(2) } else { count };
            let calls = calls(&market, count, make);
            let mut chain = chain(&market, &calls, metering);
            measured_work(&mut || {
                for call in &calls {
                    call.on(&mut chain);
                }
            });
            count
        }
        Work::Tick(homes, per) => {
            let prepared = noon(homes, costs(metering));
            let mut world = at_noon(&prepared);
            let before = world.transactions();
            measured_work(&mut || {
                world.step().expect("steps");
            });
            match per {
                Per::Tick => 1,
                Per::Transaction => (world.transactions() - before) as usize,
            }
        }
        Work::Run => {
            let prepared = tiny(costs(metering));
            measured_work(&mut || run(&prepared));
            1
        }
    }
}

#[divan::bench(args = cases(), sample_count = 10)]
fn time(bencher: divan::Bencher<'_, '_>, case: &Case) {
    let metering = case.metering;
    match case.work {
        Work::Calls(count, make) => {
            let market = market();
            let calls = calls(&market, (count / 10).max(2), make);
            let chain = chain(&market, &calls, metering);
            bencher
                .counter(divan::counter::ItemsCount::new(calls.len()))
                .with_inputs(|| chain.clone())
                .bench_local_refs(|chain| {
                    for call in &calls {
                        call.on(chain);
                    }
                });
        }
        Work::Tick(homes, _) => {
            let prepared = noon(homes, costs(metering));
            let world = at_noon(&prepared);
            bencher
                .with_inputs(|| world.clone())
                .bench_local_refs(|world| world.step().expect("steps"));
        }
        Work::Run => {
            let prepared = tiny(costs(metering));
            bencher.bench_local(|| run(&prepared));
        }
    }
}

/// Homes whose half day is long enough to be timed.
const TIMED_HOMES: usize = 30_000;

/// Runs a market of so many homes for half a day, so often that it can be timed,
/// and says what one took: a line of homes, transactions, seconds of the processor,
/// and bytes of memory, all and those of the chain's own entries.
fn growth(homes: usize) {
    let times = (TIMED_HOMES / homes).max(1);
    let settings = [
        "time.days=1".to_owned(),
        format!("market.reserve_limit_kwh={}", 50 * homes),
        "market.treasury_ustx=10_000_000_000_000".to_owned(),
    ];
    let settings = [settings, sized(homes, "off")].concat();
    let prepared = prepared("baseline.toml", &settings);
    let before = resident();
    let (mut memory, mut entries, mut transactions, mut seconds) = (0, 0, 0, 0.0);
    for time in 0..times {
        let mut world = World::new(&prepared, 1, false).expect("sets up");
        let stopwatch = Stopwatch::start();
        for _ in 0..24 {
            world.step().expect("steps");
        }
        seconds += stopwatch.seconds() / times as f64;
        if time == 0 {
            memory = resident().saturating_sub(before);
            entries = world.stored_bytes();
            transactions = world.transactions();
        }
    }
    println!("{homes},{transactions},{seconds:.4},{memory},{entries}");
}

/// Does the first calls of a trace and writes, for each function, how many they
/// are and the seconds that they took, answers in text included. The chain stands
/// and all calls are read before the clock starts. The clock tells functions
/// apart, and the thread's own time how long all of it took.
fn replay(file: &str, calls: usize) {
    let text = BufReader::new(File::open(file).expect("a trace"));
    let mut reader = TraceReader::open(file, text).expect("a trace");
    let mut chain = Replay::new(reader.header()).expect("deploys");
    let mut ready = Vec::with_capacity(calls);
    while ready.len() < calls
        && let Some(step) = reader.next_step().expect("a call")
    {
        ready.push(step);
    }
    let mut answers = Vec::with_capacity(ready.len());
    let mut laps = Vec::with_capacity(ready.len());
    let stopwatch = Stopwatch::start();
    let mut before = Instant::now();
    for step in &ready {
        answers.push(chain.perform(step).expect("performed"));
        let now = Instant::now();
        laps.push((now - before).as_secs_f64());
        before = now;
    }
    let seconds = stopwatch.seconds();
    assert!(ready.iter().zip(&answers).all(|(step, found)| step.receipt() == found), "differs");
    let scale = seconds / laps.iter().sum::<f64>();
    let mut functions: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for (step, lap) in ready.iter().zip(&laps) {
        let Step::Call(call) = step else { continue };
        let (count, took) = functions.entry(&call.function).or_default();
        *count += 1;
        *took += lap * scale;
    }
    for (function, (count, took)) in functions {
        println!("{function} {count} {took}");
    }
}

/// Bytes of memory in use, without the program's own text, which is another for
/// each build; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    1_024 * kib.unwrap_or(0)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--cases"] => cases().iter().for_each(|case| println!("{case}")),
        ["--once", name] => match cases().into_iter().find(|case| case.to_string() == name) {
            Some(case) => println!("{}", once(case)),
            None => {
                eprintln!("no case {name}: --cases lists them");
                std::process::exit(2);
            }
        },
        ["--replay", file, calls] => replay(file, calls.parse().expect("a number of calls")),
        ["--growth", homes] => growth(homes.parse().expect("a number of homes")),
        _ => divan::main(),
    }
}
