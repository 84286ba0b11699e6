//! The contracts' error codes and their names, as people read them.

use std::fmt;

use super::function::Contract;

/// A code with which a contract says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(u128);

impl ErrorCode {
    /// The error with that number.
    #[must_use]
    pub const fn new(number: u128) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u128 {
        self.0
    }

    /// Its name, for a number that the interface defines.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            100 => "owner only",
            101 => "not enough balance",
            102 => "transfer failed",
            103 => "invalid price",
            104 => "invalid amount",
            105 => "invalid rate",
            106 => "refund failed",
            107 => "same user",
            108 => "reserve limit exceeded",
            109 => "invalid reserve limit",
            110 => "not certified",
            111 => "per-user limit exceeded",
            112 => "paused",
            113 => "price above maximum",
            114 => "not authorised",
            115 => "invalid basis",
            200 => "owner only",
            201 => "not certified",
            202 => "already certified",
            203 => "invalid certifier",
            204 => "invalid amount",
            205 => "not authorised",
            206 => "no application",
            207 => "fee not paid",
            208 => "invalid level",
            209 => "application already open",
            _ => return None,
        })
    }

    /// The contract that defines it, for a number of the interface.
    #[must_use]
    pub const fn contract(self) -> Option<Contract> {
        match self.0 {
            100..=115 => Some(Contract::WattConnect),
            200..=209 => Some(Contract::EnergyProduction),
            _ => None,
        }
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "u{} {name}", self.0),
            None => write!(f, "u{}", self.0),
        }
    }
}
