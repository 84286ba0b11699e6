//! Reading the CSV tables of weather and load, so that every fault is named
//! with file, line and column. What the columns mean is known to the readers
//! of each table, not here.

use std::collections::BTreeSet;

use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use jiff::civil::DateTime;

use super::calendar::minute_of;
use super::cells::{delimiter, has_decimal_comma, parse_number};
use super::error::EnergyError;
use super::text::after_lines;

/// The most columns that a table may have, and the longest cell in bytes. More
/// of either is no table: a quote was left open, or it is a file of another
/// kind.
const MOST_COLUMNS: usize = 10_000;
const LONGEST_CELL: usize = 1 << 16;

/// Refuses a line of the file called `file` that is none of a table: too many
/// cells, or too long a one.
pub(super) fn refuse_overlong(
    file: &str,
    line: u64,
    cells: &StringRecord,
) -> Result<(), EnergyError> {
    let longest = cells.iter().map(str::len).max().unwrap_or(0);
    let fault = if cells.len() > MOST_COLUMNS {
        format!("has {} cells: must have at most {MOST_COLUMNS}", cells.len())
    } else if longest > LONGEST_CELL {
        too_long(longest)
    } else {
        return Ok(());
    };
    Err(EnergyError::Line { file: file.to_owned(), line, fault })
}

/// A table being read: its header is known, its rows come one after another.
/// Lines that begin with `#` are comments.
pub(super) struct Table<'t> {
    name: &'t str,
    text: &'t str,
    header: Vec<String>,
    /// Lines of the file before `text`.
    lines_before: u64,
    /// How many cells a row may have.
    cells: Cells,
    /// Whether numbers have a decimal comma.
    decimal_comma: bool,
    reader: Reader<&'t [u8]>,
}

/// How many cells a row may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cells {
    /// One a column; empty ones may follow.
    Each,
    /// At least one for each column that is named.
    OrMore,
    /// Any number: what is not there is empty.
    Any,
}

/// One row of a table.
pub(super) struct Row {
    cells: StringRecord,
    /// The line on which it stands, from 1.
    pub(super) line: u64,
}

impl<'t> Table<'t> {
    /// Opens the table in `text`, which is called `name` in messages.
    pub(super) fn open(name: &'t str, text: &'t str) -> Result<Self, EnergyError> {
        // Texts that are not read from a file may have kept their mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let delimiter = delimiter(text);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .comment(Some(b'#'))
            .trim(Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut header: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(str::to_owned).collect(),
            Err(fault) => return Err(unreadable(name, &fault)),
        };
        // Some programs give each line as many commas as the longest has.
        let named = header.iter().rposition(|column| !column.is_empty());
        header.truncate(named.map_or(0, |last| last + 1));
        let decimal_comma = delimiter != b',' && has_decimal_comma(text);
        let (lines_before, cells) = (0, Cells::Each);
        let table = Self { name, text, header, lines_before, cells, decimal_comma, reader };
        if table.header.is_empty() {
            return Err(table.fault("is empty: must open with a header of column names"));
        }
        if table.header.len() > MOST_COLUMNS {
            let columns = table.header.len();
            return Err(
                table.fault(format!("has {columns} columns: must have at most {MOST_COLUMNS}"))
            );
        }
        if let Some(long) = table.header.iter().find(|column| column.len() > LONGEST_CELL) {
            return Err(table.fault(too_long(long.len())));
        }
        Ok(table)
    }

    /// Refuses a header in which a column has no name or that of another. For
    /// tables of which every column is read.
    pub(super) fn refuse_unclear_names(&self) -> Result<(), EnergyError> {
        let mut seen = BTreeSet::new();
        for (index, column) in self.header.iter().enumerate() {
            if column.is_empty() {
                return Err(self.fault(format!("column {} of the header has no name", index + 1)));
            }
            if !seen.insert(column) {
                return Err(self.fault(format!("has two columns \"{column}\"")));
            }
        }
        Ok(())
    }

    /// Opens the table whose header is the line of this number, from 1.
    pub(super) fn open_from(
        name: &'t str,
        text: &'t str,
        header_line: u64,
    ) -> Result<Self, EnergyError> {
        let mut table = Self::open(name, after_lines(text, header_line - 1))?;
        table.lines_before = header_line - 1;
        Ok(table)
    }

