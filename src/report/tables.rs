//! The tables of a result as CSV. A table's columns are the fields of its row
//! in the records, named once: the list of them makes both the header and the
//! cells, and does not compile unless it has every field.
//!
//! Cells: whole numbers as they are, other numbers with at most six decimals
//! and no trailing zeros, `true` and `false`, empty where there is no number.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::engine::record::{
    AdversaryRow, CallRow, FindingRow, LimitRow, ParticipantRow, Record, TickRow, TransactionRow,
};
use crate::experiments::{Outcome, SummaryRow};
use crate::stats::Method;
use crate::units::Tick;

/// A value that can stand in a cell.
pub(super) trait Cell {
    /// Appends the value to `text`.
    fn append(&self, text: &mut String);
}

/// Cells that are written as they display themselves.
macro_rules! displayed {
    ($($type:ty),+) => {
        $(impl Cell for $type {
            fn append(&self, text: &mut String) {
                // Writing to a string does not fail.
                let _ = write!(text, "{self}");
            }
        })+
    };
}

displayed!(bool, u32, u64, usize, u128, Tick);

impl Cell for str {
    fn append(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Cell for String {
    fn append(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Cell for f64 {
    fn append(&self, text: &mut String) {
        if !self.is_finite() {
            return;
        }
        let start = text.len();
        let _ = write!(text, "{self:.6}");
        let digits = text[start..].trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(start + digits);
        if &text[start..] == "-0" {
            text.replace_range(start.., "0");
        }
    }
}

impl<T: Cell> Cell for Option<T> {
    fn append(&self, text: &mut String) {
        if let Some(value) = self {
            value.append(text);
        }
    }
}

impl<T: Cell + ?Sized> Cell for &T {
    fn append(&self, text: &mut String) {
        (**self).append(text);
    }
}

/// A number as a cell has it.
pub(super) fn number(value: f64) -> String {
    let mut text = String::new();
    value.append(&mut text);
    text
}

/// How an interval was found, as a cell has it.
pub(super) const fn method(method: Method) -> &'static str {
    match method {
        Method::StudentT => "student-t",
        Method::Bootstrap => "bootstrap",
    }
}

/// A row of a table.
pub(super) trait Row {
    /// The names of its columns.
    const COLUMNS: &'static [&'static str];

    /// Gives each cell's value, in the order of the columns.
    fn cells(&self, cell: &mut dyn FnMut(&dyn Cell));
}

/// Makes rows of structs: all their fields, in the order of the columns, each
/// with the method that gives its text where it is no plain value.
macro_rules! columns {
    ($row:ty { $($field:ident $(. $text:ident ())?),+ $(,)? }) => {
        impl Row for $row {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            fn cells(&self, cell: &mut dyn FnMut(&dyn Cell)) {
                let Self { $($field),+ } = self;
                $(cell(&$field $(. $text ())?);)+
            }
        }
    };
}

pub(super) use columns;

columns!(TickRow {
    tick,
    day,
    hour,
    made_kwh,
    used_kwh,
    self_used_kwh,
    surplus_kwh,
    need_kwh,
    credited_kwh,
    listed_kwh,
    reserve_kwh,
    unsold_kwh,
    traded_kwh,
    purchases,
    refunded_kwh,
    consumed_kwh,
    held_kwh,
    price_mean_ustx_per_kwh,
    price_min_ustx_per_kwh,
    price_max_ustx_per_kwh,
    energy_price_ustx_per_kwh,
    retail_ustx_per_kwh,
    feed_in_ustx_per_kwh,
    commission_ustx,
    refunds_ustx,
    treasury_ustx,
    network_fees_ustx,
    reserve_limit_kwh,
    sellers,
    sellers_at_limit,
    transactions,
    accepted,
    rejected,
    aborted,
    dropped,
    turned_away_by_reserve,
    turned_away_by_user_limit,
    waiting,
    left_out,
    tenures,
    tenures_full,
    next_block_fee_ustx,
    read_count_share,
    read_length_share,
    write_count_share,
    write_length_share,
    runtime_share,
    producers_in,
    buyers_in,
    certified,
    applications_open,
});

columns!(ParticipantRow {
    participant,
    principal,
    kind,
    strategy,
    capacity_kwp,
    annual_use_kwh,
    standing,
    takes_part,
    made_kwh,
    used_kwh,
    self_used_kwh,
    fed_in_kwh,
    retail_kwh,
    credited_kwh,
    sold_kwh,
    unsold_kwh,
    bought_kwh,
    consumed_kwh,
    refunded_kwh,
    held_kwh,
    revenue_ustx,
    paid_ustx,
    commission_ustx,
    refunds_ustx,
    certification_fees_ustx,
    network_fees_ustx,
    stx_start_ustx,
    stx_end_ustx,
    gain_ustx,
    transactions,
    rejected,
    turned_away_by_reserve,
    turned_away_by_user_limit,
});

columns!(AdversaryRow {
    kind,
    count,
    paid_ustx,
    commission_ustx,
    certification_fees_ustx,
    network_fees_ustx,
    forgone_ustx,
    spent_ustx,
    revenue_ustx,
    refunds_ustx,
    energy_value_ustx,
    gained_ustx,
    stock_ustx,
    net_ustx,
    treasury_cost_ustx,
    utility_cost_ustx,
    buyers_cost_ustx,
    sold_kwh,
    bought_kwh,
    consumed_kwh,
    refunded_kwh,
    invented_kwh,
    transactions,
    rejected,
    revoked,
});

columns!(LimitRow {
    limit,
    setting,
    kind,
    size,
    size_from,
    size_to,
    size_unit,
    participants,
    participants_at_limit,
    participants_turned_away,
    calls_turned_away,
    ticks,
    ticks_at_limit,
    first_tick,
    use_share_max,
});

columns!(CallRow {
    contract.name(),
    function.name(),
    outcome,
    error_code,
    error,
    count,
    store_reads,
    store_read_length,
    store_writes,
    store_write_length,
    read_count,
    read_length,
    write_count,
    write_length,
    runtime,
    metering_deviation,
});

columns!(TransactionRow {
    transaction,
    tick,
    block_height,
    sender,
    nonce,
    fee_ustx,
    wait_s,
    function.name(),
    arguments,
    outcome,
    error_code,
    error,
});

columns!(FindingRow { finding, subject, count, first_tick, detail });

/// A measure over all replicates, as a line of the summary.
struct SummaryLine<'a> {
    metric: &'a str,
    unit: &'a str,
    mean: Option<f64>,
    ci95_low: Option<f64>,
    ci95_high: Option<f64>,
    replicates: usize,
    interval: Option<&'static str>,
}

columns!(SummaryLine<'_> { metric, unit, mean, ci95_low, ci95_high, replicates, interval });

impl<'a> SummaryLine<'a> {
    fn new(row: &'a SummaryRow) -> Self {
        let ci95 = row.estimate.and_then(|estimate| estimate.ci95);
        Self {
            metric: row.metric,
            unit: row.unit,
            mean: row.estimate.map(|estimate| estimate.mean),
            ci95_low: ci95.map(|(interval, _)| interval.low),
            ci95_high: ci95.map(|(interval, _)| interval.high),
            replicates: row.estimate.map_or(0, |estimate| estimate.count),
            interval: ci95.map(|(_, found)| method(found)),
        }
    }
}

/// Writes `summary.csv`.
pub(super) fn summary(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    let mut table = Table::new(file);
    table.header::<SummaryLine<'_>>(&[])?;
    for row in &outcome.summary {
        table.row(&[], &SummaryLine::new(row))?;
    }
    table.finish()
}

/// Writes `ticks.csv`.
pub(super) fn ticks(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    replicated(file, outcome, |record| &record.ticks)
}

/// Writes `participants.csv`.
pub(super) fn participants(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    replicated(file, outcome, |record| &record.participants)
}

/// Writes `adversaries.csv`.
pub(super) fn adversaries(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    replicated(file, outcome, |record| &record.adversaries)
}

/// Writes `limits.csv`.
pub(super) fn limits(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    replicated(file, outcome, |record| &record.limits)
}

/// Writes `calls.csv`.
pub(super) fn calls(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    replicated(file, outcome, |record| &record.calls)
}

/// Writes `transactions.csv`.
pub(super) fn transactions(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    replicated(file, outcome, |record| &record.transactions)
}

/// Writes `findings.csv`.
pub(super) fn findings(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    replicated(file, outcome, |record| &record.findings)
}

/// Writes the rows of all replicates, each behind its replicate's number,
/// which counts from 0 in the order of the seeds.
fn replicated<R: Row>(
    file: impl Write,
    outcome: &Outcome,
    rows: impl Fn(&Record) -> &Vec<R>,
) -> io::Result<()> {
    let mut table = Table::new(file);
    table.header::<R>(&["replicate"])?;
    for (replicate, record) in outcome.records.iter().enumerate() {
        for row in rows(record) {
            table.row(&[&replicate], row)?;
        }
    }
    table.finish()
}

/// A table being written.
pub(super) struct Table<W: Write> {
    csv: csv::Writer<W>,
    /// The cell at hand, kept so that its memory serves the next one too.
    cell: String,
}

impl<W: Write> Table<W> {
    pub(super) fn new(file: W) -> Self {
        Self { csv: csv::Writer::from_writer(file), cell: String::new() }
    }

    pub(super) fn header<R: Row>(&mut self, leading: &[&str]) -> io::Result<()> {
        Ok(self.csv.write_record(leading.iter().chain(R::COLUMNS))?)
    }

    pub(super) fn row(&mut self, leading: &[&dyn Cell], row: &impl Row) -> io::Result<()> {
        let mut outcome = Ok(());
        let mut write = |value: &dyn Cell| {
            if outcome.is_ok() {
                self.cell.clear();
                value.append(&mut self.cell);
                outcome = self.csv.write_field(&self.cell);
            }
        };
        leading.iter().for_each(|value| write(*value));
        row.cells(&mut write);
        outcome?;
        Ok(self.csv.write_record(None::<&[u8]>)?)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::{Estimate, Interval};

    fn text(value: &dyn Cell) -> String {
        let mut text = String::new();
        value.append(&mut text);
        text
    }

    #[test]
    fn numbers_have_six_decimals_at_most() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-4e-7, "0"),
            (1.0, "1"),
            (1_200.0, "1200"),
            (0.1 + 0.2, "0.3"),
            (-2.5, "-2.5"),
            (1.0 / 3.0, "0.333333"),
            (203_110.427_419_4, "203110.427419"),
            (1e21, "1000000000000000000000"),
            (f64::NAN, ""),
            (f64::INFINITY, ""),
        ] {
            assert_eq!(text(&number), expected, "{number:?}");
        }
        assert_eq!(text(&u128::MAX), "340282366920938463463374607431768211455");
        assert_eq!((text(&None::<u64>), text(&Some(7_u64))), (String::new(), "7".to_owned()));
        assert_eq!((text(&true), text(&"a, b")), ("true".to_owned(), "a, b".to_owned()));
    }

