//! Sections of money and of the contracts' parameters: the fiat rate, the
//! tariffs outside the market, trading and certification.

use crate::scenario::document::{Node, Raw};
use crate::scenario::key::{Key, KeySpec, Kind, Limits, Preset, expected};
use crate::scenario::read::{Reader, Stated, Table, section};
use crate::scenario::schema::{self, Schema};
use crate::scenario::setting::{Setting, join};
use crate::units::{BasisPoints, Kwh, MicroStx, MicroStxPerKwh};

/// The greatest amount of money or price that a scenario may name, in µSTX: a
/// thousand million STX, more than half of all there will be.
const GREATEST_USTX: i64 = 1_000_000_000_000_000;

/// The greatest amount of energy that a scenario may name, in kWh.
const GREATEST_KWH: i64 = 1_000_000_000_000;

/// `[money]`: what one STX is worth in the currency that people reckon in. The
/// one key carries the currency's code: `stx_price_eur = 0.60`.
#[derive(Clone, Debug, PartialEq)]
pub struct Money {
    /// The currency, as its three-letter code in lower case (ISO 4217).
    pub currency: String,
    /// The price of one STX in that currency.
    pub stx_price: f64,
}

impl Money {
    const PREFIX: &'static str = "stx_price_";
    const LIMITS: Limits = Limits::Between(1e-6, 1e9);

    fn key(&self) -> String {
        format!("{}{}", Self::PREFIX, self.currency)
    }

    /// The currency in a key's name, where it is such a key.
    fn currency_in(name: &str) -> Option<&str> {
        name.strip_prefix(Self::PREFIX)
            .filter(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_lowercase()))
    }
}

impl Default for Money {
    fn default() -> Self {
        Self { currency: "eur".to_owned(), stx_price: 0.60 }
    }
}

impl Table for Money {
    fn read(reader: &mut Reader<'_>, path: &str, node: Option<&Node>) -> Self {
        const RIGHT: &str =
            "the price of one STX is stx_price_ and a currency's three letters, like stx_price_eur";
        let fields = reader.open_any(path, node);
        let mut money: Option<Self> = None;
        for name in fields.names() {
            let Some(inner) = fields.get(name) else {
                continue;
            };
            let key_path = fields.path(name);
            match (Self::currency_in(name), &money) {
                (None, _) => {
                    let message = format!("unknown key; {RIGHT}");
                    reader.fault_at(&inner.key_at, &key_path, None, message);
                }
                (Some(_), Some(first)) => {
                    let first = first.key();
                    let message = format!("is one currency too many beside {first}; keep one");
                    reader.fault_at(&inner.key_at, &key_path, None, message);
                }
                (Some(currency), None) => {
                    let fallback = Stated::Default(Self::default().stx_price);
                    let stx_price = reader.key(&fields, name, fallback, Self::LIMITS);
                    money = Some(Self { currency: currency.to_owned(), stx_price });
                }
            }
        }
        money.unwrap_or_default()
    }

    fn to_setting(&self) -> Setting {
        Setting::Table(vec![(self.key(), Setting::Number(self.stx_price))])
    }

    fn list_keys(path: &str, keys: &mut Vec<KeySpec>) {
        let money = Self::default();
        keys.push(KeySpec {
            path: join(path, &money.key()),
            kind: Kind::Number,
            preset: Preset::Default(Setting::Number(money.stx_price)),
            limits: Self::LIMITS,
            unit: "currency units per STX",
            doc: "The price of one STX. The key ends in the currency's three-letter code, in \
                  lower case: any currency will do, and exactly one is named."
                .to_owned(),
        });
    }

    fn schema() -> Schema {
        schema::only_one(
            "`[money]`: what one STX is worth. The key ends in the currency's three letters.",
            &format!("^{}[a-z]{{3}}$", Self::PREFIX),
            schema::number(1e-6, 1e9),
        )
    }
}

section! {
    /// `[tariff]`: what energy costs and earns outside the market, in the
    /// currency of `[money]`.
    pub struct Tariff {
        /// Retail price of energy, off peak where there is a peak price.
        retail_per_kwh: f64 = 0.32, in 0.0..=1e9, unit "currency units per kWh";
        /// Retail price in the peak hours; unsaid, the tariff is flat.
        retail_peak_per_kwh: Option<f64> = None, in 0.0..=1e9, unit "currency units per kWh";
        /// The hour at which the peak begins.
        peak_from_hour: u32 = 17, in 0..=23, unit "hour of the day";
        /// The hour at which the peak is over.
        peak_to_hour: u32 = 21, in 1..=24, unit "hour of the day";
        /// What the grid pays for energy fed into it.
        feed_in_per_kwh: f64 = 0.08, in 0.0..=1e9, unit "currency units per kWh";
        /// What a kWh from a neighbour costs beside its price, since it comes
        /// over the public grid: grid charges, taxes and levies, which the
        /// retail price holds already.
        delivery_per_kwh: f64 = 0.12, in 0.0..=1e9, unit "currency units per kWh";
        /// Spread of the retail price over the homes, which have different
        /// contracts with the utility: standard deviation of the logarithm.
        /// The prices above are the medians.
        retail_sigma: f64 = 0.12, in 0.0..=2.0;
        /// The same of what the grid pays them, which depends on when a roof
        /// was built.
        feed_in_sigma: f64 = 0.25, in 0.0..=2.0;
    }
}

