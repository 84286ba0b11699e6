//! Tables as Parquet: the same rows as in CSV, column by column, each of the
//! type of its field. Whole numbers are INT64, other numbers DOUBLE with all of
//! their digits, texts UTF-8; what is missing or no number is null. Which rows
//! stand in which file is no matter of this file.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::row::{Cell, Holds, Kind, Row, Value};

/// Rows that are held in memory until their columns are written.
const GROUP: usize = if cfg!(test) { 3 } else { 1 << 16 };

/// The column that stands before a row's own.
const REPLICATE: (&str, Kind) = ("replicate", Kind { holds: Holds::Wholes, optional: false });

/// Writes rows, each behind its replicate's number.
pub(super) fn replicated<'r, R: Row + 'r>(
    file: impl Write + Send,
    rows: impl Iterator<Item = (usize, &'r R)>,
) -> io::Result<()> {
    let own = R::COLUMNS.iter().copied().zip(R::KINDS.iter().copied());
    let shape: Vec<(&str, Kind)> = std::iter::once(REPLICATE).chain(own).collect();
    let mut columns: Vec<Column> =
        shape.iter().map(|(name, kind)| Column::new(name, *kind)).collect();
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer =
        SerializedFileWriter::new(file, Arc::new(schema(&shape)?), Arc::new(properties))?;
    let mut held = 0;
    for (replicate, row) in rows {
        let mut places = columns.iter_mut();
        let mut entered = Ok(());
        let mut enter = |cell: &dyn Cell| {
            if let (Ok(()), Some(column)) = (&entered, places.next()) {
                entered = column.push(cell.value());
            }
        };
        enter(&replicate);
        row.cells(&mut enter);
        entered?;
        held += 1;
        if held == GROUP {
            write_group(&mut writer, &mut columns)?;
            held = 0;
        }
    }
    if held > 0 {
        write_group(&mut writer, &mut columns)?;
    }
    writer.close()?;
    Ok(())
}

fn schema(shape: &[(&str, Kind)]) -> Result<Type, ParquetError> {
    let column = |(name, kind): &(&str, Kind)| {
        let (physical, logical) = match kind.holds {
            Holds::Flags => (Physical::BOOLEAN, None),
            Holds::Wholes => (Physical::INT64, None),
            Holds::Numbers => (Physical::DOUBLE, None),
            Holds::Texts => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        };
        let repetition = if kind.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        let column = Type::primitive_type_builder(name, physical);
        column.with_repetition(repetition).with_logical_type(logical).build().map(Arc::new)
    };
    let fields = shape.iter().map(column).collect::<Result<_, _>>()?;
    Type::group_type_builder("row").with_fields(fields).build()
}

/// The values of a column that are not written yet.
struct Column {
    name: String,
    values: Values,
    /// For each row whether there is a value; none where there always is.
    there: Option<Vec<i16>>,
}

enum Values {
    Flags(Vec<bool>),
    Wholes(Vec<i64>),
    Numbers(Vec<f64>),
    Texts(Vec<ByteArray>),
}

impl Column {
    fn new(name: &str, kind: Kind) -> Self {
        let values = match kind.holds {
            Holds::Flags => Values::Flags(Vec::new()),
            Holds::Wholes => Values::Wholes(Vec::new()),
            Holds::Numbers => Values::Numbers(Vec::new()),
            Holds::Texts => Values::Texts(Vec::new()),
        };
        Self { name: name.to_owned(), values, there: kind.optional.then(Vec::new) }
    }

    fn push(&mut self, value: Value<'_>) -> io::Result<()> {
        let nothing = match value {
            Value::Nothing => true,
            Value::Number(number) => !number.is_finite(),
            _ => false,
        };
        if let Some(there) = &mut self.there {
            there.push(i16::from(!nothing));
            if nothing {
                return Ok(());
            }
        }
        match (&mut self.values, value) {
            (Values::Flags(values), Value::Flag(flag)) => values.push(flag),
            (Values::Wholes(values), Value::Whole(number)) => match i64::try_from(number) {
                Ok(number) => values.push(number),
                Err(_) => {
                    return Err(self.fault(&format!(
                        "{number} is more than its 64 bits hold; without --format parquet the \
                         result can be written"
                    )));
                }
            },
            (Values::Numbers(values), Value::Number(number)) => values.push(number),
            (Values::Texts(values), Value::Text(text)) => values.push(text.into()),
            (_, value) => return Err(self.fault(&format!("{value:?} is not of its type"))),
        }
        Ok(())
    }

    fn fault(&self, what: &str) -> io::Error {
        io::Error::other(format!("column {}: {what}", self.name))
    }

    /// Writes what is held, and holds nothing then.
    fn write<W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        match &mut self.values {
            Values::Flags(values) => write_column::<BoolType, W>(group, values, &self.there)?,
            Values::Wholes(values) => write_column::<Int64Type, W>(group, values, &self.there)?,
            Values::Numbers(values) => write_column::<DoubleType, W>(group, values, &self.there)?,
            Values::Texts(values) => write_column::<ByteArrayType, W>(group, values, &self.there)?,
        }
        if let Some(there) = &mut self.there {
            there.clear();
        }
        Ok(())
    }
}

