use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::token::jose::Jws;

/// Number of sets: 192 KiB in total, allocated with the first token.
const SETS: usize = 2048;
/// Number of tokens in a set.
const WAYS: usize = 4;

/// Hashes of tokens, and when each first came.
type Set = [Option<(u64, Instant)>; WAYS];

/// The times at which tokens of unknown keys first came.
///
/// The key is the whole token, not its `kid`: otherwise a client that guesses the next `kid` would cause a 401 for the tokens
/// of other clients with that `kid`. A token replaces the oldest one of its set, which counts as new when it comes again. If
/// thousands of new tokens arrive within 10 s, an invalid one gets its 401 later; a token of a new key is not delayed.
#[derive(Default)]
pub(super) struct FirstSeen {
    hasher: RandomState,
    sets: Mutex<Vec<Set>>,
}

impl FirstSeen {
    /// Returns the time at which the token first came. Records `now` if the token is new.
    pub(super) fn record(&self, jws: &Jws<'_>, now: Instant) -> Instant {
        let hash = self.hasher.hash_one((jws.message, jws.signature));
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        sets.resize(SETS, [None; WAYS]);
        let set = &mut sets[hash as usize % SETS];
        if let Some((_, first)) = set.iter().flatten().find(|(recorded, _)| *recorded == hash) {
            return *first;
        }
        // `None` is less than every time, so an empty place is filled first.
        let oldest = set.iter_mut().min_by_key(|place| place.map(|(_, first)| first));
        *oldest.expect("a set has places") = Some((hash, now));
        now
    }
}
