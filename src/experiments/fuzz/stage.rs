//! Where random calls are made: a chain with both contracts just deployed, a
//! cast of people, and two contracts that pass calls on. Deployed once, and
//! copied for every sequence.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::chain::{self, Access, Chain, ContractId, Principal, Tuple, Value, account};
use crate::market::{Account, Accounts, Code, Contract, MarketError};
use crate::twin::{Call, Contracts, Datum, Entry, Twin};
use crate::units::MicroStx;

/// The people and what they begin with, µSTX: enough, far too much, hardly
/// anything, nothing.
const PEOPLE: [(&str, u128); 13] = [
    ("operator", 1_000_000_000_000),
    ("successor", 1_000_000_000_000),
    ("supervisor", 1_000_000_000),
    ("certifier", 1_000_000_000),
    ("colleague", 1_000_000_000),
    ("meter", 10_000_000),
    ("producer-1", 1_000_000_000_000),
    ("producer-2", 1_000_000_000_000),
    ("producer-3", 10_000_000_000),
    ("buyer-1", 9_000_000_000_000_000_000),
    ("buyer-2", 10_000_000_000_000),
    ("buyer-3", 2_000_000),
    ("pauper", 0),
];

/// Contracts that pass on whatever they are asked to.
const RELAYS: [&str; 2] = ["relay", "broker"];

/// The cast, by role.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    pub(super) operator: Account,
    pub(super) successor: Account,
    pub(super) supervisor: Account,
    pub(super) certifier: Account,
    pub(super) colleague: Account,
    pub(super) meter: Account,
    pub(super) producers: Vec<Account>,
    pub(super) buyers: Vec<Account>,
    pub(super) relays: Vec<Account>,
    pub(super) contracts: Contracts,
}

/// The stage.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) chain: Chain,
    pub(super) accounts: Accounts,
    pub(super) cast: Cast,
    pub(super) genesis: Vec<(Principal, MicroStx)>,
    names: Vec<String>,
    wattconnect: ContractId,
    energy_production: ContractId,
    relays: Vec<ContractId>,
    pub(super) relay_text: String,
    relayed: BTreeMap<Entry, String>,
    /// Arguments that each function takes; what is not here is lacking.
    arity: BTreeMap<Entry, usize>,
}

impl Stage {
    /// Deploys `code` and what goes with it.
    pub(super) fn new(code: &Code) -> Result<Self, MarketError> {
        let genesis: Vec<_> = PEOPLE
            .iter()
            .filter(|(_, purse)| *purse > 0)
            .map(|(name, purse)| (account(name), MicroStx::new(*purse)))
            .collect();
        let mut chain = Chain::genesis(&genesis)?;
        let operator = account("operator");
        let (wattconnect, energy_production) = code.deploy(&mut chain, &operator)?;
        let id = |contract| match contract {
            Contract::WattConnect => wattconnect,
            Contract::EnergyProduction => energy_production,
        };
        let mut arity = BTreeMap::new();
        let mut relayed = BTreeMap::new();
        for entry in Entry::all() {
            if let Some(signature) = chain.signature(id(entry.contract()), entry.name()) {
                arity.insert(entry, signature.arguments.len());
                if signature.access == Access::Public {
                    relayed.insert(entry, format!("{}-{}", entry.contract(), entry.name()));
                }
            }
        }
        let text = relay_text(&chain, &relayed, id);
        let mut relays = Vec::new();
        for name in RELAYS {
            relays.push(chain.deploy(&operator, name, &format!("{name}.clar"), &text)?);
        }
        let mut accounts = Accounts::default();
        let mut names = Vec::new();
        for (name, _) in PEOPLE {
            accounts.enter(name);
            names.push(name.to_owned());
        }
        let mut enter = |name: &str, id: ContractId| {
            names.push(name.to_owned());
            accounts.enter_principal(chain.principal_of(id))
        };
        let contracts = Contracts {
            wattconnect: enter("wattconnect", wattconnect),
            energy_production: enter("energy-production", energy_production),
        };
        let relay_accounts =
            RELAYS.iter().zip(&relays).map(|(name, relay)| enter(name, *relay)).collect();
        let mut person = |name: &str| accounts.enter(name);
        let cast = Cast {
            operator: person("operator"),
            successor: person("successor"),
            supervisor: person("supervisor"),
            certifier: person("certifier"),
            colleague: person("colleague"),
            meter: person("meter"),
            producers: ["producer-1", "producer-2", "producer-3"].map(&mut person).to_vec(),
            buyers: ["buyer-1", "buyer-2", "buyer-3", "pauper"].map(&mut person).to_vec(),
            relays: relay_accounts,
            contracts,
        };
        Ok(Self {
            chain,
            accounts,
            cast,
            genesis,
            names,
            wattconnect,
            energy_production,
            relays,
            relay_text: text,
            relayed,
            arity,
        })
    }

    /// The twin of the contracts as they stand on the stage.
    pub(super) fn twin(&self) -> Twin {
        let mut purses = vec![0; self.accounts.len()];
        for (who, amount) in &self.genesis {
            if let Some(account) = self.accounts.find(who) {
                purses[account.index()] += amount.get();
            }
        }
        Twin::new(purses, self.cast.operator, self.cast.contracts)
    }

