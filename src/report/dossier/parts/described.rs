//! What a run and a search for capacity say to a voter, where nothing is
//! proposed; and what was run, in a line.

use super::super::document::{Fact, Line, Opening, Tone};
use super::super::load::at;
use super::super::results::{Run, Source, Step, Stress, SummaryLine};
use super::super::words;
use crate::experiments::JUDGED;

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
    let sure = if run.market.replicates > 1 {
        format!(
            "Means over {} runs with different weather, homes and whims; intervals hold with 95 %.",
            run.market.replicates
        )
    } else {
        "One run: these figures say nothing of how much chance moves them. Run with --replicates \
         10 for intervals, or compare two settings."
            .to_owned()
    };
    opening.reason.push(sure.into());
    opening.facts =
        JUDGED.iter().filter_map(|m| run.measure(m)).map(|line| fact(line, source)).collect();
    let times = words::counted(run.market.replicates, "run", "runs");
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
        let at = stress.told(edge.load);
        let first = if edge.binding.is_empty() {
            format!("at {at}, {} has no value, so that its bound is not kept.", edge.crossed)
        } else {
            format!(
                "at {at}, the bound that gives way is {}; the budget of blocks is used most in {}.",
                edge.crossed, edge.binding
            )
        };
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
