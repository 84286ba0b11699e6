//! One sequence of calls, on the contracts and on the twin side by side: every
//! receipt and event and the state of trading after each call, the rules, and
//! at the end all that the contracts tell. Says where both part; not why.

use super::coverage::{Coverage, Ending};
use super::rules::Books;
use super::stage::Stage;
use super::watch::Watch;
use crate::chain::{Chain, Event as ChainEvent, Receipt as ChainReceipt, Status, Value};
use crate::twin::{Call, Datum, Entry, Event, Look, Outcome, Receipt, Twin};

/// A step of a sequence: blocks that close, then a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) blocks: u128,
    pub(super) call: Call,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// Contract and twin answer differently.
    Answer,
    /// They tell different events.
    Events,
    /// They come to different states.
    State,
    /// A rule that must always hold does not.
    Rule,
    /// The virtual machine failed.
    Machine,
}

impl FindingKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answer => "another answer",
            Self::Events => "other events",
            Self::State => "another state",
            Self::Rule => "a broken rule",
            Self::Machine => "a failed machine",
        }
    }
}

/// A difference between contract and twin, or a broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Of which kind.
    pub kind: FindingKind,
    /// What was found, with names for addresses.
    pub text: String,
}

/// Both sides, as they stand.
pub(super) struct Pair<'a> {
    stage: &'a Stage,
    pub(super) chain: Chain,
    pub(super) twin: Twin,
    watch: Watch,
    books: Books,
    /// The chain's receipt of the last call.
    pub(super) receipt: Option<ChainReceipt>,
}

impl<'a> Pair<'a> {
    pub(super) fn new(stage: &'a Stage) -> Self {
        let twin = stage.twin();
        let contracts = stage.cast.contracts;
        let books = Books::new(&twin, contracts.wattconnect, contracts.energy_production);
        let mut chain = stage.chain.clone();
        Self { stage, watch: Watch::new(stage, &mut chain), chain, twin, books, receipt: None }
    }

    /// Takes one step on both sides; how the call ended, or what was found.
    pub(super) fn step(&mut self, step: &Step) -> Result<Ending, Finding> {
        for _ in 0..step.blocks {
            self.chain.advance_block().map_err(machine)?;
        }
        let call = &step.call;
        let (found, told) = self.ask(call)?;
        self.compare(&found, &told)?;
        self.receipt = Some(found);
        if !matches!(call.entry, Entry::Look(_)) {
            let accepted = matches!(told.outcome, Outcome::Accepted(_));
            self.watch
                .check(&self.chain, self.stage, self.twin.state(), accepted)
                .map_err(|text| self.finding(FindingKind::State, &text))?;
            self.books
                .check(call, &told, self.twin.state())
                .map_err(|text| self.finding(FindingKind::Rule, &text))?;
        }
        Ok(Ending::from(&told.outcome))
    }

    /// Asks both.
    fn ask(&mut self, call: &Call) -> Result<(ChainReceipt, Receipt), Finding> {
        let height = self.chain.block_height();
        let unknown = || Finding {
            kind: FindingKind::Machine,
            text: format!("{} does not take what the interface says", call.entry),
        };
        let (contract, function, arguments) = self.stage.on_chain(call).ok_or_else(unknown)?;
        let sender = self.stage.accounts.principal(call.sender);
        let found = self.chain.call(sender, contract, function, &arguments).map_err(machine)?;
        let told = self.twin.call(height, call).ok_or_else(unknown)?;
        Ok((found, told))
    }

    fn finding(&self, kind: FindingKind, text: &str) -> Finding {
        Finding { kind, text: self.stage.named(text) }
    }

    fn compare(&self, found: &ChainReceipt, told: &Receipt) -> Result<(), Finding> {
        let same = match (&found.status, &told.outcome) {
            (Status::Accepted(one), Outcome::Accepted(other)) => self.stage.same(other, one),
            (Status::Rejected(Value::UInt(one)), Outcome::Rejected(other)) => one == other,
            (Status::Aborted(_), Outcome::Aborted) => true,
            _ => false,
        };
        if !same {
            let text = format!(
                "the contract answers {}, the twin {}",
                status_text(&found.status),
                self.outcome_text(&told.outcome)
            );
            return Err(self.finding(FindingKind::Answer, &text));
        }
        let mut events = told.events.iter();
        for one in &found.events {
            let other = events.next();
            if !other.is_some_and(|other| self.same_event(one, other)) {
                let other = other.map_or_else(|| "nothing".to_owned(), |e| self.event_text(e));
                let text = format!("the contract tells {}, the twin {other}", found_text(one));
                return Err(self.finding(FindingKind::Events, &text));
            }
        }
        if let Some(other) = events.next() {
            let text = format!("the contract tells nothing, the twin {}", self.event_text(other));
            return Err(self.finding(FindingKind::Events, &text));
        }
        Ok(())
    }

