//! Participants of a kind of one's own: made by a function of the user's, anew
//! for each run, and taken into the market after everyone else, so that they
//! change nobody's draws.

use std::fmt;
use std::sync::Arc;

use crate::agents::Agent;
use crate::units::MicroStx;

/// A participant that the user of the library brings along.
pub struct Guest {
    /// How it decides.
    pub agent: Box<dyn Agent>,
    /// The STX that it begins with.
    pub purse: MicroStx,
    /// What it lives in.
    pub home: GuestHome,
}

/// What a guest lives in. Panels and use are drawn as the scenario says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GuestHome {
    /// No home: it makes and uses nothing.
    #[default]
    None,
    /// A home that uses energy.
    WithoutPanel,
    /// A home that makes energy too. It is not certified at first: to sell, its
    /// agent applies.
    WithPanel,
}

/// The guests of each run, by its seed.
#[derive(Clone, Default)]
pub(super) struct Guests(Option<Arc<dyn Fn(u64) -> Vec<Guest> + Send + Sync>>);

impl Guests {
    pub(super) fn new(make: impl Fn(u64) -> Vec<Guest> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(make)))
    }

    /// Those of the run `seed`.
    pub(super) fn of(&self, seed: u64) -> Vec<Guest> {
        self.0.as_ref().map_or_else(Vec::new, |make| make(seed))
    }
}

impl fmt::Debug for Guests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Guests(some)" } else { "Guests(none)" })
    }
}
