//! Random calls by random people: after each accepted one the rules that must
//! always hold are checked, and a ledger rebuilt from events alone says the
//! same of every account as the contract does.

use std::collections::BTreeMap;

use connect_sim::chain::{
    Receipt, Value, as_bool, as_principal, as_text, as_uint, ascii, field, uint,
};
use connect_sim::random::{Purpose, stream};
use rand::RngExt;

use super::market::{MOST, Market, PEOPLE, address, orders, readings, who};

/// An account as the events tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Account {
    unlisted: u128,
    listed: u128,
    price: u128,
    held: u128,
    paid: u128,
    certified: bool,
}

/// The market as the events tell it.
#[derive(Default)]
struct Ledger {
    accounts: BTreeMap<String, Account>,
    reserve: u128,
    returned: u128,
    owner: String,
}

impl Ledger {
    fn take(&mut self, event: &Value) {
        let number = |key: &str| field(event, key).and_then(as_uint).expect("a number");
        let person =
            |key: &str| field(event, key).and_then(as_principal).expect("someone").to_string();
        let name = field(event, "event").and_then(as_text).expect("a name");
        let accounts = &mut self.accounts;
        match name {
            "energy-listed" => {
                let seller = accounts.entry(person("seller")).or_default();
                assert_eq!(seller.price, number("old-price"));
                seller.price = number("price");
                seller.listed = number("listed");
                if seller.certified {
                    seller.unlisted -= number("amount");
                }
                self.reserve = number("reserve");
            }
            "energy-delisted" => {
                let seller = accounts.entry(person("seller")).or_default();
                seller.listed = number("listed");
                if seller.certified {
                    seller.unlisted += number("amount");
                }
                self.reserve = number("reserve");
            }
            "energy-bought" => {
                let seller = accounts.entry(person("seller")).or_default();
                assert_eq!(seller.listed - number("amount"), number("listed"));
                assert_eq!(seller.price * number("amount"), number("cost"));
                seller.listed = number("listed");
                let buyer = accounts.entry(person("buyer")).or_default();
                buyer.held += number("amount");
                buyer.paid += number("cost");
                assert_eq!(self.reserve - number("amount"), number("reserve"));
                self.reserve = number("reserve");
            }
            "energy-refunded" => {
                let holder = accounts.entry(person("holder")).or_default();
                assert_eq!(holder.paid, number("old-paid"));
                assert_eq!(holder.held - number("amount"), number("held"));
                holder.held = number("held");
                holder.paid = number("paid");
                self.returned = number("returned");
            }
            "returned-set" => {
                assert_eq!(self.returned, number("old"));
                self.returned = number("new");
            }
            "energy-consumed" => {
                let consumer = accounts.entry(person("consumer")).or_default();
                assert_eq!(consumer.held - number("amount"), number("held"));
                consumer.held = number("held");
                consumer.paid = number("paid");
            }
            "production-credited" => {
                accounts.entry(person("producer")).or_default().unlisted = number("unlisted");
            }
            "producer-status-set" => {
                accounts.entry(person("producer")).or_default().certified =
                    field(event, "new").and_then(as_bool).expect("a status");
            }
            "owner-set" => self.owner = person("new"),
            _ => {}
        }
    }

    fn agree(&self, market: &mut Market) {
        for name in PEOPLE {
            let account =
                self.accounts.get(&address(name).to_string()).cloned().unwrap_or_default();
            let entry = market.look("get-account", &[who(name)]);
            let unsold = account.unlisted
                + account.listed
                + if address(name).to_string() == self.owner { self.returned } else { 0 };
            let Account { unlisted, listed, price, held, paid, certified } = account;
            assert_eq!(
                entry,
                format!(
                    "(ok (tuple (certified {certified}) (held u{held}) (listed u{listed}) (paid u{paid}) (price u{price}) (unlisted u{unlisted}) (unsold u{unsold})))"
                ),
                "{name}"
            );
        }
        assert_eq!(self.reserve, market.parameter("reserve"));
        assert_eq!(self.returned, market.parameter("returned"));
    }
}

/// Who acts: the owners past and future, certifiers and four others.
const ACTORS: [&str; 8] =
    ["operator", "successor", "supervisor", "certifier", "seller", "rival", "buyer", "friend"];

