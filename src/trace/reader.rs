//! Reading a trace line by line. Whatever the bytes, an error names the file,
//! the line and what would be right; a line that never ends is not read to its
//! end.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Read as _};

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::json::{CallLine, ContractLine, EndLine, EvaluationLine, HeaderLine};
use super::{Call, End, Evaluation, FORMAT, Header, Step, TracedContract};
use crate::chain::{Clarity, Principal, contract_principal, parse_principal, parse_value, sha256};
use crate::units::MicroStx;

/// Bytes that a line may have: a header with two contracts of the greatest
/// size that the chain takes, and tens of thousands of accounts, is a tenth.
const MOST_LINE_BYTES: u64 = 32 << 20;

/// Blocks that a trace may last: 19 years of tenures.
const MOST_BLOCKS: u32 = 1_000_000;

/// What tells an expression's line from a call's: within a text, quotes would
/// stand behind backslashes, so that this can only be the key.
const EVALUATE: &[u8] = b"\"evaluate\":";

/// Why a trace cannot be read.
#[derive(Debug, Error)]
pub enum TraceError {
    /// The file does not give its bytes.
    #[error("{file}: cannot be read: {source}")]
    Read {
        /// The file.
        file: String,
        /// Why not.
        source: io::Error,
    },
    /// A line is not as a trace has it.
    #[error("{file}:{line}: {fault}")]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it, and what would be right.
        fault: String,
    },
}

/// A trace that is being read.
#[derive(Debug)]
pub struct TraceReader<R> {
    text: R,
    file: String,
    line: u64,
    header: Header,
    names: BTreeSet<String>,
    steps: u64,
    height: u32,
    end: Option<End>,
}

impl<R: BufRead> TraceReader<R> {
    /// Reads the header; `file` is what messages call the trace.
    ///
    /// # Errors
    /// Where the first line is no header of a trace of this format.
    pub fn open(file: &str, text: R) -> Result<Self, TraceError> {
        let nothing = Header {
            version: String::new(),
            made_by: super::Maker::Check,
            scenario: None,
            seed: None,
            rate_scale: 0,
            contracts: Vec::new(),
            genesis: Vec::new(),
            first_block_time: None,
        };
        let mut reader = Self {
            text,
            file: file.to_owned(),
            line: 0,
            header: nothing,
            names: BTreeSet::new(),
            steps: 0,
            height: 1,
            end: None,
        };
        let bytes = reader.next_line()?.ok_or_else(|| {
            reader.fault("the file is empty; a trace begins with a header, {\"trace\":1,…}")
        })?;
        reader.header = header(&bytes).map_err(|fault| reader.fault(fault))?;
        reader.names = reader.header.contracts.iter().map(|c| c.name.clone()).collect();
        Ok(reader)
    }

    /// What the trace starts from.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Steps read so far.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    /// The next step; none where the trace ends.
    ///
    /// # Errors
    /// Where the line is neither a step nor the end, or the file stops short.
    pub fn next_step(&mut self) -> Result<Option<Step>, TraceError> {
        if self.end.is_some() {
            return Ok(None);
        }
        let Some(bytes) = self.next_line()? else {
            let calls = self.steps;
            return Err(self.fault(format_args!(
                "the trace stops after {calls} calls without its end, {{\"end\":true,…}}; it \
                 was cut short"
            )));
        };
        // A call holds no value `true` and an end no word "receipt", so the
        // first key tells which a line is meant to be.
        let is_end = bytes.trim_ascii_start().starts_with(b"{\"end\"");
        if is_end {
            let end = self.read_end(&bytes).map_err(|fault| self.fault(fault))?;
            if self.next_line()?.is_some() {
                return Err(self.fault("nothing may follow the end of a trace"));
            }
            self.end = Some(end);
            return Ok(None);
        }
        let step = if bytes.windows(EVALUATE.len()).any(|key| key == EVALUATE) {
            self.read_evaluation(&bytes).map(Step::Evaluation)
        } else {
            self.read_call(&bytes).map(Step::Call)
        };
        let step = step.map_err(|fault| self.fault(fault))?;
        self.steps += 1;
        self.height = step.height();
        Ok(Some(step))
    }

    /// Reads what is left, and gives the header and the end.
    ///
    /// # Errors
    /// As [`TraceReader::next_step`].
    pub fn finish(mut self) -> Result<(Header, End), TraceError> {
        loop {
            if let Some(end) = self.end {
                return Ok((self.header, end));
            }
            self.next_step()?;
        }
    }

    fn read_call(&self, bytes: &[u8]) -> Result<Call, String> {
        let line: CallLine = json(bytes, "a call, {\"n\":1,…}, or the end")?;
        self.check_place(line.n, line.height, &line.contract)?;
        let arguments = line.arguments.iter().map(|text| {
            parse_value(text).ok_or_else(|| {
                format!("arguments: {} is no value of Clarity, like u5 or 'ST…", quoted(text))
            })
        });
        Ok(Call {
            height: line.height,
            sender: principal("sender", &line.sender)?,
            arguments: arguments.collect::<Result<_, _>>()?,
            contract: line.contract,
            function: line.function,
            fee: amount("fee", &line.fee)?,
            receipt: line.receipt,
        })
    }

    fn read_evaluation(&self, bytes: &[u8]) -> Result<Evaluation, String> {
        let line: EvaluationLine = json(bytes, "an expression, {\"n\":1,…,\"evaluate\":{…},…}")?;
        self.check_place(line.n, line.height, &line.evaluate.contract)?;
        Ok(Evaluation {
            height: line.height,
            sender: principal("sender", &line.sender)?,
            contract: line.evaluate.contract,
            expression: line.evaluate.expression,
            receipt: line.receipt,
        })
    }

