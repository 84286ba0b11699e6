//! What a comparison says to a voter: what is proposed, what it changes, for
//! whom, and how sure that is.

use serde_json::Value;

use super::super::charts::{self, tone};
use super::super::document::{Cell, Chart, Fact, Line, Opening, Table, Tone};
use super::super::load::at;
use super::super::results::{Alternative, Change, Compare, Effect, Source};
use super::super::words;
use super::described;
use crate::experiments::JUDGED;

/// The measures in the voter's table.
const TOLD: [&str; 9] = [
    "traded_kwh",
    "price_mean_ustx_per_kwh",
    "buyers_savings_stx",
    "producers_gain_stx",
    "treasury_stx",
    "treasury_min_stx",
    "treasury_dry_share",
    "demand_met_locally_share",
    "wait_s_p95",
];

/// A verdict as a voter reads it.
fn verdict(effect: &Effect) -> &str {
    match effect.verdict.as_str() {
        "no difference shown" if effect.difference == 0.0 && effect.low == effect.high => {
            "no change"
        }
        other => other,
    }
}

/// A change in words.
pub(super) fn change(change: &Change, source: &Source) -> String {
    let [from, to] = [&change.from, &change.to]
        .map(|value| words::setting_value(&change.key, value, &source.money));
    format!("{} from {from} to {to}", words::setting(&change.key))
}

/// What is proposed, as a question to vote on.
fn title(compare: &Compare, source: &Source) -> String {
    match compare.alternatives.as_slice() {
        [one] => match one.changes.as_slice() {
            [] => format!("Is “{}” any different from “{}”?", one.name, compare.base),
            [only] => question(only, source),
            [first, second] => {
                let both = [first, second].map(|one| change(one, source));
                format!("Change the {} and the {}?", both[0], both[1])
            }
            many if many.len() <= 4 => {
                let names: Vec<String> = many.iter().map(|one| words::setting(&one.key)).collect();
                format!("Change the {}?", words::listed(&names))
            }
            many => format!(
                "From “{}” to “{}”: change {} settings?",
                compare.base,
                one.name,
                many.len()
            ),
        },
        several => {
            let mut keys: Vec<&str> =
                several.iter().flat_map(|one| one.changes.iter().map(|c| c.key.as_str())).collect();
            keys.sort_unstable();
            keys.dedup();
            match keys.as_slice() {
                [key] => {
                    let value = |value: &Value| words::setting_value(key, value, &source.money);
                    let mut values: Vec<String> = Vec::new();
                    for one in several.iter().flat_map(|one| &one.changes) {
                        values.push(value(&one.to));
                    }
                    let today =
                        several.iter().flat_map(|one| &one.changes).next().map(|c| value(&c.from));
                    format!(
                        "Which {}: {} as today, or {}?",
                        words::setting(key),
                        today.unwrap_or_default(),
                        words::listed(&values).replace(" and ", " or ")
                    )
                }
                _ => format!("Which of {} settings?", several.len() + 1),
            }
        }
    }
}

fn question(only: &Change, source: &Source) -> String {
    let verb = match (only.from.as_f64(), only.to.as_f64()) {
        (Some(from), Some(to)) if to > from => "Raise",
        (Some(from), Some(to)) if to < from => "Lower",
        _ => "Change",
    };
    format!("{verb} the {}?", change(only, source))
}

/// How a measure moves, as part of a sentence.
fn moves(effect: &Effect, source: &Source) -> String {
    let label = words::measure(&effect.metric);
    let label = label.to_lowercase();
    if !matches!(effect.verdict.as_str(), "better" | "worse" | "higher" | "lower") {
        return format!("no difference is shown in {label}");
    }
    let way = if effect.difference > 0.0 { "rises" } else { "falls" };
    let amount = words::value(&effect.metric, &effect.unit, effect.difference.abs());
    let share = words::relative(effect.difference.abs(), effect.base);
    let share =
        share.map_or(String::new(), |share| format!(" ({})", share.trim_start_matches('+')));
    let fiat = words::aside(&effect.unit, &source.money, effect.difference.abs());
    let fiat = fiat.map_or(String::new(), |fiat| format!(", worth {fiat}"));
    format!("{label} {way} by {amount}{fiat}{share}")
}

/// What a group of people gets of it, as a sentence of its own.
fn share_of(effect: &Effect, homes: f64, who: &str, what: &str, source: &Source) -> Option<String> {
    if effect.verdict != "better" && effect.verdict != "worse" {
        return Some(format!("for {who}s no difference is shown"));
    }
    if homes.is_nan() || homes < 1.0 {
        return None;
    }
    let way = if effect.difference > 0.0 { "more" } else { "less" };
    let each = effect.difference.abs() / homes;
    let each = source.money.fiat(each).unwrap_or_else(|| words::stx(each));
    Some(format!("a {who} {what} {each} {way} on average"))
}

