//! Weather as it is downloaded: each format, read from a small file with its own
//! header lines, gives the same sky as the same hours in the plain table.

use std::fs;
use std::path::{Path, PathBuf};

use connect_sim::energy::{
    Clock, Gaps, Place, Region, SiteNoise, SkyTick, Weather, WeatherFile, WeatherOptions, shipped,
};
use jiff::civil::{Date, date};

const GREENSBORO: Place =
    Place { latitude_deg: 36.1, longitude_deg: -79.95, elevation_m: 273.0, utc_offset_hours: -5.0 };

fn data(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/weather").join(file);
    fs::read_to_string(path).expect("a data file")
}

fn options(gaps: Gaps) -> WeatherOptions<'static> {
    WeatherOptions { format: None, gaps, place: Some(&GREENSBORO) }
}

fn read(text: &str) -> Result<WeatherFile, String> {
    WeatherFile::parse_as("w", text, &options(Gaps::Refuse)).map_err(|error| error.to_string())
}

/// The sky of `days` from `start` on, tick by tick.
fn sky(file: WeatherFile, start: Date, days: u32, tick_minutes: u32) -> Vec<SkyTick> {
    let clock = Clock { start, days, tick_minutes };
    let region = Region::new(&GREENSBORO, &clock, &Weather::File(file), &SiteNoise::NONE)
        .unwrap_or_else(|error| panic!("{error}"));
    let sky = region.sky(1);
    (0..days).flat_map(|day| sky.day(day).to_vec()).collect()
}

/// One hour of the shipped year: month, day and hour in which it begins, then
/// global, direct, diffuse light and temperature.
struct Hour {
    month: u32,
    day: u32,
    hour: u32,
    values: [String; 4],
}

fn shipped_year() -> Vec<Hour> {
    let rows = shipped::TYPICAL_YEAR.text.lines().filter(|line| line.starts_with(['0', '1']));
    rows.map(|row| {
        let mut cells = row.split(',').map(str::to_owned);
        let start = cells.next().expect("a start");
        let number = |from: usize| start[from..from + 2].parse().expect("digits");
        let values = std::array::from_fn(|_| cells.next().expect("a value"));
        Hour { month: number(0), day: number(3), hour: number(6), values }
    })
    .collect()
}

/// A year that the typical months may have come from: no two neighbours alike.
fn year_of(month: u32) -> u32 {
    2004 + month * 5 % 12
}

/// The lines of a file before its data, and the first line of data.
fn head(file: &str, data_begins: impl Fn(&str) -> bool) -> (String, String) {
    let text = data(file);
    let header: Vec<&str> = text.lines().take_while(|line| !data_begins(line)).collect();
    let first = text.lines().nth(header.len()).expect("a line of data").to_owned();
    (header.join("\n") + "\n", first)
}

/// `line` with some of its cells put in place of its own.
fn with_cells(line: &str, cells: &[(usize, &str)]) -> String {
    let mut all: Vec<&str> = line.split(',').collect();
    for (place, cell) in cells {
        all[*place] = cell;
    }
    all.join(",") + "\n"
}

/// Hours of universal time from the first of January on: the last five hours
/// of the local year come first.
fn universal(year: &[Hour]) -> impl Iterator<Item = (String, &Hour)> {
    let utc = year.iter().map(|hour| (hour.month, hour.day, hour.hour));
    let local = year[year.len() - 5..].iter().chain(year);
    utc.zip(local).map(|((month, day, hour), local)| {
        (format!("{}{month:02}{day:02}:{hour:02}00", year_of(month)), local)
    })
}

fn tmy3() -> String {
    let (mut text, first) = head("tmy3.csv", |line| line.starts_with("01/01/"));
    for Hour { month, day, hour, values: [global, direct, diffuse, temperature] } in shipped_year()
    {
        let date = format!("{month:02}/{day:02}/{}", year_of(month));
        let ends = format!("{:02}:00", hour + 1);
        let cells = [(0, &date), (1, &ends), (4, &global), (7, &direct), (10, &diffuse)];
        let mut cells = cells.map(|(place, cell)| (place, cell.as_str())).to_vec();
        cells.push((31, &temperature));
        text.push_str(&with_cells(&first, &cells));
    }
    text
}

