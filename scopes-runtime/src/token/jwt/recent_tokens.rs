use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::RandomState;

/// Most tokens, which take 256 KiB.
const MAX_SLOTS: usize = 1 << 16;

/// Which tokens were decoded lately, by their hash. Another token with the same hash, which is rare, counts as the token: only the
/// admission to a cache depends on this.
pub(super) struct RecentTokens {
    slots: Box<[AtomicU32]>,
    hasher: RandomState,
}

impl RecentTokens {
    /// Creates a table for about this many tokens.
    pub(super) fn new(tokens: usize) -> Self {
        let slots = tokens.clamp(1, MAX_SLOTS);
        Self { slots: (0..slots).map(|_| AtomicU32::new(0)).collect(), hasher: RandomState::default() }
    }

    /// Adds the token. Returns whether it was in the table.
    pub(super) fn add(&self, token: &[u8]) -> bool {
        let hash = self.hasher.hash_one(token);
        #[expect(clippy::cast_possible_truncation, reason = "each half of the hash is for one purpose")]
        let (position, fingerprint) = (hash as u32, (hash >> 32) as u32);
        let slot = &self.slots[position as usize % self.slots.len()];
        slot.swap(fingerprint, Ordering::Relaxed) == fingerprint
    }
}
