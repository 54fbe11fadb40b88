use std::time::Duration;

use jsonwebtoken::Algorithm;

use crate::readable_debug::readable_debug;
use crate::token::jose::{KeyError, MAX_TRIED_KEYS};
#[cfg(feature = "issuer")]
use crate::token::jwks::ConnectError;

/// The error of a [`JwtDecoderBuilder`](super::JwtDecoderBuilder) with missing, unsafe or contradictory values.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum JwtDecoderError {
    /// No issuer is set, or an empty one.
    #[error(
        "the decoder has no issuer: call `issuer` with the `iss` of the tokens, such as \
         `https://issuer.example`"
    )]
    MissingIssuer,
    /// No audience is set, or an empty one.
    #[error(
        "the decoder has no audience: call `audience` with the `aud` that names this server in the tokens"
    )]
    MissingAudience,
    /// Neither `key` nor `jwks` is set.
    #[error(
        "the decoder has no key: call `jwks(Jwks::discovery())` (feature `issuer`), or `key` with a key that verifies the \
         issuer's signatures"
    )]
    MissingKey,
    /// A key cannot be used: the error of a [`VerificationKey`](crate::VerificationKey), for functions that build key and
    /// decoder.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The profile has no claim for the client id.
    #[error("the profile has no client claim: call `client_claims` with at least one name")]
    MissingClientClaim,
    /// Both `key` and `jwks` are set.
    #[cfg(feature = "issuer")]
    #[error("the decoder has keys from `key` and from `jwks`: call one of them, or build two decoders")]
    TwoKindsOfKeys,
    /// The keys are not at an HTTPS or loopback URL, or the URL contains a user name or a password. An issuer also has no query
    /// and no fragment.
    #[cfg(feature = "issuer")]
    #[error("`{url}` is not a safe URL to fetch keys from: {help}")]
    UnsafeUrl {
        /// The URL, without user name, password and query.
        url: String,
        /// What to do.
        help: String,
    },
    /// The HTTPS client cannot be built, for example because the system has no certificates.
    #[cfg(feature = "issuer")]
    #[error("the HTTPS client for keys cannot be built: {0}")]
    HttpClient(#[source] reqwest::Error),
    /// `leeway` is longer than 60 seconds.
    #[error("a leeway of {0:?} is longer than 60 s: set less, and synchronize the clocks instead")]
    LongLeeway(Duration),
    /// A [`MultiIssuerDecoder`](crate::MultiIssuerDecoder) has no decoders.
    #[error("the decoder of several issuers has no decoders: pass one `JwtDecoder` for each issuer")]
    NoDecoders,
    /// Two decoders have the same issuer.
    #[error("two decoders are for the issuer `{issuer}`: give one of them all of its keys")]
    RepeatedIssuer {
        /// The issuer of both, without user name, password and query.
        issuer: String,
    },
    /// Two keys for one algorithm have the same `kid`.
    #[error(
        "two keys for {algorithm:?} have the `kid` `{kid}`: add only one of them, or give each a `kid` of \
         its own"
    )]
    RepeatedKid {
        /// The `kid` of both.
        kid: String,
        /// The algorithm of both.
        algorithm: Algorithm,
    },
    /// More than four keys for one algorithm have no `kid`, so no token would be tried with them.
    #[error(
        "more than {MAX_TRIED_KEYS} keys for {algorithm:?} have no `kid`: name each with `with_kid` as the issuer does, or \
         add fewer"
    )]
    TooManyKeysWithoutKid {
        /// The algorithm of the keys.
        algorithm: Algorithm,
    },
}

readable_debug!(JwtDecoderError);

#[cfg(feature = "issuer")]
impl From<ConnectError> for JwtDecoderError {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::UnsafeUrl { url, help } => Self::UnsafeUrl { url, help },
            ConnectError::HttpClient(error) => Self::HttpClient(error),
        }
    }
}
