//! Data files with the oddities that downloads have, drawn at random: byte-order
//! marks, line ends, separators, encodings, uneven lines, gaps. Reading gives
//! the drawn values, or one message that names the file; never a panic.

use std::fs;

use connect_sim::energy::{
    Clock, Gaps, LoadModel, Loads, MeterOptions, Meters, Place, Region, SiteNoise, Weather,
    WeatherFile, WeatherOptions,
};
use jiff::civil::date;
use proptest::prelude::*;

const GREENSBORO: Place =
    Place { latitude_deg: 36.1, longitude_deg: -79.95, elevation_m: 273.0, utc_offset_hours: -5.0 };

/// How a file is written down.
#[derive(Clone, Debug)]
struct Oddities {
    mark: bool,
    line_end: &'static str,
    separator: char,
    encoding: Encoding,
    /// Empty cells after each line, as some spreadsheets write.
    trailing: usize,
    last_line_ends: bool,
}

#[derive(Clone, Copy, Debug)]
enum Encoding {
    Utf8,
    Utf16,
    Windows,
}

fn oddities(separators: Vec<char>) -> impl Strategy<Value = Oddities> {
    (
        any::<bool>(),
        prop::sample::select(vec!["\n", "\r\n"]),
        prop::sample::select(separators),
        prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16, Encoding::Windows]),
        0..3_usize,
        any::<bool>(),
    )
        .prop_map(|(mark, line_end, separator, encoding, trailing, last_line_ends)| Oddities {
            mark,
            line_end,
            separator,
            encoding,
            trailing,
            last_line_ends,
        })
}

impl Oddities {
    /// The bytes of a file of these lines, whose cells stand between commas.
    fn bytes(&self, lines: &[String]) -> Vec<u8> {
        let decimal_comma = self.separator != ',';
        let ends = self.separator.to_string().repeat(self.trailing);
        let mut text: String = lines
            .iter()
            .map(|line| {
                let line = if decimal_comma {
                    line.replace(',', "\u{1}").replace('.', ",")
                } else {
                    line.replace(',', "\u{1}")
                };
                format!(
                    "{}{ends}{}",
                    line.replace('\u{1}', &self.separator.to_string()),
                    self.line_end
                )
            })
            .collect();
        if !self.last_line_ends {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        match self.encoding {
            Encoding::Utf8 if self.mark => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            Encoding::Utf8 => text.into_bytes(),
            Encoding::Utf16 => {
                let units = std::iter::once(0xfeff).chain(text.encode_utf16());
                units.flat_map(u16::to_le_bytes).collect()
            }
            // Latin-1 is enough for what is drawn.
            Encoding::Windows => {
                text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
            }
        }
    }
}

/// A file of these bytes, read by `read`.
fn through_a_file<T>(bytes: &[u8], read: impl FnOnce(&std::path::Path) -> T) -> T {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join("data.csv");
    fs::write(&path, bytes).expect("written");
    read(&path)
}

/// A day's 24 values of light, none by night.
fn light() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(0..900_u32, 24).prop_map(|mut light| {
        for (hour, value) in light.iter_mut().enumerate() {
            if !(7..18).contains(&hour) {
                *value = 0;
            }
        }
        light
    })
}

fn hours_of_light(file: WeatherFile, day: jiff::civil::Date) -> Vec<f64> {
    let clock = Clock { start: day, days: 1, tick_minutes: 60 };
    let region = Region::new(&GREENSBORO, &clock, &Weather::File(file), &SiteNoise::NONE)
        .unwrap_or_else(|error| panic!("{error}"));
    region.sky(1).day(0).iter().map(|tick| tick.irradiance.global_w_m2).collect()
}

/// A measured June day in the plain table, and as NSRDB writes it.
fn plain(light: &[u32]) -> Vec<String> {
    let mut lines = vec!["start,ghi_w_m2,temp_air_c".to_owned()];
    lines.extend(
        light.iter().enumerate().map(|(h, ghi)| format!("2025-06-20T{h:02}:00,{ghi},15.5")),
    );
    lines
}

