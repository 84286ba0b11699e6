//! The world of one run: the chain, the books, the people, and the setup that
//! puts the market in place before the first tick. Stepping through time is
//! `tick`'s.

use std::collections::BTreeMap;
use std::sync::Arc;

use hdrhistogram::Histogram;
use thiserror::Error;

use super::arrivals::Tape;
use super::books::Books;
use super::hands::{Hands, Lent};
use super::invariants::{self, Broken, CheckError, Watch};
use super::limits::LimitTally;
use super::mempool::Mempool;
use super::people::{self, Person, Statement};
use super::prepared::Prepared;
use super::record::TickRow;
use super::tally::{Calls, Recent, TickFlows};
use super::tenure::Tenure;
use super::tracing::Tracing;
use super::variant::Findings;
use super::window::Window;
use crate::agents::{Kind, Phase, Rhythm, Valuation};
use crate::chain::{Chain, ChainError, Metering, contract_principal};
use crate::energy::{EnergyError, Panel, PanelArray, Sky};
use crate::market::{Account, Accounts, Action, Contract, Function, Market, MarketError, Verdict};
use crate::scenario::{CostMetering, Scenario};
use crate::units::{Kwh, MicroStx, Tick};

/// Why a run ended before its time.
#[derive(Debug, Error)]
pub enum RunError {
    /// The contracts cannot carry a market, or the virtual machine failed.
    #[error(transparent)]
    Market(#[from] MarketError),
    /// The chain failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The homes cannot be made.
    #[error(transparent)]
    Energy(#[from] EnergyError),
    /// A rule that must always hold was broken.
    #[error(
        "a rule that must always hold was broken: {broken}\n  seed {seed}, tick {tick}, transaction {transaction}: {action}"
    )]
    Broken {
        /// The rule and the finding.
        broken: Broken,
        /// The seed that replays it.
        seed: u64,
        /// The tick.
        tick: Tick,
        /// The number of the last transaction before it was found.
        transaction: u64,
        /// What that transaction asked.
        action: String,
        /// The calls up to it, in the form of `trace.jsonl`, where the run was
        /// traced.
        trace: Option<Vec<u8>>,
    },
    /// The trace cannot be kept.
    #[error("the trace cannot be kept: {0}")]
    Trace(#[from] std::io::Error),
    /// The record of waits cannot be kept.
    #[error("the record of waits cannot be kept")]
    Histogram,
    /// An expression of the scenario's genesis was not carried out.
    #[error("genesis: {expression}: {why}; it is Clarity, evaluated inside the contract")]
    Genesis {
        /// The expression, filled in.
        expression: String,
        /// What the virtual machine said.
        why: String,
    },
    /// The setup of the market was turned down.
    #[error("setting the market up failed: {action} as {sender}: {verdict}")]
    Setup {
        /// The transaction.
        action: String,
        /// Who sent it.
        sender: String,
        /// How it ended.
        verdict: String,
    },
}

/// A run in progress.
#[derive(Clone)]
pub struct World<'p> {
    pub(super) prepared: &'p Prepared,
    pub(super) seed: u64,
    pub(super) chain: Chain,
    pub(super) market: Market,
    pub(super) accounts: Accounts,
    pub(super) people: Vec<Person>,
    /// Whether each of them ever does anything in a phase: kept apart, so that
    /// asking passes over the others without looking at them.
    pub(super) acts: Vec<[bool; Phase::ALL.len()]>,
    /// How many of them are honest; adversaries come behind.
    pub(super) honest: usize,
    pub(super) books: Books,
    pub(super) watch: Watch,
    pub(super) mempool: Mempool,
    pub(super) tenure: Tenure,
    /// Whether the chain says what calls cost.
    pub(super) metered: bool,
    pub(super) sky: Sky,
    pub(super) rhythm: Rhythm,
    pub(super) reference: PanelArray,
    pub(super) next_tick: u32,
    pub(super) flows: TickFlows,
    pub(super) recent: Recent,
    /// Calls of the measuring window.
    pub(super) calls: Calls,
    /// Calls before it opened.
    pub(super) earlier_calls: Calls,
    /// Seconds from when a transaction was meant to be sent to its block.
    pub(super) waits: Histogram<u64>,
    pub(super) transactions: u64,
    /// The last transaction that got in, and who sent it.
    pub(super) last: Option<(Function, Account)>,
    pub(super) rows: Vec<TickRow>,
    pub(super) tracing: Option<Tracing>,
    pub(super) limits: LimitTally,
    /// The time that measures and tables count.
    pub(super) window: Window,
    /// What people mean to send, where that is written down.
    pub(super) tape: Option<Tape>,
    /// What the operator decides at the next midnight, beyond the scenario's
    /// dated decisions: the changes of a branch.
    pub(super) branching: Vec<Action>,
    pub(super) bids: super::efficiency::Bids,
    /// Who helps to work out days and decisions.
    pub(super) hands: Lent,
    /// What was noted of contracts that are not the product's own.
    pub(super) findings: Findings,
    /// What was on the contracts' own ledger of money at the start.
    pub(super) ledger_at_start: MicroStx,
    pub(super) wattconnect: Account,
    pub(super) fee_sink: Account,
}

