//! How the chain's blocks lie in time: one block, a tenure, every ten minutes.

/// Seconds that one block, a tenure, stands for.
pub const TENURE_SECONDS: u32 = 600;

/// Unix time of a chain's first block where none is given:
/// 2024-01-01T00:10:00Z.
pub const DEFAULT_FIRST_BLOCK_TIME: u64 = 1_704_067_800;

/// Unix time of the block at a height, of a chain whose first block, at height
/// 1, is of that time.
#[must_use]
pub(super) const fn block_time(first_block_time: u64, height: u32) -> u64 {
    let since = TENURE_SECONDS as u64 * height as u64;
    first_block_time.saturating_add(since).saturating_sub(TENURE_SECONDS as u64)
}
