//! The data files of `scenarios/data/`, built into the program so that a
//! scenario finds them from any directory. Their sources and terms stand in
//! each file's opening comment and in `scenarios/data/README.md`.

/// A data file that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Its name in `scenarios/data/`.
    pub name: &'static str,
    /// All that it says.
    pub text: &'static str,
}

macro_rules! data_file {
    ($(#[$doc:meta])* $constant:ident, $name:literal) => {
        $(#[$doc])*
        pub const $constant: DataFile = DataFile {
            name: $name,
            text: include_str!(concat!("../../scenarios/data/", $name)),
        };
    };
}

data_file! {
    /// A typical year of hourly weather in Greensboro, North Carolina: NREL
    /// TMY3, station 723170.
    TYPICAL_YEAR,
    "weather-greensboro-tmy3.csv"
}

/// Latitude and longitude of its station, degrees, north and east positive.
pub const TYPICAL_YEAR_DEG: [f64; 2] = [36.1, -79.95];

data_file! {
    /// The German standard household load profile H0: BDEW, 1999.
    STANDARD_PROFILE,
    "load-bdew-h0.csv"
}

data_file! {
    /// 1,415 measured days of one household near Paris: UCI Machine Learning
    /// Repository, CC BY 4.0.
    HOUSEHOLD_DAYS,
    "load-sceaux-15min.csv"
}

/// The shipped file called `name`, if there is one.
#[must_use]
pub fn find(name: &str) -> Option<DataFile> {
    [TYPICAL_YEAR, STANDARD_PROFILE, HOUSEHOLD_DAYS].into_iter().find(|file| file.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_name_and_open_with_their_source() {
        for file in [TYPICAL_YEAR, STANDARD_PROFILE, HOUSEHOLD_DAYS] {
            assert_eq!(find(file.name), Some(file));
            assert!(file.text.starts_with("# "), "{}", file.name);
            assert!(file.text.contains("\n# Source: "), "{}", file.name);
        }
        assert_eq!(find("weather.csv"), None);
    }
}
