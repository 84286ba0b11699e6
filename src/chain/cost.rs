//! What the chain charges: costs in the five dimensions of a block's budget,
//! how the cost of a call is found, and how well that went. Knows no contract
//! by name, and nothing of how a machine meters.

use std::fmt;
use std::ops::AddAssign;

/// How the cost of a call is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Metering {
    /// Not at all: receipts carry no cost.
    #[default]
    Off,
    /// By the machine's own tracker, on every call; many times slower.
    Exact,
    /// From what the machine's tracker charged for the same steps before. New
    /// steps are metered exactly, and so is a sample of all calls.
    Learned,
}

/// One of the five things that a block has only so much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Entries read.
    ReadCount,
    /// Bytes read.
    ReadLength,
    /// Entries written.
    WriteCount,
    /// Bytes written.
    WriteLength,
    /// Run time, in the chain's own units.
    Runtime,
}

impl Dimension {
    /// All of them, in the order of [`Cost`]'s fields.
    pub const ALL: [Self; 5] =
        [Self::ReadCount, Self::ReadLength, Self::WriteCount, Self::WriteLength, Self::Runtime];

    /// Its name in files, as `read_count`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReadCount => "read_count",
            Self::ReadLength => "read_length",
            Self::WriteCount => "write_count",
            Self::WriteLength => "write_length",
            Self::Runtime => "runtime",
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An execution cost in the five dimensions of a block's budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cost {
    /// Entries read.
    pub read_count: u64,
    /// Bytes read.
    pub read_length: u64,
    /// Entries written.
    pub write_count: u64,
    /// Bytes written.
    pub write_length: u64,
    /// Run time, in the chain's own units.
    pub runtime: u64,
}

impl Cost {
    /// No cost.
    pub const ZERO: Self =
        Self { read_count: 0, read_length: 0, write_count: 0, write_length: 0, runtime: 0 };

    /// The part in one dimension.
    #[must_use]
    pub const fn get(&self, dimension: Dimension) -> u64 {
        match dimension {
            Dimension::ReadCount => self.read_count,
            Dimension::ReadLength => self.read_length,
            Dimension::WriteCount => self.write_count,
            Dimension::WriteLength => self.write_length,
            Dimension::Runtime => self.runtime,
        }
    }

    /// Both together; `None` where a dimension overflows.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.zip(other, u64::checked_add)
    }

    /// What is left of this after `other`; `None` where `other` does not fit
    /// into this.
    #[must_use]
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.zip(other, u64::checked_sub)
    }

    /// Whether there is room for this in all five dimensions.
    #[must_use]
    pub const fn fits_in(&self, room: &Self) -> bool {
        self.read_count <= room.read_count
            && self.read_length <= room.read_length
            && self.write_count <= room.write_count
            && self.write_length <= room.write_length
            && self.runtime <= room.runtime
    }

    /// The share of `budget` that this takes in one dimension: 1 is all of it.
    /// Something of nothing is infinite, nothing of nothing is zero.
    #[must_use]
    pub fn share(&self, budget: &Self, dimension: Dimension) -> f64 {
        let (part, whole) = (self.get(dimension), budget.get(dimension));
        if part == 0 { 0.0 } else { part as f64 / whole as f64 }
    }

    /// The dimension of `budget` that this takes most of, and its share; the
    /// first where several are equal.
    #[must_use]
    pub fn greatest_share(&self, budget: &Self) -> (Dimension, f64) {
        let mut greatest = (Dimension::ReadCount, self.share(budget, Dimension::ReadCount));
        for dimension in Dimension::ALL {
            let share = self.share(budget, dimension);
            if share > greatest.1 {
                greatest = (dimension, share);
            }
        }
        greatest
    }

    /// How many such costs fit into `budget`; `u64::MAX` of nothing.
    #[must_use]
    pub fn times_in(&self, budget: &Self) -> u64 {
        Dimension::ALL
            .into_iter()
            .filter_map(|dimension| budget.get(dimension).checked_div(self.get(dimension)))
            .min()
            .unwrap_or(u64::MAX)
    }

    /// The greatest difference from `exact` in any dimension, relative to
    /// `exact`.
    #[must_use]
    pub fn deviation_from(&self, exact: &Self) -> f64 {
        Dimension::ALL
            .into_iter()
            .map(|dimension| {
                let (ours, theirs) = (self.get(dimension), exact.get(dimension));
                if ours == theirs { 0.0 } else { ours.abs_diff(theirs) as f64 / theirs as f64 }
            })
            .fold(0.0, f64::max)
    }

    fn zip(&self, other: &Self, with: fn(u64, u64) -> Option<u64>) -> Option<Self> {
        Some(Self {
            read_count: with(self.read_count, other.read_count)?,
            read_length: with(self.read_length, other.read_length)?,
            write_count: with(self.write_count, other.write_count)?,
            write_length: with(self.write_length, other.write_length)?,
            runtime: with(self.runtime, other.runtime)?,
        })
    }
}

