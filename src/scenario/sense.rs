//! What a scenario may say and hardly anyone means: a rate in the wrong unit, a
//! price in cents. Nothing is refused here.

use super::Scenario;

/// Currencies in which a kWh costs less than two units everywhere.
const LARGE_UNITS: [&str; 6] = ["eur", "usd", "gbp", "chf", "cad", "aud"];

/// The greatest rate, in basis points, that looks like one meant in per cent.
const FEW_BPS: u16 = 20;

impl Scenario {
    /// What looks odd, each in a sentence with key, value and what may be meant.
    ///
    /// ```
    /// use connect_sim::scenario::Scenario;
    ///
    /// let text = "scenario.name = 'x'\nproducers.count = 1\nbuyers.count = 1\n\
    ///             market.commission_bps = 5";
    /// let scenario = Scenario::from_toml(text, "x.toml", &[])?;
    /// assert_eq!(
    ///     scenario.oddities(),
    ///     ["market.commission_bps = 5 is 0.05 %; 5 % is 500"]
    /// );
    /// # Ok::<(), connect_sim::scenario::Faults>(())
    /// ```
    #[must_use]
    pub fn oddities(&self) -> Vec<String> {
        let mut odd = Vec::new();
        let rates = [
            ("market.commission_bps", self.market.commission_bps.get(), FEW_BPS),
            ("market.refund_rate_bps", self.market.refund_rate_bps.get(), 100),
        ];
        for (key, rate, few) in rates {
            if (1..=few).contains(&rate) {
                odd.push(format!(
                    "{key} = {rate} is {} %; {rate} % is {}",
                    f64::from(rate) / 100.0,
                    u32::from(rate) * 100
                ));
            }
        }
        let currency = self.money.currency.as_str();
        let prices = [
            ("tariff.retail_per_kwh", Some(self.tariff.retail_per_kwh)),
            ("tariff.retail_peak_per_kwh", self.tariff.retail_peak_per_kwh),
            ("tariff.feed_in_per_kwh", Some(self.tariff.feed_in_per_kwh)),
            ("tariff.delivery_per_kwh", Some(self.tariff.delivery_per_kwh)),
        ];
        for (key, price) in prices {
            if let Some(price) = price.filter(|price| *price >= 2.0)
                && LARGE_UNITS.contains(&currency)
            {
                odd.push(format!(
                    "{key} = {price} is {price} {currency} for a kWh; if cents are meant, write {}",
                    price / 100.0
                ));
            }
        }
        let reference = self.market.energy_price_ustx_per_kwh.get() as f64 / 1e6;
        let price = reference * self.money.stx_price;
        let retail = self.tariff.retail_per_kwh;
        if retail > 0.0 && (price > 20.0 * retail || price < retail / 100.0) {
            odd.push(format!(
                "market.energy_price_ustx_per_kwh = {} is {price:.4} {currency} for a kWh, where \
                 the utility takes {retail}; 1 STX is 1,000,000 µSTX",
                self.market.energy_price_ustx_per_kwh
            ));
        }
        if self.tariff.feed_in_per_kwh > retail {
            odd.push(format!(
                "tariff.feed_in_per_kwh = {} is above tariff.retail_per_kwh = {retail}: nobody \
                 sells to a neighbour who pays less than the grid",
                self.tariff.feed_in_per_kwh
            ));
        }
        odd.extend(self.roofs_from_the_sun());
        odd
    }

    /// A remark where the mean roof turns its back to the sun.
    fn roofs_from_the_sun(&self) -> Option<String> {
        /// Nearer to the equator the sun comes from both sides.
        const TROPIC_DEG: f64 = 15.0;
        let (latitude, azimuth) = (self.place.latitude_deg, self.panel.azimuth_deg);
        let from_north = (azimuth + 180.0).rem_euclid(360.0) - 180.0;
        let (side, right) = match latitude {
            south if south < -TROPIC_DEG && from_north.abs() > 90.0 => ("north", 0),
            north if north > TROPIC_DEG && from_north.abs() < 90.0 => ("south", 180),
            _ => return None,
        };
        (self.producers.count > 0 && self.panel.tilt_deg > 0.0).then(|| {
            format!(
                "panel.azimuth_deg = {azimuth} turns the roofs away from the sun, which stands in \
                 the {side} at place.latitude_deg = {latitude}; {right} faces it"
            )
        })
    }

