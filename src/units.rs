//! The contracts' own base units as types: whole kWh, microSTX, microSTX per
//! kWh, basis points, ticks. Integers are private, arithmetic is checked, and
//! every rounding has a name. No `f64` arithmetic on money or traded energy
//! happens here; physics and preferences keep to plain `f64`. Also how digits
//! are set apart where people read them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

macro_rules! amount {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);
            /// The greatest amount that a Clarity `uint` holds.
            pub const MAX: Self = Self(u128::MAX);

            /// Wraps a count of base units.
            #[must_use]
            pub const fn new(base_units: u128) -> Self {
                Self(base_units)
            }

            /// The count of base units.
            #[must_use]
            pub const fn get(self) -> u128 {
                self.0
            }

            /// Whether this is nothing.
            #[must_use]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// The count as a float, for statistics and charts only.
            #[must_use]
            pub const fn as_f64(self) -> f64 {
                self.0 as f64
            }

            /// The sum, or `None` past the range of a Clarity `uint`.
            #[must_use]
            pub fn checked_add(self, other: Self) -> Option<Self> {
                self.0.checked_add(other.0).map(Self)
            }

            /// The difference, or `None` below zero.
            #[must_use]
            pub fn checked_sub(self, other: Self) -> Option<Self> {
                self.0.checked_sub(other.0).map(Self)
            }

            /// The difference, zero where it would be negative.
            #[must_use]
            pub const fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }

        // The operators panic on overflow in every profile: a wrapped amount
        // would be a silent lie in a report.
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                match self.0.checked_add(other.0) {
                    Some(sum) => Self(sum),
                    None => panic!("{} + {} overflows {}", self.0, other.0, stringify!($name)),
                }
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                match self.0.checked_sub(other.0) {
                    Some(rest) => Self(rest),
                    None => panic!("{} - {} is below zero {}", self.0, other.0, stringify!($name)),
                }
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                *self = *self - other;
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
                amounts.fold(Self::ZERO, Add::add)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

amount! {
    /// Energy in whole kilowatt-hours, as both contracts count it.
    Kwh
}

amount! {
    /// Money in microSTX (µSTX): 1 STX is 1,000,000 µSTX.
    MicroStx
}

amount! {
    /// A price in microSTX a kilowatt-hour.
    MicroStxPerKwh
}

impl Kwh {
    /// The whole kilowatt-hours in `energy_kwh`, the remainder dropped; zero
    /// for what is negative or not a number.
    #[must_use]
    pub fn floor_from_f64(energy_kwh: f64) -> Self {
        Self(energy_kwh.floor() as u128)
    }
}

impl MicroStx {
    /// One STX.
    pub const ONE_STX: Self = Self(1_000_000);

    /// The nearest whole microSTX to `stx` STX; zero for what is negative or
    /// not a number.
    #[must_use]
    pub fn nearest_from_stx(stx: f64) -> Self {
        Self((stx * 1e6).round() as u128)
    }

    /// The amount in STX, for display.
    #[must_use]
    pub fn as_stx(self) -> f64 {
        self.as_f64() / 1e6
    }

    /// `rate` of this amount, rounded up: what is owed to the treasury, so
    /// that splitting a payment into dust evades nothing. `None` on overflow.
    #[must_use]
    pub fn share_rounded_up(self, rate: BasisPoints) -> Option<Self> {
        let scaled = self.0.checked_mul(u128::from(rate.0))?;
        Some(Self(scaled.div_ceil(BasisPoints::SCALE)))
    }

    /// `rate` of this amount, rounded down: what is paid out. `None` on
    /// overflow.
    #[must_use]
    pub fn share_rounded_down(self, rate: BasisPoints) -> Option<Self> {
        let scaled = self.0.checked_mul(u128::from(rate.0))?;
        Some(Self(scaled / BasisPoints::SCALE))
    }
}

impl MicroStxPerKwh {
    /// What `energy` costs at this price, or `None` on overflow.
    #[must_use]
    pub fn times(self, energy: Kwh) -> Option<MicroStx> {
        self.0.checked_mul(energy.0).map(MicroStx)
    }

