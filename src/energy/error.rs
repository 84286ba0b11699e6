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
    #[error("{file}:{line}: {column} = \"{value}\": must be {expected}")]
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
    #[error("{file}:{line}: {fault}")]
    Line {
        /// The file.
        file: String,
        /// The line in it, from 1.
        line: u64,
        /// What is wrong, and what would be right.
        fault: String,
    },
    /// A table is wrong as a whole: no rows, or not the time that is needed.
    #[error("{file}: {fault}")]
    Table {
        /// The file.
        file: String,
        /// What is wrong, and what would be right.
        fault: String,
    },
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
