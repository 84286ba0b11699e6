//! Contracts that announce nothing: what they did is found by asking their
//! read-only functions before and after a transaction. Knows no event and no
//! map of a contract, and takes no answer for granted: a function that fails
//! when asked has said nothing.

use super::accounts::{Account, Accounts};
use super::action::Action;
use super::flow::Flow;
use super::{Contract, Market, MarketError, Parameters};
use crate::chain::{self, Chain, Principal, Status, Value};
use crate::scenario::RefundBasis;
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

/// What the contracts answer of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AskedAccount {
    /// `get-energy-balance`: made, bought and not gone.
    pub energy: Kwh,
    /// `get-energy-for-sale`: what of it is listed.
    pub listed: Kwh,
    /// The price it is listed at.
    pub price: MicroStxPerKwh,
    /// `get-stx-balance`: what it can pay with, on the contract's own ledger
    /// where it keeps one.
    pub money: MicroStx,
}

/// The answers about everyone whom an action concerns, the sender first.
pub(super) type Answers = Vec<(Account, AskedAccount)>;

impl Market {
    /// What the contracts answer of `who`.
    ///
    /// # Errors
    /// Where the virtual machine fails.
    pub fn ask_account(&self, chain: &Chain, who: &Principal) -> Result<AskedAccount, MarketError> {
        let me = [chain::principal(who)];
        let trade = Contract::WattConnect;
        let offer = self.ask(chain, trade, "get-energy-for-sale", &me)?;
        let of_offer = |name: &str| {
            offer.as_ref().and_then(|offer| chain::field(offer, name)).and_then(chain::as_uint)
        };
        Ok(AskedAccount {
            listed: Kwh::new(of_offer("amount").unwrap_or(0)),
            price: MicroStxPerKwh::new(of_offer("price").unwrap_or(0)),
            energy: Kwh::new(self.ask_uint(chain, trade, "get-energy-balance", &me)?.unwrap_or(0)),
            money: MicroStx::new(self.ask_uint(chain, trade, "get-stx-balance", &me)?.unwrap_or(0)),
        })
    }

    /// The energy listed over the whole market, as the contract reckons it.
    ///
    /// # Errors
    /// Where the virtual machine fails.
    pub fn ask_reserve(&self, chain: &Chain) -> Result<Kwh, MarketError> {
        let reserve =
            self.ask_uint(chain, Contract::WattConnect, "get-current-energy-reserve", &[])?;
        Ok(Kwh::new(reserve.unwrap_or(0)))
    }

    /// The settings, as far as there is a function to ask; what there is none
    /// for stays as in `known`.
    ///
    /// # Errors
    /// Where the virtual machine fails.
    pub fn ask_parameters(
        &self,
        chain: &Chain,
        known: &Parameters,
    ) -> Result<Parameters, MarketError> {
        let asked = |contract: Contract, name: &str| self.ask_uint(chain, contract, name, &[]);
        let (trade, production) = (Contract::WattConnect, Contract::EnergyProduction);
        let rate = |answer: Option<u128>, known: BasisPoints| {
            answer
                .and_then(|rate| rate.checked_mul(BasisPoints::SCALE))
                .and_then(|rate| u16::try_from(rate / self.rate_scale).ok())
                .and_then(BasisPoints::new)
                .unwrap_or(known)
        };
        let kwh = |answer: Option<u128>, known: Kwh| answer.map_or(known, Kwh::new);
        Ok(Parameters {
            energy_price: asked(trade, "get-energy-price")?
                .map_or(known.energy_price, MicroStxPerKwh::new),
            commission_rate: rate(asked(trade, "get-commission-rate")?, known.commission_rate),
            refund_rate: rate(asked(trade, "get-refund-rate")?, known.refund_rate),
            reserve_limit: kwh(asked(trade, "get-energy-reserve-limit")?, known.reserve_limit),
            max_energy_per_user: kwh(
                asked(trade, "get-max-energy-per-user")?,
                known.max_energy_per_user,
            ),
            certification_fee: asked(production, "get-certification-fee")?
                .map_or(known.certification_fee, MicroStx::new),
            minimum_production: kwh(
                asked(production, "get-minimum-production")?,
                known.minimum_production,
            ),
            maximum_production: kwh(
                asked(production, "get-maximum-production")?,
                known.maximum_production,
            ),
            refund_basis: known.refund_basis,
            paused: known.paused,
        })
    }

    /// The settings of contracts that announce nothing, before any was set.
    pub(super) fn unknown_parameters() -> Parameters {
        Parameters {
            energy_price: MicroStxPerKwh::ZERO,
            commission_rate: BasisPoints::default(),
            refund_rate: BasisPoints::default(),
            // What contracts of the plain form do.
            refund_basis: RefundBasis::ReferencePrice,
            reserve_limit: Kwh::new(u128::MAX),
            max_energy_per_user: Kwh::new(u128::MAX),
            paused: false,
            certification_fee: MicroStx::ZERO,
            minimum_production: Kwh::ZERO,
            maximum_production: Kwh::new(u128::MAX),
        }
    }

