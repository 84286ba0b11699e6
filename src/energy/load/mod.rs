//! What households use: a standard profile, measured days, or the user's own
//! meters, brought to the ticks of a run. What a panel makes is not known here.

mod days;
mod meter_clock;
mod meters;
mod profile;

pub use days::DayPool;
pub use meters::{MeterOptions, Meters};
pub use profile::StandardProfile;

use super::calendar::{Clock, MINUTES_A_DAY};
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

/// Energy, kWh, of each tick in the `minutes` from `from_minute` on, where each
/// of `power_kw` holds for `step_minutes` from minute zero on.
fn energy_by_tick(
    power_kw: &[f64],
    step_minutes: u32,
    from_minute: usize,
    minutes: usize,
    tick_minutes: u32,
) -> impl Iterator<Item = f64> {
    let step = step_minutes as usize;
    (from_minute..from_minute + minutes).step_by(tick_minutes as usize).map(move |start| {
        let end = start + tick_minutes as usize;
        (start / step..end.div_ceil(step))
            .map(|index| {
                let overlap = end.min((index + 1) * step) - start.max(index * step);
                power_kw.get(index).copied().unwrap_or(0.0) * overlap as f64 / 60.0
            })
            .sum()
    })
}

/// Energy, kWh, of each tick of a day whose quarter hours have `power_kw`.
fn day_by_tick(power_kw: &[f64], tick_minutes: u32) -> impl Iterator<Item = f64> {
    energy_by_tick(power_kw, 15, 0, MINUTES_A_DAY as usize, tick_minutes)
}

/// Quarter hours in a day.
const QUARTERS: usize = 96;

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Date, date};

    #[test]
    fn energy_is_kept_at_every_tick_length() {
        let quarters: Vec<f64> = (0..QUARTERS).map(|q| ((q * 7) % 13) as f64).collect();
        let sum = quarters.iter().sum::<f64>() / 4.0;
        for tick in (5..=60).filter(|tick| MINUTES_A_DAY.is_multiple_of(*tick)) {
            let ticks: Vec<f64> = day_by_tick(&quarters, tick).collect();
            assert_eq!(ticks.len(), (MINUTES_A_DAY / tick) as usize);
            assert!((ticks.iter().sum::<f64>() - sum).abs() < 1e-9, "{tick}");
        }
        let halves: Vec<f64> = day_by_tick(&quarters, 30).take(2).collect();
        assert_eq!(halves, [7.0 / 4.0, (1.0 + 8.0) / 4.0]);
    }

    #[test]
    fn ticks_and_steps_that_do_not_divide_each_other_share_by_overlap() {
        // Seven-minute steps of 1, 2, 3 kW, ten-minute ticks from minute 1.
        let ticks: Vec<f64> = energy_by_tick(&[1.0, 2.0, 3.0], 7, 1, 20, 10).collect();
        let expected = [(6.0 + 4.0 * 2.0) / 60.0, (3.0 * 2.0 + 7.0 * 3.0) / 60.0];
        assert!((ticks[0] - expected[0]).abs() < 1e-12);
        assert!((ticks[1] - expected[1]).abs() < 1e-12);
    }

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
