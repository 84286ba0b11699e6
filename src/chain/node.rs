//! The chain as the rooms above meet it: a machine's state, and what a node does
//! around it, fees, nonces and blocks. Reads take `&self`.

use super::abort::{Abort, AbortKind};
use super::call::Call;
use super::cost::{Cost, Metering, MeteringReport};
use super::error::{ChainError, DeployError};
use super::machine::Machine;
use super::place::{BalancePlace, ContractId, MapPlace};
use super::principal::{ContractPrincipal, Principal, account};
use super::receipt::{Receipt, Status, Traffic};
use super::signature::{Clarity, Epoch, Signature};
use super::source::Source;
use super::time::{DEFAULT_FIRST_BLOCK_TIME, block_time};
use super::transaction::{Inclusion, Payload, Transaction};
use super::value::Value;
use crate::units::MicroStx;

/// The chain. A clone is a snapshot: keep one to come back to it.
#[derive(Clone, Debug)]
pub struct Chain {
    machine: Machine,
    /// Fees paid in the block under construction.
    fees_pending: MicroStx,
    fee_sink: Principal,
    issued: MicroStx,
}

impl Chain {
    /// A chain at its first block, on which `balances` are all the STX that
    /// ever are. Fees go to an account of their own, [`Chain::fee_sink`]. Its
    /// blocks lie in time as on the first of January 2024.
    ///
    /// # Errors
    /// Where the machine cannot set up its state.
    pub fn genesis(balances: &[(Principal, MicroStx)]) -> Result<Self, ChainError> {
        Self::genesis_at(balances, DEFAULT_FIRST_BLOCK_TIME)
    }

    /// The same, with its first block, the one under construction, at a Unix
    /// time, and each after it ten minutes later.
    ///
    /// # Errors
    /// As [`Chain::genesis`].
    pub fn genesis_at(
        balances: &[(Principal, MicroStx)],
        first_block_time: u64,
    ) -> Result<Self, ChainError> {
        Ok(Self {
            machine: Machine::clarity_vm(balances, first_block_time)?,
            fees_pending: MicroStx::ZERO,
            fee_sink: account("fee-sink"),
            issued: balances.iter().map(|(_, amount)| *amount).sum(),
        })
    }

    /// Deploys `source` as contract `name` of `issuer`, after the full
    /// analysis that a node does. `file` is what messages call it.
    ///
    /// # Errors
    /// Every parse fault, or the first type fault, with line and column; a
    /// name that is not legal; top-level expressions that fail.
    pub fn deploy(
        &mut self,
        issuer: &Principal,
        name: &str,
        file: &str,
        source: &str,
    ) -> Result<ContractId, DeployError> {
        self.deploy_as(issuer, name, file, source, Clarity::Two)
    }

    /// The same in a version of the language.
    ///
    /// # Errors
    /// As [`Chain::deploy`].
    pub fn deploy_as(
        &mut self,
        issuer: &Principal,
        name: &str,
        file: &str,
        source: &str,
        clarity: Clarity,
    ) -> Result<ContractId, DeployError> {
        let Principal::Standard(issuer) = issuer else {
            return Err(DeployError::Name { file: file.to_owned(), name: name.to_owned() });
        };
        self.machine.deploy(&Source { issuer: *issuer, name, file, text: source, clarity })
    }