/// Significant digits that are kept of a wait.
const WAIT_DIGITS: u8 = 3;

/// Accounts before the first participant: both contracts and the fee sink.
pub(super) const PEOPLE_FROM: usize = 3;

impl<'p> World<'p> {
    /// The world of `prepared` under `seed`, its market set up and ready for
    /// the first tick. With `traced`, every transaction is written down.
    ///
    /// # Errors
    /// Where the contracts do not deploy or turn the setup down.
    pub fn new(prepared: &'p Prepared, seed: u64, traced: bool) -> Result<Self, RunError> {
        let newcomers = people::draw(prepared, seed)?;
        let operator = crate::chain::account(&newcomers[0].label);
        let mut accounts = Accounts::with_capacity(newcomers.len() + PEOPLE_FROM);
        for contract in [Contract::WattConnect, Contract::EnergyProduction] {
            let name = &prepared.code.of(contract).name;
            if let Some(id) = contract_principal(&operator, name) {
                accounts.enter_principal(crate::chain::Principal::Contract(id));
            }
        }
        let fee_sink = accounts.enter("fee-sink");
        let mut people = Vec::with_capacity(newcomers.len());
        let mut purses = Vec::with_capacity(newcomers.len() + PEOPLE_FROM);
        purses.resize(PEOPLE_FROM, MicroStx::ZERO);
        let mut gangs: BTreeMap<_, Vec<Account>> = BTreeMap::new();
        for newcomer in newcomers {
            purses.push(newcomer.purse);
            if let Some(gang) = newcomer.gang {
                gangs.entry(gang).or_default().push(accounts.enter(&newcomer.label));
            }
            people.push(Person {
                account: accounts.enter(&newcomer.label),
                key: newcomer.key,
                agent: newcomer.agent,
                strategy: newcomer.strategy,
                house: newcomer.house,
                certified_at_start: newcomer.certified_at_start,
                declares: newcomer.declares,
                stx_start: newcomer.purse,
                allies: Box::default(),
                statement: Statement::default(),
                valuation: Valuation::default(),
                fresh: Kwh::ZERO,
                need_kwh: 0.0,
            });
        }
        let honest = people.len() - gangs.values().map(Vec::len).sum::<usize>();
        for gang in gangs.values() {
            for member in gang {
                let others = gang.iter().filter(|other| *other != member);
                people[member.index() - PEOPLE_FROM].allies = others.copied().collect();
            }
        }
        for other in &prepared.code.others {
            if let Some(id) = contract_principal(&operator, &other.name) {
                accounts.enter_principal(crate::chain::Principal::Contract(id));
                purses.push(MicroStx::ZERO);
            }
        }
        let balances: Vec<_> = accounts
            .iter()
            .map(|account| (accounts.principal(account).clone(), purses[account.index()]))
            .collect();
        let mut chain = Chain::genesis(&balances)?;
        let scale = prepared.scenario.contracts.rate_scale.whole();
        let market = Market::deploy(&prepared.code, &mut chain, &operator, scale)?;
        let wattconnect =
            accounts.enter_principal(chain.principal_of(market.id(Contract::WattConnect)));
        let parameters = market.parameters(&mut chain)?;
        let owner = people[0].account;
        let scenario = &prepared.scenario;
        let warm_up_ticks = scenario.warmup.days * scenario.time.ticks_per_day();
        let sky = prepared.region.sky(seed);
        let south = Panel { capacity_kwp: 1.0, tilt_deg: 30.0, azimuth_deg: 180.0 };
        let reference = PanelArray::new(&south, &prepared.panel_model)?;
        let tracing =
            traced.then(|| Tracing::begin(prepared, seed, &operator, balances)).transpose()?;
        let mut world = Self {
            prepared,
            seed,
            watch: Watch::new(&mut chain, &market, &accounts),
            chain,
            market,
            books: Books::new(purses, owner, parameters),
            mempool: Mempool::new(accounts.len()),
            metered: prepared.scenario.network.costs != CostMetering::Off,
            tenure: Tenure::new(prepared.scenario.network.budget.limits()),
            acts: people
                .iter()
                .map(|one| Phase::ALL.map(|phase| one.agent.acts_in(phase)))
                .collect(),
            accounts,
            people,
            honest,
            rhythm: prepared.rhythm(&sky, &reference, 0),
            sky,
            reference,
            next_tick: 0,
            flows: TickFlows::default(),
            recent: Recent::default(),
            calls: Calls::default(),
            earlier_calls: Calls::default(),
            waits: Histogram::new(WAIT_DIGITS).map_err(|_| RunError::Histogram)?,
            transactions: 0,
            last: None,
            rows: Vec::new(),
            tracing,
            limits: LimitTally::default(),
            window: Window::opening_at(warm_up_ticks),
            tape: None,
            branching: Vec::new(),
            bids: super::efficiency::Bids::default(),
            hands: Lent::default(),
            findings: Findings::default(),
            ledger_at_start: MicroStx::ZERO,
            wattconnect,
            fee_sink,
        };
        world.begin_day(0);
        world.note_lacking();
        world.set_up()?;
        world.seed_genesis()?;
        world.chain.set_metering(match prepared.scenario.network.costs {
            CostMetering::Off => Metering::Off,
            CostMetering::Learned => Metering::Learned,
            CostMetering::Exact => Metering::Exact,
        });
        Ok(world)
    }

