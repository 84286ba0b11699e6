//! Where people meet: the chain with the contracts on it, the accounts, the books
//! that follow the contracts' events, the transactions that wait and the tenure
//! that takes them in. Knows nobody's reasons and writes no tables.

mod asked;

use super::books::{Books, Totals};
use super::error::RunError;
use super::invariants::{self, Broken, CheckError, Watch};
use super::mempool::{Mempool, Pending};
use super::prepared::Prepared;
use super::tally::{Recent, TickFlows};
use super::tenure::{Tenure, TenureReport};
use crate::agents::MarketView;
use crate::chain::{Chain, Cost, Metering, MeteringReport, Principal, Receipt, contract_principal};
use crate::market::{Account, Accounts, Action, Contract, Flow, Function, Market, MarketReceipt};
use crate::scenario::{CostMetering, Network};
use crate::units::{Kwh, MicroStx};

/// Accounts before the first participant: both contracts and the fee sink.
pub(super) const PEOPLE_FROM: usize = 3;

/// The venue of a run.
#[derive(Clone)]
pub(super) struct Venue {
    chain: Chain,
    market: Market,
    accounts: Accounts,
    books: Books,
    watch: Watch,
    mempool: Mempool,
    tenure: Tenure,
    /// What everyone remembers of the market's last day or so.
    recent: Recent,
    /// Whether the chain says what calls cost.
    metered: bool,
    wattconnect: Account,
    fee_sink: Account,
    /// What was on the contracts' own ledger of money at the start.
    ledger_at_start: MicroStx,
}

/// What became of a transaction whose turn it was.
pub(super) enum Carried {
    /// It is in the block.
    In(Box<MarketReceipt>),
    /// The tenure has no room for it; it has left no trace.
    NoRoom,
    /// Its sender cannot pay the fee: a node takes no such transaction.
    CannotPay,
}

/// The accounts of a run before its first block, and what each has in the purse.
pub(super) struct Register {
    accounts: Accounts,
    purses: Vec<MicroStx>,
    operator: Principal,
    fee_sink: Account,
}

impl Register {
    /// The accounts of the contracts of `prepared`, deployed by the account of
    /// this label, and of the fee sink, with room for `people` more.
    pub(super) fn new(prepared: &Prepared, operator: &str, people: usize) -> Self {
        let operator = crate::chain::account(operator);
        let mut accounts = Accounts::with_capacity(people + PEOPLE_FROM);
        for contract in [Contract::WattConnect, Contract::EnergyProduction] {
            let name = &prepared.code.of(contract).name;
            if let Some(id) = contract_principal(&operator, name) {
                accounts.enter_principal(Principal::Contract(id));
            }
        }
        let fee_sink = accounts.enter("fee-sink");
        let mut purses = Vec::with_capacity(people + PEOPLE_FROM);
        purses.resize(PEOPLE_FROM, MicroStx::ZERO);
        Self { accounts, purses, operator, fee_sink }
    }

    /// Enters a participant with what it has in the purse.
    pub(super) fn enter(&mut self, label: &str, purse: MicroStx) -> Account {
        self.purses.push(purse);
        self.accounts.enter(label)
    }

    /// Enters the contracts of `prepared` beside the market's own: behind everyone.
    pub(super) fn enter_others(&mut self, prepared: &Prepared) {
        for other in &prepared.code.others {
            if let Some(id) = contract_principal(&self.operator, &other.name) {
                self.accounts.enter_principal(Principal::Contract(id));
                self.purses.push(MicroStx::ZERO);
            }
        }
    }

    /// Who deploys the contracts.
    pub(super) const fn operator(&self) -> &Principal {
        &self.operator
    }

    /// What everyone has before the first block.
    pub(super) fn balances(&self) -> Vec<(Principal, MicroStx)> {
        let balance =
            |account| (self.accounts.principal(account).clone(), self.purses[account.index()]);
        self.accounts.iter().map(balance).collect()
    }
}

