//! What can be wrong with what the energy room is given: parameters out of
//! range and faulty data files. A cloudy day is not an error.

/// A fault in the input of the energy room.
#[derive(Debug, thiserror::Error)]
pub enum EnergyError {
    /// A parameter lies outside what is possible.
    #[error("{key} = {value}: must be {expected}")]
    Parameter {
        /// The parameter, named as in a scenario.
        key: &'static str,
        /// What was given.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A file could not be read at all.
    #[error("{file}: cannot be read: {source}")]
    Read {
        /// The file.
        file: String,
        /// The reason that the system gives.
        source: std::io::Error,
    },
    /// One cell of a table is wrong.
    #[error("{file}:{line}: {} = \"{}\": must be {expected}", short(.column), short(.value))]
    Cell {
        /// The file.
        file: String,
        /// The line in it, from 1.
        line: u64,
        /// The column by its header.
        column: String,
        /// What stands there.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// A line of a table is wrong as a whole: too short, out of order, missing.
    #[error("{file}:{line}: {}", told(.fault))]
    Line {
        /// The file.
        file: String,
        /// The line in it, from 1.
        line: u64,
        /// What is wrong, and what would be right.
        fault: String,
    },
    /// A table is wrong as a whole: no rows, or not the time that is needed.
    #[error("{file}: {}", told(.fault))]
    Table {
        /// The file.
        file: String,
        /// What is wrong, and what would be right.
        fault: String,
    },
}

/// A cell as a message shows it: a quote too many makes one of a whole file.
fn short(cell: &str) -> String {
    const LONGEST: usize = 60;
    cut(cell.lines().next().unwrap_or(""), LONGEST, cell)
}

/// A fault as a message tells it, with what it quotes of the file cut short.
fn told(fault: &str) -> String {
    const LONGEST: usize = 600;
    cut(fault, LONGEST, fault)
}

/// The first letters of `text`, and a mark where that is not the `whole`.
fn cut(text: &str, longest: usize, whole: &str) -> String {
    let mut cut: String = text.chars().take(longest).collect();
    if cut.len() < whole.len() {
        cut.push('…');
    }
    cut
}

/// Refuses `value` unless it is a finite number within `least..=most`.
pub(super) fn within(
    key: &'static str,
    value: f64,
    (least, most): (f64, f64),
    expected: &'static str,
) -> Result<(), EnergyError> {
    // Written so that NaN fails as well.
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(EnergyError::Parameter { key, value: value.to_string(), expected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_swallowed_a_file_is_shown_in_short() {
        let cell = format!("9.4\n{}", "2025,0,0\n".repeat(50_000));
        let error = EnergyError::Cell {
            file: "w.csv".to_owned(),
            line: 3,
            column: "temp_air_c".to_owned(),
            value: cell,
            expected: "a number".to_owned(),
        };
        assert_eq!(error.to_string(), "w.csv:3: temp_air_c = \"9.4…\": must be a number");
        assert_eq!(short("9.4"), "9.4");
    }
}