fn write_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    columns: &mut [Column],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in columns {
        column.write(&mut group)?;
    }
    group.close()?;
    Ok(())
}

fn write_column<D: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &mut Vec<D::T>,
    there: &Option<Vec<i16>>,
) -> Result<(), ParquetError> {
    let next = group.next_column()?;
    let mut column = next.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
    column.typed::<D>().write_batch(values, there.as_deref(), None)?;
    values.clear();
    column.close()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use parquet::file::reader::{FileReader as _, SerializedFileReader};

    use super::*;
    use crate::report::row::columns;

    struct Sample {
        name: &'static str,
        count: Option<u128>,
        share: f64,
        sound: bool,
    }

    columns!(Sample { name, count, share, sound });

    fn written(rows: &[Sample]) -> io::Result<Vec<u8>> {
        let mut file = Vec::new();
        replicated(&mut file, rows.iter().enumerate()).map(|()| file)
    }

    fn opened(bytes: &[u8]) -> SerializedFileReader<File> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        SerializedFileReader::new(file).expect("Parquet")
    }

    fn read(bytes: &[u8]) -> (usize, Vec<String>) {
        let reader = opened(bytes);
        let groups = reader.num_row_groups();
        let rows = reader.get_row_iter(None).expect("rows");
        (groups, rows.map(|row| row.expect("a row").to_string()).collect())
    }

    #[test]
    fn rows_come_back_over_groups_with_what_is_missing() {
        let sample = |name, count, share| Sample { name, count, share, sound: count.is_some() };
        let rows = [
            sample("a", Some(1), 0.1 + 0.2),
            sample("", None, f64::NAN),
            sample("ü", Some(i64::MAX as u128), -1e300),
            sample("d", Some(0), f64::INFINITY),
        ];
        let file = written(&rows).expect("written");
        assert_eq!(file, written(&rows).expect("written"), "the same bytes");
        let (groups, rows) = read(&file);
        assert_eq!(groups, 2);
        assert_eq!(
            rows,
            [
                r#"{replicate: 0, name: "a", count: 1, share: 0.30000000000000004, sound: true}"#,
                r#"{replicate: 1, name: "", count: null, share: null, sound: false}"#,
                r#"{replicate: 2, name: "ü", count: 9223372036854775807, share: -1E300, sound: true}"#,
                r#"{replicate: 3, name: "d", count: 0, share: null, sound: true}"#,
            ]
        );
    }

    #[test]
    fn no_rows_leave_the_columns() {
        let reader = opened(&written(&[]).expect("written"));
        let shape = reader.metadata().file_metadata().schema_descr();
        let names: Vec<&str> = shape.columns().iter().map(|column| column.name()).collect();
        assert_eq!(names, ["replicate", "name", "count", "share", "sound"]);
    }

    #[test]
    fn a_number_past_64_bits_is_an_error_that_names_the_column() {
        let row = Sample { name: "", count: Some(1 << 63), share: 0.0, sound: true };
        let error = written(&[row]).expect_err("too great").to_string();
        assert!(error.starts_with("column count: 9223372036854775808 is more"), "{error}");
    }
}
