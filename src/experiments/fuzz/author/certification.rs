//! What is asked of certification: who applies, who decides on it, and for
//! whom. The other calls are the author's own.

use rand::RngExt;

use super::Author;
use crate::market::{Account, Function};
use crate::twin::{Datum, Twin};

impl Author<'_> {
    pub(super) fn certify(&mut self, function: Function, twin: &Twin) -> (Account, Vec<Datum>) {
        use Datum::Uint;
        use Function as F;
        let certification = twin.state().certification;
        let owner = self.likely(&[certification.owner]);
        let certifiers = self.of_level(twin, 1);
        match function {
            F::ApplyForCertification => {
                let mut likely = self.stage.cast.producers.clone();
                likely.extend(&self.stage.cast.buyers);
                likely.extend(&self.stage.cast.relays);
                likely.push(certification.owner);
                let near = [certification.minimum, certification.minimum, certification.maximum];
                let amount = match self.rng.random_range(0..3) {
                    0 => self.number(&near),
                    _ => certification.minimum,
                };
                (self.likely(&likely), vec![Uint(amount), self.text(20)])
            }
            F::CertifyProducer | F::RejectApplication => {
                let open = self.producers(twin, |known| known.application_open);
                let producer = self.subject(&open, &certifiers);
                let mut arguments = vec![Datum::Who(producer)];
                if function == F::RejectApplication {
                    arguments.push(self.text(64));
                }
                let sender = self.of_level(twin, 2);
                (self.certifier(&sender, &certifiers), arguments)
            }
            F::RevokeCertification => {
                let certified = self.producers(twin, |known| known.certified);
                let producer = self.subject(&certified, &certifiers);
                let arguments = vec![Datum::Who(producer), self.text(64)];
                let sender = self.of_level(twin, 2);
                (self.certifier(&sender, &certifiers), arguments)
            }
            F::RecordProduction => {
                (self.likely(&certifiers), vec![self.readings("producer", twin)])
            }
            F::RecordConsumption => {
                (self.likely(&certifiers), vec![self.readings("consumer", twin)])
            }
            F::AddCertifier => {
                let who = self.anyone();
                let level = self.rng.random_range(0..5);
                let level = if self.chance(self.wildness) { self.number(&[]) } else { level };
                (owner, vec![Datum::Who(who), Uint(level)])
            }
            F::RemoveCertifier => {
                let who = self.subject(&certifiers, &[]);
                (owner, vec![Datum::Who(who)])
            }
            F::SetCertificationFee => {
                let fee = match self.rng.random_range(0..4) {
                    0 => self.number(&[2_000_000]),
                    1 => 0,
                    2 => 1,
                    _ => 1_000_000,
                };
                (owner, vec![Uint(fee)])
            }
            F::SetMinimumProduction | F::SetMaximumProduction => {
                let near = [100, certification.minimum, certification.maximum];
                (owner, vec![Uint(self.number(&near))])
            }
            _ => {
                let fees = self.stage.cast.contracts.energy_production;
                (owner, self.payout(fees, twin))
            }
        }
    }

    /// A certifier who may, mostly; else one who has another level.
    pub(super) fn certifier(&mut self, able: &[Account], all: &[Account]) -> Account {
        if self.chance(0.15) { self.likely(all) } else { self.likely(able) }
    }

    /// Whom a decision is about: mostly one of those, at times one of the
    /// others, a certifier himself say.
    pub(super) fn subject(&mut self, those: &[Account], others: &[Account]) -> Account {
        let from = if self.chance(0.1) { others } else { those };
        match self.one_of(from) {
            Some(one) if !self.chance(self.wildness) => one,
            _ => self.anyone(),
        }
    }

    pub(super) fn producers(
        &self,
        twin: &Twin,
        is: impl Fn(&crate::twin::Producer) -> bool,
    ) -> Vec<Account> {
        let known = &twin.state().producers;
        self.stage.everyone().filter(|who| known[who.index()].as_ref().is_some_and(&is)).collect()
    }
}
