//! `[adversaries]`: the table of the kinds of adversaries. Each line is a kind:
//! what its key says, its name in Rust, its key, and what several of it are called.
//! The keys, the schema, the kinds that can be asked for and the measures of what
//! each gained are made from it. What a kind does stands in its own file among the
//! agents.

use super::people::GREATEST_COUNT;
use crate::scenario::read::section;

macro_rules! adversaries {
    ($($(#[doc = $doc:literal])+ $Kind:ident, $field:ident as $key:literal, $many:literal;)+) => {
        section! {
            /// `[adversaries]`: how many there are of each kind.
            pub struct Adversaries {
                $($(#[doc = $doc])+ $field as $key: u32 = 0, in 0..=GREATEST_COUNT;)+
            }
        }

        impl Adversaries {
            /// How many there are of `kind`.
            #[must_use]
            pub const fn count(&self, kind: Adversary) -> u32 {
                match kind { $(Adversary::$Kind => self.$field,)+ }
            }
        }

        /// The kinds of adversaries.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Adversary {
            $($(#[doc = $doc])+ $Kind,)+
        }

        impl Adversary {
            /// All of them, in the order of this table. Their places in it key their
            /// random streams: a new kind goes to the end.
            pub const ALL: [Self; [$(stringify!($Kind)),+].len()] = [$(Self::$Kind,)+];

            /// Its name in TOML and CSV.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Kind => $key,)+ }
            }

            /// What several of it are called.
            #[must_use]
            pub const fn plural(self) -> &'static str {
                match self { $(Self::$Kind => $many,)+ }
            }

            /// The measure of what all of this kind gained, in STX.
            #[must_use]
            pub const fn net_measure(self) -> &'static str {
                match self { $(Self::$Kind => concat!(stringify!($field), "_net_stx"),)+ }
            }
        }
    };
}

adversaries! {
    /// Buy below the refund and hand back.
    RefundArbitrageur, refund_arbitrageur as "refund-arbitrageur", "refund arbitrageurs";
    /// Split purchases into dust.
    DustSplitter, dust_splitter as "dust-splitter", "dust splitters";
    /// Fill the reserve with offers that nobody can take.
    ReserveHog, reserve_hog as "reserve-hog", "reserve hogs";
    /// Split themselves to pass the per-user maximum.
    Sybil, sybil as "sybil", "sybils";
    /// Over-report production with a rogue meter.
    GhostProducer, ghost_producer as "ghost-producer", "ghost producers";
    /// Hand back what they consumed.
    DoubleDipper, double_dipper as "double-dipper", "double dippers";
    /// Trade with themselves.
    WashTrader, wash_trader as "wash-trader", "wash traders";
    /// Raise their price when they see a purchase waiting.
    FrontRunner, front_runner as "front-runner", "front runners";
    /// Fill blocks with calls that serve nothing.
    Spammer, spammer as "spammer", "spammers";
}
