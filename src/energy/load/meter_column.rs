//! A column of a meter as it was measured, and its unit.

/// What a column's unit makes of its values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Unit {
    /// Mean power, in this many kW.
    Power(f64),
    /// Energy of the interval, in this many kWh.
    Energy(f64),
}

impl Unit {
    /// The unit of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "kw" => Some(Self::Power(1.0)),
            "w" => Some(Self::Power(0.001)),
            "kwh" => Some(Self::Energy(1.0)),
            "wh" => Some(Self::Energy(0.001)),
            _ => None,
        }
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Power(kw) if kw < 1.0 => "W",
            Self::Power(_) => "kW",
            Self::Energy(kwh) if kwh < 1.0 => "Wh",
            Self::Energy(_) => "kWh",
        }
    }

    /// What a value becomes in kW.
    pub(super) fn kw(self, step_minutes: u32) -> f64 {
        match self {
            Self::Power(kw) => kw,
            Self::Energy(kwh) => kwh * 60.0 / f64::from(step_minutes),
        }
    }
}

/// One column of values as it was measured.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) unit: Unit,
    /// The value of each step, in the file's unit.
    pub(super) values: Vec<Option<f64>>,
}
