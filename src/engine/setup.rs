//! Before the first tick: the market is put in place by real transactions, the
//! scenario's `[[genesis]]` is carried out, and what the contracts lack is noted.

use std::sync::Arc;

use super::error::RunError;
use super::world::World;
use crate::agents::Kind;
use crate::chain::Status;
use crate::market::{Account, Action, Contract, Function, Verdict};
use crate::scenario::{GenesisOf, RateScale, Seed};
use crate::trace::{Answer, Evaluation};
use crate::units::{Kwh, MicroStx};

/// Optional functions without which a step of the day is left out, and what
/// that means.
const STEPS: &[(Function, &str)] = &[
    (
        Function::RecordProduction,
        "what homes make never reaches the contract; only what genesis gave is sold",
    ),
    (
        Function::RecordConsumption,
        "use is settled off the chain: energy stays on the buyer's account after it was used",
    ),
    (Function::SetProducerStatus, "the trading contract is not told who is certified"),
    (Function::FundTreasury, "the treasury cannot be funded; it starts as genesis left it"),
    (Function::RejectApplication, "no application can be turned down"),
    (Function::SetRefundBasis, "refunds are reckoned as the contract has it"),
    (Function::SetMaximumProduction, "declarations have no upper bound"),
    (Function::BuyEnergyFromMany, "each purchase is a transaction of its own"),
    (Function::Pause, "trading cannot be paused"),
];

impl World {
    /// Notes what the contracts lack and what of the scenario they cannot
    /// carry.
    pub(super) fn note_lacking(&mut self) {
        for (function, means) in STEPS {
            if !self.venue.has(*function) {
                self.recorder
                    .findings_mut()
                    .note("step-left-out", function.name(), None, || (*means).to_owned());
            }
        }
        if self.prepared.scenario.contracts.rate_scale == RateScale::Percent {
            let market = &self.prepared.scenario.market;
            for (key, rate) in [
                ("market.commission_bps", market.commission_bps),
                ("market.refund_rate_bps", market.refund_rate_bps),
            ] {
                if rate.get() % 100 != 0 {
                    self.recorder.findings_mut().note("rate-rounded", key, None, || {
                        format!(
                            "{rate} bps become {} %: the contract knows whole per cent",
                            rate.get() / 100
                        )
                    });
                }
            }
        }
    }

    /// Carries out the scenario's `[[genesis]]` and follows what the accounts
    /// hold after it.
    ///
    /// # Errors
    /// Where an expression is refused, aborts or makes no sense.
    pub(super) fn seed_genesis(&mut self) -> Result<(), RunError> {
        let prepared = Arc::clone(&self.prepared);
        for seed in &prepared.scenario.genesis.0 {
            let contract = Contract::from(seed.contract);
            let owner = self.venue.principal(self.venue.books().owner).clone();
            for place in 0..self.people.len() {
                if !self.is_of(place, seed.of) {
                    continue;
                }
                let text = self.filled_in(place, seed);
                let receipt = self.venue.evaluate(&owner, contract, &text)?;
                if let Some(tracing) = self.recorder.tracing_mut() {
                    tracing.evaluation(&Evaluation {
                        height: self.venue.height(),
                        sender: owner.clone(),
                        contract: prepared.code.of(contract).name.clone(),
                        expression: text.clone(),
                        receipt: Answer::from(&receipt),
                    })?;
                }
                let why = match receipt.status {
                    Status::Accepted(_) => continue,
                    Status::Rejected(value) => format!("it answers (err {value})"),
                    Status::Aborted(reason) => reason.to_string(),
                };
                return Err(RunError::Genesis { expression: text, why });
            }
        }
        if self.venue.announces() {
            return Ok(());
        }
        let people = &self.people;
        let buys = |account| people.of(account).is_some_and(|one| one.kind() == Kind::Buyer);
        self.venue.follow_genesis(buys, self.recorder.findings_mut())
    }

    fn is_of(&self, place: usize, of: GenesisOf) -> bool {
        let kind = self.people.all()[place].kind();
        match of {
            GenesisOf::Everyone => self.people.all()[place].house.is_some(),
            GenesisOf::Producers => kind == Kind::Producer,
            GenesisOf::Buyers => kind == Kind::Buyer,
            GenesisOf::Operator => kind == Kind::Operator,
        }
    }

    /// The expression with what is known of a participant put in.
    fn filled_in(&self, place: usize, seed: &Seed) -> String {
        let person = &self.people.all()[place];
        let days = f64::from(self.prepared.scenario.time.days);
        let house = person.house.as_ref();
        let make = house.map_or(0.0, |house| house.expected_make_kwh * days);
        let used = house.map_or(0.0, |house| house.expected_use_kwh * days);
        let principal = self.venue.principal(person.account).to_string();
        let (make, used) = (Kwh::floor_from_f64(make), Kwh::floor_from_f64(used));
        seed.filled_in(&principal, make, used, person.stx_start)
    }