    /// The nearest whole price to `price`; zero for what is negative or not a
    /// number.
    #[must_use]
    pub fn nearest_from_f64(price: f64) -> Self {
        Self(price.round() as u128)
    }
}

/// A rate in basis points: 10,000 are the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// Basis points in the whole.
    pub const SCALE: u128 = 10_000;
    /// The whole.
    pub const WHOLE: Self = Self(10_000);

    /// A rate of `bps` basis points, or `None` above the whole.
    #[must_use]
    pub const fn new(bps: u16) -> Option<Self> {
        if bps <= 10_000 { Some(Self(bps)) } else { None }
    }

    /// The count of basis points.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The rate as a fraction of one, for preferences and charts.
    #[must_use]
    pub fn as_fraction(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

impl fmt::Display for BasisPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A step of the simulated clock, counted from zero at the start of the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(u32);

impl Tick {
    /// The tick numbered `index`.
    #[must_use]
    pub const fn new(index: u32) -> Self {
        Self(index)
    }

    /// Its number, from zero.
    #[must_use]
    pub const fn index(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A number with its thousands set apart and so many decimals; a dash for what
/// is none.
#[must_use]
pub fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let below = value < 0.0 && text.bytes().any(|digit| digit.is_ascii_digit() && digit != b'0');
    let sign = if below { "−" } else { "" };
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{fraction}", in_threes(whole, ','))
}

/// Digits with `mark` between groups of three.
#[must_use]
pub(crate) fn in_threes(digits: &str, mark: char) -> String {
    let mut groups = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            groups.push(mark);
        }
        groups.push(digit);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bps(rate: u16) -> BasisPoints {
        BasisPoints::new(rate).expect("a rate within the whole")
    }

    #[test]
    fn dust_still_owes_commission_and_earns_no_refund() {
        let dust = MicroStx::new(1);
        assert_eq!(dust.share_rounded_up(bps(1)), Some(MicroStx::new(1)));
        assert_eq!(dust.share_rounded_down(bps(9_999)), Some(MicroStx::ZERO));
    }

    #[test]
    fn shares_are_exact_where_they_divide() {
        let payment = MicroStx::new(20_000);
        assert_eq!(payment.share_rounded_up(bps(250)), Some(MicroStx::new(500)));
        assert_eq!(payment.share_rounded_down(bps(250)), Some(MicroStx::new(500)));
        assert_eq!(payment.share_rounded_up(bps(0)), Some(MicroStx::ZERO));
        assert_eq!(payment.share_rounded_up(BasisPoints::WHOLE), Some(payment));
    }

    #[test]
    fn overflow_is_an_answer_not_a_wrap() {
        assert_eq!(MicroStx::MAX.checked_add(MicroStx::new(1)), None);
        assert_eq!(MicroStx::MAX.share_rounded_up(bps(2)), None);
        assert_eq!(MicroStxPerKwh::MAX.times(Kwh::new(2)), None);
        assert_eq!(Kwh::ZERO.checked_sub(Kwh::new(1)), None);
        assert_eq!(BasisPoints::new(10_001), None);
    }

    #[test]
    #[should_panic(expected = "below zero")]
    fn subtraction_below_zero_panics() {
        let _ = Kwh::new(1) - Kwh::new(2);
    }

    #[test]
    fn floats_round_by_name_and_never_go_negative() {
        assert_eq!(Kwh::floor_from_f64(2.999), Kwh::new(2));
        assert_eq!(Kwh::floor_from_f64(-1.0), Kwh::ZERO);
        assert_eq!(Kwh::floor_from_f64(f64::NAN), Kwh::ZERO);
        assert_eq!(MicroStx::nearest_from_stx(0.5), MicroStx::new(500_000));
    }

    #[test]
    fn thousands_are_set_apart() {
        for (value, decimals, expected) in [
            (0.0, 0, "0"),
            (999.0, 0, "999"),
            (1_000.0, 0, "1,000"),
            (1_234_567.891, 2, "1,234,567.89"),
            (-12_345.6, 1, "−12,345.6"),
            (-0.04, 1, "0.0"),
            (f64::NAN, 2, "–"),
        ] {
            assert_eq!(grouped(value, decimals), expected);
        }
        assert_eq!(in_threes("1234567", '_'), "1_234_567");
    }
}
