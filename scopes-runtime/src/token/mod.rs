//! Access tokens: from the string of a request to verified claims and scopes. Nothing here depends on HTTP servers.

mod access_token;
#[cfg(feature = "bound-tokens")]
mod bound;
#[cfg(feature = "_jwt")]
mod cache;
#[cfg(feature = "_jwt")]
mod claims;
#[cfg(feature = "_jwt")]
mod configured_url;
mod confirmation;
mod content;
mod decoder;
mod error;
#[cfg(feature = "issuer")]
mod fetch;
#[cfg(feature = "_jwt")]
mod grantable;
#[cfg(feature = "issuer")]
mod introspection;
#[cfg(feature = "issuer")]
mod issuer_metadata;
#[cfg(feature = "_jwt")]
mod jose;
mod json;
#[cfg(feature = "issuer")]
mod jwks;
#[cfg(feature = "_jwt")]
mod jwt;
#[cfg(feature = "_jwt")]
mod scope_claim;

pub use access_token::AccessToken;
#[cfg(feature = "bound-tokens")]
pub(crate) use bound::{DPOP_ALGORITHMS, DpopRefusal, DpopRequest};
#[cfg(feature = "bound-tokens")]
pub use bound::{Dpop, DpopError, ReplayFuture, ReplayStore, certificate_thumbprint};
#[cfg(feature = "redis")]
pub use bound::{RedisReplayStore, RedisReplayStoreError};
pub use decoder::{DecodeFuture, TokenDecoder};
pub use error::DecodeError;
#[cfg(all(feature = "issuer", feature = "openapi"))]
pub(crate) use fetch::{FetchError, UrlPolicy, client};
#[cfg(feature = "issuer")]
pub use introspection::{IntrospectionDecoder, IntrospectionDecoderBuilder, IntrospectionDecoderError};
#[cfg(all(feature = "issuer", feature = "openapi"))]
pub(crate) use issuer_metadata::IssuerMetadata;
#[cfg(feature = "_jwt")]
pub use jose::{KeyError, VerificationKey};
#[cfg(feature = "mcp")]
pub(crate) use json::value as strict_json;
#[cfg(feature = "_jwt")]
pub use jsonwebtoken::Algorithm;
#[cfg(feature = "issuer")]
pub use jwks::{Jwks, usable_keys};
#[cfg(all(feature = "_jwt", feature = "testing"))]
pub(crate) use jwt::install_crypto_provider;
#[cfg(feature = "_jwt")]
pub use jwt::{JwtDecoder, JwtDecoderBuilder, JwtDecoderError, MultiIssuerDecoder, TokenProfile};
#[cfg(feature = "_jwt")]
pub use scope_claim::ScopeClaim;
