use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use super::recent_tokens::RecentTokens;
use crate::token::cache::{CacheEntry, TokenCache};
use crate::token::content::TokenContent;
use crate::token::jose::KeyGeneration;

/// Bytes of capacity for each of the recent tokens: about those of a cached token.
const BYTES_PER_TOKEN: usize = 1024;

/// A token that passed every check. `exp` ends its time to live, and `nbf` has passed since before it was inserted.
#[derive(Clone)]
pub(super) struct VerifiedToken {
    pub(super) content: Arc<TokenContent>,
    /// The keys that verified the token. Once the issuer has others, the token has to be verified again.
    pub(super) keys: KeyGeneration,
}

/// The cache of verified tokens.
///
/// Once a part of it has been full, it admits a token at the second of two decodings that have about as many others between them
/// as the cache has tokens, or fewer. So clients that use each token once do not remove the tokens of others, and a token that is
/// not inserted takes less time.
pub(super) struct VerifiedTokens {
    tokens: TokenCache<Arc<[u8]>, VerifiedToken>,
    recent: OnceLock<RecentTokens>,
    capacity: usize,
}

impl VerifiedTokens {
    /// Creates a cache of about this many bytes at most.
    pub(super) fn new(capacity: usize) -> Self {
        Self { tokens: TokenCache::new(capacity), recent: OnceLock::new(), capacity }
    }

    pub(super) fn get(&self, token: &[u8], now: SystemTime) -> Option<VerifiedToken> {
        self.tokens.get(token, now)
    }

    /// Inserts the token, unless the cache has been full and the token was not decoded lately.
    pub(super) fn insert(&self, jwt: Arc<[u8]>, entry: impl FnOnce() -> CacheEntry<VerifiedToken>) {
        let is_admitted = !self.tokens.has_evicted() || {
            let recent = self.recent.get_or_init(|| RecentTokens::new(self.capacity / BYTES_PER_TOKEN));
            recent.add(&jwt)
        };
        if is_admitted {
            self.tokens.insert(jwt, entry());
        }
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokens.fmt(formatter)
    }
}
