//! Who calls what, drawn at random: mostly what makes sense as the market
//! stands, so that trade, refunds, revocations and pauses happen all the time;
//! often just past what is allowed; now and then anything at all. A sequence is
//! a function of seed and number alone.

mod certification;

use std::collections::VecDeque;

use rand::RngExt;

use super::sequence::Step;
use super::stage::Stage;
use crate::market::{Account, Contract, Function, MAX_ORDERS, MAX_READINGS};
use crate::random::{Purpose, Stream, stream};
use crate::twin::{Call, Datum, Energy, Entry, Look, Office, Twin};

/// Numbers at which something may break, whatever they stand for: nothing, one,
/// the whole of a rate, the largest price and reading, and powers of two.
const EDGES: [u128; 18] = [
    0,
    1,
    2,
    9_999,
    10_000,
    10_001,
    999_999_999_999_999,
    1_000_000_000_000_000,
    1_000_000_000_000_001,
    (1 << 31) - 1,
    1 << 31,
    (1 << 31) + 1,
    (1 << 63) - 1,
    1 << 63,
    1 << 64,
    1 << 127,
    u128::MAX - 1,
    u128::MAX,
];

/// How often each function is called, in parts of their sum. Calls from one
/// contract into the other cost the machine tens of others, so that there are no
/// more of them than it takes.
const FUNCTIONS: &[(Function, u32)] = &[
    (Function::AddEnergyForSale, 130),
    (Function::RemoveEnergyFromSale, 25),
    (Function::BuyEnergyFromUser, 130),
    (Function::BuyEnergyFromMany, 60),
    (Function::RefundEnergy, 90),
    (Function::ConsumeEnergy, 30),
    (Function::SettleConsumption, 12),
    (Function::CreditProduction, 12),
    (Function::SetProducerStatus, 12),
    (Function::SetEnergyPrice, 12),
    (Function::SetCommissionRate, 14),
    (Function::SetRefundRate, 14),
    (Function::SetEnergyReserveLimit, 18),
    (Function::SetMaxEnergyPerUser, 18),
    (Function::SetRefundBasis, 14),
    (Function::FundTreasury, 16),
    (Function::WithdrawTreasury, 20),
    (Function::SetCertificationContract, 8),
    (Function::Pause, 8),
    (Function::Resume, 6),
    (Function::ProposeOwner, 14),
    (Function::AcceptOwner, 8),
    (Function::ApplyForCertification, 45),
    (Function::CertifyProducer, 30),
    (Function::RejectApplication, 20),
    (Function::RevokeCertification, 22),
    (Function::RecordProduction, 40),
    (Function::RecordConsumption, 22),
    (Function::AddCertifier, 16),
    (Function::RemoveCertifier, 10),
    (Function::SetCertificationFee, 8),
    (Function::SetMinimumProduction, 8),
    (Function::SetMaximumProduction, 8),
    (Function::WithdrawFees, 10),
];
/// The same for handing the certification contract over, and for looks.
const OFFICES: u32 = 14;
const LOOKS: u32 = 45;

/// How often a call is passed on by another contract: seldom, since that is
/// slow, but often enough for functions that are seldom called.
fn relayed_share(entry: Entry) -> f64 {
    let weight = FUNCTIONS.iter().find(|(function, _)| Entry::Do(*function) == entry);
    let weight = weight.map_or(OFFICES, |(_, weight)| *weight);
    (0.8 / f64::from(weight)).min(0.08)
}

/// One sequence in the making.
pub(super) struct Author<'a> {
    stage: &'a Stage,
    rng: Stream,
    left: usize,
    opening: VecDeque<Call>,
    /// How often a number is an edge, and a person anyone.
    wildness: f64,
    /// What is much, kWh.
    much: u128,
}

impl<'a> Author<'a> {
    /// Sequence `index` under `seed`, of `length` calls.
    pub(super) fn new(stage: &'a Stage, seed: u64, index: u64, length: usize) -> Self {
        let mut rng = stream(seed, Purpose::Fuzz, index);
        let wildness = [0.04, 0.12, 0.35][rng.random_range(0..3)];
        let much = [12, 60, 5_000][rng.random_range(0..3)];
        let mut author =
            Self { stage, rng, left: length, opening: VecDeque::new(), wildness, much };
        // One in ten begins with the contracts as deployed.
        if author.rng.random_bool(0.9) {
            author.open();
        }
        author
    }

