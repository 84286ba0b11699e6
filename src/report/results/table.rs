//! A table by its columns, wherever its rows lie: read from a file, or in a
//! record that is being written. What the tables mean is said once, and holds
//! for both.

use super::super::load::{Sheet, number};
use super::super::row::{Row, Value};

/// A table of a result.
pub(in super::super) trait Table {
    /// The numbers of a column; not a number where a cell holds none, or there
    /// is no such column.
    fn numbers(&self, column: &str) -> Vec<f64>;

    /// The texts of a column, empty where there is none.
    fn texts(&self, column: &str) -> Vec<String>;
}

impl Table for Sheet {
    fn numbers(&self, column: &str) -> Vec<f64> {
        Self::numbers(self, column)
    }

    fn texts(&self, column: &str) -> Vec<String> {
        Self::texts(self, column).into_iter().map(str::to_owned).collect()
    }
}

/// The rows of each replicate, as the table of all of them has them.
pub(in super::super) struct Rows<'a, R>(pub(in super::super) Vec<&'a [R]>);

impl<R: Row> Rows<'_, R> {
    fn column<T: Clone>(&self, name: &str, none: T, of: impl Fn(Value<'_>) -> T) -> Vec<T> {
        let wanted = R::COLUMNS.iter().position(|column| *column == name);
        let mut found = Vec::new();
        for (replicate, rows) in self.0.iter().enumerate() {
            for row in *rows {
                let mut here = none.clone();
                if name == "replicate" {
                    here = of(Value::Whole(replicate as u128));
                } else if wanted.is_some() {
                    let mut place = 0;
                    row.cells(&mut |cell| {
                        if Some(place) == wanted {
                            here = of(cell.value());
                        }
                        place += 1;
                    });
                }
                found.push(here);
            }
        }
        found
    }
}

impl<R: Row> Table for Rows<'_, R> {
    fn numbers(&self, column: &str) -> Vec<f64> {
        self.column(column, f64::NAN, |value| match value {
            Value::Whole(whole) => whole as f64,
            Value::Number(number) => number,
            Value::Text(text) => number(text),
            Value::Nothing | Value::Flag(_) => f64::NAN,
        })
    }

    fn texts(&self, column: &str) -> Vec<String> {
        self.column(column, String::new(), |value| {
            let mut text = String::new();
            value.append(&mut text);
            text
        })
    }
}
