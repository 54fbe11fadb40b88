use std::hash::{BuildHasher, Hasher};

use foldhash::fast::{FoldHasher, RandomState};

/// The bytes at the end of a verified JWT that are hashed. They belong to the signature, so that different tokens have different
/// ones, and clients cannot choose them.
const HASHED: usize = 16;

/// Hashes verified JWTs, which are compared byte by byte if their hashes are equal.
#[derive(Clone, Default)]
pub(super) struct SignatureState(RandomState);

/// Hashes the end of a JWT.
pub(super) struct SignatureHasher<'a>(FoldHasher<'a>);

impl BuildHasher for SignatureState {
    type Hasher = SignatureHasher<'static>;

    fn build_hasher(&self) -> SignatureHasher<'static> {
        SignatureHasher(self.0.build_hasher())
    }
}

impl Hasher for SignatureHasher<'_> {
    fn write(&mut self, bytes: &[u8]) {
        self.0.write(&bytes[bytes.len().saturating_sub(HASHED)..]);
    }

    fn finish(&self) -> u64 {
        self.0.finish()
    }
}