    /// What makes a market of two contracts: a certification contract,
    /// certifiers, producers with energy, a treasury.
    fn open(&mut self) {
        let cast = &self.stage.cast;
        let mut calls = vec![
            (
                cast.operator,
                Function::SetCertificationContract,
                vec![Datum::Who(cast.contracts.energy_production)],
            ),
            (cast.operator, Function::FundTreasury, vec![Datum::Uint(5_000_000)]),
        ];
        for (who, level) in
            [(cast.meter, 1), (cast.certifier, 2), (cast.colleague, 2), (cast.supervisor, 3)]
        {
            let arguments = vec![Datum::Who(who), Datum::Uint(level)];
            calls.push((cast.operator, Function::AddCertifier, arguments));
        }
        for producer in &cast.producers {
            let application = vec![Datum::Uint(500), Datum::text("solar")];
            calls.push((*producer, Function::ApplyForCertification, application));
            calls.push((cast.certifier, Function::CertifyProducer, vec![Datum::Who(*producer)]));
        }
        let much = self.much;
        let readings =
            cast.producers.iter().map(|producer| Datum::reading("producer", *producer, much));
        let readings = vec![Datum::List(readings.collect())];
        calls.push((cast.meter, Function::RecordProduction, readings));
        for (sender, function, arguments) in calls {
            let entry = Entry::Do(function);
            // Without some of it things go differently, and that is wanted.
            if self.stage.has(entry) && self.rng.random_bool(0.97) {
                self.opening.push_back(Call { sender, through: None, entry, arguments });
            }
        }
    }

    /// The next step, as the market stands; `None` at the end.
    pub(super) fn next(&mut self, twin: &Twin) -> Option<Step> {
        self.left = self.left.checked_sub(1)?;
        if let Some(call) = self.opening.pop_front() {
            return Some(Step { blocks: 0, call });
        }
        let blocks = if self.chance(0.06) { self.rng.random_range(1..4) } else { 0 };
        // The trading contract calls nothing but transfers: it never sends.
        let treasury = self.stage.cast.contracts.wattconnect;
        let (sender, entry, arguments) = loop {
            let drawn = self.call(twin);
            if drawn.0 != treasury && self.stage.has(drawn.1) {
                break drawn;
            }
        };
        let passed_on = self.chance(relayed_share(entry)) && self.stage.is_relayed(entry);
        let through = passed_on.then(|| self.one_of(&self.stage.cast.relays)).flatten();
        Some(Step { blocks, call: Call { sender, through, entry, arguments } })
    }

    fn chance(&mut self, probability: f64) -> bool {
        self.rng.random_bool(probability)
    }

