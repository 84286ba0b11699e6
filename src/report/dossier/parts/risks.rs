//! The risks that results show, each with how grave it is and where it begins.
//! A risk that no result looked at is not said to be absent.

use super::super::document::{Cell, Table, Tone};
use super::super::load::at;
use super::super::results::{
    Compare, Content, Fuzz, Limits, Run, Safety, Source, Stress, Sweep, Tune,
};
use super::super::words;
use super::attacked;
use crate::scenario::Threshold;

/// A risk.
struct Risk {
    what: String,
    grave: bool,
    begins: String,
    source: String,
}

/// The table of the risks found; none where there are none.
pub(super) fn table(sources: &[&Source]) -> Option<Table> {
    let mut risks: Vec<Risk> = sources.iter().flat_map(|source| of(source)).collect();
    risks.sort_by_key(|risk| !risk.grave);
    if risks.is_empty() {
        return None;
    }
    let mut table =
        Table::new("The gravest first", &["Risk", "Severity", "Where it begins", "Found by"])
            .cards();
    for risk in risks {
        let severity = if risk.grave {
            Cell::text("high").tone(Tone::Bad)
        } else {
            Cell::text("moderate").tone(Tone::Plain)
        };
        table.row([
            Cell::text(risk.what),
            severity,
            Cell::text(risk.begins),
            Cell::text(risk.source),
        ]);
    }
    Some(table)
}

fn of(source: &Source) -> Vec<Risk> {
    match &source.content {
        Content::Run(run) => of_run(run, source),
        Content::Compare(compare) => of_compare(compare),
        Content::Sweep(sweep) => of_sweep(sweep, source),
        Content::Tune(tune) => of_tune(tune),
        Content::Stress(stress) => of_stress(stress),
        Content::Limits(limits) => of_limits(limits),
        Content::Safety(safety) => of_safety(safety, source),
        Content::Fuzz(fuzz) => of_fuzz(fuzz),
        Content::Mutants(_) => Vec::new(),
    }
}

fn of_run(run: &Run, source: &Source) -> Vec<Risk> {
    let mean = |metric: &str| run.measure(metric).map_or(0.0, |line| line.mean);
    let found = |what: &str, grave, begins: String| Risk {
        what: what.to_owned(),
        grave,
        begins,
        source: "run".to_owned(),
    };
    let mut risks = Vec::new();
    let dry = mean("treasury_dry_share");
    if dry > 0.0 {
        let begins = format!("at the settings of the run: {} of runs", words::value("", "1", dry));
        risks.push(found("The treasury cannot pay every refund", true, begins));
    }
    let limits = [
        ("turned_away_by_reserve", "Offers are turned away by the reserve limit"),
        ("turned_away_by_user_limit", "Offers are turned away by the limit a seller"),
    ];
    for (metric, what) in limits {
        if mean(metric) > 0.0 {
            let begins =
                format!("already now: {} offers a run", words::value("", "", mean(metric)));
            risks.push(found(what, false, begins));
        }
    }
    if mean("dropped_share") > 0.0 {
        let begins =
            format!("already now: {} of calls", words::value("", "1", mean("dropped_share")));
        risks.push(found("Blocks have no room for every call", true, begins));
    }
    let bounds = at(&source.files.manifest.scenario, "thresholds");
    for (metric, bound) in bounds.and_then(serde_json::Value::as_object).into_iter().flatten() {
        let (Some(bound), Some(line)) = (bound.as_str(), run.measure(metric)) else { continue };
        if Threshold::read(metric, bound).is_some_and(|threshold| !threshold.holds(line.mean)) {
            let value = words::value(metric, &line.unit, line.mean);
            let what = format!(
                "A bound of the scenario is crossed: {}",
                words::measure(metric).to_lowercase()
            );
            risks.push(found(&what, true, format!("{value}, where the bound is {bound}")));
        }
    }
    risks
}

