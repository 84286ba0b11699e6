//! `[stress]`, `[warmup]`, `[sweep]` and `[tune]`: what an experiment tries, and what it
//! looks for. Which measures there are is known elsewhere.

use crate::scenario::Scenario;
use crate::scenario::document::{Node, Raw};
use crate::scenario::key::{KeySpec, Kind, choice};
use crate::scenario::read::{Fields, Reader, Table, section};
use crate::scenario::schema::{self, Schema};
use crate::scenario::sections::threshold::{Threshold, is_metric};
use crate::scenario::setting::{Setting, join};
use crate::units::in_threes;

choice! {
    /// What grows from step to step when the chain is loaded.
    pub enum Loading {
        /// Homes: each sends nothing more while something of its own waits.
        Closed = "closed",
        /// Arrivals: transactions come at a rate, whatever waits.
        Open = "open",
    }
}

section! {
    /// `[stress]`: how the chain is loaded.
    pub struct Stress {
        /// What grows from step to step.
        load: Loading = Loading::Closed;
        /// Days that a step of homes runs before its measures count, for the
        /// market to find its pace. Of arrivals, the first quarter of a step.
        warm_up_days: u32 = 1, in 0..=365, unit "days";
        /// Days that the measures of a step count; at most so long are arrivals
        /// sent.
        days: u32 = 1, in 1..=3_660, unit "days";
    }
}

choice! {
    /// How the points of a sweep are laid out.
    pub enum Design {
        /// Every step of every range with every step of the others.
        Grid = "grid",
        /// As many points as asked for, each range cut into as many slices,
        /// and a point in each slice of each.
        LatinHypercube = "latin-hypercube",
        /// The first points of a scrambled Sobol' sequence, which fills the
        /// space ever more finely.
        Sobol = "sobol",
    }
}

choice! {
    /// What a sweep says of how much each setting matters.
    pub enum Analysis {
        /// Nothing.
        None = "none",
        /// Morris's elementary effects: which settings matter at all.
        Morris = "morris",
        /// Sobol' indices: which share of the variance each accounts for.
        Sobol = "sobol",
    }
}

impl Analysis {
    /// The fewest walks or rows that it says anything of: the spread of Morris's
    /// effects takes two, and of fewer than sixteen rows Sobol' indices are
    /// mostly noise.
    #[must_use]
    pub const fn least_points(self) -> u32 {
        match self {
            Self::None => 1,
            Self::Morris => 2,
            Self::Sobol => 16,
        }
    }
}

section! {
    /// `[warmup]`: the days before the market is measured.
    pub struct Warmup {
        /// How many of the first days are not measured. Experiments live
        /// through them once a seed, and branch every setting from there.
        days: u32 = 0, in 0..=3_660, unit "days";
    }
}

section! {
    /// `[sweep]`: which settings are tried.
    pub struct Sweep {
        /// How the points are laid out; an analysis lays out its own.
        design: Design = Design::Grid;
        /// What is said of how much each setting matters.
        analysis: Analysis = Analysis::None;
        /// Points of a Latin hypercube or Sobol' sequence, walks of Morris's
        /// screening, rows of Saltelli's scheme.
        points: u32 = 16, in 1..=60_000;
        /// Runs a point, on the same seeds at each.
        replicates: u32 = 3, in 1..=10_000, unit "runs";
    }
    tables {
        /// The settings and what each may be.
        ranges: Ranges;
    }
}

section! {
    /// `[tune]`: what is looked for, and among which settings.
    pub struct Tune {
        /// Settings tried before the search begins, spread over all ranges.
        first: u32 = 16, in 2..=10_000, unit "settings";
        /// Settings tried in all, the first among them.
        candidates: u32 = 48, in 2..=50_000, unit "settings";
        /// Settings tried at a time, between two looks at what was found.
        batch: u32 = 8, in 1..=1_000, unit "settings";
        /// Runs of each setting before the poor are stopped.
        race_replicates: u32 = 3, in 2..=1_000, unit "runs";
        /// Runs of each setting that is not stopped.
        replicates: u32 = 8, in 2..=10_000, unit "runs";
    }
    tables {
        /// The measures to raise or to lower.
        objectives: Objectives;
        /// What must not happen too often.
        constraints: Constraints;
        /// The settings and what each may be.
        ranges: Ranges;
    }
}

/// What a setting may be in an experiment.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// Any number from one to another.
    Span {
        /// The least.
        from: f64,
        /// The greatest.
        to: f64,
        /// How many values a grid takes, evenly spread, both ends among them.
        steps: u32,
    },
    /// These values.
    Values(Vec<Setting>),
}