struct Dice(connect_sim::random::Stream);

impl Dice {
    fn amount(&mut self) -> u128 {
        match self.0.random_range(0..20) {
            0 => 0,
            1 => u128::MAX,
            _ => self.0.random_range(1..60),
        }
    }

    fn price(&mut self) -> u128 {
        match self.0.random_range(0..20) {
            0 => 0,
            1 => MOST + 1,
            2 => 1,
            _ => self.0.random_range(1..1_000),
        }
    }

    fn someone(&mut self) -> &'static str {
        ACTORS[self.0.random_range(0..ACTORS.len())]
    }

    fn call(&mut self) -> (&'static str, &'static str, Vec<Value>) {
        let sender = self.someone();
        let (owner, other) =
            if self.0.random() { ("operator", "successor") } else { ("successor", "operator") };
        let several = self.0.random_range(0..5);
        let metered: Vec<_> = (0..several).map(|_| (self.someone(), self.amount())).collect();
        let ordered: Vec<_> =
            (0..several).map(|_| (self.someone(), self.amount(), self.price())).collect();
        match self.0.random_range(0..40) {
            0..8 => (sender, "add-energy-for-sale", vec![uint(self.amount()), uint(self.price())]),
            8..10 => (sender, "remove-energy-from-sale", vec![uint(self.amount())]),
            10..16 => {
                let arguments = vec![who(self.someone()), uint(self.amount()), uint(MOST)];
                (sender, "buy-energy-from-user", arguments)
            }
            16..19 => (sender, "buy-energy-from-many", vec![orders(&ordered)]),
            19..23 => (sender, "refund-energy", vec![uint(self.amount())]),
            23 => (sender, "consume-energy", vec![uint(self.amount())]),
            24..28 => ("meter", "record-production", vec![readings("producer", &metered)]),
            28..30 => ("meter", "record-consumption", vec![readings("consumer", &metered)]),
            30..32 => (sender, "apply-for-certification", vec![uint(500), ascii("wind")]),
            32..34 => ("colleague", "certify-producer", vec![who(self.someone())]),
            34 => ("supervisor", "revoke-certification", vec![who(sender), ascii("audit")]),
            35 => (owner, "set-commission-rate", vec![uint(self.amount() % 101 * 110)]),
            36 => (owner, "set-refund-basis", vec![uint(self.0.random_range(0..3))]),
            37 => (owner, "set-energy-price", vec![uint(self.price())]),
            38 => (owner, "propose-owner", vec![who(other)]),
            _ => (other, "accept-owner", Vec::new()),
        }
    }
}

#[test]
fn events_alone_tell_every_balance_whatever_people_do() {
    let mut accepted = BTreeMap::new();
    let mut refused = BTreeMap::new();
    for seed in 0..4 {
        let mut market = Market::open();
        market.ok("operator", "set-energy-reserve-limit", &[uint(300)]);
        market.ok("operator", "set-max-energy-per-user", &[uint(150)]);
        market.ok("operator", "fund-treasury", &[uint(20_000)]);
        let mut ledger = Ledger { owner: address("operator").to_string(), ..Ledger::default() };
        let mut dice = Dice(stream(seed, Purpose::Fuzz, 0));
        for step in 0..700 {
            let (sender, function, arguments) = dice.call();
            let receipt: Receipt = market.call(sender, function, &arguments);
            if receipt.is_accepted() {
                market.take_note(&receipt);
                receipt.prints().for_each(|event| ledger.take(event));
                *accepted.entry(function).or_insert(0) += 1;
            } else {
                let code = receipt.error_code().unwrap_or_else(|| panic!("{function} aborted"));
                *refused.entry(code).or_insert(0) += 1;
            }
            if step % 10 == 9 {
                ledger.agree(&mut market);
            }
        }
    }
    // The dice must have reached what they are for.
    for function in
        ["buy-energy-from-user", "buy-energy-from-many", "refund-energy", "accept-owner"]
    {
        assert!(accepted.get(function).is_some_and(|times| *times > 3), "{function}: {accepted:?}");
    }
    assert!(refused.len() >= 12, "{refused:?}");
}
