//! From source text to a contract that can be called: parsing, the full
//! analysis, initialisation, and the decoded form that calls run on.

use std::collections::BTreeMap;

use clarity::vm::ClarityVersion;
use clarity::vm::analysis::{AnalysisDatabase, ContractAnalysis, run_analysis};
use clarity::vm::ast::build_ast_with_diagnostics;
use clarity::vm::contexts::OwnedEnvironment;
use clarity::vm::costs::LimitedCostTracker;
use clarity::vm::database::{ClarityBackingStore, ClarityDatabase};
use clarity::vm::diagnostic::Diagnostic;
use clarity::vm::errors::Error as MachineError;
use clarity::vm::events::StacksTransactionEvent;
use clarity::vm::types::signatures::FunctionType;
use clarity::vm::types::{PrincipalData, QualifiedContractIdentifier};

use super::callee::{Callable, Callees, Outline, outline};
use super::contract::{LoadedContract, LoadedFunction};
use super::convert::{abort_of, type_of, vm_contract};
use super::costs::learned::cost_of;
use super::headers::{CHAIN_ID, EPOCH, Headers, MAINNET};
use crate::chain::cost::Cost;
use crate::chain::error::{DeployError, SourceFault};
use crate::chain::name::ContractName;
use crate::chain::principal::ContractPrincipal;
use crate::chain::signature::{Access, Clarity, Signature};
use crate::chain::source::Source;

/// What came of a deployment.
pub(super) struct Deployed {
    pub(super) contract: LoadedContract,
    pub(super) events: Vec<StacksTransactionEvent>,
    /// What the tracker has charged for it.
    pub(super) cost: Cost,
}

/// Deploys `source` into `store`, beside what is `deployed` already, charging
/// `tracker` for it. Where it fails, the store may hold parts of it.
pub(super) fn deploy(
    store: &mut dyn ClarityBackingStore,
    headers: Headers,
    deployed: &[Callable<'_>],
    source: &Source<'_>,
    mut tracker: LimitedCostTracker,
) -> Result<Deployed, DeployError> {
    let Source { issuer, name, file, text, clarity } = *source;
    let illegal = || DeployError::Name { file: file.to_owned(), name: name.to_owned() };
    let principal = ContractPrincipal::new(issuer, ContractName::new(name).ok_or_else(illegal)?);
    let id = vm_contract(&principal).map_err(|_| illegal())?;

    let version = match clarity {
        Clarity::One => ClarityVersion::Clarity1,
        Clarity::Two => ClarityVersion::Clarity2,
    };
    let (mut ast, diagnostics, parsed) =
        build_ast_with_diagnostics(&id, text, &mut tracker, version, EPOCH);
    if !parsed {
        return Err(DeployError::Faults(faults(file, &diagnostics)));
    }
    let mut analysis = {
        let mut database = AnalysisDatabase::new(store);
        run_analysis(&id, &ast.expressions, &mut database, false, tracker, EPOCH, version)
            .map_err(|(error, _)| DeployError::Faults(faults(file, &[error.diagnostic])))?
    };

    let failed = |error: &MachineError| DeployError::Initialise {
        file: file.to_owned(),
        reason: error.to_string(),
        abort: abort_of(error),
    };
    let tracker = analysis.take_contract_cost_tracker();
    let (events, cost) = {
        let database = ClarityDatabase::new(store, &headers, &headers);
        let mut environment =
            OwnedEnvironment::new_cost_limited(MAINNET, CHAIN_ID, database, tracker, EPOCH);
        let ((), _, events) = environment
            .initialize_contract_from_ast(
                id.clone(),
                version,
                &mut ast,
                &analysis,
                text,
                Some(PrincipalData::Standard(id.issuer.clone())),
            )
            .map_err(|error| failed(&error))?;
        (events, cost_of(&environment.get_cost_total()))
    };
    // The analysis names the hash that initialisation stored, so it comes
    // second here although it is made first.
    AnalysisDatabase::new(store)
        .execute(|database| database.insert_contract(&id, &analysis))
        .map_err(|error| failed(&error.err.into()))?;
    let outline = outline(&ast.expressions);
    let contract = load(store, headers, deployed, principal, id, &analysis, outline)
        .map_err(|error| failed(&error))?;
    Ok(Deployed { contract, events, cost })
}

/// Reads a deployed contract back as a call would, with its types in the form
/// of the epoch.
fn load(
    store: &mut dyn ClarityBackingStore,
    headers: Headers,
    deployed: &[Callable<'_>],
    principal: ContractPrincipal,
    id: QualifiedContractIdentifier,
    analysis: &ContractAnalysis,
    outline: Outline,
) -> Result<LoadedContract, MachineError> {
    let mut database = ClarityDatabase::new(store, &headers, &headers);
    database.begin();
    let size = database.get_contract_size(&id)?;
    let contract = database.get_contract(&id)?;
    database.roll_back()?;
    let context = contract.contract_context;
    let mut functions: BTreeMap<String, LoadedFunction> = context
        .functions
        .iter()
        .filter(|(_, definition)| definition.is_public())
        .map(|(name, definition)| {
            let function = LoadedFunction {
                number: 0,
                definition: definition.clone(),
                identifier: definition.get_identifier(),
                callees: Callees::of(name, &outline, deployed),
            };
            (name.to_string(), function)
        })
        .collect();
    for (number, function) in (0..).zip(functions.values_mut()) {
        function.number = number;
    }
    let signatures = signatures(analysis);
    Ok(LoadedContract { id, principal, context, functions, signatures, outline, size })
}

fn signatures(analysis: &ContractAnalysis) -> BTreeMap<String, Signature> {
    let public = analysis.public_function_types.iter().map(|f| (f, Access::Public));
    let read_only = analysis.read_only_function_types.iter().map(|f| (f, Access::ReadOnly));
    public
        .chain(read_only)
        .filter_map(|((name, function), access)| match function {
            FunctionType::Fixed(fixed) => {
                let arguments = fixed
                    .args
                    .iter()
                    .map(|argument| (argument.name.to_string(), type_of(&argument.signature)))
                    .collect();
                let returns = type_of(&fixed.returns);
                Some((name.to_string(), Signature { access, arguments, returns }))
            }
            _ => None,
        })
        .collect()
}

fn faults(file: &str, diagnostics: &[Diagnostic]) -> Vec<SourceFault> {
    diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic.spans.first();
            SourceFault {
                file: file.to_owned(),
                line: place.map_or(0, |span| span.start_line),
                column: place.map_or(0, |span| span.start_column),
                message: diagnostic.message.clone(),
            }
        })
        .collect()
}
