//! What attacks on the contracts say: adversaries and the settings at which
//! they begin to pay, random calls, planted faults, and limits.

use super::super::document::{Block, Cell, Fact, Line, Opening, Table, Tone};
use super::super::results::{Fuzz, Limits, LineupEffect, Mutants, Safety, SafetyEdge, Source};
use super::super::words;
use super::described;

/// A kind of adversary as people call it.
fn called(lineup: &str) -> String {
    lineup.replace(['-', '_'], " ")
}

/// A value of the setting that an edge lies on.
fn value(edge: &SafetyEdge, cell: &str, source: &Source) -> String {
    if cell.is_empty() {
        "–".to_owned()
    } else {
        words::setting_cell(&edge.setting, cell, &source.money)
    }
}

/// An edge in words: `safe below 30 %`.
fn edge_told(edge: &SafetyEdge, source: &Source) -> String {
    if edge.safe_at.is_empty() {
        edge.verdict.clone()
    } else {
        format!("{} {}", edge.verdict, value(edge, &edge.safe_at, source))
    }
}

/// The edges at which an attack pays as the market stands.
pub(super) fn paying(safety: &Safety) -> impl Iterator<Item = &SafetyEdge> {
    safety.edges.iter().filter(|edge| edge.pays_now())
}

/// Edges that are safe today and not everywhere.
pub(super) fn bordering(safety: &Safety) -> impl Iterator<Item = &SafetyEdge> {
    safety.edges.iter().filter(|edge| !edge.pays_now() && edge.verdict.starts_with("safe "))
}

/// What an edge is called among risks: the attack, and where it begins.
pub(super) fn risk(edge: &SafetyEdge, source: &Source) -> (String, String) {
    let what = format!("An attack pays: {}", called(&edge.lineup));
    let given = if edge.given.is_empty() { String::new() } else { format!(" with {}", edge.given) };
    let begins = format!("{}{given}: {}", words::setting(&edge.setting), edge_told(edge, source));
    (what, begins)
}

pub(super) fn safety_opening(safety: &Safety, source: &Source) -> Opening {
    let mut opening = described::opened("Does it pay to attack this market?".to_owned(), source);
    let mut kinds: Vec<String> = paying(safety).map(|edge| called(&edge.lineup)).collect();
    kinds.sort();
    kinds.dedup();
    let answer = if kinds.is_empty() {
        "no attack that was tried pays at today's settings.".to_owned()
    } else {
        format!("at today's settings it pays for: {}.", words::listed(&kinds))
    };
    opening.answer.push(Line::default().strong("Answer: ").plain(answer));
    let edges: Vec<String> = bordering(safety)
        .take(3)
        .map(|edge| {
            let (_, begins) = risk(edge, source);
            format!("{} ({begins})", called(&edge.lineup))
        })
        .collect();
    if !edges.is_empty() {
        let text = format!("nearest edges: {}.", words::listed(&edges));
        opening.answer.push(Line::default().strong("What must not change: ").plain(text));
    }
    (opening.recommendation, opening.tone) = if kinds.is_empty() {
        ("Safe from what was tried".to_owned(), Tone::Good)
    } else {
        ("Not safe as it stands".to_owned(), Tone::Bad)
    };
    opening.reason.push(
        format!(
            "Each attack alone and all together, {} a setting; an attack pays where its gain over \
             behaving is clear of chance (95 %). Attacks nobody thought of are not among them.",
            words::counted(safety.replicates as usize, "run", "runs")
        )
        .into(),
    );
    opening
}