/// Saturates: what a machine can execute stays far below.
impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.read_count = self.read_count.saturating_add(other.read_count);
        self.read_length = self.read_length.saturating_add(other.read_length);
        self.write_count = self.write_count.saturating_add(other.write_count);
        self.write_length = self.write_length.saturating_add(other.write_length);
        self.runtime = self.runtime.saturating_add(other.runtime);
    }
}

/// How the costs of one function's calls were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FunctionMetering {
    /// The contract's name.
    pub contract: String,
    /// The function's name.
    pub function: String,
    /// Calls of a known cost, taken as known.
    pub recalled: u64,
    /// Calls metered exactly because something in them was new.
    pub metered: u64,
    /// Calls of a known cost, metered exactly all the same.
    pub sampled: u64,
    /// The greatest difference between a sampled call's known and exact cost,
    /// in any dimension, relative to the exact one.
    pub greatest_deviation: f64,
}

/// How the costs of a chain's calls were found, with learned costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeteringReport {
    /// Each function that was called, by contract in the order of deployment,
    /// then by name.
    pub functions: Vec<FunctionMetering>,
    /// Distinct steps of evaluation whose cost is known.
    pub steps: usize,
    /// Steps that cost more than one thing: calls that take one are metered
    /// exactly.
    pub steps_given_up: usize,
}

impl MeteringReport {
    /// The greatest deviation of all functions.
    #[must_use]
    pub fn greatest_deviation(&self) -> f64 {
        self.functions.iter().map(|function| function.greatest_deviation).fold(0.0, f64::max)
    }

    /// Calls of which the exact cost was compared with the known one.
    #[must_use]
    pub fn sampled(&self) -> u64 {
        self.functions.iter().map(|function| function.sampled).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Cost = Cost {
        read_count: 15_000,
        read_length: 100_000_000,
        write_count: 15_000,
        write_length: 15_000_000,
        runtime: 5_000_000_000,
    };

    #[test]
    fn a_cost_fits_where_it_fits_in_all_five() {
        for dimension in Dimension::ALL {
            let mut room = BUDGET;
            assert!(BUDGET.fits_in(&room));
            match dimension {
                Dimension::ReadCount => room.read_count -= 1,
                Dimension::ReadLength => room.read_length -= 1,
                Dimension::WriteCount => room.write_count -= 1,
                Dimension::WriteLength => room.write_length -= 1,
                Dimension::Runtime => room.runtime -= 1,
            }
            assert!(!BUDGET.fits_in(&room), "{dimension}");
            assert_eq!(room.checked_sub(&BUDGET), None, "{dimension}");
            let left = BUDGET.checked_sub(&room).expect("fits");
            assert_eq!(left.get(dimension), 1);
            assert_eq!(room.checked_add(&left), Some(BUDGET));
            assert_eq!(left.greatest_share(&BUDGET).0, dimension);
        }
        let most = Cost { runtime: u64::MAX, ..Cost::ZERO };
        assert_eq!(most.checked_add(&Cost { runtime: 1, ..Cost::ZERO }), None);
    }

    #[test]
    fn shares_and_deviations_are_relative() {
        let purchase = Cost { read_count: 11, runtime: 85_872, ..Cost::ZERO };
        let (dimension, share) = purchase.greatest_share(&BUDGET);
        assert_eq!(dimension, Dimension::ReadCount);
        assert!((share - 11.0 / 15_000.0).abs() < 1e-12);
        assert_eq!(purchase.times_in(&BUDGET), 1_363);
        assert_eq!(Cost::ZERO.times_in(&BUDGET), u64::MAX);
        assert_eq!(Cost::ZERO.greatest_share(&Cost::ZERO).1, 0.0);
        let other = Cost { read_count: 12, ..purchase };
        assert!((other.deviation_from(&purchase) - 1.0 / 11.0).abs() < 1e-12);
        assert_eq!(purchase.deviation_from(&purchase), 0.0);
    }
}
