//! The twin's decisions: the trading contract's settings, its owner and its
//! treasury. Nothing that a household does.

use super::trading::MAX_PRICE;
use super::{Answer, Datum, Trading, Twin, YES, refuse};
use crate::market::{Account, Contract, Function};

/// The settings as deployed: until a certification contract is named it is
/// the trading contract itself, which never calls itself.
pub(super) const fn trading(owner: Account, wattconnect: Account) -> Trading {
    Trading {
        paused: false,
        commission_rate: 250,
        reserve: 0,
        reserve_limit: 1_000_000,
        max_per_user: 10_000,
        energy_price: 300_000,
        refund_rate: 8_000,
        refund_basis: 1,
        returned: 0,
        owner,
        proposed_owner: None,
        certification_contract: wattconnect,
    }
}

impl Twin {
    /// A decision on the trading contract; `None` for what is none.
    pub(super) fn decide(&mut self, function: Function, arguments: &[Datum]) -> Option<Answer> {
        use Datum::{Uint, Who};
        use Function as F;
        Some(match (function, arguments) {
            (F::SetEnergyPrice, [Uint(new)]) => self.set_energy_price(*new),
            (F::SetCommissionRate, [Uint(new)]) => self.set_commission_rate(*new),
            (F::SetRefundRate, [Uint(new)]) => self.set_refund_rate(*new),
            (F::SetRefundBasis, [Uint(new)]) => self.set_refund_basis(*new),
            (F::SetEnergyReserveLimit, [Uint(new)]) => self.set_reserve_limit(*new),
            (F::SetMaxEnergyPerUser, [Uint(new)]) => self.set_max_per_user(*new),
            (F::FundTreasury, [Uint(amount)]) => self.fund(*amount),
            (F::WithdrawTreasury, [Uint(amount), Who(to)]) => self.withdraw(*amount, *to),
            (F::SetCertificationContract, [Who(new)]) => self.set_certification_contract(*new),
            (F::Pause, []) => self.set_paused(true),
            (F::Resume, []) => self.set_paused(false),
            (F::ProposeOwner, [Who(new)]) => self.propose(*new),
            (F::AcceptOwner, []) => self.accept(),
            _ => return None,
        })
    }

    fn changed(&mut self, event: &'static str, old: u128, new: u128) -> Answer {
        let fields = [("old", Datum::Uint(old)), ("new", Datum::Uint(new))];
        self.tell(Contract::WattConnect, event, fields);
        YES
    }

    fn set_energy_price(&mut self, new: u128) -> Answer {
        self.owner_only()?;
        refuse(new == 0 || new > MAX_PRICE, 103)?;
        let old = std::mem::replace(&mut self.state.trading.energy_price, new);
        self.changed("energy-price-set", old, new)
    }

    fn set_commission_rate(&mut self, new: u128) -> Answer {
        self.owner_only()?;
        refuse(new > 10_000, 105)?;
        let old = std::mem::replace(&mut self.state.trading.commission_rate, new);
        self.changed("commission-rate-set", old, new)
    }

    fn set_refund_rate(&mut self, new: u128) -> Answer {
        self.owner_only()?;
        refuse(new > 10_000, 105)?;
        let old = std::mem::replace(&mut self.state.trading.refund_rate, new);
        self.changed("refund-rate-set", old, new)
    }

    fn set_refund_basis(&mut self, new: u128) -> Answer {
        self.owner_only()?;
        refuse(new > 1, 115)?;
        let old = std::mem::replace(&mut self.state.trading.refund_basis, new);
        self.changed("refund-basis-set", old, new)
    }

    fn set_reserve_limit(&mut self, new: u128) -> Answer {
        self.owner_only()?;
        refuse(new < self.state.trading.reserve, 109)?;
        let old = std::mem::replace(&mut self.state.trading.reserve_limit, new);
        self.changed("energy-reserve-limit-set", old, new)
    }

    fn set_max_per_user(&mut self, new: u128) -> Answer {
        self.owner_only()?;
        refuse(new == 0, 104)?;
        let old = std::mem::replace(&mut self.state.trading.max_per_user, new);
        self.changed("max-energy-per-user-set", old, new)
    }

    fn set_paused(&mut self, new: bool) -> Answer {
        self.owner_only()?;
        let old = std::mem::replace(&mut self.state.trading.paused, new);
        let fields = [("old", Datum::Bool(old)), ("new", Datum::Bool(new))];
        self.tell(Contract::WattConnect, "paused-set", fields);
        YES
    }

    fn set_certification_contract(&mut self, new: Account) -> Answer {
        self.owner_only()?;
        let old = std::mem::replace(&mut self.state.trading.certification_contract, new);
        let fields = [("old", Datum::Who(old)), ("new", Datum::Who(new))];
        self.tell(Contract::WattConnect, "certification-contract-set", fields);
        YES
    }

    fn propose(&mut self, new: Account) -> Answer {
        self.owner_only()?;
        let old = self.state.trading.proposed_owner.replace(new);
        let fields = [("old", Datum::maybe_who(old)), ("new", Datum::Who(new))];
        self.tell(Contract::WattConnect, "owner-proposed", fields);
        YES
    }

    /// The office changes hands, and the handed-back energy with it: what the
    /// last owner has listed of it comes off the market.
    fn accept(&mut self) -> Answer {
        let new = self.sender;
        let old = self.state.trading.owner;
        refuse(self.state.trading.proposed_owner != Some(new), 114)?;
        if !self.energy(old).certified {
            self.withdraw_all(old)?;
        }
        self.state.trading.owner = new;
        self.state.trading.proposed_owner = None;
        let fields = [("old", Datum::Who(old)), ("new", Datum::Who(new))];
        self.tell(Contract::WattConnect, "owner-set", fields);
        YES
    }

    fn fund(&mut self, amount: u128) -> Answer {
        let from = self.sender;
        let treasury = self.contracts.wattconnect;
        refuse(amount == 0, 104)?;
        self.pay(from, treasury, amount, 102)?;
        let fields = [
            ("from", Datum::Who(from)),
            ("amount", Datum::Uint(amount)),
            ("balance", Datum::Uint(self.purse(treasury))),
        ];
        self.tell(Contract::WattConnect, "treasury-funded", fields);
        YES
    }

    fn withdraw(&mut self, amount: u128, to: Account) -> Answer {
        let treasury = self.contracts.wattconnect;
        self.owner_only()?;
        refuse(amount == 0, 104)?;
        self.pay(treasury, to, amount, 102)?;
        let fields = [
            ("to", Datum::Who(to)),
            ("amount", Datum::Uint(amount)),
            ("balance", Datum::Uint(self.purse(treasury))),
        ];
        self.tell(Contract::WattConnect, "treasury-withdrawn", fields);
        YES
    }
}
