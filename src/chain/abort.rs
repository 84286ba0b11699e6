//! Why a machine stopped a call.

use std::borrow::Cow;
use std::fmt;

/// What kind of reason a call was stopped for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AbortKind {
    /// A number grew past its range.
    ArithmeticOverflow,
    /// A number fell below its range.
    ArithmeticUnderflow,
    /// A division by zero.
    DivisionByZero,
    /// Any other arithmetic that has no answer: a root of less than nothing.
    Arithmetic,
    /// More of a token than its supply, or than a number can count.
    Supply,
    /// An `unwrap-panic` of what holds nothing.
    Unwrap,
    /// A value returned out of code that belongs to no function.
    ShortReturn,
    /// The call costs more than it may.
    CostLimit,
    /// The call takes more memory than it may.
    MemoryLimit,
    /// Calls or expressions are nested too deep.
    DepthLimit,
    /// A value is larger than any may be.
    ValueTooLarge,
    /// The number of arguments, or the type of one, is not the function's; or
    /// code that was not analysed before is not typed.
    BadArguments,
    /// There is no such contract.
    NoSuchContract,
    /// The contract has no such function that could be called from outside.
    NoSuchFunction,
    /// The contract is there already.
    ContractExists,
    /// A transfer of nothing, or of what the sender does not have.
    Transfer,
    /// Something was to be written where only reading is allowed.
    WriteInReadOnly,
    /// A block that is not known, or not yet.
    UnknownBlock,
    /// The contract's text or its types are wrong, so that it is not deployed.
    Analysis,
    /// Anything else; the text tells.
    Other,
}

/// Why a machine stopped a call, in kind and in words. The words are those of
/// the virtual machine, and go into traces and tables; whoever decides
/// something goes by the kind.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Abort {
    kind: AbortKind,
    text: Cow<'static, str>,
}

impl Abort {
    /// A reason of that kind, in these words.
    #[must_use]
    pub fn new(kind: AbortKind, text: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, text: text.into() }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> AbortKind {
        self.kind
    }

    /// Its words.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a number left its range.
    #[must_use]
    pub const fn is_out_of_range(&self) -> bool {
        matches!(
            self.kind,
            AbortKind::ArithmeticOverflow | AbortKind::ArithmeticUnderflow | AbortKind::Supply
        )
    }
}

impl fmt::Display for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// By their words first: the order of rows in tables.
impl Ord for Abort {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text).then(self.kind.cmp(&other.kind))
    }
}

impl PartialOrd for Abort {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
