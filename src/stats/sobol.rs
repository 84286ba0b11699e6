//! Shares of a result's variance that inputs account for: first-order and total
//! indices after Sobol', with intervals. Designs are points in the unit cube;
//! what the coordinates stand for, and who evaluates them, is the caller's
//! business.

use rand::RngExt;
use rand::seq::SliceRandom;

use super::interval::{Interval, resample};
use super::morris::Point;
use crate::random::Stream;

/// The share of variance that one input accounts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SobolIndex {
    /// By itself. An estimate: near zero it may be a little negative.
    pub first: f64,
    /// The 95 % interval of that.
    pub first_ci95: Interval,
    /// With all in which it takes part.
    pub total: f64,
    /// The 95 % interval of that.
    pub total_ci95: Interval,
}

/// A Latin hypercube (McKay, Beckman and Conover, 1979): `count` points of
/// which each coordinate has one in each of `count` equal slices.
#[must_use]
pub fn latin_hypercube(inputs: usize, count: usize, rng: &mut Stream) -> Vec<Point> {
    let mut points = vec![vec![0.0; inputs]; count];
    let mut slices: Vec<usize> = (0..count).collect();
    for input in 0..inputs {
        slices.shuffle(rng);
        for (point, slice) in points.iter_mut().zip(&slices) {
            point[input] = (*slice as f64 + rng.random::<f64>()) / count as f64;
        }
    }
    points
}

/// A radial design after Saltelli et al. (2010) over two independent samples A
/// and B, which are the halves of one Latin hypercube. The points stand row by
/// row, `inputs` + 2 each: A's, B's, then for each input A's with that
/// coordinate of B's.
#[must_use]
pub fn sobol_design(inputs: usize, rows: usize, rng: &mut Stream) -> Vec<Point> {
    let mut points = Vec::with_capacity(rows * (inputs + 2));
    for row in latin_hypercube(2 * inputs, rows, rng) {
        let (a, b) = row.split_at(inputs);
        points.push(a.to_vec());
        points.push(b.to_vec());
        for input in 0..inputs {
            let mut mixed = a.to_vec();
            mixed[input] = b[input];
            points.push(mixed);
        }
    }
    points
}

/// Outputs that differ by no more than this share of their size are the same,
/// added up in another order.
const SAME: f64 = 1e-12;

/// The indices of each input from the outputs of a [`sobol_design`], in its
/// order: the first by Saltelli et al. (2010), the total by Jansen (1999), both
/// with percentile intervals from rows resampled on the stream of `seed` and
/// `label`; none is above 1. `None` where the outputs do not fill two rows or more, or do not
/// vary.
#[must_use]
pub fn sobol_indices(
    inputs: usize,
    outputs: &[f64],
    seed: u64,
    label: u64,
) -> Option<Vec<SobolIndex>> {
    let rows: Vec<&[f64]> = outputs.chunks(inputs + 2).collect();
    if !outputs.len().is_multiple_of(inputs + 2) {
        return None;
    }
    // What differs in the last bits alone does not vary.
    let size = outputs.iter().fold(0.0_f64, |size, output| size.max(output.abs()));
    if outputs.iter().all(|output| (output - outputs[0]).abs() <= SAME * size) {
        return None;
    }
    let whole: Vec<usize> = (0..rows.len()).collect();
    let shares = variance_shares(inputs, &rows, &whole);
    let intervals =
        resample(rows.len(), seed, label, |drawn| variance_shares(inputs, &rows, drawn))?;
    let (first, total) = shares.split_at(inputs);
    let (first_ci95, total_ci95) = intervals.split_at(inputs);
    let indices = (0..inputs).map(|input| SobolIndex {
        first: first[input],
        first_ci95: first_ci95[input],
        total: total[input],
        total_ci95: total_ci95[input],
    });
    Some(indices.collect())
}

