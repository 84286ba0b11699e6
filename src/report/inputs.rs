//! Which data files a scenario has a run read, and their hashes. Reads them to
//! hash them and never looks at what they say.

use std::fs;

use sha2::{Digest, Sha256};

use super::{HashedFile, ReportError};
use crate::energy::shipped::{DataFile, HOUSEHOLD_DAYS, STANDARD_PROFILE, TYPICAL_YEAR};
use crate::scenario::{InputFile, LoadSource, Scenario, WeatherSource};

/// The weather and load files that a run of `scenario` reads, shipped or the
/// user's own. Ask before the run, so that the hashes are those of what was
/// read.
///
/// # Errors
/// Where one of them cannot be read.
pub fn data_files(scenario: &Scenario) -> Result<Vec<HashedFile>, ReportError> {
    // The standard profile is what everyone expects of a load, whatever the
    // loads are.
    let mut files = vec![shipped(STANDARD_PROFILE)];
    let load = &scenario.load;
    match load.source {
        LoadSource::Synthetic => {}
        LoadSource::Days | LoadSource::File => files.push(hashed(&load.file, HOUSEHOLD_DAYS)?),
    }
    let weather = &scenario.weather;
    match weather.source {
        WeatherSource::Synthetic => {}
        WeatherSource::File => files.push(hashed(&weather.file, TYPICAL_YEAR)?),
    }
    Ok(files)
}

fn hashed(file: &InputFile, otherwise: DataFile) -> Result<HashedFile, ReportError> {
    match file {
        InputFile::Shipped => Ok(shipped(otherwise)),
        InputFile::Path { written, found } => {
            let bytes = fs::read(found)
                .map_err(|source| ReportError::Read { path: found.clone(), source })?;
            Ok(HashedFile { file: written.clone(), sha256: sha256(&bytes) })
        }
    }
}

fn shipped(file: DataFile) -> HashedFile {
    HashedFile {
        file: format!("scenarios/data/{}", file.name),
        sha256: sha256(file.text.as_bytes()),
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes as hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(overrides: &[&str]) -> Scenario {
        let overrides: Vec<String> = overrides.iter().map(|&text| text.to_owned()).collect();
        let text = "scenario.name = \"x\"\nproducers.count = 1\nbuyers.count = 1\n";
        Scenario::from_toml(text, "x.toml", &overrides).unwrap_or_else(|faults| panic!("{faults}"))
    }

    #[test]
    fn the_files_follow_the_sources() {
        let names = |overrides: &[&str]| -> Vec<String> {
            let files = data_files(&scenario(overrides)).expect("shipped files");
            files.into_iter().map(|file| file.file).collect()
        };
        assert_eq!(
            names(&[]),
            [
                "scenarios/data/load-bdew-h0.csv",
                "scenarios/data/load-sceaux-15min.csv",
                "scenarios/data/weather-greensboro-tmy3.csv",
            ]
        );
        let synthetic = ["weather.source=\"synthetic\"", "load.source=\"synthetic\""];
        assert_eq!(names(&synthetic), ["scenarios/data/load-bdew-h0.csv"]);
    }

    #[test]
    fn a_file_of_ones_own_is_hashed_by_its_bytes() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("weather.csv");
        fs::write(&path, "abc").expect("a file");
        let mut scenario = scenario(&["load.source=\"synthetic\""]);
        scenario.weather.file =
            InputFile::Path { written: "weather.csv".to_owned(), found: path.clone() };
        let files = data_files(&scenario).expect("a file that is there");
        // FIPS 180-2, appendix B.1.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(files[1], HashedFile { file: "weather.csv".to_owned(), sha256: abc.to_owned() });
        fs::remove_file(&path).expect("the file");
        assert!(
            matches!(data_files(&scenario), Err(ReportError::Read { path: at, .. }) if at == path)
        );
    }
}