    /// The answer of a read-only function; none where it lacks or fails.
    fn ask(
        &self,
        chain: &Chain,
        contract: Contract,
        function: &str,
        arguments: &[Value],
    ) -> Result<Option<Value>, MarketError> {
        if chain.signature(self.id(contract), function).is_none() {
            return Ok(None);
        }
        Ok(match self.look(chain, contract, function, arguments)?.status {
            Status::Accepted(value) => Some(value),
            Status::Rejected(_) | Status::Aborted(_) => None,
        })
    }

    fn ask_uint(
        &self,
        chain: &Chain,
        contract: Contract,
        function: &str,
        arguments: &[Value],
    ) -> Result<Option<u128>, MarketError> {
        Ok(self.ask(chain, contract, function, arguments)?.as_ref().and_then(chain::as_uint))
    }

    /// Asks about everyone whom `action` concerns.
    pub(super) fn ask_concerned(
        &self,
        chain: &Chain,
        accounts: &Accounts,
        sender: Account,
        action: &Action,
    ) -> Result<Answers, MarketError> {
        let mut concerned = vec![sender];
        match action {
            Action::BuyEnergyFromUser(order) => concerned.push(order.seller),
            Action::BuyEnergyFromMany { orders } => {
                concerned.extend(orders.iter().map(|order| order.seller));
            }
            Action::CreditProduction { readings }
            | Action::RecordProduction { readings }
            | Action::SettleConsumption { readings }
            | Action::RecordConsumption { readings } => {
                concerned.extend(readings.iter().map(|reading| reading.of));
            }
            Action::RevokeCertification { producer, .. }
            | Action::SetProducerStatus { producer, .. } => concerned.push(*producer),
            _ => {}
        }
        concerned.extend(accounts.find(&self.owner));
        concerned[1..].sort_unstable();
        concerned.dedup();
        concerned
            .into_iter()
            .map(|who| Ok((who, self.ask_account(chain, accounts.principal(who))?)))
            .collect()
    }
}

/// What an accepted action did, told from the answers `before` and `after` it,
/// the STX that moved and the reserve that it left.
pub(super) fn inferred(
    action: &Action,
    before: &Answers,
    after: &Answers,
    stx: &[(Account, Account, MicroStx)],
    reserve: Kwh,
    rate_scale: u128,
) -> Vec<Flow> {
    let Some(&(sender, _)) = before.first() else { return Vec::new() };
    let told = Told { before, after, stx };
    let parameter = |name, new: u128| vec![Flow::Parameter { name, old: new, new }];
    let rate = |rate: BasisPoints| {
        // As the contract rounded it.
        u128::from(rate.get()) * rate_scale / BasisPoints::SCALE * BasisPoints::SCALE / rate_scale
    };
    match action {
        Action::AddEnergyForSale { amount, .. } => {
            let now = told.after(sender);
            let (amount, listed, price) = (*amount, now.listed, now.price);
            vec![Flow::Listed { seller: sender, amount, listed, price, reserve }]
        }
        Action::RemoveEnergyFromSale { .. } => {
            vec![Flow::Delisted { seller: sender, listed: told.after(sender).listed, reserve }]
        }
        Action::BuyEnergyFromUser(order) => told.sale(sender, order.seller, order.amount, reserve),
        Action::BuyEnergyFromMany { orders } => {
            let mut sellers: Vec<_> = orders.iter().map(|order| order.seller).collect();
            sellers.sort_unstable();
            sellers.dedup();
            let sold =
                |seller| told.before(seller).energy.saturating_sub(told.after(seller).energy);
            sellers.into_iter().flat_map(|s| told.sale(sender, s, sold(s), reserve)).collect()
        }
        Action::RefundEnergy { amount } => {
            let refund = told.gained(sender);
            vec![Flow::Refunded { holder: sender, amount: *amount, refund }]
        }
        Action::ConsumeEnergy { amount } => {
            vec![Flow::Consumed { consumer: sender, amount: *amount }]
        }
        Action::CreditProduction { readings } | Action::RecordProduction { readings } => readings
            .iter()
            .map(|reading| (reading.of, told.energy_gained(reading.of)))
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(producer, amount)| Flow::Credited { producer, amount })
            .collect(),
        Action::SettleConsumption { readings } | Action::RecordConsumption { readings } => readings
            .iter()
            .map(|reading| (reading.of, told.energy_lost(reading.of)))
            .filter(|(_, amount)| !amount.is_zero())
            .map(|(consumer, amount)| Flow::Consumed { consumer, amount })
            .collect(),
        Action::SetProducerStatus { producer, certified } => {
            vec![Flow::Status { producer: *producer, certified: *certified }]
        }
        Action::SetEnergyPrice { price } => parameter("energy-price", price.get()),
        Action::SetCommissionRate { rate: new } => parameter("commission-rate", rate(*new)),
        Action::SetRefundRate { rate: new } => parameter("refund-rate", rate(*new)),
        Action::SetRefundBasis { basis } => parameter("refund-basis", *basis),
        Action::SetEnergyReserveLimit { limit } => parameter("reserve-limit", limit.get()),
        Action::SetMaxEnergyPerUser { limit } => parameter("max-per-user", limit.get()),
        Action::SetCertificationFee { fee } => parameter("certification-fee", fee.get()),
        Action::SetMinimumProduction { amount } => parameter("minimum-production", amount.get()),
        Action::SetMaximumProduction { amount } => parameter("maximum-production", amount.get()),
        Action::FundTreasury { amount } => {
            vec![Flow::Funded { from: sender, amount: *amount }]
        }
        Action::WithdrawTreasury { amount, recipient } => {
            vec![Flow::Withdrawn { to: *recipient, amount: *amount }]
        }
        Action::WithdrawFees { amount, recipient } => {
            vec![Flow::FeesWithdrawn { to: *recipient, amount: *amount }]
        }
        Action::Pause => vec![Flow::Paused { paused: true }],
        Action::Resume => vec![Flow::Paused { paused: false }],
        Action::ApplyForCertification { energy_amount, .. } => {
            let paid = stx.iter().filter(|(from, ..)| *from == sender);
            let fee = paid.map(|(.., amount)| *amount).sum();
            vec![Flow::Applied { producer: sender, declared: *energy_amount, fee }]
        }
        Action::CertifyProducer { producer } => {
            vec![Flow::Certified { producer: *producer, certifier: sender }]
        }
        Action::RejectApplication { producer, .. } => {
            vec![Flow::Rejected { producer: *producer, certifier: sender }]
        }
        Action::RevokeCertification { producer, .. } => {
            vec![Flow::Revoked { producer: *producer, certifier: sender }]
        }
        Action::SetCertificationContract { .. }
        | Action::ProposeOwner { .. }
        | Action::AcceptOwner
        | Action::AddCertifier { .. }
        | Action::RemoveCertifier { .. } => Vec::new(),
    }
}

