//! The stage that the battery plays on: both contracts deployed, a few people,
//! everything that was done and what came of it, as words and as a trace. What
//! is asked of the contracts is no matter of this file.

use std::collections::BTreeMap;

use super::weakness::{Severity, Weakness};
use crate::chain::{self, Chain, Principal, Status};
use crate::engine::traced_contracts;
use crate::market::{
    Account, Accounts, Action, Code, Contract, Function, Market, MarketError, MarketReceipt, Order,
    Reading, Verdict,
};
use crate::scenario::{Genesis, GenesisOf};
use crate::trace::{Answer, Call, End, Evaluation, Header, Maker, Step, Trace, value_text};
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

const PURSE: MicroStx = MicroStx::new(1_000_000_000_000);
pub(super) const REFERENCE: MicroStxPerKwh = MicroStxPerKwh::new(300_000);
pub(super) const RESERVE_LIMIT: Kwh = Kwh::new(80);
pub(super) const USER_LIMIT: Kwh = Kwh::new(50);
/// Energy that the producer is given: more than either limit.
const PRODUCED: Kwh = Kwh::new(100);
/// Calls of evidence that are told in words.
const EVIDENCE: usize = 3;
/// The rate at which money is taken and given: whole per cent, which any
/// contract can say.
const COMMISSION_BPS: u16 = 500;
const REFUND_BPS: u16 = 9_000;

/// Both contracts, a few people, and what was said to them.
#[derive(Clone)]
pub(super) struct Stage<'c> {
    code: &'c Code,
    purses: Vec<(Principal, MicroStx)>,
    rate_scale: u128,
    pub(super) chain: Chain,
    pub(super) market: Market,
    accounts: Accounts,
    pub(super) owner: Account,
    pub(super) meter: Account,
    pub(super) certifier: Account,
    pub(super) supervisor: Account,
    pub(super) producer: Account,
    pub(super) buyer: Account,
    pub(super) other: Account,
    pub(super) stranger: Account,
    pub(super) certification: Account,
    /// What was done, and the words for each.
    done: Vec<(Step, String)>,
    /// What each function answered last, for as long as it was never accepted.
    met: BTreeMap<Function, Option<Refusal>>,
}

/// How a function that was never accepted ended last.
#[derive(Clone)]
pub(super) struct Refusal {
    /// The answer.
    pub(super) answer: String,
    /// The trace up to it.
    pub(super) at: Moment,
}

/// How far things had come.
#[derive(Clone)]
pub(super) struct Moment {
    steps: usize,
    height: u32,
    state_sha256: String,
}

impl<'c> Stage<'c> {
    /// The contracts, deployed, and the people, with STX in their purses.
    pub(super) fn new(code: &'c Code) -> Result<Self, MarketError> {
        let mut accounts = Accounts::default();
        let mut enter = |name: &str| accounts.enter(&format!("battery-{name}"));
        let owner = enter("owner");
        let (meter, certifier, supervisor) =
            (enter("meter"), enter("certifier"), enter("supervisor"));
        let (producer, buyer) = (enter("producer"), enter("buyer"));
        let (other, stranger) = (enter("other"), enter("stranger"));
        let purses: Vec<_> =
            accounts.iter().map(|who| (accounts.principal(who).clone(), PURSE)).collect();
        let mut chain = Chain::genesis(&purses)?;
        let operator = accounts.principal(owner).clone();
        // A contract in per cent takes no rate of ten thousand.
        let whole = chain::uint(BasisPoints::SCALE);
        let mut trial = chain.clone();
        let market = Market::deploy(code, &mut trial, &operator, BasisPoints::SCALE)?;
        let trade = market.id(Contract::WattConnect);
        let name = Function::SetCommissionRate.name();
        let basis_points = trial.call(&operator, trade, name, &[whole])?.status;
        let rate_scale = if matches!(basis_points, Status::Accepted(_)) { 10_000 } else { 100 };
        let market = Market::deploy(code, &mut chain, &operator, rate_scale)?;
        let principal = |contract| chain.principal_of(market.id(contract));
        let certification = accounts.enter_principal(principal(Contract::EnergyProduction));
        accounts.enter_principal(principal(Contract::WattConnect));
        for other in &code.others {
            if let Some(id) = chain::contract_principal(&operator, &other.name) {
                accounts.enter_principal(Principal::Contract(id));
            }
        }
        Ok(Self {
            code,
            purses,
            rate_scale,
            chain,
            market,
            accounts,
            owner,
            meter,
            certifier,
            supervisor,
            producer,
            buyer,
            other,
            stranger,
            certification,
            done: Vec::new(),
            met: BTreeMap::new(),
        })
    }

