//! Which functions of the interface a pair of contracts has: found by
//! deploying it, so that its types are checked too.

use crate::chain::{Chain, Signature, account};
use crate::market::{Code, Contract, Function, Market, MarketError, Need, READ_ONLY};

/// A function of the interface, as a pair of contracts has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceFunction {
    /// The contract it belongs to.
    pub contract: Contract,
    /// Its name.
    pub name: &'static str,
    /// Whether a variant may lack it.
    pub need: Need,
    /// Its shape; none where it lacks.
    pub signature: Option<Signature>,
}

/// What a pair of contracts has of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Every function of the interface, in its order.
    pub functions: Vec<InterfaceFunction>,
}

/// Deploys `code` on a chain of its own and looks at what it has.
///
/// # Errors
/// Where a contract does not compile or lacks a required function.
pub fn interface(code: &Code) -> Result<Interface, MarketError> {
    let owner = account("operator");
    let mut chain = Chain::genesis(&[])?;
    let market = Market::deploy(code, &mut chain, &owner, 10_000)?;
    let public = Function::ALL.iter().map(|f| (f.contract(), f.name(), f.need()));
    let functions = public
        .chain(READ_ONLY.iter().copied())
        .map(|(contract, name, need)| InterfaceFunction {
            contract,
            name,
            need,
            signature: chain.signature(market.id(contract), name).cloned(),
        })
        .collect();
    Ok(Interface { functions })
}