/// The answers around a transaction, and the STX that it moved.
#[derive(Clone, Copy)]
struct Told<'a> {
    before: &'a Answers,
    after: &'a Answers,
    stx: &'a [(Account, Account, MicroStx)],
}

impl Told<'_> {
    fn find(answers: &Answers, who: Account) -> AskedAccount {
        answers.iter().find(|(of, _)| *of == who).map(|(_, answer)| *answer).unwrap_or_default()
    }

    fn before(self, who: Account) -> AskedAccount {
        Self::find(self.before, who)
    }

    fn after(self, who: Account) -> AskedAccount {
        Self::find(self.after, who)
    }

    fn energy_gained(self, who: Account) -> Kwh {
        self.after(who).energy.saturating_sub(self.before(who).energy)
    }

    fn energy_lost(self, who: Account) -> Kwh {
        self.before(who).energy.saturating_sub(self.after(who).energy)
    }

    /// What `who` got: in STX where any moved, on the ledger otherwise.
    fn gained(self, who: Account) -> MicroStx {
        if self.stx.is_empty() {
            return self.after(who).money.saturating_sub(self.before(who).money);
        }
        self.stx.iter().filter(|(_, to, _)| *to == who).map(|(.., amount)| *amount).sum()
    }

    /// What `who` gave, likewise.
    fn spent(self, who: Account) -> MicroStx {
        if self.stx.is_empty() {
            return self.before(who).money.saturating_sub(self.after(who).money);
        }
        self.stx.iter().filter(|(from, ..)| *from == who).map(|(.., amount)| *amount).sum()
    }

    /// A sale of `amount`: what the seller got is the price, what the buyer
    /// gave beyond all sellers' takings is commission, booked on the first.
    fn sale(self, buyer: Account, seller: Account, amount: Kwh, reserve: Kwh) -> Vec<Flow> {
        if amount.is_zero() {
            return Vec::new();
        }
        let paid = self.gained(seller);
        let sellers = self.before.iter().filter(|(who, _)| *who != buyer);
        let takings = |(who, _): &(Account, AskedAccount)| {
            (!self.energy_lost(*who).is_zero()).then(|| self.gained(*who))
        };
        let all: MicroStx = sellers.clone().filter_map(takings).sum();
        let first = sellers.clone().find(|(who, _)| !self.energy_lost(*who).is_zero());
        let over = self.spent(buyer).saturating_sub(all);
        let commission =
            if first.is_none_or(|(who, _)| *who == seller) { over } else { MicroStx::ZERO };
        let price = MicroStxPerKwh::new(paid.get() / amount.get());
        vec![Flow::Sold { seller, buyer, amount, price, paid, commission, reserve }]
    }
}
