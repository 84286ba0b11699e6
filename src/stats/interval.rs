//! Intervals of confidence, all of 95 %: Student's for means, resampled ones
//! for skewed samples and for any other measure.

use rand::RngExt;

use super::describe::{mean, quantile_of_sorted, skewness, variance};
use super::student::student_t_95;
use crate::random::{Purpose, stream};

/// How many resamples an interval is drawn from: the ends then move by less than
/// a fiftieth of the interval's width from one seed to another.
pub const RESAMPLES: u32 = 2_000;

/// The least sample that is resampled: from fewer values, the resampled
/// interval of a mean is too narrow, and Student's is the lesser evil.
const LEAST_RESAMPLED: usize = 20;

/// From here to there, both in the values' unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether the interval holds a value.
    #[must_use]
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Half its width.
    #[must_use]
    pub fn half_width(self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// How an interval was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// From the t distribution.
    StudentT,
    /// From resampled means.
    Bootstrap,
}

/// A mean and how surely it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The sample's mean.
    pub mean: f64,
    /// The 95 % interval of the true mean and how it was found; `None` of a
    /// single value, which tells nothing of its own spread.
    pub ci95: Option<(Interval, Method)>,
    /// The sample's size.
    pub count: usize,
}

impl Estimate {
    /// Half the width of the interval; infinite where there is none.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        self.ci95.map_or(f64::INFINITY, |(interval, _)| interval.half_width())
    }
}

/// The mean of independent values with its 95 % interval. `None` of nothing.
///
/// Student's interval is right for what is nearly normal, and stays good for a
/// skewed sample that is large enough: Cochran's rule (Sampling Techniques,
/// third edition, 2.15) asks for more than 25 G₁² values, G₁ being the
/// skewness. A sample of 20 or more that breaks the rule gets the percentile
/// interval of [`RESAMPLES`] bootstrapped means instead, drawn from the stream
/// of `seed` and `label`: give each measure a label of its own. Of fewer
/// values, skewness cannot be told from chance, and Student's interval stands.
///
/// ```
/// use connect_sim::stats::{Method, estimate};
///
/// let wait_s = [12.0, 15.0, 11.0, 14.0];
/// let estimate = estimate(&wait_s, 1, 0).ok_or("no values")?;
/// let (interval, method) = estimate.ci95.ok_or("one value")?;
/// assert_eq!((estimate.mean, method), (13.0, Method::StudentT));
/// assert!(interval.contains(11.0) && !interval.contains(10.0));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn estimate(values: &[f64], seed: u64, label: u64) -> Option<Estimate> {
    let mean_value = mean(values)?;
    let count = values.len();
    let skewed =
        skewness(values).is_some_and(|skewness| count as f64 <= 25.0 * skewness * skewness);
    let ci95 = if skewed && count >= LEAST_RESAMPLED {
        let interval =
            bootstrap_interval(values, seed, label, |sample| mean(sample).unwrap_or(mean_value));
        interval.map(|interval| (interval, Method::Bootstrap))
    } else {
        student_interval(values, mean_value).map(|interval| (interval, Method::StudentT))
    };
    Some(Estimate { mean: mean_value, ci95, count })
}

/// mean ± t · s / √n.
fn student_interval(values: &[f64], mean: f64) -> Option<Interval> {
    let variance = variance(values)?;
    let t = student_t_95(values.len() - 1)?;
    let half = t * (variance / values.len() as f64).sqrt();
    Some(Interval { low: mean - half, high: mean + half })
}

/// The percentile bootstrap interval (Efron, 1979) of any measure of a sample
/// of independent values, such as a quantile: the middle 95 % of what the
/// measure gives for [`RESAMPLES`] samples drawn from this one with
/// replacement, from the stream of `seed` and `label`. `None` below two values,
/// past 2³² of them, and where the measure is not finite for some resample.
#[must_use]
pub fn bootstrap_interval(
    values: &[f64],
    seed: u64,
    label: u64,
    measure: impl Fn(&[f64]) -> f64,
) -> Option<Interval> {
    resample(values.len(), seed, label, |rows| {
        let sample: Vec<f64> = rows.iter().filter_map(|&row| values.get(row).copied()).collect();
        vec![measure(&sample)]
    })?
    .first()
    .copied()
}