impl Range {
    /// The value at `unit`, from 0 to just below 1, of a key of this kind:
    /// whole numbers are rounded, others kept to nine significant digits, and
    /// values out of a list have equal shares.
    #[must_use]
    pub fn at(&self, unit: f64, kind: Kind) -> Setting {
        match self {
            Self::Span { from, to, .. } => number(from + unit * (to - from), kind),
            Self::Values(values) => {
                let place = (unit * values.len() as f64) as usize;
                values[place.min(values.len() - 1)].clone()
            }
        }
    }

    /// The values that a grid takes.
    #[must_use]
    pub fn levels(&self, kind: Kind) -> Vec<Setting> {
        match self {
            Self::Span { from, to, steps } => {
                let last = f64::from(steps.saturating_sub(1).max(1));
                let at = |step: u32| number(from + (to - from) * f64::from(step) / last, kind);
                let mut levels: Vec<Setting> = (0..*steps).map(at).collect();
                levels.dedup();
                levels
            }
            Self::Values(values) => values.clone(),
        }
    }
}

impl Sweep {
    /// Points beyond this are not worked out, whatever the machine.
    pub const MOST_POINTS: u64 = 1_000_000;
    /// Nor runs beyond this.
    pub const MOST_RUNS: u64 = 10_000_000;
    /// Nor values in all points together.
    const MOST_CELLS: u64 = 10_000_000;

    /// How many points the sweep has: every level of every range with each of
    /// the others, or as many as the design or the analysis lays out.
    fn points_in_all(&self, keys: &[KeySpec]) -> u64 {
        let (points, settings) = (u64::from(self.points), self.ranges.0.len() as u64);
        match (self.analysis, self.design) {
            (Analysis::Morris, _) => points * (settings + 1),
            (Analysis::Sobol, _) => points * (settings + 2),
            (Analysis::None, Design::LatinHypercube | Design::Sobol) => points,
            (Analysis::None, Design::Grid) => {
                let levels = self.ranges.0.iter().map(|(path, range)| {
                    let kind = keys.iter().find(|key| key.path == *path).map(|key| key.kind);
                    range.levels(kind.unwrap_or(Kind::Number)).len() as u64
                });
                levels.fold(1, u64::saturating_mul)
            }
        }
    }

    /// What is too much of the sweep, if anything is.
    pub(in crate::scenario) fn too_much(&self, keys: &[KeySpec]) -> Option<String> {
        if self.ranges.0.is_empty() {
            return None;
        }
        let points = self.points_in_all(keys);
        let settings = self.ranges.0.len() as u64;
        let runs = points.saturating_mul(u64::from(self.replicates));
        let what = if points > Self::MOST_POINTS.min(Self::MOST_CELLS / settings) {
            let most = Self::MOST_POINTS.min(Self::MOST_CELLS / settings);
            format!("{} points, where at most {} can be tried", count(points), count(most))
        } else if runs > Self::MOST_RUNS {
            let most = count(Self::MOST_RUNS);
            format!("{} runs, where at most {most} can be made", count(runs))
        } else {
            return None;
        };
        Some(format!(
            "makes {what}; take fewer steps or replicates, or spread points with \
             sweep.design = \"sobol\""
        ))
    }
}

/// A count as people read it.
fn count(number: u64) -> String {
    in_threes(&number.to_string(), ',')
}

/// A number as a value of this kind.
fn number(value: f64, kind: Kind) -> Setting {
    match kind {
        Kind::Integer => Setting::Integer(value.round() as i64),
        // Digits beyond these say nothing, and make long columns.
        _ => Setting::Number(format!("{value:.8e}").parse().unwrap_or(value)),
    }
}

/// The settings of an experiment by their keys' dotted paths.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranges(pub Vec<(String, Range)>);

impl Table for Ranges {
    fn read(reader: &mut Reader<'_>, path: &str, node: Option<&Node>) -> Self {
        let mut ranges = Vec::new();
        let fields = reader.open_any(path, node);
        read_ranges(reader, "", &fields, &mut ranges);
        Self(ranges)
    }

    fn to_setting(&self) -> Setting {
        let entry = |(key, range): &(String, Range)| {
            let setting = match range {
                Range::Span { from, to, steps } => Setting::table([
                    ("from", Some(Setting::Number(*from))),
                    ("to", Some(Setting::Number(*to))),
                    ("steps", Some(Setting::Integer(i64::from(*steps)))),
                ]),
                Range::Values(values) => Setting::List(values.clone()),
            };
            (key.clone(), setting)
        };
        Setting::Table(self.0.iter().map(entry).collect())
    }

