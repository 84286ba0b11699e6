//! A market's day as a list of calls: purchases, listings, meter batches of 1
//! to 100 entries, refunds, and what goes wrong with them. Made beforehand and
//! from a seed, so that several chains can be put through the same day.

#![allow(dead_code, unreachable_pub, reason = "a part of several tests and benchmarks")]

use connect_sim::chain::{
    Chain, ContractId, Cost, Principal, Receipt, Value, account, list, principal, tuple, uint,
};
use connect_sim::random::{Purpose, Stream, stream};
use connect_sim::units::MicroStx;
use rand::RngExt;

/// What is sold for at most, in µSTX a kWh.
const PRICE: u128 = 300_000;

/// One transaction.
pub struct Call {
    pub sender: Principal,
    pub contract: ContractId,
    pub function: &'static str,
    pub arguments: Vec<Value>,
}

impl Call {
    pub fn on(&self, chain: &mut Chain) -> Receipt {
        chain.call(&self.sender, self.contract, self.function, &self.arguments).expect("runs")
    }

    pub fn within(&self, chain: &mut Chain, room: &Cost) -> Option<Receipt> {
        chain
            .call_within(&self.sender, self.contract, self.function, &self.arguments, room)
            .expect("runs")
    }
}

/// A market with certified producers that have energy, and buyers with STX.
pub struct Market {
    pub chain: Chain,
    pub trading: ContractId,
    pub certification: ContractId,
    pub operator: Principal,
    pub meter: Principal,
    pub producers: Vec<Principal>,
    pub buyers: Vec<Principal>,
}

impl Market {
    pub fn new(producers: usize, buyers: usize) -> Self {
        let people = |kind: &str, count: usize| -> Vec<Principal> {
            (0..count).map(|number| account(&format!("{kind}-{number}"))).collect()
        };
        let [operator, meter, certifier] = ["operator", "meter", "certifier"].map(account);
        let (producers, buyers) = (people("producer", producers), people("buyer", buyers));
        let everyone = producers.iter().chain(&buyers).chain([&operator, &meter, &certifier]);
        let purse = MicroStx::new(1_000_000_000_000);
        let balances: Vec<_> = everyone.map(|who| (who.clone(), purse)).collect();
        let mut chain = Chain::genesis(&balances).expect("genesis");
        let mut deploy = |name: &str| {
            let file = format!("{}/contracts/{name}.clar", env!("CARGO_MANIFEST_DIR"));
            let source = std::fs::read_to_string(&file).expect("shipped");
            chain.deploy(&operator, name, &file, &source).expect("sound")
        };
        let (trading, certification) = (deploy("wattconnect"), deploy("energy-production"));
        let mut market = Self { chain, trading, certification, operator, meter, producers, buyers };
        market.open(&certifier);
        market
    }

    fn open(&mut self, certifier: &Principal) {
        let production = self.chain.principal_of(self.certification);
        let operator = self.operator.clone();
        let level = |who: &Principal, level| vec![principal(who), uint(level)];
        let mut calls = vec![
            self.trade(&operator, "set-certification-contract", vec![principal(&production)]),
            self.trade(&operator, "set-max-energy-per-user", vec![uint(1 << 40)]),
            self.trade(&operator, "set-energy-reserve-limit", vec![uint(1 << 50)]),
            self.trade(&operator, "fund-treasury", vec![uint(100_000_000_000)]),
            self.certify(&operator, "add-certifier", level(&self.meter, 1)),
            self.certify(&operator, "add-certifier", level(certifier, 2)),
        ];
        for producer in &self.producers {
            let application = vec![uint(500), connect_sim::chain::ascii("solar")];
            calls.push(self.certify(producer, "apply-for-certification", application));
            calls.push(self.certify(certifier, "certify-producer", vec![principal(producer)]));
        }
        for some in self.producers.chunks(100) {
            let entries = some.iter().map(|who| (who, 1_000_000));
            calls.push(self.certify(
                &self.meter,
                "record-production",
                readings("producer", entries),
            ));
        }
        for producer in &self.producers {
            calls.push(self.trade(
                producer,
                "add-energy-for-sale",
                vec![uint(100_000), uint(PRICE)],
            ));
        }
        // So that most have something to hand back.
        for (buyer, seller) in self.buyers.iter().zip(self.producers.iter().cycle()) {
            let purchase = vec![principal(seller), uint(200), uint(PRICE)];
            calls.push(self.trade(buyer, "buy-energy-from-user", purchase));
        }
        for call in calls {
            let receipt = call.on(&mut self.chain);
            assert!(receipt.is_accepted(), "{}: {receipt:?}", call.function);
        }
    }

