//! Terminal tables, and numbers as people read them.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};

use crate::units::grouped;

/// Columns of text where there is no terminal to ask.
const PIPE_WIDTH: u16 = 100;
/// A terminal that says that it has fewer columns does not know how many it has.
const NARROWEST: u16 = 20;

/// A plain table with `headers`; the columns in `right` are set to the right.
/// The first column holds names, which are never broken.
pub(super) fn table(headers: &[&str], right: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    let width = columns(table.width());
    table.set_width(width);
    table.set_header(headers.to_vec());
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// The columns to fill, by those that the terminal, if there is one, says that
/// it has.
fn columns(told: Option<u16>) -> u16 {
    told.filter(|told| *told >= NARROWEST).unwrap_or(PIPE_WIDTH)
}

/// A number with thousands separators: whole from 1,000 on, three decimals at
/// most below, or as many as the first digit that matters needs, up to six; a
/// dash for what is no number.
pub(super) fn number(value: f64) -> String {
    let magnitude = value.abs();
    let decimals = match magnitude {
        m if m >= 1_000.0 || (m.fract() == 0.0) => 0,
        m if m >= 100.0 => 1,
        m if m >= 10.0 => 2,
        m if m >= 0.001 => 3,
        m if m >= 0.000_01 => 5,
        _ => 6,
    };
    grouped(value, decimals)
}

#[cfg(test)]
mod tests {
    use super::{PIPE_WIDTH, columns, number};

    #[test]
    fn a_terminal_of_no_width_is_taken_for_none() {
        assert_eq!(columns(Some(0)), PIPE_WIDTH);
        assert_eq!(columns(None), PIPE_WIDTH);
        assert_eq!(columns(Some(180)), 180);
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(number(1_234_567.8), "1,234,568");
        assert_eq!(number(123.456), "123.5");
        assert_eq!(number(-0.123_4), "−0.123");
        assert_eq!(number(-0.000_123), "−0.00012");
        assert_eq!(number(-0.000_000_1), "0.000000");
        assert_eq!(number(42.0), "42");
        assert_eq!(number(f64::NAN), "–");
    }
}