    /// Lends it hands: for the energy of homes and the decisions of people, which
    /// come to the same with any number of them.
    pub fn lend(&mut self, hands: Arc<dyn Hands>) {
        self.hands.lend(hands);
    }

    /// The run's seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Bytes of memory that the chain's own entries take.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.chain.stored_bytes()
    }

    /// The scenario that is run.
    #[must_use]
    pub const fn scenario(&self) -> &'p Scenario {
        &self.prepared.scenario
    }

    /// Transactions of the market's people that got into blocks.
    #[must_use]
    pub const fn transactions(&self) -> u64 {
        self.transactions
    }

    /// Ticks done.
    #[must_use]
    pub const fn ticks_done(&self) -> u32 {
        self.next_tick
    }

    /// Puts the market in place: settings, officials, treasury, and those who
    /// are certified from the start. Real transactions, without network fees,
    /// before the first tick.
    fn set_up(&mut self) -> Result<(), RunError> {
        let scenario = &self.prepared.scenario;
        let market = &scenario.market;
        let certification = &scenario.certification;
        let owner = self.books.owner;
        let production = self
            .accounts
            .enter_principal(self.chain.principal_of(self.market.id(Contract::EnergyProduction)));
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
        if certification.minimum_production_kwh > self.books.parameters.maximum_production {
            actions.extend([maximum, minimum]);
        } else {
            actions.extend([minimum, maximum]);
        }
        if !market.treasury_ustx.is_zero() {
            actions.push(Action::FundTreasury { amount: market.treasury_ustx });
        }
        for official in &self.people {
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
        let certifiers: Vec<Account> = self
            .people
            .iter()
            .filter(|person| person.kind() == Kind::Certifier)
            .map(|person| person.account)
            .collect();
        let first: Vec<(Account, Kwh)> = self
            .people
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
        if !self.market.has(action.function()) {
            return Ok(());
        }
        let receipt = self.market.execute(&mut self.chain, &self.accounts, sender, action)?;
        self.trace_call(sender, action, MicroStx::ZERO, &receipt.raw)?;
        for (from, to, amount) in &receipt.stx {
            self.books.move_stx(*from, *to, *amount);
        }
        for flow in &receipt.flows {
            self.books.enter(flow);
        }
        self.follow(action, &receipt);
        let verdict = match receipt.verdict {
            Verdict::Accepted => return Ok(()),
            Verdict::Rejected(code) => format!("rejected with {code}"),
            Verdict::Aborted(reason) => format!("aborted, {reason}"),
        };
        if !self.market.announces() {
            self.note_setup(action.function(), &verdict);
            return Ok(());
        }
        let sender = self.accounts.principal(sender).to_string();
        Err(RunError::Setup { action: format!("{action:?}"), sender, verdict })
    }

    /// Works out the day's energy of every home, and what each expects of it.
    pub(super) fn begin_day(&mut self, day: u32) {
        let prepared = self.prepared;
        self.rhythm = prepared.rhythm(&self.sky, &self.reference, day);
        let use_share = prepared.expected_use_share(day);
        let month = prepared.month_that_begins(day);
        let sky = &self.sky;
        self.hands.share(&mut self.people, |people| {
            for person in people {
                let Some(house) = &mut person.house else { continue };
                house.home.day_into(sky, &prepared.loads, person.key, day, &mut house.today);
                house.expected_use_kwh = house.home.annual_use_kwh * use_share;
                if let (Some(array), Some(month)) = (&house.home.array, month) {
                    house.monthly_make_kwh = month.month_kwh(array);
                    house.expected_make_kwh = house.monthly_make_kwh / month.days();
                }
            }
        });
    }

    /// Holds the whole state against the rules that must always hold.
    pub(super) fn check(&mut self) -> Result<(), RunError> {
        if !self.market.announces() {
            return self.check_asked();
        }
        invariants::check_state(
            &mut self.watch,
            &mut self.chain,
            &self.market,
            &self.accounts,
            &self.books,
        )
        .map_err(|error| match error {
            CheckError::Broken(broken) => self.broken(broken),
            CheckError::Market(error) => RunError::Market(error),
        })
    }

    /// The error for a rule that was found broken now.
    pub(super) fn broken(&mut self, broken: Broken) -> RunError {
        let action = self.last.map_or_else(
            || "setup".to_owned(),
            |(function, sender)| format!("{function} by {}", self.accounts.principal(sender)),
        );
        let (seed, tick, transaction) = (self.seed, Tick::new(self.next_tick), self.transactions);
        let mut error = RunError::Broken { broken, seed, tick, transaction, action, trace: None };
        if self.tracing.is_some() {
            let kept = self.take_trace(Some(error.to_string()));
            if let RunError::Broken { trace, .. } = &mut error {
                *trace = kept;
            }
        }
        error
    }

    /// The participant of an account; none for contracts and the sink.
    pub(super) fn person_mut(&mut self, account: Account) -> Option<&mut Person> {
        let place = account.index().checked_sub(PEOPLE_FROM)?;
        self.people.get_mut(place)
    }
}
