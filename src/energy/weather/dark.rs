//! When the sun is down over a place, for light that a file does not say. Where
//! rows stand in time is given; what is made of them is `assemble`'s.

use crate::energy::calendar::{MINUTES_A_DAY, date_of};
use crate::energy::sun::{Place, position};

/// The steps of a file over the place where it is used.
pub(super) struct SunDown<'p> {
    pub(super) place: &'p Place,
    /// Where the first step begins, local minutes from 1970.
    pub(super) first: i64,
    /// Minutes.
    pub(super) step: u32,
}

impl SunDown<'_> {
    /// Whether the sun is down during the whole of the step numbered `number`.
    pub(super) fn throughout(&self, number: usize) -> bool {
        [0.0, 0.5, 1.0].iter().all(|along| self.is_down(number, *along))
    }

    /// Whether the sun is down at the middle of the step numbered `number`.
    pub(super) fn at_the_middle(&self, number: usize) -> bool {
        self.is_down(number, 0.5)
    }

    /// Puts 0 where `values` have none and the sun `is_down`.
    pub(super) fn fill(&self, values: &mut [Option<f64>], is_down: fn(&Self, usize) -> bool) {
        for (number, value) in values.iter_mut().enumerate().filter(|(_, value)| value.is_none()) {
            if is_down(self, number) {
                *value = Some(0.0);
            }
        }
    }

    fn is_down(&self, number: usize, along: f64) -> bool {
        let step = f64::from(self.step);
        let minute = self.first as f64 + (number as f64 + along) * step;
        let (date, _) = date_of(minute.floor() as i64);
        let of_day = minute.rem_euclid(f64::from(MINUTES_A_DAY));
        position(self.place, date, of_day).is_ok_and(|sun| sun.apparent_elevation_deg() <= 0.0)
    }
}
