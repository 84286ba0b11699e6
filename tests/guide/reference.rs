//! The reference: pages made from what the program says of itself are as it says
//! it now, and pages written by hand name all that there is and nothing else.
//!
//! `UPDATE_GUIDE=1 cargo test --test guide` writes the former anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use connect_sim::engine::{Better, Whom, measures};
use connect_sim::scenario::{KeySpec, Preset, Scenario};
use serde_json::Value;

use super::{root, text};

/// What opens a page that is not written by hand.
const MADE: &str = "<!-- Made by `UPDATE_GUIDE=1 cargo test --test guide`; do not edit. -->\n";

/// Holds a page against what it should be, or writes it.
fn is_up_to_date(page: &str, made: &str) {
    let path = root().join("docs/reference").join(page);
    if std::env::var_os("UPDATE_GUIDE").is_some() {
        fs::write(&path, made).expect("written");
    }
    assert!(
        fs::read_to_string(&path).unwrap_or_default() == made,
        "{} is not what the program says; write it anew with\n  UPDATE_GUIDE=1 cargo test --test guide",
        path.display()
    );
}

/// Text as a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

/// A row for a key of a table of the scenario.
fn key_row(key: &KeySpec) -> String {
    let name = key.path.rsplit_once('.').map_or(key.path.as_str(), |(_, name)| name);
    let preset = match &key.preset {
        Preset::Required { like } => format!("none: must be said, like `{like}`"),
        Preset::Default(value) => format!("`{value}`"),
        Preset::Absent => "none".to_owned(),
    };
    let [takes, doc] = [key.takes(), key.doc.clone()].map(|text| cell(&text));
    format!("| `{name}` | {doc} | {takes} | {} | {preset} |\n", key.unit)
}

/// What a schema says of a table's keys that are not declared one by one.
fn open_keys(schema: &Value) -> String {
    let mut text = String::new();
    let item = schema.get("items").unwrap_or(schema);
    for (name, inner) in item["properties"].as_object().into_iter().flatten() {
        let names = inner["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        let says = match (names.is_empty(), &inner["type"], &inner["minimum"]) {
            (false, ..) => format!("one of {}", names.join(", ")),
            (_, Value::Array(_), _) => "true or false, a number, or text".to_owned(),
            (_, Value::String(kind), Value::Number(least)) => format!("{kind}, from {least}"),
            (_, Value::String(kind), _) => kind.clone(),
            (_, other, _) => panic!("{name} is of type {other}"),
        };
        text.push_str(&format!("- `{name}`: {says}\n"));
    }
    text
}

/// The tables of a scenario whose keys are the writer's, with an example.
const OPEN: &[(&str, &str, &str)] = &[
    (
        "decision",
        "/properties/decision",
        "[[decision]]\nday = 3\nkey = \"commission_bps\"\nvalue = 500",
    ),
    (
        "genesis",
        "/properties/genesis",
        "[[genesis]]\ncontract = \"wattconnect\"\nof = \"producers\"\n\
         expression = \"(map-set energy-balances {principal} {make_kwh})\"",
    ),
    ("thresholds", "/properties/thresholds", "[thresholds]\nwait_s_p95 = \"< 1800\""),
    (
        "sweep.ranges",
        "/properties/sweep/properties/ranges",
        "[sweep.ranges]\nmarket.commission_bps = { from = 0, to = 1_000, steps = 5 }\n\
         market.refund_basis = [0, 1]",
    ),
    (
        "tune.objectives",
        "/properties/tune/properties/objectives",
        "[tune.objectives]\ntraded_kwh = \"raise\"",
    ),
    (
        "tune.constraints",
        "/properties/tune/properties/constraints",
        "[tune.constraints]\ntreasury_dry_share = { event = \"> 0\", chance = 0.01 }",
    ),
    (
        "tune.ranges",
        "/properties/tune/properties/ranges",
        "[tune.ranges]\nmarket.commission_bps = { from = 0, to = 1_000 }",
    ),
];

