//! The question a run answers, as TOML: what a scenario may say, how it is
//! read, and all that can be wrong with it, told at once. A scenario that loads
//! is whole: every key has its effective value, within its limits and fitting
//! the others. Nothing here runs anything, and no file but the scenario itself
//! is opened.
//!
//! Sections are declared in `sections`, each key once; `key` says what a value
//! may be, `document` holds what was written, `read` brings the two together,
//! `check` looks at what must hold between keys; `schema` and `template` tell
//! editors and people what may be written.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use sha2::{Digest, Sha256};

mod check;
mod document;
mod fault;
mod key;
mod nearest;
mod read;
mod schema;
mod sections;
mod sense;
mod setting;
mod template;

use document::{Document, line_and_column};
use read::{Reader, Table, section};

pub use check::last_seed_is_exact;
pub use fault::{Fault, Faults, Position};
pub use key::{InputFile, KeySpec, Kind, Limits, Preset, is_slug};
pub use nearest::did_you_mean;
pub use sections::*;
pub use setting::Setting;
pub use template::Template;

section! {
    /// `[scenario]`: what the run is called and asks.
    pub struct About {
        /// The scenario's name, under which results are filed.
        name: String, required, like "baseline".to_owned(), in Limits::Slug;
        /// The question that it asks.
        question: String = String::new();
        /// The seed of all random numbers.
        seed: u64 = 1, in 0..=9_007_199_254_740_991;
        /// How many times the market is run, each with a seed of its own.
        replicates: u32 = 1, in 1..=100_000, unit "runs";
    }
}

section! {
    /// A whole scenario: every section with its effective values.
    pub struct Scenario {}
    tables {
        /// What the run is called and asks.
        about as "scenario": About;
        /// When the market runs.
        time: Time;
        /// Where it runs.
        place: Place;
        /// The sky over it.
        weather: Weather;
        /// What stands on the roofs.
        panel: Panel;
        /// What the homes use.
        load: Load;
        /// What an STX is worth.
        money: Money;
        /// What energy costs and earns outside.
        tariff: Tariff;
        /// The trading contract's parameters.
        market: Market;
        /// The certification contract's parameters.
        certification: Certification;
        /// Homes with panels.
        producers: Producers;
        /// Homes without.
        buyers: Buyers;
        /// Who reads meters, certifies and audits.
        certifiers: Certifiers;
        /// Who owns the contracts.
        operator: Operator;
        /// Who leaves and comes back.
        participation: Participation;
        /// What the chain charges and carries.
        network: Network;
        /// Which contracts are deployed.
        contracts: Contracts;
        /// What the contracts are given before the market opens.
        genesis: Genesis;
        /// Who means harm.
        adversaries: Adversaries;
        /// Dated changes of parameters.
        decisions as "decision": Decisions;
        /// Bounds that the measures must keep.
        thresholds: Thresholds;
        /// How the chain is loaded.
        stress: Stress;
        /// What is not measured.
        warmup: Warmup;
        /// Which settings a sweep tries.
        sweep: Sweep;
        /// What a search looks for.
        tune: Tune;
    }
}