fn epw() -> String {
    let (mut text, first) = head("epw.epw", |line| line.starts_with("1988,"));
    for Hour { month, day, hour, values: [global, direct, diffuse, temperature] } in shipped_year()
    {
        let numbers = [year_of(month), month, day, hour + 1].map(|number| number.to_string());
        let mut cells: Vec<(usize, &str)> =
            numbers.iter().enumerate().map(|(place, number)| (place, number.as_str())).collect();
        cells.extend([
            (6, temperature.as_str()),
            (13, global.as_str()),
            (14, direct.as_str()),
            (15, diffuse.as_str()),
        ]);
        text.push_str(&with_cells(&first, &cells));
    }
    text
}

/// The typical year of PVGIS as EPW: universal time, though it names a zone.
fn epw_of_pvgis() -> String {
    let (mut text, first) = head("epw-pvgis.epw", |line| line.starts_with("2006,"));
    for (stamp, hour) in universal(&shipped_year()) {
        let [global, direct, diffuse, temperature] = &hour.values;
        let ends = (stamp[9..11].parse::<u32>().expect("an hour") + 1).to_string();
        let cells = [(0, &stamp[..4]), (1, &stamp[4..6]), (2, &stamp[6..8]), (3, &ends)];
        let mut cells = cells.to_vec();
        cells.extend([(6, temperature.as_str()), (13, global), (14, direct), (15, diffuse)]);
        text.push_str(&with_cells(&first, &cells));
    }
    text
}

fn pvgis_typical() -> String {
    let (mut text, first) = head("pvgis-tmy.csv", |line| line.starts_with("20060101:"));
    for (stamp, hour) in universal(&shipped_year()) {
        let [global, direct, diffuse, temperature] = &hour.values;
        let cells = [(0, &stamp), (1, temperature), (3, global), (4, direct), (5, diffuse)];
        text.push_str(&with_cells(&first, &cells.map(|(place, cell)| (place, cell.as_str()))));
    }
    text + "\nT2m: 2-m air temperature (degree Celsius)\n\nPVGIS (c) European Union\n"
}

fn pvgis_typical_json() -> String {
    let mut whole: serde_json::Value =
        serde_json::from_str(&data("pvgis-tmy.json")).expect("the file is JSON");
    let year = shipped_year();
    let hours = universal(&year).map(|(stamp, hour)| {
        let [global, direct, diffuse, temperature] =
            hour.values.each_ref().map(|value| value.parse::<f64>().expect("a number"));
        serde_json::json!({
            "time(UTC)": stamp, "T2m": temperature, "G(h)": global, "Gb(n)": direct,
            "Gd(h)": diffuse,
        })
    });
    whole["outputs"]["tmy_hourly"] = hours.collect();
    whole.to_string()
}

#[test]
fn typical_years_of_all_formats_give_the_same_sky() {
    let shipped = || WeatherFile::shipped().expect("the shipped year");
    let weeks = [(date(2026, 6, 15), 30), (date(2027, 12, 29), 60), (date(2028, 2, 27), 10)];
    let expected: Vec<_> =
        weeks.iter().map(|(start, tick)| sky(shipped(), *start, 4, *tick)).collect();
    for (format, text) in [
        ("TMY3", tmy3()),
        ("EPW", epw()),
        ("EPW of PVGIS", epw_of_pvgis()),
        ("PVGIS CSV", pvgis_typical()),
        ("PVGIS JSON", pvgis_typical_json()),
    ] {
        let file = read(&text).unwrap_or_else(|error| panic!("{format}: {error}"));
        for ((start, tick), expected) in weeks.iter().zip(&expected) {
            assert!(sky(file.clone(), *start, 4, *tick) == *expected, "{format}, {start}");
        }
    }
}

#[test]
fn measured_hours_of_all_formats_give_the_same_sky() {
    let start = date(2016, 6, 1);
    for (plain, files) in [
        ("pvgis-hourly-plain.csv", ["pvgis-hourly.csv", "pvgis-hourly.json"]),
        ("nsrdb-plain.csv", ["nsrdb-local.csv", "nsrdb-utc.csv"]),
    ] {
        let expected = sky(read(&data(plain)).expect("a plain table"), start, 2, 30);
        assert!(expected.iter().any(|tick| tick.irradiance.direct_w_m2 > 100.0), "{plain}");
        for file in files {
            let found = sky(read(&data(file)).unwrap_or_else(|e| panic!("{e}")), start, 2, 30);
            for (tick, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let (one, other) = (found.irradiance, expected.irradiance);
                let near = (one.global_w_m2 - other.global_w_m2).abs() < 1e-6
                    && (one.direct_w_m2 - other.direct_w_m2).abs() < 1e-6
                    && (one.diffuse_w_m2 - other.diffuse_w_m2).abs() < 1e-6
                    && (found.temperature_c - expected.temperature_c).abs() < 1e-9;
                assert!(near, "{file}, tick {tick}: {found:?}, expected {expected:?}");
            }
        }
    }
}