    /// Puts the market in place: settings, officials, treasury, and those who
    /// are certified from the start. Real transactions, without network fees,
    /// before the first tick.
    pub(super) fn set_up(&mut self) -> Result<(), RunError> {
        let prepared = Arc::clone(&self.prepared);
        let scenario = &prepared.scenario;
        let market = &scenario.market;
        let certification = &scenario.certification;
        let owner = self.venue.books().owner;
        let production = self.venue.contract_account(Contract::EnergyProduction);
        let mut actions = vec![
            Action::SetCertificationContract { contract: production },
            Action::SetEnergyPrice { price: market.energy_price_ustx_per_kwh },
            Action::SetCommissionRate { rate: market.commission_bps },
            Action::SetRefundRate { rate: market.refund_rate_bps },
            Action::SetRefundBasis { basis: market.refund_basis.code() },
            Action::SetEnergyReserveLimit { limit: market.reserve_limit_kwh },
            Action::SetMaxEnergyPerUser { limit: market.max_energy_per_user_kwh },
            Action::SetCertificationFee { fee: certification.fee_ustx },
        ];
        // Each bound must fit the other as it stands, so the order depends on
        // which way they move.
        let minimum = Action::SetMinimumProduction { amount: certification.minimum_production_kwh };
        let maximum = Action::SetMaximumProduction { amount: certification.maximum_production_kwh };
        if certification.minimum_production_kwh > self.venue.books().parameters.maximum_production {
            actions.extend([maximum, minimum]);
        } else {
            actions.extend([minimum, maximum]);
        }
        if !market.treasury_ustx.is_zero() {
            actions.push(Action::FundTreasury { amount: market.treasury_ustx });
        }
        for official in self.people.all() {
            let level = match official.kind() {
                Kind::MeterOperator => 1,
                Kind::Certifier => 2,
                Kind::Supervisor => 3,
                _ => continue,
            };
            actions.push(Action::AddCertifier { certifier: official.account, level });
        }
        for action in actions {
            self.must(owner, &action)?;
        }
        self.certify_first()
    }

    /// Certifies those who are certified from the start and whose declaration
    /// is within the bounds.
    fn certify_first(&mut self) -> Result<(), RunError> {
        let bounds = &self.prepared.scenario.certification;
        let bounds = bounds.minimum_production_kwh..=bounds.maximum_production_kwh;
        let certifiers: Vec<Account> = self.people.of_kind(Kind::Certifier).collect();
        let first: Vec<(Account, Kwh)> = self
            .people
            .all()
            .iter()
            .filter(|person| person.certified_at_start)
            .filter_map(|person| {
                let makes = person.house.as_ref()?.monthly_make_kwh;
                let declared = Kwh::floor_from_f64(makes * person.declares);
                let fee = self.prepared.scenario.certification.fee_ustx;
                let can = bounds.contains(&declared) && person.stx_start >= fee;
                can.then_some((person.account, declared))
            })
            .collect();
        for (number, (producer, declared)) in first.into_iter().enumerate() {
            let energy_source = "solar".to_owned();
            self.must(
                producer,
                &Action::ApplyForCertification { energy_amount: declared, energy_source },
            )?;
            let certifier = certifiers[number % certifiers.len()];
            self.must(certifier, &Action::CertifyProducer { producer })?;
        }
        Ok(())
    }

    /// Sends a transaction of the setup, which must succeed; one of an
    /// optional function that the contracts lack is left out.
    fn must(&mut self, sender: Account, action: &Action) -> Result<(), RunError> {
        if !self.venue.has(action.function()) {
            return Ok(());
        }
        let receipt = self.venue.set_up(sender, action)?;
        self.trace_call(sender, action, MicroStx::ZERO, &receipt.raw)?;
        self.venue.move_stx(&receipt);
        for flow in &receipt.flows {
            self.venue.enter(flow);
        }
        let now = self.now();
        self.venue.follow(action, &receipt, now, self.recorder.findings_mut());
        let verdict = match receipt.verdict {
            Verdict::Accepted => return Ok(()),
            Verdict::Rejected(code) => format!("rejected with {code}"),
            Verdict::Aborted(reason) => format!("aborted, {reason}"),
        };
        if !self.venue.announces() {
            // Noted: contracts of other hands may lack what a setup asks of them.
            let subject = action.function().name();
            self.recorder.findings_mut().note("setup-refused", subject, None, || verdict);
            return Ok(());
        }
        let sender = self.venue.principal(sender).to_string();
        Err(RunError::Setup { action: format!("{action:?}"), sender, verdict })
    }
}
