use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU32, Ordering};

use foldhash::fast::RandomState;

/// A table of the tokens that were decoded last: one fingerprint for each slot, which a later token replaces. Two tokens with
/// the same slot and fingerprint are taken for one. Only the admission to the cache depends on this, and no decision about
/// access.
pub(super) struct RecentTokens {
    slots: Box<[AtomicU32]>,
    hasher: RandomState,
}

impl RecentTokens {
    /// Creates a table with this many slots of four bytes, at least one.
    pub(super) fn new(slots: usize) -> Self {
        Self { slots: (0..slots.max(1)).map(|_| AtomicU32::new(0)).collect(), hasher: RandomState::default() }
    }

    /// Adds the token. Returns whether its slot contained it already.
    pub(super) fn add(&self, token: &[u8]) -> bool {
        let hash = self.hasher.hash_one(token);
        #[expect(clippy::cast_possible_truncation, reason = "each half of the hash is for one purpose")]
        let (position, fingerprint) = (hash as u32, (hash >> 32) as u32);
        let slot = &self.slots[position as usize % self.slots.len()];
        slot.swap(fingerprint, Ordering::Relaxed) == fingerprint
    }
}
