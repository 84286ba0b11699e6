//! Formats that people have and that are not read, known by how they open, so
//! that the message says which it is and what to do. Sources: NREL, User's
//! Manual for TMY2s, 1995; PVsyst, help on the standard format; the openings of
//! files that SolarAnywhere, SURFRAD (NOAA), CAMS radiation and Meteonorm
//! deliver, as pvlib 0.16 and the CARNOT toolbox read them.

/// The name of the format that `text` opens as, and what to do with it; `None`
/// where it opens as none of them.
pub(super) fn opens_as(text: &str) -> Option<(&'static str, &'static str)> {
    const PLAIN: &str = "write it as the plain table (start, ghi_w_m2, dni_w_m2, dhi_w_m2, \
                         temp_air_c; see docs/data.md)";
    let head: Vec<&str> = text.lines().take(60).collect();
    let first = head.first().copied().unwrap_or_default();
    let small = first.to_lowercase();
    let comments = || head.iter().filter(|line| line.starts_with('#'));
    if is_tm2(first) {
        return Some(("TM2", "take the station's TMY3 file, which is read as it is"));
    }
    if ["#meteo hourly data", "#weather data hourly data", "#tmy hourly data"]
        .iter()
        .any(|opening| small.starts_with(opening))
        || small.contains("pvsyst")
    {
        return Some(("PVsyst", PLAIN));
    }
    if comments().any(|line| {
        line.contains("CAMS") || line.contains("Observation period") || line.contains("soda-pro")
    }) {
        return Some(("CAMS radiation", PLAIN));
    }
    if head.iter().take(6).any(|line| line.to_lowercase().contains("meteonorm"))
        || ["g_gh", "gh_h"].iter().any(|name| small.contains(name))
    {
        return Some(("Meteonorm", "let Meteonorm write EPW or TMY3, which are read as they are"));
    }
    if is_surfrad(&head) {
        return Some(("SURFRAD", PLAIN));
    }
    if head.iter().take(4).any(|line| {
        line.contains("Global Horizontal Irradiance (GHI)")
            || line.contains("GlobalHorizontalIrradiance_WattsPerMeterSquared")
            || line.contains("SolarAnywhere")
            || line.contains("ObservationTime(")
    }) {
        return Some(("SolarAnywhere", "let SolarAnywhere write TMY3, which is read as it is"));
    }
    None
}

/// A station's number, its city, state and zone, and latitude and longitude in
/// degrees and minutes behind N or S and W or E.
fn is_tm2(first: &str) -> bool {
    let words: Vec<&str> = first.split_whitespace().collect();
    let is_number = |word: &&str| word.parse::<i32>().is_ok();
    let number = words.first().is_some_and(|word| word.len() == 5 && is_number(word));
    let tail = words.len().checked_sub(7).map(|from| &words[from..]);
    number
        && tail.is_some_and(|tail| {
            matches!(tail[0], "N" | "S")
                && matches!(tail[3], "W" | "E")
                && [1, 2, 4, 5, 6].iter().all(|&place| is_number(&tail[place]))
        })
}

/// A station's name; its latitude, longitude and height; rows of numbers alone.
fn is_surfrad(head: &[&str]) -> bool {
    let [name, place, row, ..] = head else { return false };
    let numbers = |line: &str| -> Vec<bool> {
        line.split_whitespace().map(|word| word.parse::<f64>().is_ok()).collect()
    };
    let row = numbers(row);
    !name.contains(',')
        && matches!(numbers(place).as_slice(), [true, true, true, ..])
        && row.len() >= 40
        && row.iter().all(|is_number| *is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_are_not_read_are_known_by_their_openings() {
        let row = vec!["0.5"; 48].join(" ");
        let surfrad = format!(" Tableland\n   40.05  -88.37  230 m version 1\n 2024 1 1 {row}\n");
        for (text, name) in [
            (" 12345 MY_TOWN                NY  -5 N 42 45 W  73 48    89\n 6201010100", "TM2"),
            ("#TMY hourly data\n#\n#Site;Town\n", "PVsyst"),
            ("#Meteo hourly data\n", "PVsyst"),
            ("# Title: CAMS Radiation Service\n# Latitude: 40\n", "CAMS radiation"),
            ("# a\n# Observation period;TOA;Clear sky GHI\n", "CAMS radiation"),
            ("Made with Meteonorm 8\n", "Meteonorm"),
            (surfrad.as_str(), "SURFRAD"),
            ("ObservationTime(GMT),Global Horizontal Irradiance (GHI) W/m2\n", "SolarAnywhere"),
        ] {
            assert_eq!(opens_as(text).map(|(name, _)| name), Some(name), "{text}");
        }
        for text in ["start,ghi_w_m2,temp_air_c\n", "LOCATION,x\n", "", "# mine\nstart,ghi\n"] {
            assert_eq!(opens_as(text), None, "{text}");
        }
    }
}