    /// The contract on the chain.
    pub(super) const fn id(&self, contract: Contract) -> ContractId {
        match contract {
            Contract::WattConnect => self.wattconnect,
            Contract::EnergyProduction => self.energy_production,
        }
    }

    /// Whether the contracts have the function.
    pub(super) fn has(&self, entry: Entry) -> bool {
        self.arity.contains_key(&entry)
    }

    /// Whether a call of it can be passed on.
    pub(super) fn is_relayed(&self, entry: Entry) -> bool {
        self.relayed.contains_key(&entry)
    }

    /// Everyone on the stage, contracts included.
    pub(super) fn everyone(&self) -> impl Iterator<Item = Account> + use<> {
        self.accounts.iter()
    }

    /// What an account is called.
    pub(super) fn name(&self, who: Account) -> &str {
        &self.names[who.index()]
    }

    /// The text with names for addresses.
    pub(super) fn named(&self, text: &str) -> String {
        // Contracts first: their addresses begin with their issuer's.
        let contracts_first = self.names.iter().enumerate().rev();
        let principals: Vec<_> =
            self.accounts.iter().map(|who| self.accounts.principal(who).to_string()).collect();
        contracts_first
            .fold(text.to_owned(), |text, (place, name)| text.replace(&principals[place], name))
    }

    /// Contract, function and arguments of a call as the chain takes it: as
    /// many arguments as the deployed function has.
    pub(super) fn on_chain(&self, call: &Call) -> Option<(ContractId, &str, Vec<Value>)> {
        let arity = *self.arity.get(&call.entry)?;
        let arguments = call.arguments.iter().take(arity).map(|argument| self.value(argument));
        let arguments = arguments.collect::<Option<_>>()?;
        let Some(through) = call.through else {
            return Some((self.id(call.entry.contract()), call.entry.name(), arguments));
        };
        let place = self.cast.relays.iter().position(|relay| *relay == through)?;
        Some((self.relays[place], self.relayed.get(&call.entry)?, arguments))
    }

    /// The names of the contracts that pass calls on.
    pub(super) fn relays(&self) -> impl Iterator<Item = &'static str> + use<> {
        RELAYS.into_iter()
    }

    /// A datum as the chain has it.
    pub(super) fn value(&self, datum: &Datum) -> Option<Value> {
        Some(match datum {
            Datum::Uint(number) => chain::uint(*number),
            Datum::Bool(truth) => chain::boolean(*truth),
            Datum::Who(who) => chain::principal(self.accounts.principal(*who)),
            Datum::Text(text) => chain::ascii(text),
            Datum::Maybe(None) => Value::none(),
            Datum::Maybe(Some(inner)) => Value::some(self.value(inner)?),
            Datum::List(entries) => {
                chain::list(entries.iter().map(|entry| self.value(entry)).collect::<Option<_>>()?)?
            }
            Datum::Tuple(fields) => {
                let fields = fields.iter().map(|(name, field)| Some((*name, self.value(field)?)));
                chain::tuple(fields.collect::<Option<_>>()?)?
            }
        })
    }

    /// Whether both say the same.
    pub(super) fn same(&self, datum: &Datum, value: &Value) -> bool {
        match (datum, value) {
            (Datum::Uint(one), Value::UInt(other)) => one == other,
            (Datum::Bool(one), Value::Bool(other)) => one == other,
            (Datum::Who(one), Value::Principal(other)) => self.accounts.principal(*one) == other,
            (Datum::Text(one), other) => chain::as_text(other) == Some(one),
            (Datum::Maybe(one), Value::Optional(other)) => match (one, other) {
                (None, None) => true,
                (Some(one), Some(other)) => self.same(one, other),
                _ => false,
            },
            (Datum::List(one), other) => chain::as_list(other).is_some_and(|other| {
                one.len() == other.len() && one.iter().zip(other).all(|(a, b)| self.same(a, b))
            }),
            (Datum::Tuple(fields), Value::Tuple(other)) => {
                fields.len() == other.fields().len() && self.same_fields(fields, other)
            }
            _ => false,
        }
    }

    /// Whether the tuple has each of these fields, alike.
    pub(super) fn same_fields(&self, fields: &[(&'static str, Datum)], tuple: &Tuple) -> bool {
        fields
            .iter()
            .all(|(name, datum)| tuple.get(name).is_some_and(|value| self.same(datum, value)))
    }
}

/// The text of a contract with a function for each public function of both,
/// which passes the call on.
fn relay_text(
    chain: &Chain,
    relayed: &BTreeMap<Entry, String>,
    id: impl Fn(Contract) -> ContractId,
) -> String {
    let mut text =
        String::from(";; Passes on what it is asked to: a stranger between caller and contract.\n");
    for (entry, name) in relayed {
        let Some(signature) = chain.signature(id(entry.contract()), entry.name()) else { continue };
        let (mut declared, mut passed) = (String::new(), String::new());
        for (argument, kind) in &signature.arguments {
            // Writing to a string cannot fail.
            let _ = write!(declared, " ({argument} {kind})");
            let _ = write!(passed, " {argument}");
        }
        let (contract, function) = (entry.contract(), entry.name());
        let _ = writeln!(
            text,
            "(define-public ({name}{declared})\n  (contract-call? .{contract} {function}{passed}))"
        );
    }
    text
}
