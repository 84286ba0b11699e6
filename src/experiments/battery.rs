//! A short battery for contracts of any hands: can a market start on them, does
//! every function do its work once, do limits bind, can they be milked or
//! commandeered, what does a purchase take of a block. Each question is put to
//! the virtual machine on a fresh copy of the same small market, and answered
//! with the calls that show it.

use std::collections::BTreeMap;

use crate::chain::{self, Chain, Metering, Status};
use crate::market::{
    Account, Accounts, Action, Code, Contract, Flow, Function, Market, MarketError, MarketReceipt,
    Order, Reading, Verdict,
};
use crate::scenario::{Genesis, GenesisContract, GenesisOf};
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

/// How much a weakness matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Energy, money or the market itself can be lost.
    Severe,
    /// A rule of the interface does not hold.
    Fault,
    /// Good to know.
    Note,
}

impl Severity {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Severe => "severe",
            Self::Fault => "fault",
            Self::Note => "note",
        }
    }
}

/// Something that the battery found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// How much it matters.
    pub severity: Severity,
    /// What was found, in a sentence.
    pub found: String,
    /// The last calls that show it, oldest first.
    pub evidence: Vec<String>,
}

const PURSE: MicroStx = MicroStx::new(1_000_000_000_000);
const REFERENCE: MicroStxPerKwh = MicroStxPerKwh::new(300_000);
const FAIR: MicroStxPerKwh = MicroStxPerKwh::new(200_000);
const RESERVE_LIMIT: Kwh = Kwh::new(80);
const USER_LIMIT: Kwh = Kwh::new(50);
/// Energy that the producer is given: more than either limit.
const PRODUCED: Kwh = Kwh::new(100);
/// Calls of evidence that are kept.
const EVIDENCE: usize = 3;
/// The rate at which money is taken and given: whole per cent, which any
/// contract can say.
const COMMISSION_BPS: u16 = 500;
const REFUND_BPS: u16 = 9_000;

/// Both contracts, a few people, and what was said to them.
#[derive(Clone)]
struct Stage {
    chain: Chain,
    market: Market,
    accounts: Accounts,
    owner: Account,
    meter: Account,
    certifier: Account,
    supervisor: Account,
    producer: Account,
    buyer: Account,
    other: Account,
    stranger: Account,
    certification: Account,
    log: Vec<String>,
    /// How often each function was accepted, and its last answer otherwise.
    met: BTreeMap<Function, Result<u32, String>>,
}

/// Puts the battery to `code`, whose accounts `genesis` seeds where nothing
/// else can.
///
/// # Errors
/// Where the contracts do not deploy or the virtual machine fails.
pub fn battery(code: &Code, genesis: &Genesis) -> Result<Vec<Weakness>, MarketError> {
    let mut stage = Stage::new(code)?;
    let mut found = Vec::new();
    stage.set_up()?;
    stage.seed(genesis)?;
    let listed = stage.list(Kwh::new(10), FAIR)?;
    let bought = stage.buy(Kwh::new(2))?;
    if !(listed.verdict == Verdict::Accepted && bought.verdict == Verdict::Accepted) {
        let gave = "no market can start: nothing that this program knows puts energy on a \
                    producer's account and money on a buyer's; seed them with [[genesis]] in a \
                    scenario, and check that";
        found.push(stage.weakness(Severity::Severe, gave.to_owned()));
    } else {
        stage.clone().limits(&mut found)?;
        stage.clone().reserve(&mut found)?;
        stage.clone().dust(&mut found)?;
        stage.clone().refund(&mut found)?;
        stage.clone().tenure(&mut found)?;
    }
    stage.clone().strangers(&mut found)?;
    stage.every_function()?;
    stage.never_accepted(&mut found);
    found.sort_by_key(|weakness| weakness.severity);
    Ok(found)
}

