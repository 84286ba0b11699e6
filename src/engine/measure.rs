//! What an entry of the table of measures says. The entries stand in `measures`.

use std::borrow::Cow;
use std::fmt;

use super::facts::Facts;

/// Which way of a measure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More of it.
    Higher,
    /// Less of it.
    Lower,
    /// Neither by itself: what serves one side costs another, or it only describes.
    Neither,
}

/// Whom a better value of a measure serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// All who take part.
    Everyone,
    /// Homes with panels.
    Producers,
    /// Homes without.
    Buyers,
    /// Who owns the contracts, and answers for the treasury.
    Operator,
}

impl Whom {
    /// As people call them.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Producers => "producers",
            Self::Buyers => "buyers",
            Self::Operator => "operator",
        }
    }
}

/// An entry of the table: a measure without a value.
pub struct MeasureSpec {
    /// Its name in `summary.csv`.
    pub name: &'static str,
    /// Its unit; `1` for a share.
    pub unit: &'static str,
    /// What people call it.
    pub label: Cow<'static, str>,
    /// How it is reckoned, as a sentence without its beginning and its full stop.
    pub reckoned: Cow<'static, str>,
    /// Which way is better.
    pub better: Better,
    /// Whom the better way serves, where one way is better.
    pub serves: Option<Whom>,
    /// Its place, from 1 on, among those that matter most to a reader. Those without
    /// one follow in the order of the table.
    pub leading: Option<u8>,
    /// What a run gives for it.
    pub(super) value: Box<dyn Fn(&Facts<'_>) -> f64 + Send + Sync>,
}

impl fmt::Debug for MeasureSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasureSpec").field("name", &self.name).finish_non_exhaustive()
    }
}

impl MeasureSpec {
    /// More is better for `whom`.
    pub(super) fn higher(self, whom: Whom) -> Self {
        Self { better: Better::Higher, serves: Some(whom), ..self }
    }

    /// Less is better for `whom`.
    pub(super) fn lower(self, whom: Whom) -> Self {
        Self { better: Better::Lower, serves: Some(whom), ..self }
    }

    /// The place among those that matter most.
    pub(super) fn leading(self, place: u8) -> Self {
        Self { leading: Some(place), ..self }
    }
}

/// An entry of which neither way is better.
pub(super) fn measure(
    name: &'static str,
    unit: &'static str,
    label: impl Into<Cow<'static, str>>,
    reckoned: impl Into<Cow<'static, str>>,
    value: impl Fn(&Facts<'_>) -> f64 + Send + Sync + 'static,
) -> MeasureSpec {
    let (label, reckoned) = (label.into(), reckoned.into());
    let (better, value) = (Better::Neither, Box::new(value));
    MeasureSpec { name, unit, label, reckoned, better, serves: None, leading: None, value }
}
