//! `[[genesis]]`: what deployed contracts are given before the market opens,
//! as expressions evaluated inside of them. For contracts that offer no
//! function to put energy or money on an account.

use crate::scenario::document::Node;
use crate::scenario::key::{Key, KeySpec, Limits, choice};
use crate::scenario::read::{Fields, Reader, Stated, Table};
use crate::scenario::schema::{self, Schema};
use crate::scenario::setting::Setting;
use crate::units::{Kwh, MicroStx};

choice! {
    /// The contract in which an expression is evaluated.
    pub enum GenesisContract {
        /// The trading contract.
        WattConnect = "wattconnect",
        /// The certification contract.
        EnergyProduction = "energy-production",
    }
}

choice! {
    /// Whom an expression is evaluated for, once each.
    pub enum GenesisOf {
        /// Everyone with a home.
        Everyone = "everyone",
        /// Homes with panels.
        Producers = "producers",
        /// Homes without.
        Buyers = "buyers",
        /// The owner of the contracts.
        Operator = "operator",
    }
}

/// One expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// Where it is evaluated.
    pub contract: GenesisContract,
    /// Whom for.
    pub of: GenesisOf,
    /// Clarity, with `{principal}`, `{make_kwh}`, `{use_kwh}` and
    /// `{purse_ustx}` standing for the participant's account, what it may
    /// expect to make and use over the run, and what it has in the purse.
    pub expression: String,
}

/// All expressions, in the order in which they are evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Genesis(pub Vec<Seed>);

impl Table for Genesis {
    fn read(reader: &mut Reader<'_>, path: &str, node: Option<&Node>) -> Self {
        Self(reader.tables(path, node, &["contract", "of", "expression"], read_seed))
    }

    fn to_setting(&self) -> Setting {
        let tables = self.0.iter().map(|seed| {
            Setting::table([
                ("contract", seed.contract.to_setting()),
                ("of", seed.of.to_setting()),
                ("expression", seed.expression.to_setting()),
            ])
        });
        Setting::List(tables.collect())
    }

    /// Expressions are a list, which no dotted key reaches.
    fn list_keys(_: &str, _: &mut Vec<KeySpec>) {}

    fn schema() -> Schema {
        schema::list(
            "`[[genesis]]`: what deployed contracts are given before the market opens.",
            schema::closed([
                ("contract", schema::one_of(&["wattconnect", "energy-production"])),
                ("of", schema::one_of(&["everyone", "producers", "buyers", "operator"])),
                ("expression", schema::text()),
            ]),
        )
    }
}

fn read_seed(reader: &mut Reader<'_>, item: &Node, fields: &Fields<'_>) -> Option<Seed> {
    let contract = Stated::Required(GenesisContract::WattConnect);
    let contract = reader.key(fields, "contract", contract, Limits::None);
    let of = reader.key(fields, "of", Stated::Required(GenesisOf::Everyone), Limits::None);
    let example = "(map-set energy-balances {principal} {make_kwh})".to_owned();
    let expression_path = fields.path("expression");
    let Some(node) = fields.get("expression") else {
        let message = format!("missing; write Clarity, like \"{example}\"");
        reader.fault_at(&item.key_at, &expression_path, None, message);
        return None;
    };
    let expression = reader.key(fields, "expression", Stated::Required(example), Limits::None);
    if let Some(name) = unknown_placeholder(&expression) {
        let names = Seed::PLACEHOLDERS.map(|name| format!("{{{name}}}")).join(", ");
        let message = format!("{{{name}}} stands for nothing; there are {names}");
        reader.fault_in(&expression_path, node, message);
        return None;
    }
    Some(Seed { contract, of, expression })
}

impl Seed {
    /// What may stand in braces in an expression.
    pub const PLACEHOLDERS: [&'static str; 4] = ["principal", "make_kwh", "use_kwh", "purse_ustx"];

    /// The expression for one participant: the account, as an address; what it
    /// may expect to make and to use over the run; what it has in the purse.
    #[must_use]
    pub fn filled_in(&self, principal: &str, make: Kwh, used: Kwh, purse: MicroStx) -> String {
        let values =
            [format!("'{principal}"), format!("u{make}"), format!("u{used}"), format!("u{purse}")];
        let mut text = self.expression.clone();
        for (name, value) in Self::PLACEHOLDERS.iter().zip(values) {
            text = text.replace(&format!("{{{name}}}"), &value);
        }
        text
    }
}

/// A word in braces that stands for nothing. A tuple, `{amount: u1}`, is no
/// such word.
fn unknown_placeholder(expression: &str) -> Option<&str> {
    expression.split('{').skip(1).find_map(|rest| {
        let word = rest.split('}').next()?;
        let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        (is_word && !Seed::PLACEHOLDERS.contains(&word)).then_some(word)
    })
}
