//! Power by the step of a file, as energy by the tick of a run.

use crate::energy::calendar::MINUTES_A_DAY;

/// Energy, kWh, of each tick in the `minutes` from `from_minute` on, where each
/// of `power_kw` holds for `step_minutes` from minute zero on.
pub(super) fn energy_by_tick(
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
pub(super) fn day_by_tick(power_kw: &[f64], tick_minutes: u32) -> impl Iterator<Item = f64> {
    energy_by_tick(power_kw, 15, 0, MINUTES_A_DAY as usize, tick_minutes)
}

/// Quarter hours in a day.
pub(super) const QUARTERS: usize = 96;

#[cfg(test)]
mod tests {
    use super::*;

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
}
