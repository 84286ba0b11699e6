//! What a traced run writes down: a row a transaction for people, and the trace
//! that does the same calls again. An untraced run has none of it.

use super::error::RunError;
use super::prepared::Prepared;
use super::record::TransactionRow;
use crate::chain::Principal;
use crate::market::{Code, MarketError, Source};
use crate::trace::{Call, End, Evaluation, Header, Maker, TraceWriter, TracedContract};
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
        let contracts = traced_contracts(&prepared.code, operator)?;
        let header = Header {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_by: Maker::Run,
            scenario: Some(prepared.scenario.about.name.clone()),
            seed: Some(seed),
            rate_scale: prepared.scenario.contracts.rate_scale.whole() as u64,
            first_block_time: Header::time_to_tell(&contracts, prepared.first_block_time()),
            contracts,
            genesis,
        };
        Ok(Self { rows: Vec::new(), calls: TraceWriter::begin(Vec::new(), &header)? })
    }

    /// Adds a call.
    pub(super) fn call(&mut self, call: &Call) -> Result<(), RunError> {
        Ok(self.calls.call(call)?)
    }

    /// Adds an expression that was evaluated at genesis.
    pub(super) fn evaluation(&mut self, evaluation: &Evaluation) -> Result<(), RunError> {
        Ok(self.calls.evaluation(evaluation)?)
    }

    /// Ends the trace with the chain at this height, in this state, and hands its
    /// text over. `finding` says why it is kept.
    pub(super) fn end(
        self,
        height: u32,
        state_sha256: String,
        finding: Option<String>,
    ) -> Option<Vec<u8>> {
        // Writing to memory cannot fail.
        self.calls.end(&End { height, state_sha256, finding }).ok()
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
