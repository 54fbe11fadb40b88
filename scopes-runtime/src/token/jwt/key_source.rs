use std::sync::Arc;

use crate::token::DecodeError;
use crate::token::jose::{Header, Jws, SignatureOutcome, VerificationKey, verify};
#[cfg(feature = "issuer")]
use crate::token::jwks::{KeyLookup, PublishedKeys};

/// The source of an issuer's keys.
#[derive(Clone, Debug)]
pub(super) enum KeySource {
    Configured(Arc<[VerificationKey]>),
    #[cfg(feature = "issuer")]
    Published(PublishedKeys),
}

/// The keys that a token selects.
#[cfg(not(feature = "issuer"))]
pub(super) enum KeyLookup {
    /// One of these keys has made the signature.
    Verified(Arc<[VerificationKey]>),
}

impl KeySource {
    /// Returns whether these are the current keys of the issuer, so that a token they have verified stays verified.
    pub(super) fn is_current(&self, keys: &Arc<[VerificationKey]>) -> bool {
        match self {
            Self::Configured(configured) => Arc::ptr_eq(configured, keys),
            #[cfg(feature = "issuer")]
            Self::Published(published) => published.is_current(keys),
        }
    }

    /// Verifies the signature with the current keys.
    pub(super) fn verify(&self, jws: &Jws<'_>, header: &Header) -> Result<KeyLookup, DecodeError> {
        match self {
            Self::Configured(keys) => match verify(keys, jws, header) {
                SignatureOutcome::Verified => Ok(KeyLookup::Verified(Arc::clone(keys))),
                SignatureOutcome::Invalid(reason) | SignatureOutcome::UnknownKey(reason) => {
                    Err(DecodeError::invalid(reason))
                }
            },
            #[cfg(feature = "issuer")]
            Self::Published(published) => published.verify(jws, header),
        }
    }
}
