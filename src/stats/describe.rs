//! What describes a single sample: moments, quantiles, inequality. All take
//! finite values in any order; `None` means that the sample is too small, or
//! that the measure is not defined for it.

/// The arithmetic mean; `None` of nothing.
///
/// ```
/// assert_eq!(connect_sim::stats::mean(&[1.0, 2.0, 6.0]), Some(3.0));
/// ```
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample variance (n − 1 in the denominator), in the square of the
/// values' unit; `None` below two values.
#[must_use]
pub fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    Some(central_moment_sum(values, mean(values)?, 2) / (values.len() - 1) as f64)
}

/// The adjusted Fisher–Pearson skewness G₁ (Joanes and Gill, 1998), without
/// unit: 0 for what is symmetric, 2 for an exponential distribution. `None`
/// below three values and where all are equal.
#[must_use]
pub fn skewness(values: &[f64]) -> Option<f64> {
    if values.len() < 3 {
        return None;
    }
    let count = values.len() as f64;
    let mean = mean(values)?;
    let second = central_moment_sum(values, mean, 2) / count;
    let third = central_moment_sum(values, mean, 3) / count;
    let plain = third / (second * second.sqrt());
    let adjusted = plain * (count * (count - 1.0)).sqrt() / (count - 2.0);
    adjusted.is_finite().then_some(adjusted)
}

fn central_moment_sum(values: &[f64], mean: f64, order: i32) -> f64 {
    let power = |deviation: f64| match order {
        2 => deviation * deviation,
        _ => deviation * deviation * deviation,
    };
    values.iter().map(|value| power(value - mean)).sum()
}

/// The quantile of `probability` (0 to 1), interpolated linearly between the
/// order statistics: type 7 of Hyndman and Fan (1996), the default of R and of
/// NumPy. `None` of nothing and of a probability out of range.
///
/// ```
/// assert_eq!(connect_sim::stats::quantile(&[4.0, 1.0, 2.0, 3.0], 0.5), Some(2.5));
/// ```
#[must_use]
pub fn quantile(values: &[f64], probability: f64) -> Option<f64> {
    quantiles(values, &[probability])?.first().copied()
}

/// Several quantiles for the price of one sorting; `None` where one of them is
/// not defined.
#[must_use]
pub fn quantiles(values: &[f64], probabilities: &[f64]) -> Option<Vec<f64>> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    probabilities.iter().map(|&probability| quantile_of_sorted(&sorted, probability)).collect()
}

/// The same of values that ascend already.
pub(super) fn quantile_of_sorted(sorted: &[f64], probability: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let rank = probability * sorted.len().checked_sub(1)? as f64;
    let below = rank.floor();
    let low = *sorted.get(below as usize)?;
    let high = *sorted.get(rank.ceil() as usize)?;
    Some(low + (rank - below) * (high - low))
}

/// The Gini coefficient: half the mean absolute difference between two values
/// over their mean. 0 where all have the same, near 1 where one has all; above
/// 1 is possible where some are negative. `None` unless the sum is positive,
/// for then shares of it mean nothing.
#[must_use]
pub fn gini(values: &[f64]) -> Option<f64> {
    let total: f64 = values.iter().sum();
    if total.is_nan() || total <= 0.0 {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let weighted: f64 = sorted
        .iter()
        .enumerate()
        .map(|(index, value)| (2.0 * index as f64 + 1.0 - count) * value)
        .sum();
    Some(weighted / (count * total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(value: Option<f64>, expected: f64) {
        let value = value.expect("defined");
        assert!((value - expected).abs() < 1e-12, "{value} is not {expected}");
    }

    #[test]
    fn moments_of_a_small_sample() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        near(mean(&values), 5.0);
        near(variance(&values), 32.0 / 7.0);
        // m₃ = 42/8 over m₂^1.5 = 8, adjusted by √56/6.
        near(skewness(&values), 42.0 / 64.0 * 56.0_f64.sqrt() / 6.0);
        assert_eq!(skewness(&[1.0, 1.0, 1.0]), None);
        assert_eq!(variance(&[1.0]), None);
        assert_eq!(mean(&[]), None);
    }

    #[test]
    fn variance_keeps_its_digits_far_from_zero() {
        // NumAcc4 of NIST's Statistical Reference Datasets: certified mean
        // 10000000.2 and standard deviation 0.1.
        let mut values = vec![10_000_000.2];
        for _ in 0..500 {
            values.extend([10_000_000.1, 10_000_000.3]);
        }
        assert!((mean(&values).expect("defined") - 10_000_000.2).abs() < 1e-7);
        let deviation = variance(&values).expect("defined").sqrt();
        assert!((deviation - 0.1).abs() < 1e-8, "{deviation}");
    }

    #[test]
    fn quantiles_are_of_type_seven() {
        // R: quantile(c(1, 3, 4, 10), c(0, .1, .25, .5, .9, 1)).
        let values = [10.0, 1.0, 4.0, 3.0];
        let of = quantiles(&values, &[0.0, 0.1, 0.25, 0.5, 0.9, 1.0]).expect("defined");
        for (value, expected) in of.into_iter().zip([1.0, 1.6, 2.5, 3.5, 8.2, 10.0]) {
            near(Some(value), expected);
        }
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&values, 1.1), None);
        assert_eq!(quantile(&values, f64::NAN), None);
        assert_eq!(quantile(&[7.0], 0.95), Some(7.0));
    }

    #[test]
    fn gini_of_known_distributions() {
        near(gini(&[3.0, 3.0, 3.0]), 0.0);
        // One of n has all: 1 − 1/n.
        near(gini(&[0.0, 0.0, 0.0, 8.0]), 0.75);
        // 1 to n: (n² − 1) / (3 n (n + 1)) = (n − 1) / 3n.
        near(gini(&[5.0, 4.0, 3.0, 2.0, 1.0]), 4.0 / 15.0);
        assert_eq!(gini(&[]), None);
        assert_eq!(gini(&[0.0, 0.0]), None);
        assert_eq!(gini(&[-1.0, 0.5]), None);
    }

    proptest! {
        #[test]
        fn gini_is_a_share_and_has_no_unit(values in prop::collection::vec(0.0..1e6_f64, 1..40)) {
            prop_assume!(values.iter().sum::<f64>() > 1.0);
            let plain = gini(&values).expect("positive");
            let scaled: Vec<f64> = values.iter().map(|value| value * 8.0).collect();
            prop_assert!((-1e-12..1.0).contains(&plain));
            prop_assert!((gini(&scaled).expect("positive") - plain).abs() < 1e-12);
        }

        #[test]
        fn quantiles_ascend_within_the_sample(
            values in prop::collection::vec(-1e6..1e6_f64, 1..40),
            low in 0.0..=1.0_f64,
            high in 0.0..=1.0_f64,
        ) {
            let (low, high) = (low.min(high), low.max(high));
            let of = quantiles(&values, &[0.0, low, high, 1.0]).expect("defined");
            prop_assert!(of.is_sorted_by(|a, b| *a <= b + 1e-9));
        }
    }
}