fn of_compare(compare: &Compare) -> Vec<Risk> {
    let mut risks = Vec::new();
    for one in &compare.alternatives {
        let mut risk = |what: &str, grave, begins: String| {
            risks.push(Risk {
                what: what.to_owned(),
                grave,
                begins,
                source: "comparison".to_owned(),
            });
        };
        if let Some(dry) = one.effect("treasury_dry_share") {
            let [base, changed] = [dry.base, dry.changed].map(|share| words::value("", "1", share));
            if dry.changed > 0.0 && dry.base == 0.0 {
                let begins = format!("at “{}”: {changed} of runs, today none", one.name);
                risk("The treasury cannot pay every refund", true, begins);
            } else if dry.changed > 0.0 {
                let begins = format!("already today: {base} of runs; at “{}” {changed}", one.name);
                risk("The treasury cannot pay every refund", true, begins);
            }
        }
        for metric in ["rejected_share", "dropped_share", "wait_s_p95", "turned_away_by_reserve"] {
            if let Some(effect) = one.effect(metric).filter(|effect| effect.verdict == "worse") {
                let [base, changed] = [effect.base, effect.changed]
                    .map(|value| words::value(metric, &effect.unit, value));
                let begins = format!("at “{}”: {changed}, today {base}", one.name);
                risk(&format!("More of: {}", words::measure(metric).to_lowercase()), false, begins);
            }
        }
    }
    risks
}

fn of_sweep(sweep: &Sweep, source: &Source) -> Vec<Risk> {
    let mut risks = Vec::new();
    for key in &sweep.keys {
        let name = words::setting(key);
        let told = |cell: &str| words::setting_cell(key, cell, &source.money);
        let mut risk = |what: &str, grave, begins: String| {
            risks.push(Risk { what: what.to_owned(), grave, begins, source: "sweep".to_owned() });
        };
        let dry = sweep.response(key, "treasury_dry_share");
        if let Some((_, cell, [_, mean, _])) = dry.iter().find(|(_, _, ends)| ends[1] > 0.0) {
            let begins = format!("{name} {}: {} of runs", told(cell), words::value("", "1", *mean));
            risk("The treasury cannot pay every refund", true, begins);
        }
        let traded = sweep.response(key, "traded_kwh");
        let most = traded.iter().map(|(_, _, ends)| ends[1]).fold(0.0, f64::max);
        let peak = traded.iter().position(|(_, _, ends)| ends[1] >= most).unwrap_or(0);
        let fallen = traded.iter().skip(peak).find(|(_, _, ends)| ends[1] < 0.5 * most);
        if let Some((_, cell, [_, mean, _])) = fallen {
            let less = words::value("", "1", 1.0 - mean / most);
            risk(
                "Trade falls to less than half",
                true,
                format!("{name} {}: {less} less than at its best", told(cell)),
            );
        }
    }
    risks
}

fn of_tune(tune: &Tune) -> Vec<Risk> {
    let today = tune.standing("today").filter(|today| !today.keeps);
    let risk = |_| Risk {
        what: "Today's setting does not keep the constraints of the search".to_owned(),
        grave: true,
        begins: "at today's setting".to_owned(),
        source: "search".to_owned(),
    };
    today.map(risk).into_iter().collect()
}

fn of_stress(stress: &Stress) -> Vec<Risk> {
    let edge = stress.first_crossed();
    let risk = |step: &super::super::results::Step| Risk {
        what: format!("The chain no longer carries the market: {}", step.crossed),
        grave: false,
        begins: stress.told(step.load),
        source: "stress".to_owned(),
    };
    edge.map(risk).into_iter().collect()
}

fn of_limits(limits: &Limits) -> Vec<Risk> {
    let risk = |(limit, homes): (String, f64)| Risk {
        what: format!("A limit turns people away: {}", limit.replace(['_', '-'], " ")),
        grave: false,
        begins: words::counted(homes as usize, "home", "homes"),
        source: "stress".to_owned(),
    };
    attacked::first_bound(limits).into_iter().map(risk).collect()
}

fn of_safety(safety: &Safety, source: &Source) -> Vec<Risk> {
    let paying = attacked::paying(safety).map(|edge| (edge, true));
    let bordering = attacked::bordering(safety).map(|edge| (edge, false));
    let risk = |(edge, grave)| {
        let (what, begins) = attacked::risk(edge, source);
        Risk { what, grave, begins, source: "adversaries".to_owned() }
    };
    paying.chain(bordering).map(risk).collect()
}

fn of_fuzz(fuzz: &Fuzz) -> Vec<Risk> {
    let risk = |found: &String| Risk {
        what: format!("The contracts do not do what they should: {found}"),
        grave: true,
        begins: "in a few calls, saved as trace.jsonl".to_owned(),
        source: "fuzz".to_owned(),
    };
    fuzz.found.as_ref().map(risk).into_iter().collect()
}
