//! What was noted of contracts that are not the product's own, by kind.

use super::invariants::Rule;
use super::record::FindingRow;
use crate::units::Tick;

/// What was noted of the contracts, by kind and in the order of finding.
#[derive(Clone, Debug, Default)]
pub(super) struct Findings(Vec<FindingRow>);

impl Findings {
    /// Notes a finding: the first of its kind and subject is kept in words,
    /// the others are counted.
    pub(super) fn note(
        &mut self,
        finding: &'static str,
        subject: &str,
        tick: Option<Tick>,
        detail: impl FnOnce() -> String,
    ) {
        let known = self.0.iter_mut().find(|row| row.finding == finding && row.subject == subject);
        match known {
            Some(row) => row.count += 1,
            None => self.0.push(FindingRow {
                finding,
                subject: subject.to_owned(),
                count: 1,
                first_tick: tick,
                detail: detail(),
            }),
        }
    }

    /// Notes a rule that was broken in the tick `now`.
    pub(super) fn note_rule(&mut self, rule: Rule, now: Tick, detail: impl FnOnce() -> String) {
        self.note("rule-broken", &rule.to_string(), Some(now), detail);
    }

    pub(super) fn into_rows(self) -> Vec<FindingRow> {
        self.0
    }
}
