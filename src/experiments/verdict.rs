//! What a difference between two settings says of a measure: better, worse, or
//! nothing that the interval shows. What is compared, and how often, is decided
//! elsewhere.

use super::measures::better;
use crate::engine::Better;
use crate::stats::PairedDifference;

/// What a comparison says of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Better than the first setting.
    Better,
    /// Worse than it.
    Worse,
    /// More than it, where neither way is better by itself.
    Higher,
    /// Less than it, where neither way is better by itself.
    Lower,
    /// The interval of the difference holds 0.
    NotShown,
}

impl Verdict {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Higher => "higher",
            Self::Lower => "lower",
            Self::NotShown => "no difference shown",
        }
    }
}

/// What the interval of a difference says of a measure.
pub(super) fn verdict(metric: &str, difference: Option<PairedDifference>) -> Verdict {
    verdict_of(better(metric), difference)
}

/// What a difference says of something that is better one way.
pub(super) fn verdict_of(way: Better, difference: Option<PairedDifference>) -> Verdict {
    let interval = difference.and_then(|paired| paired.difference.ci95);
    let up = match interval {
        Some((interval, _)) if interval.low > 0.0 => true,
        Some((interval, _)) if interval.high < 0.0 => false,
        _ => return Verdict::NotShown,
    };
    match (way, up) {
        (Better::Higher, true) | (Better::Lower, false) => Verdict::Better,
        (Better::Higher, false) | (Better::Lower, true) => Verdict::Worse,
        (Better::Neither, true) => Verdict::Higher,
        (Better::Neither, false) => Verdict::Lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats;

    #[test]
    fn verdicts_follow_the_measure_and_its_interval() {
        let paired = |base: &[f64], changed: &[f64]| stats::paired_difference(base, changed, 1, 0);
        let up = paired(&[1.0, 2.0, 3.0], &[2.0, 3.1, 4.0]);
        let either = paired(&[1.0, 2.0, 3.0], &[2.0, 1.0, 3.0]);
        assert_eq!(verdict("traded_kwh", up), Verdict::Better);
        assert_eq!(verdict("wait_s_p95", up), Verdict::Worse);
        assert_eq!(verdict("commission_stx", up), Verdict::Higher);
        assert_eq!(verdict("traded_kwh", either), Verdict::NotShown);
        assert_eq!(verdict("traded_kwh", paired(&[1.0], &[9.0])), Verdict::NotShown);
    }
}
