//! Access tokens that are JWTs: RFC 9068 on top of RFC 7519, with the advice of RFC 8725.

mod builder;
mod cached_jwt;
mod claims;
mod decoder;
mod error;
mod key_source;
mod multi_issuer;
mod recent_tokens;
mod token_profile;
mod verified_tokens;

pub use builder::JwtDecoderBuilder;
#[cfg(any(feature = "testing", feature = "bound-tokens"))]
pub(crate) use builder::install_crypto_provider;
pub use decoder::JwtDecoder;
pub use error::JwtDecoderError;
pub use multi_issuer::MultiIssuerDecoder;
pub use token_profile::TokenProfile;
