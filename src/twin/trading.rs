//! The twin's trading: listing, buying, refunds, consumption, and what the
//! certification contract reports. Not the settings.

use super::{Answer, Datum, Energy, No, Twin, YES, minus, plus, refuse, times};
use crate::market::{Account, Contract, Function};

/// Basis points to the whole.
const WHOLE: u128 = 10_000;
/// The highest price a kWh, µSTX.
pub(super) const MAX_PRICE: u128 = 1_000_000_000_000_000;
/// The largest reading, kWh.
const MAX_READING: u128 = 1_000_000_000_000_000;

/// What a purchase from many has come to.
struct Basket {
    /// The buyer's STX less all that is paid and owed.
    purse: u128,
    amount: u128,
    cost: u128,
    commission: u128,
}

impl Twin {
    /// A call of the trading contract; `None` for arguments of another shape.
    pub(super) fn trade(&mut self, function: Function, arguments: &[Datum]) -> Option<Answer> {
        use Datum::{Bool, List, Uint, Who};
        use Function as F;
        Some(match (function, arguments) {
            (F::AddEnergyForSale, [Uint(amount), Uint(price)]) => self.list(*amount, *price),
            (F::RemoveEnergyFromSale, [Uint(amount)]) => self.unlist(*amount),
            (F::BuyEnergyFromUser, [Who(seller), Uint(amount), Uint(max_price)]) => {
                self.buy(*seller, *amount, *max_price)
            }
            (F::BuyEnergyFromMany, [List(orders)]) => {
                let orders = orders.iter().map(order).collect::<Option<Vec<_>>>()?;
                self.buy_from_many(&orders)
            }
            (F::RefundEnergy, [Uint(amount)]) => self.refund(*amount),
            (F::ConsumeEnergy, [Uint(amount)]) => self.consume(*amount),
            (F::SettleConsumption, [List(readings)]) => {
                let caller = self.caller;
                self.settle(caller, &read(readings, "consumer")?)
            }
            (F::CreditProduction, [List(readings)]) => {
                let caller = self.caller;
                self.credit(caller, &read(readings, "producer")?)
            }
            (F::SetProducerStatus, [Who(producer), Bool(certified)]) => {
                let caller = self.caller;
                self.set_status(caller, *producer, *certified)
            }
            (function, arguments) => return self.decide(function, arguments),
        })
    }

    /// Says no unless the trading contract's owner signed.
    pub(super) fn owner_only(&self) -> Result<(), No> {
        refuse(self.sender != self.state.trading.owner, 100)
    }

    fn list(&mut self, amount: u128, price: u128) -> Answer {
        let seller = self.sender;
        let state = self.state.trading;
        let before = *self.energy(seller);
        refuse(state.paused, 112)?;
        refuse(amount == 0, 104)?;
        refuse(price == 0 || price > MAX_PRICE, 103)?;
        refuse(!before.certified && seller != state.owner, 110)?;
        // A producer lists his own, an owner who is none what was handed back.
        let source = if before.certified { before.unlisted } else { state.returned };
        refuse(amount > source, 101)?;
        let listed = plus(before.listed, amount)?;
        let reserve = plus(state.reserve, amount)?;
        refuse(listed > state.max_per_user, 111)?;
        refuse(reserve > state.reserve_limit, 108)?;
        if before.certified {
            self.energy_mut(seller).unlisted -= amount;
        } else {
            self.set_returned(state.returned - amount);
        }
        let energy = self.energy_mut(seller);
        energy.listed = listed;
        energy.price = price;
        self.state.trading.reserve = reserve;
        self.tell(
            Contract::WattConnect,
            "energy-listed",
            [
                ("seller", Datum::Who(seller)),
                ("amount", Datum::Uint(amount)),
                ("price", Datum::Uint(price)),
                ("old-price", Datum::Uint(before.price)),
                ("listed", Datum::Uint(listed)),
                ("reserve", Datum::Uint(reserve)),
            ],
        );
        YES
    }

    fn unlist(&mut self, amount: u128) -> Answer {
        let seller = self.sender;
        refuse(amount == 0, 104)?;
        refuse(amount > self.energy(seller).listed, 101)?;
        self.withdraw_listing(seller, amount)?;
        YES
    }

