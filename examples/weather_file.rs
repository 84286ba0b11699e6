//! Writes what a weather file says, as the program reads it, to standard output:
//! a row an hour of local standard time, as CSV. For comparison with another
//! reader, as `docs/energy/check_weather_with_pvlib.py` does. Nothing here is
//! part of a run.
//!
//! Usage: `cargo run --example weather_file -- FILE LATITUDE LONGITUDE UTC_OFFSET START DAYS`

use std::error::Error;
use std::fs;
use std::io::{self, BufWriter, Write};

use connect_sim::energy::{
    Clock, Gaps, Place, Region, SiteNoise, Weather, WeatherFile, WeatherOptions,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, latitude, longitude, utc_offset, start, days] = arguments.as_slice() else {
        return Err("give FILE LATITUDE LONGITUDE UTC_OFFSET START DAYS".into());
    };
    let place = Place {
        latitude_deg: latitude.parse()?,
        longitude_deg: longitude.parse()?,
        elevation_m: 0.0,
        utc_offset_hours: utc_offset.parse()?,
    };
    let clock = Clock { start: start.parse()?, days: days.parse()?, tick_minutes: 60 };
    let options = WeatherOptions { format: None, gaps: Gaps::Refuse, place: Some(&place) };
    let weather = WeatherFile::parse_as(file, &fs::read_to_string(file)?, &options)?;
    let region = Region::new(&place, &clock, &Weather::File(weather), &SiteNoise::NONE)?;

    let mut out = BufWriter::new(io::stdout().lock());
    writeln!(out, "start,ghi,dni,dhi,temp_air")?;
    for (index, tick) in region.sky(0).ticks().iter().enumerate() {
        let today = clock.date(u32::try_from(index / 24)?);
        let light = tick.irradiance;
        writeln!(
            out,
            "{today}T{:02}:00,{},{},{},{}",
            index % 24,
            light.global_w_m2,
            light.direct_w_m2,
            light.diffuse_w_m2,
            tick.temperature_c,
        )?;
    }
    out.flush()?;
    Ok(())
}
