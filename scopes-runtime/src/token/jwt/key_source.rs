use std::sync::Arc;

#[cfg(feature = "issuer")]
use super::jwks::PublishedKeys;
use super::jws::{Header, Jws};
use super::key::VerificationKey;
use super::signature::{SignatureOutcome, verify};
use crate::token::DecodeError;

/// The source of an issuer's keys.
#[derive(Clone, Debug)]
pub(super) enum KeySource {
    Configured(Arc<[VerificationKey]>),
    #[cfg(feature = "issuer")]
    Published(PublishedKeys),
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

    /// Verifies the signature, and returns the keys of which one has made it.
    ///
    /// Published keys call `check_claims` before they wait for a new key, so that only tokens for this server cause requests.
    pub(super) async fn verify(
        &self,
        jws: &Jws<'_>,
        header: &Header,
        #[cfg_attr(not(feature = "issuer"), expect(unused_variables, reason = "configured keys never wait"))]
        check_claims: impl FnOnce() -> Result<(), DecodeError>,
    ) -> Result<Arc<[VerificationKey]>, DecodeError> {
        match self {
            Self::Configured(keys) => match verify(keys, jws, header) {
                SignatureOutcome::Verified => Ok(Arc::clone(keys)),
                SignatureOutcome::Invalid(reason) | SignatureOutcome::UnknownKey(reason) => {
                    Err(DecodeError::invalid(reason))
                }
            },
            #[cfg(feature = "issuer")]
            Self::Published(published) => published.verify(jws, header, check_claims).await,
        }
    }
}
