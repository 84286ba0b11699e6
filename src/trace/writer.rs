//! Writing a trace line by line, to wherever it shall go.

use std::io::{self, Write};

use serde::Serialize;

use super::json::{CallLine, ContractLine, EndLine, Evaluated, EvaluationLine, HeaderLine};
use super::{Call, End, Evaluation, FORMAT, Header, Step};
use crate::chain::{sha256, value_text};

/// A trace in the making.
#[derive(Clone, Debug)]
pub struct TraceWriter<W: Write> {
    out: W,
    steps: u64,
}

impl<W: Write> TraceWriter<W> {
    /// Begins a trace with its header.
    ///
    /// # Errors
    /// Where `out` fails.
    pub fn begin(out: W, header: &Header) -> io::Result<Self> {
        let line = HeaderLine {
            trace: FORMAT,
            version: header.version.clone(),
            made_by: header.made_by,
            scenario: header.scenario.clone(),
            seed: header.seed,
            rate_scale: header.rate_scale,
            contracts: header
                .contracts
                .iter()
                .map(|contract| ContractLine {
                    name: contract.name.clone(),
                    principal: format!("{}.{}", contract.issuer, contract.name),
                    clarity_version: contract.clarity.number(),
                    sha256: sha256(&contract.source),
                    source: contract.source.clone(),
                })
                .collect(),
            genesis: header
                .genesis
                .iter()
                .map(|(who, amount)| (who.to_string(), amount.to_string()))
                .collect(),
            first_block_time: header.first_block_time,
        };
        let mut writer = Self { out, steps: 0 };
        writer.line(&line)?;
        Ok(writer)
    }

    /// Adds a step; steps are numbered from 1.
    ///
    /// # Errors
    /// Where the output fails.
    pub fn step(&mut self, step: &Step) -> io::Result<()> {
        match step {
            Step::Call(call) => self.call(call),
            Step::Evaluation(evaluation) => self.evaluation(evaluation),
        }
    }

    /// Adds a call.
    ///
    /// # Errors
    /// Where the output fails.
    pub fn call(&mut self, call: &Call) -> io::Result<()> {
        self.steps += 1;
        self.line(&CallLine {
            n: self.steps,
            height: call.height,
            sender: call.sender.to_string(),
            contract: call.contract.clone(),
            function: call.function.clone(),
            arguments: call.arguments.iter().map(value_text).collect(),
            fee: call.fee.to_string(),
            receipt: call.receipt.clone(),
        })
    }

    /// Adds an evaluated expression.
    ///
    /// # Errors
    /// Where the output fails.
    pub fn evaluation(&mut self, evaluation: &Evaluation) -> io::Result<()> {
        self.steps += 1;
        self.line(&EvaluationLine {
            n: self.steps,
            height: evaluation.height,
            sender: evaluation.sender.to_string(),
            evaluate: Evaluated {
                contract: evaluation.contract.clone(),
                expression: evaluation.expression.clone(),
            },
            receipt: evaluation.receipt.clone(),
        })
    }

    /// Ends the trace and gives the output back, flushed.
    ///
    /// # Errors
    /// Where the output fails.
    pub fn end(mut self, end: &End) -> io::Result<W> {
        self.line(&EndLine {
            end: true,
            calls: self.steps,
            height: end.height,
            state_sha256: end.state_sha256.clone(),
            finding: end.finding.clone(),
        })?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, line)?;
        self.out.write_all(b"\n")
    }
}
