use std::pin::Pin;
use std::sync::Arc;

use super::access_token::AccessToken;
use super::error::DecodeError;

/// Longest token that is decoded. Access tokens have up to 4 KiB or so, and servers refuse longer headers themselves.
#[cfg(feature = "_jwt")]
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// Refuses a token of more than [`MAX_TOKEN_BYTES`].
#[cfg(feature = "_jwt")]
pub(super) fn check_length(token: &str) -> Result<(), DecodeError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(DecodeError::invalid(format!("it is longer than {MAX_TOKEN_BYTES} bytes")));
    }
    Ok(())
}

/// The future that [`TokenDecoder::decode`] returns. [`TokenDecoder`] has an example.
pub type DecodeFuture<'a> = Pin<Box<dyn Future<Output = Result<AccessToken, DecodeError>> + Send + 'a>>;

/// Decodes and verifies access tokens.
///
/// `JwtDecoder` decodes JWTs, `IntrospectionDecoder` decodes opaque tokens. Implement the trait for other tokens:
///
/// ```
/// use scopes_runtime::{AccessToken, DecodeError, DecodeFuture, GrantedScopes, TokenDecoder};
///
/// struct FixedToken;
///
/// impl TokenDecoder for FixedToken {
///     fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
///         Box::pin(async move {
///             if token != "secret" {
///                 return Err(DecodeError::invalid("unknown token"));
///             }
///             let claims = serde_json::Map::from_iter([("sub".to_owned(), "alice".into())]);
///             AccessToken::new(claims, GrantedScopes::from_list("me items"))
///         })
///     }
/// }
/// ```
///
/// A box or an `Arc` of a decoder is one, too, so that configuration can choose it:
///
/// ```
/// use std::error::Error;
///
/// use scopes_runtime::{Algorithm, IntrospectionDecoder, JwtDecoder, ResourceServer, TokenDecoder, VerificationKey};
///
/// /// What the configuration contains.
/// enum Tokens {
///     /// Tokens that a developer signs with a secret.
///     Development { secret: String },
///     /// The opaque tokens of the issuer.
///     Issuer { url: String, client_secret: String },
/// }
///
/// fn decoder(tokens: Tokens) -> Result<Box<dyn TokenDecoder>, Box<dyn Error>> {
///     let audience = "https://api.example";
///     Ok(match tokens {
///         Tokens::Development { secret } => {
///             let key = VerificationKey::from_secret(Algorithm::HS256, secret)?;
///             Box::new(JwtDecoder::builder().issuer("http://localhost").audience(audience).key(key).build()?)
///         }
///         Tokens::Issuer { url, client_secret } => {
///             let decoder = IntrospectionDecoder::builder().issuer(url).audience(audience);
///             Box::new(decoder.client("items-api", client_secret).build()?)
///         }
///     })
/// }
///
/// # fn f(tokens: Tokens) -> Result<(), Box<dyn Error>> {
/// let server = ResourceServer::new(decoder(tokens)?);
/// # Ok(()) }
/// ```
pub trait TokenDecoder: Send + Sync + 'static {
    /// Decodes the token of a request. The token is untrusted; a `ResourceServer` passes only token68 text (RFC 9110 section
    /// 11.2), of any length.
    ///
    /// # Errors
    ///
    /// - [`DecodeError::Invalid`] if the token fails a check.
    /// - [`DecodeError::Unavailable`] if the token cannot be checked now.
    fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a>;

    /// Returns the cached result, if any. Called first, so that cache hits avoid boxing a future. Default: `None`.
    fn cached(&self, token: &str) -> Option<AccessToken> {
        let _ = token;
        None
    }

    /// Like [`cached`](Self::cached), for bytes that may be no token68, so that a cached token is not proven to be one again. A
    /// decoder must not implement this if its cache may contain anything else. `Some(None)` means that the token is not cached.
    /// Default: `None`, so that `cached` is called.
    #[doc(hidden)]
    fn cached_bytes(&self, token: &[u8]) -> Option<Option<AccessToken>> {
        let _ = token;
        None
    }
}

macro_rules! pointers {
    ($($pointer:ident)*) => { $(
        impl<D: TokenDecoder + ?Sized> TokenDecoder for $pointer<D> {
            fn decode<'a>(&'a self, token: &'a str) -> DecodeFuture<'a> {
                (**self).decode(token)
            }

            fn cached(&self, token: &str) -> Option<AccessToken> {
                (**self).cached(token)
            }

            fn cached_bytes(&self, token: &[u8]) -> Option<Option<AccessToken>> {
                (**self).cached_bytes(token)
            }
        }
    )* };
}

pointers!(Box Arc);