    pub fn trade(&self, who: &Principal, function: &'static str, arguments: Vec<Value>) -> Call {
        Call { sender: who.clone(), contract: self.trading, function, arguments }
    }

    pub fn certify(&self, who: &Principal, function: &'static str, arguments: Vec<Value>) -> Call {
        Call { sender: who.clone(), contract: self.certification, function, arguments }
    }

    pub fn purchase(&self, rng: &mut Stream) -> Call {
        let most = if rng.random_bool(0.03) { 1 } else { PRICE };
        let seller = principal(any(rng, &self.producers));
        let arguments = vec![seller, uint(rng.random_range(1..20)), uint(most)];
        self.trade(any(rng, &self.buyers), "buy-energy-from-user", arguments)
    }

    pub fn listing(&self, rng: &mut Stream) -> Call {
        let price = rng.random_range(PRICE / 2..=PRICE);
        let arguments = vec![uint(rng.random_range(1..30)), uint(price)];
        self.trade(any(rng, &self.producers), "add-energy-for-sale", arguments)
    }

    pub fn refund(&self, rng: &mut Stream) -> Call {
        let arguments = vec![uint(rng.random_range(1..4))];
        self.trade(any(rng, &self.buyers), "refund-energy", arguments)
    }

    pub fn production(&self, entries: usize, rng: &mut Stream) -> Call {
        // Now and then someone who is not certified, or who made nothing.
        let entries: Vec<_> = (0..entries)
            .map(|_| {
                let stranger = rng.random_bool(0.01);
                let who = any(rng, if stranger { &self.buyers } else { &self.producers });
                (who, rng.random_range(0..40))
            })
            .collect();
        let arguments = readings("producer", entries.into_iter());
        self.certify(&self.meter, "record-production", arguments)
    }

    pub fn consumption(&self, entries: usize, rng: &mut Stream) -> Call {
        let entries: Vec<_> =
            (0..entries).map(|_| (any(rng, &self.buyers), rng.random_range(0..4))).collect();
        let arguments = readings("consumer", entries.into_iter());
        self.certify(&self.meter, "record-consumption", arguments)
    }

    pub fn basket(&self, orders: usize, rng: &mut Stream) -> Call {
        let orders = (0..orders).map(|_| {
            let seller = ("seller", principal(any(rng, &self.producers)));
            let amount = ("amount", uint(rng.random_range(1..20)));
            tuple(vec![seller, amount, ("max-price", uint(PRICE))]).expect("legal names")
        });
        let arguments = vec![list(orders.collect()).expect("one type")];
        self.trade(any(rng, &self.buyers), "buy-energy-from-many", arguments)
    }

    pub fn look(&self, rng: &mut Stream) -> Call {
        let arguments = vec![principal(any(rng, &self.buyers))];
        self.trade(&self.operator, "get-account", arguments)
    }

    /// `count` calls in the proportions of a market's day.
    pub fn day(&self, seed: u64, count: usize) -> Vec<Call> {
        let mut rng = stream(seed, Purpose::Fuzz, 0);
        let day = (0..count).map(|_| match rng.random_range(0..100) {
            0..50 => self.purchase(&mut rng),
            50..72 => self.listing(&mut rng),
            72..82 => self.refund(&mut rng),
            82..87 => {
                let orders = rng.random_range(1..=20);
                self.basket(orders, &mut rng)
            }
            87..91 => {
                let entries = batch(&mut rng);
                self.production(entries, &mut rng)
            }
            91..95 => {
                let entries = batch(&mut rng);
                self.consumption(entries, &mut rng)
            }
            95..98 => {
                let amount = vec![uint(rng.random_range(1..50))];
                let who = any(&mut rng, &self.producers).clone();
                self.trade(&who, "remove-energy-from-sale", amount)
            }
            98 => {
                let who = any(&mut rng, &self.buyers).clone();
                self.trade(&who, "consume-energy", vec![uint(1)])
            }
            _ => self.look(&mut rng),
        });
        day.collect()
    }
}

/// Half of the batches are full, the rest of any length.
fn batch(rng: &mut Stream) -> usize {
    if rng.random_bool(0.5) { 100 } else { rng.random_range(1..100) }
}

fn any<'a>(rng: &mut Stream, people: &'a [Principal]) -> &'a Principal {
    &people[rng.random_range(0..people.len())]
}

fn readings<'a>(name: &str, entries: impl Iterator<Item = (&'a Principal, u128)>) -> Vec<Value> {
    let entries = entries.map(|(who, amount)| {
        tuple(vec![(name, principal(who)), ("amount", uint(amount))]).expect("legal names")
    });
    vec![list(entries.collect()).expect("one type")]
}