    /// Takes listed energy off the market, to where it came from.
    fn withdraw_listing(&mut self, seller: Account, amount: u128) -> Result<(), No> {
        let energy = *self.energy(seller);
        let listed = minus(energy.listed, amount)?;
        let reserve = minus(self.state.trading.reserve, amount)?;
        self.energy_mut(seller).listed = listed;
        self.state.trading.reserve = reserve;
        self.tell(
            Contract::WattConnect,
            "energy-delisted",
            [
                ("seller", Datum::Who(seller)),
                ("amount", Datum::Uint(amount)),
                ("listed", Datum::Uint(listed)),
                ("reserve", Datum::Uint(reserve)),
            ],
        );
        if energy.certified {
            self.energy_mut(seller).unlisted = plus(energy.unlisted, amount)?;
        } else {
            self.set_returned(plus(self.state.trading.returned, amount)?);
        }
        Ok(())
    }

    /// The same with all of it, where there is any.
    pub(super) fn withdraw_all(&mut self, seller: Account) -> Result<(), No> {
        match self.energy(seller).listed {
            0 => Ok(()),
            listed => self.withdraw_listing(seller, listed),
        }
    }

    fn set_returned(&mut self, new: u128) {
        let old = std::mem::replace(&mut self.state.trading.returned, new);
        self.tell(
            Contract::WattConnect,
            "returned-set",
            [("old", Datum::Uint(old)), ("new", Datum::Uint(new))],
        );
    }

    /// Why an order cannot be filled, STX aside; 0 where it can.
    fn order_fault(&self, seller: Account, amount: u128, max_price: u128) -> u128 {
        let offer = self.energy(seller);
        if seller == self.sender {
            107
        } else if amount == 0 {
            104
        } else if amount > offer.listed {
            101
        } else if offer.price > max_price {
            113
        } else {
            0
        }
    }

    /// What an amount from a seller costs, and the commission on it, which
    /// rounds up.
    fn costs(&self, seller: Account, amount: u128) -> Result<(u128, u128), No> {
        let cost = times(amount, self.energy(seller).price)?;
        let scaled = times(cost, self.state.trading.commission_rate)?;
        Ok((cost, scaled.div_ceil(WHOLE)))
    }

    fn buy(&mut self, seller: Account, amount: u128, max_price: u128) -> Answer {
        let buyer = self.sender;
        refuse(self.state.trading.paused, 112)?;
        let fault = self.order_fault(seller, amount, max_price);
        refuse(fault != 0, fault)?;
        let (cost, commission) = self.costs(seller, amount)?;
        self.pay(buyer, seller, cost, 102)?;
        self.pay_commission(commission)?;
        self.hand_over(seller, amount, cost, commission)?;
        self.receive(amount, cost)?;
        YES
    }

    fn buy_from_many(&mut self, orders: &[(Account, u128, u128)]) -> Answer {
        refuse(self.state.trading.paused, 112)?;
        let purse = self.purse(self.sender);
        let mut basket = Basket { purse, amount: 0, cost: 0, commission: 0 };
        for (seller, amount, max_price) in orders {
            self.fill(*seller, *amount, *max_price, &mut basket)?;
        }
        if basket.amount > 0 {
            self.pay_commission(basket.commission)?;
            self.receive(basket.amount, basket.cost)?;
        }
        Ok(Datum::Tuple(vec![
            ("amount", Datum::Uint(basket.amount)),
            ("cost", Datum::Uint(basket.cost)),
            ("commission", Datum::Uint(basket.commission)),
        ]))
    }

