//! What ticks come to over time: values in steps of equal length, each the mean
//! over the replicates with its interval. Knows no pixels.

use crate::engine::Record;
use crate::engine::record::TickRow;
use crate::experiments::Outcome;
use crate::scenario::Time;
use crate::stats;

/// The most steps that a chart has: more than its pixels can show.
const MOST_STEPS: u32 = 1_000;

/// How a run's ticks are gathered to the steps of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    ticks_a_step: u32,
    ticks_a_day: u32,
    /// What a step is called where it is more than a tick.
    pub(super) name: Option<&'static str>,
}

impl Steps {
    /// Single ticks, or the shortest of hours, days, weeks and years that
    /// keeps a chart small.
    pub(super) fn of(time: &Time) -> Self {
        let day = time.ticks_per_day();
        let choices = [
            (1, None),
            (day / 24, Some("Hourly")),
            (day, Some("Daily")),
            (7 * day, Some("Weekly")),
        ];
        let fits = |choice: &(u32, _)| time.ticks().div_ceil(choice.0) <= MOST_STEPS;
        let (ticks_a_step, name) =
            choices.into_iter().find(fits).unwrap_or((365 * day, Some("Yearly")));
        Self { ticks_a_step, ticks_a_day: day, name }
    }

    /// The time of a step out of `ticks` that are measured, in days from the start
    /// of the run, `before` ticks earlier.
    fn span(self, step: usize, before: usize, ticks: usize) -> (f64, f64) {
        let first = step * self.ticks_a_step as usize;
        let end = (first + self.ticks_a_step as usize).min(ticks);
        let days = |tick: usize| (before + tick) as f64 / f64::from(self.ticks_a_day);
        (days(first), days(end))
    }

    /// The length of `ticks` ticks, in hours.
    pub(super) fn hours(self, ticks: usize) -> f64 {
        ticks as f64 * 24.0 / f64::from(self.ticks_a_day)
    }

    /// "Daily values: " or nothing, to open a sentence.
    pub(super) fn about(self, what: &str) -> String {
        self.name.map_or(String::new(), |name| format!(" {name} {what}."))
    }
}

/// A value over a step of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    /// When the step begins, in days from the start.
    pub(super) from: f64,
    /// When it ends.
    pub(super) to: f64,
    /// The mean over the replicates that gave a value.
    pub(super) mean: f64,
    /// How surely it is known: its 95 % interval, or the range of few
    /// replicates. Only where all of them gave a value.
    pub(super) band: Option<(f64, f64)>,
}

impl Point {
    /// The middle of the step.
    pub(super) fn middle(&self) -> f64 {
        (self.from + self.to) / 2.0
    }
}

/// Values over time; none in steps in which no replicate gave one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series(pub(super) Vec<Option<Point>>);

impl Series {
    /// What `value` makes of the ticks of each step, over all replicates.
    pub(super) fn of(
        outcome: &Outcome,
        steps: Steps,
        value: impl Fn(&[TickRow]) -> Option<f64>,
    ) -> Self {
        let one = |record: &Record| in_steps(record, steps, &value).collect();
        Self::over_replicates(outcome, steps, &outcome.records.iter().map(one).collect::<Vec<_>>())
    }

    /// What is the furthest of what `value` makes of the ticks of each step of
    /// all replicates together.
    pub(super) fn extreme(
        outcome: &Outcome,
        steps: Steps,
        furthest: fn(f64, f64) -> f64,
        value: impl Fn(&[TickRow]) -> Option<f64>,
    ) -> Self {
        let replicates = outcome.records.iter().map(|record| in_steps(record, steps, &value));
        let mut together: Vec<Option<f64>> = Vec::new();
        for replicate in replicates {
            for (step, value) in replicate.enumerate() {
                match together.get_mut(step) {
                    Some(so_far) => *so_far = (*so_far).into_iter().chain(value).reduce(furthest),
                    None => together.push(value),
                }
            }
        }
        Self::over_replicates(outcome, steps, &[together])
    }

