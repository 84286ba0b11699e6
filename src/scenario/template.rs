//! Scenarios to start from: a question of its own each, every other key there is
//! as a comment with its meaning, unit, limits and default. Made from the
//! declared keys. Nothing is written to a file here.

use super::document::Document;
use super::fault::Faults;
use super::key::{KeySpec, Kind, Limits, choice, expected};
use super::read::Table;
use super::{Scenario, Setting};

choice! {
    /// A scenario to start from.
    pub enum Template {
        /// An ordinary summer week.
        Baseline = "baseline",
        /// Twenty homes for a day, done in a second.
        Tiny = "tiny",
        /// How many homes the chain carries.
        Stress = "stress",
        /// A proposal against what is in force.
        Compare = "compare",
        /// What each setting does.
        Sweep = "sweep",
        /// Which settings serve best.
        Tune = "tune",
    }
}

/// What a template is made of.
struct Source {
    /// A shipped scenario.
    text: &'static str,
    /// What is changed of it.
    overrides: &'static [&'static str],
    /// What to do with it.
    command: &'static str,
}

impl Template {
    const fn source(self) -> Source {
        let run = "connect-sim run scenario.toml";
        match self {
            Self::Baseline => Source { text: BASELINE, overrides: &[], command: run },
            Self::Tiny => Source { text: TINY, overrides: &[], command: run },
            Self::Stress => Source {
                text: BASELINE,
                overrides: &[
                    "scenario.question=How many homes does the chain carry before purchases \
                     wait too long, and what binds first?",
                    "network.budget=mainnet-4.0",
                    "thresholds.wait_s_p95=< 1800",
                ],
                command: "connect-sim stress scenario.toml",
            },
            Self::Compare => Source {
                text: TINY,
                overrides: &[
                    "scenario.question=Is a commission of 5 % better for the market than the one \
                     in force?",
                    "scenario.replicates=10",
                    "market.commission_bps=250",
                    "time.tick_minutes=60",
                    "producers.count=60",
                    "buyers.count=120",
                ],
                command: "connect-sim compare scenario.toml --variant \
                          dearer:market.commission_bps=500",
            },
            Self::Sweep => {
                Source { text: SWEEP, overrides: &[], command: "connect-sim sweep scenario.toml" }
            }
            Self::Tune => {
                Source { text: TUNE, overrides: &[], command: "connect-sim tune scenario.toml" }
            }
        }
    }

    /// What to do with the scenario, as it is typed beside a `scenario.toml`.
    #[must_use]
    pub const fn command(self) -> &'static str {
        self.source().command
    }

    /// The scenario as a commented file, called `name`.
    ///
    /// # Errors
    /// Where `name` cannot be a scenario's: see the message.
    ///
    /// ```
    /// use connect_sim::scenario::{Scenario, Template};
    ///
    /// let text = Template::Tiny.toml("village")?;
    /// let scenario = Scenario::from_toml(&text, "scenario.toml", &[])?;
    /// assert_eq!(scenario.about.name, "village");
    /// # Ok::<(), connect_sim::scenario::Faults>(())
    /// ```
    pub fn toml(self, name: &str) -> Result<String, Faults> {
        let Source { text, overrides, command } = self.source();
        let mut overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
        overrides.push(format!("scenario.name={name}"));
        let scenario = Scenario::from_toml(text, "scenario.toml", &overrides)?;
        let document = Document::parse("scenario.toml", text, &overrides)?;
        Ok(written(&scenario, &|path| document.at(path).is_some(), command))
    }
}

const BASELINE: &str = include_str!("../../scenarios/baseline.toml");
const TINY: &str = include_str!("../../scenarios/tiny.toml");
const SWEEP: &str = include_str!("../../scenarios/commission-sweep.toml");
const TUNE: &str = include_str!("../../scenarios/refund-tuning.toml");

/// Tables whose keys are not declared one by one, each with the section that it
/// follows and an example.
const OPEN_TABLES: &[(&str, &str, &str)] = &[
    ("contracts", "decision", "[[decision]]\nday = 3\nkey = \"commission_bps\"\nvalue = 500"),
    (
        "contracts",
        "genesis",
        "[[genesis]]\ncontract = \"wattconnect\"\nof = \"producers\"\n\
         expression = \"(map-set energy-balances {principal} {make_kwh})\"",
    ),
    ("adversaries", "thresholds", "[thresholds]\nwait_s_p95 = \"< 1800\""),
    (
        "sweep",
        "sweep.ranges",
        "[sweep.ranges]\nmarket.commission_bps = { from = 0, to = 1_000, steps = 5 }",
    ),
    ("tune", "tune.objectives", "[tune.objectives]\ntraded_kwh = \"raise\""),
    (
        "tune",
        "tune.constraints",
        "[tune.constraints]\ntreasury_dry_share = { event = \"> 0\", chance = 0.01 }",
    ),
    ("tune", "tune.ranges", "[tune.ranges]\nmarket.commission_bps = { from = 0, to = 1_000 }"),
];

