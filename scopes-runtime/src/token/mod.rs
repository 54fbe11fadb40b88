//! From the string of an access token to what it says: no HTTP.

mod access_token;
#[cfg(feature = "_jwt")]
mod cache;
#[cfg(feature = "_jwt")]
mod claims;
#[cfg(feature = "issuer")]
mod fetch;
#[cfg(feature = "_jwt")]
mod grantable;
#[cfg(feature = "issuer")]
mod introspection;
#[cfg(feature = "issuer")]
mod issuer_metadata;
#[cfg(feature = "_jwt")]
mod json;
#[cfg(feature = "_jwt")]
mod jwt;
#[cfg(feature = "_jwt")]
mod scope_claim;

use std::error::Error;
use std::pin::Pin;
use std::time::Duration;

pub use access_token::AccessToken;
#[cfg(feature = "issuer")]
pub use introspection::{IntrospectionDecoder, IntrospectionDecoderBuilder, IntrospectionDecoderError};
#[cfg(all(feature = "_jwt", feature = "testing"))]
pub(crate) use jwt::install_crypto_provider;
#[cfg(feature = "_jwt")]
pub use jwt::{
    Algorithm, JwtDecoder, JwtDecoderBuilder, JwtDecoderError, KeyError, MultiIssuerDecoder, TokenProfile,
    VerificationKey,
};
#[cfg(feature = "issuer")]
pub use jwt::{Jwks, usable_keys};
#[cfg(feature = "_jwt")]
pub use scope_claim::ScopeClaim;

/// Far above any real access token, and far below what would cost the server something.
#[cfg(feature = "_jwt")]
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// What [`TokenDecoder::decode`] returns.
pub type DecodeFuture<'a> = Pin<Box<dyn Future<Output = Result<AccessToken, DecodeError>> + Send + 'a>>;

/// Turns the string of an access token into an [`AccessToken`], or says why not.
///
/// `JwtDecoder` is the one for JWTs. Implement the trait for another kind of token:
///
/// ```
/// use scopes_runtime::{AccessToken, DecodeError, DecodeFuture, GrantedScopes, TokenDecoder};
///
/// struct OneToken;
///
/// impl TokenDecoder for OneToken {
///     fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
///         Box::pin(async move {
///             if token != "the-one" {
///                 return Err(DecodeError::invalid("not the one token there is"));
///             }
///             let claims = serde_json::Map::from_iter([("sub".to_owned(), "alice".into())]);
///             AccessToken::new(claims, GrantedScopes::from_list("me items"))
///         })
///     }
/// }
/// ```
pub trait TokenDecoder: Send + Sync + 'static {
    /// Decodes a token that came with a request. The token is untrusted and of any length and content.
    ///
    /// # Errors
    ///
    /// [`DecodeError::Invalid`] where any check fails, [`DecodeError::Unavailable`] where it cannot be made.
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a>;

    /// What [`decode`](Self::decode) would return now, where that is known already. A request whose token is need not wait,
    /// nor allocate a future.
    fn cached(&self, token: &str) -> Option<AccessToken> {
        let _ = token;
        None
    }
}

/// Why a token was not decoded. The reason is for the operator's log; a client never sees it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The token is not one that this server accepts: 401 `invalid_token`.
    #[error("the access token is not valid: {0}")]
    Invalid(#[source] Box<dyn Error + Send + Sync>),
    /// Nobody can say now whether the token is valid: 503 with `Retry-After`.
    #[error("the access token cannot be checked now: {reason}")]
    Unavailable {
        /// When it is worth trying again.
        retry_after: Duration,
        /// What is missing.
        #[source]
        reason: Box<dyn Error + Send + Sync>,
    },
}

impl DecodeError {
    /// The token failed a check. The reason must not contain the token.
    pub fn invalid(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Invalid(reason.into())
    }

    /// The check could not be made. The reason must not contain the token.
    pub fn unavailable(retry_after: Duration, reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unavailable { retry_after, reason: reason.into() }
    }
}