impl Tariff {
    /// Whether an hour of the day, 0 to 23, is a peak hour.
    #[must_use]
    pub fn is_peak(&self, hour: u32) -> bool {
        (self.peak_from_hour..self.peak_to_hour).contains(&hour)
    }

    /// The retail price at an hour of the day, in currency units per kWh.
    #[must_use]
    pub fn retail_at(&self, hour: u32) -> f64 {
        match self.retail_peak_per_kwh {
            Some(peak) if self.is_peak(hour) => peak,
            _ => self.retail_per_kwh,
        }
    }
}

/// What a refund is reckoned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefundBasis {
    /// 0: the reference price, whatever was paid.
    ReferencePrice,
    /// 1: the lower of the reference price and what the holder paid on average.
    LowerOfPaid,
}

impl RefundBasis {
    /// Its code in the contract.
    #[must_use]
    pub const fn code(self) -> u128 {
        match self {
            Self::ReferencePrice => 0,
            Self::LowerOfPaid => 1,
        }
    }
}

impl Key for RefundBasis {
    const KIND: Kind = Kind::Integer;
    fn from_node(node: &Node) -> Option<Self> {
        match node.value {
            Raw::Integer(Some(0)) => Some(Self::ReferencePrice),
            Raw::Integer(Some(1)) => Some(Self::LowerOfPaid),
            _ => None,
        }
    }
    fn to_setting(&self) -> Option<Setting> {
        Some(Setting::Integer(match self {
            Self::ReferencePrice => 0,
            Self::LowerOfPaid => 1,
        }))
    }
    fn read(reader: &mut Reader<'_>, path: &str, node: &Node, limits: Limits) -> Option<Self> {
        let basis = Self::from_node(node);
        if basis.is_none() {
            reader.fault_in(
                path,
                node,
                format!(
                    "must be {}: 0 is the reference price, 1 the lower of it and the price paid",
                    expected(Self::KIND, limits)
                ),
            );
        }
        basis
    }
}

section! {
    /// `[market]`: the trading contract's parameters as the run begins.
    pub struct Market {
        /// The reference price.
        energy_price_ustx_per_kwh: MicroStxPerKwh = MicroStxPerKwh::new(300_000),
            in 1..=GREATEST_USTX, unit "µSTX per kWh";
        /// The commission that a buyer pays on top, to the treasury.
        commission_bps: BasisPoints = bps(250), in 0..=10_000, unit "basis points";
        /// What a refund gives back of the unit price.
        refund_rate_bps: BasisPoints = bps(8_000), in 0..=10_000, unit "basis points";
        /// What that unit price is: 0 the reference price whatever was paid,
        /// 1 the lower of it and the average that the holder paid.
        refund_basis: RefundBasis = RefundBasis::LowerOfPaid, in [0, 1].as_slice();
        /// The most energy that may be listed over the whole market.
        reserve_limit_kwh: Kwh = Kwh::new(50_000), in 0..=GREATEST_KWH, unit "kWh";
        /// The most energy that one seller may have listed.
        max_energy_per_user_kwh: Kwh = Kwh::new(200), in 1..=GREATEST_KWH, unit "kWh";
        /// What the operator pays into the treasury at the start.
        treasury_ustx: MicroStx = MicroStx::new(1_000_000_000), in 0..=GREATEST_USTX,
            unit "µSTX";
    }
}

section! {
    /// `[certification]`: the certification contract's parameters as the run
    /// begins.
    pub struct Certification {
        /// The fee of an application.
        fee_ustx: MicroStx = MicroStx::new(5_000_000), in 0..=GREATEST_USTX, unit "µSTX";
        /// The least monthly production that may be declared.
        minimum_production_kwh: Kwh = Kwh::new(100), in 1..=GREATEST_KWH, unit "kWh a month";
        /// The greatest monthly production that may be declared.
        maximum_production_kwh: Kwh = Kwh::new(5_000), in 1..=GREATEST_KWH, unit "kWh a month";
    }
}

/// A rate known to be within the whole.
const fn bps(rate: u16) -> BasisPoints {
    match BasisPoints::new(rate) {
        Some(rate) => rate,
        None => BasisPoints::WHOLE,
    }
}
