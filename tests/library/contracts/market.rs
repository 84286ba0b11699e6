//! A market to test on: both contracts on a fresh chain, a few named people,
//! and calls that say in words what they expect. Holds the rules that must
//! always hold against the chain after each accepted call.

use std::collections::BTreeMap;

use connect_sim::chain::{
    Chain, ContractId, Event, Principal, Receipt, Status, Value, account, as_bool, as_text,
    as_uint, ascii, field, list, parse_principal, principal, tuple, uint,
};
use connect_sim::units::MicroStx;

pub(crate) const WATTCONNECT: &str = include_str!("../../../contracts/wattconnect.clar");
pub(crate) const ENERGY_PRODUCTION: &str =
    include_str!("../../../contracts/energy-production.clar");

/// What each person starts with: 1,000 STX.
pub(crate) const PURSE: u128 = 1_000_000_000;
/// The highest price that the contract takes, and the largest reading.
pub(crate) const MOST: u128 = 1_000_000_000_000_000;

/// Who begins with a purse.
pub(crate) const PEOPLE: [&str; 12] = [
    "operator",
    "successor",
    "supervisor",
    "certifier",
    "colleague",
    "meter",
    "seller",
    "rival",
    "third",
    "buyer",
    "friend",
    "stranger",
];

/// Who begins without: a poor man, a contract that tests deploy, and ours.
const OTHERS: [&str; 4] = ["pauper", "proxy", "wattconnect", "energy-production"];

/// What an accepted call did, with names for addresses.
pub(crate) struct Done {
    /// The answer, without the `ok`.
    pub(crate) answer: String,
    /// What was printed.
    pub(crate) prints: Vec<String>,
    /// STX moved: from, to, µSTX.
    pub(crate) moved: Vec<(String, String, u128)>,
}

/// What the events so far add up to.
#[derive(Clone, Default)]
struct Totals {
    produced: u128,
    consumed: u128,
    treasury: u128,
}

#[derive(Clone)]
pub(crate) struct Market {
    pub(crate) chain: Chain,
    pub(crate) trading: ContractId,
    pub(crate) production: ContractId,
    totals: Totals,
    names: BTreeMap<String, String>,
}

impl Market {
    /// Both contracts, linked, with a supervisor (level 3), two certifiers
    /// (level 2) and a meter operator (level 1). Nobody is certified.
    pub(crate) fn open() -> Self {
        let mut market = Self::unlinked();
        market.ok("operator", "set-certification-contract", &[who("energy-production")]);
        for (name, level) in [("supervisor", 3), ("certifier", 2), ("colleague", 2), ("meter", 1)] {
            market.ok("operator", "add-certifier", &[who(name), uint(level)]);
        }
        market
    }

    /// Both contracts just as deployed.
    pub(crate) fn unlinked() -> Self {
        let balances: Vec<_> =
            PEOPLE.iter().map(|name| (account(name), MicroStx::new(PURSE))).collect();
        let mut chain = Chain::genesis(&balances).expect("genesis");
        let operator = account("operator");
        let mut deploy = |name: &str, source| {
            chain.deploy(&operator, name, &format!("{name}.clar"), source).expect("it is sound")
        };
        let trading = deploy("wattconnect", WATTCONNECT);
        let production = deploy("energy-production", ENERGY_PRODUCTION);
        let names = OTHERS
            .iter()
            .chain(&PEOPLE)
            .map(|name| (address(name).to_string(), (*name).to_owned()))
            .collect();
        Self { chain, trading, production, totals: Totals::default(), names }
    }

    /// A market where seller, rival and third are certified and have 1,000 kWh
    /// unsold each.
    pub(crate) fn with_sellers() -> Self {
        let mut market = Self::open();
        for name in ["seller", "rival", "third"] {
            market.certify(name);
            market.produce(name, 1_000);
        }
        market
    }

    /// The same, with `seller` having 500 kWh listed at 200,000 µSTX.
    pub(crate) fn with_offer() -> Self {
        let mut market = Self::with_sellers();
        market.list("seller", 500, 200_000);
        market
    }

    pub(crate) fn certify(&mut self, name: &str) {
        self.ok(name, "apply-for-certification", &[uint(500), ascii("solar")]);
        self.ok("certifier", "certify-producer", &[who(name)]);
    }

