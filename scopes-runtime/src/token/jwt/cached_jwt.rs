use std::hash::{Hash, Hasher};
use std::sync::Arc;

use quick_cache::Equivalent;

/// A verified JWT, as the key of a cache.
#[derive(Clone)]
pub(super) struct CachedJwt(pub(super) Arc<[u8]>);

/// The text of a request that is looked up.
pub(super) struct Jwt<'a>(pub(super) &'a [u8]);

/// Returns the last 16 bytes, which are hashed and compared first. They belong to the signature, so that verified tokens differ
/// there, and clients cannot choose them. Zero for a shorter text, which is no JWT.
fn end(jwt: &[u8]) -> u128 {
    jwt.last_chunk().map_or(0, |end| u128::from_ne_bytes(*end))
}

/// The end is compared first, so that a client without the signature learns nothing from the time of the comparison.
fn are_equal(one: &[u8], other: &[u8]) -> bool {
    end(one) == end(other) && one == other
}

impl Hash for CachedJwt {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Jwt(&self.0).hash(state);
    }
}

impl Hash for Jwt<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        end(self.0).hash(state);
    }
}

impl PartialEq for CachedJwt {
    fn eq(&self, other: &Self) -> bool {
        are_equal(&self.0, &other.0)
    }
}

impl Eq for CachedJwt {}

impl Equivalent<CachedJwt> for Jwt<'_> {
    fn equivalent(&self, cached: &CachedJwt) -> bool {
        are_equal(self.0, &cached.0)
    }
}

impl AsRef<[u8]> for CachedJwt {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
