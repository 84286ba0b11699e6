//! Each limit of the contracts just below, at and just above its edge, on the
//! virtual machine: the smallest market in which a call can meet the limit is
//! set up, and the real contracts say what they make of it. No agents, no time.

use super::error::LimitsError;
use crate::chain::{self, Chain, Principal, Receipt, Status, Value};
use crate::engine::Prepared;
use crate::market::{ErrorCode, Function, Market};
use crate::units::MicroStx;

/// What the contracts made of one call near an edge.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The limit, as results name it.
    pub limit: &'static str,
    /// The function that meets it.
    pub function: Function,
    /// What is below, at or above the edge.
    pub what: &'static str,
    /// `below`, `at` or `above`.
    pub place: &'static str,
    /// The edge, one less or one more.
    pub value: u128,
    /// `accepted`, `rejected` or `aborted`.
    pub outcome: &'static str,
    /// The contract's error code, where it rejected.
    pub error_code: Option<u128>,
    /// That code's name, or why the machine stopped the call.
    pub error: String,
    /// What the contract answered, as Clarity text, where it accepted.
    pub answer: String,
}

impl Edge {
    /// The outcome in words.
    #[must_use]
    pub fn says(&self) -> String {
        match self.error_code {
            Some(code) => format!("u{code} {}", self.error),
            None if self.error.is_empty() => self.outcome.to_owned(),
            // A mismatch of types names both, at length.
            None if self.error.len() > LONGEST_REASON => self.outcome.to_owned(),
            None => format!("{}: {}", self.outcome, self.error),
        }
    }
}

/// A longer reason is left to the table.
const LONGEST_REASON: usize = 32;
/// STX of each person: enough for any fee and price that means something.
const PURSE: MicroStx = MicroStx::new(1_000_000_000_000_000);
/// The contracts' greatest price and reading.
const GREATEST: u128 = 1_000_000_000_000_000;
/// A price at which small purchases are cheap.
const PRICE: u128 = 100;
/// Entries of a batch.
const ORDERS: u128 = 20;
const READINGS: u128 = 100;
/// A queue is filled so far at most.
const LONGEST_QUEUE: u64 = 400;

/// A market of a few people.
#[derive(Clone)]
struct Stage {
    chain: Chain,
    market: Market,
    whole: u128,
}

type Answer = Result<Receipt, LimitsError>;
type Call = Box<dyn Fn(&mut Stage, u128) -> Answer>;

/// A principal's words for the people of a stage.
fn who(name: &str) -> Principal {
    chain::account(name)
}

fn person(name: &str) -> Value {
    chain::principal(&who(name))
}

const fn u(value: u128) -> Value {
    chain::uint(value)
}

impl Stage {
    fn new(prepared: &Prepared, applicants: u64) -> Result<Self, LimitsError> {
        let names = ["owner", "meter", "certifier", "seller", "buyer", "newcomer"];
        let mut purses: Vec<_> = names.iter().map(|name| (who(name), PURSE)).collect();
        purses.extend((0..applicants).map(|number| (who(&applicant(number)), PURSE)));
        let mut chain = Chain::genesis(&purses)?;
        let whole = prepared.scenario.contracts.rate_scale.whole();
        let market = Market::deploy(&prepared.code, &mut chain, &who("owner"), whole)?;
        let mut stage = Self { chain, market, whole };
        let scenario = &prepared.scenario;
        let (trade, makers) = (&scenario.market, &scenario.certification);
        let production = stage.market.id(Function::CertifyProducer.contract());
        let production = chain::principal(&stage.chain.principal_of(production));
        let rate = |bps: u16| u(u128::from(bps) * whole / 10_000);
        for (function, arguments) in [
            (Function::SetCertificationContract, vec![production]),
            (Function::SetEnergyPrice, vec![u(trade.energy_price_ustx_per_kwh.get())]),
            (Function::SetCommissionRate, vec![rate(trade.commission_bps.get())]),
            (Function::SetRefundRate, vec![rate(trade.refund_rate_bps.get())]),
            (Function::SetEnergyReserveLimit, vec![u(trade.reserve_limit_kwh.get())]),
            (Function::SetMaxEnergyPerUser, vec![u(trade.max_energy_per_user_kwh.get())]),
            (Function::SetCertificationFee, vec![u(makers.fee_ustx.get())]),
            (Function::AddCertifier, vec![person("meter"), u(1)]),
            (Function::AddCertifier, vec![person("certifier"), u(2)]),
        ] {
            stage.must("owner", function, &arguments)?;
        }
        // One that may go anywhere first, so that the order does not matter.
        stage.must("owner", Function::SetMaximumProduction, &[u(u128::MAX)])?;
        let (least, most) =
            (makers.minimum_production_kwh.get(), makers.maximum_production_kwh.get());
        stage.must("owner", Function::SetMinimumProduction, &[u(least)])?;
        stage.must("owner", Function::SetMaximumProduction, &[u(most)])?;
        stage.must(
            "seller",
            Function::ApplyForCertification,
            &[u(least), chain::ascii("solar")],
        )?;
        stage.must("certifier", Function::CertifyProducer, &[person("seller")])?;
        Ok(stage)
    }

