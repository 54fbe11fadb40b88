use std::time::Duration;

use jsonwebtoken::Algorithm;

use super::MAX_TRIED_KEYS;

/// Why a [`JwtDecoder`](super::JwtDecoder) was not built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwtDecoderError {
    /// No issuer, or an empty one.
    #[error(
        "the decoder has no issuer: call `issuer` with the `iss` of the tokens, such as \
         `https://issuer.example`"
    )]
    MissingIssuer,
    /// No audience, or an empty one.
    #[error(
        "the decoder has no audience: call `audience` with the `aud` that names this server in the tokens"
    )]
    MissingAudience,
    /// No key.
    #[error("the decoder has no key: call `key` with one that the issuer signs with")]
    MissingKey,
    /// Keys of both kinds.
    #[cfg(feature = "issuer")]
    #[error("the decoder has keys from `key` and from `jwks`: call one of them, or build two decoders")]
    TwoKindsOfKeys,
    /// The keys would come from where anybody could have put them.
    #[cfg(feature = "issuer")]
    #[error(
        "`{url}` is not a URL to fetch keys from: give one that begins with `https://`, or of this machine, \
         with no user in it"
    )]
    UnsafeUrl {
        /// What was given, without a user and a password.
        url: String,
    },
    /// The system has no certificates, or the like.
    #[cfg(feature = "issuer")]
    #[error("keys cannot be fetched over HTTPS here: {0}")]
    HttpClient(#[source] reqwest::Error),
    /// More leeway than 60 seconds.
    #[error("a leeway of {0:?} is longer than 60 s: allow less, and keep the clocks right instead")]
    LongLeeway(Duration),
    /// Two decoders for one issuer.
    #[error("two decoders are for the issuer `{issuer}`: give one of them all of its keys")]
    RepeatedIssuer {
        /// The issuer of both.
        issuer: String,
    },
    /// Two keys that a token cannot tell apart.
    #[error(
        "two keys for {algorithm:?} have the `kid` `{kid}`: add only one of them, or give each a `kid` of \
         its own"
    )]
    RepeatedKid {
        /// What both are called.
        kid: String,
        /// What both are for.
        algorithm: Algorithm,
    },
    /// More than four keys for one algorithm without a `kid`: no token would be tried with them.
    #[error(
        "more than {MAX_TRIED_KEYS} keys for {algorithm:?} have no `kid`: name each with `with_kid` as the issuer does, or \
         add fewer"
    )]
    TooManyKeysWithoutKid {
        /// The algorithm of the keys.
        algorithm: Algorithm,
    },
}
