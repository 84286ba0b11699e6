//! What a sweep and a search say to a voter: what each setting does, which
//! setting is recommended against today's, and where risks begin.

use super::super::charts;
use super::super::document::{Cell, Chart, Fact, Line, Opening, Table, Tone};
use super::super::results::{Objective, Source, Sweep, Tune, Tuned};
use super::super::words;
use super::described;
use crate::experiments::JUDGED;

/// What a gain of an objective is worth: better, worse or not shown.
fn standing(objective: &Objective) -> (&'static str, Tone) {
    let Some([low, _, high]) = objective.gain else { return ("no difference shown", Tone::Plain) };
    let (up, down) = (low > 0.0, high < 0.0);
    match (up, down, objective.raise) {
        (true, _, true) | (_, true, false) => ("better", Tone::Good),
        (true, _, false) | (_, true, true) => ("worse", Tone::Bad),
        _ => ("no difference shown", Tone::Plain),
    }
}

/// The first screen of a search.
pub(super) fn tune_opening(tune: &Tune, source: &Source) -> Opening {
    let (Some(today), recommended) = (tune.standing("today"), tune.standing("recommended")) else {
        return described::opened("A search that tried nothing".to_owned(), source);
    };
    let names: Vec<String> = tune.keys.iter().map(|key| words::setting(key)).collect();
    let Some(best) = recommended else {
        let mut opening =
            described::opened(format!("Which {} is best?", words::listed(&names)), source);
        opening
            .answer
            .push(format!("Of {} settings tried, none keeps the constraints.", tune.tried).into());
        opening.recommendation = "No setting can be recommended".to_owned();
        opening.tone = Tone::Bad;
        return opening;
    };
    let to = tune.told(best, &source.money);
    let mut opening = described::opened(format!("Set {}?", words::listed(&to)), source);
    opening.question = described::tried_on(source);
    opening.answer.push(Line::default().strong("Proposed: ").plain(format!(
        "{}; today: {}.",
        words::listed(&to),
        words::listed(&tune.told(today, &source.money))
    )));
    let moved: Vec<String> = tune
        .objectives
        .iter()
        .filter_map(|objective| {
            let [_, mean, _] = objective.gain?;
            let label = words::measure(&objective.metric).to_lowercase();
            if standing(objective).1 == Tone::Plain {
                return Some(format!("no difference is shown in {label}"));
            }
            let way = if mean > 0.0 { "rises" } else { "falls" };
            let amount = words::value(&objective.metric, &objective.unit, mean.abs());
            let fiat = words::aside(&objective.unit, &source.money, mean.abs());
            Some(format!(
                "{label} {way} by {amount}{}",
                fiat.map_or(String::new(), |f| format!(", worth {f}"))
            ))
        })
        .collect();
    if !moved.is_empty() {
        let text = format!("over {}, {}.", described::days(source), words::listed(&moved));
        opening.answer.push(Line::default().strong("What changes: ").plain(text));
    }
    let others = tune.settings.iter().filter(|tuned| tuned.standing == "front").count();
    let choice = match others {
        0 => format!("of {} settings tried, this one beats all others in every aim.", tune.tried),
        _ => format!(
            "of {} settings tried, {} are beaten by none in every aim; each gives up some of one \
             aim for another.",
            tune.tried,
            others + 1
        ),
    };
    opening.answer.push(Line::default().strong("What else there is: ").plain(choice));
    let better = tune.objectives.iter().filter(|o| standing(o).1 == Tone::Good).count();
    let worse = tune.objectives.iter().filter(|o| standing(o).1 == Tone::Bad).count();
    (opening.recommendation, opening.tone) = match (better, worse) {
        (1.., 0) => ("These runs speak for it".to_owned(), Tone::Good),
        (0, 1..) => ("These runs speak against it".to_owned(), Tone::Bad),
        (1.., 1..) => ("A trade-off, for voters to weigh".to_owned(), Tone::Plain),
        _ => ("No difference shown".to_owned(), Tone::Plain),
    };
    let shown = better + worse;
    let text = format!("{shown} of {} aims move beyond chance (95 %)", tune.objectives.len());
    opening.sure = Some((shown as u8, tune.objectives.len() as u8, text));
    opening.reason.push(format!("Why this one: {}.", tune.reason).into());
    for (place, event) in tune.events.iter().enumerate() {
        if let Some((share, high)) = best.events.get(place) {
            opening.reason.push(
                format!(
                    "Constraint: {} happened in {} of its runs; its chance is below {} with 95 %.",
                    told_event(event),
                    words::value("", "1", *share),
                    words::value("", "1", *high)
                )
                .into(),
            );
        }
    }
    opening.facts = facts(tune, today, best, source);
    opening.basis = format!(
        "{}; {} runs in all",
        described::market(source),
        words::value("", "", tune.runs as f64)
    );
    opening
}

/// What must not happen, in words.
fn told_event(event: &str) -> String {
    if event.starts_with("treasury_dry_share") {
        return "a dry treasury".to_owned();
    }
    let mut words_of = event.splitn(2, ' ');
    let metric = words_of.next().unwrap_or_default();
    format!("“{} {}”", words::measure(metric).to_lowercase(), words_of.next().unwrap_or_default())
}

