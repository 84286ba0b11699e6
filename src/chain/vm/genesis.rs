//! What stands in a chain's store before its first contract.

use clarity::vm::database::ClarityDatabase;
use clarity::vm::errors::InterpreterResult;

use super::headers::{EPOCH, Headers};
use super::overlay::Overlay;
use super::store::MemoryStore;

/// Writes the epoch, and how many microSTX there are.
pub(super) fn set_up(
    store: &mut MemoryStore,
    headers: Headers,
    issued: u128,
) -> InterpreterResult<()> {
    let mut overlay = Overlay::over(store, None);
    {
        let mut database = ClarityDatabase::new(&mut overlay, &headers, &headers);
        database.begin();
        database.set_clarity_epoch_version(EPOCH)?;
        database.increment_ustx_liquid_supply(issued)?;
        database.commit()?;
    }
    overlay.into_written().commit_to(store);
    Ok(())
}