fn keys_page() -> String {
    let schema: Value = serde_json::from_str(&Scenario::json_schema()).expect("JSON");
    let about = |pointer: &str| {
        let says = schema.pointer(pointer).and_then(|table| table["description"].as_str());
        let says = says.unwrap_or_else(|| panic!("{pointer} says nothing"));
        says.split_once(": ").map_or(says, |(_, after)| after).to_owned()
    };
    let mut page = format!(
        "{MADE}\n# Scenario keys\n\nEvery key that a scenario may have, table by table. `--set KEY=VALUE` \
         sets any of them for one command, by its whole name, as in `market.commission_bps=500`. \
         `connect-sim init` writes them all into a file, `connect-sim check` says what is wrong with one, \
         and `connect-sim schema` tells editors.\n"
    );
    let mut section = String::new();
    for key in Scenario::keys() {
        let here = key.path.rsplit_once('.').map_or("", |(section, _)| section);
        if here != section {
            section = here.to_owned();
            let path: String = here.split('.').map(|name| format!("/properties/{name}")).collect();
            page.push_str(&format!(
                "\n## `[{here}]`\n\n{}\n\n| key | meaning | takes | unit | default |\n|---|---|---|---|---|\n",
                sentence(&about(&path))
            ));
        }
        page.push_str(&key_row(&key));
    }
    for (name, pointer, example) in OPEN {
        let table = schema.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}"));
        let (open, close) = if table["type"] == "array" { ("[[", "]]") } else { ("[", "]") };
        page.push_str(&format!("\n## `{open}{name}{close}`\n\n{}\n\n", sentence(&about(pointer))));
        // Of ranges, the keys are those above.
        let keys = if name.ends_with("ranges") { String::new() } else { open_keys(table) };
        page.push_str(&keys);
        page.push_str(&format!(
            "{}```toml\n{example}\n```\n",
            if keys.is_empty() { "" } else { "\n" }
        ));
    }
    page
}

/// A text that begins as a sentence does.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// What the program prints for `arguments`.
fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_connect-sim"))
        .args(arguments)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// The program's verbs, but for `help`, in its order.
