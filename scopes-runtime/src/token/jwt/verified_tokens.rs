use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use super::cached_jwt::{CachedJwt, Jwt};
use super::recent_tokens::RecentTokens;
use crate::token::cache::{CacheEntry, TokenCache};
use crate::token::content::TokenContent;
use crate::token::jose::KeyGeneration;

/// Capacity of the cache for each slot of [`RecentTokens`]. A cached token counts for about 1.2 KiB.
const BYTES_PER_SLOT: usize = 1024;

/// A token that passed every check. `exp` ends its time to live, and `nbf` has passed since before it was inserted.
#[derive(Clone)]
pub(super) struct VerifiedToken {
    pub(super) content: Arc<TokenContent>,
    /// The keys that verified the token. Once the issuer has others, the token has to be verified again.
    pub(super) keys: KeyGeneration,
}

/// The cache of verified tokens.
///
/// Until it has removed a token for lack of room, it inserts each verified token. From then on it inserts a token that is
/// decoded for the second time and is still in [`RecentTokens`]: inserting a token that is used once takes time and removes
/// another one. This includes a token whose entry has ended, or whose keys have changed.
pub(super) struct VerifiedTokens {
    tokens: TokenCache<CachedJwt, VerifiedToken>,
    has_been_full: AtomicBool,
    recent: OnceLock<RecentTokens>,
    capacity: usize,
}

impl VerifiedTokens {
    /// Creates a cache of about this many bytes at most.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            tokens: TokenCache::new(capacity),
            has_been_full: AtomicBool::new(false),
            recent: OnceLock::new(),
            capacity,
        }
    }

    pub(super) fn get(&self, token: &[u8], now: SystemTime) -> Option<VerifiedToken> {
        self.tokens.get(&Jwt(token), now)
    }

    /// Inserts the token, unless the cache has been full and the token was not decoded lately.
    pub(super) fn insert(&self, jwt: Arc<[u8]>, entry: impl FnOnce() -> CacheEntry<VerifiedToken>) {
        let recent = || self.recent.get_or_init(|| RecentTokens::new(self.capacity / BYTES_PER_SLOT));
        let is_admitted = !self.has_been_full.load(Ordering::Relaxed) || recent().add(&jwt);
        if is_admitted && self.tokens.insert(CachedJwt(jwt), entry()) {
            self.has_been_full.store(true, Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens.fmt(formatter)
    }
}
