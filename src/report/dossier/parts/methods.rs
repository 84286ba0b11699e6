//! How results come about and what they leave out, in the words of a paper's
//! methods; what depends on the scenario is taken from it.

use serde_json::Value;

use super::super::document::{Block, Cell, Line, Table, Tone};
use super::super::load::{at, leaves};
use super::super::results::Source;
use super::super::words;

/// What the model is made of, with its sources.
const PARTS: [(&str, &str, &str); 7] = [
    (
        "Contracts",
        "the two Clarity contracts themselves, run in the Clarity virtual machine; nothing of them \
         is imitated",
        "hashes under “For the auditor”",
    ),
    ("Sun", "position by SPA, in the middle of each tick", "Reda and Andreas, NREL/TP-560-34302"),
    (
        "Panels",
        "plane of array after Hay and Davies, cells and inverter as in PVWatts 5",
        "NREL/TP-6A20-62641",
    ),
    (
        "Asking prices",
        "a fixed mark-up, random within reason (ZI-C), adaptive (ZIP), undercutting",
        "Gode and Sunder 1993; Cliff, HPL-97-91",
    ),
    (
        "Buyers",
        "look at some offers, take the cheapest that beat the utility, forecast their need with an \
         error, hand back what a refund makes worth it",
        "assumption",
    ),
    (
        "Gains",
        "against the outside option: the feed-in tariff for a seller, the retail tariff at the hour \
         of use for a buyer; less commission and network fees",
        "definition",
    ),
    (
        "Intervals",
        "Student's t over replicates; a bootstrap of 2,000 samples where a measure is skewed",
        "Student 1908; Efron 1979",
    ),
];

/// What the model leaves out.
const LEFT_OUT: [&str; 6] = [
    "The grid: losses, congestion, voltage. Energy passes between neighbours without a limit.",
    "Taxes and metering charges, summer time, holidays, snow.",
    "A moving price of STX: one rate holds throughout.",
    "The chain's own troubles (forks, failed miners) and other traffic on it.",
    "Households that differ in habits and not only in size; learning beyond asking prices.",
    "Dishonesty beyond what the scenario names: overstated production, and adversaries where it \
     has any.",
];

/// The methods, the assumptions and what was left out.
pub(super) fn blocks(sources: &[&Source]) -> Vec<Block> {
    let mut table = Table::new("What the model is made of", &["Part", "How", "Source"]).cards();
    for (part, how, source) in PARTS {
        table.row([Cell::text(part), Cell::text(how), Cell::text(source)]);
    }
    let mut blocks = vec![Block::Heading("Methods".to_owned()), Block::Table(table)];
    let of_a_market = |source: &&&Source| source.setting("time.days").is_finite();
    if let Some(source) = sources.iter().find(of_a_market) {
        blocks.push(Block::Text(weather(source)));
        blocks.push(Block::More(
            "Every setting of the scenario".to_owned(),
            vec![Block::Table(settings(source))],
        ));
    }
    blocks.push(Block::Heading("What was not modelled".to_owned()));
    blocks.push(Block::Note(
        Tone::Plain,
        "A simulation is an argument, not a forecast".to_owned(),
        vec![
            "It shows what follows from the contracts and the assumptions above. Differences \
             between settings are surer than levels, since both meet the same chances and share \
             the same faults of the model."
                .into(),
        ],
    ));
    blocks.push(Block::List(LEFT_OUT.iter().map(|line| (*line).into()).collect()));
    blocks
}

fn weather(source: &Source) -> Line {
    let text = |path: &str| {
        at(&source.files.manifest.scenario, path).and_then(Value::as_str).unwrap_or("unknown")
    };
    let weather = match (text("weather.source"), text("weather.file")) {
        ("file", "shipped") => {
            "a typical year of Greensboro NC (NREL TMY3, station 723170)".to_owned()
        }
        ("file", file) => format!("the file {file}"),
        ("synthetic", _) => {
            "synthetic: clear sky after Ineichen and Perez, and clouds that come and go".to_owned()
        }
        (other, _) => other.to_owned(),
    };
    let load = match (text("load.source"), text("load.file")) {
        ("days", "shipped") => {
            "measured days of a French household (UCI, Hebrail and Berard), scaled".to_owned()
        }
        ("synthetic", _) => "the German standard profile H0 (BDEW)".to_owned(),
        (_, file) => format!("the file {file}"),
    };
    let money = source.money.told().map_or(String::new(), |told| format!(" {told}."));
    Line::default()
        .strong("Weather: ")
        .plain(format!("{weather}. "))
        .strong("Loads: ")
        .plain(format!("{load}.{money}"))
}

fn settings(source: &Source) -> Table {
    let mut table = Table::new("Every setting of the scenario", &["Key", "Value"]);
    for (key, value) in leaves(&source.files.manifest.scenario) {
        let told = words::setting_value(&key, value, &source.money);
        table.row([Cell::text(key), Cell::text(told)]);
    }
    table
}
