//! What can be said of a run before it ends: whether a threshold will be
//! crossed whatever the rest of it brings. Looks and changes nothing.

use super::world::World;
use crate::chain::TENURE_SECONDS;
use crate::scenario::{Comparison, Threshold};

impl World {
    /// Whether `threshold` is crossed even if all tenures to come were full of
    /// the cheapest calls seen so far and none of those waited or was dropped.
    /// That much can be known only of upper bounds on waits and on the share of
    /// calls dropped; the answer for others is `false`.
    #[must_use]
    pub fn surely_crosses(&self, threshold: &Threshold) -> bool {
        let upper = matches!(threshold.comparison, Comparison::Less | Comparison::AtMost);
        let Some(to_come) = self.most_to_come().filter(|_| upper) else { return false };
        let exceeds = |part: u64, whole: u64, share: f64| part as f64 > share * whole as f64;
        let waited = self.recorder.waits().len() + self.venue.mempool().len() as u64 + to_come;
        match threshold.metric.as_str() {
            "wait_s_p50" => exceeds(self.later_than(threshold.limit), waited, 0.50),
            "wait_s_p95" => exceeds(self.later_than(threshold.limit), waited, 0.05),
            "wait_s_p99" => exceeds(self.later_than(threshold.limit), waited, 0.01),
            "dropped_share" => {
                let rows = self.recorder.measured();
                let dropped = rows.iter().map(|row| row.dropped).sum::<u64>();
                let sent = rows.iter().map(|row| row.transactions).sum::<u64>() + dropped;
                let whole = sent + self.venue.mempool().len() as u64 + to_come;
                exceeds(dropped, whole, threshold.limit)
            }
            _ => false,
        }
    }

    /// Calls that waited longer than `limit_s`, those that wait still among
    /// them.
    fn later_than(&self, limit_s: f64) -> u64 {
        let limit_s = limit_s.max(0.0) as u64;
        let now = self.now_s();
        let wait_still =
            self.venue.mempool().meant_s().filter(|meant| now.saturating_sub(*meant) > limit_s);
        let past = self
            .recorder
            .waits()
            .count_between(limit_s.saturating_add(1), self.recorder.waits().max());
        let past = if self.recorder.waits().max() > limit_s { past } else { 0 };
        past + wait_still.count() as u64
    }

    /// The most calls that the tenures to come could hold; none where nothing
    /// says so.
    fn most_to_come(&self) -> Option<u64> {
        let time = &self.prepared.scenario.time;
        let left = time.ticks().saturating_sub(self.next_tick);
        let tenures =
            u64::from(left) * u64::from(time.tick_minutes) * 60 / u64::from(TENURE_SECONDS);
        let reads = self.venue.room().map(|_| self.venue.yardstick().read_count)?;
        let a_tenure = reads / self.recorder.calls().fewest_reads()?.max(1);
        Some(tenures * a_tenure)
    }
}
