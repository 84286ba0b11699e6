//! The auditor's part: what makes each result again, and what it was made from.

use super::super::super::shell::shell;
use super::super::document::{Block, Cell, Line, Part, Table, Tone};
use super::super::results::Source;
use super::called;

/// How the line begins that verifies a result, and the one below it that says
/// which result is meant.
pub(in super::super) const VERIFY: &str = "connect-sim report --verify ";
pub(in super::super) const DIGEST: &str = "# manifest.json has SHA-256 ";

pub(super) fn part(sources: &[Source]) -> Part {
    let mut blocks = vec![Block::Text(
        "A command makes each result again, byte for byte, on any machine and number of threads. \
         Run it where the scenario file is, with the same version and contracts."
            .into(),
    )];
    for source in sources {
        blocks.push(Block::Heading(called(source)));
        of(&mut blocks, source);
    }
    Part {
        id: "auditor",
        title: "For the auditor".to_owned(),
        lead: "Hashes, seeds, versions, and the commands that make every number again.".to_owned(),
        blocks,
    }
}

fn of(blocks: &mut Vec<Block>, source: &Source) {
    let manifest = &source.files.manifest;
    let directory = shell(&source.files.shown);
    let command = if manifest.command.is_empty() {
        "# this result does not say which command made it".to_owned()
    } else {
        manifest.command.clone()
    };
    let digest = &source.files.sha256;
    blocks.push(Block::Code(format!(
        "{command}\n{VERIFY}{directory}\n{DIGEST}{digest}, and names every file by its own"
    )));
    let seeds: Vec<u64> = manifest.replicates.iter().map(|replicate| replicate.seed).collect();
    let first = manifest.details.get("first_seed").and_then(serde_json::Value::as_u64);
    let seeds = match (seeds.as_slice(), first) {
        ([], Some(first)) => format!("from {first} on"),
        ([], None) => "as in the scenario".to_owned(),
        ([one], _) => one.to_string(),
        ([first, .., last], _) => format!("{first} to {last}"),
    };
    blocks.push(Block::Text(
        Line::default()
            .plain("Version ")
            .code(format!("{} {}", manifest.program.name, manifest.program.version))
            .plain("; seeds ")
            .code(seeds)
            .plain("; scenario ")
            .code(&manifest.scenario_file)
            .plain(" with hash ")
            .code(&manifest.scenario_sha256)
            .plain("."),
    ));
    let mut inputs = Table::new("What it was made from (SHA-256)", &["File", "Hash"]);
    for file in manifest.contracts.iter().chain(&manifest.data) {
        inputs.row([Cell::text(&file.file), Cell::text(&file.sha256)]);
    }
    for replicate in manifest.replicates.iter().filter(|r| !r.state_sha256.is_empty()) {
        let name = format!("final state of the chain, seed {}", replicate.seed);
        inputs.row([Cell::text(name), Cell::text(&replicate.state_sha256)]);
    }
    if !inputs.rows.is_empty() {
        blocks.push(Block::More(inputs.caption.clone(), vec![Block::Table(inputs)]));
    }
    let intact = source.files.intact();
    let broken: Vec<&str> =
        intact.iter().filter(|(_, same)| !same).map(|(file, _)| file.as_str()).collect();
    blocks.push(if broken.is_empty() {
        let text = format!("All {} files are what the manifest says they were.", intact.len());
        Block::Note(Tone::Good, "Files unchanged".to_owned(), vec![text.into()])
    } else {
        let text = format!("Not what the manifest says: {}.", broken.join(", "));
        Block::Note(Tone::Bad, "Files were changed after the run".to_owned(), vec![text.into()])
    });
}