    /// Opens the table whose header is the line of this number, from 1, and
    /// whose rows may have fewer cells or more than there are columns.
    pub(super) fn open_uneven(
        name: &'t str,
        text: &'t str,
        header_line: u64,
    ) -> Result<Self, EnergyError> {
        Ok(Self { cells: Cells::Any, ..Self::open_from(name, text, header_line)? })
    }

    /// Opens the table without a header that follows `lines_before`: its first
    /// columns are `columns`, and it may have more.
    pub(super) fn with_columns(
        name: &'t str,
        text: &'t str,
        lines_before: usize,
        columns: &[&str],
    ) -> Self {
        let text = after_lines(text, lines_before as u64);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .trim(Trim::All)
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = columns.iter().map(|&column| column.to_owned()).collect();
        let (lines_before, cells) = (lines_before as u64, Cells::OrMore);
        Self { name, text, header, lines_before, cells, decimal_comma: false, reader }
    }

    /// The names of the columns.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Where the column `name` stands, if there is one.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// Where the column `name` stands.
    pub(super) fn column(&self, name: &str) -> Result<usize, EnergyError> {
        self.find(name).ok_or_else(|| {
            self.fault(format!(
                "has no column \"{name}\": its columns are {}",
                listed(&self.header)
            ))
        })
    }

    /// Refuses columns that are none of `known`, so that a misspelt one is not
    /// silently passed over.
    pub(super) fn refuse_columns_but(&self, known: &[&str]) -> Result<(), EnergyError> {
        match self.header.iter().find(|column| !known.contains(&column.as_str())) {
            None => Ok(()),
            Some(stranger) => Err(self
                .fault(format!("column \"{stranger}\" is not known: may be {}", known.join(", ")))),
        }
    }

    /// The next row, or `None` after the last.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>, EnergyError> {
        let mut cells = StringRecord::new();
        match self.reader.read_record(&mut cells) {
            Err(fault) => Err(unreadable(self.name, &fault)),
            Ok(false) => Ok(None),
            Ok(true) => {
                let line = self.line_of(&cells);
                let row = Row { cells, line };
                let (cells, columns) = (row.cells.len(), self.header.len());
                let nothing_more = || row.cells.iter().skip(columns).all(str::is_empty);
                let fits = match self.cells {
                    Cells::Each => cells == columns || (cells > columns && nothing_more()),
                    Cells::OrMore => cells >= columns,
                    Cells::Any => true,
                };
                refuse_overlong(self.name, row.line, &row.cells)?;
                if fits {
                    Ok(Some(row))
                } else {
                    Err(self.row_fault(
                        &row,
                        format!(
                            "has {} cells: must have {}, one a column",
                            row.cells.len(),
                            self.header.len()
                        ),
                    ))
                }
            }
        }
    }

    /// The line on which `cells` stand. The reader's own count is that of the
    /// comments and empty lines before them.
    fn line_of(&self, cells: &StringRecord) -> u64 {
        let Some(position) = cells.position() else {
            return self.lines_before;
        };
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let before = self.text.get(start..).unwrap_or_default();
        let skipped = before
            .split_inclusive('\n')
            .take_while(|line| line.starts_with('#') || line.trim().is_empty())
            .count();
        self.lines_before + position.line() + skipped as u64
    }

    /// The text of a cell.
    pub(super) fn text<'r>(&self, row: &'r Row, column: usize) -> &'r str {
        row.cells.get(column).unwrap_or_default()
    }

    /// The number in a cell, which must lie within `least..=most`.
    pub(super) fn number(
        &self,
        row: &Row,
        column: usize,
        (least, most): (f64, f64),
    ) -> Result<f64, EnergyError> {
        self.parsed(row, column)
            // Written so that NaN fails as well.
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| self.cell_fault(row, column, format!("a number from {least} to {most}")))
    }

    /// The number in a cell, if it is one.
    pub(super) fn parsed(&self, row: &Row, column: usize) -> Option<f64> {
        parse_number(self.text(row, column), self.decimal_comma)
    }

    /// The moment in a cell, in local minutes from 1970. Where `year` is
    /// given, the cell holds month, day and time alone.
    pub(super) fn minute(
        &self,
        row: &Row,
        column: usize,
        year: Option<i16>,
    ) -> Result<i64, EnergyError> {
        let cell = self.text(row, column);
        let (text, form) = match year {
            None => (cell.to_owned(), "YYYY-MM-DDTHH:MM"),
            Some(year) => (format!("{year}-{cell}"), "MM-DDTHH:MM on a day that every year has"),
        };
        // The hour alone would pass for a moment; 24:00 would not.
        let moment: Option<DateTime> = text.parse().ok();
        moment
            // An offset from UTC would be read and forgotten.
            .filter(|_| {
                let time = text.get(10..).unwrap_or_default();
                !time.contains(['+', '-', 'Z', 'z', '['])
            })
            .filter(|moment| moment.second() == 0 && moment.subsec_nanosecond() == 0)
            .filter(|_| text.contains(':'))
            .map(|moment| {
                minute_of(moment.date())
                    + 60 * i64::from(moment.hour())
                    + i64::from(moment.minute())
            })
            .ok_or_else(|| self.cell_fault(row, column, format!("a time as {form}")))
    }

    /// The moment in a cell that says its offset from universal time, in minutes
    /// of that time from 1970; `None` for any other cell.
    pub(super) fn universal_minute(&self, row: &Row, column: usize) -> Option<i64> {
        let moment: jiff::Timestamp = self.text(row, column).parse().ok()?;
        let seconds = moment.as_second();
        (seconds % 60 == 0 && moment.subsec_nanosecond() == 0).then_some(seconds / 60)
    }

    /// A fault of one cell.
    pub(super) fn cell_fault(
        &self,
        row: &Row,
        column: usize,
        expected: impl Into<String>,
    ) -> EnergyError {
        EnergyError::Cell {
            file: self.name.to_owned(),
            line: row.line,
            column: self.header.get(column).cloned().unwrap_or_default(),
            value: self.text(row, column).to_owned(),
            expected: expected.into(),
        }
    }

    /// A fault of one row.
    pub(super) fn row_fault(&self, row: &Row, fault: impl Into<String>) -> EnergyError {
        EnergyError::Line { file: self.name.to_owned(), line: row.line, fault: fault.into() }
    }

    /// A fault of the whole table.
    pub(super) fn fault(&self, fault: impl Into<String>) -> EnergyError {
        EnergyError::Table { file: self.name.to_owned(), fault: fault.into() }
    }
}

