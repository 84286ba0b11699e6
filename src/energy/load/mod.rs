//! What households use: a standard profile, measured days, or the user's own
//! meters, brought to the ticks of a run. What a panel makes is not known here.

mod days;
mod meter_clock;
mod meter_column;
mod meter_doubts;
mod meter_export;
mod meter_form;
mod meter_lines;
mod meter_options;
mod meter_series;
mod meter_stamp;
mod meter_table;
mod meters;
mod profile;
mod spread;

pub use days::DayPool;
pub use meter_options::{ColumnMap, MeterOptions, Stamp};
pub use meter_stamp::DateOrder;
pub use meters::{MeterSummary, Meters};
pub use profile::StandardProfile;

use super::calendar::Clock;
use super::error::EnergyError;

/// Where the load of households comes from.
#[derive(Clone, Debug)]
pub enum LoadModel {
    /// The same standard profile for all, scaled to each home's annual use.
    Synthetic(StandardProfile),
    /// Measured days of the same season and kind of day, drawn anew for each
    /// home and day, scaled to each home's annual use.
    Days(DayPool),
    /// The user's own meters as they are: home 0 has the first, and so on,
    /// beginning again after the last. Annual use plays no part.
    File(Meters),
}

/// The load of a scenario's homes, made ready for any number of runs: nothing
/// here depends on a seed.
#[derive(Clone, Debug)]
pub struct Loads(Ready);

#[derive(Clone, Debug)]
enum Ready {
    Synthetic(profile::ProfileLoads),
    Days(days::DayLoads),
    File(meters::MeterLoads),
}

impl Loads {
    /// Brings `model` to the ticks of `clock`.
    ///
    /// # Errors
    /// Where the clock cannot be followed, or meters do not cover it.
    pub fn new(model: &LoadModel, clock: &Clock) -> Result<Self, EnergyError> {
        clock.check()?;
        Ok(Self(match model {
            LoadModel::Synthetic(profile) => Ready::Synthetic(profile.at(clock)),
            LoadModel::Days(pool) => Ready::Days(pool.at(clock)),
            LoadModel::File(meters) => Ready::File(meters.at(clock)?),
        }))
    }

    /// Writes what the home numbered `home_id` uses on `day` of the run `seed`
    /// into `used_kwh`, a value each tick. Nothing past the end of the run.
    pub fn fill_day(
        &self,
        seed: u64,
        home_id: u64,
        annual_use_kwh: f64,
        day: u32,
        used_kwh: &mut [f64],
    ) {
        match &self.0 {
            Ready::Synthetic(loads) => loads.fill_day(annual_use_kwh, day, used_kwh),
            Ready::Days(loads) => loads.fill_day(seed, home_id, annual_use_kwh, day, used_kwh),
            Ready::File(loads) => loads.fill_day(home_id, day, used_kwh),
        }
    }

    /// What the home numbered `home_id` is expected to use on `day`, kWh: by
    /// the profile, by the mean of the days it may be dealt, or by the mean of
    /// its meter over the run.
    #[must_use]
    pub fn expected_day_kwh(&self, home_id: u64, annual_use_kwh: f64, day: u32) -> f64 {
        match &self.0 {
            Ready::Synthetic(loads) => loads.expected_day_kwh(annual_use_kwh, day),
            Ready::Days(loads) => loads.expected_day_kwh(annual_use_kwh, day),
            Ready::File(loads) => loads.mean_day_kwh(home_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Date, date};

    fn assert_near(what: &str, value: f64, expected: f64, tolerance: f64) {
        assert!(
            (value - expected).abs() <= tolerance,
            "{what}: {value}, expected {expected} ± {tolerance}"
        );
    }

    fn clock(start: Date, days: u32, tick_minutes: u32) -> Clock {
        Clock { start, days, tick_minutes }
    }

    #[test]
    fn measured_days_add_up_to_the_annual_use_over_many_homes() {
        let pool = LoadModel::Days(DayPool::shipped().expect("the shipped pool"));
        let run = clock(date(2025, 1, 1), 365, 60);
        let loads = Loads::new(&pool, &run).expect("loads");
        let mut used = vec![0.0; 24];
        let homes = 100;
        let (mut mean, mut expected) = (0.0, 0.0);
        for home in 0..homes {
            for day in 0..365 {
                loads.fill_day(7, home, 4_000.0, day, &mut used);
                mean += used.iter().sum::<f64>() / homes as f64;
            }
        }
        for day in 0..365 {
            expected += loads.expected_day_kwh(0, 4_000.0, day);
        }
        assert_near("expected kWh a year", expected, 4_000.0, 1e-6);
        assert_near("mean kWh a year", mean, 4_000.0, 20.0);
    }

    #[test]
    fn homes_are_dealt_different_measured_days_of_the_season() {
        let pool = LoadModel::Days(DayPool::shipped().expect("the shipped pool"));
        let at = |start| Loads::new(&pool, &clock(start, 7, 15)).expect("loads");
        let (winter, summer) = (at(date(2025, 1, 6)), at(date(2025, 7, 7)));
        let day = |loads: &Loads, seed, home, day| {
            let mut used = vec![0.0; 96];
            loads.fill_day(seed, home, 4_000.0, day, &mut used);
            used
        };
        assert_eq!(day(&winter, 1, 2, 3), day(&winter, 1, 2, 3));
        assert_ne!(day(&winter, 1, 2, 3), day(&winter, 2, 2, 3));
        assert_ne!(day(&winter, 1, 2, 3), day(&winter, 1, 3, 3));
        assert_ne!(day(&winter, 1, 2, 3), day(&winter, 1, 2, 4));
        let expected = |loads: &Loads| loads.expected_day_kwh(0, 4_000.0, 0);
        assert!(expected(&winter) > 1.5 * expected(&summer));
    }

    #[test]
    fn a_users_meters_are_used_as_they_are() {
        let mut text = String::from("start,a_kw,b_wh\n");
        for hour in 0..48 {
            let (day, hour) = (1 + hour / 24, hour % 24);
            text.push_str(&format!("2025-03-{day:02} {hour:02}:00,1,{}\n", hour * 100));
        }
        let meters = LoadModel::File(Meters::parse("meters.csv", &text).expect("good meters"));
        let run = clock(date(2025, 3, 1), 2, 30);
        let loads = Loads::new(&meters, &run).expect("loads");
        let mut used = vec![0.0; 48];
        loads.fill_day(1, 3, 99.0, 1, &mut used);
        assert_near("half of the hour from 7", used[14], 0.35, 1e-6);
        assert_near("a mean day", loads.expected_day_kwh(0, 99.0, 0), 24.0, 1e-6);
        let before = used.clone();
        loads.fill_day(1, 3, 99.0, 2, &mut used);
        assert_eq!(used, before, "nothing past the end of the run");
    }
}
