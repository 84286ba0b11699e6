//! What a node knows of blocks and of Bitcoin: heights, times, epochs. One
//! block a tenure of ten minutes, as in epoch 2.5; every answer is computed
//! from the height alone, so there is nothing to store. No contract state.

use clarity::consts::CHAIN_ID_TESTNET;
use clarity::types::StacksEpochId;
use clarity::types::chainstate::{
    BlockHeaderHash, BurnchainHeaderHash, ConsensusHash, SortitionId, StacksAddress, StacksBlockId,
    VRFSeed,
};
use clarity::vm::StacksEpoch;
use clarity::vm::ast::ASTRules;
use clarity::vm::costs::ExecutionCost;
use clarity::vm::database::{BurnStateDB, HeadersDB};
use clarity::vm::types::TupleData;

use crate::chain::time::block_time;

/// The epoch that every rule of the machine follows.
pub(super) const EPOCH: StacksEpochId = StacksEpochId::Epoch25;

/// Bitcoin height at the chain's first block: an arbitrary round number, so
/// that contracts that mix up both heights show it.
const BURN_START_HEIGHT: u32 = 100_000;

/// The network: its number is part of what is signed.
pub(super) const CHAIN_ID: u32 = CHAIN_ID_TESTNET;

/// Whether that is the main network.
pub(super) const MAINNET: bool = false;

/// The identity of the block at `height`: the height, padded.
pub(super) const fn block_id(height: u32) -> StacksBlockId {
    StacksBlockId(padded(height))
}

/// The height of the block that `block_id` made.
pub(super) const fn height_of(id: &StacksBlockId) -> u32 {
    u32::from_be_bytes([id.0[28], id.0[29], id.0[30], id.0[31]])
}

const fn padded(height: u32) -> [u8; 32] {
    let mut bytes = [0x5c; 32];
    let height = height.to_be_bytes();
    bytes[28] = height[0];
    bytes[29] = height[1];
    bytes[30] = height[2];
    bytes[31] = height[3];
    bytes
}

/// The one source of block and Bitcoin facts.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Headers {
    /// Unix time of the first block, at height 1.
    pub(super) first_block_time: u64,
}

impl HeadersDB for Headers {
    fn get_stacks_block_header_hash_for_block(
        &self,
        id: &StacksBlockId,
    ) -> Option<BlockHeaderHash> {
        Some(BlockHeaderHash(id.0))
    }

    fn get_burn_header_hash_for_block(&self, id: &StacksBlockId) -> Option<BurnchainHeaderHash> {
        Some(BurnchainHeaderHash(id.0))
    }

    fn get_consensus_hash_for_block(&self, id: &StacksBlockId) -> Option<ConsensusHash> {
        let mut hash = [0; 20];
        hash.copy_from_slice(&id.0[12..]);
        Some(ConsensusHash(hash))
    }

    fn get_vrf_seed_for_block(&self, id: &StacksBlockId) -> Option<VRFSeed> {
        Some(VRFSeed(id.0))
    }

    fn get_burn_block_time_for_block(&self, id: &StacksBlockId) -> Option<u64> {
        Some(block_time(self.first_block_time, height_of(id)))
    }

    fn get_burn_block_height_for_block(&self, id: &StacksBlockId) -> Option<u32> {
        Some(BURN_START_HEIGHT + height_of(id))
    }

    fn get_miner_address(&self, _id: &StacksBlockId) -> Option<StacksAddress> {
        Some(StacksAddress::burn_address(false))
    }

    fn get_burnchain_tokens_spent_for_block(&self, _id: &StacksBlockId) -> Option<u128> {
        Some(0)
    }

    fn get_burnchain_tokens_spent_for_winning_block(&self, _id: &StacksBlockId) -> Option<u128> {
        Some(0)
    }

    fn get_tokens_earned_for_block(&self, _id: &StacksBlockId) -> Option<u128> {
        Some(0)
    }
}

impl BurnStateDB for Headers {
    fn get_v1_unlock_height(&self) -> u32 {
        0
    }

    fn get_v2_unlock_height(&self) -> u32 {
        0
    }

    fn get_v3_unlock_height(&self) -> u32 {
        0
    }

    fn get_pox_3_activation_height(&self) -> u32 {
        0
    }

    fn get_pox_4_activation_height(&self) -> u32 {
        0
    }

    fn get_burn_block_height(&self, sortition: &SortitionId) -> Option<u32> {
        Some(BURN_START_HEIGHT + height_of(&StacksBlockId(sortition.0)))
    }

    fn get_burn_start_height(&self) -> u32 {
        BURN_START_HEIGHT
    }

    fn get_pox_prepare_length(&self) -> u32 {
        100
    }

    fn get_pox_reward_cycle_length(&self) -> u32 {
        2_100
    }

    fn get_pox_rejection_fraction(&self) -> u64 {
        0
    }

    fn get_burn_header_hash(
        &self,
        height: u32,
        _sortition: &SortitionId,
    ) -> Option<BurnchainHeaderHash> {
        let above_start = height.checked_sub(BURN_START_HEIGHT)?;
        Some(BurnchainHeaderHash(padded(above_start)))
    }

    fn get_sortition_id_from_consensus_hash(&self, hash: &ConsensusHash) -> Option<SortitionId> {
        let mut id = padded(0);
        id[12..].copy_from_slice(&hash.0);
        Some(SortitionId(id))
    }

    fn get_stacks_epoch(&self, _height: u32) -> Option<StacksEpoch> {
        Some(StacksEpoch {
            epoch_id: EPOCH,
            start_height: 0,
            end_height: u64::MAX,
            block_limit: ExecutionCost::max_value(),
            network_epoch: 0x0a,
        })
    }

    fn get_stacks_epoch_by_epoch_id(&self, _epoch: &StacksEpochId) -> Option<StacksEpoch> {
        self.get_stacks_epoch(0)
    }

    fn get_ast_rules(&self, _height: u32) -> ASTRules {
        ASTRules::PrecheckSize
    }

    fn get_pox_payout_addrs(
        &self,
        _height: u32,
        _sortition: &SortitionId,
    ) -> Option<(Vec<TupleData>, u128)> {
        None
    }
}
