//! What a traced run writes down: a row a transaction for people, and the trace
//! that does the same calls again. An untraced run has none of it.

use super::prepared::Prepared;
use super::record::TransactionRow;
use super::world::{RunError, World};
use crate::chain::{Principal, Receipt};
use crate::market::{Account, Action, Code, Contract, MarketError, Source};
use crate::trace::{Answer, Call, End, Evaluation, Header, Maker, TraceWriter, TracedContract};
use crate::units::MicroStx;

/// What a traced run has written down so far.
#[derive(Clone, Debug)]
pub(super) struct Tracing {
    pub(super) rows: Vec<TransactionRow>,
    calls: TraceWriter<Vec<u8>>,
}

impl Tracing {
    /// Begins with what the run starts from.
    pub(super) fn begin(
        prepared: &Prepared,
        seed: u64,
        operator: &Principal,
        genesis: Vec<(Principal, MicroStx)>,
    ) -> Result<Self, RunError> {
        let header = Header {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_by: Maker::Run,
            scenario: Some(prepared.scenario.about.name.clone()),
            seed: Some(seed),
            rate_scale: prepared.scenario.contracts.rate_scale.whole() as u64,
            contracts: traced_contracts(&prepared.code, operator)?,
            genesis,
        };
        Ok(Self { rows: Vec::new(), calls: TraceWriter::begin(Vec::new(), &header)? })
    }
}

/// All contracts of `code`, as `issuer` deploys them.
///
/// # Errors
/// Where they refer to each other in a circle.
pub fn traced_contracts(
    code: &Code,
    issuer: &Principal,
) -> Result<Vec<TracedContract>, MarketError> {
    let traced = |source: &Source| TracedContract {
        issuer: issuer.clone(),
        name: source.name.clone(),
        clarity: source.clarity,
        source: source.text.clone(),
    };
    Ok(code.in_order()?.into_iter().map(traced).collect())
}

impl World<'_> {
    /// Adds a call to the trace, where the run is traced.
    pub(super) fn trace_call(
        &mut self,
        sender: Account,
        action: &Action,
        fee: MicroStx,
        receipt: &Receipt,
    ) -> Result<(), RunError> {
        let Some(tracing) = &mut self.tracing else { return Ok(()) };
        let (_, arguments) = self.market.call_of(&self.accounts, action)?;
        let function = action.function();
        tracing.calls.call(&Call {
            height: self.chain.block_height(),
            sender: self.accounts.principal(sender).clone(),
            contract: self.prepared.code.of(function.contract()).name.clone(),
            function: function.name().to_owned(),
            arguments,
            fee,
            receipt: Answer::from(receipt),
        })?;
        Ok(())
    }

    /// Adds an expression to the trace, where the run is traced.
    pub(super) fn trace_evaluation(
        &mut self,
        sender: &Principal,
        contract: Contract,
        expression: &str,
        receipt: &Receipt,
    ) -> Result<(), RunError> {
        let Some(tracing) = &mut self.tracing else { return Ok(()) };
        tracing.calls.evaluation(&Evaluation {
            height: self.chain.block_height(),
            sender: sender.clone(),
            contract: self.prepared.code.of(contract).name.clone(),
            expression: expression.to_owned(),
            receipt: Answer::from(receipt),
        })?;
        Ok(())
    }

    /// Ends the trace as the chain stands and hands its text over; none of an
    /// untraced run. `finding` says why it is kept.
    pub(super) fn take_trace(&mut self, finding: Option<String>) -> Option<Vec<u8>> {
        let tracing = self.tracing.take()?;
        let end = End {
            height: self.chain.block_height(),
            state_sha256: self.chain.state_digest(),
            finding,
        };
        // Writing to memory cannot fail.
        tracing.calls.end(&end).ok()
    }
}