    fn one_of<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.rng.random_range(0..of.len())].clone()) }
    }

    /// Anyone, contracts among them.
    fn anyone(&mut self) -> Account {
        let all: Vec<_> = self.stage.everyone().collect();
        self.one_of(&all).unwrap_or(self.stage.cast.operator)
    }

    /// Anyone who can sign, or whose code can: all but the trading contract,
    /// which does nothing of its own but pay.
    fn any_sender(&mut self) -> Account {
        loop {
            let who = self.anyone();
            if who != self.stage.cast.contracts.wattconnect {
                return who;
            }
        }
    }

    /// One of those, or, now and then and where there are none, anyone.
    fn likely(&mut self, those: &[Account]) -> Account {
        match self.one_of(those) {
            Some(one) if !self.chance(self.wildness) => one,
            _ => self.any_sender(),
        }
    }

    /// A number: mostly an ordinary one up to the first of `near`, often one of
    /// `near` or the next to it, else an edge.
    fn number(&mut self, near: &[u128]) -> u128 {
        if self.chance(self.wildness) {
            return self.one_of(&EDGES).unwrap_or_default();
        }
        if !near.is_empty() && self.chance(0.4) {
            let at = self.one_of(near).unwrap_or_default();
            return match self.rng.random_range(0..4) {
                0 => at.saturating_sub(1),
                1 => at.saturating_add(1),
                _ => at,
            };
        }
        let most = near.first().copied().unwrap_or(self.much).clamp(1, self.much);
        self.rng.random_range(1..=most)
    }

    fn price(&mut self, twin: &Twin) -> u128 {
        if self.chance(self.wildness) {
            return self.one_of(&EDGES).unwrap_or_default();
        }
        let reference = twin.state().trading.energy_price;
        match self.rng.random_range(0..5) {
            0 => reference.saturating_sub(1) + self.rng.random_range(0..3),
            1 => self.rng.random_range(1..=3),
            2 => self.rng.random_range(1..=1_000),
            _ => self.rng.random_range(1..=reference.saturating_mul(2).clamp(1, 1_000_000)),
        }
    }

    fn rate(&mut self) -> u128 {
        match self.rng.random_range(0..4) {
            0 => self.number(&[10_000]),
            1 => self.rng.random_range(0..10),
            _ => self.rng.random_range(0..=10_000),
        }
    }

    fn text(&mut self, longest: usize) -> Datum {
        let texts = ["", "solar", "wind", "audit", "a quote \" and a \\ slash"];
        match self.rng.random_range(0..8) {
            0 => Datum::text(&"x".repeat(longest)),
            drawn => {
                let text = texts[drawn % texts.len()];
                Datum::text(&text[..text.len().min(longest)])
            }
        }
    }

    fn with(&self, twin: &Twin, is: impl Fn(&Energy) -> bool) -> Vec<Account> {
        let energy = &twin.state().energy;
        self.stage.everyone().filter(|who| is(&energy[who.index()])).collect()
    }

    fn of_level(&self, twin: &Twin, least: u128) -> Vec<Account> {
        let certifiers = &twin.state().certifiers;
        let level = |who: &Account| certifiers[who.index()].map_or(0, |known| known.level);
        self.stage.everyone().filter(|who| level(who) >= least).collect()
    }

    /// Whom nobody would refuse to let do the next thing that is due, so that
    /// a market does not stand still: a pause ends, an owner takes over, meters
    /// report again.
    fn due(&mut self, twin: &Twin) -> Option<(Account, Function, Vec<Datum>)> {
        let trading = &twin.state().trading;
        let production = self.stage.cast.contracts.energy_production;
        if trading.paused && self.chance(0.2) {
            return Some((trading.owner, Function::Resume, Vec::new()));
        }
        if trading.certification_contract != production && self.chance(0.2) {
            let arguments = vec![Datum::Who(production)];
            return Some((trading.owner, Function::SetCertificationContract, arguments));
        }
        let proposed = trading.proposed_owner?;
        self.chance(0.1).then(|| (proposed, Function::AcceptOwner, Vec::new()))
    }

    fn call(&mut self, twin: &Twin) -> (Account, Entry, Vec<Datum>) {
        if let Some((sender, function, arguments)) = self.due(twin) {
            return (sender, Entry::Do(function), arguments);
        }
        let sum: u32 = FUNCTIONS.iter().map(|(_, weight)| weight).sum();
        let mut drawn = self.rng.random_range(0..sum + OFFICES + LOOKS);
        for (function, weight) in FUNCTIONS {
            if drawn < *weight {
                let (sender, arguments) = match function.contract() {
                    Contract::WattConnect => self.trade(*function, twin),
                    Contract::EnergyProduction => self.certify(*function, twin),
                };
                return (sender, Entry::Do(*function), arguments);
            }
            drawn -= weight;
        }
        if drawn < OFFICES { self.office(twin) } else { self.look(twin) }
    }

    fn trade(&mut self, function: Function, twin: &Twin) -> (Account, Vec<Datum>) {
        use Datum::Uint;
        use Function as F;
        let trading = twin.state().trading;
        let owner = self.likely(&[trading.owner]);
        match function {
            F::AddEnergyForSale => self.listing(twin),
            F::RemoveEnergyFromSale => {
                let sellers = self.with(twin, |energy| energy.listed > 0);
                let seller = self.likely(&sellers);
                let listed = twin.state().energy[seller.index()].listed;
                (seller, vec![Uint(self.number(&[listed]))])
            }
            F::BuyEnergyFromUser => {
                let buyer = self.buyer();
                let (seller, amount, max_price) = self.order(buyer, twin);
                (buyer, vec![Datum::Who(seller), Uint(amount), Uint(max_price)])
            }
            F::BuyEnergyFromMany => {
                let buyer = self.buyer();
                let count = self.count(MAX_ORDERS);
                let orders = (0..count).map(|_| {
                    let (seller, amount, max_price) = self.order(buyer, twin);
                    Datum::order(seller, amount, max_price)
                });
                (buyer, vec![Datum::List(orders.collect())])
            }
            F::RefundEnergy | F::ConsumeEnergy => {
                let holders = self.with(twin, |energy| energy.held > 0);
                let holder = self.likely(&holders);
                let held = twin.state().energy[holder.index()].held;
                (holder, vec![Uint(self.number(&[held]))])
            }
            F::SettleConsumption => (self.reporter(twin), vec![self.readings("consumer", twin)]),
            F::CreditProduction => (self.reporter(twin), vec![self.readings("producer", twin)]),
            F::SetProducerStatus => {
                let sellers = self.with(twin, |energy| energy.listed > 0);
                let producer = if self.chance(0.3) { self.likely(&sellers) } else { self.anyone() };
                let certified = self.chance(0.6);
                (self.reporter(twin), vec![Datum::Who(producer), Datum::Bool(certified)])
            }
            F::SetEnergyPrice => (owner, vec![Uint(self.price(twin))]),
            F::SetCommissionRate | F::SetRefundRate => (owner, vec![Uint(self.rate())]),
            F::SetRefundBasis => (owner, vec![Uint(self.rng.random_range(0..3))]),
            F::SetEnergyReserveLimit => {
                let more = trading.reserve.saturating_add(self.much);
                (owner, vec![Uint(self.number(&[trading.reserve, more, more.saturating_mul(9)]))])
            }
            F::SetMaxEnergyPerUser => (owner, vec![Uint(self.number(&[self.much, 1]))]),
            F::FundTreasury => {
                let giver = self.buyer();
                let purse = twin.state().purses[giver.index()];
                (giver, vec![Uint(self.number(&[300_000, purse]))])
            }
            F::WithdrawTreasury => {
                let treasury = self.stage.cast.contracts.wattconnect;
                (owner, self.payout(treasury, twin))
            }
            F::SetCertificationContract | F::ProposeOwner => {
                let new = self.heir(function);
                (owner, vec![Datum::Who(new)])
            }
            F::AcceptOwner => {
                let proposed: Vec<_> = trading.proposed_owner.into_iter().collect();
                (self.likely(&proposed), Vec::new())
            }
            _ => (owner, Vec::new()),
        }
    }

    fn heir(&mut self, function: Function) -> Account {
        let cast = &self.stage.cast;
        let likely = if function == Function::ProposeOwner {
            vec![cast.operator, cast.successor, cast.producers[0], cast.relays[0]]
        } else {
            vec![cast.contracts.energy_production, cast.relays[0], cast.operator, cast.meter]
        };
        self.likely(&likely)
    }

    fn listing(&mut self, twin: &Twin) -> (Account, Vec<Datum>) {
        let state = twin.state();
        let trading = state.trading;
        let mut sellers = self.with(twin, |energy| energy.certified && energy.unlisted > 0);
        if trading.returned > 0 {
            sellers.push(trading.owner);
        }
        let seller = self.likely(&sellers);
        let energy = state.energy[seller.index()];
        let own = if energy.certified { energy.unlisted } else { trading.returned };
        let user_room = trading.max_per_user.saturating_sub(energy.listed);
        let room = trading.reserve_limit.saturating_sub(trading.reserve);
        let near = [own, own, user_room, room];
        let amount = self.number(&near);
        let price = self.price(twin);
        (seller, vec![Datum::Uint(amount), Datum::Uint(price)])
    }

    fn buyer(&mut self) -> Account {
        let cast = &self.stage.cast;
        let mut buyers = cast.buyers.clone();
        buyers.push(cast.producers[0]);
        buyers.push(cast.operator);
        self.likely(&buyers)
    }

    fn order(&mut self, buyer: Account, twin: &Twin) -> (Account, u128, u128) {
        let sellers = self.with(twin, |energy| energy.listed > 0);
        let seller = match self.one_of(&sellers) {
            Some(one) if !self.chance(self.wildness) => one,
            _ => self.anyone(),
        };
        let offer = twin.state().energy[seller.index()];
        let purse = twin.state().purses[buyer.index()];
        let affordable = purse.checked_div(offer.price).unwrap_or(1);
        let mut near = vec![offer.listed];
        if affordable <= offer.listed {
            near.extend([affordable, affordable / 2]);
        }
        let amount = self.number(&near);
        let max_price = match self.rng.random_range(0..4) {
            0 => self.number(&[offer.price]),
            1 => offer.price,
            _ => u128::MAX,
        };
        (seller, amount, max_price)
    }

    /// How many in a batch: mostly few, at times none or as many as can be.
    fn count(&mut self, most: usize) -> usize {
        match self.rng.random_range(0..200) {
            0 => most,
            1..8 => 0,
            _ => self.rng.random_range(1..5),
        }
    }

    fn readings(&mut self, role: &'static str, twin: &Twin) -> Datum {
        let count = self.count(MAX_READINGS);
        let likely =
            self.with(
                twin,
                |energy| {
                    if role == "producer" { energy.certified } else { energy.held > 0 }
                },
            );
        let readings = (0..count).map(|_| {
            let of = match self.one_of(&likely) {
                Some(one) if !self.chance(0.1 + self.wildness) => one,
                _ => self.anyone(),
            };
            let held = twin.state().energy[of.index()].held;
            let near = if role == "producer" { vec![self.much] } else { vec![held, self.much] };
            Datum::reading(role, of, self.number(&near))
        });
        Datum::List(readings.collect())
    }

    /// The certification contract, as far as it can be a sender.
    fn reporter(&mut self, twin: &Twin) -> Account {
        let named = twin.state().trading.certification_contract;
        let can = named != self.stage.cast.contracts.wattconnect;
        self.likely(if can { std::slice::from_ref(&named) } else { &[] })
    }

    /// An amount and a payee: around all there is, or just what some purchase
    /// takes, so that purses come to be exactly enough.
    fn payout(&mut self, from: Account, twin: &Twin) -> Vec<Datum> {
        let state = twin.state();
        let balance = state.purses[from.index()];
        let sellers = self.with(twin, |energy| energy.listed > 0);
        let mut near = vec![balance];
        if let Some(seller) = self.one_of(&sellers) {
            let offer = state.energy[seller.index()];
            let amount = self.number(&[offer.listed]).min(offer.listed);
            let cost = amount.saturating_mul(offer.price);
            let commission = cost.saturating_mul(state.trading.commission_rate).div_ceil(10_000);
            near.extend([cost.saturating_add(commission); 2]);
        }
        let pauper = self.stage.cast.buyers.last().copied();
        let to = match pauper {
            Some(pauper) if self.chance(0.5) => pauper,
            _ => self.anyone(),
        };
        vec![Datum::Uint(self.number(&near)), Datum::Who(to)]
    }

    fn office(&mut self, twin: &Twin) -> (Account, Entry, Vec<Datum>) {
        let certification = twin.state().certification;
        match certification.proposed_owner {
            Some(proposed) if self.chance(0.5) => {
                (self.likely(&[proposed]), Entry::Office(Office::Accept), Vec::new())
            }
            _ if self.chance(0.1) => (self.any_sender(), Entry::Office(Office::Accept), Vec::new()),
            _ => {
                let new = self.heir(Function::ProposeOwner);
                let sender = self.likely(&[certification.owner]);
                (sender, Entry::Office(Office::Propose), vec![Datum::Who(new)])
            }
        }
    }

    fn look(&mut self, twin: &Twin) -> (Account, Entry, Vec<Datum>) {
        let look = self.one_of(Look::ALL).unwrap_or(Look::Reserve);
        let busy = match look {
            Look::EnergyForSale => self.with(twin, |energy| energy.listed > 0),
            Look::EnergyBalance => self.with(twin, |energy| energy.held > 0),
            _ => self.producers(twin, |known| known.audit_length > 0),
        };
        let who = Datum::Who(self.subject(&busy, &[]));
        let arguments = match look {
            Look::EnergyBalance
            | Look::StxBalance
            | Look::EnergyForSale
            | Look::AccountOf
            | Look::IsCertified
            | Look::ProducerData
            | Look::CertifierOf
            | Look::AuditLength => vec![who],
            Look::AuditEntry => vec![who, Datum::Uint(self.number(&[3, 0]))],
            _ => Vec::new(),
        };
        (self.any_sender(), Entry::Look(look), arguments)
    }
}