fn nsrdb(light: &[u32], uneven: bool) -> Vec<String> {
    let mut lines = vec![
        "Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation,Local Time \
         Zone,A Units"
            .to_owned(),
        format!("NSRDB,1,Belém,-,-,36.1,-79.95,,10,-5{}", if uneven { "" } else { ",x" }),
        "Year,Month,Day,Hour,Minute,GHI,DNI,DHI,Temperature".to_owned(),
    ];
    let rows = light.iter().enumerate();
    lines.extend(rows.map(|(h, ghi)| format!("2025,6,20,{h},30,{ghi},0,{ghi},15.5")));
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weather_gives_the_drawn_light(
        light in light(),
        odd in oddities(vec![',', ';', '\t']),
        uneven in any::<bool>(),
    ) {
        let expected: Vec<f64> = light.iter().map(|value| f64::from(*value)).collect();
        let options = WeatherOptions { place: Some(&GREENSBORO), ..WeatherOptions::default() };
        for lines in [plain(&light), nsrdb(&light, uneven)] {
            let read = through_a_file(&odd.bytes(&lines), |path| WeatherFile::read(path, &options));
            let file = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(&hours_of_light(file, date(2025, 6, 20)), &expected);
        }
    }

    #[test]
    fn meters_give_the_drawn_use(
        uses in prop::collection::vec(0..2_000_u32, 24),
        odd in oddities(vec![',', ';', '\t']),
    ) {
        let number = |watt_hours: u32| format!("{:.3}", f64::from(watt_hours) / 1000.0);
        let rows = |from: &str| -> Vec<String> {
            let rows = uses.iter().enumerate();
            rows.map(|(h, used)| format!("{from}{h:02}:00,{}", number(*used))).collect()
        };
        let plain = [vec!["start,zähler_kwh".to_owned()], rows("2025-06-20T")].concat();
        for lines in [plain] {
            let read = through_a_file(&odd.bytes(&lines), |path| {
                Meters::read(path, &MeterOptions::default())
            });
            let meters = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
            let clock = Clock { start: date(2025, 6, 20), days: 1, tick_minutes: 60 };
            let loads = Loads::new(&LoadModel::File(meters), &clock).expect("a covered day");
            let mut used = vec![0.0; 24];
            loads.fill_day(1, 0, 1.0, 0, &mut used);
            for (found, drawn) in used.iter().zip(&uses) {
                prop_assert!((found - f64::from(*drawn) / 1000.0).abs() < 1e-6);
            }
        }
    }

    /// Whatever is taken out of a file, or put into it: values, or one message.
    #[test]
    fn broken_files_end_in_one_message(
        light in light(),
        odd in oddities(vec![',', ';']),
        at in any::<prop::sample::Index>(),
        with in prop::sample::select(vec!["", ",", ";", "\"", "\n", "9999", "-", "x", "\u{0}", "NaN"]),
        gaps in prop::sample::select(vec![Gaps::Refuse, Gaps::Interpolate]),
    ) {
        for lines in [plain(&light), nsrdb(&light, true)] {
            let mut bytes = odd.bytes(&lines);
            let place = at.index(bytes.len());
            bytes.splice(place..place + 1, with.bytes());
            let (weather, meters) = through_a_file(&bytes, |path| {
                let options = WeatherOptions { gaps, place: Some(&GREENSBORO), format: None };
                let meters = MeterOptions { gaps, ..MeterOptions::default() };
                (WeatherFile::read(path, &options).err(), Meters::read(path, &meters).err())
            });
            for error in [weather.map(|e| e.to_string()), meters.map(|e| e.to_string())].into_iter().flatten() {
                prop_assert!(error.contains("data.csv") && error.len() < 1_500, "{error}");
            }
        }
    }
}

/// Each night of the file is empty: it was dark.
#[test]
fn light_that_is_missing_by_night_is_none() {
    let clear =
        [0, 0, 0, 0, 0, 30, 196, 402, 599, 767, 894, 970, 991, 955, 864, 724, 549, 350, 150, 20];
    for gap in ["", "NaN", "null"] {
        let mut text = String::from("start,ghi_w_m2,temp_air_c\n");
        for day in 20..23 {
            for hour in 0..24 {
                let light = clear.get(hour).filter(|light| **light > 0);
                let light = light.map_or(gap.to_owned(), ToString::to_string);
                text.push_str(&format!("2025-06-{day}T{hour:02}:00,{light},15\n"));
            }
        }
        let options =
            WeatherOptions { gaps: Gaps::Interpolate, place: Some(&GREENSBORO), format: None };
        let file = WeatherFile::parse_as("w.csv", &text, &options)
            .unwrap_or_else(|error| panic!("{gap}: {error}"));
        let light = hours_of_light(file, date(2025, 6, 21));
        assert_eq!((light[0], light[4], light[12], light[22]), (0.0, 0.0, 991.0, 0.0), "{gap}");
        // A day without light in a row is still refused.
        let lost: String = text
            .lines()
            .map(|line| match line.starts_with("2025-06-21") {
                true => format!("{},,15\n", &line[..16]),
                false => format!("{line}\n"),
            })
            .collect();
        let error =
            WeatherFile::parse_as("w.csv", &lost, &options).expect_err("a day without light");
        assert!(error.to_string().contains("at most a day may be missing"), "{error}");
    }
}

/// A beam is not made out of a sun that has just risen.
#[test]
fn global_light_alone_makes_no_beam_beyond_the_clear_skys() {
    let mut text = String::from("start,ghi_w_m2,temp_air_c\n");
    for hour in 0..24 {
        // A clear January day, brighter at sunrise than its sun allows.
        let light = match hour {
            7 => 24,
            8..=16 => 300,
            _ => 0,
        };
        text.push_str(&format!("2025-01-16T{hour:02}:00,{light},5\n"));
    }
    let file = WeatherFile::parse("w.csv", &text).expect("a file");
    let clock = Clock { start: date(2025, 1, 16), days: 1, tick_minutes: 15 };
    let region =
        Region::new(&GREENSBORO, &clock, &Weather::File(file), &SiteNoise::NONE).expect("a region");
    let sky = region.sky(1);
    let morning = &sky.day(0)[28..36];
    assert!(morning.iter().any(|tick| tick.irradiance.global_w_m2 > 20.0));
    for tick in morning {
        assert!(tick.irradiance.direct_w_m2 < 800.0, "{tick:?}");
    }
    assert!(morning[3].irradiance.direct_w_m2 < 250.0, "{:?}", morning[3]);
}
