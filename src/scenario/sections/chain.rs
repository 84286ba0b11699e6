//! Sections of the chain: fees, the budget of blocks, metering, and which
//! contracts are deployed.

use crate::scenario::document::{Node, Raw};
use crate::scenario::key::{InputFile, Key, Kind, Limits, choice, expected};
use crate::scenario::read::{Reader, Table, section};
use crate::scenario::setting::Setting;
use crate::units::MicroStx;

section! {
    /// What the transactions of one tenure of ten minutes may cost in all, in
    /// each of the five dimensions of a Clarity cost.
    pub struct ExecutionBudget {
        /// Entries read.
        read_count: u64, required, like 15_000, in 1..=1_000_000_000_000_000, unit "reads";
        /// Entries written.
        write_count: u64, required, like 15_000, in 1..=1_000_000_000_000_000, unit "writes";
        /// Bytes read.
        read_length: u64, required, like 100_000_000, in 1..=1_000_000_000_000_000, unit "bytes";
        /// Bytes written.
        write_length: u64, required, like 15_000_000, in 1..=1_000_000_000_000_000, unit "bytes";
        /// Run time, in the chain's own unit.
        runtime: u64, required, like 5_000_000_000, in 1..=1_000_000_000_000_000,
            unit "cost units";
    }
}

/// What fits into a tenure.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockBudget {
    /// Everything.
    Unlimited,
    /// What mainnet allowed in epochs 2.1 to 3.4.
    Mainnet21,
    /// What mainnet allows from epoch 4.0: twice the entries and the bytes read
    /// (`BLOCK_LIMIT_MAINNET_40` of stacks-core).
    Mainnet40,
    /// Five numbers of the scenario's own.
    Custom(ExecutionBudget),
}

impl BlockBudget {
    /// The five numbers, or `None` where everything fits.
    #[must_use]
    pub fn limits(&self) -> Option<ExecutionBudget> {
        let mainnet_21 = ExecutionBudget {
            read_count: 15_000,
            write_count: 15_000,
            read_length: 100_000_000,
            write_length: 15_000_000,
            runtime: 5_000_000_000,
        };
        match self {
            Self::Unlimited => None,
            Self::Mainnet21 => Some(mainnet_21),
            Self::Mainnet40 => {
                Some(ExecutionBudget { read_count: 30_000, read_length: 200_000_000, ..mainnet_21 })
            }
            Self::Custom(budget) => Some(budget.clone()),
        }
    }
}

impl Key for BlockBudget {
    const KIND: Kind = Kind::ChoiceOrTable(
        &["unlimited", "mainnet-2.1", "mainnet-4.0"],
        &["read_count", "write_count", "read_length", "write_length", "runtime"],
    );

    fn from_node(node: &Node) -> Option<Self> {
        let Raw::Text(text) = &node.value else {
            return None;
        };
        match text.as_str() {
            "unlimited" => Some(Self::Unlimited),
            "mainnet-2.1" => Some(Self::Mainnet21),
            "mainnet-4.0" => Some(Self::Mainnet40),
            _ => None,
        }
    }

    fn to_setting(&self) -> Option<Setting> {
        Some(match self {
            Self::Unlimited => Setting::Text("unlimited".to_owned()),
            Self::Mainnet21 => Setting::Text("mainnet-2.1".to_owned()),
            Self::Mainnet40 => Setting::Text("mainnet-4.0".to_owned()),
            Self::Custom(budget) => budget.to_setting(),
        })
    }

    fn read(reader: &mut Reader<'_>, path: &str, node: &Node, _: Limits) -> Option<Self> {
        if let Raw::Table(_) = node.value {
            return Some(Self::Custom(ExecutionBudget::read(reader, path, Some(node))));
        }
        let budget = Self::from_node(node);
        if budget.is_none() {
            let expected = expected(Self::KIND, Limits::None);
            reader.fault_in(path, node, format!("must be {expected}"));
        }
        budget
    }
}

choice! {
    /// How the cost of a call is found.
    pub enum CostMetering {
        /// Learned by exact metering for each class of call, and sampled.
        Learned = "learned",
        /// Metered exactly on every call.
        Exact = "exact",
        /// Not found at all.
        Off = "off",
    }
}