    /// Fills one order whole, or skips it and says why.
    fn fill(
        &mut self,
        seller: Account,
        amount: u128,
        max_price: u128,
        basket: &mut Basket,
    ) -> Result<(), No> {
        let buyer = self.sender;
        let mut fault = self.order_fault(seller, amount, max_price);
        if fault == 0 {
            let (cost, commission) = self.costs(seller, amount)?;
            let total = plus(cost, commission)?;
            if total <= basket.purse && self.pay(buyer, seller, cost, 102).is_ok() {
                basket.purse -= total;
                basket.amount = plus(basket.amount, amount)?;
                basket.cost = plus(basket.cost, cost)?;
                basket.commission = plus(basket.commission, commission)?;
                return self.hand_over(seller, amount, cost, commission);
            }
            fault = 102;
        }
        self.tell(
            Contract::WattConnect,
            "order-skipped",
            [
                ("buyer", Datum::Who(buyer)),
                ("seller", Datum::Who(seller)),
                ("amount", Datum::Uint(amount)),
                ("reason", Datum::Uint(fault)),
            ],
        );
        Ok(())
    }

    fn pay_commission(&mut self, commission: u128) -> Result<(), No> {
        if commission == 0 {
            return Ok(());
        }
        self.pay(self.sender, self.contracts.wattconnect, commission, 102)
    }

    /// The seller's side of a sale.
    fn hand_over(
        &mut self,
        seller: Account,
        amount: u128,
        cost: u128,
        commission: u128,
    ) -> Result<(), No> {
        let reserve = minus(self.state.trading.reserve, amount)?;
        self.state.trading.reserve = reserve;
        let offer = self.energy_mut(seller);
        offer.listed -= amount;
        let (price, listed) = (offer.price, offer.listed);
        self.tell(
            Contract::WattConnect,
            "energy-bought",
            [
                ("buyer", Datum::Who(self.sender)),
                ("seller", Datum::Who(seller)),
                ("amount", Datum::Uint(amount)),
                ("price", Datum::Uint(price)),
                ("cost", Datum::Uint(cost)),
                ("commission", Datum::Uint(commission)),
                ("listed", Datum::Uint(listed)),
                ("reserve", Datum::Uint(reserve)),
            ],
        );
        Ok(())
    }

    /// The buyer's side: the commission does not count as paid.
    fn receive(&mut self, amount: u128, cost: u128) -> Result<(), No> {
        let energy = self.energy_mut(self.sender);
        energy.held = plus(energy.held, amount)?;
        energy.paid = plus(energy.paid, cost)?;
        Ok(())
    }

    fn refund(&mut self, amount: u128) -> Answer {
        let holder = self.sender;
        let Energy { held, paid, .. } = *self.energy(holder);
        let terms = self.state.trading;
        refuse(amount == 0, 104)?;
        refuse(amount > held, 101)?;
        let reference = times(amount, terms.energy_price)?;
        let value = match terms.refund_basis {
            0 => reference,
            _ => reference.min(times(paid, amount)? / held),
        };
        let payout = times(value, terms.refund_rate)? / WHOLE;
        if payout > 0 {
            self.pay(self.contracts.wattconnect, holder, payout, 106)?;
        }
        self.take_from(holder, amount)?;
        let returned = plus(terms.returned, amount)?;
        self.state.trading.returned = returned;
        let left = *self.energy(holder);
        self.tell(
            Contract::WattConnect,
            "energy-refunded",
            [
                ("holder", Datum::Who(holder)),
                ("amount", Datum::Uint(amount)),
                ("payout", Datum::Uint(payout)),
                ("held", Datum::Uint(left.held)),
                ("old-paid", Datum::Uint(paid)),
                ("paid", Datum::Uint(left.paid)),
                ("returned", Datum::Uint(returned)),
            ],
        );
        YES
    }

    /// Takes held energy away, with its share of what was paid; what counts as
    /// paid for the rest rounds down.
    fn take_from(&mut self, holder: Account, amount: u128) -> Result<(), No> {
        let energy = self.energy_mut(holder);
        let left = minus(energy.held, amount)?;
        energy.paid = times(energy.paid, left)? / energy.held;
        energy.held = left;
        Ok(())
    }

    fn consume(&mut self, amount: u128) -> Answer {
        let consumer = self.sender;
        refuse(amount == 0, 104)?;
        refuse(amount > self.energy(consumer).held, 101)?;
        self.use_up(consumer, amount, amount)?;
        YES
    }

