use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::token::jose::{Header, KeyGeneration, VerificationKey};

/// Most withdrawn `kid`s that are stored.
const MAX_WITHDRAWN: usize = 64;

/// The keys of an issuer, and when they were fetched.
#[derive(Clone, Debug)]
pub(super) struct KeyState {
    pub(super) keys: Arc<[VerificationKey]>,
    /// Unchanged while the issuer publishes the same keys, so that cached tokens stay valid.
    pub(super) generation: KeyGeneration,
    /// The `kid`s that the issuer published before and no longer publishes.
    withdrawn: Arc<[String]>,
    /// When the fetch of the keys began.
    fetched_at: Option<Instant>,
    pub(super) trusted_until: Instant,
    pub(super) last_attempt: Attempt,
    /// The time from which a token may cause a fetch.
    pub(super) earliest_refresh: Instant,
}

/// The last attempt to fetch the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    None,
    Running,
    Succeeded,
    Failed,
}

impl KeyState {
    /// Returns the state before the first fetch.
    pub(super) fn empty() -> Self {
        let now = Instant::now();
        Self {
            keys: Arc::default(),
            generation: KeyGeneration::default(),
            withdrawn: Arc::default(),
            fetched_at: None,
            trusted_until: now,
            last_attempt: Attempt::None,
            earliest_refresh: now,
        }
    }

    /// Returns the state after a fetch that succeeded. The same allocation of keys stands for the same keys.
    pub(super) fn refreshed(
        &self,
        keys: Arc<[VerificationKey]>,
        fetched_at: Instant,
        trusted_until: Instant,
        earliest_refresh: Instant,
    ) -> Self {
        let is_same = Arc::ptr_eq(&self.keys, &keys);
        Self {
            generation: if is_same { self.generation } else { self.generation.next() },
            withdrawn: self.withdrawn_by(&keys),
            keys,
            fetched_at: Some(fetched_at),
            trusted_until,
            last_attempt: Attempt::Succeeded,
            earliest_refresh,
        }
    }

    /// Returns the keys, or `None` if they have expired or the list is empty.
    pub(super) fn trusted_keys(&self) -> Option<&[VerificationKey]> {
        Some(&*self.keys).filter(|keys| Instant::now() < self.trusted_until && !keys.is_empty())
    }

    /// Returns whether a fetch has succeeded.
    pub(super) fn was_fetched(&self) -> bool {
        self.fetched_at.is_some()
    }

    /// Returns whether a token may cause a fetch now.
    pub(super) fn may_refresh(&self) -> bool {
        self.earliest_refresh <= Instant::now()
    }

    /// Returns the time until a token may cause a fetch.
    pub(super) fn retry_after(&self) -> Duration {
        self.earliest_refresh.saturating_duration_since(Instant::now())
    }

    /// Returns whether a token that none of the keys verifies cannot be of a newer key: the keys were fetched after the token
    /// first came, or its `kid` excludes it.
    pub(super) fn excludes_new_key(&self, header: &Header, first_seen: Instant) -> bool {
        let is_newer = self.fetched_at.is_some_and(|fetched_at| first_seen <= fetched_at);
        self.last_attempt == Attempt::Succeeded && (is_newer || !self.may_be_new(header))
    }

    /// Returns whether the token may be of a key that was published after these. Its `kid` excludes that if another key has it
    /// or had it, and a missing `kid` does if all keys have one.
    fn may_be_new(&self, header: &Header) -> bool {
        match &header.kid {
            Some(kid) => !self.withdrawn.contains(kid) && !self.keys.iter().any(|key| key.kid() == Some(kid)),
            None => self.keys.iter().any(|key| key.kid().is_none()),
        }
    }

    /// Returns the withdrawn `kid`s once these are the keys, the last ones first.
    fn withdrawn_by(&self, keys: &[VerificationKey]) -> Arc<[String]> {
        let before = self.keys.iter().filter_map(VerificationKey::kid);
        let before = before.chain(self.withdrawn.iter().map(String::as_str));
        let gone = before.filter(|kid| !keys.iter().any(|key| key.kid() == Some(kid)));
        gone.take(MAX_WITHDRAWN).map(str::to_owned).collect()
    }
}