choice! {
    /// What senders bid when a transaction is left out of a block.
    pub enum FeePolicy {
        /// The same fee always.
        Fixed = "fixed",
        /// More at each time.
        Raising = "raising",
    }
}

section! {
    /// `[network]`: what the chain charges and carries.
    pub struct Network {
        /// The fee that a transaction first bids.
        fee_ustx: MicroStx = MicroStx::new(3_000), in 0..=1_000_000_000_000_000, unit "µSTX";
        /// What fits into a tenure of ten minutes.
        budget: BlockBudget = BlockBudget::Unlimited;
        /// After how long in the mempool a transaction is dropped.
        drop_after_s: u32 = 14_400, in 600..=31_536_000, unit "seconds";
        /// How the cost of a call is found.
        costs: CostMetering = CostMetering::Learned;
        /// What senders bid when they are left out.
        fee_policy: FeePolicy = FeePolicy::Fixed;
        /// By how much "raising" raises the fee, each time.
        fee_raise_bps: u32 = 5_000, in 0..=1_000_000, unit "basis points";
        /// Share of the participants who bid so; the others stay with their
        /// first fee.
        raising_share: f64 = 1.0, in 0.0..=1.0;
        /// The greatest fee that "raising" bids.
        fee_max_ustx: MicroStx = MicroStx::new(1_000_000), in 0..=1_000_000_000_000_000,
            unit "µSTX";
    }
}

/// What the whole is in a contract's rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateScale {
    /// 10,000: rates are basis points.
    BasisPoints,
    /// 100: rates are per cent.
    Percent,
}

impl RateScale {
    /// The whole in the contract's rates.
    #[must_use]
    pub const fn whole(self) -> u128 {
        match self {
            Self::BasisPoints => 10_000,
            Self::Percent => 100,
        }
    }
}

impl Key for RateScale {
    const KIND: Kind = Kind::Integer;
    fn from_node(node: &Node) -> Option<Self> {
        match node.value {
            Raw::Integer(Some(10_000)) => Some(Self::BasisPoints),
            Raw::Integer(Some(100)) => Some(Self::Percent),
            _ => None,
        }
    }
    fn to_setting(&self) -> Option<Setting> {
        Some(Setting::Integer(match self {
            Self::BasisPoints => 10_000,
            Self::Percent => 100,
        }))
    }
}

section! {
    /// `[contracts]`: which contracts are deployed.
    pub struct Contracts {
        /// The trading contract: the shipped one, or the path of a variant.
        wattconnect: InputFile = InputFile::Shipped;
        /// The certification contract: the shipped one, or the path of a
        /// variant.
        energy_production: InputFile = InputFile::Shipped;
        /// A Clarinet project whose contracts are all deployed, each after
        /// those that it refers to: the path of its Clarinet.toml; "shipped"
        /// for none.
        project: InputFile = InputFile::Shipped;
        /// What the project calls the trading contract.
        wattconnect_name: String = "wattconnect".to_owned();
        /// What the project calls the certification contract.
        energy_production_name: String = "energy-production".to_owned();
        /// What the whole is in the contracts' rates: 10000 for basis points,
        /// 100 for per cent.
        rate_scale: RateScale = RateScale::BasisPoints, in [100, 10_000].as_slice();
    }
}

/// The shipped contracts, under their own names.
impl Default for Contracts {
    fn default() -> Self {
        let [wattconnect, energy_production, project] = [const { InputFile::Shipped }; 3];
        Self {
            wattconnect,
            energy_production,
            project,
            wattconnect_name: "wattconnect".to_owned(),
            energy_production_name: "energy-production".to_owned(),
            rate_scale: RateScale::BasisPoints,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mainnet_4_0_reads_twice_what_2_1_does_and_writes_as_much() {
        // BLOCK_LIMIT_MAINNET_40 of stacks-core.
        let expected = ExecutionBudget {
            read_count: 30_000,
            write_count: 15_000,
            read_length: 200_000_000,
            write_length: 15_000_000,
            runtime: 5_000_000_000,
        };
        assert_eq!(BlockBudget::Mainnet40.limits(), Some(expected));
    }
}