fn too_long(bytes: usize) -> String {
    format!("has a cell of {bytes} bytes: must have at most {LONGEST_CELL}; was a quote left open?")
}

/// The numbers in these cells, from 0, of the line of this number, from 1: for
/// files that open with a description of their place.
pub(super) fn numbers_of_line<const N: usize>(
    name: &str,
    text: &str,
    line: u64,
    cells: [usize; N],
) -> Result<[f64; N], EnergyError> {
    let text = after_lines(text, line - 1).lines().next().unwrap_or_default();
    let mut record = StringRecord::new();
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    reader.read_record(&mut record).map_err(|fault| unreadable(name, &fault))?;
    let decimal_comma = delimiter(text) != b',';
    let number_in =
        |cell: &str| parse_number(cell, false).or_else(|| parse_number(cell, decimal_comma));
    let mut numbers = [0.0; N];
    for (number, cell) in numbers.iter_mut().zip(cells) {
        let written = record.get(cell).unwrap_or_default();
        *number = number_in(written).filter(|number| number.is_finite()).ok_or_else(|| {
            EnergyError::Line {
                file: name.to_owned(),
                line,
                fault: format!("cell {} is \"{written}\": must be a number", cell + 1),
            }
        })?;
    }
    Ok(numbers)
}

/// A fault that the CSV reader itself finds: broken UTF-8, say.
fn unreadable(name: &str, fault: &csv::Error) -> EnergyError {
    EnergyError::Table { file: name.to_owned(), fault: format!("cannot be read as CSV: {fault}") }
}