/// The first screen.
pub(super) fn opening(compare: &Compare, source: &Source) -> Opening {
    let basis = format!(
        "{}; each setting run {} on the same weather, homes and whims",
        described::market(source),
        times(compare.replicates)
    );
    let mut opening = Opening {
        title: title(compare, source),
        question: described::tried_on(source),
        answer: Vec::new(),
        recommendation: String::new(),
        tone: Tone::Plain,
        reason: Vec::new(),
        sure: None,
        facts: Vec::new(),
        basis,
    };
    match compare.alternatives.as_slice() {
        [one] => of_one(&mut opening, one, source),
        several => of_several(&mut opening, several, source),
    }
    opening
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

fn main_effects(one: &Alternative) -> Vec<&Effect> {
    JUDGED.iter().filter_map(|metric| one.effect(metric)).collect()
}

fn of_one(opening: &mut Opening, one: &Alternative, source: &Source) {
    let changed: Vec<String> = one.changes.iter().take(4).map(|c| change(c, source)).collect();
    let more = one.changes.len().saturating_sub(changed.len());
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let what = if changed.is_empty() { "nothing".to_owned() } else { words::listed(&changed) };
    opening.answer.push(
        Line::default()
            .strong("Proposed: ")
            .plain(format!("{what}{more}; all else stays as it is.")),
    );
    let days = described::days(source);
    let market: Vec<String> = ["traded_kwh", "treasury_stx"]
        .iter()
        .filter_map(|metric| one.effect(metric))
        .map(|effect| moves(effect, source))
        .collect();
    if !market.is_empty() {
        let sentence = format!("over {days}, {}.", words::listed(&market));
        opening.answer.push(Line::default().strong("What changes: ").plain(sentence));
    }
    let whom = [
        ("buyers_savings_stx", "buyers.count", "buyer", "saves"),
        ("producers_gain_stx", "producers.count", "producer", "gains"),
    ];
    let whom: Vec<String> = whom
        .iter()
        .filter_map(|(metric, count, who, what)| {
            share_of(one.effect(metric)?, source.setting(count), who, what, source)
        })
        .collect();
    if !whom.is_empty() {
        let sentence = format!("{}, over the same {days}.", words::listed(&whom));
        opening.answer.push(Line::default().strong("For whom: ").plain(sentence));
    }
    let effects = main_effects(one);
    opening.facts = effects.iter().map(|effect| fact(effect, source)).collect();
    judge(opening, &effects, source);
}

/// What the runs say of a proposal: nothing weighs one measure against another
/// but the voter.
fn judge(opening: &mut Opening, effects: &[&Effect], source: &Source) {
    let names = |verdict: &str| -> Vec<String> {
        let mine = effects.iter().filter(|effect| effect.verdict == verdict);
        mine.map(|effect| words::measure(&effect.metric).to_lowercase()).collect()
    };
    let (better, worse) = (names("better"), names("worse"));
    let (text, tone, why) = match (better.is_empty(), worse.is_empty()) {
        (false, true) => (
            "These runs speak for it",
            Tone::Good,
            format!("Better: {}. None of the main measures is worse.", words::listed(&better)),
        ),
        (true, false) => (
            "These runs speak against it",
            Tone::Bad,
            format!("Worse: {}. None of the main measures is better.", words::listed(&worse)),
        ),
        (false, false) => (
            "A trade-off, for voters to weigh",
            Tone::Plain,
            format!("Better: {}. Worse: {}.", words::listed(&better), words::listed(&worse)),
        ),
        (true, true) => (
            "No difference shown",
            Tone::Plain,
            "No main measure moves further than chance alone would move it: these runs give no \
             reason to change, and none not to."
                .to_owned(),
        ),
    };
    opening.recommendation = text.to_owned();
    opening.tone = tone;
    opening.reason.push(why.into());
    let shown = better.len() + worse.len();
    let text = format!("{shown} of {} main effects are clear of chance", effects.len());
    opening.sure = Some((shown as u8, effects.len() as u8, text));
    // Weather from a file is one sky for all seeds.
    let scenario = &source.files.manifest.scenario;
    let chance = match at(scenario, "weather.source").and_then(Value::as_str) {
        Some("file") => "homes and whims under one year's weather",
        _ => "weather, homes and whims",
    };
    let covered = format!(
        "Intervals (95 %) cover chance in {chance}. They do not cover what the model leaves out."
    );
    opening.reason.push(covered.into());
}

fn of_several(opening: &mut Opening, several: &[Alternative], source: &Source) {
    for one in several {
        let moved: Vec<String> = main_effects(one)
            .into_iter()
            .filter(|effect| tone(&effect.verdict) != Tone::Plain)
            .map(|effect| moves(effect, source))
            .collect();
        let text = if moved.is_empty() {
            "no main measure differs from today's beyond chance.".to_owned()
        } else {
            format!("{}.", words::listed(&moved))
        };
        opening.answer.push(Line::default().strong(format!("{}: ", one.name)).plain(text));
    }
    let good = |one: &&Alternative| {
        let effects = main_effects(one);
        effects.iter().any(|effect| effect.verdict == "better")
            && effects.iter().all(|effect| effect.verdict != "worse")
    };
    let winners: Vec<String> = several.iter().filter(good).map(|one| one.name.clone()).collect();
    (opening.recommendation, opening.tone) = if winners.is_empty() {
        ("No setting is better without a price".to_owned(), Tone::Plain)
    } else {
        (format!("Better without being worse: {}", words::listed(&winners)), Tone::Good)
    };
    opening.reason.push(
        "Each setting is held against today's in the four main measures: energy traded, savings \
         of buyers, gains of producers, treasury."
            .into(),
    );
    let effects: Vec<&Effect> = several.iter().flat_map(main_effects).collect();
    let shown = effects.iter().filter(|effect| tone(&effect.verdict) != Tone::Plain).count();
    let text = format!("{shown} of {} main effects are clear of chance (95 %)", effects.len());
    opening.sure = Some((shown as u8, effects.len() as u8, text));
}

fn fact(effect: &Effect, source: &Source) -> Fact {
    let value = |value: f64| words::value(&effect.metric, &effect.unit, value);
    let difference = |value: f64| words::difference(&effect.metric, &effect.unit, value);
    let share = words::relative(effect.difference, effect.base);
    let fiat = words::aside_difference(&effect.unit, &source.money, effect.difference);
    let aside: Vec<String> = [fiat, share].into_iter().flatten().collect();
    let mut lines = vec![format!("from {} to {}", value(effect.base), value(effect.changed))];
    if effect.low.is_finite() {
        lines.push(format!(
            "95 %: {}",
            words::range(&effect.metric, &effect.unit, effect.low, effect.high)
        ));
    }
    lines.insert(0, aside.join(" · "));
    lines.retain(|line| !line.is_empty());
    Fact {
        label: words::measure(&effect.metric),
        value: difference(effect.difference),
        lines,
        verdict: verdict(effect).to_owned(),
        tone: tone(&effect.verdict),
    }
}

/// Today's setting against a proposal.
pub(super) fn table(one: &Alternative, base: &str, source: &Source) -> Table {
    let effects = TOLD.iter().filter_map(|metric| one.effect(metric));
    let caption = format!("“{base}” (today) against “{}”", one.name);
    effect_table(caption, effects, source).cards()
}

/// All measures.
pub(super) fn whole_table(one: &Alternative, base: &str, source: &Source) -> Table {
    let mut effects: Vec<&Effect> = one.effects.iter().collect();
    effects.sort_by_key(|effect| words::rank(&effect.metric));
    let caption = format!("Every measure: “{base}” against “{}”", one.name);
    effect_table(caption, effects.into_iter(), source)
}

fn effect_table<'a>(
    caption: String,
    effects: impl Iterator<Item = &'a Effect>,
    source: &Source,
) -> Table {
    let columns = ["Measure", "#Today", "#Proposal", "#Difference", "#95 % interval", "Verdict"];
    let mut table = Table::new(caption, &columns);
    for effect in effects {
        let value = |value: f64| {
            let aside = words::aside(&effect.unit, &source.money, value).unwrap_or_default();
            Cell::number(value, words::value(&effect.metric, &effect.unit, value)).aside(aside)
        };
        let difference = |value: f64| words::difference(&effect.metric, &effect.unit, value);
        let interval = if effect.low.is_finite() {
            words::range(&effect.metric, &effect.unit, effect.low, effect.high)
        } else {
            "–".to_owned()
        };
        let share = words::relative(effect.difference, effect.base).unwrap_or_default();
        table.row([
            Cell::text(words::measure(&effect.metric)),
            value(effect.base),
            value(effect.changed),
            Cell::number(effect.difference, difference(effect.difference)).aside(share),
            Cell::number(effect.low, interval),
            Cell::text(verdict(effect)).tone(tone(&effect.verdict)),
        ]);
    }
    table
}

/// The differences that are shown, relative to today's.
pub(super) fn differences(one: &Alternative, place: usize) -> Option<Chart> {
    let effects = TOLD.iter().filter_map(|metric| one.effect(metric));
    charts::differences(&format!("differences-{}", place + 1), &one.name, effects)
}

/// Who wins and who loses.
pub(super) fn winners(one: &Alternative, place: usize, source: &Source) -> Option<Chart> {
    let (name, days) = (format!("homes-{}", place + 1), described::days(source));
    charts::winners(&name, &one.name, &one.homes, &source.money, &days)
}