    /// Any key can have a range, so that none is listed.
    fn list_keys(_: &str, _: &mut Vec<KeySpec>) {}

    fn schema() -> Schema {
        let mut keys = Scenario::keys();
        keys.retain(|key| !is_of_experiment(&key.path));
        schema::ranges("The settings and what each may be.", &keys)
    }
}

/// Reads the ranges below `within`: keys may be quoted whole or nested.
fn read_ranges(
    reader: &mut Reader<'_>,
    within: &str,
    fields: &Fields<'_>,
    ranges: &mut Vec<(String, Range)>,
) {
    for name in fields.names() {
        let (key, path) = (join(within, name), fields.path(name));
        let Some(node) = fields.get(name) else { continue };
        let spec = reader.known().iter().find(|known| known.path == key).cloned();
        match (&spec, &node.value) {
            (None, Raw::Table(_)) if reader.known().iter().any(|k| starts(&k.path, &key)) => {
                let inner = reader.open_any(&path, Some(node));
                read_ranges(reader, &key, &inner, ranges);
            }
            (None, _) => {
                let message = format!(
                    "no key is called {key}; name one of the scenario's, like \
                     market.commission_bps"
                );
                reader.fault_at(&node.key_at, &path, None, message);
            }
            (Some(_), _) if ranges.iter().any(|(known, _)| *known == key) => {
                let message =
                    "has a range already; write it once, quoted whole or nested".to_owned();
                reader.fault_at(&node.key_at, &path, None, message);
            }
            (Some(spec), _) => {
                if let Some(range) = read_range(reader, spec, &path, node) {
                    ranges.push((key, range));
                }
            }
        }
    }
}

fn starts(path: &str, section: &str) -> bool {
    path.strip_prefix(section).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether a key says how the experiment itself goes.
fn is_of_experiment(path: &str) -> bool {
    ["scenario.", "warmup.", "sweep.", "tune."].iter().any(|own| path.starts_with(own))
}

/// The most values of a range, stated or between two ends.
const MOST_VALUES: usize = 10_000;

fn read_range(reader: &mut Reader<'_>, spec: &KeySpec, path: &str, node: &Node) -> Option<Range> {
    if is_of_experiment(&spec.path) {
        let message = "belongs to the experiment itself and can have no range".to_owned();
        reader.fault_in(path, node, message);
        return None;
    }
    match &node.value {
        Raw::List(items) => {
            if items.len() > MOST_VALUES {
                let message = format!("has more than {MOST_VALUES} values");
                reader.fault_in(path, node, message);
                return None;
            }
            let values: Option<Vec<Setting>> = items.iter().map(plain).collect();
            let Some(values) = values.filter(|values| !values.is_empty()) else {
                let message = "must be values of the key, like [100, 300]".to_owned();
                reader.fault_in(path, node, message);
                return None;
            };
            for (place, (value, item)) in values.iter().zip(items).enumerate() {
                if !spec.admits(value) {
                    let message = format!("{} must be {}", spec.path, spec.takes());
                    reader.fault_in(path, item, message);
                    return None;
                }
                if values[..place].iter().any(|before| before.is_same(value)) {
                    let message = "is stated twice; each value is tried once".to_owned();
                    reader.fault_in(path, item, message);
                    return None;
                }
            }
            Some(Range::Values(values))
        }
        Raw::Table(_) if matches!(spec.kind, Kind::Integer | Kind::Number) => {
            let fields = reader.open(path, Some(node), &["from", "to", "steps"]);
            let end = |name: &str| match fields.get(name).map(|node| &node.value) {
                Some(Raw::Integer(Some(whole))) => Some(*whole as f64),
                Some(Raw::Number(number)) => Some(*number),
                _ => None,
            };
            let steps = match fields.get("steps").map(|node| &node.value) {
                None => Some(5),
                Some(Raw::Integer(Some(steps))) => {
                    u32::try_from(*steps).ok().filter(|steps| (2..=10_000).contains(steps))
                }
                Some(_) => None,
            };
            match (end("from"), end("to"), steps) {
                (Some(from), Some(to), Some(steps))
                    if from < to && spec.limits.allow(from) && spec.limits.allow(to) =>
                {
                    Some(Range::Span { from, to, steps })
                }
                _ => {
                    let message = format!(
                        "must be {{ from, to }} with from below to, both values that {} may \
                         have, and steps, if given, from 2 to 10000",
                        spec.path
                    );
                    reader.fault_in(path, node, message);
                    None
                }
            }
        }
        _ => {
            let message = "must be a list of values, or of numbers { from = …, to = … }";
            reader.fault_in(path, node, message.to_owned());
            None
        }
    }
}

/// A single value as it stands in a list.
fn plain(node: &Node) -> Option<Setting> {
    Some(match &node.value {
        Raw::Flag(flag) => Setting::Flag(*flag),
        Raw::Integer(Some(whole)) => Setting::Integer(*whole),
        Raw::Number(number) if number.is_finite() => Setting::Number(*number),
        Raw::Text(text) => Setting::Text(text.clone()),
        _ => return None,
    })
}

/// A measure and where it should go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objective {
    /// The measure's name, as in `summary.csv`.
    pub metric: String,
    /// Whether more of it is better.
    pub raise: bool,
}