    /// Sends an action; none where the contracts lack the function.
    pub(super) fn send(
        &mut self,
        sender: Account,
        action: &Action,
    ) -> Result<Option<MarketReceipt>, MarketError> {
        let function = action.function();
        if !self.market.has(function) {
            return Ok(None);
        }
        let (_, arguments) = self.market.call_of(&self.accounts, action)?;
        let receipt = self.market.execute(&mut self.chain, &self.accounts, sender, action)?;
        let call = Call {
            height: self.chain.block_height(),
            sender: self.accounts.principal(sender).clone(),
            contract: self.code.of(function.contract()).name.clone(),
            function: function.name().to_owned(),
            arguments,
            fee: MicroStx::ZERO,
            receipt: Answer::from(&receipt.raw),
        };
        let answer = match &receipt.verdict {
            Verdict::Accepted => "accepted".to_owned(),
            Verdict::Rejected(code) => format!("rejected with {code}"),
            Verdict::Aborted(reason) => format!("aborted: {reason}"),
        };
        let words = call.arguments.iter().map(|argument| format!(" {}", value_text(argument)));
        let words = words.collect::<String>();
        let mut said = format!("{}: ({function}{words}): {answer}", self.role(sender));
        for account in self.accounts.iter() {
            said =
                said.replace(&format!("'{}", self.accounts.principal(account)), self.role(account));
        }
        self.done.push((Step::Call(call), said));
        if receipt.verdict == Verdict::Accepted {
            self.met.insert(function, None);
        } else if !matches!(self.met.get(&function), Some(None)) {
            self.met.insert(function, Some(Refusal { answer, at: self.now() }));
        }
        Ok(Some(receipt))
    }

