//! Costs from experience. The machine evaluates an expression after the other;
//! what it charges between two of them, a step, depends on which two these
//! are and on the sizes of the values at hand, and on nothing else. So an
//! exactly metered call teaches what each of its steps costs, and the cost of
//! a later call is the sum of its own, whatever way it takes and however long
//! its lists are.
//!
//! Where sizes come from lists, a step's cost is linear in their length: two
//! lengths that were seen give the third. A step that turns out to cost more
//! than one thing is given up, and calls that take it are metered exactly.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use clarity::vm::contexts::{ContractContext, Environment, LocalContext};
use clarity::vm::costs::ExecutionCost;
use clarity::vm::errors::Error;
use clarity::vm::representations::SymbolicExpressionType;
use clarity::vm::types::QualifiedContractIdentifier;
use clarity::vm::{EvalHook, ExecutionResult, SymbolicExpression, Value};
use rustc_hash::FxBuildHasher;

use super::shape::{self, Shape};
use crate::chain::cost::{Cost, Dimension};

/// A point of a call at which it can be told what was charged so far: its
/// start, an expression just evaluated, its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::chain::vm) struct Place(u64);

impl Place {
    /// Before anything of a function is evaluated.
    pub(in crate::chain::vm) const fn start(contract: usize, function: u32) -> Self {
        Self(1 << 63 | (contract as u64) << 40 | function as u64)
    }

    /// After everything; `outcome` tells accepted, rejected and aborted apart.
    pub(in crate::chain::vm) const fn end(outcome: u8) -> Self {
        Self(3 << 62 | outcome as u64)
    }

    const fn expression(contract: u64, id: u64) -> Self {
        Self(contract << 40 | id)
    }
}

/// From one place to the next, with values of some shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Step {
    from: Place,
    to: Place,
    kind: u64,
}

/// What is known of a step's cost.
#[derive(Clone, Debug)]
enum Rule {
    /// Seen with lists of one length.
    Once(u32, Cost),
    /// Seen with lists of two lengths: linear, as far as is known.
    Line((u32, Cost), (u32, Cost)),
    /// Not linear: what each length cost.
    Each(BTreeMap<u32, Cost>),
    /// Cost more than one thing.
    GivenUp,
}

impl Rule {
    fn cost(&self, extent: u32) -> Option<Cost> {
        match self {
            Self::Once(seen, cost) => (*seen == extent).then_some(*cost),
            Self::Line(one, other) => line(*one, *other, extent),
            Self::Each(costs) => costs.get(&extent).copied(),
            Self::GivenUp => None,
        }
    }

    /// The rule after it was seen that lists of this length cost this.
    fn taught(self, extent: u32, cost: Cost) -> Self {
        let known = self.cost(extent);
        match self {
            Self::GivenUp => Self::GivenUp,
            rule if known == Some(cost) => rule,
            Self::Once(seen, first) if seen != extent => Self::Line((seen, first), (extent, cost)),
            Self::Line(one, other) if one.0 != extent && other.0 != extent => {
                Self::Each(BTreeMap::from([one, other, (extent, cost)]))
            }
            Self::Each(mut costs) if known.is_none() => {
                costs.insert(extent, cost);
                Self::Each(costs)
            }
            Self::Once(..) | Self::Line(..) | Self::Each(_) => Self::GivenUp,
        }
    }
}

/// The cost at `extent` on the line through two points; `None` where the line
/// meets no integer there.
fn line((x, a): (u32, Cost), (y, b): (u32, Cost), extent: u32) -> Option<Cost> {
    if a == b || extent == x {
        return Some(a);
    }
    let run = i128::from(y) - i128::from(x);
    let along = i128::from(extent) - i128::from(x);
    let at = |dimension| {
        let start = i128::from(a.get(dimension));
        let rise = (i128::from(b.get(dimension)) - start).checked_mul(along)?;
        if rise % run == 0 { u64::try_from(start + rise / run).ok() } else { None }
    };
    Some(Cost {
        read_count: at(Dimension::ReadCount)?,
        read_length: at(Dimension::ReadLength)?,
        write_count: at(Dimension::WriteCount)?,
        write_length: at(Dimension::WriteLength)?,
        runtime: at(Dimension::Runtime)?,
    })
}

/// All steps ever metered on a chain.
#[derive(Clone, Debug, Default)]
pub(in crate::chain::vm) struct Knowledge {
    rules: HashMap<Step, Rule, FxBuildHasher>,
    contracts: Vec<QualifiedContractIdentifier>,
}

