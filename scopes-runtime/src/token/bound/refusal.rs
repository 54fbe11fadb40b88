use std::error::Error;

use crate::token::DecodeError;

/// Why the sender of a token with the scheme `DPoP` is refused. Reasons go to the log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DpopRefusal {
    /// A check of RFC 9449 section 4.3 failed: 401 `invalid_dpop_proof`.
    #[error("the DPoP proof is not valid: {0}")]
    InvalidProof(#[source] Box<dyn Error + Send + Sync>),
    /// The proof has no nonce of this server, or an old one: 401 `use_dpop_nonce` (RFC 9449 section 9).
    #[error("the DPoP proof has no current nonce of this server")]
    UseNonce,
    /// The token is invalid, is bound to another key, or cannot be checked now.
    #[error(transparent)]
    Token(#[from] DecodeError),
}

impl DpopRefusal {
    pub(super) fn invalid_proof(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::InvalidProof(reason.into())
    }
}

/// Converts the error of a part of the proof. Its prefix, which names the access token, is dropped.
pub(super) fn of_proof(error: DecodeError) -> DpopRefusal {
    match error {
        DecodeError::Invalid(reason) => DpopRefusal::InvalidProof(reason),
        other => DpopRefusal::Token(other),
    }
}
