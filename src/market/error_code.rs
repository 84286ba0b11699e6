//! The table of the contracts' error codes: what each is called in Rust, in the
//! contract and by people. A test holds it against the contracts' own constants.

use std::fmt;

use super::function::Contract;

/// A code with which a contract says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorCode(u128);

macro_rules! error_codes {
    ($($Contract:ident { $($NAME:ident $constant:literal $number:literal $words:literal,)+ })+) => {
        #[expect(missing_docs, reason = "named as the contracts name them")]
        impl ErrorCode {
            $($(pub const $NAME: Self = Self($number);)+)+

            /// All that the interface defines, by number.
            pub const ALL: &'static [Self] = &[$($(Self::$NAME,)+)+];

            /// Its name, for a number that the interface defines.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 { $($($number => Some($words),)+)+ _ => None }
            }

            /// The constant of the contract that holds it, for a number that the
            /// interface defines.
            #[must_use]
            pub const fn constant(self) -> Option<&'static str> {
                match self.0 { $($($number => Some($constant),)+)+ _ => None }
            }

            /// The contract that defines it, for a number of the interface.
            #[must_use]
            pub const fn contract(self) -> Option<Contract> {
                match self.0 { $($($number => Some(Contract::$Contract),)+)+ _ => None }
            }
        }
    };
}

error_codes! {
    WattConnect {
        OWNER_ONLY "ERR_OWNER_ONLY" 100 "owner only",
        NOT_ENOUGH_BALANCE "ERR_NOT_ENOUGH_BALANCE" 101 "not enough balance",
        TRANSFER_FAILED "ERR_TRANSFER_FAILED" 102 "transfer failed",
        INVALID_PRICE "ERR_INVALID_PRICE" 103 "invalid price",
        INVALID_AMOUNT "ERR_INVALID_AMOUNT" 104 "invalid amount",
        INVALID_RATE "ERR_INVALID_RATE" 105 "invalid rate",
        REFUND_FAILED "ERR_REFUND_FAILED" 106 "refund failed",
        SAME_USER "ERR_SAME_USER" 107 "same user",
        RESERVE_LIMIT_EXCEEDED "ERR_RESERVE_LIMIT_EXCEEDED" 108 "reserve limit exceeded",
        INVALID_RESERVE_LIMIT "ERR_INVALID_RESERVE_LIMIT" 109 "invalid reserve limit",
        NOT_CERTIFIED "ERR_NOT_CERTIFIED" 110 "not certified",
        USER_LIMIT_EXCEEDED "ERR_USER_LIMIT_EXCEEDED" 111 "per-user limit exceeded",
        PAUSED "ERR_PAUSED" 112 "paused",
        PRICE_ABOVE_MAXIMUM "ERR_PRICE_ABOVE_MAXIMUM" 113 "price above maximum",
        NOT_AUTHORISED "ERR_NOT_AUTHORISED" 114 "not authorised",
        INVALID_BASIS "ERR_INVALID_BASIS" 115 "invalid basis",
    }
    EnergyProduction {
        CERTIFICATION_OWNER_ONLY "ERR_OWNER_ONLY" 200 "owner only",
        CERTIFICATION_NOT_CERTIFIED "ERR_NOT_CERTIFIED" 201 "not certified",
        ALREADY_CERTIFIED "ERR_ALREADY_CERTIFIED" 202 "already certified",
        INVALID_CERTIFIER "ERR_INVALID_CERTIFIER" 203 "invalid certifier",
        CERTIFICATION_INVALID_AMOUNT "ERR_INVALID_AMOUNT" 204 "invalid amount",
        CERTIFICATION_NOT_AUTHORISED "ERR_NOT_AUTHORISED" 205 "not authorised",
        NO_APPLICATION "ERR_NO_APPLICATION" 206 "no application",
        FEE_NOT_PAID "ERR_FEE_NOT_PAID" 207 "fee not paid",
        INVALID_LEVEL "ERR_INVALID_LEVEL" 208 "invalid level",
        APPLICATION_OPEN "ERR_APPLICATION_OPEN" 209 "application already open",
    }
}

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
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "u{} {name}", self.0),
            None => write!(f, "u{}", self.0),
        }
    }
}
