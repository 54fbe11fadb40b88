use std::time::Duration;

use crate::readable_debug::readable_debug;

/// The error of an [`IntrospectionDecoderBuilder`](super::IntrospectionDecoderBuilder) with missing or unsafe values.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum IntrospectionDecoderError {
    /// Neither an issuer nor an endpoint is set.
    #[error(
        "no introspection endpoint configured: call `issuer` with the issuer's URL, or `endpoint` with the URL of its \
         introspection endpoint"
    )]
    MissingIssuer,
    /// No audience is set, or an empty one.
    #[error(
        "the decoder has no audience: call `audience` with the `aud` that names this server in introspection responses"
    )]
    MissingAudience,
    /// No client is set.
    #[error(
        "no client configured for the introspection endpoint: call `client` with the id and the secret of this server at \
         the issuer"
    )]
    MissingClient,
    /// The issuer or the endpoint is not an HTTPS or loopback URL, or contains a user name or a password.
    #[error("`{url}` is not a safe URL for requests with tokens: {help}")]
    UnsafeUrl {
        /// The URL, without user name, password and query.
        url: String,
        /// What to do.
        help: String,
    },
    /// `cache_ttl` is longer than five minutes.
    #[error(
        "a `cache_ttl` of {0:?} is longer than 300 s: a revoked token would be accepted for too long; set at most 300 s"
    )]
    LongCacheTtl(Duration),
    /// The HTTPS client cannot be built, for example because the system has no certificates.
    #[error("the HTTPS client for introspection cannot be built: {0}")]
    HttpClient(#[source] reqwest::Error),
}

readable_debug!(IntrospectionDecoderError);