    fn role(&self, who: Account) -> &'static str {
        [
            (self.owner, "owner"),
            (self.meter, "meter operator"),
            (self.certifier, "certifier"),
            (self.supervisor, "supervisor"),
            (self.producer, "producer"),
            (self.buyer, "buyer"),
            (self.stranger, "stranger"),
            (self.certification, "certification contract"),
        ]
        .into_iter()
        .find(|(account, _)| *account == who)
        .map_or("another home", |(_, role)| role)
    }

    /// Settings, officials, two producers, and energy for one of them.
    pub(super) fn set_up(&mut self) -> Result<(), MarketError> {
        let owner = self.owner;
        for action in self.settings() {
            self.send(owner, &action)?;
        }
        for (certifier, level) in [(self.meter, 1), (self.certifier, 2), (self.supervisor, 3)] {
            self.send(owner, &Action::AddCertifier { certifier, level })?;
        }
        for producer in [self.producer, self.other] {
            self.send(producer, &application())?;
        }
        let producer = self.producer;
        self.send(self.certifier, &Action::CertifyProducer { producer })?;
        let readings = vec![Reading { of: producer, amount: PRODUCED }];
        self.send(self.meter, &Action::RecordProduction { readings })?;
        Ok(())
    }

    /// What the owner sets, every function of the kind once.
    pub(super) fn settings(&self) -> Vec<Action> {
        let bps = |rate| BasisPoints::new(rate).unwrap_or_default();
        vec![
            Action::SetCertificationContract { contract: self.certification },
            Action::SetEnergyPrice { price: REFERENCE },
            Action::SetCommissionRate { rate: bps(COMMISSION_BPS) },
            Action::SetRefundRate { rate: bps(REFUND_BPS) },
            Action::SetEnergyReserveLimit { limit: RESERVE_LIMIT },
            Action::SetMaxEnergyPerUser { limit: USER_LIMIT },
            Action::SetCertificationFee { fee: MicroStx::new(1_000_000) },
            Action::SetMinimumProduction { amount: Kwh::new(10) },
            Action::SetMaximumProduction { amount: Kwh::new(10_000) },
            Action::FundTreasury { amount: MicroStx::new(50_000_000) },
        ]
    }

    /// Evaluates what the scenario gives its accounts.
    pub(super) fn seed(&mut self, genesis: &Genesis) -> Result<(), MarketError> {
        let owner = self.accounts.principal(self.owner).clone();
        for seed in &genesis.0 {
            let of: &[Account] = match seed.of {
                GenesisOf::Everyone => &[self.producer, self.other, self.buyer],
                GenesisOf::Producers => &[self.producer, self.other],
                GenesisOf::Buyers => &[self.buyer],
                GenesisOf::Operator => &[self.owner],
            };
            let contract = Contract::from(seed.contract);
            for &who in of {
                let principal = self.accounts.principal(who).to_string();
                let expression = seed.filled_in(&principal, PRODUCED, PRODUCED, PURSE);
                let id = self.market.id(contract);
                let receipt = self.chain.evaluate(&owner, id, &expression)?;
                let receipt = Answer::from(&receipt);
                let said = format!(
                    "seeded with {expression}: {}: {}",
                    receipt.status.word(),
                    receipt.result
                );
                let seeded = Evaluation {
                    height: self.chain.block_height(),
                    sender: owner.clone(),
                    contract: self.code.of(contract).name.clone(),
                    expression,
                    receipt,
                };
                self.done.push((Step::Evaluation(seeded), said));
            }
        }
        Ok(())
    }

    pub(super) fn list(
        &mut self,
        amount: Kwh,
        price: MicroStxPerKwh,
    ) -> Result<MarketReceipt, MarketError> {
        let action = Action::AddEnergyForSale { amount, price };
        self.required(self.producer, &action)
    }

    pub(super) fn buy(&mut self, amount: Kwh) -> Result<MarketReceipt, MarketError> {
        let order = Order { seller: self.producer, amount, max_price: REFERENCE };
        self.required(self.buyer, &Action::BuyEnergyFromUser(order))
    }

    /// Sends an action of a function that every variant has.
    pub(super) fn required(
        &mut self,
        who: Account,
        action: &Action,
    ) -> Result<MarketReceipt, MarketError> {
        self.send(who, action)?.ok_or_else(|| MarketError::Shape {
            function: action.function().to_string(),
            what: "a function that deployment found and that is gone".to_owned(),
        })
    }

    /// Functions that were called and never accepted, and how each ended last.
    pub(super) fn never_accepted(&self) -> impl Iterator<Item = (Function, &Refusal)> {
        self.met.iter().filter_map(|(function, met)| Some((*function, met.as_ref()?)))
    }

    /// A weakness that the calls so far show.
    pub(super) fn weakness(
        &self,
        severity: Severity,
        name: &str,
        found: String,
    ) -> Result<Weakness, MarketError> {
        self.weakness_at(&self.now(), severity, name, found)
    }

    /// A weakness that the calls up to a moment show.
    pub(super) fn weakness_at(
        &self,
        at: &Moment,
        severity: Severity,
        name: &str,
        found: String,
    ) -> Result<Weakness, MarketError> {
        let done = &self.done[..at.steps];
        let words = &done[done.len().saturating_sub(EVIDENCE)..];
        let evidence = words.iter().map(|(_, said)| said.clone()).collect();
        let header = Header {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_by: Maker::Check,
            scenario: None,
            seed: None,
            rate_scale: self.rate_scale as u64,
            contracts: traced_contracts(self.code, self.accounts.principal(self.owner))?,
            genesis: self.purses.clone(),
            first_block_time: None,
        };
        let end = End {
            height: at.height,
            state_sha256: at.state_sha256.clone(),
            finding: Some(found.clone()),
        };
        let steps = done.iter().map(|(step, _)| step.clone()).collect();
        let trace = Some(Trace { header, steps, end });
        Ok(Weakness { severity, name: name.to_owned(), found, evidence, trace })
    }

    fn now(&self) -> Moment {
        Moment {
            steps: self.done.len(),
            height: self.chain.block_height(),
            state_sha256: self.chain.state_digest(),
        }
    }
}

fn application() -> Action {
    Action::ApplyForCertification {
        energy_amount: Kwh::new(500),
        energy_source: "solar".to_owned(),
    }
}
