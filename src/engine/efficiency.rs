//! Allocative efficiency: the gains that trade realised, over the gains that a
//! central market could have made of the same supply and demand. Credited
//! energy keeps, so the central market may match any supply of the run with
//! any demand of it: an upper bound on what was possible. Pure arithmetic on
//! bids.

use crate::units::Kwh;

/// Energy, in kWh, by price. A large market has a price for each home and hour:
/// what comes in stands behind one another until it is much, and is then sorted in
/// with all the rest, instead of each being looked for among all prices.
#[derive(Clone, Debug, Default)]
struct Curve {
    /// Energy by price: at first by rising price, each of which is there once, then
    /// as it came.
    bids: Vec<(f64, f64)>,
    /// How many are in order.
    sorted: usize,
}

impl Curve {
    /// What is there out of order at the least before it is sorted in.
    const LEAST: usize = 1_024;

    fn add(&mut self, price: f64, energy_kwh: f64) {
        if self.bids.len() == self.bids.capacity() {
            self.sort();
            self.bids.reserve_exact(Self::LEAST.max(self.sorted / 4));
        }
        self.bids.push((price.max(0.0), energy_kwh));
    }

    /// Brings all of it in order. What has one price is added up in the order of
    /// its coming, so that when it is sorted changes no bit.
    fn sort(&mut self) {
        self.bids.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        self.bids.dedup_by(|(price, energy), (before, sum)| {
            let same = price == before;
            if same {
                *sum += *energy;
            }
            same
        });
        self.sorted = self.bids.len();
    }
}

/// What a run's participants would have paid and taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Bids {
    supply: Curve,
    demand: Curve,
    realised_ustx: f64,
    /// Energy sold, and what its sellers would have taken for it in all.
    sold_kwh: f64,
    sold_least_ustx: f64,
}

impl Bids {
    /// Energy that became available to a seller who takes `least_ustx`.
    pub(super) fn supply(&mut self, least_ustx: f64, energy_kwh: f64) {
        self.supply.add(least_ustx, energy_kwh);
    }

    /// Energy that a buyer needed who pays `most_ustx`.
    pub(super) fn demand(&mut self, most_ustx: f64, energy_kwh: f64) {
        self.demand.add(most_ustx, energy_kwh);
    }

    /// A sale by one who would have taken `least_ustx` a kWh.
    pub(super) fn sale(&mut self, least_ustx: f64, energy_kwh: f64) {
        self.sold_kwh += energy_kwh;
        self.sold_least_ustx += least_ustx * energy_kwh;
    }

    /// Energy used by one who would have paid `most_ustx` a kWh for it. Energy
    /// is not told apart once it is sold: what the seller gave up is the mean
    /// of all sales so far. Counting at use, not at the sale, leaves out what
    /// is handed back and sold again, or never used.
    pub(super) fn used(&mut self, most_ustx: f64, energy_kwh: f64) {
        if self.sold_kwh > 0.0 {
            let least = self.sold_least_ustx / self.sold_kwh;
            self.realised_ustx += (most_ustx - least) * energy_kwh;
        }
    }

    /// The bids of a time that begins now, with what is left of the time before:
    /// `unsold` energy, in kWh, by what its owners would take, and use that is
    /// `owed`, by what its homes would pay, are supply and demand anew; energy
    /// that is `held` was sold at the mean of all sales so far.
    pub(super) fn carried_over(
        &self,
        unsold: impl Iterator<Item = (f64, f64)>,
        held: Kwh,
        owed: impl Iterator<Item = (f64, f64)>,
    ) -> Self {
        let mut next = Self::default();
        unsold.for_each(|(least, energy)| next.supply(least, energy));
        owed.for_each(|(most, energy)| next.demand(most, energy));
        if self.sold_kwh > 0.0 {
            let least = self.sold_least_ustx / self.sold_kwh;
            next.supply(least, held.as_f64());
            next.sale(least, held.as_f64());
        }
        next
    }

    /// Realised over possible gains; `None` where nothing was possible.
    pub(super) fn efficiency(&self) -> Option<f64> {
        let by_price = |curve: &Curve| {
            let mut curve = curve.clone();
            curve.sort();
            curve.bids
        };
        let possible = matched_gain(&by_price(&self.supply), &by_price(&self.demand));
        (possible > 0.0).then(|| self.realised_ustx / possible)
    }
}

/// The greatest gain of matching `supply`, cheapest first, with `demand`,
/// keenest first; both in the order of prices.
fn matched_gain(supply: &[(f64, f64)], demand: &[(f64, f64)]) -> f64 {
    let mut sellers = supply.iter().copied();
    let mut buyers = demand.iter().rev().copied();
    let mut gain = 0.0;
    let (mut seller, mut buyer) = (sellers.next(), buyers.next());
    while let (Some((least, offered)), Some((most, wanted))) = (seller, buyer) {
        if most <= least {
            break;
        }
        let energy = offered.min(wanted);
        gain += (most - least) * energy;
        let rest = |price: f64, left: f64| (left > 0.0).then_some((price, left));
        seller = rest(least, offered - energy).or_else(|| sellers.next());
        buyer = rest(most, wanted - energy).or_else(|| buyers.next());
    }
    gain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_central_market_takes_the_best_pairs_only() {
        // 3 kWh from 10 and 5 from 20, against 4 up to 30 and 4 up to 15.
        let supply = [(10.0, 3.0), (20.0, 5.0)];
        let gain = matched_gain(&supply, &[(15.0, 4.0), (30.0, 4.0)]);
        assert!((gain - (3.0 * 20.0 + 1.0 * 10.0)).abs() < 1e-9);
        assert!(matched_gain(&[(20.0, 1.0)], &[(10.0, 1.0)]).abs() < 1e-9);
    }

    #[test]
    fn a_curve_adds_up_in_the_order_of_coming_whenever_it_is_sorted() {
        let mut curve = Curve::default();
        let mut sums = std::collections::BTreeMap::<u64, f64>::new();
        for number in 0..20 * Curve::LEAST as u64 + 7 {
            let price = (number * number % 1_009) as f64 / 7.0 - 3.0;
            let energy = 1.0 / (1.0 + number as f64);
            curve.add(price, energy);
            *sums.entry(price.max(0.0).to_bits()).or_default() += energy;
        }
        assert!(0 < curve.sorted && curve.sorted < curve.bids.len(), "some of it waits");
        let expected: Vec<_> =
            sums.into_iter().map(|(price, energy)| (f64::from_bits(price), energy)).collect();
        curve.sort();
        assert_eq!(curve.bids, expected);
    }

    #[test]
    fn all_trades_made_is_efficiency_one() {
        let mut bids = Bids::default();
        bids.supply(10.0, 2.0);
        bids.demand(25.0, 2.0);
        bids.sale(10.0, 2.0);
        bids.used(25.0, 2.0);
        assert_eq!(bids.efficiency(), Some(1.0));
    }
}