    fn same_event(&self, one: &ChainEvent, other: &Event) -> bool {
        let principal = |who| self.stage.accounts.principal(who);
        match (one, other) {
            (
                ChainEvent::Print(by, Value::Tuple(tuple)),
                Event::Told { by: contract, event, fields },
            ) => {
                by.name().as_str() == contract.name()
                    && tuple.fields().len() == fields.len() + 1
                    && tuple.get("event").and_then(crate::chain::as_text) == Some(event)
                    && self.stage.same_fields(fields, tuple)
            }
            (
                ChainEvent::StxTransfer { from, to, amount, .. },
                Event::Paid { from: a, to: b, amount: c },
            ) => from == principal(*a) && to == principal(*b) && amount.get() == *c,
            _ => false,
        }
    }

    /// What all that the contracts tell comes to: every setting, and of every
    /// account all there is.
    pub(super) fn compare_all(&mut self) -> Result<(), Finding> {
        let look = |look: Look, arguments: Vec<Datum>| Call {
            sender: self.stage.cast.operator,
            through: None,
            entry: Entry::Look(look),
            arguments,
        };
        let mut calls = vec![
            look(Look::TradingParameters, Vec::new()),
            look(Look::CertificationParameters, Vec::new()),
            look(Look::TreasuryBalance, Vec::new()),
        ];
        for who in self.stage.everyone() {
            for one in [Look::AccountOf, Look::ProducerData, Look::CertifierOf] {
                calls.push(look(one, vec![Datum::Who(who)]));
            }
            let known = self.twin.state().producers[who.index()].as_ref();
            let entries = known.map_or(0, |known| known.audit_length);
            // One more than there are: the end is the end.
            for index in 0..=entries {
                calls.push(look(Look::AuditEntry, vec![Datum::Who(who), Datum::Uint(index)]));
            }
        }
        calls.retain(|call| self.stage.has(call.entry));
        for call in &calls {
            let (found, told) = self.ask(call)?;
            self.compare(&found, &told).map_err(|finding| Finding {
                kind: FindingKind::State,
                text: format!(
                    "at the end, {}: {}",
                    self.stage.named(&self.call_text(call)),
                    finding.text
                ),
            })?;
        }
        Ok(())
    }

    fn outcome_text(&self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Accepted(datum) => format!("(ok {})", self.datum_text(datum)),
            Outcome::Rejected(code) => format!("(err u{code})"),
            Outcome::Aborted => "an overflow".to_owned(),
        }
    }

    fn event_text(&self, event: &Event) -> String {
        match event {
            Event::Paid { from, to, amount } => {
                format!("{amount} µSTX from {} to {}", self.stage.name(*from), self.stage.name(*to))
            }
            Event::Told { event, fields, .. } => {
                let mut all = vec![("event", Datum::text(event))];
                all.extend(fields.iter().cloned());
                self.datum_text(&Datum::Tuple(all))
            }
        }
    }

    fn datum_text(&self, datum: &Datum) -> String {
        self.stage.value(datum).map_or_else(|| format!("{datum:?}"), |value| value.to_string())
    }

    fn call_text(&self, call: &Call) -> String {
        call_text(self.stage, call)
    }
}

/// A call as people read it, with names for addresses.
pub(super) fn call_text(stage: &Stage, call: &Call) -> String {
    let arguments: Vec<_> = call
        .arguments
        .iter()
        .filter_map(|argument| stage.value(argument))
        .map(|value| format!(" {value}"))
        .collect();
    let through =
        call.through.map_or_else(String::new, |who| format!(" through {}", stage.name(who)));
    let arguments = stage.named(&arguments.concat());
    format!("{}{through}: ({}{arguments})", stage.name(call.sender), call.entry)
}

fn status_text(status: &Status) -> String {
    match status {
        Status::Accepted(value) => format!("(ok {value})"),
        Status::Rejected(value) => format!("(err {value})"),
        Status::Aborted(reason) => format!("with a run-time error, {reason}"),
    }
}

fn found_text(event: &ChainEvent) -> String {
    match event {
        ChainEvent::Print(_, value) => value.to_string(),
        ChainEvent::StxTransfer { from, to, amount, .. } => {
            format!("{amount} µSTX from {from} to {to}")
        }
        other => format!("{other:?}"),
    }
}

fn machine(error: impl std::fmt::Display) -> Finding {
    Finding { kind: FindingKind::Machine, text: error.to_string() }
}

/// What came of a sequence.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) coverage: Coverage,
    /// The steps up to what was found, and that.
    pub(super) found: Option<(Vec<Step>, Finding)>,
}

/// Takes steps until one finds something or there are no more, and looks at
/// everything at the end. `next` is shown the twin as it stands.
pub(super) fn play(stage: &Stage, mut next: impl FnMut(&Twin) -> Option<Step>) -> Played {
    let mut pair = Pair::new(stage);
    let mut coverage = Coverage::default();
    let mut steps = Vec::new();
    while let Some(step) = next(&pair.twin) {
        let ended = pair.step(&step);
        let entry = step.call.entry;
        steps.push(step);
        match ended {
            Ok(ending) => coverage.count(entry, ending),
            Err(finding) => return Played { coverage, found: Some((steps, finding)) },
        }
    }
    let found = pair.compare_all().err().map(|finding| (steps, finding));
    Played { coverage, found }
}

/// Takes these steps anew.
pub(super) fn replay(stage: &Stage, steps: &[Step]) -> Option<(usize, Finding)> {
    let mut left = steps.iter();
    let played = play(stage, |_| left.next().cloned());
    played.found.map(|(taken, finding)| (taken.len(), finding))
}
