//! One transaction through the virtual machine, on the contract's decoded
//! form: unmetered, metered by the machine, or at a cost learned before.
//! Nothing is committed here: that is decided once its cost is known.

use std::cell::RefCell;

use clarity::vm::Value as VmValue;
use clarity::vm::contexts::{Environment, OwnedEnvironment};
use clarity::vm::costs::cost_functions::ClarityCostFunction;
use clarity::vm::costs::{CostTracker, LimitedCostTracker, runtime_cost};
use clarity::vm::database::ClarityDatabase;
use clarity::vm::errors::{CheckErrors, Error as MachineError};
use clarity::vm::types::{PrincipalData, ResponseData, TypeSignature};

use super::contract::{LoadedContract, LoadedFunction};
use super::convert::{is_of_own_type, vm_value};
use super::costs::learned::{Mode, Place, Walk, WalkHook, cost_of};
use super::costs::meter::Meter;
use super::headers::{CHAIN_ID, EPOCH, Headers, MAINNET};
use super::overlay::{Overlay, Written};
use super::receipt::Executed;
use super::store::MemoryStore;
use crate::chain::cost::{Cost, Metering};
use crate::chain::error::ChainError;
use crate::chain::receipt::Traffic;
use crate::chain::value::Value;

/// A transaction that the machine has carried out or stopped; nothing of it is
/// committed yet.
pub(super) struct Done {
    pub(super) executed: Executed,
    pub(super) traffic: Traffic,
    pub(super) written: Written,
    /// Its cost, where that was metered.
    pub(super) cost: Option<Cost>,
}

/// A transaction that was carried out, or the cost of one that does not fit into
/// the room there is.
pub(super) type Carried = Result<Done, Cost>;

/// What the machine has done: how it ended, what went through the store, and
/// what is to be committed.
type Worked = (Executed, Traffic, Written);

