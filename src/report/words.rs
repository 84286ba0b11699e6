//! What measures and settings are called where people read them, and how their
//! values are written: thousands set apart, money in STX and in the scenario's
//! currency. No sentence about a result is made here.

use serde_json::Value;

use super::load::at;
use super::number::{grouped, percent, readable};
use crate::engine::{measure_named, measures};

/// Settings as people call them.
const SETTINGS: &[(&str, &str)] = &[
    ("market.commission_bps", "commission"),
    ("market.refund_rate_bps", "refund rate"),
    ("market.refund_basis", "refund basis"),
    ("market.energy_price_ustx_per_kwh", "reference price"),
    ("market.reserve_limit_kwh", "reserve limit"),
    ("market.max_energy_per_user_kwh", "limit a seller"),
    ("market.treasury_ustx", "treasury at the start"),
    ("certification.fee_ustx", "certification fee"),
    ("certification.minimum_production_kwh", "least production certified"),
    ("certification.maximum_production_kwh", "greatest production certified"),
    ("producers.count", "number of producers"),
    ("buyers.count", "number of buyers"),
    ("tariff.retail_per_kwh", "retail tariff"),
    ("tariff.feed_in_per_kwh", "feed-in tariff"),
    ("time.start", "first day"),
    ("time.days", "days"),
    ("scenario.name", "scenario"),
];

/// The unit of a measure, by its name; none of what is no measure.
pub(super) fn unit(metric: &str) -> &'static str {
    measure_named(metric).map_or("", |known| known.unit)
}

/// How a measure is called.
pub(super) fn measure(metric: &str) -> String {
    measure_named(metric).map_or_else(|| spaced(metric), |known| known.label.to_string())
}

/// Where a measure stands in the order of importance: the leading ones, the others
/// as the summary has them, and what is no measure.
pub(super) fn rank(metric: &str) -> (bool, usize) {
    let place = measures().iter().position(|measure| measure.name == metric);
    let known = place.map(|place| (measures()[place].leading, place));
    match known {
        Some((Some(leading), _)) => (false, leading.into()),
        Some((None, place)) => (true, place),
        None => (true, usize::MAX),
    }
}

/// How a setting is called.
pub(super) fn setting(key: &str) -> String {
    if let Some((_, label)) = SETTINGS.iter().find(|(name, _)| *name == key) {
        return (*label).to_owned();
    }
    let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
    let name = UNITS.iter().find_map(|(ending, _)| name.strip_suffix(ending)).unwrap_or(name);
    let section = section.trim_end_matches('s');
    if section.is_empty() { spaced(name) } else { spaced(&format!("{section}: {name}")) }
}

/// What the end of a key says of its unit.
const UNITS: &[(&str, &str)] = &[
    ("_ustx_per_kwh", "µSTX/kWh"),
    ("_per_kwh", "a kWh"),
    ("_bps", "bps"),
    ("_ustx", "µSTX"),
    ("_kwh", "kWh"),
    ("_share", "1"),
    ("_stx", "STX"),
    ("_s", "s"),
];

fn spaced(name: &str) -> String {
    name.replace(['_', '-'], " ")
}

/// What STX are worth in what people reckon in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Money {
    currency: String,
    price: f64,
}

impl Money {
    /// As the scenario has it; without a price, money is told in STX alone.
    pub(super) fn of(scenario: &Value) -> Self {
        let found = at(scenario, "money").and_then(Value::as_object).and_then(|entries| {
            entries.iter().find_map(|(key, value)| {
                Some((key.strip_prefix("stx_price_")?.to_owned(), value.as_f64()?))
            })
        });
        let (currency, price) = found.unwrap_or_default();
        Self { currency, price }
    }

    /// An amount of STX in the currency; nothing where there is none.
    pub(super) fn fiat(&self, stx: f64) -> Option<String> {
        if self.price <= 0.0 || !stx.is_finite() {
            return None;
        }
        let value = stx * self.price;
        let size = value.abs();
        let decimals = if size >= 1_000.0 || size == 0.0 { 0 } else { 2 };
        let digits = grouped(size, decimals);
        // What rounds to nothing has no sign.
        let sign = if value < 0.0 && digits.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
            "−"
        } else {
            ""
        };
        Some(match self.currency.as_str() {
            "eur" => format!("{sign}€{digits}"),
            "usd" => format!("{sign}${digits}"),
            "gbp" => format!("{sign}£{digits}"),
            code => format!("{sign}{digits} {}", code.to_uppercase()),
        })
    }

    /// A price of µSTX a kWh in hundredths of the currency.
    fn fiat_price(&self, ustx: f64) -> Option<String> {
        self.fiat(ustx / 1e6).map(|_| {
            let hundredths = grouped(ustx / 1e6 * self.price * 100.0, 1);
            match self.currency.as_str() {
                "eur" | "usd" => format!("{hundredths} ct/kWh"),
                "gbp" => format!("{hundredths} p/kWh"),
                code => format!("{hundredths} hundredths of {} a kWh", code.to_uppercase()),
            }
        })
    }

    /// What an STX is worth, where that is known.
    pub(super) fn rate(&self) -> Option<f64> {
        (self.price > 0.0).then_some(self.price)
    }

    /// What amounts are marked with on an axis.
    pub(super) fn symbol(&self) -> String {
        match self.currency.as_str() {
            _ if self.price <= 0.0 => "STX".to_owned(),
            "eur" => "€".to_owned(),
            "usd" => "$".to_owned(),
            "gbp" => "£".to_owned(),
            code => code.to_uppercase(),
        }
    }

    /// The line that says what an STX is taken to be worth.
    pub(super) fn told(&self) -> Option<String> {
        (self.price > 0.0).then(|| {
            format!("1 STX is taken to be {} {}", self.price, self.currency.to_uppercase())
        })
    }
}

