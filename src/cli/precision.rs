//! `--precision` and the flags that go with it, as `run` and `compare` take
//! them and as commands in manifests state them.

use crate::experiments::Precision;

/// A share, as 2% or 0.02.
pub(super) fn share(text: &str) -> Result<f64, String> {
    let (digits, unit) = text.strip_suffix('%').map_or((text, 1.0), |digits| (digits, 100.0));
    match digits.trim().parse::<f64>() {
        Ok(number) if number > 0.0 && number / unit < 1.0 => Ok(number / unit),
        _ => Err("must be above 0 and below 1, like 2% or 0.02".to_owned()),
    }
}

/// The flags that ask for this precision.
pub(super) fn precision_flags(precision: &Precision) -> String {
    format!(
        " --precision {} --precision-of {} --max-replicates {}",
        precision.relative,
        precision.measures.join(","),
        precision.max_replicates
    )
}
