use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use crate::token::jose::KeyGeneration;

/// The generation of the current keys, and when they expire. Each request with a cached token reads this, so it has no lock.
#[derive(Debug)]
pub(super) struct CurrentGeneration {
    /// At least 1. 0 if there are no current keys: before the first fetch, and while no task refreshes them.
    number: AtomicU64,
    /// In milliseconds after `created_at`.
    trusted_until: AtomicU64,
    created_at: Instant,
}

impl CurrentGeneration {
    pub(super) fn none() -> Self {
        Self { number: AtomicU64::new(0), trusted_until: AtomicU64::new(0), created_at: Instant::now() }
    }

    /// Returns whether the published keys of this generation are current.
    pub(super) fn is(&self, generation: KeyGeneration, now: Instant) -> bool {
        // In the reverse order of `set`: a new time is only read with the generation that it belongs to.
        self.milliseconds(now) < self.trusted_until.load(Ordering::Acquire)
            && self.number.load(Ordering::Acquire) == generation.number()
    }

    pub(super) fn set(&self, generation: KeyGeneration, trusted_until: Instant) {
        self.number.store(generation.number(), Ordering::Release);
        self.trusted_until.store(self.milliseconds(trusted_until), Ordering::Release);
    }

    pub(super) fn clear(&self) {
        self.number.store(0, Ordering::Release);
    }

    fn milliseconds(&self, time: Instant) -> u64 {
        let since = time.saturating_duration_since(self.created_at);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}
