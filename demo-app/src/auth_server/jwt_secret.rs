//! The secret that signs access tokens with HS256.

use std::fmt;

/// A secret for signing access tokens. `Debug` does not show it.
///
/// Any string is accepted here; its length is checked where it is used, because clap prints values that it rejects.
#[derive(Clone)]
pub struct JwtSecret(Vec<u8>);

impl JwtSecret {
    /// Generates a secret of 32 random bytes.
    pub(crate) fn random() -> Self {
        Self(rand::random::<[u8; 32]>().to_vec())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<String> for JwtSecret {
    fn from(secret: String) -> Self {
        Self(secret.into_bytes())
    }
}

impl fmt::Debug for JwtSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtSecret(<redacted>)")
    }
}
