use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use crate::token::jose::KeyGeneration;

/// Which keys are current, and until when. Each request with a cached token reads this, so it has no lock.
#[derive(Debug)]
pub(super) struct CurrentKeys {
    /// The number of the generation. Zero before the first fetch, and while nothing refreshes the keys.
    generation: AtomicU64,
    /// In milliseconds after `created_at`.
    trusted_until: AtomicU64,
    created_at: Instant,
}

impl CurrentKeys {
    pub(super) fn none() -> Self {
        Self { generation: AtomicU64::new(0), trusted_until: AtomicU64::new(0), created_at: Instant::now() }
    }

    /// Returns whether the keys of this generation, which is not the first one, are current.
    pub(super) fn are(&self, generation: KeyGeneration, now: Instant) -> bool {
        self.generation.load(Ordering::Acquire) == generation.number()
            && self.milliseconds(now) < self.trusted_until.load(Ordering::Acquire)
    }

    pub(super) fn set(&self, generation: KeyGeneration, trusted_until: Instant) {
        self.trusted_until.store(self.milliseconds(trusted_until), Ordering::Release);
        self.generation.store(generation.number(), Ordering::Release);
    }

    pub(super) fn clear(&self) {
        self.generation.store(0, Ordering::Release);
    }

    fn milliseconds(&self, time: Instant) -> u64 {
        let since = time.saturating_duration_since(self.created_at);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}