/// A satellite that looks at ten past: each row stands for the hour around its
/// look, and a day's light is the sum of its rows.
#[test]
fn looks_at_ten_past_keep_their_light_and_their_time() {
    let text = data("pvgis-hourly.csv");
    let at_ten = text.lines().map(|line| match line.get(11..13) {
        Some("30") if line.starts_with("2016") => format!("{}10{}\n", &line[..11], &line[13..]),
        _ => format!("{line}\n"),
    });
    let at_ten: String = at_ten.collect();
    let day = |text: &str| -> (f64, f64) {
        let ticks = sky(read(text).expect("a series"), date(2016, 6, 1), 1, 10);
        let light = ticks.iter().map(|tick| tick.irradiance.global_w_m2);
        let sum: f64 = light.clone().sum();
        let moment = light.enumerate().map(|(tick, light)| light * (tick as f64 + 0.5) * 10.0);
        (sum, moment.sum::<f64>() / sum)
    };
    let ((at_half, middle_of_half), (at_ten, middle_of_ten)) = (day(&text), day(&at_ten));
    assert!((at_half - at_ten).abs() < 1e-6 * at_half, "{at_half} {at_ten}");
    // Twenty minutes earlier, but for the shape of the clear sky within an hour.
    let earlier = middle_of_half - middle_of_ten;
    assert!((earlier - 20.0).abs() < 3.0, "{earlier} minutes");
}

#[test]
fn years_leap_days_and_zones_are_taken_as_they_are() {
    // 29 February of a leap year within a typical one is left out.
    let march = "\n2007,3,1,1,";
    let leap = epw().replace(march, &format!("\n2008,2,29,24,60,x,1,1,1,1,1,1,1,1,1,1{march}"));
    assert_ne!(leap, epw());
    let day = |text: &str| sky(read(text).expect("a year"), date(2026, 3, 1), 1, 60);
    assert!(day(&leap) == day(&epw()));
    // NSRDB leaves it out of measured years: the 28th serves.
    let rows = |days: &[(u32, u32)]| {
        let (mut text, first) = head("nsrdb-local.csv", |line| line.starts_with("2016,"));
        for (month, day) in days {
            for hour in 0..24 {
                let numbers = [*month, *day, hour].map(|number| number.to_string());
                let light = if hour == 12 { (100 + day).to_string() } else { "0".to_owned() };
                let cells = [(1, 0), (2, 1), (3, 2)].map(|(place, n)| (place, numbers[n].as_str()));
                let mut cells = cells.to_vec();
                cells.extend([(5, light.as_str()), (7, "0"), (8, light.as_str())]);
                text.push_str(&with_cells(&first, &cells));
            }
        }
        text
    };
    let noon = |text: &str| {
        let ticks = sky(read(text).expect("rows"), date(2016, 2, 28), 3, 60);
        [12, 36, 60].map(|tick| ticks[tick].irradiance.global_w_m2)
    };
    assert_eq!(noon(&rows(&[(2, 28), (3, 1)])), [128.0, 128.0, 101.0]);
    let gap = read(&rows(&[(3, 1), (3, 3)])).expect_err("a day is missing");
    assert_eq!(
        gap,
        "w:28: Year, Month, Day, Hour, Minute = \"2016-03-03 00:30\": must be 2016-03-02T00:30, \
         60 minutes after the row before: gaps are filled only where gaps = \"interpolate\""
    );
}