    fn use_up(&mut self, consumer: Account, metered: u128, amount: u128) -> Result<(), No> {
        let paid = self.energy(consumer).paid;
        self.take_from(consumer, amount)?;
        let left = *self.energy(consumer);
        self.tell(
            Contract::WattConnect,
            "energy-consumed",
            [
                ("consumer", Datum::Who(consumer)),
                ("metered", Datum::Uint(metered)),
                ("amount", Datum::Uint(amount)),
                ("held", Datum::Uint(left.held)),
                ("old-paid", Datum::Uint(paid)),
                ("paid", Datum::Uint(left.paid)),
            ],
        );
        Ok(())
    }

    fn certification_only(&self, caller: Account) -> Result<(), No> {
        refuse(caller != self.state.trading.certification_contract, 114)
    }

    /// Metered consumption, told by `caller`.
    pub(super) fn settle(&mut self, caller: Account, readings: &[(Account, u128)]) -> Answer {
        self.certification_only(caller)?;
        let (mut total, mut skipped) = (0, 0);
        for (consumer, metered) in readings {
            match (*metered).min(self.energy(*consumer).held) {
                0 => {
                    let reason = if *metered == 0 { 104 } else { 101 };
                    self.skip(*consumer, *metered, reason);
                    skipped += 1;
                }
                amount => {
                    self.use_up(*consumer, *metered, amount)?;
                    total = plus(total, amount)?;
                }
            }
        }
        Ok(batch(total, skipped))
    }

    /// Metered production, told by `caller`.
    pub(super) fn credit(&mut self, caller: Account, readings: &[(Account, u128)]) -> Answer {
        self.certification_only(caller)?;
        let (mut total, mut skipped) = (0, 0);
        for (producer, amount) in readings {
            let energy = *self.energy(*producer);
            let reason = if !energy.certified {
                110
            } else if *amount == 0 || *amount > MAX_READING {
                104
            } else {
                0
            };
            if reason != 0 {
                self.skip(*producer, *amount, reason);
                skipped += 1;
                continue;
            }
            let unlisted = plus(energy.unlisted, *amount)?;
            self.energy_mut(*producer).unlisted = unlisted;
            total = plus(total, *amount)?;
            self.tell(
                Contract::WattConnect,
                "production-credited",
                [
                    ("producer", Datum::Who(*producer)),
                    ("amount", Datum::Uint(*amount)),
                    ("unlisted", Datum::Uint(unlisted)),
                ],
            );
        }
        Ok(batch(total, skipped))
    }

    fn skip(&mut self, user: Account, amount: u128, reason: u128) {
        self.tell(
            Contract::WattConnect,
            "reading-skipped",
            [
                ("user", Datum::Who(user)),
                ("amount", Datum::Uint(amount)),
                ("reason", Datum::Uint(reason)),
            ],
        );
    }

    /// A producer's standing, told by `caller`. Unless he was certified and
    /// stays so, what he has listed is withdrawn to where it came from.
    pub(super) fn set_status(&mut self, caller: Account, producer: Account, new: bool) -> Answer {
        self.certification_only(caller)?;
        let old = self.energy(producer).certified;
        if !(old && new) {
            self.withdraw_all(producer)?;
        }
        self.energy_mut(producer).certified = new;
        self.tell(
            Contract::WattConnect,
            "producer-status-set",
            [
                ("producer", Datum::Who(producer)),
                ("old", Datum::Bool(old)),
                ("new", Datum::Bool(new)),
            ],
        );
        YES
    }
}

fn batch(amount: u128, skipped: u128) -> Datum {
    Datum::Tuple(vec![("amount", Datum::Uint(amount)), ("skipped", Datum::Uint(skipped))])
}

fn order(order: &Datum) -> Option<(Account, u128, u128)> {
    let number = |name| order.field(name).and_then(Datum::as_uint);
    let seller = order.field("seller").and_then(Datum::as_who)?;
    Some((seller, number("amount")?, number("max-price")?))
}

/// The readings of a batch: whose and how much.
pub(super) fn read(readings: &[Datum], role: &str) -> Option<Vec<(Account, u128)>> {
    let one = |reading: &Datum| {
        let of = reading.field(role).and_then(Datum::as_who)?;
        Some((of, reading.field("amount").and_then(Datum::as_uint)?))
    };
    readings.iter().map(one).collect()
}
