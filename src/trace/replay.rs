//! Doing a trace's calls again, on a fresh chain, and holding what comes of
//! each against what the trace says.

use std::collections::BTreeMap;
use std::io::BufRead;

use thiserror::Error;

use super::{Answer, Call, End, Ending, Evaluation, Header, Step, TraceError, TraceReader};
use crate::chain::{Chain, ChainError, ContractId, DEFAULT_FIRST_BLOCK_TIME, DeployError};

/// Why a trace cannot be done again.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// The trace cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A contract of the trace does not deploy.
    #[error(transparent)]
    Deploy(#[from] DeployError),
    /// The virtual machine failed.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

/// A chain on which the calls of a trace are done again.
#[derive(Clone, Debug)]
pub struct Replay {
    chain: Chain,
    contracts: BTreeMap<String, ContractId>,
}

impl Replay {
    /// The chain that a trace starts from: its accounts and its contracts.
    ///
    /// # Errors
    /// Where a contract does not deploy.
    pub fn new(header: &Header) -> Result<Self, ReplayError> {
        let time = header.first_block_time.unwrap_or(DEFAULT_FIRST_BLOCK_TIME);
        let mut chain = Chain::genesis_at(&header.genesis, time)?;
        let mut contracts = BTreeMap::new();
        for contract in &header.contracts {
            let file = format!("{}.clar", contract.name);
            let id = chain.deploy_as(
                &contract.issuer,
                &contract.name,
                &file,
                &contract.source,
                contract.clarity,
            )?;
            contracts.insert(contract.name.clone(), id);
        }
        Ok(Self { chain, contracts })
    }

    /// Does one step: blocks close until its own is under construction, and
    /// what is to be done is done.
    ///
    /// # Errors
    /// Where the virtual machine fails.
    pub fn perform(&mut self, step: &Step) -> Result<Answer, ReplayError> {
        match step {
            Step::Call(call) => self.call(call),
            Step::Evaluation(evaluation) => self.evaluate(evaluation),
        }
    }

    /// Evaluates an expression inside of its contract.
    ///
    /// # Errors
    /// Where the virtual machine fails.
    pub fn evaluate(&mut self, evaluation: &Evaluation) -> Result<Answer, ReplayError> {
        self.advance_to(evaluation.height)?;
        let Some(contract) = self.contracts.get(&evaluation.contract) else {
            return Ok(aborted(format!("there is no contract {}", evaluation.contract)));
        };
        let Evaluation { sender, expression, .. } = evaluation;
        Ok(Answer::from(&self.chain.evaluate(sender, *contract, expression)?))
    }

    /// Does one call: its sender pays the fee, the contract answers. What cannot be sent, for
    /// want of the fee or of the function, is an aborted call.
    ///
    /// # Errors
    /// Where the virtual machine fails.
    pub fn call(&mut self, call: &Call) -> Result<Answer, ReplayError> {
        self.advance_to(call.height)?;
        if !call.fee.is_zero() {
            let purse = self.chain.balance_place(&call.sender);
            if !self.chain.pay_fee(purse, call.fee)? {
                return Ok(aborted(format!("the sender cannot pay the fee of {}", call.fee)));
            }
        }
        let Some(contract) = self.contracts.get(&call.contract) else {
            return Ok(aborted(format!("there is no contract {}", call.contract)));
        };
        match self.chain.call(&call.sender, *contract, &call.function, &call.arguments) {
            Ok(receipt) => Ok(Answer::from(&receipt)),
            Err(error @ ChainError::NoFunction { .. }) => Ok(aborted(error.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// Closes blocks until the one of that height is under construction.
    ///
    /// # Errors
    /// Where the chain's state cannot be read.
    pub fn advance_to(&mut self, height: u32) -> Result<(), ReplayError> {
        while self.chain.block_height() < height {
            self.chain.advance_block()?;
        }
        Ok(())
    }

    /// The chain as it stands, to look at.
    #[must_use]
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }
}

/// What could not be sent.
const fn aborted(result: String) -> Answer {
    Answer { status: Ending::Aborted, result, events: Vec::new() }
}

/// A step that ended otherwise than the trace says.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The step's number, from 1.
    pub number: u64,
    /// The step, with what the trace says came of it.
    pub step: Step,
    /// What came of it now.
    pub found: Answer,
}

/// What came of doing a trace again.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// Steps done.
    pub steps: u64,
    /// Steps among them that ended otherwise.
    pub different: u64,
    /// The first of those.
    pub first: Option<Difference>,
    /// Whether the contracts were the trace's own: its final state is theirs.
    pub own_contracts: bool,
    /// The end as the trace has it.
    pub end: End,
    /// SHA-256 of the state now.
    pub state_sha256: String,
}

impl Replayed {
    /// Whether every receipt is the same and, where the contracts are, the
    /// final state.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.different == 0 && (!self.own_contracts || self.has_same_state())
    }

    /// Whether the final state is the same; of other contracts it never is,
    /// since it holds their texts.
    #[must_use]
    pub fn has_same_state(&self) -> bool {
        self.state_sha256 == self.end.state_sha256
    }
}

/// Does all steps of a trace again, as they are read. `seen` is told of every
/// step: its number, the step, and what came of it now. The contracts are the
/// trace's own, or, by name, those of `instead`.
///
/// # Errors
/// Where the trace cannot be read, a contract does not deploy, or the virtual
/// machine fails. A step that ends otherwise is a finding.
pub fn replay<R: BufRead>(
    mut trace: TraceReader<R>,
    instead: &BTreeMap<String, String>,
    mut seen: impl FnMut(u64, &Step, &Answer),
) -> Result<Replayed, ReplayError> {
    let mut header = trace.header().clone();
    for contract in &mut header.contracts {
        if let Some(source) = instead.get(&contract.name) {
            contract.source.clone_from(source);
        }
    }
    let own_contracts = header == *trace.header();
    let mut again = Replay::new(&header)?;
    let (mut different, mut first) = (0, None);
    while let Some(step) = trace.next_step()? {
        let number = trace.steps();
        let found = again.perform(&step)?;
        seen(number, &step, &found);
        if found != *step.receipt() {
            different += 1;
            if first.is_none() {
                first = Some(Difference { number, step, found });
            }
        }
    }
    let steps = trace.steps();
    let (_, end) = trace.finish()?;
    again.advance_to(end.height)?;
    let state_sha256 = again.chain.state_digest();
    Ok(Replayed { steps, different, first, own_contracts, end, state_sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::{Clarity, account, uint};
    use crate::trace::{Maker, Trace, TraceWriter, TracedContract, TracedEvent};
    use crate::units::MicroStx;

    const COUNTER: &str = "(define-data-var sum uint u0)
        (define-public (add (amount uint))
          (begin
            (asserts! (> amount u0) (err u1))
            (try! (stx-transfer? amount tx-sender (as-contract tx-sender)))
            (print {sum: (var-get sum), height: block-height})
            (ok (var-set sum (+ (var-get sum) amount)))))
        (define-public (lose (amount uint)) (ok (- u1 amount)))";

    /// A trace of four calls that end in all ways there are.
    fn recorded() -> Trace {
        let someone = account("someone");
        let header = Header {
            version: "0.1.0".to_owned(),
            made_by: Maker::Check,
            scenario: None,
            seed: Some(7),
            rate_scale: 10_000,
            contracts: vec![TracedContract {
                issuer: account("issuer"),
                name: "counter".to_owned(),
                clarity: Clarity::Two,
                source: COUNTER.to_owned(),
            }],
            genesis: vec![(someone.clone(), MicroStx::new(1_000))],
            first_block_time: None,
        };
        let mut chain = Replay::new(&header).expect("deploys");
        let mut steps = Vec::new();
        for (height, function, amount) in
            [(1, "add", 5), (3, "add", 0), (3, "lose", 2), (9, "add", 7)]
        {
            let mut call = Call {
                height,
                sender: someone.clone(),
                contract: "counter".to_owned(),
                function: function.to_owned(),
                arguments: vec![uint(amount)],
                fee: MicroStx::new(10),
                receipt: Answer {
                    status: Ending::Aborted,
                    result: String::new(),
                    events: Vec::new(),
                },
            };
            call.receipt = chain.call(&call).expect("performed");
            steps.push(Step::Call(call));
        }
        chain.advance_to(12).expect("advances");
        let end = End { height: 12, state_sha256: chain.chain().state_digest(), finding: None };
        Trace { header, steps, end }
    }

    fn again(text: &[u8], instead: &BTreeMap<String, String>) -> Replayed {
        let reader = TraceReader::open("trace.jsonl", text).expect("a header");
        replay(reader, instead, |_, _, _| {}).expect("replays")
    }

    #[test]
    fn what_was_written_is_read_and_comes_to_the_same() {
        let trace = recorded();
        let endings: Vec<_> = trace.calls().map(|call| call.receipt.result.as_str()).collect();
        assert_eq!(endings, ["(ok true)", "(err u1)", "ArithmeticUnderflow", "(ok true)"]);
        assert_eq!(trace.steps[3].receipt().events.len(), 2);
        let text = trace.write(Vec::new()).expect("memory");
        assert_eq!(Trace::read("trace.jsonl", text.as_slice()).expect("reads"), trace);
        let replayed = again(&text, &BTreeMap::new());
        assert!(replayed.is_same(), "{replayed:?}");
        assert_eq!(replayed.steps, 4);
    }

    #[test]
    fn an_expression_is_evaluated_again_inside_of_its_contract() {
        let mut trace = recorded();
        let issuer = account("issuer");
        let mut chain = Replay::new(&trace.header).expect("deploys");
        let mut seeds: Vec<Step> = Vec::new();
        for expression in ["(var-set sum u40)", "(var-get sum)", "(err u3)", "(var-get lost)"] {
            let mut seed = Evaluation {
                height: 1,
                sender: issuer.clone(),
                contract: "counter".to_owned(),
                expression: expression.to_owned(),
                receipt: aborted(String::new()),
            };
            seed.receipt = chain.evaluate(&seed).expect("evaluated");
            seeds.push(Step::Evaluation(seed));
        }
        let told: Vec<_> = seeds.iter().map(|step| step.receipt().result.as_str()).collect();
        assert_eq!(told[..3], ["(ok true)", "(ok u40)", "(err u3)"]);
        assert_eq!(seeds[3].receipt().status, Ending::Aborted);
        let Step::Call(mut call) = trace.steps[0].clone() else { panic!("a call") };
        call.receipt = chain.call(&call).expect("performed");
        assert!(call.receipt.events.iter().any(
            |event| matches!(event, TracedEvent::Print { value, .. } if value.contains("u40"))
        ));
        seeds.push(Step::Call(call));
        trace.steps = seeds;
        trace.end.height = 1;
        trace.end.state_sha256 = chain.chain().state_digest();
        let text = trace.write(Vec::new()).expect("memory");
        assert_eq!(Trace::read("trace.jsonl", text.as_slice()).expect("reads"), trace);
        assert!(again(&text, &BTreeMap::new()).is_same());

        let text = String::from_utf8(text).expect("text");
        let other = text.replacen("(var-set sum u40)", "(var-set sum u41)", 1);
        let replayed = again(other.as_bytes(), &BTreeMap::new());
        assert_eq!(replayed.first.expect("a difference").number, 2);
        for (from, to, due) in [
            (
                "\"evaluate\":{\"contract\":\"counter\"",
                "\"evaluate\":{\"contract\":\"lost\"",
                "has no \"lost\"",
            ),
            ("\"evaluate\":{\"contract\"", "\"evaluate\":{\"fee\"", "unknown field `fee`"),
            ("{\"n\":1,", "{\"n\":3,", "call 3 stands where 1 is due"),
        ] {
            let broken = text.replacen(from, to, 1);
            let fault = Trace::read("t.jsonl", broken.as_bytes()).expect_err(to).to_string();
            assert!(fault.starts_with("t.jsonl:2: ") && fault.contains(due), "{fault}");
        }
    }

    #[test]
    fn another_contract_or_another_end_is_seen() {
        let mut trace = recorded();
        let text = trace.write(Vec::new()).expect("memory");
        let other = COUNTER.replace("(err u1)", "(err u2)");
        let replayed = again(&text, &BTreeMap::from([("counter".to_owned(), other)]));
        assert!(!replayed.is_same());
        assert_eq!(replayed.different, 1);
        let first = replayed.first.expect("a difference");
        assert_eq!((first.number, first.found.result.as_str()), (2, "(err u2)"));

        trace.end.height = 13;
        let text = trace.write(Vec::new()).expect("memory");
        let replayed = again(&text, &BTreeMap::new());
        assert_eq!(replayed.different, 0);
        assert!(!replayed.is_same(), "one block more is another state");
    }

    #[test]
    fn a_broken_line_is_named_with_what_would_be_right() {
        let text = recorded().write(Vec::new()).expect("memory");
        let text = String::from_utf8(text).expect("text");
        let fault = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            let broken = text.replacen(from, to, 1);
            Trace::read("t.jsonl", broken.as_bytes()).expect_err(to).to_string()
        };
        assert_eq!(fault("\"n\":2", "\"n\":7"), "t.jsonl:3: call 7 stands where 2 is due");
        assert_eq!(
            fault("[\"u5\"]", "[\"five\"]"),
            "t.jsonl:2: arguments: \"five\" is no value of Clarity, like u5 or 'ST…"
        );
        assert_eq!(
            fault("\"fee\":\"10\"", "\"fee\":\"-1\""),
            "t.jsonl:2: fee: \"-1\" is no whole number of microSTX, like \"1000000\""
        );
        assert_eq!(
            fault("\"height\":9", "\"height\":2"),
            "t.jsonl:5: height: 2 is not from 3, that of the line before, to 1000000"
        );
        assert_eq!(
            fault("{\"trace\":1", "{\"trace\":2"),
            "t.jsonl:1: trace: format 2 is not known, 1 is"
        );
        assert_eq!(
            fault("\"calls\":4", "\"calls\":5"),
            "t.jsonl:6: calls: the end tells of 5, but 4 stand here"
        );
        assert_eq!(
            fault("{\"n\":4", "{\"m\":4"),
            "t.jsonl:5: this is not a call, {\"n\":1,…}, or the end: unknown field `m`, expected \
             one of `n`, `height`, `sender`, `contract`, `function`, `arguments`, `fee`, \
             `receipt`, at column 4"
        );
        assert!(fault("(err u1)", "(err u9)").contains("sha256"), "the source was changed");
        let cut = &text[..text.len() / 2];
        assert!(Trace::read("t.jsonl", cut.as_bytes()).is_err());
        let (without_end, _) = text.split_at(text.rfind("{\"end\"").expect("an end"));
        let fault = Trace::read("t.jsonl", without_end.as_bytes()).expect_err("cut").to_string();
        assert!(fault.contains("t.jsonl:5: the trace stops after 4 calls"), "{fault}");
    }

    #[test]
    fn a_trace_of_no_calls_is_one() {
        let Trace { header, .. } = recorded();
        let writer = TraceWriter::begin(Vec::new(), &header).expect("memory");
        let chain = Replay::new(&header).expect("deploys");
        let state_sha256 = chain.chain().state_digest();
        let end = End { height: 1, state_sha256, finding: Some("nothing".to_owned()) };
        let text = writer.end(&end).expect("memory");
        let replayed = again(&text, &BTreeMap::new());
        assert!(replayed.is_same());
        assert_eq!(replayed.end.finding.as_deref(), Some("nothing"));
    }
}
