//! From source text to a contract that can be called: parsing, the full
//! analysis, initialisation, and the decoded form that calls run on.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use clarity::vm::analysis::{ContractAnalysis, run_analysis};
use clarity::vm::ast::build_ast_with_diagnostics;
use clarity::vm::callables::{DefinedFunction, FunctionIdentifier};
use clarity::vm::contexts::OwnedEnvironment;
use clarity::vm::costs::LimitedCostTracker;
use clarity::vm::database::ClarityDatabase;
use clarity::vm::diagnostic::Diagnostic;
use clarity::vm::types::signatures::FunctionType;
use clarity::vm::types::{PrincipalData, QualifiedContractIdentifier};
use clarity::vm::{ClarityVersion, ContractContext};
use thiserror::Error;

use super::callee::{Callees, Outline, outline};
use super::headers::{EPOCH, Headers};
use super::store::MemoryStore;
use super::{CHAIN_ID, MAINNET, Principal, contract_principal};

/// Why a contract could not be deployed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DeployError {
    /// Its text or its types are wrong: one line a fault.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Faults(Vec<SourceFault>),
    /// It cannot be a contract of that issuer.
    #[error(
        "{file}: \"{name}\" is no legal contract name: letters, digits and hyphens, from a letter, 40 at most"
    )]
    Name {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// Its top-level expressions failed.
    #[error("{file}: the contract does not initialise: {reason}")]
    Initialise {
        /// The file.
        file: String,
        /// What the virtual machine said.
        reason: String,
    },
}

/// One fault of a contract's source.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}:{column}: {message}")]
pub struct SourceFault {
    /// The file.
    pub file: String,
    /// Line from 1; 0 where the fault has no place.
    pub line: u32,
    /// Column from 1; 0 where the fault has no place.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

/// A version of the language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clarity {
    /// The first.
    One,
    /// The second, from epoch 2.1 on.
    #[default]
    Two,
}

impl Clarity {
    /// The version of that number; none where it does not run here.
    #[must_use]
    pub const fn numbered(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            _ => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// Whether a function changes the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `define-public`.
    Public,
    /// `define-read-only`.
    ReadOnly,
}

/// The shape of a function that can be called from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Whether it changes the chain.
    pub access: Access,
    /// Its arguments' names and types, as Clarity writes them.
    pub arguments: Vec<(String, String)>,
    /// What it returns, as Clarity writes it.
    pub returns: String,
}

/// A contract's decoded form, kept so that a call need not decode it anew.
pub(super) struct LoadedContract {
    pub(super) id: QualifiedContractIdentifier,
    pub(super) context: ContractContext,
    pub(super) functions: BTreeMap<String, LoadedFunction>,
    pub(super) signatures: BTreeMap<String, Signature>,
    /// What its functions speak of.
    pub(super) outline: Outline,
    /// Size of the source plus that of its constants, as calls are charged.
    pub(super) size: u64,
}

impl fmt::Debug for LoadedContract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedContract").field("id", &self.id).field("size", &self.size).finish()
    }
}

pub(super) struct LoadedFunction {
    /// Its number among the contract's, by name.
    pub(super) number: u32,
    pub(super) definition: DefinedFunction,
    pub(super) identifier: FunctionIdentifier,
    /// What it has the machine decode of other contracts; none where that is
    /// nothing, or not known.
    pub(super) callees: Option<Arc<Callees>>,
}

/// Deploys `source` as `issuer`.`name`, beside what is `deployed` already, and
/// returns its decoded form.
pub(super) fn deploy(
    store: &mut MemoryStore,
    deployed: &[Arc<LoadedContract>],
    issuer: &Principal,
    name: &str,
    file: &str,
    source: &str,
    clarity: Clarity,
) -> Result<Arc<LoadedContract>, DeployError> {
    let id = contract_principal(issuer, name)
        .ok_or_else(|| DeployError::Name { file: file.to_owned(), name: name.to_owned() })?;

    let version = match clarity {
        Clarity::One => ClarityVersion::Clarity1,
        Clarity::Two => ClarityVersion::Clarity2,
    };
    let mut free = LimitedCostTracker::new_free();
    let (mut ast, diagnostics, parsed) =
        build_ast_with_diagnostics(&id, source, &mut free, version, EPOCH);
    if !parsed {
        return Err(DeployError::Faults(faults(file, &diagnostics)));
    }
    let analysis = {
        let mut database = clarity::vm::analysis::AnalysisDatabase::new(store);
        run_analysis(&id, &ast.expressions, &mut database, false, free, EPOCH, version)
            .map_err(|(error, _)| DeployError::Faults(faults(file, &[error.diagnostic])))?
    };

    let failed = |reason: String| DeployError::Initialise { file: file.to_owned(), reason };
    {
        let database = ClarityDatabase::new(store, &Headers, &Headers);
        let mut environment = OwnedEnvironment::new_free(MAINNET, CHAIN_ID, database, EPOCH);
        environment
            .initialize_contract_from_ast(
                id.clone(),
                version,
                &mut ast,
                &analysis,
                source,
                Some(PrincipalData::Standard(id.issuer.clone())),
            )
            .map_err(|error| failed(error.to_string()))?;
    }
    // The analysis names the hash that initialisation stored, so it comes
    // second here although it is made first.
    clarity::vm::analysis::AnalysisDatabase::new(store)
        .execute(|database| database.insert_contract(&id, &analysis))
        .map_err(|error| failed(error.to_string()))?;
    load(store, deployed, id, &analysis, outline(&ast.expressions)).map(Arc::new).map_err(failed)
}

/// Reads a deployed contract back as a call would, with its types in the form
/// of the epoch.
fn load(
    store: &mut MemoryStore,
    deployed: &[Arc<LoadedContract>],
    id: QualifiedContractIdentifier,
    analysis: &ContractAnalysis,
    outline: Outline,
) -> Result<LoadedContract, String> {
    let mut database = ClarityDatabase::new(store, &Headers, &Headers);
    database.begin();
    let size = database.get_contract_size(&id).map_err(|error| error.to_string())?;
    let contract = database.get_contract(&id).map_err(|error| error.to_string())?;
    database.roll_back().map_err(|error| error.to_string())?;
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
    Ok(LoadedContract { id, context, functions, signatures, outline, size })
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
                    .map(|argument| (argument.name.to_string(), argument.signature.to_string()))
                    .collect();
                let returns = fixed.returns.to_string();
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