/// Where attacks begin to pay.
pub(super) fn safety_table(safety: &Safety, source: &Source) -> Table {
    let columns = ["Attack", "Setting", "Today", "Verdict", "Pays from"];
    let mut table = Table::new("Where each attack begins to pay", &columns).cards();
    for edge in &safety.edges {
        let tone = match edge.verdict.as_str() {
            _ if edge.pays_now() => Tone::Bad,
            "never pays" => Tone::Good,
            _ => Tone::Plain,
        };
        let given =
            if edge.given.is_empty() { String::new() } else { format!("with {}", edge.given) };
        table.row([
            Cell::text(words::capital(&called(&edge.lineup))),
            Cell::text(words::setting(&edge.setting)).aside(given),
            Cell::text(value(edge, &edge.now, source)),
            Cell::text(edge_told(edge, source)).tone(tone),
            Cell::text(value(edge, &edge.pays_at, source)),
        ]);
    }
    table
}

/// What each lineup did to others.
pub(super) fn lineups_table(safety: &Safety, source: &Source) -> Table {
    let effects = [
        ("advantage", "#Gain over behaving"),
        ("treasury_change", "#Treasury"),
        ("producers_change", "#Producers"),
        ("buyers_change", "#Buyers"),
    ];
    let columns: Vec<&str> =
        std::iter::once("Attack").chain(effects.map(|(_, title)| title)).collect();
    let mut table =
        Table::new("What each attack gains, and what it changes for others", &columns).cards();
    let mut lineups: Vec<&str> = safety.effects.iter().map(|row| row.lineup.as_str()).collect();
    lineups.dedup();
    for lineup in lineups {
        let mut cells = vec![Cell::text(words::capital(&called(lineup)))];
        for (effect, _) in effects {
            let mine = |row: &&LineupEffect| {
                row.lineup == lineup && row.effect == effect && row.kind.is_empty()
            };
            cells.push(safety.effects.iter().find(mine).map_or_else(
                || Cell::text("–"),
                |row| {
                    let fiat = source.money.fiat(row.mean).unwrap_or_default();
                    let aside = if row.low.is_finite() {
                        words::range("", "STX", row.low, row.high)
                    } else {
                        fiat
                    };
                    Cell::number(row.mean, words::difference("", "STX", row.mean)).aside(aside)
                },
            ));
        }
        table.row(cells);
    }
    table
}

pub(super) fn fuzz_opening(fuzz: &Fuzz, source: &Source) -> Opening {
    let mut opening = described::opened("Do the contracts do what they should?".to_owned(), source);
    let calls = words::value("", "", fuzz.calls as f64);
    let answer = match &fuzz.found {
        None => format!(
            "{calls} random calls show no difference to a twin written from the specification, and \
             no broken rule."
        ),
        Some(found) => format!("within {calls} random calls a fault was found: {found}."),
    };
    opening.answer.push(Line::default().strong("Answer: ").plain(answer));
    (opening.recommendation, opening.tone) = match fuzz.found {
        None => ("No fault found".to_owned(), Tone::Good),
        Some(_) => ("A fault was found".to_owned(), Tone::Bad),
    };
    opening.reason.push("Random calls show that faults are there, never that none is.".into());
    opening.basis = format!("Seed {}", fuzz.seed);
    opening
}

/// What functions met under random calls.
pub(super) fn coverage_table(fuzz: &Fuzz) -> Table {
    let mut table = Table::new(
        "Which functions met which outcomes under random calls",
        &["Function", "Outcome", "Error", "#Calls"],
    );
    for row in &fuzz.covered {
        let never = row.calls == 0.0;
        let outcome =
            if never { format!("{}, never met", row.outcome) } else { row.outcome.clone() };
        table.row([
            Cell::text(&row.function),
            Cell::text(outcome).tone(if never { Tone::Bad } else { Tone::Plain }),
            Cell::text(if row.error_code.is_empty() { "–" } else { &row.error_code }),
            Cell::number(row.calls, words::value("", "", row.calls)),
        ]);
    }
    table
}

pub(super) fn mutants_opening(mutants: &Mutants, source: &Source) -> Opening {
    let mut opening =
        described::opened("Would the tests notice a fault in the contracts?".to_owned(), source);
    opening.answer.push(Line::default().strong("Answer: ").plain(mutants_told(mutants)));
    let good = mutants.score >= 0.95;
    opening.recommendation =
        format!("{} of planted faults found", words::value("", "1", mutants.score));
    opening.tone = if good { Tone::Good } else { Tone::Bad };
    opening
}

