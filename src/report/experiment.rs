//! What the results of all experiments of many runs have in common: how their
//! runs began, and rows of text in CSV.

use std::io::{self, Write};

use serde_json::Value;

use crate::scenario::{Scenario, Setting};

/// How the runs of an experiment began, for its manifest.
pub(super) fn warm_up(scenario: &Scenario) -> Value {
    match scenario.warmup.days {
        0 => Value::String("none: every run begins with the market's first day".to_owned()),
        days => Value::String(format!(
            "{days} days, not measured, lived through once a seed under the scenario as it \
             stands; every setting branches from there, its changes being decided by the operator \
             at the midnight after"
        )),
    }
}

/// A table being written, cell by cell as text.
pub(super) struct Sheet<W: Write>(csv::Writer<W>);

impl<W: Write> Sheet<W> {
    /// A table with these columns.
    pub(super) fn new<S: AsRef<str>>(
        file: W,
        columns: impl IntoIterator<Item = S>,
    ) -> io::Result<Self> {
        let mut sheet = Self(csv::Writer::from_writer(file));
        sheet.row(columns)?;
        Ok(sheet)
    }

    /// Adds a row.
    pub(super) fn row<S: AsRef<str>>(
        &mut self,
        cells: impl IntoIterator<Item = S>,
    ) -> io::Result<()> {
        for cell in cells {
            self.0.write_field(cell.as_ref())?;
        }
        Ok(self.0.write_record(None::<&[u8]>)?)
    }

    /// Ends it.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A setting as a cell: text without quotes.
pub(super) fn setting_cell(setting: &Setting) -> String {
    match setting {
        Setting::Text(text) => text.clone(),
        other => other.to_string(),
    }
}
