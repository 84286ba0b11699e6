//! Which loads a search for an edge tries next. A pure function of what the
//! loads tried so far showed, so that the answer depends on no number of
//! threads; what a load is made of is no matter of this file.

/// A load that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) load: u32,
    pub(super) crossed: bool,
    /// Share of the budget that the busiest tick used, in its fullest
    /// dimension.
    pub(super) fullest: f64,
}

/// The edge is known when the loads on both sides of it are within this factor.
pub(super) const EDGE_FACTOR: f64 = 1.1;
/// How much farther than the last load a step may reach.
const LONGEST_STRIDE: f64 = 8.0;
/// Around the load at which blocks should be full: just below, where nothing
/// waits long yet, and just above.
const BELOW_FULL: f64 = 0.8;
const ABOVE_FULL: f64 = 1.05;

/// The one or two loads to try next, at most `most`; none when the edge is
/// known. `points` are in the order of their loads.
///
/// Below the edge the use of blocks grows with the load, so that two small
/// markets say about where it is; around it, what cuts the gap into three.
pub(super) fn next_loads(points: &[Point], most: u32) -> Vec<u32> {
    let Some(last) = points.last() else { return Vec::new() };
    let crossed = points.iter().position(|point| point.crossed);
    let (low, high) = match crossed {
        None => return farther(last, most),
        // The first load crosses already: look below it.
        Some(0) => (1, points[0].load),
        Some(place) => (points[place - 1].load, points[place].load),
    };
    let factor = f64::from(high) / f64::from(low);
    if factor <= EDGE_FACTOR || high - low <= 1 {
        return Vec::new();
    }
    let between = |share: f64| (f64::from(low) * libm::pow(factor, share)).round() as u32;
    let mut next = vec![between(1.0 / 3.0), between(2.0 / 3.0)];
    next.retain(|load| *load > low && *load < high);
    next.dedup();
    next
}

fn farther(last: &Point, most: u32) -> Vec<u32> {
    if last.load >= most {
        return Vec::new();
    }
    let load = f64::from(last.load);
    let stride = (1.0 / last.fullest.max(1e-9)).min(LONGEST_STRIDE);
    let low = (load * stride * BELOW_FULL).max(load * 1.25);
    let high = (load * stride * ABOVE_FULL).max(low * 1.25);
    let mut next: Vec<u32> = [low, high].map(|load| (load.round() as u32).min(most)).to_vec();
    next.dedup();
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Follows the search on a chain that carries exactly `edge`, whose blocks
    /// are full at `full` times that.
    fn search(base: u32, edge: u32, full: f64) -> Vec<Point> {
        let mut points = Vec::new();
        let mut next = vec![base, 2 * base];
        while !next.is_empty() {
            points.extend(next.iter().map(|load| Point {
                load: *load,
                crossed: *load > edge,
                fullest: (f64::from(*load) / (full * f64::from(edge))).min(1.0),
            }));
            points.sort_by_key(|point| point.load);
            next = next_loads(&points, u32::MAX);
        }
        points
    }

    #[test]
    fn the_edge_is_found_from_above_and_from_below() {
        for (base, edge) in [(100, 12_345), (100, 150), (100, 99), (1_000, 17), (10, 10)] {
            for full in [0.3, 1.0, 5.0] {
                let points = search(base, edge, full);
                let low = points.iter().take_while(|point| !point.crossed).last();
                let high = points.iter().find(|point| point.crossed).expect("crossed");
                let low = low.map_or(1, |point| point.load);
                assert!(low <= edge && edge < high.load, "{base} {edge}: {low} {}", high.load);
                let near = f64::from(high.load) / f64::from(low) <= EDGE_FACTOR;
                assert!(near || high.load - low <= 1, "{low} to {}", high.load);
                assert!(points.len() < 30, "{} steps", points.len());
            }
        }
    }

    #[test]
    fn where_use_tells_the_edge_few_large_markets_are_run() {
        let points = search(3_000, 20_000, 1.0);
        assert!(points.len() <= 6, "{points:?}");
        assert!(points.iter().all(|point| point.load < 25_000), "{points:?}");
    }

    #[test]
    fn nothing_beyond_the_most_is_tried() {
        let point = |load| Point { load, crossed: false, fullest: 0.1 };
        assert_eq!(next_loads(&[point(100)], 300), [300]);
        assert!(next_loads(&[point(300)], 300).is_empty());
    }
}