impl Venue {
    /// The contracts of `prepared` deployed among these accounts, before any
    /// transaction; `owner` is who owns them.
    pub(super) fn open(
        prepared: &Prepared,
        register: Register,
        owner: Account,
    ) -> Result<Self, RunError> {
        let mut chain = Chain::genesis_at(&register.balances(), prepared.first_block_time())?;
        let Register { mut accounts, purses, operator, fee_sink } = register;
        let scale = prepared.scenario.contracts.rate_scale.whole();
        let market = Market::deploy(&prepared.code, &mut chain, &operator, scale)?;
        let wattconnect =
            accounts.enter_principal(chain.principal_of(market.id(Contract::WattConnect)));
        let parameters = market.parameters(&chain)?;
        Ok(Self {
            watch: Watch::new(&mut chain, &market, &accounts),
            chain,
            market,
            books: Books::new(purses, owner, parameters),
            mempool: Mempool::new(accounts.len()),
            metered: prepared.scenario.network.costs != CostMetering::Off,
            tenure: Tenure::new(prepared.scenario.network.budget.limits()),
            accounts,
            recent: Recent::default(),
            wattconnect,
            fee_sink,
            ledger_at_start: MicroStx::ZERO,
        })
    }

    /// Meters calls from now on as the scenario says: what sets the market up
    /// costs nothing.
    pub(super) fn start_metering(&mut self, costs: CostMetering) {
        self.chain.set_metering(match costs {
            CostMetering::Off => Metering::Off,
            CostMetering::Learned => Metering::Learned,
            CostMetering::Exact => Metering::Exact,
        });
    }

    pub(super) const fn market(&self) -> &Market {
        &self.market
    }

    pub(super) const fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    pub(super) const fn books(&self) -> &Books {
        &self.books
    }

    pub(super) const fn mempool(&self) -> &Mempool {
        &self.mempool
    }

    pub(super) const fn recent(&self) -> &Recent {
        &self.recent
    }

    /// Whether the deployed contracts have the function.
    pub(super) fn has(&self, function: Function) -> bool {
        self.market.has(function)
    }

    /// Whether the contracts announce what they do.
    pub(super) const fn announces(&self) -> bool {
        self.market.announces()
    }

    /// Whether the chain says what calls cost.
    pub(super) const fn is_metered(&self) -> bool {
        self.metered
    }

    /// The principal of an account.
    pub(super) fn principal(&self, account: Account) -> &Principal {
        self.accounts.principal(account)
    }

    /// The contract's account: entered where it was not yet.
    pub(super) fn contract_account(&mut self, contract: Contract) -> Account {
        self.accounts.enter_principal(self.chain.principal_of(self.market.id(contract)))
    }

    /// The treasury.
    pub(super) fn treasury(&self) -> MicroStx {
        self.books.treasury(self.wattconnect)
    }

    /// The market's sums since genesis.
    pub(super) const fn totals(&self) -> &Totals {
        &self.books.totals
    }

    /// Height of the block under construction.
    pub(super) const fn height(&self) -> u32 {
        self.chain.block_height()
    }

    /// Bytes of memory that the chain's own entries take.
    pub(super) fn stored_bytes(&self) -> u64 {
        self.chain.stored_bytes()
    }

    /// SHA-256 of the chain's state.
    pub(super) fn state_digest(&self) -> String {
        self.chain.state_digest()
    }

    /// How costs were found so far.
    pub(super) fn metering_report(&self) -> MeteringReport {
        self.chain.metering_report()
    }

    /// The room that is left in the tenure under construction; none where there is
    /// no end of it.
    pub(super) fn room(&self) -> Option<Cost> {
        self.tenure.room()
    }

    /// What the use of a tenure is measured by.
    pub(super) fn yardstick(&self) -> Cost {
        self.tenure.yardstick()
    }

    /// What the tenures since the last report came to.
    pub(super) fn report_tenures(&mut self) -> TenureReport {
        self.tenure.report()
    }

    /// The market as anyone can see it.
    pub(super) fn view(&self) -> MarketView {
        let parameters = self.books.parameters;
        MarketView {
            offers: self.books.offers(),
            reserve: self.books.reserve,
            treasury: self.books.purse(self.wattconnect),
            recent_price_ustx: self.recent.price_ustx(parameters.energy_price),
            recent_sold_share: self.recent.sold_share(),
            supply_over_demand: self.recent.supply_over_demand(),
            parameters,
        }
    }

    /// Adds the tick that ended to what everyone remembers.
    pub(super) fn remember(&mut self, flows: &TickFlows, needed_kwh: f64, tick_hours: f64) {
        self.recent.add(flows, needed_kwh, tick_hours);
    }

    /// Takes a transaction in, to wait for a block.
    pub(super) fn submit(&mut self, sender: Account, fee: MicroStx, action: Action, meant_s: u64) {
        self.mempool.submit(sender, fee, action, meant_s);
    }

