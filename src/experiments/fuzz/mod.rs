//! Random calls on the contracts and on their twin: many sequences, each drawn
//! from its seed and number alone, so that what is found does not depend on the
//! threads. Stops at the first sequence that finds something, by number.

mod author;
mod coverage;
mod evidence;
mod rules;
mod sequence;
mod shrink;
mod stage;
mod watch;

use rayon::prelude::*;

pub use coverage::{Coverage, Ending};
pub use sequence::{Finding, FindingKind};

use super::run::{in_pool, one_by_one};
use crate::market::{Code, MarketError};
use crate::trace::Trace;
use author::Author;
use sequence::{Played, Step, call_text, play};
use shrink::shrink;
use stage::Stage;

/// Calls in a sequence: enough that a market comes to life and dies again.
const SEQUENCE: u64 = 400;
/// Sequences that are worked on at once, whatever the number of threads.
const AT_ONCE: u64 = 32;

/// How to fuzz.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FuzzOptions {
    /// Calls in all.
    pub calls: u64,
    /// What they are drawn from.
    pub seed: u64,
    /// Threads to work on; 0 takes as many as there are cores.
    pub jobs: usize,
}

/// A sequence that found something, cut down to what matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Failed {
    /// The sequence's number.
    pub sequence: u64,
    /// Calls that it took.
    pub taken: usize,
    /// What is found by what is left of it.
    pub finding: Finding,
    /// The calls that are left, as people read them.
    pub calls: Vec<String>,
    /// The same, for the contracts to do again.
    pub trace: Trace,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fuzzed {
    /// Which functions met which outcomes, how often.
    pub coverage: Coverage,
    /// The first sequence that found something.
    pub failed: Option<Failed>,
}

/// Throws random calls at `code` and at the twin until the calls are made or
/// something is found. `made` is told of calls made, from any thread.
///
/// # Errors
/// Where the contracts do not deploy.
pub fn fuzz(
    code: &Code,
    options: FuzzOptions,
    made: &(dyn Fn(u64) + Sync),
) -> Result<Fuzzed, MarketError> {
    let stage = Stage::new(code)?;
    let mut coverage = Coverage::default();
    let mut found = None;
    let sequences = options.calls.div_ceil(SEQUENCE);
    let length = |index: u64| SEQUENCE.min(options.calls - index * SEQUENCE) as usize;
    let mut next = 0;
    while next < sequences && found.is_none() {
        let batch = next..(next + AT_ONCE).min(sequences);
        next = batch.end;
        let played: Vec<(u64, Played)> = in_pool(options.jobs, || {
            one_by_one(batch.collect::<Vec<u64>>())
                .map(|index| {
                    let mut author = Author::new(&stage, options.seed, index, length(index));
                    let played = play(&stage, |twin| author.next(twin));
                    made(played.coverage.calls());
                    (index, played)
                })
                .collect()
        });
        for (index, played) in played {
            coverage.add(&played.coverage);
            if let Some((steps, finding)) = played.found {
                found = Some((index, steps, finding));
                break;
            }
        }
    }
    let failed = match found {
        None => None,
        Some((sequence, steps, finding)) => {
            let taken = steps.len();
            let (steps, finding) = shrink(&stage, steps, finding);
            let trace = evidence::trace(&stage, code, options.seed, &steps, &finding.text)?;
            let calls = describe(&stage, &steps);
            Some(Failed { sequence, taken, finding, calls, trace })
        }
    };
    Ok(Fuzzed { coverage, failed })
}

/// Throws up to `calls` random calls at `code` and at the twin, one sequence
/// after the other; the calls that it took to find something, and what.
///
/// # Errors
/// Where the contracts do not deploy.
pub(super) fn hunt(
    code: &Code,
    calls: u64,
    seed: u64,
) -> Result<Option<(u64, FindingKind)>, MarketError> {
    let stage = Stage::new(code)?;
    let mut made = 0;
    for index in 0..calls.div_ceil(SEQUENCE) {
        let mut author = Author::new(&stage, seed, index, SEQUENCE as usize);
        let played = play(&stage, |twin| author.next(twin));
        if let Some((steps, finding)) = played.found {
            return Ok(Some((made + steps.len() as u64, finding.kind)));
        }
        made += SEQUENCE;
    }
    Ok(None)
}

fn describe(stage: &Stage, steps: &[Step]) -> Vec<String> {
    steps.iter().map(|step| call_text(stage, &step.call)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::Contract;

    /// The shipped contracts with a fault planted.
    fn planted(contract: Contract, right: &str, wrong: &str) -> Code {
        let mut code = Code::shipped();
        let source = match contract {
            Contract::WattConnect => &mut code.wattconnect,
            Contract::EnergyProduction => &mut code.energy_production,
        };
        assert!(source.text.contains(right), "{right}");
        source.text = source.text.replacen(right, wrong, 1);
        code
    }

    fn fuzzed(code: &Code, calls: u64, jobs: usize) -> Fuzzed {
        let options = FuzzOptions { calls, seed: 1, jobs };
        fuzz(code, options, &|_| {}).expect("the contracts deploy")
    }

    #[test]
    fn contracts_and_twin_do_the_same() {
        let outcome = fuzzed(&Code::shipped(), 4_000, 2);
        if let Some(failed) = outcome.failed {
            panic!("{:?}\n{}", failed.finding, failed.calls.join("\n"));
        }
        assert_eq!(outcome.coverage.calls(), 4_000);
        let never = outcome.coverage.never();
        assert!(never.len() < 20, "{never:?}");
    }

    #[test]
    fn a_planted_fault_is_found_and_cut_down() {
        // Refunds that round up: found only where something is left over.
        let right = "(payout (/ (* value (get refund-rate terms)) WHOLE))";
        let wrong = "(payout (/ (+ (* value (get refund-rate terms)) u9999) WHOLE))";
        let code = planted(Contract::WattConnect, right, wrong);
        let failed = fuzzed(&code, 5_000, 2).failed.expect("it is found");
        assert!(failed.calls.len() <= 10, "{}", failed.calls.join("\n"));
        let last = failed.calls.last().expect("calls");
        assert!(last.contains("refund-energy u1"), "{last}");
        let last = failed.trace.calls().last().expect("calls");
        assert_eq!(failed.trace.steps.len(), failed.calls.len());
        assert_eq!(last.function, "refund-energy");
        assert_eq!(failed.trace.end.finding, Some(failed.finding.text));
    }

    #[test]
    fn threads_change_nothing() {
        let code = Code::shipped();
        assert_eq!(fuzzed(&code, 1_500, 1), fuzzed(&code, 1_500, 2));
    }
}