    /// Whether a step with that number and height, on that contract, may stand
    /// here.
    fn check_place(&self, n: u64, height: u32, contract: &str) -> Result<(), String> {
        let due = self.steps + 1;
        if n != due {
            return Err(format!("call {n} stands where {due} is due"));
        }
        check_height(height, self.height)?;
        if !self.names.contains(contract) {
            let names: Vec<_> = self.names.iter().map(String::as_str).collect();
            let (contract, names) = (quoted(contract), names.join(", "));
            return Err(format!("contract: the header has no {contract}, but {names}"));
        }
        Ok(())
    }

    fn read_end(&self, bytes: &[u8]) -> Result<End, String> {
        let line: EndLine = json(bytes, "the end, {\"end\":true,…}")?;
        if !line.end {
            return Err("end: must be true".to_owned());
        }
        if line.calls != self.steps {
            return Err(format!(
                "calls: the end tells of {}, but {} stand here",
                line.calls, self.steps
            ));
        }
        check_height(line.height, self.height)?;
        Ok(End { height: line.height, state_sha256: line.state_sha256, finding: line.finding })
    }

    /// The bytes of the next line; none where the file ends.
    fn next_line(&mut self) -> Result<Option<Vec<u8>>, TraceError> {
        let mut bytes = Vec::new();
        let mut limited = (&mut self.text).take(MOST_LINE_BYTES);
        let length = limited
            .read_until(b'\n', &mut bytes)
            .map_err(|source| TraceError::Read { file: self.file.clone(), source })?;
        if length == 0 {
            return Ok(None);
        }
        self.line += 1;
        if length as u64 == MOST_LINE_BYTES {
            return Err(self.fault(format_args!(
                "the line is longer than {MOST_LINE_BYTES} bytes, which no trace has"
            )));
        }
        Ok(Some(bytes))
    }

    fn fault(&self, fault: impl std::fmt::Display) -> TraceError {
        let line = self.line.max(1);
        TraceError::Line { file: self.file.clone(), line, fault: fault.to_string() }
    }
}

fn header(bytes: &[u8]) -> Result<Header, String> {
    let line: HeaderLine = json(bytes, "the header of a trace, {\"trace\":1,…}")?;
    if line.trace != FORMAT {
        return Err(format!("trace: format {} is not known, {FORMAT} is", line.trace));
    }
    let contracts: Vec<TracedContract> =
        line.contracts.into_iter().map(contract).collect::<Result<_, _>>()?;
    let names: BTreeSet<&str> = contracts.iter().map(|contract| contract.name.as_str()).collect();
    if names.len() < contracts.len() {
        return Err("contracts: two have the same name".to_owned());
    }
    let mut genesis = Vec::with_capacity(line.genesis.len());
    let mut issued = MicroStx::ZERO;
    for (who, held) in line.genesis {
        let held = amount("genesis", &held)?;
        issued = issued.checked_add(held).ok_or_else(|| {
            format!(
                "genesis: all balances together must fit into a uint, at most {}",
                MicroStx::MAX
            )
        })?;
        genesis.push((principal("genesis", &who)?, held));
    }
    Ok(Header {
        version: line.version,
        made_by: line.made_by,
        scenario: line.scenario,
        seed: line.seed,
        rate_scale: line.rate_scale,
        contracts,
        genesis,
        first_block_time: line.first_block_time,
    })
}

fn contract(line: ContractLine) -> Result<TracedContract, String> {
    let ContractLine { name, principal: written, clarity_version, sha256: told, source } = line;
    let clarity = Clarity::numbered(i64::from(clarity_version)).ok_or_else(|| {
        format!(
            "contracts: {} is in version {clarity_version} of Clarity, which must be 1 or 2",
            quoted(&name)
        )
    })?;
    let found = sha256(&source);
    if found != told {
        return Err(format!(
            "contracts: the source of {} has the sha256 {found}, not the {} beside it",
            quoted(&name),
            quoted(&told)
        ));
    }
    let issuer = written.strip_suffix(&format!(".{name}")).and_then(parse_principal);
    let issuer = issuer.filter(|issuer| contract_principal(issuer, &name).is_some());
    let issuer = issuer.ok_or_else(|| {
        format!("contracts: the principal {} is not ST….{name}", quoted(&written))
    })?;
    Ok(TracedContract { issuer, name, clarity, source })
}

fn check_height(height: u32, last: u32) -> Result<(), String> {
    if height < last || height > MOST_BLOCKS {
        return Err(format!(
            "height: {height} is not from {last}, that of the line before, to {MOST_BLOCKS}"
        ));
    }
    Ok(())
}

fn json<T: DeserializeOwned>(bytes: &[u8], due: &str) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|error| {
        // The line that serde counts is always the first.
        let error = error.to_string();
        let what = error.split(" at line ").next().unwrap_or_default();
        format!("this is not {due}: {what}, at column {}", error.rsplit(' ').next().unwrap_or("1"))
    })
}

fn principal(key: &str, text: &str) -> Result<Principal, String> {
    parse_principal(text)
        .ok_or_else(|| format!("{key}: {} is no address like ST… or ST….name", quoted(text)))
}

fn amount(key: &str, text: &str) -> Result<MicroStx, String> {
    text.parse().map(MicroStx::new).map_err(|_| {
        format!("{key}: {} is no whole number of microSTX, like \"1000000\"", quoted(text))
    })
}

/// A text from a file as a message shows it: not whole where it is long.
fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    format!("{shown:?}")
}
