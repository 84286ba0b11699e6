//! `[thresholds]`: bounds that a run's measures must keep, written as
//! `wait_s_p95 = "< 1800"`. Which measures there are is known elsewhere.

use crate::scenario::document::{Node, Raw};
use crate::scenario::key::KeySpec;
use crate::scenario::read::{Reader, Table};
use crate::scenario::schema::{self, Schema};
use crate::scenario::setting::Setting;

/// How a measure is compared with its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
}

impl Comparison {
    /// Longer signs before those that begin them.
    const SIGNS: [(&'static str, Self); 5] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("==", Self::Equal),
        ("<", Self::Less),
        (">", Self::Greater),
    ];

    /// Its sign.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Equal => "==",
        }
    }
}

/// A bound on one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// The measure's name, as in `summary.csv`.
    pub metric: String,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what, in the measure's unit.
    pub limit: f64,
}

impl Threshold {
    /// Whether `value` keeps the bound. What is not a number keeps none.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        match self.comparison {
            Comparison::Less => value < self.limit,
            Comparison::AtMost => value <= self.limit,
            Comparison::Greater => value > self.limit,
            Comparison::AtLeast => value >= self.limit,
            Comparison::Equal => value == self.limit,
        }
    }

    /// The bound on `metric` that a text such as `< 1800` states; none where it
    /// states none.
    #[must_use]
    pub fn read(metric: &str, text: &str) -> Option<Self> {
        Self::parse(metric, text)
    }

    pub(super) fn parse(metric: &str, text: &str) -> Option<Self> {
        let text = text.trim();
        let (rest, comparison) = Comparison::SIGNS
            .iter()
            .find_map(|(sign, comparison)| Some((text.strip_prefix(sign)?, *comparison)))?;
        let limit: f64 = rest.trim().replace('_', "").parse().ok()?;
        limit.is_finite().then(|| Self { metric: metric.to_owned(), comparison, limit })
    }
}

/// The bounds, in the order of the measures' names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thresholds(pub Vec<Threshold>);

/// Whether a name can be that of a measure.
pub(super) fn is_metric(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte))
}

impl Table for Thresholds {
    fn read(reader: &mut Reader<'_>, path: &str, node: Option<&Node>) -> Self {
        let fields = reader.open_any(path, node);
        let mut thresholds = Vec::new();
        for name in fields.names() {
            let Some(inner) = fields.get(name) else {
                continue;
            };
            let key_path = fields.path(name);
            if !is_metric(name) {
                let message = "no measure is called so: small letters, digits, _ and - only";
                reader.fault_at(&inner.key_at, &key_path, None, message.to_owned());
                continue;
            }
            let threshold = match &inner.value {
                Raw::Text(text) => Threshold::parse(name, text),
                _ => None,
            };
            match threshold {
                Some(threshold) => thresholds.push(threshold),
                None => reader.fault_in(
                    &key_path,
                    inner,
                    "must be one of < <= > >= == and a number, in quotes, like \"< 1800\""
                        .to_owned(),
                ),
            }
        }
        Self(thresholds)
    }

    fn to_setting(&self) -> Setting {
        let entries = self.0.iter().map(|threshold| {
            let bound = format!("{} {}", threshold.comparison.sign(), threshold.limit);
            (threshold.metric.clone(), Setting::Text(bound))
        });
        Setting::Table(entries.collect())
    }

    /// Any measure is a key, so that none is listed.
    fn list_keys(_: &str, _: &mut Vec<KeySpec>) {}

    fn schema() -> Schema {
        schema::by_metric(
            "`[thresholds]`: bounds that a run's measures must keep, as in wait_s_p95 = \"< 1800\".",
            &schema::bound(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(text: &str) -> Threshold {
        Threshold::parse("wait_s_p95", text).expect("a bound")
    }

    #[test]
    fn bounds_hold_on_their_own_side_only() {
        assert!(bound("< 1800").holds(1_799.9) && !bound("<1_800").holds(1_800.0));
        assert!(bound("<= 1800").holds(1_800.0) && !bound("<= 1800").holds(1_800.1));
        assert!(bound("> 0").holds(0.1) && !bound("> 0").holds(0.0));
        assert!(bound(">= -2.5e3").holds(-2_500.0) && !bound(">= 1").holds(0.9));
        assert!(bound("== 3").holds(3.0) && !bound("== 3").holds(3.1));
        assert!(!bound("< 1").holds(f64::NAN) && !bound("> 1").holds(f64::NAN));
    }

    #[test]
    fn what_is_no_bound_is_refused() {
        for text in ["", "1800", "= 3", "< ", "< many", "< nan", "> inf", "<> 3"] {
            assert_eq!(Threshold::parse("x", text), None, "{text}");
        }
    }
}