/// The measures to raise or to lower.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objectives(pub Vec<Objective>);

impl Table for Objectives {
    fn read(reader: &mut Reader<'_>, path: &str, node: Option<&Node>) -> Self {
        let fields = reader.open_any(path, node);
        let mut objectives = Vec::new();
        for name in fields.names() {
            let Some(inner) = fields.get(name) else { continue };
            let raise = match &inner.value {
                Raw::Text(text) if text == "raise" => Some(true),
                Raw::Text(text) if text == "lower" => Some(false),
                _ => None,
            };
            match raise.filter(|_| is_metric(name)) {
                Some(raise) => objectives.push(Objective { metric: name.to_owned(), raise }),
                None => {
                    let message = "must be a measure = \"raise\" or \"lower\"".to_owned();
                    reader.fault_in(&fields.path(name), inner, message);
                }
            }
        }
        Self(objectives)
    }

    fn to_setting(&self) -> Setting {
        let entry = |objective: &Objective| {
            let way = if objective.raise { "raise" } else { "lower" };
            (objective.metric.clone(), Setting::Text(way.to_owned()))
        };
        Setting::Table(self.0.iter().map(entry).collect())
    }

    /// Any measure is a key, so that none is listed.
    fn list_keys(_: &str, _: &mut Vec<KeySpec>) {}

    fn schema() -> Schema {
        schema::by_metric(
            "`[tune.objectives]`: the measures to raise or to lower.",
            &schema::one_of(&["raise", "lower"]),
        )
    }
}

/// What must not happen in more than a share of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// What must not happen, such as that the treasury's least is at most 0.
    pub event: Threshold,
    /// The greatest chance that it may have, from 0 to 1.
    pub chance: f64,
}

/// What must not happen too often.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraints(pub Vec<Constraint>);

impl Table for Constraints {
    fn read(reader: &mut Reader<'_>, path: &str, node: Option<&Node>) -> Self {
        let fields = reader.open_any(path, node);
        let mut constraints = Vec::new();
        for name in fields.names() {
            let Some(inner) = fields.get(name) else { continue };
            let inner_path = fields.path(name);
            let parts = reader.open(&inner_path, Some(inner), &["event", "chance"]);
            let event = match parts.get("event").map(|node| &node.value) {
                Some(Raw::Text(text)) if is_metric(name) => Threshold::parse(name, text),
                _ => None,
            };
            let chance = match parts.get("chance").map(|node| &node.value) {
                Some(Raw::Number(chance)) => Some(*chance),
                Some(Raw::Integer(Some(whole))) => Some(*whole as f64),
                _ => None,
            };
            match (event, chance.filter(|chance| (0.0..=1.0).contains(chance))) {
                (Some(event), Some(chance)) => constraints.push(Constraint { event, chance }),
                _ => reader.fault_in(
                    &inner_path,
                    inner,
                    "must be a measure's event and the greatest chance it may have, like \
                     { event = \"<= 0\", chance = 0.01 }"
                        .to_owned(),
                ),
            }
        }
        Self(constraints)
    }

    fn to_setting(&self) -> Setting {
        let entry = |constraint: &Constraint| {
            let Threshold { metric, comparison, limit } = &constraint.event;
            let event = Setting::Text(format!("{} {limit}", comparison.sign()));
            let table =
                [("event", Some(event)), ("chance", Some(Setting::Number(constraint.chance)))];
            (metric.clone(), Setting::table(table))
        };
        Setting::Table(self.0.iter().map(entry).collect())
    }

    /// Any measure is a key, so that none is listed.
    fn list_keys(_: &str, _: &mut Vec<KeySpec>) {}

    fn schema() -> Schema {
        schema::by_metric(
            "`[tune.constraints]`: what must not happen too often, as in treasury_dry_share = \
             { event = \"> 0\", chance = 0.01 }.",
            &schema::closed([("event", schema::bound()), ("chance", schema::number(0.0, 1.0))]),
        )
    }
}
