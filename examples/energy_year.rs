//! Writes what one panel makes in the shipped typical year to standard output,
//! as CSV, a row a tick: for comparison with another program, as
//! `docs/energy/check_with_pvlib.py` does. Nothing here is part of a run.
//!
//! Usage: `cargo run --release --example energy_year -- [TICK_MINUTES] [isotropic|hay-davies]`

use std::error::Error;
use std::io::{self, BufWriter, Write};

use connect_sim::energy::{
    Clock, Panel, PanelArray, PanelModel, Place, Region, SiteNoise, Transposition, Weather,
    WeatherFile, sun,
};
use jiff::civil::date;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let tick_minutes = match arguments.next() {
        Some(minutes) => minutes.parse()?,
        None => 60,
    };
    let transposition = match arguments.next().as_deref() {
        None | Some("isotropic") => Transposition::Isotropic,
        Some("hay-davies") => Transposition::HayDavies,
        Some(other) => return Err(format!("sky = {other}: must be isotropic or hay-davies").into()),
    };
    let place = Place {
        latitude_deg: 36.1,
        longitude_deg: -79.95,
        elevation_m: 273.0,
        utc_offset_hours: -5.0,
    };
    let clock = Clock { start: date(2025, 1, 1), days: 365, tick_minutes };
    let model = PanelModel { dc_ac_ratio: 1.0, transposition, ..PanelModel::default() };
    let panel = Panel { capacity_kwp: 1.0, tilt_deg: 30.0, azimuth_deg: 180.0 };
    let array = PanelArray::new(&panel, &model)?;
    let weather = Weather::File(WeatherFile::shipped()?);
    let region = Region::new(&place, &clock, &weather, &SiteNoise::NONE)?;

    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(
        out,
        "middle_lst,zenith_deg,apparent_zenith_deg,azimuth_deg,ghi_w_m2,dni_w_m2,dhi_w_m2,\
         temp_air_c,poa_w_m2,ac_kw"
    )?;
    for (index, tick) in region.sky(0).ticks().iter().enumerate() {
        let day = u32::try_from(index / clock.ticks_a_day())?;
        let second_of_day =
            (index % clock.ticks_a_day()) as u32 * tick_minutes * 60 + tick_minutes * 30;
        let today = clock.date(day);
        let sun = sun::position(&place, today, f64::from(second_of_day) / 60.0)?;
        let light = tick.irradiance;
        writeln!(
            out,
            "{today}T{:02}:{:02}:{:02},{:.6},{:.6},{:.6},{:.4},{:.4},{:.4},{:.4},{:.6},{:.9}",
            second_of_day / 3600,
            second_of_day / 60 % 60,
            second_of_day % 60,
            sun.zenith_deg,
            sun.apparent_zenith_deg,
            sun.azimuth_deg,
            light.global_w_m2,
            light.direct_w_m2,
            light.diffuse_w_m2,
            tick.temperature_c,
            array.plane_of_array_w_m2(tick, 1.0),
            array.output_kw(tick, 1.0),
        )?;
    }
    out.flush()?;
    Ok(())
}