/// The file: keys that `is_written` says are set, all others as comments.
fn written(scenario: &Scenario, is_written: &dyn Fn(&str) -> bool, command: &str) -> String {
    let mut text = String::from("#:schema ./scenario.schema.json\n");
    comment(&mut text, &scenario.about.question);
    text.push_str("#\n");
    comment(&mut text, &format!("Next: {command}"));
    comment(
        &mut text,
        "A key behind a # has the default that stands there; take the # away to change it.",
    );
    let (settings, schema) = (scenario.settings(), Scenario::schema());
    let keys = Scenario::keys();
    let section_of =
        |key: &KeySpec| key.path.rsplit_once('.').map(|(section, _)| section.to_owned());
    let mut section = None;
    for (place, key) in keys.iter().enumerate() {
        let here = section_of(key);
        if here != section {
            if let Some(here) = &here {
                let pointer = here.split('.').map(|name| format!("/properties/{name}"));
                let about = schema.pointer(&pointer.collect::<String>());
                text.push('\n');
                comment(&mut text, about.and_then(|s| s["description"].as_str()).unwrap_or(""));
                text.push_str(&format!("[{here}]\n"));
            }
            section.clone_from(&here);
        }
        write_key(&mut text, key, settings.at(&key.path), is_written(&key.path));
        if keys.get(place + 1).and_then(section_of) != here {
            let after = here.as_deref().unwrap_or_default();
            for (_, path, example) in OPEN_TABLES.iter().filter(|(table, ..)| *table == after) {
                let setting = settings.at(path).filter(|_| is_written(path));
                write_open_table(&mut text, path, setting, example);
            }
        }
    }
    text
}

fn write_key(text: &mut String, key: &KeySpec, setting: Option<&Setting>, is_written: bool) {
    let mut about = key.doc.clone();
    let mut more = Vec::new();
    if !key.unit.is_empty() {
        more.push(key.unit.to_owned());
    }
    if !matches!((key.kind, key.limits), (Kind::Text, Limits::None)) {
        more.push(expected(key.kind, key.limits));
    }
    if !more.is_empty() {
        about.push_str(&format!(" ({})", more.join("; ")));
    }
    comment(text, &about);
    let name = key.path.rsplit_once('.').map_or(key.path.as_str(), |(_, name)| name);
    match setting {
        Some(setting) => {
            let off = if is_written { "" } else { "#" };
            text.push_str(&format!("{off}{name} = {setting}\n"));
        }
        None => comment(text, &format!("{name} is not set.")),
    }
}

/// Writes a table of free keys as the scenario has it, or an example as a
/// comment.
fn write_open_table(text: &mut String, path: &str, setting: Option<&Setting>, example: &str) {
    text.push('\n');
    match setting {
        Some(Setting::Table(entries)) if !entries.is_empty() => {
            text.push_str(&format!("[{path}]\n"));
            for (name, value) in entries {
                text.push_str(&format!("{name} = {value}\n"));
            }
        }
        _ => {
            for line in example.lines() {
                text.push_str(&format!("#{line}\n"));
            }
        }
    }
}

/// Appends sentences as comment lines of a readable width.
fn comment(text: &mut String, sentences: &str) {
    const WIDTH: usize = 80;
    let mut line = String::from("#");
    for word in sentences.replace('`', "").split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(&line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_loads_asks_and_says_what_is_next() {
        for template in Template::ALL {
            let text = template.toml("my-town").expect("a good name");
            let scenario = Scenario::from_toml(&text, "scenario.toml", &[])
                .unwrap_or_else(|faults| panic!("{template}: {faults}"));
            assert_eq!(scenario.about.name, "my-town");
            assert!(text.contains("# Next: connect-sim "), "{template}");
            assert!(scenario.about.question.ends_with('?'), "{template}");
        }
        assert!(Template::Tiny.toml("My town").is_err());
    }

    /// What stands in comments are the keys themselves with their defaults:
    /// taking every # away from a key changes nothing.
    #[test]
    fn commented_keys_are_the_defaults() {
        let text = Template::Tune.toml("my-town").expect("a good name");
        let bare: Vec<&str> = text
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(key) if key.contains(" = ") && !key.starts_with([' ', ':']) => key,
                _ => line,
            })
            .filter(|line| !line.starts_with("wait_s_p95"))
            .take_while(|line| !line.starts_with("#[[decision]]"))
            .collect();
        let keys = Scenario::keys();
        let shown = keys.iter().filter(|key| {
            let name = key.path.rsplit_once('.').map_or("", |(_, name)| name);
            text.lines().any(|line| line.trim_start_matches(['#', ' ']).starts_with(name))
        });
        assert_eq!(shown.count(), keys.len());
        let uncommented = Scenario::from_toml(&bare.join("\n"), "scenario.toml", &[])
            .unwrap_or_else(|faults| panic!("{faults}"));
        let as_is = Scenario::from_toml(&text, "scenario.toml", &["sweep.design=grid".to_owned()])
            .expect("loads");
        assert_eq!(uncommented.market, as_is.market);
        assert_eq!(uncommented.weather, as_is.weather);
        assert_eq!(uncommented.producers, as_is.producers);
    }
}