    /// What the market is, in a few lines: who, when, and the contracts'
    /// parameters as the run begins.
    #[must_use]
    pub fn in_short(&self) -> String {
        let Self { time, market, money, .. } = self;
        let percent = |bps: crate::units::BasisPoints| f64::from(bps.get()) / 100.0;
        let price = market.energy_price_ustx_per_kwh;
        let stx = price.get() as f64 / 1e6;
        format!(
            "{} producers and {} buyers from {} for {} {}, {} minutes a tick\n\
             price {stx} STX a kWh ({:.3} {}), commission {} %, refunds {} %, reserve limit {} kWh, \
             at most {} kWh a seller",
            self.producers.count,
            self.buyers.count,
            time.start,
            time.days,
            if time.days == 1 { "day" } else { "days" },
            time.tick_minutes,
            stx * money.stx_price,
            money.currency,
            percent(market.commission_bps),
            percent(market.refund_rate_bps),
            market.reserve_limit_kwh,
            market.max_energy_per_user_kwh,
        )
    }

    /// The keys whose values are not the defaults, each as `key = value`, but
    /// for names, counts and what [`Self::in_short`] says.
    #[must_use]
    pub fn changed(&self) -> Vec<String> {
        const SAID: [&str; 4] = ["scenario.", "time.", "producers.count", "buyers.count"];
        let settings = self.settings();
        let changed = Self::keys().into_iter().filter_map(|key| {
            let value = settings.at(&key.path)?;
            let said = SAID.iter().any(|said| key.path.starts_with(said));
            let default =
                matches!(&key.preset, super::Preset::Default(default) if default == value);
            (!said && !default).then(|| format!("{} = {value}", key.path))
        });
        changed.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oddities(more: &str) -> Vec<String> {
        let text = format!("scenario.name = 'x'\nproducers.count = 1\nbuyers.count = 1\n{more}");
        Scenario::from_toml(&text, "x.toml", &[]).expect("sound").oddities()
    }

    #[test]
    fn what_nobody_means_is_remarked_on_and_nothing_else() {
        assert_eq!(oddities(""), [""; 0]);
        assert_eq!(oddities("market.commission_bps = 0"), [""; 0]);
        assert_eq!(oddities("market.commission_bps = 25"), [""; 0]);
        assert_eq!(oddities("place.latitude_deg = -34.0\npanel.azimuth_deg = 0"), [""; 0]);
        assert_eq!(oddities("place.latitude_deg = -10.0"), [""; 0]);
        for (more, said) in [
            (
                "place.latitude_deg = -34.0",
                "stands in the north at place.latitude_deg = -34; 0 faces",
            ),
            (
                "panel.azimuth_deg = 0",
                "stands in the south at place.latitude_deg = 36.1; 180 faces",
            ),
            ("market.commission_bps = 5", "0.05 %"),
            ("market.refund_rate_bps = 80", "80 % is 8000"),
            ("tariff.retail_per_kwh = 32", "if cents are meant, write 0.32"),
            ("market.energy_price_ustx_per_kwh = 300", "1 STX is 1,000,000 µSTX"),
            ("tariff.feed_in_per_kwh = 0.5", "nobody sells to a neighbour"),
        ] {
            let odd = oddities(more);
            assert!(odd.iter().any(|one| one.contains(said)), "{more}: {odd:?}");
        }
        // Yen are small.
        let yen = "money.stx_price_jpy = 60\ntariff = { retail_per_kwh = 32, feed_in_per_kwh = 8 }\n\
                   market.energy_price_ustx_per_kwh = 300_000";
        assert_eq!(oddities(yen), [""; 0]);
    }
}