/// What came of planted faults, in a sentence.
pub(super) fn mutants_told(mutants: &Mutants) -> String {
    format!(
        "of {} faults planted one by one in the contracts, random calls find {} ({} of those that \
         change what a contract does).",
        mutants.planted,
        mutants.found,
        words::value("", "1", mutants.score)
    )
}

/// Faults that were not found, and why.
pub(super) fn survivors_table(mutants: &Mutants) -> Table {
    let columns = ["Contract", "Line", "Change", "What came of it"];
    let mut table = Table::new("Planted faults that were not found", &columns);
    for mutant in mutants.mutants.iter().filter(|mutant| mutant.fate != "found") {
        let why = if mutant.why.is_empty() {
            mutant.fate.clone()
        } else {
            format!("{}: {}", mutant.fate, mutant.why)
        };
        table.row([
            Cell::text(&mutant.contract),
            Cell::text(&mutant.line),
            Cell::text(format!("{}: {} → {}", mutant.operator, mutant.from, mutant.to)),
            Cell::text(why),
        ]);
    }
    table
}

pub(super) fn limits_opening(limits: &Limits, source: &Source) -> Opening {
    let mut opening = described::opened("When do the contracts' limits bind?".to_owned(), source);
    for (limit, homes) in first_bound(limits).into_iter().take(3) {
        let text = format!(
            "first turns someone away at {}.",
            words::counted(homes as usize, "home", "homes")
        );
        opening.answer.push(
            Line::default().strong(format!("{}: ", words::capital(&called(&limit)))).plain(text),
        );
    }
    if opening.answer.is_empty() {
        opening
            .answer
            .push("No limit turned anyone away at any number of homes that was tried.".into());
    }
    opening.recommendation = "Nothing is proposed here".to_owned();
    opening.facts = first_bound(limits)
        .into_iter()
        .take(4)
        .map(|(limit, homes)| Fact {
            label: format!("{} binds at", words::capital(&called(&limit))),
            value: words::counted(homes as usize, "home", "homes"),
            lines: Vec::new(),
            verdict: String::new(),
            tone: Tone::Plain,
        })
        .collect();
    opening
}

/// The fewest homes at which each limit turned someone away.
pub(super) fn first_bound(limits: &Limits) -> Vec<(String, f64)> {
    let mut found: Vec<(String, f64)> = Vec::new();
    for row in limits.grown.iter().filter(|row| row.calls > 0.0 && row.homes.is_finite()) {
        match found.iter_mut().find(|(limit, _)| *limit == row.limit) {
            Some((_, homes)) => *homes = homes.min(row.homes),
            None => found.push((row.limit.clone(), row.homes)),
        }
    }
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    found
}

/// What each limit did as the market grew.
pub(super) fn limits_table(limits: &Limits) -> Table {
    let columns = ["#Homes", "Limit", "Who", "#Turned away", "#Calls turned away", "#Most in use"];
    let mut table = Table::new("Whom limits turn away as the market grows", &columns);
    for row in &limits.grown {
        let number = |value: f64| Cell::number(value, words::value("", "", value));
        table.row([
            number(row.homes),
            Cell::text(called(&row.limit)),
            Cell::text(format!("{} {}", row.size, row.kind).trim()),
            number(row.turned_away),
            number(row.calls),
            Cell::number(row.use_share, words::value("", "1", row.use_share)),
        ]);
    }
    table
}

/// What contracts say around each edge.
pub(super) fn edges_block(limits: &Limits) -> Block {
    let columns = ["Limit", "What", "Where", "Value", "Outcome", "Reason"];
    let mut table = Table::new("Each limit below, at and above its edge", &columns);
    for row in &limits.edges {
        table.row(row.iter().map(Cell::text));
    }
    Block::More(table.caption.clone(), vec![Block::Table(table)])
}
