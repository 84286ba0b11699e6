//! A short sequence as a trace: what the contracts made of each call, for
//! anyone to do again without the twin.

use super::sequence::Step;
use super::stage::Stage;
use crate::chain::ChainError;
use crate::market::{Clarity, Code, Contract};
use crate::trace::{Answer, Call, End, Header, Maker, Step as Done, Trace, TracedContract};
use crate::units::MicroStx;

/// Rates of the contracts are basis points.
const RATE_SCALE: u64 = 10_000;

/// The trace of `steps` on `code`, with what they show.
pub(super) fn trace(
    stage: &Stage,
    code: &Code,
    seed: u64,
    steps: &[Step],
    finding: &str,
) -> Result<Trace, ChainError> {
    let issuer = stage.accounts.principal(stage.cast.operator).clone();
    let contract = |name: &str, source: &str| TracedContract {
        issuer: issuer.clone(),
        name: name.to_owned(),
        clarity: Clarity::Two,
        source: source.to_owned(),
    };
    let mut contracts: Vec<_> = [Contract::WattConnect, Contract::EnergyProduction]
        .iter()
        .map(|one| contract(one.name(), &code.of(*one).text))
        .collect();
    contracts.extend(stage.relays().map(|name| contract(name, &stage.relay_text)));
    let header = Header {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_by: Maker::Fuzz,
        scenario: None,
        seed: Some(seed),
        rate_scale: RATE_SCALE,
        contracts,
        genesis: stage.genesis.clone(),
        first_block_time: None,
    };
    let mut chain = stage.chain.clone();
    let mut done = Vec::new();
    for step in steps {
        for _ in 0..step.blocks {
            chain.advance_block()?;
        }
        let Some((id, function, arguments)) = stage.on_chain(&step.call) else { continue };
        let sender = stage.accounts.principal(step.call.sender).clone();
        let receipt = chain.call(&sender, id, function, &arguments)?;
        done.push(Done::Call(Call {
            height: chain.block_height(),
            sender,
            contract: name_of(&chain.principal_of(id).to_string()),
            function: function.to_owned(),
            arguments,
            fee: MicroStx::ZERO,
            receipt: Answer::from(&receipt),
        }));
    }
    let end = End {
        height: chain.block_height(),
        state_sha256: chain.state_digest(),
        finding: Some(finding.to_owned()),
    };
    Ok(Trace { header, steps: done, end })
}

/// The name of a contract below that of its issuer.
fn name_of(principal: &str) -> String {
    principal.split_once('.').map_or(principal, |(_, name)| name).to_owned()
}
