//! Where energy or money comes from and where it goes: sources on the left,
//! ends on the right, bands as wide as what flows.

use super::canvas::{Anchor, Canvas, NARROW, Point, WIDE};
use super::text::{LABEL, wrapped};
use super::{Chart, Data, Picture};

/// A flow of an amount from one place to another.
#[derive(Clone, Debug)]
pub(in super::super) struct Flow {
    pub(in super::super) from: &'static str,
    pub(in super::super) to: &'static str,
    pub(in super::super) amount: f64,
}

/// Draws them; `told` writes an amount. Places stand in the order in which
/// they are named first.
pub(in super::super) fn flows(
    name: &str,
    title: String,
    subtitle: String,
    unit: &str,
    flows: &[Flow],
    told: &dyn Fn(f64) -> String,
) -> Chart {
    let flows: Vec<Flow> =
        flows.iter().filter(|flow| flow.amount.is_finite() && flow.amount > 0.0).cloned().collect();
    let texts =
        flows.iter().map(|flow| format!("{} to {}: {}", flow.from, flow.to, told(flow.amount)));
    let alt = format!("{title}. {}.", texts.collect::<Vec<_>>().join("; "));
    let row =
        |flow: &Flow| vec![flow.from.to_owned(), flow.to.to_owned(), super::cell(flow.amount)];
    Chart {
        name: name.to_owned(),
        title,
        subtitle,
        alt,
        narrow: draw(&flows, told, NARROW),
        wide: Some(draw(&flows, told, WIDE)),
        data: Data {
            columns: vec!["from".to_owned(), "to".to_owned(), format!("amount ({unit})")],
            rows: flows.iter().map(row).collect(),
        },
    }
}

/// A place with what passes through it, where it begins and how far it is used.
struct Node {
    name: &'static str,
    amount: f64,
    top: f64,
    used: f64,
}

fn nodes(flows: &[Flow], end: impl Fn(&Flow) -> &'static str) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for flow in flows {
        match nodes.iter_mut().find(|node| node.name == end(flow)) {
            Some(node) => node.amount += flow.amount,
            None => nodes.push(Node { name: end(flow), amount: flow.amount, top: 0.0, used: 0.0 }),
        }
    }
    nodes
}

fn draw(flows: &[Flow], told: &dyn Fn(f64) -> String, width: f64) -> Picture {
    let narrow = width < WIDE;
    let (column, bar) = if narrow { (104.0, 8.0) } else { (180.0, 12.0) };
    let mut left = nodes(flows, |flow| flow.from);
    let mut right = nodes(flows, |flow| flow.to);
    let total: f64 = flows.iter().map(|flow| flow.amount).sum::<f64>().max(1e-12);
    // The least room that a label needs.
    let least = if narrow { 52.0 } else { 42.0 };
    let tall = 250.0;
    let lay = |nodes: &mut Vec<Node>| -> f64 {
        let mut y = 6.0;
        for node in nodes.iter_mut() {
            node.top = y;
            y += (node.amount / total * tall).max(least) + 10.0;
        }
        y
    };
    let height = lay(&mut left).max(lay(&mut right));
    let canvas = Canvas::new(width, height);
    let (start, end) = (column + bar, width - column - bar);
    for flow in flows {
        let thick = flow.amount / total * tall;
        let place = left.iter().position(|node| node.name == flow.from).unwrap_or(0);
        let (Some(from), Some(to)) =
            (left.get_mut(place), right.iter_mut().find(|node| node.name == flow.to))
        else {
            continue;
        };
        let (a, b) = (from.top + from.used, to.top + to.used);
        from.used += thick;
        to.used += thick;
        let thick = thick.max(0.8);
        let mut band: Vec<Point> = bend((start, a), (end, b));
        band.extend(bend((end, b + thick), (start, a + thick)));
        let tip = format!("{} to {}: {}", flow.from, flow.to, told(flow.amount));
        canvas.shape(&band, &format!("flow f{}", place % 4 + 1), &tip);
    }
    for (place, node) in left.iter().enumerate() {
        let size = (node.amount / total * tall).max(1.5);
        canvas.rect((column, node.top), (bar, size), &format!("fill f{}", place % 4 + 1), "");
        label(&canvas, node, (column - 6.0, Anchor::End), column - 8.0, told);
    }
    for node in &right {
        let size = (node.amount / total * tall).max(1.5);
        canvas.rect((end, node.top), (bar, size), "fill f5", "");
        label(&canvas, node, (end + bar + 6.0, Anchor::Start), column - 8.0, told);
    }
    canvas.done()
}

/// A line from one place to another that leaves and arrives level.
fn bend(from: Point, to: Point) -> Vec<Point> {
    const PARTS: u32 = 24;
    let at = |part: u32| {
        let share = f64::from(part) / f64::from(PARTS);
        // A cubic curve whose two handles stand halfway across.
        let (there, back) = (share, 1.0 - share);
        let halfway = 1.5 * back * there * (from.0 + to.0);
        let x = from.0 * back * back * back + halfway + to.0 * there * there * there;
        let y = from.1 * back * back * (back + 3.0 * there)
            + to.1 * there * there * (there + 3.0 * back);
        (x, y)
    };
    (0..=PARTS).map(at).collect()
}

fn label(
    canvas: &Canvas,
    node: &Node,
    (x, anchor): (f64, Anchor),
    room: f64,
    told: &dyn Fn(f64) -> String,
) {
    let mut y = node.top + 11.0;
    for line in wrapped(node.name, LABEL, room) {
        canvas.text((x, y), anchor, "label", &line);
        y += 15.0;
    }
    for line in wrapped(&told(node.amount), LABEL, room) {
        canvas.text((x, y), anchor, "value", &line);
        y += 15.0;
    }
}
