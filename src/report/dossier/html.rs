//! A document as one HTML page that needs nothing else: no network, no script
//! to be read. All text is escaped where it is put in; only our own style,
//! script and drawings are put in as they are.

use std::fmt::Write as _;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::charts;
use super::document::{
    Block, Cell, Chart, Data, Document, Fact, Line, Opening, Part, Piece, Table, Tone,
};
use super::words::tied;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");

/// What a browser may load for the page: nothing but what is in it.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The page.
pub(super) fn page(document: &Document) -> String {
    let title = format!("{} – dossier", document.opening.title);
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="generator" content=(document.made_by);
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { @for sheet in charts::STYLE { (PreEscaped(sheet)) } (PreEscaped(STYLE)) }
            }
            body {
                nav aria-label="Parts" {
                    ul {
                        li.of { "Connect market dossier" }
                        @for part in &document.parts {
                            li { a href=(format!("#{}", part.id)) { (short(&part.title)) } }
                        }
                    }
                }
                header { (opening(&document.opening)) }
                main { @for it in &document.parts { (part(it)) } }
                footer {
                    p { "Made by " (document.made_by) " from saved results alone. This page loads nothing and sends nothing." }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    markup.into_string()
}

/// “For the voter” as “Voter”.
fn short(title: &str) -> String {
    super::words::capital(title.strip_prefix("For the ").unwrap_or(title))
}

fn opening(opening: &Opening) -> Markup {
    html! {
        h1 { (tied(&opening.title)) }
        @if !opening.question.is_empty() && opening.question != opening.title {
            p.question { (opening.question) }
        }
        div.opening {
            div.answer { @for it in &opening.answer { p { (line(it)) } } }
            div class=(format!("verdict {}", class(opening.tone))) {
                p.small { "What the runs say" }
                p.says { (opening.recommendation) }
                @if let Some((shown, of, text)) = &opening.sure {
                    p.sure {
                        span.pips aria-hidden="true" {
                            @if *of <= 12 {
                                @for place in 0..*of { @if place < *shown { i.on {} } @else { i {} } }
                            }
                        }
                        span { (text) }
                    }
                }
                @for it in &opening.reason { p { (line(it)) } }
            }
        }
        (facts(&opening.facts))
        p.basis { (tied(&opening.basis)) }
    }
}

fn part(part: &Part) -> Markup {
    html! {
        section id=(part.id) aria-label=(part.title) {
            h2 { (part.title) }
            p.lead { (part.lead) }
            @for it in &part.blocks { (block(it)) }
        }
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Heading(text) => html! { h3 { (text) } },
        Block::Text(text) => html! { p { (line(text)) } },
        Block::List(items) => html! { ul { @for item in items { li { (line(item)) } } } },
        Block::Table(it) => table(it),
        Block::Chart(it) => chart(it),
        Block::Charts(all) => html! { div.charts { @for it in all { (chart(it)) } } },
        Block::Note(tone, title, lines) => html! {
            div class=(format!("note {}", class(*tone))) {
                b { (title) }
                @for it in lines { p { (line(it)) } }
            }
        },
        Block::Code(text) => html! { pre { code { (text) } } },
        Block::More(title, blocks) => html! {
            details { summary { (title) } @for it in blocks { (self::block(it)) } }
        },
    }
}

fn line(line: &Line) -> Markup {
    html! {
        @for piece in &line.0 {
            @match piece {
                Piece::Plain(text) => (tied(text)),
                Piece::Strong(text) => strong { (tied(text)) },
                Piece::Code(text) => code { (text) },
            }
        }
    }
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Plain => "plain",
    }
}

/// A verdict with a sign beside its colour, so that it does not hang on colour.
fn mark(tone: Tone, text: &str) -> Markup {
    let sign = match tone {
        Tone::Good => "✓",
        Tone::Bad => "✕",
        Tone::Plain => "○",
    };
    html! { span class=(format!("mark {}", class(tone))) { span aria-hidden="true" { (sign) } (text) } }
}

fn facts(facts: &[Fact]) -> Markup {
    html! {
        @if !facts.is_empty() {
            dl.facts {
                @for fact in facts {
                    div.fact {
                        dt { (fact.label) }
                        dd.big { (tied(&fact.value)) }
                        @for line in &fact.lines { dd.line { (tied(line)) } }
                        @if !fact.verdict.is_empty() { dd { (mark(fact.tone, &fact.verdict)) } }
                    }
                }
            }
        }
    }
}

fn table(table: &Table) -> Markup {
    let kind = if table.cards { "cards sortable" } else { "sortable" };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(table.caption) {
            table class=(kind) {
                caption { (table.caption) }
                thead {
                    tr {
                        @for column in &table.columns {
                            th scope="col" class=[column.numeric.then_some("n")] { (column.title) }
                        }
                    }
                }
                tbody {
                    @for row in &table.rows {
                        tr { @for (place, it) in row.iter().enumerate() { (cell(table, place, it)) } }
                    }
                }
            }
        }
    }
}

fn cell(table: &Table, place: usize, cell: &Cell) -> Markup {
    let column = table.columns.get(place);
    let numeric = column.is_some_and(|column| column.numeric);
    let value = cell.sort.filter(|value| value.is_finite()).map(|value| value.to_string());
    let inside = html! {
        @match cell.tone {
            Some(tone) => (mark(tone, &cell.text)),
            None => (tied(&cell.text)),
        }
        @if let Some(aside) = &cell.aside { " " span.aside { (tied(aside)) } }
    };
    // Hashes, keys and paths may be broken anywhere.
    let long = cell.text.len() > 24 && !cell.text.contains(' ');
    let class = if numeric { Some("n") } else { long.then_some("long") };
    let title = column.map(|column| &column.title);
    html! {
        @if place == 0 && !numeric {
            th scope="row" class=[class] { (inside) }
        } @else {
            td class=[class] data-c=[title] data-v=[value] { span { (inside) } }
        }
    }
}

fn chart(chart: &Chart) -> Markup {
    let kind = if chart.wide.is_some() { "wide" } else { "half" };
    html! {
        figure class=(kind) id=(format!("chart-{}", chart.name)) {
            figcaption { p.t { (chart.title) } p.s { (chart.subtitle) } }
            (PreEscaped(charts::element(&chart.narrow, "phone", &chart.alt)))
            @if let Some(wide) = &chart.wide { (PreEscaped(charts::element(wide, "desk", &chart.alt))) }
            p.csv {
                a href=(data_link(&chart.data)) download=(format!("{}.csv", chart.name)) {
                    "Data of this chart (CSV)"
                }
            }
        }
    }
}

/// The numbers as CSV text.
pub(super) fn csv(data: &Data) -> String {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let mut text = String::new();
    for row in std::iter::once(&data.columns).chain(&data.rows) {
        let cells: Vec<String> = row.iter().map(quoted).collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// The numbers as a link that holds them.
fn data_link(data: &Data) -> String {
    let mut link = "data:text/csv;charset=utf-8,".to_owned();
    for byte in csv(data).bytes() {
        if byte.is_ascii_alphanumeric() || b"-._,".contains(&byte) {
            link.push(char::from(byte));
        } else {
            let _ = write!(link, "%{byte:02X}");
        }
    }
    link
}
