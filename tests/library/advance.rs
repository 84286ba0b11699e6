//! A world is moved on from outside: by block, phase or tick, in this thread or in
//! another, watched or not. All ways come to the same bytes.

use std::thread;

use connect_sim::engine::record::TickRow;
use connect_sim::engine::{Advanced, Cancel, Included, Observer, Record, RunError, World};

use crate::markets::{measure, prepared};

const SHORT: &[&str] = &["time.days=1", "time.tick_minutes=60"];

fn world() -> World {
    World::new(&prepared("attacked.toml", SHORT), 4, true).unwrap_or_else(|e| panic!("{e}"))
}

/// What an observer is told.
#[derive(Default)]
struct Seen {
    transactions: u64,
    fees_ustx: u128,
    accepted: u64,
    blocks: Vec<(u32, u64)>,
    ticks: Vec<TickRow>,
}

impl Observer for Seen {
    fn transaction(&mut self, included: &Included<'_>) {
        self.transactions += 1;
        self.fees_ustx += included.fee.get();
        self.accepted += u64::from(included.receipt.is_accepted());
        assert!(included.second < 24 * 3_600);
    }

    fn block(&mut self, height: u32, second: u64) {
        self.blocks.push((height, second));
    }

    fn tick(&mut self, row: &TickRow) {
        self.ticks.push(row.clone());
    }
}

/// Text, since a measure without a value is not equal to itself.
fn same(one: &Record, other: &Record) {
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
}

fn stepped() -> Record {
    let mut world = world();
    while world.step().expect("a sound market") {}
    world.finish()
}

#[test]
fn blocks_phases_and_ticks_come_to_the_same_and_observers_see_all_of_it() {
    let by_tick = stepped();
    let mut seen = Seen::default();
    let mut world = world();
    let mut ends = Vec::new();
    loop {
        match world.advance_block(&mut seen).expect("a sound market") {
            Advanced::Over => break,
            end => ends.push(end),
        }
    }
    let by_block = world.finish();
    same(&by_block, &by_tick);
    assert_eq!(ends.iter().filter(|end| **end == Advanced::Tick).count(), 24);
    assert_eq!(ends.iter().filter(|end| **end == Advanced::Phase).count(), 24 * 4);
    assert!(ends.len() > 24 * 5);
    assert_eq!(seen.ticks, by_block.ticks);
    assert_eq!(seen.transactions, by_block.transactions.len() as u64);
    let accepted = by_block.transactions.iter().filter(|row| row.outcome == "accepted").count();
    assert_eq!(seen.accepted, accepted as u64);
    assert!((seen.fees_ustx as f64 / 1e6 - measure(&by_block, "network_fees_stx")).abs() < 1e-9);
    assert!(seen.blocks.is_sorted(), "blocks close in order");
    assert!(seen.blocks.len() >= ends.len());

    let mut world = self::world();
    let mut phases = 0;
    while world.advance_phase(&mut ()).expect("a sound market") != Advanced::Over {
        phases += 1;
    }
    assert_eq!(phases, 24 * 5);
    same(&world.finish(), &by_tick);
}

#[test]
fn a_copy_taken_within_a_tick_goes_on_as_the_world_does() {
    let mut world = world();
    for _ in 0..1_000 {
        world.advance_block(&mut ()).expect("a sound market");
    }
    let mut copy = world.clone();
    let end = |world: &mut World| while world.step().expect("a sound market") {};
    end(&mut world);
    end(&mut copy);
    let record = world.finish();
    same(&copy.finish(), &record);
    same(&record, &stepped());
}

#[test]
fn a_world_lives_in_a_thread_and_stops_when_told_to() {
    let record = thread::spawn(stepped).join().expect("ends");
    let mut world = world();
    world.advance_tick(&mut ()).expect("a sound market");
    let cancel = Cancel::default();
    world.stop_on(&cancel);
    let mut world = thread::spawn(move || {
        world.advance_tick(&mut ()).expect("nobody cancelled");
        world
    })
    .join()
    .expect("ends");
    assert_eq!(world.ticks_done(), 2);
    cancel.cancel();
    assert!(matches!(world.step(), Err(RunError::Cancelled)));
    assert!(matches!(world.advance_block(&mut ()), Err(RunError::Cancelled)));
    // It stopped between two blocks and lost nothing.
    world.stop_on(&Cancel::default());
    while world.step().expect("a sound market") {}
    same(&world.finish(), &record);
}
