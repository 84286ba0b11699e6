//! Differences between two settings that met the same chances: replicate by
//! replicate, on common random numbers.

use super::describe::variance;
use super::interval::{Estimate, estimate};

/// How a measure differs between two settings, and what pairing gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairedDifference {
    /// The mean of changed − base, with its interval, in the measure's unit.
    pub difference: Estimate,
    /// The share of variance that common random numbers take away: one less
    /// var(changed − base) over var(changed) + var(base), which independent
    /// runs would have. 1 is all of it; negative, pairing did harm. `None`
    /// below two replicates and where nothing varies.
    pub variance_saved: Option<f64>,
}

/// Compares two settings over the same replicates, in the same order; `seed`
/// and `label` as in [`estimate`]. `None` of nothing, and of samples of
/// different sizes, which are not pairs.
///
/// ```
/// let base = [10.0, 12.0, 17.0];
/// let changed = [11.0, 13.5, 17.5];
/// let paired = connect_sim::stats::paired_difference(&base, &changed, 1, 0).ok_or("no pairs")?;
/// assert_eq!(paired.difference.mean, 1.0);
/// assert!(paired.variance_saved > Some(0.98));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn paired_difference(
    base: &[f64],
    changed: &[f64],
    seed: u64,
    label: u64,
) -> Option<PairedDifference> {
    if base.len() != changed.len() {
        return None;
    }
    let differences: Vec<f64> = base.iter().zip(changed).map(|(base, new)| new - base).collect();
    let difference = estimate(&differences, seed, label)?;
    Some(PairedDifference { difference, variance_saved: saved(base, changed, &differences) })
}

fn saved(base: &[f64], changed: &[f64], differences: &[f64]) -> Option<f64> {
    let apart = variance(base)? + variance(changed)?;
    let share = 1.0 - variance(differences)? / apart;
    share.is_finite().then_some(share)
}

#[cfg(test)]
mod tests {
    use super::super::interval::Method;
    use super::*;

    #[test]
    fn the_sleep_data_of_student_give_his_result() {
        // Student (1908), The probable error of a mean: extra hours of sleep
        // by two drugs in ten patients. R's t.test(paired = TRUE) gives 1.58,
        // 0.7001142 to 2.4598858.
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let paired = paired_difference(&first, &second, 1, 0).expect("pairs");
        let (interval, method) = paired.difference.ci95.expect("an interval");
        assert_eq!(method, Method::StudentT);
        assert!((paired.difference.mean - 1.58).abs() < 1e-12);
        assert!((interval.low - 0.700_114_2).abs() < 1e-7, "{interval:?}");
        assert!((interval.high - 2.459_885_8).abs() < 1e-7, "{interval:?}");
        // Variances 3.200556, 4.009000 and, of the differences, 1.512889.
        let saved = paired.variance_saved.expect("they vary");
        assert!((saved - (1.0 - 1.512_888_9 / 7.209_555_6)).abs() < 1e-6, "{saved}");
    }

    #[test]
    fn a_constant_shift_saves_all_and_a_mirror_less_than_nothing() {
        let base = [1.0, 5.0, 2.0, 8.0];
        let shifted = base.map(|value| value + 3.0);
        let paired = paired_difference(&base, &shifted, 1, 0).expect("pairs");
        assert_eq!(paired.variance_saved, Some(1.0));
        assert_eq!(paired.difference.half_width(), 0.0);
        let mirror = base.map(|value| -value);
        let paired = paired_difference(&base, &mirror, 1, 0).expect("pairs");
        assert_eq!(paired.variance_saved, Some(-1.0));
    }

    #[test]
    fn what_is_no_pair_has_no_difference() {
        assert_eq!(paired_difference(&[1.0], &[1.0, 2.0], 1, 0), None);
        assert_eq!(paired_difference(&[], &[], 1, 0), None);
        let single = paired_difference(&[1.0], &[3.0], 1, 0).expect("a pair");
        assert_eq!((single.difference.mean, single.variance_saved), (2.0, None));
        let still = paired_difference(&[1.0, 1.0], &[3.0, 3.0], 1, 0).expect("pairs");
        assert_eq!(still.variance_saved, None);
    }
}
