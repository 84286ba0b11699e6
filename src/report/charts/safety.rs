//! Along each setting, where each attack pays.

use super::super::number::readable;
use super::super::results::SafetyEdge;
use super::canvas::{Anchor, Canvas, NARROW, WIDE};
use super::text::{fitted, width_of};
use super::{Chart, Data, Picture};

/// A range of a setting, and whether the attack pays there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Safe,
    Pays,
    Unsure,
}

const LEGEND: [(&str, &str); 4] = [
    ("fill f1", "does not pay"),
    ("fill f2", "pays"),
    ("quiet", "unsure: pays on average somewhere"),
    ("flow f4", "95 % interval of the edge"),
];

impl Field {
    const fn class(self) -> &'static str {
        match self {
            Self::Safe => LEGEND[0].0,
            Self::Pays => LEGEND[1].0,
            Self::Unsure => LEGEND[2].0,
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The fields of a row, from left to right, and the answer in words.
fn fields(edge: &SafetyEdge) -> (Vec<(f64, f64, Field)>, String) {
    let (from, to) = (edge.from, edge.to);
    let middle = match (number(&edge.safe_at), number(&edge.pays_at)) {
        (Some(safe), Some(pays)) => 0.5 * (safe + pays),
        _ => from,
    };
    let told =
        || format!("{} {}", edge.verdict, number(&edge.safe_at).map_or_else(String::new, readable));
    let (safe, pays) = (Field::Safe, Field::Pays);
    match edge.verdict.as_str() {
        "never pays" => (vec![(from, to, safe)], edge.verdict.clone()),
        "always pays" => (vec![(from, to, pays)], edge.verdict.clone()),
        "safe below" => (vec![(from, middle, safe), (middle, to, pays)], told()),
        "safe above" => (vec![(from, middle, pays), (middle, to, safe)], told()),
        _ => (vec![(from, to, Field::Unsure)], edge.verdict.clone()),
    }
}

/// A bar for each setting that was looked along.
pub(in super::super) fn safety(edges: &[SafetyEdge]) -> Chart {
    let title = "Where the market is safe".to_owned();
    let with = |edge: &SafetyEdge| {
        if edge.given.is_empty() { String::new() } else { format!(" with {}", edge.given) }
    };
    let told = edges.iter().map(|edge| {
        format!("{} by {}{}: {}", edge.lineup, edge.setting, with(edge), fields(edge).1)
    });
    let columns = ["lineup", "setting", "given", "from", "to", "now", "answer"].map(str::to_owned);
    let row = |edge: &SafetyEdge| {
        let texts = [&edge.lineup, &edge.setting, &edge.given].map(Clone::clone);
        let ends = [edge.from, edge.to].map(super::cell);
        texts.into_iter().chain(ends).chain([edge.now.clone(), fields(edge).1]).collect()
    };
    Chart {
        name: "safety".to_owned(),
        alt: format!("{title}. {}.", told.collect::<Vec<_>>().join("; ")),
        title,
        subtitle: "An attack pays where it brings more than behaving would have, on the same \
                   seeds, in each of the runs or surely on average. The spammer's pays where honest \
                   homes lose more than it spends. The upright mark is today's value."
            .to_owned(),
        narrow: draw(edges, NARROW),
        wide: Some(draw(edges, WIDE)),
        data: Data { columns: columns.to_vec(), rows: edges.iter().map(row).collect() },
    }
}

fn draw(edges: &[SafetyEdge], width: f64) -> Picture {
    const GROUP: f64 = 26.0;
    let narrow = width < WIDE;
    // A phone has the setting above its bar.
    let (row, down) = if narrow { (68.0, 34.0) } else { (38.0, 8.0) };
    let ends = |of: fn(&SafetyEdge) -> f64| {
        edges.iter().map(|edge| width_of(&readable(of(edge)))).fold(0.0, f64::max) + 10.0
    };
    let answers = edges.iter().map(|edge| width_of(&fields(edge).1) * 1.08).fold(0.0, f64::max);
    let (left, right) = if narrow {
        (ends(|edge| edge.from), width - ends(|edge| edge.to))
    } else {
        (262.0 + ends(|edge| edge.from), width - answers - ends(|edge| edge.to) - 6.0)
    };
    let mut lineups: Vec<&str> = edges.iter().map(|edge| edge.lineup.as_str()).collect();
    lineups.dedup();
    let mut places = Vec::new();
    let (mut x, mut y) = (0.0, 0.0);
    for (class, name) in LEGEND {
        let wide = 20.0 + width_of(name);
        if x + wide > width && x > 0.0 {
            (x, y) = (0.0, y + 18.0);
        }
        places.push((x, y, class, name));
        x += wide + 14.0;
    }
    let top = y + 26.0;
    let canvas =
        Canvas::new(width, top + GROUP * lineups.len() as f64 + row * edges.len() as f64 + 4.0);
    for (x, y, class, name) in places {
        canvas.rect((x, y + 3.0), (14.0, 10.0), class, "");
        canvas.text((x + 20.0, y + 12.0), Anchor::Start, "label", name);
    }
    let (mut y, mut lineup) = (top, "");
    for edge in edges {
        if edge.lineup != lineup {
            lineup = &edge.lineup;
            canvas.text((0.0, y + 17.0), Anchor::Start, "label strong", lineup);
            y += GROUP;
        }
        let (fields, answer) = fields(edge);
        let room = if narrow { width - width_of(&answer) * 1.08 - 10.0 } else { 254.0 };
        canvas.text((0.0, y + 12.0), Anchor::Start, "label", &fitted(&edge.setting, room));
        if !edge.given.is_empty() {
            let given = fitted(&format!("with {}", edge.given), if narrow { width } else { 254.0 });
            canvas.text((0.0, y + 26.0), Anchor::Start, "tick", &given);
        }
        canvas.text(
            (width, y + if narrow { 12.0 } else { down + 12.0 }),
            Anchor::End,
            "value",
            &answer,
        );
        bar(&canvas, edge, &fields, (left, right), y + down);
        y += row;
    }
    canvas.done()
}

fn bar(
    canvas: &Canvas,
    edge: &SafetyEdge,
    fields: &[(f64, f64, Field)],
    (left, right): (f64, f64),
    top: f64,
) {
    const BAR: f64 = 16.0;
    let (from, to) = (edge.from, edge.to);
    let at = |value: f64| {
        // Files may say anything: an end may be missing, or the ends swapped.
        let share = (value.max(from.min(to)).min(to.max(from)) - from) / (to - from);
        left + (right - left) * share
    };
    for (start, end, field) in fields {
        let told = format!(
            "{}, {} {} to {}: {}",
            edge.lineup,
            edge.setting,
            readable(*start),
            readable(*end),
            match field {
                Field::Safe => "does not pay",
                Field::Pays => "pays",
                Field::Unsure => "unsure",
            }
        );
        canvas.rect((at(*start), top), (at(*end) - at(*start), BAR), field.class(), &told);
    }
    if edge.low.is_finite() && edge.high.is_finite() {
        let size = (at(edge.high) - at(edge.low), BAR + 8.0);
        canvas.rect((at(edge.low), top - 4.0), size, LEGEND[3].0, "");
    }
    if let Some(now) = number(&edge.now).filter(|now| (from..=to).contains(now)) {
        canvas.line((at(now), top - 5.0), (at(now), top + BAR + 5.0), "zero");
    }
    canvas.text((left - 6.0, top + 12.0), Anchor::End, "tick", &readable(from));
    canvas.text((right + 6.0, top + 12.0), Anchor::Start, "tick", &readable(to));
}
