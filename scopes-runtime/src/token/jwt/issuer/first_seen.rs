use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::token::jwt::jws::Jws;

/// 2048 sets of four: 192 KiB, allocated with the first token.
const SETS: usize = 2048;
const WAYS: usize = 4;

/// Hashes of tokens, and when each first came.
type Set = [Option<(u64, Instant)>; WAYS];

/// When each token of an unknown key first came.
///
/// Keyed by the whole token, not by its `kid`: a client that guesses the next `kid` must not decide about the tokens of
/// others. A token replaces the oldest one of its set, and that one is new again when it comes back: more than a few thousand
/// new tokens in a window delay a 401, but never a new key.
#[derive(Default)]
pub(super) struct FirstSeen {
    hasher: RandomState,
    sets: Mutex<Vec<Set>>,
}

impl FirstSeen {
    /// Returns when the token first came, which is now unless it is recorded.
    pub(super) fn record(&self, jws: &Jws<'_>, now: Instant) -> Instant {
        let hash = self.hasher.hash_one((jws.message, jws.signature));
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.resize(SETS, [None; WAYS]);
        let set = &mut sets[hash as usize % SETS];
        if let Some((_, first)) = set.iter().flatten().find(|(known, _)| *known == hash) {
            return *first;
        }
        // An empty place has no time, so it comes before all others.
        let oldest = set.iter_mut().min_by_key(|place| place.map(|(_, first)| first));
        *oldest.expect("a set has places") = Some((hash, now));
        now
    }
}