/// A value of a unit, as people read it; a dash where there is none.
pub(super) fn value(metric: &str, unit: &str, value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    match unit {
        "1" if metric.ends_with("gini") => grouped(value, 2),
        "1" => percent(value),
        "STX" => stx(value),
        "µSTX" => stx(value / 1e6),
        "µSTX/kWh" => format!("{} STX/kWh", grouped(value / 1e6, 3)),
        "bps" => format!("{} %", trimmed(value / 100.0, 2)),
        "kWh" => format!(
            "{} kWh",
            grouped(value, usize::from(value.abs() < 10.0 && value.fract() != 0.0))
        ),
        "s" => seconds(value),
        "" | "calls" | "purchases" | "producers" | "buyers" | "applications" | "homes" => {
            grouped(value, usize::from(value.fract() != 0.0 && value.abs() < 100.0))
        }
        unit => format!("{} {unit}", readable(value)),
    }
}

/// A difference, with its sign.
pub(super) fn difference(metric: &str, unit: &str, difference: f64) -> String {
    if !difference.is_finite() {
        return "–".to_owned();
    }
    let text = match unit {
        "1" if !metric.ends_with("gini") => {
            let points = difference * 100.0;
            let decimals = if points.abs() < 10.0 { 1 } else { 0 };
            let noun = if points.abs() == 1.0 { "point" } else { "points" };
            format!("{} {noun}", grouped(points, decimals))
        }
        _ => value(metric, unit, difference),
    };
    signed(text, difference)
}

/// Both ends of an interval of differences, the unit said once.
pub(super) fn range(metric: &str, unit: &str, low: f64, high: f64) -> String {
    joined(difference(metric, unit, low), difference(metric, unit, high))
}

/// Both ends of an interval of values, the unit said once.
pub(super) fn span(metric: &str, unit: &str, low: f64, high: f64) -> String {
    joined(value(metric, unit, low), value(metric, unit, high))
}

fn joined(low: String, high: String) -> String {
    let unit = |text: &str| text.split_once(' ').map(|(_, unit)| unit.to_owned());
    match (unit(&low), unit(&high)) {
        (Some(a), Some(b)) if a == b => {
            let low = low.split_once(' ').map_or("", |(number, _)| number);
            format!("{low} to {high}")
        }
        _ => format!("{low} to {high}"),
    }
}

/// Text in which no line ends between a number and its unit.
pub(super) fn tied(text: &str) -> String {
    const UNITS: [&str; 12] = [
        "%", "STX", "µSTX", "kWh", "STX/kWh", "ct/kWh", "min", "s", "h", "points", "homes", "days",
    ];
    let mut tied = String::new();
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 {
            let bare = word.trim_end_matches([',', '.', ';', ':', ')', '?', '”']);
            let number = tied.ends_with(|c: char| c.is_ascii_digit());
            tied.push(if number && UNITS.contains(&bare) { '\u{a0}' } else { ' ' });
        }
        tied.push_str(word);
    }
    tied
}

/// A plus before what is positive and does not read as nothing.
fn signed(text: String, of: f64) -> String {
    let something = text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    if of > 0.0 && something { format!("+{text}") } else { text }
}

/// A difference of money in the currency, with its sign.
pub(super) fn aside_difference(unit: &str, money: &Money, of: f64) -> Option<String> {
    aside(unit, money, of).map(|text| signed(text, of))
}

/// The same in the currency, or in per cent of `base` where it is no money.
pub(super) fn aside(unit: &str, money: &Money, of: f64) -> Option<String> {
    match unit {
        "STX" => money.fiat(of),
        "µSTX" => money.fiat(of / 1e6),
        "µSTX/kWh" => money.fiat_price(of),
        _ => None,
    }
}

/// A difference as a share of what it is of.
pub(super) fn relative(difference: f64, base: f64) -> Option<String> {
    let share = difference / base.abs();
    if !share.is_finite() || base == 0.0 {
        return None;
    }
    let points = share * 100.0;
    let decimals = usize::from(points.abs() < 10.0);
    Some(signed(format!("{} %", grouped(points, decimals)), points))
}

