//! What the chain carries, by load: waits, purchases, use of the block budget
//! and by which functions, fees.

use super::super::number::{grouped, percent, readable};
use super::super::results::{Step, Stress};
use super::canvas::{NARROW, WIDE};
use super::lines::{Lines, Series, lines};
use super::tornado::{Bar, Tornado, tornado};
use super::{Chart, Data, Picture};

/// The dimensions of the block budget, in the order of a step's shares: as
/// people say them, as tables name them, and what is counted.
const DIMENSIONS: [(&str, &str, &str); 5] = [
    ("reads", "read_count", "entries read"),
    ("bytes read", "read_length", "bytes read"),
    ("writes", "write_count", "entries written"),
    ("bytes written", "write_length", "bytes written"),
    ("run time", "runtime", "units of run time"),
];

/// A wait: its measure, how many of 100 calls wait no longer, and how long.
type Wait = (&'static str, &'static str, fn(&Step) -> f64);

/// The waits that are shown.
const WAITS: [Wait; 3] = [
    ("wait_s_p50", "50 of 100", |step| step.wait_p50),
    ("wait_s_p95", "95 of 100", |step| step.wait_p95),
    ("wait_s_p99", "99 of 100", |step| step.wait_p99),
];

fn series(stress: &Stress, label: &str, of: impl Fn(&Step) -> f64) -> Series {
    Series {
        label: label.to_owned(),
        points: stress.steps.iter().map(|step| (step.load, [of(step); 3])).collect(),
    }
}

/// A chart by load, with the edge between what is carried and what is not.
fn by_load<'a>(
    stress: &Stress,
    name: &str,
    title: &str,
    subtitle: &str,
    unit: &'a str,
    series: Vec<Series>,
) -> Lines<'a> {
    let most = stress.steps.iter().map(|step| step.load).fold(0.0, f64::max);
    let (divide, many) = if most < 10_000.0 { (1.0, "") } else { (1_000.0, "thousand ") };
    let grown = if stress.open { "transactions an hour" } else { "homes" };
    let load = |step: Option<&Step>| step.map(|step| step.load);
    Lines {
        name: name.to_owned(),
        title: title.to_owned(),
        subtitle: format!("{subtitle} Each factor of load is as wide as the next."),
        along: format!("{many}{grown}"),
        divide,
        unit,
        series,
        today: None,
        bounds: Vec::new(),
        edge: (load(stress.carried()), load(stress.first_crossed())),
        by_factors: true,
        from_zero: true,
    }
}

/// How long calls wait, with the bounds that were set to waits.
pub(in super::super) fn waits(stress: &Stress) -> Chart {
    let all = WAITS.map(|(_, label, of)| series(stress, label, |step| of(step) / 60.0));
    let ends = all.iter().flat_map(|series| series.points.iter().map(|(_, ends)| ends[1]));
    let longest = ends.filter(|wait| wait.is_finite()).fold(0.0, f64::max);
    let mut chart = by_load(
        stress,
        "capacity-waits",
        "How long calls wait as the market grows",
        "Wait from when a call was meant to be sent, in minutes, by how many of 100 calls wait no \
         longer.",
        "minutes",
        all.to_vec(),
    );
    for bound in &stress.thresholds {
        let wait = WAITS.iter().find(|(metric, ..)| *metric == bound.metric);
        let minutes = bound.limit / 60.0;
        // A bound far above would press the waits flat.
        if let Some((_, label, _)) = wait.filter(|_| minutes <= 2.0 * longest.max(0.02)) {
            let text = format!("bound: {label} {} {}", bound.comparison, readable(minutes));
            chart.bounds.push((minutes, text));
        }
    }
    lines(chart)
}

/// How much is traded.
pub(in super::super) fn purchases(stress: &Stress) -> Chart {
    lines(by_load(
        stress,
        "capacity-purchases",
        "How much is traded on the chain",
        "Purchases in a tenure of ten minutes, in the busiest tick.",
        "purchases",
        vec![series(stress, "Purchases", |step| step.purchases_a_tenure)],
    ))
}