/// Files that say the same hours in other ways.
#[test]
fn oddities_of_providers_give_the_same_sky() {
    let weeks = [(date(2026, 2, 26), 60), (date(2027, 12, 29), 60), (date(2026, 6, 15), 30)];
    type Cells<'c> = dyn Fn(&[&str]) -> Vec<(usize, String)> + 'c;
    let rewritten = |text: &str, cells: &Cells<'_>| -> String {
        let lines = text.lines().map(|line| {
            let all: Vec<&str> = line.split(',').collect();
            if !line.starts_with(|c: char| c.is_ascii_digit()) || all.len() < 20 {
                return format!("{line}\n");
            }
            let new = cells(&all);
            let new: Vec<(usize, &str)> = new.iter().map(|(at, cell)| (*at, &**cell)).collect();
            with_cells(line, &new)
        });
        lines.collect()
    };
    // The minute of hourly rows says nothing.
    let minute = |minute: &str| rewritten(&epw(), &|_| vec![(4, minute.to_owned())]);
    // Midnight as 00:00 of the next day, which lies in a leap year.
    let midnights = rewritten(&tmy3(), &|cells| {
        if cells[1] != "24:00" {
            return Vec::new();
        }
        let part = |from: usize, to: usize| cells[0][from..to].parse::<i16>().expect("digits");
        let day = date(2001, part(0, 2) as i8, part(3, 5) as i8).tomorrow().expect("near");
        vec![(0, day.strftime("%m/%d/2000").to_string()), (1, "00:00".to_owned())]
    });
    let misspelt = tmy3()
        .replacen("GHI (W/m^2)", "Global Horizontal Irradiance (W/m2)", 1)
        .replacen("Dry-bulb (C)", "Drybulb [°C]", 1);
    for (name, text, whole) in [
        ("EPW, minute 30", minute("30"), epw()),
        ("EPW, minute 0", minute("0"), epw()),
        ("TMY3, midnight as 00:00", midnights, tmy3()),
        ("TMY3, misspelt", misspelt, tmy3()),
        ("EPW with a mark", format!("\u{feff}{}", epw().replace('\n', "\r\n")), epw()),
    ] {
        assert_ne!(text, whole, "{name}");
        let found = read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let whole = read(&whole).expect("a good file");
        for (start, tick) in weeks {
            assert!(
                sky(found.clone(), start, 4, tick) == sky(whole.clone(), start, 4, tick),
                "{name}, {start}"
            );
        }
    }
}

/// Rows of ten minutes, by their ends and from minute 0 on.
#[test]
fn steps_within_the_hour_are_counted_from_its_beginning() {
    let of_minutes = |minutes: [u32; 6]| {
        let (head, first) = head("epw.epw", |line| line.starts_with("1988,"));
        let mut text = head.replacen("DATA PERIODS,1,1,", "DATA PERIODS,1,6,", 1);
        for (hour, row) in shipped_year().iter().enumerate().map(|(n, row)| (n % 24 + 1, row)) {
            for (place, minute) in minutes.iter().enumerate() {
                let light = if (9..=16).contains(&hour) {
                    (100 + place).to_string()
                } else {
                    "0".to_owned()
                };
                let numbers = [row.month, row.day, hour as u32, *minute].map(|n| n.to_string());
                let mut cells: Vec<(usize, &str)> =
                    numbers.iter().enumerate().map(|(at, n)| (at + 1, n.as_str())).collect();
                cells.extend([(13, light.as_str()), (14, "0"), (15, light.as_str())]);
                text.push_str(&with_cells(&first, &cells));
            }
        }
        sky(read(&text).unwrap_or_else(|error| panic!("{error}")), date(2026, 6, 15), 1, 10)
    };
    let expected = of_minutes([10, 20, 30, 40, 50, 60]);
    assert_eq!(expected[12 * 6 + 2].irradiance.global_w_m2, 102.0);
    assert!(of_minutes([0, 10, 20, 30, 40, 50]) == expected);
    assert!(of_minutes([10, 20, 30, 40, 50, 0]) == expected);
}