    /// Calls `function` of `contract` as `sender`: a transaction where it is
    /// public, a look where it is read-only.
    ///
    /// # Errors
    /// Where the contract lacks the function or the virtual machine fails. A
    /// contract that says no, arguments of a wrong type and run-time errors
    /// are receipts.
    pub fn call(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Receipt, ChainError> {
        let call = Call { sender, contract, function, arguments };
        let fitted = self.machine.call(&call, None)?;
        fitted.map_err(|cost| ChainError::Costs(format!("a call that costs {cost:?}")))
    }

    /// What [`Chain::call`] would answer, unmetered whatever the chain meters;
    /// what it changes is not kept. For those who only want to know.
    ///
    /// # Errors
    /// As [`Chain::call`].
    pub fn look(
        &self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Receipt, ChainError> {
        self.machine.look(&Call { sender, contract, function, arguments })
    }

    /// Calls as [`Chain::call`] does, if the call's cost fits into `room` in
    /// every dimension. `None` where it does not: the call leaves no trace.
    /// Rejected and aborted calls cost what they took, and need the room too.
    ///
    /// # Errors
    /// As [`Chain::call`], and where the chain meters nothing.
    pub fn call_within(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
        room: &Cost,
    ) -> Result<Option<Receipt>, ChainError> {
        Ok(self.call_or_cost(sender, contract, function, arguments, room)?.ok())
    }

    /// As [`Chain::call_within`], but tells the cost of a call that does not
    /// fit.
    ///
    /// # Errors
    /// As [`Chain::call_within`].
    pub fn call_or_cost(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
        room: &Cost,
    ) -> Result<Result<Receipt, Cost>, ChainError> {
        self.must_meter()?;
        self.machine.call(&Call { sender, contract, function, arguments }, Some(room))
    }

    /// The same through the virtual machine's own `execute_transaction`,
    /// which decodes the contract from JSON each time: three and more times
    /// slower, and what [`Chain::call`] must equal.
    ///
    /// # Errors
    /// As [`Chain::call`].
    pub fn call_decoding(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        function: &str,
        arguments: &[Value],
    ) -> Result<Receipt, ChainError> {
        self.machine.call_decoding(&Call { sender, contract, function, arguments })
    }

    /// Evaluates the first expression of `text` in `contract`, with its maps,
    /// variables and private functions in reach and `sender` as `tx-sender`.
    /// What it changes is kept, unless it answers `(err …)` or aborts. No
    /// transaction of a real chain can do this; costs nothing.
    ///
    /// # Errors
    /// Where the virtual machine fails. An expression that does not parse, or
    /// names what is not there, is an aborted receipt.
    pub fn evaluate(
        &mut self,
        sender: &Principal,
        contract: ContractId,
        text: &str,
    ) -> Result<Receipt, ChainError> {
        self.machine.evaluate(sender, contract, text)
    }

    /// Does what a transaction says as `sender`, if its cost fits into `room`,
    /// where there is one; else tells the cost, and leaves no trace. Neither
    /// the fee nor the nonce is touched: [`Chain::include`] does all of it.
    ///
    /// A contract or a public function that is not there, and a contract that
    /// cannot be deployed, are aborted receipts, as any other reason for which
    /// a node takes a fee for nothing.
    ///
    /// # Errors
    /// Where the virtual machine fails, or there is a room and the chain meters
    /// nothing.
    pub fn carry_out(
        &mut self,
        sender: &Principal,
        payload: &Payload,
        room: Option<&Cost>,
    ) -> Result<Result<Receipt, Cost>, ChainError> {
        if room.is_some() {
            self.must_meter()?;
        }
        match payload {
            Payload::ContractCall { contract, function, arguments } => {
                let Some(id) = self.contract(contract) else {
                    let text = format!("NoSuchContract(\"{contract}\")");
                    return Ok(Ok(self.unsent(AbortKind::NoSuchContract, text)));
                };
                if self.signature(id, function).is_none() {
                    let text = format!("NoSuchPublicFunction(\"{contract}\", \"{function}\")");
                    return Ok(Ok(self.unsent(AbortKind::NoSuchFunction, text)));
                }
                self.machine.call(&Call { sender, contract: id, function, arguments }, room)
            }
            Payload::StxTransfer { to, amount, memo } => {
                self.machine.transfer(sender, to, *amount, memo).map(Ok)
            }
            Payload::Deploy { name, source, clarity } => {
                let Principal::Standard(issuer) = *sender else {
                    let text = format!("a contract cannot deploy one: {sender}");
                    return Ok(Ok(self.unsent(AbortKind::Analysis, text)));
                };
                let file = format!("{name}.clar");
                let (file, text, clarity) = (file.as_str(), source.as_str(), *clarity);
                self.machine.deploy_within(&Source { issuer, name, file, text, clarity }, room)
            }
        }
    }

    /// Takes a transaction into the block under construction: in its sender's
    /// turn, against its fee, if its cost fits into `room`.
    ///
    /// # Errors
    /// As [`Chain::carry_out`].
    pub fn include(
        &mut self,
        transaction: &Transaction,
        room: Option<&Cost>,
    ) -> Result<Inclusion, ChainError> {
        let Transaction { sender, nonce, fee, payload } = transaction;
        let purse = self.balance_place(sender);
        let due = self.nonce_at(purse);
        if *nonce != due {
            return Ok(Inclusion::BadNonce(due));
        }
        if !self.pay_fee(purse, *fee)? {
            return Ok(Inclusion::CannotPay);
        }
        match self.carry_out(sender, payload, room)? {
            Ok(receipt) => Ok(Inclusion::Included(receipt)),
            Err(cost) => {
                self.return_fee(purse, *fee)?;
                Ok(Inclusion::NoRoom(cost))
            }
        }
    }

    /// The receipt of what never reached the machine.
    fn unsent(&self, kind: AbortKind, text: String) -> Receipt {
        Receipt {
            status: Status::Aborted(Abort::new(kind, text)),
            events: Vec::new(),
            traffic: Traffic::default(),
            cost: (self.metering() != Metering::Off).then_some(Cost::ZERO),
        }
    }

    fn must_meter(&self) -> Result<(), ChainError> {
        if self.metering() == Metering::Off { Err(ChainError::Unmetered) } else { Ok(()) }
    }

    /// The contract of that principal; `None` where none is deployed.
    #[must_use]
    pub fn contract(&self, of: &ContractPrincipal) -> Option<ContractId> {
        self.machine.contract_named(of)
    }

    /// The contract's own principal.
    #[must_use]
    pub fn principal_of(&self, contract: ContractId) -> Principal {
        Principal::Contract(self.machine.principal_of(contract).clone())
    }

    /// Bytes that the chain charges for when the contract is loaded: its source
    /// and what its constants take.
    #[must_use]
    pub fn charged_size(&self, contract: ContractId) -> u64 {
        self.machine.charged_size(contract)
    }

    /// The shape of a function, `None` where the contract lacks it.
    #[must_use]
    pub fn signature(&self, contract: ContractId, function: &str) -> Option<&Signature> {
        self.machine.signature(contract, function)
    }

    /// All functions that can be called from outside, by name.
    pub fn signatures(&self, contract: ContractId) -> impl Iterator<Item = (&str, &Signature)> {
        self.machine.signatures(contract)
    }

    /// What `who` holds. Fees of the block under construction are already
    /// gone from it, and not yet in the sink.
    ///
    /// # Errors
    /// Where the account holds what no balance looks like.
    pub fn stx_balance(&self, who: &Principal) -> Result<MicroStx, ChainError> {
        self.machine.balance(who)
    }

    /// The place of an account's balance, worked out once and looked at often.
    #[must_use]
    pub fn balance_place(&mut self, who: &Principal) -> BalancePlace {
        self.machine.balance_place(who)
    }

    /// What the account at a place holds.
    ///
    /// # Errors
    /// As [`Chain::stx_balance`].
    pub fn stx_balance_at(&self, place: BalancePlace) -> Result<MicroStx, ChainError> {
        self.machine.balance_at(place)
    }

    /// How often the balance at a place was written: while that stays the same,
    /// so does the balance.
    #[must_use]
    pub fn balance_writes(&self, place: BalancePlace) -> u32 {
        self.machine.balance_writes(place)
    }

    /// How many transactions of the account at a place blocks have taken in,
    /// the one under construction too: the nonce of its next.
    #[must_use]
    pub fn nonce_at(&self, place: BalancePlace) -> u64 {
        u64::from(self.machine.nonce_at(place))
    }

    /// Takes the fee of a transaction from `payer`, and counts the transaction
    /// to the payer's nonce; returns whether the payer had the fee. It reaches
    /// the sink when the block closes.
    ///
    /// # Errors
    /// Where the account holds what no balance looks like.
    pub fn pay_fee(&mut self, payer: BalancePlace, fee: MicroStx) -> Result<bool, ChainError> {
        let Some(rest) = self.stx_balance_at(payer)?.checked_sub(fee) else { return Ok(false) };
        self.machine.set_balance(payer, rest);
        self.fees_pending += fee;
        self.machine.set_nonce(payer, self.machine.nonce_at(payer).saturating_add(1));
        Ok(true)
    }

    /// Gives back the fee of a transaction that found no room in the block
    /// under construction after all, and its nonce.
    ///
    /// # Errors
    /// As [`Chain::pay_fee`].
    pub fn return_fee(&mut self, payer: BalancePlace, fee: MicroStx) -> Result<(), ChainError> {
        let held = self.stx_balance_at(payer)?;
        self.machine.set_balance(payer, held + fee);
        self.fees_pending -= fee;
        self.machine.set_nonce(payer, self.machine.nonce_at(payer).saturating_sub(1));
        Ok(())
    }

    /// Where fees go.
    #[must_use]
    pub const fn fee_sink(&self) -> &Principal {
        &self.fee_sink
    }

    /// Fees of the block under construction, not yet in the sink.
    #[must_use]
    pub const fn fees_pending(&self) -> MicroStx {
        self.fees_pending
    }

    /// All the STX that genesis made.
    #[must_use]
    pub const fn issued(&self) -> MicroStx {
        self.issued
    }

    /// Height of the block under construction.
    #[must_use]
    pub const fn block_height(&self) -> u32 {
        self.machine.height()
    }

    /// Unix time of the block under construction, as contracts will be told it
    /// once it is closed.
    #[must_use]
    pub const fn block_time(&self) -> u64 {
        block_time(self.machine.first_block_time(), self.machine.height())
    }

    /// The version of the chain's rules that the machine follows.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        Epoch::TwoPointFive
    }

    /// Closes the block under construction: its fees reach the sink, and the
    /// next block opens.
    ///
    /// # Errors
    /// Where the sink holds what no balance looks like.
    pub fn advance_block(&mut self) -> Result<(), ChainError> {
        if !self.fees_pending.is_zero() {
            let sink = self.machine.balance_place(&self.fee_sink);
            let held = self.stx_balance_at(sink)?;
            self.machine.set_balance(sink, held + self.fees_pending);
            self.fees_pending = MicroStx::ZERO;
        }
        self.machine.advance();
        Ok(())
    }

    /// The place of `key` in a map of the contract; `None` where the contract
    /// has no such map or the key is of another type.
    #[must_use]
    pub fn map_place(&mut self, contract: ContractId, map: &str, key: &Value) -> Option<MapPlace> {
        self.machine.map_place(contract, map, key)
    }

    /// The place of a data variable of the contract; `None` where it has no
    /// such one.
    #[must_use]
    pub fn variable_place(&mut self, contract: ContractId, name: &str) -> Option<MapPlace> {
        self.machine.variable_place(contract, name)
    }

    /// What the state holds at a place, in its canonical text: equal texts are
    /// equal values.
    #[must_use]
    pub fn raw(&self, place: &MapPlace) -> Option<&str> {
        self.machine.raw(place)
    }

    /// How often something was put at a place: while that stays the same, so
    /// does what is there.
    #[must_use]
    pub fn writes(&self, place: &MapPlace) -> u32 {
        self.machine.writes(place)
    }

    /// The value at a place, read from the state without running any code;
    /// `None` where nothing was ever put there. The machine has put there what
    /// is of the right type, so that is not asked again.
    ///
    /// # Errors
    /// Where what is stored cannot be decoded.
    pub fn entry(&self, place: &MapPlace) -> Result<Option<Value>, ChainError> {
        self.machine.entry(place)
    }

    /// The value under `key` in a map of the contract; `None` where nothing is
    /// there, the contract has no such map or the key is of another type. Who
    /// looks often asks for the place, once.
    ///
    /// # Errors
    /// As [`Chain::entry`].
    pub fn map_entry(
        &self,
        contract: ContractId,
        map: &str,
        key: &Value,
    ) -> Result<Option<Value>, ChainError> {
        self.machine.map_entry(contract, map, key)
    }

    /// The value of a data variable of the contract, read from the state
    /// without running any code; `None` where the contract has no such one.
    ///
    /// # Errors
    /// As [`Chain::entry`].
    pub fn variable(&self, contract: ContractId, name: &str) -> Result<Option<Value>, ChainError> {
        self.machine.variable(contract, name)
    }

    /// Sets how the costs of calls are found; [`Metering::Off`] at genesis.
    /// Metering changes nothing but receipts' costs: not the answers, not the
    /// state. What was learned is kept.
    pub const fn set_metering(&mut self, metering: Metering) {
        self.machine.set_metering(metering);
    }

    /// How the costs of calls are found.
    #[must_use]
    pub const fn metering(&self) -> Metering {
        self.machine.metering()
    }

    /// How the costs of calls were found so far with [`Metering::Learned`].
    #[must_use]
    pub fn metering_report(&self) -> MeteringReport {
        self.machine.metering_report()
    }

    /// Bytes of memory that the state's entries take.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.machine.stored_bytes()
    }

    /// SHA-256 of the whole state of contracts and balances, and of the height:
    /// equal digests mean equal states. Nonces are not part of it.
    #[must_use]
    pub fn state_digest(&self) -> String {
        self.machine.state_digest()
    }

    /// The whole state, by key: for comparisons in tests.
    #[must_use]
    pub fn state(&self) -> Vec<(&str, &str)> {
        self.machine.state()
    }
}
