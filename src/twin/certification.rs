//! The twin's certification: applications, decisions on them, the audit trail,
//! meters, certifiers and settings. What follows for trading is asked of
//! trading.

use std::sync::Arc;

use super::trading::read;
use super::{
    Answer, Audit, Certification, Certifier, Datum, No, Office, Producer, Twin, YES, plus, refuse,
};
use crate::market::{Account, Contract, Function};

const METER_OPERATOR: u128 = 1;
const CERTIFIER: u128 = 2;
const SUPERVISOR: u128 = 3;

/// The settings as deployed.
pub(super) const fn settings(owner: Account) -> Certification {
    Certification { owner, proposed_owner: None, fee: 1_000_000, minimum: 10, maximum: 100_000 }
}

impl Producer {
    /// Who never applied.
    pub(super) fn unknown() -> Self {
        Self {
            total_production: 0,
            last_certification: 0,
            energy_source: "".into(),
            certified: false,
            application_open: false,
            certifier: None,
            audit_length: 0,
        }
    }
}

impl Twin {
    /// A call of the certification contract; `None` for arguments of another
    /// shape.
    pub(super) fn certify(&mut self, function: Function, arguments: &[Datum]) -> Option<Answer> {
        use Datum::{List, Text, Uint, Who};
        use Function as F;
        Some(match (function, arguments) {
            (F::ApplyForCertification, [Uint(amount), Text(source)]) => self.apply(*amount, source),
            (F::CertifyProducer, [Who(producer)]) => self.grant(*producer),
            (F::RejectApplication, [Who(producer), Text(why)]) => self.reject(*producer, why),
            (F::RevokeCertification, [Who(producer), Text(why)]) => self.revoke(*producer, why),
            (F::RecordProduction, [List(readings)]) => {
                self.record_production(&read(readings, "producer")?)
            }
            (F::RecordConsumption, [List(readings)]) => {
                self.record_consumption(&read(readings, "consumer")?)
            }
            (F::AddCertifier, [Who(certifier), Uint(level)]) => self.appoint(*certifier, *level),
            (F::RemoveCertifier, [Who(certifier)]) => self.dismiss(*certifier),
            (F::SetCertificationFee, [Uint(new)]) => self.set_fee(*new),
            (F::SetMinimumProduction, [Uint(new)]) => self.set_minimum(*new),
            (F::SetMaximumProduction, [Uint(new)]) => self.set_maximum(*new),
            (F::WithdrawFees, [Uint(amount), Who(to)]) => self.withdraw_fees(*amount, *to),
            _ => return None,
        })
    }