#[test]
fn missing_values_are_refused_or_filled_as_the_scenario_says() {
    // Noon of 15 June: light and temperature that the station did not see.
    let good = tmy3();
    let line = good.lines().find(|line| line.contains("06/15/") && line.contains(",13:00,"));
    let line = line.expect("an hour after noon").to_owned();
    let lacking = good.replace(&line, with_cells(&line, &[(4, "-9900"), (31, "9999")]).trim_end());
    let number = good.lines().position(|one| one == line).expect("a place") + 1;
    assert_eq!(
        read(&lacking).expect_err("a value is missing"),
        format!(
            "w:{number}: GHI (W/m^2) = \"-9900\": must be a measured value: missing ones are \
             filled only where gaps = \"interpolate\""
        )
    );
    let filled = WeatherFile::parse_as("w", &lacking, &options(Gaps::Interpolate)).expect("filled");
    let hours = |file: WeatherFile| sky(file, date(2026, 6, 14), 3, 60);
    let (filled, whole) = (hours(filled), hours(read(&good).expect("whole")));
    let global = |ticks: &[SkyTick], tick: usize| ticks[tick].irradiance.global_w_m2;
    let around = f64::midpoint(global(&whole, 12), global(&whole, 60));
    assert!((global(&filled, 36) - around).abs() < 1e-9);
    let line = f64::midpoint(whole[35].temperature_c, whole[37].temperature_c);
    assert!((filled[36].temperature_c - line).abs() < 1e-9);
    assert!(filled[35] == whole[35] && filled[37] == whole[37]);
}

#[test]
fn files_that_cannot_serve_are_refused_with_the_reason() {
    let away = Place { latitude_deg: 52.5, longitude_deg: 13.4, ..GREENSBORO };
    let berlin = WeatherOptions { place: Some(&away), ..options(Gaps::Refuse) };
    let fault = WeatherFile::parse_as("w", &data("epw.epw"), &berlin).expect_err("far away");
    assert_eq!(
        fault.to_string(),
        "w: is of latitude 36.1, longitude -79.95: must be within 2 degrees of latitude_deg = \
         52.5, longitude_deg = 13.4; set the place of the scenario"
    );
    for (file, from, to, expected) in [
        ("tmy3.csv", "", "", "w: has 24 rows: a typical year at 60 minutes has 8760"),
        ("tmy3.csv", "01/01/1988,02:00", "13/01/1988,02:00", "w:4: Time (HH:MM) = \"02:00\": must"),
        ("tmy3.csv", "GHI (W/m^2)", "GHJ", "w: has no column \"GHI (W/m^2)\""),
        (
            "tmy3.csv",
            "GHI (W/m^2)",
            "GHI (kW/m2)",
            "w: column \"GHI (kW/m2)\" is in kilowatts: must",
        ),
        ("tmy3.csv", ",-5.0,", ",east,", "w:1: cell 4 is \"east\": must be a number"),
        ("epw.epw", "1988,1,1,3,60", "1988,1,1,25,60", "w:11: Hour = \"25\": must be an hour from"),
        ("pvgis-hourly.csv", "Slope: 0", "Slope: 35", "w: is for a plane of slope 35 deg.: must"),
        ("pvgis-hourly.csv", ":0830,", ":08h0,", "w:14: time = \"20160601:08h0\": must be a time"),
        ("pvgis-hourly.json", "\"T2m\": 22.2", "\"T2m\": 222", "T2m = \"222\": must be a number"),
        ("pvgis-hourly.json", "\"hourly\"", "\"monthly\"", "w: has neither outputs.hourly nor"),
        ("pvgis-hourly.json", "{", "{,", "w:1: is no JSON: "),
        ("nsrdb-utc.csv", "2016,6,1,7,30,0", "2016,6,1,7,30,-40", "w:6: DHI = \"-40\": must be a"),
        ("nsrdb-utc.csv", "Latitude", "Lat", "w: has no column \"Latitude\""),
    ] {
        let text = data(file).replacen(from, to, 1);
        assert!(from.is_empty() || text != data(file), "{file}: {from} is not in it");
        let fault = read(&text).expect_err(file);
        assert!(fault.contains(expected), "{file}: {fault}");
    }
}

#[test]
fn a_scenario_runs_on_a_downloaded_file_and_names_its_faults() {
    use connect_sim::experiments::Prepared;
    use connect_sim::scenario::Scenario;
    let text = "scenario.name = 'x'\nproducers.count = 1\nbuyers.count = 1\n\
                time = { start = 2016-06-01, days = 1 }\nweather.file = 'nsrdb-utc.csv'\n";
    let origin = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/weather/x.toml");
    let prepare = |overrides: &[String]| {
        let scenario = Scenario::from_toml(text, &origin, overrides).expect("a scenario");
        Prepared::new(scenario).map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(prepare(&[]), Ok(()));
    let fault = prepare(&["weather.format=epw".to_owned()]).expect_err("no EPW");
    assert!(fault.contains("nsrdb-utc.csv:1: cell 7 is"), "{fault}");
}