    /// The transaction whose turn it is; none where nothing waits or the tenure is
    /// full.
    pub(super) fn next(&mut self) -> Option<Pending> {
        if self.tenure.is_full() { None } else { self.mempool.next() }
    }

    /// Puts back a transaction that found no room in this tenure.
    pub(super) fn set_aside(&mut self, pending: Pending) {
        self.tenure.misfit();
        self.mempool.set_aside(pending);
    }

    /// Removes what was meant to be sent before `second`.
    pub(super) fn drop_older_than(&mut self, second: u64) -> Vec<Pending> {
        self.mempool.drop_older_than(second)
    }

    /// Carries a transaction out, its fee included. What it did is in its receipt
    /// and not yet in the books: see [`Venue::move_stx`] and [`Venue::enter`].
    pub(super) fn carry_out(&mut self, pending: &Pending) -> Result<Carried, RunError> {
        let Pending { sender, fee, action, .. } = pending;
        let purse = self.watch.purse(*sender);
        if !self.chain.pay_fee(purse, *fee)? {
            return Ok(Carried::CannotPay);
        }
        let receipt = match self.tenure.room() {
            None => self.market.execute(&mut self.chain, &self.accounts, *sender, action).map(Some),
            Some(room) => {
                self.market.execute_within(&mut self.chain, &self.accounts, *sender, action, &room)
            }
        }?;
        let Some(receipt) = receipt else {
            self.chain.return_fee(purse, *fee)?;
            return Ok(Carried::NoRoom);
        };
        self.tenure.add(receipt.cost, pending.rate());
        self.books.pay_fee(*sender, *fee);
        Ok(Carried::In(Box::new(receipt)))
    }

    /// Carries out a transaction of the setup: without a fee, whatever it costs.
    pub(super) fn set_up(
        &mut self,
        sender: Account,
        action: &Action,
    ) -> Result<MarketReceipt, RunError> {
        Ok(self.market.execute(&mut self.chain, &self.accounts, sender, action)?)
    }

    /// Evaluates an expression in a contract, as a genesis does.
    pub(super) fn evaluate(
        &mut self,
        sender: &Principal,
        contract: Contract,
        text: &str,
    ) -> Result<Receipt, RunError> {
        Ok(self.chain.evaluate(sender, self.market.id(contract), text)?)
    }

    /// Moves the STX in the books that a transaction moved.
    pub(super) fn move_stx(&mut self, receipt: &MarketReceipt) {
        for (from, to, amount) in &receipt.stx {
            self.books.move_stx(*from, *to, *amount);
        }
    }

    /// Enters into the books what a transaction did.
    pub(super) fn enter(&mut self, flow: &Flow) {
        self.books.enter(flow);
    }

    /// Uses up bought energy of which the contracts cannot be told.
    pub(super) fn use_off_chain(&mut self, consumer: Account, amount: Kwh) {
        self.books.use_off_chain(consumer, amount);
    }

    /// Closes the tenure and opens the next, in which those who were left out try
    /// again: with a higher fee where `raises` says so of them.
    pub(super) fn next_tenure(
        &mut self,
        network: &Network,
        raises: Option<impl Fn(Account) -> bool>,
    ) -> Result<(), RunError> {
        let fees = self.chain.fees_pending();
        self.chain.advance_block()?;
        self.books.collect_fees(self.fee_sink, fees);
        let waiting = self.mempool.len() > 0;
        self.tenure.advance(waiting);
        match raises.filter(|_| waiting) {
            Some(raises) => {
                self.mempool.raise(network.fee_raise_bps, network.fee_max_ustx, raises);
            }
            None => self.mempool.release(),
        }
        Ok(())
    }

    /// Holds what a transaction announced against what it may do.
    pub(super) fn check_flows(
        &self,
        sender: Account,
        action: &Action,
        flows: &[Flow],
    ) -> Result<(), Broken> {
        invariants::check_flows(&self.books, sender, action, flows)
    }

    /// Holds the whole state of contracts that announce what they do against the
    /// rules that must always hold.
    pub(super) fn check_state(&mut self) -> Result<(), CheckError> {
        invariants::check_state(
            &mut self.watch,
            &self.chain,
            &self.market,
            &self.accounts,
            &self.books,
        )
    }
}
