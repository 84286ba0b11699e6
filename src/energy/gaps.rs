//! Gaps in measured series, and what to do about them. Which rows are missing
//! is found by the readers of each table.

/// What is done where a file lacks a value or a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gaps {
    /// The file is refused, with the place of the first gap.
    #[default]
    Refuse,
    /// Up to two hours of temperature or load are filled along a straight line.
    /// Sunlight, and whatever lacks longer, is the mean of the same time on the
    /// day before and the day after; more than a day at a stretch is refused.
    Interpolate,
}

/// The longest gap that is filled at all, minutes: a day.
pub(super) const MOST_MINUTES: i64 = 24 * 60;

/// Whether more rows were missing than were read, a day aside: no series.
pub(super) fn mostly_missing(missing: usize, read: usize, step: i64) -> bool {
    missing > read + usize::try_from(MOST_MINUTES / step.max(1)).unwrap_or(0)
}

/// What would have been right instead of a row before which most are missing.
pub(super) const MOSTLY_MISSING: &str =
    "a row of a series of which at least half is there: up to here most rows are missing";

/// What would have been right where a row did not come when it was `due`.
pub(super) fn row_expected(due: &str, step: i64, late: i64, gaps: Gaps) -> String {
    let rule = match gaps {
        Gaps::Refuse => "gaps are filled only where gaps = \"interpolate\"",
        Gaps::Interpolate if late > MOST_MINUTES => "at most a day may be missing at a stretch",
        Gaps::Interpolate => "rows must follow on each other in time, on whole steps",
    };
    format!("{due}, {step} minutes after the row before: {rule}")
}

/// The longest gap that a straight line fills, minutes.
pub(super) const LINE_MINUTES: u32 = 120;

/// How many rows are missing before one that comes `late` by so many minutes;
/// `None` where the file is refused: gaps are not to be filled, rows are out of
/// order, between the steps, or more than a day is missing at a stretch.
pub(super) fn rows_missing(late: i64, step: i64, gaps: Gaps) -> Option<usize> {
    let whole = (0..=MOST_MINUTES).contains(&late) && late % step == 0;
    let fits = late == 0 || (whole && gaps == Gaps::Interpolate);
    fits.then(|| usize::try_from(late / step).ok()).flatten()
}

/// Fills what lacks in `values`, of which `a_day` make a day: gaps of up to
/// `by_line` along a straight line, others from the days around.
///
/// # Errors
/// The place of the first value that cannot be filled.
pub(super) fn fill(values: &mut [Option<f64>], a_day: usize, by_line: usize) -> Result<(), usize> {
    let known = values.to_vec();
    let at = |place: Option<usize>| place.and_then(|place| known.get(place).copied().flatten());
    let mut from = 0;
    while let Some(first) = (from..known.len()).find(|&place| known[place].is_none()) {
        let to = (first..known.len()).find(|&place| known[place].is_some()).unwrap_or(known.len());
        let ends = at(first.checked_sub(1)).zip(at(Some(to)));
        if let Some((before, after)) = ends.filter(|_| to - first <= by_line) {
            let steps = (to - first + 1) as f64;
            for (step, value) in values[first..to].iter_mut().enumerate() {
                *value = Some(before + (after - before) * (step + 1) as f64 / steps);
            }
        } else {
            if to - first > a_day {
                return Err(first);
            }
            for (place, value) in values.iter_mut().enumerate().take(to).skip(first) {
                let around = (at(place.checked_sub(a_day)), at(place.checked_add(a_day)));
                let filled = match around {
                    (Some(before), Some(after)) => f64::midpoint(before, after),
                    (one, other) => one.or(other).ok_or(place)?,
                };
                *value = Some(filled);
            }
        }
        from = to;
    }
    Ok(())
}

/// The places of all gaps of more than `most` in a row.
pub(super) fn longer_than(values: &[Option<f64>], most: usize) -> Vec<std::ops::Range<usize>> {
    let mut first = 0;
    let runs = values.chunk_by(|one, next| one.is_some() == next.is_some());
    runs.filter_map(|run| {
        let places = first..first + run.len();
        first = places.end;
        (run.len() > most && run[0].is_none()).then_some(places)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, by_line: usize) -> Result<Vec<f64>, usize> {
        let mut values: Vec<Option<f64>> =
            text.split(' ').map(|value| value.parse().ok()).collect();
        fill(&mut values, 4, by_line)?;
        Ok(values.into_iter().flatten().collect())
    }

    #[test]
    fn short_gaps_follow_a_line_and_long_ones_the_days_around() {
        assert_eq!(filled("0 - - 3", 2), Ok(vec![0.0, 1.0, 2.0, 3.0]));
        let days = "0 5 9 1 0 - - 1 0 7 11 1";
        let expected = [0.0, 5.0, 9.0, 1.0, 0.0, 6.0, 10.0, 1.0, 0.0, 7.0, 11.0, 1.0];
        assert_eq!(filled(days, 1), Ok(expected.to_vec()));
        // At the edge there is one day to take from.
        assert_eq!(filled("- 5 0 0 3 6 0 0", 0).map(|values| values[0]), Ok(3.0));
    }

    #[test]
    fn what_has_no_days_around_is_refused() {
        assert_eq!(filled("0 - - 3", 1), Err(1));
        assert_eq!(filled("0 0 0 0 - - - - - 0 0 0 0 0 0 0 0", 1), Err(4));
        assert_eq!(filled("0 0 0 0 - - - - 0 0 0 0", 1).map(|values| values.len()), Ok(12));
    }
}
