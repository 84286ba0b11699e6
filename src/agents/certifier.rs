//! The officials of certification, by level: 1 reads meters, 2 decides on
//! applications, 3 audits and revokes. Each sees its own share of the work.

use rand::RngExt;
use rand::seq::index;

use super::view::{Application, View};
use super::{Agent, Intent, Kind, Phase};
use crate::market::{Action, MAX_READINGS};
use crate::random::Purpose;

/// A declaration passes an inspection up to this factor over the roof's
/// yield: the weather of a year explains no more.
const PLAUSIBLE: f64 = 1.3;

fn overstated(application: &Application) -> bool {
    application.declared.as_f64() > PLAUSIBLE * application.inspected_kwh
}

/// Whether a meter shows more than the roof above it can have made.
fn over_reported(audited: &Application) -> bool {
    audited.credited.as_f64() > PLAUSIBLE * audited.made_kwh + 1.0
}

/// Level 1: passes meters' readings on, in batches.
#[derive(Clone, Debug, Default)]
pub struct MeterOperator;

impl Agent for MeterOperator {
    fn kind(&self) -> Kind {
        Kind::MeterOperator
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        match view.phase {
            Phase::Administration => {
                for readings in view.work.production.chunks(MAX_READINGS) {
                    let readings = readings.to_vec();
                    intents.push(Action::RecordProduction { readings }.into());
                }
            }
            Phase::Settlement => {
                for readings in view.work.consumption.chunks(MAX_READINGS) {
                    let readings = readings.to_vec();
                    intents.push(Action::RecordConsumption { readings }.into());
                }
            }
            _ => {}
        }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}

/// Level 2: works through applications, a number a day.
#[derive(Clone, Debug)]
pub struct Certifier {
    applications_a_day: u32,
    diligence: f64,
    done_today: u32,
}

impl Certifier {
    /// One who decides on up to `applications_a_day` and inspects a share
    /// `diligence` of them.
    #[must_use]
    pub const fn new(applications_a_day: u32, diligence: f64) -> Self {
        Self { applications_a_day, diligence, done_today: 0 }
    }
}

impl Agent for Certifier {
    fn kind(&self) -> Kind {
        Kind::Certifier
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        if view.phase != Phase::Administration {
            return;
        }
        if view.moment.is_midnight() {
            self.done_today = 0;
        }
        // The day's work is spread over eight hours from eight o'clock.
        let hour = view.moment.hour();
        if !(8.0..16.0).contains(&hour) {
            return;
        }
        let share = (hour - 8.0 + view.moment.tick_hours()) / 8.0;
        let due = (f64::from(self.applications_a_day) * share).ceil() as u32;
        let now = due.saturating_sub(self.done_today) as usize;
        let mut rng = view.whims.stream(Purpose::Certification);
        for application in view.work.applications.iter().take(now) {
            self.done_today += 1;
            let producer = application.producer;
            if overstated(application) && rng.random_bool(self.diligence) {
                let reason = "declared more than the roof yields".to_owned();
                intents.push(Action::RejectApplication { producer, reason }.into());
            } else {
                intents.push(Action::CertifyProducer { producer }.into());
            }
        }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}

/// Level 3: audits certified producers by chance and revokes what it catches.
#[derive(Clone, Debug)]
pub struct Supervisor {
    audits_a_day: u32,
    diligence: f64,
}

impl Supervisor {
    /// One who audits `audits_a_day` and catches a share `diligence` of what
    /// there is to catch.
    #[must_use]
    pub const fn new(audits_a_day: u32, diligence: f64) -> Self {
        Self { audits_a_day, diligence }
    }
}

/// Local hour at which audits are done.
const AUDIT_HOUR: f64 = 10.0;

impl Agent for Supervisor {
    fn kind(&self) -> Kind {
        Kind::Supervisor
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let certified = &view.work.certified;
        let hour = view.moment.hour();
        let due = hour <= AUDIT_HOUR && AUDIT_HOUR < hour + view.moment.tick_hours();
        if view.phase != Phase::Administration || !due || certified.is_empty() {
            return;
        }
        let mut rng = view.whims.stream(Purpose::Certification);
        let count = certified.len().min(self.audits_a_day as usize);
        for place in index::sample(&mut rng, certified.len(), count) {
            let audited = &certified[place];
            let reason = if overstated(audited) {
                "audit: declared more than the roof yields"
            } else if over_reported(audited) {
                "audit: metered more than the roof made"
            } else {
                continue;
            };
            if rng.random_bool(self.diligence) {
                let reason = reason.to_owned();
                let producer = audited.producer;
                intents.push(Action::RevokeCertification { producer, reason }.into());
            }
        }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}