impl Knowledge {
    /// How many steps are known.
    pub(super) fn steps(&self) -> usize {
        self.rules.len()
    }

    /// How many of them were given up.
    pub(super) fn given_up(&self) -> usize {
        self.rules.values().filter(|rule| matches!(rule, Rule::GivenUp)).count()
    }

    fn recall(&self, step: Step, extent: u32) -> Option<Cost> {
        self.rules.get(&step)?.cost(extent)
    }

    fn learn(&mut self, step: Step, extent: u32, cost: Cost) {
        let rule = self.rules.entry(step).or_insert(Rule::Once(extent, cost));
        let before = std::mem::replace(rule, Rule::GivenUp);
        *rule = before.taught(extent, cost);
    }

    fn number_of(&mut self, contract: &QualifiedContractIdentifier) -> u64 {
        let known = self.contracts.iter().position(|id| id == contract);
        known.unwrap_or_else(|| {
            self.contracts.push(contract.clone());
            self.contracts.len() - 1
        }) as u64
    }
}

/// Whether a walk draws on what is known or adds to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::chain::vm) enum Mode {
    /// The call is not metered; its steps are looked up.
    Recall,
    /// The call is metered; its steps are looked up, and then learned.
    Learn,
}

/// An expression under evaluation: the shapes of its parts so far.
#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    parts: Shape,
    /// Whether the last part was a value handed in from outside, as `fold`
    /// does with each entry.
    handed_in: bool,
}

/// One call, followed step by step.
#[derive(Debug)]
pub(in crate::chain::vm) struct Walk<'k> {
    knowledge: &'k mut Knowledge,
    mode: Mode,
    at: Place,
    frames: Vec<Frame>,
    /// The contract being evaluated: where the machine holds it, and its
    /// number.
    context: (usize, u64),
    /// What was charged up to here, where the call is metered.
    charged: Cost,
    /// The sum of the steps so far; `None` once one was unknown.
    recalled: Option<Cost>,
    /// How many steps it had so far.
    steps: u64,
}

impl<'k> Walk<'k> {
    pub(in crate::chain::vm) fn new(
        knowledge: &'k mut Knowledge,
        mode: Mode,
        start: Place,
    ) -> Self {
        Self {
            knowledge,
            mode,
            at: start,
            frames: Vec::with_capacity(32),
            context: (0, 0),
            charged: Cost::ZERO,
            recalled: Some(Cost::ZERO),
            steps: 0,
        }
    }

    /// How many steps the call had.
    pub(in crate::chain::vm) const fn steps(&self) -> u64 {
        self.steps
    }

    /// Goes the last step, and tells what the whole call should cost; `None`
    /// where a step was unknown.
    pub(in crate::chain::vm) fn finish(&mut self, end: Place, charged: Cost) -> Option<Cost> {
        self.step(end, Shape::default(), || charged);
        self.recalled
    }

    fn step(&mut self, to: Place, shape: Shape, charged: impl FnOnce() -> Cost) {
        let step = Step { from: self.at, to, kind: shape.kind };
        self.at = to;
        self.steps += 1;
        if let Some(sum) = &mut self.recalled {
            match self.knowledge.recall(step, shape.extent) {
                Some(cost) => *sum += cost,
                None => self.recalled = None,
            }
        }
        if self.mode == Mode::Learn {
            let charged = charged();
            // The machine's total only grows.
            let cost = charged.checked_sub(&self.charged).unwrap_or(Cost::ZERO);
            self.charged = charged;
            self.knowledge.learn(step, shape.extent, cost);
        }
    }

    /// Whether there is nothing more to find out.
    fn is_lost(&self) -> bool {
        self.mode == Mode::Recall && self.recalled.is_none()
    }

    /// The number of the contract that the machine evaluates. It holds one
    /// contract in one place for as long as it evaluates it, and between two
    /// calls into others it is always back in the caller.
    fn contract(&mut self, context: &ContractContext) -> u64 {
        let held = std::ptr::from_ref(context).addr();
        if self.context.0 != held {
            self.context = (held, self.knowledge.number_of(&context.contract_identifier));
        }
        self.context.1
    }

    /// Adds a part to the expression under evaluation. Each round of a `fold`
    /// begins anew, with values handed in, so that the last costs what the
    /// first does.
    fn part(&mut self, shape: Shape, handed_in: bool) {
        if let Some(frame) = self.frames.last_mut() {
            if handed_in && !frame.handed_in {
                frame.parts = Shape::default();
            }
            frame.parts = shape.after(frame.parts);
            frame.handed_in = handed_in;
        }
    }
}