/// First-order indices of all inputs, then total ones, from the rows drawn.
fn variance_shares(inputs: usize, rows: &[&[f64]], drawn: &[usize]) -> Vec<f64> {
    let count = drawn.len() as f64;
    let of_samples = || drawn.iter().flat_map(|&row| &rows[row][..2]);
    let mean = of_samples().sum::<f64>() / (2.0 * count);
    let variance =
        of_samples().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (2.0 * count);
    let mut shares = vec![0.0; 2 * inputs];
    for &row in drawn {
        let (a, b) = (rows[row][0], rows[row][1]);
        for input in 0..inputs {
            let mixed = rows[row][2 + input];
            // Less the mean, which changes nothing in expectation and much in
            // precision.
            shares[input] += (b - mean) * (mixed - a);
            shares[inputs + input] += (a - mixed) * (a - mixed) / 2.0;
        }
    }
    for share in &mut shares {
        // A share is one at most; what an estimate has beyond that is noise.
        *share = (*share / (count * variance)).min(1.0);
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};
    use std::f64::consts::PI;

    fn indices(inputs: usize, rows: usize, of: impl Fn(&[f64]) -> f64) -> Vec<SobolIndex> {
        let design = sobol_design(inputs, rows, &mut stream(11, Purpose::Fuzz, 0));
        let outputs: Vec<f64> = design.iter().map(|point| of(point)).collect();
        sobol_indices(inputs, &outputs, 11, 0).expect("a design that varies")
    }

    fn check(found: &[SobolIndex], exact: &[(f64, f64)], tolerance: f64) {
        assert_eq!(found.len(), exact.len());
        for (index, (first, total)) in found.iter().zip(exact) {
            assert!((index.first - first).abs() < tolerance, "{index:?}, exactly {first}");
            assert!((index.total - total).abs() < tolerance, "{index:?}, exactly {total}");
            let slack = |interval: Interval, exact: f64| {
                // A little beyond the ends: 95 % is not always.
                let half = interval.half_width();
                interval.low - half <= exact && exact <= interval.high + half
            };
            assert!(slack(index.first_ci95, *first) && slack(index.total_ci95, *total));
            assert!(index.first_ci95.contains(index.first));
            assert!(index.total_ci95.half_width() < 3.0 * tolerance);
        }
    }

    #[test]
    fn the_function_of_ishigami_has_its_exact_indices() {
        // Ishigami and Homma (1990): sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁.
        let (a, b) = (7.0, 0.1);
        let found = indices(3, 4_096, |point| {
            let x: Vec<f64> = point.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
            let second = libm::sin(x[1]);
            libm::sin(x[0]) * (1.0 + b * x[2] * x[2] * x[2] * x[2]) + a * second * second
        });
        let (fourth, eighth) = (PI * PI * PI * PI, libm::pow(PI, 8.0));
        let first = (1.0 + b * fourth / 5.0) * (1.0 + b * fourth / 5.0) / 2.0;
        let second = a * a / 8.0;
        let together = 8.0 * b * b * eighth / 225.0;
        let all = first + second + together;
        let exact = [
            (first / all, (first + together) / all),
            (second / all, second / all),
            (0.0, together / all),
        ];
        // 0.314, 0.442 and 0; 0.558, 0.442 and 0.244.
        check(&found, &exact, 0.03);
    }

    #[test]
    fn the_g_function_of_sobol_has_its_exact_indices() {
        let weights = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
        let found = indices(8, 4_096, |point| {
            point
                .iter()
                .zip(weights)
                .map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a))
                .product()
        });
        let alone: Vec<f64> = weights.iter().map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a))).collect();
        let product: f64 = alone.iter().map(|v| 1.0 + v).product();
        let exact: Vec<(f64, f64)> = alone
            .iter()
            .map(|v| (v / (product - 1.0), v * product / (1.0 + v) / (product - 1.0)))
            .collect();
        // 0.716, 0.179, 0.024, 0.007 and next to nothing.
        assert!((exact[0].0 - 0.716).abs() < 5e-4 && (exact[1].0 - 0.179).abs() < 5e-4);
        check(&found, &exact, 0.03);
    }

    #[test]
    fn a_hypercube_has_one_point_a_slice() {
        let points = latin_hypercube(4, 50, &mut stream(2, Purpose::Fuzz, 0));
        for input in 0..4 {
            let mut slices: Vec<usize> =
                points.iter().map(|point| (point[input] * 50.0) as usize).collect();
            slices.sort_unstable();
            assert!(slices.into_iter().eq(0..50));
        }
        assert!(latin_hypercube(4, 0, &mut stream(2, Purpose::Fuzz, 0)).is_empty());
    }

    #[test]
    fn what_does_not_vary_or_fit_has_no_indices() {
        assert_eq!(sobol_indices(2, &[1.0; 40], 1, 0), None);
        assert_eq!(sobol_indices(2, &[1.0, 2.0, 3.0], 1, 0), None);
        assert_eq!(sobol_indices(2, &[1.0, 2.0, 3.0, 4.0], 1, 0), None);
        assert_eq!(sobol_indices(2, &[], 1, 0), None);
    }
}
