//! `connect-sim replay`: the calls of a trace done again on a fresh chain, and
//! shown beside what the trace says came of them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::print::say;
use super::table::table;
use crate::trace::{
    Answer, Call, Ending, Evaluation, Header, Replayed, Step, TraceReader, TracedEvent, replay,
};

/// Do the calls of a trace again and compare what comes of them.
///
/// Every receipt and the hash of the final state are held against the trace:
/// exit code 0 where all are the same, 3 where one differs, 2 where the trace
/// cannot be read.
#[derive(Debug, Args)]
pub(super) struct ReplayTrace {
    /// The trace, as `run --trace` writes it.
    trace: PathBuf,
    /// Make the calls on these contracts instead of the trace's own, and
    /// compare the receipts alone.
    #[arg(long, num_args = 2, value_names = ["WATTCONNECT", "ENERGY_PRODUCTION"])]
    contracts: Vec<PathBuf>,
    /// Show every call with its arguments and events, however many there are.
    #[arg(long, short)]
    verbose: bool,
    /// Show every call that a contract turned down or the machine stopped.
    #[arg(long, conflicts_with = "verbose")]
    only_failed: bool,
    /// Print nothing but differences.
    #[arg(long, short, conflicts_with_all = ["verbose", "only_failed"])]
    quiet: bool,
}

/// So many calls are shown in the end of a long trace.
const SHOWN: usize = 12;

/// Calls that ended in each way.
#[derive(Clone, Copy, Debug, Default)]
struct Endings {
    accepted: u64,
    rejected: u64,
    aborted: u64,
}

impl ReplayTrace {
    pub(super) fn execute(&self) -> Result<(), Failure> {
        let name = self.trace.display().to_string();
        let file = File::open(&self.trace)
            .map_err(|error| Failure::bad_input(format_args!("{name}: cannot be read: {error}")))?;
        let reader = TraceReader::open(&name, BufReader::new(file)).map_err(Failure::bad_input)?;
        let header = reader.header().clone();
        let instead = self.instead(&header)?;
        if !self.quiet {
            say(origin(&header));
        }
        let mut functions: BTreeMap<(String, String), Endings> = BTreeMap::new();
        let mut last: Vec<String> = Vec::new();
        let replayed = replay(reader, &instead, |number, step, found| {
            let endings = functions.entry((step.contract().to_owned(), deed(step).to_owned()));
            let endings = endings.or_default();
            *match found.status {
                Ending::Accepted => &mut endings.accepted,
                Ending::Rejected => &mut endings.rejected,
                Ending::Aborted => &mut endings.aborted,
            } += 1;
            let differs = found != step.receipt();
            let failed = found.status != Ending::Accepted;
            if self.verbose || (self.only_failed && failed) {
                say(shown(number, step, found, self.verbose));
            } else if !self.only_failed && !self.quiet && !differs {
                if last.len() == SHOWN {
                    last.remove(0);
                }
                last.push(shown(number, step, found, false));
            }
            if differs {
                say(difference(number, step, found));
            }
        })?;
        if !self.quiet {
            if !self.verbose && !self.only_failed {
                self.say_last(&last, replayed.steps);
            }
            say(by_function(&functions));
            if let Some(finding) = &replayed.end.finding {
                say(format_args!("the trace was kept for this: {finding}"));
            }
        }
        self.judge(&replayed)
    }

    fn say_last(&self, last: &[String], calls: u64) {
        if calls > last.len() as u64 {
            say(format_args!("the last {} calls of {calls}; --verbose shows all", last.len()));
        }
        for line in last {
            say(line);
        }
    }

    /// The texts of the contracts that take the place of the trace's own.
    fn instead(&self, header: &Header) -> Result<BTreeMap<String, String>, Failure> {
        let names = ["wattconnect", "energy-production"];
        let mut instead = BTreeMap::new();
        for (name, path) in names.into_iter().zip(&self.contracts) {
            if !header.contracts.iter().any(|contract| contract.name == name) {
                return Err(Failure::bad_input(format_args!(
                    "{}: has no contract {name} that --contracts could take the place of",
                    self.trace.display()
                )));
            }
            instead.insert(name.to_owned(), read(path)?);
        }
        Ok(instead)
    }

    fn judge(&self, replayed: &Replayed) -> Result<(), Failure> {
        let Replayed { steps: calls, different, .. } = replayed;
        if let Some(first) = &replayed.first {
            return Err(Failure::broken(format_args!(
                "{}: {different} of {calls} calls end otherwise than the trace says, the first is \
                 call {}",
                self.trace.display(),
                first.number
            )));
        }
        if !replayed.is_same() {
            return Err(Failure::broken(format_args!(
                "{}: all {calls} receipts are the same, but the final state is not: it has the \
                 sha256 {}, the trace says {}",
                self.trace.display(),
                replayed.state_sha256,
                replayed.end.state_sha256
            )));
        }
        if !self.quiet {
            say(match replayed.own_contracts {
                true => format!(
                    "{calls} calls done again: every receipt and the final state are the same"
                ),
                false => format!(
                    "{calls} calls done again on other contracts: every receipt is the same"
                ),
            });
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        Failure::bad_input(format_args!("{}: cannot be read: {error}", path.display()))
    })
}