    fn report<const N: usize>(&mut self, event: &'static str, fields: [(&'static str, Datum); N]) {
        self.tell(Contract::EnergyProduction, event, fields);
    }

    pub(super) fn producer(&self, who: Account) -> Producer {
        self.state.producers[who.index()].clone().unwrap_or_else(Producer::unknown)
    }

    fn certifier(&self, who: Account) -> Certifier {
        self.state.certifiers[who.index()].unwrap_or_default()
    }

    /// Stores what is known of a producer, with one more entry in the trail.
    fn file(&mut self, who: Account, action: &'static str, reason: &Arc<str>, mut now: Producer) {
        now.audit_length += 1;
        self.trail.push(Audit {
            producer: who,
            action,
            actor: self.sender,
            height: self.height,
            total_production: now.total_production,
            reason: Arc::clone(reason),
        });
        self.state.producers[who.index()] = Some(now);
    }

    fn apply(&mut self, amount: u128, source: &Arc<str>) -> Answer {
        let who = self.sender;
        let Certification { fee, minimum, maximum, .. } = self.state.certification;
        let before = self.producer(who);
        refuse(before.certified, 202)?;
        refuse(before.application_open, 209)?;
        refuse(amount < minimum || amount > maximum, 204)?;
        if fee > 0 {
            self.pay(who, self.contracts.energy_production, fee, 207)?;
        }
        let old = before.total_production;
        let now = Producer {
            total_production: amount,
            energy_source: Arc::clone(source),
            application_open: true,
            ..before
        };
        self.file(who, "applied", source, now);
        self.report(
            "certification-applied",
            [
                ("producer", Datum::Who(who)),
                ("old-production", Datum::Uint(old)),
                ("total-production", Datum::Uint(amount)),
                ("energy-source", Datum::Text(Arc::clone(source))),
                ("fee", Datum::Uint(fee)),
            ],
        );
        YES
    }

    /// The sender's level, if it is `needed` or more.
    fn level(&self, needed: u128) -> Result<u128, No> {
        let level = self.certifier(self.sender).level;
        refuse(level == 0, 203)?;
        refuse(level < needed, 205)?;
        Ok(level)
    }

    fn grant(&mut self, who: Account) -> Answer {
        let by = self.sender;
        self.level(CERTIFIER)?;
        refuse(by == who, 205)?;
        let before = self.producer(who);
        refuse(before.certified, 202)?;
        refuse(!before.application_open, 206)?;
        let old = before.last_certification;
        let now = Producer {
            certified: true,
            application_open: false,
            last_certification: self.height,
            certifier: Some(by),
            ..before
        };
        self.file(who, "certified", &"".into(), now);
        self.set_status(self.contracts.energy_production, who, true)?;
        self.report(
            "producer-certified",
            [
                ("producer", Datum::Who(who)),
                ("certifier", Datum::Who(by)),
                ("old-date", Datum::Uint(old)),
                ("date", Datum::Uint(self.height)),
            ],
        );
        YES
    }

    fn reject(&mut self, who: Account, reason: &Arc<str>) -> Answer {
        self.level(CERTIFIER)?;
        let before = self.producer(who);
        refuse(!before.application_open, 206)?;
        self.file(who, "rejected", reason, Producer { application_open: false, ..before });
        self.decided("application-rejected", who, reason)
    }

    fn revoke(&mut self, who: Account, reason: &Arc<str>) -> Answer {
        let level = self.level(CERTIFIER)?;
        let before = self.producer(who);
        refuse(!before.certified, 201)?;
        refuse(level < SUPERVISOR && before.certifier != Some(self.sender), 205)?;
        self.file(who, "revoked", reason, Producer { certified: false, ..before });
        self.set_status(self.contracts.energy_production, who, false)?;
        self.decided("certification-revoked", who, reason)
    }

    fn decided(&mut self, event: &'static str, who: Account, reason: &Arc<str>) -> Answer {
        let fields = [
            ("producer", Datum::Who(who)),
            ("certifier", Datum::Who(self.sender)),
            ("reason", Datum::Text(Arc::clone(reason))),
        ];
        self.report(event, fields);
        YES
    }

    fn record_production(&mut self, readings: &[(Account, u128)]) -> Answer {
        let before = self.meter()?;
        let answer = self.credit(self.contracts.energy_production, readings)?;
        let new = plus(before.produced, number(&answer, "amount"))?;
        self.state.certifiers[self.sender.index()] = Some(Certifier { produced: new, ..before });
        self.recorded("production-recorded", &answer, before.produced, new);
        Ok(answer)
    }

    fn record_consumption(&mut self, readings: &[(Account, u128)]) -> Answer {
        let before = self.meter()?;
        let answer = self.settle(self.contracts.energy_production, readings)?;
        let new = plus(before.consumed, number(&answer, "amount"))?;
        self.state.certifiers[self.sender.index()] = Some(Certifier { consumed: new, ..before });
        self.recorded("consumption-recorded", &answer, before.consumed, new);
        Ok(answer)
    }

    fn meter(&self) -> Result<Certifier, No> {
        let operator = self.certifier(self.sender);
        refuse(operator.level < METER_OPERATOR, 203)?;
        Ok(operator)
    }

    fn recorded(&mut self, event: &'static str, answer: &Datum, old: u128, new: u128) {
        let fields = [
            ("operator", Datum::Who(self.sender)),
            ("amount", Datum::Uint(number(answer, "amount"))),
            ("skipped", Datum::Uint(number(answer, "skipped"))),
            ("old", Datum::Uint(old)),
            ("new", Datum::Uint(new)),
        ];
        self.report(event, fields);
    }

    fn certification_owner_only(&self) -> Result<(), No> {
        refuse(self.sender != self.state.certification.owner, 200)
    }

    /// The certification contract changes hands; `None` for arguments of
    /// another shape.
    pub(super) fn hand_over_office(
        &mut self,
        office: Office,
        arguments: &[Datum],
    ) -> Option<Answer> {
        match (office, arguments) {
            (Office::Propose, [Datum::Who(new)]) => Some(self.propose_certification_owner(*new)),
            (Office::Accept, []) => Some(self.accept_certification_owner()),
            _ => None,
        }
    }

    fn propose_certification_owner(&mut self, new: Account) -> Answer {
        self.certification_owner_only()?;
        let old = self.state.certification.proposed_owner.replace(new);
        let fields = [("old", Datum::maybe_who(old)), ("new", Datum::Who(new))];
        self.report("owner-proposed", fields);
        YES
    }

    fn accept_certification_owner(&mut self) -> Answer {
        let new = self.sender;
        refuse(self.state.certification.proposed_owner != Some(new), 205)?;
        let old = std::mem::replace(&mut self.state.certification.owner, new);
        self.state.certification.proposed_owner = None;
        self.report("owner-set", [("old", Datum::Who(old)), ("new", Datum::Who(new))]);
        YES
    }

    fn appoint(&mut self, certifier: Account, level: u128) -> Answer {
        self.certification_owner_only()?;
        refuse(!(METER_OPERATOR..=SUPERVISOR).contains(&level), 208)?;
        self.set_level(certifier, level)
    }

    fn dismiss(&mut self, certifier: Account) -> Answer {
        self.certification_owner_only()?;
        refuse(self.certifier(certifier).level == 0, 203)?;
        self.set_level(certifier, 0)
    }

    fn set_level(&mut self, certifier: Account, level: u128) -> Answer {
        let before = self.certifier(certifier);
        self.state.certifiers[certifier.index()] = Some(Certifier { level, ..before });
        self.report(
            "certifier-set",
            [
                ("certifier", Datum::Who(certifier)),
                ("old", Datum::Uint(before.level)),
                ("new", Datum::Uint(level)),
            ],
        );
        YES
    }

    fn setting(&mut self, event: &'static str, old: u128, new: u128) -> Answer {
        self.report(event, [("old", Datum::Uint(old)), ("new", Datum::Uint(new))]);
        YES
    }

    fn set_fee(&mut self, new: u128) -> Answer {
        self.certification_owner_only()?;
        let old = std::mem::replace(&mut self.state.certification.fee, new);
        self.setting("certification-fee-set", old, new)
    }

    fn set_minimum(&mut self, new: u128) -> Answer {
        self.certification_owner_only()?;
        refuse(new == 0 || new > self.state.certification.maximum, 204)?;
        let old = std::mem::replace(&mut self.state.certification.minimum, new);
        self.setting("minimum-production-set", old, new)
    }

    fn set_maximum(&mut self, new: u128) -> Answer {
        self.certification_owner_only()?;
        refuse(new < self.state.certification.minimum, 204)?;
        let old = std::mem::replace(&mut self.state.certification.maximum, new);
        self.setting("maximum-production-set", old, new)
    }

    fn withdraw_fees(&mut self, amount: u128, to: Account) -> Answer {
        let fees = self.contracts.energy_production;
        self.certification_owner_only()?;
        self.pay(fees, to, amount, 204)?;
        let balance = self.purse(fees);
        self.report(
            "fees-withdrawn",
            [
                ("to", Datum::Who(to)),
                ("amount", Datum::Uint(amount)),
                ("balance", Datum::Uint(balance)),
            ],
        );
        YES
    }
}

fn number(answer: &Datum, field: &str) -> u128 {
    answer.field(field).and_then(Datum::as_uint).unwrap_or_default()
}
