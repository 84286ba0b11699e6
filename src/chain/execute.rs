//! One transaction through the virtual machine, on the contract's decoded
//! form: unmetered, metered by the machine, or at a cost learned before.
//! Whether it is committed is decided once its cost is known and before the
//! store has changed.

use std::cell::RefCell;

use clarity::vm::Value;
use clarity::vm::contexts::{AssetMap, Environment, OwnedEnvironment};
use clarity::vm::costs::cost_functions::ClarityCostFunction;
use clarity::vm::costs::{CostTracker, LimitedCostTracker, runtime_cost};
use clarity::vm::database::ClarityDatabase;
use clarity::vm::errors::{CheckErrors, Error as MachineError};
use clarity::vm::events::StacksTransactionEvent;
use clarity::vm::types::{ResponseData, TypeSignature};

use super::costs::{Cost, Meter, Metering, Mode, Place, Walk, WalkHook};
use super::deploy::{LoadedContract, LoadedFunction};
use super::headers::{EPOCH, Headers};
use super::store::MemoryStore;
use super::{CHAIN_ID, ChainError, MAINNET, Principal};

/// What the machine makes of a transaction.
pub(super) type Executed = Result<(Value, AssetMap, Vec<StacksTransactionEvent>), MachineError>;

/// A transaction that the machine has carried out or stopped, with its cost
/// where that was metered; or the cost of one that does not fit into the room
/// there is, which leaves the store as it was.
pub(super) type Carried = Result<(Executed, Option<Cost>), Cost>;

/// A call to carry out.
pub(super) struct Transaction<'a> {
    pub(super) sender: &'a Principal,
    /// The contract's number on the chain.
    pub(super) number: usize,
    pub(super) contract: &'a LoadedContract,
    pub(super) function: &'a LoadedFunction,
    pub(super) arguments: &'a [Value],
    /// What it may cost at most; anything, where there is no room given.
    pub(super) room: Option<&'a Cost>,
}

/// Why the machine's work was not committed: its error, or `None` where it was
/// withdrawn.
struct Stop(Option<MachineError>);

impl From<MachineError> for Stop {
    fn from(error: MachineError) -> Self {
        Self(Some(error))
    }
}

