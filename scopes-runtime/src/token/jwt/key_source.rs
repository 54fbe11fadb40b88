use std::sync::Arc;

use crate::token::DecodeError;
use crate::token::jose::{Header, Jws, KeyGeneration, SignatureOutcome, VerificationKey, verify};
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
    /// One of the keys of this generation has made the signature.
    Verified(KeyGeneration),
}

impl KeySource {
    /// Returns whether the keys that verified a token are still those of the issuer, so that it stays verified.
    #[cfg_attr(not(feature = "issuer"), expect(unused_variables))]
    pub(super) fn is_current(&self, generation: KeyGeneration) -> bool {
        match self {
            Self::Configured(_) => true,
            #[cfg(feature = "issuer")]
            Self::Published(published) => published.is_current(generation),
        }
    }

    /// Verifies the signature with the current keys.
    pub(super) fn verify(&self, jws: &Jws<'_>, header: &Header) -> Result<KeyLookup, DecodeError> {
        match self {
            Self::Configured(keys) => match verify(keys, jws, header) {
                SignatureOutcome::Verified => Ok(KeyLookup::Verified(KeyGeneration::default())),
                SignatureOutcome::Invalid(reason) => Err(DecodeError::invalid(reason)),
                SignatureOutcome::UnknownKey(reason) => Err(reason.error(keys, header, false)),
            },
            #[cfg(feature = "issuer")]
            Self::Published(published) => published.verify(jws, header),
        }
    }
}