/// A call to carry out.
pub(super) struct Transaction<'a> {
    pub(super) headers: Headers,
    pub(super) sender: PrincipalData,
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
        store: &MemoryStore,
        meter: &mut Meter,
    ) -> Result<Carried, ChainError> {
        match meter.metering {
            Metering::Off => self.look(store).map(Ok),
            Metering::Exact => {
                let mut cost = Cost::ZERO;
                let tracker = meter.take_tracker()?;
                let (worked, tracker) =
                    self.execute_in_machine(store, tracker, None, |_, charged| {
                        cost = charged;
                        self.has_room_for(&cost)
                    });
                meter.put_back(tracker);
                Ok(carried(worked, cost))
            }
            Metering::Learned => match self.recall(store, meter) {
                Some(carried) => Ok(carried),
                None => self.learn(store, meter),
            },
        }
    }

    /// Carries the transaction out unmetered.
    pub(super) fn look(&self, store: &MemoryStore) -> Result<Done, ChainError> {
        let free = LimitedCostTracker::new_free();
        let (worked, _) = self.execute_in_machine(store, free, None, |_, _| true);
        worked.map(|worked| done(worked, None)).ok_or(ChainError::Unmetered)
    }

    /// Carries the transaction out at the cost that its steps had before;
    /// `None`, and nothing done, where one of them is new or it is time for a
    /// check.
    fn recall(&self, store: &MemoryStore, meter: &mut Meter) -> Option<Carried> {
        let purse = meter.purse;
        let tally = meter.tally(self.number, self.function.number);
        if tally.is_new() || tally.is_sample_due(purse) {
            return None;
        }
        let walk = RefCell::new(Walk::new(&mut meter.knowledge, Mode::Recall, self.start()));
        let mut known = None;
        let free = LimitedCostTracker::new_free();
        let (worked, _) = self.execute_in_machine(store, free, Some(&walk), |end, charged| {
            known = walk.borrow_mut().finish(end, charged);
            known.is_some_and(|cost| self.has_room_for(&cost))
        });
        let cost = known?;
        let steps = walk.into_inner().steps();
        meter.purse.earn(steps);
        meter.tally(self.number, self.function.number).recalled(steps);
        Some(carried(worked, cost))
    }

    /// Carries the transaction out metered by the machine, and learns the cost
    /// of its steps.
    fn learn(&self, store: &MemoryStore, meter: &mut Meter) -> Result<Carried, ChainError> {
        let tracker = meter.take_tracker()?;
        let walk = RefCell::new(Walk::new(&mut meter.knowledge, Mode::Learn, self.start()));
        let (mut cost, mut known) = (Cost::ZERO, None);
        let (worked, tracker) =
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
        Ok(carried(worked, cost))
    }

    fn start(&self) -> Place {
        Place::start(self.number, self.function.number)
    }

    fn has_room_for(&self, cost: &Cost) -> bool {
        self.room.is_none_or(|room| cost.fits_in(room))
    }

    /// Has the machine carry the transaction out, and keeps what it has done
    /// where `weigh` says so, told how it ended and what was charged; `None`
    /// where it does not. The tracker comes back for the next transaction.
    ///
    /// Kept whole in the program, so that a profile can tell what the machine
    /// takes (`benches/machine_share.sh`).
    #[inline(never)]
    fn execute_in_machine(
        &self,
        store: &MemoryStore,
        tracker: LimitedCostTracker,
        walk: Option<&RefCell<Walk<'_>>>,
        weigh: impl FnOnce(Place, Cost) -> bool,
    ) -> (Option<Worked>, LimitedCostTracker) {
        let mut used = LimitedCostTracker::new_free();
        let mut hook = walk.map(WalkHook);
        let mut overlay = Overlay::over(store, self.function.callees.clone());
        let database = ClarityDatabase::new(&mut overlay, &self.headers, &self.headers);
        let mut environment =
            OwnedEnvironment::new_cost_limited(MAINNET, CHAIN_ID, database, tracker, EPOCH);
        if let Some(hook) = &mut hook {
            environment.add_eval_hook(hook);
        }
        let executed = environment.execute_in_env(self.sender.clone(), None, None, |environment| {
            let result = self.run(environment);
            std::mem::swap(&mut used, &mut environment.global_context.cost_track);
            if weigh(end(&result), cost_of(&used.get_total())) {
                Ok(result?)
            } else {
                Err(Stop(None))
            }
        });
        drop(environment);
        let executed = match executed {
            Ok(done) => Some(Ok(done)),
            Err(Stop(error)) => error.map(Err),
        };
        let traffic = overlay.traffic();
        (executed.map(|executed| (executed, traffic, overlay.into_written())), used)
    }

    /// What `execute_contract` does, on the decoded contract, with its charges
    /// for loading it.
    fn run(&self, environment: &mut Environment<'_, '_>) -> Result<VmValue, MachineError> {
        let size = self.contract.size;
        runtime_cost(ClarityCostFunction::LoadContract, environment, size)?;
        environment.add_memory(size)?;
        let result = self.apply(environment);
        environment.drop_memory(size)?;
        result
    }

    fn apply(&self, environment: &mut Environment<'_, '_>) -> Result<VmValue, MachineError> {
        let arguments =
            self.arguments.iter().map(sanitised).collect::<Result<Vec<VmValue>, MachineError>>()?;
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

fn carried(worked: Option<Worked>, cost: Cost) -> Carried {
    worked.map(|worked| done(worked, Some(cost))).ok_or(cost)
}

fn done((executed, traffic, written): Worked, cost: Option<Cost>) -> Done {
    Done { executed, traffic, written, cost }
}

fn end(result: &Result<VmValue, MachineError>) -> Place {
    Place::end(match result {
        Ok(VmValue::Response(ResponseData { committed: false, .. })) => 1,
        Ok(_) => 0,
        Err(_) => 2,
    })
}

/// The argument as the machine would see it: from epoch 2.4 on, values are
/// cut to their own type on entry.
pub(super) fn sanitised(argument: &Value) -> Result<VmValue, MachineError> {
    let value = vm_value(argument)?;
    if is_of_own_type(argument) {
        return Ok(value);
    }
    let own_type = TypeSignature::type_of(&value)?;
    let cut = VmValue::sanitize_value(&EPOCH, &own_type, value);
    cut.map(|(value, _)| value).ok_or_else(|| CheckErrors::ListTypesMustMatch.into())
}