    fn call(&mut self, sender: &str, function: Function, arguments: &[Value]) -> Answer {
        let id = self.market.id(function.contract());
        Ok(self.chain.call(&who(sender), id, function.name(), arguments)?)
    }

    /// A call of the setting up: accepted, or nothing can be said. What the
    /// contracts lack is left out.
    fn must(
        &mut self,
        sender: &str,
        function: Function,
        arguments: &[Value],
    ) -> Result<(), LimitsError> {
        if !self.market.has(function) {
            return Ok(());
        }
        match self.call(sender, function, arguments)?.status {
            Status::Accepted(_) => Ok(()),
            Status::Rejected(code) => {
                Err(LimitsError::Setup { function, answer: format!("(err {code})") })
            }
            Status::Aborted(reason) => {
                Err(LimitsError::Setup { function, answer: reason.to_string() })
            }
        }
    }

    /// Gives the seller `amount` kWh of verified production.
    fn credit(&mut self, amount: u128) -> Result<(), LimitsError> {
        let mut left = amount;
        while left > 0 {
            let mut readings = Vec::new();
            while left > 0 && (readings.len() as u128) < READINGS {
                let part = left.min(GREATEST);
                readings.extend(entry("producer", "seller", part));
                left -= part;
            }
            let batch = chain::list(readings).ok_or(LimitsError::Untyped)?;
            self.must("meter", Function::RecordProduction, &[batch])?;
        }
        Ok(())
    }

    /// Lets nothing but the limit at hand stand in the way.
    fn free(&mut self) -> Result<(), LimitsError> {
        self.must("owner", Function::SetEnergyReserveLimit, &[u(u128::MAX)])?;
        self.must("owner", Function::SetMaxEnergyPerUser, &[u(u128::MAX)])
    }

    fn list(&mut self, amount: u128, price: u128) -> Answer {
        self.call("seller", Function::AddEnergyForSale, &[u(amount), u(price)])
    }

    /// The seller makes `amount` kWh and lists all of it.
    fn offer(&mut self, amount: u128, price: u128) -> Result<(), LimitsError> {
        self.free()?;
        self.credit(amount)?;
        self.must("seller", Function::AddEnergyForSale, &[u(amount), u(price)])
    }

    fn apply(&mut self, applicant: &str, amount: u128) -> Answer {
        let arguments = [u(amount), chain::ascii("solar")];
        self.call(applicant, Function::ApplyForCertification, &arguments)
    }
}

fn applicant(number: u64) -> String {
    format!("applicant-{number}")
}

fn entry(key: &str, name: &str, amount: u128) -> Option<Value> {
    chain::tuple(vec![(key, person(name)), ("amount", u(amount))])
}

/// A probe: what it is called, where its edge is, and the call that meets it,
/// on a stage of its own.
struct Probe {
    limit: &'static str,
    function: Function,
    what: &'static str,
    edge: u128,
    call: Call,
}

/// Drives each limit of the prepared scenario's contracts below, at and above
/// its edge.
///
/// # Errors
/// Where the contracts cannot be set up as the scenario says.
pub fn edges(prepared: &Prepared) -> Result<Vec<Edge>, LimitsError> {
    let decided = crate::engine::decided_a_day(&prepared.scenario).min(LONGEST_QUEUE);
    let stage = Stage::new(prepared, decided + 1)?;
    let mut edges = Vec::new();
    for probe in probes(prepared, decided, &stage)? {
        if !stage.market.has(probe.function) {
            continue;
        }
        let values = [
            ("below", probe.edge.checked_sub(1)),
            ("at", Some(probe.edge)),
            ("above", probe.edge.checked_add(1)),
        ];
        for (place, value) in values {
            // Nothing is below 0 or above the greatest number there is.
            let Some(value) = value else { continue };
            let receipt = (probe.call)(&mut stage.clone(), value)?;
            edges.push(edge(&probe, place, value, &receipt.status));
        }
    }
    Ok(edges)
}

