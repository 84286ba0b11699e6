//! What a run and a search for capacity say to a voter, where nothing is
//! proposed; and what was run, in a line.

use super::super::charts::{Lines, Series, lines};
use super::super::document::{Chart, Fact, Line, Opening, Tone};
use super::super::load::at;
use super::super::results::{Run, Source, Step, Stress, SummaryLine};
use super::super::words;
use super::MAIN;

/// The days that were simulated.
pub(super) fn days(source: &Source) -> String {
    let days = source.setting("time.days");
    if days.is_nan() { "the run".to_owned() } else { words::counted(days as usize, "day", "days") }
}

/// The market that was simulated, in a line.
pub(super) fn market(source: &Source) -> String {
    let count = |path: &str| {
        let count = source.setting(path);
        if count.is_nan() { 0 } else { count as usize }
    };
    let start =
        at(&source.files.manifest.scenario, "time.start").and_then(serde_json::Value::as_str);
    format!(
        "{} with panels and {} without, {} from {}",
        words::counted(count("producers.count"), "home", "homes"),
        words::counted(count("buyers.count"), "home", "homes"),
        days(source),
        start.unwrap_or("an unknown day")
    )
}

/// The scenario that a proposal was tried on, and what that asks.
pub(super) fn tried_on(source: &Source) -> String {
    let question = source.question();
    if question.is_empty() {
        format!("Tried on the scenario “{}”.", source.name())
    } else {
        format!("Tried on the scenario “{}”: {question}", source.name())
    }
}

fn empty(title: String, source: &Source) -> Opening {
    Opening {
        title,
        question: source.question().to_owned(),
        answer: Vec::new(),
        recommendation: String::new(),
        tone: Tone::Plain,
        reason: Vec::new(),
        sure: None,
        facts: Vec::new(),
        basis: if source.setting("time.days").is_finite() { market(source) } else { String::new() },
    }
}

/// An opening with that title, and nothing said yet.
pub(super) fn opened(title: String, source: &Source) -> Opening {
    empty(title, source)
}

/// The first screen of a run.
pub(super) fn run_opening(run: &Run, source: &Source) -> Opening {
    let question = source.question();
    let title = if question.is_empty() {
        format!("The market of “{}”", source.name())
    } else {
        question.to_owned()
    };
    let mut opening = empty(title, source);
    opening.question = format!("Scenario “{}”: the market as its settings stand.", source.name());
    let mean = |metric: &str| run.measure(metric).map_or(f64::NAN, |line| line.mean);
    let told = |metric: &str| {
        let line = run.measure(metric);
        line.map_or("–".to_owned(), |line| words::value(metric, &line.unit, line.mean))
    };
    let fiat =
        |metric: &str| source.money.fiat(mean(metric)).map_or(String::new(), |f| format!(" ({f})"));
    opening.answer.push(Line::default().strong("What happens: ").plain(format!(
        "neighbours trade {} in {}, {} of what roofs make beyond their own use.",
        told("traded_kwh"),
        days(source),
        told("surplus_sold_share")
    )));
    let each = |metric: &str, count: &str| {
        let homes = source.setting(count);
        let each = mean(metric) / homes;
        source.money.fiat(each).unwrap_or_else(|| words::stx(each))
    };
    opening.answer.push(Line::default().strong("For whom: ").plain(format!(
        "buyers save {}{} against the utility, {} a home; producers gain {}{} over feeding in, {} \
         a home.",
        told("buyers_savings_stx"),
        fiat("buyers_savings_stx"),
        each("buyers_savings_stx", "buyers.count"),
        told("producers_gain_stx"),
        fiat("producers_gain_stx"),
        each("producers_gain_stx", "producers.count"),
    )));
    opening.answer.push(Line::default().strong("The treasury: ").plain(format!(
        "it ends with {}{}; its lowest is {}, and the chance that it cannot pay a refund is {}.",
        told("treasury_stx"),
        fiat("treasury_stx"),
        told("treasury_min_stx"),
        told("treasury_dry_share")
    )));
    opening.recommendation = "Nothing is proposed here".to_owned();
    let sure = if run.replicates > 1 {
        format!(
            "Means over {} runs with different weather, homes and whims; intervals hold with 95 %.",
            run.replicates
        )
    } else {
        "One run: these figures say nothing of how much chance moves them. Run with --replicates \
         10 for intervals, or compare two settings."
            .to_owned()
    };
    opening.reason.push(sure.into());
    opening.facts =
        MAIN.iter().filter_map(|m| run.measure(m)).map(|line| fact(line, source)).collect();
    let times = words::counted(run.replicates, "run", "runs");
    opening.basis = format!("{}; {times}", market(source));
    opening
}

fn fact(line: &SummaryLine, source: &Source) -> Fact {
    let value = |value: f64| words::value(&line.metric, &line.unit, value);
    let mut lines = Vec::new();
    lines.extend(words::aside(&line.unit, &source.money, line.mean));
    if line.low.is_finite() {
        lines.push(format!("95 %: {}", words::span(&line.metric, &line.unit, line.low, line.high)));
    }
    Fact {
        label: words::measure(&line.metric),
        value: value(line.mean),
        lines,
        verdict: String::new(),
        tone: Tone::Plain,
    }
}

