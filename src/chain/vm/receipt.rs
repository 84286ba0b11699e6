//! What the virtual machine says of a transaction, as a receipt.

use clarity::vm::Value as VmValue;
use clarity::vm::contexts::AssetMap;
use clarity::vm::errors::Error as MachineError;
use clarity::vm::events::StacksTransactionEvent;
use clarity::vm::types::ResponseData;

use super::convert::{abort_of, event_of, value_of};
use crate::chain::cost::Cost;
use crate::chain::error::ChainError;
use crate::chain::receipt::{Receipt, Status, Traffic};

/// What the machine makes of a transaction.
pub(super) type Executed = Result<(VmValue, AssetMap, Vec<StacksTransactionEvent>), MachineError>;

/// The receipt of what was executed; `contract` and `function` are what a
/// message calls it.
///
/// # Errors
/// Where the machine has broken one of its own promises.
pub(super) fn receipt(
    executed: Executed,
    contract: &dyn std::fmt::Display,
    function: &str,
    traffic: Traffic,
    cost: Option<Cost>,
) -> Result<Receipt, ChainError> {
    let (status, events) = match executed {
        Ok((VmValue::Response(ResponseData { committed: true, data }), _, events)) => {
            (Status::Accepted(value_of(*data)), events)
        }
        Ok((VmValue::Response(ResponseData { committed: false, data }), _, _)) => {
            (Status::Rejected(value_of(*data)), Vec::new())
        }
        Ok((value, _, events)) => (Status::Accepted(value_of(value)), events),
        Err(error @ (MachineError::Interpreter(_) | MachineError::Wasm(_))) => {
            return Err(machine_failed(contract, function, &error));
        }
        Err(error) => (Status::Aborted(abort_of(&error)), Vec::new()),
    };
    Ok(Receipt { status, events: events.into_iter().map(event_of).collect(), traffic, cost })
}

fn machine_failed(
    contract: &dyn std::fmt::Display,
    function: &str,
    error: &MachineError,
) -> ChainError {
    ChainError::Machine {
        contract: contract.to_string(),
        function: function.to_owned(),
        reason: error.to_string(),
    }
}