pub(super) fn verbs() -> Vec<String> {
    let help = printed(&["--help"]);
    let verbs = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let verbs = verbs.take_while(|line| !line.is_empty());
    let names = verbs.filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

fn commands_page() -> String {
    let mut page = format!(
        "{MADE}\n# Commands\n\nWhat `--help` prints, for the program and for each verb.\n\n\
         ```text\n{}\n```\n",
        printed(&["--help"]).trim_end()
    );
    for verb in verbs() {
        let help = printed(&[&verb, "--help"]);
        page.push_str(&format!("\n## `{verb}`\n\n```text\n{}\n```\n", help.trim_end()));
    }
    page
}

#[test]
fn the_keys_are_those_of_the_program() {
    is_up_to_date("keys.md", &keys_page());
}

#[test]
fn the_commands_are_those_of_the_program() {
    is_up_to_date("commands.md", &commands_page());
}

/// The cells of the tables of a page, row by row, each row with the heading that
/// it stands under.
fn rows(page: &str) -> Vec<(String, Vec<String>)> {
    let (mut heading, mut rows, mut last_was_row) = (String::new(), Vec::new(), false);
    for line in page.lines() {
        if let Some(words) = line.strip_prefix('#') {
            heading = words.trim_start_matches('#').trim().to_owned();
        }
        let cells = line.strip_prefix('|').and_then(|line| line.strip_suffix('|'));
        let Some(cells) = cells else {
            last_was_row = false;
            continue;
        };
        let cells: Vec<String> = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
        let is_rule = cells.iter().all(|cell| cell.trim_matches('-').is_empty());
        // A table's first row is its head.
        if last_was_row && !is_rule {
            rows.push((heading.clone(), cells));
        }
        last_was_row = true;
    }
    rows
}

fn measures_page() -> String {
    let mut page = format!(
        "{MADE}\n# Measures\n\nWhat a run is judged by: one number each, in `summary.csv` as mean and \
         95 % interval over the replicates. `compare`, `sweep` and `tune` work on the same numbers, and \
         `[thresholds]` may bound any of them. After a [warm-up](../experiments.md#warm-up) they count \
         what comes after it, as all tables but `ticks.csv` do. *Better* says which way is better and for \
         whom, where one is.\n\n\
         | measure | unit | better | for | meaning |\n|---|---|---|---|---|\n"
    );
    for measure in measures() {
        let way = match measure.better {
            Better::Higher => "more",
            Better::Lower => "less",
            Better::Neither => "",
        };
        let whom = measure.serves.map_or("", Whom::name);
        page.push_str(&format!(
            "| `{}` | {} | {way} | {whom} | {} |\n",
            measure.name, measure.unit, measure.reckoned
        ));
    }
    page
}

#[test]
fn the_measures_are_those_of_the_program() {
    is_up_to_date("measures.md", &measures_page());
}

/// The files that commands wrote: the columns of tables, by verb and name, and
/// the names of charts.
#[derive(Debug, Default)]
pub(super) struct Results {
    tables: BTreeMap<(String, String), BTreeSet<Vec<String>>>,
    charts: BTreeSet<String>,
}

impl Results {
    /// Adds every result below a folder.
    pub(super) fn gather(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.gather(&path);
            }
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("svg") if folder.ends_with("charts") => drop(self.charts.insert(name)),
                Some("html") => {
                    let page = text(&path);
                    let charts = page.split("id=\"chart-").skip(1);
                    let names = charts.filter_map(|after| after.split('"').next());
                    self.charts.extend(names.map(str::to_owned));
                }
                Some("csv") if folder.join("manifest.json").is_file() => {
                    let manifest: Value =
                        serde_json::from_str(&text(&folder.join("manifest.json"))).expect("JSON");
                    let verb = manifest["verb"].as_str().unwrap_or("run").to_owned();
                    let table = text(&path);
                    let header = table.lines().next().unwrap_or_default();
                    let columns = header.split(',').map(str::to_owned).collect();
                    self.tables.entry((verb, name)).or_default().insert(columns);
                }
                _ => {}
            }
        }
    }

    /// What the reference leaves out of these, and what it has beyond them.
    pub(super) fn against_the_reference(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut told: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (heading, cells) in rows(&text(&root().join("docs/reference/files.md"))) {
            // Headings of tables are like "`limits.csv` of `run`".
            let names: Vec<&str> = heading.split('`').skip(1).step_by(2).collect();
            if let [file, verb] = names.as_slice() {
                let place = ((*verb).to_owned(), (*file).to_owned());
                told.entry(place).or_default().push(cells[0].clone());
            }
        }
        for ((verb, file), columns) in &told {
            let place = format!("docs/reference/files.md: {file} of {verb}");
            let Some(forms) = self.tables.get(&(verb.clone(), file.clone())) else {
                wrong.push(format!("{place}: no command of the guide writes it"));
                continue;
            };
            for form in forms.iter().filter(|form| !fits(columns, form)) {
                wrong.push(format!("{place}: the columns are {}", form.join(",")));
            }
        }
        for (verb, file) in self.tables.keys().filter(|place| !told.contains_key(place)) {
            wrong.push(format!("docs/reference/files.md lacks {file} of {verb}"));
        }
        let page = rows(&text(&root().join("docs/reference/charts.md")));
        let told: BTreeSet<String> =
            page.iter().map(|(_, cells)| cells[0].trim_matches('`').to_owned()).collect();
        let named = |name: &str, chart: &str| match name.split_once('…') {
            Some((first, last)) => chart.starts_with(first) && chart.ends_with(last),
            None => name == chart,
        };
        let lacking =
            self.charts.iter().filter(|chart| !told.iter().any(|name| named(name, chart)));
        wrong.extend(lacking.map(|chart| format!("docs/reference/charts.md lacks {chart}")));
        let unmade = told.iter().filter(|name| !self.charts.iter().any(|chart| named(name, chart)));
        wrong.extend(unmade.map(|name| format!("no command of the guide draws {name}")));
        wrong
    }
}

/// Whether columns are those that a page tells, where `*words*` stand for any
/// number of them.
fn fits(told: &[String], columns: &[String]) -> bool {
    let Some((first, more)) = told.split_first() else { return columns.is_empty() };
    if first.starts_with('*') {
        return (0..=columns.len()).any(|skipped| fits(more, &columns[skipped..]));
    }
    columns.first().is_some_and(|column| *column == first.trim_matches('`'))
        && fits(more, &columns[1..])
}

#[test]
fn the_reader_of_tables_finds_what_it_should() {
    let page = "# A\n| a | b |\n|---|---|\n| `c` | d |\n\n## B\n| e |\n|---|\n| *f* |\n";
    let row = |heading: &str, cells: &[&str]| {
        (heading.to_owned(), cells.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(rows(page), [row("A", &["`c`", "d"]), row("B", &["*f*"])]);
    let list = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(fits(&list(&["`a`", "*b*", "`c`"]), &list(&["a", "x", "y", "c"])));
    assert!(
        !fits(&list(&["`a`", "`c`"]), &list(&["a", "b", "c"])) && !fits(&list(&[]), &list(&["a"]))
    );
}
