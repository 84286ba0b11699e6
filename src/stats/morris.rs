//! Screening after Morris: which inputs move a result at all, from few runs.
//! Designs are points in the unit cube; what the coordinates stand for, and who
//! evaluates them, is the caller's business.

use rand::RngExt;
use rand::seq::SliceRandom;

use super::describe::{mean, variance};
use crate::random::Stream;

/// A point of a design: a coordinate from 0 to 1 for each input.
pub type Point = Vec<f64>;

/// The elementary effects of one input, in the output's unit over the whole
/// range of the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElementaryEffects {
    /// Their mean: the direction of the effect.
    pub mean: f64,
    /// The mean of their sizes (µ* of Campolongo et al., 2007): its strength.
    pub mean_size: f64,
    /// Their standard deviation: how much the effect bends, or leans on other
    /// inputs.
    pub deviation: f64,
}

/// A screening design (Morris, 1991): `walks` random walks over a grid of
/// `levels` levels a coordinate, each moving every one of the `inputs` once, in
/// random order and direction, by a little more than half the range. The points
/// stand walk by walk, `inputs` + 1 each. Empty unless the levels are even and
/// 2 or more.
#[must_use]
pub fn morris_design(inputs: usize, walks: usize, levels: u32, rng: &mut Stream) -> Vec<Point> {
    if levels == 0 || !levels.is_multiple_of(2) {
        return Vec::new();
    }
    let steps = f64::from(levels - 1);
    let step = f64::from(levels / 2) / steps;
    let mut points = Vec::with_capacity(walks * (inputs + 1));
    for _ in 0..walks {
        // Each coordinate goes between a level of the lower half and the one a
        // step above; a fair coin says from which end.
        let ends: Vec<(f64, f64)> = (0..inputs)
            .map(|_| {
                let low = f64::from(rng.random_range(0..levels / 2)) / steps;
                if rng.random() { (low, low + step) } else { (low + step, low) }
            })
            .collect();
        let mut order: Vec<usize> = (0..inputs).collect();
        order.shuffle(rng);
        let mut point: Point = ends.iter().map(|(from, _)| *from).collect();
        points.push(point.clone());
        for input in order {
            point[input] = ends[input].1;
            points.push(point.clone());
        }
    }
    points
}

/// The effects of each input from a screening design and its outputs, in the
/// same order. `None` where the outputs do not fit the design, or it has fewer
/// than two walks.
///
/// ```
/// use connect_sim::random::{Purpose, stream};
/// use connect_sim::stats::{morris_design, morris_effects};
///
/// let design = morris_design(2, 10, 4, &mut stream(1, Purpose::Bootstrap, 0));
/// let outputs: Vec<f64> = design.iter().map(|point| 3.0 * point[0] - point[1]).collect();
/// let effects = morris_effects(&design, &outputs).ok_or("no design")?;
/// assert!((effects[0].mean - 3.0).abs() < 1e-9);
/// assert!((effects[1].mean_size - 1.0).abs() < 1e-9);
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn morris_effects(design: &[Point], outputs: &[f64]) -> Option<Vec<ElementaryEffects>> {
    let inputs = design.first()?.len();
    let ragged = design.iter().any(|point| point.len() != inputs);
    if ragged || design.len() != outputs.len() || !design.len().is_multiple_of(inputs + 1) {
        return None;
    }
    let mut effects: Vec<Vec<f64>> = vec![Vec::new(); inputs];
    for (walk, values) in design.chunks(inputs + 1).zip(outputs.chunks(inputs + 1)) {
        for (points, values) in walk.windows(2).zip(values.windows(2)) {
            let (from, to) = (&points[0], &points[1]);
            let input = (0..inputs).find(|&input| from[input] != to[input])?;
            effects[input].push((values[1] - values[0]) / (to[input] - from[input]));
        }
    }
    effects
        .iter()
        .map(|effects| {
            let sizes: Vec<f64> = effects.iter().map(|effect| effect.abs()).collect();
            Some(ElementaryEffects {
                mean: mean(effects)?,
                mean_size: mean(&sizes)?,
                deviation: variance(effects)?.sqrt(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn walks_stay_in_the_cube_and_move_each_input_once() {
        for levels in [2, 4, 6, 8] {
            let design = morris_design(5, 20, levels, &mut stream(3, Purpose::Fuzz, 0));
            assert_eq!(design.len(), 20 * 6);
            for walk in design.chunks(6) {
                let mut moved = Vec::new();
                for points in walk.windows(2) {
                    let changed: Vec<usize> =
                        (0..5).filter(|&input| points[0][input] != points[1][input]).collect();
                    assert_eq!(changed.len(), 1);
                    moved.extend(changed);
                }
                moved.sort_unstable();
                assert_eq!(moved, [0, 1, 2, 3, 4]);
                assert!(walk.iter().flatten().all(|x| (0.0..=1.0 + 1e-12).contains(x)));
            }
        }
        assert!(morris_design(3, 2, 5, &mut stream(3, Purpose::Fuzz, 0)).is_empty());
        assert!(morris_design(3, 2, 0, &mut stream(3, Purpose::Fuzz, 0)).is_empty());
    }

    #[test]
    fn a_product_leans_on_its_other_factor() {
        // With two levels the step is the whole range, so that the effect of
        // one factor is the other's value: 0 or 1, half of the time each.
        let design = morris_design(3, 2_000, 2, &mut stream(5, Purpose::Fuzz, 0));
        let outputs: Vec<f64> = design.iter().map(|p| p[0] * p[1] - 2.0 * p[2]).collect();
        let effects = morris_effects(&design, &outputs).expect("a design");
        for effect in &effects[..2] {
            assert!((effect.mean - 0.5).abs() < 0.04, "{effect:?}");
            assert!((effect.deviation - 0.5).abs() < 0.01, "{effect:?}");
        }
        assert!((effects[2].mean + 2.0).abs() < 1e-12 && effects[2].deviation < 1e-12);
        assert!((effects[2].mean_size - 2.0).abs() < 1e-12);
    }

    #[test]
    fn outputs_must_fit_the_design() {
        let design = morris_design(2, 2, 4, &mut stream(3, Purpose::Fuzz, 0));
        assert!(morris_effects(&design, &[0.0; 6]).is_some());
        assert_eq!(morris_effects(&design, &[0.0; 5]), None);
        assert_eq!(morris_effects(&design[..3], &[0.0; 3]), None, "one walk tells no deviation");
        assert_eq!(morris_effects(&[], &[]), None);
    }
}
