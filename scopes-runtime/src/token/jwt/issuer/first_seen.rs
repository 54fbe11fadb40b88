use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::token::jwt::jws::Jws;

/// 192 KiB, allocated with the first token.
const SLOTS: usize = 8192;

/// When each token of an unknown key first came.
///
/// Keyed by the whole token, not by its `kid`: a client that guesses the next `kid` must not decide about the tokens of
/// others. A token takes the place of another one where their hashes meet, and then the other is new again: more than a
/// few hundred new tokens a second delay a 401, but never a new key.
#[derive(Default)]
pub(super) struct FirstSeen {
    hasher: RandomState,
    slots: Mutex<Vec<Option<(u64, Instant)>>>,
}

impl FirstSeen {
    /// Returns when the token first came, which is now unless it is recorded.
    pub(super) fn record(&self, jws: &Jws<'_>, now: Instant) -> Instant {
        let hash = self.hasher.hash_one((jws.message, jws.signature));
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.resize(SLOTS, None);
        let slot = &mut slots[hash as usize % SLOTS];
        match slot {
            Some((known, first)) if *known == hash => *first,
            _ => {
                *slot = Some((hash, now));
                now
            }
        }
    }
}