    #[test]
    fn headers_stay_as_they_are() {
        let headers: Vec<String> = [
            ("summary.csv: ", SummaryLine::COLUMNS),
            ("ticks.csv: replicate,", TickRow::COLUMNS),
            ("participants.csv: replicate,", ParticipantRow::COLUMNS),
            ("adversaries.csv: replicate,", AdversaryRow::COLUMNS),
            ("limits.csv: replicate,", LimitRow::COLUMNS),
            ("calls.csv: replicate,", CallRow::COLUMNS),
            ("transactions.csv: replicate,", TransactionRow::COLUMNS),
            ("findings.csv: replicate,", FindingRow::COLUMNS),
        ]
        .iter()
        .map(|(file, columns)| format!("{file}{}", columns.join(",")))
        .collect();
        insta::assert_snapshot!(headers.join("\n\n"));
    }

    #[test]
    fn a_row_has_a_cell_for_each_column() {
        let mut cells = 0;
        TickRow::default().cells(&mut |_| cells += 1);
        assert_eq!(cells, TickRow::COLUMNS.len());
    }

    #[test]
    fn a_summary_says_what_is_known() {
        let estimate = |ci95| Some(Estimate { mean: 2.0, ci95, count: 3 });
        let interval = Interval { low: 1.5, high: 2.5 };
        let row = |metric, estimate| SummaryRow { metric, unit: "kWh", estimate };
        let rows = [
            row("a", None),
            row("b", estimate(None)),
            row("c", estimate(Some((interval, Method::StudentT)))),
            row("d", estimate(Some((interval, Method::Bootstrap)))),
        ];
        let mut bytes = Vec::new();
        let mut table = Table::new(&mut bytes);
        for row in &rows {
            table.row(&[], &SummaryLine::new(row)).expect("written");
        }
        table.finish().expect("written");
        assert_eq!(
            String::from_utf8(bytes).expect("text"),
            "a,kWh,,,,0,\nb,kWh,2,,,3,\nc,kWh,2,1.5,2.5,3,student-t\nd,kWh,2,1.5,2.5,3,bootstrap\n"
        );
    }
}
