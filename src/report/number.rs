//! Numbers as people read them, and the round values that an axis is marked at.

pub(super) use crate::units::grouped;

/// A number with three digits that count, or all of its whole ones.
pub(super) fn readable(value: f64) -> String {
    let size = value.abs();
    let decimals = if size >= 100.0 || size == 0.0 {
        0
    } else if size >= 10.0 {
        1
    } else if size >= 1.0 {
        2
    } else {
        3
    };
    grouped(value, decimals)
}

/// A count, with a decimal where it is a mean of few.
pub(super) fn count(value: f64) -> String {
    grouped(value, usize::from(value.fract() != 0.0 && value < 100.0))
}

/// A share as per cent, with a decimal where it is small or nearly all.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let round = percent == 0.0 || percent == 100.0 || (10.0..=90.0).contains(&percent);
    format!("{} %", grouped(percent, usize::from(!round)))
}

/// The marks of an axis: round values a constant step apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marks {
    /// The values, ascending.
    pub(super) values: Vec<f64>,
    decimals: usize,
}

impl Marks {
    /// About `count` marks from `low` to `high`, at multiples of 1, 2 or 5
    /// times a power of ten.
    pub(super) fn between(low: f64, high: f64, count: usize) -> Self {
        let step = step(high - low, count);
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        let decimals = (-libm::floor(libm::log10(step) + 1e-9)).max(0.0) as usize;
        let values = (first..=last).map(|place| place as f64 * step).collect();
        Self { values, decimals }
    }

    /// The text beside a mark.
    pub(super) fn label(&self, value: f64) -> String {
        grouped(value, self.decimals)
    }
}

/// A range that holds `low` and `high` and ends at marks.
pub(super) fn rounded_range(low: f64, high: f64, count: usize) -> (f64, f64) {
    let high = if high > low { high } else { low + low.abs().max(1.0) };
    let step = step(high - low, count);
    ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step)
}

fn step(span: f64, count: usize) -> f64 {
    let rough = span.max(1e-12) / count.max(1) as f64;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough * 0.999_999);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_digits_that_count() {
        let texts = [0.0, 0.5, 3.456, 42.0, 123.4, 54_321.9].map(readable);
        assert_eq!(texts, ["0", "0.500", "3.46", "42.0", "123", "54,322"]);
        assert_eq!([3.0, 3.25, 1_234.5].map(count), ["3", "3.2", "1,234"]);
        let texts = [0.0, 0.004, 0.5, 0.996, 1.0].map(percent);
        assert_eq!(texts, ["0 %", "0.4 %", "50 %", "99.6 %", "100 %"]);
    }

    #[test]
    fn marks_are_round_and_within() {
        let marks = Marks::between(0.0, 1.0, 5);
        let labels: Vec<String> = marks.values.iter().map(|value| marks.label(*value)).collect();
        assert_eq!(labels, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        let marks = Marks::between(999.2, 1_000.7, 4);
        let labels: Vec<String> = marks.values.iter().map(|value| marks.label(*value)).collect();
        assert_eq!(labels, ["999.5", "1,000.0", "1,000.5"]);
    }

    #[test]
    fn a_range_ends_at_marks_and_is_never_empty() {
        assert_eq!(rounded_range(0.0, 37.0, 5), (0.0, 40.0));
        assert_eq!(rounded_range(-3.0, 37.0, 5), (-10.0, 40.0));
        assert_eq!(rounded_range(0.0, 0.0, 5), (0.0, 1.0));
        let (low, high) = rounded_range(7.0, 7.0, 5);
        assert!(low <= 7.0 && high > 7.0);
    }
}
