//! Statistics of results: intervals for means, paired differences, quantiles,
//! inequality, sensitivity. Pure functions over slices of plain floats; no
//! word of the market, and no state. Resampling draws from a seeded stream, so
//! that the same numbers give the same interval, to the byte.
//!
//! Which interval a mean gets is decided in [`estimate`], in one place.

mod chance;
mod describe;
mod interval;
mod morris;
mod paired;
mod sobol;
mod student;

pub use chance::chance_at_most_95;
pub use describe::{gini, mean, quantile, quantiles, skewness, variance};
pub use interval::{Estimate, Interval, Method, RESAMPLES, bootstrap_interval, estimate};
pub use morris::{ElementaryEffects, Point, morris_design, morris_effects};
pub use paired::{PairedDifference, paired_difference};
pub use sobol::{SobolIndex, latin_hypercube, sobol_design, sobol_indices};
pub use student::{student_t_95, student_t_critical};
