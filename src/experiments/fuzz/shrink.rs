//! Cuts a sequence that found something down to the few calls that matter, and
//! those to small numbers. Anything that keeps a finding of the same kind is
//! kept, so that what is left shows one thing. Source of the cutting: A. Zeller
//! and R. Hildebrandt, Simplifying and isolating failure-inducing input, IEEE
//! Trans. Softw. Eng. 28 (2002) 2.

use super::sequence::{Finding, FindingKind, Step, replay};
use super::stage::Stage;
use crate::twin::Datum;

/// Times that calls and numbers are gone through in turn; the second time
/// seldom finds anything.
const ROUNDS: usize = 4;

/// A sequence that shows a finding, being cut.
struct Cutting<'a> {
    stage: &'a Stage,
    kind: FindingKind,
    steps: Vec<Step>,
    finding: Finding,
}

/// The shortest sequence that could be found to show a finding of the same
/// kind as `finding`, and what it shows.
pub(super) fn shrink(stage: &Stage, steps: Vec<Step>, finding: Finding) -> (Vec<Step>, Finding) {
    let mut cutting = Cutting { stage, kind: finding.kind, steps, finding };
    for _ in 0..ROUNDS {
        let before = cutting.steps.clone();
        cutting.drop_steps();
        cutting.simplify_steps();
        if cutting.steps == before {
            break;
        }
    }
    (cutting.steps, cutting.finding)
}

impl Cutting<'_> {
    /// Takes `steps` over if they still show it.
    fn accept(&mut self, mut steps: Vec<Step>) -> bool {
        match replay(self.stage, &steps) {
            Some((taken, finding)) if finding.kind == self.kind => {
                steps.truncate(taken);
                self.steps = steps;
                self.finding = finding;
                true
            }
            _ => false,
        }
    }

    /// Leaves out runs of calls, long ones first.
    fn drop_steps(&mut self) {
        let mut run = self.steps.len().div_ceil(2);
        while run > 0 {
            let mut start = 0;
            while start < self.steps.len() {
                let end = (start + run).min(self.steps.len());
                let mut fewer = self.steps.clone();
                fewer.drain(start..end);
                if fewer.is_empty() || !self.accept(fewer) {
                    start += run;
                }
            }
            run = if run == 1 { 0 } else { run.div_ceil(2) };
        }
    }

    /// Makes each call plainer: made directly, in the same block, with shorter
    /// lists and texts, with smaller numbers.
    fn simplify_steps(&mut self) {
        for place in 0..self.steps.len() {
            self.change(place, |step| step.blocks = 0);
            self.change(place, |step| step.call.through = None);
            let arguments = self.steps.get(place).map_or(0, |step| step.call.arguments.len());
            for argument in 0..arguments {
                self.shorten(place, argument);
            }
            let numbers = self.steps.get_mut(place).map_or(0, |step| numbers(step).len());
            for number in 0..numbers {
                self.lower(place, number);
            }
        }
    }

    fn change(&mut self, place: usize, change: impl FnOnce(&mut Step)) -> bool {
        let mut steps = self.steps.clone();
        let Some(step) = steps.get_mut(place) else { return false };
        change(step);
        steps != self.steps && self.accept(steps)
    }

    fn shorten(&mut self, place: usize, argument: usize) {
        let of = |step: &mut Step| step.call.arguments.get(argument).cloned();
        match self.steps.get_mut(place).and_then(of) {
            Some(Datum::List(entries)) => {
                for entry in (0..entries.len()).rev() {
                    self.change(place, |step| {
                        if let Some(Datum::List(entries)) = step.call.arguments.get_mut(argument)
                            && entry < entries.len()
                        {
                            entries.remove(entry);
                        }
                    });
                }
            }
            Some(Datum::Text(_)) => {
                self.change(place, |step| {
                    if let Some(text) = step.call.arguments.get_mut(argument) {
                        *text = Datum::text("");
                    }
                });
            }
            _ => {}
        }
    }

    /// Finds a smaller number that still shows it, by halving what is between
    /// the largest that does not and the smallest that does.
    fn lower(&mut self, place: usize, number: usize) {
        let at = |step: &mut Step| numbers(step).get(number).map(|number| **number);
        let Some(mut most) = self.steps.get_mut(place).and_then(at) else { return };
        let set = |value: u128| {
            move |step: &mut Step| {
                if let Some(number) = numbers(step).into_iter().nth(number) {
                    *number = value;
                }
            }
        };
        if most == 0 || self.change(place, set(0)) {
            return;
        }
        let mut least = 0;
        while most - least > 1 {
            let middle = least + (most - least) / 2;
            if self.change(place, set(middle)) {
                most = middle;
            } else {
                least = middle;
            }
        }
    }
}

/// All numbers in a step's arguments.
fn numbers(step: &mut Step) -> Vec<&mut u128> {
    let mut found = Vec::new();
    for argument in &mut step.call.arguments {
        collect(argument, &mut found);
    }
    found
}

fn collect<'a>(datum: &'a mut Datum, found: &mut Vec<&'a mut u128>) {
    match datum {
        Datum::Uint(number) => found.push(number),
        Datum::List(entries) => entries.iter_mut().for_each(|entry| collect(entry, found)),
        Datum::Tuple(fields) => fields.iter_mut().for_each(|(_, field)| collect(field, found)),
        Datum::Maybe(Some(inner)) => collect(inner, found),
        Datum::Bool(_) | Datum::Who(_) | Datum::Text(_) | Datum::Maybe(None) => {}
    }
}