    pub(crate) fn produce(&mut self, name: &str, amount: u128) {
        let done =
            self.ok("meter", "record-production", &[readings("producer", &[(name, amount)])]);
        assert_eq!(done.answer, format!("(tuple (amount u{amount}) (skipped u0))"));
    }

    pub(crate) fn list(&mut self, name: &str, amount: u128, price: u128) {
        self.ok(name, "add-energy-for-sale", &[uint(amount), uint(price)]);
    }

    pub(crate) fn buy(&mut self, buyer: &str, seller: &str, amount: u128) -> Done {
        self.ok(buyer, "buy-energy-from-user", &[who(seller), uint(amount), uint(MOST)])
    }

    /// Calls a function of either contract; where both have it, wattconnect's,
    /// unless the name begins with `energy-production.`.
    pub(crate) fn call(&mut self, sender: &str, function: &str, arguments: &[Value]) -> Receipt {
        let (contract, function) = match function.strip_prefix("energy-production.") {
            Some(bare) => (self.production, bare),
            None if self.chain.signature(self.trading, function).is_some() => {
                (self.trading, function)
            }
            None => (self.production, function),
        };
        self.chain.call(&address(sender), contract, function, arguments).expect("the chain runs")
    }

    /// Expects the call to be accepted, and every rule to hold after it.
    pub(crate) fn ok(&mut self, sender: &str, function: &str, arguments: &[Value]) -> Done {
        let receipt = self.call(sender, function, arguments);
        assert!(receipt.is_accepted(), "{sender} calls {function}: {:?}", receipt.status);
        self.take_note(&receipt);
        self.done(&receipt)
    }

    /// Expects the contract to refuse with `code`, and nothing to change.
    pub(crate) fn refused(
        &mut self,
        sender: &str,
        function: &str,
        arguments: &[Value],
        code: u128,
    ) {
        let before = self.chain.state_digest();
        let receipt = self.call(sender, function, arguments);
        assert_eq!(receipt.status, Status::Rejected(uint(code)), "{sender} calls {function}");
        assert_eq!(self.chain.state_digest(), before, "{function} changed something");
        assert!(receipt.events.is_empty());
    }

    /// Expects the machine to stop the call, and nothing to change.
    pub(crate) fn aborted(&mut self, sender: &str, function: &str, arguments: &[Value]) {
        let before = self.chain.state_digest();
        let receipt = self.call(sender, function, arguments);
        assert!(matches!(receipt.status, Status::Aborted(_)), "{function}: {:?}", receipt.status);
        assert_eq!(self.chain.state_digest(), before, "{function} changed something");
    }

    /// What a read-only function answers, with names for addresses.
    pub(crate) fn look(&mut self, function: &str, arguments: &[Value]) -> String {
        let before = self.chain.state_digest();
        let receipt = self.call("stranger", function, arguments);
        assert_eq!(self.chain.state_digest(), before, "{function} changed something");
        match &receipt.status {
            Status::Accepted(value) => format!("(ok {})", self.named(&value.to_string())),
            Status::Rejected(value) => format!("(err {value})"),
            Status::Aborted(reason) => panic!("{function}: {reason}"),
        }
    }

    /// A number of someone's account: `unsold`, `listed`, `held` and so on.
    pub(crate) fn of(&mut self, name: &str, key: &str) -> u128 {
        let value = self.answer("get-account", &[who(name)]);
        field(&value, key).and_then(as_uint).expect("a number of the account")
    }

    /// A number among wattconnect's parameters.
    pub(crate) fn parameter(&mut self, key: &str) -> u128 {
        let value = self.answer("get-parameters", &[]);
        field(&value, key).and_then(as_uint).expect("a number among the parameters")
    }

    pub(crate) fn stx(&self, name: &str) -> u128 {
        self.chain.stx_balance(&address(name)).expect("a balance").get()
    }

    fn answer(&mut self, function: &str, arguments: &[Value]) -> Value {
        self.call("stranger", function, arguments).value().expect("an answer").clone()
    }

