//! The critical values of Student's t distribution, from its closed form for
//! whole degrees of freedom and from IEEE arithmetic alone, so that an interval
//! has the same bits on every machine.

/// The t that a Student variable of so many degrees of freedom stays within,
/// to both sides, with a chance of 95 %. `None` for no degrees of freedom.
#[must_use]
pub fn student_t_95(degrees: usize) -> Option<f64> {
    student_t_critical(degrees, 0.95)
}

/// The same for any chance above 0 and below 1; `None` for others.
#[must_use]
pub fn student_t_critical(degrees: usize, chance: f64) -> Option<f64> {
    if degrees == 0 || !(chance > 0.0 && chance < 1.0) {
        return None;
    }
    let (mut low, mut high) = (0.0, 1.0);
    while central_chance(high, degrees) < chance {
        if high > 1e150 {
            return None;
        }
        (low, high) = (high, 2.0 * high);
    }
    // Halving ends at two neighbouring floats.
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return Some(high);
        }
        if central_chance(middle, degrees) < chance {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The chance that a Student variable lies within ±`t`: the finite series of
/// Abramowitz and Stegun, 26.7.3 for odd and 26.7.4 for even degrees.
fn central_chance(t: f64, degrees: usize) -> f64 {
    let freedom = degrees as f64;
    let cosine_squared = freedom / (freedom + t * t);
    let sine = t / (freedom + t * t).sqrt();
    let odd = degrees % 2 == 1;
    let mut term = if odd { cosine_squared.sqrt() } else { 1.0 };
    let mut sum = if degrees == 1 { 0.0 } else { term };
    let first = if odd { 3 } else { 2 };
    for factor in (first..degrees.saturating_sub(1)).step_by(2) {
        let factor = factor as f64;
        term *= cosine_squared * (factor - 1.0) / factor;
        sum += term;
    }
    if odd {
        let angle = libm::atan2(t, freedom.sqrt());
        std::f64::consts::FRAC_2_PI * (angle + sine * sum)
    } else {
        sine * sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, StudentsT};

    #[test]
    fn critical_values_are_those_of_the_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2.
        let table = [
            (1, 12.706),
            (2, 4.303),
            (3, 3.182),
            (4, 2.776),
            (5, 2.571),
            (9, 2.262),
            (10, 2.228),
            (29, 2.045),
            (30, 2.042),
            (100, 1.984),
        ];
        for (degrees, expected) in table {
            let t = student_t_95(degrees).expect("defined");
            assert!((t - expected).abs() < 5e-4, "{degrees}: {t}");
        }
        let normal = student_t_95(1_000_000).expect("defined");
        assert!((normal - 1.959_964).abs() < 1e-5, "{normal}");
    }

    #[test]
    fn they_agree_with_another_way_to_reckon_them() {
        for degrees in (1..60).chain([99, 100, 501, 2_000]) {
            let other = StudentsT::new(0.0, 1.0, degrees as f64).expect("a distribution");
            for chance in [0.1, 0.5, 0.9, 0.95, 0.99, 0.999] {
                let t = student_t_critical(degrees, chance).expect("defined");
                let theirs = 2.0 * other.cdf(t) - 1.0;
                assert!((theirs - chance).abs() < 1e-10, "{degrees}, {chance}: {theirs}");
            }
        }
    }

    #[test]
    fn what_is_no_distribution_or_chance_has_none() {
        assert_eq!(student_t_95(0), None);
        for chance in [0.0, 1.0, -1.0, f64::NAN] {
            assert_eq!(student_t_critical(3, chance), None);
        }
    }
}
