//! Time as benchmarks take it. What is timed is no matter of this file.

use std::time::Instant;

/// Measures the time that this thread works, so that what else runs on the
/// computer counts less; by the clock where the system does not tell.
pub(crate) struct Stopwatch {
    clock: Instant,
    worked: Option<f64>,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { clock: Instant::now(), worked: processor_seconds() }
    }

    pub(crate) fn seconds(&self) -> f64 {
        match (self.worked, processor_seconds()) {
            (Some(before), Some(after)) => after - before,
            _ => self.clock.elapsed().as_secs_f64(),
        }
    }
}

/// Time that this thread has spent on a processor.
fn processor_seconds() -> Option<f64> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = told.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}