/// The same for several measures of the same rows at once: `measures` gets the
/// numbers of the rows drawn and gives as many values each time.
pub(super) fn resample(
    rows: usize,
    seed: u64,
    label: u64,
    measures: impl Fn(&[usize]) -> Vec<f64>,
) -> Option<Vec<Interval>> {
    // 32 bits, whatever the machine's own width, so that draws are the same.
    let bound = u32::try_from(rows).ok().filter(|&rows| rows >= 2)?;
    let mut rng = stream(seed, Purpose::Bootstrap, label);
    let mut drawn = vec![0_usize; rows];
    let mut found: Vec<Vec<f64>> = Vec::new();
    for _ in 0..RESAMPLES {
        for row in &mut drawn {
            *row = rng.random_range(0..bound) as usize;
        }
        let values = measures(&drawn);
        found.resize_with(values.len(), Vec::new);
        for (all, value) in found.iter_mut().zip(values) {
            if !value.is_finite() {
                return None;
            }
            all.push(value);
        }
    }
    found
        .into_iter()
        .map(|mut all| {
            all.sort_unstable_by(f64::total_cmp);
            let low = quantile_of_sorted(&all, 0.025)?;
            let high = quantile_of_sorted(&all, 0.975)?;
            Some(Interval { low, high })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::describe::quantile;
    use super::*;
    use rand_distr::{Distribution, LogNormal, Normal};

    /// In how many of `trials` samples the interval holds the true mean.
    fn covered(trials: u64, size: usize, truth: f64, draw: impl Distribution<f64>) -> usize {
        let sample = |trial: u64| -> Vec<f64> {
            let mut rng = stream(99, Purpose::Fuzz, trial);
            (0..size).map(|_| draw.sample(&mut rng)).collect()
        };
        (0..trials)
            .filter(|&trial| {
                let estimate = estimate(&sample(trial), 3, trial).expect("values");
                estimate.ci95.is_some_and(|(interval, _)| interval.contains(truth))
            })
            .count()
    }

    #[test]
    fn student_interval_of_a_small_sample() {
        // 1 to 5: s² = 2.5, and t of four degrees is 2.776445.
        let estimate = estimate(&[5.0, 3.0, 1.0, 2.0, 4.0], 1, 0).expect("values");
        let (interval, method) = estimate.ci95.expect("an interval");
        assert_eq!((estimate.mean, estimate.count, method), (3.0, 5, Method::StudentT));
        assert!((interval.half_width() - 2.776_445 * 0.5_f64.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn one_value_has_no_interval_and_equal_ones_a_point() {
        let single = estimate(&[4.0], 1, 0).expect("a value");
        assert_eq!((single.mean, single.ci95), (4.0, None));
        assert_eq!(single.half_width(), f64::INFINITY);
        let equal = estimate(&[4.0; 30], 1, 0).expect("values");
        assert_eq!(equal.half_width(), 0.0);
        assert_eq!(estimate(&[], 1, 0), None);
    }

    #[test]
    fn skewness_decides_the_method() {
        let mut values = vec![1.0; 39];
        values.push(1_000.0);
        let method = |values: &[f64]| estimate(values, 1, 0).and_then(|e| e.ci95).map(|ci| ci.1);
        assert_eq!(method(&values), Some(Method::Bootstrap));
        assert_eq!(method(&values[30..]), Some(Method::StudentT));
        let even: Vec<f64> = (0..40).map(f64::from).collect();
        assert_eq!(method(&even), Some(Method::StudentT));
    }

    #[test]
    fn intervals_hold_the_truth_about_as_often_as_they_say() {
        let normal = Normal::new(10.0, 2.0).expect("a distribution");
        let few = covered(400, 5, 10.0, normal);
        let many = covered(400, 40, 10.0, normal);
        // 380 expected; the deviation of the count is 4.4.
        assert!((365..=395).contains(&few), "{few}");
        assert!((365..=395).contains(&many), "{many}");
        // Skewed: both kinds of interval fall short of 95 %, not by much.
        let skewed = LogNormal::new(0.0, 1.0).expect("a distribution");
        let skewed = covered(400, 60, libm::exp(0.5), skewed);
        assert!((335..=395).contains(&skewed), "{skewed}");
    }

    #[test]
    fn resampling_is_repeatable_and_by_label() {
        let values: Vec<f64> = (0..50).map(|i| f64::from(i * i)).collect();
        let median = |sample: &[f64]| quantile(sample, 0.5).unwrap_or(f64::NAN);
        let first = bootstrap_interval(&values, 7, 1, median).expect("an interval");
        assert_eq!(bootstrap_interval(&values, 7, 1, median), Some(first));
        assert!(first.contains(quantile(&values, 0.5).expect("a median")));
        let mean_of = |sample: &[f64]| mean(sample).unwrap_or(f64::NAN);
        let other = bootstrap_interval(&values, 7, 2, mean_of);
        assert_ne!(bootstrap_interval(&values, 7, 1, mean_of), other);
        assert_eq!(bootstrap_interval(&values, 7, 1, |_| f64::NAN), None);
        assert_eq!(bootstrap_interval(&[1.0], 7, 1, median), None);
    }

    #[test]
    fn the_interval_of_a_mean_is_as_wide_as_theory_says() {
        // Of resampled means the deviation is s √((n−1)/n) / √n.
        let values: Vec<f64> = (0..200).map(f64::from).collect();
        let deviation = (variance(&values).expect("values") * 199.0 / 200.0 / 200.0).sqrt();
        let mean_of = |sample: &[f64]| mean(sample).unwrap_or(f64::NAN);
        let interval = bootstrap_interval(&values, 5, 5, mean_of).expect("an interval");
        let ratio = interval.half_width() / (1.959_964 * deviation);
        assert!((0.94..1.06).contains(&ratio), "{ratio}");
    }
}