/// Where a trace is from, in a line.
fn origin(header: &Header) -> String {
    let made_by = match &header.scenario {
        Some(scenario) => format!("{} of {scenario}", header.made_by.word()),
        None => header.made_by.word().to_owned(),
    };
    let seed = header.seed.map_or_else(String::new, |seed| format!(" under seed {seed}"));
    let contracts: Vec<_> = header.contracts.iter().map(|c| c.name.as_str()).collect();
    format!(
        "{made_by}{seed}, written by version {}: {}, {} accounts",
        header.version,
        contracts.join(", "),
        header.genesis.len()
    )
}

/// What was done, in a word: the function called.
fn deed(step: &Step) -> &str {
    match step {
        Step::Call(call) => &call.function,
        Step::Evaluation(_) => "an expression",
    }
}

/// A step in a line, or with all of its arguments and events.
fn shown(number: u64, step: &Step, found: &Answer, whole: bool) -> String {
    let what = match step {
        Step::Call(Call { arguments, .. }) => {
            let arguments: Vec<_> = arguments.iter().map(crate::trace::value_text).collect();
            format!("({})", arguments.join(" "))
        }
        Step::Evaluation(Evaluation { expression, .. }) => expression.clone(),
    };
    let (sender, contract) = (step.sender().to_string(), step.contract());
    if !whole {
        let (sender, what, result) = (short(&sender), cut(&short(&what)), short(&found.result));
        return format!("{number:>7} {sender} {} {what} → {}", deed(step), cut(&result));
    }
    let (fee, place) = match step {
        Step::Call(call) => {
            (format!(", fee {}", call.fee), format!("{contract}.{}", call.function))
        }
        Step::Evaluation(_) => (String::new(), format!("in {contract}")),
    };
    let mut text = format!(
        "{number:>7} block {}{fee}: {sender}\n        {place} {what}\n        {} {}",
        step.height(),
        found.status.word(),
        found.result
    );
    for event in &found.events {
        text.push_str("\n          ");
        text.push_str(&event_text(event));
    }
    text
}

fn event_text(event: &TracedEvent) -> String {
    match event {
        TracedEvent::Print { value, .. } => value.clone(),
        TracedEvent::StxTransfer { from, to, amount } => {
            format!("{amount} microSTX from {from} to {to}")
        }
        TracedEvent::StxBurn { from, amount } => format!("{amount} microSTX of {from} burnt"),
        TracedEvent::Other { text } => text.clone(),
    }
}

/// What the trace says of a call and what came of it now, where both part.
fn difference(number: u64, step: &Step, found: &Answer) -> String {
    let told = step.receipt();
    let mut text = format!(
        "call {number} ends otherwise\n{}\n  the trace says: {} {}",
        shown(number, step, found, false),
        told.status.word(),
        told.result
    );
    for place in 0..told.events.len().max(found.events.len()) {
        let of = |events: &[TracedEvent]| {
            events.get(place).map_or_else(|| "nothing".to_owned(), event_text)
        };
        let (told, found) = (of(&told.events), of(&found.events));
        if told != found {
            text.push_str(&format!(
                "\n  event {}: the trace says {told}\n  now {found}",
                place + 1
            ));
            break;
        }
    }
    text
}

fn by_function(functions: &BTreeMap<(String, String), Endings>) -> String {
    let mut table = table(&["contract", "function", "accepted", "rejected", "aborted"], &[2, 3, 4]);
    for ((contract, function), endings) in functions {
        let Endings { accepted, rejected, aborted } = endings;
        let counts = [accepted, rejected, aborted].map(ToString::to_string);
        table.add_row([contract, function].into_iter().chain(&counts));
    }
    table.to_string()
}

/// A text with its addresses cut to what tells them apart.
fn short(text: &str) -> String {
    const ENDS: usize = 6;
    let mut shown = String::with_capacity(text.len());
    let mut word = String::new();
    let flush = |word: &mut String, shown: &mut String| {
        // Addresses are of 38 letters and more, in the alphabet of c32.
        if word.len() >= 38 && word.starts_with('S') {
            shown.push_str(&word[..ENDS]);
            shown.push('…');
            shown.push_str(&word[word.len() - ENDS..]);
        } else {
            shown.push_str(word);
        }
        word.clear();
    };
    for character in text.chars() {
        if character.is_ascii_uppercase() || character.is_ascii_digit() {
            word.push(character);
        } else {
            flush(&mut word, &mut shown);
            shown.push(character);
        }
    }
    flush(&mut word, &mut shown);
    shown
}

/// A text with its end cut off where a line would not take it.
fn cut(text: &str) -> String {
    const MOST: usize = 72;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
