//! How great a chance may be of which a count was seen in trials.

/// How often a bound may lie below the truth.
const DOUBT: f64 = 0.05;
/// Halvings until a bound stands still.
const HALVINGS: u32 = 60;

/// The chance that an event has at most, with 95 %, where it happened `count`
/// times in `trials`: the exact one-sided bound of C. J. Clopper and E. S.
/// Pearson, Biometrika 26 (1934) 404. It is the chance at which so few events
/// or fewer would be seen once in twenty times.
///
/// ```
/// use connect_sim::stats::chance_at_most_95;
///
/// // Nothing in 10 trials is not never: about 3 in n, as the rule goes.
/// assert!((chance_at_most_95(0, 10) - 0.2589).abs() < 1e-4);
/// assert!(chance_at_most_95(0, 299) < 0.01 && chance_at_most_95(0, 298) > 0.01);
/// ```
#[must_use]
pub fn chance_at_most_95(count: usize, trials: usize) -> f64 {
    if count >= trials {
        return 1.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if at_most(count, trials, middle) > DOUBT {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The chance of at most `count` events in `trials` of chance `p`, each less
/// than certain.
fn at_most(count: usize, trials: usize, p: f64) -> f64 {
    // By logarithms, so that the first term does not vanish in many trials.
    let (happens, not) = (libm::log(p), libm::log1p(-p));
    let mut ways = 0.0;
    let mut sum = 0.0;
    for seen in 0..=count {
        if seen > 0 {
            ways += libm::log((trials - seen + 1) as f64 / seen as f64);
        }
        sum += libm::exp(ways + seen as f64 * happens + (trials - seen) as f64 * not);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_tables() {
        // By exact sums of binomial terms, as binom.test(…, "less") of R gives.
        for (count, trials, bound) in
            [(0, 20, 0.139_108_3), (1, 10, 0.394_163_3), (5, 50, 0.198_833), (9, 10, 0.994_884)]
        {
            let found = chance_at_most_95(count, trials);
            assert!((found - bound).abs() < 1e-5, "{count} of {trials}: {found}");
        }
        assert!((chance_at_most_95(3, 3) - 1.0).abs() < 1e-12);
        assert!((chance_at_most_95(0, 0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_bound_lies_below_the_truth_once_in_twenty_times_at_most() {
        for (p, trials) in [(0.1, 30), (0.37, 12), (0.02, 200)] {
            let missed: f64 = (0..=trials)
                .filter(|count| chance_at_most_95(*count, trials) < p)
                .map(|count| at_most(count, trials, p) - below(count, trials, p))
                .sum();
            assert!(missed <= DOUBT, "{p}: {missed}");
        }
    }

    fn below(count: usize, trials: usize, p: f64) -> f64 {
        if count == 0 { 0.0 } else { at_most(count - 1, trials, p) }
    }
}