impl Stage {
    fn new(code: &Code) -> Result<Self, MarketError> {
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
        let scale = if matches!(basis_points, Status::Accepted(_)) { 10_000 } else { 100 };
        let market = Market::deploy(code, &mut chain, &operator, scale)?;
        let principal = |contract| chain.principal_of(market.id(contract));
        let certification = accounts.enter_principal(principal(Contract::EnergyProduction));
        accounts.enter_principal(principal(Contract::WattConnect));
        for other in &code.others {
            if let Some(id) = chain::contract_principal(&operator, &other.name) {
                accounts.enter_principal(chain::Principal::Contract(id));
            }
        }
        let (log, met) = (Vec::new(), BTreeMap::new());
        Ok(Self {
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
            log,
            met,
        })
    }

    /// Sends an action; none where the contracts lack the function.
    fn send(
        &mut self,
        sender: Account,
        action: &Action,
    ) -> Result<Option<MarketReceipt>, MarketError> {
        let function = action.function();
        if !self.market.has(function) {
            return Ok(None);
        }
        let receipt = self.market.execute(&mut self.chain, &self.accounts, sender, action)?;
        let answer = match &receipt.verdict {
            Verdict::Accepted => "accepted".to_owned(),
            Verdict::Rejected(code) => format!("rejected with {code}"),
            Verdict::Aborted(reason) => format!("aborted: {reason}"),
        };
        let mut said = format!("{}: {action:?}: {answer}", self.role(sender));
        for account in self.accounts.iter() {
            said = said.replace(&format!("{account:?}"), self.role(account));
        }
        self.log.push(said);
        match (self.met.get_mut(&function), &receipt.verdict) {
            (Some(Ok(count)), Verdict::Accepted) => *count += 1,
            (Some(Ok(_)), _) => {}
            (_, Verdict::Accepted) => {
                self.met.insert(function, Ok(1));
            }
            _ => {
                self.met.insert(function, Err(answer));
            }
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

    fn set_up(&mut self) -> Result<(), MarketError> {
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
    fn settings(&self) -> Vec<Action> {
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
    fn seed(&mut self, genesis: &Genesis) -> Result<(), MarketError> {
        let owner = self.accounts.principal(self.owner).clone();
        for seed in &genesis.0 {
            let of: &[Account] = match seed.of {
                GenesisOf::Everyone => &[self.producer, self.other, self.buyer],
                GenesisOf::Producers => &[self.producer, self.other],
                GenesisOf::Buyers => &[self.buyer],
                GenesisOf::Operator => &[self.owner],
            };
            let contract = self.market.id(match seed.contract {
                GenesisContract::WattConnect => Contract::WattConnect,
                GenesisContract::EnergyProduction => Contract::EnergyProduction,
            });
            for &who in of {
                let text = seed
                    .expression
                    .replace("{principal}", &format!("'{}", self.accounts.principal(who)))
                    .replace("{make_kwh}", &format!("u{PRODUCED}"))
                    .replace("{use_kwh}", &format!("u{PRODUCED}"))
                    .replace("{purse_ustx}", &format!("u{PURSE}"));
                let status = self.chain.evaluate(&owner, contract, &text)?.status;
                self.log.push(format!("seeded with {text}: {status:?}"));
            }
        }
        Ok(())
    }

    fn list(&mut self, amount: Kwh, price: MicroStxPerKwh) -> Result<MarketReceipt, MarketError> {
        let action = Action::AddEnergyForSale { amount, price };
        self.required(self.producer, &action)
    }

    fn buy(&mut self, amount: Kwh) -> Result<MarketReceipt, MarketError> {
        let order = Order { seller: self.producer, amount, max_price: REFERENCE };
        self.required(self.buyer, &Action::BuyEnergyFromUser(order))
    }

    /// Sends an action of a function that every variant has.
    fn required(&mut self, who: Account, action: &Action) -> Result<MarketReceipt, MarketError> {
        self.send(who, action)?.ok_or_else(|| MarketError::Shape {
            function: action.function().to_string(),
            what: "a function that deployment found and that is gone".to_owned(),
        })
    }

    fn weakness(&self, severity: Severity, found: String) -> Weakness {
        let from = self.log.len().saturating_sub(EVIDENCE);
        Weakness { severity, found, evidence: self.log[from..].to_vec() }
    }

    /// Ten are listed, two sold: what is past each limit must be turned away.
    fn limits(mut self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        let owner = self.owner;
        let before = self.clone();
        if self.list(USER_LIMIT, FAIR)?.verdict == Verdict::Accepted {
            let what = format!("the maximum of {USER_LIMIT} kWh a user does not bind");
            found.push(self.weakness(Severity::Fault, what));
        }
        self = before;
        self.send(owner, &Action::SetMaxEnergyPerUser { limit: Kwh::new(1_000) })?;
        if self.list(RESERVE_LIMIT, FAIR)?.verdict == Verdict::Accepted {
            let what = format!("the reserve limit of {RESERVE_LIMIT} kWh does not bind");
            found.push(self.weakness(Severity::Fault, what));
        }
        Ok(())
    }

    fn reserve(mut self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        let before = self.market.ask_reserve(&mut self.chain)?;
        let sold = self.buy(Kwh::new(3))?;
        let after = self.market.ask_reserve(&mut self.chain)?;
        if sold.verdict == Verdict::Accepted && after + Kwh::new(3) != before {
            let what = format!(
                "a purchase of 3 kWh leaves the reserve at {after} kWh where it was {before}: it \
                 fills up and stops all listing"
            );
            found.push(self.weakness(Severity::Severe, what));
        }
        let amount = Kwh::new(2);
        let taken = self.required(self.producer, &Action::RemoveEnergyFromSale { amount })?;
        if taken.verdict != Verdict::Accepted {
            let what = "a seller cannot take back what is listed".to_owned();
            found.push(self.weakness(Severity::Fault, what));
        }
        Ok(())
    }

    /// A kilowatt-hour at one microSTX: commission that rounds down is nothing.
    fn dust(mut self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        self.list(Kwh::new(1), MicroStxPerKwh::new(1))?;
        let sold = self.buy(Kwh::new(1))?;
        let free = sold.flows.iter().any(
            |flow| matches!(flow, Flow::Sold { commission, paid, .. } if commission.is_zero() && !paid.is_zero()),
        );
        if free {
            let what = "commission rounds down: purchases split into dust pay none".to_owned();
            found.push(self.weakness(Severity::Fault, what));
        }
        Ok(())
    }

    /// Bought far below the reference price, and handed back.
    fn refund(mut self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        let amount = Kwh::new(5);
        self.list(Kwh::new(1), MicroStxPerKwh::new(50_000))?;
        // By a home that has bought nothing before.
        let order = Order { seller: self.producer, amount, max_price: REFERENCE };
        let bought = self.required(self.other, &Action::BuyEnergyFromUser(order))?;
        let cost: u128 = bought
            .flows
            .iter()
            .map(|flow| match flow {
                Flow::Sold { paid, commission, .. } => (*paid + *commission).get(),
                _ => 0,
            })
            .sum();
        let back = self.required(self.other, &Action::RefundEnergy { amount })?;
        let refund: u128 = back
            .flows
            .iter()
            .map(|flow| match flow {
                Flow::Refunded { refund, .. } => refund.get(),
                _ => 0,
            })
            .sum();
        if back.verdict == Verdict::Accepted && refund > cost {
            let what = format!(
                "a refund pays {refund} µSTX for what cost {cost}: whoever buys below the \
                 reference price drains the treasury"
            );
            found.push(self.weakness(Severity::Severe, what));
        } else if back.verdict != Verdict::Accepted {
            let what = "bought energy cannot be handed back".to_owned();
            found.push(self.weakness(Severity::Fault, what));
        }
        Ok(())
    }

    /// What one purchase takes of a block.
    fn tenure(mut self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        self.chain.set_metering(Metering::Exact);
        let Some(cost) = self.buy(Kwh::new(1))?.cost else { return Ok(()) };
        let fit = 15_000 / cost.read_count.max(1);
        let what = format!(
            "a purchase takes {} reads, {} writes and {} of run time: {fit} fit into the reads of a \
             tenure of mainnet 2.1",
            cost.read_count, cost.write_count, cost.runtime
        );
        found.push(self.weakness(Severity::Note, what));
        Ok(())
    }

    /// All that is the owner's, by somebody else.
    fn strangers(mut self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        let stranger = self.stranger;
        let amount = MicroStx::new(1);
        let mut actions = self.settings();
        actions.retain(|action| !matches!(action, Action::FundTreasury { .. }));
        actions.extend([
            Action::SetRefundBasis { basis: 0 },
            Action::WithdrawTreasury { amount, recipient: stranger },
            Action::WithdrawFees { amount, recipient: stranger },
            Action::AddCertifier { certifier: stranger, level: 3 },
            Action::RemoveCertifier { certifier: self.certifier },
            Action::CertifyProducer { producer: self.other },
            Action::RevokeCertification { producer: self.producer, reason: String::new() },
            Action::Pause,
            Action::Resume,
            Action::ProposeOwner { owner: stranger },
            Action::AcceptOwner,
        ]);
        for action in actions {
            let sent = self.send(stranger, &action)?;
            if sent.is_some_and(|receipt| receipt.verdict == Verdict::Accepted) {
                let what = format!("a stranger may call {}", action.function());
                found.push(self.weakness(Severity::Severe, what));
            }
        }
        Ok(())
    }

    /// The functions that the questions left out, in an order in which each
    /// can succeed.
    fn every_function(&mut self) -> Result<(), MarketError> {
        let (owner, buyer, other) = (self.owner, self.buyer, self.other);
        let (producer, one) = (self.producer, Kwh::new(1));
        let amount = MicroStx::new(1);
        let reason = || "a check".to_owned();
        let order = Order { seller: producer, amount: one, max_price: REFERENCE };
        let reading = |of| vec![Reading { of, amount: one }];
        let status = Action::SetProducerStatus { producer, certified: true };
        for (sender, action) in [
            (producer, Action::RemoveEnergyFromSale { amount: one }),
            (buyer, Action::BuyEnergyFromMany { orders: vec![order] }),
            (buyer, Action::RefundEnergy { amount: one }),
            (buyer, Action::ConsumeEnergy { amount: one }),
            (self.meter, Action::RecordConsumption { readings: reading(buyer) }),
            (self.certification, Action::SettleConsumption { readings: reading(buyer) }),
            (self.certification, Action::CreditProduction { readings: reading(producer) }),
            (self.certification, status),
            (self.certifier, Action::RejectApplication { producer: other, reason: reason() }),
            (self.supervisor, Action::RevokeCertification { producer, reason: reason() }),
            (owner, Action::SetRefundBasis { basis: 1 }),
            (owner, Action::WithdrawTreasury { amount, recipient: owner }),
            (owner, Action::WithdrawFees { amount, recipient: owner }),
            (owner, Action::RemoveCertifier { certifier: self.meter }),
            (owner, Action::Pause),
            (owner, Action::Resume),
            (owner, Action::ProposeOwner { owner: other }),
            (other, Action::AcceptOwner),
        ] {
            self.send(sender, &action)?;
        }
        Ok(())
    }

    fn never_accepted(&self, found: &mut Vec<Weakness>) {
        for (function, met) in &self.met {
            if let Err(answer) = met {
                let what = format!("{function} never did its work: {answer}");
                let aborts = answer.starts_with("aborted");
                let severity = if aborts { Severity::Severe } else { Severity::Note };
                let said = self.log.iter().filter(|line| line.ends_with(answer.as_str()));
                let evidence = said.take(EVIDENCE).cloned().collect();
                found.push(Weakness { severity, found: what, evidence });
            }
        }
        let lacking: Vec<_> = Function::ALL
            .iter()
            .filter(|function| !self.market.has(**function))
            .map(|function| function.name())
            .collect();
        if !lacking.is_empty() {
            found.push(Weakness {
                severity: Severity::Note,
                found: format!("left out is what needs {}", lacking.join(", ")),
                evidence: Vec::new(),
            });
        }
    }
}

fn application() -> Action {
    Action::ApplyForCertification {
        energy_amount: Kwh::new(500),
        energy_source: "solar".to_owned(),
    }
}