fn facts(tune: &Tune, today: &Tuned, best: &Tuned, source: &Source) -> Vec<Fact> {
    let fact = |(place, objective): (usize, &Objective)| {
        let mean = |tuned: &Tuned| tuned.objectives.get(place).map_or(f64::NAN, |ends| ends[1]);
        let value = |value: f64| words::value(&objective.metric, &objective.unit, value);
        let difference = |value: f64| words::difference(&objective.metric, &objective.unit, value);
        let [low, gain, high] = objective.gain.unwrap_or([f64::NAN; 3]);
        let aside: Vec<String> = [
            words::aside_difference(&objective.unit, &source.money, gain),
            words::relative(gain, mean(today)),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut lines = vec![
            aside.join(" · "),
            format!("from {} to {}", value(mean(today)), value(mean(best))),
        ];
        if low.is_finite() {
            lines.push(format!(
                "95 %: {}",
                words::range(&objective.metric, &objective.unit, low, high)
            ));
        }
        lines.retain(|line| !line.is_empty());
        let (verdict, tone) = standing(objective);
        Fact {
            label: words::measure(&objective.metric),
            value: difference(gain),
            lines,
            verdict: verdict.to_owned(),
            tone,
        }
    };
    tune.objectives.iter().enumerate().map(fact).collect()
}

/// The front of a search as a table.
pub(super) fn tune_table(tune: &Tune, source: &Source) -> Table {
    let keys = tune.keys.iter().map(|key| format!("#{}", words::capital(&words::setting(key))));
    let objectives =
        tune.objectives.iter().map(|objective| format!("#{}", words::measure(&objective.metric)));
    let events = tune.events.iter().map(|event| format!("#Runs with {}", told_event(event)));
    let mut columns: Vec<String> = vec!["Setting".to_owned()];
    columns.extend(keys.chain(objectives).chain(events));
    columns.extend(["#Runs".to_owned(), "Keeps the constraints".to_owned()]);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut table =
        Table::new("Today's setting, the recommended one and the others that none beats", &columns);
    for tuned in &tune.settings {
        let name = match tuned.standing.as_str() {
            "front" => "on the front",
            other => other,
        };
        let mut cells = vec![Cell::text(name)];
        for (key, cell) in tune.keys.iter().zip(&tuned.values) {
            let number = cell.parse().unwrap_or(f64::NAN);
            cells.push(Cell::number(number, words::setting_cell(key, cell, &source.money)));
        }
        for (objective, [low, mean, high]) in tune.objectives.iter().zip(&tuned.objectives) {
            let value = |value: f64| words::value(&objective.metric, &objective.unit, value);
            let aside = if low.is_finite() {
                format!("{} to {}", value(*low), value(*high))
            } else {
                String::new()
            };
            cells.push(Cell::number(*mean, value(*mean)).aside(aside));
        }
        for (share, high) in &tuned.events {
            let aside = format!("chance below {}", words::value("", "1", *high));
            cells.push(Cell::number(*share, words::value("", "1", *share)).aside(aside));
        }
        cells.push(Cell::number(tuned.replicates, words::value("", "", tuned.replicates)));
        let (keeps, tone) = if tuned.keeps { ("yes", Tone::Good) } else { ("no", Tone::Bad) };
        cells.push(Cell::text(keeps).tone(tone));
        table.row(cells);
    }
    table.cards()
}

/// The first screen of a sweep.
pub(super) fn sweep_opening(sweep: &Sweep, source: &Source) -> Opening {
    let question = source.question();
    let names: Vec<String> = sweep.keys.iter().map(|key| words::setting(key)).collect();
    let title = if question.is_empty() {
        format!("What do the {} do?", words::listed(&names))
    } else {
        question.to_owned()
    };
    let mut opening = described::opened(title, source);
    opening.question = format!("Tried: {}.", words::listed(&names));
    for key in sweep.keys.iter().take(3) {
        let moved: Vec<String> = ["traded_kwh", "treasury_stx"]
            .iter()
            .filter_map(|metric| {
                let response = sweep.response(key, metric);
                let (first, last) = (response.first()?, response.last()?);
                let unit = words::unit(metric);
                let clear = sweep.moves(key, metric);
                let label = words::measure(metric).to_lowercase();
                if !clear {
                    return Some(format!("no difference is shown in {label}"));
                }
                let way = if last.2[1] > first.2[1] { "rises" } else { "falls" };
                let value = |value: f64| words::value(metric, unit, value);
                Some(format!("{label} {way} from {} to {}", value(first.2[1]), value(last.2[1])))
            })
            .collect();
        let response = sweep.response(key, "traded_kwh");
        if let (Some(first), Some(last)) = (response.first(), response.last()) {
            let value = |cell: &str| words::setting_cell(key, cell, &source.money);
            opening.answer.push(
                Line::default()
                    .strong(format!("{}: ", words::capital(&words::setting(key))))
                    .plain(format!(
                        "from {} to {}, {}.",
                        value(&first.1),
                        value(&last.1),
                        words::listed(&moved)
                    )),
            );
        }
    }
    opening.recommendation = "Nothing is proposed here".to_owned();
    opening.reason.push(
        format!(
            "{} points, {} each; the other settings are averaged out. What is said to rise or fall \
             does so beyond chance (95 %), seed by seed.",
            words::value("", "", sweep.points as f64),
            words::counted(sweep.replicates as usize, "run", "runs")
        )
        .into(),
    );
    opening.basis = format!(
        "{}; {} runs",
        described::market(source),
        words::value("", "", (sweep.points * sweep.replicates) as f64)
    );
    opening
}

/// The charts of a sweep: responses, maps of two settings, and tornados.
pub(super) fn sweep_charts(sweep: &Sweep, source: &Source) -> (Vec<Chart>, Vec<Chart>, Vec<Chart>) {
    let (mut curves, mut maps, mut tornados) = (Vec::new(), Vec::new(), Vec::new());
    for metric in JUDGED {
        let answers = sweep.answers(metric, &source.files.manifest.scenario);
        let (of_settings, over_two, most) = charts::responses(&answers, &source.money);
        curves.extend(of_settings);
        maps.extend(over_two);
        tornados.extend(most);
    }
    (curves, maps, tornados)
}