    fn done(&self, receipt: &Receipt) -> Done {
        Done {
            answer: receipt.value().map(|value| self.named(&value.to_string())).unwrap_or_default(),
            prints: receipt.prints().map(|value| self.named(&value.to_string())).collect(),
            moved: receipt
                .stx_moved()
                .map(|(from, to, amount)| {
                    (self.named(&from.to_string()), self.named(&to.to_string()), amount.get())
                })
                .collect(),
        }
    }

    /// Contracts first: their addresses begin with their deployer's.
    fn named(&self, text: &str) -> String {
        self.names
            .iter()
            .rev()
            .fold(text.to_owned(), |text, (address, name)| text.replace(address.as_str(), name))
    }

    /// Adds an accepted call's events up and checks the rules.
    pub(crate) fn take_note(&mut self, receipt: &Receipt) {
        let treasury = address("wattconnect");
        for event in &receipt.events {
            match event {
                Event::Print(_, value) => {
                    let amount = || field(value, "amount").and_then(as_uint).expect("an amount");
                    match field(value, "event").and_then(as_text) {
                        Some("production-credited") => self.totals.produced += amount(),
                        Some("energy-consumed") => self.totals.consumed += amount(),
                        Some(_) => {}
                        None => panic!("an event without a name: {value}"),
                    }
                }
                Event::StxTransfer { from, to, amount, .. } => {
                    if *to == treasury {
                        self.totals.treasury += amount.get();
                    }
                    if *from == treasury {
                        self.totals.treasury -= amount.get();
                    }
                }
                other => panic!("neither contract does {other:?}"),
            }
        }
        self.check_rules();
    }

    fn check_rules(&mut self) {
        let everyone = || PEOPLE.iter().chain(&OTHERS);
        let stx: u128 = everyone().map(|name| self.stx(name)).sum();
        assert_eq!(stx, self.chain.issued().get(), "STX is neither made nor lost");
        assert_eq!(self.stx("wattconnect"), self.totals.treasury, "the treasury adds up");

        let owner = self.answer("get-parameters", &[]);
        let owner = field(&owner, "owner").cloned();
        let (mut energy, mut listed) = (0, 0);
        for name in everyone() {
            let entry = self.answer("get-account", &[who(name)]);
            let number = |key| field(&entry, key).and_then(as_uint).expect("a number");
            assert!(number("listed") <= number("unsold"), "{name} lists more than is unsold");
            let certified = field(&entry, "certified").and_then(as_bool).expect("a status");
            if !certified && Some(who(name)) != owner {
                assert_eq!(number("listed"), 0, "{name} lists without certification");
            }
            energy += number("unsold") + number("held");
            listed += number("listed");
        }
        assert_eq!(energy + self.totals.consumed, self.totals.produced, "energy adds up");
        assert_eq!(self.parameter("reserve"), listed, "the reserve is the sum of the listings");
        assert!(listed <= self.parameter("reserve-limit"), "the reserve keeps to its limit");
        assert!(self.parameter("commission-rate") <= 10_000);
        assert!(self.parameter("refund-rate") <= 10_000);
        assert!(self.parameter("refund-basis") <= 1);
    }
}

/// The principal of a person or of a contract.
pub(crate) fn address(name: &str) -> Principal {
    match name {
        "wattconnect" | "energy-production" | "proxy" => {
            parse_principal(&format!("{}.{name}", account("operator"))).expect("a principal")
        }
        _ => account(name),
    }
}

/// The same as an argument.
pub(crate) fn who(name: &str) -> Value {
    principal(&address(name))
}

/// A meter's readings; `kind` is `producer` or `consumer`.
pub(crate) fn readings(kind: &str, entries: &[(&str, u128)]) -> Value {
    let entries = entries.iter().map(|(name, amount)| {
        tuple(vec![(kind, who(name)), ("amount", uint(*amount))]).expect("a reading")
    });
    list(entries.collect()).expect("readings")
}

/// Orders of a batch: seller, amount, highest price.
pub(crate) fn orders(entries: &[(&str, u128, u128)]) -> Value {
    let entries = entries.iter().map(|(seller, amount, max_price)| {
        let fields = vec![
            ("seller", who(seller)),
            ("amount", uint(*amount)),
            ("max-price", uint(*max_price)),
        ];
        tuple(fields).expect("an order")
    });
    list(entries.collect()).expect("orders")
}