/// What fills the blocks.
pub(in super::super) fn budget(stress: &Stress) -> Chart {
    let share = |(place, (label, ..)): (usize, &(&str, &str, &str))| {
        series(stress, label, |step| 100.0 * step.use_share[place])
    };
    let mut chart = by_load(
        stress,
        "capacity-budget",
        "What fills the blocks",
        "Use of each dimension of the block budget in the busiest tick.",
        "% of the budget",
        DIMENSIONS.iter().enumerate().map(share).collect(),
    );
    chart.bounds.push((100.0, "the whole budget".to_owned()));
    lines(chart)
}

/// What the next block costs.
pub(in super::super) fn fees(stress: &Stress) -> Chart {
    lines(by_load(
        stress,
        "capacity-fees",
        "What it costs to get into the next block",
        "The highest fee of a call that got in, in the run.",
        "STX",
        vec![series(stress, "Fee", |step| step.fee_ustx / 1e6)],
    ))
}

/// Which functions use the fullest dimension at the last step that is carried,
/// or at the first where none is; none where no function is known to use any.
fn functions(stress: &Stress) -> Option<Chart> {
    let step = stress.carried().or(stress.steps.first())?;
    let place = DIMENSIONS.iter().position(|(_, name, _)| *name == step.binding)?;
    let (label, _, unit) = DIMENSIONS[place];
    let used: Vec<_> = step.functions.iter().filter(|row| row.used[place] > 0.0).collect();
    let total: f64 = used.iter().map(|row| row.used[place]).sum();
    let bars = used.iter().map(|row| {
        let share = row.used[place] / total;
        let each = readable(row.used[place] / row.calls.max(1.0));
        Bar {
            label: row.function.clone(),
            from: 0.0,
            to: 100.0 * share,
            text: format!("{} · {} × {each}", percent(share), grouped(row.calls, 0)),
        }
    });
    (total > 0.0).then(|| {
        tornado(Tornado {
            name: "capacity-functions".to_owned(),
            title: format!("Which functions use {label}, at {}", stress.told(step.load)),
            subtitle: format!("Share of all; calls × {unit} a call."),
            unit: format!("% of {label}: share · calls × {unit} a call"),
            bars: bars.collect(),
            middle: 0.0,
            width: NARROW,
        })
    })
}

/// What the chain carries: waits and purchases.
pub(in super::super) fn capacity(stress: &Stress, answer: &str) -> Chart {
    let grown = if stress.open { "transactions an hour" } else { "homes" };
    let title = format!("How many {grown} the chain carries");
    together("capacity", title, answer, &[waits(stress), purchases(stress)])
}

/// What fills the blocks: the dimensions, and the functions of the fullest.
pub(in super::super) fn use_of_blocks(stress: &Stress, answer: &str) -> Chart {
    let charts: Vec<Chart> =
        [Some(budget(stress)), functions(stress)].into_iter().flatten().collect();
    together("budget", "What fills the blocks".to_owned(), answer, &charts)
}

/// Charts as one: beside each other on a desk, one below the other on a phone.
fn together(name: &str, title: String, subtitle: &str, charts: &[Chart]) -> Chart {
    let pictures: Vec<(&str, &Picture)> =
        charts.iter().map(|chart| (chart.title.as_str(), &chart.narrow)).collect();
    let gap = WIDE - pictures.iter().map(|(_, picture)| picture.width).sum::<f64>();
    let told: Vec<&str> = charts.iter().map(|chart| chart.alt.as_str()).collect();
    // Numbers one below the other, each row behind its chart's name.
    let rows = charts.iter().flat_map(|chart| {
        let headed = std::iter::once(&chart.data.columns).chain(&chart.data.rows);
        headed.map(|row| std::iter::once(&chart.name).chain(row).cloned().collect())
    });
    let data = Data { columns: vec!["chart".to_owned()], rows: rows.collect() };
    Chart {
        name: name.to_owned(),
        alt: format!("{title}. {subtitle} {}", told.join(" ")),
        title,
        subtitle: subtitle.to_owned(),
        narrow: Picture::together(&pictures, false, 24.0),
        wide: Some(Picture::together(&pictures, true, gap.max(24.0))),
        data,
    }
}
