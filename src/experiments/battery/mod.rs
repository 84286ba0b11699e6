//! A short battery for contracts of any hands: can a market start on them, does
//! every function do its work once, do limits bind, can they be milked or
//! commandeered, what does a purchase take of a block. Each question is put to
//! the virtual machine on a fresh copy of the same small market, and answered
//! with the calls that show it.

mod stage;
mod weakness;

use crate::chain::Metering;
use crate::market::{Action, Code, Flow, Function, MarketError, Order, Reading, Verdict};
use crate::scenario::Genesis;
use crate::units::{Kwh, MicroStx, MicroStxPerKwh};
use stage::{REFERENCE, RESERVE_LIMIT, Refusal, Stage, USER_LIMIT};

pub use weakness::{Severity, Weakness};

const FAIR: MicroStxPerKwh = MicroStxPerKwh::new(200_000);

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
        found.push(stage.weakness(Severity::Severe, "no-market", gave.to_owned())?);
    } else {
        stage.clone().limits(&mut found)?;
        stage.clone().reserve(&mut found)?;
        stage.clone().dust(&mut found)?;
        stage.clone().refund(&mut found)?;
        stage.clone().tenure(&mut found)?;
    }
    stage.clone().strangers(&mut found)?;
    stage.every_function()?;
    stage.lacking(&mut found)?;
    found.sort_by_key(|weakness| weakness.severity);
    Ok(found)
}

impl Stage<'_> {
    /// Ten are listed, two sold: what is past each limit must be turned away.
    fn limits(mut self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        let owner = self.owner;
        let before = self.clone();
        if self.list(USER_LIMIT, FAIR)?.verdict == Verdict::Accepted {
            let what = format!("the maximum of {USER_LIMIT} kWh a user does not bind");
            found.push(self.weakness(Severity::Fault, "user-limit", what)?);
        }
        self = before;
        self.send(owner, &Action::SetMaxEnergyPerUser { limit: Kwh::new(1_000) })?;
        if self.list(RESERVE_LIMIT, FAIR)?.verdict == Verdict::Accepted {
            let what = format!("the reserve limit of {RESERVE_LIMIT} kWh does not bind");
            found.push(self.weakness(Severity::Fault, "reserve-limit", what)?);
        }
        Ok(())
    }

    fn reserve(mut self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        let before = self.market.ask_reserve(&self.chain)?;
        let sold = self.buy(Kwh::new(3))?;
        let after = self.market.ask_reserve(&self.chain)?;
        if sold.verdict == Verdict::Accepted && after + Kwh::new(3) != before {
            let what = format!(
                "a purchase of 3 kWh leaves the reserve at {after} kWh where it was {before}: it \
                 fills up and stops all listing"
            );
            found.push(self.weakness(Severity::Severe, "reserve-stays", what)?);
        }
        let amount = Kwh::new(2);
        let taken = self.required(self.producer, &Action::RemoveEnergyFromSale { amount })?;
        if taken.verdict != Verdict::Accepted {
            let what = "a seller cannot take back what is listed".to_owned();
            found.push(self.weakness(Severity::Fault, "listing-stays", what)?);
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
            found.push(self.weakness(Severity::Fault, "dust", what)?);
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
            found.push(self.weakness(Severity::Severe, "refund-pays-more", what)?);
        } else if back.verdict != Verdict::Accepted {
            let what = "bought energy cannot be handed back".to_owned();
            found.push(self.weakness(Severity::Fault, "no-refund", what)?);
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
        found.push(self.weakness(Severity::Note, "purchases-a-tenure", what)?);
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
                let name = format!("stranger-{}", action.function().name());
                found.push(self.weakness(Severity::Severe, &name, what)?);
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

    /// What never did its work, and what there is not.
    fn lacking(&self, found: &mut Vec<Weakness>) -> Result<(), MarketError> {
        for (function, Refusal { answer, at }) in self.never_accepted() {
            let what = format!("{function} never did its work: {answer}");
            let aborts = answer.starts_with("aborted");
            let severity = if aborts { Severity::Severe } else { Severity::Note };
            let name = format!("never-{}", function.name());
            found.push(self.weakness_at(at, severity, &name, what)?);
        }
        let lacking: Vec<_> = Function::ALL
            .iter()
            .filter(|function| !self.market.has(**function))
            .map(|function| function.name())
            .collect();
        if !lacking.is_empty() {
            found.push(Weakness {
                severity: Severity::Note,
                name: "left-out".to_owned(),
                found: format!("left out is what needs {}", lacking.join(", ")),
                evidence: Vec::new(),
                trace: None,
            });
        }
        Ok(())
    }
}
