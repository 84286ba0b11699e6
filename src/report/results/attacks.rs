//! Results of attacks on the contracts: adversaries and where they pay, random
//! calls, planted faults, and limits as the market grows.

use serde_json::Value;

use super::super::ReportError;
use super::super::load::{ResultFiles, Sheet, at};

/// What a lineup of adversaries did to others, as mean and interval in STX.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct LineupEffect {
    pub(in super::super) lineup: String,
    pub(in super::super) kind: String,
    /// `advantage`, `treasury_change`, …
    pub(in super::super) effect: String,
    pub(in super::super) mean: f64,
    pub(in super::super) low: f64,
    pub(in super::super) high: f64,
}

/// Where along a setting an attack begins to pay.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct SafetyEdge {
    pub(in super::super) lineup: String,
    pub(in super::super) setting: String,
    /// What else was set, where anything was.
    pub(in super::super) given: String,
    /// The ends of the setting's range.
    pub(in super::super) from: f64,
    pub(in super::super) to: f64,
    pub(in super::super) now: String,
    /// `never pays`, `safe below`, …
    pub(in super::super) verdict: String,
    pub(in super::super) safe_at: String,
    pub(in super::super) pays_at: String,
    /// The 95 % interval of where it begins to pay.
    pub(in super::super) low: f64,
    pub(in super::super) high: f64,
}

impl SafetyEdge {
    /// Whether the attack pays at today's value; none where that is not known.
    pub(in super::super) fn pays_now(&self) -> bool {
        let number = |text: &str| text.parse::<f64>().ok();
        let (now, pays) = (number(&self.now), number(&self.pays_at));
        match (self.verdict.as_str(), now, pays) {
            ("always pays", _, _) => self.given.is_empty(),
            ("safe below", Some(now), Some(pays)) => self.given.is_empty() && now >= pays,
            ("safe above", Some(now), Some(pays)) => self.given.is_empty() && now <= pays,
            _ => false,
        }
    }
}

/// Adversaries and where they pay.
#[derive(Clone, Debug)]
pub(in super::super) struct Safety {
    pub(in super::super) effects: Vec<LineupEffect>,
    pub(in super::super) edges: Vec<SafetyEdge>,
    pub(in super::super) replicates: u64,
}

/// How often a function ended in a way under random calls.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Covered {
    pub(in super::super) function: String,
    pub(in super::super) outcome: String,
    pub(in super::super) error_code: String,
    pub(in super::super) calls: f64,
}

/// Random calls against the rules and a twin.
#[derive(Clone, Debug)]
pub(in super::super) struct Fuzz {
    pub(in super::super) calls: u64,
    pub(in super::super) seed: u64,
    /// What was found, where anything was.
    pub(in super::super) found: Option<String>,
    pub(in super::super) covered: Vec<Covered>,
}

/// A planted fault and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Mutant {
    pub(in super::super) contract: String,
    pub(in super::super) line: String,
    pub(in super::super) operator: String,
    pub(in super::super) from: String,
    pub(in super::super) to: String,
    pub(in super::super) fate: String,
    pub(in super::super) why: String,
}

/// Planted faults.
#[derive(Clone, Debug)]
pub(in super::super) struct Mutants {
    pub(in super::super) planted: u64,
    pub(in super::super) found: u64,
    pub(in super::super) score: f64,
    pub(in super::super) mutants: Vec<Mutant>,
}

/// What a limit did at a number of homes.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Limited {
    pub(in super::super) homes: f64,
    pub(in super::super) limit: String,
    pub(in super::super) kind: String,
    pub(in super::super) size: String,
    pub(in super::super) turned_away: f64,
    pub(in super::super) calls: f64,
    pub(in super::super) use_share: f64,
}

/// Limits as the market grows.
#[derive(Clone, Debug)]
pub(in super::super) struct Limits {
    pub(in super::super) grown: Vec<Limited>,
    /// Limit, what, place, value, outcome, error.
    pub(in super::super) edges: Vec<[String; 6]>,
}

fn count(files: &ResultFiles, key: &str) -> u64 {
    at(&files.manifest.details, key).and_then(Value::as_u64).unwrap_or(0)
}

fn rows<T>(
    sheet: &Sheet,
    make: impl Fn(&dyn Fn(&str) -> String, &dyn Fn(&str) -> f64) -> T,
) -> Vec<T> {
    let row = |row| make(&|name| sheet.text(row, name).to_owned(), &|name| sheet.number(row, name));
    sheet.rows.iter().map(row).collect()
}

impl Safety {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let effects = files.sheet("adversaries.csv", &["lineup", "effect", "mean"])?;
        let edges = files.sheet("safety.csv", &["lineup", "setting", "verdict"])?;
        Ok(Self {
            effects: rows(&effects, |text, number| LineupEffect {
                lineup: text("lineup"),
                kind: text("kind"),
                effect: text("effect"),
                mean: number("mean"),
                low: number("ci95_low"),
                high: number("ci95_high"),
            }),
            edges: rows(&edges, |text, number| SafetyEdge {
                lineup: text("lineup"),
                setting: text("setting"),
                given: text("given"),
                from: number("from"),
                to: number("to"),
                now: text("now"),
                verdict: text("verdict"),
                safe_at: text("safe_at"),
                pays_at: text("pays_at"),
                low: number("ci95_low"),
                high: number("ci95_high"),
            }),
            replicates: count(files, "replicates"),
        })
    }
}

impl Fuzz {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let sheet = files.sheet("coverage.csv", &["function", "outcome", "calls"])?;
        let found = at(&files.manifest.details, "found").and_then(Value::as_str);
        Ok(Self {
            calls: count(files, "calls"),
            seed: count(files, "seed"),
            found: found.map(str::to_owned),
            covered: rows(&sheet, |text, number| Covered {
                function: text("function"),
                outcome: text("outcome"),
                error_code: text("error_code"),
                calls: number("calls"),
            }),
        })
    }
}

impl Mutants {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let sheet = files.sheet("mutants.csv", &["contract", "line", "fate"])?;
        let score = at(&files.manifest.details, "score").and_then(Value::as_f64);
        Ok(Self {
            planted: count(files, "planted"),
            found: count(files, "found"),
            score: score.unwrap_or(f64::NAN),
            mutants: rows(&sheet, |text, _| Mutant {
                contract: text("contract"),
                line: text("line"),
                operator: text("operator"),
                from: text("from"),
                to: text("to"),
                fate: text("fate"),
                why: text("why_no_fault"),
            }),
        })
    }
}

impl Limits {
    pub(super) fn read(files: &ResultFiles) -> Result<Self, ReportError> {
        let grown = files.sheet("limits.csv", &["homes", "limit"])?;
        let edges = files.sheet("limit_edges.csv", &["limit", "what", "place", "outcome"])?;
        Ok(Self {
            grown: rows(&grown, |text, number| Limited {
                homes: number("homes"),
                limit: text("limit"),
                kind: text("kind"),
                size: text("size"),
                turned_away: number("participants_turned_away"),
                calls: number("calls_turned_away"),
                use_share: number("use_share_max"),
            }),
            edges: rows(&edges, |text, _| {
                ["limit", "what", "place", "value", "outcome", "error"].map(text)
            }),
        })
    }
}
