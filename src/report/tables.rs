//! The tables of a result: which rows of the records stand in which file, and
//! how a file of CSV comes about. How another form does is no matter of this
//! file.

use std::io::{self, Write};

use super::Format;
#[cfg(feature = "parquet")]
use super::columnar;
use super::row::{Cell, Row, columns};

use crate::engine::record::{
    AdversaryRow, CallRow, FindingRow, LimitRow, ParticipantRow, Record, TickRow, TransactionRow,
};
use crate::experiments::{Outcome, SummaryRow};
use crate::stats::Method;

/// How an interval was found, as a cell has it.
pub(super) const fn method(method: Method) -> &'static str {
    match method {
        Method::StudentT => "student-t",
        Method::Bootstrap => "bootstrap",
    }
}

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

/// Writes `ticks.csv`, or the same rows in another form.
pub(super) fn ticks(file: impl Write + Send, format: Format, outcome: &Outcome) -> io::Result<()> {
    formed(file, format, outcome, |record| &record.ticks)
}

/// Writes `participants.csv`, or the same rows in another form.
pub(super) fn participants(
    file: impl Write + Send,
    format: Format,
    outcome: &Outcome,
) -> io::Result<()> {
    formed(file, format, outcome, |record| &record.participants)
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

/// Writes `transactions.csv`, or the same rows in another form.
pub(super) fn transactions(
    file: impl Write + Send,
    format: Format,
    outcome: &Outcome,
) -> io::Result<()> {
    formed(file, format, outcome, |record| &record.transactions)
}

/// Writes `findings.csv`.
pub(super) fn findings(file: impl Write, outcome: &Outcome) -> io::Result<()> {
    replicated(file, outcome, |record| &record.findings)
}

/// Writes the rows of all replicates in a form.
fn formed<R: Row>(
    file: impl Write + Send,
    format: Format,
    outcome: &Outcome,
    rows: impl Fn(&Record) -> &Vec<R>,
) -> io::Result<()> {
    match format {
        Format::Csv => replicated(file, outcome, rows),
        #[cfg(feature = "parquet")]
        Format::Parquet => columnar::replicated(file, numbered(outcome, rows)),
        #[cfg(not(feature = "parquet"))]
        Format::Parquet => Err(io::Error::other("this program writes no Parquet")),
    }
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
    for (replicate, row) in numbered(outcome, rows) {
        table.row(&[&replicate], row)?;
    }
    table.finish()
}

/// The rows of all replicates, each with its replicate's number.
fn numbered<'o, R: 'o>(
    outcome: &'o Outcome,
    rows: impl Fn(&'o Record) -> &'o Vec<R>,
) -> impl Iterator<Item = (usize, &'o R)> {
    let records = outcome.records.iter().enumerate();
    records
        .flat_map(move |(replicate, record)| rows(record).iter().map(move |row| (replicate, row)))
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
                value.value().append(&mut self.cell);
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