/// An amount of STX.
pub(super) fn stx(value: f64) -> String {
    let size = value.abs();
    let decimals = if size >= 1_000.0 || size == 0.0 {
        0
    } else if size >= 1.0 {
        2
    } else {
        4
    };
    format!("{} STX", grouped(value, decimals))
}

/// A time as people tell it.
fn seconds(value: f64) -> String {
    let size = value.abs();
    if size >= 7_200.0 {
        format!("{} h", grouped(value / 3_600.0, 1))
    } else if size >= 120.0 {
        format!("{} min", grouped(value / 60.0, usize::from(size < 600.0)))
    } else {
        format!("{} s", grouped(value, usize::from(value.fract() != 0.0)))
    }
}

/// A number without zeros at its end.
pub(super) fn trimmed(value: f64, decimals: usize) -> String {
    let text = grouped(value, decimals);
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A setting's value as people read it.
pub(super) fn setting_value(key: &str, value: &Value, money: &Money) -> String {
    if key == "market.refund_basis" {
        return match value.as_u64() {
            Some(0) => "the reference price".to_owned(),
            Some(1) => "the price paid, at most the reference price".to_owned(),
            _ => plain(value),
        };
    }
    let Some(number) = value.as_f64() else { return plain(value) };
    let unit = UNITS.iter().find(|(ending, _)| key.ends_with(ending)).map_or("", |(_, unit)| unit);
    if unit == "a kWh" {
        let currency = money.currency.to_uppercase();
        return format!("{} {currency}/kWh", trimmed(number, 3)).replace(" /", "/");
    }
    if unit.is_empty() {
        return trimmed(number, 4);
    }
    self::value(key, unit, number)
}

/// A setting's number from a cell, as people read it.
pub(super) fn setting_cell(key: &str, cell: &str, money: &Money) -> String {
    let value = cell
        .parse::<f64>()
        .ok()
        .and_then(serde_json::Number::from_f64)
        .map_or_else(|| Value::String(cell.to_owned()), Value::Number);
    setting_value(key, &value, money)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "not set".to_owned(),
        other => other.to_string(),
    }
}

/// A third of the homes of a kind: which, and from what size to what.
pub(super) fn third(size: &str, from: f64, to: f64, unit: &str) -> String {
    let size = match size {
        "small" => "smallest third",
        // Results of before called it "middle".
        "medium" | "middle" => "middle third",
        "large" => "largest third",
        other => other,
    };
    let number = |value: f64| trimmed(value, usize::from(value < 100.0));
    format!("{size}, {} to {} {unit}", number(from), number(to))
}

/// A number and its noun.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number as f64, 0), if number == 1 { one } else { many })
}

/// Things in a row, as a sentence names them.
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// With a capital at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        let eur = Money { currency: "eur".to_owned(), price: 0.6 };
        assert_eq!(value("treasury_stx", "STX", 1_234_567.8), "1,234,568 STX");
        assert_eq!(value("", "STX", 0.0042), "0.0042 STX");
        assert_eq!(value("price_mean_ustx_per_kwh", "µSTX/kWh", 216_014.4), "0.216 STX/kWh");
        assert_eq!(aside("µSTX/kWh", &eur, 216_014.4).as_deref(), Some("13.0 ct/kWh"));
        assert_eq!(aside("STX", &eur, -10.0).as_deref(), Some("−€6.00"));
        assert_eq!(value("wait_s_p95", "s", 5_400.0), "90 min");
        assert_eq!(value("rejected_share", "1", 0.017), "1.7 %");
        assert_eq!(difference("rejected_share", "1", -0.017), "−1.7 points");
        assert_eq!(difference("traded_kwh", "kWh", 1_200.0), "+1,200 kWh");
        assert_eq!(value("x", "kWh", f64::NAN), "–");
        assert_eq!(relative(5.0, -50.0).as_deref(), Some("+10 %"));
        assert_eq!(relative(5.0, 0.0), None);
        assert_eq!(range("", "STX", -24.4, 1.0), "−24.40 to +1.00 STX");
        assert_eq!(range("", "1", 0.0, 0.5), "0.0 to +50 points");
        assert_eq!(aside_difference("STX", &eur, 10.0).as_deref(), Some("+€6.00"));
        assert_eq!(
            tied("by 0.7 % (5.2 %), 3 days on"),
            "by 0.7\u{a0}% (5.2\u{a0}%), 3\u{a0}days on"
        );
        let bps = Value::from(250);
        assert_eq!(setting_value("market.commission_bps", &bps, &eur), "2.5 %");
        assert_eq!(
            setting_value("market.reserve_limit_kwh", &Value::from(50_000), &eur),
            "50,000 kWh"
        );
        assert_eq!(
            setting_value("tariff.retail_per_kwh", &Value::from(0.32), &eur),
            "0.32 EUR/kWh"
        );
        assert_eq!(setting("buyers.offers_seen"), "buyer: offers seen");
        assert_eq!(listed(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