impl Transaction<'_> {
    pub(super) fn carry_out(
        &self,
        store: &mut MemoryStore,
        meter: &mut Meter,
    ) -> Result<Carried, ChainError> {
        match meter.metering {
            Metering::Off => {
                let free = LimitedCostTracker::new_free();
                let (executed, _) = self.execute_in_machine(store, free, None, |_, _| true);
                executed.map(|executed| Ok((executed, None))).ok_or(ChainError::Unmetered)
            }
            Metering::Exact => {
                let mut cost = Cost::ZERO;
                let tracker = meter.take_tracker()?;
                let (executed, tracker) =
                    self.execute_in_machine(store, tracker, None, |_, charged| {
                        cost = charged;
                        self.has_room_for(&cost)
                    });
                meter.put_back(tracker);
                Ok(carried(executed, cost))
            }
            Metering::Learned => match self.recall(store, meter) {
                Some(carried) => Ok(carried),
                None => self.learn(store, meter),
            },
        }
    }

    /// Carries the transaction out at the cost that its steps had before;
    /// `None`, and nothing done, where one of them is new or it is time for a
    /// check.
    fn recall(&self, store: &mut MemoryStore, meter: &mut Meter) -> Option<Carried> {
        let purse = meter.purse;
        let tally = meter.tally(self.number, self.function.number);
        if tally.is_new() || tally.is_sample_due(purse) {
            return None;
        }
        let walk = RefCell::new(Walk::new(&mut meter.knowledge, Mode::Recall, self.start()));
        let mut known = None;
        let free = LimitedCostTracker::new_free();
        let (executed, _) = self.execute_in_machine(store, free, Some(&walk), |end, charged| {
            known = walk.borrow_mut().finish(end, charged);
            known.is_some_and(|cost| self.has_room_for(&cost))
        });
        let Some(cost) = known else {
            store.take_traffic();
            return None;
        };
        let steps = walk.into_inner().steps();
        meter.purse.earn(steps);
        meter.tally(self.number, self.function.number).recalled(steps);
        Some(carried(executed, cost))
    }

    /// Carries the transaction out metered by the machine, and learns the cost
    /// of its steps.
    fn learn(&self, store: &mut MemoryStore, meter: &mut Meter) -> Result<Carried, ChainError> {
        let tracker = meter.take_tracker()?;
        let walk = RefCell::new(Walk::new(&mut meter.knowledge, Mode::Learn, self.start()));
        let (mut cost, mut known) = (Cost::ZERO, None);
        let (executed, tracker) =
            self.execute_in_machine(store, tracker, Some(&walk), |end, charged| {
                cost = charged;
                known = walk.borrow_mut().finish(end, charged);
                self.has_room_for(&cost)
            });
        let steps = walk.into_inner().steps();
        meter.put_back(tracker);
        if known.is_some() {
            meter.purse.spend(steps);
        }
        meter.tally(self.number, self.function.number).metered(known, &cost, steps);
        Ok(carried(executed, cost))
    }

    fn start(&self) -> Place {
        Place::start(self.number, self.function.number)
    }

    fn has_room_for(&self, cost: &Cost) -> bool {
        self.room.is_none_or(|room| cost.fits_in(room))
    }

    /// Has the machine carry the transaction out, and commits it where `weigh`
    /// says so, told how it ended and what was charged; `None` where it does
    /// not. The tracker comes back for the next transaction.
    ///
    /// Kept whole in the program, so that a profile can tell what the machine
    /// takes (`benches/machine_share.sh`).
    #[inline(never)]
    fn execute_in_machine(
        &self,
        store: &mut MemoryStore,
        tracker: LimitedCostTracker,
        walk: Option<&RefCell<Walk<'_>>>,
        weigh: impl FnOnce(Place, Cost) -> bool,
    ) -> (Option<Executed>, LimitedCostTracker) {
        let mut used = LimitedCostTracker::new_free();
        let mut hook = walk.map(WalkHook);
        store.cut_callees(self.function.callees.clone());
        let database = ClarityDatabase::new(store, &Headers, &Headers);
        let mut environment =
            OwnedEnvironment::new_cost_limited(MAINNET, CHAIN_ID, database, tracker, EPOCH);
        if let Some(hook) = &mut hook {
            environment.add_eval_hook(hook);
        }
        let executed = environment.execute_in_env(self.sender.clone(), None, None, |environment| {
            let result = self.run(environment);
            std::mem::swap(&mut used, &mut environment.global_context.cost_track);
            if weigh(end(&result), used.get_total().into()) { Ok(result?) } else { Err(Stop(None)) }
        });
        drop(environment);
        store.cut_callees(None);
        let executed = match executed {
            Ok(done) => Some(Ok(done)),
            Err(Stop(error)) => error.map(Err),
        };
        (executed, used)
    }

    /// What `execute_contract` does, on the decoded contract, with its charges
    /// for loading it.
    fn run(&self, environment: &mut Environment<'_, '_>) -> Result<Value, MachineError> {
        let size = self.contract.size;
        runtime_cost(ClarityCostFunction::LoadContract, environment, size)?;
        environment.add_memory(size)?;
        let result = self.apply(environment);
        environment.drop_memory(size)?;
        result
    }

    fn apply(&self, environment: &mut Environment<'_, '_>) -> Result<Value, MachineError> {
        let arguments =
            self.arguments.iter().map(sanitised).collect::<Result<Vec<Value>, MachineError>>()?;
        environment.call_stack.insert(&self.function.identifier, true);
        let result = environment.execute_function_as_transaction(
            &self.function.definition,
            &arguments,
            Some(&self.contract.context),
            false,
        );
        environment.call_stack.remove(&self.function.identifier, true)?;
        result
    }
}

fn carried(executed: Option<Executed>, cost: Cost) -> Carried {
    executed.map(|executed| (executed, Some(cost))).ok_or(cost)
}

fn end(result: &Result<Value, MachineError>) -> Place {
    Place::end(match result {
        Ok(Value::Response(ResponseData { committed: false, .. })) => 1,
        Ok(_) => 0,
        Err(_) => 2,
    })
}

/// The argument as the machine would see it: from epoch 2.4 on, values are
/// cut to their own type on entry. Scalars are what they are.
fn sanitised(argument: &Value) -> Result<Value, MachineError> {
    match argument {
        Value::UInt(_) | Value::Int(_) | Value::Bool(_) | Value::Principal(_) => {
            Ok(argument.clone())
        }
        _ => {
            let own_type = TypeSignature::type_of(argument)?;
            Value::sanitize_value(&EPOCH, &own_type, argument.clone())
                .map(|(value, _)| value)
                .ok_or_else(|| CheckErrors::TypeValueError(own_type, argument.clone()).into())
        }
    }
}