fn edge(probe: &Probe, place: &'static str, value: u128, status: &Status) -> Edge {
    let (outcome, error_code, error, answer) = match status {
        Status::Accepted(value) => ("accepted", None, String::new(), format!("(ok {value})")),
        Status::Rejected(value) => {
            let code = chain::as_uint(value);
            let name = code.and_then(|code| ErrorCode::new(code).name()).unwrap_or("unknown");
            ("rejected", code, name.to_owned(), String::new())
        }
        Status::Aborted(reason) => ("aborted", None, reason.to_string(), String::new()),
    };
    let Probe { limit, function, what, .. } = *probe;
    Edge { limit, function, what, place, value, outcome, error_code, error, answer }
}

fn probes(prepared: &Prepared, decided: u64, stage: &Stage) -> Result<Vec<Probe>, LimitsError> {
    let whole = stage.whole;
    use Function as F;
    let (trade, makers) = (&prepared.scenario.market, &prepared.scenario.certification);
    let (least, most) = (makers.minimum_production_kwh.get(), makers.maximum_production_kwh.get());
    let mut probes = Vec::new();
    let mut probe = |limit, function, what, edge, call: Call| {
        probes.push(Probe { limit, function, what, edge, call });
    };

    let limit = trade.reserve_limit_kwh.get();
    probe(
        "reserve_limit_kwh",
        F::AddEnergyForSale,
        "kWh listed over the market",
        limit,
        Box::new(|stage, listed| {
            stage.must("owner", F::SetMaxEnergyPerUser, &[u(u128::MAX)])?;
            stage.credit(listed)?;
            stage.list(listed, PRICE)
        }),
    );
    probe(
        "reserve_limit_kwh",
        F::SetEnergyReserveLimit,
        "new limit, 50 kWh listed",
        50,
        Box::new(|stage, limit| {
            stage.offer(50, PRICE)?;
            stage.call("owner", F::SetEnergyReserveLimit, &[u(limit)])
        }),
    );
    let limit = trade.max_energy_per_user_kwh.get();
    probe(
        "max_energy_per_user_kwh",
        F::AddEnergyForSale,
        "kWh listed by one",
        limit,
        Box::new(|stage, listed| {
            stage.must("owner", F::SetEnergyReserveLimit, &[u(u128::MAX)])?;
            stage.credit(listed)?;
            stage.list(listed, PRICE)
        }),
    );
    probe(
        "max_energy_per_user_kwh",
        F::SetMaxEnergyPerUser,
        "new limit",
        0,
        Box::new(|stage, limit| stage.call("owner", F::SetMaxEnergyPerUser, &[u(limit)])),
    );
    for (limit, edge) in [("minimum_production_kwh", least), ("maximum_production_kwh", most)] {
        probe(
            limit,
            F::ApplyForCertification,
            "kWh a month declared",
            edge,
            Box::new(|stage, declared| stage.apply("newcomer", declared)),
        );
    }
    probe(
        "minimum_production_kwh",
        F::SetMinimumProduction,
        "new least, against the greatest",
        most,
        Box::new(|stage, least| stage.call("owner", F::SetMinimumProduction, &[u(least)])),
    );
    probe(
        "maximum_production_kwh",
        F::SetMaximumProduction,
        "new greatest, against the least",
        least,
        Box::new(|stage, most| stage.call("owner", F::SetMaximumProduction, &[u(most)])),
    );
    let queue = u128::from(decided);
    probe(
        "certification_queue",
        F::ApplyForCertification,
        "applications open, a day's work",
        queue,
        Box::new(move |stage, length| {
            for number in 1..length as u64 {
                stage.apply(&applicant(number), least)?;
            }
            stage.apply(&applicant(0), least)
        }),
    );
    probe(
        "certification_queue",
        F::ApplyForCertification,
        "open applications of one producer",
        1,
        Box::new(move |stage, count| {
            for _ in 1..count {
                stage.apply("newcomer", least)?;
            }
            stage.apply("newcomer", least)
        }),
    );
    for (function, what, edge) in [
        (F::SetCommissionRate, "new commission", whole),
        (F::SetRefundRate, "new refund rate", whole),
        (F::SetRefundBasis, "new refund basis", 1),
    ] {
        probe(
            "rate_bounds",
            function,
            what,
            edge,
            Box::new(move |stage, rate| stage.call("owner", function, &[u(rate)])),
        );
    }
    // With the whole as the rate, what is paid is what the energy is worth.
    probe(
        "treasury",
        F::RefundEnergy,
        "µSTX in the treasury, 100 to be paid",
        100,
        Box::new(move |stage, treasury| {
            stage.offer(1, PRICE)?;
            for (function, value) in
                [(F::SetCommissionRate, 0), (F::SetRefundRate, whole), (F::SetEnergyPrice, PRICE)]
            {
                stage.must("owner", function, &[u(value)])?;
            }
            stage.must("buyer", F::BuyEnergyFromUser, &[person("seller"), u(1), u(PRICE)])?;
            stage.must("owner", F::FundTreasury, &[u(treasury)])?;
            stage.call("buyer", F::RefundEnergy, &[u(1)])
        }),
    );
    probe(
        "batch_length",
        F::BuyEnergyFromMany,
        "orders in a purchase",
        ORDERS,
        Box::new(|stage, count| {
            stage.offer(count, PRICE)?;
            let order = || {
                chain::tuple(vec![
                    ("seller", person("seller")),
                    ("amount", u(1)),
                    ("max-price", u(PRICE)),
                ])
            };
            let orders = (0..count).map(|_| order()).collect::<Option<_>>();
            let orders = orders.and_then(chain::list).ok_or(LimitsError::Untyped)?;
            stage.call("buyer", F::BuyEnergyFromMany, &[orders])
        }),
    );
    probe(
        "batch_length",
        F::RecordProduction,
        "readings in a batch",
        READINGS,
        Box::new(|stage, count| {
            let readings =
                (0..count).map(|_| entry("producer", "seller", 1)).collect::<Option<_>>();
            let readings = readings.and_then(chain::list).ok_or(LimitsError::Untyped)?;
            stage.call("meter", F::RecordProduction, &[readings])
        }),
    );
    probe(
        "greatest_price",
        F::AddEnergyForSale,
        "µSTX a kWh asked",
        GREATEST,
        Box::new(|stage, price| {
            stage.free()?;
            stage.credit(1)?;
            stage.list(1, price)
        }),
    );
    probe(
        "greatest_price",
        F::SetEnergyPrice,
        "µSTX a kWh, the reference",
        GREATEST,
        Box::new(|stage, price| stage.call("owner", F::SetEnergyPrice, &[u(price)])),
    );
    probe(
        "greatest_reading",
        F::RecordProduction,
        "kWh in a reading",
        GREATEST,
        Box::new(|stage, amount| {
            let readings =
                entry("producer", "seller", amount).and_then(|one| chain::list(vec![one]));
            stage.call("meter", F::RecordProduction, &[readings.ok_or(LimitsError::Untyped)?])
        }),
    );
    probe(
        "uint_range",
        F::BuyEnergyFromUser,
        "kWh bought of 1 listed",
        u128::MAX,
        Box::new(|stage, amount| {
            stage.offer(1, PRICE)?;
            stage.call("buyer", F::BuyEnergyFromUser, &[person("seller"), u(amount), u(u128::MAX)])
        }),
    );
    probe(
        "uint_range",
        F::AddEnergyForSale,
        "kWh listed of 1 made",
        u128::MAX,
        Box::new(|stage, amount| {
            stage.free()?;
            stage.credit(1)?;
            stage.list(amount, PRICE)
        }),
    );
    probe(
        "uint_range",
        F::SetEnergyReserveLimit,
        "new limit",
        u128::MAX,
        Box::new(|stage, limit| stage.call("owner", F::SetEnergyReserveLimit, &[u(limit)])),
    );
    probe(
        "uint_range",
        F::FundTreasury,
        "µSTX given",
        u128::MAX,
        Box::new(|stage, amount| stage.call("buyer", F::FundTreasury, &[u(amount)])),
    );
    // The greatest amount at the greatest price whose commission, at the
    // greatest rate, is reckoned within the range: 34,028 readings of the
    // greatest size are needed to get there.
    let product = (u128::MAX - (whole - 1)) / GREATEST / whole;
    let mut rich = stage.clone();
    rich.credit(product - 1)?;
    rich.must("owner", F::SetCommissionRate, &[u(whole)])?;
    probe(
        "uint_range",
        F::BuyEnergyFromUser,
        "kWh at the greatest price and commission",
        product,
        Box::new(move |stage, amount| {
            stage.clone_from(&rich);
            let made = product - 1;
            stage.credit(amount - made)?;
            stage.free()?;
            stage.must("seller", F::AddEnergyForSale, &[u(amount), u(GREATEST)])?;
            stage.call("buyer", F::BuyEnergyFromUser, &[person("seller"), u(amount), u(GREATEST)])
        }),
    );
    Ok(probes)
}