/// A cost as the machine counts it, in our words.
pub(in crate::chain::vm) const fn cost_of(cost: &ExecutionCost) -> Cost {
    Cost {
        read_count: cost.read_count,
        read_length: cost.read_length,
        write_count: cost.write_count,
        write_length: cost.write_length,
        runtime: cost.runtime,
    }
}

/// A walk as the machine takes it along.
#[derive(Debug)]
pub(in crate::chain::vm) struct WalkHook<'w, 'k>(pub(in crate::chain::vm) &'w RefCell<Walk<'k>>);

impl EvalHook for WalkHook<'_, '_> {
    fn will_begin_eval(
        &mut self,
        _environment: &mut Environment<'_, '_>,
        _context: &LocalContext<'_>,
        expression: &SymbolicExpression,
    ) {
        if matches!(expression.expr, SymbolicExpressionType::List(_)) {
            let mut walk = self.0.borrow_mut();
            if !walk.is_lost() {
                walk.frames.push(Frame::default());
            }
        }
    }

    fn did_finish_eval(
        &mut self,
        environment: &mut Environment<'_, '_>,
        _context: &LocalContext<'_>,
        expression: &SymbolicExpression,
        result: &Result<Value, Error>,
    ) {
        let mut walk = self.0.borrow_mut();
        if walk.is_lost() {
            return;
        }
        let shape = match expression.expr {
            SymbolicExpressionType::List(_) => {
                let parts = walk.frames.pop().unwrap_or_default().parts;
                let own = shape::of_result(result);
                walk.part(own, false);
                own.after(parts)
            }
            // A value in the source costs nothing and is always the same; one
            // handed in is neither in the source nor always the same.
            SymbolicExpressionType::AtomValue(_) | SymbolicExpressionType::LiteralValue(_) => {
                if expression.id == 0 {
                    let own = shape::of_result(result);
                    walk.part(own, true);
                }
                return;
            }
            _ => {
                let own = shape::of_result(result);
                walk.part(own, false);
                own
            }
        };
        let contract = walk.contract(environment.contract_context);
        let place = Place::expression(contract, expression.id);
        let tracker = &environment.global_context.cost_track;
        walk.step(place, shape, || cost_of(&tracker.get_total()));
    }

    fn did_complete(&mut self, _result: Result<&mut ExecutionResult, String>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(runtime: u64) -> Cost {
        Cost { runtime, read_length: 3, ..Cost::ZERO }
    }

    fn step() -> Step {
        Step { from: Place::start(0, 0), to: Place::end(0), kind: 7 }
    }

    #[test]
    fn two_lengths_give_the_third() {
        let mut knowledge = Knowledge::default();
        assert_eq!(knowledge.recall(step(), 1), None);
        knowledge.learn(step(), 1, cost(110));
        assert_eq!(knowledge.recall(step(), 1), Some(cost(110)));
        assert_eq!(knowledge.recall(step(), 2), None);
        knowledge.learn(step(), 3, cost(130));
        assert_eq!(knowledge.recall(step(), 100), Some(cost(1_100)));
        knowledge.learn(step(), 100, cost(1_100));
        assert_eq!(knowledge.recall(step(), 0), Some(cost(100)));
    }

    #[test]
    fn what_is_not_linear_is_known_by_length() {
        let mut knowledge = Knowledge::default();
        for (extent, runtime) in [(1, 10), (2, 20), (4, 80)] {
            knowledge.learn(step(), extent, cost(runtime));
        }
        assert_eq!(knowledge.recall(step(), 2), Some(cost(20)));
        assert_eq!(knowledge.recall(step(), 4), Some(cost(80)));
        assert_eq!(knowledge.recall(step(), 3), None);
        let mut uneven = Knowledge::default();
        uneven.learn(step(), 1, cost(10));
        uneven.learn(step(), 3, cost(11));
        assert_eq!(uneven.recall(step(), 2), None, "half a unit is no cost");
    }

    #[test]
    fn a_step_of_two_costs_is_given_up_for_good() {
        let mut knowledge = Knowledge::default();
        knowledge.learn(step(), 1, cost(10));
        knowledge.learn(step(), 1, cost(11));
        assert_eq!((knowledge.steps(), knowledge.given_up()), (1, 1));
        knowledge.learn(step(), 1, cost(10));
        assert_eq!(knowledge.recall(step(), 1), None);
    }
}