/// The first screen of a search for capacity.
pub(super) fn stress_opening(stress: &Stress, source: &Source) -> Opening {
    let mut opening = empty("How much trade can the chain carry?".to_owned(), source);
    opening.answer.push(Line::default().strong("Answer: ").plain(answer(stress)));
    if let Some(edge) = stress.first_crossed() {
        let first = format!(
            "at {}, the bound that gives way is {}; the budget of blocks is used most in {}.",
            stress.told(edge.load),
            edge.crossed,
            edge.binding
        );
        opening.answer.push(Line::default().strong("What binds: ").plain(first));
    }
    opening.recommendation = "Nothing is proposed here".to_owned();
    let homes: Vec<String> =
        stress.steps.iter().map(|step| words::value("", "", step.load)).collect();
    opening.reason.push(
        format!(
            "One run at each load ({}); the edge lies between two of them.",
            words::listed(&homes)
        )
        .into(),
    );
    if let Some(step) = stress.carried() {
        opening.facts = carried_facts(stress, step);
    }
    opening.basis = format!("{} before the load grows", market(source));
    opening
}

/// What a search found, in a sentence.
pub(super) fn answer(stress: &Stress) -> String {
    match (stress.carried(), stress.first_crossed()) {
        (Some(carried), Some(crossed)) => format!(
            "the chain carries {} with every bound kept, {} purchases in ten minutes at the \
             busiest; at {} it no longer does.",
            stress.told(carried.load),
            words::value("", "", carried.purchases_a_tenure.round()),
            words::value("", "", crossed.load)
        ),
        (Some(carried), None) => format!(
            "the chain carries {}, the most that was tried, with every bound kept.",
            stress.told(carried.load)
        ),
        _ if stress.answer.is_empty() => "no load that was tried is carried.".to_owned(),
        _ => format!("the chain {}.", stress.answer),
    }
}

fn carried_facts(stress: &Stress, step: &Step) -> Vec<Fact> {
    let fact = |label: &str, value: String| Fact {
        label: label.to_owned(),
        value,
        lines: Vec::new(),
        verdict: String::new(),
        tone: Tone::Plain,
    };
    let fullest =
        step.use_share.iter().copied().filter(|share| share.is_finite()).fold(0.0, f64::max);
    vec![
        fact("Carried", stress.told(step.load)),
        fact("Purchases in ten minutes", words::value("", "", step.purchases_a_tenure.round())),
        fact("Wait, 95 of 100 calls", words::value("", "s", step.wait_p95)),
        fact("Fullest dimension of a block", words::value("", "1", fullest)),
    ]
}

/// The charts of a search for capacity.
pub(super) fn stress_charts(stress: &Stress) -> Vec<Chart> {
    let most = stress.steps.iter().map(|step| step.load).fold(0.0, f64::max);
    let (divide, many) = if most < 10_000.0 { (1.0, "") } else { (1_000.0, "thousand ") };
    let unit = if stress.open { "transactions an hour" } else { "homes" };
    let along = format!("{many}{unit}");
    let series = |label: &str, of: &dyn Fn(&Step) -> f64| Series {
        label: label.to_owned(),
        points: stress.steps.iter().map(|step| (step.load, [of(step); 3])).collect(),
    };
    let bare =
        |name: &str, title: &str, subtitle: &str, unit: &'static str, series: Vec<Series>| Lines {
            name: name.to_owned(),
            title: title.to_owned(),
            subtitle: subtitle.to_owned(),
            along: along.clone(),
            divide,
            unit,
            series,
            today: None,
            bound: None,
            from_zero: true,
        };
    let waits = vec![
        series("50 of 100", &|step| step.wait_p50 / 60.0),
        series("95 of 100", &|step| step.wait_p95 / 60.0),
        series("99 of 100", &|step| step.wait_p99 / 60.0),
    ];
    let names = ["reads", "bytes read", "writes", "bytes written", "run time"];
    let budget = names.iter().enumerate().map(|(place, name)| {
        series(name, &|step: &Step| step.use_share.get(place).copied().unwrap_or(f64::NAN) * 100.0)
    });
    let mut budget = bare(
        "capacity-budget",
        "What fills the blocks",
        "Use of each dimension of the block budget in the busiest tick.",
        "% of the budget",
        budget.collect(),
    );
    budget.bound = Some((100.0, "the whole budget".to_owned()));
    [
        bare(
            "capacity-waits",
            "How long calls wait as the market grows",
            "Wait from when a call was meant to be sent, in minutes, by how many of 100 calls wait \
             no longer.",
            "minutes",
            waits,
        ),
        bare(
            "capacity-purchases",
            "How much is traded on the chain",
            "Purchases in a tenure of ten minutes, in the busiest tick.",
            "purchases",
            vec![series("Purchases", &|step| step.purchases_a_tenure)],
        ),
        budget,
        bare(
            "capacity-fees",
            "What it costs to get into the next block",
            "The highest fee of a call that got in, in the run.",
            "STX",
            vec![series("Fee", &|step| step.fee_ustx / 1e6)],
        ),
    ]
    .into_iter()
    .map(lines)
    .collect()
}
