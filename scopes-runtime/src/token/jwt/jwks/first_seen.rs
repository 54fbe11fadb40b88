use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::token::jwt::jws::Jws;

/// Number of slots: 192 KiB, allocated with the first token.
const SLOTS: usize = 8192;

/// The times at which tokens of unknown keys first came.
///
/// The key is the whole token, not its `kid`: otherwise a client that guesses the next `kid` would decide about the tokens of
/// other clients. A token replaces another one in its slot, which then counts as new. So more than a few hundred new tokens a
/// second delay a 401, but never a new key.
#[derive(Default)]
pub(super) struct FirstSeen {
    hasher: RandomState,
    slots: Mutex<Vec<Option<(u64, Instant)>>>,
}

impl FirstSeen {
    /// Returns the time at which the token first came. Records `now` if the token is new.
    pub(super) fn record(&self, jws: &Jws<'_>, now: Instant) -> Instant {
        let hash = self.hasher.hash_one((jws.message, jws.signature));
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.resize(SLOTS, None);
        let slot = &mut slots[hash as usize % SLOTS];
        match slot {
            Some((recorded, first)) if *recorded == hash => *first,
            _ => {
                *slot = Some((hash, now));
                now
            }
        }
    }
}