    /// The running sum of what `value` makes of the ticks of each step.
    pub(super) fn accumulated(
        outcome: &Outcome,
        steps: Steps,
        value: impl Fn(&[TickRow]) -> f64,
    ) -> Self {
        let one = |record: &Record| {
            let running = |sum: &mut f64, step: Option<f64>| {
                *sum += step?;
                Some(Some(*sum))
            };
            in_steps(record, steps, &|rows| Some(value(rows))).scan(0.0, running).collect()
        };
        Self::over_replicates(outcome, steps, &outcome.records.iter().map(one).collect::<Vec<_>>())
    }

    fn over_replicates(outcome: &Outcome, steps: Steps, replicates: &[Vec<Option<f64>>]) -> Self {
        let first = outcome.records.first();
        let (before, ticks) = first.map_or((0, 0), |r| (r.measured_from, r.measured().len()));
        let count = ticks.div_ceil(steps.ticks_a_step as usize);
        let point = |step: usize| {
            let values: Vec<f64> = replicates
                .iter()
                .filter_map(|values| values.get(step).copied().flatten())
                .filter(|value| value.is_finite())
                .collect();
            let (from, to) = steps.span(step, before, ticks);
            // A band from some of the replicates would be of another sample
            // than its neighbours'.
            let band = if values.len() == replicates.len() { band(&values) } else { None };
            Some(Point { from, to, mean: stats::mean(&values)?, band })
        };
        Self((0..count).map(point).collect())
    }

    /// The same with intervals that stay where values can be at all: Student's
    /// knows no bounds.
    pub(super) fn within(mut self, low: f64, high: f64) -> Self {
        for point in self.0.iter_mut().flatten() {
            point.band = point.band.map(|band| (band.0.max(low), band.1.min(high)));
        }
        self
    }

    /// The points that are there.
    pub(super) fn points(&self) -> impl Iterator<Item = &Point> {
        self.0.iter().flatten()
    }

    /// The greatest mean.
    pub(super) fn greatest(&self) -> Option<f64> {
        self.points().map(|point| point.mean).reduce(f64::max)
    }

    /// The least mean.
    pub(super) fn least(&self) -> Option<f64> {
        self.points().map(|point| point.mean).reduce(f64::min)
    }

    /// The last mean.
    pub(super) fn last(&self) -> Option<f64> {
        self.points().last().map(|point| point.mean)
    }

    /// Runs of points without a gap between them.
    pub(super) fn runs(&self) -> impl Iterator<Item = Vec<Point>> + '_ {
        self.0
            .split(Option::is_none)
            .filter(|run| !run.is_empty())
            .map(|run| run.iter().flatten().copied().collect())
    }
}

fn in_steps<'a>(
    record: &'a Record,
    steps: Steps,
    value: &'a impl Fn(&[TickRow]) -> Option<f64>,
) -> impl Iterator<Item = Option<f64>> + 'a {
    record.measured().chunks(steps.ticks_a_step as usize).map(value)
}

/// The fewest replicates that a chart shows an interval of. Student's interval
/// of two values is nine times as wide as the distance between them, and hides
/// everything else; of five, it is as wide as two and a half deviations.
const LEAST_FOR_INTERVAL: usize = 5;

/// Whether bands are intervals, rather than ranges.
pub(super) fn bands_are_intervals(outcome: &Outcome) -> bool {
    outcome.records.len() >= LEAST_FOR_INTERVAL
}

