//! The two contracts as the house speaks of them: typed actions in, verdicts
//! and flows of energy and money out. Knows the contracts' interface and not
//! who uses it: no agent, no random number.

mod accounts;
mod action;
mod asked;
mod code;
mod decode;
mod error_code;
mod flow;
mod function;
mod parameters;
mod project;

use std::collections::BTreeMap;

use thiserror::Error;

pub use accounts::{Account, Accounts};
pub use action::{Action, MAX_ORDERS, MAX_READINGS, Order, Reading};
pub use asked::AskedAccount;
pub use code::{Clarity, Code, Source};
pub use decode::{AccountPlaces, StoredAccount, StoredState};
pub use error_code::ErrorCode;
pub use flow::Flow;
pub use function::{Contract, Function, Need, READ_ONLY};
pub use parameters::Parameters;
pub use project::ProjectError;

use crate::chain::{
    Abort, AbortKind, Chain, ChainError, ContractId, Cost, DeployError, Principal, Receipt, Status,
    Traffic, Value,
};
use crate::units::MicroStx;

/// Why the contracts cannot carry a market, or stopped doing so.
#[derive(Debug, Error)]
pub enum MarketError {
    /// A contract does not deploy.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// Contracts refer to each other in a circle, so that none can be first.
    #[error("the contracts {} refer to each other in a circle; none can be deployed first", .names.join(", "))]
    Circle {
        /// Those in the circle, or behind it.
        names: Vec<String>,
    },
    /// A contract lacks what every variant must have.
    #[error("{file}: the contract {contract} lacks {}; every variant must have them", .missing.join(", "))]
    Lacks {
        /// The file.
        file: String,
        /// The contract.
        contract: Contract,
        /// The functions that are missing.
        missing: Vec<String>,
    },
    /// The chain or the virtual machine failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// An event or a stored value has another shape than the interface says.
    #[error("{function} answered in a shape that the interface does not know: {what}")]
    Shape {
        /// What was called or read.
        function: String,
        /// What was found.
        what: String,
    },
}

/// How a transaction ended, in the words of the market.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The contract said yes.
    Accepted,
    /// The contract said no, and why.
    Rejected(ErrorCode),
    /// The virtual machine stopped it, and why.
    Aborted(Abort),
}

impl Verdict {
    /// The word for it in CSV.
    #[must_use]
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected(_) => "rejected",
            Self::Aborted(_) => "aborted",
        }
    }
}

/// What a transaction left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketReceipt {
    /// How it ended.
    pub verdict: Verdict,
    /// What it did, in order; nothing unless accepted.
    pub flows: Vec<Flow>,
    /// STX that moved between accounts of the directory: from, to, how much.
    pub stx: Vec<(Account, Account, MicroStx)>,
    /// What went through the store.
    pub traffic: Traffic,
    /// What the chain charges, where that was metered.
    pub cost: Option<Cost>,
    /// The chain's own receipt, of which all this was read.
    pub raw: Receipt,
    /// Where the contracts announce nothing: what they answer, afterwards, of
    /// everyone concerned.
    pub answers: Vec<(Account, AskedAccount)>,
}

/// Both contracts, deployed.
#[derive(Clone, Debug)]
pub struct Market {
    wattconnect: ContractId,
    energy_production: ContractId,
    rate_scale: u128,
    /// Who deployed them.
    owner: Principal,
    /// Whether they announce what they do, in the events of the interface, and
    /// store it where the interface says.
    announces: bool,
    /// Arguments that each function of the deployed contracts takes; a
    /// function that is not here is lacking.
    arity: BTreeMap<Function, usize>,
}

impl Market {
    /// Deploys `code` as `owner`'s, its rates in units of `rate_scale` to the
    /// whole.
    ///
    /// # Errors
    /// Where a contract does not compile or lacks a required function.
    pub fn deploy(
        code: &Code,
        chain: &mut Chain,
        owner: &Principal,
        rate_scale: u128,
    ) -> Result<Self, MarketError> {
        let (wattconnect, energy_production) = code.deploy(chain, owner)?;
        let mut market = Self {
            wattconnect,
            energy_production,
            rate_scale,
            owner: owner.clone(),
            announces: false,
            arity: BTreeMap::new(),
        };
        for function in Function::ALL {
            let signature = chain.signature(market.id(function.contract()), function.name());
            if let Some(signature) = signature {
                market.arity.insert(*function, signature.arguments.len());
            }
        }
        for contract in [Contract::WattConnect, Contract::EnergyProduction] {
            let missing = market.missing(chain, contract);
            if !missing.is_empty() {
                let file = code.of(contract).file.clone();
                return Err(MarketError::Lacks { file, contract, missing });
            }
        }
        market.announces =
            market.account_places(chain, owner).is_some() && market.stored_state(chain).is_ok();
        Ok(market)
    }

    /// Required functions that the deployed contract lacks.
    fn missing(&self, chain: &Chain, contract: Contract) -> Vec<String> {
        let public = Function::ALL
            .iter()
            .filter(|function| function.contract() == contract)
            .filter(|function| function.need() == Need::Required && !self.has(**function))
            .map(|function| function.name().to_owned());
        let read_only = READ_ONLY
            .iter()
            .filter(|(of, _, need)| *of == contract && *need == Need::Required)
            .filter(|(_, name, _)| chain.signature(self.id(contract), name).is_none())
            .map(|(_, name, _)| (*name).to_owned());
        public.chain(read_only).collect()
    }

    /// The contract on the chain.
    #[must_use]
    pub const fn id(&self, contract: Contract) -> ContractId {
        match contract {
            Contract::WattConnect => self.wattconnect,
            Contract::EnergyProduction => self.energy_production,
        }
    }