impl Scenario {
    /// Reads the scenario file at `path`, with `overrides` of the form
    /// `key=value` laid over it.
    ///
    /// # Errors
    /// Everything that is wrong with the file and the overrides.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, Faults> {
        let file = path.display().to_string();
        let unreadable = |position: Position, message: String| {
            let (key, value, between_keys) = (String::new(), None, false);
            let fault = Fault { file: file.clone(), position, key, value, message, between_keys };
            Faults::ordered(vec![fault], 0)
        };
        let bytes = read_bounded(path)
            .map_err(|error| unreadable(Position::Whole, why_unreadable(path, &error)))?;
        if bytes.len() as u64 > MOST_BYTES {
            let message =
                "is larger than 16 MiB, which no scenario is; name a scenario, a TOML file";
            return Err(unreadable(Position::Whole, message.to_owned()));
        }
        if let Some(message) = another_kind(path, &bytes) {
            return Err(unreadable(Position::Whole, message));
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::from_toml(text, path, overrides),
            Err(error) => {
                let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                let (line, column) = line_and_column(&valid, valid.len());
                let message = "not valid TOML: a byte here is not UTF-8; save the file as UTF-8";
                Err(unreadable(Position::At { line, column }, message.to_owned()))
            }
        }
    }

    /// Reads a scenario from `text`, as if it stood in the file `origin`: the
    /// files that it names are looked for from there.
    ///
    /// # Errors
    /// Everything that is wrong with the text and the overrides.
    ///
    /// ```
    /// use connect_sim::scenario::Scenario;
    ///
    /// let text = r#"
    ///     scenario.name = "three-homes"
    ///     producers.count = 1
    ///     buyers.count = 2
    /// "#;
    /// let scenario = Scenario::from_toml(text, "three-homes.toml", &["time.days=2".to_owned()])?;
    /// assert_eq!(scenario.time.ticks(), 96);
    ///
    /// let faults = Scenario::from_toml(text, "three-homes.toml", &["time.day=2".to_owned()]);
    /// assert_eq!(
    ///     faults.unwrap_err().to_string(),
    ///     "--set time.day=2: unknown key; did you mean time.days?"
    /// );
    /// # Ok::<(), connect_sim::scenario::Faults>(())
    /// ```
    pub fn from_toml(
        text: &str,
        origin: impl AsRef<Path>,
        overrides: &[String],
    ) -> Result<Self, Faults> {
        let origin = origin.as_ref();
        let file = origin.display().to_string();
        let directory = origin.parent().unwrap_or(Path::new(""));
        let document = Document::parse(&file, text, overrides)?;
        let mut reader = Reader::new(&document, directory, Self::keys());
        let scenario = Self::read(&mut reader, "", Some(&document.root));
        check::check(&scenario, &mut reader);
        match reader.into_faults() {
            None => Ok(scenario),
            Some(faults) => Err(faults),
        }
    }

    /// Every key with its effective value, in the order of declaration.
    #[must_use]
    pub fn settings(&self) -> Setting {
        self.to_setting()
    }

    /// The whole effective scenario as TOML, the same bytes for the same
    /// scenario; loads as the same scenario again.
    #[must_use]
    pub fn canonical_toml(&self) -> String {
        self.settings().to_toml()
    }

    /// SHA-256 of the canonical TOML, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        let digest = Sha256::digest(self.canonical_toml());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// All keys that a scenario may have, in the order of declaration.
    /// Thresholds and decisions are not among them: the former may have any
    /// measure's name, the latter are a list.
    #[must_use]
    pub fn keys() -> Vec<KeySpec> {
        let mut keys = Vec::new();
        Self::list_keys("", &mut keys);
        keys
    }

    /// The JSON Schema of scenario files, made from the declared keys, so that
    /// editors complete and check what is written.
    ///
    /// ```
    /// let schema = connect_sim::scenario::Scenario::json_schema();
    /// assert!(schema.contains("\"commission_bps\""));
    /// ```
    #[must_use]
    pub fn json_schema() -> String {
        format!("{:#}\n", schema::document(<Self as Table>::schema(), &Self::keys()))
    }
}

/// No scenario is so long; what is, a device say, is not read to its end.
const MOST_BYTES: u64 = 16 << 20;

/// The bytes of a file, and one more than [`MOST_BYTES`] at most.
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why a scenario cannot be read, and what to name instead.
fn why_unreadable(path: &Path, error: &io::Error) -> String {
    let inside = path.join("scenario.toml");
    if path.join("manifest.json").is_file() {
        return "is a result, the folder of one; name the scenario that it was made from, which \
                its manifest.json has as \"scenario_file\""
            .to_owned();
    }
    if path.is_dir() {
        return match inside.is_file() {
            true => format!("is a folder; name the scenario in it, {}", inside.display()),
            false => "is a folder; name a scenario, a TOML file".to_owned(),
        };
    }
    let why = match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => error.to_string(),
    };
    format!("cannot be read: {why}; name a scenario, a TOML file")
}

/// What a file is that was given for a scenario and is of another kind that
/// this program knows.
fn another_kind(path: &Path, bytes: &[u8]) -> Option<String> {
    let start = bytes.trim_ascii_start();
    let has = |words: &[u8]| start.windows(words.len()).take(4_096).any(|at| at == words);
    if start.starts_with(b"{") && has(b"\"command\"") {
        return Some(
            "is the manifest of a result; name the scenario that the result was made from, which \
             it has as \"scenario_file\""
                .to_owned(),
        );
    }
    if start.starts_with(b"{") {
        return Some("is JSON; name a scenario, a TOML file".to_owned());
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    (extension == Some("clar")).then(|| {
        "is a contract; name a scenario that deploys it, with its path as contracts.wattconnect, \
         or check its folder"
            .to_owned()
    })
}