/// From the least to the greatest of few values; of more, Student's 95 %
/// interval of their mean. A chart has too many points to resample each.
fn band(values: &[f64]) -> Option<(f64, f64)> {
    if values.len() < 2 {
        return None;
    }
    if values.len() < LEAST_FOR_INTERVAL {
        let least = values.iter().copied().reduce(f64::min)?;
        return Some((least, values.iter().copied().reduce(f64::max)?));
    }
    let half = stats::student_t_95(values.len() - 1)?
        * (stats::variance(values)? / values.len() as f64).sqrt();
    let mean = stats::mean(values)?;
    Some((mean - half, mean + half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    fn scenario(days: u32) -> Scenario {
        let text = format!(
            "scenario.name = \"x\"\nproducers.count = 1\nbuyers.count = 1\ntime.days = {days}\n"
        );
        Scenario::from_toml(&text, "x.toml", &[]).unwrap_or_else(|faults| panic!("{faults}"))
    }

    /// A day in which each replicate buys so often in each tick.
    fn outcome(replicates: &[u64]) -> Outcome {
        let row = |purchases| TickRow { purchases, ..TickRow::default() };
        let record =
            |purchases: &u64| Record { ticks: vec![row(*purchases); 48], ..Record::default() };
        Outcome {
            scenario: scenario(1),
            contracts: Vec::new(),
            records: replicates.iter().map(record).collect(),
            summary: Vec::new(),
        }
    }

    fn purchases(rows: &[TickRow]) -> Option<f64> {
        let sum: u64 = rows.iter().map(|row| row.purchases).sum();
        (sum > 0).then_some(sum as f64)
    }

    #[test]
    fn long_runs_are_gathered() {
        for (days, name) in [
            (1, None),
            (20, None),
            (21, Some("Hourly")),
            (41, Some("Hourly")),
            (42, Some("Daily")),
            (1_000, Some("Daily")),
            (3_660, Some("Weekly")),
        ] {
            let time = scenario(days).time;
            let steps = Steps::of(&time);
            assert_eq!(steps.name, name, "{days} days");
            assert!(time.ticks().div_ceil(steps.ticks_a_step) <= MOST_STEPS, "{days} days");
        }
        assert_eq!(Steps::of(&scenario(1).time).hours(2), 1.0);
    }

    #[test]
    fn a_point_is_the_mean_over_replicates_with_its_interval() {
        let outcome = outcome(&[1, 2, 3, 4, 5]);
        let steps = Steps::of(&outcome.scenario.time);
        let series = Series::of(&outcome, steps, purchases);
        let point = series.0[47].expect("a point");
        assert_eq!((point.from, point.to, point.mean), (47.0 / 48.0, 1.0, 3.0));
        // t of four degrees is 2.776445, s² is 2.5.
        let (low, high) = point.band.expect("a band");
        let half = 2.776_445 * 0.5_f64.sqrt();
        assert!((low - (3.0 - half)).abs() < 1e-6 && (high - (3.0 + half)).abs() < 1e-6);
        let bounded = series.within(2.0, 4.0).0[0].and_then(|point| point.band);
        assert_eq!(bounded, Some((2.0, 4.0)));
    }

    #[test]
    fn few_replicates_have_a_range() {
        let few = outcome(&[1, 6, 2]);
        let steps = Steps::of(&few.scenario.time);
        let point = Series::of(&few, steps, purchases).0[0].expect("a point");
        assert_eq!((point.mean, point.band), (3.0, Some((1.0, 6.0))));
        assert!(!bands_are_intervals(&few) && bands_are_intervals(&outcome(&[1; 5])));
        let one = Series::of(&outcome(&[1]), steps, purchases).0[0].expect("a point");
        assert_eq!(one.band, None);
    }

    #[test]
    fn a_replicate_without_a_value_leaves_a_mean_and_no_band() {
        let outcome = outcome(&[0, 2, 4]);
        let steps = Steps::of(&outcome.scenario.time);
        let point = Series::of(&outcome, steps, purchases).0[0].expect("a point");
        assert_eq!((point.mean, point.band), (3.0, None));
        let none = Series::of(&outcome, steps, |_| None);
        assert_eq!((none.runs().count(), none.greatest()), (0, None));
    }

    #[test]
    fn sums_run_on_and_extremes_are_of_all_replicates() {
        let outcome = outcome(&[0, 2, 4]);
        let steps = Steps::of(&outcome.scenario.time);
        let sum = |rows: &[TickRow]| purchases(rows).unwrap_or(0.0);
        assert_eq!(Series::accumulated(&outcome, steps, sum).last(), Some(96.0));
        let extreme = |furthest| Series::extreme(&outcome, steps, furthest, purchases).greatest();
        assert_eq!((extreme(f64::min), extreme(f64::max)), (Some(2.0), Some(4.0)));
    }
}