    /// Whether the deployed contracts announce what they do and store it as the
    /// interface says. Those that do not are asked instead, and a rule that
    /// they break is a finding about them.
    #[must_use]
    pub const fn announces(&self) -> bool {
        self.announces
    }

    /// Whether the deployed contracts have the function.
    #[must_use]
    pub fn has(&self, function: Function) -> bool {
        self.arity.contains_key(&function)
    }

    /// Sends `action` as `sender`.
    ///
    /// # Errors
    /// Where the chain fails, the deployed contracts lack the function, or an
    /// event has a shape that is not known. A contract that says no is a
    /// verdict.
    pub fn execute(
        &self,
        chain: &mut Chain,
        accounts: &Accounts,
        sender: Account,
        action: &Action,
    ) -> Result<MarketReceipt, MarketError> {
        let (contract, arguments) = self.call_of(accounts, action)?;
        let before = self.ask_before(chain, accounts, sender, action)?;
        let principal = accounts.principal(sender);
        let receipt = chain.call(principal, contract, action.function().name(), &arguments)?;
        self.read(chain, action, receipt, accounts, before)
    }

    /// The same where `room` is all that is left in the block: none, and no
    /// trace, where it does not fit.
    ///
    /// # Errors
    /// As [`Market::execute`].
    pub fn execute_within(
        &self,
        chain: &mut Chain,
        accounts: &Accounts,
        sender: Account,
        action: &Action,
        room: &Cost,
    ) -> Result<Option<MarketReceipt>, MarketError> {
        let (contract, arguments) = self.call_of(accounts, action)?;
        let before = self.ask_before(chain, accounts, sender, action)?;
        let principal = accounts.principal(sender);
        let name = action.function().name();
        let receipt = chain.call_within(principal, contract, name, &arguments, room)?;
        receipt.map(|receipt| self.read(chain, action, receipt, accounts, before)).transpose()
    }

    /// What those concerned have before a transaction, where only asking
    /// tells.
    fn ask_before(
        &self,
        chain: &Chain,
        accounts: &Accounts,
        sender: Account,
        action: &Action,
    ) -> Result<asked::Answers, MarketError> {
        if self.announces {
            return Ok(Vec::new());
        }
        self.ask_concerned(chain, accounts, sender, action)
    }

    /// A receipt in the words of the market.
    fn read(
        &self,
        chain: &Chain,
        action: &Action,
        receipt: Receipt,
        accounts: &Accounts,
        before: asked::Answers,
    ) -> Result<MarketReceipt, MarketError> {
        let shape =
            |what: String| MarketError::Shape { function: action.function().to_string(), what };
        let verdict = verdict(&receipt);
        let stx = moved(&receipt, accounts).map_err(shape)?;
        let mut answers = Vec::new();
        let flows = if self.announces {
            decode::flows(&receipt, accounts, self.rate_scale).map_err(shape)?
        } else if let (Verdict::Accepted, Some((sender, _))) = (&verdict, before.first()) {
            answers = self.ask_concerned(chain, accounts, *sender, action)?;
            let reserve = self.ask_reserve(chain)?;
            asked::inferred(action, &before, &answers, &stx, reserve, self.rate_scale)
        } else {
            Vec::new()
        };
        Ok(MarketReceipt {
            verdict,
            flows,
            stx,
            traffic: receipt.traffic,
            cost: receipt.cost,
            answers,
            raw: receipt,
        })
    }

    /// The contract and the arguments of an action: as many as the deployed
    /// function takes.
    ///
    /// # Errors
    /// Where Clarity has no type for an argument.
    pub fn call_of(
        &self,
        accounts: &Accounts,
        action: &Action,
    ) -> Result<(ContractId, Vec<Value>), MarketError> {
        let function = action.function();
        let mut arguments =
            action.arguments(accounts, self.rate_scale).ok_or_else(|| MarketError::Shape {
                function: function.to_string(),
                what: format!("arguments that Clarity cannot type: {action:?}"),
            })?;
        if let Some(taken) = self.arity.get(&function) {
            arguments.truncate(*taken);
        }
        Ok((self.id(function.contract()), arguments))
    }

    /// The settings as deployed.
    ///
    /// # Errors
    /// Where the virtual machine fails.
    pub fn parameters(&self, chain: &Chain) -> Result<Parameters, MarketError> {
        if self.announces {
            return Ok(self.stored_state(chain)?.parameters);
        }
        self.ask_parameters(chain, &Self::unknown_parameters())
    }

    /// The value that a read-only function answers.
    ///
    /// # Errors
    /// Where the chain fails or the contract lacks the function.
    pub fn look(
        &self,
        chain: &Chain,
        contract: Contract,
        function: &str,
        arguments: &[Value],
    ) -> Result<Receipt, MarketError> {
        // A look has no sender that matters; the contract itself will do.
        let id = self.id(contract);
        let nobody = chain.principal_of(id);
        Ok(chain.look(&nobody, id, function, arguments)?)
    }
}

fn moved(
    receipt: &Receipt,
    accounts: &Accounts,
) -> Result<Vec<(Account, Account, MicroStx)>, String> {
    let find =
        |who: &Principal| accounts.find(who).ok_or_else(|| format!("STX of the stranger {who}"));
    receipt.stx_moved().map(|(from, to, amount)| Ok((find(from)?, find(to)?, amount))).collect()
}

fn verdict(receipt: &Receipt) -> Verdict {
    match &receipt.status {
        Status::Accepted(_) => Verdict::Accepted,
        Status::Rejected(Value::UInt(code)) => Verdict::Rejected(ErrorCode::new(*code)),
        Status::Rejected(other) => {
            Verdict::Aborted(Abort::new(AbortKind::Other, format!("(err {other})")))
        }
        Status::Aborted(reason) => Verdict::Aborted(reason.clone()),
    }
}
