//! The lines of an export, cut into cells. What they mean is not known here.

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::energy::error::EnergyError;
use crate::energy::table::refuse_overlong;

/// Lines that are looked at for the separator and for what columns hold.
pub(super) const LOOKED_AT: usize = 200;

/// The lines of an export, cut into cells.
pub(super) struct Lines<'t> {
    file: &'t str,
    pub(super) delimiter: u8,
    pub(super) lines: Vec<Line>,
}

/// One of them.
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    pub(super) cells: StringRecord,
}

impl Line {
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default()
    }
}

impl<'t> Lines<'t> {
    pub(super) fn read(file: &'t str, text: &str) -> Result<Self, EnergyError> {
        let delimiter = delimiter(text);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .trim(Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut lines = Vec::new();
        let (mut number, mut counted) = (1, 0);
        let mut cells = StringRecord::new();
        while reader.read_record(&mut cells).map_err(|fault| EnergyError::Table {
            file: file.to_owned(),
            fault: format!("cannot be read as CSV: {fault}"),
        })? {
            let begins = cells.position().map_or(0, |position| position.byte());
            let begins = usize::try_from(begins).unwrap_or(usize::MAX).min(text.len());
            number += text.as_bytes()[counted..begins].iter().filter(|&&b| b == b'\n').count();
            counted = begins;
            // Empty lines before it are skipped by the reader without a word.
            let empty = text.as_bytes()[begins..]
                .iter()
                .take_while(|byte| matches!(byte, b'\n' | b'\r'))
                .filter(|&&byte| byte == b'\n')
                .count();
            let line = Line { number: (number + empty) as u64, cells: std::mem::take(&mut cells) };
            refuse_overlong(file, line.number, &line.cells)?;
            lines.push(line);
        }
        Ok(Self { file, delimiter, lines })
    }

    pub(super) fn fault(&self, fault: impl Into<String>) -> EnergyError {
        EnergyError::Table { file: self.file.to_owned(), fault: fault.into() }
    }

    pub(super) fn cell_fault(
        &self,
        line: &Line,
        name: String,
        column: usize,
        expected: String,
    ) -> EnergyError {
        EnergyError::Cell {
            file: self.file.to_owned(),
            line: line.number,
            column: name,
            value: line.cell(column).to_owned(),
            expected,
        }
    }
}

/// What separates the cells: semicolons or tabs where most lines have one.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.trim().is_empty()).take(LOOKED_AT).collect();
    let most =
        |sign: char| 2 * lines.iter().filter(|line| line.contains(sign)).count() > lines.len();
    if most(';') {
        b';'
    } else if most('\t') {
        b'\t'
    } else {
        b','
    }
}
