//! `[[decision]]`: dated changes of the contracts' parameters by the operator.

use crate::scenario::document::{Node, Raw};
use crate::scenario::key::{Key, KeySpec, Limits};
use crate::scenario::read::{Fields, Reader, Stated, Table};
use crate::scenario::schema::{self, Schema};
use crate::scenario::sections::market::{Certification, Market, RefundBasis};
use crate::scenario::setting::Setting;
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

/// Declares each change once: its name in TOML, the type of its value, and the
/// key of the scenario whose limits it shares.
macro_rules! changes {
    ($($(#[doc = $doc:literal])+ $Variant:ident($Type:ty) = $name:literal, like $path:literal;)+) => {
        /// A parameter and what it becomes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Change {
            $($(#[doc = $doc])+ $Variant($Type),)+
        }

        impl Change {
            /// The names that `key` may have.
            const NAMES: &'static [&'static str] = &[$($name),+];

            /// Each name, and the key whose limits its value shares.
            const LIKE: &'static [(&'static str, &'static str)] = &[$(($name, $path)),+];

            /// The parameter's name in TOML and in results.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$Variant(_) => $name,)+
                }
            }

            fn value(&self) -> Option<Setting> {
                match self {
                    $(Self::$Variant(value) => value.to_setting(),)+
                }
            }

            /// Reads the value for the parameter called `name`.
            fn read(reader: &mut Reader<'_>, name: &str, path: &str, node: &Node) -> Option<Self> {
                match name {
                    $(
                        $name => {
                            let limits = limits_of(reader, $path);
                            <$Type>::read(reader, path, node, limits).map(Self::$Variant)
                        }
                    )+
                    _ => None,
                }
            }
        }
    };
}

changes! {
    /// The reference price.
    EnergyPrice(MicroStxPerKwh) = "energy_price_ustx_per_kwh",
        like "market.energy_price_ustx_per_kwh";
    /// The commission's rate.
    CommissionRate(BasisPoints) = "commission_bps", like "market.commission_bps";
    /// The refund's rate.
    RefundRate(BasisPoints) = "refund_rate_bps", like "market.refund_rate_bps";
    /// What a refund is reckoned from.
    RefundBasis(RefundBasis) = "refund_basis", like "market.refund_basis";
    /// The most energy listed over the whole market.
    ReserveLimit(Kwh) = "reserve_limit_kwh", like "market.reserve_limit_kwh";
    /// The most energy that one seller may list.
    MaxEnergyPerUser(Kwh) = "max_energy_per_user_kwh", like "market.max_energy_per_user_kwh";
    /// The fee of an application.
    CertificationFee(MicroStx) = "certification_fee_ustx", like "certification.fee_ustx";
    /// The least monthly production that may be declared.
    MinimumProduction(Kwh) = "minimum_production_kwh",
        like "certification.minimum_production_kwh";
    /// The greatest monthly production that may be declared.
    MaximumProduction(Kwh) = "maximum_production_kwh",
        like "certification.maximum_production_kwh";
    /// Whether trading and listing are paused.
    Paused(bool) = "paused", like "";
}

fn limits_of(reader: &Reader<'_>, path: &str) -> Limits {
    let key = reader.known().iter().find(|key| key.path == path);
    key.map_or(Limits::None, |key| key.limits)
}

/// A change at the beginning of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The day at whose midnight it takes effect, the first day being 0.
    pub day: u32,
    /// What changes.
    pub change: Change,
}

/// The decisions in the order in which they take effect: by day, then as
/// written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions(pub Vec<Decision>);

impl Table for Decisions {
    fn read(reader: &mut Reader<'_>, path: &str, node: Option<&Node>) -> Self {
        let mut decisions = reader.tables(path, node, &["day", "key", "value"], read_decision);
        decisions.sort_by_key(|decision| decision.day);
        Self(decisions)
    }

    fn to_setting(&self) -> Setting {
        let tables = self.0.iter().map(|decision| {
            Setting::table([
                ("day", decision.day.to_setting()),
                ("key", Some(Setting::Text(decision.change.name().to_owned()))),
                ("value", decision.change.value()),
            ])
        });
        Setting::List(tables.collect())
    }

    /// Decisions are a list, which no dotted key reaches.
    fn list_keys(_: &str, _: &mut Vec<KeySpec>) {}

    fn schema() -> Schema {
        // A declared key is looked up where it is; the flag has no key of its own.
        let mut keys = Vec::new();
        Market::list_keys("market", &mut keys);
        Certification::list_keys("certification", &mut keys);
        let value = |(name, path): &(&'static str, &str)| match *path {
            "" => (*name, schema::flag()),
            path => (*name, schema::value_of(&keys, path)),
        };
        let values: Vec<_> = Change::LIKE.iter().map(value).collect();
        let decision = schema::closed([
            ("day", schema::whole_from(0)),
            ("key", schema::one_of(Change::NAMES)),
            ("value", schema::any_plain()),
        ]);
        schema::list(
            "`[[decision]]`: a dated change of a parameter by the operator.",
            schema::with_values(decision, "key", &values),
        )
    }
}

fn read_decision(reader: &mut Reader<'_>, item: &Node, fields: &Fields<'_>) -> Option<Decision> {
    // Whether the day is within the run is checked once all is read.
    let day =
        reader.key(fields, "day", Stated::Required(10), Limits::Between(0.0, f64::from(u32::MAX)));
    let name_path = fields.path("key");
    let name = match fields.get("key") {
        None => {
            let names = Change::NAMES.join(", ");
            reader.fault_at(
                &item.key_at,
                &name_path,
                None,
                format!("missing; write one of {names}"),
            );
            return None;
        }
        Some(node) => match &node.value {
            Raw::Text(name) if Change::NAMES.contains(&name.as_str()) => name.as_str(),
            _ => {
                let names = Change::NAMES.join(", ");
                reader.fault_in(&name_path, node, format!("must be one of {names}, in quotes"));
                return None;
            }
        },
    };
    let value_path = fields.path("value");
    let Some(node) = fields.get("value") else {
        let message = format!("missing; say what {name} becomes");
        reader.fault_at(&item.key_at, &value_path, None, message);
        return None;
    };
    let change = Change::read(reader, name, &value_path, node)?;
    Some(Decision { day, change })
}