/// The first few of `columns`, for a message.
fn listed(columns: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = columns[..columns.len().min(SHOWN)].join(", ");
    if columns.len() > SHOWN { format!("{shown}, … ({} in all)", columns.len()) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# a comment\n# another\nstart,power_kw\n2025-06-01T00:00,1.5\n# within\n2025-06-01 00:15, NaN\n2025-06-01T24:00,-1\n2025-06-01T00:45\n";

    #[test]
    fn faults_name_file_line_column_and_value() {
        let mut table = Table::open("meters.csv", TEXT).expect("a header");
        let first = table.next_row().expect("a row").expect("a row");
        assert_eq!(table.number(&first, 1, (0.0, 9.0)).expect("a number"), 1.5);
        let midnight = minute_of(jiff::civil::date(2025, 6, 1));
        assert_eq!(table.minute(&first, 0, None).expect("a time"), midnight);

        let second = table.next_row().expect("a row").expect("a row");
        assert_eq!(table.minute(&second, 0, None).expect("a time"), midnight + 15);
        assert_eq!(
            table.number(&second, 1, (0.0, 9.0)).expect_err("NaN").to_string(),
            "meters.csv:6: power_kw = \"NaN\": must be a number from 0 to 9"
        );
        let third = table.next_row().expect("a row").expect("a row");
        assert_eq!(
            table.minute(&third, 0, None).expect_err("24:00").to_string(),
            "meters.csv:7: start = \"2025-06-01T24:00\": must be a time as YYYY-MM-DDTHH:MM"
        );
        assert!(table.number(&third, 1, (0.0, 9.0)).is_err());
        let offset = Table::open("m.csv", "start\n2025-06-01T00:15-05:00\n")
            .and_then(|mut table| {
                let row = table.next_row()?.map(|row| table.minute(&row, 0, None));
                row.transpose()
            })
            .expect_err("an offset");
        assert!(offset.to_string().starts_with("m.csv:2: start = \"2025"));
        assert_eq!(
            table.next_row().err().expect("a short row").to_string(),
            "meters.csv:8: has 1 cells: must have 2, one a column"
        );
    }

    #[test]
    fn headers_are_looked_after() {
        let fault = |text| Table::open("x.csv", text).err().map(|e| e.to_string());
        assert_eq!(
            fault("").as_deref(),
            Some("x.csv: is empty: must open with a header of column names")
        );
        let mut table = Table::open("x.csv", "a,b,,\n1,2,,\n3,4\n5,6,7,\n").expect("a header");
        assert_eq!(table.header(), ["a", "b"]);
        let rows: Vec<_> = (0..2).map(|_| table.next_row().expect("a row")).collect();
        assert!(rows.iter().all(Option::is_some));
        assert_eq!(
            table.next_row().err().expect("a long row").to_string(),
            "x.csv:4: has 4 cells: must have 2, one a column"
        );
        let unclear = |text| {
            let table = Table::open("x.csv", text).expect("a header");
            table.refuse_unclear_names().expect_err("an unclear header").to_string()
        };
        assert_eq!(unclear("a,b,a\n"), "x.csv: has two columns \"a\"");
        assert_eq!(unclear("a,,c\n"), "x.csv: column 2 of the header has no name");
        let table = Table::open("x.csv", "\u{feff}a,b\n").expect("a header");
        assert_eq!(
            table.column("c").expect_err("no c").to_string(),
            "x.csv: has no column \"c\": its columns are a, b"
        );
        assert_eq!(
            table.refuse_columns_but(&["a"]).expect_err("b is strange").to_string(),
            "x.csv: column \"b\" is not known: may be a"
        );
    }

    #[test]
    fn separators_and_decimal_commas_are_found() {
        for (text, number) in [
            ("a;b\n1,25;x\n", 1.25),
            ("a\tb\n1.234,5\tx\n", 1234.5),
            ("a;b\n1.25;x\n", 1.25),
            ("a,b\n1.25,x;y;z\n", 1.25),
            ("# one; two; three\na,b\n1.25,x\n", 1.25),
        ] {
            let mut table = Table::open("x.csv", text).expect("a header");
            let row = table.next_row().expect("a row").expect("a row");
            assert_eq!(table.parsed(&row, 0), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_no_table_any_more_is_refused_in_one_message() {
        let wide = vec!["a"; 100_000].join(",");
        let fault = Table::open("x.csv", &wide).err().map(|error| error.to_string());
        assert_eq!(fault.as_deref(), Some("x.csv: has 100000 columns: must have at most 10000"));
        let long = format!("a,b\n1,\"{}\n", "2,3\n".repeat(2_500_000));
        let fault = Table::open("x.csv", &long).and_then(|mut table| table.next_row().map(drop));
        assert_eq!(
            fault.expect_err("a quote left open").to_string(),
            "x.csv:2: has a cell of 9999999 bytes: must have at most 65536; was a quote left open?"
        );
    }
}
